//! Paying a visit's bill without cash: what a terminal is asked, and what it said.

use serde_json::json;

use super::bill::{self, Bill};
use super::{Counter, Error, course};
use crate::clock::Moment;
use crate::config::Cashless;
use crate::db::{Connection, Tx};
use crate::id::{ChargeId, GiveBackId, OpId, PaymentId, VisitId};
use crate::journal::{self, Actor, Entity, Event, Journal};
use crate::payment::give_back;
use crate::payment::{self, At, By, Means, Outcome, Payment, Request, Slip, SlipNumber, State};
use crate::yen::Yen;

/// Begins a payment of what the screen showed, before its terminal is touched.
///
/// # Errors
/// [`payment::Error::Changed`] when something was corrected since;
/// [`payment::Error::TerminalBusy`] while a terminal that this program asks is at another
/// payment; as [`payment::start`].
pub fn begin(
    tx: &Tx<'_>,
    journal: &Journal,
    counter: Counter<'_>,
    by: By,
    (id, request): (VisitId, &Request),
) -> Result<Payment, Error> {
    let at = request.at.as_ref().ok_or(payment::Error::WrongTender)?;
    let Bill { charge, .. } = bill::bill(tx, journal, counter, by.actor, id)?;
    if charge.is_none_or(|charge| charge.id != request.charge) {
        return Err(payment::Error::Changed.into());
    }
    if is_linked(&counter.config.cashless, at) && is_busy(tx, at, by.op)? {
        return Err(payment::Error::TerminalBusy.into());
    }
    Ok(payment::start(tx, journal, by, request)?)
}

/// Whether a terminal is at something else than what this press asked it for.
pub(super) fn is_busy(tx: &Tx<'_>, at: &At, press: OpId) -> Result<bool, Error> {
    let paying = payment::at_terminal(tx, &at.terminal)?;
    let going_back = give_back::at_terminal(tx, &at.terminal)?;
    Ok(paying.iter().any(|one| one.id != PaymentId::from(press))
        || going_back.iter().any(|one| one.id != GiveBackId::from(press)))
}

/// Notes what a clerk saw of it: the slip, or that there is none. Where the terminal is
/// asked by this program it is given the time to answer first.
///
/// # Errors
/// [`payment::Error::TerminalBusy`] while the terminal is still being asked; as
/// [`payment::settle`].
pub fn settle(
    tx: &Tx<'_>,
    journal: &Journal,
    counter: Counter<'_>,
    by: By,
    (visit, payment, outcome): (VisitId, PaymentId, &Outcome),
) -> Result<Payment, Error> {
    let id = bill::own(tx, visit, payment)?;
    let standing = payment::get(tx, id)?.ok_or(payment::Error::NoSuchPayment)?;
    let at = standing.at.as_ref();
    let is_linked = at.is_some_and(|at| is_linked(&counter.config.cashless, at));
    if is_linked && standing.state() == State::Started {
        return Err(payment::Error::TerminalBusy.into());
    }
    let settled = payment::settle(tx, journal, by, (id, outcome))?;
    course::paid(tx, journal, counter, (visit, &settled))?;
    Ok(settled)
}

/// Notes what a terminal said.
///
/// # Errors
/// As [`payment::settle`].
pub fn heard(
    tx: &Tx<'_>,
    journal: &Journal,
    counter: Counter<'_>,
    (id, outcome): (PaymentId, &Outcome),
) -> Result<Payment, Error> {
    let by = By { op: journal.op(), actor: Actor::System };
    let settled = payment::settle(tx, journal, by, (id, outcome))?;
    if let Some(visit) = payment::visit_of(tx, &settled)? {
        course::paid(tx, journal, counter, (visit, &settled))?;
    }
    Ok(settled)
}

/// Lets the resident choose at the tablet what to pay with; the clerk goes on meanwhile.
///
/// # Errors
/// [`payment::Error::Changed`], [`payment::Error::Stands`], [`payment::Error::CashOnly`].
pub fn offer(
    tx: &Tx<'_>,
    journal: &Journal,
    counter: Counter<'_>,
    by: By,
    (id, charge): (VisitId, ChargeId),
) -> Result<(), Error> {
    let bill = bill::bill(tx, journal, counter, by.actor, id)?;
    if bill.standing().is_some() {
        return Err(payment::Error::Stands.into());
    }
    let charge = bill.charge.filter(|one| one.id == charge && one.total > Yen(0));
    let charge = charge.ok_or(payment::Error::Changed)?;
    if charge.is_cash_only() {
        return Err(payment::Error::CashOnly.into());
    }
    if !is_offered(tx, charge.id)? {
        let event = Event {
            op: by.op,
            kind: OFFERED,
            schema_version: 1,
            entity: Entity::new("charge", charge.id),
            actor: by.actor,
            facts: json!({ "at": TABLET }),
            personal: None,
        };
        journal.append(tx, &event)?;
    }
    Ok(())
}

const OFFERED: &str = "charge.offered";
const TABLET: &str = "tablet";

/// Whether the resident may choose what to pay this with.
pub fn is_offered(connection: &Connection, charge: ChargeId) -> Result<bool, Error> {
    Ok(offered_at(connection, charge)?.is_some())
}

/// Since when the resident may.
pub(super) fn offered_at(
    connection: &Connection,
    charge: ChargeId,
) -> Result<Option<Moment>, Error> {
    let charge = Entity::new("charge", charge);
    Ok(journal::said_at(connection, &charge, OFFERED, ("at", TABLET))?)
}

pub(super) fn is_linked(cashless: &Cashless, at: &At) -> bool {
    cashless.terminal(&at.terminal).is_some_and(|terminal| terminal.is_linked())
}

/// The slip of a payment as a clerk reads it: the brand is one that the terminal takes by
/// these means, and the company is the brand's.
///
/// # Errors
/// [`payment::Error::NoSlip`] for a brand that it cannot be;
/// [`payment::Error::NoSlipNumber`].
pub fn slip(
    cashless: &Cashless,
    payment: &Payment,
    (brand, number): (&str, &str),
) -> Result<Slip, payment::Error> {
    let (Some(at), Some(means)) = (&payment.at, payment.tender.means()) else {
        return Err(payment::Error::NoSlip);
    };
    let brand = cashless.brand_at(&at.terminal, brand, means).ok_or(payment::Error::NoSlip)?;
    Ok(Slip {
        brand: brand.id.clone(),
        acquirer: brand.acquirer.clone(),
        terminal: at.terminal.clone(),
        number: SlipNumber::typed(number)?,
    })
}

/// What a resident may choose to pay with at one terminal: means, and the brand where the
/// terminal has to know it beforehand.
pub fn choices(cashless: &Cashless, terminal: &str) -> Vec<(Means, Option<String>)> {
    let Some(terminal) = cashless.terminal(terminal) else { return Vec::new() };
    let mut choices = Vec::new();
    for means in Means::ALL {
        let brands = cashless.brands_of(terminal).filter(|brand| brand.means == means);
        match means {
            // It listens for one brand of 電子マネー at a time.
            Means::Emoney => choices.extend(brands.map(|one| (means, Some(one.id.clone())))),
            // The card, or the code of a wallet, says which it is.
            _ => choices.extend(brands.map(|_| (means, None)).next()),
        }
    }
    choices
}
