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
use crate::config::Config;
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
mod cashless;
mod closing;
mod counters;
mod displays;
mod entrance;
mod exports;
mod guide;
mod hammer;
mod keys;
mod lists;
mod night;
mod pay_code;
mod paying;
mod payment;
mod payments;
mod receipts;
mod register;
mod shipped_bugs;
mod slips;
mod spare;
mod supervisor;
mod tickets;
mod visits;

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
    /// The example town, which loads rows of the register too; nobody has an account.
    async fn open() -> Self {
        Self::changed(|config| config.register_mut().enabled = true).await
    }

    /// The same with another configuration.
    async fn changed(change: impl FnOnce(&mut Config)) -> Self {
        let (mut office, clock, folder) = example::office(false).await;
        // Nobody else holds it yet.
        change(&mut Arc::get_mut(&mut office).unwrap().config);
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
    ("get", "/line", &[], [false, true, true]),
    ("post", "/line", &[("act", "again")], [false, true, true]),
    ("get", "/visits/{visit}", &[], [true, true, false]),
    ("post", "/visits/{visit}/answers", &[("path", "applicant.kana")], [true, true, false]),
    ("post", "/visits/{visit}/identity", &[], [true, true, false]),
    ("get", "/visits/{visit}/payment", &[], [true, true, false]),
    ("post", "/visits/{visit}/payment", &[("act", "later")], [true, true, false]),
    ("post", "/visits/{visit}/payment", &[("act", "refund")], [false, true, false]),
    ("get", "/visits/{visit}/payment/now", &[], [true, true, false]),
    ("post", "/visits/{visit}/payment/{payment}/receipt", &[], [true, true, false]),
    ("get", "/visits/{visit}/payment/code", &[], [true, true, false]),
    ("get", "/payments", &[], [true, true, false]),
    ("get", "/visits/{visit}/register", &[], [true, true, false]),
    ("post", "/visits/{visit}/register", &[("rows", "")], [true, true, false]),
    ("post", "/visits/{visit}/papers", &[], [true, true, false]),
    ("post", "/visits/{visit}/slip", &[], [true, true, false]),
    ("get", "/visits/{visit}/slip", &[], [true, true, false]),
    ("get", "/visits/{visit}/printing/{op}", &[], [true, true, false]),
    ("get", "/visits/{visit}/printing/{op}/now", &[], [true, true, false]),
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
    ("get", "/counters", &[], [true, true, false]),
    ("get", "/counters/now", &[], [true, true, false]),
    ("post", "/counters/{counter}", &[("people", "1")], [true, true, false]),
    ("post", "/counters/{counter}/tickets", &[("act", "call_next")], [true, true, false]),
    ("get", "/closing", &[], [false, true, false]),
    ("post", "/closing", &[("act", "count"), ("counter", "1")], [false, true, false]),
    ("get", "/closing/{span}", &[], [false, true, false]),
    ("get", "/closing/{span}/{file}", &[], [false, true, false]),
    ("get", "/exports", &[], [false, true, true]),
    ("post", "/exports", &[("profile", "nikkei")], [false, true, true]),
    ("post", "/exports", &[("profile", "papers")], [false, true, false]),
    ("get", "/guide", &[], [true, true, false]),
    ("post", "/guide", &[("lane", "certificate")], [true, true, false]),
    ("get", "/guide/hall", &[], [true, true, false]),
    ("post", "/guide/passing", &[], [true, true, false]),
    ("post", "/guide/find", &[("number", "A1")], [true, true, false]),
    ("get", "/guide/tickets/{ticket}", &[], [true, true, false]),
    ("post", "/guide/tickets/{ticket}", &[("act", "leave")], [true, true, false]),
    ("post", "/guide/tickets/{ticket}/undo", &[], [true, true, false]),
    ("get", "/spare", &[], [true, true, false]),
    ("post", "/spare", &[], [true, true, false]),
    ("get", "/spare/sheets.pdf", &[], [true, true, false]),
    ("post", "/spare/{ticket}", &[], [true, true, false]),
    ("get", "/supervisor", &[], [false, true, true]),
    ("get", "/supervisor/now", &[], [false, true, true]),
    ("get", "/supervisor/events", &[], [false, true, true]),
    ("get", "/supervisor/days", &[], [false, true, true]),
    ("get", "/supervisor/days.csv", &[], [false, true, true]),
    ("get", "/supervisor/hours.csv", &[], [false, true, true]),
    ("get", "/supervisor/appointments.csv", &[], [false, true, true]),
    ("get", "/supervisor/days/{day}", &[], [false, true, true]),
    ("get", "/supervisor/days/{day}/tickets.csv", &[], [false, true, true]),
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
        own(include_str!("counters.rs"), "/counters"),
        own(include_str!("closing/mod.rs"), "/closing"),
        own(include_str!("exports.rs"), "/exports"),
        own(include_str!("guide.rs"), "/guide"),
        own(include_str!("line.rs"), "/line"),
        own(include_str!("spare.rs"), "/spare"),
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
        .replace("{counter}", "4")
        .replace("{file}", "sums.csv")
        .replace("{span}", &crate::clock::iso_day(town.office.journal.now().date()))
        .replace("{day}", &crate::clock::iso_day(town.office.journal.now().date()))
        .replace("{application}", &application.to_string())
        .replace("{device}", &device.to_string())
        .replace("{ticket}", &ticket.to_string())
        .replace("{alarm}", &town.office.journal.op().to_string())
        .replace("{payment}", &town.office.journal.op().to_string())
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
