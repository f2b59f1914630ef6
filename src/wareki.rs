//! Dates as residents write them: 和暦 on paper and screen, ISO 8601 inside.
//!
//! The era table follows the era ordinances (元号を改める政令): the day an era
//! changes already belongs to the new one. Japan took the Gregorian calendar on
//! 1873-01-01 (明治6年); earlier days are refused, because their 和暦 month and
//! day are those of another calendar. A birth date may lack its day or month
//! (不詳), so a [`PartialDate`] carries what is known.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use time::macros::date;
use time::{Date, Month};

/// A Japanese era since 1868.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Era {
    Meiji,
    Taisho,
    Showa,
    Heisei,
    Reiwa,
}

impl Era {
    /// Oldest first.
    pub const ALL: [Era; 5] = [Era::Meiji, Era::Taisho, Era::Showa, Era::Heisei, Era::Reiwa];

    /// `明治` … `令和`.
    pub fn kanji(self) -> &'static str {
        match self {
            Era::Meiji => "明治",
            Era::Taisho => "大正",
            Era::Showa => "昭和",
            Era::Heisei => "平成",
            Era::Reiwa => "令和",
        }
    }

    /// `Meiji` … `Reiwa`.
    pub fn roman(self) -> &'static str {
        match self {
            Era::Meiji => "Meiji",
            Era::Taisho => "Taisho",
            Era::Showa => "Showa",
            Era::Heisei => "Heisei",
            Era::Reiwa => "Reiwa",
        }
    }

    /// The lower-case name used in templates and web forms: `meiji` … `reiwa`.
    pub fn id(self) -> &'static str {
        match self {
            Era::Meiji => "meiji",
            Era::Taisho => "taisho",
            Era::Showa => "showa",
            Era::Heisei => "heisei",
            Era::Reiwa => "reiwa",
        }
    }

    /// The one-digit code of driver's licences and of seven-digit typing.
    pub fn code(self) -> u8 {
        self as u8 + 1
    }

    /// The era of a [`Era::code`].
    pub fn from_code(code: u8) -> Option<Era> {
        Era::ALL.into_iter().find(|era| era.code() == code)
    }

    /// The first day that is written in this era and in the Gregorian calendar.
    pub fn first_day(self) -> Date {
        match self {
            Era::Meiji => date!(1873 - 01 - 01),
            Era::Taisho => date!(1912 - 07 - 30),
            Era::Showa => date!(1926 - 12 - 25),
            Era::Heisei => date!(1989 - 01 - 08),
            Era::Reiwa => date!(2019 - 05 - 01),
        }
    }

    /// The Gregorian year of the era's year 1.
    fn first_year(self) -> i32 {
        match self {
            Era::Meiji => 1868,
            era => era.first_day().year(),
        }
    }

    /// The Gregorian year of this era's year `year`, however far it may run:
    /// 平成31年 and even 昭和65年 are read as people write them.
    pub fn gregorian_year(self, year: u8) -> i32 {
        self.first_year() + i32::from(year) - 1
    }
}

/// A day in the Japanese calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wareki {
    pub era: Era,
    /// Year within the era; 1 is written 元.
    pub year: u8,
    pub month: u8,
    pub day: u8,
}

impl Wareki {
    /// The 和暦 day of `day`, or `None` before 1873-01-01.
    pub fn of(day: Date) -> Option<Wareki> {
        let era = Era::ALL.into_iter().rev().find(|era| era.first_day() <= day)?;
        Some(Wareki {
            era,
            year: u8::try_from(day.year() - era.first_year() + 1).ok()?,
            month: u8::from(day.month()),
            day: day.day(),
        })
    }

    /// `元` for year 1, else the number.
    pub fn year_text(self) -> String {
        year_text(self.year)
    }
}

impl fmt::Display for Wareki {
    /// `令和8年11月21日`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Wareki { era, month, day, .. } = self;
        write!(f, "{}{}年{month}月{day}日", era.kanji(), self.year_text())
    }
}

fn year_text(year: u8) -> String {
    if year == 1 { "元".to_owned() } else { year.to_string() }
}

/// Why a date was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Not of any form that dates are typed in.
    #[error(
        "a date is typed as 7 digits (4050101 = 平成5年1月1日), 8 digits (19930101) or 1993-01-01"
    )]
    Form,
    /// Of the right form, but no such day exists.
    #[error("there is no such day in the calendar")]
    NoSuchDay,
    /// Before 1873-01-01, where the old calendar was in use.
    #[error("days before 1873-01-01 (明治6年) are written in the old calendar")]
    TooOld,
}

