//! What a resident brought from home: the code that stands behind a visit.
//!
//! A code is read, month and day of birth are asked, and only then a visit has it
//! and anything of it is shown. Until then its sealed text lies among the answers of
//! the visit, sealed once more with the visit's key. A code is used up when a
//! paper of it is made, not when it is read: whoever leaves may come back. Which
//! code is where stands in one table, changed together with the visit and the
//! journal; what the code says enters neither table nor journal.

mod compare;
mod life;
mod restored;
mod take;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::submit::Counter;
use super::{Error, note, store};
use crate::applicant::Source;
use crate::appointment::Number;
use crate::clock::{self, Moment};
use crate::db::Tx;
use crate::form::answers::{Answer, Answers, Value};
use crate::id::{DeviceId, OpId, VisitId};
use crate::journal::{self, Actor, Entity, Event, Journal};
use crate::preregistration::life::{Act, MISSES_MAX, State as Stands};
use crate::preregistration::store::{self as codes, Seen};
use crate::preregistration::{Jti, Opened, Why};

pub use compare::{Difference, differences};
pub use life::{Elsewhere, came_by_code, elsewhere, purge, reinstate};
pub(super) use life::{issue, put_back, release};
pub use restored::take_over;

/// Where the text of a code lies until the day of birth was told.
const WAITING: &str = "visit.code";

/// Where it stands which codes a visit has: the name of each follows.
const TAKEN: &str = "visit.code.";

/// Where the person stands as a code told it, to be held against a card.
const TOLD: &str = "visit.told.";

/// Where it stands what a code said of something that stays otherwise.
const OTHERWISE: &str = "visit.otherwise.";

/// Why a code that opens is not taken all the same.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Papers were made of it.
    #[error("the code was used")]
    Used { at: Moment },
    /// The wrong day of birth was told too often.
    #[error("the code was burned")]
    Burned,
    /// A later one was read.
    #[error("a higher revision of the code was taken")]
    Superseded,
    /// A resident at another tablet has it now.
    #[error("the code is in use at another tablet")]
    InUse,
    /// It was handed in already.
    #[error("the code was handed in")]
    HandedIn { number: String },
    /// Nobody can show that it is theirs.
    #[error("the code tells no day of birth")]
    NoBirthday,
}

impl Refused {
    /// Every kind of refusal, for tests of what screens say.
    pub const CODES: [&'static str; 6] = [
        "preregistration.used",
        "preregistration.burned",
        "preregistration.superseded",
        "preregistration.in_use",
        "preregistration.handed_in",
        "preregistration.no_birthday",
    ];

    /// The stable name that the clerk reads and screens look a sentence up by.
    pub fn code(&self) -> &'static str {
        match self {
            Refused::Used { .. } => "preregistration.used",
            Refused::Burned => "preregistration.burned",
            Refused::Superseded => "preregistration.superseded",
            Refused::InUse => "preregistration.in_use",
            Refused::HandedIn { .. } => "preregistration.handed_in",
            Refused::NoBirthday => "preregistration.no_birthday",
        }
    }
}

/// What follows when a code was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Read {
    /// Month and day of birth are asked.
    Asks,
    /// This visit has it already.
    Has,
}

/// What came of a day of birth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// The visit has the code now.
    Taken,
    /// It is not the one in the code; so many more may be told.
    Wrong { left: u8 },
    /// That was the last one.
    Burned,
}

/// A code that a visit has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brought {
    pub jti: String,
    pub revision: u32,
    #[serde(with = "written")]
    pub made_at: Moment,
    /// What could not be understood or gave way: what it is about, and the code of the
    /// reason.
    pub doubtful: Vec<(Option<String>, String)>,
    /// Where its answers lie: what a later revision says no more goes.
    #[serde(default)]
    pub paths: BTreeSet<String>,
    /// What is chosen because of it, by id.
    #[serde(default)]
    pub procedures: BTreeSet<String>,
    /// The number of the appointment that it checks in, digits alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub booking: Option<String>,
}

