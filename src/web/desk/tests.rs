//! Stories at the desk, through the router, on a database in a folder of its own.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use tempfile::TempDir;
use tower::ServiceExt;

use crate::applicant::Source;
use crate::clock::HeldClock;
use crate::device::{self, NewDevice};
use crate::form::record;
use crate::id::{DeviceId, VisitId};
use crate::journal::Actor;
use crate::queue;
use crate::staff::{self, NewAccount, Role};
use crate::visit::{self, Way, Wishes};
use crate::web::{Office, example, router};

mod alarms;
mod appointments;
mod calling;
mod guide;
mod hammer;
mod keys;
mod payment;
mod shipped_bugs;
mod slips;
mod supervisor;

const PASSWORD: &str = "a long enough sentence";
const HOST: &str = "counter:8080";

struct Town {
    office: Arc<Office>,
    router: Router,
    clock: Arc<HeldClock>,
    folder: TempDir,
}

/// What came back.
struct Answer {
    status: StatusCode,
    /// Where it leads, if anywhere.
    to: String,
    cookie: String,
    body: Vec<u8>,
}

impl Answer {
    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The hidden key of the page's forms.
    fn key(&self) -> String {
        self.hidden("key").to_owned()
    }

    /// The first hidden field of this name.
    fn hidden(&self, name: &str) -> &str {
        let begin = format!("name=\"{name}\" value=\"");
        let (_, after) = self.text().split_once(&begin).unwrap();
        after.split('"').next().unwrap()
    }

    fn says(&self, words: &str) -> bool {
        self.text().contains(words)
    }
}

/// A browser in which somebody is signed in.
struct Browser<'t> {
    town: &'t Town,
    cookie: String,
    key: String,
}

impl Town {
    /// The example town; nobody has an account.
    async fn open() -> Self {
        let (office, clock, folder) = example::office(false).await;
        office.readers.add_virtual("reader-1").unwrap();
        let router = router(office.clone());
        Self { office, router, clock, folder }
    }

    /// With an account of each role, named by the role.
    async fn staffed() -> Self {
        let town = Self::open().await;
        for role in Role::ALL {
            town.add(role.id(), role, false).await;
        }
        town
    }

    async fn add(&self, login: &str, role: Role, password_is_initial: bool) {
        let journal = self.office.journal.clone();
        let new = NewAccount::typed(
            login,
            "見本　窓子",
            role,
            PASSWORD,
            password_is_initial,
            &*journal.chance,
        );
        let new = new.unwrap();
        let add = move |tx: &crate::db::Tx<'_>| {
            staff::add(tx, &journal, journal.op(), Actor::Console, &new)
        };
        self.office.db.write(add).await.unwrap();
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let header = |name| {
            let value = response.headers().get(name);
            value.map_or(String::new(), |value| value.to_str().unwrap().to_owned())
        };
        let (to, cookie) = (header(header::LOCATION), header(header::SET_COOKIE));
        let status = response.status();
        let body = to_bytes(response.into_body(), 1 << 22).await.unwrap().to_vec();
        Answer { status, to, cookie, body }
    }

    async fn get(&self, path: &str, cookie: &str) -> Answer {
        let request = Request::get(path).header(header::COOKIE, cookie);
        self.send(request.body(Body::empty()).unwrap()).await
    }

    async fn post(&self, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Answer {
        let request = Request::post(path)
            .header(header::HOST, HOST)
            .header(header::ORIGIN, format!("http://{HOST}"))
            .header(header::COOKIE, cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let mut body = String::new();
        for (name, entry) in fields {
            body.push_str(&format!("{}={}&", example::encoded(name), example::encoded(entry)));
        }
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    async fn sign_in(&self, login: &str) -> Browser<'_> {
        let fields = [("login", login), ("password", PASSWORD)];
        let entered = self.post("/desk/sign-in", "", &fields).await;
        assert_eq!((entered.status, entered.to.as_str()), (StatusCode::SEE_OTHER, "/desk"));
        let cookie = entered.cookie.split(';').next().unwrap().to_owned();
        let key = self.get("/desk/password", &cookie).await.key();
        Browser { town: self, cookie, key }
    }

    /// A visit handed in: the sample of a form, as a resident would enter it.
    async fn visit(&self, procedure: &'static str) -> VisitId {
        self.visit_by(procedure, None).await
    }

    /// The same of somebody who is called otherwise.
    async fn visit_by(&self, procedure: &'static str, name: Option<&'static str>) -> VisitId {
        let office = self.office.clone();
        let hand_in = move |tx: &crate::db::Tx<'_>| -> Result<VisitId, visit::Error> {
            let journal = &office.journal;
            let kiosk = DeviceId::new(journal.now(), &*journal.chance);
            let actor = Actor::Device(kiosk);
            let id = visit::start(tx, journal, journal.op(), kiosk, &Wishes::default())?;
            visit::agree(tx, journal, actor, id)?;
            let procedure = office.config.procedure(procedure).unwrap();
            visit::choose(tx, journal, actor, id, &[procedure])?;
            visit::choose_way(tx, journal, actor, id, Some(Way::Hand))?;
            let form = office.forms.get(&procedure.form).unwrap();
            let today = journal.now().date();
            let mut sample = form.sample().unwrap().clone();
            if let Some(name) = name {
                sample["applicant"]["name"] = name.into();
            }
            let answers = record::read(&[form], &sample, Source::Typed, today).unwrap();
            visit::answer(tx, journal, actor, id, &answers)?;
            visit::submit(tx, journal, office.counter(), actor, journal.op(), id)?;
            Ok(id)
        };
        self.office.db.write(hand_in).await.unwrap()
    }

    /// What happened to anything, oldest first.
    async fn kinds(&self) -> Vec<String> {
        example::kinds(&self.office).await
    }
}

