//! A queue of CUPS: sends a PDF, follows the job, and leaves nothing behind.
//!
//! CUPS writes every document into its own spool folder while it prints, and by
//! default (`PreserveJobFiles`) keeps it for a day. So each job is purged when its
//! outcome is known, whatever that is, with its document and its history; where
//! CUPS refuses, again and again until it does not. The job's name is that of the
//! press and names nobody; by it a job is found again that nobody followed to its
//! end.
//!
//! A printer without paper would print on by itself when it gets some, minutes
//! after the clerk turned to another way: a job that does not go on is therefore
//! taken back. But only the job's own end is an outcome. A printer often says that
//! its tray is empty while the last sheet leaves it.

mod asking;
mod said;

use std::path::PathBuf;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::{Error, Printed, Printer};
use crate::id::OpId;
use said::{ABORTED, CANCELLED, COMPLETED, JobState, PENDING, PROCESSING, QueueState};

/// How often a job is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// Longest time for one question to CUPS, which answers from memory.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// A fault that stood before the job may be of yesterday: printers tell that it
/// is over only when they are spoken to. And connecting takes a moment.
const OLD_FAULT_FOR: Duration = Duration::from_secs(6);
/// How long a job may stand still under a fault. CUPS' own way to a network
/// printer asks it for the job's end up to twelve seconds apart.
const STUCK_FOR: Duration = Duration::from_secs(13);

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
    /// From the last thing that moved to giving up.
    pub wait: Duration,
}

/// Prints on a queue.
pub struct CupsPrinter {
    queue: CupsQueue,
    /// Jobs that ended and that CUPS would not let go of yet.
    kept: Vec<i32>,
}

impl CupsPrinter {
    /// A printer that has not been asked anything yet.
    pub fn new(queue: CupsQueue) -> Self {
        Self { queue, kept: Vec::new() }
    }

    /// Ends a job, whatever stands before that, and purges it. It may have come to
    /// its end by itself meanwhile.
    ///
    /// # Errors
    /// `why` it was taken back; [`Error::Lost`] when CUPS does not let it go.
    fn take_back(&mut self, job: i32, why: Error) -> Result<Printed, Error> {
        let queue = &self.queue;
        let ended = queue.cancel(job).map_err(|error| {
            tracing::warn!(%why, %error, queue = queue.queue, job, "a job cannot be taken back");
            Error::Lost
        })?;
        self.forget(job);
        match ended {
            Some(COMPLETED) => Ok(Printed::Done),
            Some(_) => Err(why),
            // It ended before, and this server keeps no history.
            None => Ok(Printed::Sent),
        }
    }

    /// Purges a job that ended, now or later.
    fn forget(&mut self, job: i32) {
        if let Err(error) = self.queue.purge(job) {
            tracing::warn!(%error, queue = self.queue.queue, job, "CUPS keeps what it has of a job");
            self.kept.push(job);
        }
    }
}

impl Printer for CupsPrinter {
    fn print(
        &mut self,
        press: OpId,
        document: &[u8],
        sees: &dyn Fn(Option<Error>),
    ) -> Result<Printed, Error> {
        let queue = &self.queue;
        let before = queue.state()?;
        if !before.accepts {
            return Err(Error::NotAccepting);
        }
        if before.stopped {
            return Err(before.fault.unwrap_or(Error::Stopped));
        }
        let job = queue.send(press, document).map_err(|error| match error {
            // It answered a moment ago: it may have taken the document.
            Error::NoServer => Error::Lost,
            error => error,
        })?;
        match queue.follow(job, &before, sees) {
            Ok(printed) => {
                self.forget(job);
                Ok(printed)
            }
            Err(why) => self.take_back(job, why),
        }
    }

    fn left(&mut self, presses: &[OpId]) -> Result<Vec<Result<Printed, Error>>, Error> {
        let jobs = match self.queue.jobs() {
            Ok(jobs) => jobs,
            // Without the queue there are no jobs of it.
            Err(Error::NoQueue) => Vec::new(),
            Err(error) => return Err(error),
        };
        let mut outcomes = Vec::new();
        for press in presses {
            outcomes.push(match jobs.iter().find(|job| job.press == *press) {
                None => Err(Error::Interrupted),
                Some(job) => match self.take_back(job.id, Error::TakenBack) {
                    Err(Error::Lost) => return Err(Error::Lost),
                    outcome => outcome,
                },
            });
        }
        // And what an earlier life of this program could not purge.
        let other = jobs.iter().filter(|job| !presses.contains(&job.press));
        other.filter(|job| job.state.has_ended()).for_each(|job| self.forget(job.id));
        Ok(outcomes)
    }

    fn tidy(&mut self) -> bool {
        let queue = &self.queue;
        self.kept.retain(|job| queue.purge(*job).is_err());
        self.kept.is_empty()
    }
}

