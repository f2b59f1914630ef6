//! The command line. Data goes to standard output, words for people to standard
//! error; exit code 0 is done, 1 refused or faults found, 2 wrong usage.

mod card;
mod check;
mod fill;
mod folder;

use std::process::ExitCode;

use clap::Parser;

/// 窓口: the open no-writing counter for town halls.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Read identity cards
    #[command(subcommand)]
    Card(card::Command),
    Check(check::Arguments),
    Fill(fill::Arguments),
}

/// Reads the arguments and runs the command they name.
pub fn run() -> ExitCode {
    let done = match Arguments::parse().command {
        Some(Command::Card(command)) => Ok(card::run(command)),
        Some(Command::Check(arguments)) => Ok(check::run(&arguments)),
        Some(Command::Fill(arguments)) => fill::run(&arguments),
        None => Ok(ExitCode::SUCCESS),
    };
    done.unwrap_or_else(|error| {
        eprintln!("madoguchi: {error:#}");
        ExitCode::FAILURE
    })
}
