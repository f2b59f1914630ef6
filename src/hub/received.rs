//! 申請管理: the applications that were handed in anywhere, searched by what is on their
//! papers; and, where the hub has the key of its visit, opened. Who handed one in stands
//! nowhere here in the clear, so whoever is looked for by name is found by opening.

use deadpool_postgres::Transaction;
use time::Date;
use tokio_postgres::Row;

use super::people::SignedIn;
use super::{Error, Hub};
use crate::clock::{Moment, iso_day};

/// So many are listed at once.
pub const LISTED_MAX: usize = 200;

/// Where an application stands, as whoever looks for one asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Handed in, and no paper of it was made yet.
    HandedIn,
    /// Its paper was made, and nothing is decided.
    Printed,
    /// 受理.
    Accepted,
    /// 差戻し.
    SentBack,
}

impl Stage {
    /// All stages.
    pub const ALL: [Stage; 4] = [Stage::HandedIn, Stage::Printed, Stage::Accepted, Stage::SentBack];

    /// The name used in addresses: `sent_back`.
    pub fn id(self) -> &'static str {
        match self {
            Stage::HandedIn => "handed_in",
            Stage::Printed => "printed",
            Stage::Accepted => "accepted",
            Stage::SentBack => "sent_back",
        }
    }

    /// The stage of a [`Stage::id`].
    pub fn from_id(id: &str) -> Option<Stage> {
        Stage::ALL.into_iter().find(|stage| stage.id() == id)
    }
}

/// The stage of a row, as [`Stage::id`].
const STAGE: &str = "case when state <> 'submitted' then state
    when printed > 0 then 'printed' else 'handed_in' end";

/// What is looked for; nothing that is left out narrows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// The receipt number or how it ends, or the ticket's number.
    pub receipt: Option<String>,
    pub day: Option<Date>,
    pub office: Option<String>,
    pub procedure: Option<String>,
    pub stage: Option<Stage>,
}

impl Search {
    /// As the record tells it.
    pub(super) fn told(&self) -> String {
        let Search { receipt, day, office, procedure, stage } = self;
        let all = [
            ("receipt", receipt.clone()),
            ("day", day.map(iso_day)),
            ("office", office.clone()),
            ("procedure", procedure.clone()),
            ("stage", stage.map(|stage| stage.id().to_owned())),
        ];
        let told = all.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", value?)));
        told.collect::<Vec<_>>().join(" ")
    }
}

/// An application that was handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    pub id: String,
    pub visit: String,
    pub office: String,
    pub procedure: String,
    pub form: String,
    pub edition: String,
    pub receipt: Option<String>,
    /// What the resident was called by.
    pub ticket: Option<String>,
    /// What its edition said, as a hash.
    pub template: Option<String>,
    /// `2026-11-25 09:00`, as clocks in Japan say.
    pub handed_in_at: String,
    pub printed: u32,
    pub stage: Stage,
    pub changed_at: Option<String>,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The newest first, [`LISTED_MAX`] at most.
    pub all: Vec<Received>,
    pub is_cut: bool,
}

/// One thing that happened to an application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happened {
    pub at: String,
    /// `application.printed`.
    pub kind: String,
    /// `staff:…`, `device:…`.
    pub actor: String,
}

pub(super) fn columns() -> String {
    format!(
        "application::text, visit::text, office, procedure, form, edition, receipt,
         to_char(handed_in_at at time zone interval '9 hours', 'YYYY-MM-DD HH24:MI'),
         printed, {STAGE},
         to_char(changed_at at time zone interval '9 hours', 'YYYY-MM-DD HH24:MI'),
         ticket, template"
    )
}

pub(super) fn received(row: &Row) -> Result<Received, Error> {
    Ok(Received {
        id: row.try_get(0)?,
        visit: row.try_get(1)?,
        office: row.try_get(2)?,
        procedure: row.try_get(3)?,
        form: row.try_get(4)?,
        edition: row.try_get(5)?,
        receipt: row.try_get(6)?,
        handed_in_at: row.try_get(7)?,
        printed: u32::try_from(row.try_get::<_, i32>(8)?).unwrap_or_default(),
        stage: Stage::from_id(row.try_get(9)?).ok_or(Error::Inconsistent("a stage"))?,
        changed_at: row.try_get(10)?,
        ticket: row.try_get(11)?,
        template: row.try_get(12)?,
    })
}

impl Hub {
    /// The applications that fit, of one's own municipality; that they were looked for is
    /// in the record.
    ///
    /// # Errors
    /// Faults of PostgreSQL.
    pub async fn applications(
        &self,
        (me, now): (&SignedIn, Moment),
        search: &Search,
    ) -> Result<Found, Error> {
        let mut client = self.pool.get().await?;
        let tx = client.transaction().await?;
        let found = found(&tx, &me.municipality, search, LISTED_MAX).await?;
        me.looks(&tx, now, ("application.searched", &search.told())).await?;
        tx.commit().await?;
        Ok(found)
    }
}

/// The applications that fit, the newest first, so many at most.
pub(super) async fn found(
    tx: &Transaction<'_>,
    municipality: &str,
    search: &Search,
    most: usize,
) -> Result<Found, Error> {
    let query = format!(
        "select {} from application where municipality = $1
               and ($2::text is null or right(receipt, length($2)) = $2
                 or upper(ticket) = upper($2))
               and ($3::text is null or handed_in_at >= ($3::text || 'T00:00:00+09:00')::timestamptz
                 and handed_in_at < ($3::text || 'T00:00:00+09:00')::timestamptz + interval '1 day')
               and ($4::text is null or office = $4)
               and ($5::text is null or procedure = $5)
               and ($6::text is null or {STAGE} = $6)
             order by handed_in_at desc, application limit $7",
        columns()
    );
    let Search { receipt, day, office, procedure, stage } = search;
    let limit = i64::try_from(most + 1).unwrap_or(i64::MAX);
    let (day, stage) = (day.map(iso_day), stage.map(Stage::id));
    let rows = tx
        .query(&query, &[&municipality, receipt, &day, office, procedure, &stage, &limit])
        .await?;
    let mut all: Vec<Received> = rows.iter().map(received).collect::<Result<_, _>>()?;
    let is_cut = all.len() > most;
    all.truncate(most);
    Ok(Found { all, is_cut })
}

/// What happened to an application and to its visit, in order.
pub(super) async fn happened(
    tx: &Transaction<'_>,
    municipality: &str,
    one: &Received,
) -> Result<Vec<Happened>, Error> {
    let rows = tx
        .query(
            "select to_char(occurred_at::timestamptz at time zone interval '9 hours',
               'YYYY-MM-DD HH24:MI'), kind, actor
             from act join entry using (municipality, log, seq)
             where municipality = $1 and (act.entity_kind, act.entity_id)
               in (('application', $2), ('visit', $3))
             order by taken",
            &[&municipality, &one.id, &one.visit],
        )
        .await?;
    let happened = |row: &Row| {
        Ok(Happened { at: row.try_get(0)?, kind: row.try_get(1)?, actor: row.try_get(2)? })
    };
    rows.iter().map(happened).collect()
}
