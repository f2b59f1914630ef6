//! What offices did, on the hub's pages: every row is made of entries, and can be made
//! again from them.

use madoguchi::chance::SeededChance;
use madoguchi::clock::parse_rfc3339;
use madoguchi::db::Tx;
use madoguchi::hub::people::Role;
use madoguchi::hub::{Hub, KeyState, Look, Search, Stage, Way, Why};
use madoguchi::id::{ChargeId, DeviceId, TicketId, VisitId};
use madoguchi::journal::{Actor, Entity, Journal};
use madoguchi::lang::Words;
use madoguchi::payment::give_back::{self, Wanted};
use madoguchi::payment::{
    self, At, By, Line, Means, Outcome, Reason, Request, Slip, SlipNumber, Tender,
};
use madoguchi::yen::{Tax, Yen};
use serde_json::json;
use time::macros::date;

use super::office::Office;
use super::people::{Looker, now, person, staffed};
use super::served::served;
use super::{TOWN, hub};
use crate::stage::http::Visitor;
use crate::stage::office::PASSWORD;
use crate::stage::postgres::Postgres;

/// When the day of these tests is looked at.
const NOW: &str = "2026-11-25T09:30:00.000+09:00";

fn at(minute: u32) -> String {
    format!("2026-11-25T09:{minute:02}:00.000+09:00")
}

impl Office {
    /// A number is drawn; what happens to it is the rest.
    async fn number(&self, nth: u32, lane: &str, acts: &[(&str, u32, u32)]) {
        let id = TicketId::new(self.journal.now(), &SeededChance::new(u64::from(nth)));
        let entity = || Entity::new("ticket", id);
        let issued = json!({
            "visit": null, "day": "2026-11-25", "prefix": "A", "number": nth, "issued": nth,
            "class": "ordinary", "slot": null, "at": at(nth), "typed": null, "lane": lane,
            "plan": [], "code": null,
        });
        self.tell(Actor::System, "ticket.issued", entity(), issued).await;
        for (action, counter, minute) in acts {
            let facts = json!({
                "action": action, "who": "clerk", "at": at(*minute), "counter": counter,
            });
            self.tell(Actor::System, "ticket.moved", entity(), facts).await;
        }
    }

    /// What happens at a counter where money is taken, by its own rules.
    async fn at_the_till<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Tx<'_>, &Journal, By) -> Result<T, payment::Error> + Send + 'static,
    ) -> T {
        let journal = self.journal.clone();
        let by = By { op: journal.op(), actor: Actor::System };
        self.db.write(move |tx| act(tx, &journal, by)).await.unwrap()
    }

    /// Somebody pays in cash.
    async fn pays(&self, seed: u64, yen: u32) {
        let charge = self.owes(seed, yen).await;
        self.at_the_till(move |tx, journal, by| {
            let (amount, tender) = (Yen(yen), Tender::Cash { received: Yen(1_000) });
            let request = Request { charge, amount, tender, counter: 1, at: None };
            payment::take(tx, journal, by, &request)
        })
        .await;
    }

    /// Somebody pays with a card, wants it back, and the terminal falls silent over that.
    async fn asks_back(&self, seed: u64, yen: u32) {
        let charge = self.owes(seed, yen).await;
        let at = At { terminal: "t1".into(), brand: None };
        let tender = Means::Credit.into();
        let request = Request { charge, amount: Yen(yen), tender, counter: 2, at: Some(at) };
        let begin =
            move |tx: &Tx<'_>, journal: &Journal, by| payment::start(tx, journal, by, &request);
        let paid = self.at_the_till(begin).await.id;
        let slip = Slip {
            brand: "visa".into(),
            acquirer: "mihon".into(),
            terminal: "t1".into(),
            number: SlipNumber::typed("00001").unwrap(),
        };
        let taken = Outcome::Authorised(Some(slip));
        self.at_the_till(move |tx, journal, by| payment::settle(tx, journal, by, (paid, &taken)))
            .await;
        let wanted = Wanted {
            payment: paid,
            items: Some(vec![("03-01".into(), Yen(yen))]),
            reason: Reason::Asked,
            counter: 2,
        };
        let asked =
            move |tx: &Tx<'_>, journal: &Journal, by| give_back::begin(tx, journal, by, &wanted);
        let back = self.at_the_till(asked).await.id;
        self.at_the_till(move |tx, journal, by| {
            give_back::settle(tx, journal, by, (back, &Outcome::Unknown))
        })
        .await;
    }

    /// Somebody is charged this much.
    async fn owes(&self, seed: u64, yen: u32) -> ChargeId {
        let visit = VisitId::new(self.journal.now(), &SeededChance::new(seed));
        let day = self.journal.now().date();
        let line = Line {
            form: "juminhyo".into(),
            question: "juminhyo.copies".into(),
            option: "all".into(),
            name: Words { ja: "住民票の写し".into(), en: "Certificate".into() },
            item: "03-01".into(),
            count: 1,
            unit: Yen(yen),
            amount: Yen(yen),
            cashless: true,
            tax: Tax::Exempt,
            exempt: None,
        };
        self.at_the_till(move |tx, journal, by| {
            let charge = payment::charge(tx, journal, by.actor, (visit, day), vec![line])?;
            Ok(charge.expect("there is a line").id)
        })
        .await
    }

    /// The day is closed as it is.
    async fn closes_the_day(&self) {
        let day = self.journal.now().date();
        self.at_the_till(move |tx, journal, by| payment::close(tx, journal, by, (day, None))).await;
    }

    /// A closing arrives that says that this much was in the first drawer.
    async fn closes(&self, yen: i64) {
        let facts = json!({
            "day": "2026-11-25", "closed_at": at(25),
            "totals": { "accounts": { "cash:1": yen, "revenue:03-01": -yen }, "payments": 1,
                        "voids": 0, "refunds": 0, "differences": 0, "nothing": {} },
            "digest": "", "reason": null,
        });
        self.tell(Actor::System, "day.closed", Entity::new("day", "2026-11-25"), facts).await;
    }

    pub async fn sent_to(&self, hub: &Hub) {
        hub.take(&self.log().await, &self.from(1).await).await.unwrap();
    }
}

