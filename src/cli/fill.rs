//! `madoguchi fill`: one form from the command line, as the screens make it.
//!
//! The input is `{"applicant": {…}, "answers": {…}}` with the same words a person
//! would enter. What is missing, refused or cannot be drawn is JSON on standard
//! error. A required answer that is missing, or words that do not fit, make no
//! file (exit 1); a character that no font has leaves an empty box on the paper
//! and a line in the list (exit 0), because a pen can complete it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use serde_json::{Value as Json, json};
use time::Date;

use super::folder::folder_of;
use crate::applicant::Source;
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::form::answers::{Answers, Value};
use crate::form::paper::{FillError, Paper};
use crate::form::{Form, Forms, questions, record};
use crate::pdf::Fonts;
use crate::visit::paper;
use crate::wareki::PartialDate;

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
    /// The PDF to write
    #[arg(long, value_name = "FILE", requires = "input")]
    out: Option<PathBuf>,
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
        Err(faults) => {
            faults.iter().for_each(|fault| eprintln!("{fault}"));
            return Ok(ExitCode::from(1));
        }
    };
    if arguments.list {
        forms.iter().for_each(|form| println!("{}", form.id()));
        return Ok(ExitCode::SUCCESS);
    }
    let id = arguments.procedure.as_deref().unwrap_or_default();
    let Some(form) = forms.get(id) else {
        let known: Vec<&str> = forms.iter().map(Form::id).collect();
        bail!("there is no form `{id}`; the forms are: {}", known.join(", "));
    };
    if arguments.example {
        let Some(sample) = form.sample() else {
            bail!("the folder of `{id}` has no sample.json");
        };
        println!("{sample:#}");
        return Ok(ExitCode::SUCCESS);
    }
    let (Some(input), Some(out)) = (&arguments.input, &arguments.out) else {
        bail!("give --input FILE and --out FILE, or --example");
    };
    let file = folder.join(id).join("form.toml");
    fill(form, &file, &read(input)?, out, arguments.fonts.as_deref())
}

fn fill(
    form: &Form,
    file: &Path,
    case: &str,
    out: &Path,
    fonts: Option<&Path>,
) -> anyhow::Result<ExitCode> {
    let mut case: Json = serde_json::from_str(case).context("the input is no JSON")?;
    let today = SystemClock.today();
    let counter = counter_values(&mut case, of_town(today))?;
    let (answers, refused) = match record::read(&[form], &case, Source::Typed, today) {
        Ok(answers) => (answers, Vec::new()),
        Err(refused) => (Answers::default(), refused),
    };
    if !refused.is_empty() {
        return Ok(said(&json!({ "refused": refused })));
    }
    let missing = questions::incomplete(&[form], &answers);
    if !missing.is_empty() {
        let missing: Vec<_> = missing.iter().map(|missing| missing.path.as_str()).collect();
        return Ok(said(&json!({ "missing": missing })));
    }
    let (fonts, faults) = Fonts::with_folder(&folder_of(fonts, "fonts"));
    faults.iter().for_each(|fault| eprintln!("{fault}"));
    let paper = match Paper::compile(form, &fonts) {
        Ok(paper) => paper,
        Err(faults) => {
            let text = std::fs::read_to_string(file).unwrap_or_default();
            faults.iter().for_each(|fault| eprintln!("{}", fault.in_file(file, &text)));
            return Ok(ExitCode::from(1));
        }
    };
    let known = questions::with_defaults(&[form], &answers);
    let filled = match paper.fill(&known, &counter, &fonts) {
        Ok(filled) => filled,
        Err(FillError::DoesNotFit(misfits)) => {
            return Ok(said(&json!({ "does_not_fit": misfits })));
        }
    };
    std::fs::write(out, &filled.pdf)
        .with_context(|| format!("{} cannot be written", out.display()))?;
    if !filled.findings.is_empty() {
        said(&json!({ "cannot_be_drawn": filled.findings }));
    }
    Ok(ExitCode::SUCCESS)
}

/// Tells what is wrong; the exit code says that no file was made.
fn said(what: &Json) -> ExitCode {
    eprintln!("{what:#}");
    ExitCode::from(1)
}

/// The town of the configuration, where there is one: whom the form is addressed
/// to, and the day.
fn of_town(today: Date) -> Answers {
    match Config::load(&folder_of(None, "kiosk-config/example")) {
        Ok(config) => paper::of_town(&config.site.town, today),
        Err(_) => Answers::default(),
    }
}

/// What a counter would add when it prints. The input may give more of it under
/// `counter`, by path: `{"office.receipt_no": "honcho-20261121-0001"}`.
fn counter_values(case: &mut Json, mut counter: Answers) -> anyhow::Result<Answers> {
    let given = case.as_object_mut().and_then(|case| case.remove("counter"));
    let given: BTreeMap<String, String> =
        serde_json::from_value(given.unwrap_or_else(|| json!({})))
            .context("`counter` takes one text for each path")?;
    for (path, text) in given {
        let value = match text.parse::<PartialDate>() {
            Ok(date) => Value::Date(date),
            Err(_) => Value::Text(text.into()),
        };
        counter.set(path, value, Source::Preset);
    }
    Ok(counter)
}

fn read(file: &Path) -> anyhow::Result<String> {
    if file == Path::new("-") {
        return std::io::read_to_string(std::io::stdin()).context("standard input cannot be read");
    }
    std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))
}
