//! Whether what the town asks fits into a code, told when forms are written and
//! not when a resident stands there.
//!
//! The size is counted without deflate, which nobody can promise. A resident is
//! walked through the form as the kiosk would, choosing what stands first, all of
//! what may be chosen together, and words as long as they usually get (`usual`).
//! For one person a procedure keeps to version 17, for a household to version 20.
//! Longer answers are still taken: the page measures what was really entered, goes up
//! to version 20 at L (1,249 characters), and splits a longer visit by procedure. Of one
//! procedure that is longer alone it says plainly that it is too long.

use std::path::Path;

use time::Date;

use super::body::{Visit, encode};
use super::codebook::Codebook;
use super::{Jti, value, wire};
use crate::applicant::Source;
use crate::config::{Config, Procedure};
use crate::fault::Fault;
use crate::form::answers::{Answers, Value};
use crate::form::questions::{self, AskQuestion};
use crate::form::template::Kind;
use crate::form::{Form, Forms, applicant_question};
use crate::wareki::PartialDate;

/// The most characters at level M of a code that every camera reads, version 17.
pub const CHARS_TARGET: usize = 734;
/// The most at all, version 20.
pub const CHARS_MAX: usize = 970;

/// A household that most are no larger than.
const HOUSEHOLD: u32 = 4;
/// No form asks as often as this.
const TURNS_MAX: usize = 200;

/// How long a procedure's code gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measured {
    pub chars: usize,
    /// The path of the longest answer.
    pub longest: String,
}

/// Every procedure that gets too long on `day`, with the form and the question
/// that takes most.
pub fn faults(config: &Config, forms: &Forms, templates: &Path, day: Date) -> Vec<Fault> {
    let book = Codebook::of(config, forms, day);
    let mut faults = Vec::new();
    for procedure in &config.procedures {
        let Some(form) = forms.on(&procedure.form, day) else { continue };
        for (people, most) in [(1, CHARS_TARGET), (HOUSEHOLD, CHARS_MAX)] {
            let measured = measure(&book, procedure, form, people, day);
            if measured.chars > most {
                faults.push(fault(procedure, form, (people, most), &measured, templates));
                break;
            }
        }
    }
    faults
}

/// The code of one procedure for this many people.
pub fn measure(
    book: &Codebook,
    procedure: &Procedure,
    form: &Form,
    people: u32,
    day: Date,
) -> Measured {
    let answers = walk(procedure, form, people, day);
    let visit = Visit {
        // The largest there is.
        booking: crate::appointment::Number::from_u32(999_999_999),
        made_at: time::macros::datetime!(2100-01-01 0:00 UTC),
        jti: Jti([0xFF; 8]),
        revision: 23,
        procedures: &[&procedure.id],
        answers: &answers,
    };
    let longest = answers.iter().max_by_key(|(path, answer)| {
        let asked = form.question(path).cloned().or_else(|| applicant_question(path));
        let kind = asked.map_or(Kind::Text, |question| question.kind);
        let written = value::write(kind, &[], &answer.value);
        written.map_or(0, |item| item.to_bytes().len())
    });
    let longest = longest.map(|(path, _)| path.to_owned()).unwrap_or_default();
    Measured { chars: wire::chars(encode(book, &visit).len()), longest }
}

/// The answers of a resident who answers everything.
fn walk(procedure: &Procedure, form: &Form, people: u32, day: Date) -> Answers {
    let mut answers = Answers::default();
    for (path, option) in &procedure.preset {
        let flag = form.question(path).is_some_and(|question| question.kind == Kind::Flag);
        let value = if flag { Value::Flag(option == "yes") } else { Value::Choice(option.clone()) };
        answers.set(path, value, Source::Preset);
    }
    for path in super::body::FACTS.map(|(_, path, _)| path) {
        if let Some(question) = applicant_question(path) {
            let options = question.options.iter().collect();
            let ask = AskQuestion {
                question: &question,
                required: true,
                options,
                taken: Vec::new(),
                answer: None,
                suggestion: None,
            };
            answers.set(path, usual(&ask, None, day), Source::Qr);
        }
    }
    for _ in 0..TURNS_MAX {
        let pages = questions::missing(&[form], &answers);
        let Some(page) = pages.first() else { break };
        for ask in &page.questions {
            let rows = counts_rows(form, ask.path()).then_some(people);
            // Hardly a household has a former name or the like for each of its people.
            let seldom = people > 1 && !ask.required && is_of_a_row(ask.path());
            let value = match ask.question.kind {
                Kind::Name | Kind::Text | Kind::Address if seldom => Value::skipped(),
                _ => usual(ask, rows, day),
            };
            answers.set(ask.path(), value, Source::Qr);
        }
    }
    answers
}

/// Whether the number at `path` says how many rows of something there are.
fn counts_rows(form: &Form, path: &str) -> bool {
    let mut conditions = form.questions().iter().flat_map(|question| &question.when);
    conditions.any(|when| when.question == path && when.at_least.is_some())
}

fn is_of_a_row(path: &str) -> bool {
    path.split('.').any(|part| part.parse::<u32>().is_ok())
}

