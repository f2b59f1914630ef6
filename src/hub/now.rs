//! 全庁の状況: how the queue of every office stands, as far as the hub has heard. Numbers
//! and times, nobody's entries.

use std::collections::BTreeMap;

use super::overview::Branch;
use super::{Error, Hub, number};
use crate::clock::{Moment, iso_day, rfc3339};

/// An office, and its queue of today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hall {
    pub branch: Branch,
    pub lanes: Vec<Lane>,
    pub windows: Vec<Window>,
}

/// A lane of an office, today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    pub lane: String,
    pub waiting: u64,
    /// How long whoever waits longest has been there.
    pub longest_secs: Option<u64>,
    /// Called or served just now.
    pub at_counters: u64,
    pub done: u64,
}

/// A counter where somebody sits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    pub counter: u64,
    pub is_paused: bool,
    /// The number that is there.
    pub number: Option<String>,
}

/// Waiting is what nobody attends to: also what was kept for later, and whoever missed a
/// call may come back.
const LANES: &str = "
  select office, lane,
    count(*) filter (where state = 'waiting'),
    max(greatest(0, extract(epoch from $2::text::timestamptz - arrived)))
      filter (where state = 'waiting')::bigint,
    count(*) filter (where state in ('called', 'serving')),
    count(*) filter (where state = 'done')
  from ticket
  where municipality = $1 and day = $3::text::date
  group by office, lane order by office, lane";

const WINDOWS: &str = "
  select counter.office, counter.counter, counter.state = 'paused', min(ticket.number)
  from counter left join ticket on ticket.municipality = counter.municipality
    and ticket.day = $2::text::date
    and ticket.office = counter.office and ticket.counter = counter.counter
    and ticket.state in ('called', 'serving')
  where counter.municipality = $1
  group by 1, 2, 3 order by 1, 2";

impl Hub {
    /// The offices of a municipality, by name, and how their queues stand `now`.
    ///
    /// # Errors
    /// Faults of PostgreSQL.
    pub async fn halls(&self, municipality: &str, now: Moment) -> Result<Vec<Hall>, Error> {
        let (now, today) = (rfc3339(now), iso_day(now.date()));
        let client = self.pool.get().await?;
        let mut lanes: BTreeMap<String, Vec<Lane>> = BTreeMap::new();
        for row in client.query(LANES, &[&municipality, &now, &today]).await? {
            let longest: Option<i64> = row.try_get(3)?;
            lanes.entry(row.try_get(0)?).or_default().push(Lane {
                lane: row.try_get(1)?,
                waiting: number(row.try_get(2)?)?,
                longest_secs: longest.map(number).transpose()?,
                at_counters: number(row.try_get(4)?)?,
                done: number(row.try_get(5)?)?,
            });
        }
        let mut windows: BTreeMap<String, Vec<Window>> = BTreeMap::new();
        for row in client.query(WINDOWS, &[&municipality, &today]).await? {
            windows.entry(row.try_get(0)?).or_default().push(Window {
                counter: number(row.try_get::<_, i32>(1)?.into())?,
                is_paused: row.try_get(2)?,
                number: row.try_get(3)?,
            });
        }
        drop(client);
        let branches = self.branches(municipality).await?.into_iter();
        Ok(branches
            .map(|branch| Hall {
                lanes: lanes.remove(&branch.office).unwrap_or_default(),
                windows: windows.remove(&branch.office).unwrap_or_default(),
                branch,
            })
            .collect())
    }
}
