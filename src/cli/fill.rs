//! `madoguchi fill`: one form from the command line, as the screens make it.
//!
//! The input is `{"applicant": {…}, "answers": {…}}` with the same words a person
//! would enter. What is missing, refused or cannot be drawn is JSON on standard
//! error. A required answer that is missing, or words that do not fit, make no
//! file (exit 1); a character that no font has leaves an empty box on the paper
//! and a line in the list (exit 0), because a pen can complete it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use serde_json::json;

use crate::clock::{Clock, SystemClock};
use crate::form::answers::Answers;
use crate::form::paper::Paper;
use crate::form::questions;
use crate::form::{Form, Forms};
use crate::pdf::Fonts;

mod example;
mod input;

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
        println!("{}", serde_json::to_string_pretty(&example::of(form))?);
        return Ok(ExitCode::SUCCESS);
    }
    let (Some(input), Some(out)) = (&arguments.input, &arguments.out) else {
        bail!("give --input FILE and --out FILE, or --example");
    };
    fill(form, &read(input)?, out, arguments.fonts.as_deref())
}

fn fill(form: &Form, text: &str, out: &Path, fonts: Option<&Path>) -> anyhow::Result<ExitCode> {
    let input = serde_json::from_str(text).context("the input is not the JSON of `--example`")?;
    let (answers, refused) = input::answers(form, input, SystemClock.today());
    let (fonts, faults) = Fonts::with_folder(&folder_of(fonts, "fonts"));
    faults.iter().for_each(|fault| eprintln!("{fault}"));
    let missing = questions::incomplete(&[form], &answers);
    if !missing.is_empty() || !refused.is_empty() {
        let missing: Vec<_> = missing.iter().map(|missing| missing.path.as_str()).collect();
        eprintln!("{:#}", json!({ "missing": missing, "refused": refused }));
        return Ok(ExitCode::from(1));
    }
    let paper = match Paper::compile(form, &fonts) {
        Ok(paper) => paper,
        Err(faults) => {
            faults.iter().for_each(|fault| eprintln!("{fault}"));
            return Ok(ExitCode::from(1));
        }
    };
    let known = questions::with_defaults(&[form], &answers);
    let filled = match paper.fill(&known, &Answers::default(), &fonts) {
        Ok(filled) => filled,
        Err(error) => {
            eprintln!("{:#}", json!({ "does_not_fit": error.fields() }));
            return Ok(ExitCode::from(1));
        }
    };
    std::fs::write(out, &filled.pdf)
        .with_context(|| format!("{} cannot be written", out.display()))?;
    if !filled.findings.is_empty() {
        eprintln!("{:#}", json!({ "cannot_be_drawn": filled.findings }));
    }
    Ok(ExitCode::SUCCESS)
}

fn read(file: &Path) -> anyhow::Result<String> {
    if file == Path::new("-") {
        return std::io::read_to_string(std::io::stdin()).context("standard input cannot be read");
    }
    std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))
}

/// The folder named, else `name` here, else beside the program or above it, where
/// it lies after a build and after an installation.
fn folder_of(named: Option<&Path>, name: &str) -> PathBuf {
    let here = PathBuf::from(name);
    if let Some(named) = named {
        return named.to_owned();
    }
    if here.is_dir() {
        return here;
    }
    let program = std::env::current_exe().unwrap_or_default();
    let above = program.ancestors().skip(1).map(|folder| folder.join(name));
    above.into_iter().find(|folder| folder.is_dir()).unwrap_or(here)
}
