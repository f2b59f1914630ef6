//! What the program answers at its doors: to browsers, to strangers, to nonsense.

use ureq::http::StatusCode;

use madoguchi::config::Config;

use crate::stage::office::{self, asked_for, pair, screen, send, set_up};
use crate::stage::program::Program;

/// Every kind of page that can be reached without being somebody.
const PAGES: [&str; 12] = [
    "/",
    "/pair",
    "/kiosk",
    "/kiosk/procedures",
    "/kiosk/way",
    "/kiosk/card",
    "/kiosk/card/state",
    "/kiosk/page/applicant.person",
    "/desk",
    "/desk/sign-in",
    "/desk/setup",
    "/no/such/page",
];

#[test]
fn an_unknown_address_answers_with_a_friendly_page() {
    let program = Program::demo();
    let answer = program.visitor().get("/no/such/page");
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(answer.text.contains("ページが見つかりません"), "{}", answer.text);
    assert!(answer.text.contains("lang=\"en\"") && answer.text.contains("href=\"/\""));
}

#[test]
fn every_page_forbids_keeping_framing_and_foreign_code() {
    let program = Program::demo();
    let mut kiosk = program.visitor();
    kiosk.get("/pair");
    for path in PAGES {
        let answer = kiosk.get(path);
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self'"), "{path}: {policy}");
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert!(!answer.text.contains("<script>"), "{path} has a script of its own");
    }
}

#[test]
fn the_demonstration_says_at_its_doors_who_may_sign_in_and_an_office_does_not() {
    let config = Config::load("kiosk-config/example".as_ref()).unwrap();
    let data = tempfile::tempdir().unwrap();
    let (demo, town) = (Program::demo(), Program::serve(data.path()));
    set_up(&town);
    for door in ["/", "/desk/sign-in"] {
        let [shown, kept] = [&demo, &town].map(|program| program.visitor().get(door).text);
        for account in &config.demo.staff {
            assert!(shown.contains(&account.login) && shown.contains(&account.password), "{door}");
            assert!(!kept.contains(&account.password), "{door}");
        }
    }
}

#[test]
fn cookies_are_kept_from_scripts_and_other_sites() {
    let program = Program::demo();
    let mut kiosk = program.visitor();
    let paired = kiosk.get("/pair");
    let cookie = paired.header("set-cookie");
    for needed in ["HttpOnly", "SameSite=Strict", "Path=/kiosk"] {
        assert!(cookie.contains(needed), "{needed} in {cookie}");
    }
}

#[test]
fn a_form_of_another_site_is_refused() {
    let program = Program::demo();
    let mut kiosk = program.visitor();
    kiosk.get("/pair");
    let stranger = [("origin", "http://elsewhere.example")];
    let paths = [
        "/pair",
        "/kiosk/start",
        "/kiosk/submit",
        "/kiosk/end",
        "/kiosk/card/lay",
        "/desk/sign-in",
    ];
    for path in paths {
        for headers in [&stranger[..], &[], &[("origin", "null")]] {
            let answer = kiosk.post_from(path, &[], headers).unwrap();
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {headers:?}");
        }
    }
}

#[test]
fn a_tablet_that_was_not_paired_is_led_to_pairing() {
    let data = tempfile::tempdir().unwrap();
    let program = Program::serve(data.path());
    let mut stranger = program.visitor();
    for path in
        ["/kiosk", "/kiosk/procedures", "/kiosk/way", "/kiosk/card", "/kiosk/page/applicant.person"]
    {
        let answer = stranger.get(path);
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/pair"));
    }
    assert!(send(&mut stranger, "/kiosk/start", &[]).is_ok());
    let entry = stranger.get("/pair");
    let op = office::hidden(&entry.text, "op");
    let wrong = stranger.post("/pair", &[("op", op), ("code", "ABCD2345")]);
    assert!(wrong.text.contains("コードが違うか、期限が切れています"), "{}", wrong.text);
    let again = stranger.get("/kiosk");
    assert_eq!(again.header("location"), "/pair", "a wrong code pairs nothing");
}

#[test]
fn a_code_pairs_one_tablet_once_and_a_revoked_one_is_out() {
    let data = tempfile::tempdir().unwrap();
    let program = Program::serve(data.path());
    let mut clerk = set_up(&program);
    let mut tablet = pair(&mut clerk, "記載台１");
    assert!(screen(&mut tablet).unwrap().contains("/kiosk/start"));
    let devices = clerk.get("/desk/devices");
    let (_, id) = devices.text.split_once("action=\"/desk/devices/").unwrap();
    let id = id.split('/').next().unwrap();
    let revoke = format!("/desk/devices/{id}/revoke");
    let revoked = clerk.post(&revoke, &[("key", office::hidden(&devices.text, "key"))]);
    assert_eq!(revoked.status, StatusCode::SEE_OTHER);
    assert_eq!(tablet.get("/kiosk").header("location"), "/pair");
}

/// A tablet of the demonstration whose page asks for this.
fn at_page(program: &Program, page: &str) -> crate::stage::http::Visitor {
    let mut tablet = program.visitor();
    tablet.get("/pair");
    loop {
        if asked_for(&screen(&mut tablet).unwrap()) == Some(page) {
            return tablet;
        }
        assert_eq!(office::go_on(&mut tablet, "試験　花子").unwrap(), None);
    }
}

