//! What becomes of a visit's codes when the visit goes on or ends.

use rusqlite::Connection;

use super::{TAKEN, TOLD, record, taken};
use crate::applicant::Source;
use crate::clock::Moment;
use crate::db::Tx;
use crate::form::answers::Answers;
use crate::id::{OpId, StaffId, VisitId};
use crate::journal::{self, Actor, Entity, Journal};
use crate::preregistration::Jti;
use crate::preregistration::life::{Act, State as Stands};
use crate::preregistration::store::{self as codes, Seen};
use crate::visit::{Error, store};

/// The visit ends and takes its data along: a code of which nothing was issued may
/// be brought again.
pub(in crate::visit) fn release(
    tx: &Tx<'_>,
    journal: &Journal,
    actor: Actor,
    id: VisitId,
) -> Result<(), Error> {
    for seen in codes::of_visit(tx, id)? {
        let state = seen.state.after(Act::Release).unwrap_or(seen.state);
        let released = Seen { state, visit: None, ..seen };
        codes::put(tx, &released)?;
        if state == Stands::Scanned {
            record(tx, journal, actor, journal.op(), ("code.released", &released))?;
        }
    }
    Ok(())
}

/// A paper of the visit was made or accepted: its codes are used up, those too of which
/// another visit has a later revision.
pub(in crate::visit) fn issue(
    tx: &Tx<'_>,
    journal: &Journal,
    actor: Actor,
    id: VisitId,
) -> Result<(), Error> {
    for brought in taken(&store::answers(tx, journal, id)?) {
        let Some(jti) = Jti::from_hex(&brought.jti) else { continue };
        let Some(seen) = codes::get(tx, jti)? else { continue };
        // Printed once more, it does not use up what a supervisor has reinstated.
        if has_issued(tx, id, jti)? {
            continue;
        }
        let Ok(state) = seen.state.after(Act::Issue) else { continue };
        let issued_at = seen.issued_at.or(Some(journal.now()));
        // Whoever has a later revision keeps it.
        let issued = Seen { state, issued_at, visit: seen.visit.or(Some(id)), ..seen };
        codes::put(tx, &issued)?;
        let by = Seen { visit: Some(id), revision: brought.revision, ..issued };
        record(tx, journal, actor, journal.op(), ("code.issued", &by))?;
    }
    Ok(())
}

/// Whether a paper of the visit has used this code up.
fn has_issued(connection: &Connection, id: VisitId, jti: Jti) -> Result<bool, journal::Error> {
    let entity = Entity::new("preregistration", jti);
    let issued = ("visit", &*id.to_string());
    Ok(journal::said_at(connection, &entity, "code.issued", issued)?.is_some())
}

/// A supervisor lets a code be used once more, which was used up or burned. The
/// same `op` sent twice is one act.
///
/// # Errors
/// [`Error::Gone`] where no such code was read here; [`Error::CodeStands`] where
/// it may be used anyway.
pub fn reinstate(
    tx: &Tx<'_>,
    journal: &Journal,
    staff: StaffId,
    op: OpId,
    jti: Jti,
) -> Result<(), Error> {
    if journal::entity_of_op(tx, op, "code.reinstated")?.is_some() {
        return Ok(());
    }
    let seen = codes::get(tx, jti)?.ok_or(Error::Gone)?;
    let state = seen.state.after(Act::Reinstate)?;
    let back = Seen { state, visit: None, misses: 0, issued_at: None, ..seen };
    codes::put(tx, &back)?;
    record(tx, journal, Actor::Staff(staff), op, ("code.reinstated", &back))
}

/// Forgets codes that are refused by their own date; how many.
pub fn purge(tx: &Tx<'_>, now: Moment) -> Result<usize, Error> {
    Ok(codes::purge(tx, now)?)
}

/// What a code told of the person stands again where nothing else does: before
/// another card is read, or when none is.
pub(in crate::visit) fn put_back(tx: &Tx<'_>, journal: &Journal, id: VisitId) -> Result<(), Error> {
    let known = store::answers(tx, journal, id)?;
    let mut back = Answers::default();
    for (path, answer) in known.iter() {
        if let Some(path) = path.strip_prefix(TOLD).filter(|path| known.get(path).is_none()) {
            back.set(path, answer.value.clone(), Source::Qr);
        }
    }
    store::put_answers(tx, journal, id, &back)
}

/// What becomes of a code of a visit elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Elsewhere {
    /// A later revision of it stands behind another visit.
    Superseded,
    /// A paper of another revision was made in another visit, and none in this one.
    Issued,
}

/// What a clerk should know of a visit's code before a paper is made of it.
///
/// # Errors
/// Faults of storage.
pub fn elsewhere(
    connection: &Connection,
    id: VisitId,
    jti: Jti,
) -> Result<Option<Elsewhere>, journal::Error> {
    let Some(seen) = codes::get(connection, jti)? else { return Ok(None) };
    if seen.visit.is_some_and(|by| by != id) {
        return Ok(Some(Elsewhere::Superseded));
    }
    let by_another = seen.state == Stands::Issued && !has_issued(connection, id, jti)?;
    Ok(by_another.then_some(Elsewhere::Issued))
}

/// Whether a visit has any code: then nobody is asked how they give their name.
pub fn came_by_code(answers: &Answers) -> bool {
    answers.iter().any(|(path, _)| path.starts_with(TAKEN))
}
