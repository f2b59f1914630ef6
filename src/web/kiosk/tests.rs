//! Stories at the kiosk, through the router, in the demonstration's town.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderValue, Request, StatusCode, header};
use axum::middleware;
use axum::routing::get;
use tempfile::TempDir;
use tower::ServiceExt;

use crate::clock::HeldClock;
use crate::device;
use crate::form::answers::Answers;
use crate::id::StaffId;
use crate::text::{Piece, Text};
use crate::visit::{self, Visit};
use crate::web::{Office, Shared, error, example, router};

mod appointment;
mod back;
mod bills;
mod closed;
mod code;
mod fee;
mod number;
mod pay;
mod register;
mod secrets;

const HOST: &str = "counter:8080";

/// A counter with one paired tablet and a virtual reader beside it.
struct Tablet {
    office: Arc<Office>,
    router: Router,
    clock: Arc<HeldClock>,
    cookie: String,
    folder: TempDir,
}

/// What came back.
struct Answer {
    status: StatusCode,
    /// Where it leads, if anywhere.
    to: String,
    cookie: String,
    text: String,
}

impl Answer {
    fn says(&self, words: &str) -> bool {
        self.text.contains(words)
    }

    /// The value of a hidden field; empty if there is none.
    fn hidden(&self, name: &str) -> String {
        let begin = format!("name=\"{name}\" value=\"");
        let after = self.text.split_once(&begin).map_or("", |(_, after)| after);
        after.split('"').next().unwrap().to_owned()
    }
}

impl Tablet {
    async fn paired() -> Self {
        let (office, clock, folder) = example::office(true).await;
        let router = router(office.clone());
        let mut tablet = Self { office, router, clock, cookie: String::new(), folder };
        let paired = tablet.get("/pair").await;
        tablet.cookie = paired.cookie.split(';').next().unwrap().to_owned();
        tablet
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
        Answer { status, to, cookie, text: String::from_utf8(body).unwrap() }
    }

    fn request(&self, method: &str, path: &str, body: String) -> Request<Body> {
        Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, HOST)
            .header(header::ORIGIN, format!("http://{HOST}"))
            .header(header::COOKIE, &self.cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::CONTENT_LENGTH, body.len())
            .body(Body::from(body))
            .unwrap()
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(self.request("GET", path, String::new())).await
    }

    /// Sends exactly these fields.
    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let pairs = fields
            .iter()
            .map(|(name, entry)| [example::encoded(name), example::encoded(entry)].join("="));
        let body = pairs.collect::<Vec<_>>().join("&");
        self.send(self.request("POST", path, body)).await
    }

    /// Sends fields from the page that stands at `/kiosk` now.
    async fn press(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let key = self.get("/kiosk").await.hidden("key");
        self.post(path, &[&[("key", key.as_str())], fields].concat()).await
    }

    /// Begins a visit for a certificate and stops where name and address are
    /// given.
    async fn arrive(&self, lang: &str) {
        let op = self.get("/kiosk").await.hidden("op");
        self.post("/kiosk/start", &[("op", &op), ("lang", lang)]).await;
        self.press("/kiosk/purpose", &[]).await;
        self.press("/kiosk/procedures", &[("procedure", "juminhyo")]).await;
        assert!(self.get("/kiosk").await.says("value=\"hand\""));
    }

    /// The visit that stands here, and what is known in it.
    async fn visit(&self) -> (Visit, Answers) {
        let journal = self.office.journal.clone();
        let known = self.office.db.read(move |connection| -> Result<_, visit::Error> {
            let kiosk = device::all(connection).unwrap()[0].id;
            let visit = visit::at_kiosk(connection, kiosk)?.unwrap();
            let answers = visit::answers(connection, &journal, visit.id)?;
            Ok((visit, answers))
        });
        known.await.unwrap()
    }

    /// The tablet.
    async fn device(&self) -> crate::id::DeviceId {
        self.office.db.read(device::all).await.unwrap()[0].id
    }

    /// What happened to anything, oldest first.
    async fn kinds(&self) -> Vec<String> {
        example::kinds(&self.office).await
    }
}

