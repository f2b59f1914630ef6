//! What comes too early, from the wrong office, or to a hub of another edition.

use madoguchi::chance::SeededChance;
use madoguchi::hub::{Error, Hub, Why};
use madoguchi::id::{ApplicationId, DeviceId, TicketId, VisitId};
use madoguchi::journal::{Actor, Entity};
use serde_json::{Value, json};

use super::office::Office;
use super::{TOWN, counts, hub};
use crate::stage::postgres::Postgres;

/// Two logs of one office: what came first, and what was written later.
async fn two_logs() -> [Office; 2] {
    [Office::open("999997/honcho", 1).await, Office::open("999997/honcho", 2).await]
}

fn issued(nth: u32) -> Value {
    json!({
        "visit": null, "day": "2026-11-25", "prefix": "A", "number": nth, "issued": nth,
        "class": "ordinary", "slot": null, "at": "2026-11-25T09:00:00.000+09:00", "typed": null,
        "lane": "certificate", "plan": [], "code": null,
    })
}

fn moved(action: &str, minute: u32) -> Value {
    let at = format!("2026-11-25T09:{minute:02}:00.000+09:00");
    json!({ "action": action, "who": "clerk", "at": at, "counter": 1 })
}

/// Why each entry waits, in the order in which they came.
async fn waiting(hub: &Hub) -> Vec<(String, Why)> {
    let parked = hub.parked(TOWN).await.unwrap();
    parked.into_iter().map(|one| (one.kind, one.why)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_before_what_it_goes_on_from_waits_for_it_and_takes_effect_in_order() {
    let Some(postgres) = Postgres::start("an order that was turned round") else { return };
    let hub = hub(&postgres, "town").await;
    let [first, later] = two_logs().await;
    let chance = SeededChance::new(3);
    let now = first.journal.now();
    let (ticket, device) = (TicketId::new(now, &chance), DeviceId::new(now, &chance));
    let (visit, form) = (VisitId::new(now, &chance), ApplicationId::new(now, &chance));
    let paired = json!({ "role": "kiosk", "name": "記載台１", "reader": null });
    let submitted = json!({ "applications": [{
        "id": form, "procedure": "juminhyo", "form": "juminhyo", "edition": "1", "receipt": null,
    }] });
    for (kind, entity, facts) in [
        ("ticket.issued", Entity::new("ticket", ticket), issued(1)),
        ("device.paired", Entity::new("device", device), paired),
        ("visit.submitted", Entity::new("visit", visit), submitted),
    ] {
        first.tell(Actor::System, kind, entity, facts).await;
    }
    for (kind, entity, facts) in [
        ("ticket.moved", Entity::new("ticket", ticket), moved("call_next", 5)),
        ("ticket.moved", Entity::new("ticket", ticket), moved("serve", 6)),
        ("device.revoked", Entity::new("device", device), json!({})),
        ("application.accepted", Entity::new("application", form), json!({})),
    ] {
        later.tell(Actor::System, kind, entity, facts).await;
    }
    later.sent_to(&hub).await;
    let behind = |kind: &str| (kind.to_owned(), Why::BehindAnother);
    let all = ["ticket.moved", "ticket.moved", "device.revoked", "application.accepted"];
    assert_eq!(waiting(&hub).await, all.map(behind));
    first.sent_to(&hub).await;
    assert_eq!(waiting(&hub).await, []);
    let stand = || {
        postgres.asked_in(
            "town",
            "select (select state || ' ' || counter from ticket),
                    (select revoked_at is not null from device), (select state from application)",
        )
    };
    assert_eq!(stand().unwrap().trim(), "serving 1|t|accepted");
    // Made again it comes to the same.
    hub.make_again(TOWN).await.unwrap();
    assert_eq!(waiting(&hub).await, []);
    assert_eq!(stand().unwrap().trim(), "serving 1|t|accepted");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_overtakes_what_is_not_understood_even_where_it_begins_there() {
    let Some(postgres) = Postgres::start("an entry from the future, first") else { return };
    let hub = hub(&postgres, "town").await;
    let [first, later] = two_logs().await;
    let ticket = TicketId::new(first.journal.now(), &SeededChance::new(3));
    let entity = || Entity::new("ticket", ticket);
    first.tell(Actor::System, "ticket.issued", entity(), issued(1)).await;
    // What a newer version says of the ticket.
    later.note_of(entity(), ("ticket.moved", 2), moved("call_next", 5)).await;
    later.sent_to(&hub).await;
    first.sent_to(&hub).await;
    let told = |kind: &str, why| (kind.to_owned(), why);
    let expected = [told("ticket.moved", Why::TooNew), told("ticket.issued", Why::BehindAnother)];
    assert_eq!(waiting(&hub).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_office_changes_nothing_of_another() {
    let Some(postgres) = Postgres::start("an office that names another's") else { return };
    let hub = hub(&postgres, "town").await;
    let [honcho, higashi] =
        [Office::open("999997/honcho", 1).await, Office::open("999997/higashi", 2).await];
    let chance = SeededChance::new(3);
    let now = honcho.journal.now();
    let (ticket, device) = (TicketId::new(now, &chance), DeviceId::new(now, &chance));
    let (visit, form) = (VisitId::new(now, &chance), ApplicationId::new(now, &chance));
    let paired = || json!({ "role": "kiosk", "name": "記載台１", "reader": null });
    let submitted = json!({ "applications": [{
        "id": form, "procedure": "juminhyo", "form": "juminhyo", "edition": "1", "receipt": null,
    }] });
    for (kind, entity, facts) in [
        ("ticket.issued", Entity::new("ticket", ticket), issued(1)),
        ("device.paired", Entity::new("device", device), paired()),
        ("visit.submitted", Entity::new("visit", visit), submitted),
    ] {
        honcho.tell(Actor::System, kind, entity, facts).await;
    }
    honcho.sent_to(&hub).await;
    let rows = || {
        let rows = "select to_jsonb(t), to_jsonb(d), to_jsonb(a)
                    from ticket t, device d, application a";
        postgres.asked_in("town", rows).unwrap()
    };
    let before = rows();
    let printed = json!({ "applications": [form], "printer": "browser" });
    for (actor, kind, entity, facts) in [
        (Actor::System, "ticket.moved", Entity::new("ticket", ticket), moved("call_next", 5)),
        (Actor::System, "ticket.issued", Entity::new("ticket", ticket), issued(2)),
        (Actor::Device(device), "device.revoked", Entity::new("device", device), json!({})),
        (Actor::System, "application.accepted", Entity::new("application", form), json!({})),
        (Actor::System, "application.printed", Entity::new("visit", visit), printed),
    ] {
        higashi.tell(actor, kind, entity, facts).await;
    }
    higashi.sent_to(&hub).await;
    assert_eq!(rows(), before);
    assert_eq!(waiting(&hub).await.len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_editions_of_the_hub_do_not_make_rows_beside_each_other() {
    let Some(postgres) = Postgres::start("two editions of the hub") else { return };
    let hub = hub(&postgres, "town").await;
    let office = Office::open("999997/honcho", 1).await;
    for _ in 0..3 {
        office.hand_in(1).await;
    }
    let (log, all) = (office.log().await, office.from(1).await);
    hub.take(&log, &all[..1]).await.unwrap();
    // A newer hub started beside this one, and has made everything again its own way.
    let understood = |change: &str| {
        let change = format!("update municipality set understood = understood {change}");
        postgres.asked_in("town", &change).unwrap();
    };
    understood("+ 1");
    assert!(matches!(hub.take(&log, &all).await, Err(Error::Overtaken)));
    assert!(matches!(hub.look_again_in(TOWN).await, Err(Error::Overtaken)));
    assert!(matches!(hub.make_again(TOWN).await, Err(Error::Overtaken)));
    assert!(matches!(Hub::open(&postgres.address("town")).await, Err(Error::Overtaken)));
    assert_eq!(counts(&postgres, "town"), "1|1|1");
    // An older one heard of the municipality first, and knew of no applications.
    understood("- 2");
    postgres.asked_in("town", "delete from application").unwrap();
    assert_eq!(hub.take(&log, &all).await.unwrap().upto.unwrap().seq, 3);
    assert_eq!(counts(&postgres, "town"), "3|3|3");
}
