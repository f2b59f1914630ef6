//! What telephones are told, through the router, on a held clock.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use tempfile::TempDir;
use tower::ServiceExt;

use time::macros::datetime;

use super::*;
use crate::clock::{Clock, HeldClock};
use crate::db::Tx;
use crate::journal::Actor;
use crate::queue::order::Class;
use crate::queue::state::{Action, Who};
use crate::queue::{self, Act, NewTicket, Ticket};
use crate::web::{example, live, router};

struct Hall {
    office: Arc<Office>,
    clock: Arc<HeldClock>,
    router: Router,
    _folder: TempDir,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Hall {
    async fn open() -> Self {
        let (office, clock, folder) = example::office(false).await;
        let router = router(office.clone());
        Self { office, clock, router, _folder: folder }
    }

    /// Somebody draws a number for a certificate.
    async fn draw(&self) -> Ticket {
        let office = self.office.clone();
        let issue = move |tx: &Tx<'_>| {
            let lane = queue::Lane {
                id: "certificate".to_owned(),
                prefix: "A".to_owned(),
                numbers: [1, 999],
                at_end: queue::AtEnd::Widen,
                daily_max: None,
                spare: None,
                keeps: false,
            };
            let (lane, plan) = (&lane, Vec::new());
            let new = NewTicket { visit: None, lane, plan, class: Class::Ordinary, slot: None };
            let journal = &office.journal;
            queue::issue(tx, journal, (journal.op(), Actor::System), new)
        };
        self.office.db.write(issue).await.unwrap()
    }

    async fn leave(&self, ticket: &Ticket) {
        let (journal, id) = (self.office.journal.clone(), ticket.id);
        let leave = move |tx: &Tx<'_>| {
            let act = Act::new(Action::Leave, Who::Resident, journal.now());
            queue::act(tx, &journal, (journal.op(), Actor::System), id, act)
        };
        self.office.db.write(leave).await.unwrap();
    }

    async fn get(&self, path: &str) -> Answer {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        Answer { status, headers, text: String::from_utf8(bytes.to_vec()).unwrap() }
    }
}

fn page(ticket: &Ticket) -> String {
    format!("/status/{}", ticket.code.as_ref().unwrap())
}

#[tokio::test]
async fn a_ticket_has_its_own_page_until_and_after_its_day_is_over() {
    let hall = Hall::open().await;
    let (first, second) = (hall.draw().await, hall.draw().await);
    assert_ne!(first.code, second.code);
    let watching = tokio::spawn(live::forever(hall.office.clone()));
    let mut boards = hall.office.live.boards();
    boards.wait_for(|shown| shown.outlook.tickets.len() == 2).await.unwrap();
    let waiting = hall.get(&page(&second)).await;
    let says =
        |answer: &Answer, words: &str| assert!(answer.text.contains(words), "{}", answer.text);
    says(&waiting, "<strong>A2</strong>");
    says(&waiting, "順番をお待ちください。");
    says(&waiting, "前に待っている方：1 人");
    says(&waiting, "窓口の準備中");
    // Whoever asks is told the rule as the town has set it.
    let rule = "優先の方は15分早く来られたものとしてお呼びし、ほかの方がお待ちの間に続けてお呼びするのは3人まで";
    for path in [page(&second), "/status".to_owned()] {
        says(&hall.get(&path).await, rule);
    }
    assert_eq!(waiting.headers["cache-control"], "no-store");
    says(&hall.get(&format!("{}?lang=en", page(&second))).await, "People ahead of you: 1");
    let fragment = hall.get(&format!("{}/now", page(&second))).await;
    assert!(fragment.text.starts_with("<section") && !fragment.text.contains("<html"));

    hall.leave(&first).await;
    boards.wait_for(|shown| shown.outlook.tickets.len() == 1).await.unwrap();
    says(&hall.get(&page(&first)).await, "この番号は取り消されました。");
    says(&hall.get(&page(&second)).await, "前に待っている方はいません");
    watching.abort();

    hall.clock.advance(Duration::from_secs(24 * 3600));
    let over = hall.get(&page(&second)).await;
    says(&over, "この番号の受付は終わりました。");
    assert!(!over.text.contains("status.js"), "nothing is still to come");
}