/// Two offices after an ordinary morning.
pub async fn morning() -> [Office; 2] {
    let [honcho, higashi] =
        [Office::open("999997/honcho", 1).await, Office::open("999997/higashi", 2).await];
    honcho
        .number(1, "certificate", &[("call_next", 1, 5), ("serve", 1, 6), ("finish", 1, 9)])
        .await;
    honcho.number(2, "certificate", &[("call_next", 1, 10), ("serve", 1, 11)]).await;
    honcho.number(3, "certificate", &[]).await;
    honcho.number(4, "moving", &[]).await;
    higashi.number(5, "moving", &[]).await;
    for (counter, kind) in [(1, "counter.opened"), (2, "counter.opened"), (2, "counter.paused")] {
        honcho.tell(Actor::System, kind, Entity::new("counter", counter), json!({})).await;
    }
    honcho.pays(11, 300).await;
    higashi.pays(12, 450).await;
    higashi.asks_back(13, 350).await;
    honcho.closes_the_day().await;
    higashi.closes(400).await;
    let tablet = DeviceId::new(honcho.journal.now(), &SeededChance::new(7));
    let paired = json!({ "role": "kiosk", "name": "記載台１", "reader": null });
    let entity = Entity::new("device", tablet);
    honcho.tell(Actor::Device(tablet), "device.paired", entity, paired).await;
    let log = Entity::new("log", "-");
    let parted = json!({ "incident": "counter_went_back" });
    higashi.tell(Actor::System, "log.parted", log, parted).await;
    [honcho, higashi]
}

