//! Who may look at the hub's pages: people of one municipality, by their roles, and all
//! that they look at is written down.

use madoguchi::chance::SeededChance;
use madoguchi::clock::{Moment, parse_rfc3339};
use madoguchi::hub::people::{NewPerson, Outcome, Role, SignedIn};
use madoguchi::hub::{Error, Hub, Look, Search};
use madoguchi::staff;
use ureq::http::StatusCode;

use super::office::Office;
use super::served::served;
use super::{TOWN, hub};
use crate::stage::http::{Answer, Visitor};
use crate::stage::office::{PASSWORD, hidden};
use crate::stage::postgres::Postgres;
use crate::stage::program::{Program, madoguchi, run};

/// When everybody here signs in.
pub fn now() -> Moment {
    parse_rfc3339("2026-11-25T09:30:00+09:00").unwrap()
}

/// Lets a municipality have one person of each role, who signs in with the role's name.
pub async fn staffed(hub: &Hub, municipality: &str) {
    let chance = SeededChance::new(5);
    let new = Role::ALL.map(|role| {
        NewPerson::typed((role.id(), "見本　係", role), PASSWORD, false, &chance).unwrap()
    });
    hub.invent_people((municipality, now()), new.into(), &chance).await.unwrap();
}

/// Somebody of this role, signed in.
pub async fn person(hub: &Hub, municipality: &str, role: Role) -> SignedIn {
    let of = (municipality, now());
    let attempt = hub.begin_sign_in(of, role.id()).await.unwrap();
    let chance = SeededChance::new(of.0.parse::<u64>().unwrap() + role as u64);
    match hub.finish_sign_in(of, &attempt.check(PASSWORD), &chance).await.unwrap() {
        Outcome::SignedIn(token) => hub.signed_in(of, &token, false).await.unwrap().unwrap(),
        Outcome::Refused(_) => panic!("{role:?} was not let in"),
    }
}

/// A browser at the pages of a municipality.
pub struct Looker {
    browser: Visitor,
    town: &'static str,
}

impl Looker {
    pub fn new(program: &Program, town: &'static str) -> Self {
        Self { browser: Visitor::new(&program.address), town }
    }

    pub fn get(&mut self, page: &str) -> Answer {
        let page = format!("/municipalities/{}{page}", self.town);
        self.browser.get(&page)
    }

    pub fn post(&mut self, page: &str, fields: &[(&str, &str)]) -> Answer {
        let page = format!("/municipalities/{}{page}", self.town);
        self.browser.post(&page, fields)
    }

    pub fn sign_in(&mut self, login: &str, password: &str) -> Answer {
        self.post("/sign-in", &[("login", login), ("password", password)])
    }

