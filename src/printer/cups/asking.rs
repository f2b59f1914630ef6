//! The questions a queue is asked.

use std::io;
use std::net::{TcpStream, ToSocketAddrs};
use std::os::unix::net::UnixStream;
use std::thread::sleep;
use std::time::Instant;

use super::said::{CANCELLED, JobState, QueueState};
use super::{ANSWER_WITHIN, CupsQueue, CupsServer, LOOK_EVERY};
use crate::id::OpId;
use crate::printer::Error;
use crate::printer::ipp::{Answer, NOT_AUTHENTICATED, Operation, Request, Tag};

/// client-error-not-possible: the job ended before.
const NOT_POSSIBLE: u16 = 0x0404;

/// What the names of our jobs begin with; the press follows.
const NAME: &str = "madoguchi-";

/// A job of ours that CUPS knows.
pub(super) struct Job {
    pub id: i32,
    pub press: OpId,
    pub state: JobState,
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

    pub(super) fn state(&self) -> Result<QueueState, Error> {
        let request =
            Request::new(Operation::GetPrinterAttributes, ("printer-uri", &self.uri()), Self::USER);
        let wanted = request.with_all("requested-attributes", &QueueState::WANTED);
        Ok(QueueState::of(&self.ask(wanted, &[])?))
    }

    /// Hands the document over; gives the job's number.
    pub(super) fn send(&self, press: OpId, document: &[u8]) -> Result<i32, Error> {
        let about = ("printer-uri", &*self.uri());
        let mut request = Request::new(Operation::PrintJob, about, Self::USER)
            .with(Tag::Name, "job-name", format!("{NAME}{press}").as_bytes())
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

    /// How far a job is; `None` when it is gone.
    pub(super) fn job(&self, job: i32) -> Result<Option<JobState>, Error> {
        let request = self.about_job(Operation::GetJobAttributes, job);
        match self.ask(request.with_all("requested-attributes", &JobState::WANTED), &[]) {
            Ok(answer) => Ok(JobState::of(&answer)),
            Err(Error::NoQueue) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The jobs of ours that CUPS knows, ended or not.
    pub(super) fn jobs(&self) -> Result<Vec<Job>, Error> {
        // CUPS 2.4 has an ended job's name on disk only, and reads it for who asks for
        // something else that is there, too.
        let wanted = ["job-id", "job-name", "job-state", "job-uuid"];
        let request = Request::new(Operation::GetJobs, ("printer-uri", &self.uri()), Self::USER)
            .with(Tag::Boolean, "my-jobs", &[1])
            .with(Tag::Keyword, "which-jobs", b"all")
            .with_all("requested-attributes", &wanted);
        let told = self.ask(request, &[])?;
        let job = |one: &Answer| {
            let press = one.words("job-name").next()?.strip_prefix(NAME)?.parse().ok()?;
            Some(Job { id: one.number("job-id")?, press, state: JobState::of(one)? })
        };
        Ok(told.of_jobs().iter().filter_map(job).collect())
    }

    /// Cancels a job and sees it end: how, or `None` where it had ended and is
    /// gone. Purged while it still runs, it would leave its control file behind.
    pub(super) fn cancel(&self, job: i32) -> Result<Option<i32>, Error> {
        let gone_is = match self.ask(self.about_job(Operation::CancelJob, job), &[]) {
            Ok(_) => Some(CANCELLED),
            // It ended by itself meanwhile.
            Err(Error::Refused(NOT_POSSIBLE) | Error::NoQueue) => None,
            Err(error) => return Err(error),
        };
        let until = Instant::now() + ANSWER_WITHIN;
        loop {
            match self.job(job)? {
                None => return Ok(gone_is),
                Some(now) if now.has_ended() => return Ok(Some(now.state)),
                Some(_) if Instant::now() >= until => return Err(Error::TimedOut),
                Some(_) => sleep(LOOK_EVERY),
            }
        }
    }

    /// Removes what CUPS keeps of a job that ended.
    ///
    /// # Errors
    /// [`Error::Busy`] while the printer's driver is at it still: CUPS says yes, and
    /// keeps its notes about the job until it is asked once more.
    pub(super) fn purge(&self, job: i32) -> Result<(), Error> {
        let request = self.about_job(Operation::CancelJob, job);
        match self.ask(request.with(Tag::Boolean, "purge-job", &[1]), &[]) {
            Ok(_) => match self.job(job)? {
                None => Ok(()),
                Some(_) => Err(Error::Busy),
            },
            Err(Error::NoQueue) => Ok(()),
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
