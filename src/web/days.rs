//! Days and what is closed on them, as people read them.

use time::Date;

use crate::appointment::plan::Closed;
use crate::clock::{Moment, hour_and_minute};
use crate::lang::Phrases;

/// `11月25日（水）`.
pub(super) fn day(words: Phrases, day: Date) -> String {
    let values = [
        ("month", u8::from(day.month()).to_string()),
        ("day", day.day().to_string()),
        ("weekday", weekday(words, day).to_owned()),
    ];
    words.with("calendar.day", &values)
}

/// `15:04`; of another day than today, `11月25日（水） 15:04`.
pub(super) fn time(words: Phrases, at: Moment, today: Date) -> String {
    let time = hour_and_minute(at);
    if at.date() == today { time } else { format!("{} {time}", day(words, at.date())) }
}

/// `水`.
pub(super) fn weekday(words: Phrases, day: Date) -> &'static str {
    use time::Weekday::*;
    match day.weekday() {
        Monday => words.t("calendar.mon"),
        Tuesday => words.t("calendar.tue"),
        Wednesday => words.t("calendar.wed"),
        Thursday => words.t("calendar.thu"),
        Friday => words.t("calendar.fri"),
        Saturday => words.t("calendar.sat"),
        Sunday => words.t("calendar.sun"),
    }
}

/// Why nothing can be booked on a day.
pub(super) fn closed(words: Phrases, closed: &Closed) -> String {
    match closed {
        Closed::NoHours => words.t("calendar.no_hours").to_owned(),
        Closed::YearEnd => words.t("calendar.year_end").to_owned(),
        Closed::Holiday(holiday) => {
            words.with("calendar.holiday", &[("name", holiday.name(words.lang()))])
        }
        Closed::Closure(reason) => {
            words.with("calendar.closure", &[("reason", reason.in_lang(words.lang()))])
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;
    use crate::holiday::Holiday;
    use crate::lang::Lang;

    #[test]
    fn a_day_is_said_with_its_weekday_and_a_time_with_its_day_when_that_is_over() {
        let wednesday = date!(2026 - 11 - 25);
        assert_eq!(day(Phrases::of(Lang::Ja), wednesday), "11月25日（水）");
        assert_eq!(day(Phrases::of(Lang::En), wednesday), "Wed 11/25");
        let at = crate::clock::parse_rfc3339("2026-11-25T15:04:00.000+09:00").unwrap();
        let ja = Phrases::of(Lang::Ja);
        assert_eq!(time(ja, at, wednesday), "15:04");
        assert_eq!(time(ja, at, wednesday.next_day().unwrap()), "11月25日（水） 15:04");
        let said = closed(Phrases::of(Lang::Ja), &Closed::Holiday(Holiday::Labour));
        assert_eq!(said, "勤労感謝の日のため、お休みです。");
    }
}
