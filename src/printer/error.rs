//! Why nothing, or not everything, was printed.

/// What happened at a printer. None of these tells what was to be printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("the printer cannot be reached: look whether it is on and connected")]
    Unreachable,
    #[error("CUPS cannot be reached: look whether it runs, and at `server` in printers.toml")]
    NoServer,
    #[error("CUPS has no such queue: compare `queue` in printers.toml with `lpstat -a`")]
    NoQueue,
    #[error("the queue accepts no jobs: `cupsaccept` lets it")]
    NotAccepting,
    #[error("the queue is stopped: `cupsenable` starts it again")]
    Stopped,
    #[error("there is no paper")]
    PaperOut,
    #[error("a cover is open")]
    CoverOpen,
    #[error("paper is jammed")]
    Jam,
    #[error("toner or ink is empty")]
    TonerOut,
    #[error("the printer reports a fault")]
    Fault,
    #[error("the job was cancelled at the printer")]
    Cancelled,
    #[error("the queue gave the job up: its own log says why")]
    Aborted,
    #[error("CUPS refused the job (IPP status {0:#06x})")]
    Refused(u16),
    #[error("CUPS wants a password: allow printing from this machine without one")]
    NotAllowed,
    #[error("the printer did not finish within the time it has")]
    TimedOut,
    #[error("too many papers wait for this printer")]
    Busy,
    #[error("CUPS went away in the middle: what it has of the job may still be printed")]
    Lost,
    #[error("nobody followed the job to its end; what was left of it was taken back")]
    TakenBack,
    #[error("nobody followed the job to its end, and nobody knows of it any more")]
    Interrupted,
}

impl Error {
    /// The word of the journal and of the screens: `print.paper_out`.
    pub fn code(self) -> &'static str {
        match self {
            Error::Unreachable => "unreachable",
            Error::NoServer => "no_server",
            Error::NoQueue => "no_queue",
            Error::NotAccepting => "not_accepting",
            Error::Stopped => "stopped",
            Error::PaperOut => "paper_out",
            Error::CoverOpen => "cover_open",
            Error::Jam => "jam",
            Error::TonerOut => "toner_out",
            Error::Fault => "fault",
            Error::Cancelled => "cancelled",
            Error::Aborted => "aborted",
            Error::Refused(_) => "refused",
            Error::NotAllowed => "not_allowed",
            Error::TimedOut => "timed_out",
            Error::Busy => "busy",
            Error::Lost => "lost",
            Error::TakenBack => "taken_back",
            Error::Interrupted => "interrupted",
        }
    }

    /// One of each, for whoever must have words for all of them.
    pub const ALL: [Error; 19] = [
        Error::Unreachable,
        Error::NoServer,
        Error::NoQueue,
        Error::NotAccepting,
        Error::Stopped,
        Error::PaperOut,
        Error::CoverOpen,
        Error::Jam,
        Error::TonerOut,
        Error::Fault,
        Error::Cancelled,
        Error::Aborted,
        Error::Refused(0),
        Error::NotAllowed,
        Error::TimedOut,
        Error::Busy,
        Error::Lost,
        Error::TakenBack,
        Error::Interrupted,
    ];
}
