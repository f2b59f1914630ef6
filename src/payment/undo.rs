//! What takes money back: a void on its own day, a refund on any.

use serde_json::json;
use time::Date;

use super::acts::{By, New, done_before, known, record};
use super::close::business_day;
use super::entry::{self, Entry, Kind, Posting};
use super::state::{self, State};
use super::tender::{Back, Tender};
use super::{Error, Payment, Reason, Step, books, give_back, now, store};
use crate::clock::Moment;
use crate::db::Tx;
use crate::id::{EntryId, PaymentId};
use crate::journal::{Entity, Journal};
use crate::yen::Yen;

pub(super) const VOIDED: &str = "payment.voided";
pub(super) const REFUNDED: &str = "payment.refunded";

/// Takes the whole payment back, on its own day.
///
/// # Errors
/// [`Error::State`]; [`Error::DayOver`] later, when it is a refund; [`Error::NotPaid`]
/// when part of it was given back already; [`Error::GoingBack`] while a terminal is at it.
pub fn void(
    tx: &Tx<'_>,
    journal: &Journal,
    by: By,
    (id, reason, counter): (PaymentId, Reason, u32),
) -> Result<Payment, Error> {
    let own = EntryId::from(by.op);
    if let Some(before) = done_before(tx, by.op, VOIDED)? {
        let entries = books::entries_of(tx, before.id)?;
        let same = match entries.iter().find(|entry| entry.id == own) {
            Some(entry) => (entry.reason, entry.counter) == (Some(reason), counter),
            None => is_taken_back_for(&before, reason),
        };
        return if same && before.id == id { Ok(before) } else { Err(Error::Conflict) };
    }
    let payment = known(tx, id)?;
    give_back::refuse_while_open(tx, id)?;
    let at = now(journal);
    let day = business_day(tx, at.date())?;
    let entries = books::entries_of(tx, id)?;
    may_be_voided(&payment, &entries, day)?;
    if matches!(payment.tender, Tender::Cash { .. }) && payment.counter != counter {
        return Err(Error::OtherDrawer(payment.counter));
    }
    let moved = match entries.first() {
        Some(paid) => {
            let what = (Kind::Void, reason, counter);
            moved(tx, (&payment, &entries), (own, day, at), what, paid.reversed())?
        }
        None => free_taken_back(tx, &payment, (day, at), reason)?,
    };
    let facts = json!({ "step": moved.step, "entry": moved.entry });
    record(tx, journal, by, (VOIDED, facts), Entity::new("payment", id))?;
    known(tx, id)
}

/// Takes back a record of nothing paid, on whatever day it is found to be wrong. It lands
/// on the day that is open, and names its own where that was closed.
///
/// # Errors
/// [`Error::WrongTender`] where money was paid; [`Error::State`]; [`Error::Conflict`] when
/// the press said something else.
pub fn take_back_free(
    tx: &Tx<'_>,
    journal: &Journal,
    by: By,
    (id, reason): (PaymentId, Reason),
) -> Result<Payment, Error> {
    if let Some(before) = done_before(tx, by.op, VOIDED)? {
        let same = before.id == id && is_taken_back_for(&before, reason);
        return if same { Ok(before) } else { Err(Error::Conflict) };
    }
    let payment = known(tx, id)?;
    if payment.tender != Tender::Nothing {
        return Err(Error::WrongTender);
    }
    state::step(payment.state(), State::Voided)?;
    let at = now(journal);
    let day = business_day(tx, at.date())?;
    let moved = free_taken_back(tx, &payment, (day, at), reason)?;
    let facts = json!({ "step": moved.step, "entry": moved.entry });
    record(tx, journal, by, (VOIDED, facts), Entity::new("payment", id))?;
    known(tx, id)
}

/// Whether a record of nothing was taken back for this reason.
fn is_taken_back_for(payment: &Payment, reason: Reason) -> bool {
    let mut steps = payment.steps.iter();
    steps.any(|step| step.state == State::Voided && step.reason == Some(reason))
}

/// The step that takes back a record of nothing.
fn free_taken_back(
    tx: &Tx<'_>,
    payment: &Payment,
    (day, at): (Date, Moment),
    reason: Reason,
) -> Result<Moved, Error> {
    let noted = payment.steps.iter().find(|step| step.state == State::Authorised);
    let concerns = match noted.map(|step| step.day).filter(|own| *own < day) {
        Some(own) if books::is_closed(tx, own)? => Some(own),
        _ => None,
    };
    let step = Step { concerns, reason: Some(reason), ..Step::new(State::Voided, day, at) };
    store::add_step(tx, (payment.id, payment.steps.len() + 1), &step)?;
    Ok(Moved { step: Some(step), entry: None })
}

/// Whether the whole of it may be taken back on `day`.
pub(super) fn may_be_voided(paid: &Payment, entries: &[Entry], day: Date) -> Result<(), Error> {
    state::step(paid.state(), State::Voided)?;
    if entries.iter().any(|entry| entry.kind == Kind::Refund) {
        return Err(Error::NotPaid);
    }
    let paid_on = paid.steps.iter().find(|step| step.state == State::Authorised);
    if paid_on.is_none_or(|step| step.day != day) { Err(Error::DayOver) } else { Ok(()) }
}

