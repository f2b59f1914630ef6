//! Giving money back through the terminal that took it: what is asked of it, what it said,
//! and what a clerk saw on its slip.

use super::bill;
use super::cashless::{is_busy, is_linked};
use super::{Counter, Error};
use crate::db::Tx;
use crate::id::{GiveBackId, PaymentId, VisitId};
use crate::journal::{Actor, Journal};
use crate::payment::give_back::{self, Wanted};
use crate::payment::{self, By, GiveBack, Outcome, Payment, Slip, SlipNumber, State};

/// Asks for money back, before the terminal is touched.
///
/// # Errors
/// [`payment::Error::WrongTender`] where the terminal is not asked by this program;
/// [`payment::Error::CashBackOnly`] for a brand that it does not take back;
/// [`payment::Error::TerminalBusy`]; as [`give_back::begin`].
pub fn begin(
    tx: &Tx<'_>,
    journal: &Journal,
    counter: Counter<'_>,
    by: By,
    (visit, wanted): (VisitId, &Wanted),
) -> Result<GiveBack, Error> {
    let id = bill::own(tx, visit, wanted.payment)?;
    let paid = payment::get(tx, id)?.ok_or(payment::Error::NoSuchPayment)?;
    let cashless = &counter.config.cashless;
    let at = paid.at.as_ref().filter(|at| is_linked(cashless, at));
    let at = at.ok_or(payment::Error::WrongTender)?;
    let brand = paid.slip().and_then(|slip| cashless.brand(&slip.brand));
    if brand.is_some_and(|brand| !brand.void) {
        return Err(payment::Error::CashBackOnly.into());
    }
    if is_busy(tx, at, by.op)? {
        return Err(payment::Error::TerminalBusy.into());
    }
    Ok(give_back::begin(tx, journal, by, wanted)?)
}

/// Notes what a clerk saw of it: the slip, or that nothing was given. The terminal is given
/// the time to answer first.
///
/// # Errors
/// [`payment::Error::TerminalBusy`] while it is still being asked; as
/// [`give_back::settle`].
pub fn settle(
    tx: &Tx<'_>,
    journal: &Journal,
    by: By,
    (visit, id, outcome): (VisitId, GiveBackId, &Outcome),
) -> Result<GiveBack, Error> {
    let back = own(tx, visit, id)?;
    if back.state() == State::Started {
        return Err(payment::Error::TerminalBusy.into());
    }
    Ok(give_back::settle(tx, journal, by, (id, outcome))?)
}

/// What was asked back of a payment of this visit.
///
/// # Errors
/// [`payment::Error::NoSuchPayment`].
pub fn own(tx: &Tx<'_>, visit: VisitId, id: GiveBackId) -> Result<GiveBack, Error> {
    let back = give_back::get(tx, id)?.ok_or(payment::Error::NoSuchPayment)?;
    bill::own(tx, visit, back.payment)?;
    Ok(back)
}

/// Notes what the terminal said.
///
/// # Errors
/// As [`give_back::settle`].
pub fn heard(
    tx: &Tx<'_>,
    journal: &Journal,
    (id, outcome): (GiveBackId, &Outcome),
) -> Result<GiveBack, Error> {
    let by = By { op: journal.op(), actor: Actor::System };
    Ok(give_back::settle(tx, journal, by, (id, outcome))?)
}

/// The slip of what went back: of the brand that was paid with, under a number of its own.
pub fn slip(paid: &Payment, number: SlipNumber) -> Option<Slip> {
    paid.slip().map(|slip| Slip { number, ..slip.clone() })
}

/// Whether what went back of a payment may be noted by hand: where its terminal can be
/// asked, that comes first, and it has refused.
///
/// # Errors
/// [`payment::Error::TerminalFirst`].
pub(super) fn by_hand(tx: &Tx<'_>, counter: Counter<'_>, payment: PaymentId) -> Result<(), Error> {
    let paid = payment::get(tx, payment)?.ok_or(payment::Error::NoSuchPayment)?;
    let is_linked = paid.at.is_some_and(|at| is_linked(&counter.config.cashless, &at));
    let asked = give_back::of_payment(tx, payment)?;
    match is_linked && !asked.iter().any(|one| one.state() == State::Declined) {
        true => Err(payment::Error::TerminalFirst.into()),
        false => Ok(()),
    }
}
