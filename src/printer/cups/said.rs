//! What CUPS says of a queue and of a job.

use crate::printer::Error;
use crate::printer::ipp::Answer;

/// `job-state` (RFC 8011 §5.3.7).
pub(super) const PENDING: i32 = 3;
pub(super) const PROCESSING: i32 = 5;
pub(super) const CANCELLED: i32 = 7;
pub(super) const ABORTED: i32 = 8;
pub(super) const COMPLETED: i32 = 9;

/// `printer-state` 5 (RFC 8011 §5.4.11).
const STOPPED: i32 = 5;

/// What a queue says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct QueueState {
    pub accepts: bool,
    pub stopped: bool,
    pub fault: Option<Error>,
}

impl QueueState {
    pub const WANTED: [&str; 4] = [
        "printer-state",
        "printer-state-reasons",
        "printer-state-message",
        "printer-is-accepting-jobs",
    ];

    pub fn of(answer: &Answer) -> Self {
        let fault = answer.words("printer-state-reasons").find_map(fault);
        let unreachable = || answer.words("printer-state-message").any(is_unreachable);
        Self {
            accepts: !answer.is_off("printer-is-accepting-jobs"),
            stopped: answer.number("printer-state") == Some(STOPPED),
            fault: fault.or_else(|| unreachable().then_some(Error::Unreachable)),
        }
    }
}

/// How far a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct JobState {
    pub state: i32,
    /// Sheets or sides that are done, where the printer counts them.
    pub sheets: i32,
}

impl JobState {
    pub const WANTED: [&str; 3] =
        ["job-state", "job-media-sheets-completed", "job-impressions-completed"];

    pub fn of(answer: &Answer) -> Option<Self> {
        let done = |name| answer.number(name).unwrap_or_default();
        let sheets = done("job-media-sheets-completed").max(done("job-impressions-completed"));
        Some(Self { state: answer.number("job-state")?, sheets })
    }

    pub fn has_ended(self) -> bool {
        self.state >= CANCELLED
    }
}

/// A keyword of `printer-state-reasons` (RFC 8011 §5.4.12, PWG 5100.9). Warnings
/// and reports are none: a second tray is often empty.
fn fault(reason: &str) -> Option<Error> {
    let reason = match reason.strip_suffix("-error") {
        Some(error) => error,
        None if reason.ends_with("-warning") || reason.ends_with("-report") => return None,
        None => reason,
    };
    Some(match reason {
        "media-empty" | "media-needed" | "input-tray-missing" => Error::PaperOut,
        "cover-open" | "door-open" | "interlock-open" => Error::CoverOpen,
        "media-jam" => Error::Jam,
        "toner-empty" | "marker-supply-empty" => Error::TonerOut,
        "offline" | "shutdown" | "timed-out" | "connecting-to-device" => Error::Unreachable,
        "output-area-full"
        | "output-tray-missing"
        | "fuser-over-temp"
        | "fuser-under-temp"
        | "opc-life-over"
        | "marker-waste-full"
        | "other" => Error::Fault,
        // `none`, `paused` (a stopped queue says so itself), and what makers add.
        _ => return None,
    })
}

/// CUPS' network backends give no keyword for a printer that is off, only these
/// words, and try on for ever.
fn is_unreachable(message: &str) -> bool {
    ["may not exist", "not responding", "unreachable", "Unable to connect", "Unable to locate"]
        .iter()
        .any(|words| message.contains(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_a_fault_only_when_a_hand_is_needed() {
        for (reason, expected) in [
            ("none", None),
            ("paused", None),
            ("media-empty-error", Some(Error::PaperOut)),
            ("media-empty", Some(Error::PaperOut)),
            // The other tray.
            ("media-empty-warning", None),
            ("media-low-warning", None),
            ("media-needed-error", Some(Error::PaperOut)),
            ("cover-open-error", Some(Error::CoverOpen)),
            ("door-open", Some(Error::CoverOpen)),
            ("media-jam-error", Some(Error::Jam)),
            ("toner-empty-error", Some(Error::TonerOut)),
            ("toner-low-report", None),
            ("offline-report", None),
            ("offline-error", Some(Error::Unreachable)),
            ("com.example.beep", None),
        ] {
            assert_eq!(fault(reason), expected, "{reason}");
        }
    }

    #[test]
    fn a_printer_that_is_off_is_known_by_the_words_of_cups() {
        assert!(is_unreachable("The printer may not exist or is unavailable at this time."));
        assert!(is_unreachable("The printer is not responding."));
        assert!(!is_unreachable("") && !is_unreachable("Sending data to printer."));
    }
}
