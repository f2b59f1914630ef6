//! One page of questions, and what was entered on it.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::frame::Frame;
use super::session::{AtKiosk, Kiosk, Sent, SentDraft};
use super::start;
use crate::applicant::Source;
use crate::form::answers::{Answers, Value};
use crate::form::input::{self, InputError, Raw};
use crate::form::questions::{self, AskPage, AskQuestion};
use crate::form::template::Kind;
use crate::lang::Lang;
use crate::text::Text;
use crate::visit::{self, brought, step};
use crate::web::entry::Entry;
use crate::web::error::Failure;
use crate::web::fields::Fields;
use crate::web::{Office, Shared, page};

#[derive(Template)]
#[template(path = "kiosk/ask.html")]
struct Ask {
    frame: Frame,
    page: String,
    /// Which procedure asks, where the visit has several.
    asks: Option<String>,
    title: String,
    help: Option<String>,
    entries: Vec<Entry>,
    wrong: bool,
    /// A code from home has an answer here that was not understood.
    doubtful: bool,
    /// The words for a card that was forgotten on the reader.
    card_lies_there: Option<&'static str>,
}

/// What was sent and is shown again: the fields, and why some could not be taken.
pub(super) struct Refused {
    fields: Vec<(String, String)>,
    errors: Vec<(String, InputError)>,
}

/// The page, with what is known or likely filled in, or with what was entered
/// and what is wrong with it.
pub(super) fn page(
    office: &Office,
    kiosk: &Kiosk,
    at: &AtKiosk,
    ask: &AskPage<'_>,
    refused: Option<&Refused>,
) -> Result<Response, Failure> {
    let forms = office.counter().forms_of(&at.visit);
    let mut frame = Frame::new(office, kiosk, Some(at));
    frame.progress = Some(step::progress(&forms, &at.answers, &ask.page.id));
    let back = step::before(&forms, &at.answers, ask).map(|before| address(&before.page.id));
    frame.back = Some(back.unwrap_or_else(|| match ask.at_gate {
        true => "/kiosk/procedures".to_owned(),
        false => kiosk.before_questions(office, at),
    }));
    let lang = frame.words.lang();
    let today = office.journal.now().date();
    let entry = |question: &AskQuestion<'_>| match refused {
        Some(refused) => {
            let error = refused.errors.iter().find(|(path, _)| path == question.path());
            let error = error.map(|(_, error)| *error);
            Entry::refused(question, &refused.fields, error, today, frame.words)
        }
        None => Entry::of(question, today, frame.words),
    };
    page::show(&Ask {
        entries: ask.questions.iter().map(entry).collect(),
        page: ask.page.id.clone(),
        asks: who_asks(office, at, ask, lang),
        title: ask.page.title.in_lang(lang).to_owned(),
        help: ask.page.help.as_ref().map(|help| help.in_lang(lang).to_owned()),
        doubtful: is_doubtful(at, ask),
        wrong: refused.is_some_and(|refused| !refused.errors.is_empty()),
        card_lies_there: super::card::forgotten(office, kiosk, at),
        frame,
    })
}

/// Whether a code told something here that was not understood, and nobody has
/// answered it since.
fn is_doubtful(at: &AtKiosk, ask: &AskPage<'_>) -> bool {
    let doubts = brought::taken(&at.answers).into_iter().flat_map(|code| code.doubtful);
    let mut about = doubts.filter_map(|(about, _)| about);
    about.any(|path| ask.questions.iter().any(|one| one.path() == path && one.answer.is_none()))
}

/// The procedure that a page belongs to, where it might be another's.
fn who_asks(office: &Office, at: &AtKiosk, ask: &AskPage<'_>, lang: Lang) -> Option<String> {
    let procedures = office.counter().procedures(&at.visit.procedures);
    if procedures.len() < 2 {
        return None;
    }
    let own = procedures.into_iter().find(|procedure| Some(procedure.form.as_str()) == ask.form)?;
    Some(own.title.in_lang(lang).to_owned())
}

