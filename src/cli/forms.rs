//! `madoguchi forms import` and `forms preview`: a town's own PDF on its way to a
//! form.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;

use super::fill::write;
use super::folder::{folder_of, fonts_of};
use crate::fault::Fault;
use crate::form::{self, draft};

/// Wrong usage, as the parser of the arguments answers it.
const USAGE: u8 = 2;

#[derive(clap::Subcommand)]
pub(super) enum Command {
    Import(Import),
    Preview(Preview),
}

/// Writes a draft of a form for a PDF: a folder with form.toml and background.pdf
#[derive(clap::Args)]
pub(super) struct Import {
    /// The sheet: A3 to A5, up to 20 pages, fillable or not
    #[arg(value_name = "FILE.pdf")]
    file: PathBuf,
    /// Id of the new form, in small letters, digits and `_`: `shisetsu`
    #[arg(long, value_name = "NAME")]
    id: String,
    /// The folder of the forms [default: templates/forms here, or beside the program]
    #[arg(long, value_name = "DIR")]
    templates: Option<PathBuf>,
}

/// Writes a PDF of the sheet with a millimetre grid and the outline of every field
#[derive(clap::Args)]
pub(super) struct Preview {
    /// Id of the form: `juminhyo`
    #[arg(value_name = "NAME")]
    form: String,
    /// The PDF to write; `-` writes to standard output [default: NAME-preview.pdf here]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The folder of the forms [default: templates/forms here, or beside the program]
    #[arg(long, value_name = "DIR")]
    templates: Option<PathBuf>,
    /// A folder with more fonts [default: fonts here, or beside the program]
    #[arg(long, value_name = "DIR")]
    fonts: Option<PathBuf>,
}

/// Runs the command.
pub(super) fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Import(arguments) => import(&arguments),
        Command::Preview(arguments) => preview(&arguments),
    }
}

fn import(arguments: &Import) -> anyhow::Result<ExitCode> {
    let Import { file, id, templates } = arguments;
    if !form::is_form_id(id) {
        eprintln!(
            "madoguchi: `{id}` cannot be the id of a form: write small letters, digits and `_`, \
             and none of {}",
            form::RESERVED.join(", ")
        );
        return Ok(ExitCode::from(USAGE));
    }
    let folder = folder_of(templates.as_deref(), "templates/forms").join(id);
    let bytes = fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let draft = match draft::draft(id, &bytes) {
        Ok(draft) => draft,
        Err(error) => {
            eprintln!("{}", Fault::new(file, None, error.to_string(), error.instead()));
            return Ok(ExitCode::FAILURE);
        }
    };
    if !new_folder(&folder)? {
        eprintln!("madoguchi: {} exists already: choose another id", folder.display());
        return Ok(ExitCode::FAILURE);
    }
    let written = fs::write(folder.join("background.pdf"), &bytes)
        .and_then(|()| fs::write(folder.join("form.toml"), &draft.toml));
    if let Err(error) = written {
        // Half a draft would stand in the way of the next try. It is ours: nobody
        // had a folder of this name a moment ago.
        let _ = fs::remove_dir_all(&folder);
        return Err(error).with_context(|| format!("{} cannot be written", folder.display()));
    }
    tell(&draft, &folder, id);
    Ok(ExitCode::SUCCESS)
}

/// Makes the folder, or says that there is one.
fn new_folder(folder: &Path) -> anyhow::Result<bool> {
    if let Some(above) = folder.parent() {
        fs::create_dir_all(above).with_context(|| format!("{}", above.display()))?;
    }
    match fs::create_dir(folder) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error).with_context(|| format!("{}", folder.display())),
    }
}

fn tell(draft: &draft::Draft, folder: &Path, id: &str) {
    let from = if draft.is_fillable { "the fillable fields" } else { "the rules on the sheet" };
    eprintln!("{}: {} fields proposed from {from}", folder.display(), draft.fields);
    if draft.is_fillable {
        eprintln!(
            "what a viewer draws around fillable fields is not on the sheet; where you need it, \
             print the PDF to a new one and put that in the place of background.pdf"
        );
    }
    if draft.dropped_remarks > 0 {
        eprintln!(
            "{} notes or stamps lie over the pages and are not printed; print them into the PDF if \
             they belong to the sheet",
            draft.dropped_remarks
        );
    }
    if draft.unclear > 0 {
        eprintln!(
            "{} places with printed words in them (such as 年 月 日) got no field: they are listed \
             at the end of form.toml",
            draft.unclear
        );
    }
    for page in &draft.turned_pages {
        eprintln!(
            "the words on page {page} lie on their side or upside down, and nothing is proposed \
             there: turn the page, print it to a new PDF, and import that"
        );
    }
    eprintln!("look at it with `madoguchi forms preview {id}`");
    eprintln!("`madoguchi check` tells what you still have to decide");
}

fn preview(arguments: &Preview) -> anyhow::Result<ExitCode> {
    let Preview { form, out, templates, fonts } = arguments;
    let folder = folder_of(templates.as_deref(), "templates/forms").join(form);
    if !form::is_form_id(form) || !folder.is_dir() {
        eprintln!("madoguchi: there is no form `{form}`: {} is not there", folder.display());
        return Ok(ExitCode::from(USAGE));
    }
    let (fonts, font_faults) = fonts_of(fonts.as_deref());
    font_faults.iter().for_each(|fault| eprintln!("{fault}"));
    match form::preview(&folder, &fonts) {
        Ok(pdf) => {
            let here = || PathBuf::from(format!("{form}-preview.pdf"));
            write(&out.clone().unwrap_or_else(here), &pdf)?;
            Ok(ExitCode::SUCCESS)
        }
        Err(faults) => {
            faults.iter().for_each(|fault| eprintln!("{fault}"));
            Ok(ExitCode::FAILURE)
        }
    }
}
