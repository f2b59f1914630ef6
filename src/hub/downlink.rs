//! 配信: what the hub sends down. A notice is numbered and signed in the transaction that
//! keeps it, after all others of its office; offices fetch what follows on what they hold.

use deadpool_postgres::Transaction;
use tokio_postgres::Row;

use super::people::append_record;
use super::take::lock;
use super::{Error, Hub, Office, exactly, number};
use crate::chance::Chance;
use crate::clock::{Moment, rfc3339};
use crate::id::{OpId, SeriesId};
use crate::notice::{BEGINNING, Kind, Notice, Place, Signed, SigningKey};
use crate::sync::Hash;

/// What travels in one answer, at most.
const NOTICES_MAX: i64 = 50;
const BYTES_MAX: usize = 1024 * 1024;
/// How many of the newest are told.
const TOLD_MAX: i64 = 200;

/// One press of "send".
#[derive(Clone, Debug)]
pub struct ToSend<'a> {
    /// The same press sent twice sends once.
    pub op: OpId,
    pub kind: Kind,
    pub body: &'a str,
    /// Left out, at once.
    pub activate_at: Option<Moment>,
    /// The identity of who sends it; of the console, nothing.
    pub person: &'a str,
}

/// What became of a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Became {
    /// The office does not have it yet.
    Waiting,
    /// The office has it, and has not told what became of it.
    Held,
    Applied,
    /// A code, and what is wrong, a line each.
    Refused(String, String),
}

/// A notice, as it is told to whoever sends them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentNotice {
    pub office: String,
    pub number: u64,
    pub kind: String,
    /// `2026-11-25 09:00`, as clocks in Japan say.
    pub sent_at: String,
    pub activate_at: Option<String>,
    /// The name of who sent it; of the console, nothing.
    pub who: Option<String>,
    pub became: Became,
    /// When that was told.
    pub settled_at: Option<String>,
    pub waits_secs: u64,
}