impl Browser<'_> {
    async fn get(&self, path: &str) -> Answer {
        self.town.get(path, &self.cookie).await
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let op = self.town.office.journal.op().to_string();
        let with_key = [&[("key", self.key.as_str())], fields, &[("op", &op)]].concat();
        self.town.post(path, &self.cookie, &with_key).await
    }
}

/// Method, path, fields, and whether a clerk, a supervisor, an administrator may.
type Route = (&'static str, &'static str, &'static [(&'static str, &'static str)], [bool; 3]);

const SLOT: &[(&str, &str)] =
    &[("service", "moving"), ("start", "2026-11-25T09:00:00.000+09:00"), ("version", "1")];

/// Method, path, what is sent, and who may: clerk, supervisor, administrator.
const ROUTES: &[Route] = &[
    ("get", "/", &[], [true, true, false]),
    ("post", "/", &[("find", "")], [true, true, false]),
    ("get", "/today", &[], [true, true, false]),
    ("post", "/calls/{device}", &[], [true, true, false]),
    ("post", "/codes/{jti}", &[], [false, true, false]),
    ("get", "/visits/{visit}", &[], [true, true, false]),
    ("post", "/visits/{visit}/answers", &[("path", "applicant.kana")], [true, true, false]),
    ("post", "/visits/{visit}/identity", &[], [true, true, false]),
    ("get", "/visits/{visit}/payment", &[], [true, true, false]),
    ("post", "/visits/{visit}/payment", &[("act", "later")], [true, true, false]),
    ("post", "/visits/{visit}/payment", &[("act", "refund")], [false, true, false]),
    ("post", "/visits/{visit}/papers", &[], [true, true, false]),
    ("post", "/visits/{visit}/slip", &[], [true, true, false]),
    ("get", "/visits/{visit}/slip", &[], [true, true, false]),
    ("get", "/visits/{visit}/printing/{op}", &[], [true, true, false]),
    (
        "post",
        "/visits/{visit}/applications/{application}",
        &[("act", "reopen")],
        [true, true, false],
    ),
    ("get", "/alarms", &[], [true, true, false]),
    ("post", "/alarms", &[], [true, true, false]),
    ("post", "/alarms/{alarm}", &[("act", "accept")], [true, true, false]),
    ("get", "/calling", &[], [true, true, false]),
    ("get", "/calling/queue", &[], [true, true, false]),
    ("get", "/calling/events", &[], [true, true, false]),
    ("post", "/calling/open", &[("counter", "1")], [true, true, false]),
    ("post", "/calling/close", &[], [true, true, false]),
    ("post", "/calling/pause", &[], [true, true, false]),
    ("post", "/calling/next", &[], [true, true, false]),
    ("post", "/calling/number", &[("number", "A1")], [true, true, false]),
    ("post", "/calling/tickets/{ticket}", &[("act", "recall")], [true, true, false]),
    ("post", "/calling/tickets/{ticket}/undo", &[], [true, true, false]),
    ("get", "/appointments", &[], [true, true, false]),
    ("post", "/appointments", &[("find", "")], [true, true, false]),
    ("get", "/appointments/day", &[], [true, true, false]),
    ("get", "/appointments/events", &[], [true, true, false]),
    ("post", "/appointments/hold", SLOT, [true, true, false]),
    ("get", "/appointments/{appointment}", &[], [true, true, false]),
    ("post", "/appointments/{appointment}/book", &[], [true, true, false]),
    ("get", "/appointments/{appointment}/move", &[], [true, true, false]),
    ("post", "/appointments/{appointment}/move", SLOT, [true, true, false]),
    ("post", "/appointments/{appointment}/arrive", &[], [true, true, false]),
    ("post", "/appointments/{appointment}/take-back", &[], [true, true, false]),
    ("post", "/appointments/{appointment}/cancel", &[("version", "1")], [true, true, false]),
    ("get", "/guide", &[], [true, true, false]),
    ("post", "/guide", &[("lane", "certificate")], [true, true, false]),
    ("get", "/guide/hall", &[], [true, true, false]),
    ("post", "/guide/passing", &[], [true, true, false]),
    ("get", "/guide/tickets/{ticket}", &[], [true, true, false]),
    ("get", "/supervisor", &[], [false, true, true]),
    ("get", "/supervisor/now", &[], [false, true, true]),
    ("get", "/supervisor/events", &[], [false, true, true]),
    ("get", "/devices", &[], [false, true, true]),
    ("post", "/devices", &[], [false, true, true]),
    ("post", "/devices/{device}/revoke", &[], [false, true, true]),
    ("post", "/devices/{device}/reader", &[], [false, true, true]),
    ("get", "/staff", &[], [false, true, true]),
    ("post", "/staff", &[], [false, false, true]),
    ("post", "/staff/{staff}", &[("act", "disable")], [false, false, true]),
    ("get", "/password", &[], [true, true, true]),
    ("post", "/password", &[], [true, true, true]),
    ("post", "/sign-out", &[], [true, true, true]),
];

/// Open to anybody: there is nothing behind them but the way in.
const OPEN: &[&str] = &["/sign-in", "/setup", "/language"];

#[test]
fn every_route_is_in_one_of_the_tables() {
    let own = |source: &str, under: &str| -> Vec<String> {
        let routes = source.split(".route(\"").skip(1).map(|rest| rest.split('"').next().unwrap());
        routes.map(|route| format!("{under}{route}")).collect()
    };
    let nested = [
        own(include_str!("alarms.rs"), "/alarms"),
        own(include_str!("appointments/mod.rs"), "/appointments"),
        own(include_str!("calling/mod.rs"), "/calling"),
        own(include_str!("guide.rs"), "/guide"),
        own(include_str!("supervisor.rs"), "/supervisor"),
    ];
    let nested = nested.into_iter().flatten().map(|route| match route.strip_suffix('/') {
        Some(root) => root.to_owned(),
        None => route,
    });
    let routes: BTreeSet<String> =
        own(include_str!("mod.rs"), "").into_iter().chain(nested).collect();
    let known = ROUTES.iter().map(|route| route.1).chain(OPEN.iter().copied());
    let known: BTreeSet<String> = known.map(str::to_owned).collect();
    assert_eq!(routes, known);
}

/// The address of a route for things that exist.
async fn address(town: &Town, route: &str, visit: VisitId) -> String {
    let office = town.office.clone();
    let staff = office.db.read(staff::accounts).await.unwrap()[0].id;
    let application = office
        .db
        .read(move |connection| crate::application::of_visit(connection, visit))
        .await
        .unwrap()[0]
        .id;
    let device = office.db.read(device::all).await.unwrap()[0].id;
    let of_visit = move |connection: &_| queue::of_visit(connection, visit);
    let ticket = office.db.read(of_visit).await.unwrap().unwrap().id;
    let appointment = match route.contains("{appointment}") {
        true => appointments::booked(town).await.to_string(),
        false => String::new(),
    };
    let path = route
        .replace("{appointment}", &appointment)
        .replace("{visit}", &visit.to_string())
        .replace("{application}", &application.to_string())
        .replace("{device}", &device.to_string())
        .replace("{ticket}", &ticket.to_string())
        .replace("{alarm}", &town.office.journal.op().to_string())
        .replace("{op}", &town.office.journal.op().to_string())
        .replace("{staff}", &staff.to_string());
    format!("/desk{}", path.trim_end_matches('/'))
}

/// A town with one visit and one tablet.
async fn furnished() -> (Town, VisitId) {
    let town = Town::staffed().await;
    let visit = town.visit("juminhyo").await;
    let journal = town.office.journal.clone();
    let pair = move |tx: &crate::db::Tx<'_>| -> Result<(), device::Error> {
        let new = NewDevice::typed("記載台1", device::Role::Kiosk, "")?;
        let (code, _) = device::offer(tx, &journal, journal.op(), Actor::Console, &new)?;
        device::redeem(tx, &journal, journal.op(), &code.to_string()).map(drop)
    };
    town.office.db.write(pair).await.unwrap();
    appointments::booked(&town).await;
    // Streams end at once: every answer here is read to its end.
    town.office.live.close();
    (town, visit)
}

