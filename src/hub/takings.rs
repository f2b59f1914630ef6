//! 収納: what was taken in all offices, from both sides of every entry of their ledgers,
//! and the days that they closed, held against it.

use std::collections::BTreeMap;

use time::Date;
use tokio_postgres::Row;

use super::{Error, Hub, number};
use crate::clock::iso_day;

/// What an office took on a business day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Takings {
    pub office: String,
    /// `2026-11-25`.
    pub day: String,
    /// Every account of the ledger, in yen: what came to it is above nothing.
    pub accounts: BTreeMap<String, i64>,
    pub payments: u64,
    pub given_back: u64,
    pub closing: Option<Closing>,
}

/// A day that the office closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closing {
    /// `2026-11-25 17:20`.
    pub at: String,
    /// Where its journal stood: the number, and the hash as it begins on the day's paper.
    pub seq: u64,
    pub head: String,
    /// What it wrote down itself.
    pub accounts: BTreeMap<String, i64>,
}

impl Takings {
    /// What is in one kind of account: `cash` of all counters, `credit` of all brands.
    pub fn of(&self, tender: &str) -> i64 {
        let is_of = |account: &str| account.split(':').next() == Some(tender);
        self.accounts.iter().filter(|(account, _)| is_of(account)).map(|(_, yen)| yen).sum()
    }

    /// Whether the closing says what the entries say that are here.
    pub fn agrees(&self) -> Option<bool> {
        let moved = |accounts: &BTreeMap<String, i64>| -> BTreeMap<String, i64> {
            let moved = accounts.iter().filter(|(_, yen)| **yen != 0);
            moved.map(|(account, yen)| (account.clone(), *yen)).collect()
        };
        let closing = self.closing.as_ref()?;
        Some(moved(&closing.accounts) == moved(&self.accounts))
    }
}

/// What money of which nobody knows yet should have done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// 収納.
    Paid,
    /// 取消, through a terminal.
    Voided,
    /// 還付, through a terminal.
    Refunded,
}

/// A payment of which nobody knows yet whether it was made, or whether money of it went
/// back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotKnown {
    pub way: Way,
    pub office: String,
    pub day: String,
    pub counter: u64,
    pub tender: String,
    pub amount: u64,
}

const ACCOUNTS: &str = "
  select office, day::text, account, sum(amount)::bigint
  from posting where municipality = $1 and day between $2::text::date and $3::text::date
  group by 1, 2, 3 having sum(amount) <> 0";

const COUNTS: &str = "
  select office, day::text,
    count(distinct entry) filter (where kind = 'payment'),
    count(distinct entry) filter (where kind in ('void', 'refund'))
  from posting where municipality = $1 and day between $2::text::date and $3::text::date
  group by 1, 2";

const CLOSINGS: &str = "
  select office, day::text,
    to_char(closed_at at time zone interval '9 hours', 'YYYY-MM-DD HH24:MI'),
    seq, encode(hash, 'hex'), accounts::text
  from closing where municipality = $1 and day between $2::text::date and $3::text::date";

/// By day and office.
type Days = BTreeMap<(String, String), Takings>;

/// That of a row that begins with `office, day`.
fn of<'d>(days: &'d mut Days, row: &Row) -> Result<&'d mut Takings, Error> {
    let (office, day): (String, String) = (row.try_get(0)?, row.try_get(1)?);
    let empty = Takings {
        office: office.clone(),
        day: day.clone(),
        accounts: BTreeMap::new(),
        payments: 0,
        given_back: 0,
        closing: None,
    };
    Ok(days.entry((day, office)).or_insert(empty))
}

impl Hub {
    /// What was taken from one business day to another, the newest first.
    ///
    /// # Errors
    /// Faults of PostgreSQL.
    pub async fn takings(
        &self,
        municipality: &str,
        (first, last): (Date, Date),
    ) -> Result<Vec<Takings>, Error> {
        let client = self.pool.get().await?;
        let (first, last) = (iso_day(first), iso_day(last));
        let mut days = Days::new();
        for row in client.query(ACCOUNTS, &[&municipality, &first, &last]).await? {
            let (account, yen): (String, i64) = (row.try_get(2)?, row.try_get(3)?);
            of(&mut days, &row)?.accounts.insert(account, yen);
        }
        for row in client.query(COUNTS, &[&municipality, &first, &last]).await? {
            let (paid, back) = (number(row.try_get(2)?)?, number(row.try_get(3)?)?);
            let day = of(&mut days, &row)?;
            (day.payments, day.given_back) = (paid, back);
        }
        for row in client.query(CLOSINGS, &[&municipality, &first, &last]).await? {
            let closing = Closing {
                at: row.try_get(2)?,
                seq: number(row.try_get(3)?)?,
                head: row.try_get(4)?,
                accounts: serde_json::from_str(row.try_get(5)?)
                    .map_err(|_| Error::Inconsistent("the totals of a day"))?,
            };
            of(&mut days, &row)?.closing = Some(closing);
        }
        Ok(days.into_values().rev().collect())
    }

    /// Payments, and what goes back of them, of which nobody knows yet, the oldest first.
    ///
    /// # Errors
    /// Faults of PostgreSQL.
    pub async fn not_known(&self, municipality: &str) -> Result<Vec<NotKnown>, Error> {
        let client = self.pool.get().await?;
        let rows = client
            .query(
                "select 'payment', office, day::text, counter, tender, amount, begun_at
                 from payment where municipality = $1 and state = 'unknown'
                 union all
                 select back.kind, back.office, back.day::text, back.counter,
                   coalesce(payment.tender, ''), back.amount, back.begun_at
                 from give_back back left join payment using (municipality, payment)
                 where municipality = $1 and back.state = 'unknown'
                 order by begun_at",
                &[&municipality],
            )
            .await?;
        rows.iter()
            .map(|row| {
                Ok(NotKnown {
                    way: match row.try_get::<_, &str>(0)? {
                        "void" => Way::Voided,
                        "refund" => Way::Refunded,
                        _ => Way::Paid,
                    },
                    office: row.try_get(1)?,
                    day: row.try_get(2)?,
                    counter: number(row.try_get::<_, i32>(3)?.into())?,
                    tender: row.try_get(4)?,
                    amount: number(row.try_get(5)?)?,
                })
            })
            .collect()
    }
}
