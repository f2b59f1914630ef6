//! Keys of visits on a real PostgreSQL: they come where the town wants it and the hub has
//! a key of its own, and go for good when their office erased its own.

use std::path::{Path, PathBuf};

use madoguchi::chance::SeededChance;
use madoguchi::clock::parse_rfc3339;
use madoguchi::envelope::PublicKey;
use madoguchi::hub::{Hub, HubKey, Office};
use madoguchi::id::VisitId;
use madoguchi::journal::{OfficeKey, VisitKey};
use madoguchi::wire::{Keys, KeysHeard};
use tempfile::TempDir;

use super::hub;
use super::people::now;
use super::served::served;
use super::town::{Branch, Hall};
use crate::stage::postgres::Postgres;
use crate::stage::program::{madoguchi, run};
use crate::stage::wait_until;

const SITE: &str = "999997/honcho";

fn hub_key(seed: u64) -> HubKey {
    HubKey::of(OfficeKey::generate(&SeededChance::new(seed)))
}

fn honcho() -> Office {
    SITE.parse().unwrap()
}

/// What a hub seals for, as it says itself.
async fn receiver(hub: &Hub) -> PublicKey {
    let nothing = Keys::erased(SITE.into(), vec![]);
    let heard = hub.take_keys(&honcho(), &nothing, &SeededChance::new(1)).await.unwrap();
    PublicKey::from_bytes(heard.remembered().1.unwrap()).unwrap()
}

/// A hub is told a visit's key, or that it was erased.
async fn tell(hub: &Hub, to: &PublicKey, key: Option<VisitId>, erased: &[VisitId]) -> KeysHeard {
    let chance = SeededChance::new(2);
    let mut told = Keys::erased(SITE.into(), erased.to_vec());
    if let Some(visit) = key {
        told = told.with_keys(to, &[(visit, VisitKey::of([7; 32]))], &chance).unwrap();
    }
    hub.take_keys(&honcho(), &told, &chance).await.unwrap()
}

/// Two visits in the order of their rows.
fn two(chance: &SeededChance) -> [VisitId; 2] {
    let mut both = [1, 2].map(|_| VisitId::new(now(), chance));
    both.sort();
    both
}

