//! A new office, opened through its own pages: the first account, tablets, and
//! residents who hand in a certificate's form by plain HTTP.

use ureq::http::StatusCode;

use super::http::{Answer, Visitor};
use super::program::Program;

/// The first administrator.
pub const LOGIN: &str = "joho";
pub const PASSWORD: &str = "himitsu-no-aikotoba";

/// The pages of a certificate entered by hand, in the order in which they come.
const PAGES: [(&str, &[(&str, &str)]); 8] = [
    ("applicant.person", &[("applicant.name", ""), ("applicant.phone", "090-0000-0101")]),
    (
        "applicant.birth",
        &[
            ("applicant.birth_date.era", "western"),
            ("applicant.birth_date.year", "1993"),
            ("applicant.birth_date.month", "5"),
            ("applicant.birth_date.day", "14"),
        ],
    ),
    ("applicant.address", &[("applicant.address", "見本県みほん町中央一丁目２番３号")]),
    ("juminhyo.relation", &[("juminhyo.relation", "self")]),
    ("juminhyo.scope", &[("juminhyo.scope", "whole")]),
    ("juminhyo.copies", &[("juminhyo.copies.copy", "1")]),
    ("juminhyo.head", &[("juminhyo.head", "試験　花子")]),
    (
        "juminhyo.details",
        &[
            ("juminhyo.show.relation", "no"),
            ("juminhyo.show.honseki", "no"),
            ("juminhyo.show.my_number", "no"),
            ("juminhyo.show.code", "no"),
            ("juminhyo.show.history", "no"),
        ],
    ),
];

/// Why a step was not acknowledged.
#[derive(Debug)]
pub enum Unanswered {
    /// The program went away in the middle.
    Gone,
    /// It answered that it cannot now.
    Refused(Box<Answer>),
}

impl From<ureq::Error> for Unanswered {
    fn from(_: ureq::Error) -> Self {
        Self::Gone
    }
}

/// The set-up code that the program printed.
pub fn setup_code(program: &Program) -> Option<String> {
    let said = program.said();
    let (_, code) = said.split_once("登録コード ")?;
    code.lines().next().map(str::to_owned)
}

/// Makes the first account and signs in with it.
pub fn set_up(program: &Program) -> Visitor {
    let mut clerk = program.visitor();
    let code = setup_code(program).unwrap();
    let account =
        [("code", &*code), ("login", LOGIN), ("name", "見本　情"), ("password", PASSWORD)];
    let made = clerk.post("/desk/setup", &account);
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
    sign_in(&mut clerk, LOGIN, PASSWORD);
    clerk
}

/// Signs in.
pub fn sign_in(clerk: &mut Visitor, login: &str, password: &str) {
    let entered = clerk.post("/desk/sign-in", &[("login", login), ("password", password)]);
    assert_eq!(entered.status, StatusCode::SEE_OTHER, "{}", entered.text);
}

/// Gives a supervisor an account, who signs in and chooses a password.
pub fn hire(administrator: &mut Visitor) -> Visitor {
    let page = administrator.get("/desk/staff").text;
    let (key, op) = (hidden(&page, "key"), hidden(&page, "op"));
    let (login, initial) = ("kakaricho", "hajimete-no-aikotoba");
    let new = [
        ("key", key),
        ("op", op),
        ("login", login),
        ("name", "見本　係"),
        ("role", "supervisor"),
        ("password", initial),
    ];
    let made = administrator.post("/desk/staff", &new);
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
    let mut hired = Visitor::new(&administrator.address);
    sign_in(&mut hired, login, initial);
    let page = hired.get("/desk/password").text;
    let chosen = [
        ("key", hidden(&page, "key")),
        ("login", login),
        ("present", initial),
        ("chosen", PASSWORD),
        ("again", PASSWORD),
    ];
    let changed = hired.post("/desk/password", &chosen);
    assert_eq!(changed.status, StatusCode::SEE_OTHER, "{}", changed.text);
    hired
}

/// Pairs a tablet without a reader.
pub fn pair(clerk: &mut Visitor, name: &str) -> Visitor {
    pair_with(clerk, name, "")
}

/// Pairs a tablet beside a reader.
pub fn pair_with(clerk: &mut Visitor, name: &str, reader: &str) -> Visitor {
    pair_as(clerk, &[("name", name), ("reader", reader)], "/kiosk")
}

/// Pairs a display.
pub fn pair_display(clerk: &mut Visitor, name: &str) -> Visitor {
    pair_as(clerk, &[("name", name), ("role", "display")], "/display")
}

/// Pairs what comes to `home` by the code that the desk shows.
fn pair_as(clerk: &mut Visitor, what: &[(&str, &str)], home: &str) -> Visitor {
    let devices = clerk.get("/desk/devices").text;
    let own = [("op", hidden(&devices, "op")), ("key", hidden(&devices, "key"))];
    let offered = clerk.post("/desk/devices", &[&own, what].concat());
    let (_, code) =
        offered.text.split_once("shown-code\">").unwrap_or_else(|| panic!("{}", offered.text));
    let code = code.split('<').next().unwrap();
    let mut device = Visitor::new(&clerk.address);
    let entry = device.get("/pair").text;
    let paired = device.post("/pair", &[("op", hidden(&entry, "op")), ("code", code)]);
    assert_eq!(paired.header("location"), home, "{}", paired.text);
    device
}

