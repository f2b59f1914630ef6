//! One line of the page: what was entered, and the sheet that is meant by it.

use time::Date;
use unicode_normalization::UnicodeNormalization;

use super::key;
use crate::appointment::plan::TimeOfDay;
use crate::clock::Moment;
use crate::config::{Config, Lane};
use crate::id::OpId;
use crate::queue::spare::{Served, Sheet, Wrong};
use crate::visit::spare::Typed;
use crate::web::desk::guard::Sent;
use crate::web::error::Failure;

/// A line of the page, as it was entered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    pub op: String,
    pub number: String,
    pub came: String,
    pub called: String,
    pub ended: String,
    pub counter: String,
    pub wrong: Option<String>,
}

/// What a line does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unread {
    /// No lane has a sheet of this number.
    Number,
    /// A time is missing, or none.
    Time,
    /// Some of the call, the end and the counter, but not all.
    Half,
}

impl Unread {
    pub(super) fn key(self) -> &'static str {
        match self {
            Unread::Number => key(Wrong::NotOfTheBlock),
            Unread::Time => "spare.wrong.time",
            Unread::Half => "spare.wrong.half",
        }
    }
}

impl Line {
    pub(super) fn empty(op: OpId) -> Self {
        Self { op: op.to_string(), ..Self::default() }
    }

    /// All lines, in the order in which they stand.
    pub(super) fn all(sent: &Sent) -> Vec<Line> {
        let column = |name: &str| sent.fields.all(name).into_iter().map(Some);
        let columns = ["number", "came", "called", "ended", "counter"].map(column);
        let mut columns = columns.map(|column| column.chain(std::iter::repeat(None)));
        let line = |op: String| {
            let mut next = || columns.each_mut().map(|column| column.next().flatten());
            let [number, came, called, ended, counter] = next().map(Option::unwrap_or_default);
            Line { op, number, came, called, ended, counter, wrong: None }
        };
        sent.fields.all("line").into_iter().map(line).collect()
    }

    pub(super) fn is_used(&self) -> bool {
        let entered = [&self.number, &self.came, &self.called, &self.ended, &self.counter];
        entered.iter().any(|entry| !entry.trim().is_empty())
    }

    /// The sheet of this line.
    pub(super) fn read(
        &self,
        config: &Config,
        day: Date,
    ) -> Result<Result<Typed, Unread>, Failure> {
        let op: OpId = self.op.parse().map_err(|_| Failure::BadRequest)?;
        Ok(self.sheet(config, day).map(|(lane, sheet)| Typed { op, lane, sheet }))
    }

    fn sheet(&self, config: &Config, day: Date) -> Result<(String, Sheet), Unread> {
        let (lane, number) = lane_and_number(config, &self.number).ok_or(Unread::Number)?;
        let came = time(&self.came, day).ok_or(Unread::Time)?;
        let by_hand = [&self.called, &self.ended, &self.counter].map(|entry| entry.trim());
        let served = match by_hand {
            ["", "", ""] => None,
            [called, ended, counter] if by_hand.iter().all(|entry| !entry.is_empty()) => {
                let counter = counter.parse().ok().and_then(|number| config.counter(number));
                Some(Served {
                    counter: counter.ok_or(Unread::Half)?.number,
                    called: time(called, day).ok_or(Unread::Time)?,
                    ended: time(ended, day).ok_or(Unread::Time)?,
                })
            }
            _ => return Err(Unread::Half),
        };
        Ok((lane.id.clone(), Sheet { number, came, served }))
    }
}

/// As people type it: letters and figures of any width, without blanks.
fn plain(typed: &str) -> String {
    typed.nfkc().filter(|letter| !letter.is_whitespace()).collect::<String>().to_uppercase()
}

/// The sheet that is meant: `A901`, and `901` where only one lane has it.
fn lane_and_number<'c>(config: &'c Config, typed: &str) -> Option<(&'c Lane, u32)> {
    let typed = plain(typed);
    let number: u32 = typed.trim_start_matches(|c: char| c.is_ascii_uppercase()).parse().ok()?;
    let is_meant = |lane: &&Lane| {
        let named = lane.prefix.as_ref().is_some_and(|prefix| typed == format!("{prefix}{number}"));
        let bare = typed == number.to_string();
        lane.numbered().is_some_and(|one| one.is_spare(number)) && (named || bare)
    };
    let mut meant = config.lanes.iter().filter(is_meant);
    let first = meant.next()?;
    meant.next().is_none().then_some((first, number))
}

/// `9:05`, and `905` or `0905` as figures are typed quickest.
fn time(typed: &str, day: Date) -> Option<Moment> {
    let typed = plain(typed);
    let time = match typed.len() {
        3 | 4 if typed.bytes().all(|byte| byte.is_ascii_digit()) => {
            let (hours, minutes) = typed.split_at(typed.len() - 2);
            format!("{hours}:{minutes}")
        }
        _ => typed,
    };
    Some(TimeOfDay::parse(&time)?.on(day))
}
