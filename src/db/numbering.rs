//! Numbers that people read: tickets, receipts. Counted in a row of their own,
//! never from what happens to be in a table, so a number is used once even when
//! its row is erased.

use rusqlite::{Connection, params};
use time::Date;

use super::{Error, Step, Tx};
use crate::clock::{self, Moment};

/// The table of this file.
pub const SCHEMA: Step = "
create table numbering (
  day text not null,
  series text not null,
  last integer not null check (last >= 1),
  primary key (day, series)
) strict;
";

/// The row of a day from which all its series go on; see [`jump`].
const FLOOR: &str = "";

/// More numbers than any series gives out in a minute, over a whole day.
const A_MINUTE: u32 = 2;

/// The next number of `series` on `day`: 1, 2, 3 …
pub fn next_number(tx: &Tx<'_>, day: Date, series: &str) -> Result<u32, Error> {
    let number = tx
        .prepare_cached(
            "insert into numbering (day, series, last) values (?1, ?2,
               1 + coalesce((select last from numbering where day = ?1 and series = ?3), 0))
             on conflict (day, series) do update set last = max(last + 1, excluded.last)
             returning last",
        )?
        .query_row(params![clock::iso_day(day), series, FLOOR], |row| row.get(0))?;
    Ok(number)
}

/// What `other` has counted further than the database of `tx` is taken over.
pub fn never_back(tx: &Tx<'_>, other: &Connection) -> Result<(), Error> {
    let mut rows = other.prepare("select day, series, last from numbering")?;
    let mut rows = rows.query([])?;
    while let Some(row) = rows.next()? {
        let (day, series): (String, String) = (row.get(0)?, row.get(1)?);
        keep_above(tx, &day, &series, row.get(2)?)?;
    }
    Ok(())
}

/// With nobody to ask what was given out today, every series, also one not seen
/// before, goes on above what it can have reached: those numbers stand on paper in
/// people's hands. What it can have reached follows from the time of day, so that
/// a second jump on one day is above the first.
pub fn jump(tx: &Tx<'_>, now: Moment) -> Result<(), Error> {
    let day = clock::iso_day(now.date());
    let counted: u32 = tx.query_row(
        "select coalesce(max(last), 0) from numbering where day = ?1",
        [&day],
        |row| row.get(0),
    )?;
    let minutes = u32::from(now.hour()) * 60 + u32::from(now.minute());
    keep_above(tx, &day, FLOOR, (minutes * A_MINUTE).max((counted / 100 + 1) * 100))
}

fn keep_above(tx: &Tx<'_>, day: &str, series: &str, last: u32) -> Result<(), Error> {
    tx.prepare_cached(
        "insert into numbering (day, series, last) values (?1, ?2, ?3)
         on conflict (day, series) do update set last = max(last, excluded.last)",
    )?
    .execute(params![day, series, last])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime};

    #[test]
    fn each_series_counts_for_itself_and_begins_anew_each_day() {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        connection.execute_batch(SCHEMA).unwrap();
        let tx = Tx::alone(&connection);
        let next = |day, series| next_number(&tx, day, series).unwrap();
        let (friday, monday) = (date!(2026 - 11 - 20), date!(2026 - 11 - 23));
        assert_eq!([next(friday, "A"), next(friday, "A"), next(friday, "B")], [1, 2, 1]);
        assert_eq!(next(monday, "A"), 1);
    }

    fn connection() -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(SCHEMA).unwrap();
        connection
    }

    #[test]
    fn a_restored_database_counts_on_from_where_the_lost_one_was() {
        let day = date!(2026 - 11 - 20);
        let (lost, restored) = (connection(), connection());
        let last = |connection, to| {
            (1..=to).map(|_| next_number(&Tx::alone(connection), day, "A").unwrap()).max()
        };
        assert_eq!((last(&lost, 9), last(&restored, 5)), (Some(9), Some(5)));
        let tx = Tx::alone(&restored);
        never_back(&tx, &lost).unwrap();
        assert_eq!(next_number(&tx, day, "A").unwrap(), 10);
    }

    #[test]
    fn without_the_lost_database_no_series_meets_a_number_of_that_day_again() {
        let (yesterday, now) = (date!(2026 - 11 - 19), datetime!(2026-11-20 15:04 +9));
        let restored = connection();
        let tx = Tx::alone(&restored);
        assert_eq!(next_number(&tx, yesterday, "A").unwrap(), 1);
        jump(&tx, now).unwrap();
        let next = |day, series| next_number(&tx, day, series).unwrap();
        // Also a series that the backup has never seen.
        assert_eq!([next(now.date(), "A"), next(now.date(), "B")], [1809, 1809]);
        assert_eq!(next(now.date(), "A"), 1810);
        assert_eq!([next(yesterday, "A"), next(date!(2026 - 11 - 21), "A")], [2, 1]);
    }

    #[test]
    fn a_jump_never_goes_back_and_is_carried_over_too() {
        let (restored, again) = (connection(), connection());
        let (tx, day) = (Tx::alone(&restored), date!(2026 - 11 - 20));
        tx.execute("insert into numbering values (?1, 'A', 3000)", [clock::iso_day(day)]).unwrap();
        jump(&tx, datetime!(2026-11-20 15:04 +9)).unwrap();
        jump(&tx, datetime!(2026-11-20 9:00 +9)).unwrap();
        let tx = Tx::alone(&again);
        assert_eq!(next_number(&tx, day, "B").unwrap(), 1);
        never_back(&tx, &restored).unwrap();
        let next = |series| next_number(&tx, day, series).unwrap();
        assert_eq!([next("A"), next("B"), next("C")], [3201, 3201, 3201]);
    }
}
