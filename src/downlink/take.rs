//! Taking notices in: what is signed and follows is kept, and nothing else.

use std::cell::RefCell;

use serde_json::json;

use super::{NOT_TAKEN, store};
use crate::db::Tx;
use crate::journal::{Actor, Entity, Error, Event, Journal};
use crate::notice::{Follows, Place, PublicKey, Refused, Signed, follows};

/// What came of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// How many are new.
    pub new: usize,
    /// Why the next was not taken, and nothing after it.
    pub refused: Option<Refused>,
    /// How far they are held now.
    pub held: Option<Place>,
}

/// Keeps of `all` what `site` is to take, in order, up to the first that it is not.
///
/// # Errors
/// Faults of storage.
pub fn take(
    tx: &Tx<'_>,
    journal: &Journal,
    (site, trusted): (&str, &[PublicKey]),
    all: &[Signed],
) -> Result<Taken, Error> {
    let mut taken = Taken { new: 0, refused: None, held: store::place(tx)? };
    for signed in all {
        match one(tx, (site, trusted), taken.held.as_ref(), signed)? {
            Ok(Some(notice)) => {
                store::keep(tx, (signed, &notice), journal.now())?;
                let hash = signed.hash();
                taken.held = Some(Place { series: notice.series, number: notice.number, hash });
                taken.new += 1;
            }
            Ok(None) => {}
            Err(refused) => {
                tell(tx, journal, signed, refused)?;
                taken.refused = Some(refused);
                break;
            }
        }
    }
    Ok(taken)
}

/// A notice that is the next; nothing of one that is held.
fn one(
    tx: &Tx<'_>,
    (site, trusted): (&str, &[PublicKey]),
    held: Option<&Place>,
    signed: &Signed,
) -> Result<Result<Option<crate::notice::Notice>, Refused>, Error> {
    let notice = match signed.open(site, trusted) {
        Ok(notice) => notice,
        Err(refused) => return Ok(Err(refused)),
    };
    // A disk that cannot be read must not look like a notice that is not there.
    let fault = RefCell::new(None);
    let hash_at = |series, number| {
        store::hash_at(tx, series, number).unwrap_or_else(|error| {
            *fault.borrow_mut() = Some(error);
            None
        })
    };
    let follows = follows(held, hash_at, &notice, &signed.hash());
    if let Some(fault) = fault.into_inner() {
        return Err(fault);
    }
    Ok(follows.map(|follows| (follows == Follows::Next).then_some(notice)))
}

/// Writes down what was not taken, once however often it comes.
fn tell(tx: &Tx<'_>, journal: &Journal, signed: &Signed, why: Refused) -> Result<(), Error> {
    if !store::note_not_taken(tx, why.id(), &signed.hash(), journal.now())? {
        return Ok(());
    }
    let event = Event {
        op: journal.op(),
        kind: NOT_TAKEN,
        schema_version: 1,
        entity: Entity::new("downlink", why.id()),
        actor: Actor::System,
        facts: json!({ "why": why.id() }),
        personal: None,
    };
    journal.append(tx, &event).map(drop)
}
