//! Printing: the papers of a visit, or its slip, made now and never stored. Each
//! paper goes to the printer of its section or, where that is a browser, is shown
//! in the clerk's own viewer.

use axum::extract::{Path, State};
use axum::response::Response;

use super::guard::Sent;
use super::visit;
use crate::application::Application;
use crate::config::Printer;
use crate::db::Tx;
use crate::id::{ApplicationId, VisitId};
use crate::staff::Action;
use crate::visit::desk::{self, Opened};
use crate::visit::paper::Sheet;
use crate::visit::printing::{self, Printout};
use crate::web::error::Failure;
use crate::web::printers::{self, Order, Sheets};
use crate::web::{Office, Shared, page, slips};

/// What a form sends for the clerk's own viewer, whatever printer there is.
pub(super) const BROWSER: &str = "browser";

/// Makes the papers that were asked for, all of the visit or one. Nothing leaves
/// before the journal has it. What cannot be drawn is an empty box for the pen;
/// the visit's page has said so.
pub(super) async fn print(
    State(office): State<Shared>,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Failure> {
    sent.clerk.may(Action::Print)?;
    let id: VisitId = id.parse().map_err(|_| Failure::NotFound)?;
    let only = sent.fields.all("application");
    let opened = visit::open(&office, &sent.clerk, id).await?;
    let ticket = visit::ticket(&office, id).await?;
    let mut applications = visit::in_order(&office, &opened);
    if !only.is_empty() {
        applications.retain(|application| only.contains(&application.id.to_string()));
    }
    let staff = &sent.clerk.signed_in.staff;
    let sheet = |one: &Application| {
        let counter = office.counter();
        office.papers.sheet(counter, &opened, one, ticket.as_ref(), &staff.name).ok()
    };
    // A form that the town has taken out since is named on the visit's page; it keeps
    // no other from the printer.
    let made = applications.iter().filter_map(|one| Some((one, sheet(one)?)));
    let mut groups = Vec::new();
    for (application, sheet) in made {
        let meant = for_papers(&office, application);
        let printer = chosen(&sent, meant, office.config.printers.all_for_papers())?;
        add(&mut groups, printer, (application, sheet));
    }
    match groups.as_slice() {
        [] => Err(Failure::NotFound),
        [(None, papers)] => by_hand(&office, &sent, opened, papers).await,
        _ => send(&office, &sent, id, papers_of(&office, &sent, groups)?, Some(opened)).await,
    }
}

/// A paper and what is to be written on it.
type Made<'o> = (&'o Application, Sheet<'o>);
/// The papers of one printer; of the clerk's browser, where there is none.
type Group<'o> = (Option<&'o Printer>, Vec<Made<'o>>);

/// Adds a paper to those of its printer.
fn add<'o>(groups: &mut Vec<Group<'o>>, printer: Option<&'o Printer>, made: Made<'o>) {
    let id = |printer: Option<&Printer>| printer.map(|one| one.id.clone());
    match groups.iter_mut().find(|(other, _)| id(*other) == id(printer)) {
        Some((_, papers)) => papers.push(made),
        None => groups.push((printer, vec![made])),
    }
}

