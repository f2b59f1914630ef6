//! The hand-over slip that the printer beside a tablet prints at the end.

use axum::extract::State;
use axum::response::Response;

use super::session::{Kiosk, Sent};
use crate::id::{OpId, VisitId};
use crate::web::error::Failure;
use crate::web::printers::Progress;
use crate::web::{Office, Shared, page, slips};

/// Prints the slip of a visit that was handed in just now by the press `op`. The
/// number stands on the screen meanwhile, and whatever happens here does not take
/// that away.
pub(super) async fn print(office: &Shared, kiosk: &Kiosk, op: OpId, visit: VisitId) {
    if let Err(failure) = send(office, kiosk, op, visit).await {
        tracing::error!(?failure, "a slip was not begun");
    }
}

async fn send(office: &Shared, kiosk: &Kiosk, op: OpId, visit: VisitId) -> Result<(), Failure> {
    let Some(printer) = office.config.printers.for_kiosk(&kiosk.device.name) else {
        return Ok(());
    };
    slips::send(&office.0, printer, (op, kiosk.actor()), (visit, &kiosk.host)).await
}

/// Where a slip stands, for the page with the number.
pub(super) struct Shown {
    /// Where a press to print it again goes.
    pub action: &'static str,
    /// What the resident is told of it.
    pub words: &'static str,
    pub is_coming: bool,
    /// Whether it may be printed once more: none came out.
    pub again: Option<OpId>,
}

/// The slip of a visit, where the tablet has a printer.
pub(super) async fn shown(
    office: &Office,
    kiosk: &Kiosk,
    (visit, action): (VisitId, &'static str),
) -> Result<Option<Shown>, Failure> {
    let Some(progress) = slips::state(office, visit).await? else { return Ok(None) };
    let words = words(progress);
    let has_printer = office.config.printers.for_kiosk(&kiosk.device.name).is_some();
    Ok(Some(Shown {
        action,
        words,
        is_coming: matches!(progress, Progress::Running | Progress::Stuck(_)),
        again: (words == FAILED && has_printer).then(|| office.journal.op()),
    }))
}

/// `POST /kiosk/slip`: once more, where none came out.
pub(super) async fn again(State(office): State<Shared>, sent: Sent) -> Result<Response, Failure> {
    let Sent { kiosk, at, fields } = sent;
    let op: OpId = fields.get("op").parse().map_err(|_| Failure::BadRequest)?;
    print_again(&office, &kiosk, op, at.visit.id).await?;
    Ok(page::go("/kiosk"))
}

/// Prints a slip once more unless one came out or is on its way.
pub(super) async fn print_again(
    office: &Shared,
    kiosk: &Kiosk,
    op: OpId,
    visit: VisitId,
) -> Result<(), Failure> {
    if slips::state(office, visit).await?.map(words) == Some(FAILED) {
        print(office, kiosk, op, visit).await;
    }
    Ok(())
}

const FAILED: &str = "kiosk.done.slip_failed";

/// What a resident is told of the slip.
fn words(progress: Progress) -> &'static str {
    match progress {
        Progress::Running | Progress::Stuck(_) => "kiosk.done.slip_printing",
        Progress::Ended(Ok(_)) | Progress::Unrecorded(Ok(_)) => "kiosk.done.slip_printed",
        Progress::Ended(Err(_))
        | Progress::Unrecorded(Err(_))
        | Progress::Unknown
        | Progress::ByHand => FAILED,
    }
}
