//! Proposals as the text of a `form.toml`.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::names::{Named, named, word_of};
use super::{Mark, Place, Rect, Shape};
use crate::form::template::Kind;

/// Questions on one page of the kiosk.
const QUESTIONS_MAX: usize = 5;

/// The pages on which the shipped forms ask about the applicant, in their words:
/// what forms share is asked once.
const APPLICANT_PAGES: [(&str, &str, &str, &[&str]); 3] = [
    (
        "applicant.person",
        "お名前とご連絡先",
        "Your name and telephone",
        &["applicant.name", "applicant.kana", "applicant.phone"],
    ),
    ("applicant.birth", "生年月日", "Date of birth", &["applicant.birth_date"]),
    ("applicant.address", "ご住所", "Your address", &["applicant.address"]),
];

const HEAD: &str = "\
# PDF から作った下書きです。
#
# 1. `madoguchi forms preview` で、欄の場所を紙の上で確かめてください。要らない欄は、
#    [[field]] と [[question]] をいっしょに消してください。
# 2. `madoguchi check` が、まだ決まっていない言葉を一つずつ挙げます。
#    \"\" のところに書いてください。
# 3. 位置は、用紙の左上の角から mm です。
";

const UNCLEAR: &str = "
# 次の欄には言葉が印刷されていて、答えの場所が決められませんでした。要る欄には、
# [[question]] と [[field]] を書き足してください。申請日のように窓口の日付でよい欄は、
# 質問を書かずに bind = \"today\" と part = \"year\" などで置けます。
";

/// The whole text.
pub(super) fn form(id: &str, title: &str, paper: &str, places: &[Place]) -> String {
    let named = named(id, places);
    let mut toml = String::from(HEAD);
    head(&mut toml, id, title, paper);
    let of = paged(id, &named);
    pages(&mut toml, title, &of);
    for ((place, named), page) in places.iter().zip(&named).zip(&of) {
        question(&mut toml, place, named, page);
    }
    for (place, named) in places.iter().zip(&named) {
        field(&mut toml, place, named);
    }
    toml
}

fn head(toml: &mut String, id: &str, title: &str, paper: &str) {
    let title = quoted(title);
    line(toml, &format!("\nid = {}", quoted(id)));
    line(toml, "edition = \"\"");
    line(toml, &format!("title = {{ ja = {title}, en = \"\" }}"));
    line(toml, "# 何のための様式かを、来庁者に一文で。");
    line(toml, "about = { ja = \"\", en = \"\" }");
    line(toml, "# 受け付ける課。");
    line(toml, "section = { ja = \"\", en = \"\" }");
    line(toml, "# 様式のもとになる法令や条例。");
    line(toml, "law = \"\"");
    line(
        toml,
        "# printed_name（記名）・handwritten（署名）・handwritten_or_seal（署名か記名押印）",
    );
    line(toml, "signature = \"handwritten\"");
    line(toml, "# one_photo_or_two・one_photo・none");
    line(toml, "identity = \"one_photo_or_two\"");
    line(toml, &format!("paper = {{ {paper}, background = \"background.pdf\" }}"));
}

/// The kiosk page each question stands on.
fn paged(id: &str, named: &[Named]) -> Vec<String> {
    let mut own = 0;
    let page = |named: &Named| {
        let shared =
            APPLICANT_PAGES.iter().find(|(.., paths)| paths.contains(&named.path.as_str()));
        shared.map_or_else(
            || {
                own += 1;
                format!("{id}.page{}", (own - 1) / QUESTIONS_MAX + 1)
            },
            |(page, ..)| (*page).to_owned(),
        )
    };
    named.iter().map(page).collect()
}

fn pages(toml: &mut String, title: &str, used: &[String]) {
    let mut written = BTreeSet::new();
    for page in used.iter().filter(|page| written.insert(*page)) {
        let shared = APPLICANT_PAGES.iter().find(|(id, ..)| id == page);
        let (ja, en) = match shared {
            Some((_, ja, en, _)) => ((*ja).to_owned(), *en),
            None => (title.to_owned(), ""),
        };
        line(toml, &format!("\n[[page]]\nid = {}", quoted(page)));
        line(toml, &format!("title = {{ ja = {}, en = {} }}", quoted(&ja), quoted(en)));
    }
}