#[tokio::test]
async fn a_code_is_taken_as_people_type_it_and_nothing_else_is_found() {
    let hall = Hall::open().await;
    let ticket = hall.draw().await;
    let code = ticket.code.as_ref().unwrap().to_string();
    let typed = code.to_lowercase().replace('-', "");
    let short = hall.get(&format!("/s/{typed}")).await;
    let to = short.headers["location"].to_str().unwrap();
    assert_eq!((short.status, to), (StatusCode::SEE_OTHER, page(&ticket).as_str()));
    let other = match code.starts_with('A') {
        true => format!("B{}", &code[1..]),
        false => format!("A{}", &code[1..]),
    };
    for wrong in [&*other, "A1", "1", &ticket.id.to_string(), &code[..13], "%20"] {
        for path in ["/s/", "/status/"] {
            let answer = hall.get(&format!("{path}{wrong}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}{wrong}");
        }
    }
}

#[tokio::test]
async fn counts_are_open_data_that_may_be_kept_for_a_moment() {
    let hall = Hall::open().await;
    hall.draw().await;
    hall.draw().await;
    let watching = tokio::spawn(live::forever(hall.office.clone()));
    hall.office.live.boards().wait_for(|shown| shown.tickets.len() == 2).await.unwrap();
    watching.abort();
    let json = hall.get("/status.json").await;
    assert_eq!(json.headers["cache-control"], "public, max-age=10");
    assert_eq!(json.headers["access-control-allow-origin"], "*");
    let told: serde_json::Value = serde_json::from_str(&json.text).unwrap();
    let lane = serde_json::json!({
        "lane": "certificate", "name_ja": "証明書", "name_en": "Certificates",
        "waiting": 2, "open_counters": 0, "call_from": null, "call_to": null,
        "called_number": null, "called_counter": null, "lamp": null,
    });
    assert_eq!(told["lanes"][0], lane);
    assert_eq!(told["updated_at"], "2026-11-24T09:00:00.000+09:00");
    let csv = hall.get("/status.csv").await;
    let mut lines = csv.text.lines();
    let fields = lines.next().unwrap().trim_start_matches('\u{feff}');
    let row =
        "2026-11-24T09:00:00.000+09:00,999997,honcho,certificate,証明書,Certificates,2,0,,,,,";
    assert_eq!(lines.next(), Some(row));
    // What is promised in the documents is what is there.
    let documented = include_str!("../../../docs/OPEN_DATA.md");
    let known = fields.split(',').chain(told.as_object().unwrap().keys().map(String::as_str));
    for field in known {
        assert!(documented.contains(&format!("| `{field}` |")), "{field}");
    }
    let page = hall.get("/status").await;
    assert_eq!(page.headers["cache-control"], "public, max-age=10");
    assert!(page.text.contains("2 人"), "{}", page.text);
}

#[tokio::test]
async fn whoever_asks_after_the_end_of_the_day_is_not_told_that_it_is_about_to_begin() {
    let hall = Hall::open().await;
    for (at, said) in [
        (datetime!(2026-11-24 8:00 +9), "窓口の準備中"),
        (datetime!(2026-11-24 17:14 +9), "窓口の準備中"),
        (datetime!(2026-11-24 17:15 +9), "今日の受付は終わりました"),
        (datetime!(2026-11-25 8:00 +9), "窓口の準備中"),
    ] {
        hall.clock.hold(at);
        let page = hall.get("/status").await.text;
        assert!(page.contains(said), "{at}: {page}");
    }
}

#[test]
fn a_telephone_is_spoken_to_in_its_own_language_or_the_one_it_asks_for() {
    for (asked, own, lang) in [
        (None, None, Lang::Ja),
        (None, Some("ja,en-US;q=0.9"), Lang::Ja),
        (None, Some("JA-JP"), Lang::Ja),
        (None, Some("vi,ja;q=0.5"), Lang::En),
        (Some(Lang::Ja), Some("en"), Lang::Ja),
        (Some(Lang::En), None, Lang::En),
    ] {
        let mut headers = HeaderMap::new();
        own.map(|own| headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(own)));
        assert_eq!(Asked { lang: asked }.lang(&headers), lang, "{asked:?} {own:?}");
    }
}

