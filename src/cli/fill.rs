//! `madoguchi fill`: one form from the command line, as the screens make it.
//!
//! The input is `{"applicant": {…}, "answers": {…}}` with the same words a person
//! would enter, and where wanted `"counter": {…}` with what a counter would add. All
//! that is to be said stands in one JSON object on standard error. A required
//! answer that is missing, one that the form would not show (its question does not
//! apply, an option is not offered), or words that do not fit, make no file (exit 1);
//! a character that no font has leaves an empty box on the paper and an entry in the
//! list (exit 0), because a pen can complete it.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use serde_json::{Map, Value as Json, json};
use time::Date;

use super::folder::{folder_of, fonts_of};
use crate::applicant::Source;
use crate::clock::{self, Clock, SystemClock};
use crate::config::Config;
use crate::fault::Fault;
use crate::form::answers::Answers;
use crate::form::paper::{FillError, Paper};
use crate::form::{Form, Forms, counter, gate, questions, record};
use crate::visit::paper;

/// Wrong usage, as the parser of the arguments answers it.
const USAGE: u8 = 2;

/// Fills one form without any screen.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Id of the form: `juminhyo`
    #[arg(required_unless_present = "list")]
    procedure: Option<String>,
    /// Prints the ids of all forms, one a line
    #[arg(long, conflicts_with_all = ["example", "input", "out"])]
    list: bool,
    /// Prints a complete sample input as JSON
    #[arg(long, conflicts_with_all = ["input", "out"])]
    example: bool,
    /// The answers as JSON; `-` reads standard input
    #[arg(long, value_name = "FILE", requires = "out")]
    input: Option<PathBuf>,
    /// The PDF to write; `-` writes to standard output
    #[arg(long, value_name = "FILE", requires = "input")]
    out: Option<PathBuf>,
    /// The folder of the configuration [default: kiosk-config/example here, or beside the program]
    #[arg(long, value_name = "DIR", env = "MADOGUCHI_CONFIG")]
    config: Option<PathBuf>,
    /// The folder of the forms [default: templates/forms here, or beside the program]
    #[arg(long, value_name = "DIR")]
    templates: Option<PathBuf>,
    /// A folder with more fonts [default: fonts here, or beside the program]
    #[arg(long, value_name = "DIR")]
    fonts: Option<PathBuf>,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let folder = folder_of(arguments.templates.as_deref(), "templates/forms");
    let forms = match Forms::load(&folder) {
        Ok(forms) => forms,
        Err(faults) => return Ok(refused("faults", told(&faults))),
    };
    if arguments.list {
        forms.ids().for_each(super::say);
        return Ok(ExitCode::SUCCESS);
    }
    let id = arguments.procedure.as_deref().unwrap_or_default();
    let Some(latest) = forms.get(id) else {
        let known: Vec<&str> = forms.ids().collect();
        eprintln!("madoguchi: there is no form `{id}`; the forms are: {}", known.join(", "));
        return Ok(ExitCode::from(USAGE));
    };
    let today = SystemClock.today();
    let Some(form) = forms.on(id, today) else {
        let template = latest.template();
        let day = |day: Option<Date>| day.map(clock::iso_day);
        return Ok(refused(
            "not_in_use",
            json!({
                "message": "この様式は、今日使える版がありません。新しい版を templates/forms に入れてください",
                "edition": template.edition,
                "valid_from": day(template.valid_from),
                "valid_until": day(template.valid_until),
            }),
        ));
    };
    if arguments.example {
        super::say(format_args!("{:#}", example(form, arguments.config.as_deref(), today)?));
        return Ok(ExitCode::SUCCESS);
    }
    let (Some(input), Some(out)) = (&arguments.input, &arguments.out) else {
        eprintln!("madoguchi: give --input FILE and --out FILE, or --example");
        return Ok(ExitCode::from(USAGE));
    };
    let case = match read(input) {
        Ok(case) => case,
        Err(error) => return Ok(refused("unreadable", json!(format!("{error:#}")))),
    };
    let case = match Case::read(form, &case, arguments.config.as_deref(), today) {
        Ok(case) => case,
        Err((key, what)) => return Ok(refused(key, what)),
    };
    let file = folder.join(form.folder()).join("form.toml");
    Ok(fill(form, &file, &case, out, arguments.fonts.as_deref()))
}

/// The form's sample, and what a counter may add to it: the fee only where the town
/// charges one.
fn example(form: &Form, config: Option<&Path>, today: Date) -> anyhow::Result<Json> {
    let sample = form
        .sample()
        .with_context(|| format!("the folder of `{}` has no sample.json", form.id()))?;
    let mut example = sample.clone();
    let answers = record::read(&[form], sample, Source::Typed, today).unwrap_or_default();
    let answers = questions::with_defaults(&[form], &answers);
    let config = Config::load(&folder_of(config, "kiosk-config/example")).ok();
    let fee = config.and_then(|config| paper::fee(&config, form, &answers, today));
    if let Some(parts) = example.as_object_mut() {
        parts.entry("counter").or_insert_with(|| counter::example(form, fee));
    }
    Ok(example)
}

/// What is to be written.
struct Case {
    answers: Answers,
    counter: Answers,
}