#[tokio::test]
async fn what_one_resident_sent_is_neither_taken_nor_shown_in_the_next_visit() {
    let tablet = Tablet::paired().await;
    tablet.arrive("ja").await;
    tablet.press("/kiosk/way", &[("way", "hand")]).await;
    let page = tablet.get("/kiosk").await;
    let address = format!("/kiosk/page/{}", page.text.split("/kiosk/page/").nth(1).unwrap());
    let address = address.split('"').next().unwrap().to_owned();
    let key = page.hidden("key");
    // A direction mark in a name is refused, and the name shown again.
    let sent = [
        ("key", key.as_str()),
        ("asked", "applicant.name"),
        ("applicant.name", "試験　花子\u{202E}"),
    ];
    let refused = tablet.post(&address, &sent).await;
    assert!(
        refused.status == StatusCode::OK && refused.says("試験　花子"),
        "{} {}",
        refused.to,
        refused.text
    );
    tablet.press("/kiosk/end", &[]).await;

    tablet.arrive("ja").await;
    let before = tablet.kinds().await;
    let ways: [(&str, &[(&str, &str)]); 8] = [
        (&address, &sent),
        ("/kiosk/purpose", &sent),
        ("/kiosk/procedures", &[("key", &key), ("procedure", "tennyu")]),
        ("/kiosk/way", &[("key", &key), ("way", "hand")]),
        ("/kiosk/card", &[("key", &key), ("digits", "1234"), ("tap", "1")]),
        ("/kiosk/submit", &[("key", &key), ("op", "x")]),
        ("/kiosk/wishes", &[("key", &key), ("lang", "en")]),
        ("/kiosk/end", &[("key", &key)]),
    ];
    for (path, fields) in ways {
        let replayed = tablet.post(path, fields).await;
        let leads = (replayed.status, replayed.to.as_str(), replayed.text.as_str());
        assert_eq!(leads, (StatusCode::SEE_OTHER, "/kiosk", ""), "{path}");
        let keyless = tablet.post(path, &fields[1..]).await;
        assert!(path == "/kiosk/end" || keyless.to == "/kiosk", "{path} without a key");
        if path != "/kiosk/end" {
            assert_eq!(tablet.kinds().await, before, "{path}");
        }
    }
}

async fn number_page(tablet: &Tablet, card: &str) -> Answer {
    tablet.arrive("ja").await;
    tablet.press("/kiosk/way", &[("way", "card")]).await;
    tablet.press("/kiosk/card/lay", &[("card", card)]).await;
    tablet.get("/kiosk/card").await
}

fn number<'f>(page: &'f [String; 3], digits: &'f str) -> [(&'f str, &'f str); 4] {
    let [key, tap, once] = page;
    [("key", key), ("tap", tap), ("once", once), ("digits", digits)]
}

fn hidden(page: &Answer) -> [String; 3] {
    ["key", "tap", "once"].map(|name| page.hidden(name))
}

#[tokio::test]
async fn a_character_without_a_code_point_outlives_a_correction_beside_it() {
    let tablet = Tablet::paired().await;
    let page = number_page(&tablet, "tsuji-yoshio.2").await;
    assert_eq!(tablet.post("/kiosk/card", &number(&hidden(&page), "1965")).await.to, "/kiosk");
    let corrected = [("asked", "applicant.name"), ("applicant.name", "□　□雄")];
    tablet.press("/kiosk/page/applicant.person", &corrected).await;
    let pieces =
        [Piece::Gaiji(1), Piece::Text("　".into()), Piece::Missing, Piece::Text("雄".into())];
    let name = Text::from_pieces(pieces);
    assert_eq!(tablet.visit().await.1.text("applicant.name"), Some(&name));
}

#[tokio::test]
async fn whatever_fails_at_the_kiosk_is_told_on_a_page_that_forgets() {
    let tablet = Tablet::paired().await;
    tablet.arrive("ja").await;
    let key = tablet.get("/kiosk").await.hidden("key");
    let mut foreign = tablet.request("POST", "/kiosk/way", String::new());
    foreign.headers_mut().insert(header::ORIGIN, HeaderValue::from_static("http://elsewhere"));
    let mut no_form = tablet.request("POST", "/kiosk/way", "way=hand".to_owned());
    no_form.headers_mut().remove(header::CONTENT_TYPE);
    let failed = [
        (404, tablet.get("/kiosk/nowhere").await),
        (405, tablet.get("/kiosk/start").await),
        (400, tablet.post("/kiosk/start", &[("op", "1"), ("lang", "ja")]).await),
        (400, tablet.post("/kiosk/way", &[("key", &key), ("way", "swim")]).await),
        (400, tablet.send(no_form).await),
        (403, tablet.send(foreign).await),
        (413, tablet.post("/kiosk/way", &[("way", &"x".repeat(70_000))]).await),
    ];
    for (status, page) in failed {
        assert_eq!(page.status.as_u16(), status, "{}", page.text);
        for part in ["data-idle-secs", "action=\"/kiosk/end\"", "href=\"/kiosk\"", "lang=\"en\""] {
            assert!(page.says(part), "{status} {part}: {}", page.text);
        }
        assert!(!page.says("href=\"/\""), "{status}");
    }
    // Such a page does not know the visit, and ends it all the same.
    tablet.post("/kiosk/end", &[]).await;
    assert!(tablet.get("/kiosk").await.says("action=\"/kiosk/start\""));
    assert!(
        tablet
            .send(tablet.request("PUT", "/pair", String::new()))
            .await
            .says("ページが見つかりません")
    );
}

