//! What was printed of a visit, in the journal: sent before the first byte
//! leaves, and what came of it. The printer's id stands there, nothing of what is
//! on the paper.

use serde_json::{Value, json};

use super::desk::{self, Opened};
use super::{Counter, Error, State, note, store};
use crate::db::Tx;
use crate::id::{ApplicationId, OpId, VisitId};
use crate::journal::{self, Actor, Entity, Event, Journal};
use crate::printer::{self, Printed};

/// What is printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Printout {
    /// Papers to be signed.
    Papers(Vec<ApplicationId>),
    /// The hand-over slip.
    Slip,
}

impl Printout {
    fn facts(&self, printer: &str) -> Value {
        match self {
            Printout::Papers(applications) => {
                json!({ "applications": applications, "printer": printer })
            }
            Printout::Slip => json!({ "printer": printer }),
        }
    }
}

/// Records that something goes to a printer. `false` when this press was recorded
/// before: it must not be sent again.
pub fn sent(
    tx: &Tx<'_>,
    journal: &Journal,
    actor: Actor,
    op: OpId,
    visit: VisitId,
    (what, printer): (&Printout, &str),
) -> Result<bool, Error> {
    let kind = match what {
        Printout::Papers(_) => "application.print_sent",
        Printout::Slip => "slip.print_sent",
    };
    if journal::entity_of_op(tx, op, kind)?.is_some() {
        return Ok(false);
    }
    store::get(tx, visit)?.filter(|visit| visit.state == State::Submitted).ok_or(Error::Gone)?;
    let event = Event {
        op,
        kind,
        schema_version: 1,
        entity: Entity::new("visit", visit),
        actor,
        facts: what.facts(printer),
        personal: None,
    };
    journal.append(tx, &event)?;
    Ok(true)
}

/// What papers were made from, to see what was corrected while they were printed.
#[derive(Clone, Copy)]
pub struct MadeFrom<'a> {
    pub counter: Counter<'a>,
    pub opened: &'a Opened,
}

/// Records what came of it, and counts papers that came out.
pub fn ended(
    tx: &Tx<'_>,
    journal: &Journal,
    actor: Actor,
    visit: VisitId,
    (what, printer): (&Printout, &str),
    made_from: Option<MadeFrom<'_>>,
    outcome: Result<Printed, printer::Error>,
) -> Result<(), Error> {
    let mut facts = what.facts(printer);
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
    let kind = match what {
        Printout::Papers(_) => of_papers,
        Printout::Slip => of_slip,
    };
    if let (Printout::Papers(applications), Some(made_from), Ok(_)) = (what, made_from, outcome) {
        // Whoever was erased while it was printed has nothing left to be counted.
        if store::get(tx, visit)?.is_some_and(|visit| visit.state == State::Submitted) {
            let MadeFrom { counter, opened } = made_from;
            let outdated = desk::came_out(tx, journal, counter, opened, applications)?;
            facts["outdated"] = json!(outdated);
        }
    }
    note(journal, tx, actor, visit, (kind, facts))
}