/// `kept`, `let go` or `erased`, for each visit.
fn rows(postgres: &Postgres) -> Vec<String> {
    let rows = "select case when wrapped is null then 'erased' when let_go_at is null then 'kept'
                else 'let go' end from visit_key order by visit";
    postgres.asked_in("town", rows).unwrap().lines().map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_kept_for_the_hubs_own_days_after_its_office_let_go_of_it_and_no_longer() {
    let Some(postgres) = Postgres::start("keys of visits") else { return };
    let hub = hub(&postgres, "town").await.keeping(hub_key(1), 3);
    let chance = SeededChance::new(9);
    let [one, late] = two(&chance);
    let to = receiver(&hub).await;
    for _ in 0..2 {
        let heard = tell(&hub, &to, Some(one), &[]).await;
        assert_eq!((heard.has, heard.erased), (vec![one], vec![]));
    }
    assert_eq!(rows(&postgres), ["kept"]);
    // Its end is told, before a letter with another's key comes, whose end came first.
    tell(&hub, &to, None, &[one, late]).await;
    assert_eq!(rows(&postgres), ["let go", "erased"]);
    let heard = tell(&hub, &to, Some(late), &[]).await;
    assert_eq!(heard.has, [late], "it need not be told again");
    assert_eq!(rows(&postgres), ["let go", "erased"]);
    postgres.asked_in("town", "update visit_key set let_go_at = '2026-11-22T09:30:01+09:00'");
    assert_eq!(hub.erase_keys(now()).await.unwrap(), 0, "three days are not over");
    let later = parse_rfc3339("2026-11-25T09:30:02+09:00").unwrap();
    assert_eq!(hub.erase_keys(later).await.unwrap(), 1);
    assert_eq!(rows(&postgres), ["erased", "erased"]);
    tell(&hub, &to, Some(one), &[]).await;
    assert_eq!(rows(&postgres), ["erased", "erased"], "for good");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_without_days_erases_at_once_and_one_with_another_key_is_told_again() {
    let Some(postgres) = Postgres::start("keys of another hub") else { return };
    let plain = hub(&postgres, "town").await;
    let first = plain.clone().keeping(hub_key(1), 0);
    let chance = SeededChance::new(9);
    let [one, other] = two(&chance);
    let to = receiver(&first).await;
    tell(&first, &to, Some(one), &[]).await;
    tell(&first, &to, Some(other), &[one]).await;
    assert_eq!(rows(&postgres), ["erased", "kept"]);
    // What was sealed for the earlier key does not open: it says what key it has.
    let second = plain.clone().keeping(hub_key(2), 0);
    let heard = tell(&second, &to, Some(one), &[]).await;
    assert!(heard.has.is_empty());
    let new = PublicKey::from_bytes(heard.remembered().1.unwrap()).unwrap();
    assert!(new != to);
    let by =
        || postgres.asked_in("town", "select wrapped_by from visit_key where wrapped is not null");
    let before = by();
    assert_eq!(tell(&second, &new, Some(other), &[]).await.has, [other]);
    assert_ne!(by(), before, "the key that is there can be used");
    // A hub that keeps none takes none, and says so.
    let heard = tell(&plain, &to, Some(one), &[]).await;
    assert_eq!((heard.remembered().1, heard.has.len()), (None, 0));
}

/// A key of the hub's own, as its administrator makes it.
pub fn new_key(folder: &TempDir) -> PathBuf {
    let file = folder.path().join("hub.key");
    let make = || run(madoguchi(&["hub", "new-key"]).arg(&file));
    assert_eq!(make().0, Some(0));
    assert_eq!(make().0, Some(1), "never over one that is there");
    file
}

/// Lets the office tell its visits' keys, or no more.
pub fn tells_keys(config: &Path, tells: bool) {
    let site = config.join("site.toml");
    let text = std::fs::read_to_string(&site).unwrap();
    let text = text.replace("keys = true\n", "").replace("keys = false\n", "");
    let keys = format!("[hub]\nkeys = {tells}\n");
    std::fs::write(&site, text.replace("[hub]\n", &keys)).unwrap();
}

#[test]
fn keys_travel_where_office_and_hub_both_want_it_and_are_taken_back_when_one_does_not() {
    let Some(mut hall) = Hall::open("keys on their way") else { return };
    let folder = tempfile::tempdir().unwrap();
    let key = new_key(&folder);
    let mut honcho = Branch::open_as("honcho", |config| tells_keys(config, true));
    let mut higashi = Branch::open("higashi");
    for branch in [&mut honcho, &mut higashi] {
        branch.cable.lead_to(&hall.hub.address);
        branch.resident();
    }
    hall.comes_to(|| super::town::all(&[&honcho, &higashi]));
    assert_eq!(rows(&hall.postgres), [""; 0], "the hub has no key of its own");
    hall.hub.kill();
    hall.hub = served(&hall.postgres.address("town"), &[Path::new("--keys"), &key]);
    for branch in [&mut honcho, &mut higashi] {
        branch.cable.lead_to(&hall.hub.address);
        branch.kill_and_start();
    }
    wait_until("the key is there", || rows(&hall.postgres) == ["kept"]);
    // And the next with its entries.
    honcho.resident();
    wait_until("the next is there", || rows(&hall.postgres) == ["kept", "kept"]);
    let of = hall.postgres.asked_in("town", "select distinct office from visit_key").unwrap();
    assert_eq!(of.trim(), "honcho");
    tells_keys(&honcho.config(), false);
    honcho.kill_and_start();
    wait_until("they are taken back", || rows(&hall.postgres) == ["erased", "erased"]);
}
