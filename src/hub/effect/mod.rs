//! What an entry means to the municipality, and what waits because nobody knows yet. The
//! rows that it makes are worked out of entries alone, so that they can be made again.

mod applications;
mod counters;
mod machines;
mod money;
mod notices;
mod tickets;

use deadpool_postgres::Transaction;
use serde::de::DeserializeOwned;

use super::{Error, Office};
use crate::journal;

pub(super) use machines::acted;

/// The edition of what is made of entries. A database whose rows are of an earlier one
/// has them made again.
pub(super) const EDITION: i16 = 5;

/// The rows that are made of entries.
pub(super) const TABLES: [&str; 10] = [
    "application",
    "ticket",
    "counter",
    "payment",
    "give_back",
    "posting",
    "closing",
    "device",
    "incident",
    "notice_outcome",
];

/// Why an entry is parked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It was written by a version of the program that is newer than this hub.
    TooNew,
    /// It does not say what an entry of its kind says.
    NotAsExpected,
    /// Another that it goes on from is parked, or has not come yet.
    BehindAnother,
}

impl Why {
    /// The name used in storage: `too_new`.
    pub fn id(self) -> &'static str {
        match self {
            Why::TooNew => "too_new",
            Why::NotAsExpected => "not_as_expected",
            Why::BehindAnother => "behind_another",
        }
    }

    pub(super) fn from_id(id: &str) -> Option<Why> {
        [Why::TooNew, Why::NotAsExpected, Why::BehindAnother].into_iter().find(|why| why.id() == id)
    }
}

/// An entry, and which office wrote it.
pub(super) struct Told<'a> {
    pub office: &'a Office,
    pub row: &'a journal::Row,
}

/// Something the municipality wants to know of an entry.
#[derive(Debug)]
pub(super) enum Effect {
    /// Stored, and nothing more is made of it.
    None,
    Application(applications::Effect),
    Ticket(tickets::Effect),
    Counter(counters::Effect),
    Money(Box<money::Effect>),
    Machine(machines::Effect),
    Notice(notices::Effect),
}

impl Effect {
    /// Whether it is with this that the hub first hears of the entity: what came before it,
    /// by another log, waits for it.
    pub(super) fn begins(&self) -> bool {
        match self {
            Effect::Application(effect) => effect.begins(),
            Effect::Ticket(effect) => effect.begins(),
            Effect::Money(effect) => effect.begins(),
            Effect::Machine(effect) => effect.begins(),
            Effect::Counter(_) | Effect::Notice(_) | Effect::None => false,
        }
    }
}

/// The facts of an entry; all kinds that something is made of are of version 1 so far.
fn facts<T: DeserializeOwned>(row: &journal::Row) -> Result<T, Why> {
    if row.schema_version > 1 {
        return Err(Why::TooNew);
    }
    serde_json::from_str(&row.facts).map_err(|_| Why::NotAsExpected)
}

/// What an entry means. Kinds that nothing is made of are never too new.
///
/// # Errors
/// Why it is parked.
pub(super) fn effect_of(row: &journal::Row) -> Result<Effect, Why> {
    let (kind, _) = row.kind.split_once('.').unwrap_or_default();
    Ok(match kind {
        "visit" | "application" => applications::read(row)?.map(Effect::Application),
        "ticket" => tickets::read(row)?.map(Effect::Ticket),
        "counter" => counters::read(row)?.map(Effect::Counter),
        "payment" | "give_back" | "cash" | "day" => {
            money::read(row)?.map(|one| Effect::Money(Box::new(one)))
        }
        "device" | "log" => machines::read(row)?.map(Effect::Machine),
        "notice" => notices::read(row)?.map(Effect::Notice),
        _ => None,
    }
    .unwrap_or(Effect::None))
}

/// Lets it take effect, or says why it cannot.
pub(super) async fn apply(
    tx: &Transaction<'_>,
    told: &Told<'_>,
    effect: &Effect,
) -> Result<Result<(), Why>, Error> {
    match effect {
        Effect::None => Ok(Ok(())),
        Effect::Application(effect) => applications::apply(tx, told, effect).await,
        Effect::Ticket(effect) => tickets::apply(tx, told, effect).await,
        Effect::Counter(effect) => counters::apply(tx, told, effect).await.map(Ok),
        Effect::Money(effect) => money::apply(tx, told, effect).await,
        Effect::Machine(effect) => machines::apply(tx, told, effect).await,
        Effect::Notice(effect) => notices::apply(tx, told, effect).await.map(Ok),
    }
}

