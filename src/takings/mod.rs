//! What was taken, on paper and in files: 日計表 of a day and 月計表 of a month, by item of
//! revenue, by way of paying and by counter. Everything comes from the book of the
//! ledger, in the words of the town's configuration. It knows no visit and no person.

mod files;
mod names;
mod paper;
mod table;

#[cfg(test)]
mod tests;

use time::{Date, Month};

use crate::config::Config;
use crate::db::Connection;
use crate::payment::report::{self, BookLine, Summary};
use crate::payment::{self, Closing};

pub use names::{account, in_the_books, reason};
pub use paper::moment;

/// The days that a report is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    Day(Date),
    /// By its first day.
    Month(Date),
}

impl Span {
    /// `2026-11-24`, or `2026-11`.
    pub fn read(text: &str) -> Option<Span> {
        match text.len() {
            7 => crate::clock::parse_iso_day(&format!("{text}-01")).map(Span::Month),
            _ => crate::clock::parse_iso_day(text).map(Span::Day),
        }
    }

    /// The month of a day.
    pub fn month_of(day: Date) -> Option<Span> {
        day.replace_day(1).ok().map(Span::Month)
    }

    /// The name of its files.
    pub fn id(self) -> String {
        match self {
            Span::Day(day) => crate::clock::iso_day(day),
            Span::Month(first) => crate::clock::iso_day(first)[..7].to_owned(),
        }
    }

    fn days(self) -> Vec<Date> {
        match self {
            Span::Day(day) => vec![day],
            Span::Month(first) => {
                let month: Month = first.month();
                let days = std::iter::successors(Some(first), |day| day.next_day());
                days.take_while(|day| day.month() == month).collect()
            }
        }
    }
}

/// A closed day, and where the journal says so: what is printed again is the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    pub closing: Closing,
    pub seq: i64,
    pub hash: String,
}

/// Everything that a report says.
pub struct Takings<'c> {
    config: &'c Config,
    pub span: Span,
    /// Each day on which something stands in the book, and whether it is closed.
    pub days: Vec<(Date, Vec<BookLine>, Option<Sealed>)>,
    pub summary: Summary,
}

impl<'c> Takings<'c> {
    /// Reads the book of these days.
    ///
    /// # Errors
    /// Faults of storage.
    pub fn read(
        connection: &Connection,
        config: &'c Config,
        span: Span,
    ) -> Result<Takings<'c>, payment::Error> {
        let mut closings = payment::closings(connection)?;
        let mut days = Vec::new();
        for day in span.days() {
            let lines = report::lines_on(connection, day)?;
            let at = closings.iter().position(|closing| closing.day == day);
            let sealed = at.map(|at| sealed(connection, closings.swap_remove(at))).transpose()?;
            if span == Span::Day(day) || !lines.is_empty() || sealed.is_some() {
                days.push((day, lines, sealed));
            }
        }
        let all: Vec<BookLine> = days.iter().flat_map(|(_, lines, _)| lines.clone()).collect();
        Ok(Takings { config, span, summary: Summary::of(&all), days })
    }

    /// Whether nothing stands in the book on these days.
    pub fn is_empty(&self) -> bool {
        self.days.iter().all(|(_, lines, _)| lines.is_empty())
    }

    /// Every line of the book, in its order.
    pub fn lines(&self) -> impl Iterator<Item = &BookLine> {
        self.days.iter().flat_map(|(_, lines, _)| lines)
    }
}

/// A day's seal, once it is closed.
///
/// # Errors
/// Faults of storage.
pub fn sealed_on(connection: &Connection, day: Date) -> Result<Option<Sealed>, payment::Error> {
    let closing = payment::closings(connection)?.into_iter().find(|closing| closing.day == day);
    closing.map(|closing| sealed(connection, closing)).transpose()
}

fn sealed(connection: &Connection, closing: Closing) -> Result<Sealed, payment::Error> {
    let (seq, hash) = payment::sealed_at(connection, closing.day)?.unwrap_or_default();
    Ok(Sealed { closing, seq, hash })
}
