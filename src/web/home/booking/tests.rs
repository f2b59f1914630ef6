//! Booking at home, through the router: a browser with a cookie, and nobody else.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode, header};
use tempfile::TempDir;
use tower::ServiceExt;

use crate::appointment::state::{State as At, Who};
use crate::appointment::{self, Appointment, By, Number, Told};
use crate::chance::SeededChance;
use crate::clock::HeldClock;
use crate::journal::Actor;
use crate::web::{Office, example, router};

const FIRST: &str = "/home/appointment";
const TIMES: &str = "/home/appointment/new?lang=ja&service=moving&day=2026-11-25";
const NINE: &str = "2026-11-25T09:00:00.000+09:00";

/// The office whose clock stands at nine on Tuesday, 24 November 2026.
struct Town {
    office: Arc<Office>,
    router: Router,
    clock: Arc<HeldClock>,
    _folder: TempDir,
}

impl Town {
    async fn open() -> Self {
        let (office, clock, folder) = example::office(true).await;
        let router = router(office.clone());
        Self { office, router, clock, _folder: folder }
    }

    fn at_home(&self, address: &'static str) -> Browser<'_> {
        Browser { town: self, address, cookie: String::new() }
    }

    /// Everybody who has booked for the next day.
    async fn booked(&self) -> Vec<Appointment> {
        let day = time::macros::date!(2026 - 11 - 25);
        let of_day = move |connection: &_| appointment::of_day(connection, day);
        self.office.db.read(of_day).await.unwrap()
    }

    /// Booked by a clerk, at the telephone.
    async fn by_telephone(&self, service: &'static str, start: &str) -> Appointment {
        let (office, start) = (self.office.clone(), crate::clock::parse_rfc3339(start).unwrap());
        let book = move |tx: &crate::db::Tx<'_>| {
            let (journal, plan) = (&office.journal, office.config.appointments().unwrap());
            let by = || By { op: journal.op(), actor: Actor::System, who: Who::Staff };
            let held = appointment::hold(tx, journal, plan, by(), (service, start))?;
            let service = plan.service(service).unwrap();
            let told = Told::typed(service, "しけん　はなこ", "090-0000-0101").unwrap();
            appointment::book(tx, journal, by(), held.id, &told)
        };
        self.office.db.write(book).await.unwrap()
    }
}

struct Browser<'t> {
    town: &'t Town,
    address: &'static str,
    cookie: String,
}

struct Answer {
    status: StatusCode,
    to: String,
    text: String,
}

impl Answer {
    fn says(&self, words: &str) -> bool {
        self.text.contains(words)
    }

    fn hidden(&self, name: &str) -> String {
        let begin = format!("name=\"{name}\" value=\"");
        let after = self.text.split_once(&begin).map_or("", |(_, after)| after);
        after.split('"').next().unwrap().to_owned()
    }
}

impl Browser<'_> {
    async fn send(&mut self, method: &str, path: &str, body: String) -> Answer {
        let peer: SocketAddr = format!("{}:4711", self.address).parse().unwrap();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "counter:8080")
            .header(header::ORIGIN, "http://counter:8080")
            .header(header::COOKIE, &self.cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .extension(ConnectInfo(peer))
            .body(Body::from(body));
        let response = self.town.router.clone().oneshot(request.unwrap()).await.unwrap();
        let header = |name| {
            let value = response.headers().get(name);
            value.map_or(String::new(), |value| value.to_str().unwrap().to_owned())
        };
        if let Some((cookie, _)) = header(header::SET_COOKIE).split_once(';') {
            self.cookie = cookie.to_owned();
        }
        let (status, to) = (response.status(), header(header::LOCATION));
        let body = to_bytes(response.into_body(), 1 << 22).await.unwrap().to_vec();
        Answer { status, to, text: String::from_utf8(body).unwrap() }
    }

    async fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, String::new()).await
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let pairs = fields
            .iter()
            .map(|(name, entry)| [example::encoded(name), example::encoded(entry)].join("="));
        self.send("POST", path, pairs.collect::<Vec<_>>().join("&")).await
    }

    /// Takes a slot of the next day.
    async fn hold(&mut self, start: &str) -> Answer {
        let op = self.get(TIMES).await.hidden("op");
        let fields = [("op", op.as_str()), ("service", "moving"), ("start", start)];
        self.post("/home/appointment/hold", &fields).await
    }

    /// Books it, as 試験 花子.
    async fn book(&mut self, start: &str) -> Answer {
        let held = self.hold(start).await;
        assert_eq!(held.to, "/home/appointment/name", "{}", held.text);
        let op = self.get(&held.to).await.hidden("op");
        let name = [("op", op.as_str()), ("name", "しけん　はなこ")];
        self.post("/home/appointment/name", &name).await
    }

    /// Shows a number as one's own.
    async fn find(&mut self, text: &str) -> Answer {
        let op = self.get(FIRST).await.hidden("op");
        self.post("/home/appointment/mine", &[("op", &op), ("text", text)]).await
    }
}

