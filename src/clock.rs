//! What time it is, asked of one place.
//!
//! Japan keeps one offset and no summer time, so every moment in this program
//! carries +09:00. Rules take a [`Moment`] as a plain value; only the edges ask
//! a [`Clock`]. Nothing is ordered by these times: order comes from the journal.

pub mod watch;

use std::path::Path;
use std::sync::{Mutex, MutexGuard, OnceLock};
use std::time::{Duration, Instant};

use serde::{Deserialize, Deserializer};
use time::macros::{format_description, offset};
use time::{Date, OffsetDateTime};

/// A point in time, always held at +09:00.
pub type Moment = OffsetDateTime;

/// Tells the time. Passed in, so that tests can hold it still.
pub trait Clock: Send + Sync {
    /// The wall clock at +09:00.
    fn now(&self) -> Moment;

    /// The local business day that `now` belongs to.
    fn today(&self) -> Date {
        self.now().date()
    }

    /// How many of its seconds go by in one of the wall's: what a machine does every
    /// few seconds is late by the wall, not by a clock that runs ahead of it.
    fn speed(&self) -> u32 {
        1
    }

    /// How long the program runs, by what nobody can set; as fast as this clock goes.
    fn steady(&self) -> Duration {
        static STARTED: OnceLock<Instant> = OnceLock::new();
        STARTED.get_or_init(Instant::now).elapsed() * self.speed()
    }

    /// Whether somebody keeps it right from outside.
    fn is_set(&self) -> bool {
        true
    }
}

/// The machine's own clock.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the system clock")]
    fn now(&self) -> Moment {
        OffsetDateTime::now_utc().to_offset(offset!(+9))
    }

    /// systemd-timesyncd touches this file when it has set the clock.
    fn is_set(&self) -> bool {
        Path::new("/run/systemd/timesync/synchronized").exists()
    }
}

/// A clock that moves only when told to.
pub struct HeldClock(Mutex<(Moment, Duration)>);

impl HeldClock {
    /// Holds `moment`.
    pub fn at(moment: Moment) -> Self {
        Self(Mutex::new((moment.to_offset(offset!(+9)), Duration::ZERO)))
    }

    /// Holds another moment, as a clock does that somebody sets.
    pub fn hold(&self, moment: Moment) {
        self.held().0 = moment.to_offset(offset!(+9));
    }

    /// Moves the clock on: time goes by.
    pub fn advance(&self, by: Duration) {
        let mut held = self.held();
        *held = (held.0 + by, held.1 + by);
    }

    fn held(&self) -> MutexGuard<'_, (Moment, Duration)> {
        self.0.lock().unwrap_or_else(|held| held.into_inner())
    }
}

impl Clock for HeldClock {
    fn now(&self) -> Moment {
        self.held().0
    }

    fn steady(&self) -> Duration {
        self.held().1
    }
}

/// A clock that begins at a moment of its own and runs faster than the wall's.
pub struct FastClock {
    from: Moment,
    began: Instant,
    speed: u32,
}

impl FastClock {
    /// It is `from` now, and `speed` times as much later soon.
    pub fn at(from: Moment, speed: u32) -> Self {
        Self { from: from.to_offset(offset!(+9)), began: Instant::now(), speed }
    }
}

impl Clock for FastClock {
    fn now(&self) -> Moment {
        self.from + self.began.elapsed() * self.speed
    }

    fn speed(&self) -> u32 {
        self.speed
    }
}

/// `2026-11-21T09:30:00.000+09:00`: one spelling, so that text order is time order.
pub fn rfc3339(moment: Moment) -> String {
    const FORMAT: &[time::format_description::BorrowedFormatItem<'_>] = format_description!(
        "[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]+09:00"
    );
    moment
        .to_offset(offset!(+9))
        .format(FORMAT)
        .expect("every component of a moment can be written")
}

/// Reads what [`rfc3339`] wrote, and any other RFC 3339 time.
pub fn parse_rfc3339(text: &str) -> Option<Moment> {
    OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339)
        .ok()
        .map(|moment| moment.to_offset(offset!(+9)))
}

/// The moment of a second since the epoch; `None` beyond the calendar's end.
pub fn from_unix(secs: i64) -> Option<Moment> {
    Some(OffsetDateTime::from_unix_timestamp(secs).ok()?.to_offset(offset!(+9)))
}

/// `9:05`.
pub fn hour_and_minute(moment: Moment) -> String {
    let moment = moment.to_offset(offset!(+9));
    format!("{}:{:02}", moment.hour(), moment.minute())
}

/// `2026-11-21`.
pub fn iso_day(day: Date) -> String {
    format!("{:04}-{:02}-{:02}", day.year(), u8::from(day.month()), day.day())
}

/// Reads `2026-11-21`.
pub fn parse_iso_day(text: &str) -> Option<Date> {
    Date::parse(text, format_description!("[year]-[month]-[day]")).ok()
}

/// A day of a configuration file, written `2026-04-01`.
pub fn written_day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse_iso_day(&text).ok_or_else(|| {
        serde::de::Error::custom("日付は「2026-04-01」のように、実在する日を書きます")
    })
}

/// A day that may be left out.
pub fn written_day_if_any<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Date>, D::Error> {
    written_day(deserializer).map(Some)
}

/// Moments in the journal and in rows, in the one spelling: `#[serde(with = …)]`.
pub mod kept {
    use serde::{Deserialize, Deserializer, Serializer};

    use super::{Moment, parse_rfc3339, rfc3339};

    /// Writes it as [`rfc3339`] does.
    pub fn serialize<S: Serializer>(moment: &Moment, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&rfc3339(*moment))
    }

    /// Reads it back.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Moment, D::Error> {
        let text = String::deserialize(from)?;
        parse_rfc3339(&text).ok_or_else(|| serde::de::Error::custom("not a time"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn a_moment_is_written_and_read_back_at_plus_nine() {
        let moment = datetime!(2026-11-20 23:05:06.789 UTC);
        assert_eq!(rfc3339(moment), "2026-11-21T08:05:06.789+09:00");
        assert_eq!(parse_rfc3339("2026-11-21T08:05:06.789+09:00"), Some(moment));
        assert_eq!(parse_rfc3339("yesterday"), None);
        assert_eq!(from_unix(moment.unix_timestamp()).map(hour_and_minute).unwrap(), "8:05");
        assert_eq!(from_unix(i64::MAX), None);
    }

    #[test]
    fn the_business_day_is_the_local_one() {
        let clock = HeldClock::at(datetime!(2026-11-20 15:00 UTC));
        assert_eq!(iso_day(clock.today()), "2026-11-21");
        assert_eq!(parse_iso_day("2026-02-30"), None);
    }
}
