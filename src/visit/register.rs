//! Rows of the resident register into the boxes of a visit, by a clerk who has seen which
//! value goes where and what it overwrites. The rows themselves are kept nowhere.

use std::collections::BTreeSet;

use serde_json::json;
use sha2::{Digest, Sha256};
use time::Date;

use super::desk::{changed, outdate, submitted, was_done};
use super::{Counter, Error, note, store};
use crate::applicant::Source;
use crate::db::Tx;
use crate::form::Form;
use crate::form::answers::{Answer, Answers, Value};
use crate::form::input::{self, InputError, Raw};
use crate::form::questions::{self, AskQuestion};
use crate::form::template::{Kind, Question};
use crate::hex;
use crate::id::{OpId, StaffId, VisitId};
use crate::journal::{Actor, Entity, Event, Journal};
use crate::lang::Lang;
use crate::register::{Entry, date_parts, key};

/// A box that the visit's forms ask, and what the register has for it.
#[derive(Clone, Debug)]
pub struct Fill {
    pub entry: Entry,
    pub question: Question,
    pub value: Result<Value, InputError>,
    /// What stands there now.
    pub before: Option<Answer>,
}

impl Fill {
    /// Whether it would change what is known.
    pub fn is_new(&self) -> bool {
        let same = |value: &Value| match (self.before.as_ref().map(|one| &one.value), value) {
            // Registers keep readings in half width, with a narrow blank.
            (Some(Value::Text(before)), Value::Text(value)) if self.question.kind == Kind::Kana => {
                let [before, value] =
                    [before, value].map(|text| text.to_string().replace('　', " "));
                before == value
            }
            (before, value) => before == Some(value),
        };
        self.value.as_ref().is_ok_and(|value| !same(value))
    }

    /// Whether something else stands there.
    pub fn overwrites(&self) -> bool {
        self.is_new() && self.before.as_ref().is_some_and(|before| !before.value.is_blank())
    }
}

