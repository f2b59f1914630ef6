//! The command line. Data goes to standard output, words for people to standard
//! error; exit code 0 is done, 1 refused or faults found, 2 wrong usage.

use std::process::ExitCode;

use clap::Parser;

mod fill;

/// 窓口: the open no-writing counter for town halls.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(clap::Subcommand)]
enum Command {
    Fill(fill::Arguments),
}

/// Reads the arguments and runs the command they name.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match &arguments.command {
        Some(Command::Fill(arguments)) => fill::run(arguments),
        None => Ok(ExitCode::SUCCESS),
    };
    done.unwrap_or_else(|error| {
        eprintln!("{error:#}");
        ExitCode::from(1)
    })
}
