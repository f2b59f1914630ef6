//! Taking a batch in: one transaction, all of what follows or nothing.

use std::collections::{BTreeMap, BTreeSet};

use deadpool_postgres::Transaction;

use super::effect::{EDITION, Effect, Told, Why, acted, all_took_effect, effect_of, tried};
use super::parked::{self, Waiting, Whose};
use super::{Entry, Error, Hub, Log, exactly, number};
use crate::sync::{Hash, Mark, Position, Receipt, receive};

impl Hub {
    /// Takes of a batch what follows on what is held, and says how far that is now. A
    /// batch that does not fit changes nothing: the answer says where to go on.
    ///
    /// # Errors
    /// [`Error::Torn`], [`Error::OtherLog`], [`Error::Overtaken`], [`Error::Busy`], faults of
    /// PostgreSQL.
    pub async fn take(&self, log: &Log, entries: &[Entry]) -> Result<Position, Error> {
        match self.tried(log, entries).await {
            // A municipality that an older process heard of first, while both ran.
            Err(Error::Outdated(municipality)) => {
                self.make_again(&municipality).await?;
                self.tried(log, entries).await
            }
            taken => taken,
        }
    }

    async fn tried(&self, log: &Log, entries: &[Entry]) -> Result<Position, Error> {
        for entry in entries {
            let row = &entry.body;
            let is_written_so = row.log == log.id.to_string()
                && number(row.seq)? == entry.link.seq
                && row.prev_hash == entry.link.before
                && row.hash() == entry.link.hash;
            if !is_written_so {
                return Err(Error::Torn(row.seq));
            }
        }
        let mut client = self.pool.get().await?;
        let tx = client.transaction().await?;
        let municipality = &log.office.municipality;
        lock(&tx, municipality).await?;
        let upto = known(&tx, log).await?;
        let from = match receive(upto, hashes(&tx, log, upto, entries).await?, entries) {
            // The first entry of a log hangs on its beginning, which the office cannot choose.
            Receipt::Take { .. }
                if upto.is_none()
                    && entries.first().is_some_and(|one| one.link.before != log.beginning()) =>
            {
                return Err(Error::OtherLog);
            }
            Receipt::Take { from } => from,
            Receipt::Gap | Receipt::Parted => entries.len(),
        };
        let new = entries.get(from..).unwrap_or_default();
        store(&tx, log, new).await?;
        interpret(&tx, log, new).await?;
        let last = new.last().map(|entry| entry.link.mark()).or(upto);
        let (seq, hash) = match last {
            Some(Mark { seq, hash }) => (i64::try_from(seq).unwrap_or(i64::MAX), Some(hash)),
            None => (0, None),
        };
        let row = tx
            .query_one(
                "update log set upto = $3, upto_hash = $4, heard_at = now()
                 where municipality = $1 and log = $2::text::uuid
                 returning upto, upto_hash, backed_up",
                &[municipality, &log.id.to_string(), &seq, &hash.as_ref().map(Hash::as_slice)],
            )
            .await?;
        let position = self.position_in(&row)?;
        tx.commit().await?;
        Ok(position)
    }
}

/// One batch of a municipality after the other: offices write little, and the order of
/// acts on one entity is then that of their arrival. What is made of them is made by one
/// edition only.
pub(super) async fn lock(tx: &Transaction<'_>, municipality: &str) -> Result<(), Error> {
    match lock_whatever_edition(tx, municipality).await? {
        EDITION => Ok(()),
        newer if newer > EDITION => Err(Error::Overtaken),
        _ => Err(Error::Outdated(municipality.to_owned())),
    }
}

/// The same for whoever makes it again, and the edition of what is there.
pub(super) async fn lock_whatever_edition(
    tx: &Transaction<'_>,
    municipality: &str,
) -> Result<i16, Error> {
    tx.execute(
        "insert into municipality (municipality, understood) values ($1, $2)
         on conflict do nothing",
        &[&municipality, &EDITION],
    )
    .await?;
    let row = tx
        .query_one(
            "select understood from municipality where municipality = $1 for update",
            &[&municipality],
        )
        .await?;
    Ok(row.try_get(0)?)
}

