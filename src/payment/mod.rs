//! Payments (収納): one charge for a visit, paid once, and the ledger of every yen.
//!
//! A charge is worked out elsewhere and copied here with its prices. A payment is begun
//! before any terminal is touched; what nobody knows is *unknown* until somebody finds
//! out. Money moves by entries of a double-entry ledger in whole yen: balanced, added in
//! the same transaction as the payment's step and the journal's entry, and never changed;
//! a void or a refund is another entry. A closed day is sealed, and what comes late lands
//! on the next open one. The schema refuses what must not be, whoever asks; the journal
//! makes the same ledger again. The room knows neither fees nor pages nor whose visit it is.

mod acts;
mod books;
mod charge;
mod close;
mod compare;
mod drawer;
mod entry;
pub mod give_back;
mod look;
mod replay;
pub mod report;
pub mod state;
mod store;
mod tender;
mod undo;

#[cfg(test)]
mod tests;

use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::Date;

use crate::clock::{self, Moment};
use crate::id::{ChargeId, EntryId, PaymentId};
use crate::journal::{self, Journal};
use crate::yen::Yen;
use crate::{db, lang};

pub use acts::{By, Outcome, Request, charge, left_alone, settle, start, take};
pub use books::{closings, entries_of, entries_on};
pub use charge::{Charge, FREE, Line};
pub use close::{
    Closing, NotKnown, Totals, all_not_known, business_day, close, day_to_close, is_open,
    not_known, sealed_at, totals,
};
pub use compare::{Brand, Comparison, Sum, brands, compare, compared};
pub use drawer::{Drawer, count_cash, drawers};
pub use entry::{Entry, Kind, OVER_SHORT, Posting, REVENUE, Side, cash_at};
pub use give_back::GiveBack;
pub use look::{Kept, find, on_day};
pub use replay::{Balance, balance, first_contradiction};
pub use state::State;
pub use store::{Steps, at_terminal, charge_of, charges_of, get, of_visit, open, steps, visit_of};
pub use tender::{At, Back, Means, Slip, SlipNumber, THE_CODE, Tender};
pub use undo::{Refund, refund, take_back_free, void};

/// The tables of this room.
pub const SCHEMA: db::Step = include_str!("sql/payment.sql");

/// The terminal that a payment is begun at.
pub const AT_TERMINAL: db::Step = include_str!("sql/at_terminal.sql");

/// Indexes of what hangs on an entry.
pub const LINKS: db::Step = include_str!("sql/links.sql");

/// What goes back through a terminal.
pub const GIVE_BACK: db::Step = include_str!("sql/give_back.sql");

/// A slip is of the terminal's own day.
pub const SLIPS: db::Step = include_str!("sql/slips.sql");

/// What is taken back late, and what stands on a closed day.
pub const CORRECTIONS: db::Step = include_str!("sql/corrections.sql");

/// A refusal, or a fault below.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What was charged was changed after the page was made.
    #[error("the charge was changed meanwhile")]
    Changed,
    /// Somebody is paying it, or has paid it.
    #[error("this visit is being paid, or is paid")]
    Stands,
    /// What was sent as one act was sent before with another content.
    #[error("this identity stands for something else")]
    Conflict,
    /// There is no such payment.
    #[error("there is no such payment")]
    NoSuchPayment,
    #[error(transparent)]
    State(#[from] state::Refused),
    /// Less cash was handed over than is owed.
    #[error("less than the amount was handed over")]
    TooLittle,
    /// More would be given back than was paid.
    #[error("no more is given back than was paid")]
    TooMuch,
    /// Nothing to give back, or something that was not paid.
    #[error("nothing of this was paid")]
    NotPaid,
    /// Something in the charge is paid in cash only.
    #[error("something in this charge is paid in cash only")]
    CashOnly,
    /// The tender does not fit the amount.
    #[error("this is not paid in this way")]
    WrongTender,
    /// What a terminal took names its slip, and nothing else does.
    #[error("the slip is lacking, or there cannot be one")]
    NoSlip,
    /// What was typed cannot be the number of a slip.
    #[error("this cannot be the number of a slip")]
    NoSlipNumber,
    /// The reference is of another code than those that were shown for this.
    #[error("this reference is of another code")]
    OtherCode,
    /// The slip is of another terminal than the one that was asked.
    #[error("this slip is of another terminal")]
    OtherTerminal,
    /// The terminal is at another payment.
    #[error("the terminal is at another payment")]
    TerminalBusy,
    /// Money of the payment is going back through its terminal, and nobody knows yet.
    #[error("money of this payment is going back already")]
    GoingBack,
    /// Its terminal takes nothing of this brand back.
    #[error("the terminal gives nothing of this brand back: give cash")]
    CashBackOnly,
    /// Its terminal can be asked, and was not.
    #[error("the terminal is asked to give it back first")]
    TerminalFirst,
    /// Cash goes back out of the drawer that it was put into.
    #[error("this cash lies in the drawer of counter {0}: it goes back there, or as a refund")]
    OtherDrawer(u32),
    /// What is billed later was not paid yet.
    #[error("nothing was paid yet: the bill is made smaller, and no cash is given")]
    BilledLater,
    /// Another payment of the day has this slip.
    #[error("this slip stands for another payment")]
    SlipTaken,
    /// A void is for the day itself; later it is a refund.
    #[error("the day of the payment is over: give the money back instead")]
    DayOver,
    /// The day is closed already.
    #[error("the day is closed")]
    DayClosed,
    /// Money of a later day has moved already.
    #[error("money of a later day has moved already")]
    MovedOn,
    /// Days are closed in order, and none before it has begun.
    #[error("this day cannot be closed yet")]
    NotYet,
    /// What became of some payments is not known.
    #[error("{0} payments, or what goes back of them, are not known yet")]
    NotKnown(usize),
    /// The clock stands before the ledger's last day.
    #[error("the clock stands before {0}, the ledger's last day")]
    ClockBehind(Date),
    #[error(transparent)]
    Journal(journal::Error),
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<journal::Error> for Error {
    fn from(error: journal::Error) -> Self {
        match error {
            // The press was an act of another kind.
            journal::Error::OpTaken => Error::Conflict,
            error => Error::Journal(error),
        }
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        Error::Db(error.into())
    }
}

/// Why something was corrected: chosen from a list, for what is typed freely may tell of
/// a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// 金額の誤り.
    WrongAmount,
    /// 支払方法の誤り.
    WrongTender,
    /// 証明書を交付できない.
    NotIssued,
    /// 来庁者の申し出.
    Asked,
    /// 二重の収納.
    Twice,
    /// 端末の記録との違い.
    TerminalDiffers,
    /// 現金の数え直し.
    Counted,
    /// 締めのときに端末へ問い合わせができない.
    TerminalDown,
    /// 締めのときに会社へ問い合わせ中.
    AskingAcquirer,
}

