//! The page's rules and the counter's are one: whatever is entered, in whatever order,
//! both ask the same, refuse the same and know the same.
//!
//! Seeded answers go page by page through the rules here; what was entered is then
//! replayed by the page's own modules in a real browser, and every step is compared.

use std::collections::{BTreeMap, BTreeSet};

use madoguchi::applicant::Source;
use madoguchi::clock::{Clock, SystemClock};
use madoguchi::config::{Config, Procedure};
use madoguchi::form::answers::{Answers, Value};
use madoguchi::form::input::{self, InputError, Raw};
use madoguchi::form::questions::{self, AskPage, AskQuestion};
use madoguchi::form::template::Question;
use madoguchi::form::{Form, Forms, gate, overtaken::overtaken};
use madoguchi::procedure::fee;
use madoguchi::visit::step;
use serde_json::{Value as Json, json};
use time::Date;
use time::macros::date;

use super::chance::{Chance, Fields};
use super::hosted;
use super::town::Town;
use crate::stage::browser::browser;

/// What the residents come for: every form alone, each kind of notice, and together
/// what shares questions.
const VISITS: [&[&str]; 14] = [
    &["juminhyo"],
    &["inkan"],
    &["koseki"],
    &["koseki-koiki"],
    &["zei"],
    &["tennyu"],
    &["tenkyo"],
    &["tenshutsu"],
    &["setai-henko"],
    &["tennyu", "juminhyo"],
    &["juminhyo", "inkan", "koseki"],
    &["koseki-koiki", "zei"],
    &["tenkyo", "juminhyo", "inkan", "zei"],
    &["juminhyo", "inkan", "koseki", "koseki-koiki", "zei", "tenshutsu"],
];

/// Around the first of April, a leap day, and an ordinary one.
const TODAYS: [Date; 5] = [
    date!(2026 - 11 - 25),
    date!(2027 - 03 - 31),
    date!(2027 - 04 - 01),
    date!(2026 - 05 - 31),
    date!(2028 - 02 - 29),
];

const WALKS: u64 = 8;
const STEPS_MAX: usize = 26;

#[test]
fn the_page_asks_refuses_and_knows_what_the_counter_does() {
    let Some(browser) = browser("the page's rules") else { return };
    let town = Town::found();
    let folder = hosted::export(&town.key());
    let place = hosted::beside(folder.path());
    let name = place.file_name().unwrap().to_str().unwrap().to_owned();
    browser.go(&hosted::host(folder.path()));
    let (mut steps, mut refusals) = (0, BTreeMap::new());
    for (at, visit) in VISITS.iter().enumerate() {
        let walks: Vec<Walk> = (0..WALKS)
            .map(|n| Walk::of(&town.config, &town.forms, visit, at as u64 * 1_000 + n))
            .collect();
        let asked: Vec<Json> = walks.iter().map(Walk::asked).collect();
        let told = browser.run_later(REPLAY, json!([format!("./{name}/home"), asked]));
        let told = told.as_array().unwrap_or_else(|| panic!("{told}"));
        assert_eq!(told.len(), walks.len());
        for (walk, told) in walks.iter().zip(told) {
            for (n, step) in walk.steps.iter().enumerate() {
                let differs = difference("", &step.seen, &told[n]);
                let entered = &step.fields;
                assert_eq!(differs, None, "{visit:?} {} step {n}: {entered:?}", walk.seed);
                step.codes().for_each(|code| *refusals.entry(code).or_insert(0) += 1);
            }
            steps += walk.steps.len();
        }
    }
    println!("{steps} pages answered alike; refused: {refusals:?}");
    assert!(steps > 1_000, "{steps}");
}

