//! What is done with money: the row, the ledger's entry and the journal's in one
//! transaction. An act that is sent twice answers what it answered the first time; the
//! same identity with another content is refused.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::Date;

use super::charge::{Charge, Line};
use super::close::business_day;
use super::entry::{Entry, Kind, Posting};
use super::state::{self, State};
use super::tender::{At, Slip, Tender};
use super::{Error, Payment, Reason, Step, books, cannot_be, give_back, now, store};
use crate::clock::Moment;
use crate::db::{self, Tx};
use crate::id::{ChargeId, EntryId, OpId, PaymentId, VisitId};
use crate::journal::{self, Actor, Entity, Event, Journal};
use crate::yen::Yen;

pub(super) const MADE: &str = "charge.made";
pub(super) const STARTED: &str = "payment.started";
pub(super) const SETTLED: &str = "payment.settled";

/// The series that entries are counted in each day.
const SERIES: &str = "ledger";

/// Who acts, and by which press.
#[derive(Clone, Copy, Debug)]
pub struct By {
    pub op: OpId,
    pub actor: Actor,
}

/// Notes what a visit owes now. The same lines again are the same charge; without a
/// line there is none.
///
/// # Errors
/// [`Error::Stands`] when other lines are being paid or are paid; [`Error::TooMuch`].
pub fn charge(
    tx: &Tx<'_>,
    journal: &Journal,
    actor: Actor,
    (visit, day): (VisitId, Date),
    lines: Vec<Line>,
) -> Result<Option<Charge>, Error> {
    if lines.is_empty() {
        return Ok(None);
    }
    let last = store::charge_of(tx, visit)?;
    if let Some(last) = last.as_ref().filter(|last| last.lines == lines) {
        return Ok(Some(last.clone()));
    }
    if store::of_visit(tx, visit)?.iter().any(|payment| payment.state().stands()) {
        return Err(Error::Stands);
    }
    let made_at = now(journal);
    let charge = Charge {
        id: ChargeId::new(made_at, &*journal.chance),
        visit,
        revision: last.map_or(1, |last| last.revision + 1),
        day,
        total: Charge::total_of(&lines).ok_or(Error::TooMuch)?,
        made_at,
        lines,
    };
    store::insert_charge(tx, &charge)?;
    let by = By { op: journal.op(), actor };
    record(tx, journal, by, (MADE, json!(charge)), Entity::new("charge", charge.id))?;
    Ok(Some(charge))
}

/// What somebody wants to pay. The identity is made by whoever asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub charge: ChargeId,
    /// What the screen showed: another amount is refused.
    pub amount: Yen,
    pub tender: Tender,
    pub counter: u32,
    /// The terminal that will be asked.
    pub at: Option<At>,
}

/// Begins a payment, before any terminal is touched. The press is its identity.
///
/// # Errors
/// [`Error::Changed`], [`Error::Stands`], [`Error::CashOnly`], [`Error::WrongTender`],
/// [`Error::TooLittle`], [`Error::ClockBehind`]; [`Error::Conflict`] when the press was
/// another payment.
pub fn start(tx: &Tx<'_>, journal: &Journal, by: By, request: &Request) -> Result<Payment, Error> {
    let id = PaymentId::from(by.op);
    if let Some(before) = done_before(tx, by.op, STARTED)? {
        let same = (before.charge, before.amount, before.tender, before.counter, &before.at)
            == (request.charge, request.amount, request.tender, request.counter, &request.at);
        return if same { Ok(before) } else { Err(Error::Conflict) };
    }
    let charge = may_be_paid(tx, request)?;
    let begun_at = now(journal);
    let day = business_day(tx, begun_at.date())?;
    let first = Step::new(State::Started, day, begun_at);
    let payment = Payment {
        id,
        charge: charge.id,
        day,
        amount: charge.total,
        tender: request.tender,
        counter: request.counter,
        at: request.at.clone(),
        ground: (request.tender == Tender::Nothing).then(|| charge.grounds()),
        begun_at,
        steps: vec![first],
    };
    store::insert_payment(tx, &payment)?;
    record(tx, journal, by, (STARTED, json!(payment)), Entity::new("payment", id))?;
    Ok(payment)
}

