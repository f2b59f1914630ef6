//! The reports of a day, beside what was posted on it.

use std::collections::BTreeMap;

use super::*;
use crate::clock::iso_day;
use crate::payment::report::{Summary, Sums, lines_on};

impl Day {
    /// What the day's report adds up is what the ledger has, line by line, whichever way it
    /// is added: the sums are read from the postings once more, by nothing but SQL.
    pub(super) fn book_says_the_same(&self) {
        let connection = &self.office.connection;
        let days = [TODAY, TOMORROW].into_iter().chain(TOMORROW.next_day());
        for day in days {
            let summary = Summary::of(&lines_on(connection, day).unwrap());
            let nets = |sums: Vec<(String, &Sums)>| -> BTreeMap<String, i64> {
                let nets = sums.into_iter().map(|(key, sums)| (key, sums.net()));
                nets.filter(|(_, net)| *net != 0).collect()
            };
            let by_item = summary.by_item.iter().map(|(key, sums)| (key.clone(), sums));
            let by_tender = summary.by_tender.iter().map(|(key, sums)| (key.clone(), sums));
            let by_counter = summary.by_counter.iter().map(|(key, sums)| (key.to_string(), sums));
            let revenue = "account glob 'revenue:*'";
            let paid = "kind <> 'difference' and account not glob 'revenue:*'";
            let tender = "case when account glob 'cash:*' then 'cash' else account end";
            for (told, key, of, sign) in [
                (nets(by_item.collect()), "substr(account, 9)", revenue, -1),
                (nets(by_counter.collect()), "counter", revenue, -1),
                (nets(by_tender.collect()), tender, paid, 1),
            ] {
                assert_eq!(told, self.posted(day, (key, of, sign)), "{key} of {day}");
            }
            let short = summary.over_short.iter().map(|(key, yen)| (key.to_string(), *yen));
            let short = short.filter(|(_, yen)| *yen != 0).collect::<BTreeMap<_, _>>();
            assert_eq!(short, self.posted(day, ("counter", "account = 'over_short'", -1)));
        }
    }

    /// What was posted on a day, by some key.
    fn posted(&self, day: Date, (key, of, sign): (&str, &str, i64)) -> BTreeMap<String, i64> {
        let query = format!(
            "select cast({key} as text),
               {sign} * sum(case side when 'debit' then amount else -amount end) as yen
             from posting join ledger_entry on ledger_entry.id = entry
             where day = ?1 and {of} group by 1 having yen <> 0"
        );
        let mut rows = self.office.connection.prepare(&query).unwrap();
        let rows = rows.query_map([iso_day(day)], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.map(Result::unwrap).collect()
    }
}