#[tokio::test]
async fn nobody_sees_or_does_anything_without_signing_in() {
    let (town, visit) = furnished().await;
    let before = town.kinds().await;
    for (method, route, fields, _) in ROUTES {
        let path = address(&town, route, visit).await;
        let answer = match *method {
            "get" => town.get(&path, "").await,
            _ => town.post(&path, "", fields).await,
        };
        let way_in = (answer.status, answer.to.as_str());
        assert_eq!(way_in, (StatusCode::SEE_OTHER, "/desk/sign-in"), "{method} {route}");
    }
    assert_eq!(town.kinds().await, before);
}

#[tokio::test]
async fn each_role_reaches_its_own_work_and_nothing_else() {
    for (role, at) in Role::ALL.into_iter().zip(0..) {
        let (town, visit) = furnished().await;
        let browser = town.sign_in(role.id()).await;
        for (method, route, fields, may) in ROUTES {
            let path = address(&town, route, visit).await;
            let answer = match *method {
                "get" => browser.get(&path).await,
                _ => browser.post(&path, fields).await,
            };
            // The administrator's first page is another one.
            let refused = answer.status == StatusCode::FORBIDDEN || answer.to == "/desk/devices";
            assert_eq!(refused, !may[at], "{} {method} {route}: {}", role.id(), answer.status);
            if answer.status == StatusCode::FORBIDDEN {
                assert!(answer.says("この操作はできません"), "{} {method} {route}", role.id());
            }
            assert!(!answer.status.is_server_error(), "{} {method} {route}", role.id());
        }
    }
}

