//! The command line. Data goes to standard output, words for people to standard
//! error; exit code 0 is done, 1 refused or faults found, 2 wrong usage.

mod beside;
mod card;
mod check;
mod close;
mod export;
mod fill;
mod folder;
mod forms;
mod home;
mod hub;
mod keep;
mod key;
mod preregistration;
mod reader;
mod serve;
mod sheets;
mod terminal;
mod wait;

use std::process::ExitCode;

use clap::Parser;

/// 窓口: the open no-writing counter for town halls.
#[derive(Parser)]
#[command(version, about, args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// Without a command the program serves.
    #[command(flatten)]
    serve: serve::Serve,
}

#[derive(clap::Subcommand)]
enum Command {
    Serve(serve::Serve),
    Demo(serve::Demo),
    Check(check::Arguments),
    Fill(fill::Arguments),
    /// Makes forms of a town's own PDFs
    #[command(subcommand)]
    Forms(forms::Command),
    /// Read identity cards
    #[command(subcommand)]
    Card(card::Command),
    Home(home::Home),
    Hub(Box<hub::Hub>),
    Reader(reader::Reader),
    /// Keys of the codes that residents make at home
    #[command(subcommand)]
    Key(key::Command),
    /// Codes that residents make at home
    #[command(subcommand)]
    Preregistration(preregistration::Command),
    Terminal(terminal::Terminal),
    Backup(keep::Backup),
    Restore(keep::Restore),
    Verify(keep::Verify),
    Close(close::Close),
    Export(export::Export),
    Calendar(export::Calendar),
    Sheets(sheets::Sheets),
    /// Waiting times
    #[command(subcommand)]
    Wait(wait::Command),
}

/// Reads the arguments and runs the command they name.
pub fn run() -> ExitCode {
    write_log();
    let Arguments { command, serve } = Arguments::parse();
    let done = match command {
        None => serve::serve(serve),
        Some(Command::Serve(arguments)) => serve::serve(arguments),
        Some(Command::Demo(arguments)) => serve::demo(&arguments),
        Some(Command::Check(arguments)) => Ok(check::run(&arguments)),
        Some(Command::Fill(arguments)) => fill::run(&arguments),
        Some(Command::Forms(command)) => forms::run(command),
        Some(Command::Card(command)) => Ok(card::run(command)),
        Some(Command::Home(arguments)) => home::run(arguments),
        Some(Command::Hub(arguments)) => hub::run(*arguments),
        Some(Command::Reader(arguments)) => reader::run(arguments),
        Some(Command::Key(command)) => key::run(command),
        Some(Command::Preregistration(command)) => preregistration::run(command),
        Some(Command::Terminal(arguments)) => terminal::run(&arguments),
        Some(Command::Backup(arguments)) => keep::backup(&arguments),
        Some(Command::Restore(arguments)) => keep::restore(&arguments),
        Some(Command::Verify(arguments)) => keep::verify(&arguments),
        Some(Command::Close(arguments)) => close::close(&arguments),
        Some(Command::Export(arguments)) => export::export(&arguments),
        Some(Command::Calendar(arguments)) => export::calendar(&arguments),
        Some(Command::Sheets(arguments)) => sheets::run(&arguments),
        Some(Command::Wait(command)) => wait::run(&command),
    };
    done.unwrap_or_else(|error| {
        eprintln!("madoguchi: {error:#}");
        ExitCode::FAILURE
    })
}

/// Writes a line of data. A reader that has seen enough and closed the pipe is no
/// fault.
fn say(line: impl std::fmt::Display) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Events go to standard error: as text for a person at a terminal, else as JSON,
/// a line each. Personal data is in none of them.
fn write_log() {
    use std::io::IsTerminal;
    let log =
        tracing_subscriber::fmt().with_writer(std::io::stderr).with_max_level(tracing::Level::INFO);
    match std::io::stderr().is_terminal() {
        true => log.with_target(false).init(),
        false => log.json().init(),
    }
}
