//! The visits of a day, and what is left of other days, as a clerk's list shows
//! them.

use rusqlite::Connection;
use time::Date;

use super::{Error, Findable, Visit, store};
use crate::application::{self, Application};
use crate::clock::Moment;
use crate::db;
use crate::journal::Journal;
use crate::queue;
use crate::text::Text;

/// One visit that was handed in.
#[derive(Clone, Debug)]
pub struct Listed {
    pub visit: Visit,
    /// What the resident is called by.
    pub number: String,
    pub applications: Vec<Application>,
    pub name: Option<Text>,
    pub kana: Option<Text>,
    pub findable: Findable,
}

impl Listed {
    /// Whether a clerk still has something to decide.
    pub fn is_open(&self) -> bool {
        self.applications.iter().any(|one| one.state == application::State::Submitted)
    }
}

/// A visit of which something stored cannot be read.
#[derive(Debug)]
pub struct Unreadable {
    pub visit: Visit,
    /// What the resident is called by, as far as it is known.
    pub number: String,
    /// Why, for the log.
    pub error: Error,
}

/// What a clerk's list shows.
#[derive(Debug)]
pub struct List {
    pub visits: Vec<Listed>,
    pub unreadable: Vec<Unreadable>,
}

/// The visits handed in on `day` and the earlier ones that are not accepted yet,
/// oldest first, with what they can be found by. One that is damaged hides no other.
///
/// # Errors
/// Faults of storage that are not of one visit.
pub fn on(connection: &Connection, journal: &Journal, day: Date) -> Result<List, Error> {
    let mut list = List { visits: Vec::new(), unreadable: Vec::new() };
    for visit in store::of_day_and_undecided(connection, day)? {
        match listed(connection, journal, visit.clone()) {
            Ok(listed) => list.visits.push(listed),
            Err(error) if is_damage(&error) => {
                let number = number(connection, &visit);
                list.unreadable.push(Unreadable { visit, number, error });
            }
            Err(error) => return Err(error),
        }
    }
    Ok(list)
}

/// Whether the row itself is at fault, and reading it again is no use.
fn is_damage(error: &Error) -> bool {
    use crate::journal::Error as Sealed;
    matches!(
        error,
        Error::Db(db::Error::Inconsistent { .. })
            | Error::Journal(
                Sealed::Unreadable { .. }
                    | Sealed::Erased
                    | Sealed::Db(db::Error::Inconsistent { .. })
            )
    )
}

fn number(connection: &Connection, visit: &Visit) -> String {
    let ticket = queue::of_visit(connection, visit.id).ok().flatten();
    let applications = application::of_visit(connection, visit.id).unwrap_or_default();
    super::number(ticket.as_ref(), applications.iter().map(|one| one.receipt.as_str()))
}

/// Whatever changes on the list changes this: for pages that ask again and again,
/// so that nothing has to be opened for a list that was shown already.
pub fn mark(connection: &Connection, day: Date) -> Result<(Date, usize, Option<Moment>), Error> {
    let visits = store::of_day_and_undecided(connection, day)?;
    let touched = visits.iter().map(|visit| visit.touched_at).max();
    Ok((day, visits.len(), touched))
}

fn listed(connection: &Connection, journal: &Journal, visit: Visit) -> Result<Listed, Error> {
    let answers = store::answers(connection, journal, visit.id)?;
    let ticket = queue::of_visit(connection, visit.id)?;
    let applications = application::of_visit(connection, visit.id)?;
    let receipts = applications.iter().map(|application| application.receipt.as_str());
    let number = super::number(ticket.as_ref(), receipts.clone());
    let words = |path| answers.text(path).filter(|text| !text.is_blank()).cloned();
    Ok(Listed {
        findable: Findable::new(&answers, &number, receipts)
            .with_page(ticket.and_then(|ticket| ticket.code)),
        name: words("applicant.name"),
        kana: words("applicant.kana"),
        visit: visit.with_care(&answers),
        number,
        applications,
    })
}
