//! What an answer of the hub changes at the counter, in one transaction.

use std::cell::RefCell;

use serde_json::json;

use super::store::{self, Lies, Traveller};
use crate::clock::rfc3339;
use crate::db::{self, Tx};
use crate::id::LogId;
use crate::journal::{self, Actor, Entity, Error, Event, Journal, Row};
use crate::sync::forwarder::{Log, Told};
use crate::sync::{Answer, Forwarder, Incident};

/// Listens to an answer and does what follows. What somebody must be told of, if
/// anything; it stands in the journal, too.
pub(super) fn hear(
    tx: &Tx<'_>,
    journal: &Journal,
    forwarder: &mut Forwarder,
    at: (u64, u64),
    answer: &Answer<Row>,
) -> Result<Option<Incident>, Error> {
    let all = store::travellers(tx)?;
    let logs: Vec<Log> = all.iter().map(|one| one.log).collect();
    // A disk that cannot be read must not look like an entry that is not there.
    let fault = RefCell::new(None);
    let hash_at = |log: LogId, seq: u64| {
        let one = all.iter().find(|one| one.row.id == log)?;
        store::hash_at(tx, one, seq).unwrap_or_else(|error| {
            *fault.borrow_mut() = Some(error);
            None
        })
    };
    let told = forwarder.heard(at, &logs, hash_at, answer);
    if let Some(fault) = fault.into_inner() {
        return Err(fault);
    }
    let find = |log: LogId| all.iter().find(|one| one.row.id == log);
    match told {
        Told::Nothing => Ok(None),
        Told::Keep { known, incident } => {
            store::keep(tx, &known)?;
            if let Some(incident) = incident {
                note(tx, journal, known.log, incident)?;
            }
            Ok(incident)
        }
        Told::BeginAnew { log } => {
            let is_open = all.last().is_some_and(|open| open.row.id == log);
            if let Some(one) = find(log) {
                begin_anew(tx, journal, one, is_open)?;
                note(tx, journal, log, Incident::CounterWentBack)?;
            }
            Ok(Some(Incident::CounterWentBack))
        }
        Told::TakeOver { log } => {
            if let Some(one) = find(log) {
                store::copy(tx, one, fresh(journal), rfc3339(journal.now()))?;
                // Of what was fetched once nobody knows from where on the hub has another.
                store::await_version_of(tx, &one.row, 0)?;
                note(tx, journal, log, Incident::CounterWentBack)?;
            }
            Ok(Some(Incident::CounterWentBack))
        }
        Told::Held { log, take, complete } => {
            if let (Some(one), Answer::Held(entries)) = (find(log), answer) {
                let entries = if take { entries.as_slice() } else { &[] };
                store::append(tx, entries)?;
                if let Some(last) = entries.last() {
                    let acked = last.link.mark();
                    store::keep(tx, &crate::sync::Watermark { acked, ..one.log.known })?;
                }
                if complete {
                    completed(tx, journal, one)?;
                }
            }
            Ok(None)
        }
    }
}

/// The log cannot be gone on with. The hub's version of it is fetched and kept; what is
/// written from now on goes into another, and numbers go on above what the hub may know
/// of: they stand on paper in people's hands.
fn begin_anew(tx: &Tx<'_>, journal: &Journal, one: &Traveller, is_open: bool) -> Result<(), Error> {
    let now = journal.now();
    let acked = one.log.known.acked;
    let shared = match one.lies {
        Lies::Beside => {
            store::copy(tx, one, fresh(journal), rfc3339(now))?;
            0
        }
        // What the hub acknowledged, both have: only what comes after it is fetched. Were
        // it otherwise, what is fetched would not follow on it, and all of it is fetched.
        Lies::InTheJournal if store::hash_at(tx, one, acked.seq)? == Some(acked.hash) => acked.seq,
        Lies::InTheJournal => 0,
    };
    store::await_version_of(tx, &one.row, shared)?;
    if is_open {
        journal::continue_in_new_log(tx, fresh(journal), now)?;
        db::numbering::jump(tx, now)?;
    }
    Ok(())
}

/// The hub's version of a log is here: what this counter has of that log and the hub
/// lacks travels in a log of its own, under the same identities.
fn completed(tx: &Tx<'_>, journal: &Journal, kept: &Traveller) -> Result<(), Error> {
    store::is_complete(tx, kept.row.id)?;
    let Some(own) = store::in_the_journal(tx, kept.row.id)? else { return Ok(()) };
    let own = Traveller { shared: kept.shared, ..own };
    store::copy(tx, &own, fresh(journal), rfc3339(journal.now()))?;
    Ok(())
}

fn fresh(journal: &Journal) -> LogId {
    LogId::new(journal.now(), &*journal.chance)
}

/// Writes down what somebody must be told.
fn note(tx: &Tx<'_>, journal: &Journal, log: LogId, incident: Incident) -> Result<(), Error> {
    let event = Event {
        op: journal.op(),
        kind: journal::PARTED,
        schema_version: 1,
        entity: Entity::new("log", log),
        actor: Actor::System,
        facts: json!({ "incident": name(incident) }),
        personal: None,
    };
    journal.append(tx, &event).map(drop)
}

/// The name in the journal: `hub_went_back`.
fn name(incident: Incident) -> &'static str {
    match incident {
        Incident::HubWentBack => "hub_went_back",
        Incident::CounterWentBack => "counter_went_back",
    }
}
