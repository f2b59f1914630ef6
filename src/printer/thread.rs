//! One thread per printer: what prints blocks, and nobody else waits for it.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::{Error, Printed, Printer};
use crate::id::OpId;

/// Papers that may wait for one printer.
const WAITING_MAX: usize = 8;

/// How long to wait before what could not be removed is tried again: at first, and
/// at most.
const PAUSE_MIN: Duration = Duration::from_secs(1);
const PAUSE_MAX: Duration = Duration::from_secs(60);

/// A printer and its thread, which ends when the last clone is dropped.
#[derive(Clone)]
pub struct PrinterThread(SyncSender<Job>);

/// What is asked of a printer, and where the answer goes.
enum Job {
    Print {
        press: OpId,
        document: Vec<u8>,
        /// A paper whose turn does not come by then is given up.
        until: Instant,
        sees: Sees,
        done: oneshot::Sender<Result<Printed, Error>>,
    },
    Left {
        presses: Vec<OpId>,
        told: oneshot::Sender<Result<Vec<Result<Printed, Error>>, Error>>,
    },
}

/// Hears what stands in the way of a paper.
type Sees = Box<dyn Fn(Option<Error>) + Send>;

impl PrinterThread {
    /// Longest time a paper waits for those before it.
    pub const TURN_WITHIN: Duration = Duration::from_secs(60);

    /// Starts the thread of `printer`. Fails only if the system refuses a thread.
    pub fn start(printer: Box<dyn Printer>) -> std::io::Result<Self> {
        let (jobs, todo) = sync_channel(WAITING_MAX);
        std::thread::Builder::new()
            .name("printer".to_owned())
            .spawn(move || work(printer, &todo))?;
        Ok(Self(jobs))
    }

    /// Prints a document when it is its turn.
    ///
    /// # Errors
    /// [`Error`]; [`Error::Busy`] when too much waits for this printer.
    pub async fn print(
        &self,
        press: OpId,
        document: Vec<u8>,
        sees: impl Fn(Option<Error>) + Send + 'static,
    ) -> Result<Printed, Error> {
        let (done, outcome) = oneshot::channel();
        let (until, sees) = (Instant::now() + Self::TURN_WITHIN, Box::new(sees));
        self.ask(Job::Print { press, document, until, sees, done })?;
        outcome.await.unwrap_or(Err(Error::Fault))
    }

    /// [`Printer::left`], when it is its turn.
    ///
    /// # Errors
    /// [`Error`] when that cannot be told now.
    pub async fn left(&self, presses: Vec<OpId>) -> Result<Vec<Result<Printed, Error>>, Error> {
        let (told, answer) = oneshot::channel();
        self.ask(Job::Left { presses, told })?;
        answer.await.unwrap_or(Err(Error::Fault))
    }

    fn ask(&self, job: Job) -> Result<(), Error> {
        self.0.try_send(job).map_err(|refused| match refused {
            TrySendError::Full(_) => Error::Busy,
            TrySendError::Disconnected(_) => Error::Fault,
        })
    }
}

/// One job after the other; in between, with growing pauses, what was left behind
/// is removed.
fn work(mut printer: Box<dyn Printer>, todo: &Receiver<Job>) {
    let (mut is_tidy, mut pause) = (true, PAUSE_MIN);
    loop {
        let next = match is_tidy {
            true => todo.recv().map_err(|_| RecvTimeoutError::Disconnected),
            false => todo.recv_timeout(pause),
        };
        match next {
            Ok(job) => {
                run(&mut *printer, job);
                pause = PAUSE_MIN;
            }
            Err(RecvTimeoutError::Timeout) => pause = PAUSE_MAX.min(pause * 2),
            // What is left behind now, the next start finds.
            Err(RecvTimeoutError::Disconnected) => return,
        }
        is_tidy = printer.tidy();
    }
}

/// Whoever asked may be gone; it is done all the same.
fn run(printer: &mut dyn Printer, job: Job) {
    match job {
        Job::Print { until, done, .. } if Instant::now() >= until => {
            let _ = done.send(Err(Error::Busy));
        }
        Job::Print { press, document, sees, done, .. } => {
            let _ = done.send(printer.print(press, &document, &*sees));
        }
        Job::Left { presses, told } => {
            let _ = told.send(printer.left(&presses));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// Prints when it is told to.
    struct Held(mpsc::Receiver<Result<Printed, Error>>);

    impl Printer for Held {
        fn print(
            &mut self,
            _: OpId,
            _: &[u8],
            _: &dyn Fn(Option<Error>),
        ) -> Result<Printed, Error> {
            self.0.recv().unwrap()
        }
    }

    /// Leaves something behind that can be removed at the fourth time.
    struct Littering {
        tries: u32,
        tried: mpsc::Sender<u32>,
    }

    impl Printer for Littering {
        fn print(
            &mut self,
            _: OpId,
            _: &[u8],
            _: &dyn Fn(Option<Error>),
        ) -> Result<Printed, Error> {
            Ok(Printed::Done)
        }

        fn tidy(&mut self) -> bool {
            self.tries += 1;
            self.tried.send(self.tries).unwrap();
            self.tries == 4
        }
    }

    #[tokio::test]
    async fn what_cannot_be_removed_is_tried_again_until_it_can_though_nobody_prints() {
        let (tell, tried) = mpsc::channel();
        let littering = Littering { tries: 0, tried: tell };
        let thread = PrinterThread::start(Box::new(littering)).unwrap();
        let at = time::macros::datetime!(2026-11-24 9:00 +9);
        let press = OpId::new(at, &crate::chance::SeededChance::new(1));
        assert_eq!(thread.print(press, Vec::new(), |_| ()).await, Ok(Printed::Done));
        let times: Vec<u32> = tried.iter().take(4).collect();
        assert_eq!(times, [1, 2, 3, 4]);
        // Then it rests until somebody prints: the thread ends without another try.
        drop(thread);
        assert_eq!(tried.iter().next(), None);
    }

    #[tokio::test]
    async fn everyone_gets_the_outcome_of_their_own_paper_and_the_line_has_an_end() {
        let (tell, told) = mpsc::channel();
        let thread = PrinterThread::start(Box::new(Held(told))).unwrap();
        let at = time::macros::datetime!(2026-11-24 9:00 +9);
        let press = OpId::new(at, &crate::chance::SeededChance::new(1));
        let print = || {
            let thread = thread.clone();
            tokio::spawn(async move { thread.print(press, Vec::new(), |_| ()).await })
        };
        let first = print();
        let mut waiting = Vec::new();
        // One is printed, eight wait; the order in which they came is the tasks'.
        for _ in 0..=WAITING_MAX + 1 {
            waiting.push(print());
        }
        let refused = loop {
            tokio::task::yield_now().await;
            if let Some(at) = waiting.iter().position(|one| one.is_finished()) {
                break waiting.swap_remove(at);
            }
        };
        assert_eq!(refused.await.unwrap(), Err(Error::Busy));
        tell.send(Err(Error::PaperOut)).unwrap();
        assert_eq!(first.await.unwrap(), Err(Error::PaperOut));
        for _ in &waiting {
            tell.send(Ok(Printed::Done)).unwrap();
        }
        for one in waiting {
            assert!(matches!(one.await.unwrap(), Ok(Printed::Done) | Err(Error::Busy)));
        }
    }
}