#[test]
fn whatever_is_entered_anywhere_is_read_or_refused_as_at_the_counter() {
    let Some(browser) = browser("the page's rules of entry") else { return };
    let town = Town::found();
    let folder = hosted::export(&town.key());
    let place = hosted::beside(folder.path());
    let name = place.file_name().unwrap().to_str().unwrap().to_owned();
    browser.go(&hosted::host(folder.path()));
    let chance = Chance::of(1);
    let (mut entries, mut refused) = (0, BTreeSet::new());
    for today in TODAYS {
        for form in town.forms.iter() {
            // Rows ask the same again.
            let asked = form.questions().iter().filter(|one| {
                !one.id.split('.').any(|part| part.parse::<u32>().is_ok_and(|row| row > 1))
            });
            let asked: Vec<(AskQuestion<'_>, Vec<Fields>)> = asked
                .map(|question| (every_option(question), chance.everything(question)))
                .collect();
            let sent: Vec<Json> = asked
                .iter()
                .map(|(ask, fields)| json!({ "path": ask.path(), "required": ask.required, "fields": fields }))
                .collect();
            let base = format!("./{name}/home");
            let told = browser.run_later(READ, json!([base, form.id(), day(today), sent]));
            for (n, (ask, all)) in asked.iter().enumerate() {
                for (m, fields) in all.iter().enumerate() {
                    let sent = fields.iter().map(|(name, entry)| (name.as_str(), entry.as_str()));
                    let here = match input::read(ask, &Raw::of_fields(ask.question, sent), today) {
                        Ok(value) => json!(value),
                        Err(error) => told_refused(&mut refused, error),
                    };
                    let differs = difference("", &here, &told[n][m]);
                    assert_eq!(differs, None, "{} on {today}: {fields:?}\n{told:.300}", ask.path());
                    entries += 1;
                }
            }
        }
    }
    println!("{entries} entries read alike");
    // What never happened was never compared. Nothing a page sends is of the wrong kind,
    // and no shipped form asks for a day that must be to come.
    let met = refused.iter().copied().chain(["input.wrong_kind", "input.past_day"]);
    assert_eq!(met.collect::<BTreeSet<_>>(), BTreeSet::from(InputError::CODES));
}

fn every_option(question: &Question) -> AskQuestion<'_> {
    let options = question.options.iter().collect();
    let required = question.required;
    let taken = Vec::new();
    AskQuestion { question, required, options, taken, answer: None, suggestion: None }
}

fn told_refused(refused: &mut BTreeSet<&'static str>, error: InputError) -> Json {
    refused.insert(error.code());
    told(error)
}

fn day(today: Date) -> Json {
    json!({ "year": today.year(), "month": u8::from(today.month()), "day": today.day() })
}

/// One visit from its first page on.
struct Walk {
    seed: u64,
    today: Date,
    procedures: Vec<String>,
    forms: Vec<String>,
    steps: Vec<Step>,
}

/// One page that was sent, and everything known after it.
struct Step {
    page: String,
    /// The questions that stood on it.
    shown: Vec<String>,
    fields: Fields,
    seen: Json,
}

impl Step {
    fn codes(&self) -> impl Iterator<Item = String> {
        let refused = self.seen["refused"].as_object().unwrap();
        refused.values().map(|one| one["code"].as_str().unwrap().to_owned())
    }
}

impl Walk {
    fn of(config: &Config, all: &Forms, visit: &[&str], seed: u64) -> Self {
        let mut chance = Chance::of(seed + 1);
        let today = *chance.one_of(&TODAYS);
        let chosen = config.procedures.iter().filter(|one| visit.contains(&one.id.as_str()));
        let chosen: Vec<&Procedure> = chosen.collect();
        let forms: Vec<&Form> = chosen.iter().map(|one| all.get(&one.form).unwrap()).collect();
        let mut answers = Answers::default();
        for (path, option) in chosen.iter().flat_map(|one| &one.preset) {
            answers.set(path, Value::Choice(option.clone()), Source::Preset);
        }
        let mut walk = Self {
            seed,
            today,
            procedures: chosen.iter().map(|one| one.id.clone()).collect(),
            forms: forms.iter().map(|form| form.id().to_owned()).collect(),
            steps: Vec::new(),
        };
        while walk.steps.len() < STEPS_MAX {
            let missing = questions::missing(&forms, &answers).into_iter().next();
            let again = chance.once_in(5);
            let page = match missing {
                Some(page) if !again => page,
                None if !again => break,
                _ => {
                    let mut pages = questions::pages(&forms, &answers);
                    if pages.is_empty() {
                        break;
                    }
                    pages.swap_remove(chance.below(pages.len()))
                }
            };
            let mut fields = Fields::new();
            page.questions.iter().for_each(|ask| chance.enter(ask, &mut fields));
            walk.send(config, &forms, &mut answers, &page, fields);
        }
        walk
    }

