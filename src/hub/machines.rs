//! 端末と通信: the devices of every office, how far each log is held, where something is
//! missing, and what went wrong.

use tokio_postgres::Row;

use super::{Error, Hub, number};

/// A tablet or a display.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    pub id: String,
    pub office: String,
    pub name: String,
    pub role: String,
    /// When somebody last did something at it, `2026-11-25 09:00`.
    pub acted_at: String,
    pub is_revoked: bool,
}

/// A log of an office, as far as it is held here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    pub office: String,
    pub log: String,
    pub entries: u64,
    pub heard_at: String,
    /// How many entries of the log it goes on from are not here: they were never sent, or
    /// both sides have lost them. Of a log that was left because the hub has it otherwise,
    /// none is missing: what the office has of it comes in a log of its own.
    pub missing: u64,
}

/// What a counter found out about its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incident {
    pub office: String,
    /// `counter_went_back`.
    pub what: String,
    pub at: String,
}

/// So many of the newest incidents are told of.
const INCIDENTS_MAX: i64 = 50;

const DEVICES: &str = "
  select device::text, office, name, role,
    to_char(acted_at at time zone interval '9 hours', 'YYYY-MM-DD HH24:MI'),
    revoked_at is not null
  from device where municipality = $1
  order by office, revoked_at is not null, name";

const LOGS: &str = "
  select log.office, log.log::text, log.upto,
    to_char(log.heard_at at time zone interval '9 hours', 'YYYY-MM-DD HH24:MI'),
    case when exists (select 1 from act join entry using (municipality, log, seq)
        where act.municipality = log.municipality and act.entity_kind = 'log'
          and act.entity_id = log.parent::text
          and entry.facts ->> 'incident' = 'counter_went_back')
      then 0 else greatest(0, coalesce(log.parent_seq, 0) - coalesce(parent.upto, 0)) end
  from log left join log parent on parent.municipality = log.municipality
    and parent.log = log.parent
  where log.municipality = $1 order by log.office, log.opened_at";

const INCIDENTS: &str = "
  select office, what, to_char(at at time zone interval '9 hours', 'YYYY-MM-DD HH24:MI')
  from incident where municipality = $1 order by at desc limit $2";

impl Hub {
    /// The devices of every office.
    ///
    /// # Errors
    /// Faults of PostgreSQL.
    pub async fn devices(&self, municipality: &str) -> Result<Vec<Device>, Error> {
        let device = |row: &Row| {
            Ok(Device {
                id: row.try_get(0)?,
                office: row.try_get(1)?,
                name: row.try_get(2)?,
                role: row.try_get(3)?,
                acted_at: row.try_get(4)?,
                is_revoked: row.try_get(5)?,
            })
        };
        let client = self.pool.get().await?;
        client.query(DEVICES, &[&municipality]).await?.iter().map(device).collect()
    }

    /// The logs of every office.
    ///
    /// # Errors
    /// Faults of PostgreSQL.
    pub async fn logs(&self, municipality: &str) -> Result<Vec<Held>, Error> {
        let held = |row: &Row| {
            Ok(Held {
                office: row.try_get(0)?,
                log: row.try_get(1)?,
                entries: number(row.try_get(2)?)?,
                heard_at: row.try_get(3)?,
                missing: number(row.try_get(4)?)?,
            })
        };
        let client = self.pool.get().await?;
        client.query(LOGS, &[&municipality]).await?.iter().map(held).collect()
    }

    /// The newest incidents.
    ///
    /// # Errors
    /// Faults of PostgreSQL.
    pub async fn incidents(&self, municipality: &str) -> Result<Vec<Incident>, Error> {
        let incident = |row: &Row| {
            Ok(Incident { office: row.try_get(0)?, what: row.try_get(1)?, at: row.try_get(2)? })
        };
        let client = self.pool.get().await?;
        let rows = client.query(INCIDENTS, &[&municipality, &INCIDENTS_MAX]).await?;
        rows.iter().map(incident).collect()
    }
}
