//! A visit (来庁): what one resident came for, and what is known so far.
//!
//! The only room that joins others: it submits applications, ticket and journal
//! entry in one transaction. Where a resident stands is never stored; it is
//! computed from what exists ([`step`]), so Back, reload and a power cut are
//! harmless. A tablet holds at most one visit, and the schema says so.

pub mod arrival;
pub mod bill;
pub mod brought;
pub mod by_code;
mod care;
pub mod cashless;
mod course;
pub mod desk;
pub mod export;
pub mod give_back;
pub mod handover;
pub mod listed;
mod overtaken;
pub mod paper;
pub mod paying;
pub mod printing;
pub mod receipt;
pub mod register;
pub mod retention;
pub mod retold;
mod search;
pub mod slip;
pub mod spare;
pub mod step;
mod store;
mod submit;
pub mod verify;
mod walk_in;

use std::collections::BTreeSet;

use serde_json::json;
use time::Date;

use crate::applicant::Source;
use crate::clock::Moment;
use crate::config::Procedure;
use crate::db::{self, Tx};
use crate::form::answers::{Answer, Answers, Value};
use crate::id::{DeviceId, OpId, VisitId};
use crate::journal::{self, Actor, Entity, Event, Journal};
use crate::lang::{Lang, Words};

pub use care::{Care, Tongue};
pub use overtaken::forget_overtaken;
pub use search::Findable;
pub use store::kiosk_of as tablet_of;
pub use store::{answers, as_wished, at_kiosk, get};
pub use submit::{Counter, Submitted, number, submit, submitted};
pub use walk_in::{WalkIn, walk_in};

/// The tables of this room.
pub const SCHEMA: db::Step = include_str!("sql/visit.sql");

/// A refusal, or a fault below.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The visit has ended, or was never there.
    #[error("there is no such visit any more")]
    Gone,
    /// The act belongs to another state of the visit.
    #[error("a visit that is {0:?} cannot do this")]
    Refused(State),
    /// The resident has not said that they saw what the data is used for.
    #[error("what the data is used for was not agreed to")]
    NotAgreed,
    /// Required questions have no answer yet.
    #[error("{} required answers are missing", .0.len())]
    Incomplete(Vec<String>),
    /// A gate of the form is closed for what was answered; in the words of the form.
    #[error("a gate of a form is closed")]
    Closed(Words),
    /// Two chosen procedures are written on the same form.
    #[error("two procedures share the form {0}")]
    SameForm(String),
    /// Nothing was chosen, or something that is not offered.
    #[error("no procedure that is offered was chosen")]
    NoProcedure,
    /// There is no lane of this id that gives out numbers.
    #[error("lane {0} gives out no numbers")]
    NoSuchLane(String),
    /// The clerk has not recorded how the person was identified.
    #[error("the identity check is not recorded")]
    NotIdentified,
    /// The same press was taken before, and what it changed was changed again.
    #[error("this was sent before, and something else stands there now")]
    Late,
    /// The form asks for a document with a photo.
    #[error("no document with a photo is recorded")]
    NoPhoto,
    /// One document alone suffices only with a photo.
    #[error("one document without a photo is recorded alone")]
    OneWithoutPhoto,
    /// The value stands on a form that was accepted.
    #[error("an accepted form is not corrected before it is open again")]
    Accepted,
    /// The words for the next clerk are too long.
    #[error("the words are longer than {} letters", handover::LETTERS_MOST)]
    WordsTooLong,
    /// The words for the next clerk hold what looks like a 個人番号.
    #[error("the words hold what looks like an individual number")]
    WordsHoldNumber,
    /// A code from home is not taken.
    #[error(transparent)]
    Code(brought::Refused),
    /// A code from home stands where this act does not lead on.
    #[error(transparent)]
    CodeStands(#[from] crate::preregistration::life::Refused),
    #[error(transparent)]
    Application(#[from] crate::application::Refused),
    #[error(transparent)]
    Appointment(#[from] crate::appointment::Error),
    #[error(transparent)]
    Queue(#[from] crate::queue::Error),
    #[error(transparent)]
    Payment(#[from] crate::payment::Error),
    #[error(transparent)]
    Journal(#[from] journal::Error),
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        Error::Db(error.into())
    }
}

/// Where a visit stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Being filled in at the kiosk; erased when the resident leaves.
    Draft,
    /// Handed in.
    Submitted,
    /// Nothing personal is left.
    Erased,
}

impl State {
    fn id(self) -> &'static str {
        match self {
            State::Draft => "draft",
            State::Submitted => "submitted",
            State::Erased => "erased",
        }
    }
}

/// How the resident gives name and address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A card was read.
    Card,
    /// Typed by hand.
    Hand,
}

/// The path that 配慮 is kept under, sealed like every answer: it tells of a
/// person's health.
const CARE: &str = "visit.care";

/// What a resident says on the first page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    pub lang: Lang,
    /// Known only where the answers have been opened ([`Visit::with_care`]).
    pub care: BTreeSet<Care>,
    pub big_type: bool,
}

