//! Hand-over slips on the way to a printer, from the kiosk and from the desk.

use super::Office;
use crate::config::Printer;
use crate::printer;
use crate::visit::slip::Slip;

/// A slip in the language its printer understands.
pub(super) fn document(office: &Office, printer: &Printer, slip: &Slip) -> Vec<u8> {
    match printer.is_for_slips() {
        true => printer.slip_bytes(&slip.roll()),
        false => printer::pages(&slip.roll(), printer.slip_pages(), office.papers.fonts()),
    }
}
