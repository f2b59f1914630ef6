//! `fees.toml`: unit prices (手数料), each with the days it is in force.

use serde::Deserialize;
use time::Date;

use super::rules;
use crate::clock;
use crate::document::{Document, Place};
use crate::lang::Words;
use crate::yen::Yen;

/// The price of one copy of one thing.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fee {
    /// Id of the form.
    pub form: String,
    /// Path of the question that counts the copies; `#` in it stands for the number
    /// of every row.
    pub question: String,
    /// Id of the option counted.
    pub option: String,
    pub name: Words,
    pub yen: Yen,
    /// Path of a question: the price is for each thing counted there (1税目ごと).
    /// Where nothing is counted it is for the copy. `#` is the row of the copies.
    pub per: Option<String>,
    /// What is added where a copy holds much.
    pub more: Option<More>,
    /// First day in force.
    #[serde(deserialize_with = "clock::written_day")]
    pub valid_from: Date,
    /// Last day in force; left out, until further notice.
    #[serde(default, deserialize_with = "clock::written_day_if_any")]
    pub valid_until: Option<Date>,
}

impl Fee {
    /// Whether this price is in force on `day`.
    pub fn is_valid_on(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_until.is_none_or(|last| day <= last)
    }

    /// Whether this price is for the copies counted at `path`.
    pub fn counts(&self, path: &str) -> bool {
        let is_row = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let mut parts = path.split('.');
        let same = self.question.split('.').all(|written| {
            parts.next().is_some_and(|part| part == written || (written == "#" && is_row(part)))
        });
        same && parts.next().is_none()
    }

    /// The row of the copies counted at `path`; 1 where there are none.
    pub fn row(&self, path: &str) -> u32 {
        let parts = self.question.split('.').zip(path.split('.'));
        let mut rows = parts.filter(|(written, _)| *written == "#");
        rows.find_map(|(_, row)| row.parse().ok()).unwrap_or(1)
    }

    /// The questions whose answers decide how much is charged for a copy.
    pub(super) fn counted(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let more = self.more.as_ref().map(|more| ("more", more.question.as_str()));
        self.per.as_deref().map(|per| ("per", per)).into_iter().chain(more)
    }

    /// Whether both price the same thing on the same day.
    fn overlaps(&self, other: &Fee) -> bool {
        let thing = |fee: &Fee| (fee.form.clone(), fee.question.clone(), fee.option.clone());
        let later = if self.valid_from < other.valid_from { other } else { self };
        let earlier = if self.valid_from < other.valid_from { self } else { other };
        thing(self) == thing(other) && earlier.is_valid_on(later.valid_from)
    }
}

/// A copy costs more for everything it holds beyond what the price covers: five lots
/// for 300 yen, and 50 for each further one (5筆をこえる1筆ごと).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct More {
    /// Path of the question that counts; `#` is the row of the copies.
    pub question: String,
    /// How many the price covers.
    pub included: u32,
    /// For each further one.
    pub yen: Yen,
}

/// The whole file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    #[serde(default)]
    pub fee: Vec<Fee>,
}

impl File {
    /// Rules of this file: on any day there is at most one price for one thing.
    pub(super) fn check(&self, document: &mut Document) {
        for (row, fee) in self.fee.iter().enumerate() {
            let place = Place::key_of("fee").row(row);
            rules::words(document, place.clone().key("name"), &fee.name);
            document.require(
                fee.valid_until.is_none_or(|last| fee.valid_from <= last),
                place.clone().key("valid_until"),
                "最後の日が最初の日より前です",
                "valid_from 以後の日を書いてください",
            );
            document.require(
                !self.fee[..row].iter().any(|before| before.overlaps(fee)),
                place.key("valid_from"),
                "同じものの金額が、同じ日に二つあります",
                "前の金額に valid_until（最後の日）を書いてください",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn a_price_may_be_for_every_row_of_a_repeated_question() {
        let fee = |question: &str| Fee {
            form: "zei".into(),
            question: question.into(),
            option: "income".into(),
            name: Words::default(),
            yen: Yen(300),
            per: None,
            more: None,
            valid_from: date!(2026 - 04 - 01),
            valid_until: None,
        };
        for (question, path, counts) in [
            ("zei.copies", "zei.copies", true),
            ("zei.other.#.copies", "zei.other.2.copies", true),
            ("zei.other.#.copies", "zei.other.x.copies", false),
            ("zei.other.#.copies", "zei.copies", false),
            ("zei.other", "zei.other.2.copies", false),
            ("zei.other.2.copies", "zei.other.1.copies", false),
        ] {
            assert_eq!(fee(question).counts(path), counts, "{question} {path}");
        }
        assert_eq!(fee("zei.other.#.copies").row("zei.other.2.copies"), 2);
        assert_eq!(fee("zei.copies").row("zei.copies"), 1);
    }

    #[test]
    fn a_price_is_in_force_from_its_first_to_its_last_day() {
        let fee = Fee {
            form: "juminhyo".into(),
            question: "juminhyo.copies".into(),
            option: "copy".into(),
            name: Words::default(),
            yen: Yen(300),
            per: None,
            more: None,
            valid_from: date!(2026 - 04 - 01),
            valid_until: Some(date!(2027 - 03 - 31)),
        };
        for (day, valid) in [
            (date!(2026 - 03 - 31), false),
            (date!(2026 - 04 - 01), true),
            (date!(2027 - 03 - 31), true),
            (date!(2027 - 04 - 01), false),
        ] {
            assert_eq!(fee.is_valid_on(day), valid, "{day}");
        }
        assert!(Fee { valid_until: None, ..fee }.is_valid_on(date!(2099 - 01 - 01)));
    }
}
