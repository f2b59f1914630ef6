//! What residents entered, for whoever may read it: the entries about a visit, opened with
//! its key where that is here. Nothing is opened unless it is in the record who looked, in
//! the same transaction; what an entry means is not looked at.

use std::collections::{BTreeMap, BTreeSet};

use deadpool_postgres::Transaction;

use super::keys::{Keeping, key_of};
use super::people::SignedIn;
use super::received::{columns, found, happened, received};
use super::{Error, Happened, Hub, KeyState, Office, Received, Search, held};
use crate::clock::Moment;
use crate::id::{ApplicationId, VisitId};
use crate::journal::{self, Said};

/// Applications that are opened for one search at most, the newest first.
pub const OPENED_MAX: usize = 3_000;

/// What was entered on a visit, or why it cannot be read.
pub type Entered = Result<Vec<Said>, KeyState>;

/// An application, and what is known of its visit.
#[derive(Clone, Debug, PartialEq)]
pub struct Opened {
    pub one: Received,
    pub happened: Vec<Happened>,
    /// All applications of the visit, this one among them.
    pub beside: Vec<Received>,
    pub entered: Entered,
}

/// What for an application is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    View,
    /// Its paper is made once more.
    Print,
}

impl Look {
    fn kind(self) -> &'static str {
        match self {
            Look::View => "application.viewed",
            Look::Print => "application.printed_again",
        }
    }
}

impl Hub {
    /// One application of one's own municipality, opened if its visit's key is here; that
    /// it was looked at, or printed, is in the record.
    ///
    /// # Errors
    /// Faults of PostgreSQL.
    pub async fn application(
        &self,
        (me, now): (&SignedIn, Moment),
        look: Look,
        id: ApplicationId,
    ) -> Result<Option<Opened>, Error> {
        let mut client = self.pool.get().await?;
        let tx = client.transaction().await?;
        let municipality = &me.municipality;
        let query = format!(
            "select {} from application where municipality = $1 and (office, visit) in (
               select office, visit from application
               where municipality = $1 and application = $2::text::uuid)
             order by receipt, application",
            columns()
        );
        let rows = tx.query(&query, &[municipality, &id.to_string()]).await?;
        let beside: Vec<Received> = rows.iter().map(received).collect::<Result<_, _>>()?;
        let Some(one) = beside.iter().find(|one| one.id == id.to_string()).cloned() else {
            return Ok(None);
        };
        let happened = happened(&tx, municipality, &one).await?;
        let mut all = entered(&tx, self.keys.as_ref(), municipality, &beside).await?;
        let entered = all.remove(&one.visit).unwrap_or(Err(KeyState::NotCome));
        me.looks(&tx, now, (look.kind(), &one.id)).await?;
        tx.commit().await?;
        Ok(Some(Opened { one, happened, beside, entered }))
    }

    /// The applications that fit, opened: the newest [`OPENED_MAX`], and whether there are
    /// more. That somebody was looked for is in the record; whom, is kept nowhere.
    ///
    /// # Errors
    /// Faults of PostgreSQL.
    pub async fn opened(
        &self,
        (me, now): (&SignedIn, Moment),
        search: &Search,
    ) -> Result<(Vec<(Received, Entered)>, bool), Error> {
        let mut client = self.pool.get().await?;
        let tx = client.transaction().await?;
        let found = found(&tx, &me.municipality, search, OPENED_MAX).await?;
        let all = entered(&tx, self.keys.as_ref(), &me.municipality, &found.all).await?;
        let told = format!("{} name", search.told());
        me.looks(&tx, now, ("application.searched", told.trim())).await?;
        tx.commit().await?;
        let of = |one: Received| {
            let entered = all.get(&one.visit).cloned().unwrap_or(Err(KeyState::NotCome));
            (one, entered)
        };
        Ok((found.all.into_iter().map(of).collect(), found.is_cut))
    }

    /// Whether it keeps keys at all.
    pub fn keeps_keys(&self) -> bool {
        self.keys.is_some()
    }
}

/// What was entered on the visits of these applications, by visit.
pub(super) async fn entered(
    tx: &Transaction<'_>,
    keeping: Option<&Keeping>,
    municipality: &str,
    applications: &[Received],
) -> Result<BTreeMap<String, Entered>, Error> {
    let visits: BTreeSet<(&str, &str)> =
        applications.iter().map(|one| (one.office.as_str(), one.visit.as_str())).collect();
    let (offices, ids): (Vec<&str>, Vec<&str>) = visits.into_iter().unzip();
    let keys = tx
        .query(
            "select wanted.office, wanted.visit, wrapped, wrapped_by, erased_at is not null
             from unnest($2::text[], $3::text[]) wanted (office, visit)
             left join visit_key on visit_key.municipality = $1
               and visit_key.office = wanted.office and visit_key.visit = wanted.visit::uuid",
            &[&municipality, &offices, &ids],
        )
        .await?;
    let query = format!(
        "select {} from act join entry using (municipality, log, seq)
         where municipality = $1 and act.entity_kind = 'visit' and act.entity_id = any ($2)
           and act.parked is null
         order by act.taken",
        held::COLUMNS
    );
    let mut entries: BTreeMap<String, Vec<journal::Row>> = BTreeMap::new();
    for row in tx.query(&query, &[&municipality, &ids]).await? {
        let entry = held::row(&row)?;
        entries.entry(entry.entity_id.clone()).or_default().push(entry);
    }
    let mut all = BTreeMap::new();
    for row in keys {
        let (name, visit): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        let id: VisitId =
            visit.parse().map_err(|_| Error::Inconsistent("the identity of a visit"))?;
        let office = Office { municipality: municipality.to_owned(), name };
        let row = (row.try_get(2)?, row.try_get(3)?, row.try_get(4)?);
        let told = entries.remove(&visit).unwrap_or_default();
        let is_erased = told.iter().any(|entry| entry.kind == "visit.erased");
        let entered = match key_of(keeping, (&office, id), row) {
            // Another key of the same visit sealed it: no office does that.
            Ok(key) => {
                told.iter().map(|entry| key.said(entry).map_err(|_| KeyState::OtherKey)).collect()
            }
            // It went before its key came.
            Err(KeyState::NotCome | KeyState::NotKept) if is_erased => Err(KeyState::Erased),
            Err(why) => Err(why),
        };
        all.insert(visit, entered);
    }
    Ok(all)
}