/// One visit, without its answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    pub id: VisitId,
    pub day: Date,
    pub wishes: Wishes,
    /// Whether the resident has seen what the data is used for.
    pub agreed: bool,
    pub way: Option<Way>,
    /// Ids of the chosen procedures, in the order the town lists them.
    pub procedures: Vec<String>,
    pub state: State,
    pub started_at: Moment,
    /// When somebody last did something to it.
    pub touched_at: Moment,
    pub submitted_at: Option<Moment>,
}

impl Visit {
    /// With the 配慮 that stands among its answers.
    pub fn with_care(mut self, answers: &Answers) -> Self {
        let told = answers.value(CARE).map(Value::selected).unwrap_or_default();
        self.wishes.care = told.iter().filter_map(|id| Care::from_id(id)).collect();
        self
    }
}

/// An entry about a visit, with nothing personal in it.
fn note(
    journal: &Journal,
    tx: &Tx<'_>,
    actor: Actor,
    visit: VisitId,
    what: (&str, serde_json::Value),
) -> Result<(), Error> {
    let (kind, facts) = what;
    let entity = Entity::new("visit", visit);
    let op = journal.op();
    journal
        .append(tx, &Event { op, kind, schema_version: 1, entity, actor, facts, personal: None })?;
    Ok(())
}

/// Starts a visit at a kiosk. A visit left standing there is erased first. The
/// same `op` sent twice starts one visit.
pub fn start(
    tx: &Tx<'_>,
    journal: &Journal,
    op: OpId,
    kiosk: DeviceId,
    wishes: &Wishes,
) -> Result<VisitId, Error> {
    if let Some(id) = journal::entity_of_op(tx, op, "visit.started")? {
        return id
            .parse()
            .map_err(|_| db::Error::Inconsistent { table: "journal", column: "entity_id" }.into());
    }
    if let Some(left) = store::at_kiosk(tx, kiosk)? {
        leave(tx, journal, Actor::Device(kiosk), left.id)?;
    }
    let now = journal.now();
    let id = VisitId::new(now, &*journal.chance);
    store::insert(tx, id, Some(kiosk), wishes, now)?;
    let key = journal.make_visit_key(tx, id)?;
    care::put(tx, journal, &key, (id, &wishes.care), Source::Typed)?;
    journal.append(
        tx,
        &Event {
            op,
            kind: "visit.started",
            schema_version: 1,
            entity: Entity::new("visit", id),
            actor: Actor::Device(kiosk),
            facts: json!({ "lang": wishes.lang, "big_type": wishes.big_type }),
            personal: None,
        },
    )?;
    Ok(id)
}

/// Changes the language or the type size of a visit. One that was handed in still
/// stands on its tablet and may be read in another language, but that is no work
/// which keeps its data longer.
pub fn wish(
    tx: &Tx<'_>,
    journal: &Journal,
    actor: Actor,
    visit: VisitId,
    wishes: &Wishes,
) -> Result<(), Error> {
    match store::get(tx, visit)?.ok_or(Error::Gone)?.state {
        State::Draft => store::touch(tx, visit, journal.now())?,
        State::Submitted => {}
        State::Erased => return Err(Error::Gone),
    }
    store::set_wishes(tx, visit, wishes)?;
    let facts = json!({ "lang": wishes.lang, "big_type": wishes.big_type });
    note(journal, tx, actor, visit, ("visit.wishes_changed", facts))
}

/// The resident has seen what the data is used for (個人情報保護法62条).
pub fn agree(tx: &Tx<'_>, journal: &Journal, actor: Actor, visit: VisitId) -> Result<(), Error> {
    draft(tx, visit)?;
    store::set_agreed(tx, visit, journal.now())?;
    note(journal, tx, actor, visit, ("visit.agreed", json!({})))
}