#[test]
fn a_personal_number_is_refused_wherever_text_is_typed() {
    let program = Program::demo();
    let mut tablet = at_page(&program, "applicant.person");
    for number in ["123456789018", "１２３４　５６７８　９０１８"] {
        let shown = screen(&mut tablet).unwrap();
        let fields = [
            ("key", office::hidden(&shown, "key")),
            ("asked", "applicant.name"),
            ("asked", "applicant.phone"),
            ("applicant.name", number),
            ("applicant.phone", "090-0000-0101"),
        ];
        let answer = tablet.post("/kiosk/page/applicant.person", &fields);
        assert!(
            answer.text.contains("この画面には、マイナンバーを入力しないでください"),
            "{number}"
        );
    }
    let next = screen(&mut tablet).unwrap();
    assert!(!next.contains("123456789018") && !next.contains("１２３４"), "it was kept nowhere");
}

#[test]
fn a_day_that_is_not_in_the_calendar_is_refused_and_stays_to_be_mended() {
    let program = Program::demo();
    let mut tablet = at_page(&program, "applicant.birth");
    for (era, year, month, day, sentence) in [
        ("western", "1993", "2", "29", "その日は暦にありません"),
        ("showa", "63", "2", "30", "その日は暦にありません"),
        ("western", "2199", "1", "1", "今日より後の日になっています"),
        ("western", "1993", "13", "1", "その日は暦にありません"),
        ("western", "たくさん", "1", "1", "日付として読めません"),
    ] {
        let part = |name: &str| format!("applicant.birth_date.{name}");
        let names = ["era", "year", "month", "day"].map(part);
        let shown = screen(&mut tablet).unwrap();
        let mut fields =
            vec![("key", office::hidden(&shown, "key")), ("asked", "applicant.birth_date")];
        fields.extend(names.iter().map(String::as_str).zip([era, year, month, day]));
        let answer = tablet.post("/kiosk/page/applicant.birth", &fields);
        assert!(answer.text.contains(sentence), "{era} {year}-{month}-{day}: {}", answer.text);
        assert!(answer.text.contains(&format!("value=\"{year}\"")), "what was typed stays");
    }
}

#[test]
fn nonsense_is_refused_without_a_fault() {
    let program = Program::demo();
    let mut tablet = at_page(&program, "applicant.person");
    for (path, fields, status) in [
        ("/kiosk/start", vec![("op", "not an id"), ("lang", "ja")], StatusCode::BAD_REQUEST),
        ("/kiosk/start", vec![("lang", "tlh")], StatusCode::BAD_REQUEST),
        ("/kiosk/way", vec![("way", "teleport")], StatusCode::BAD_REQUEST),
        ("/kiosk/no/such", vec![], StatusCode::NOT_FOUND),
        ("/kiosk/procedures", vec![("procedure", "rocket")], StatusCode::OK),
    ] {
        let shown = screen(&mut tablet).unwrap();
        let key = [("key", office::hidden(&shown, "key"))];
        let answer = tablet.post(path, &[&key[..], &fields].concat());
        assert_eq!(answer.status, status, "{path} {}", answer.text);
    }
    // The answer may come before everything was sent, and the line be cut.
    let huge = "あ".repeat(60_000);
    let sent = tablet.try_post("/kiosk/page/applicant.person", &[("applicant.name", &huge)]);
    let taken = sent.is_ok_and(|answer| answer.status != StatusCode::PAYLOAD_TOO_LARGE);
    assert!(!taken, "too much is taken");
    let mut tablet = tablet.moved_to(&program.address);
    let shown = screen(&mut tablet).unwrap();
    assert_eq!(asked_for(&shown), Some("applicant.person"), "nothing was lost");
}

#[test]
fn the_program_says_whether_it_is_well_and_ends_when_told() {
    let mut program = Program::demo();
    let mut visitor = program.visitor();
    assert_eq!(visitor.get("/healthz").text, "ok");
    assert_eq!(visitor.get("/readyz").text, "ready");
    assert!(program.stop().success());
}

#[test]
fn the_same_hand_pressing_twice_hands_in_once() {
    let program = Program::demo();
    let mut tablet = program.visitor();
    tablet.get("/pair");
    let shown = loop {
        let shown = screen(&mut tablet).unwrap();
        if shown.contains("action=\"/kiosk/submit\"") {
            break shown;
        }
        assert_eq!(office::go_on(&mut tablet, "試験　花子").unwrap(), None);
    };
    let presses = (0..8).map(|_| {
        let (mut tablet, shown) = (tablet.clone(), shown.clone());
        std::thread::spawn(move || {
            let entries = ["key", "op"].map(|name| (name, office::hidden(&shown, name)));
            send(&mut tablet, "/kiosk/submit", &entries).is_ok()
        })
    });
    let presses: Vec<_> = presses.collect();
    assert!(presses.into_iter().all(|press| press.join().unwrap()));
    assert_eq!(office::number(&screen(&mut tablet).unwrap()), Some("A1"));
    office::leave(&mut tablet).unwrap();
    assert_eq!(office::hand_in(&mut tablet, "見本　太郎").unwrap(), "A2");
}
