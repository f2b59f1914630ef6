//! One thread per printer: what prints blocks, and nobody else waits for it.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::{Error, Printed, Printer};

/// Papers that may wait for one printer.
const WAITING_MAX: usize = 8;

/// A printer and its thread, which ends when the last clone is dropped.
#[derive(Clone)]
pub struct PrinterThread(SyncSender<Job>);

struct Job {
    document: Vec<u8>,
    /// A paper whose turn does not come by then is given up.
    until: Instant,
    done: oneshot::Sender<Result<Printed, Error>>,
}

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
    pub async fn print(&self, document: Vec<u8>) -> Result<Printed, Error> {
        let (done, outcome) = oneshot::channel();
        let until = Instant::now() + Self::TURN_WITHIN;
        match self.0.try_send(Job { document, until, done }) {
            Ok(()) => outcome.await.unwrap_or(Err(Error::Fault)),
            Err(TrySendError::Full(_)) => Err(Error::Busy),
            Err(TrySendError::Disconnected(_)) => Err(Error::Fault),
        }
    }
}

fn work(mut printer: Box<dyn Printer>, todo: &Receiver<Job>) {
    for job in todo {
        let late = Instant::now() >= job.until;
        let outcome = if late { Err(Error::Busy) } else { printer.print(&job.document) };
        // Whoever asked may be gone; it is printed all the same.
        let _ = job.done.send(outcome);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// Prints when it is told to.
    struct Held(mpsc::Receiver<Result<Printed, Error>>);

    impl Printer for Held {
        fn print(&mut self, _: &[u8]) -> Result<Printed, Error> {
            self.0.recv().unwrap()
        }
    }

    #[tokio::test]
    async fn everyone_gets_the_outcome_of_their_own_paper_and_the_line_has_an_end() {
        let (tell, told) = mpsc::channel();
        let thread = PrinterThread::start(Box::new(Held(told))).unwrap();
        let print = || {
            let thread = thread.clone();
            tokio::spawn(async move { thread.print(Vec::new()).await })
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
