//! The hub on a real PostgreSQL: what offices send arrives once and in order.

mod again;
mod copied;
mod down;
mod faults;
pub mod keys;
mod late_letters;
mod letters;
pub mod office;
pub mod pages;
pub mod people;
pub mod served;
pub mod town;
mod travelling;
mod waiting;

use madoguchi::hub::{Error, Hub, Log, Why};
use madoguchi::sync::Mark;
use madoguchi::sync::batch::{IN_A_LETTER, Most, ON_A_LINE};
use serde_json::json;

use crate::stage::postgres::Postgres;
use office::Office;

pub const TOWN: &str = "999997";

async fn hub(postgres: &Postgres, name: &str) -> Hub {
    Hub::open(&postgres.database(name)).await.unwrap()
}

/// How many applications the town has received, how many entries it holds.
fn counts(postgres: &Postgres, name: &str) -> String {
    let counts = "select (select count(*) from application), (select count(*) from entry), \
                  (select count(*) from act)";
    postgres.asked_in(name, counts).unwrap().trim().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_office_wrote_arrives_once_however_it_is_cut_and_repeated() {
    let Some(postgres) = Postgres::start("a hub") else { return };
    let hub = hub(&postgres, "town").await;
    let office = Office::open("999997/honcho", 1).await;
    for _ in 0..6 {
        let visit = office.hand_in(1).await;
        office.goes_on(visit).await;
    }
    let (log, all) = (office.log().await, office.from(1).await);
    assert_eq!(hub.position(TOWN, log.id).await.unwrap().upto, None);
    // Nothing, a part, it again, what overlaps, what comes too early, the rest, all again.
    for (range, upto) in
        [(0..0, 0), (0..5, 5), (0..5, 5), (2..8, 8), (9..12, 8), (8..12, 12), (0..12, 12)]
    {
        let position = hub.take(&log, &all[range.clone()]).await.unwrap();
        assert_eq!(position.upto.map_or(0, |mark| mark.seq), upto, "{range:?}");
        assert_eq!(position, hub.position(TOWN, log.id).await.unwrap());
    }
    let last = all.last().unwrap().link;
    let held = hub.position(TOWN, log.id).await.unwrap();
    assert_eq!(held.upto, Some(Mark { seq: 12, hash: last.hash }));
    assert_eq!(counts(&postgres, "town"), "6|12|12");
    let held = async |first, most| hub.held(&log.office, (log.id, first), most).await.unwrap();
    assert_eq!(held(1, ON_A_LINE).await, all, "as they were written");
    assert_eq!(held(11, IN_A_LETTER).await, all[10..]);
    assert_eq!(held(3, Most { entries: 2, ..ON_A_LINE }).await, all[2..4]);
    assert!(held(13, ON_A_LINE).await.is_empty());
    let other = "999997/higashi".parse().unwrap();
    let held = hub.held(&other, (log.id, 1), ON_A_LINE).await;
    assert!(held.unwrap().is_empty(), "to its own office alone");
    // Nobody changes what was written down.
    for edit in ["update entry set actor = 'system'", "delete from entry"] {
        assert_eq!(postgres.asked_in("town", edit), None, "{edit}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hubs_that_are_sent_the_same_at_once_take_it_once_and_a_dead_server_loses_nothing() {
    let Some(mut postgres) = Postgres::start("two hubs") else { return };
    let one = hub(&postgres, "town").await;
    let other = Hub::open(&postgres.address("town")).await.unwrap();
    assert_eq!(
        one.position(TOWN, Office::open("999997/honcho", 9).await.log().await.id)
            .await
            .unwrap()
            .hub,
        other
            .position(TOWN, Office::open("999997/honcho", 9).await.log().await.id)
            .await
            .unwrap()
            .hub,
    );
    let office = Office::open("999997/honcho", 1).await;
    for _ in 0..40 {
        office.hand_in(1).await;
    }
    let (log, all) = (office.log().await, office.from(1).await);
    let sent = (0..12).map(|nth| {
        let hub = if nth % 2 == 0 { one.clone() } else { other.clone() };
        let (log, part) = (log.clone(), all[..20 + nth].to_vec());
        tokio::spawn(async move { hub.take(&log, &part).await.unwrap().upto.unwrap().seq })
    });
    for answer in sent.collect::<Vec<_>>() {
        assert!(answer.await.unwrap() >= 20);
    }
    assert_eq!(counts(&postgres, "town"), "31|31|31");
    // The answer to the rest is lost: what was answered before is there.
    postgres.kill();
    assert!(one.take(&log, &all[31..]).await.is_err());
    postgres.launch();
    let again = Hub::open(&postgres.address("town")).await.unwrap();
    assert_eq!(again.position(TOWN, log.id).await.unwrap().upto.unwrap().seq, 31);
    assert_eq!(again.take(&log, &all).await.unwrap().upto.unwrap().seq, 40);
    assert_eq!(counts(&postgres, "town"), "40|40|40");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_written_so_or_by_another_office_is_refused_and_changes_nothing() {
    let Some(postgres) = Postgres::start("a hub that is lied to") else { return };
    let hub = hub(&postgres, "town").await;
    let office = Office::open("999997/honcho", 1).await;
    for _ in 0..3 {
        office.hand_in(1).await;
    }
    let (log, all) = (office.log().await, office.from(1).await);
    let torn = |change: fn(&mut madoguchi::hub::Entry)| {
        let mut all = all.clone();
        change(&mut all[1]);
        all
    };
    for changed in [
        torn(|entry| entry.body.facts = "{}".into()),
        torn(|entry| entry.body.actor = "system ".into()),
        torn(|entry| entry.link.hash = [0; 32]),
        torn(|entry| entry.body.sealed = Some(vec![])),
        torn(|entry| entry.body.log = "01a20ada-2c00-7cb9-b86b-f6c27eeb5590".into()),
    ] {
        assert!(matches!(hub.take(&log, &changed).await, Err(Error::Torn(2))));
    }
    // A log is its office's own, from its first entry on.
    let elsewhere = Log { office: "999997/higashi".parse().unwrap(), ..log.clone() };
    assert!(matches!(hub.take(&elsewhere, &all).await, Err(Error::OtherLog)));
    assert_eq!(counts(&postgres, "town"), "0|0|0");
    hub.take(&log, &all).await.unwrap();
    assert!(matches!(hub.take(&elsewhere, &all).await, Err(Error::OtherLog)));
    assert_eq!(counts(&postgres, "town"), "3|3|3");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_act_that_arrives_in_two_logs_takes_effect_once() {
    let Some(postgres) = Postgres::start("an act in two logs") else { return };
    let hub = hub(&postgres, "town").await;
    let (before, after) =
        (Office::open("999997/honcho", 1).await, Office::open("999997/honcho", 2).await);
    let (op, visit) = (before.journal.op(), before.hand_in(1).await);
    for office in [&before, &after] {
        office.hand_in_as(op, 1, visit).await;
        hub.take(&office.log().await, &office.from(1).await).await.unwrap();
    }
    assert_eq!(counts(&postgres, "town"), "2|3|2");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_this_hub_does_not_understand_waits_with_what_comes_after_it_and_nothing_else_does() {
    let Some(postgres) = Postgres::start("an entry from the future") else { return };
    let hub = hub(&postgres, "town").await;
    let office = Office::open("999997/honcho", 1).await;
    let newer = office.hand_in(2).await;
    office.hand_in(1).await;
    office.goes_on(newer).await;
    let (log, all) = (office.log().await, office.from(1).await);
    // In two batches, and all is acknowledged.
    hub.take(&log, &all[..1]).await.unwrap();
    assert_eq!(hub.take(&log, &all).await.unwrap().upto.unwrap().seq, 3);
    assert_eq!(counts(&postgres, "town"), "1|3|3");
    let parked = hub.parked(TOWN).await.unwrap();
    let told: Vec<_> = parked.iter().map(|one| (one.kind.as_str(), one.why)).collect();
    assert_eq!(told, [("visit.submitted", Why::TooNew), ("visit.identified", Why::BehindAnother)]);
    assert!(parked.iter().all(|one| one.entity.1 == newer.to_string() && one.office == "honcho"));
    // A hub that starts looks again; this one knows no more than the last.
    let again = Hub::open(&postgres.address("town")).await.unwrap();
    assert_eq!(again.parked(TOWN).await.unwrap(), parked);
    // What an older hub had parked and this one understands takes effect.
    let older = "delete from application; update act set parked = 'too_new' where seq = 2";
    postgres.asked_in("town", older).unwrap();
    let newer = Hub::open(&postgres.address("town")).await.unwrap();
    assert_eq!(newer.parked(TOWN).await.unwrap(), parked);
    assert_eq!(counts(&postgres, "town"), "1|3|3");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_tables_refuse_waits_like_what_is_not_understood_and_holds_up_nobody() {
    let Some(postgres) = Postgres::start("an entry that the tables refuse") else { return };
    let hub = hub(&postgres, "town").await;
    let office = Office::open("999997/honcho", 1).await;
    let application = office.journal.op();
    let form = json!({ "applications": [{
        "id": application, "procedure": "juminhyo", "form": "juminhyo", "edition": "1",
        "receipt": null,
    }] });
    // Two visits that say they handed in the very same form.
    for visit in [office.journal.op(), office.journal.op()] {
        let (op, visit) = (office.journal.op(), visit.to_string());
        office.note(op, "visit.submitted", 1, &visit, form.clone()).await;
    }
    office.hand_in(1).await;
    let (log, all) = (office.log().await, office.from(1).await);
    assert_eq!(hub.take(&log, &all).await.unwrap().upto.unwrap().seq, 3);
    assert_eq!(counts(&postgres, "town"), "2|3|3");
    let parked = hub.parked(TOWN).await.unwrap();
    assert_eq!(parked.iter().map(|one| one.why).collect::<Vec<_>>(), [Why::NotAsExpected]);
    assert_eq!(parked[0].entity.1, all[1].body.entity_id);
    // It is looked at again and goes on waiting.
    let again = Hub::open(&postgres.address("town")).await.unwrap();
    assert_eq!(again.parked(TOWN).await.unwrap(), parked);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_that_was_restored_is_another_one() {
    let Some(postgres) = Postgres::start("a restored hub") else { return };
    let first = hub(&postgres, "town").await;
    let log = Office::open("999997/honcho", 1).await.log().await.id;
    let life = first.position(TOWN, log).await.unwrap().hub;
    let again = Hub::open(&postgres.address("town")).await.unwrap();
    assert_eq!(again.position(TOWN, log).await.unwrap().hub, life);
    drop((first, again));
    postgres.asked("select pg_terminate_backend(pid) from pg_stat_activity where datname = 'town'");
    postgres.asked("create database copy template town").unwrap();
    let copy = Hub::open(&postgres.address("copy")).await.unwrap();
    assert_ne!(copy.position(TOWN, log).await.unwrap().hub, life);
}

/// Tables that are the same on every machine, however many there are.
const REFERENCE: [&str; 2] = ["hub_born", "hub_version"];

/// Keys that do not begin with the municipality.
const STRAY_KEYS: &str = "
  select distinct con.conrelid::regclass || '.' || con.conname
  from pg_constraint con
  join pg_class t on t.oid = con.conrelid and t.relnamespace = 'public'::regnamespace
  where con.contype in ('p', 'u', 'f')
    and (select attname from pg_attribute
         where attrelid = con.conrelid and attnum = con.conkey[1]) <> 'municipality'
    and not t.relname = any (string_to_array('{reference}', ','))
  union
  select distinct i.indexrelid::regclass::text
  from pg_index i
  join pg_class t on t.oid = i.indrelid and t.relnamespace = 'public'::regnamespace
  where i.indisunique
    and (select attname from pg_attribute
         where attrelid = i.indrelid and attnum = i.indkey[0]) is distinct from 'municipality'
    and not t.relname = any (string_to_array('{reference}', ','))";

#[tokio::test(flavor = "multi_thread")]
async fn every_key_is_led_by_the_municipality_so_that_any_postgresql_can_spread_the_tables() {
    let Some(postgres) = Postgres::start("the catalogue") else { return };
    let _hub = hub(&postgres, "town").await;
    let stray = STRAY_KEYS.replace("{reference}", &REFERENCE.join(","));
    assert_eq!(postgres.asked_in("town", &stray).unwrap(), "");
    let tables = "select count(*) from pg_class where relkind = 'p'";
    assert_eq!(postgres.asked_in("town", tables).unwrap().trim(), "21");
    // It would find one.
    let wrong = "create table wrong (id bigint primary key, municipality text, \
                 unique (municipality, id)); create unique index also on wrong ((id + 1));
                 create table wronger (municipality text, log bigint references wrong)";
    postgres.asked_in("town", wrong).unwrap();
    let found = postgres.asked_in("town", &stray).unwrap();
    for name in ["wrong.wrong_pkey", "also", "wronger.wronger_log_fkey"] {
        assert!(found.contains(name), "{found}");
    }
}
