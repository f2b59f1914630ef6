//! A queue of CUPS: sends a PDF, follows the job, and leaves nothing behind.
//!
//! CUPS writes every document into its own spool folder while it prints, and by
//! default (`PreserveJobFiles`) keeps it for a day. So each job is purged when its
//! outcome is known, whatever that is, with its document and its history. The
//! job's title names nobody.
//!
//! A printer without paper would print on by itself when it gets some, minutes
//! after the clerk turned to another way: the job is therefore taken back as soon
//! as the fault is seen.

use std::io;
use std::net::{TcpStream, ToSocketAddrs};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::ipp::{Answer, NOT_AUTHENTICATED, Operation, Request, Tag};
use super::{Error, Printed, Printer};

/// How often a job is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// Longest time for one question to CUPS, which answers from memory.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// A fault that stood before the job may be of yesterday: printers tell that it
/// is over only when they are spoken to. And connecting takes a moment.
const OLD_FAULT_FOR: Duration = Duration::from_secs(6);

/// Where CUPS listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CupsServer {
    /// Its socket on this machine.
    Socket(PathBuf),
    /// `host:port`.
    Host(String),
}

/// A queue and how to print on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CupsQueue {
    pub server: CupsServer,
    pub queue: String,
    /// `A4`.
    pub media: String,
    /// The tray, by the name the driver gives it (`InputSlot`).
    pub tray: Option<String>,
    /// From sending to giving up.
    pub wait: Duration,
}

/// Prints on a queue.
pub struct CupsPrinter {
    queue: CupsQueue,
    /// Whether what an earlier life of this program left there is gone.
    swept: bool,
}

impl CupsPrinter {
    /// A printer that has not been asked anything yet.
    pub fn new(queue: CupsQueue) -> Self {
        Self { queue, swept: false }
    }
}

impl Printer for CupsPrinter {
    fn print(&mut self, document: &[u8]) -> Result<Printed, Error> {
        let queue = &self.queue;
        let before = queue.state()?;
        if !self.swept {
            queue.sweep()?;
            self.swept = true;
        }
        if !before.accepts {
            return Err(Error::NotAccepting);
        }
        if before.stopped {
            return Err(before.fault.unwrap_or(Error::Stopped));
        }
        let job = queue.send(document).map_err(|error| match error {
            // It answered a moment ago: it may have taken the document.
            Error::NoServer => Error::Lost,
            error => error,
        })?;
        let outcome = queue.follow(job, &before);
        if let Err(error) = outcome {
            queue.cancel(job).map_err(|why| {
                tracing::warn!(%error, %why, queue = queue.queue, job, "a job cannot be taken back");
                Error::Lost
            })?;
        }
        if let Err(error) = queue.purge(job) {
            // What stays now, CUPS' own settings remove.
            tracing::warn!(%error, queue = queue.queue, job, "CUPS keeps what it has of a job");
        }
        outcome.map(|()| Printed::Done)
    }
}

/// What a queue says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct QueueState {
    accepts: bool,
    stopped: bool,
    fault: Option<Error>,
}

impl QueueState {
    fn of(answer: &Answer) -> Self {
        let fault = answer.words("printer-state-reasons").find_map(fault);
        let unreachable = || answer.words("printer-state-message").any(is_unreachable);
        Self {
            accepts: !answer.is_off("printer-is-accepting-jobs"),
            stopped: answer.number("printer-state") == Some(STOPPED),
            fault: fault.or_else(|| unreachable().then_some(Error::Unreachable)),
        }
    }
}

/// client-error-not-possible: the job ended before.
const NOT_POSSIBLE: u16 = 0x0404;

/// `printer-state` 5 (RFC 8011 §5.4.11).
const STOPPED: i32 = 5;

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

impl CupsQueue {
    const USER: &str = "madoguchi";

    fn uri(&self) -> String {
        format!("ipp://localhost/printers/{}", self.queue)
    }

    fn ask(&self, request: Request, document: &[u8]) -> Result<Answer, Error> {
        let path = format!("/printers/{}", self.queue);
        let answer = match &self.server {
            CupsServer::Socket(path_of_socket) => UnixStream::connect(path_of_socket)
                .and_then(|line| {
                    line.set_read_timeout(Some(ANSWER_WITHIN))?;
                    line.set_write_timeout(Some(ANSWER_WITHIN))?;
                    Ok(line)
                })
                .and_then(|mut line| request.send(&mut line, &path, document)),
            CupsServer::Host(host) => {
                connect(host).and_then(|mut line| request.send(&mut line, &path, document))
            }
        };
        let answer = answer.map_err(|error| {
            tracing::warn!(%error, queue = self.queue, "CUPS cannot be asked");
            Error::NoServer
        })?;
        match answer.status {
            // successful-ok-*
            0..0x0100 => Ok(answer),
            // client-error-not-found
            0x0406 => Err(Error::NoQueue),
            // server-error-not-accepting-jobs
            0x0506 => Err(Error::NotAccepting),
            // client-error-forbidden, -not-authenticated, -not-authorized
            0x0401 | NOT_AUTHENTICATED | 0x0403 => Err(Error::NotAllowed),
            status => Err(Error::Refused(status)),
        }
    }

    fn state(&self) -> Result<QueueState, Error> {
        let request =
            Request::new(Operation::GetPrinterAttributes, ("printer-uri", &self.uri()), Self::USER);
        let wanted = [
            "printer-state",
            "printer-state-reasons",
            "printer-state-message",
            "printer-is-accepting-jobs",
        ];
        let answer = self.ask(request.with_all("requested-attributes", &wanted), &[])?;
        Ok(QueueState::of(&answer))
    }