#[tokio::test]
async fn a_refusal_without_words_gets_them_and_keeps_its_status() {
    let tablet = Tablet::paired().await;
    let late = || async { StatusCode::GATEWAY_TIMEOUT };
    let office = Shared(tablet.office.clone());
    let dressed = middleware::from_fn_with_state(office, error::dressed);
    let router = Router::new().route("/kiosk/late", get(late)).route("/desk/late", get(late));
    let late = Tablet { router: router.layer(dressed), ..tablet };
    for (path, at_kiosk) in [("/kiosk/late", true), ("/desk/late", false)] {
        let page = late.get(path).await;
        assert_eq!(page.status, StatusCode::GATEWAY_TIMEOUT);
        assert!(page.says("混み合っています"), "{}", page.text);
        assert_eq!(page.says("data-idle-secs"), at_kiosk);
    }
}

#[tokio::test]
async fn a_wish_comes_back_to_its_page_with_what_was_entered() {
    let tablet = Tablet::paired().await;
    tablet.arrive("ja").await;
    tablet.press("/kiosk/way", &[("way", "hand")]).await;
    let address = "/kiosk/page/applicant.person";
    let typed = [("asked", "applicant.name"), ("applicant.name", "見本　太郎")];
    let english = tablet.press(address, &[&typed[..], &[("lang", "en")]].concat()).await;
    assert!(english.says("<html lang=\"en\"") && english.says("value=\"見本　太郎\""));
    assert!(!english.says("error-band"), "nobody said that it was finished");
    assert!(tablet.visit().await.1.get("applicant.name").is_none());
    let ticked = [("procedure", "tennyu"), ("big_type", "true")];
    let big = tablet.press("/kiosk/procedures", &ticked).await;
    assert!(
        big.says("class=\"big-type\"") && big.says("value=\"tennyu\" data-form=\"ido\" checked")
    );

    let plain = |here| [("lang", "ja"), ("here", here)];
    assert_eq!(tablet.press("/kiosk/wishes", &plain(address)).await.to, address);
    assert!(tablet.get(address).await.says("name=\"here\" value=\"/kiosk/page/applicant.person\""));
    for elsewhere in ["//elsewhere", "/desk", "/kiosk/\r\nx: y", "https://elsewhere", ""] {
        assert_eq!(tablet.press("/kiosk/wishes", &plain(elsewhere)).await.to, "/kiosk");
    }
}

