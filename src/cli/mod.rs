//! The command line. Data goes to standard output, words for people to standard
//! error; exit code 0 is done, 1 refused or faults found, 2 wrong usage.

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
enum Command {}

/// Reads the arguments and runs the command they name.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    match arguments.command {
        Some(command) => match command {},
        None => ExitCode::SUCCESS,
    }
}