/// The page a tablet shows.
pub fn screen(tablet: &mut Visitor) -> Result<String, Unanswered> {
    let shown = tablet.try_get("/kiosk")?;
    match shown.status {
        StatusCode::OK => Ok(shown.text),
        _ => Err(Unanswered::Refused(Box::new(shown))),
    }
}

/// Sends a form that leads on.
pub fn send(tablet: &mut Visitor, path: &str, fields: &[(&str, &str)]) -> Result<(), Unanswered> {
    let answer = tablet.try_post(path, fields)?;
    match answer.status {
        StatusCode::SEE_OTHER => Ok(()),
        _ => Err(Unanswered::Refused(Box::new(answer))),
    }
}

/// Shows a code at a tablet that is asked for nothing else now.
pub fn show_code(tablet: &mut Visitor, text: &str) {
    let shown = screen(tablet).unwrap();
    let key = hidden(&shown, "key").to_owned();
    send(tablet, "/kiosk/code", &[("key", &key), ("text", text)]).unwrap();
}

/// Tells the day of birth that is asked after a code.
pub fn tell_birthday(tablet: &mut Visitor, birthday: &str) {
    let asked = screen(tablet).unwrap();
    let (key, op) = (hidden(&asked, "key"), hidden(&asked, "op"));
    tablet.post("/kiosk/birthday", &[("key", key), ("op", op), ("birthday", birthday)]);
}

/// The form that the page asks to be filled in: its address.
pub fn asked_for(screen: &str) -> Option<&str> {
    let (_, after) = screen.split_once("<form method=\"post\" action=\"/kiosk/page/")?;
    after.split('"').next()
}

/// A hidden entry of the page; empty when there is none.
pub fn hidden<'s>(screen: &'s str, name: &str) -> &'s str {
    let begin = format!("name=\"{name}\" value=\"");
    screen.split_once(&begin).map_or("", |(_, after)| after.split('"').next().unwrap())
}

/// The number on the last page.
pub fn number(screen: &str) -> Option<&str> {
    let (_, after) = screen.split_once("class=\"ticket\"")?;
    let (_, after) = after.split_once("<strong>")?;
    after.split('<').next()
}

/// Does what the page that is shown asks for; the number, when there is one.
/// Whoever comes back after the program ended goes on where they were.
pub fn go_on(tablet: &mut Visitor, name: &str) -> Result<Option<String>, Unanswered> {
    let shown = screen(tablet)?;
    if let Some(number) = number(&shown) {
        return Ok(Some(number.to_owned()));
    }
    let (key, op) = (("key", hidden(&shown, "key")), ("op", hidden(&shown, "op")));
    if let Some(page) = asked_for(&shown) {
        answer(tablet, page, key, name)?;
        let next = screen(tablet)?;
        assert_ne!(asked_for(&next), Some(page), "what was acknowledged is asked again");
    } else if shown.contains("action=\"/kiosk/start\"") {
        send(tablet, "/kiosk/start", &[op, ("lang", "ja")])?;
    } else if shown.contains("action=\"/kiosk/purpose\"") {
        send(tablet, "/kiosk/purpose", &[key])?;
    } else if shown.contains("action=\"/kiosk/procedures\"") {
        send(tablet, "/kiosk/procedures", &[key, ("procedure", "juminhyo")])?;
    } else if shown.contains("class=\"ways\"") {
        send(tablet, "/kiosk/way", &[key, ("way", "hand")])?;
    } else {
        send(tablet, "/kiosk/submit", &[key, op])?;
    }
    Ok(None)
}

fn answer(
    tablet: &mut Visitor,
    page: &str,
    key: (&str, &str),
    name: &str,
) -> Result<(), Unanswered> {
    let known = PAGES.iter().find(|(id, _)| *id == page).map_or(&[][..], |(_, fields)| *fields);
    let shown = tablet.try_get(&format!("/kiosk/page/{page}"))?.text;
    let asked = shown.split("name=\"asked\" value=\"").skip(1);
    let mut fields: Vec<(&str, &str)> =
        asked.map(|after| ("asked", after.split('"').next().unwrap())).collect();
    fields.push(key);
    for (path, value) in known {
        fields.push((path, if *path == "applicant.name" { name } else { value }));
    }
    send(tablet, &format!("/kiosk/page/{page}"), &fields)
}

/// A whole visit, to the number.
pub fn hand_in(tablet: &mut Visitor, name: &str) -> Result<String, Unanswered> {
    loop {
        if let Some(number) = go_on(tablet, name)? {
            return Ok(number);
        }
    }
}

/// Leaves the tablet to the next resident.
pub fn leave(tablet: &mut Visitor) -> Result<(), Unanswered> {
    loop {
        let shown = screen(tablet)?;
        if number(&shown).is_none() {
            return Ok(());
        }
        send(tablet, "/kiosk/end", &[("key", hidden(&shown, "key"))])?;
    }
}
