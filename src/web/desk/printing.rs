//! What comes of printing: it runs, it is done, or what a hand must do.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::frame::{Frame, Place};
use super::guard::Clerk;
use super::print::BROWSER;
use super::visit;
use crate::application;
use crate::id::{ApplicationId, OpId, VisitId};
use crate::lang::Phrases;
use crate::printer::{Error, Printed};
use crate::staff::Action;
use crate::visit::printing::Printout;
use crate::web::error::Failure;
use crate::web::printers::{self, Progress};
use crate::web::{Shared, page};

/// What of a press goes to one printer.
struct Part {
    /// What is printed, in a word; which papers, where the press has several parts.
    what: &'static str,
    titles: Vec<String>,
    running: bool,
    failed: bool,
    by_hand: bool,
    title: String,
    about: String,
    /// What a hand must do.
    fault: Option<&'static str>,
    /// Its outcome is not in the journal yet.
    unrecorded: bool,
    /// Whether the shortcut prints this one: what failed first, what waits for the
    /// browser, or the first.
    has_shortcut: bool,
    /// Another press: each button its own.
    again: OpId,
    /// Where it is printed from, below the visit: `papers`, `slip`, or a payment's receipt.
    road: String,
    applications: Vec<String>,
    printer: String,
    /// Id and name of every other printer.
    others: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "desk/printing.html")]
struct Page {
    frame: Frame,
    id: VisitId,
    op: OpId,
    /// What the resident is called by.
    number: String,
    now: Now,
}

/// The part of it that changes.
#[derive(Template)]
#[template(path = "desk/printing_now.html")]
struct Now {
    words: Phrases,
    key: String,
    id: VisitId,
    what: &'static str,
    parts: Vec<Part>,
    /// Whether it is asked for again at once.
    looks_again: bool,
}

impl Now {
    fn browser(&self) -> &'static str {
        BROWSER
    }

    /// Whether there is nothing left to do here.
    fn all_done(&self) -> bool {
        self.parts.iter().all(|part| !part.failed && !part.running && !part.by_hand)
    }
}

/// Where a press of "print" stands.
pub(super) async fn show(
    State(office): State<Shared>,
    Path((id, op)): Path<(String, String)>,
    clerk: Clerk,
) -> Result<Response, Failure> {
    let (id, op) = allowed(&clerk, (&id, &op))?;
    let Some(now) = now(&office, &clerk, (id, op)).await? else { return Ok(over(id)) };
    let frame = Frame::inside(&office, &clerk, Place::Today);
    page::show(&Page { number: visit::called_by(&office, id).await?, id, op, now, frame })
}

/// `GET /desk/visits/{visit}/printing/{op}/now`: for the script.
pub(super) async fn fragment(
    State(office): State<Shared>,
    Path((id, op)): Path<(String, String)>,
    clerk: Clerk,
) -> Result<Response, Failure> {
    let (id, op) = allowed(&clerk, (&id, &op))?;
    let now = now(&office, &clerk, (id, op)).await?;
    now.map_or_else(|| Ok(over(id)), |now| page::show(&now))
}

fn allowed(clerk: &Clerk, (id, op): (&str, &str)) -> Result<(VisitId, OpId), Failure> {
    clerk.may(Action::Print)?;
    Ok((id.parse().map_err(|_| Failure::NotFound)?, op.parse().map_err(|_| Failure::NotFound)?))
}

/// The visit's page knows what was printed.
fn over(id: VisitId) -> Response {
    page::go(&format!("/desk/visits/{id}#papers"))
}

/// What became of a press; `None` of one that ended before this program was started.
async fn now(
    office: &Shared,
    clerk: &Clerk,
    (id, op): (VisitId, OpId),
) -> Result<Option<Now>, Failure> {
    let press = office.printers.press(op).filter(|press| press.visit == id);
    let Some(press) = press else { return Ok(None) };
    let words = Phrases::of(clerk.lang);
    let titles = titles(office, id, words).await?;
    let mut parts: Vec<Part> =
        press.parts.iter().map(|one| part(office, words, one, &titles)).collect();
    let first = parts.iter().position(|part| part.failed);
    let first = first.or_else(|| parts.iter().position(|part| part.by_hand)).unwrap_or_default();
    parts.iter_mut().enumerate().for_each(|(at, part)| part.has_shortcut = at == first);
    Ok(Some(Now {
        words,
        key: clerk.key.clone(),
        id,
        what: parts.first().map_or("desk.printing.papers", |part| part.what),
        looks_again: press.parts.iter().any(|part| part.progress.will_change()),
        parts,
    }))
}

/// The titles of a visit's papers.
async fn titles(
    office: &Shared,
    id: VisitId,
    words: Phrases,
) -> Result<BTreeMap<ApplicationId, String>, Failure> {
    let read = move |connection: &_| application::of_visit(connection, id);
    let applications = office.db.read(read).await?;
    let title = |one: application::Application| {
        let form = office.forms.get(&one.form).map(|form| &form.template().title);
        (one.id, form.map_or(one.form, |title| title.in_lang(words.lang()).to_owned()))
    };
    Ok(applications.into_iter().map(title).collect())
}

