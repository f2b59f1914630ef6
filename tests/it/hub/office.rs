//! An office that writes things down, with a real journal in a real database.

use std::sync::Arc;

use madoguchi::chance::SeededChance;
use madoguchi::clock::HeldClock;
use madoguchi::db::{Db, Tx};
use madoguchi::hub::{self, Log};
use madoguchi::id::{ApplicationId, OpId, VisitId};
use madoguchi::journal::{self, Actor, Entity, Event, Journal, OfficeKey};
use madoguchi::schema::STEPS;
use madoguchi::sync::Mark;
use madoguchi::sync::message::Link;
use serde_json::{Value, json};
use tempfile::TempDir;
use time::macros::datetime;

/// An office of the example town.
pub struct Office {
    pub db: Db,
    pub journal: Arc<Journal>,
    _folder: TempDir,
}

impl Office {
    /// One whose identities come from `seed`.
    pub async fn open(site: &'static str, seed: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("office.db");
        let db = Db::start(&path, STEPS, journal::check_tail).unwrap();
        let chance = Arc::new(SeededChance::new(seed));
        let key = OfficeKey::generate(&*chance);
        let clock = Arc::new(HeldClock::at(datetime!(2026-11-25 9:00 +9)));
        let journal = Arc::new(Journal::new(clock, chance, key));
        let opens = journal.clone();
        db.write(move |tx| opens.open_log(tx, site).map(drop)).await.unwrap();
        Self { db, journal, _folder: folder }
    }

    /// Writes something down of a visit.
    pub async fn note(&self, op: OpId, kind: &'static str, version: u32, id: &str, facts: Value) {
        let entity = Entity::new("visit", id);
        self.write((op, kind, version), Actor::System, entity, facts).await;
    }

    /// Somebody does something, and the office writes it down.
    pub async fn tell(&self, actor: Actor, kind: &'static str, entity: Entity, facts: Value) {
        self.write((self.journal.op(), kind, 1), actor, entity, facts).await;
    }

    /// The same of a version of its own.
    pub async fn note_of(
        &self,
        entity: Entity,
        (kind, version): (&'static str, u32),
        facts: Value,
    ) {
        self.write((self.journal.op(), kind, version), Actor::System, entity, facts).await;
    }

    async fn write(
        &self,
        (op, kind, version): (OpId, &'static str, u32),
        actor: Actor,
        entity: Entity,
        facts: Value,
    ) {
        let journal = self.journal.clone();
        let append = move |tx: &Tx<'_>| {
            let personal = None;
            let event = Event { op, kind, schema_version: version, entity, actor, facts, personal };
            journal.append(tx, &event).map(drop)
        };
        self.db.write(append).await.unwrap();
    }

    /// Somebody hands an application in.
    pub async fn hand_in(&self, version: u32) -> VisitId {
        let visit = VisitId::new(self.journal.now(), &SeededChance::new(fresh(self)));
        self.hand_in_as(self.journal.op(), version, visit).await;
        visit
    }

    /// The same with this identity.
    pub async fn hand_in_as(&self, op: OpId, version: u32, visit: VisitId) {
        let application = ApplicationId::new(self.journal.now(), &SeededChance::new(fresh(self)));
        let facts = json!({ "applications": [{
            "id": application, "procedure": "juminhyo", "form": "juminhyo", "edition": "1",
            "receipt": "000-001",
        }] });
        self.note(op, "visit.submitted", version, &visit.to_string(), facts).await;
    }

    /// A later thing that happens to a visit.
    pub async fn goes_on(&self, visit: VisitId) {
        let id = visit.to_string();
        self.note(self.journal.op(), "visit.identified", 1, &id, json!({})).await;
    }

    /// The log that is open.
    pub async fn log(&self) -> Log {
        let row = self.db.read(journal::logs).await.unwrap().pop().unwrap();
        let parent = row.parent.map(|(log, seq, hash)| (log, Mark { seq, hash }));
        let office = row.site.parse().unwrap();
        Log { office, id: row.id, parent, opened_at: row.opened_at }
    }

    /// Everything in it from `first` on.
    pub async fn from(&self, first: u64) -> Vec<hub::Entry> {
        let log = self.log().await.id;
        let rows = self.db.read(move |connection| journal::carried(connection, log, first, 500));
        let entry = |(body, hash): (journal::Row, _)| {
            let before = body.prev_hash.clone().try_into().unwrap();
            hub::Entry { link: Link { seq: body.seq.try_into().unwrap(), before, hash }, body }
        };
        rows.await.unwrap().into_iter().map(entry).collect()
    }
}

/// A number that this office's chance has not given yet.
fn fresh(office: &Office) -> u64 {
    let op = office.journal.op().to_string();
    u64::from_str_radix(&op[op.len() - 12..], 16).unwrap()
}