impl Hub {
    /// Sends something to an office.
    ///
    /// # Errors
    /// [`Error::WrongBody`], [`Error::Unsigned`], faults of PostgreSQL.
    pub async fn send_down(
        &self,
        (office, now): (&Office, Moment),
        what: &ToSend<'_>,
        (key, chance): (&SigningKey, &dyn Chance),
    ) -> Result<(), Error> {
        what.kind.check(what.body)?;
        let Office { municipality, name } = office;
        let mut client = self.pool.get().await?;
        let tx = client.transaction().await?;
        lock(&tx, municipality).await?;
        let op = what.op.to_string();
        let sent = "select 1 from notice
            where municipality = $1 and office = $2 and op = $3::text::uuid";
        if tx.query_opt(sent, &[municipality, name, &op]).await?.is_some() {
            return Ok(());
        }
        let fresh = SeriesId::new(now, chance);
        let (series, last) = self.end(&tx, office, fresh).await?;
        let number = last.map_or(0, |(number, _)| number) + 1;
        let notice = Notice {
            site: format!("{municipality}/{name}"),
            series,
            number,
            before: last.map_or(BEGINNING, |(_, hash)| hash),
            kind: what.kind.id().into(),
            body: what.body.into(),
            activate_at: what.activate_at.map(rfc3339),
            sent_at: rfc3339(now),
        };
        let signed = notice.signed(key).ok_or(Error::Unsigned)?;
        let insert = "insert into notice (municipality, office, series, number, hash, op, kind,
              activate_at, sent_at, person, text, signature)
            values ($1, $2, $3::text::uuid, $4, $5, $6::text::uuid, $7, $8::text::timestamptz,
              $9::text::timestamptz, $10, $11, $12)";
        tx.execute(
            insert,
            &[
                municipality,
                name,
                &series.to_string(),
                &i64::try_from(number).unwrap_or(i64::MAX),
                &signed.hash().as_slice(),
                &op,
                &notice.kind,
                &notice.activate_at,
                &notice.sent_at,
                &what.person,
                &signed.text,
                &signed.signature,
            ],
        )
        .await?;
        let about = format!("{name} {} {number}", notice.kind);
        append_record(&tx, (municipality, now), what.person, ("notice.sent", &about)).await?;
        Ok(tx.commit().await?)
    }

    /// The series that is open in this life of the database, begun as `fresh` where there
    /// is none, and the last of it.
    async fn end(
        &self,
        tx: &Transaction<'_>,
        Office { municipality, name }: &Office,
        fresh: SeriesId,
    ) -> Result<(SeriesId, Option<(u64, Hash)>), Error> {
        let newest = tx
            .query_opt(
                "select series::text, hub from notice_series
                 where municipality = $1 and office = $2 order by series desc limit 1",
                &[municipality, name],
            )
            .await?;
        let own = self.incarnation.0.as_slice();
        let open = match &newest {
            Some(row) if row.try_get::<_, &[u8]>(1)? == own => Some(row.try_get::<_, &str>(0)?),
            _ => None,
        };
        let Some(open) = open else {
            tx.execute(
                "insert into notice_series (municipality, office, series, hub)
                 values ($1, $2, $3::text::uuid, $4)",
                &[municipality, name, &fresh.to_string(), &own],
            )
            .await?;
            return Ok((fresh, None));
        };
        let last = tx
            .query_opt(
                "select number, hash from notice
                 where municipality = $1 and office = $2 and series = $3::text::uuid
                 order by number desc limit 1",
                &[municipality, name, &open],
            )
            .await?;
        let last =
            last.map(|row| Ok::<_, Error>((number(row.try_get(0)?)?, exactly(row.try_get(1)?)?)));
        let series = open.parse().map_err(|_| Error::Inconsistent("a series"))?;
        Ok((series, last.transpose()?))
    }

    /// What an office that holds notices up to `held` is to have next; notes how far that is.
    ///
    /// # Errors
    /// Faults of PostgreSQL.
    pub async fn notices_after(
        &self,
        Office { municipality, name }: &Office,
        held: Option<&Place>,
    ) -> Result<Vec<Signed>, Error> {
        let client = self.pool.get().await?;
        let (series, last) = match held {
            Some(place) => {
                (place.series.to_string(), i64::try_from(place.number).unwrap_or(i64::MAX))
            }
            None => ("00000000-0000-0000-0000-000000000000".to_owned(), 0),
        };
        if held.is_some() {
            client
                .execute(
                    "insert into notice_held (municipality, office, series, number, at)
                     values ($1, $2, $3::text::uuid, $4, now())
                     on conflict (municipality, office) do update
                     set series = excluded.series, number = excluded.number, at = excluded.at
                     where (notice_held.series, notice_held.number)
                       <> (excluded.series, excluded.number)",
                    &[municipality, name, &series, &last],
                )
                .await?;
        }
        let rows = client
            .query(
                "select text, signature from notice
                 where municipality = $1 and office = $2
                   and (series, number) > ($3::text::uuid, $4)
                 order by series, number limit $5",
                &[municipality, name, &series, &last, &NOTICES_MAX],
            )
            .await?;
        let (mut all, mut bytes) = (Vec::new(), 0);
        for row in &rows {
            let signed = Signed { text: row.try_get(0)?, signature: row.try_get(1)? };
            bytes += signed.text.len();
            if bytes > BYTES_MAX && !all.is_empty() {
                break;
            }
            all.push(signed);
        }
        Ok(all)
    }

    /// What was sent, the newest first.
    ///
    /// # Errors
    /// Faults of PostgreSQL.
    pub async fn sent_down(&self, municipality: &str) -> Result<Vec<SentNotice>, Error> {
        let client = self.pool.get().await?;
        let rows = client.query(SENT, &[&municipality, &TOLD_MAX]).await?;
        rows.iter().map(sent).collect()
    }
}

/// Japan keeps one offset.
const SENT: &str = "
  select notice.office, notice.number, kind,
    to_char(sent_at at time zone interval '9 hours', 'YYYY-MM-DD HH24:MI'),
    to_char(activate_at at time zone interval '9 hours', 'YYYY-MM-DD HH24:MI'),
    person.name,
    case when outcome.state is not null then outcome.state
      when (held.series, held.number) >= (notice.series, notice.number) then 'held'
      else 'waiting' end,
    outcome.why, outcome.faults,
    to_char(outcome.at at time zone interval '9 hours', 'YYYY-MM-DD HH24:MI'),
    greatest(0, extract(epoch from now() - sent_at))::bigint
  from notice
    left join notice_outcome outcome on outcome.municipality = notice.municipality
      and outcome.office = notice.office and outcome.series = notice.series
      and outcome.number = notice.number
    left join notice_held held on held.municipality = notice.municipality
      and held.office = notice.office
    left join person on person.municipality = notice.municipality
      and person.person::text = notice.person
  where notice.municipality = $1
  order by sent_at desc, notice.office, notice.series desc, notice.number desc limit $2";

fn sent(row: &Row) -> Result<SentNotice, Error> {
    let text = |at: usize| row.try_get::<_, Option<String>>(at).map(Option::unwrap_or_default);
    let became = match row.try_get(6)? {
        "applied" => Became::Applied,
        "refused" => Became::Refused(text(7)?, text(8)?),
        "held" => Became::Held,
        _ => Became::Waiting,
    };
    Ok(SentNotice {
        office: row.try_get(0)?,
        number: number(row.try_get(1)?)?,
        kind: row.try_get(2)?,
        sent_at: row.try_get(3)?,
        activate_at: row.try_get(4)?,
        who: row.try_get(5)?,
        became,
        settled_at: row.try_get(9)?,
        waits_secs: number(row.try_get(10)?)?,
    })
}
