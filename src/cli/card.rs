//! `madoguchi card read`: what a card tells, as JSON.

use std::process::ExitCode;

/// Reads identity cards.
#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Read the card on the reader and print what it tells as JSON
    Read(Read),
}

#[derive(clap::Args)]
pub(super) struct Read {
    /// Part of the reader's name; the first reader if not given
    #[arg(long, value_name = "NAME")]
    reader: Option<String>,
    /// Take the PIN (4 digits) or 照合番号B (14 digits) from standard input
    #[arg(long)]
    pin_stdin: bool,
    /// Present the PIN even if one wrong digit blocks the card: only if its holder
    /// agrees
    #[arg(long)]
    use_last_try: bool,
    /// How long to wait for a card to be laid on the reader
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    wait: u64,
    /// How long the card may take before it counts as silent
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    watchdog: u64,
}

/// Runs one of the card commands.
pub(super) fn run(command: Command) -> ExitCode {
    let Command::Read(arguments) = command;
    match read(&arguments) {
        Ok(json) => {
            super::say(format_args!("{json:#}"));
            ExitCode::SUCCESS
        }
        Err(refusal) => {
            eprintln!("madoguchi: {refusal}");
            ExitCode::from(1)
        }
    }
}

#[cfg(not(feature = "pcsc"))]
fn read(_arguments: &Read) -> Result<serde_json::Value, String> {
    Err("this build has no card readers (PC/SC): install libpcsclite-dev and pkg-config, \
         build with `cargo build --release --features pcsc` (card.no_pcsc)"
        .to_owned())
}

#[cfg(feature = "pcsc")]
use with_readers::read;

#[cfg(feature = "pcsc")]
mod with_readers {
    use std::fs::File;
    use std::io::Read as _;
    use std::os::fd::AsFd;
    use std::thread;
    use std::time::{Duration, Instant};

    use serde_json::{Value, json};
    use zeroize::Zeroizing;

    use super::Read;
    use crate::card::pcsc::PcscReader;
    use crate::card::{
        Ask, CardReader, Error, LinkError, NotASecret, Pin, Probe, ReaderThread, Reading, Secret,
        VerificationNumberB,
    };

    /// How often to look for a card while waiting for one.
    const LOOK_EVERY: Duration = Duration::from_millis(50);

    #[derive(Debug, thiserror::Error)]
    enum Refusal {
        #[error("{0} ({code})", code = .0.code())]
        Card(#[from] Error),
        #[error("{0} (card.not_a_secret)")]
        NotASecret(#[from] NotASecret),
        #[error("the PIN could not be read from standard input: {0}")]
        Input(#[from] std::io::Error),
    }

    pub(super) fn read(arguments: &Read) -> Result<Value, String> {
        read_card(arguments).map_err(|refusal| refusal.to_string())
    }

    fn read_card(arguments: &Read) -> Result<Value, Refusal> {
        let secret = if arguments.pin_stdin { secret_from_stdin()? } else { Secret::None };
        let mut reader = PcscReader::new(arguments.reader.clone());
        wait_for_card(&mut reader, Duration::from_secs(arguments.wait))?;
        let watchdog = Duration::from_secs(arguments.watchdog);
        let reader = ReaderThread::start(Box::new(reader), watchdog)?;
        let probe = reader.probe()?;
        refuse_early(&probe, &secret)?;
        let reading = reader.read(probe.tap, secret, arguments.use_last_try)?;
        Ok(as_json(&reading))
    }

    /// One line: four digits are a PIN, fourteen are 照合番号B.
    fn secret_from_stdin() -> Result<Secret, Refusal> {
        // Straight from the file descriptor: the buffer of `Stdin` is never wiped.
        let mut stdin = File::from(std::io::stdin().as_fd().try_clone_to_owned()?);
        let mut line = Zeroizing::new([0; 64]);
        let mut len = 0;
        while len < line.len() && !line[..len].contains(&b'\n') {
            match stdin.read(&mut line[len..])? {
                0 => break,
                more => len += more,
            }
        }
        // What is not ASCII is no digit either, and refused below.
        let line = std::str::from_utf8(&line[..len]).unwrap_or_default();
        let digits = line.trim_end_matches(['\r', '\n']);
        Ok(match digits.len() {
            14 => Secret::NumberB(VerificationNumberB::new(digits)?),
            _ => Secret::Pin(Pin::new(digits)?),
        })
    }

    fn wait_for_card(reader: &mut dyn CardReader, patience: Duration) -> Result<(), Error> {
        let until = Instant::now() + patience;
        let mut told = false;
        loop {
            match reader.tap() {
                Ok(Some(_)) => return Ok(()),
                // A reader may be plugged in, a service start, while we wait.
                Ok(None) | Err(LinkError::NoReader | LinkError::NoService)
                    if Instant::now() < until => {}
                Ok(None) => return Err(Error::NoCard),
                Err(error) => return Err(error.into()),
            }
            if !std::mem::replace(&mut told, true) {
                eprintln!("madoguchi: waiting for a card on the reader");
            }
            thread::sleep(LOOK_EVERY);
        }
    }

    /// What the probe knows needs no second connection to be said.
    fn refuse_early(probe: &Probe, secret: &Secret) -> Result<(), Error> {
        match (probe.ask, secret) {
            (Ask::Nothing(error), _) => Err(error),
            (Ask::Pin { .. } | Ask::NumberB { .. }, Secret::None) => Err(Error::SecretNeeded),
            _ => Ok(()),
        }
    }

    fn as_json(reading: &Reading) -> Value {
        json!({
            "card": reading.kind,
            "applicant": reading.applicant,
            "warnings": reading.warnings,
        })
    }
}