/// An answer that is as long as its kind usually gets. Words are counted in
/// bytes: a kanji takes two, a Latin letter one, and whoever writes in letters
/// needs twice as many. `max_chars` leaves room for letters, so half of it in bytes
/// is plenty for free text; names and addresses have the length they have.
fn usual(ask: &AskQuestion<'_>, rows: Option<u32>, day: Date) -> Value {
    let question = ask.question;
    let bytes = |usual: usize| question.max_chars.unwrap_or(usual).min(usual);
    let words = |bytes: usize| Value::Text("字".repeat(bytes.div_ceil(2)).into());
    let first = |options: &[&crate::form::template::Choice]| {
        options.first().map(|option| option.id.clone())
    };
    match question.kind {
        Kind::Name => words(bytes(20)),
        Kind::Kana => Value::Text("ア".repeat(bytes(20)).into()),
        Kind::Address => words(bytes(44)),
        Kind::Text => words(question.max_chars.unwrap_or(200) / 2),
        Kind::Phone => Value::Text("090-0000-0000".into()),
        Kind::Postal => Value::Text("9999999".into()),
        Kind::Digits => {
            Value::Text("9".repeat(question.digits.map_or(20, |[_, most]| most as usize)).into())
        }
        Kind::Date => Value::Date(day.into()),
        Kind::FiscalYear => {
            let year = ask.years(day).first().copied().unwrap_or_default();
            PartialDate::whole_year(year).map_or_else(|_| Value::skipped(), Value::Date)
        }
        Kind::Choice => first(&ask.options).map_or_else(Value::skipped, Value::Choice),
        Kind::Multi => Value::Choices(ask.options.iter().map(|option| option.id.clone()).collect()),
        Kind::Flag => ask.default().unwrap_or(Value::Flag(true)),
        Kind::Number => {
            let [least, most] = question.range.unwrap_or([0, u32::MAX]);
            Value::Number(rows.unwrap_or(most).clamp(least, most))
        }
        Kind::Copies => {
            Value::Copies(ask.options.iter().map(|option| (option.id.clone(), 1)).collect())
        }
    }
}

fn fault(
    procedure: &Procedure,
    form: &Form,
    (people, most): (u32, usize),
    measured: &Measured,
    templates: &Path,
) -> Fault {
    let file = templates.join(form.folder()).join("form.toml");
    let text = std::fs::read_to_string(&file).unwrap_or_default();
    // A row stands in the file as `#`.
    let written = |line: &&str| {
        let id = line.trim().strip_prefix("id = \"").and_then(|rest| rest.strip_suffix('"'));
        id.is_some_and(|id| is_row_of(id, &measured.longest))
    };
    let line = text.lines().collect::<Vec<_>>().iter().position(written);
    Fault::new(
        &file,
        line.map(|line| line + 1),
        format!(
            "「{}」は、家で作るQRコードに入りません（{people}人で{}文字、上限{most}文字）。いちばん長い答えは {} です",
            procedure.title.ja, measured.chars, measured.longest
        ),
        "その質問の max_chars を小さくするか、質問を減らしてください",
    )
}

/// Whether `path` is written as `id`, perhaps with a `#` for its row.
fn is_row_of(id: &str, path: &str) -> bool {
    let (ids, parts) = (id.split('.'), path.split('.'));
    id.split('.').count() == path.split('.').count()
        && ids.zip(parts).all(|(id, part)| id == part || (id == "#" && part.parse::<u32>().is_ok()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    const DAY: Date = date!(2026 - 11 - 21);

    fn town(templates: &Path) -> (Config, Forms) {
        let config = Config::load(Path::new("kiosk-config/example")).unwrap();
        (config, Forms::load(templates).unwrap())
    }

    #[test]
    fn everything_the_example_town_asks_fits() {
        let templates = Path::new("templates/forms");
        let (config, forms) = town(templates);
        let book = Codebook::of(&config, &forms, DAY);
        for procedure in &config.procedures {
            let form = forms.on(&procedure.form, DAY).unwrap();
            let [one, four] = [1, 4].map(|people| measure(&book, procedure, form, people, DAY));
            println!("{}: {} {}, four: {}", procedure.id, one.chars, one.longest, four.chars);
        }
        assert_eq!(faults(&config, &forms, templates, DAY), []);
    }

    #[test]
    fn a_form_that_asks_too_much_is_told_with_the_question_that_takes_most() {
        let folder = tempfile::tempdir().unwrap();
        for form in std::fs::read_dir("templates/forms").unwrap() {
            let form = form.unwrap().path();
            let to = folder.path().join(form.file_name().unwrap());
            std::fs::create_dir(&to).unwrap();
            let text = std::fs::read_to_string(form.join("form.toml")).unwrap();
            let text = text.replace(
                "max_chars = 60\nwhen = [{ question = \"ido.kind\"",
                "max_chars = 600\nwhen = [{ question = \"ido.kind\"",
            );
            std::fs::write(to.join("form.toml"), text).unwrap();
        }
        let (config, forms) = town(folder.path());
        let told = faults(&config, &forms, folder.path(), DAY);
        let about: Vec<&str> =
            told.iter().map(|fault| fault.message.split('」').next().unwrap()).collect();
        assert_eq!(
            about,
            ["「転入届（町の外から引っ越してきた）", "「転居届（町の中で引っ越した）"]
        );
        let text = std::fs::read_to_string(&told[0].file).unwrap();
        let line = text.lines().nth(told[0].line.unwrap() - 1).unwrap();
        assert_eq!(line, "id = \"ido.new.room\"");
        assert!(
            told[0].message.contains("上限734文字")
                && told[0].message.ends_with("ido.new.room です")
        );
        assert!(is_row_of("ido.member.#.name", "ido.member.2.name"));
        assert!(!is_row_of("ido.member.#.name", "ido.member.x.name"));
    }
}