/// The address of a page of questions.
pub(super) fn address(page: &str) -> String {
    format!("/kiosk/page/{page}")
}

/// The page of this id with all its questions, if it applies to the visit.
fn find<'f>(office: &'f Office, at: &AtKiosk, page: &str) -> Option<AskPage<'f>> {
    let forms = office.counter().forms_of(&at.visit);
    questions::pages(&forms, &at.answers).into_iter().find(|ask| ask.page.id == page)
}

/// Goes back to a page to correct it.
pub(super) async fn again(
    State(office): State<Shared>,
    kiosk: Kiosk,
    Path(page_id): Path<String>,
) -> Result<Response, Failure> {
    let at = kiosk.draft(&office).await?;
    match find(&office, &at, &page_id) {
        Some(ask) => page(&office, &kiosk, &at, &ask, None),
        None => Ok(page::go("/kiosk")),
    }
}

/// Takes what was entered on a page.
pub(super) async fn answer(
    State(office): State<Shared>,
    Path(page_id): Path<String>,
    SentDraft(Sent { kiosk, at, fields }): SentDraft,
) -> Result<Response, Failure> {
    if start::is_wish(&fields) {
        start::change_wishes(&office, &kiosk, &at, &fields).await?;
        return kept(&office, &kiosk, &page_id, fields).await;
    }
    let Some(mut ask) = find(&office, &at, &page_id) else { return Ok(page::go("/kiosk")) };
    // Only the questions that stood on the page: a page shown for what is
    // missing leaves out what a card already answered.
    ask.questions.retain(|question| was_shown(question, &fields));
    let today = office.journal.now().date();
    let mut answers = Answers::default();
    let mut errors = Vec::new();
    for question in &ask.questions {
        let raw = Raw::of_fields(question.question, fields.iter());
        let raw = raw.with_boxes(question.question, stood(question).as_ref());
        match input::read(question, &raw, today) {
            Ok(value) if unchanged(question, &value) => {}
            Ok(value) => answers.set(question.path(), value, Source::Typed),
            Err(error) => errors.push((question.path().to_owned(), error)),
        }
    }
    if !errors.is_empty() {
        return page(&office, &kiosk, &at, &ask, Some(&Refused { fields: fields.sent(), errors }));
    }
    let counted = office.clone();
    let record = move |tx: &crate::db::Tx<'_>, journal: &_, actor, id| {
        visit::forget_overtaken(tx, journal, counted.counter(), actor, id, &answers)?;
        visit::answer(tx, journal, actor, id, &answers)
    };
    kiosk.change(&office, &at, record).await?;
    Ok(page::go("/kiosk"))
}

/// The page again, in the language and size that were just chosen, with what was
/// entered so far.
async fn kept(
    office: &Office,
    kiosk: &Kiosk,
    page_id: &str,
    fields: Fields,
) -> Result<Response, Failure> {
    let at = kiosk.draft(office).await?;
    let Some(mut ask) = find(office, &at, page_id) else { return Ok(page::go("/kiosk")) };
    ask.questions.retain(|question| was_shown(question, &fields));
    let entered = Refused { fields: fields.sent(), errors: Vec::new() };
    page(office, kiosk, &at, &ask, Some(&entered))
}

/// The words that stood in the entry.
fn stood(question: &AskQuestion<'_>) -> Option<Text> {
    match question.prefill() {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    }
}

/// Each question on a page sends its path in `asked`, because a box that is not
/// ticked sends nothing.
fn was_shown(question: &AskQuestion<'_>, fields: &Fields) -> bool {
    fields.iter().any(|sent| sent == ("asked", question.path()))
}

/// A value that came from a card and was left as it is keeps its source.
fn unchanged(question: &AskQuestion<'_>, value: &Value) -> bool {
    let known = question.answer.as_ref();
    let read = known.filter(|answer| {
        matches!(answer.source, Source::Card | Source::Licence | Source::Qr | Source::Clerk)
    });
    let is_kind = question.question.kind != Kind::Copies;
    read.is_some_and(|answer| is_kind && answer.value == *value)
}
