//! What was not done, in words: the same refusal says something else where something else
//! was pressed.

use time::Date;

use super::press::Press;
use super::{Bill, Error, Refused};
use crate::lang::Phrases;
use crate::web::days;
use crate::web::error::Failure;

/// What was pressed, as far as a refusal speaks of it.
#[derive(Clone, Copy)]
pub(super) enum Of {
    /// What became of a payment, or of what goes back: begun then, at its terminal.
    Outcome(Option<Date>),
    /// All of a payment is to go back as if it had not been.
    Void,
    Other,
}

impl Of {
    pub fn press(press: &Press, bill: &Bill) -> Of {
        match press {
            Press::Settle(id, _) => {
                let own = bill.payments.iter().find(|one| one.id == *id);
                Of::Outcome(own.map(|one| one.begun_at.date()))
            }
            Press::SettleBack(id, _) => {
                let own = bill.give_backs.iter().find(|one| one.id == *id);
                Of::Outcome(own.map(|one| one.begun_at.date()))
            }
            Press::ByCode(..) => Of::Outcome(None),
            Press::Void(..) => Of::Void,
            Press::GiveBack(wanted) if wanted.items.is_none() => Of::Void,
            _ => Of::Other,
        }
    }
}

/// What was not done, in words; a fault stays one.
pub(super) fn refusal(
    (words, today): (Phrases, Date),
    of: Of,
    error: Error,
) -> Result<String, Failure> {
    let Error::Payment(refused) = error else { return Err(error.into()) };
    let said = match (refused, of) {
        (Refused::SlipTaken, Of::Outcome(day)) => {
            let day = that_day(words, (day.unwrap_or(today), today));
            return Ok(words.with("desk.pay.refused_slip_taken", &[("day", day)]));
        }
        // What this press speaks of is what the terminal is at.
        (Refused::TerminalBusy, Of::Outcome(_)) => words.t("desk.pay.refused_still_at_it"),
        (Refused::State(_), Of::Outcome(_)) => words.t("desk.pay.refused_known"),
        (Refused::NotPaid, Of::Void) => words.t("desk.pay.refused_partly_back"),
        (Refused::Changed, _) => words.t("desk.pay.refused_changed"),
        (Refused::Stands, _) => words.t("desk.pay.refused_stands"),
        (Refused::Conflict, _) => words.t("desk.pay.refused_conflict"),
        (Refused::TooLittle, _) => words.t("desk.pay.refused_too_little"),
        (Refused::TooMuch, _) => words.t("desk.pay.refused_too_much"),
        (Refused::NotPaid, _) => words.t("desk.pay.refused_not_paid"),
        (Refused::NoSlip, _) => words.t("desk.pay.refused_no_slip"),
        (Refused::NoSlipNumber, _) => words.t("desk.pay.refused_slip_number"),
        (Refused::OtherCode, _) => words.t("desk.pay.refused_other_code"),
        (Refused::TerminalBusy, _) => words.t("desk.pay.refused_terminal_busy"),
        (Refused::CashOnly, _) => words.t("desk.pay.refused_cash_only"),
        (Refused::GoingBack, _) => words.t("desk.pay.refused_going_back"),
        (Refused::CashBackOnly, _) => words.t("desk.pay.only_cash_back"),
        (Refused::TerminalFirst, _) => words.t("desk.pay.refused_terminal_first"),
        (Refused::OtherDrawer(_), _) => words.t("desk.pay.refused_other_drawer"),
        (Refused::BilledLater, _) => words.t("desk.pay.refund_on_the_bill"),
        (Refused::DayOver, _) => words.t("desk.pay.refused_day_over"),
        (Refused::State(_), _) => words.t("desk.pay.refused_state"),
        (Refused::ClockBehind(_), _) => words.t("desk.pay.clock"),
        (fault, _) => return Err(fault.into()),
    };
    Ok(said.to_owned())
}

/// `今日`, or the day.
pub(super) fn that_day(words: Phrases, (day, today): (Date, Date)) -> String {
    if day == today { words.t("desk.pay.today").to_owned() } else { days::day(words, day) }
}
