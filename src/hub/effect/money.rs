//! 収納: payments, what moved, and the days that were closed. The facts are the counters'
//! own rows; sums are worked out of both sides of every entry.

use deadpool_postgres::Transaction;
use serde::Deserialize;

use super::{Told, Why, facts};
use crate::clock::{iso_day, rfc3339};
use crate::hub::{Error, Office};
use crate::journal;
use crate::payment::{Closing, Entry, Payment, Step};

#[derive(Debug)]
pub(in crate::hub) enum Effect {
    Begun(Payment),
    Moved(Moved),
    /// Through a terminal.
    WentBack(WentBack),
    Closed(Closing),
}

impl Effect {
    pub(super) fn begins(&self) -> bool {
        matches!(self, Effect::Begun(_))
    }
}

/// The facts of what becomes of a payment, or of a count of the drawer.
#[derive(Debug, Deserialize)]
pub(in crate::hub) struct Moved {
    step: Option<Step>,
    entry: Option<Entry>,
}

/// The facts of what a terminal was asked to give back; where it gave, the entry, and the
/// step of its payment where nothing is left of that.
#[derive(Debug, Deserialize)]
pub(in crate::hub) struct WentBack {
    paid: Option<Step>,
    entry: Option<Entry>,
}

pub(super) fn read(row: &journal::Row) -> Result<Option<Effect>, Why> {
    Ok(Some(match row.kind.as_str() {
        "payment.started" => Effect::Begun(facts(row)?),
        "payment.settled" | "payment.voided" | "payment.refunded" | "cash.counted" => {
            Effect::Moved(facts(row)?)
        }
        "give_back.told" => Effect::WentBack(facts(row)?),
        "day.closed" => Effect::Closed(facts(row)?),
        _ => return Ok(None),
    }))
}

pub(super) async fn apply(
    tx: &Transaction<'_>,
    told: &Told<'_>,
    effect: &Effect,
) -> Result<Result<(), Why>, Error> {
    match effect {
        Effect::Begun(payment) => begin(tx, told, payment).await.map(Ok),
        Effect::Moved(Moved { step, entry }) => {
            if let Some(step) = step
                && !go_on(tx, told, (&told.row.entity_id, step)).await?
            {
                // It was begun with an entry that waits.
                return Ok(Err(Why::BehindAnother));
            }
            if let Some(entry) = entry {
                book(tx, told, entry).await?;
            }
            Ok(Ok(()))
        }
        Effect::WentBack(WentBack { paid, entry }) => {
            let Some(entry) = entry else { return Ok(Ok(())) };
            let payment = entry.payment.map(|id| id.to_string()).unwrap_or_default();
            if let Some(step) = paid
                && !go_on(tx, told, (&payment, step)).await?
            {
                return Ok(Err(Why::BehindAnother));
            }
            book(tx, told, entry).await.map(Ok)
        }
        Effect::Closed(closing) => close(tx, told, closing).await.map(Ok),
    }
}

async fn begin(tx: &Transaction<'_>, told: &Told<'_>, payment: &Payment) -> Result<(), Error> {
    let insert = tx
        .prepare_cached(
            "insert into payment (municipality, payment, office, day, amount, tender, counter,
               state, begun_at)
             values ($1, $2::text::uuid, $3, $4::text::date, $5, $6, $7, $8,
               $9::text::timestamptz)",
        )
        .await?;
    tx.execute(
        &insert,
        &[
            &told.office.municipality,
            &payment.id.to_string(),
            &told.office.name,
            &iso_day(payment.day),
            &i64::from(payment.amount.0),
            &payment.tender.id(),
            &i32::try_from(payment.counter).unwrap_or(i32::MAX),
            &payment.state().id(),
            &rfc3339(payment.begun_at),
        ],
    )
    .await?;
    Ok(())
}

/// Whether the payment is known.
async fn go_on(
    tx: &Transaction<'_>,
    told: &Told<'_>,
    (payment, step): (&String, &Step),
) -> Result<bool, Error> {
    let update = tx
        .prepare_cached(
            "update payment set state = $3
             where municipality = $1 and payment::text = $2 and office = $4",
        )
        .await?;
    let Office { municipality, name } = told.office;
    Ok(tx.execute(&update, &[municipality, payment, &step.state.id(), name]).await? == 1)
}

/// An entry is one act and never changes. A counter that was set back may write the same
/// one again, perhaps of another day: then that one stands.
async fn book(tx: &Transaction<'_>, told: &Told<'_>, entry: &Entry) -> Result<(), Error> {
    let (municipality, id) = (&told.office.municipality, entry.id.to_string());
    let before = tx
        .prepare_cached(
            "delete from posting
             where municipality = $1 and entry = $2::text::uuid and office = $3",
        )
        .await?;
    tx.execute(&before, &[municipality, &id, &told.office.name]).await?;
    let insert = tx
        .prepare_cached(
            "insert into posting (municipality, entry, nth, office, day, kind, account, amount)
             values ($1, $2::text::uuid, $3, $4, $5::text::date, $6, $7, $8)",
        )
        .await?;
    for (posting, nth) in entry.postings.iter().zip(0_i16..) {
        let (office, day) = (&told.office.name, iso_day(entry.day));
        let kind = entry.kind.id();
        tx.execute(
            &insert,
            &[municipality, &id, &nth, office, &day, &kind, &posting.account, &posting.signed()],
        )
        .await?;
    }
    Ok(())
}

/// A day is closed once; a counter that was set back may do it again.
async fn close(tx: &Transaction<'_>, told: &Told<'_>, closing: &Closing) -> Result<(), Error> {
    let insert = tx
        .prepare_cached(
            "insert into closing (municipality, office, day, closed_at, accounts, log, seq, hash)
             values ($1, $2, $3::text::date, $4::text::timestamptz, $5::text::json,
               $6::text::uuid, $7, $8)
             on conflict (municipality, office, day) do update set
               closed_at = excluded.closed_at, accounts = excluded.accounts, log = excluded.log,
               seq = excluded.seq, hash = excluded.hash",
        )
        .await?;
    let accounts = serde_json::to_string(&closing.totals.accounts)
        .map_err(|_| Error::Inconsistent("totals"))?;
    tx.execute(
        &insert,
        &[
            &told.office.municipality,
            &told.office.name,
            &iso_day(closing.day),
            &rfc3339(closing.closed_at),
            &accounts,
            &told.row.log,
            &told.row.seq,
            &told.row.hash().as_slice(),
        ],
    )
    .await?;
    Ok(())
}