fn question(toml: &mut String, place: &Place, named: &Named, page: &str) {
    line(toml, &format!("\n[[question]]\nid = {}", quoted(&named.path)));
    line(toml, &format!("page = {}", quoted(page)));
    line(toml, &format!("kind = \"{}\"", kind(named.kind)));
    let (ja, en) = (quoted(&place.label), quoted(&named.en));
    line(toml, &format!("label = {{ ja = {ja}, en = {en} }}"));
    let words = matches!(named.kind, Kind::Name | Kind::Kana | Kind::Address | Kind::Text);
    match &place.shape {
        Shape::Digits { count, .. } if words => line(toml, &format!("max_chars = {count}")),
        Shape::Text { max_chars: Some(count), .. } if words => {
            line(toml, &format!("max_chars = {count}"));
        }
        _ => {}
    }
    let options: Vec<(String, String)> = match &place.shape {
        Shape::Checks { marks, .. } => {
            let labels = marks.iter().map(|mark| match mark.label.is_empty() {
                true => mark.on.clone(),
                false => mark.label.clone(),
            });
            option_ids(marks.iter().map(|mark| mark.on.as_str())).into_iter().zip(labels).collect()
        }
        Shape::Circles { marks } => {
            marks.iter().map(|(id, words, _)| ((*id).to_owned(), words.clone())).collect()
        }
        Shape::List { options, .. } => option_ids(options.iter().map(String::as_str))
            .into_iter()
            .zip(options.iter().cloned())
            .collect(),
        _ => return,
    };
    line(toml, "options = [");
    for (id, ja) in options {
        line(toml, &format!("  {{ id = {}, ja = {}, en = \"\" }},", quoted(&id), quoted(&ja)));
    }
    line(toml, "]");
}

fn field(toml: &mut String, place: &Place, named: &Named) {
    match &place.shape {
        Shape::Parts { parts, eras, .. } => return of_parts(toml, place, named, parts, eras),
        Shape::Postal { first, last } => {
            for ((part, rect), (suffix, count)) in
                [("first", first), ("last", last)].into_iter().zip([("", 3), ("_last", 4)])
            {
                begin(toml, place, named, suffix);
                line(toml, &format!("part = \"{part}\""));
                line(toml, &format!("digits = {{ rect = {}, count = {count} }}", numbers(rect)));
            }
            return;
        }
        _ => begin(toml, place, named, ""),
    }
    match &place.shape {
        Shape::Text { rect, several_lines, .. } => {
            let is_name = matches!(named.kind, Kind::Name | Kind::Kana);
            text(toml, *rect, wrapped(*several_lines && !is_name));
        }
        Shape::List { rect, .. } => text(toml, *rect, ""),
        Shape::Digits { rect, count } => {
            line(toml, &format!("digits = {{ rect = {}, count = {count} }}", numbers(rect)));
        }
        Shape::Check(mark) => check(toml, &[("yes".to_owned(), mark)]),
        Shape::Checks { marks, .. } => {
            let ids = option_ids(marks.iter().map(|mark| mark.on.as_str()));
            check(toml, &ids.into_iter().zip(marks).collect::<Vec<_>>());
        }
        Shape::Circles { marks } => circle(toml, marks.iter().map(|(id, _, rect)| (*id, rect))),
        Shape::Parts { .. } | Shape::Postal { .. } | Shape::Unclear { .. } => {}
    }
}

/// The head of a field; a question's further fields have more after its name.
fn begin(toml: &mut String, place: &Place, named: &Named, suffix: &str) {
    line(toml, &format!("\n[[field]]\nid = {}", quoted(&format!("{}{suffix}", named.field))));
    line(toml, &format!("bind = {}", quoted(&named.path)));
    if place.page > 1 {
        line(toml, &format!("page = {}", place.page));
    }
}