#[tokio::test]
async fn a_resident_books_at_home_and_is_told_number_reminder_and_when_to_come() {
    let town = Town::open().await;
    let mut browser = town.at_home("192.0.2.1");
    let first = browser.get(FIRST).await;
    // What the town keeps for the telephone is not offered.
    assert!(first.says("引っ越しの手続き") && first.says("法律相談"), "{}", first.text);
    assert!(!first.says("会議室") && !first.says("乳幼児健診"), "{}", first.text);
    let days = browser.get("/home/appointment/new?lang=ja&service=moving").await;
    assert!(days.says("11月25日（水）") && !days.says("11月28日"), "{}", days.text);
    let booked = browser.book(NINE).await;
    assert_eq!(booked.to, "/home/appointment/done", "{}", booked.text);
    let [one] = town.booked().await.try_into().unwrap();
    assert!((one.state, one.from_home) == (At::Booked, true));
    let done = browser.get(&booked.to).await;
    for said in [&*one.number.to_string(), "11月25日（水） 9:00", "本人確認書類", "30 分前から"]
    {
        assert!(done.says(said), "{said}: {}", done.text);
    }
    // The same press once more does nothing more.
    let held = browser.post("/home/appointment/name", &[("op", "0"), ("name", "あ")]).await;
    assert_eq!(held.to, "/home/appointment/done");
    assert_eq!(town.booked().await.len(), 1);
}

#[tokio::test]
async fn nobody_sees_at_home_who_has_booked() {
    let town = Town::open().await;
    let mut mine = town.at_home("192.0.2.1");
    mine.book(NINE).await;
    let number = town.booked().await[0].number;
    let mut other = town.at_home("192.0.2.2");
    for path in [FIRST, TIMES, "/home/appointment/done", "/home/appointment/mine"] {
        let page = other.get(path).await;
        for told in ["ハナコ", &number.to_string(), &number.digits()] {
            assert!(!page.says(told) && !page.to.contains(told), "{path}: {told}");
        }
    }
    // Whoever has the number sees what and when, and still no name.
    assert_eq!(other.find(&number.to_string()).await.to, "/home/appointment/mine");
    let page = other.get("/home/appointment/mine").await;
    assert!(page.says("11月25日（水） 9:00") && !page.says("ハナコ"), "{}", page.text);
}

#[tokio::test]
async fn one_person_takes_neither_the_whole_slot_nor_slot_after_slot() {
    let town = Town::open().await;
    let mut one = town.at_home("192.0.2.1");
    one.book(NINE).await;
    // The other seat is the telephone's.
    let mut other = town.at_home("192.0.2.2");
    assert!(!other.get(TIMES).await.says(NINE));
    let refused = other.hold(NINE).await;
    assert!(refused.says("ほかの方の予約で埋まりました"), "{}", refused.text);
    assert_eq!(town.by_telephone("moving", NINE).await.start.hour(), 9);
    // A browser that forgets its cookie is still at its address.
    let most = town.office.config.appointments().unwrap().home.per_address;
    for taken in 1..most {
        let mut fresh = town.at_home("192.0.2.1");
        let hour = 9 + taken / 2;
        let start = format!("2026-11-25T{hour:02}:{:02}:00.000+09:00", taken % 2 * 30);
        assert_eq!(fresh.hold(&start).await.to, "/home/appointment/name", "{start}");
    }
    let refused = town.at_home("192.0.2.1").hold("2026-11-25T16:00:00.000+09:00").await;
    assert!(refused.says("いったん受付を止めています"), "{}", refused.text);
    assert!(!other.hold("2026-11-25T16:00:00.000+09:00").await.says("止めています"));
}

#[tokio::test]
async fn a_browser_holds_one_seat_and_gives_it_back_when_it_looks_further() {
    let town = Town::open().await;
    let mut browser = town.at_home("192.0.2.1");
    browser.hold(NINE).await;
    assert_eq!(town.booked().await.len(), 1);
    browser.get(TIMES).await;
    assert_eq!(town.booked().await.len(), 0, "free at once");
    browser.hold(NINE).await;
    town.clock.advance(Duration::from_secs(600));
    let op = browser.get("/home/appointment/name").await.hidden("op");
    let late = [("op", op.as_str()), ("name", "しけん　はなこ")];
    let late = browser.post("/home/appointment/name", &late).await;
    assert!(late.says("時間が過ぎたので、席を空けました"), "{}", late.text);
}

