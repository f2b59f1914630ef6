//! Printers (プリンター) of the counter: a queue of CUPS for papers, ESC/POS
//! printers for slips.
//!
//! Whoever prints gets one outcome within a bounded time: printed, sent to a
//! printer that cannot tell, or an [`Error`] that says what a hand must do. What
//! was given up is taken back: nothing is printed later by itself, so printing
//! again never makes two. That holds for what was under way when this program, or
//! CUPS, was stopped, too. Nothing is written to a file here, and what CUPS keeps
//! of a job is purged as soon as its outcome is known, or as soon as CUPS lets it.
//!
//! It knows what its printers understand, and neither whose paper it is nor the
//! screens.

mod cups;
mod error;
mod escpos;
mod ipp;
mod pages;
mod roll;
mod slip_printer;
mod status;
mod thread;
mod wire;

use crate::id::OpId;

pub use crate::cp932::lacking;
pub use cups::{CupsPrinter, CupsQueue, CupsServer};
pub use error::Error;
pub use escpos::{Qr, bytes};
pub use pages::{Pages, pages};
pub use roll::{Align, Part, Roll, Size};
pub use slip_printer::SlipPrinter;
pub use thread::PrinterThread;
pub use wire::Address;

/// What is known of a job that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Printed {
    /// The printer, or the queue before it, said that it is done.
    Done,
    /// Everything was sent; this printer does not answer, so nobody knows more.
    Sent,
}

/// Something that prints. It may block for as long as it was told to wait, so it
/// lives on a [`PrinterThread`].
pub trait Printer: Send {
    /// Prints `document`, which is in the language this printer understands, for
    /// this press of a button. `sees` hears what stands in the way meanwhile.
    ///
    /// # Errors
    /// [`Error`]. Nothing of the document is printed afterwards, unless it says so.
    fn print(
        &mut self,
        press: OpId,
        document: &[u8],
        sees: &dyn Fn(Option<Error>),
    ) -> Result<Printed, Error>;

    /// What became of presses that nobody followed to their end, in their order.
    /// What has not ended is taken back.
    ///
    /// # Errors
    /// [`Error`] when that cannot be told now.
    fn left(&mut self, presses: &[OpId]) -> Result<Vec<Result<Printed, Error>>, Error> {
        Ok(vec![Err(Error::Interrupted); presses.len()])
    }

    /// Removes what could not be removed when the outcome of a paper was known;
    /// whether nothing of any paper is left behind now.
    fn tidy(&mut self) -> bool {
        true
    }
}
