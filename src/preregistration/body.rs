//! The content of a code, before it is sealed and after it is opened.
//!
//! ```text
//! {0: 1, 1: hash of the codebook, 2: minutes since 2020-01-01T00:00Z, 3: jti,
//!  4: revision, 5: {fact: value, 7: booking number}, 6: [[procedure, [step, value, step, value, …]], …]}
//! ```
//!
//! A step leads from one question's number to the next, from −1 on, and is at least
//! 1: rows of questions then look alike, which is shorter and deflates well, and no
//! question can stand twice.
//!
//! What is read here was typed by an unknown person. It is taken apart, not yet
//! believed: see `understand`.

use time::macros::{datetime, offset};

use super::Jti;
use super::cbor::{Item, Malformed};
use super::codebook::{Codebook, Hash};
use super::refusal::Refusal;
use super::value;
use crate::appointment::Number;
use crate::clock::Moment;
use crate::form::answers::Answers;
use crate::form::template::Kind;

/// The version of this layout.
const VERSION: i64 = 1;
/// Minutes are counted from here.
const BEGIN: Moment = datetime!(2020-01-01 0:00 UTC);

/// Facts of the applicant by number, for ever: they are understood whatever the
/// codebook.
pub(super) const FACTS: [(u64, &str, Kind); 6] = [
    (1, "applicant.name", Kind::Name),
    (2, "applicant.kana", Kind::Kana),
    (3, "applicant.birth_date", Kind::Date),
    (4, "applicant.sex", Kind::Choice),
    (5, "applicant.address", Kind::Address),
    (6, "applicant.phone", Kind::Phone),
];

/// The booking number stands among the facts, and is no answer: an earlier counter names
/// it as something it does not know, and takes all the rest.
pub(super) const BOOKING: u64 = 7;

/// The options of the applicant's sex by number, for ever.
pub(super) const SEXES: [&str; 4] = ["male", "female", "not_applicable", "unknown"];

/// What a page writes.
#[derive(Clone, Debug)]
pub struct Visit<'a> {
    pub made_at: Moment,
    pub jti: Jti,
    pub revision: u32,
    /// Ids in the order they were chosen.
    pub procedures: &'a [&'a str],
    /// The answers that count; those of forms that are not chosen are left out.
    pub answers: &'a Answers,
    /// The number of an appointment that the code checks in.
    pub booking: Option<Number>,
}

/// The bytes of a visit. A procedure or option that the codebook does not have is
/// left out.
pub fn encode(book: &Codebook, visit: &Visit<'_>) -> Vec<u8> {
    let facts = FACTS.iter().filter_map(|(number, path, kind)| {
        let options = SEXES.map(str::to_owned);
        Some((*number, value::write(*kind, &options, visit.answers.value(path)?)?))
    });
    let booking = visit.booking.map(|number| (BOOKING, Item::Number(number.to_u32().into())));
    let minutes = (visit.made_at - BEGIN).whole_minutes();
    Item::Map(vec![
        (0, Item::Number(VERSION)),
        (1, Item::Bytes(book.hash().to_vec())),
        (2, Item::Number(minutes)),
        (3, Item::Bytes(visit.jti.0.to_vec())),
        (4, Item::Number(i64::from(visit.revision))),
        (5, Item::Map(facts.chain(booking).collect())),
        (6, Item::Array(procedures(book, visit))),
    ])
    .to_bytes()
}

/// Each chosen procedure with the answers of its form. What two procedures share
/// goes with the first.
fn procedures(book: &Codebook, visit: &Visit<'_>) -> Vec<Item> {
    let chosen: Vec<_> = visit
        .procedures
        .iter()
        .filter_map(|id| book.procedures.iter().enumerate().find(|(_, booked)| booked.id == *id))
        .collect();
    let preset = |path: &String| chosen.iter().any(|(_, booked)| booked.preset.contains(path));
    let mut told: Vec<usize> = Vec::new();
    let mut procedures = Vec::new();
    for (number, procedure) in &chosen {
        let questions = match told.contains(&procedure.form) {
            true => &[][..],
            false => &book.form_of(procedure).questions,
        };
        told.push(procedure.form);
        let answers = questions.iter().enumerate().filter_map(|(number, question)| {
            if preset(&question.path) {
                return None;
            }
            let answer = visit.answers.value(&question.path)?;
            Some((number as u64, value::write(question.kind, &question.options, answer)?))
        });
        procedures.push(Item::Array(vec![Item::Number(*number as i64), steps(answers)]));
    }
    procedures
}