/// One file of these papers.
fn file(office: &Office, printer: Option<&Printer>, papers: &[Made<'_>]) -> Vec<u8> {
    let offset = office.config.printers.offset_of(printer);
    let sheets = papers.iter().map(|(_, sheet)| sheet);
    office.papers.print_on(offset.into(), sheets).pdf
}

fn ids(papers: &[Made<'_>]) -> Vec<ApplicationId> {
    papers.iter().map(|(application, _)| application.id).collect()
}

/// What goes to each printer. What is for the browser is only named: one answer
/// cannot lead to a page and be a file.
fn papers_of(office: &Office, sent: &Sent, groups: Vec<Group<'_>>) -> Result<Vec<Sheets>, Failure> {
    let op = sent.op()?;
    let sheets = |(place, (printer, papers)): (usize, Group<'_>)| Sheets {
        entry: if place == 0 { op } else { office.journal.op() },
        what: Printout::Papers(ids(&papers)),
        printer: printer.map(|printer| printer.id.clone()),
        document: printer.map(|printer| file(office, Some(printer), &papers)).unwrap_or_default(),
    };
    // The browser's last: the journal knows the press by the first one's entry.
    let (own, by_hand): (Vec<_>, Vec<_>) =
        groups.into_iter().partition(|(printer, _)| printer.is_some());
    Ok(own.into_iter().chain(by_hand).enumerate().map(sheets).collect())
}

/// Shows papers in the browser of whoever asked.
async fn by_hand(
    office: &Shared,
    sent: &Sent,
    opened: Opened,
    papers: &[Made<'_>],
) -> Result<Response, Failure> {
    let receipt = papers.first().map(|(first, _)| first.receipt.clone()).unwrap_or_default();
    let (pdf, ids) = (file(office, None, papers), ids(papers));
    let (shared, journal) = (office.0.clone(), office.journal.clone());
    let staff = sent.clerk.signed_in.staff.id;
    let printed =
        move |tx: &Tx<'_>| desk::printed(tx, &journal, shared.counter(), staff, &opened, &ids);
    office.db.write(printed).await?;
    Ok(page::pdf(pdf, &receipt))
}

/// The hand-over slip.
pub(super) async fn print_slip(
    State(office): State<Shared>,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Failure> {
    sent.clerk.may(Action::GuideVisitors)?;
    let id: VisitId = id.parse().map_err(|_| Failure::NotFound)?;
    let slip = slips::of_visit(&office.0, &sent.clerk.host, id).await?;
    let printers = &office.config.printers;
    match chosen(&sent, printers.for_desk_slips(), printers.all_for_slips())? {
        Some(printer) => {
            let sheets = Sheets {
                entry: sent.op()?,
                what: Printout::Slip,
                printer: Some(printer.id.clone()),
                document: slips::document(&office, printer, &slip),
            };
            send(&office, &sent, id, vec![sheets], None).await
        }
        None => {
            let pdf = slips::for_browser(&office, &slip);
            let (journal, actor) = (office.journal.clone(), sent.clerk.signed_in.actor());
            let shown = move |tx: &Tx<'_>| printing::slip_shown(tx, &journal, actor, id);
            office.db.write(shown).await?;
            Ok(page::pdf(pdf, slip.file()))
        }
    }
}

/// The printer of a paper's section.
pub(super) fn for_papers<'o>(office: &'o Office, first: &Application) -> Option<&'o Printer> {
    let procedure = office.config.procedure(&first.procedure)?;
    office.config.printers.for_papers(&procedure.section)
}

/// The printer that the clerk chose instead, or the one that is meant for it. One
/// that cannot print this is as unknown as one that is not there: a slip printer
/// would put out a PDF as thousands of letters.
pub(super) fn chosen<'o>(
    sent: &Sent,
    meant: Option<&'o Printer>,
    mut able: impl Iterator<Item = &'o Printer>,
) -> Result<Option<&'o Printer>, Failure> {
    match sent.fields.get("printer") {
        "" => Ok(meant),
        BROWSER => Ok(None),
        id => able.find(|one| one.id == id).map(Some).ok_or(Failure::BadRequest),
    }
}

pub(super) async fn send(
    office: &Shared,
    sent: &Sent,
    visit: VisitId,
    sheets: Vec<Sheets>,
    opened: Option<Opened>,
) -> Result<Response, Failure> {
    let (op, actor) = (sent.op()?, sent.clerk.signed_in.actor());
    printers::send(&office.0, Order { op, actor, visit, opened, sheets }).await?;
    Ok(page::go(&format!("/desk/visits/{visit}/printing/{op}")))
}