#[tokio::test]
async fn a_call_says_how_far_it_is_and_ends_with_the_visit() {
    let tablet = Tablet::paired().await;
    tablet.arrive("ja").await;
    let call = [("here", "/kiosk/way")];
    assert_eq!(tablet.post("/kiosk/call", &call).await.to, "/kiosk/way");
    assert!(tablet.get("/kiosk").await.says("職員を呼びました"));
    let journal = tablet.office.journal.clone();
    let answer = move |tx: &crate::db::Tx<'_>| {
        let kiosk = device::all(tx)?[0].id;
        let staff = StaffId::new(journal.now(), &*journal.chance);
        device::answer_call(tx, &journal, staff, kiosk)
    };
    tablet.office.db.write(answer).await.unwrap();
    assert!(tablet.get("/kiosk").await.says("職員がまいります"));
    let state = tablet.get("/kiosk/call").await.text;
    assert_eq!(state, r#"{"state":"answered","words":"職員がまいります"}"#);
    tablet.clock.advance(Duration::from_secs(300));
    assert!(tablet.get("/kiosk").await.says("職員を呼ぶ"), "whoever went has arrived");

    let mut stay = tablet.request("POST", "/kiosk/call", String::new());
    stay.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    assert!(tablet.send(stay).await.says(r#""state":"waiting""#));
    tablet.press("/kiosk/end", &[]).await;
    assert!(tablet.get("/kiosk").await.says("職員を呼ぶ"), "whoever called has left");
}

#[tokio::test]
async fn a_touch_tells_the_server_that_somebody_is_there() {
    let tablet = Tablet::paired().await;
    tablet.arrive("ja").await;
    let (before, kinds) = (tablet.visit().await.0.touched_at, tablet.kinds().await);
    tablet.clock.advance(Duration::from_secs(20));
    assert_eq!(tablet.press("/kiosk/touch", &[]).await.status, StatusCode::NO_CONTENT);
    assert_eq!(tablet.visit().await.0.touched_at - before, Duration::from_secs(20));
    assert_eq!(tablet.kinds().await, kinds, "a touch is no event");
    assert_eq!(tablet.post("/kiosk/touch", &[("key", "another")]).await.to, "/kiosk");
}

#[tokio::test]
async fn a_refused_page_names_its_faults_to_eyes_and_ears() {
    let tablet = Tablet::paired().await;
    tablet.arrive("ja").await;
    tablet.press("/kiosk/way", &[("way", "hand")]).await;
    let birth = "applicant.birth_date";
    let era = format!("{birth}.year");
    let fields = [("asked", birth), (era.as_str(), "x")];
    let page = tablet.press("/kiosk/page/applicant.birth", &fields).await;
    for part in [
        format!("<a href=\"#{birth}\">生年月日</a>"),
        format!(
            "<fieldset id=\"{birth}\" class=\"entry date wrong\" aria-invalid=\"true\" aria-describedby=\"{birth}-error\">"
        ),
    ] {
        assert!(page.says(&part), "{part}: {}", page.text);
    }
    let copies = [("asked", "juminhyo.copies"), ("juminhyo.copies.copy", "100")];
    let page = tablet.press("/kiosk/page/juminhyo.copies", &copies).await;
    assert!(page.says("住民票の写し: ふやす"), "{}", page.text);
}

#[tokio::test]
async fn a_tablet_of_the_demonstration_that_asks_to_be_paired_again_stays_the_one_it_is() {
    let mut tablet = Tablet::paired().await;
    tablet.arrive("ja").await;
    let again = tablet.get("/pair").await;
    assert_eq!(
        (again.to.as_str(), again.cookie.split(';').next()),
        ("/kiosk", Some(&*tablet.cookie))
    );
    let devices = async |tablet: &Tablet| tablet.office.db.read(device::all).await.unwrap().len();
    assert_eq!(devices(&tablet).await, 1);
    tablet.cookie.clear();
    tablet.get("/pair").await;
    assert_eq!(devices(&tablet).await, 2, "another browser is another tablet");
}

/// The tags of this name in a template.
fn tags<'t>(template: &'t str, name: &str) -> Vec<&'t str> {
    let starts = template.match_indices(name).map(|(at, _)| &template[at..]);
    starts.map(|rest| rest.split_inclusive('>').next().unwrap()).collect()
}

#[test]
fn no_form_of_a_tablet_lets_the_browser_keep_what_is_entered() {
    let folders = ["templates/pages/kiosk", "templates/pages/parts"];
    let in_folders = folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap());
    let files = in_folders.map(|file| file.unwrap().path());
    for file in files.chain(["templates/pages/pair.html".into()]) {
        let template = std::fs::read_to_string(&file).unwrap();
        for form in tags(&template, "<form ") {
            assert!(form.contains("autocomplete=\"off\""), "{}: {form}", file.display());
        }
        for input in tags(&template, "<input ") {
            let is_typed = !["hidden", "radio", "checkbox"]
                .iter()
                .any(|kind| input.contains(&format!("type=\"{kind}\"")));
            let wanted = match input.contains("type=\"password\"") {
                // For these a browser offers to save a password whatever it is told.
                true => "autocomplete=\"one-time-code\"",
                false => "autocomplete=\"off\"",
            };
            assert!(!is_typed || input.contains(wanted), "{}: {input}", file.display());
        }
    }
}

#[tokio::test]
async fn a_tablet_that_is_used_stays_paired() {
    let tablet = Tablet::paired().await;
    let start = tablet.get("/kiosk").await;
    assert!(
        start.cookie.starts_with(&format!("{}; Path=/kiosk", tablet.cookie)),
        "{}",
        start.cookie
    );
    assert!(start.cookie.contains("Max-Age="));
}