/// The charge that is asked for, if it can be paid so.
fn may_be_paid(tx: &Tx<'_>, request: &Request) -> Result<Charge, Error> {
    let charge = store::charge(tx, request.charge)?.ok_or(Error::Changed)?;
    let last = store::charge_of(tx, charge.visit)?;
    if last.is_none_or(|last| last.id != charge.id) || charge.total != request.amount {
        return Err(Error::Changed);
    }
    if store::of_visit(tx, charge.visit)?.iter().any(|payment| payment.state().stands()) {
        return Err(Error::Stands);
    }
    if request.at.is_some() && !request.tender.is_cashless() {
        return Err(Error::WrongTender);
    }
    match request.tender {
        tender if (tender == Tender::Nothing) != (charge.total == Yen(0)) => {
            Err(Error::WrongTender)
        }
        Tender::Cash { received } if received < charge.total => Err(Error::TooLittle),
        Tender::Cash { .. } | Tender::Nothing => Ok(charge),
        _ if charge.is_cash_only() => Err(Error::CashOnly),
        _ => Ok(charge),
    }
}

/// What became of a payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Paid; by a terminal, with what its slip says.
    Authorised(Option<Slip>),
    Declined,
    /// Nobody knows: the terminal was silent.
    Unknown,
}

impl Outcome {
    pub(super) fn state(&self) -> State {
        match self {
            Outcome::Authorised(_) => State::Authorised,
            Outcome::Declined => State::Declined,
            Outcome::Unknown => State::Unknown,
        }
    }

    /// Whether this is what was noted with a step.
    pub(super) fn is(&self, step: &Step) -> bool {
        let slip = match self {
            Outcome::Authorised(slip) => slip.as_ref(),
            Outcome::Declined | Outcome::Unknown => None,
        };
        step.state == self.state() && step.slip.as_ref() == slip
    }
}

/// Notes what became of a payment; what is authorised moves the money. An unknown one is
/// found out once. What comes after its day was closed lands on the next open day.
///
/// # Errors
/// [`Error::State`], also for the second answer of a terminal; [`Error::NoSlip`],
/// [`Error::SlipTaken`], [`Error::OtherTerminal`]; [`Error::Conflict`] when the press said something else.
pub fn settle(
    tx: &Tx<'_>,
    journal: &Journal,
    by: By,
    (id, outcome): (PaymentId, &Outcome),
) -> Result<Payment, Error> {
    // The same press is held against what it said itself: others may have said more since.
    if let Some((before, said)) = told_step(tx, by.op, SETTLED)? {
        let same = before == id.to_string() && outcome.is(&said);
        return if same { known(tx, id) } else { Err(Error::Conflict) };
    }
    let payment = known(tx, id)?;
    let state = state::step(payment.state(), outcome.state())?;
    let slip = match outcome {
        Outcome::Authorised(slip) => slip.clone(),
        _ => None,
    };
    if state == State::Authorised && slip.is_some() != payment.tender.is_cashless() {
        return Err(Error::NoSlip);
    }
    if let (Some(slip), Some(asked)) = (&slip, &payment.at)
        && slip.terminal != asked.terminal
    {
        return Err(Error::OtherTerminal);
    }
    let at = now(journal);
    let moves = state == State::Authorised && payment.amount > Yen(0);
    let day = match business_day(tx, at.date()) {
        // That no money moved can be noted whatever the clock says.
        Err(Error::ClockBehind(last)) if !moves => last,
        day => day?,
    };
    if let Some(slip) = &slip
        && store::slip_is_taken(tx, slip, payment.begun_at.date())?
    {
        return Err(Error::SlipTaken);
    }
    let entry = moves.then(|| {
        let charge = store::charge(tx, payment.charge)?.ok_or(cannot_be("payment", "charge"))?;
        let by_what = (payment.tender, payment.counter, slip.as_ref());
        let postings = Entry::postings_of(&charge, by_what)?;
        let new = New { kind: Kind::Payment, payment: Some(&payment), counter: payment.counter };
        new.entry(tx, (EntryId::from(id), day, at), (None, None), postings)
    });
    let entry = entry.transpose()?;
    let moved = entry.as_ref().map(|entry| entry.id);
    let step = Step { slip, entry: moved, ..Step::new(state, day, at) };
    store::add_step(tx, (id, payment.steps.len() + 1), &step)?;
    entry.as_ref().map_or(Ok(()), |entry| books::insert_entry(tx, entry))?;
    let facts = json!({ "step": step, "entry": entry });
    record(tx, journal, by, (SETTLED, facts), Entity::new("payment", id))?;
    known(tx, id)
}