    /// Takes what can be taken of a page, and notes what is known then.
    fn send(
        &mut self,
        config: &Config,
        forms: &[&Form],
        answers: &mut Answers,
        page: &AskPage<'_>,
        fields: Fields,
    ) {
        let mut entered = Answers::default();
        let mut refused = BTreeMap::new();
        for ask in &page.questions {
            let sent = fields.iter().map(|(name, entry)| (name.as_str(), entry.as_str()));
            match input::read(ask, &Raw::of_fields(ask.question, sent), self.today) {
                Ok(value) => entered.set(ask.path(), value, Source::Typed),
                Err(error) => drop(refused.insert(ask.path().to_owned(), told(error))),
            }
        }
        let gone = overtaken(forms, answers, &entered);
        gone.iter().for_each(|path| drop(answers.remove(path)));
        entered.iter().for_each(|(path, answer)| {
            answers.set(path, answer.value.clone(), answer.source);
        });
        self.steps.push(Step {
            page: page.page.id.clone(),
            shown: page.questions.iter().map(|ask| ask.path().to_owned()).collect(),
            fields,
            seen: seen(config, forms, answers, &refused, &gone),
        });
    }

    fn asked(&self) -> Json {
        let step =
            |step: &Step| json!({ "page": step.page, "shown": step.shown, "fields": step.fields });
        json!({
            "today": day(self.today),
            "procedures": self.procedures,
            "forms": self.forms,
            "steps": self.steps.iter().map(step).collect::<Vec<_>>(),
        })
    }
}

fn told(error: InputError) -> Json {
    let limits = match error {
        InputError::TooLong { max } => json!({ "max": max }),
        InputError::OutOfRange { min, max } | InputError::WrongDigits { min, max } => {
            json!({ "min": min, "max": max })
        }
        _ => json!({}),
    };
    json!({ "code": error.code(), "limits": limits })
}

fn seen(
    config: &Config,
    forms: &[&Form],
    answers: &Answers,
    refused: &BTreeMap<String, Json>,
    gone: &[String],
) -> Json {
    let missing = questions::missing(forms, answers);
    let pages = questions::pages(forms, answers);
    let incomplete = questions::incomplete(forms, answers);
    let closed = gate::closed(forms, answers);
    let first = missing.first().map(|page| page.page.id.clone());
    let before = first.as_ref().and_then(|id| {
        // The page counts every page as one row; the counter's card stands between.
        let ordered = questions::pages(forms, answers);
        let here = ordered.iter().position(|page| page.page.id == *id)?;
        ordered.into_iter().take(here).rfind(|page| step::was_asked(page, answers))
    });
    // The page has the prices of the day it was made.
    let known = questions::known(forms, answers);
    let bill = fee::lines(config, forms, &known, SystemClock.today()).unwrap();
    let bill = bill.iter().map(|line| {
        let exempt = line.exempt.as_ref().map(|exempt| &exempt.name.ja);
        json!([line.name.ja, line.count, line.unit.0, line.amount.0, exempt])
    });
    let open: Vec<bool> =
        forms.iter().map(|form| gate::closed(&[*form], answers).is_none()).collect();
    json!({
        "bill": bill.collect::<Vec<_>>(),
        "open": open,
        "refused": refused,
        "gone": gone,
        "missing": missing.iter().map(page).collect::<Vec<_>>(),
        "pages": pages.iter().map(page).collect::<Vec<_>>(),
        "known": known,
        "with_defaults": questions::with_defaults(forms, answers),
        "incomplete": incomplete.iter().map(|one| one.path.clone()).collect::<Vec<_>>(),
        "ignored": questions::ignored(forms, answers),
        "closed": closed.map(|closed| json!([closed.form.id(), closed.gate.title.ja, closed.page()])),
        "progress": first.as_ref().map(|id| step::progress(forms, answers, id)),
        "before": before.map(|page| page.page.id.clone()),
    })
}

fn page(page: &AskPage<'_>) -> Json {
    let questions = page.questions.iter().map(|ask| {
        json!({
            "path": ask.path(),
            "required": ask.required,
            "options": ask.options.iter().map(|option| option.id.clone()).collect::<Vec<_>>(),
            "taken": ask.taken,
            "answer": ask.answer,
            "prefill": ask.prefill(),
        })
    });
    json!({
        "id": page.page.id,
        "form": page.form,
        "at_gate": page.at_gate,
        "questions": questions.collect::<Vec<_>>(),
    })
}

