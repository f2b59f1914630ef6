//! What comes of printing: it runs, it is done, or what a hand must do.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::frame::{Frame, Place};
use super::guard::Clerk;
use super::print::BROWSER;
use super::visit;
use crate::id::{OpId, VisitId};
use crate::printer::{Error, Printed};
use crate::staff::Action;
use crate::visit::printing::Printout;
use crate::web::error::Failure;
use crate::web::printers::{Press, Progress};
use crate::web::{Shared, page};

#[derive(Template)]
#[template(path = "desk/printing.html")]
struct Page {
    frame: Frame,
    id: VisitId,
    /// What the resident is called by.
    number: String,
    /// What was printed, in a word.
    what: &'static str,
    running: bool,
    failed: bool,
    title: String,
    about: String,
    /// What a hand must do.
    fault: Option<&'static str>,
    /// Another press: each button its own.
    again: OpId,
    /// `papers` or `slip`.
    road: &'static str,
    applications: Vec<String>,
    printer: String,
    /// Id and name of every other printer.
    others: Vec<(String, String)>,
}

impl Page {
    fn browser(&self) -> &'static str {
        BROWSER
    }
}

/// Where a press of "print" stands.
pub(super) async fn show(
    State(office): State<Shared>,
    Path((id, op)): Path<(String, String)>,
    clerk: Clerk,
) -> Result<Response, Failure> {
    clerk.may(Action::Print)?;
    let id: VisitId = id.parse().map_err(|_| Failure::NotFound)?;
    let op: OpId = op.parse().map_err(|_| Failure::NotFound)?;
    let press = office.printers.press(op).filter(|press| press.visit == id);
    // It was pressed before this program was started: the visit's page knows what
    // was printed.
    let Some(press) = press else { return Ok(page::go(&format!("/desk/visits/{id}#papers"))) };
    let frame = Frame::inside(&office, &clerk, Place::Today);
    let lang = frame.words.lang();
    let printers = &office.config.printers;
    let printer = printers.get(&press.printer).ok_or(Failure::NotFound)?;
    let (title, about) = told(press.progress);
    let values = [("printer", printer.name.in_lang(lang))];
    let mut others = Vec::new();
    let (what, road, mut applications) = ("desk.printing.slip", "slip", Vec::new());
    let (what, road) = match &press.what {
        Printout::Slip => (what, road),
        Printout::Papers(ids) => {
            applications.extend(ids.iter().map(ToString::to_string));
            let rest = printers.all_for_papers().filter(|other| other.id != printer.id);
            others.extend(rest.map(|one| (one.id.clone(), one.name.in_lang(lang).to_owned())));
            ("desk.printing.papers", "papers")
        }
    };
    page::show(&Page {
        number: visit::called_by(&office, id).await?,
        title: frame.words.t(title).to_owned(),
        about: frame.words.with(about, &values),
        running: press.progress == Progress::Running,
        failed: matches!(press.progress, Progress::Ended(Err(_))),
        fault: fault(&press),
        again: office.journal.op(),
        printer: press.printer,
        id,
        what,
        road,
        applications,
        others,
        frame,
    })
}

fn told(progress: Progress) -> (&'static str, &'static str) {
    match progress {
        Progress::Running => ("desk.printing.running", "desk.printing.running_about"),
        Progress::Ended(Ok(Printed::Done)) => ("desk.printing.done", "desk.printing.done_about"),
        Progress::Ended(Ok(Printed::Sent)) => ("desk.printing.sent", "desk.printing.sent_about"),
        Progress::Ended(Err(Error::Lost)) => ("desk.printing.unknown", "desk.printing.lost_about"),
        Progress::Ended(Err(_)) => ("desk.printing.failed", "desk.printing.failed_about"),
        Progress::Unknown => ("desk.printing.unknown", "desk.printing.unknown_about"),
    }
}

fn fault(press: &Press) -> Option<&'static str> {
    match press.progress {
        Progress::Ended(Err(error)) => Some(key(error)),
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
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::{Lang, Phrases};

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