/// Everything the pages show, as PostgreSQL has it.
fn shown(postgres: &Postgres) -> String {
    let tables = [
        "application",
        "ticket",
        "counter",
        "payment",
        "give_back",
        "posting",
        "closing",
        "device",
        "incident",
    ];
    let all = tables.map(|table| {
        let rows = format!("select to_jsonb(one) from {table} one order by 1");
        postgres.asked_in("town", &rows).unwrap()
    });
    assert!(all.iter().all(|rows| !rows.is_empty()), "a table is empty: {all:?}");
    all.concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_queue_of_every_office_is_known_as_its_counters_rules_have_it() {
    let Some(postgres) = Postgres::start("the queues of two offices") else { return };
    let hub = hub(&postgres, "town").await;
    for office in morning().await {
        office.sent_to(&hub).await;
    }
    assert!(hub.parked(TOWN).await.unwrap().is_empty());
    let halls = hub.halls(TOWN, parse_rfc3339(NOW).unwrap()).await.unwrap();
    let told: Vec<_> = halls
        .iter()
        .flat_map(|hall| {
            hall.lanes.iter().map(|lane| {
                let counts = (lane.waiting, lane.at_counters, lane.done);
                (hall.branch.office.as_str(), lane.lane.as_str(), counts, lane.longest_secs)
            })
        })
        .collect();
    let minutes = |minutes: u64| Some(minutes * 60);
    assert_eq!(
        told,
        [
            ("higashi", "moving", (1, 0, 0), minutes(25)),
            ("honcho", "certificate", (1, 1, 1), minutes(27)),
            ("honcho", "moving", (1, 0, 0), minutes(26)),
        ]
    );
    let windows: Vec<_> = halls[1]
        .windows
        .iter()
        .map(|window| (window.counter, window.is_paused, window.number.as_deref()))
        .collect();
    assert_eq!(windows, [(1, false, Some("A2")), (2, true, None)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_is_found_by_what_is_on_its_paper_and_by_what_became_of_it() {
    let Some(postgres) = Postgres::start("applications") else { return };
    let hub = hub(&postgres, "town").await;
    let office = Office::open("999997/honcho", 1).await;
    let ids = [1, 2, 3].map(|_| office.journal.op().to_string());
    for (id, receipt) in ids.iter().zip(["honcho-20261125-0001", "-0002", "-0011"]) {
        let ticket = receipt.ends_with("11").then_some("A12");
        let forms = json!({ "ticket": ticket, "applications": [{
            "id": id, "procedure": "juminhyo", "form": "juminhyo", "edition": "2026-04-01",
            "receipt": receipt,
        }] });
        let visit = Entity::new("visit", office.journal.op());
        office.tell(Actor::System, "visit.submitted", visit, forms).await;
    }
    let printed = json!({ "applications": [ids[0], ids[1]], "printer": "browser" });
    let visit = Entity::new("visit", office.journal.op());
    office.tell(Actor::System, "application.printed", visit, printed).await;
    let decided = |id: &str| Entity::new("application", id);
    office.tell(Actor::System, "application.accepted", decided(&ids[0]), json!({})).await;
    office.sent_to(&hub).await;
    staffed(&hub, TOWN).await;
    let me = person(&hub, TOWN, Role::Clerk).await;
    let found = async |search: Search| -> Vec<Stage> {
        let found = hub.applications((&me, now()), &search).await.unwrap();
        found.all.iter().map(|one| one.stage).collect()
    };
    let any = Search::default;
    for (search, stages) in [
        (Search { receipt: Some("0001".into()), ..any() }, vec![Stage::Accepted]),
        (Search { receipt: Some("11".into()), ..any() }, vec![Stage::HandedIn]),
        (Search { receipt: Some("a12".into()), ..any() }, vec![Stage::HandedIn]),
        (Search { receipt: Some("%".into()), ..any() }, vec![]),
        (Search { stage: Some(Stage::Printed), ..any() }, vec![Stage::Printed]),
        (Search { day: Some(date!(2026 - 11 - 24)), ..any() }, vec![]),
        (Search { office: Some("higashi".into()), ..any() }, vec![]),
        (Search { procedure: Some("ido".into()), ..any() }, vec![]),
    ] {
        assert_eq!(found(search.clone()).await, stages, "{search:?}");
    }
    let day = Search { day: Some(date!(2026 - 11 - 25)), ..any() };
    assert_eq!(found(day).await.len(), 3);
    // Another town sees none of it.
    let id = ids[0].parse().unwrap();
    staffed(&hub, "999971").await;
    let other = person(&hub, "999971", Role::Clerk).await;
    assert!(hub.applications((&other, now()), &any()).await.unwrap().all.is_empty());
    assert!(hub.application((&other, now()), Look::View, id).await.unwrap().is_none());
    let opened = hub.application((&me, now()), Look::View, id).await.unwrap().unwrap();
    assert_eq!(opened.entered, Err(KeyState::NotKept));
    let (one, happened) = (opened.one, opened.happened);
    assert_eq!((one.printed, one.stage), (1, Stage::Accepted));
    let kinds: Vec<&str> = happened.iter().map(|one| one.kind.as_str()).collect();
    assert_eq!(kinds, ["visit.submitted", "application.accepted"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closing_that_says_something_else_than_the_entries_that_are_here_is_told_of() {
    let Some(postgres) = Postgres::start("takings") else { return };
    let hub = hub(&postgres, "town").await;
    for office in morning().await {
        office.sent_to(&hub).await;
    }
    let day = date!(2026 - 11 - 25);
    let takings = hub.takings(TOWN, (day, day)).await.unwrap();
    let told: Vec<_> = takings
        .iter()
        .map(|day| (day.office.as_str(), day.of("cash"), day.payments, day.agrees()))
        .collect();
    assert_eq!(told, [("honcho", 300, 1, Some(true)), ("higashi", 450, 2, Some(false))]);
    assert!(takings.iter().all(|day| day.accounts.values().sum::<i64>() == 0));
    let before = day.previous_day().unwrap();
    assert!(hub.takings(TOWN, (before, before)).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn money_of_which_nobody_knows_whether_it_went_back_is_told_until_somebody_does() {
    let Some(postgres) = Postgres::start("money that went back or not") else { return };
    let hub = hub(&postgres, "town").await;
    let [_, higashi] = morning().await;
    higashi.sent_to(&hub).await;
    let told = hub.not_known(TOWN).await.unwrap();
    let told: Vec<_> = told
        .iter()
        .map(|one| (one.way, one.office.as_str(), one.counter, one.tender.as_str(), one.amount))
        .collect();
    assert_eq!(told, [(Way::Refunded, "higashi", 2, "credit", 350)]);
    let back = higashi
        .at_the_till(|tx, _, _| Ok(give_back::open(tx)?.pop().expect("one is open").id))
        .await;
    let declined = &Outcome::Declined;
    higashi
        .at_the_till(move |tx, journal, by| give_back::settle(tx, journal, by, (back, declined)))
        .await;
    higashi.sent_to(&hub).await;
    assert_eq!(hub.not_known(TOWN).await.unwrap(), []);
    assert!(hub.parked(TOWN).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_pages_show_is_made_again_from_the_entries_alone() {
    let Some(postgres) = Postgres::start("everything made again") else { return };
    let first = hub(&postgres, "town").await;
    for office in morning().await {
        office.hand_in(1).await;
        office.sent_to(&first).await;
        // What arrives again takes no effect again.
        office.sent_to(&first).await;
    }
    let before = shown(&postgres);
    let spoil = "delete from posting; delete from device;
                 update ticket set state = 'done', told = '[]'; update application set printed = 9";
    postgres.asked_in("town", spoil).unwrap();
    first.make_again(TOWN).await.unwrap();
    assert_eq!(shown(&postgres), before);
    // A hub of a newer edition does so when it starts, and then no more.
    postgres.asked_in("town", &format!("{spoil}; update municipality set understood = 0")).unwrap();
    let _newer = Hub::open(&postgres.address("town")).await.unwrap();
    assert_eq!(shown(&postgres), before);
    postgres.asked_in("town", "update application set printed = 9").unwrap();
    let _again = Hub::open(&postgres.address("town")).await.unwrap();
    assert_ne!(shown(&postgres), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_office_waits_for_nothing_of_another_and_what_goes_on_from_what_waits_waits_too() {
    let Some(postgres) = Postgres::start("what waits for what") else { return };
    let hub = hub(&postgres, "town").await;
    let [honcho, higashi] =
        [Office::open("999997/honcho", 1).await, Office::open("999997/higashi", 2).await];
    // The same day in two offices: the one's is not what a closing is.
    let day = || Entity::new("day", "2026-11-25");
    honcho.tell(Actor::System, "day.closed", day(), json!({ "totals": "none" })).await;
    higashi.closes(0).await;
    // A decision about what was never handed in here.
    let unknown = Entity::new("application", honcho.journal.op());
    honcho.tell(Actor::System, "application.accepted", unknown, json!({})).await;
    honcho.sent_to(&hub).await;
    higashi.sent_to(&hub).await;
    let parked = hub.parked(TOWN).await.unwrap();
    let told: Vec<_> =
        parked.iter().map(|one| (one.office.as_str(), one.kind.as_str(), one.why)).collect();
    assert_eq!(
        told,
        [
            ("honcho", "day.closed", Why::NotAsExpected),
            ("honcho", "application.accepted", Why::BehindAnother),
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_show_every_office_of_the_town_and_none_of_another() {
    let Some(postgres) = Postgres::start("the hub's pages") else { return };
    let database = postgres.database("town");
    let hub = Hub::open(&database).await.unwrap();
    for office in morning().await {
        office.hand_in(1).await;
        office.sent_to(&hub).await;
    }
    let other = Office::open("999971/minami", 3).await;
    other.hand_in(1).await;
    other.sent_to(&hub).await;
    staffed(&hub, TOWN).await;
    let program = served(&database, &[]);
    let mut supervisor = Looker::new(&program, TOWN);
    supervisor.sign_in("supervisor", PASSWORD);
    let mut look = |page: &str| {
        let text = supervisor.get(page).text;
        assert!(!text.contains("minami"), "{page}");
        text
    };
    let days = "from=2026-11-25&to=2026-11-25";
    for (page, shown) in [
        ("", vec!["honcho", "higashi", "全庁の状況"]),
        ("/applications?day=2026-11-25", vec!["2 件", "000-001", "honcho", "higashi"]),
        (&format!("/takings?{days}"), vec!["750", "一致", "締めの金額と違います"]),
        ("/takings", vec!["未了が 1 件", "還付（端末での返金）", "クレジット", "350"]),
        ("/machines", vec!["記載台１", "古い控えに戻ったか", "honcho"]),
    ] {
        let text = look(page);
        for word in shown {
            assert!(text.contains(word), "{page}: {word}: {text}");
        }
    }
    assert_eq!(Visitor::new(&program.address).get("/municipalities/1/machines").status, 404);
}
