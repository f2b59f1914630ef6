//! Money that goes back through a terminal, as the page of a bill shows it: whether it can,
//! what is still to be found out, and what was asked for before.

use super::cashless::{is_there, said};
use crate::id::{GiveBackId, OpId};
use crate::lang::Phrases;
use crate::payment::{GiveBack, Kind, State};
use crate::terminal::{Refusal, Silence};
use crate::visit::bill::Bill;
use crate::web::terminals::Remark;
use crate::web::{Office, days};

/// How money can go back otherwise than in cash.
pub(super) struct Ways {
    /// The terminal that is asked to give it back, by name.
    pub terminal: Option<String>,
    /// Whether somebody may note what they did at the terminal by hand.
    pub by_hand: bool,
}

/// A terminal that can be asked comes first; what it refused may be done by hand.
pub(super) fn ways(office: &Office, bill: &Bill, words: Phrases) -> Ways {
    let none = Ways { terminal: None, by_hand: false };
    let Some(paid) = bill.standing().filter(|paid| paid.tender.is_cashless()) else { return none };
    let cashless = &office.config.cashless;
    let brand = paid.slip().and_then(|slip| cashless.brand(&slip.brand));
    if brand.is_some_and(|brand| !brand.void) {
        return none;
    }
    let at = paid.at.as_ref().and_then(|at| cashless.terminal(&at.terminal));
    let linked = at.filter(|one| one.is_linked() && is_there(office, one));
    let has_refused = bill.give_backs.iter().any(|back| back.state() == State::Declined);
    Ways {
        terminal: linked.map(|one| one.name.in_lang(words.lang()).to_owned()),
        by_hand: linked.is_none() || has_refused,
    }
}

/// What was asked for and is not known yet.
pub(super) struct GoingBack {
    pub id: GiveBackId,
    pub is_unknown: bool,
    pub kind: &'static str,
    pub amount: String,
    pub terminal: String,
    /// What its terminal said last, in a sentence.
    pub remark: Option<String>,
    pub op: OpId,
    pub other_op: OpId,
}

pub(super) fn going_back(office: &Office, bill: &Bill, words: Phrases) -> Option<GoingBack> {
    let back = bill.going_back()?;
    let at = bill.standing()?.at.as_ref()?;
    let terminal = office.config.cashless.terminal(&at.terminal);
    let terminal = terminal.map_or(at.terminal.as_str(), |one| one.name.in_lang(words.lang()));
    Some(GoingBack {
        id: back.id,
        is_unknown: back.state() == State::Unknown,
        kind: kind(back, words),
        amount: back.amount.to_string(),
        terminal: terminal.to_owned(),
        remark: remark(office, back, words),
        op: office.journal.op(),
        other_op: office.journal.op(),
    })
}

/// One attempt that is over.
pub(super) struct Past {
    pub time: String,
    pub kind: &'static str,
    pub amount: String,
    pub state: &'static str,
    pub words: &'static str,
    pub slip: Option<String>,
    pub remark: Option<String>,
}

pub(super) fn past(office: &Office, bill: &Bill, words: Phrases) -> Vec<Past> {
    let over = bill.give_backs.iter().filter(|back| !back.state().is_open());
    let told = |back: &GiveBack| Past {
        time: days::time(words, back.begun_at, office.journal.now().date()),
        kind: kind(back, words),
        amount: back.amount.to_string(),
        state: back.state().id(),
        words: match back.state() {
            State::Authorised => words.t("desk.pay.back_given"),
            other => super::state_words(words, other),
        },
        slip: back.slip().map(|slip| slip.number.as_str().to_owned()),
        remark: remark(office, back, words),
    };
    over.map(told).collect()
}

fn kind(back: &GiveBack, words: Phrases) -> &'static str {
    match back.kind {
        Kind::Void => words.t("desk.pay.back_void"),
        _ => words.t("desk.pay.back_refund"),
    }
}

/// What the terminal said of it last; where that speaks of paying, in words of its own.
fn remark(office: &Office, back: &GiveBack, words: Phrases) -> Option<String> {
    let said = match office.terminals.remark(back.id)? {
        Remark::Silence(Silence::NotReached | Silence::NotThisTerminal) => {
            words.t("desk.pay.said_back_not_reached")
        }
        Remark::Never | Remark::Refused(Refusal::CannotTake) => words.t("desk.pay.said_back_never"),
        Remark::Busy => words.t("desk.pay.said_back_busy"),
        // An answer to another question.
        Remark::StrangeBrand | Remark::OtherMeans => words.t("desk.pay.said_unreadable"),
        _ => return said(office, (back.id.into(), back.begun_at), words),
    };
    Some(said.to_owned())
}