#[tokio::test]
async fn a_number_changes_the_day_or_calls_it_off_and_the_seat_is_free() {
    let town = Town::open().await;
    let mut browser = town.at_home("192.0.2.1");
    browser.book(NINE).await;
    let one = town.booked().await.remove(0);
    let days = browser.get("/home/appointment/move?lang=ja").await;
    assert!(days.says("今の予約：11月25日（水） 9:00"), "{}", days.text);
    let times = browser.get("/home/appointment/move?day=2026-11-25").await;
    // Its own time is no other.
    assert!(!times.says(NINE) && times.says("T10:00"), "{}", times.text);
    let (op, version) = (times.hidden("op"), times.hidden("version"));
    let start = ("start", "2026-11-25T10:00:00.000+09:00");
    let to = [("op", op.as_str()), ("version", version.as_str()), start];
    assert_eq!(browser.post("/home/appointment/move", &to).await.to, "/home/appointment/done");
    let done = browser.get("/home/appointment/done").await;
    assert!(done.says("予約の日時を変えました") && done.says("10:00"), "{}", done.text);
    assert!(done.says(&one.number.to_string()), "the number stays");

    // Another browser, by the number.
    let mut other = town.at_home("192.0.2.2");
    other.find(&one.number.digits()).await;
    let page = other.get("/home/appointment/mine").await;
    let (op, version) = (page.hidden("op"), page.hidden("version"));
    let off = [("op", op.as_str()), ("version", version.as_str())];
    assert_eq!(other.post("/home/appointment/cancel", &off).await.to, "/home/appointment/done");
    assert!(other.get("/home/appointment/done").await.says("予約を取り消しました"));
    assert!(town.booked().await.is_empty());
    // The first one's page is too old to do anything.
    let old = browser.get("/home/appointment/mine").await;
    assert!(old.says("取り消されています") && !old.says("取り消す</button>"), "{}", old.text);
}

#[tokio::test]
async fn numbers_are_not_tried_one_after_the_other() {
    let town = Town::open().await;
    let one = town.by_telephone("moving", NINE).await;
    let mut browser = town.at_home("192.0.2.1");
    // What the check digit finds is no try.
    for _ in 0..20 {
        assert!(browser.find("123456789").await.says("見つかりません"));
    }
    for seed in 0..10 {
        let strange = Number::draw(&SeededChance::new(1000 + seed)).digits();
        assert!(browser.find(&strange).await.says("見つかりません"));
    }
    let refused = browser.find(&one.number.digits()).await;
    assert!(refused.says("いったん受付を止めています"), "{}", refused.text);
    let mut owner = town.at_home("192.0.2.2");
    assert_eq!(owner.find(&one.number.digits()).await.to, "/home/appointment/mine");
    town.clock.advance(Duration::from_secs(3_600));
    assert_eq!(browser.find(&one.number.digits()).await.to, "/home/appointment/mine");
}

#[tokio::test]
async fn what_has_begun_and_what_is_booked_elsewhere_is_changed_by_telephone() {
    let town = Town::open().await;
    let room = town.by_telephone("meeting-room", "2026-11-25T09:00:00.000+09:00").await;
    let mut browser = town.at_home("192.0.2.1");
    browser.find(&room.number.digits()).await;
    let page = browser.get("/home/appointment/mine").await;
    assert!(page.says("お電話か窓口で変えられます") && !page.says("/move"), "{}", page.text);
    town.clock.advance(Duration::from_secs(24 * 3_600));
    browser.find(&room.number.digits()).await;
    let page = browser.get("/home/appointment/mine").await;
    assert!(!page.says("/cancel") && page.says("時刻が過ぎたか"), "{}", page.text);
}

#[tokio::test]
async fn an_office_that_gives_no_seats_away_has_no_such_page() {
    let (office, _clock, _folder) = example::office(false).await;
    let mut office = Arc::into_inner(office).unwrap();
    office.config.plan_mut().services.iter_mut().for_each(|one| one.home_seats = 0);
    let router = router(Arc::new(office));
    for path in [FIRST, TIMES, "/home/appointment/done"] {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let answer = router.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn a_form_of_another_site_books_nothing() {
    let town = Town::open().await;
    let request = Request::post("/home/appointment/hold")
        .header(header::HOST, "counter:8080")
        .header(header::ORIGIN, "http://elsewhere")
        .body(Body::empty())
        .unwrap();
    let answer = town.router.clone().oneshot(request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    let mut browser = town.at_home("192.0.2.1");
    let without = browser.post("/home/appointment/hold", &[("service", "moving")]).await;
    assert_eq!((without.status, without.to), (StatusCode::SEE_OTHER, FIRST.to_owned()));
}
