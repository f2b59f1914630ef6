//! Visits' keys for the hub, where the town wants it to have them. What was told is kept
//! beside; what is erased here is told, too, whether or not keys are told any more.

use rusqlite::{Connection, OptionalExtension, params};

use crate::db::{self, Tx};
use crate::envelope::PublicKey;
use crate::id::VisitId;
use crate::journal::{Error, Journal, VisitKey};
use crate::wire::{Keys, KeysHeard, VISITS_MAX};

/// Visits with forms whose keys the hub was not told. Nobody at the town hall looks at
/// who only drew a number.
const NEW: &str = "
  select visit from visit_key
  where ?2 and wrapped is not null
    and not exists (select 1 from key_told where key_told.visit = visit_key.visit
      and told <> 'nothing')
    and exists (select 1 from journal where entity_kind = 'visit' and entity_id = visit
      and kind = 'visit.submitted' and json_array_length(facts, '$.applications') > 0)
  order by visit limit ?1";

/// Visits whose keys the hub was told and is to forget: those that were erased here, and
/// all of them where the town wants it to have none.
const GONE: &str = "
  select visit from key_told
  where told <> 'erased' and (not ?2 or exists (select 1 from visit_key
    where visit_key.visit = key_told.visit and wrapped is null))
  order by visit limit ?1";

/// What the hub is to be told now. `wanted`: whether the town wants it to have keys.
pub(super) fn message(
    connection: &Connection,
    journal: &Journal,
    (site, wanted): (&str, bool),
) -> Result<Keys, Error> {
    let message = Keys::erased(site.to_owned(), visits(connection, GONE, wanted)?);
    let Some(to) = receiver(connection)?.filter(|_| wanted) else { return Ok(message) };
    let keys = visits(connection, NEW, wanted)?
        .into_iter()
        .map(|visit| Ok((visit, journal.visit_key(connection, visit)?)))
        .collect::<Result<Vec<(VisitId, VisitKey)>, Error>>()?;
    if keys.is_empty() {
        return Ok(message);
    }
    // A key that agrees with no other is no hub's.
    let sealed = message.clone().with_keys(&to, &keys, &*journal.chance);
    Ok(sealed.unwrap_or(message))
}

fn visits(connection: &Connection, which: &str, wanted: bool) -> Result<Vec<VisitId>, Error> {
    let mut rows = connection.prepare_cached(which)?;
    let most = i64::try_from(VISITS_MAX).unwrap_or(i64::MAX);
    let mut rows = rows.query(params![most, wanted])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        let id: String = row.get(0)?;
        let wrong = db::Error::Inconsistent { table: "visit_key", column: "visit" };
        all.push(id.parse().map_err(|_| wrong)?);
    }
    Ok(all)
}

/// What keys are sealed with, where the hub said it.
fn receiver(connection: &Connection) -> Result<Option<PublicKey>, Error> {
    let key: Option<Option<Vec<u8>>> = connection
        .prepare_cached("select to_key from key_hub")?
        .query_row([], |row| row.get(0))
        .optional()?;
    Ok(key.flatten().and_then(|key| PublicKey::from_bytes(&key)))
}