/// Japan's first Gregorian year.
const YEAR_MIN: i32 = 1873;
/// No form asks for a later year, and the year of an era keeps to three digits.
const YEAR_MAX: i32 = 2200;

/// A date of which the day, or the month and the day, may be unknown (不詳).
///
/// In a year in which the era changed, a date without its day may lie in either
/// era. Whoever wrote it down knew which, so the era they gave is kept; nothing
/// here guesses one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartialDate {
    year: i32,
    month: Option<u8>,
    day: Option<u8>,
    /// The era it was written in, only where the rest does not say it.
    era: Option<Era>,
}

impl PartialDate {
    /// A date with what is known of it. A day without a month is refused, and so
    /// is a year beyond [`YEAR_MAX`].
    pub fn new(year: i32, month: Option<u8>, day: Option<u8>) -> Result<Self, Error> {
        match year {
            0..YEAR_MIN => return Err(Error::TooOld),
            YEAR_MIN..=YEAR_MAX => {}
            _ => return Err(Error::NoSuchDay),
        }
        match (month, day) {
            (None, Some(_)) => return Err(Error::NoSuchDay),
            (None, None) => {}
            (Some(month), day) => {
                let month = Month::try_from(month).map_err(|_| Error::NoSuchDay)?;
                Date::from_calendar_date(year, month, day.unwrap_or(1))
                    .map_err(|_| Error::NoSuchDay)?;
            }
        }
        Ok(Self { year, month, day, era: None })
    }

    /// A date written in `era`. The era is kept where the date may lie in it and
    /// in another; 平成31年12月 is 令和元年12月 all the same.
    pub fn in_era(era: Era, year: u8, month: Option<u8>, day: Option<u8>) -> Result<Self, Error> {
        let mut date = Self::new(era.gregorian_year(year), month, day)?;
        let (first, last) = date.bounds();
        let kept = first.era != last.era && [first.era, last.era].contains(&era);
        date.era = kept.then_some(era);
        Ok(date)
    }

    /// A year as a whole, called by the era it ends in: 2019 is 令和元年.
    pub fn whole_year(year: i32) -> Result<Self, Error> {
        let date = Self::new(year, None, None)?;
        let (era, year) = date.latest_era_year();
        Self::in_era(era, year, None, None)
    }

    /// Whether two dates say the same of the western calendar, whatever era they
    /// were written in.
    pub fn is_same_as(self, other: Self) -> bool {
        Self { era: None, ..self } == Self { era: None, ..other }
    }

    /// The Gregorian year.
    pub fn year(self) -> i32 {
        self.year
    }

    /// 1–12, if known.
    pub fn month(self) -> Option<u8> {
        self.month
    }

    /// 1–31, if known.
    pub fn day(self) -> Option<u8> {
        self.day
    }

    /// The whole date, if all of it is known.
    pub fn exact(self) -> Option<Date> {
        let month = Month::try_from(self.month?).ok()?;
        Date::from_calendar_date(self.year, month, self.day?).ok()
    }

    /// The era and the year within it, as written on paper. `None` in a year of
    /// two eras when neither the day nor the era is known.
    pub fn era_year(self) -> Option<(Era, u8)> {
        let (first, last) = self.bounds();
        let era = if first.era == last.era { first.era } else { self.era? };
        Some(if era == last.era { (era, last.year) } else { (era, first.year) })
    }

    /// The era and year of the last day the date may be: what a year as a whole is
    /// called by.
    pub fn latest_era_year(self) -> (Era, u8) {
        let (_, last) = self.bounds();
        (last.era, last.year)
    }

    /// The era, where the rest of the date does not say it.
    pub fn given_era(self) -> Option<Era> {
        self.era
    }

    /// The first and the last day the date may be. No two eras end in one year.
    fn bounds(self) -> (Wareki, Wareki) {
        let month = |unknown| {
            Month::try_from(self.month.unwrap_or(unknown)).expect("months are checked when taken")
        };
        let last_day = self.day.unwrap_or_else(|| month(12).length(self.year));
        let wareki = |month, day| {
            Date::from_calendar_date(self.year, month, day)
                .ok()
                .and_then(Wareki::of)
                .expect("every day from 1873 to 2200 lies in an era of less than 256 years")
        };
        (wareki(month(1), self.day.unwrap_or(1)), wareki(month(12), last_day))
    }

    /// `平成5年1月1日`, with `月不詳` or `日不詳` where it is not known. Where the
    /// era is not known the year is that of the western calendar.
    pub fn wareki(self) -> String {
        match self.era_year() {
            Some((era, year)) => {
                format!("{}{}年{}", era.kanji(), year_text(year), self.month_and_day())
            }
            None => format!("西暦{}", self.western()),
        }
    }