#[tokio::test]
async fn a_slip_that_is_shown_in_a_browser_stands_in_the_journal() {
    let (town, visit) = furnished().await;
    let clerk = town.sign_in("clerk").await;
    let shown = clerk.post(&format!("/desk/visits/{visit}/slip"), &[]).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(town.kinds().await.contains(&"slip.printed".to_owned()));
}

#[tokio::test]
async fn a_form_of_another_session_or_another_site_is_not_taken() {
    let (town, visit) = furnished().await;
    let (one, other) = (town.sign_in("clerk").await, town.sign_in("supervisor").await);
    let path = format!("/desk/visits/{visit}/papers");
    let stale = town.post(&path, &one.cookie, &[("key", &other.key)]).await;
    assert_eq!(stale.status, StatusCode::FORBIDDEN);
    let foreign = Request::post(&path)
        .header(header::HOST, HOST)
        .header(header::ORIGIN, "http://elsewhere")
        .header(header::COOKIE, &one.cookie)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let foreign = foreign.body(Body::from(format!("key={}", one.key))).unwrap();
    assert_eq!(town.send(foreign).await.status, StatusCode::FORBIDDEN);
    assert_eq!(one.post(&path, &[]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_first_administrator_comes_with_the_code_from_the_console() {
    let town = Town::open().await;
    assert_eq!(town.get("/desk", "").await.to, "/desk/sign-in");
    assert_eq!(town.get("/desk/sign-in", "").await.to, "/desk/setup");
    let journal = town.office.journal.clone();
    let code = town.office.db.write(move |tx| staff::make_code(tx, &journal)).await.unwrap();
    let code = code.unwrap().to_string();
    let set_up = async |code: &str| {
        let fields =
            [("code", code), ("login", "joho"), ("name", "見本　情"), ("password", PASSWORD)];
        town.post("/desk/setup", "", &fields).await
    };
    assert!(set_up("ABCD-EFGH-JKMN").await.says("コードが違います"));
    assert_eq!(set_up(&code).await.to, "/desk/sign-in?note=set_up");
    let browser = town.sign_in("joho").await;
    assert!(browser.get("/desk/staff").await.says("見本　情"));
    assert_eq!(town.get("/desk/setup", "").await.to, "/desk/sign-in");
}

#[tokio::test]
async fn a_session_ends_by_signing_out_by_idleness_and_by_its_own_refreshing_page() {
    let (town, _) = furnished().await;
    let browser = town.sign_in("clerk").await;
    for minute in 0..9 {
        town.clock.advance(Duration::from_secs(60));
        let refresh = match minute % 2 {
            0 => Request::get("/desk/today").header("x-by-itself", "1"),
            _ => Request::get("/desk/today?by-itself"),
        };
        let refresh = refresh.header(header::COOKIE, &browser.cookie);
        let refreshed = town.send(refresh.body(Body::empty()).unwrap()).await;
        assert_eq!(refreshed.status, StatusCode::OK);
    }
    town.clock.advance(Duration::from_secs(60));
    assert_eq!(browser.get("/desk").await.to, "/desk/sign-in?note=ended");

    let browser = town.sign_in("clerk").await;
    assert_eq!(browser.post("/desk/sign-out", &[]).await.to, "/desk/sign-in?note=signed_out");
    assert_eq!(browser.get("/desk").await.to, "/desk/sign-in?note=ended");
}

#[tokio::test]
async fn a_temporary_password_leads_nowhere_but_to_ones_own() {
    let (town, visit) = furnished().await;
    town.add("shinjin", Role::Clerk, true).await;
    let browser = town.sign_in("shinjin").await;
    for path in ["/desk".to_owned(), format!("/desk/visits/{visit}")] {
        assert_eq!(browser.get(&path).await.to, "/desk/password", "{path}");
    }
    let own = "one that only I know";
    let change = async |present: &str, again: &str| {
        let fields = [("present", present), ("chosen", own), ("again", again)];
        browser.post("/desk/password", &fields).await
    };
    assert!(change(PASSWORD, "another").await.says("二つの欄で違っています"));
    assert!(change("not the present one", own).await.says("いまのパスワードが違います"));
    assert_eq!(change(PASSWORD, own).await.to, "/desk?note=password_changed");
    assert_eq!(browser.get("/desk").await.status, StatusCode::OK);
}

#[tokio::test]
async fn wrong_passwords_are_told_apart_by_nothing_and_soon_have_to_wait() {
    let town = Town::staffed().await;
    let try_in = async |login: &str| {
        town.post("/desk/sign-in", "", &[("login", login), ("password", "wrong")]).await
    };
    for login in ["clerk", "nobody"] {
        for n in 1..=5 {
            let refused = try_in(login).await;
            assert_eq!(refused.says("9:01"), n == 5, "{login}, try {n}");
            assert_eq!(refused.cookie, "");
        }
    }
    assert!(town.sign_in("supervisor").await.get("/desk/staff").await.says("9:01"));
}

#[tokio::test]
async fn a_clerk_goes_from_the_search_to_the_accepted_paper() {
    let (town, visit) = furnished().await;
    let clerk = town.sign_in("clerk").await;
    let seen = town.kinds().await.len();
    let page = format!("/desk/visits/{visit}");
    let nothing = clerk.post("/desk", &[("find", "いない人")]).await;
    assert!(nothing.says("見つかりませんでした"));
    let found = clerk.post("/desk", &[("find", "かくう ゆみ")]).await;
    assert_eq!(found.to, page);

    let answers = format!("{page}/answers");
    let birth = |typed| [("path", "applicant.birth_date"), ("applicant.birth_date", typed)];
    let wrong = clerk.post(&answers, &birth("きのう")).await;
    assert!(wrong.says("日付として読めません") && wrong.says("value=\"きのう\""));
    let mended = clerk.post(&answers, &birth("4050515")).await;
    assert_eq!(mended.to, format!("{page}?note=saved#q-applicant.birth_date"));
    let shown = clerk.get(&page).await;
    assert!(shown.says("平成5年5月15日") && shown.says("class=\"source clerk\""));

    let application = address(&town, "/visits/{visit}/applications/{application}", visit).await;
    let unseen = clerk.post(&application, &[("act", "accept")]).await;
    assert!(unseen.says("本人確認を記録してから"));
    let identity = format!("{page}/identity");
    let one = clerk.post(&identity, &[("kind", "pension"), ("points", "two")]).await;
    assert!(one.says("書類を二つ以上") && one.says("value=\"pension\" checked"));
    let two = [("kind", "pension"), ("kind", "insurance_certificate"), ("points", "two")];
    assert_eq!(clerk.post(&identity, &two).await.to, format!("{page}?note=identified#papers"));

    let paper = clerk.post(&format!("{page}/papers"), &[]).await;
    assert!(paper.body.starts_with(b"%PDF-"));
    let no_reason = clerk.post(&application, &[("act", "send_back"), ("reason", " ")]).await;
    assert!(no_reason.says("差し戻す理由"));
    for (reason, sentence) in [
        ("番号は1234-5678-9018", "マイナンバー（12桁の番号）のような"),
        ("山田\u{202E}", "使えない文字"),
        (&"あ".repeat(201), "200文字までにしてください"),
    ] {
        let fields = [("act", "send_back"), ("reason", reason)];
        let refused = clerk.post(&application, &fields).await;
        // At the top, and beside the field, which has the cursor.
        assert_eq!(refused.text().matches(sentence).count(), 2, "{reason}");
        assert!(refused.says(&format!("value=\"{reason}\"")), "shown again to be mended");
    }
    let accepted = clerk.post(&application, &[("act", "accept")]).await;
    assert_eq!(accepted.to, format!("{page}?note=accepted#papers"));
    assert!(clerk.get(&page).await.says("印刷1回"));

    let late = clerk.post(&answers, &birth("4050516")).await;
    assert!(late.says("先に「受付中に戻す」"));
    let another = clerk.post(&identity, &[("kind", "passport"), ("points", "one")]).await;
    assert!(another.says("先に「受付中に戻す」") && another.says("value=\"passport\" checked"));
    let shut = clerk.get(&format!("{page}?edit=applicant.birth_date")).await;
    assert!(!shut.says("name=\"path\""), "nothing of it opens for correction");
    assert_eq!(clerk.post(&application, &[("act", "reopen")]).await.status, StatusCode::SEE_OTHER);
    assert!(clerk.post(&answers, &birth("4050516")).await.to.contains("note=saved"));
    assert!(clerk.get(&page).await.says("印刷し直してください"));
    assert!(clerk.post(&format!("{page}/papers"), &[]).await.body.starts_with(b"%PDF-"));
    assert!(!clerk.get(&page).await.says("印刷し直してください"));

    let done: Vec<String> = town.kinds().await.split_off(seen);
    let done: Vec<&str> =
        done.iter().map(String::as_str).filter(|kind| *kind != "visit.viewed").collect();
    let expected = [
        "visit.searched",
        "visit.searched",
        "visit.corrected",
        "visit.identified",
        "application.printed",
        "application.accepted",
        "application.reopened",
        "visit.corrected",
        "application.printed",
    ];
    assert_eq!(done, expected);
}

#[tokio::test]
async fn what_is_not_accepted_stays_on_the_list_on_other_days() {
    let (town, waiting) = furnished().await;
    let (returned, accepted) = (town.visit("juminhyo").await, town.visit("juminhyo").await);
    let clerk = town.sign_in("clerk").await;
    let identity = [("kind", "passport"), ("points", "one")];
    clerk.post(&format!("/desk/visits/{accepted}/identity"), &identity).await;
    let send_back = [("act", "send_back"), ("reason", "委任状")];
    for (visit, fields) in [(returned, &send_back[..]), (accepted, &[("act", "accept")])] {
        let path = address(&town, "/visits/{visit}/applications/{application}", visit).await;
        assert_eq!(clerk.post(&path, fields).await.status, StatusCode::SEE_OTHER);
    }
    let shown = async |clerk: &Browser<'_>| {
        let list = clerk.get("/desk").await;
        [waiting, returned, accepted].map(|visit| list.says(&format!("/desk/visits/{visit}")))
    };
    assert_eq!(shown(&clerk).await, [true, true, true]);
    assert!(!clerk.get("/desk").await.says("11月24日"));

    town.clock.advance(Duration::from_secs(24 * 60 * 60));
    let clerk = town.sign_in("clerk").await;
    assert_eq!(shown(&clerk).await, [true, true, false]);
    assert!(clerk.get("/desk").await.says("11月24日"));
    let found = clerk.post("/desk", &[("find", "0001")]).await;
    assert_eq!(found.to, format!("/desk/visits/{waiting}"));
}

#[tokio::test]
async fn looks_at_the_list_are_recorded_without_what_was_searched_for() {
    let (town, _) = furnished().await;
    let clerk = town.sign_in("clerk").await;
    let seen = town.kinds().await.len();
    clerk.get("/desk").await;
    clerk.get("/desk/today").await;
    clerk.post("/desk", &[("find", "かくう")]).await;
    clerk.post("/desk", &[("find", "いない人")]).await;
    assert_eq!(town.kinds().await[seen..], ["visit.listed", "visit.searched", "visit.searched"]);
    let facts = town.office.db.read(|connection| -> Result<Vec<String>, crate::db::Error> {
        let mut rows = connection
            .prepare("select facts from journal where entity_id = 'many' order by seq")?;
        let facts = rows.query_map([], |row| row.get(0))?;
        Ok(facts.collect::<Result<_, _>>()?)
    });
    let counted = [r#"{"visits":1}"#, r#"{"visits":1}"#, r#"{"visits":0}"#];
    assert_eq!(facts.await.unwrap(), counted);
}

#[tokio::test]
async fn a_list_that_has_not_changed_is_not_sent_again() {
    let (town, visit) = furnished().await;
    let clerk = town.sign_in("clerk").await;
    let refresh = async |seen: &str| {
        let request = Request::get("/desk/today")
            .header(header::COOKIE, &clerk.cookie)
            .header("x-seen", seen);
        let response = town.router.clone().oneshot(request.body(Body::empty()).unwrap()).await;
        let response = response.unwrap();
        let seen = response.headers().get("x-seen").map(|seen| seen.to_str().unwrap().to_owned());
        (response.status(), seen.unwrap_or_default())
    };
    let (status, first) = refresh("").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(refresh(&first).await.0, StatusCode::NO_CONTENT);

    town.clock.advance(Duration::from_millis(1));
    let value = [("path", "applicant.name"), ("applicant.name", "見本　京子")];
    clerk.post(&format!("/desk/visits/{visit}/answers"), &value).await;
    let (status, corrected) = refresh(&first).await;
    assert_eq!((status, corrected == first), (StatusCode::OK, false));

    let kiosk = town.office.db.read(device::all).await.unwrap()[0].id;
    let journal = town.office.journal.clone();
    town.office.db.write(move |tx| device::call_staff(tx, &journal, kiosk)).await.unwrap();
    assert_eq!(refresh(&corrected).await.0, StatusCode::OK);
}

#[tokio::test]
async fn an_account_and_a_decision_pressed_twice_are_made_once() {
    let (town, visit) = furnished().await;
    let administrator = town.sign_in("administrator").await;
    let form = administrator.get("/desk/staff").await;
    let op = ("op", form.hidden("op"));
    let new = [("login", "hanako"), ("name", "見本　係"), ("password", PASSWORD), op];
    for _ in 0..2 {
        assert_eq!(administrator.post("/desk/staff", &new).await.to, "/desk/staff?note=added");
    }
    let clerk = town.sign_in("clerk").await;
    clerk
        .post(&format!("/desk/visits/{visit}/identity"), &[("kind", "passport"), ("points", "one")])
        .await;
    let page = clerk.get(&format!("/desk/visits/{visit}")).await;
    let accept = [("act", "accept"), ("op", page.hidden("op"))];
    let application = address(&town, "/visits/{visit}/applications/{application}", visit).await;
    for _ in 0..2 {
        assert!(clerk.post(&application, &accept).await.to.contains("note=accepted"));
    }
    let other = clerk.post(&application, &[("act", "accept")]).await;
    assert!(other.says("もう変わっています"));
}

#[tokio::test]
async fn a_correction_that_asks_for_more_opens_what_is_missing() {
    let (town, visit) = furnished().await;
    let clerk = town.sign_in("clerk").await;
    let page = format!("/desk/visits/{visit}");
    let answers = format!("{page}/answers");
    let relation = [("path", "juminhyo.relation"), ("juminhyo.relation", "agent")];
    let next = clerk.post(&answers, &relation).await.to;
    let (_, missing) = next.split_once("note=saved&edit=").unwrap();
    let opened = clerk.get(&next).await;
    assert!(opened.says("聞き取りが必要です"));
    assert!(opened.says(&format!("name=\"path\" value=\"{missing}\"")));
    let asked = [("path", missing), (missing, "見本　太郎")];
    let after = clerk.post(&answers, &asked).await.to;
    assert!(!after.contains(&format!("edit={missing}")), "{after}");
    assert!(clerk.get(&page).await.says("見本　太郎"));
}

#[tokio::test]
async fn a_call_for_staff_stands_on_the_list_until_somebody_goes() {
    let (town, _) = furnished().await;
    let clerk = town.sign_in("clerk").await;
    let kiosk = town.office.db.read(device::all).await.unwrap()[0].id;
    let journal = town.office.journal.clone();
    town.office.db.write(move |tx| device::call_staff(tx, &journal, kiosk)).await.unwrap();
    town.clock.advance(Duration::from_secs(180));
    assert!(clerk.get("/desk/today").await.says("3分前から"));
    let going = clerk.post(&format!("/desk/calls/{kiosk}"), &[]).await;
    assert_eq!(going.to, "/desk?note=answered");
    let list = clerk.get("/desk/today").await;
    assert!(!list.says("職員を呼んでいます") && list.says("見本　窓子さんが向かっています"));
    town.clock.advance(Duration::from_secs(300));
    assert!(!clerk.get("/desk/today").await.says("さんが向かっています"));
}

#[tokio::test]
async fn a_tablet_is_paired_with_the_code_on_the_page_and_stands_in_the_list() {
    let (town, _) = furnished().await;
    let supervisor = town.sign_in("supervisor").await;
    let fields = [("name", "記載台2"), ("reader", "reader-1")];
    let form = supervisor.get("/desk/devices").await;
    assert!(form.says("<option>reader-1</option>") && form.says("value=\"display\""));
    let unknown = [("name", "記載台2"), ("reader", "virtual-1")];
    assert!(supervisor.post("/desk/devices", &unknown).await.says("一覧から選んでください"));
    let fields = [fields.as_slice(), &[("op", form.hidden("op"))]].concat();
    let code = async || {
        let page = supervisor.post("/desk/devices", &fields).await;
        let (_, after) = page.text().split_once("class=\"shown-code\">").unwrap();
        after.split('<').next().unwrap().to_owned()
    };
    let shown = code().await;
    assert_eq!(code().await, shown, "pressed twice");

    let enter = town.get("/pair", "").await;
    let pair = async |code: &str| {
        town.post("/pair", "", &[("op", enter.hidden("op")), ("code", code)]).await
    };
    assert!(pair("2222-2222").await.says("コードが違うか"));
    let paired = pair(&shown).await;
    assert_eq!(paired.to, "/kiosk");
    assert_eq!(pair(&shown).await.cookie, paired.cookie, "pressed twice");
    assert_eq!(supervisor.post("/desk/devices", &fields).await.to, "/desk/devices");
    let devices = town.office.db.read(device::all).await.unwrap();
    let tablet = devices.into_iter().find(|device| device.name == "記載台2").unwrap();
    assert_eq!(tablet.reader.as_deref(), Some("reader-1"));
    let taken = supervisor.post("/desk/devices", &fields[..2]).await;
    assert!(taken.says("同じ名前の端末"));
    let reader = format!("/desk/devices/{}/reader", tablet.id);
    let unknown = supervisor.post(&reader, &[("reader", "reader-9")]).await;
    assert!(unknown.says("一覧から選んでください"));
    assert_eq!(supervisor.post(&reader, &[("reader", "")]).await.to, "/desk/devices?note=saved");
    let revoked = supervisor.post(&format!("/desk/devices/{}/revoke", tablet.id), &[]).await;
    assert_eq!(revoked.to, "/desk/devices?note=revoked");
}

#[tokio::test]
async fn an_act_sent_again_is_one_act_and_brings_nothing_old_back() {
    let (town, visit) = furnished().await;
    let clerk = town.sign_in("clerk").await;
    let page = format!("/desk/visits/{visit}");
    let count = async |kind: &str| town.kinds().await.iter().filter(|one| *one == kind).count();
    let phone = |number| [("path", "applicant.phone"), ("applicant.phone", number)];
    let open = clerk.get(&format!("{page}?edit=applicant.phone")).await;
    let op = [("op", open.hidden("op"))];
    let first = [&op[..], &phone("0999-00-0002")].concat();
    for _ in 0..2 {
        assert!(clerk.post(&format!("{page}/answers"), &first).await.to.contains("note=saved"));
    }
    assert_eq!(count("visit.corrected").await, 1);
    clerk.post(&format!("{page}/answers"), &phone("0999-00-0003")).await;
    let late = clerk.post(&format!("{page}/answers"), &first).await;
    assert!(late.says("前の画面"), "{}", late.to);
    assert!(clerk.get(&page).await.says("0999-00-0003"));

    let passport = [("op", clerk.get(&page).await.hidden("op").to_owned())];
    let passport: Vec<(&str, &str)> =
        passport.iter().map(|(name, op)| (*name, op.as_str())).collect();
    let passport = [&passport[..], &[("kind", "passport"), ("points", "one")]].concat();
    for _ in 0..2 {
        assert!(clerk.post(&format!("{page}/identity"), &passport).await.to.contains("identified"));
    }
    assert_eq!(count("visit.identified").await, 1);
}

#[tokio::test]
async fn what_a_refreshing_list_shows_for_the_first_time_is_recorded() {
    let (town, _) = furnished().await;
    let clerk = town.sign_in("clerk").await;
    clerk.get("/desk").await;
    let seen = town.kinds().await.len();
    clerk.get("/desk/today").await;
    assert_eq!(town.kinds().await[seen..], [""; 0], "nothing that the page had not shown");
    town.clock.advance(Duration::from_millis(1));
    town.visit("juminhyo").await;
    let before = town.kinds().await.len();
    for _ in 0..2 {
        clerk.get("/desk/today").await;
    }
    assert_eq!(town.kinds().await[before..], ["visit.listed"]);
    let colleague = town.sign_in("supervisor").await;
    let before = town.kinds().await.len();
    colleague.get("/desk/today").await;
    assert_eq!(town.kinds().await[before..], ["visit.listed"]);
}

#[tokio::test]
async fn a_visit_that_cannot_be_read_stands_on_the_list_with_a_sentence() {
    let (town, whole) = furnished().await;
    let damaged = town.visit("juminhyo").await;
    let spoil = move |tx: &crate::db::Tx<'_>| -> Result<(), crate::db::Error> {
        let spoil = "update answer set sealed = zeroblob(64) where visit = ?1";
        tx.execute(spoil, [damaged.to_string()])?;
        Ok(())
    };
    town.office.db.write(spoil).await.unwrap();
    let clerk = town.sign_in("clerk").await;
    let list = clerk.get("/desk").await;
    assert!(list.says(&format!("/desk/visits/{whole}")));
    assert!(!list.says(&format!("/desk/visits/{damaged}")) && list.says("読み取れません"));
    let found = clerk.post("/desk", &[("find", "0002")]).await;
    assert!(found.says("読み取れません"), "{}", found.to);
}

#[tokio::test]
async fn a_paper_that_cannot_be_made_keeps_no_other_from_the_printer() {
    let (town, visit) = furnished().await;
    let clerk = town.sign_in("clerk").await;
    let journal = town.office.journal.clone();
    let forget = move |tx: &crate::db::Tx<'_>| -> Result<(), crate::db::Error> {
        let mut gone = crate::application::of_visit(tx, visit)?.remove(0);
        gone.id = crate::id::ApplicationId::new(journal.now(), &*journal.chance);
        (gone.form, gone.receipt) = ("gone".into(), "honcho-20261124-0099".into());
        crate::application::add(tx, visit, &gone)
    };
    town.office.db.write(forget).await.unwrap();
    let page = format!("/desk/visits/{visit}");
    let all = clerk.post(&format!("{page}/papers"), &[]).await;
    assert!(all.body.starts_with(b"%PDF-"), "{}", all.status);
    assert!(clerk.get(&page).await.says("印刷1回"));
}
