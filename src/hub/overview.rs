//! How the offices of a municipality stand, for whoever looks after all of them: counts
//! and times, nothing of what anybody entered.

use super::{Error, Hub, number};

/// An office, as the hub knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    pub office: String,
    /// How many logs it has begun: more than one where it was set back.
    pub logs: u64,
    /// How many entries of it are here.
    pub entries: u64,
    /// When it was last heard, `2026-11-25 09:00` as clocks in Japan say.
    pub heard_at: String,
    pub silent_secs: u64,
    /// Forms that were handed in there, and how many of them today.
    pub applications: u64,
    pub applications_today: u64,
    /// Entries that wait here.
    pub parked: u64,
}

/// Japan keeps one offset.
const BRANCHES: &str = "
  with heard as (
    select office, count(*) logs, sum(upto)::bigint entries, max(heard_at) heard_at
    from log where municipality = $1 group by office
  ), handed_in as (
    select office, count(*) applications,
      count(*) filter (where (handed_in_at at time zone interval '9 hours')::date
        = (now() at time zone interval '9 hours')::date) today
    from application where municipality = $1 group by office
  ), waiting as (
    select log.office, count(*) parked
    from act join log using (municipality, log)
    where municipality = $1 and act.parked is not null group by log.office
  )
  select office, logs, entries,
    to_char(heard_at at time zone interval '9 hours', 'YYYY-MM-DD HH24:MI'),
    greatest(0, extract(epoch from now() - heard_at))::bigint,
    coalesce(applications, 0), coalesce(today, 0), coalesce(parked, 0)
  from heard left join handed_in using (office) left join waiting using (office)
  order by office";

impl Hub {
    /// The municipalities that have sent anything.
    ///
    /// # Errors
    /// Faults of PostgreSQL.
    pub async fn municipalities(&self) -> Result<Vec<String>, Error> {
        let client = self.pool.get().await?;
        let rows = client
            .query("select municipality from municipality order by municipality", &[])
            .await?;
        rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }

    /// The offices of a municipality, by name.
    ///
    /// # Errors
    /// Faults of PostgreSQL.
    pub async fn branches(&self, municipality: &str) -> Result<Vec<Branch>, Error> {
        let client = self.pool.get().await?;
        let rows = client.query(BRANCHES, &[&municipality]).await?;
        rows.iter()
            .map(|row| {
                let count = |at: usize| number(row.try_get(at)?);
                Ok(Branch {
                    office: row.try_get(0)?,
                    logs: count(1)?,
                    entries: count(2)?,
                    heard_at: row.try_get(3)?,
                    silent_secs: count(4)?,
                    applications: count(5)?,
                    applications_today: count(6)?,
                    parked: count(7)?,
                })
            })
            .collect()
    }
}