#[tokio::test]
async fn a_forecast_of_too_few_days_says_so_and_of_enough_shows_the_weeks() {
    use crate::clock::iso_day;
    use crate::queue::report::DayReport;
    use crate::queue::report::tally::{Hour, Tally};

    let hall = Hall::open().await;
    let little = hall.get("/status/calendar").await;
    assert!(little.text.contains("まだ 0 日分の記録しかない"), "{}", little.text);
    let past = |back: i64| {
        let day = time::macros::date!(2026 - 11 - 24) - time::Duration::days(back);
        let all = Tally { came: 100, ..Tally::default() };
        let hours = vec![Hour { hour: 9, came: 100, ..Hour::default() }];
        let (lanes, forms) = Default::default();
        DayReport { day, all, lanes, hours, passing: 0, forms, kept: None }
    };
    let reports: Vec<DayReport> = (1..=28).filter(|back| back % 7 < 5).map(past).collect();
    let write = move |tx: &Tx<'_>| {
        for report in &reports {
            let text = serde_json::to_string(report).unwrap();
            let row = [iso_day(report.day), text];
            tx.execute("insert into day_report (day, report) values (?1, ?2)", row)?;
        }
        Ok::<_, crate::db::Error>(())
    };
    hall.office.db.write(write).await.unwrap();
    hall.clock.advance(Duration::from_secs(601));
    let page = hall.get("/status/calendar?lang=en").await;
    assert!(page.text.contains("about 100") && page.text.contains("Usual"), "{}", page.text);
    assert_eq!(page.headers["cache-control"], "public, max-age=10");
    let json = hall.get("/status/calendar.json").await;
    let told: serde_json::Value = serde_json::from_str(&json.text).unwrap();
    assert_eq!(
        (told["days_known"].as_u64(), told["days"].as_array().unwrap().len()),
        (Some(20), 42)
    );
    let config = hall.office.config.clone();
    let day = hall.office.journal.now().date();
    let config_of = config.clone();
    let look = move |connection: &_| calendar::foretell(connection, &config_of, day);
    let foretold = hall.office.db.read(look).await.unwrap();
    let files = calendar::files(&config, &foretold, day).unwrap();
    let page = &files["calendar.html"];
    assert!(page.contains("<style>") && !page.contains("/static/") && !page.contains("href="));
}

impl Hall {
    /// A clerk sits down, calls the one who waits, and does this.
    async fn called_and(&self, ticket: &Ticket, action: Action) {
        let (office, id) = (self.office.clone(), ticket.id);
        let act = move |tx: &Tx<'_>| -> Result<(), queue::Error> {
            let journal = &office.journal;
            let staff = match queue::duty::at(tx, 1)?.and_then(|duty| duty.staff()) {
                Some(staff) => staff,
                None => {
                    let staff = crate::id::StaffId::new(journal.now(), &*journal.chance);
                    queue::duty::open(tx, journal, journal.op(), staff, 1, false)?;
                    staff
                }
            };
            let (lanes, rules) =
                ([(1, vec!["certificate".to_owned()])].into(), office.config.site.queue.order());
            let desk = queue::Desk { staff, counter: 1, lanes: &lanes, rules };
            queue::call_next(tx, journal, journal.op(), &desk)?;
            let reason = Some(queue::Reason::FillingIn);
            let act = Act { reason, ..Act::of_clerk(action, 1, staff, journal.now()) };
            queue::act(tx, journal, (journal.op(), Actor::Staff(staff)), id, act).map(drop)
        };
        self.office.db.write(act).await.unwrap();
    }

    async fn stands(&self, ticket: &Ticket) -> (queue::state::State, u32) {
        let id = ticket.id;
        let look = move |connection: &rusqlite::Connection| -> Result<_, queue::Error> {
            let acts = "select count(*) from journal where kind = 'ticket.moved'";
            let acts = connection.query_row(acts, [], |row| row.get(0))?;
            Ok((queue::get(connection, id)?.unwrap().leg().state, acts))
        };
        self.office.db.read(look).await.unwrap()
    }

    /// Presses the holder's button with what the page showed.
    async fn press(&self, path: &str, seen: &str) -> Answer {
        self.send(path, &format!("seen={}", example::encoded(seen))).await
    }

    async fn send(&self, path: &str, body: &str) -> Answer {
        let body = body.to_owned();
        let request = Request::post(format!("{path}/here?lang=en"))
            .header("host", "counter:8080")
            .header("origin", "http://counter:8080")
            .header("content-type", "application/x-www-form-urlencoded");
        let request = request.body(Body::from(body)).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Answer { status, headers, text: String::new() }
    }
}

fn seen(answer: &Answer) -> Option<String> {
    seen_in(answer, "class=\"here\"")
}

