//! What was printed of a visit, in the journal: sent before the first byte
//! leaves, and what came of it. In between it is under way, and stands in a table
//! of its own, so that what was cut off is found again. The printer's id stands
//! there, nothing of what is on the paper.

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::desk::{self, Opened};
use super::{Counter, Error, State, brought, note, store};
use crate::application;
use crate::db::{self, Tx};
use crate::id::{ApplicationId, OpId, PaymentId, VisitId};
use crate::journal::{self, Actor, Entity, Event, Journal};
use crate::printer::{self, Printed};

/// The table of what is under way.
pub const SCHEMA: db::Step = include_str!("sql/print_job.sql");

/// Receipts in it.
pub const RECEIPTS: db::Step = include_str!("sql/receipt_job.sql");

/// Faults before the first byte: nothing is on paper. After any other, a printer that
/// stopped in the middle may have put out a receipt all the same.
const NOTHING_CAME_OUT: [&str; 6] =
    ["no_server", "no_queue", "not_accepting", "refused", "not_allowed", "busy"];

/// What is printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Printout {
    /// Papers to be signed.
    Papers(Vec<ApplicationId>),
    /// The hand-over slip.
    Slip,
    Receipt(Copy),
}

/// One copy of a receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copy {
    pub payment: PaymentId,
    /// Whether it says 再発行.
    pub again: bool,
}

impl Printout {
    /// What the journal calls it: sent, out, and not out.
    fn kinds(&self) -> [&'static str; 3] {
        match self {
            Printout::Papers(_) => {
                ["application.print_sent", "application.printed", "application.print_failed"]
            }
            Printout::Slip => ["slip.print_sent", "slip.printed", "slip.print_failed"],
            Printout::Receipt(_) => RECEIPT,
        }
    }
}

const RECEIPT: [&str; 3] = ["receipt.print_sent", "receipt.printed", "receipt.print_failed"];

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
            Printout::Receipt(copy) => receipt_facts(copy, &self.printer),
        }
    }
}

fn receipt_facts(Copy { payment, again }: &Copy, printer: &str) -> Value {
    json!({ "payment": payment, "again": again, "printer": printer })
}

/// Records that something goes to a printer. `false` when this was recorded
/// before: it must not be sent again.
///
/// # Errors
/// [`Error::Late`] for a receipt that does not say 再発行 and is not the first.
pub fn sent(tx: &Tx<'_>, journal: &Journal, actor: Actor, job: &UnderWay) -> Result<bool, Error> {
    let [kind, ..] = job.what.kinds();
    let (applications, receipt) = match &job.what {
        Printout::Papers(applications) => (Some(json!(applications).to_string()), None),
        Printout::Slip => (None, None),
        Printout::Receipt(copy) => (None, Some(json!(copy).to_string())),
    };
    if journal::entity_of_op(tx, job.entry, kind)?.is_some() {
        return Ok(false);
    }
    let visit = store::get(tx, job.visit)?;
    visit.filter(|visit| visit.state == State::Submitted).ok_or(Error::Gone)?;
    if let Printout::Receipt(copy) = &job.what {
        says_so_if_again(tx, job.visit, copy)?;
    }
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
        "insert into print_job (entry, press, visit, printer, applications, receipt)
         values (?1, ?2, ?3, ?4, ?5, ?6)",
        params![entry, press, job.visit.to_string(), job.printer, applications, receipt],
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
    note(journal, tx, actor, id, ("slip.printed", json!({ "printer": BROWSER })))
}

/// What is under way, in the order it was sent.
pub fn under_way(connection: &Connection) -> Result<Vec<UnderWay>, Error> {
    let mut rows = connection.prepare(
        "select entry, press, visit, printer, applications, receipt from print_job order by rowid",
    )?;
    let jobs = rows.query_map([], |row| Ok(read(row)))?;
    let jobs: Vec<Option<UnderWay>> = jobs.collect::<Result<_, _>>()?;
    let all: Option<Vec<UnderWay>> = jobs.into_iter().collect();
    Ok(all.ok_or(db::Error::Inconsistent { table: "print_job", column: "entry" })?)
}

fn read(row: &Row<'_>) -> Option<UnderWay> {
    let text = |column| row.get::<_, String>(column).ok();
    let (applications, receipt): (Option<String>, Option<String>) =
        (row.get(4).ok()?, row.get(5).ok()?);
    Some(UnderWay {
        entry: text(0)?.parse().ok()?,
        press: text(1)?.parse().ok()?,
        visit: text(2)?.parse().ok()?,
        printer: text(3)?,
        what: match (applications, receipt) {
            (Some(ids), _) => Printout::Papers(serde_json::from_str(&ids).ok()?),
            (None, Some(copy)) => Printout::Receipt(serde_json::from_str(&copy).ok()?),
            (None, None) => Printout::Slip,
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

/// Records that a receipt was shown to be printed from a browser.
///
/// # Errors
/// [`Error::Late`] when it does not say 再発行 and is not the first.
pub fn receipt_shown(
    tx: &Tx<'_>,
    journal: &Journal,
    actor: Actor,
    (id, copy): (VisitId, &Copy),
) -> Result<(), Error> {
    says_so_if_again(tx, id, copy)?;
    let [_, printed, _] = RECEIPT;
    note(journal, tx, actor, id, (printed, receipt_facts(copy, BROWSER)))
}

const BROWSER: &str = "browser";

/// Of two presses at the same time only one is the first.
fn says_so_if_again(tx: &Tx<'_>, visit: VisitId, copy: &Copy) -> Result<(), Error> {
    match copy.again || !receipt_may_be_out(tx, visit, copy.payment)? {
        true => Ok(()),
        false => Err(Error::Late),
    }
}

/// Whether a receipt of this payment may be in somebody's hands, as far as the journal
/// knows: shown in a browser, or sent to a printer that did not refuse all of it.
///
/// # Errors
/// Faults of storage.
pub fn receipt_may_be_out(
    connection: &Connection,
    visit: VisitId,
    payment: PaymentId,
) -> Result<bool, Error> {
    let mut rows = connection.prepare_cached(
        "select 1 from journal as told
         where entity_kind = 'visit' and entity_id = ?1
           and json_extract(facts, '$.payment') = ?2
           and ((kind = 'receipt.printed' and json_extract(facts, '$.printer') = ?3)
             or (kind = 'receipt.print_sent' and not exists (
               select 1 from journal as ended
               where ended.entity_kind = 'visit' and ended.entity_id = told.entity_id
                 and ended.kind = 'receipt.print_failed'
                 and json_extract(ended.facts, '$.sent') = told.op_id
                 and json_extract(ended.facts, '$.why') in (select value from json_each(?4)))))",
    )?;
    let refused = json!(NOTHING_CAME_OUT).to_string();
    Ok(rows.exists(params![visit.to_string(), payment.to_string(), BROWSER, refused])?)
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
    let [_, printed, failed] = job.what.kinds();
    let kind = match outcome {
        Ok(done) => {
            facts["confirmed"] = (done == Printed::Done).into();
            printed
        }
        Err(error) => {
            facts["why"] = error.code().into();
            failed
        }
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