/// Chooses the procedures. What an earlier choice preset is taken back.
pub fn choose(
    tx: &Tx<'_>,
    journal: &Journal,
    actor: Actor,
    visit: VisitId,
    chosen: &[&Procedure],
) -> Result<(), Error> {
    draft(tx, visit)?;
    if chosen.is_empty() {
        return Err(Error::NoProcedure);
    }
    let mut forms = BTreeSet::new();
    if let Some(twice) = chosen.iter().find(|procedure| !forms.insert(&procedure.form)) {
        return Err(Error::SameForm(twice.form.clone()));
    }
    let ids: Vec<&str> = chosen.iter().map(|procedure| procedure.id.as_str()).collect();
    store::set_procedures(tx, visit, &ids, journal.now())?;
    store::remove_source(tx, visit, Source::Preset)?;
    let key = journal.visit_key(tx, visit)?;
    for (path, id) in chosen.iter().flat_map(|procedure| &procedure.preset) {
        let value = match id.as_str() {
            "yes" => Value::Flag(true),
            "no" => Value::Flag(false),
            option => Value::Choice(option.to_owned()),
        };
        let answer = Answer { value, source: Source::Preset };
        store::put_answer(tx, journal, &key, visit, (path, &answer))?;
    }
    note(journal, tx, actor, visit, ("visit.procedures_chosen", json!({ "procedures": ids })))
}

/// Chooses how name and address are given. What an earlier card told goes: the
/// next one may be another person's. With a card, what was typed of the person
/// goes too, all but the telephone number, which no card holds. What a code from
/// home told stands again until a card says otherwise.
pub fn choose_way(
    tx: &Tx<'_>,
    journal: &Journal,
    actor: Actor,
    visit: VisitId,
    way: Option<Way>,
) -> Result<(), Error> {
    draft(tx, visit)?;
    store::set_way(tx, visit, way, journal.now())?;
    for source in [Source::Card, Source::Licence] {
        store::remove_source(tx, visit, source)?;
    }
    if way == Some(Way::Card) {
        store::remove_answers(tx, visit, OF_THE_PERSON)?;
    }
    brought::put_back(tx, journal, visit)?;
    let facts = json!({ "way": way.map(store::way_id) });
    note(journal, tx, actor, visit, ("visit.way_chosen", facts))
}

/// What a card may tell of its holder.
const OF_THE_PERSON: &[&str] = &[
    "applicant.name",
    "applicant.kana",
    "applicant.birth_date",
    "applicant.sex",
    "applicant.address",
];

/// Somebody is at the kiosk: a touch that changes nothing but when it was.
pub fn touched(tx: &Tx<'_>, journal: &Journal, visit: VisitId) -> Result<(), Error> {
    draft(tx, visit)?;
    store::touch(tx, visit, journal.now())
}

/// Records answers of a draft. Which paths were answered is noted, what was
/// answered is not: it enters the journal, sealed, when the visit is submitted.
pub fn answer(
    tx: &Tx<'_>,
    journal: &Journal,
    actor: Actor,
    visit: VisitId,
    answers: &Answers,
) -> Result<(), Error> {
    draft(tx, visit)?;
    store::put_answers(tx, journal, visit, answers)?;
    let facts = json!({ "sources": sources(answers) });
    note(journal, tx, actor, visit, ("visit.answered", facts))
}

/// Path → source of some answers: the part that is not personal.
fn sources(answers: &Answers) -> serde_json::Value {
    answers.iter().map(|(path, answer)| (path.to_owned(), json!(answer.source))).collect()
}

/// The visit, if it is still being filled in.
fn draft(tx: &Tx<'_>, visit: VisitId) -> Result<Visit, Error> {
    let visit = store::get(tx, visit)?.ok_or(Error::Gone)?;
    match visit.state {
        State::Draft => Ok(visit),
        state => Err(Error::Refused(state)),
    }
}

/// The resident leaves the kiosk. A draft is erased; what was submitted stays
/// for the clerk. Sent twice, it does nothing more.
///
/// What the caller knows of the visit may be old: it is looked at again here, so
/// that nothing that was handed in meanwhile is erased.
pub fn leave(tx: &Tx<'_>, journal: &Journal, actor: Actor, id: VisitId) -> Result<(), Error> {
    let visit = store::get(tx, id)?.ok_or(Error::Gone)?;
    match visit.state {
        State::Draft => erase(tx, journal, actor, id),
        State::Submitted if store::kiosk_of(tx, id)?.is_some() => {
            store::leave_kiosk(tx, id, journal.now())?;
            note(journal, tx, actor, id, ("visit.left_kiosk", json!({})))
        }
        State::Submitted | State::Erased => Ok(()),
    }
}

/// Erases everything personal of a visit: its answers, and the key that opens
/// what the journal holds of it. A code from home that was not used may be brought
/// again.
fn erase(tx: &Tx<'_>, journal: &Journal, actor: Actor, visit: VisitId) -> Result<(), Error> {
    brought::release(tx, journal, actor, visit)?;
    store::erase(tx, visit, journal.now())?;
    journal.erase_visit_key(tx, visit)?;
    note(journal, tx, actor, visit, ("visit.erased", json!({})))
}

#[cfg(test)]
mod tests;