/// How far the log is held; one that is new is noted.
async fn known(tx: &Transaction<'_>, log: &Log) -> Result<Option<Mark>, Error> {
    let (parent, mark) = match &log.parent {
        Some((parent, mark)) => (Some(parent.to_string()), Some(mark)),
        None => (None, None),
    };
    let seq = mark.map(|mark| i64::try_from(mark.seq).unwrap_or(i64::MAX));
    let hash = mark.map(|mark| mark.hash.as_slice());
    let (municipality, id) = (&log.office.municipality, log.id.to_string());
    tx.execute(
        "insert into log (municipality, log, office, parent, parent_seq, parent_hash, opened_at)
         values ($1, $2::text::uuid, $3, $4::text::uuid, $5, $6, $7) on conflict do nothing",
        &[municipality, &id, &log.office.name, &parent, &seq, &hash, &log.opened_at],
    )
    .await?;
    let row = tx
        .query_one(
            "select upto, upto_hash, office, parent::text, parent_seq, parent_hash from log
             where municipality = $1 and log = $2::text::uuid",
            &[municipality, &id],
        )
        .await?;
    let is_same = row.try_get::<_, &str>(2)? == log.office.name
        && row.try_get::<_, Option<String>>(3)? == parent
        && row.try_get::<_, Option<i64>>(4)? == seq
        && row.try_get::<_, Option<&[u8]>>(5)? == hash;
    if !is_same {
        return Err(Error::OtherLog);
    }
    let hash: Option<Vec<u8>> = row.try_get(1)?;
    let mark = |hash| Ok(Mark { seq: number(row.try_get(0)?)?, hash: exactly(hash)? });
    hash.map(mark).transpose()
}

/// The hashes of what a batch brings again.
async fn hashes(
    tx: &Transaction<'_>,
    log: &Log,
    upto: Option<Mark>,
    entries: &[Entry],
) -> Result<impl Fn(u64) -> Option<Hash> + use<>, Error> {
    let mut hashes = BTreeMap::new();
    if let (Some(first), Some(upto)) = (entries.first(), upto)
        && first.link.seq <= upto.seq
    {
        let range = [first.link.seq, first.link.seq + entries.len() as u64];
        let [from, to] = range.map(|seq| i64::try_from(seq).unwrap_or(i64::MAX));
        let rows = tx
            .query(
                "select seq, hash from entry
                 where municipality = $1 and log = $2::text::uuid and seq between $3 and $4",
                &[&log.office.municipality, &log.id.to_string(), &from, &to],
            )
            .await?;
        for row in rows {
            hashes.insert(number(row.try_get(0)?)?, exactly(row.try_get(1)?)?);
        }
    }
    Ok(move |seq| hashes.get(&seq).copied())
}

async fn store(tx: &Transaction<'_>, log: &Log, new: &[Entry]) -> Result<(), Error> {
    if new.is_empty() {
        return Ok(());
    }
    let rows = || new.iter().map(|entry| &entry.body);
    macro_rules! column {
        ($row:ident => $value:expr) => {
            rows().map(|$row| $value).collect::<Vec<_>>()
        };
    }
    let hashes: Vec<&[u8]> = new.iter().map(|entry| entry.link.hash.as_slice()).collect();
    tx.execute(
        "insert into entry (municipality, log, seq, op, kind, schema_version, entity_kind,
           entity_id, occurred_at, boot_id, monotonic_ms, clock_quality, actor, facts, sealed,
           prev_hash, hash)
         select $1, $2::text::uuid, seq, op::uuid, kind, schema_version, entity_kind, entity_id,
           occurred_at, boot_id, monotonic_ms, clock_quality, actor, facts::json, sealed,
           prev_hash, hash
         from unnest($3::bigint[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::text[],
           $9::text[], $10::text[], $11::bigint[], $12::text[], $13::text[], $14::text[],
           $15::bytea[], $16::bytea[], $17::bytea[])
           as t (seq, op, kind, schema_version, entity_kind, entity_id, occurred_at, boot_id,
             monotonic_ms, clock_quality, actor, facts, sealed, prev_hash, hash)",
        &[
            &log.office.municipality,
            &log.id.to_string(),
            &column!(row => row.seq),
            &column!(row => row.op_id.as_str()),
            &column!(row => row.kind.as_str()),
            &column!(row => row.schema_version),
            &column!(row => row.entity_kind.as_str()),
            &column!(row => row.entity_id.as_str()),
            &column!(row => row.occurred_at.as_str()),
            &column!(row => row.boot_id.as_str()),
            &column!(row => row.monotonic_ms),
            &column!(row => row.clock_quality.as_str()),
            &column!(row => row.actor.as_str()),
            &column!(row => row.facts.as_str()),
            &column!(row => row.sealed.as_deref()),
            &column!(row => row.prev_hash.as_slice()),
            &hashes,
        ],
    )
    .await?;
    Ok(())
}

