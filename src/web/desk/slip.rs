//! What became of a slip, on the pages of the desk: a dead printer is seen at once, and
//! one press prints again.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::guard::{Clerk, Sent};
use crate::id::{OpId, VisitId};
use crate::lang::Phrases;
use crate::staff::Action;
use crate::web::error::Failure;
use crate::web::printers::Progress;
use crate::web::{Office, Shared, page, slips};

/// The slip of one visit.
#[derive(Template)]
#[template(path = "desk/slip.html")]
pub(super) struct SlipNow {
    words: Phrases,
    key: String,
    pub visit: VisitId,
    op: OpId,
    /// What became of it; none was printed yet.
    said: Option<&'static str>,
    is_coming: bool,
    /// Whether it is printed from the browser of whoever presses.
    by_hand: bool,
}

impl SlipNow {
    fn failed(&self) -> bool {
        self.said == Some(FAILED)
    }
}

pub(super) async fn of(office: &Office, clerk: &Clerk, visit: VisitId) -> Result<SlipNow, Failure> {
    let progress = slips::state(office, visit).await?;
    Ok(SlipNow {
        words: Phrases::of(clerk.lang),
        key: clerk.key.clone(),
        visit,
        op: office.journal.op(),
        said: progress.map(words),
        is_coming: matches!(progress, Some(Progress::Running | Progress::Stuck(_))),
        by_hand: office.config.printers.for_desk_slips().is_none(),
    })
}

/// Prints the slip on the desk's slip printer, if it has one. The number stands on
/// the screen whatever becomes of it.
pub(super) async fn print(office: &Shared, sent: &Sent, op: OpId, visit: VisitId) {
    let Some(printer) = office.config.printers.for_desk_slips() else { return };
    let (actor, host) = (sent.clerk.signed_in.actor(), &sent.clerk.host);
    if let Err(failure) = slips::send(&office.0, printer, (op, actor), (visit, host)).await {
        tracing::error!(?failure, "a slip was not begun");
    }
}

/// `GET /desk/visits/{visit}/slip`: for the script.
pub(super) async fn fragment(
    State(office): State<Shared>,
    Path(id): Path<String>,
    clerk: Clerk,
) -> Result<Response, Failure> {
    // A number and where it goes: no form, and nobody's name.
    clerk.may(Action::GuideVisitors)?;
    let id: VisitId = id.parse().map_err(|_| Failure::NotFound)?;
    page::show(&of(&office, &clerk, id).await?)
}

const FAILED: &str = "desk.guide.slip_failed";

fn words(progress: Progress) -> &'static str {
    match progress {
        Progress::Running | Progress::Stuck(_) => "desk.guide.slip_printing",
        Progress::Ended(Ok(_)) | Progress::Unrecorded(Ok(_)) => "desk.guide.slip_printed",
        Progress::Ended(Err(_))
        | Progress::Unrecorded(Err(_))
        | Progress::Unknown
        | Progress::ByHand => FAILED,
    }
}
