//! What an answer overtakes is forgotten with it.

use serde_json::json;

use super::{Counter, Error, note, store};
use crate::db::Tx;
use crate::form::answers::Answers;
use crate::form::overtaken::overtaken;
use crate::id::VisitId;
use crate::journal::{Actor, Journal};

/// Forgets what was typed before and is overtaken by `entered`
/// ([`overtaken`](crate::form::overtaken)), which is about to be recorded. Which
/// paths were forgotten is noted.
pub fn forget_overtaken(
    tx: &Tx<'_>,
    journal: &Journal,
    counter: Counter<'_>,
    actor: Actor,
    id: VisitId,
    entered: &Answers,
) -> Result<Vec<String>, Error> {
    let visit = store::get(tx, id)?.ok_or(Error::Gone)?;
    let before = store::answers(tx, journal, id)?;
    let paths = overtaken(&counter.forms_of(&visit), &before, entered);
    if !paths.is_empty() {
        store::remove_answers(tx, id, &paths.iter().map(String::as_str).collect::<Vec<_>>())?;
        note(journal, tx, actor, id, ("visit.overtaken", json!({ "paths": paths })))?;
    }
    Ok(paths)
}