/// Which of the entries have a box among these forms, and what each is there. A box that
/// follows from another one's value is found with it.
pub fn fills(forms: &[&Form], before: &Answers, entries: &[Entry], today: Date) -> Vec<Fill> {
    let mut after = before.clone();
    let mut left: Vec<&Entry> = entries.iter().collect();
    let mut fills: Vec<Fill> = Vec::new();
    let mut filled = BTreeSet::new();
    loop {
        let pages = questions::pages(forms, &after);
        let asks = || pages.iter().flat_map(|page| &page.questions);
        let found: Vec<(&Entry, &AskQuestion<'_>)> = left
            .iter()
            .filter_map(|entry| Some((*entry, asks().find(|ask| ask.path() == entry.path)?)))
            .collect();
        left.retain(|entry| !asks().any(|ask| ask.path() == entry.path));
        if found.is_empty() {
            break;
        }
        let mut told = Answers::default();
        // Two columns for one box: the first that has something to say.
        for (entry, ask) in found.into_iter().filter(|(one, _)| filled.insert(one.path.clone())) {
            let value = input::read(ask, &raw(ask.question, &entry.text), today);
            if let Ok(value) = &value {
                told.set(entry.path.clone(), value.clone(), Source::Register);
            }
            let before = questions::known(forms, before).get(&entry.path).cloned();
            let (entry, question) = (entry.clone(), ask.question.clone());
            fills.push(Fill { entry, question, value, before });
        }
        for (path, answer) in told.iter() {
            after.set(path, answer.value.clone(), answer.source);
        }
    }
    let place = |fill: &Fill| entries.iter().position(|entry| *entry == fill.entry);
    fills.sort_by_key(place);
    fills
}

/// A cell as whoever reads entries takes it.
fn raw(question: &Question, text: &str) -> Raw {
    let option = |id: &str| {
        let named = |name: &str| key(name) == key(text);
        let mut options = question.options.iter();
        options.find(|one| one.id == id || named(one.in_lang(Lang::Ja))).map(|one| one.id.clone())
    };
    match (question.kind, date_parts(text)) {
        (Kind::Date, Some([era, year, month, day])) => Raw::Parts { era, year, month, day },
        (Kind::Choice | Kind::Multi, _) => {
            let id = option(text).unwrap_or_else(|| text.to_owned());
            if question.kind == Kind::Multi { Raw::Many(vec![id]) } else { Raw::One(id) }
        }
        _ => Raw::One(text.to_owned()),
    }
}

/// What a clerk saw, in one word: what each box was to get, and what stood there.
pub fn looked_like(fills: &[Fill]) -> String {
    let seen: Vec<_> =
        fills.iter().map(|fill| (&fill.entry.path, &fill.entry.text, &fill.before)).collect();
    let digest = Sha256::digest(json!(seen).to_string());
    hex::digits(&digest[..16])
}

/// What a clerk saw and chose.
#[derive(Clone, Debug)]
pub struct Load {
    /// Everything that the rows say.
    pub entries: Vec<Entry>,
    /// The boxes that are to be filled.
    pub boxes: BTreeSet<String>,
    /// [`looked_like`] of the page the clerk saw.
    pub seen: String,
}

/// Fills boxes from the register. Each value's source is the register, and the values
/// enter the journal, sealed. A paper that shows something else is outdated from now on.
///
/// # Errors
/// [`Error::Late`] when a box no longer looks as it did; [`Error::Accepted`] when a value
/// stands on a form that was accepted.
pub fn load(
    tx: &Tx<'_>,
    journal: &Journal,
    counter: Counter<'_>,
    staff: StaffId,
    op: OpId,
    id: VisitId,
    load: &Load,
) -> Result<(), Error> {
    let visit = submitted(tx, id)?;
    if was_done(tx, op, "visit.register_loaded", id)? {
        return Ok(());
    }
    let (forms, before) = (counter.forms_of(&visit), store::answers(tx, journal, id)?);
    let fills = fills(&forms, &before, &load.entries, journal.now().date());
    if looked_like(&fills) != load.seen {
        return Err(Error::Late);
    }
    let mut entered = Answers::default();
    for fill in fills.iter().filter(|fill| load.boxes.contains(&fill.entry.path)) {
        if let Ok(value) = &fill.value {
            entered.set(fill.entry.path.clone(), value.clone(), Source::Register);
        }
    }
    if entered.iter().count() != load.boxes.len() {
        return Err(Error::Late);
    }
    let actor = Actor::Staff(staff);
    super::forget_overtaken(tx, journal, counter, actor, id, &entered)?;
    let mut after = store::answers(tx, journal, id)?;
    for (path, answer) in entered.iter() {
        after.set(path, answer.value.clone(), answer.source);
    }
    outdate(tx, id, &changed(&forms, &before, &after))?;
    store::put_answers(tx, journal, id, &entered)?;
    let paths: Vec<&str> = entered.iter().map(|(path, _)| path).collect();
    let values: serde_json::Map<_, _> =
        entered.iter().map(|(path, answer)| (path.to_owned(), json!(answer.value))).collect();
    journal.append(
        tx,
        &Event {
            op,
            kind: "visit.register_loaded",
            schema_version: 1,
            entity: Entity::new("visit", id),
            actor,
            facts: json!({ "paths": paths }),
            personal: Some((id, json!({ "values": values }))),
        },
    )?;
    Ok(())
}

/// Records that rows were refused because they looked like they held a 個人番号. What they
/// held is kept nowhere.
pub fn refused(tx: &Tx<'_>, journal: &Journal, staff: StaffId, id: VisitId) -> Result<(), Error> {
    submitted(tx, id)?;
    let facts = json!({ "why": "personal_number" });
    note(journal, tx, Actor::Staff(staff), id, ("visit.register_refused", facts))
}