/// What one of the page's forms shows of the ticket.
fn seen_in(answer: &Answer, form: &str) -> Option<String> {
    let (_, form) = answer.text.split_once(form)?;
    let (_, after) = form.split_once("name=\"seen\" value=\"")?;
    Some(after.split('"').next().unwrap().replace("&#43;", "+"))
}

#[tokio::test]
async fn who_missed_the_call_says_once_that_they_are_back_however_often_they_press() {
    use queue::state::State;
    let hall = Hall::open().await;
    let ticket = hall.draw().await;
    let path = page(&ticket);
    let watching = tokio::spawn(live::forever(hall.office.clone()));
    assert_eq!(seen(&hall.get(&path).await), None, "nobody who waits says anything");
    hall.clock.advance(Duration::from_secs(60));
    hall.called_and(&ticket, Action::MarkAbsent).await;
    let mut boards = hall.office.live.boards();
    // Not the board before the number, and not that of an absence before.
    let absent = |shown: &Arc<live::Shown>| {
        let leg = shown.tickets.first().map(Ticket::leg);
        leg.is_some_and(|leg| (leg.state, leg.since) == (State::Absent, hall.clock.now()))
    };
    boards.wait_for(absent).await.unwrap();
    let shown = hall.get(&path).await;
    let told = seen(&shown).unwrap_or_else(|| panic!("{}", shown.text));
    hall.clock.advance(Duration::from_secs(60));
    for _ in 0..3 {
        let pressed = hall.press(&path, &told).await;
        assert_eq!(pressed.headers["location"], format!("{path}?lang=en"));
    }
    assert_eq!(hall.stands(&ticket).await, (State::Waiting, 3), "call, absence, one return");
    // The page that follows shows it already.
    assert!(hall.get(&path).await.text.contains("順番をお待ちください。"));

    hall.clock.advance(Duration::from_secs(60));
    hall.called_and(&ticket, Action::MarkAbsent).await;
    boards.wait_for(absent).await.unwrap();
    let again = hall.get(&path).await;
    assert!(again.text.contains("職員に番号をお見せください。"), "{}", again.text);
    assert_eq!(seen(&again), None);
    // Not even with a page of their own making.
    let since = crate::clock::rfc3339(hall.office.journal.now());
    hall.press(&path, &since).await;
    assert_eq!(hall.stands(&ticket).await, (State::Absent, 5));
    watching.abort();
}

#[tokio::test]
async fn whoever_waits_gives_the_number_back_once_and_nobody_who_is_called_does() {
    use queue::state::State;
    let hall = Hall::open().await;
    let (first, second) = (hall.draw().await, hall.draw().await);
    let leaves = async |ticket: &Ticket| {
        let seen = seen_in(&hall.get(&page(ticket)).await, "class=\"leave\"");
        let seen = seen.unwrap_or_default();
        let body = format!("seen={}&leaves=true", example::encoded(&seen));
        hall.send(&page(ticket), &body).await;
        !seen.is_empty()
    };
    assert!(leaves(&first).await);
    assert_eq!(hall.stands(&first).await, (State::Cancelled, 1));
    assert!(!leaves(&first).await, "it is over");
    assert!(hall.get(&page(&first)).await.text.contains("この番号は取り消されました"));
    hall.called_and(&second, Action::Serve).await;
    let since = crate::clock::rfc3339(hall.office.journal.now());
    let body = format!("seen={}&leaves=true", example::encoded(&since));
    hall.send(&page(&second), &body).await;
    assert_eq!(hall.stands(&second).await.0, State::Serving);
}

#[tokio::test]
async fn who_was_held_says_that_they_are_ready_and_an_old_page_says_nothing() {
    use queue::state::State;
    let hall = Hall::open().await;
    let ticket = hall.draw().await;
    let path = page(&ticket);
    hall.called_and(&ticket, Action::Hold).await;
    let told = seen(&hall.get(&path).await).unwrap();
    hall.clock.advance(Duration::from_secs(60));
    hall.press(&path, &told).await;
    assert_eq!(hall.stands(&ticket).await.0, State::Waiting);
    hall.called_and(&ticket, Action::Hold).await;
    hall.press(&path, &told).await;
    assert_eq!(hall.stands(&ticket).await.0, State::Held, "the press was about the first time");
    // Nor on another day.
    hall.clock.advance(Duration::from_secs(24 * 3600));
    assert_eq!(seen(&hall.get(&path).await), None);
}
