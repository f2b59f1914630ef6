//! `madoguchi close`: the end of a day, without a browser. The server may go on working.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use time::Date;

use super::beside::{self, in_one};
use super::say;
use crate::clock;
use crate::db::{self, Tx};
use crate::journal::{Actor, Journal};
use crate::payment::{self, By, Closing, Comparison, Reason, Sum};

/// Closes a day: its totals stand, and nothing is added to it any more
///
/// Refuses while a payment is not known; with --reason it closes all the same and keeps
/// why. Prints each account with its yen, the digest of the entries, and the number and
/// hash of the journal's entry that closed the day. A day that is closed already is
/// printed again.
#[derive(clap::Args)]
pub(super) struct Close {
    /// The day, 2026-11-24
    #[arg(value_name = "DAY", value_parser = super::export::day)]
    day: Date,
    /// Why it is closed although something is not known
    #[arg(long, value_enum)]
    reason: Option<Why>,
    /// The terminals' own totals: a CSV file with the lines account,count,amount
    /// (emoney:suica,12,3600). Differences are printed and kept; nothing is mended
    #[arg(long, value_name = "FILE.csv")]
    terminal: Option<PathBuf>,
    /// Closes although the terminals' totals differ, or drawers are not counted
    #[arg(long)]
    anyway: bool,
    /// The folder of the database and the office key
    #[arg(long, value_name = "DIR", default_value = "data", env = "MADOGUCHI_DATA")]
    data: PathBuf,
}

/// The reasons of a supervisor.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Why {
    /// The terminal cannot be asked
    TerminalDown,
    /// The company is being asked
    AskingAcquirer,
}

/// What became of the day.
struct Done {
    closing: Closing,
    comparison: Option<Comparison>,
}

/// Runs the command.
pub(super) fn close(arguments: &Close) -> anyhow::Result<ExitCode> {
    let told = arguments.terminal.as_deref().map(read_told).transpose()?;
    let connection = beside::look(&arguments.data)?;
    if let Some(closed) =
        payment::closings(&connection)?.into_iter().find(|one| one.day == arguments.day)
    {
        if told.is_some() {
            bail!(
                "{} is closed already: compare it on the desk's page",
                clock::iso_day(closed.day)
            );
        }
        eprintln!(
            "{} was closed at {}",
            clock::iso_day(closed.day),
            clock::rfc3339(closed.closed_at)
        );
        return print(&connection, &closed);
    }
    drop(connection);
    let (connection, journal) = beside::open(&arguments.data)?;
    // What was compared stays, whatever becomes of the day.
    if let Some(told) = &told {
        in_one(&connection, |tx| {
            let by = By { op: journal.op(), actor: Actor::Console };
            Ok(payment::compare(tx, &journal, by, (arguments.day, told))?)
        })?;
    }
    let done = in_one(&connection, |tx| close_day(tx, &journal, arguments))?;
    if let Some(comparison) = &done.comparison {
        tell_differences(comparison);
    }
    eprintln!("{} is closed", clock::iso_day(arguments.day));
    print(&connection, &done.closing)
}

fn close_day(tx: &Tx<'_>, journal: &Journal, arguments: &Close) -> anyhow::Result<Done> {
    let day = arguments.day;
    for open in payment::not_known(tx, day)? {
        eprintln!(
            "not known: {}{} {} yen at counter {}, begun {}",
            open.payment.tender.id(),
            if open.back.is_some() { " given back" } else { "" },
            open.amount(),
            open.counter(),
            clock::rfc3339(open.begun_at())
        );
    }
    let uncounted: Vec<u32> = payment::drawers(tx, day, [])?
        .into_iter()
        .filter(|drawer| drawer.expected != 0 && !drawer.is_counted())
        .map(|drawer| drawer.counter)
        .collect();
    for counter in &uncounted {
        eprintln!("the cash of counter {counter} is not counted: the desk's page takes the count");
    }
    let comparison = payment::compared(tx, day)?;
    let stands = match &comparison {
        Some(kept) => kept.still_holds(tx)? && kept.differences().next().is_none(),
        None => payment::brands(tx, day)?.is_empty(),
    };
    if !stands {
        comparison.iter().for_each(tell_differences);
        eprintln!("the terminals' totals are not compared, or differ");
    }
    if !(arguments.anyway || uncounted.is_empty() && stands) {
        bail!("{} is not closed: settle this, or give --anyway", clock::iso_day(day));
    }
    let reason = arguments.reason.map(|why| match why {
        Why::TerminalDown => Reason::TerminalDown,
        Why::AskingAcquirer => Reason::AskingAcquirer,
    });
    let by = By { op: journal.op(), actor: Actor::Console };
    let closing = payment::close(tx, journal, by, (day, reason))
        .with_context(|| format!("{} is not closed", clock::iso_day(day)))?;
    Ok(Done { closing, comparison })
}

fn tell_differences(comparison: &Comparison) {
    for brand in comparison.differences() {
        eprintln!(
            "{}: the books say {} payments and {} yen, the terminal {} and {}",
            brand.account, brand.ours.count, brand.ours.amount, brand.told.count, brand.told.amount
        );
    }
}

/// The totals of a closed day, as data.
fn print(connection: &db::Connection, closing: &Closing) -> anyhow::Result<ExitCode> {
    say(format_args!("day\t{}", clock::iso_day(closing.day)));
    for (account, yen) in &closing.totals.accounts {
        say(format_args!("{account}\t{yen}"));
    }
    say(format_args!("sum\t{}", closing.totals.sum()));
    say(format_args!("digest\t{}", closing.digest));
    if let Some((seq, hash)) = payment::sealed_at(connection, closing.day)? {
        say(format_args!("journal\t{seq}\t{hash}"));
    }
    Ok(ExitCode::SUCCESS)
}

/// What the terminals say, from a file.
fn read_told(file: &Path) -> anyhow::Result<BTreeMap<String, Sum>> {
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let mut told = BTreeMap::new();
    for (line, text) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let text = text.trim();
        if text.is_empty() || text == "account,count,amount" {
            continue;
        }
        let fields: Vec<&str> = text.split(',').map(str::trim).collect();
        let sum = match fields.as_slice() {
            [account, count, amount] => count
                .parse()
                .ok()
                .zip(amount.parse().ok())
                .map(|(count, amount)| ((*account).to_owned(), Sum { count, amount })),
            _ => None,
        };
        let place = format!("{}:{}", file.display(), line + 1);
        let Some((account, sum)) = sum else {
            bail!("{place}: write account,count,amount, as in emoney:suica,12,3600");
        };
        if told.insert(account, sum).is_some() {
            bail!("{place}: this account stands there twice");
        }
    }
    Ok(told)
}