    /// Hands the document over; gives the job's number.
    fn send(&self, document: &[u8]) -> Result<i32, Error> {
        let about = ("printer-uri", &*self.uri());
        let mut request = Request::new(Operation::PrintJob, about, Self::USER)
            // CUPS shows it to everybody.
            .with(Tag::Name, "job-name", Self::USER.as_bytes())
            .with(Tag::MimeType, "document-format", b"application/pdf")
            .of_the_job()
            .with(Tag::Keyword, "media", self.media.as_bytes())
            // Marks must hit the boxes.
            .with(Tag::Keyword, "print-scaling", b"none");
        if let Some(tray) = &self.tray {
            request = request.with(Tag::Keyword, "InputSlot", tray.as_bytes());
        }
        self.ask(request, document)?.number("job-id").ok_or(Error::NoServer)
    }

    /// Looks at the job until its outcome is known.
    fn follow(&self, job: i32, before: &QueueState) -> Result<(), Error> {
        let began = Instant::now();
        loop {
            match self.job_state(job)? {
                // pending, processing
                Some(3 | 5) => {}
                Some(7) => return Err(Error::Cancelled),
                Some(8) => return Err(Error::Aborted),
                // completed; or gone, because this server keeps no history.
                Some(9) | None => return Ok(()),
                // pending-held, processing-stopped
                Some(_) => return Err(self.state()?.fault.unwrap_or(Error::Stopped)),
            }
            let now = self.state()?;
            let waited = began.elapsed();
            match now.fault {
                Some(fault) if !is_old(fault, before) || waited >= OLD_FAULT_FOR => {
                    return Err(fault);
                }
                fault if now.stopped => return Err(fault.unwrap_or(Error::Stopped)),
                fault if waited >= self.wait => return Err(fault.unwrap_or(Error::TimedOut)),
                _ => sleep(LOOK_EVERY),
            }
        }
    }

    /// `job-state` (RFC 8011 §5.3.7), `None` when the job is gone.
    fn job_state(&self, job: i32) -> Result<Option<i32>, Error> {
        let request = self.about_job(Operation::GetJobAttributes, job);
        match self.ask(request.with_all("requested-attributes", &["job-state"]), &[]) {
            Ok(answer) => Ok(answer.number("job-state")),
            Err(Error::NoQueue) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Cancels a job and sees it end. Purged while it still runs, it would leave
    /// its control file behind.
    fn cancel(&self, job: i32) -> Result<(), Error> {
        match self.ask(self.about_job(Operation::CancelJob, job), &[]) {
            // It ended by itself meanwhile.
            Ok(_) | Err(Error::Refused(NOT_POSSIBLE) | Error::NoQueue) => {}
            Err(error) => return Err(error),
        }
        let until = Instant::now() + ANSWER_WITHIN;
        while self.job_state(job)?.is_some_and(|state| state < 7) {
            if Instant::now() >= until {
                return Err(Error::TimedOut);
            }
            sleep(LOOK_EVERY);
        }
        Ok(())
    }

    /// Removes what CUPS keeps of jobs that ended while nobody looked: this
    /// program was stopped between sending and outcome.
    fn sweep(&self) -> Result<(), Error> {
        let request = Request::new(Operation::GetJobs, ("printer-uri", &self.uri()), Self::USER)
            .with(Tag::Boolean, "my-jobs", &[1])
            .with(Tag::Keyword, "which-jobs", b"completed")
            .with_all("requested-attributes", &["job-id"]);
        let left = self.ask(request, &[])?;
        left.numbers("job-id").try_for_each(|job| self.purge(job))
    }

    /// Removes what CUPS keeps of a job that ended.
    fn purge(&self, job: i32) -> Result<(), Error> {
        let request = self.about_job(Operation::CancelJob, job);
        match self.ask(request.with(Tag::Boolean, "purge-job", &[1]), &[]) {
            Ok(_) | Err(Error::NoQueue) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn about_job(&self, operation: Operation, job: i32) -> Request {
        Request::new(operation, ("printer-uri", &self.uri()), Self::USER).with(
            Tag::Integer,
            "job-id",
            &job.to_be_bytes(),
        )
    }
}

/// Whether a fault may be over: it stood there before, or is a printer that is
/// only being connected to.
fn is_old(fault: Error, before: &QueueState) -> bool {
    before.fault == Some(fault) || fault == Error::Unreachable
}

fn connect(host: &str) -> io::Result<TcpStream> {
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for address in host.to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, ANSWER_WITHIN) {
            Ok(line) => {
                line.set_read_timeout(Some(ANSWER_WITHIN))?;
                line.set_write_timeout(Some(ANSWER_WITHIN))?;
                return Ok(line);
            }
            Err(error) => last = error,
        }
    }
    Err(last)
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

    #[test]
    fn without_a_server_nothing_is_sent_and_the_error_says_so() {
        let queue = CupsQueue {
            server: CupsServer::Socket("/nowhere/cups.sock".into()),
            queue: "a4".to_owned(),
            media: "A4".to_owned(),
            tray: None,
            wait: Duration::from_secs(1),
        };
        assert_eq!(CupsPrinter::new(queue).print(b"%PDF"), Err(Error::NoServer));
    }
}
