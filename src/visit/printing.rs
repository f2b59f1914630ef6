//! What was printed of a visit, in the journal: sent before the first byte
//! leaves, and what came of it. In between it is under way, and stands in a table
//! of its own, so that what was cut off is found again. The printer's id stands
//! there, nothing of what is on the paper.

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::{Value, json};

use super::desk::{self, Opened};
use super::{Counter, Error, State, brought, note, store};
use crate::application;
use crate::db::{self, Tx};
use crate::id::{ApplicationId, OpId, VisitId};
use crate::journal::{self, Actor, Entity, Event, Journal};
use crate::printer::{self, Printed};

/// The table of what is under way.
pub const SCHEMA: db::Step = include_str!("sql/print_job.sql");

/// What is printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Printout {
    /// Papers to be signed.
    Papers(Vec<ApplicationId>),
    /// The hand-over slip.
    Slip,
}

/// What goes to one printer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnderWay {
    /// Its entry in the journal.
    pub entry: OpId,
    /// The press of the button.
    pub press: OpId,
    pub visit: VisitId,
    pub what: Printout,
    /// The printer's id.
    pub printer: String,
}

impl UnderWay {
    fn facts(&self) -> Value {
        match &self.what {
            Printout::Papers(applications) => {
                json!({ "applications": applications, "printer": self.printer })
            }
            Printout::Slip => json!({ "printer": self.printer }),
        }
    }
}

/// Records that something goes to a printer. `false` when this was recorded
/// before: it must not be sent again.
pub fn sent(tx: &Tx<'_>, journal: &Journal, actor: Actor, job: &UnderWay) -> Result<bool, Error> {
    let (kind, applications) = match &job.what {
        Printout::Papers(applications) => {
            ("application.print_sent", Some(json!(applications).to_string()))
        }
        Printout::Slip => ("slip.print_sent", None),
    };
    if journal::entity_of_op(tx, job.entry, kind)?.is_some() {
        return Ok(false);
    }
    let visit = store::get(tx, job.visit)?;
    visit.filter(|visit| visit.state == State::Submitted).ok_or(Error::Gone)?;
    let event = Event {
        op: job.entry,
        kind,
        schema_version: 1,
        entity: Entity::new("visit", job.visit),
        actor,
        facts: job.facts(),
        personal: None,
    };
    journal.append(tx, &event)?;
    let [entry, press] = [job.entry, job.press].map(|op| op.to_string());
    tx.execute(
        "insert into print_job (entry, press, visit, printer, applications)
         values (?1, ?2, ?3, ?4, ?5)",
        params![entry, press, job.visit.to_string(), job.printer, applications],
    )?;
    Ok(true)
}

/// Records that a slip was shown to be printed from a browser: what comes of it only
/// the clerk sees.
///
/// # Errors
/// [`Error::Gone`] where nothing was handed in.
pub fn slip_shown(tx: &Tx<'_>, journal: &Journal, actor: Actor, id: VisitId) -> Result<(), Error> {
    let visit = store::get(tx, id)?;
    visit.filter(|visit| visit.state == State::Submitted).ok_or(Error::Gone)?;
    note(journal, tx, actor, id, ("slip.printed", json!({ "printer": "browser" })))
}

/// What is under way, in the order it was sent.
pub fn under_way(connection: &Connection) -> Result<Vec<UnderWay>, Error> {
    let mut rows = connection.prepare(
        "select entry, press, visit, printer, applications from print_job order by rowid",
    )?;
    let jobs = rows.query_map([], |row| Ok(read(row)))?;
    let jobs: Vec<Option<UnderWay>> = jobs.collect::<Result<_, _>>()?;
    let all: Option<Vec<UnderWay>> = jobs.into_iter().collect();
    Ok(all.ok_or(db::Error::Inconsistent { table: "print_job", column: "entry" })?)
}

fn read(row: &Row<'_>) -> Option<UnderWay> {
    let text = |column| row.get::<_, String>(column).ok();
    let applications: Option<String> = row.get(4).ok()?;
    Some(UnderWay {
        entry: text(0)?.parse().ok()?,
        press: text(1)?.parse().ok()?,
        visit: text(2)?.parse().ok()?,
        printer: text(3)?,
        what: match applications {
            Some(ids) => Printout::Papers(serde_json::from_str(&ids).ok()?),
            None => Printout::Slip,
        },
    })
}

/// Whether the last slip of a visit came out, as far as the journal knows; `None` where
/// none was printed.
///
/// # Errors
/// Faults of storage.
pub fn slip_came_out(connection: &Connection, visit: VisitId) -> Result<Option<bool>, Error> {
    let last = "select kind = 'slip.printed' from journal
        where entity_kind = 'visit' and entity_id = ?1
          and kind in ('slip.print_sent', 'slip.printed', 'slip.print_failed')
        order by rowid desc limit 1";
    let mut last = connection.prepare_cached(last)?;
    Ok(last.query_row([visit.to_string()], |row| row.get(0)).optional()?)
}

/// What papers were made from, to see what was corrected while they were printed.
#[derive(Clone, Copy)]
pub struct MadeFrom<'a> {
    pub counter: Counter<'a>,
    pub opened: &'a Opened,
}

/// Records what came of it, and counts papers that came out. Something that may
/// still come out stays under way.
pub fn ended(
    tx: &Tx<'_>,
    journal: &Journal,
    actor: Actor,
    job: &UnderWay,
    made_from: Option<MadeFrom<'_>>,
    outcome: Result<Printed, printer::Error>,
) -> Result<(), Error> {
    let mut facts = job.facts();
    facts["sent"] = json!(job.entry);
    let (of_papers, of_slip) = match outcome {
        Ok(printed) => {
            facts["confirmed"] = (printed == Printed::Done).into();
            ("application.printed", "slip.printed")
        }
        Err(error) => {
            facts["why"] = error.code().into();
            ("application.print_failed", "slip.print_failed")
        }
    };
    let kind = match job.what {
        Printout::Papers(_) => of_papers,
        Printout::Slip => of_slip,
    };
    if let (Printout::Papers(applications), Ok(_)) = (&job.what, outcome) {
        // Whoever was erased while it was printed has nothing left to be counted.
        if store::get(tx, job.visit)?.is_some_and(|visit| visit.state == State::Submitted) {
            facts["outdated"] = json!(count(tx, journal, job, applications, made_from)?);
            brought::issue(tx, journal, actor, job.visit)?;
        }
    }
    if outcome != Err(printer::Error::Lost) {
        tx.execute("delete from print_job where entry = ?1", [job.entry.to_string()])?;
    }
    note(journal, tx, actor, job.visit, (kind, facts))
}

/// Counts papers that came out; those that show what was corrected meanwhile.
fn count<'a>(
    tx: &Tx<'_>,
    journal: &Journal,
    job: &UnderWay,
    applications: &'a [ApplicationId],
    made_from: Option<MadeFrom<'_>>,
) -> Result<Vec<&'a ApplicationId>, Error> {
    if let Some(MadeFrom { counter, opened }) = made_from {
        return desk::came_out(tx, journal, counter, opened, applications);
    }
    // What they were made from went with the program that was stopped. Whatever was
    // corrected since may stand on them.
    let kinds = ["visit.corrected", "visit.identified"];
    let visit = Entity::new("visit", job.visit);
    let corrected = journal::happened_after(tx, job.entry, &visit, &kinds)?;
    for application in applications {
        application::was_printed(tx, *application)?;
        if corrected {
            application::was_corrected(tx, *application)?;
        }
    }
    Ok(if corrected { applications.iter().collect() } else { Vec::new() })
}
