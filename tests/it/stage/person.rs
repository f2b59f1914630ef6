//! A resident at the kiosk and a clerk at the desk over plain HTTP, who send what a
//! browser would send: what the page shows, and what the person puts in its place.

use std::collections::BTreeMap;

use serde_json::Value;

use super::http::Visitor;
use super::office::{asked_for, hidden, number};

/// What a person would say, by the path of the question.
pub type Says = serde_json::Map<String, Value>;

/// How the resident tells who they are.
pub enum Way {
    ByHand,
    /// A card of the demonstration, and its number.
    Card(&'static str, &'static str),
}

/// A box of a page.
#[derive(Debug)]
struct Box {
    kind: String,
    name: String,
    value: String,
    checked: bool,
}

/// Goes all the way from the first page to the number.
pub fn hand_in(tablet: &mut Visitor, procedures: &[&str], way: &Way, says: &Says) -> String {
    tablet.get("/pair");
    for _ in 0..120 {
        let page = tablet.get("/kiosk").text;
        if let Some(number) = number(&page) {
            return number.to_owned();
        }
        step(tablet, &page, procedures, way, says);
    }
    panic!("no end: {}", tablet.get("/kiosk").text);
}

/// Leaves the tablet to the next resident.
pub fn leave(tablet: &mut Visitor) {
    let page = tablet.get("/kiosk").text;
    tablet.post("/kiosk/end", &[("key", hidden(&page, "key"))]);
}