impl CupsQueue {
    /// Looks at the job until its outcome is known.
    fn follow(
        &self,
        job: i32,
        before: &QueueState,
        sees: &dyn Fn(Option<Error>),
    ) -> Result<Printed, Error> {
        let mut watch = Watch::new(before.fault);
        let mut shown = None;
        loop {
            let Some(now) = self.job(job)? else { return Ok(Printed::Sent) };
            match now.state {
                PENDING | PROCESSING => {}
                COMPLETED => return Ok(Printed::Done),
                CANCELLED => return Err(Error::Cancelled),
                ABORTED => return Err(Error::Aborted),
                // pending-held, processing-stopped
                _ => return Err(self.state()?.fault.unwrap_or(Error::Stopped)),
            }
            let queue = self.state()?;
            let fault = watch.look(Instant::now(), now, queue.fault);
            if queue.stopped {
                return Err(queue.fault.unwrap_or(Error::Stopped));
            }
            if watch.is_over(Instant::now(), self.wait) {
                return Err(queue.fault.unwrap_or(Error::TimedOut));
            }
            if shown != fault {
                shown = fault;
                sees(fault);
            }
            sleep(LOOK_EVERY);
        }
    }
}

/// What has moved, and what stands in the way since when.
struct Watch {
    began: Instant,
    before: Option<Error>,
    job: Option<JobState>,
    moved: Instant,
    fault: Option<(Error, Instant)>,
}

impl Watch {
    fn new(before: Option<Error>) -> Self {
        let began = Instant::now();
        Self { began, before, job: None, moved: began, fault: None }
    }

    /// Notes what is seen now; the fault that a hand should look after.
    fn look(&mut self, at: Instant, job: JobState, fault: Option<Error>) -> Option<Error> {
        if self.job != Some(job) {
            (self.job, self.moved) = (Some(job), at);
        }
        self.fault = fault.map(|fault| match self.fault {
            Some((same, since)) if same == fault => (fault, since),
            _ => (fault, at),
        });
        // One that may be over, or a printer that is only being connected to.
        let may_pass = |fault| self.before == Some(fault) || fault == Error::Unreachable;
        fault.filter(|fault| !may_pass(*fault) || at - self.began >= OLD_FAULT_FOR)
    }

    /// Whether it is to be given up.
    fn is_over(&self, at: Instant, wait: Duration) -> bool {
        let stuck = match self.fault {
            // Nothing comes out of a printer that is off.
            Some((Error::Unreachable, _)) => at - self.moved >= OLD_FAULT_FOR,
            Some((_, since)) => at - self.moved.max(since) >= STUCK_FOR,
            None => false,
        };
        stuck || at - self.moved >= wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::SeededChance;

    const WAIT: Duration = Duration::from_secs(60);

    fn sheets(state: i32, sheets: i32) -> JobState {
        JobState { state, sheets }
    }

    /// A watch that is shown one thing a second: after how many it is over.
    fn over_after(before: Option<Error>, sees: impl Fn(u64) -> (i32, Option<Error>)) -> u64 {
        let mut watch = Watch::new(before);
        (0..)
            .find(|second| {
                let at = watch.began + Duration::from_secs(*second);
                let (out, fault) = sees(*second);
                watch.look(at, sheets(PROCESSING, out), fault);
                watch.is_over(at, WAIT)
            })
            .unwrap_or_default()
    }

    #[test]
    fn only_a_job_that_stands_still_is_given_up() {
        let empty = Some(Error::PaperOut);
        assert_eq!(over_after(None, |_| (0, empty)), 13);
        assert_eq!(over_after(None, |_| (0, None)), 60);
        assert_eq!(over_after(None, |_| (0, Some(Error::Unreachable))), 6);
        // A sheet every ten seconds until there are five.
        assert_eq!(over_after(None, |second| ((second / 10).min(5) as i32, empty)), 63);
        assert_eq!(over_after(None, |second| ((second / 50).min(2) as i32, None)), 160);
        // The fault came late, and another one later.
        let late = |second| match second {
            0..20 => None,
            20..30 => empty,
            _ => Some(Error::Jam),
        };
        assert_eq!(over_after(None, |second| (0, late(second))), 43);
    }

    #[test]
    fn a_fault_of_yesterday_is_shown_only_when_it_stays() {
        let mut watch = Watch::new(Some(Error::PaperOut));
        let begun = watch.began;
        let mut seen = |second, fault| {
            watch.look(begun + Duration::from_secs(second), sheets(PROCESSING, 0), Some(fault))
        };
        assert_eq!(seen(1, Error::PaperOut), None);
        assert_eq!(seen(2, Error::Unreachable), None);
        assert_eq!(seen(3, Error::Jam), Some(Error::Jam));
        assert_eq!(seen(6, Error::PaperOut), Some(Error::PaperOut));
        assert_eq!(seen(7, Error::Unreachable), Some(Error::Unreachable));
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
        let press = OpId::new(time::macros::datetime!(2026-11-24 9:00 +9), &SeededChance::new(1));
        let mut printer = CupsPrinter::new(queue);
        assert_eq!(printer.print(press, b"%PDF", &|_| ()), Err(Error::NoServer));
        assert_eq!(printer.left(&[press]), Err(Error::NoServer));
    }
}