impl Brought {
    /// What of it is to be said while these procedures are chosen: one that gave way
    /// may have been chosen again.
    pub fn doubts<'b>(
        &'b self,
        chosen: &'b [String],
    ) -> impl Iterator<Item = &'b (Option<String>, String)> {
        let is_back = |about: &Option<String>| about.as_ref().is_some_and(|id| chosen.contains(id));
        let gave_way = Why::FormTaken.code();
        self.doubtful.iter().filter(move |(about, code)| code != gave_way || !is_back(about))
    }
}

/// Notes that a code was read beside a tablet, and that its day of birth is due.
///
/// # Errors
/// [`Error::Code`] where it may not be used.
pub fn read(
    tx: &Tx<'_>,
    journal: &Journal,
    kiosk: DeviceId,
    id: VisitId,
    text: &str,
    opened: &Opened,
) -> Result<Read, Error> {
    super::draft(tx, id)?;
    birthday(opened).ok_or(Error::Code(Refused::NoBirthday))?;
    codes::note(tx, opened, kiosk, journal.now())?;
    let seen = codes::get(tx, opened.jti)?.ok_or(Error::Gone)?;
    if free(tx, &seen, opened, id)? == Read::Has {
        return Ok(Read::Has);
    }
    let key = journal.visit_key(tx, id)?;
    let answer = Answer { value: Value::Text(text.into()), source: Source::Qr };
    store::put_answer(tx, journal, &key, id, (WAITING, &answer))?;
    store::touch(tx, id, journal.now())?;
    record(tx, journal, Actor::Device(kiosk), journal.op(), ("code.read", &seen))?;
    Ok(Read::Asks)
}

/// Whether a code may be taken by a visit.
fn free(tx: &Tx<'_>, seen: &Seen, opened: &Opened, id: VisitId) -> Result<Read, Error> {
    let refused = match (seen.state, seen.visit) {
        (Stands::Issued, _) => {
            let at = seen.issued_at.unwrap_or(opened.made_at);
            Refused::Used { at }
        }
        (Stands::Burned, _) => Refused::Burned,
        _ if opened.revision < seen.revision => Refused::Superseded,
        (Stands::Claimed, Some(by)) if by == id && opened.revision == seen.revision => {
            return Ok(Read::Has);
        }
        (Stands::Claimed, Some(by)) if by != id && opened.revision == seen.revision => {
            match super::submitted(tx, by)? {
                Some(submitted) => Refused::HandedIn { number: submitted.number() },
                None => Refused::InUse,
            }
        }
        (Stands::Scanned | Stands::Claimed, _) => return Ok(Read::Asks),
    };
    Err(Error::Code(refused))
}

/// The text of the code whose day of birth is still to be told.
pub fn waiting(answers: &Answers) -> Option<&str> {
    answers.text(WAITING)?.as_plain()
}

/// The codes a visit has.
pub fn taken(answers: &Answers) -> Vec<Brought> {
    let taken = answers.iter().filter(|(path, _)| path.starts_with(TAKEN));
    let text = taken.filter_map(|(_, answer)| match &answer.value {
        Value::Text(text) => text.as_plain(),
        _ => None,
    });
    text.filter_map(|text| serde_json::from_str(text).ok()).collect()
}

/// The number of the appointment that a code of the visit checks in.
pub fn booking(answers: &Answers) -> Option<Number> {
    let numbers = taken(answers).into_iter().filter_map(|code| code.booking);
    numbers.filter_map(|digits| Number::typed(&digits)).next_back()
}

/// The resident does without the code that was read.
pub fn forgo(tx: &Tx<'_>, journal: &Journal, actor: Actor, id: VisitId) -> Result<(), Error> {
    super::draft(tx, id)?;
    store::remove_answers(tx, id, &[WAITING])?;
    note(journal, tx, actor, id, ("code.forgone", json!({})))
}

