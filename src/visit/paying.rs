//! お支払いを待っている方: every visit whose payment waits for somebody, at the tablet, at a
//! terminal, or for a clerk who finds out what became of it.

use rusqlite::Connection;

use super::{Error, cashless, number, store};
use crate::application;
use crate::clock::Moment;
use crate::id::VisitId;
use crate::payment::{self, NotKnown, State};
use crate::queue;
use crate::yen::Yen;

/// What a payment waits for. What nobody knows comes first: only a clerk can end it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Whether it was paid.
    Unknown,
    /// Whether it went back.
    BackUnknown,
    /// For the terminal.
    Going,
    /// For the terminal, which gives back.
    GoingBack,
    /// For the resident, who chooses at the tablet what to pay with.
    Choosing,
}

/// A visit whose payment waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paying {
    pub visit: VisitId,
    /// What the resident is called by; empty where nothing is left of the visit.
    pub number: String,
    pub stage: Stage,
    pub since: Moment,
    pub amount: Yen,
}

/// What was found at the last look, so that the next is quick: every payment there ever was
/// is gone through only when something has become of one since.
#[derive(Clone, Debug, Default)]
pub struct Found {
    steps: Option<payment::Steps>,
    not_known: Vec<Paying>,
    /// All of them, what nobody knows first, and whoever waits longest.
    pub all: Vec<Paying>,
}

impl Found {
    /// As it is now.
    ///
    /// # Errors
    /// Faults of storage.
    pub fn look(mut self, connection: &Connection) -> Result<Found, Error> {
        let steps = Some(payment::steps(connection)?);
        if self.steps != steps {
            self.not_known = not_known(connection)?;
            self.steps = steps;
        }
        self.all.clone_from(&self.not_known);
        for visit in store::on_tablets(connection)? {
            self.all.extend(choosing(connection, visit)?);
        }
        self.all.sort_by_key(|one| (one.stage, one.since));
        Ok(self)
    }
}

fn not_known(connection: &Connection) -> Result<Vec<Paying>, Error> {
    let of = |one: NotKnown| {
        Ok(Paying {
            visit: one.visit,
            number: called_by(connection, one.visit)?,
            stage: stage(&one),
            since: one.begun_at(),
            amount: one.amount(),
        })
    };
    payment::all_not_known(connection)?.into_iter().map(of).collect()
}

fn stage(one: &NotKnown) -> Stage {
    let is_unknown = one.state() == State::Unknown;
    match (&one.back, is_unknown) {
        (None, true) => Stage::Unknown,
        (None, false) => Stage::Going,
        (Some(_), true) => Stage::BackUnknown,
        (Some(_), false) => Stage::GoingBack,
    }
}

/// A resident who may choose at the tablet, and has not yet, or was refused.
fn choosing(connection: &Connection, visit: VisitId) -> Result<Option<Paying>, Error> {
    let Some(charge) = payment::charge_of(connection, visit)? else { return Ok(None) };
    let Some(since) = cashless::offered_at(connection, charge.id)? else { return Ok(None) };
    if payment::of_visit(connection, visit)?.iter().any(|one| one.state().stands()) {
        return Ok(None);
    }
    let number = called_by(connection, visit)?;
    Ok(Some(Paying { visit, number, stage: Stage::Choosing, since, amount: charge.total }))
}

fn called_by(connection: &Connection, visit: VisitId) -> Result<String, Error> {
    let ticket = queue::of_visit(connection, visit)?;
    let applications = application::of_visit(connection, visit)?;
    Ok(number(ticket.as_ref(), applications.iter().map(|one| one.receipt.as_str())))
}