fn part(
    office: &Shared,
    words: Phrases,
    part: &printers::Part,
    titles: &BTreeMap<ApplicationId, String>,
) -> Part {
    let (lang, printers) = (words.lang(), &office.config.printers);
    let printer = part.printer.as_deref().unwrap_or(BROWSER);
    // One that was taken out of the configuration since is called by its id.
    let name = printers.get(printer).map_or(printer, |one| one.name.in_lang(lang));
    let (title, about) = told(part.progress);
    let (what, road, ids, others) = match &part.what {
        Printout::Slip => ("desk.printing.slip", "slip".to_owned(), &[][..], Vec::new()),
        Printout::Receipt(copy) => {
            let road = format!("payment/{}/receipt", copy.payment);
            ("desk.printing.receipt", road, &[][..], Vec::new())
        }
        Printout::Papers(ids) => {
            let others = printers.all_for_papers().filter(|other| other.id != printer);
            let others = others.map(|one| (one.id.clone(), one.name.in_lang(lang).to_owned()));
            ("desk.printing.papers", "papers".to_owned(), ids.as_slice(), others.collect())
        }
    };
    Part {
        what,
        titles: ids.iter().filter_map(|id| titles.get(id).cloned()).collect(),
        running: matches!(part.progress, Progress::Running | Progress::Stuck(_)),
        failed: matches!(part.progress, Progress::Ended(Err(_)) | Progress::Unrecorded(Err(_))),
        by_hand: part.progress == Progress::ByHand,
        title: words.t(title).to_owned(),
        about: words.with(about, &[("printer", name)]),
        fault: fault(part.progress),
        unrecorded: matches!(part.progress, Progress::Unrecorded(_)),
        has_shortcut: false,
        again: office.journal.op(),
        road,
        applications: ids.iter().map(ToString::to_string).collect(),
        printer: printer.to_owned(),
        others,
    }
}

fn told(progress: Progress) -> (&'static str, &'static str) {
    use Progress::{ByHand, Ended, Running, Stuck, Unknown, Unrecorded};
    match progress {
        Running => ("desk.printing.running", "desk.printing.running_about"),
        Stuck(_) => ("desk.printing.stuck", "desk.printing.stuck_about"),
        Ended(Ok(Printed::Done)) | Unrecorded(Ok(Printed::Done)) => {
            ("desk.printing.done", "desk.printing.done_about")
        }
        Ended(Ok(Printed::Sent)) | Unrecorded(Ok(Printed::Sent)) => {
            ("desk.printing.sent", "desk.printing.sent_about")
        }
        Ended(Err(Error::Lost)) | Unrecorded(Err(Error::Lost)) => {
            ("desk.printing.unknown", "desk.printing.lost_about")
        }
        Ended(Err(Error::Interrupted)) | Unrecorded(Err(Error::Interrupted)) => {
            ("desk.printing.unknown", "desk.printing.interrupted_about")
        }
        Ended(Err(_)) | Unrecorded(Err(_)) => {
            ("desk.printing.failed", "desk.printing.failed_about")
        }
        Unknown => ("desk.printing.unknown", "desk.printing.unknown_about"),
        ByHand => ("desk.printing.by_hand", "desk.printing.by_hand_about"),
    }
}

fn fault(progress: Progress) -> Option<&'static str> {
    match progress {
        Progress::Ended(Err(error)) | Progress::Unrecorded(Err(error)) | Progress::Stuck(error) => {
            Some(key(error))
        }
        _ => None,
    }
}

/// The sentence about a fault.
fn key(error: Error) -> &'static str {
    match error {
        Error::Unreachable => "print.unreachable",
        Error::NoServer => "print.no_server",
        Error::NoQueue => "print.no_queue",
        Error::NotAccepting => "print.not_accepting",
        Error::Stopped => "print.stopped",
        Error::PaperOut => "print.paper_out",
        Error::CoverOpen => "print.cover_open",
        Error::Jam => "print.jam",
        Error::TonerOut => "print.toner_out",
        Error::Fault => "print.fault",
        Error::Cancelled => "print.cancelled",
        Error::Aborted => "print.aborted",
        Error::Refused(_) => "print.refused",
        Error::NotAllowed => "print.not_allowed",
        Error::TimedOut => "print.timed_out",
        Error::Busy => "print.busy",
        Error::Lost => "print.lost",
        Error::TakenBack => "print.taken_back",
        Error::Interrupted => "print.interrupted",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;

    #[test]
    fn every_fault_has_a_sentence_of_its_own_in_every_language() {
        for lang in Lang::ALL {
            let words = Phrases::of(lang);
            let mut sentences: Vec<&str> =
                Error::ALL.into_iter().map(|error| words.t(key(error))).collect();
            assert!(sentences.iter().all(|sentence| sentence.ends_with(['。', '.'])));
            sentences.sort_unstable();
            sentences.dedup();
            assert_eq!(sentences.len(), Error::ALL.len());
        }
    }

    #[test]
    fn the_word_in_the_journal_is_the_word_of_the_screen() {
        for error in Error::ALL {
            assert_eq!(key(error), format!("print.{}", error.code()));
        }
    }
}
