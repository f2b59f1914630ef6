//! What takes money back: a void on its own day, a refund on any.

use serde_json::json;

use super::acts::{By, New, done_before, known, record};
use super::close::business_day;
use super::entry::{self, Entry, Kind};
use super::state::{self, State};
use super::tender::Back;
use super::{Error, Payment, Reason, Step, books, now, store};
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
/// when part of it was given back already.
pub fn void(
    tx: &Tx<'_>,
    journal: &Journal,
    by: By,
    (id, reason, counter): (PaymentId, Reason, u32),
) -> Result<Payment, Error> {
    if let Some(before) = done_before(tx, by.op, VOIDED)? {
        return if before.id == id { Ok(before) } else { Err(Error::Conflict) };
    }
    let payment = known(tx, id)?;
    let state = state::step(payment.state(), State::Voided)?;
    let at = now(journal);
    let day = business_day(tx, at.date())?;
    let entries = books::entries_of(tx, id)?;
    if entries.iter().any(|entry| entry.kind == Kind::Refund) {
        return Err(Error::NotPaid);
    }
    let paid_on = payment.steps.iter().find(|step| step.state == State::Authorised);
    if paid_on.is_none_or(|step| step.day != day) {
        return Err(Error::DayOver);
    }
    let entry = entries.first().map(|paid| {
        let new = New { kind: Kind::Void, payment: Some(&payment), counter };
        let about = (Some(paid.id), Some(reason));
        new.entry(tx, (EntryId::from(by.op), day, at), about, paid.reversed())
    });
    let entry = entry.transpose()?;
    let step = Step { state, day, at, slip: None, entry: entry.as_ref().map(|entry| entry.id) };
    store::add_step(tx, (id, payment.steps.len() + 1), &step)?;
    entry.as_ref().map_or(Ok(()), |entry| books::insert_entry(tx, entry))?;
    let facts = json!({ "step": step, "entry": entry });
    record(tx, journal, by, (VOIDED, facts), Entity::new("payment", id))?;
    known(tx, id)
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
/// above what is left of an item; [`Error::State`].
pub fn refund(tx: &Tx<'_>, journal: &Journal, by: By, refund: &Refund) -> Result<Payment, Error> {
    let (id, entry_id) = (refund.payment, EntryId::from(by.op));
    let items = wanted_back(refund)?;
    if let Some(before) = done_before(tx, by.op, REFUNDED)? {
        let entries = books::entries_of(tx, id)?;
        let same = entries.iter().find(|entry| entry.id == entry_id).is_some_and(|entry| {
            let back = entries
                .first()
                .map(|paid| paid.postings_back(&items, (refund.back, refund.counter)).ok());
            back.flatten().as_ref() == Some(&entry.postings)
        });
        return if same { Ok(before) } else { Err(Error::Conflict) };
    }
    let payment = known(tx, id)?;
    state::step(payment.state(), State::Refunded)?;
    let entries = books::entries_of(tx, id)?;
    let paid = entries.first().ok_or(Error::NotPaid)?;
    let left = left_of(&entries);
    for (item, amount) in &items {
        let left = left.iter().find(|(own, _)| own == item).ok_or(Error::NotPaid)?.1;
        if i64::from(amount.0) > left {
            return Err(Error::TooMuch);
        }
    }
    let at = now(journal);
    let whole: i64 = items.iter().map(|(_, amount)| i64::from(amount.0)).sum();
    let day = business_day(tx, at.date())?;
    let new = New { kind: Kind::Refund, payment: Some(&payment), counter: refund.counter };
    let postings = paid.postings_back(&items, (refund.back, refund.counter))?;
    let about = (Some(paid.id), Some(refund.reason));
    let entry = new.entry(tx, (entry_id, day, at), about, postings)?;
    let is_all = left.iter().map(|(_, left)| left).sum::<i64>() == whole;
    let step = is_all.then_some(Step {
        state: State::Refunded,
        day,
        at,
        slip: None,
        entry: Some(entry.id),
    });
    if let Some(step) = &step {
        store::add_step(tx, (id, payment.steps.len() + 1), step)?;
    }
    books::insert_entry(tx, &entry)?;
    let facts = json!({ "step": step, "entry": entry });
    record(tx, journal, by, (REFUNDED, facts), Entity::new("payment", id))?;
    known(tx, id)
}

/// What is asked back of each item, each item once and in order.
fn wanted_back(refund: &Refund) -> Result<Vec<(String, Yen)>, Error> {
    let mut items = refund.items.clone();
    items.retain(|(_, amount)| *amount > Yen(0));
    items.sort();
    let twice = items.windows(2).any(|pair| pair[0].0 == pair[1].0);
    if items.is_empty() || twice { Err(Error::NotPaid) } else { Ok(items) }
}

/// What is left of each item of a payment, from its entries.
fn left_of(entries: &[Entry]) -> Vec<(String, i64)> {
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
