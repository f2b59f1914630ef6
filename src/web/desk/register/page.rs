//! What a clerk sees of the rows, and of the boxes they would fill.

use askama::Template;
use axum::response::Response;

use crate::form::Form;
use crate::form::template::Question;
use crate::id::{OpId, VisitId};
use crate::kana;
use crate::lang::Phrases;
use crate::register::{Choice, Columns, Table};
use crate::visit::desk::Opened;
use crate::visit::register::{self, Fill};
use crate::web::desk::frame::Frame;
use crate::web::desk::sections::source_id;
use crate::web::desk::visit::called_by;
use crate::web::error::Failure;
use crate::web::{Office, entry, page, shown};

/// The box that holds the name of the person the forms are about.
const NAME: &str = "applicant.name";

/// What was read so far.
#[derive(Default)]
pub(super) struct Shown {
    pub rows: String,
    pub loaded: Option<(Table, Choice)>,
}

#[derive(Template)]
#[template(path = "desk/register.html")]
struct Page {
    frame: Frame,
    id: VisitId,
    op: OpId,
    number: String,
    rows: String,
    loaded: Option<Loaded>,
}

struct Loaded {
    heads: Vec<String>,
    people: Vec<Person>,
    with_members: bool,
    /// The name on the form, where the chosen row has another.
    other_name: Option<String>,
    boxes: Vec<Line>,
    seen: String,
}

impl Loaded {
    fn can_be_applied(&self) -> bool {
        self.boxes.iter().any(|one| one.can_be_chosen)
    }
}

/// One row.
struct Person {
    place: usize,
    name: String,
    cells: Vec<String>,
    is_person: bool,
    is_member: bool,
}

/// One box of a form.
struct Line {
    path: String,
    label: String,
    value: String,
    /// Why it is not taken, or what to look at.
    why: Option<String>,
    now: String,
    source: Option<(&'static str, String)>,
    same: bool,
    can_be_chosen: bool,
    chosen: bool,
    overwrites: bool,
}

/// Shows the page.
pub(super) async fn show(
    office: &Office,
    frame: Frame,
    opened: &Opened,
    shown: Shown,
) -> Result<Response, Failure> {
    let id = opened.visit.id;
    let columns = office.config.register().ok_or(Failure::NotFound)?;
    let loaded = shown.loaded.as_ref();
    let loaded = loaded
        .map(|(table, choice)| self::loaded(office, frame.words, opened, (columns, table, choice)));
    page::show(&Page {
        id,
        op: office.journal.op(),
        number: called_by(office, id).await?,
        rows: shown.rows,
        loaded,
        frame,
    })
}

fn loaded(
    office: &Office,
    words: Phrases,
    opened: &Opened,
    (columns, table, choice): (&Columns, &Table, &Choice),
) -> Loaded {
    let known: Vec<usize> = table.known(columns).map(|(at, _)| at).collect();
    let person = |place: usize| Person {
        place,
        name: name_of(columns, table, place),
        cells: known.iter().map(|at| table.cell(place, *at).to_owned()).collect(),
        is_person: place == choice.person,
        is_member: choice.members.contains(&place),
    };
    let forms = office.counter().forms_of(&opened.visit);
    let accepted = opened.accepted(&forms);
    let today = office.journal.now().date();
    let entries = table.entries(columns, choice);
    let fills = register::fills(&forms, &opened.answers, &entries, today);
    let on_accepted =
        |fill: &Fill| accepted.iter().any(|form| form.question(&fill.entry.path).is_some());
    Loaded {
        heads: known.iter().map(|at| table.head[*at].trim().to_owned()).collect(),
        people: (0..table.rows.len()).map(person).collect(),
        with_members: asks_members(office, columns, opened),
        other_name: other_name(columns, table, (choice, opened)),
        boxes: fills.iter().map(|fill| box_of(words, &forms, fill, on_accepted(fill))).collect(),
        seen: register::looked_like(&fills),
    }
}

/// Whether the visit's forms ask how many people there are.
pub(super) fn asks_members(office: &Office, columns: &Columns, opened: &Opened) -> bool {
    let forms = office.counter().forms_of(&opened.visit);
    columns.count.iter().any(|path| forms.iter().any(|form| form.question(path).is_some()))
}

/// What a row calls its person.
pub(super) fn name_of(columns: &Columns, table: &Table, row: usize) -> String {
    let mut known = table.known(columns);
    let of_name = known.find(|(_, column)| column.person.iter().any(|path| path == NAME));
    of_name.map(|(at, _)| table.cell(row, at).to_owned()).unwrap_or_default()
}

/// The name on the form, where the row of the person says another.
fn other_name(
    columns: &Columns,
    table: &Table,
    (choice, opened): (&Choice, &Opened),
) -> Option<String> {
    let name = opened.answers.text(NAME)?.to_string();
    let row = name_of(columns, table, choice.person);
    let differs = !row.is_empty() && kana::search_key(&row) != kana::search_key(&name);
    differs.then_some(name)
}

fn box_of(words: Phrases, forms: &[&Form], fill: &Fill, accepted: bool) -> Line {
    let question = &fill.question;
    let value = match &fill.value {
        Ok(value) => shown::value(question, value, words),
        Err(_) => fill.entry.text.clone(),
    };
    let why = match &fill.value {
        Err(error) => Some(entry::sentence(*error, words)),
        Ok(_) if !fill.is_new() => Some(words.t("desk.register.same").to_owned()),
        Ok(_) if accepted => Some(words.t("desk.register.accepted").to_owned()),
        Ok(_) if fill.overwrites() => Some(words.t("desk.register.overwrites").to_owned()),
        Ok(_) => None,
    };
    let before = fill.before.as_ref().filter(|before| !before.value.is_blank());
    let can_be_chosen = fill.is_new() && !accepted;
    Line {
        path: fill.entry.path.clone(),
        label: label(words, forms, question),
        value,
        why,
        now: before.map(|before| shown::value(question, &before.value, words)).unwrap_or_default(),
        source: before.map(|before| {
            (source_id(before.source), words.t(shown::source_key(before.source)).to_owned())
        }),
        same: fill.value.is_ok() && !fill.is_new(),
        can_be_chosen,
        // What somebody said stays, unless the clerk wants it otherwise.
        chosen: can_be_chosen && !fill.overwrites(),
        overwrites: fill.overwrites(),
    }
}

/// `異動する方（2人目）：氏名`.
fn label(words: Phrases, forms: &[&Form], question: &Question) -> String {
    let lang = words.lang();
    let mut pages = forms.iter().flat_map(|form| form.pages());
    match pages.find(|page| page.id == question.page) {
        Some(page) => format!("{}：{}", page.title.in_lang(lang), question.label.in_lang(lang)),
        None => question.label.in_lang(lang).to_owned(),
    }
}