impl Reason {
    /// All reasons.
    pub const ALL: [Reason; 9] = [
        Reason::WrongAmount,
        Reason::WrongTender,
        Reason::NotIssued,
        Reason::Asked,
        Reason::Twice,
        Reason::TerminalDiffers,
        Reason::Counted,
        Reason::TerminalDown,
        Reason::AskingAcquirer,
    ];

    /// The name used in storage: `wrong_amount`.
    pub fn id(self) -> &'static str {
        match self {
            Reason::WrongAmount => "wrong_amount",
            Reason::WrongTender => "wrong_tender",
            Reason::NotIssued => "not_issued",
            Reason::Asked => "asked",
            Reason::Twice => "twice",
            Reason::TerminalDiffers => "terminal_differs",
            Reason::Counted => "counted",
            Reason::TerminalDown => "terminal_down",
            Reason::AskingAcquirer => "asking_acquirer",
        }
    }

    /// The reason of a [`Reason::id`].
    pub fn from_id(id: &str) -> Option<Reason> {
        Reason::ALL.into_iter().find(|reason| reason.id() == id)
    }
}

/// One attempt to pay a charge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    pub id: PaymentId,
    pub charge: ChargeId,
    /// The business day it was begun on.
    #[serde(with = "charge::day")]
    pub day: Date,
    pub amount: Yen,
    pub tender: Tender,
    pub counter: u32,
    /// The terminal that is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<At>,
    /// Why nothing is paid.
    pub ground: Option<String>,
    #[serde(with = "clock::kept")]
    pub begun_at: Moment,
    /// What became of it; never empty.
    pub steps: Vec<Step>,
}

/// One state of a payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub state: State,
    #[serde(with = "charge::day")]
    pub day: Date,
    #[serde(with = "clock::kept")]
    pub at: Moment,
    pub slip: Option<Slip>,
    /// The money it moved.
    pub entry: Option<EntryId>,
    /// Of what takes back a record of nothing: the closed day it belongs to, where it
    /// comes late, and why. Money has an entry that says both.
    #[serde(default, with = "charge::day::maybe", skip_serializing_if = "Option::is_none")]
    pub concerns: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

impl Step {
    /// One that says no more than this.
    fn new(state: State, day: Date, at: Moment) -> Step {
        Step { state, day, at, slip: None, entry: None, concerns: None, reason: None }
    }
}

impl Payment {
    /// Where it stands.
    pub fn state(&self) -> State {
        self.steps.last().map_or(State::Started, |step| step.state)
    }

    /// What its terminal's slip says, once it is authorised.
    pub fn slip(&self) -> Option<&Slip> {
        self.steps.iter().find_map(|step| step.slip.as_ref())
    }

    /// The change.
    pub fn change(&self) -> Option<Yen> {
        let received = self.tender.received()?;
        received.0.checked_sub(self.amount.0).map(Yen)
    }
}

/// A row that says what the rules forbid.
fn cannot_be(table: &'static str, column: &'static str) -> db::Error {
    db::Error::Inconsistent { table, column }
}

/// Now, as rows and journal keep it: an act that is read back is the same act.
fn now(journal: &Journal) -> Moment {
    let now = journal.now();
    now - Duration::from_nanos(u64::from(now.nanosecond() % 1_000_000))
}

/// The words of a line, as rows keep them.
fn words(text: &str) -> Option<lang::Words> {
    serde_json::from_str(text).ok()
}