/// Begins a payment and takes it at once: cash that lies on the counter, a bill for
/// later, or nothing at all.
///
/// # Errors
/// As [`start`]; [`Error::WrongTender`] for what a terminal decides.
pub fn take(tx: &Tx<'_>, journal: &Journal, by: By, request: &Request) -> Result<Payment, Error> {
    if request.tender.is_cashless() {
        return Err(Error::WrongTender);
    }
    let payment = start(tx, journal, by, request)?;
    if payment.state() != State::Started {
        return Ok(payment);
    }
    let settled = By { op: journal.op(), actor: by.actor };
    settle(tx, journal, settled, (payment.id, &Outcome::Authorised(None)))
}

/// Everything that was begun and not ended before the program stopped: nobody knows what
/// became of it. Called at the start, before anybody pays.
pub fn left_alone(tx: &Tx<'_>, journal: &Journal) -> Result<usize, Error> {
    let mut begun = store::open(tx)?;
    begun.retain(|payment| payment.state() == State::Started);
    for payment in &begun {
        let by = By { op: journal.op(), actor: Actor::System };
        settle(tx, journal, by, (payment.id, &Outcome::Unknown))?;
    }
    Ok(begun.len() + give_back::left_alone(tx, journal)?)
}

/// An entry that is about to be written.
pub(super) struct New<'p> {
    pub kind: Kind,
    pub payment: Option<&'p Payment>,
    pub counter: u32,
}

impl New<'_> {
    /// With the next number of the day. Where the payment was begun on a day that was
    /// closed since, that day is named.
    pub(super) fn entry(
        self,
        tx: &Tx<'_>,
        (id, day, at): (EntryId, Date, Moment),
        (reverses, reason): (Option<EntryId>, Option<Reason>),
        postings: Vec<Posting>,
    ) -> Result<Entry, Error> {
        let own = self.payment.map(|payment| payment.day).filter(|own| *own < day);
        let concerns = match own {
            Some(own) if books::is_closed(tx, own)? => Some(own),
            _ => None,
        };
        Ok(Entry {
            id,
            day,
            number: db::next_number(tx, day, SERIES)?,
            kind: self.kind,
            payment: self.payment.map(|payment| payment.id),
            reverses,
            concerns,
            reason,
            counter: self.counter,
            at,
            postings,
        })
    }
}

pub(super) fn known(tx: &Tx<'_>, id: PaymentId) -> Result<Payment, Error> {
    store::get(tx, id)?.ok_or(Error::NoSuchPayment)
}

/// The payment, if this press was taken before.
pub(super) fn done_before(tx: &Tx<'_>, op: OpId, kind: &str) -> Result<Option<Payment>, Error> {
    let Some(id) = journal::entity_of_op(tx, op, kind)? else { return Ok(None) };
    let id = id.parse().map_err(|_| cannot_be("journal", "entity_id"))?;
    known(tx, id).map(Some)
}

/// What a press noted about whom, if it was taken before.
pub(super) fn told_step(
    tx: &Tx<'_>,
    op: OpId,
    kind: &str,
) -> Result<Option<(String, Step)>, Error> {
    let Some((entity, mut facts)) = journal::told_by_op(tx, op, kind)? else { return Ok(None) };
    let step = serde_json::from_value(facts["step"].take());
    Ok(Some((entity, step.map_err(|_| cannot_be("journal", "facts"))?)))
}

pub(super) fn record(
    tx: &Tx<'_>,
    journal: &Journal,
    by: By,
    (kind, facts): (&str, Value),
    entity: Entity,
) -> Result<(), Error> {
    let By { op, actor } = by;
    let event = Event { op, kind, schema_version: 1, entity, actor, facts, personal: None };
    journal.append(tx, &event)?;
    Ok(())
}