/// What is given back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    pub payment: PaymentId,
    /// How much of each item of revenue.
    pub items: Vec<(String, Yen)>,
    pub back: Back,
    pub reason: Reason,
    pub counter: u32,
}

/// Gives money back, all of it or a part, on any open day.
///
/// # Errors
/// [`Error::NotPaid`] for nothing, or an item that was not paid; [`Error::TooMuch`]
/// above what is left of an item; [`Error::State`]; [`Error::GoingBack`] while a terminal
/// is at it.
pub fn refund(tx: &Tx<'_>, journal: &Journal, by: By, refund: &Refund) -> Result<Payment, Error> {
    let (id, entry_id) = (refund.payment, EntryId::from(by.op));
    let items = wanted_back(&refund.items)?;
    let how = (refund.back, refund.counter);
    if let Some(before) = done_before(tx, by.op, REFUNDED)? {
        let entries = books::entries_of(tx, id)?;
        let same = entries.iter().find(|entry| entry.id == entry_id).is_some_and(|entry| {
            let back = entries.first().map(|paid| paid.postings_back(&items, how).ok());
            back.flatten().as_ref() == Some(&entry.postings)
                && (entry.reason, entry.counter) == (Some(refund.reason), refund.counter)
        });
        return if same { Ok(before) } else { Err(Error::Conflict) };
    }
    let payment = known(tx, id)?;
    give_back::refuse_while_open(tx, id)?;
    let entries = books::entries_of(tx, id)?;
    may_be_refunded(&payment, &entries, &items)?;
    if (&payment.tender, refund.back) == (&Tender::Later, Back::Cash) {
        return Err(Error::BilledLater);
    }
    let at = now(journal);
    let day = business_day(tx, at.date())?;
    let postings = entries.first().ok_or(Error::NotPaid)?.postings_back(&items, how)?;
    let what = (Kind::Refund, refund.reason, refund.counter);
    let moved = moved(tx, (&payment, &entries), (entry_id, day, at), what, postings)?;
    let facts = json!({ "step": moved.step, "entry": moved.entry });
    record(tx, journal, by, (REFUNDED, facts), Entity::new("payment", id))?;
    known(tx, id)
}

/// Whether so much of each item may go back.
pub(super) fn may_be_refunded(
    paid: &Payment,
    entries: &[Entry],
    items: &[(String, Yen)],
) -> Result<(), Error> {
    state::step(paid.state(), State::Refunded)?;
    let left = left_of(entries);
    for (item, amount) in items {
        let left = left.iter().find(|(own, _)| own == item).ok_or(Error::NotPaid)?.1;
        if i64::from(amount.0) > left {
            return Err(Error::TooMuch);
        }
    }
    Ok(())
}

/// What was written of money that went back.
#[derive(Default)]
pub(super) struct Moved {
    /// The payment's step, where nothing is left of it.
    pub step: Option<Step>,
    pub entry: Option<Entry>,
}

/// Writes what goes back of a payment.
pub(super) fn moved(
    tx: &Tx<'_>,
    (payment, entries): (&Payment, &[Entry]),
    (id, day, at): (EntryId, Date, Moment),
    (kind, reason, counter): (Kind, Reason, u32),
    postings: Vec<Posting>,
) -> Result<Moved, Error> {
    let paid = entries.first().ok_or(Error::NotPaid)?;
    let new = New { kind, payment: Some(payment), counter };
    let entry = new.entry(tx, (id, day, at), (Some(paid.id), Some(reason)), postings)?;
    let revenue = entry.postings.iter().filter(|one| one.account.starts_with(entry::REVENUE));
    let back: i64 = revenue.map(Posting::signed).sum();
    let left: i64 = left_of(entries).iter().map(|(_, left)| left).sum();
    let state = if kind == Kind::Void { State::Voided } else { State::Refunded };
    let step = (back == left).then(|| Step { entry: Some(id), ..Step::new(state, day, at) });
    if let Some(step) = &step {
        store::add_step(tx, (payment.id, payment.steps.len() + 1), step)?;
    }
    books::insert_entry(tx, &entry)?;
    Ok(Moved { step, entry: Some(entry) })
}

/// What is asked back of each item, each item once and in order.
pub(super) fn wanted_back(items: &[(String, Yen)]) -> Result<Vec<(String, Yen)>, Error> {
    let mut items = items.to_vec();
    items.retain(|(_, amount)| *amount > Yen(0));
    items.sort();
    let twice = items.windows(2).any(|pair| pair[0].0 == pair[1].0);
    if items.is_empty() || twice { Err(Error::NotPaid) } else { Ok(items) }
}

/// What is left of each item of a payment, from its entries.
pub(super) fn left_of(entries: &[Entry]) -> Vec<(String, i64)> {
    let mut left: Vec<(String, i64)> = Vec::new();
    for posting in entries.iter().flat_map(|entry| &entry.postings) {
        let Some(item) = posting.account.strip_prefix(entry::REVENUE) else { continue };
        let amount = -posting.signed();
        match left.iter_mut().find(|(own, _)| own == item) {
            Some((_, sum)) => *sum += amount,
            None => left.push((item.to_owned(), amount)),
        }
    }
    left
}