/// The same, and nothing of it where it cannot: what PostgreSQL refuses for what it says
/// is parked like what cannot be read, and holds up nothing else.
pub(super) async fn tried(
    tx: &Transaction<'_>,
    told: &Told<'_>,
    effect: &Effect,
) -> Result<Result<(), Why>, Error> {
    if matches!(effect, Effect::None) {
        return Ok(Ok(()));
    }
    tx.batch_execute("savepoint effect").await?;
    match apply(tx, told, effect).await {
        Ok(Ok(())) => {
            tx.batch_execute("release savepoint effect").await?;
            Ok(Ok(()))
        }
        Ok(Err(why)) => {
            taken_back(tx).await?;
            Ok(Err(why))
        }
        Err(Error::Sql(error)) if is_about_what_it_says(&error) => {
            taken_back(tx).await?;
            Ok(Err(Why::NotAsExpected))
        }
        Err(error) => Err(error),
    }
}

/// All of them at once, which is quicker; `false`, and nothing of it, where one cannot.
pub(super) async fn all_took_effect(
    tx: &Transaction<'_>,
    effects: impl Iterator<Item = (Told<'_>, &Effect)>,
) -> Result<bool, Error> {
    tx.batch_execute("savepoint effect").await?;
    for (told, effect) in effects {
        match apply(tx, &told, effect).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return taken_back(tx).await.map(|()| false),
            Err(Error::Sql(error)) if is_about_what_it_says(&error) => {
                return taken_back(tx).await.map(|()| false);
            }
            Err(error) => return Err(error),
        }
    }
    tx.batch_execute("release savepoint effect").await?;
    Ok(true)
}

async fn taken_back(tx: &Transaction<'_>) -> Result<(), Error> {
    Ok(tx.batch_execute("rollback to savepoint effect; release savepoint effect").await?)
}

/// Data exceptions and broken rules of the tables (SQLSTATE classes 22 and 23).
fn is_about_what_it_says(error: &tokio_postgres::Error) -> bool {
    let code = error.code().map(tokio_postgres::error::SqlState::code).unwrap_or_default();
    code.starts_with("22") || code.starts_with("23")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn submitted(schema_version: i64, facts: &str) -> journal::Row {
        let visit = "01a20ada-2c00-7cb9-b86b-f6c27eeb5590";
        journal::Row {
            log: "01a20ada-2c00-7cb9-b86b-f6c27eeb5591".into(),
            seq: 1,
            op_id: "01a20ada-2c00-7cb9-b86b-f6c27eeb5592".into(),
            kind: "visit.submitted".into(),
            schema_version,
            entity_kind: "visit".into(),
            entity_id: visit.into(),
            occurred_at: "2026-11-25T09:00:00+09:00".into(),
            boot_id: "unknown".into(),
            monotonic_ms: 0,
            clock_quality: "unsynced".into(),
            actor: "system".into(),
            facts: facts.into(),
            sealed: None,
            prev_hash: vec![0; 32],
        }
    }

    #[test]
    fn what_is_newer_or_other_than_expected_is_parked_and_what_nothing_is_made_of_never() {
        let of = |kind: &str, version, facts: &str| {
            effect_of(&journal::Row { kind: kind.into(), ..submitted(version, facts) })
                .map(|effect| !matches!(effect, Effect::None))
        };
        assert_eq!(of("visit.submitted", 1, r#"{"applications":[]}"#), Ok(true));
        assert_eq!(of("visit.submitted", 2, r#"{"applications":[]}"#), Err(Why::TooNew));
        assert_eq!(of("visit.submitted", 1, "{}"), Err(Why::NotAsExpected));
        assert_eq!(of("ticket.moved", 9, "{}"), Err(Why::TooNew));
        assert_eq!(of("payment.settled", 1, "[]"), Err(Why::NotAsExpected));
        let step = r#"{"state":"unknown","day":"2026-11-25","at":"2026-11-25T09:00:00.000+09:00",
            "slip":null,"entry":null}"#;
        let told = format!(r#"{{"step":{step},"entry":null,"paid":null}}"#);
        assert_eq!(of("give_back.told", 1, &told), Ok(true));
        assert_eq!(of("give_back.told", 1, "{}"), Err(Why::NotAsExpected));
        assert_eq!(of("give_back.asked", 1, "{}"), Err(Why::NotAsExpected));
        for nothing in ["staff.signed_in", "visit.viewed", "application.print_sent", "x"] {
            assert_eq!(of(nothing, 9, "{}"), Ok(false), "{nothing}");
        }
    }
}
