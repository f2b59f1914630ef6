//! The visits of a day, and what is left of other days, as a clerk's list shows
//! them.

use rusqlite::Connection;
use time::Date;

use super::{Error, Findable, Visit, store};
use crate::application::{self, Application};
use crate::clock::Moment;
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

/// The visits handed in on `day` and the earlier ones that are not accepted yet,
/// oldest first, with what they can be found by.
pub fn on(connection: &Connection, journal: &Journal, day: Date) -> Result<Vec<Listed>, Error> {
    let visits = store::of_day_and_undecided(connection, day)?;
    visits.into_iter().map(|visit| listed(connection, journal, visit)).collect()
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
        findable: Findable::new(&answers, &number, receipts),
        name: words("applicant.name"),
        kana: words("applicant.kana"),
        visit: visit.with_care(&answers),
        number,
        applications,
    })
}
