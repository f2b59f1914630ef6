//! The days on which the country rests (国民の祝日に関する法律): the named days, the
//! day instead of one that falls on a Sunday (振替休日), and the day between two of
//! them (国民の休日).
//!
//! Worked out, so that nobody has to bring a list each year. The law as it stands
//! since 2022; the two equinoxes by the formula that the almanac office's days have
//! followed, good until 2099. A year in which the law moves a day, as for the games
//! of 2021, is written by the town as a closure.

use time::{Date, Duration, Month, Weekday};

use crate::lang::Lang;

/// A day of rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holiday {
    NewYear,
    ComingOfAge,
    Foundation,
    EmperorsBirthday,
    VernalEquinox,
    Showa,
    Constitution,
    Greenery,
    Children,
    Marine,
    Mountain,
    RespectForTheAged,
    AutumnalEquinox,
    Sports,
    Culture,
    Labour,
    /// 振替休日.
    Substitute,
    /// 国民の休日.
    Between,
}

impl Holiday {
    /// The name in a language.
    pub fn name(self, lang: Lang) -> &'static str {
        let (ja, en) = match self {
            Holiday::NewYear => ("元日", "New Year's Day"),
            Holiday::ComingOfAge => ("成人の日", "Coming of Age Day"),
            Holiday::Foundation => ("建国記念の日", "National Foundation Day"),
            Holiday::EmperorsBirthday => ("天皇誕生日", "The Emperor's Birthday"),
            Holiday::VernalEquinox => ("春分の日", "Vernal Equinox Day"),
            Holiday::Showa => ("昭和の日", "Showa Day"),
            Holiday::Constitution => ("憲法記念日", "Constitution Memorial Day"),
            Holiday::Greenery => ("みどりの日", "Greenery Day"),
            Holiday::Children => ("こどもの日", "Children's Day"),
            Holiday::Marine => ("海の日", "Marine Day"),
            Holiday::Mountain => ("山の日", "Mountain Day"),
            Holiday::RespectForTheAged => ("敬老の日", "Respect for the Aged Day"),
            Holiday::AutumnalEquinox => ("秋分の日", "Autumnal Equinox Day"),
            Holiday::Sports => ("スポーツの日", "Sports Day"),
            Holiday::Culture => ("文化の日", "Culture Day"),
            Holiday::Labour => ("勤労感謝の日", "Labour Thanksgiving Day"),
            Holiday::Substitute => ("振替休日", "substitute holiday"),
            Holiday::Between => ("国民の休日", "national day of rest"),
        };
        match lang {
            Lang::Ja => ja,
            Lang::En => en,
        }
    }
}

/// Why the country rests on `day`, if it does.
pub fn on(day: Date) -> Option<Holiday> {
    named(day)
        .or_else(|| follows_a_sunday(day).then_some(Holiday::Substitute))
        .or_else(|| stands_between_two(day).then_some(Holiday::Between))
}

/// 第2条: the days that have a name.
fn named(day: Date) -> Option<Holiday> {
    use Month::*;
    let monday = |nth: u8| day.weekday() == Weekday::Monday && week_of_month(day) == nth;
    match (day.month(), day.day()) {
        (January, 1) => Some(Holiday::NewYear),
        (January, _) if monday(2) => Some(Holiday::ComingOfAge),
        (February, 11) => Some(Holiday::Foundation),
        (February, 23) => Some(Holiday::EmperorsBirthday),
        (March, date) if date == vernal(day.year()) => Some(Holiday::VernalEquinox),
        (April, 29) => Some(Holiday::Showa),
        (May, 3) => Some(Holiday::Constitution),
        (May, 4) => Some(Holiday::Greenery),
        (May, 5) => Some(Holiday::Children),
        (July, _) if monday(3) => Some(Holiday::Marine),
        (August, 11) => Some(Holiday::Mountain),
        (September, _) if monday(3) => Some(Holiday::RespectForTheAged),
        (September, date) if date == autumnal(day.year()) => Some(Holiday::AutumnalEquinox),
        (October, _) if monday(2) => Some(Holiday::Sports),
        (November, 3) => Some(Holiday::Culture),
        (November, 23) => Some(Holiday::Labour),
        _ => None,
    }
}

/// Whether town halls work on a day, where they wrote nothing else.
pub fn is_working(day: Date) -> bool {
    let is_weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    !is_weekend && on(day).is_none() && !is_year_end(day)
}