/// Takes the code that was read into the visit, if this is its day of birth. The
/// same `op` sent twice is one try.
///
/// # Errors
/// [`Error::Code`] where somebody else has taken it meanwhile.
pub fn tell_birthday(
    tx: &Tx<'_>,
    journal: &Journal,
    counter: Counter<'_>,
    (kiosk, op): (DeviceId, OpId),
    id: VisitId,
    opened: &Opened,
    told: (u8, u8),
) -> Result<Told, Error> {
    let visit = super::draft(tx, id)?;
    let mut seen = codes::get(tx, opened.jti)?.ok_or(Error::Gone)?;
    if let Some(told) = told_before(tx, op, &seen)? {
        return Ok(told);
    }
    if free(tx, &seen, opened, id)? == Read::Has {
        store::remove_answers(tx, id, &[WAITING])?;
        return Ok(Told::Taken);
    }
    let actor = Actor::Device(kiosk);
    if birthday(opened) != Some(told) {
        seen.misses += 1;
        let is_last = seen.misses >= MISSES_MAX;
        if is_last {
            seen = Seen { state: seen.state.after(Act::Burn)?, visit: None, ..seen };
            store::remove_answers(tx, id, &[WAITING])?;
        }
        codes::put(tx, &seen)?;
        record(tx, journal, actor, op, ("code.missed", &seen))?;
        return Ok(left(&seen));
    }
    let before = seen.visit.filter(|by| *by != id);
    let state = seen.state.after(Act::Claim)?;
    seen = Seen { state, visit: Some(id), misses: 0, revision: opened.revision, ..seen };
    codes::put(tx, &seen)?;
    record(tx, journal, actor, op, ("code.claimed", &seen))?;
    if let Some(before) = before {
        let facts = json!({ "jti": seen.jti, "revision": seen.revision, "by": id });
        note(journal, tx, actor, before, ("code.superseded", facts))?;
    }
    take::take_over(tx, journal, counter, actor, &visit, opened)?;
    Ok(Told::Taken)
}

/// What came of the same press, if it was sent before.
fn told_before(tx: &Tx<'_>, op: OpId, seen: &Seen) -> Result<Option<Told>, Error> {
    match journal::entity_of_op(tx, op, "code.missed") {
        Ok(missed) => Ok(missed.map(|_| left(seen))),
        Err(other) => match journal::entity_of_op(tx, op, "code.claimed") {
            Ok(Some(jti)) if jti == seen.jti.to_string() => Ok(Some(Told::Taken)),
            _ => Err(other.into()),
        },
    }
}

fn left(seen: &Seen) -> Told {
    match MISSES_MAX.saturating_sub(seen.misses) {
        0 => Told::Burned,
        left => Told::Wrong { left },
    }
}

/// Month and day, where both are known.
fn birthday(opened: &Opened) -> Option<(u8, u8)> {
    match opened.answers.value("applicant.birth_date")? {
        Value::Date(date) => Some((date.month()?, date.day()?)),
        _ => None,
    }
}

/// An entry about a code, with nothing of what it says.
fn record(
    tx: &Tx<'_>,
    journal: &Journal,
    actor: Actor,
    op: OpId,
    (kind, seen): (&str, &Seen),
) -> Result<(), Error> {
    let event = Event {
        op,
        kind,
        schema_version: 1,
        entity: Entity::new("preregistration", seen.jti),
        actor,
        facts: json!({
            "jti": seen.jti,
            "revision": seen.revision,
            "state": seen.state.id(),
            "visit": seen.visit,
            "misses": seen.misses,
        }),
        personal: None,
    };
    journal.append(tx, &event)?;
    Ok(())
}

/// Records that a code was shown and not taken; `jti` where it could be opened.
pub fn refused(
    tx: &Tx<'_>,
    journal: &Journal,
    actor: Actor,
    id: VisitId,
    (code, jti): (&str, Option<Jti>),
) -> Result<(), Error> {
    note(journal, tx, actor, id, ("code.refused", json!({ "code": code, "jti": jti })))
}

/// A moment as the journal writes it.
mod written {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use super::{Moment, clock};

    pub fn serialize<S: Serializer>(at: &Moment, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&clock::rfc3339(*at))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Moment, D::Error> {
        let text = String::deserialize(deserializer)?;
        clock::parse_rfc3339(&text).ok_or_else(|| D::Error::custom("not a moment"))
    }
}
