//! Rows of the resident register into a visit's boxes: pasted or brought as a file, looked
//! at box by box, and only then entered. Between two pages the rows travel in the page
//! itself; the server keeps none of them. An office that has not switched it on has no such
//! page.

mod page;

use std::collections::BTreeSet;

use axum::extract::{Path, State};
use axum::response::Response;

use self::page::Shown;
use super::frame::{Frame, Place};
use super::guard::{Clerk, SentFile};
use super::visit;
use crate::db::Tx;
use crate::id::VisitId;
use crate::kana;
use crate::lang::Phrases;
use crate::register::{self, Choice, Columns, Refused, Table};
use crate::staff::Action;
use crate::visit::register::Load;
use crate::visit::{self as visits, Error, desk::Opened};
use crate::web::error::Failure;
use crate::web::fields::Fields;
use crate::web::{Office, Shared, page as pages};

/// The columns of this office, for somebody who may load them.
fn allowed<'o>(office: &'o Office, clerk: &Clerk) -> Result<&'o Columns, Failure> {
    let columns = office.config.register().ok_or(Failure::NotFound)?;
    clerk.may(Action::LoadRegister)?;
    Ok(columns)
}

/// `GET /desk/visits/{visit}/register`: where rows are pasted or a file is chosen.
pub(super) async fn show(
    State(office): State<Shared>,
    Path(id): Path<String>,
    clerk: Clerk,
) -> Result<Response, Failure> {
    allowed(&office, &clerk)?;
    let id = id.parse().map_err(|_| Failure::NotFound)?;
    let opened = visit::open(&office, &clerk, id).await?;
    let frame = Frame::inside(&office, &clerk, Place::Today);
    page::show(&office, frame, &opened, Shown::default()).await
}

/// `POST /desk/visits/{visit}/register`: what the rows would fill, or fills it.
pub(super) async fn act(
    State(office): State<Shared>,
    Path(id): Path<String>,
    SentFile { sent, file }: SentFile,
) -> Result<Response, Failure> {
    let columns = allowed(&office, &sent.clerk)?;
    let id: VisitId = id.parse().map_err(|_| Failure::NotFound)?;
    let opened = visit::open(&office, &sent.clerk, id).await?;
    let frame = Frame::inside(&office, &sent.clerk, Place::Today);
    let words = frame.words;
    let text = match file.is_empty() {
        true => Ok(sent.fields.get("rows").to_owned()),
        false => register::read(&file),
    };
    let read = text.and_then(|text| Ok((Table::parse(&text, columns)?, text)));
    let (table, text) = match read {
        Ok(read) => read,
        Err(refused) => {
            // What may hold the number is not sent back either.
            let rows = if refused.is_number() { "" } else { sent.fields.get("rows") };
            let shown = Shown { rows: rows.to_owned(), ..Shown::default() };
            if refused.is_number() {
                let (journal, staff) = (office.journal.clone(), sent.clerk.signed_in.staff.id);
                let note = move |tx: &Tx<'_>| visits::register::refused(tx, &journal, staff, id);
                office.db.write(note).await?;
            }
            let frame = frame.refusing(sentence(words, &refused));
            return page::show(&office, frame, &opened, shown).await;
        }
    };
    let choice = choice(&office, columns, &table, &opened, &sent.fields);
    let entries = table.entries(columns, &choice);
    let shown = Shown { rows: text, loaded: Some((table, choice)) };
    if sent.fields.get("act") != "apply" {
        return page::show(&office, frame, &opened, shown).await;
    }
    let boxes: BTreeSet<String> = sent.fields.all("box").into_iter().collect();
    if boxes.is_empty() {
        let frame = frame.refusing(words.t("desk.register.none_chosen").to_owned());
        return page::show(&office, frame, &opened, shown).await;
    }
    let load = Load { entries, boxes, seen: sent.fields.get("seen").to_owned() };
    match store(&office, &sent.clerk, (sent.op()?, id), load).await {
        Ok(()) => Ok(pages::go(&format!("/desk/visits/{id}?note=loaded"))),
        Err(error) => {
            let refused = match error {
                Error::Late => words.t("desk.register.late").to_owned(),
                error => visit::refusal(&office, words, error)?,
            };
            // As it stands now.
            let opened = visit::open(&office, &sent.clerk, id).await?;
            page::show(&office, frame.refusing(refused), &opened, shown).await
        }
    }
}

async fn store(
    office: &Shared,
    clerk: &Clerk,
    (op, id): (crate::id::OpId, VisitId),
    load: Load,
) -> Result<(), Error> {
    let (shared, journal, staff) =
        (office.0.clone(), office.journal.clone(), clerk.signed_in.staff.id);
    let load = move |tx: &Tx<'_>| {
        visits::register::load(tx, &journal, shared.counter(), staff, op, id, &load)
    };
    office.db.write(load).await
}

/// The rows that were chosen; before anybody chose, the one with the name on the form,
/// and the whole household where the forms ask for people.
fn choice(
    office: &Office,
    columns: &Columns,
    table: &Table,
    opened: &Opened,
    fields: &Fields,
) -> Choice {
    let within = |row: &usize| *row < table.rows.len();
    let sent = |name: &str| -> Vec<usize> {
        fields.all(name).iter().filter_map(|row| row.parse().ok()).filter(within).collect()
    };
    if let Some(person) = sent("person").first() {
        return Choice { person: *person, members: sent("member").into_iter().collect() };
    }
    let name = opened.answers.text("applicant.name").map(ToString::to_string);
    let name = name.map(|name| kana::search_key(&name));
    let names = (0..table.rows.len()).map(|row| page::name_of(columns, table, row));
    let mut keys = names.map(|name| kana::search_key(&name));
    let person = keys.position(|key| Some(key) == name).unwrap_or_default();
    let members = match page::asks_members(office, columns, opened) {
        true => (0..table.rows.len()).collect(),
        false => BTreeSet::new(),
    };
    Choice { person, members }
}

fn sentence(words: Phrases, refused: &Refused) -> String {
    match refused {
        Refused::NumberColumn(head) => words.with("desk.register.number_column", &[("head", head)]),
        Refused::NumberCell { line, column } => {
            words.with("desk.register.number_cell", &[("line", line), ("column", column)])
        }
        Refused::Letters => words.t("desk.register.letters").to_owned(),
        Refused::Quotes => words.t("desk.register.quotes").to_owned(),
        Refused::NoRows => words.t("desk.register.no_rows").to_owned(),
        Refused::TooManyRows { most } => words.with("desk.register.too_many", &[("most", most)]),
        Refused::Ragged { line } => words.with("desk.register.ragged", &[("line", line)]),
        Refused::NoColumn => words.t("desk.register.no_column").to_owned(),
        Refused::Twice(head) => words.with("desk.register.twice", &[("head", head)]),
    }
}