/// A field for each part of a value.
fn of_parts(
    toml: &mut String,
    place: &Place,
    named: &Named,
    parts: &[(&'static str, Rect)],
    eras: &[(&'static str, Rect)],
) {
    for (part, rect) in parts {
        begin(toml, place, named, &format!("_{part}"));
        line(toml, &format!("part = \"{part}\""));
        text(toml, *rect, ", align = \"center\"");
    }
    if !eras.is_empty() {
        begin(toml, place, named, "_eras");
        line(toml, "part = \"era\"");
        circle(toml, eras.iter().map(|(id, rect)| (*id, rect)));
    }
}

/// A ring around one of several printed words.
fn circle<'a>(toml: &mut String, marks: impl Iterator<Item = (&'a str, &'a Rect)>) {
    let marks: Vec<String> = marks.map(|(id, rect)| format!("{id} = {}", numbers(rect))).collect();
    line(toml, &format!("circle = {{ marks = {{ {} }} }}", marks.join(", ")));
}

/// What was not understood, as a comment at the end.
pub(super) fn unclear(places: &[Place]) -> String {
    let mut told = String::new();
    if !places.is_empty() {
        told.push_str(UNCLEAR);
    }
    for place in places {
        let Shape::Unclear { rect: [x, y, width, height], words } = &place.shape else { continue };
        let label = match place.label == *words {
            true => String::new(),
            false => format!("{}：", place.label),
        };
        let _ = writeln!(
            told,
            "# - {}ページ、左から {x} 上から {y} mm（幅 {width}、高さ {height}）{label}「{words}」",
            place.page
        );
    }
    told
}

fn wrapped(wraps: bool) -> &'static str {
    if wraps { ", wrap = true, valign = \"top\"" } else { "" }
}

/// Words as large as the place suggests, and small enough for the lowest; `more` keys
/// say how they stand.
fn text(toml: &mut String, rect: Rect, more: &str) {
    const POINTS_PER_MM: f32 = 72.0 / 25.4;
    let high = rect[3] * POINTS_PER_MM;
    let size = (high * 0.6).clamp(6.0, 12.0).floor();
    let mut shape = format!("rect = {}, size = {size}", numbers(&rect));
    if high < 6.0 {
        let _ = write!(shape, ", min_size = {}", high.floor());
    }
    shape.push_str(more);
    line(toml, &format!("text = {{ {shape} }}"));
}

/// All boxes of a field have the size of its smallest.
fn check(toml: &mut String, marks: &[(String, &Mark)]) {
    let size = marks.iter().map(|(_, mark)| mark.size).fold(f32::MAX, f32::min);
    let marks: Vec<String> = marks
        .iter()
        .map(|(id, mark)| {
            let inset = (mark.size - size) / 2.0;
            format!("{id} = {}", numbers(&mark.at.map(|at| at + inset)))
        })
        .collect();
    line(toml, &format!("check = {{ marks = {{ {} }}, size = {size:.1} }}", marks.join(", ")));
}

/// Ids for options, each its own: the PDF's word where it is one.
fn option_ids<'a>(words: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let is_word = |word: &String| word.starts_with(|c: char| c.is_ascii_lowercase());
    let mut ids = Vec::new();
    for word in words {
        let told = word_of(word).filter(is_word);
        let numbered = (1_u32..).map(|number| format!("option{number}"));
        let free = told.into_iter().chain(numbered).find(|word| taken.insert(word.clone()));
        ids.extend(free);
    }
    ids
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Name => "name",
        Kind::Kana => "kana",
        Kind::Address => "address",
        Kind::Text => "text",
        Kind::Phone => "phone",
        Kind::Postal => "postal",
        Kind::Digits => "digits",
        Kind::Date => "date",
        Kind::FiscalYear => "fiscal_year",
        Kind::Choice => "choice",
        Kind::Multi => "multi",
        Kind::Flag => "flag",
        Kind::Number => "number",
        Kind::Copies => "copies",
    }
}

fn numbers(lengths: &[f32]) -> String {
    let lengths: Vec<String> =
        lengths.iter().map(|mm| format!("{mm:.1}").trim_end_matches(".0").to_owned()).collect();
    format!("[{}]", lengths.join(", "))
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

fn line(toml: &mut String, text: &str) {
    toml.push_str(text);
    toml.push('\n');
}
