//! Counting appointments: what became of them, by service and day. Counted from the rows,
//! which stay when names are erased; nobody can be found in it.

use rusqlite::Connection;
use time::Date;

use super::{Error, cannot_be};
use crate::clock;
use crate::csv::{file, line};

/// The fields of a service on a day.
pub const FIELDS: &str = "date,service,booked,arrived,missed,cancelled";

/// What became of the appointments of a service on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    pub day: Date,
    pub service: String,
    /// All that were ever booked for that day, those called off among them.
    pub booked: u32,
    pub arrived: u32,
    /// Nobody came.
    pub missed: u32,
    pub cancelled: u32,
}

/// From day to day, the oldest first; days and services without any are left out.
///
/// # Errors
/// Faults of storage.
pub fn counted(connection: &Connection, [from, to]: [Date; 2]) -> Result<Vec<Counted>, Error> {
    let mut rows = connection.prepare_cached(
        "select day, service, count(*), sum(state = 'arrived'), sum(state = 'missed'),
           sum(state = 'cancelled')
         from appointment where day between ?1 and ?2 and state not in ('held', 'lapsed')
         group by day, service order by day, service",
    )?;
    let rows = rows.query_map([clock::iso_day(from), clock::iso_day(to)], |row| {
        let day: String = row.get(0)?;
        let day = clock::parse_iso_day(&day).ok_or(cannot_be("day"));
        let (service, booked, arrived) = (row.get(1)?, row.get(2)?, row.get(3)?);
        let (missed, cancelled) = (row.get(4)?, row.get(5)?);
        Ok(day.map(|day| Counted { day, service, booked, arrived, missed, cancelled }))
    })?;
    rows.map(|row| Ok(row??)).collect()
}

/// All of it for a spreadsheet.
pub fn as_file(counted: &[Counted]) -> String {
    let one = |one: &Counted| {
        let counts = [one.booked, one.arrived, one.missed, one.cancelled];
        let mut fields = vec![clock::iso_day(one.day), one.service.clone()];
        fields.extend(counts.map(|count| count.to_string()));
        line(&fields)
    };
    let lines = std::iter::once(FIELDS.to_owned()).chain(counted.iter().map(one));
    file(&lines.collect::<Vec<_>>())
}