/// Lets each act take effect that is new, in order.
async fn interpret(tx: &Transaction<'_>, log: &Log, new: &[Entry]) -> Result<(), Error> {
    let municipality = &log.office.municipality;
    let ops: Vec<&str> = new.iter().map(|entry| entry.body.op_id.as_str()).collect();
    let known = tx
        .query(
            "select op::text from act
             where municipality = $1 and op = any ($2::text[]::uuid[])",
            &[municipality, &ops],
        )
        .await?;
    let known: BTreeSet<String> =
        known.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
    let mut waiting = Waiting::of(tx, municipality).await?;
    let new: Vec<&Entry> = new.iter().filter(|entry| !known.contains(&entry.body.op_id)).collect();
    let acts = take_effect(tx, log, &new, &mut waiting).await?;
    let office = log.office.name.as_str();
    acted(tx, municipality, acts.iter().map(|act| (office, &act.entry.body))).await?;
    note(tx, log, &acts).await?;
    // What came may be what others have waited for.
    let has_begun = acts.iter().any(|act| act.begins && act.why.is_none());
    if has_begun && waiting.is_for_another() {
        parked::go_on(tx, municipality).await?;
    }
    Ok(())
}

/// What became of an entry.
struct Act<'e> {
    entry: &'e Entry,
    /// Whether something is first heard of with it.
    begins: bool,
    /// Why it waits.
    why: Option<Why>,
}

/// Lets them take effect, all at once where nothing waits, and says of each why it waits.
async fn take_effect<'e>(
    tx: &Transaction<'_>,
    log: &Log,
    new: &[&'e Entry],
    waiting: &mut Waiting,
) -> Result<Vec<Act<'e>>, Error> {
    let told = |entry: &'e Entry| Told { office: &log.office, row: &entry.body };
    let meant: Vec<Result<Effect, Why>> = new.iter().map(|entry| effect_of(&entry.body)).collect();
    let all: Option<Vec<&Effect>> = meant.iter().map(|one| one.as_ref().ok()).collect();
    if let Some(all) = all.filter(|_| waiting.is_empty())
        && all_took_effect(tx, new.iter().map(|entry| told(entry)).zip(all)).await?
    {
        return Ok(new.iter().map(|entry| Act { entry, begins: true, why: None }).collect());
    }
    let mut acts = Vec::new();
    for (entry, meant) in new.iter().zip(meant) {
        let body = &entry.body;
        let whose: Whose =
            (log.office.name.clone(), body.entity_kind.clone(), body.entity_id.clone());
        let begins = meant.as_ref().is_ok_and(Effect::begins);
        let done = match waiting.lets(&whose, meant) {
            Ok(effect) => tried(tx, &told(entry), &effect).await?,
            Err(why) => Err(why),
        };
        let why = done.err();
        if let Some(why) = why {
            waiting.add(whose, why);
        }
        acts.push(Act { entry, begins, why });
    }
    Ok(acts)
}

/// Notes what became of the acts.
async fn note(tx: &Transaction<'_>, log: &Log, acts: &[Act<'_>]) -> Result<(), Error> {
    let count = i64::try_from(acts.len()).unwrap_or(i64::MAX);
    let municipality = &log.office.municipality;
    let row = tx
        .query_one(
            "update municipality set taken = taken + $2 where municipality = $1 returning taken",
            &[municipality, &count],
        )
        .await?;
    let before: i64 = row.try_get::<_, i64>(0)? - count;
    let rows = || acts.iter().map(|act| &act.entry.body);
    tx.execute(
        "insert into act (municipality, op, log, seq, entity_kind, entity_id, taken, parked)
         select $1, op::uuid, $2::text::uuid, seq, entity_kind, entity_id, $3 + nth, parked
         from unnest($4::text[], $5::bigint[], $6::text[], $7::text[], $8::text[])
           with ordinality as t (op, seq, entity_kind, entity_id, parked, nth)",
        &[
            municipality,
            &log.id.to_string(),
            &before,
            &rows().map(|row| row.op_id.as_str()).collect::<Vec<_>>(),
            &rows().map(|row| row.seq).collect::<Vec<_>>(),
            &rows().map(|row| row.entity_kind.as_str()).collect::<Vec<_>>(),
            &rows().map(|row| row.entity_id.as_str()).collect::<Vec<_>>(),
            &acts.iter().map(|act| act.why.map(Why::id)).collect::<Vec<_>>(),
        ],
    )
    .await?;
    Ok(())
}