    /// `1993年1月1日`: foreign residents may write the western calendar.
    pub fn western(self) -> String {
        format!("{}年{}", self.year, self.month_and_day())
    }

    fn month_and_day(self) -> String {
        match (self.month, self.day) {
            (Some(month), Some(day)) => format!("{month}月{day}日"),
            (Some(month), None) => format!("{month}月 日不詳"),
            (None, _) => "月日不詳".to_owned(),
        }
    }

    /// Reads seven digits as clerks type them: era code, then `YYMMDD`.
    /// `4050101` is 平成5年1月1日; `00` stands for an unknown month or day.
    pub fn from_seven_digits(digits: &str) -> Result<Self, Error> {
        let digits = ascii_digits(digits, 7)?;
        let era = Era::from_code(digits[0]).ok_or(Error::NoSuchDay)?;
        let year = digits[1] * 10 + digits[2];
        if year == 0 {
            return Err(Error::NoSuchDay);
        }
        let [month, day] = month_and_day(&digits[3..]);
        Self::in_era(era, year, month, day)
    }

    /// Reads `YYYYMMDD` in the western calendar; `00` stands for unknown.
    pub fn from_eight_digits(digits: &str) -> Result<Self, Error> {
        let digits = ascii_digits(digits, 8)?;
        let year = digits[..4].iter().fold(0, |year, digit| year * 10 + i32::from(*digit));
        let [month, day] = month_and_day(&digits[4..]);
        Self::new(year, month, day)
    }

    /// Reads whatever a clerk may type: seven digits, eight digits or ISO 8601.
    /// Full-width digits are taken as digits.
    pub fn typed(text: &str) -> Result<Self, Error> {
        let text: String = text.trim().chars().map(half_width_digit).collect();
        match text.len() {
            7 if !text.contains('-') => Self::from_seven_digits(&text),
            8 => Self::from_eight_digits(&text),
            _ => text.parse(),
        }
    }
}

/// Of four digits; `00` stands for unknown.
fn month_and_day(digits: &[u8]) -> [Option<u8>; 2] {
    [0, 2].map(|at| digits[at] * 10 + digits[at + 1]).map(|part| (part != 0).then_some(part))
}

fn half_width_digit(c: char) -> char {
    match c {
        '０'..='９' => char::from(b'0' + (c as u32 - '０' as u32) as u8),
        c => c,
    }
}

fn ascii_digits(text: &str, len: usize) -> Result<Vec<u8>, Error> {
    if text.len() != len || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Error::Form);
    }
    Ok(text.bytes().map(|byte| byte - b'0').collect())
}

impl From<Date> for PartialDate {
    fn from(day: Date) -> Self {
        let month = Some(u8::from(day.month()));
        Self { year: day.year(), month, day: Some(day.day()), era: None }
    }
}

impl fmt::Display for PartialDate {
    /// ISO 8601 with reduced precision: `1993-01-01`, `1993-01`, `1993`. ISO knows
    /// no eras: a date that needs its own is written in seven digits, `2150000`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (Some(_), Some((era, year))) = (self.era, self.era_year()) {
            let month = self.month.unwrap_or(0);
            return write!(f, "{}{year:02}{month:02}00", era.code());
        }
        write!(f, "{:04}", self.year)?;
        self.month.map_or(Ok(()), |month| write!(f, "-{month:02}"))?;
        self.day.map_or(Ok(()), |day| write!(f, "-{day:02}"))
    }
}

impl FromStr for PartialDate {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let mut parts = text.split('-');
        let mut part = |len: usize| -> Result<Option<u16>, Error> {
            let Some(text) = parts.next() else { return Ok(None) };
            let digits = ascii_digits(text, len)?;
            Ok(Some(digits.iter().fold(0, |sum, digit| sum * 10 + u16::from(*digit))))
        };
        let year = part(4)?.ok_or(Error::Form)?;
        let month = part(2)?.map(|month| month as u8);
        let day = part(2)?.map(|day| day as u8);
        if parts.next().is_some() {
            return Err(Error::Form);
        }
        Self::new(i32::from(year), month, day)
    }
}

impl Serialize for PartialDate {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PartialDate {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        // Files with dates are written by clerks, so the fault is told in their words.
        PartialDate::typed(&text).map_err(|error| {
            serde::de::Error::custom(match error {
                Error::Form => {
                    format!("「{text}」は日付ではありません。「1993-01-01」のように書いてください")
                }
                Error::NoSuchDay => format!("「{text}」という日はありません"),
                Error::TooOld => format!("「{text}」は 1873年（明治6年）より前です"),
            })
        })
    }
}

#[cfg(test)]
mod tests;