/// Keeps what the hub said; whether that changed anything. A hub with another life or
/// another key has perhaps nothing of what an earlier one was told.
pub(super) fn hear(tx: &Tx<'_>, heard: &KeysHeard) -> Result<bool, Error> {
    let (hub, to) = heard.remembered();
    let before: Option<(Vec<u8>, Option<Vec<u8>>)> = tx
        .query_row("select hub, to_key from key_hub", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let is_same = before.as_ref().is_some_and(|(was, key)| was == hub && key.as_deref() == to);
    if !is_same {
        tx.execute(
            "insert into key_hub (one, hub, to_key) values (1, ?1, ?2)
             on conflict (one) do update set hub = excluded.hub, to_key = excluded.to_key",
            params![hub, to],
        )?;
        tx.execute("update key_told set told = 'nothing'", [])?;
    }
    let mut keep = tx.prepare_cached(
        "insert into key_told (visit, told) values (?1, ?2)
         on conflict (visit) do update set told = excluded.told",
    )?;
    for (visits, told) in [(&heard.has, "key"), (&heard.erased, "erased")] {
        for visit in visits {
            keep.execute(params![visit.to_string(), told])?;
        }
    }
    Ok(!is_same || !heard.has.is_empty() || !heard.erased.is_empty())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;
    use time::macros::datetime;

    use super::*;
    use crate::chance::SeededChance;
    use crate::clock::HeldClock;
    use crate::envelope::PrivateKey;
    use crate::journal::{Actor, Entity, Event, OfficeKey};
    use crate::sync::Incarnation;

    const SITE: &str = "999997/honcho";

    struct Counter {
        connection: Connection,
        journal: Journal,
        hub: PrivateKey,
    }

    impl Counter {
        fn new() -> Self {
            let chance = Arc::new(SeededChance::new(1));
            let key = OfficeKey::generate(&*chance);
            let clock = Arc::new(HeldClock::at(datetime!(2026-11-25 9:00 +9)));
            let journal = Journal::new(clock, chance.clone(), key);
            let connection = crate::schema::in_memory();
            let counter = Self { connection, journal, hub: PrivateKey::generate(&*chance) };
            counter.journal.open_log(&counter.tx(), SITE).unwrap();
            counter
        }

        fn tx(&self) -> Tx<'_> {
            Tx::alone(&self.connection)
        }

        /// Somebody comes, with so many forms.
        fn visit(&self, forms: usize) -> VisitId {
            let visit = VisitId::new(self.journal.now(), &*self.journal.chance);
            self.journal.make_visit_key(&self.tx(), visit).unwrap();
            let event = Event {
                op: self.journal.op(),
                kind: "visit.submitted",
                schema_version: 1,
                entity: Entity::new("visit", visit),
                actor: Actor::System,
                facts: json!({ "applications": vec![json!({}); forms] }),
                personal: None,
            };
            self.journal.append(&self.tx(), &event).unwrap();
            visit
        }

        fn says(&self, wanted: bool) -> (Vec<VisitId>, Vec<VisitId>) {
            let told = message(&self.connection, &self.journal, (SITE, wanted)).unwrap();
            let keys = told.open(&self.hub).unwrap();
            (keys.into_iter().map(|(visit, _)| visit).collect(), told.erased)
        }

        /// The hub answers that it has these, and that those are erased.
        fn hears(&self, life: u8, (has, erased): (&[VisitId], &[VisitId])) -> bool {
            let mut heard = KeysHeard::new(Incarnation([life; 16]), Some(&self.hub.public()));
            (heard.has, heard.erased) = (has.to_vec(), erased.to_vec());
            hear(&self.tx(), &heard).unwrap()
        }
    }

    #[test]
    fn a_key_is_told_once_and_its_end_once_to_each_hub() {
        let counter = Counter::new();
        let mut both = [counter.visit(1), counter.visit(2)];
        both.sort();
        let [one, other] = both;
        counter.visit(0);
        let nothing: (Vec<VisitId>, Vec<VisitId>) = Default::default();
        assert_eq!(counter.says(true), nothing, "nobody said what it is to be sealed with");
        assert!(counter.hears(1, (&[], &[])));
        assert_eq!(counter.says(true), (vec![one, other], vec![]));
        assert!(!counter.hears(1, (&[], &[])), "an answer that has nothing to say");
        assert!(counter.hears(1, (&[one, other], &[])));
        assert_eq!(counter.says(true), nothing);
        counter.journal.erase_visit_key(&counter.tx(), one).unwrap();
        assert_eq!(counter.says(true), (vec![], vec![one]));
        assert!(counter.hears(1, (&[], &[one])));
        assert_eq!(counter.says(true), nothing);
        // The hub was set back: it may lack the one and have the other again.
        assert!(counter.hears(2, (&[], &[])));
        assert_eq!(counter.says(true), (vec![other], vec![one]));
    }

    #[test]
    fn a_town_that_wants_it_no_more_takes_every_key_back() {
        let counter = Counter::new();
        let one = counter.visit(1);
        assert!(counter.says(false).0.is_empty(), "it is off until it is turned on");
        counter.hears(1, (&[], &[]));
        assert!(counter.says(false).0.is_empty());
        counter.hears(1, (&[one], &[]));
        assert_eq!(counter.says(false), (vec![], vec![one]));
        counter.hears(1, (&[], &[one]));
        assert!(counter.says(false).1.is_empty());
    }
}
