//! `fees.toml`: unit prices (手数料), each with the days it is in force, the items of
//! revenue (歳入科目) they are booked under, and who pays nothing (減免).

use serde::Deserialize;
use time::Date;

use super::exemptions::Exemption;
use super::rules;
use crate::clock;
use crate::document::{Document, Place};
use crate::lang::Words;
use crate::yen::{Tax, Yen};

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
    /// How many things one price covers (5人までごと): so many, or fewer, cost it once.
    #[serde(default = "one")]
    pub per_each: u32,
    /// What is added where a copy holds much.
    pub more: Option<More>,
    /// Code of the item of revenue it is booked under.
    pub item: String,
    /// Whether it can be paid without cash.
    #[serde(default = "yes")]
    pub cashless: bool,
    #[serde(default)]
    pub tax: Tax,
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

    /// Whether both price the same thing.
    fn is_of(&self, other: &Fee) -> bool {
        let thing = |fee: &Fee| (fee.form.clone(), fee.question.clone(), fee.option.clone());
        thing(self) == thing(other)
    }

    /// Whether both price the same thing on the same day.
    fn overlaps(&self, other: &Fee) -> bool {
        let later = if self.valid_from < other.valid_from { other } else { self };
        let earlier = if self.valid_from < other.valid_from { self } else { other };
        self.is_of(other) && earlier.is_valid_on(later.valid_from)
    }

    /// The first day without a price, where another price follows only later.
    fn gap_before(&self, all: &[Fee]) -> Option<Date> {
        let last = self.valid_until?;
        let gap = last.next_day()?;
        let others = || all.iter().filter(|other| self.is_of(other));
        let follows = others().any(|other| other.valid_from > gap);
        (follows && !others().any(|other| other.is_valid_on(gap))).then_some(gap)
    }
}

fn one() -> u32 {
    1
}

fn yes() -> bool {
    true
}

/// An item of revenue (歳入科目), down to 節 and 細節.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// As the town's accounts write it: `03-01`.
    pub code: String,
    pub name: Words,
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
    pub item: Vec<Item>,
    #[serde(default)]
    pub exemption: Vec<Exemption>,
    #[serde(default)]
    pub fee: Vec<Fee>,
}

/// Where items of revenue are declared, as messages name it.
const ITEMS: &str = "fees.toml の item";

impl File {
    /// Rules of this file: on any day from its first to its last there is one price
    /// for one thing.
    pub(super) fn check(&self, document: &mut Document) {
        self.check_items(document);
        super::exemptions::check(document, &self.exemption);
        let items: Vec<&str> = self.item.iter().map(|item| item.code.as_str()).collect();
        for (row, fee) in self.fee.iter().enumerate() {
            let place = Place::key_of("fee").row(row);
            rules::words(document, place.clone().key("name"), &fee.name);
            rules::reference(document, place.clone().key("item"), &fee.item, ITEMS, &items);
            let each = place.clone().key("per_each");
            rules::range(document, each.clone(), fee.per_each, [1, 1000]);
            document.require(
                fee.per_each == 1 || fee.per.is_some(),
                each,
                "何をまとめて数えるのかがありません",
                "数える質問を per に書くか、per_each を消してください",
            );
            if let Some(day) = fee.gap_before(&self.fee) {
                document.fault(
                    place.clone().key("valid_until"),
                    format!(
                        "{} から、次の金額が始まる日まで、金額がありません",
                        clock::iso_day(day)
                    ),
                    "次の金額の valid_from を、この日の翌日にしてください",
                );
            }
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

    fn check_items(&self, document: &mut Document) {
        for (row, item) in self.item.iter().enumerate() {
            let place = Place::key_of("item").row(row);
            rules::words(document, place.clone().key("name"), &item.name);
            let is_code = |c: char| c.is_ascii_digit() || c == '-';
            document.require(
                !item.code.is_empty() && item.code.chars().all(is_code),
                place.clone().key("code"),
                format!("「{}」は科目の番号に使えません", item.code),
                "「03-01」のように、数字と「-」だけで書いてください",
            );
            document.require(
                !self.item[..row].iter().any(|before| before.code == item.code),
                place.key("code"),
                format!("科目「{}」が重なっています", item.code),
                "ほかと重ならない番号にしてください",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    /// 300 yen a copy, from April on.
    fn fee() -> Fee {
        Fee {
            form: "juminhyo".into(),
            question: "juminhyo.copies".into(),
            option: "copy".into(),
            name: Words::default(),
            yen: Yen(300),
            per: None,
            per_each: 1,
            more: None,
            item: "03-01".into(),
            cashless: true,
            tax: Tax::Exempt,
            valid_from: date!(2026 - 04 - 01),
            valid_until: None,
        }
    }

    #[test]
    fn a_price_may_be_for_every_row_of_a_repeated_question() {
        let fee = |question: &str| Fee {
            form: "zei".into(),
            question: question.into(),
            option: "income".into(),
            ..fee()
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
        let fee = Fee { valid_until: Some(date!(2027 - 03 - 31)), ..fee() };
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

    #[test]
    fn a_day_between_two_prices_is_told() {
        let fee = |from, until| Fee { valid_from: from, valid_until: until, ..fee() };
        let first = fee(date!(2026 - 04 - 01), Some(date!(2027 - 03 - 31)));
        for (follows, gap) in
            [(date!(2027 - 04 - 01), None), (date!(2027 - 04 - 02), Some(date!(2027 - 04 - 01)))]
        {
            let all = [first.clone(), fee(follows, None)];
            assert_eq!(all[0].gap_before(&all), gap, "{follows}");
        }
        // What ends for good leaves no gap.
        assert_eq!(first.gap_before(std::slice::from_ref(&first)), None);
    }
}
