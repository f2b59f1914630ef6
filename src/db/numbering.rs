//! Numbers that people read: tickets, receipts. Counted in a row of their own,
//! never from what happens to be in a table, so a number is used once even when
//! its row is erased.

use rusqlite::{Connection, params};
use time::Date;

use super::{Error, Step, Tx};
use crate::clock;

/// The table of this file.
pub const SCHEMA: Step = "
create table numbering (
  day text not null,
  series text not null,
  last integer not null check (last >= 1),
  primary key (day, series)
) strict;
";

/// The next number of `series` on `day`: 1, 2, 3 …
pub fn next_number(tx: &Tx<'_>, day: Date, series: &str) -> Result<u32, Error> {
    let number = tx
        .prepare_cached(
            "insert into numbering (day, series, last) values (?1, ?2, 1)
             on conflict (day, series) do update set last = last + 1
             returning last",
        )?
        .query_row(params![clock::iso_day(day), series], |row| row.get(0))?;
    Ok(number)
}

/// What `other` has counted further than the database of `tx` is taken over. With
/// no `other` to ask, every series of `day` begins a fresh hundred: numbers given
/// out after the backup was made stand on paper in people's hands.
pub fn never_back(tx: &Tx<'_>, other: Option<&Connection>, day: Date) -> Result<(), Error> {
    let Some(other) = other else {
        tx.execute(
            "update numbering set last = (last / 100 + 1) * 100 where day = ?1",
            [clock::iso_day(day)],
        )?;
        return Ok(());
    };
    let mut rows = other.prepare("select day, series, last from numbering")?;
    let mut rows = rows.query([])?;
    while let Some(row) = rows.next()? {
        tx.execute(
            "insert into numbering (day, series, last) values (?1, ?2, ?3)
             on conflict (day, series) do update set last = max(last, excluded.last)",
            params![row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, u32>(2)?],
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

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

    #[test]
    fn a_restored_database_counts_on_from_where_the_lost_one_was() {
        let connection = || {
            let connection = Connection::open_in_memory().unwrap();
            connection.execute_batch(SCHEMA).unwrap();
            connection
        };
        let day = date!(2026 - 11 - 20);
        let (lost, restored) = (connection(), connection());
        let count = |connection, times: usize| {
            let tx = Tx::alone(connection);
            std::iter::repeat_with(|| next_number(&tx, day, "A").unwrap()).nth(times - 1)
        };
        assert_eq!((count(&lost, 9), count(&restored, 5)), (Some(9), Some(5)));
        let tx = Tx::alone(&restored);
        never_back(&tx, Some(&lost), day).unwrap();
        assert_eq!(next_number(&tx, day, "A").unwrap(), 10);
        never_back(&tx, None, day).unwrap();
        assert_eq!(next_number(&tx, day, "A").unwrap(), 101);
    }
}