/// The first place where two differ.
fn difference(at: &str, here: &Json, there: &Json) -> Option<String> {
    match (here, there) {
        (Json::Object(one), Json::Object(other)) => {
            let keys = one.keys().chain(other.keys());
            keys.into_iter().find_map(|key| {
                let nothing = Json::Null;
                let of = |all: &serde_json::Map<String, Json>| all.get(key).cloned();
                let (one, other) = (of(one), of(other));
                if one.is_some() != other.is_some() {
                    return Some(format!("{at}/{key}: counter {one:?}, page {other:?}"));
                }
                difference(
                    &format!("{at}/{key}"),
                    one.as_ref().unwrap_or(&nothing),
                    other.as_ref().unwrap_or(&nothing),
                )
            })
        }
        (Json::Array(one), Json::Array(other)) if one.len() == other.len() => {
            let pairs = one.iter().zip(other).enumerate();
            pairs
                .into_iter()
                .find_map(|(n, (one, other))| difference(&format!("{at}/{n}"), one, other))
        }
        (one, other) => (one != other).then(|| format!("{at}: counter {one}, page {other}")),
    }
}

/// Reads the same entries with the page's own modules.
const READ: &str = r#"
const [base, id, today, asked] = arguments;
const tell = arguments[arguments.length - 1];
const load = name => import(new URL(`${base}/${name}.js`, location.href));
Promise.all(['input', 'definition'].map(load)).then(([input, { default: definition }]) => {
  const questions = new Map(definition.forms[id].questions.map(one => [one.id, one]));
  tell(asked.map(({ path, required, fields }) => {
    const question = questions.get(path);
    const ask = { question, required, options: question.options ?? [], taken: [] };
    return fields.map(sent => {
      try {
        return input.read(ask, input.ofFields(question, sent), today);
      } catch (error) {
        if (!(error instanceof input.Refused)) throw error;
        return { code: error.code, limits: error.limits };
      }
    });
  }));
}).catch(error => tell(String(error.stack)));
"#;

/// Answers the same pages with the page's own modules.
const REPLAY: &str = r#"
const [base, walks] = arguments;
const tell = arguments[arguments.length - 1];
const load = name => import(new URL(`${base}/${name}.js`, location.href));
Promise.all(['form', 'input', 'fees', 'definition'].map(load)).then(([form, input, fees, { default: definition }]) => {
  const page = one => ({
    id: one.page.id, form: one.form, at_gate: one.atGate,
    questions: one.questions.map(ask => ({
      path: ask.path, required: ask.required, options: ask.options.map(option => option.id), taken: ask.taken,
      answer: ask.answer, prefill: form.prefill(ask) })) });
  const replay = walk => {
    const forms = walk.forms.map(id => definition.forms[id]);
    const answers = new Map();
    for (const one of definition.procedures.filter(one => walk.procedures.includes(one.id)))
      for (const [path, value] of Object.entries(one.preset)) answers.set(path, { value, source: 'preset' });
    return walk.steps.map(step => {
      const asked = form.pages(forms, answers).find(one => one.page.id === step.page);
      if (!asked) return { lost: step.page };
      const entered = new Map(), refused = {};
      for (const ask of asked.questions.filter(ask => step.shown.includes(ask.path))) {
        try {
          const value = input.read(ask, input.ofFields(ask.question, step.fields), walk.today);
          entered.set(ask.path, { value, source: 'typed' });
        } catch (error) {
          if (!(error instanceof input.Refused)) throw error;
          refused[ask.path] = { code: error.code, limits: error.limits };
        }
      }
      const gone = form.overtaken(forms, answers, entered);
      gone.forEach(path => answers.delete(path));
      entered.forEach((answer, path) => answers.set(path, answer));
      const missing = form.missing(forms, answers), closed = form.closed(forms, answers);
      const first = missing[0]?.page.id;
      return {
        bill: fees.lines(definition, forms, form.known(forms, answers)).map(one => [one.name.ja, one.count, one.unit, one.amount, one.exempt?.name.ja ?? null]),
        open: forms.map(one => form.isOpen(one, answers)),
        refused, gone,
        missing: missing.map(page), pages: form.pages(forms, answers).map(page),
        known: Object.fromEntries(form.known(forms, answers)),
        with_defaults: Object.fromEntries(form.withDefaults(forms, answers)),
        incomplete: form.incomplete(forms, answers), ignored: form.ignored(forms, answers),
        closed: closed && [closed.form.id, closed.gate.title.ja, form.pageOfGate(closed)],
        progress: first === undefined ? null : form.progress(forms, answers, first),
        before: first === undefined ? null : form.before(forms, answers, first)?.page.id ?? null };
    });
  };
  tell(walks.map(replay));
}).catch(error => tell(String(error.stack)));
"#;