/// Does what the page asks for.
fn step(tablet: &mut Visitor, page: &str, procedures: &[&str], way: &Way, says: &Says) {
    let (key, op) = (("key", hidden(page, "key")), ("op", hidden(page, "op")));
    if let Some(id) = asked_for(page) {
        let fields = filled(page, says);
        let mut sent = vec![key];
        sent.extend(fields.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let answer = tablet.post(&format!("/kiosk/page/{id}"), &sent);
        assert_eq!(answer.header("location"), "/kiosk", "{id} {sent:?}\n{}", answer.text);
    } else if page.contains("action=\"/kiosk/start\"") {
        tablet.post("/kiosk/start", &[op, ("lang", "ja")]);
    } else if page.contains("action=\"/kiosk/purpose\"") {
        tablet.post("/kiosk/purpose", &[key]);
    } else if page.contains("action=\"/kiosk/procedures\"") {
        let chosen = procedures.iter().map(|id| ("procedure", *id));
        tablet.post("/kiosk/procedures", &std::iter::once(key).chain(chosen).collect::<Vec<_>>());
    } else if page.contains("action=\"/kiosk/way\"") {
        tell(tablet, key, way);
    } else {
        assert!(page.contains("action=\"/kiosk/submit\""), "{page}");
        tablet.post("/kiosk/submit", &[key, op]);
    }
}

fn tell(tablet: &mut Visitor, key: (&str, &str), way: &Way) {
    let Way::Card(card, number) = way else {
        tablet.post("/kiosk/way", &[key, ("way", "hand")]);
        return;
    };
    tablet.post("/kiosk/way", &[key, ("way", "card")]);
    let page = tablet.get("/kiosk/card").text;
    tablet.post("/kiosk/card/lay", &[("key", hidden(&page, "key")), ("card", card)]);
    let page = tablet.get("/kiosk/card").text;
    let [key, tap, once] = ["key", "tap", "once"].map(|name| (name, hidden(&page, name)));
    let read = tablet.post("/kiosk/card", &[key, tap, once, ("digits", number)]);
    assert_eq!(read.header("location"), "/kiosk", "{card}: {page}");
}

/// The fields of a page as a browser sends them, with what the person says.
fn filled(page: &str, says: &Says) -> Vec<(String, String)> {
    let boxes = boxes(page);
    let asked: Vec<String> =
        boxes.iter().filter(|one| one.name == "asked").map(|one| one.value.clone()).collect();
    let mut fields = Vec::new();
    for path in asked {
        fields.push(("asked".to_owned(), path.clone()));
        let own: Vec<&Box> = boxes
            .iter()
            .filter(|one| one.name == path || one.name.starts_with(&format!("{path}.")))
            .collect();
        match says.get(&path) {
            Some(said) => fields.extend(answered(&path, &own, said)),
            None => fields.extend(shown(&own)),
        }
    }
    fields
}

/// What stands in the boxes.
fn shown(boxes: &[&Box]) -> Vec<(String, String)> {
    let is_sent = |one: &&&Box| one.checked || !matches!(&*one.kind, "radio" | "checkbox");
    let sent = boxes.iter().filter(is_sent);
    sent.map(|one| (one.name.clone(), one.value.clone())).collect()
}

/// What is said in their place.
fn answered(path: &str, boxes: &[&Box], said: &Value) -> Vec<(String, String)> {
    let words = |value: &Value| match value {
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::String(words) => words.clone(),
        other => other.to_string(),
    };
    let one = |value: &Value| (path.to_owned(), words(value));
    let part = |name: &str, value: &str| (format!("{path}.{name}"), value.to_owned());
    match said {
        Value::Array(several) => several.iter().map(one).collect(),
        Value::Object(counts) => {
            counts.iter().map(|(option, count)| part(option, &count.to_string())).collect()
        }
        day if boxes.iter().any(|one| one.name == format!("{path}.year")) => {
            let day = words(day);
            let parts = ["year", "month", "day"].into_iter().zip(day.split('-'));
            let parts = parts.map(|(name, value)| part(name, value));
            std::iter::once(part("era", "western")).chain(parts).collect()
        }
        said => {
            let said = one(said);
            let options: Vec<&&Box> = boxes.iter().filter(|one| one.kind == "radio").collect();
            let is_offered = options.iter().any(|option| option.value == said.1);
            match options.last() {
                // Fiscal years go on: where it is too old to be offered, the likely one,
                // or else the oldest.
                Some(oldest) if !is_offered => match shown(boxes) {
                    likely if likely.is_empty() => vec![(said.0, oldest.value.clone())],
                    likely => likely,
                },
                _ => vec![said],
            }
        }
    }
}

/// Every box of the page's form.
fn boxes(page: &str) -> Vec<Box> {
    let (_, form) = page.split_once("id=\"step\"").unwrap();
    let form = form.split("</form>").next().unwrap();
    let inputs = form.split("<input ").skip(1).map(|input| input.split('>').next().unwrap());
    inputs
        .map(|input| {
            let written: BTreeMap<&str, String> = attributes(input);
            let of = |name: &str| written.get(name).cloned().unwrap_or_default();
            let checked = input.ends_with(" checked");
            Box { kind: of("type"), name: of("name"), value: of("value"), checked }
        })
        .collect()
}

fn attributes(tag: &str) -> BTreeMap<&str, String> {
    let pairs = tag.split("\" ").filter_map(|pair| pair.rsplit_once("=\""));
    let plain = |value: &str| {
        let value = value.trim_end_matches(" checked").trim_end_matches('"');
        let signs =
            [("&#38;", "&"), ("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'")];
        signs.iter().fold(value.to_owned(), |value, (code, sign)| value.replace(code, sign))
    };
    pairs.map(|(name, value)| (name.rsplit(' ').next().unwrap(), plain(value))).collect()
}

/// Opens the visit of a number; its address.
pub fn find(clerk: &mut Visitor, number: &str) -> String {
    let list = clerk.get("/desk").text;
    let found = clerk.post("/desk", &[("key", hidden(&list, "key")), ("find", number)]);
    let visit = found.header("location").to_owned();
    assert!(visit.starts_with("/desk/visits/"), "{number}: {}", found.text);
    visit
}

/// The sentences about what a hand must complete, and the papers of a visit, all at
/// once, from the clerk's own viewer.
pub fn papers(clerk: &mut Visitor, number: &str) -> (Vec<String>, Vec<u8>) {
    let visit = find(clerk, number);
    let page = clerk.get(&visit).text;
    let (_, form) = page.split_once(&format!("action=\"{visit}/identity\"")).unwrap();
    let (key, op) = (("key", hidden(&page, "key")), ("op", hidden(form, "op")));
    let looked_at = [key, op, ("kind", "licence"), ("points", "one")];
    let noted = clerk.post(&format!("{visit}/identity"), &looked_at);
    assert!(noted.header("location").contains("note=identified"), "{}", noted.text);
    let page = clerk.get(&visit).text;
    let lists =
        page.split("<ul class=\"hand\">").skip(1).map(|list| list.split("</ul>").next().unwrap());
    let sentences = lists.flat_map(|list| list.split("<li>").skip(1));
    let told = sentences.map(|one| one.split("</li>").next().unwrap().to_owned()).collect();
    let sent = [("key", hidden(&page, "key")), ("printer", "browser")];
    let printed = clerk.post(&format!("{visit}/papers"), &sent);
    assert_eq!(printed.header("content-type"), "application/pdf", "{}", printed.text);
    (told, printed.bytes)
}
