//! `madoguchi preregistration`: what a code made at home says, as JSON.

use std::io::Read as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, anyhow};

use super::folder::folder_of;
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::fault::Fault;
use crate::form::Forms;
use crate::lang::{Catalogue, Lang};
use crate::preregistration::{Intake, Refusal};
use crate::scan;

/// The longest text that is read: more than any code, however it is spelled.
const TEXT_MAX: u64 = 16 * 1024;

/// The most that is read of a picture's file. One that is cut off here is broken.
const PICTURE_BYTES_MAX: u64 = 64 << 20;

#[derive(clap::Subcommand)]
pub(super) enum Command {
    Open(Open),
    Scan(Scan),
}

/// Opens the text of a code and prints what it says as JSON
#[derive(clap::Args)]
pub(super) struct Open {
    /// The text, `MK1…`; `-` reads standard input, which keeps it out of the history
    /// of the shell
    text: String,
    #[command(flatten)]
    counter: Counter,
}

/// Reads the code in a picture (PNG or JPEG) and prints what it says as JSON
#[derive(clap::Args)]
pub(super) struct Scan {
    /// The picture's file
    picture: PathBuf,
    #[command(flatten)]
    counter: Counter,
}

/// Whose keys, forms and configuration it is opened with.
#[derive(clap::Args)]
pub(super) struct Counter {
    /// The folder of the configuration [default: kiosk-config/example here, or beside the program]
    #[arg(long, value_name = "DIR", env = "MADOGUCHI_CONFIG")]
    config: Option<PathBuf>,
    /// The folder of the forms [default: templates/forms here, or beside the program]
    #[arg(long, value_name = "DIR")]
    templates: Option<PathBuf>,
    /// The folder of the database and the keys
    #[arg(long, value_name = "DIR", default_value = "data", env = "MADOGUCHI_DATA")]
    data: PathBuf,
}

/// Runs one of the commands.
pub(super) fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Open(arguments) => open(&arguments),
        Command::Scan(arguments) => scan(&arguments),
    }
}

fn scan(arguments: &Scan) -> anyhow::Result<ExitCode> {
    let name = || arguments.picture.display().to_string();
    let file = std::fs::File::open(&arguments.picture).with_context(name)?;
    let mut bytes = Vec::new();
    file.take(PICTURE_BYTES_MAX).read_to_end(&mut bytes).with_context(name)?;
    let picture = scan::unpack(&bytes).with_context(name)?;
    let Some(text) = scan::read(&picture) else {
        let sentence = Catalogue::shipped().t(Lang::Ja, "preregistration.no_code");
        eprintln!("madoguchi: {sentence}（preregistration.no_code）");
        return Ok(ExitCode::from(1));
    };
    arguments.counter.open(&text)
}

fn open(arguments: &Open) -> anyhow::Result<ExitCode> {
    let text = match arguments.text.as_str() {
        "-" => {
            let mut text = Vec::new();
            std::io::stdin().take(TEXT_MAX).read_to_end(&mut text)?;
            String::from_utf8_lossy(&text).into_owned()
        }
        text => text.to_owned(),
    };
    arguments.counter.open(&text)
}

impl Counter {
    /// Opens a text and prints what it says, or why nothing of it is taken.
    pub(super) fn open(&self, text: &str) -> anyhow::Result<ExitCode> {
        let config = Config::load(&folder_of(self.config.as_deref(), "kiosk-config/example"));
        let forms = Forms::load(&folder_of(self.templates.as_deref(), "templates/forms"));
        let (config, forms) = match (config, forms) {
            (Ok(config), Ok(forms)) => (config, forms),
            (config, forms) => return Err(told(config.err(), forms.err())),
        };
        let opened = Intake::within(&self.data).open((&config, &forms), text, SystemClock.now())?;
        Ok(match opened {
            Ok(opened) => {
                super::say(format_args!("{:#}", opened.to_json()));
                ExitCode::SUCCESS
            }
            Err(refusal) => refused(refusal),
        })
    }
}

/// The reason and the resident's sentence; exit code 1.
pub(super) fn refused(refusal: Refusal) -> ExitCode {
    let (code, sentence) = (refusal.code(), Catalogue::shipped().t(Lang::Ja, refusal.code()));
    eprintln!("madoguchi: {sentence}（{code}）");
    ExitCode::from(1)
}

fn told(config: Option<Vec<Fault>>, forms: Option<Vec<Fault>>) -> anyhow::Error {
    let faults = [config.unwrap_or_default(), forms.unwrap_or_default()].concat();
    faults.iter().for_each(|fault| eprintln!("{fault}"));
    anyhow!("{} faults; `madoguchi check` tells them again", faults.len())
}
