//! Numbers that people read: tickets, receipts. Counted in a row of their own,
//! never from what happens to be in a table, so a number is used once even when
//! its row is erased.

use rusqlite::params;
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
}
