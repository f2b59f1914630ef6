//! The hand-over slip that the printer beside a tablet prints at the end.

use super::session::Kiosk;
use crate::id::{OpId, VisitId};
use crate::web::error::Failure;
use crate::web::printers::Progress;
use crate::web::{Shared, slips};

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
    slips::send(&office.0, printer, (op, kiosk.actor()), visit).await
}

/// What a resident is told of the slip.
pub(super) fn words(progress: Progress) -> &'static str {
    match progress {
        Progress::Running | Progress::Stuck(_) => "kiosk.done.slip_printing",
        Progress::Ended(Ok(_)) | Progress::Unrecorded(Ok(_)) => "kiosk.done.slip_printed",
        Progress::Ended(Err(_))
        | Progress::Unrecorded(Err(_))
        | Progress::Unknown
        | Progress::ByHand => "kiosk.done.slip_failed",
    }
}