/// Answers by their questions' ascending numbers, as steps and values.
pub(super) fn steps(answers: impl IntoIterator<Item = (u64, Item)>) -> Item {
    let mut next = 0;
    let step = |(number, item): (u64, Item)| {
        let step = number - next + 1;
        next = number + 1;
        [Item::Number(step.cast_signed()), item]
    };
    Item::Array(answers.into_iter().flat_map(step).collect())
}

/// Each value with its question's number.
fn read_steps(item: Item) -> Option<Vec<(u64, Item)>> {
    let Item::Array(items) = item else { return None };
    let mut answers = Vec::with_capacity(items.len() / 2);
    let mut next: u64 = 0;
    let mut items = items.into_iter();
    while let Some(step) = items.next() {
        let at = next.checked_add(number(step)?.checked_sub(1)?)?;
        answers.push((at, items.next()?));
        next = at.checked_add(1)?;
    }
    Some(answers)
}

/// A body taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Body {
    pub book: Hash,
    pub made_at: Moment,
    pub jti: Jti,
    pub revision: u32,
    pub facts: Vec<(u64, Item)>,
    /// Each procedure's number and answers.
    pub procedures: Vec<(u64, Vec<(u64, Item)>)>,
}

impl Body {
    /// Takes a body apart.
    pub fn read(bytes: &[u8]) -> Result<Body, Refusal> {
        let item = Item::read(bytes).map_err(|Malformed| Refusal::Malformed)?;
        let Item::Map(entries) = item else { return Err(Refusal::Malformed) };
        match entries.first() {
            Some((0, Item::Number(VERSION))) => {}
            Some((0, Item::Number(_))) => return Err(Refusal::Newer),
            _ => return Err(Refusal::Malformed),
        }
        Body::of(entries).ok_or(Refusal::Malformed)
    }

    fn of(entries: Vec<(u64, Item)>) -> Option<Body> {
        let entries: [(u64, Item); 7] = entries.try_into().ok()?;
        if !entries.iter().map(|(key, _)| *key).eq(0..7) {
            return None;
        }
        let [_, book, minutes, jti, revision, facts, procedures] = entries.map(|(_, item)| item);
        let Item::Array(procedures) = procedures else { return None };
        let procedures: Vec<_> = procedures.into_iter().map(procedure).collect::<Option<_>>()?;
        let twice = |at: usize| procedures[..at].iter().any(|(one, _)| *one == procedures[at].0);
        if (0..procedures.len()).any(twice) {
            return None;
        }
        Some(Body {
            book: eight(book)?,
            made_at: moment(minutes)?,
            jti: Jti(eight(jti)?),
            revision: u32::try_from(number(revision)?).ok()?,
            facts: map(facts)?,
            procedures,
        })
    }
}

fn procedure(item: Item) -> Option<(u64, Vec<(u64, Item)>)> {
    let Item::Array(parts) = item else { return None };
    let [procedure, answers] = <[Item; 2]>::try_from(parts).ok()?;
    Some((number(procedure)?, read_steps(answers)?))
}

fn number(item: Item) -> Option<u64> {
    let Item::Number(number) = item else { return None };
    u64::try_from(number).ok()
}

fn map(item: Item) -> Option<Vec<(u64, Item)>> {
    let Item::Map(entries) = item else { return None };
    Some(entries)
}

fn eight(item: Item) -> Option<[u8; 8]> {
    let Item::Bytes(bytes) = item else { return None };
    bytes.try_into().ok()
}

/// A moment within four thousand years, for nothing later can be reckoned with.
fn moment(minutes: Item) -> Option<Moment> {
    let minutes = i64::from(u32::try_from(number(minutes)?).ok()?);
    BEGIN.checked_add(time::Duration::minutes(minutes)).map(|at| at.to_offset(offset!(+9)))
}