/// The days on which town halls rest by ordinance (年末年始), where a town wrote nothing
/// else.
pub fn is_year_end(day: Date) -> bool {
    matches!((day.month(), day.day()), (Month::December, 29..) | (Month::January, ..=3))
}

/// Which one of its weekday in its month a day is: 1 to 5.
pub fn week_of_month(day: Date) -> u8 {
    (day.day() - 1) / 7 + 1
}

/// 第3条第2項: the first day without a name after a named one on a Sunday.
fn follows_a_sunday(day: Date) -> bool {
    let days_before = (1..).map(|days| day.checked_sub(Duration::days(days)));
    let mut named_before = days_before.map_while(|day| day.filter(|day| named(*day).is_some()));
    named_before.any(|before| before.weekday() == Weekday::Sunday)
}

/// 第3条第3項.
fn stands_between_two(day: Date) -> bool {
    let is_named = |day: Option<Date>| day.is_some_and(|day| named(day).is_some());
    is_named(day.previous_day()) && is_named(day.next_day())
}

fn vernal(year: i32) -> u8 {
    equinox(20_843_100, year)
}

fn autumnal(year: i32) -> u8 {
    equinox(23_248_800, year)
}

/// The date in its month, from millionths of a day in 1980: the year is 0.242194
/// longer than 365 days, and leap days take that back.
fn equinox(in_1980: i64, year: i32) -> u8 {
    const LONGER: i64 = 242_194;
    let years = i64::from(year) - 1980;
    let date = (in_1980 + LONGER * years).div_euclid(1_000_000) - years.div_euclid(4);
    u8::try_from(date).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    /// The Cabinet Office's own list, year after year since the law stands as it does.
    const OFFICIAL: &str = include_str!("../tests/fixtures/holidays/syukujitsu.csv");

    fn days(year: i32) -> impl Iterator<Item = Date> {
        (1..=time::util::days_in_year(year))
            .map(move |day| Date::from_ordinal_date(year, day).unwrap())
    }

    #[test]
    fn the_days_of_rest_are_those_of_the_official_list() {
        let listed: Vec<&str> = OFFICIAL.lines().skip(1).collect();
        // The list has one word for both kinds of days that have no name.
        let name = |holiday: Holiday| match holiday {
            Holiday::Substitute | Holiday::Between => "休日",
            named => named.name(Lang::Ja),
        };
        let written = |day: Date| {
            let (year, month, date) = day.to_calendar_date();
            Some(format!("{year}/{}/{date},{}", u8::from(month), name(on(day)?)))
        };
        let worked_out: Vec<String> = (2022..=2027).flat_map(days).filter_map(written).collect();
        assert_eq!(worked_out, listed);
        assert_eq!(listed.len(), 108);
    }

    #[test]
    fn the_equinoxes_are_those_of_the_almanac() {
        // The years around which the date changes.
        for (year, march, september) in [
            (2011, 21, 23),
            (2012, 20, 22),
            (2022, 21, 23),
            (2023, 21, 23),
            (2028, 20, 22),
            (2029, 20, 23),
            (2030, 20, 23),
        ] {
            assert_eq!((vernal(year), autumnal(year)), (march, september), "{year}");
        }
    }

    #[test]
    fn a_sunday_in_a_row_of_named_days_is_made_up_after_the_last_of_them() {
        // The third, fourth and fifth of May: whichever is the Sunday.
        for day in [date!(2026 - 05 - 06), date!(2025 - 05 - 06), date!(2024 - 05 - 06)] {
            assert_eq!(on(day), Some(Holiday::Substitute), "{day}");
        }
        assert_eq!(on(date!(2027 - 05 - 06)), None);
    }

    #[test]
    fn a_day_between_two_that_has_a_name_keeps_it() {
        assert_eq!(on(date!(2026 - 05 - 04)), Some(Holiday::Greenery));
        assert_eq!(on(date!(2026 - 09 - 22)), Some(Holiday::Between));
        assert_eq!(on(date!(2032 - 09 - 21)), Some(Holiday::Between));
    }

    #[test]
    fn most_days_are_none() {
        assert!(days(2026).filter(|day| on(*day).is_some()).count() == 18);
        assert_eq!(on(date!(2026 - 12 - 29)), None);
    }
}
