//! What was printed of a visit, in the journal: sent before the first byte
//! leaves, and what came of it. The printer's id stands there, nothing of what is
//! on the paper.

use serde_json::{Value, json};

use super::{Error, note, store};
use crate::application;
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
    if journal::entity_of_op(tx, op)?.is_some() {
        return Ok(false);
    }
    store::get(tx, visit)?
        .filter(|visit| visit.state == super::State::Submitted)
        .ok_or(Error::Gone)?;
    let event = Event {
        op,
        kind: match what {
            Printout::Papers(_) => "application.print_sent",
            Printout::Slip => "slip.print_sent",
        },
        schema_version: 1,
        entity: Entity::new("visit", visit),
        actor,
        facts: what.facts(printer),
        personal: None,
    };
    journal.append(tx, &event)?;
    Ok(true)
}

/// Records what came of it, and counts papers that came out.
pub fn ended(
    tx: &Tx<'_>,
    journal: &Journal,
    actor: Actor,
    visit: VisitId,
    (what, printer): (&Printout, &str),
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
    if let (Printout::Papers(applications), Ok(_)) = (what, outcome) {
        for application in applications {
            application::was_printed(tx, *application)?;
        }
    }
    note(journal, tx, actor, visit, (kind, facts))
}
