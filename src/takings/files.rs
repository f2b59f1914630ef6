//! The same as files: every line of the book, and the sums of each day.

use super::{Takings, names};
use crate::clock;
use crate::csv::{bytes, line};
use crate::export::{Profile, Row, Source, Value};
use crate::lang::Lang;
use crate::payment::report::{BookLine, Sums};

/// The fields of a line and of a sum: the names that a receiving system knows stay as they
/// are.
pub use crate::export::{TAKINGS_LINES as LINES, TAKINGS_SUMS as SUMS};

impl Takings<'_> {
    /// A line for each line of the book.
    pub fn lines_file(&self) -> Vec<u8> {
        self.file(LINES, &self.line_fields())
    }

    fn line_fields(&self) -> Vec<Vec<String>> {
        self.lines().map(|line| self.line(line)).collect()
    }

    fn file(&self, head: &str, lines: &[Vec<String>]) -> Vec<u8> {
        let lines = lines.iter().map(|fields| line(fields));
        let all: Vec<String> = std::iter::once(head.to_owned()).chain(lines).collect();
        bytes(&all, self.config.site.counts.csv)
    }

    fn line(&self, of: &BookLine) -> Vec<String> {
        let item = of.item.clone().unwrap_or_default();
        let slip = |part: fn(&crate::payment::Slip) -> String| {
            of.slip.as_ref().map(part).unwrap_or_default()
        };
        vec![
            clock::iso_day(of.day),
            of.number.map(|number| number.to_string()).unwrap_or_default(),
            clock::rfc3339(of.at),
            of.what.id().to_owned(),
            of.counter.to_string(),
            item.clone(),
            names::item(self.config, &item, Lang::Ja),
            of.name.as_ref().map(|name| name.ja.clone()).unwrap_or_default(),
            of.unit.map(|unit| unit.0.to_string()).unwrap_or_default(),
            of.count.to_string(),
            of.exempt.to_string(),
            of.amount.to_string(),
            of.tender.clone(),
            of.brand.clone().unwrap_or_default(),
            slip(|slip| slip.acquirer.clone()),
            slip(|slip| slip.terminal.clone()),
            slip(|slip| slip.number.as_str().to_owned()),
            of.concerns.map(clock::iso_day).unwrap_or_default(),
            of.reason.map(|reason| reason.id().to_owned()).unwrap_or_default(),
        ]
    }

    /// A line for each item, way of paying and counter of each day.
    pub fn sums_file(&self) -> Vec<u8> {
        self.file(SUMS, &self.sum_fields())
    }

    fn sum_fields(&self) -> Vec<Vec<String>> {
        let mut all = Vec::new();
        for (day, lines, _) in &self.days {
            let summary = crate::payment::report::Summary::of(lines);
            let mut add = |by: &str, code: &str, name: String, sums: &Sums, short: Option<i64>| {
                let numbers = [sums.count, sums.exempt, sums.taken, sums.back, sums.net()];
                let numbers = numbers.iter().map(ToString::to_string);
                let short = short.map(|short| short.to_string()).unwrap_or_default();
                let fields = [clock::iso_day(*day), by.to_owned(), code.to_owned(), name];
                let fields = fields.into_iter().chain(numbers).chain(std::iter::once(short));
                all.push(fields.collect());
            };
            for (code, sums) in &summary.by_item {
                add("item", code, names::item(self.config, code, Lang::Ja), sums, None);
            }
            let words = super::paper::words();
            for (code, sums) in &summary.by_tender {
                add("tender", code, names::account(self.config, words, code), sums, None);
            }
            for (number, sums, short) in counters(&summary) {
                let name = names::counter(self.config, number);
                add("counter", &number.to_string(), name, &sums, Some(short));
            }
            let short = summary.over_short.values().sum();
            add("all", "", String::new(), &summary.all, Some(short));
        }
        all
    }

    /// The same as rows, by a profile of the town's own.
    pub fn rows(&self, profile: &Profile) -> Vec<Row> {
        let (head, lines) = match profile.source {
            Source::TakingsSums => (SUMS, self.sum_fields()),
            Source::TakingsLines | Source::Applications => (LINES, self.line_fields()),
        };
        let known: Vec<&str> = head.split(',').collect();
        let row = |(at, fields): (usize, &Vec<String>)| {
            let value = |field: &Option<String>| {
                let field = field.as_deref()?;
                let at = known.iter().position(|known| *known == field)?;
                value(field, &fields[at])
            };
            let values = profile.column.iter().map(|column| value(&column.field)).collect();
            Row { key: (at + 1).to_string(), values }
        };
        lines.iter().enumerate().map(row).collect()
    }
}

/// A day as a day, yen and counts as numbers.
fn value(field: &str, text: &str) -> Option<Value> {
    if text.is_empty() {
        return None;
    }
    let day = || clock::parse_iso_day(text).map(|day| Value::Date(day.into()));
    let number = || text.parse().ok().map(Value::Number);
    let words = || Some(Value::Text(text.into()));
    match field {
        "date" | "concerns" => day().or_else(words),
        "number" | "counter" | "count" | "exempt" => number().or_else(words),
        yen if yen.ends_with("_yen") => number().or_else(words),
        _ => words(),
    }
}

/// Every counter at which something was taken, or counted otherwise than it should be.
pub(super) fn counters(summary: &crate::payment::report::Summary) -> Vec<(u32, Sums, i64)> {
    let mut numbers: Vec<u32> =
        summary.by_counter.keys().chain(summary.over_short.keys()).copied().collect();
    numbers.sort_unstable();
    numbers.dedup();
    let of = |number: u32| {
        let sums = summary.by_counter.get(&number).copied().unwrap_or_default();
        (number, sums, summary.over_short.get(&number).copied().unwrap_or_default())
    };
    numbers.into_iter().map(of).collect()
}