    /// Where it is sent instead.
    fn sent_to(&mut self, page: &str) -> String {
        let answer = self.get(page);
        let base = format!("/municipalities/{}", self.town);
        answer.header("location").strip_prefix(&base).unwrap_or_default().to_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_sees_what_their_role_does_and_the_auditor_sees_who_saw_it() {
    let Some(postgres) = Postgres::start("people at the hub") else { return };
    let database = postgres.database("town");
    let hub = Hub::open(&database).await.unwrap();
    for (town, seed) in [(TOWN, 1), ("999971", 2)] {
        staffed(&hub, town).await;
        let site = if town == TOWN { "999997/honcho" } else { "999971/minami" };
        let office = Office::open(site, seed).await;
        office.hand_in(1).await;
        office.sent_to(&hub).await;
    }
    let me = person(&hub, TOWN, Role::Clerk).await;
    let found = hub.applications((&me, now()), &Search::default()).await.unwrap();
    let one = format!("/applications/{}", found.all[0].id);
    let program = served(&database, &[]);
    let pages = [
        "",
        "/now",
        "/applications",
        &one,
        "/takings",
        "/machines",
        "/people",
        "/record",
        "/downlink",
    ];
    for page in pages.into_iter().chain(["/password", "/first"]) {
        assert_eq!(Looker::new(&program, TOWN).sent_to(page), "/sign-in", "{page}");
    }
    for (role, may) in [
        ("clerk", "xxxx....."),
        ("supervisor", "xxxxxx..."),
        ("administrator", "xx..xxx.x"),
        ("auditor", ".......x."),
    ] {
        let mut looker = Looker::new(&program, TOWN);
        assert_eq!(looker.sign_in(role, PASSWORD).status, StatusCode::SEE_OTHER, "{role}");
        let seen = pages.map(|page| match looker.get(page).status.as_u16() {
            200 => 'x',
            403 => '.',
            other => panic!("{role} {page}: {other}"),
        });
        assert_eq!(seen.iter().collect::<String>(), may, "{role}");
        // The very same session is nobody's in another town.
        let elsewhere = Looker { town: "999971", ..looker };
        let mut elsewhere = elsewhere;
        for page in pages {
            assert_eq!(elsewhere.sent_to(page), "/sign-in", "{role} {page}");
        }
    }
    // One that is not of this town is not there, whoever asks.
    let mut stranger = Looker::new(&program, "999971");
    stranger.sign_in("clerk", PASSWORD);
    assert_eq!(stranger.get(&one).status, StatusCode::NOT_FOUND);
    let record = {
        let mut auditor = Looker::new(&program, TOWN);
        auditor.sign_in("auditor", PASSWORD);
        auditor.get("/record").text
    };
    assert!(record.contains("記録はすべてつながっています"), "{record}");
    let id = &found.all[0].id;
    // The clerk and the supervisor, each once.
    assert_eq!(record.matches("申請を開きました").count(), 2, "{record}");
    assert_eq!(record.matches(id.as_str()).count(), 2, "{record}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_written_down_is_not_shown_and_an_edit_of_the_record_is_found() {
    let Some(postgres) = Postgres::start("the record of views") else { return };
    let hub = hub(&postgres, "town").await;
    staffed(&hub, TOWN).await;
    let office = Office::open("999997/honcho", 1).await;
    office.hand_in(1).await;
    office.sent_to(&hub).await;
    let me = person(&hub, TOWN, Role::Supervisor).await;
    let auditor = person(&hub, TOWN, Role::Auditor).await;
    let found = hub.applications((&me, now()), &Search::default()).await.unwrap();
    let id = found.all[0].id.parse().unwrap();
    assert!(hub.application((&me, now()), Look::View, id).await.unwrap().is_some());
    let (records, torn) = hub.records(&auditor).await.unwrap();
    let kinds: Vec<&str> = records.iter().rev().map(|one| one.kind.as_str()).collect();
    assert_eq!(
        kinds,
        ["person.signed_in", "person.signed_in", "application.searched", "application.viewed"]
    );
    assert_eq!(torn, None);
    // Nobody edits it, and where somebody could it would be seen.
    for edit in ["update record set about = ''", "delete from record"] {
        assert_eq!(postgres.asked_in("town", edit), None, "{edit}");
    }
    let forced = |edit: &str| {
        let forced = format!("set session_replication_role = replica; {edit}");
        postgres.asked_in("town", &forced).unwrap();
    };
    forced("update record set about = 'nothing' where number = 3");
    assert_eq!(hub.records(&auditor).await.unwrap().1, Some(3));
    forced("delete from record where number >= 3");
    assert_eq!(hub.records(&auditor).await.unwrap().1, Some(3), "cut off at the end");
    // A hub that cannot write the record shows nothing.
    forced("alter table record add constraint full_disk check (number < 1) not valid");
    assert!(hub.application((&me, now()), Look::View, id).await.is_err());
    assert!(hub.applications((&me, now()), &Search::default()).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn five_wrong_passwords_make_somebody_wait_and_unknown_logins_look_the_same() {
    let Some(postgres) = Postgres::start("guessing at the hub") else { return };
    let hub = hub(&postgres, "town").await;
    staffed(&hub, TOWN).await;
    let chance = SeededChance::new(9);
    for login in ["clerk", "nobody"] {
        for tries in 1..=5 {
            let attempt = hub.begin_sign_in((TOWN, now()), login).await.unwrap();
            let checked = attempt.check("kore-wa-chigaimasu");
            let outcome = hub.finish_sign_in((TOWN, now()), &checked, &chance).await.unwrap();
            let Outcome::Refused(until) = outcome else { panic!("{login} was let in") };
            assert_eq!(until.is_some(), tries == 5, "{login} {tries}");
        }
        let waits = hub.begin_sign_in((TOWN, now()), login).await;
        assert!(matches!(waits, Err(Error::Staff(staff::Error::BackedOff { .. }))), "{login}");
    }
    // Others do not wait, nor does anybody after the wait.
    person(&hub, TOWN, Role::Supervisor).await;
    let later = now() + std::time::Duration::from_secs(61);
    let attempt = hub.begin_sign_in((TOWN, later), "clerk").await.unwrap();
    let outcome = hub.finish_sign_in((TOWN, later), &attempt.check(PASSWORD), &chance).await;
    let Outcome::SignedIn(token) = outcome.unwrap() else { panic!("refused") };
    // Ten minutes without a touch end it.
    let at = |secs| later + std::time::Duration::from_secs(secs);
    let is_in = async |secs| hub.signed_in((TOWN, at(secs)), &token, true).await.unwrap().is_some();
    assert_eq!((is_in(599).await, is_in(600).await), (true, false));
}

#[test]
fn the_first_administrator_is_made_with_a_code_from_the_console_and_gives_others_accounts() {
    let Some(postgres) = Postgres::start("the first administrator") else { return };
    let database = postgres.database("town");
    let offer = || {
        let first = ["hub", "--database", &database, "--first-administrator", TOWN];
        let (code, out, _) = run(&mut madoguchi(&first));
        (code, out.trim().to_owned())
    };
    let (_, replaced) = offer();
    let (_, code) = offer();
    let program = served(&database, &[]);
    let mut first = Looker::new(&program, TOWN);
    assert_eq!(first.sent_to("/sign-in"), "/setup");
    let set_up = |looker: &mut Looker, code: &str| {
        let me = [("code", code), ("login", "joho"), ("name", "見本　情"), ("password", PASSWORD)];
        looker.post("/setup", &me)
    };
    for wrong in ["", "2222-2222-2222", &replaced] {
        assert_eq!(set_up(&mut first, wrong).status, StatusCode::OK, "{wrong}");
    }
    // A code is of one municipality.
    let mut elsewhere = Looker::new(&program, "999971");
    assert_eq!(set_up(&mut elsewhere, &code).status, StatusCode::OK);
    assert_eq!(set_up(&mut first, &code).status, StatusCode::SEE_OTHER);
    assert_eq!(offer().0, Some(1), "there is an account");
    first.sign_in("joho", PASSWORD);
    let page = first.get("/people").text;
    let key = hidden(&page, "key").to_owned();
    let initial = "hajimete-no-aikotoba";
    let add = |looker: &mut Looker, key: &str| {
        let new = [("key", key), ("login", "uketsuke"), ("name", "見本　係"), ("role", "clerk")];
        let new: Vec<_> = new.into_iter().chain([("password", initial)]).collect();
        looker.post("/people", &new).status
    };
    assert_eq!(add(&mut first, "another"), StatusCode::FORBIDDEN);
    assert_eq!(add(&mut first, &key), StatusCode::SEE_OTHER);
    assert_eq!(add(&mut first, &key), StatusCode::OK, "the login is taken");
    // Whoever was given a password chooses another before anything else.
    let mut clerk = Looker::new(&program, TOWN);
    clerk.sign_in("uketsuke", initial);
    assert_eq!(clerk.sent_to("/applications"), "/password");
    let own = hidden(&clerk.get("/password").text, "key").to_owned();
    let chosen = [("key", &*own), ("present", initial), ("chosen", PASSWORD), ("again", PASSWORD)];
    assert_eq!(clerk.post("/password", &chosen).status, StatusCode::SEE_OTHER);
    assert_eq!(clerk.get("/applications").status, StatusCode::OK);
    assert_eq!(clerk.post("/people", &[("key", &own)]).status, StatusCode::FORBIDDEN);
    // Disabled, they are out at once.
    let page = first.get("/people").text;
    let others = page.split("/people/").nth(1).unwrap().split('"').next().unwrap();
    let disable = [("key", &*key), ("act", "disable")];
    let disabled = first.post(&format!("/people/{others}"), &disable);
    assert_eq!(disabled.status, StatusCode::SEE_OTHER, "{}", disabled.text);
    assert_eq!(clerk.sent_to("/applications"), "/sign-in");
    // A form of another site's page is taken from nobody.
    let foreign = [("origin", "http://elsewhere.example")];
    let path = format!("/municipalities/{TOWN}/sign-out");
    let refused = first.browser.post_from(&path, &[("key", &key)], &foreign).unwrap();
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(first.get("/people").status, StatusCode::OK);
    let out = first.post("/sign-out", &[("key", &key)]);
    assert_eq!(out.status, StatusCode::SEE_OTHER);
    assert_eq!(first.sent_to("/people"), "/sign-in");
    assert!(!program.said().contains("uketsuke"), "{}", program.said());
}
