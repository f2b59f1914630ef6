//! `years`: the fiscal years (年度) a question offers, worked out from the clock.
//!
//! A fiscal year begins on 1 April (地方自治法208条). Nothing has to be edited when
//! a new one begins.

use serde::{Deserialize, Serialize};
use time::{Date, Month};

use crate::lang::{Lang, Words};
use crate::wareki::PartialDate;

/// Which fiscal years are offered, newest first, and how each is called.
///
/// ```toml
/// years = { count = 5, label = { ja = "{wareki}年度（{wareki-1}年の所得）", en = "{year} (income of {year-1})" } }
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Years {
    /// The year in course and those before it.
    pub count: u32,
    /// The words of one year. `{wareki}` is its year as `令和8`, `{year}` as `2026`;
    /// `{wareki-1}` and `{year-1}` are the year before.
    pub label: Words,
    /// When papers of the newest year can be had.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ready: Option<Ready>,
    /// `false` where no year is likelier than another: nothing is chosen until
    /// somebody chooses.
    #[serde(default = "yes")]
    pub chosen: bool,
    /// Paths of questions about a year of their own: what was chosen there is not
    /// offered here. With a `#`, those of the rows before this one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_than: Vec<String>,
}

fn yes() -> bool {
    true
}

/// Papers of a fiscal year that are not there from its first day.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Ready {
    /// The first day of it, month and day: `06-01`.
    pub from: String,
    /// Added to the year's words until then.
    pub note: Words,
}

/// What may stand in a label.
const PLACEHOLDERS: [&str; 4] = ["{wareki}", "{wareki-1}", "{year}", "{year-1}"];

impl Years {
    /// The fiscal year in course on `today`.
    pub fn current(today: Date) -> i32 {
        fiscal_year(today)
    }

    /// The years offered on `today`, newest first.
    pub fn offered(&self, today: Date) -> Vec<i32> {
        let newest = fiscal_year(today);
        (0..self.count).map(|back| newest - back as i32).collect()
    }

    /// The year most people mean, if there is one: the newest whose papers can be
    /// had.
    pub fn likely(&self, today: Date) -> Option<i32> {
        let newest = fiscal_year(today);
        let is_newest = self.is_ready(newest, today) || self.count < 2;
        self.chosen.then_some(if is_newest { newest } else { newest - 1 })
    }

    /// The year's words, with a note while its papers cannot be had.
    pub fn choice(&self, year: i32, today: Date, lang: Lang) -> String {
        let words = self.words(year, lang);
        match &self.ready {
            Some(ready) if !self.is_ready(year, today) => words + ready.note.in_lang(lang),
            _ => words,
        }
    }

    /// The year's words.
    pub fn words(&self, year: i32, lang: Lang) -> String {
        let values = [wareki(year), wareki(year - 1), year.to_string(), (year - 1).to_string()];
        let mut words = self.label.in_lang(lang).to_owned();
        for (placeholder, value) in PLACEHOLDERS.iter().zip(values) {
            words = words.replace(placeholder, &value);
        }
        words
    }

    /// Whether `label` names the year, and nothing that nobody fills in.
    pub(in crate::form) fn is_label(label: &str) -> bool {
        let names = label.contains("{wareki}") || label.contains("{year}");
        let rest = PLACEHOLDERS.iter().fold(label.to_owned(), |rest, one| rest.replace(one, ""));
        names && !rest.contains(['{', '}'])
    }

    fn is_ready(&self, year: i32, today: Date) -> bool {
        let first = self.ready.as_ref().and_then(|ready| ready.in_year(year));
        first.is_none_or(|first| today >= first)
    }
}

impl Ready {
    /// The first day in the fiscal year `year`; `None` when `from` is no day.
    pub(in crate::form) fn in_year(&self, year: i32) -> Option<Date> {
        let (month, day) = self.from.split_once('-')?;
        let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
        let next_year = i32::from(month < Month::April);
        Date::from_calendar_date(year + next_year, month, day.parse().ok()?).ok()
    }
}

/// The fiscal year that `day` lies in, by the calendar year it begins in.
fn fiscal_year(day: Date) -> i32 {
    day.year() - i32::from(day.month() < Month::April)
}

/// `令和8` of a year as a whole; the number alone outside every era.
fn wareki(year: i32) -> String {
    let Ok(date) = PartialDate::new(year, None, None) else { return year.to_string() };
    match date.latest_era_year() {
        (era, 1) => format!("{}元", era.kanji()),
        (era, year) => format!("{}{year}", era.kanji()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    fn years() -> Years {
        toml::from_str(
            "count = 5\nready = { from = '06-01', note = { ja = '（6月から）', en = ' (June)' } }\n\
             label = { ja = '{wareki}年度（{wareki-1}年の所得）', en = '{year} ({year-1})' }",
        )
        .unwrap()
    }

    #[test]
    fn a_fiscal_year_begins_in_april_and_the_last_five_are_offered() {
        let years = years();
        assert_eq!(years.offered(date!(2026 - 11 - 21)), [2026, 2025, 2024, 2023, 2022]);
        assert_eq!(years.offered(date!(2027 - 03 - 31))[0], 2026);
        assert_eq!(years.offered(date!(2027 - 04 - 01))[0], 2027);
    }

    #[test]
    fn a_year_is_explained_by_the_year_before() {
        let years = years();
        assert_eq!(years.words(2026, Lang::Ja), "令和8年度（令和7年の所得）");
        assert_eq!(years.words(2020, Lang::Ja), "令和2年度（令和元年の所得）");
        assert_eq!(years.words(2026, Lang::En), "2026 (2025)");
    }

    #[test]
    fn until_the_newest_year_is_ready_it_says_so_and_the_one_before_is_likely() {
        let years = years();
        let spring = date!(2026 - 05 - 31);
        assert_eq!(years.likely(spring), Some(2025));
        assert_eq!(years.choice(2026, spring, Lang::Ja), "令和8年度（令和7年の所得）（6月から）");
        assert_eq!(years.choice(2025, spring, Lang::Ja), "令和7年度（令和6年の所得）");
        assert_eq!(years.likely(date!(2026 - 06 - 01)), Some(2026));
        // In the new calendar year the fiscal year goes on.
        assert_eq!(years.likely(date!(2027 - 02 - 01)), Some(2026));
        // Another year than the one that was asked for before may be any.
        assert_eq!(Years { chosen: false, ..years }.likely(date!(2027 - 02 - 01)), None);
    }

    #[test]
    fn a_label_names_its_year_and_nothing_unknown() {
        assert!(Years::is_label("{wareki}年度（{wareki-1}年）"));
        assert!(!Years::is_label("今年度"));
        assert!(!Years::is_label("{wareki}年度（{warekii}）"));
    }
}