/// Why nothing is written: the key of the answer on standard error, and its value.
type Why = (&'static str, Json);

impl Case {
    fn read(form: &Form, text: &str, config: Option<&Path>, today: Date) -> Result<Self, Why> {
        let mut case = crate::form::json::parse(text)
            .map_err(|error| ("no_json", Json::from(error.to_string())))?;
        let given = case.as_object_mut().and_then(|case| case.remove("counter"));
        let given = given.filter(|given| !given.is_null()).unwrap_or_else(|| json!({}));
        let of_town = of_town(config, today).map_err(|faults| ("faults", told(&faults)))?;
        let answers = record::read(&[form], &case, Source::Typed, today);
        let (answers, counter) = match (answers, counter::read(form, &given, of_town)) {
            (Ok(answers), Ok(counter)) => (answers, counter),
            (answers, counter) => {
                let mut refused = answers.err().unwrap_or_default();
                refused.extend(counter.err().unwrap_or_default());
                return Err(("refused", json!(refused)));
            }
        };
        if let Some(closed) = gate::closed(&[form], &answers) {
            return Err((
                "closed",
                json!({ "title": closed.gate.title.ja, "reason": closed.gate.reason.ja }),
            ));
        }
        let missing = questions::incomplete(&[form], &answers);
        if !missing.is_empty() {
            let missing: Vec<_> = missing.iter().map(|missing| missing.path.as_str()).collect();
            return Err(("missing", json!(missing)));
        }
        let ignored = questions::ignored(&[form], &answers);
        if !ignored.is_empty() {
            return Err(("ignored", json!(ignored)));
        }
        Ok(Case { answers: questions::with_defaults(&[form], &answers), counter })
    }
}

fn fill(form: &Form, file: &Path, case: &Case, out: &Path, fonts: Option<&Path>) -> ExitCode {
    let (fonts, font_faults) = fonts_of(fonts);
    let mut said = Map::new();
    if !font_faults.is_empty() {
        said.insert("fonts".to_owned(), told(&font_faults));
    }
    let paper = match Paper::compile(form, &fonts) {
        Ok(paper) => paper,
        Err(found) => {
            let text = std::fs::read_to_string(file).unwrap_or_default();
            let faults: Vec<Fault> =
                found.into_iter().map(|fault| fault.in_file(file, &text)).collect();
            said.insert("faults".to_owned(), told(&faults));
            say(said);
            return ExitCode::FAILURE;
        }
    };
    let filled = match paper.fill(&case.answers, &case.counter) {
        Ok(filled) => filled,
        Err(FillError::DoesNotFit(misfits)) => {
            said.insert("does_not_fit".to_owned(), json!(misfits));
            say(said);
            return ExitCode::FAILURE;
        }
    };
    if let Err(error) = write(out, &filled.pdf) {
        said.insert("unwritable".to_owned(), json!(format!("{error:#}")));
        say(said);
        return ExitCode::FAILURE;
    }
    if !filled.findings.is_empty() {
        said.insert("cannot_be_drawn".to_owned(), json!(filled.findings));
    }
    say(said);
    ExitCode::SUCCESS
}

/// Nothing was written, and why.
fn refused(key: &str, what: Json) -> ExitCode {
    say(Map::from_iter([(key.to_owned(), what)]));
    ExitCode::FAILURE
}

/// One object, or nothing when there is nothing to say.
fn say(what: Map<String, Json>) {
    if !what.is_empty() {
        eprintln!("{:#}", Json::Object(what));
    }
}

fn told(faults: &[Fault]) -> Json {
    faults.iter().map(Fault::to_string).collect()
}

/// The town of the configuration: whom the form is addressed to, and the day. A
/// configuration that somebody named has to be sound; the usual one may be missing.
fn of_town(config: Option<&Path>, today: Date) -> Result<Answers, Vec<Fault>> {
    match Config::load(&folder_of(config, "kiosk-config/example")) {
        Ok(config) => Ok(paper::of_town(&config.site.town, today)),
        Err(faults) if config.is_some() => Err(faults),
        Err(_) => Ok(Answers::default()),
    }
}

fn read(file: &Path) -> anyhow::Result<String> {
    if file == Path::new("-") {
        return std::io::read_to_string(std::io::stdin()).context("standard input cannot be read");
    }
    std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))
}

/// Writes the file whole or not at all: beside its place first, then moved there.
/// What is no ordinary file (a pipe, a device) is written to as it is.
pub(super) fn write(out: &Path, pdf: &[u8]) -> anyhow::Result<()> {
    let failed = || format!("{} cannot be written", out.display());
    if out == Path::new("-") {
        let mut standard = std::io::stdout().lock();
        standard.write_all(pdf).and_then(|()| standard.flush()).with_context(failed)?;
        return Ok(());
    }
    if std::fs::metadata(out).is_ok_and(|there| !there.is_file()) {
        return std::fs::write(out, pdf).with_context(failed);
    }
    // A link stays a link: what it leads to is replaced.
    let target = std::fs::canonicalize(out).unwrap_or_else(|_| out.to_owned());
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let beside = target.with_file_name(format!(".{name}.{}", std::process::id()));
    let written = File::create(&beside)
        .and_then(|mut file| file.write_all(pdf).and_then(|()| file.sync_all()))
        .and_then(|()| std::fs::rename(&beside, &target));
    if written.is_err() {
        // Half a file helps nobody; the first error is the one to tell.
        let _ = std::fs::remove_file(&beside);
    }
    written.with_context(failed)
}
