//! A slip printer that takes ESC/POS, by network or by cable.

use std::io;
use std::time::{Duration, Instant};

use super::status::{self, ASK_IN_TURN, ASK_NOW, FORGET};
use super::wire::{Address, Line};
use super::{Error, Printed, Printer};
use crate::id::OpId;

/// A printer answers DLE EOT within milliseconds, also while it prints.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);
/// How often it is asked why it does not go on.
const ASK_EVERY: Duration = Duration::from_millis(500);

/// Prints bytes of ESC/POS.
pub struct SlipPrinter {
    pub address: Address,
    /// Whether it can be asked. One that answers and is silent is out of order;
    /// one that cannot is believed.
    pub answers: bool,
    /// From sending to giving up.
    pub wait: Duration,
}

impl Printer for SlipPrinter {
    fn print(
        &mut self,
        _: OpId,
        document: &[u8],
        _: &dyn Fn(Option<Error>),
    ) -> Result<Printed, Error> {
        let until = Instant::now() + self.wait;
        let mut line = self.address.open(self.answers).map_err(|error| {
            tracing::warn!(%error, "a slip printer cannot be reached");
            Error::Unreachable
        })?;
        if !self.answers {
            line.send(document, until).map_err(of_line)?;
            return Ok(Printed::Sent);
        }
        if let Some(fault) = how_is_it(&mut line)? {
            return Err(fault);
        }
        let printed = printed(&mut line, document, until);
        if printed.is_err() {
            // What it holds would come out when it gets paper. A printer that is
            // away holds nothing.
            let _ = line.send(FORGET, Instant::now() + ANSWER_WITHIN);
        }
        printed.map(|()| Printed::Done)
    }
}

/// Sends, and waits until the printer came to the end of it.
fn printed(line: &mut Line, document: &[u8], until: Instant) -> Result<(), Error> {
    line.send(document, until).map_err(of_line)?;
    line.send(ASK_IN_TURN, until).map_err(of_line)?;
    loop {
        match line.answer((Instant::now() + ASK_EVERY).min(until)) {
            // Bits 2 and 3: the paper ended with this slip.
            Ok(byte) if status::is_in_turn(byte) && byte & 0b1100 == 0b1100 => {
                return Err(Error::PaperOut);
            }
            Ok(byte) if status::is_in_turn(byte) => return Ok(()),
            Ok(_) => {}
            Err(error) if error.kind() != io::ErrorKind::TimedOut => return Err(of_line(error)),
            Err(_) if Instant::now() >= until => return Err(Error::TimedOut),
            Err(_) => match how_it_goes_on(line)? {
                Next::InTurn => return Ok(()),
                Next::Fault(fault) => return Err(fault),
                Next::Waits => {}
            },
        }
    }
}

/// What came of asking in the middle of a job.
enum Next {
    /// It came to the end meanwhile.
    InTurn,
    Fault(Error),
    Waits,
}

/// The fault that a printer tells before anything is sent.
fn how_is_it(line: &mut Line) -> Result<Option<Error>, Error> {
    match how_it_goes_on(line)? {
        Next::Fault(fault) => Ok(Some(fault)),
        Next::InTurn | Next::Waits => Ok(None),
    }
}

fn how_it_goes_on(line: &mut Line) -> Result<Next, Error> {
    let until = Instant::now() + ANSWER_WITHIN;
    let mut answers = [0; 2];
    for (question, answer) in ASK_NOW.iter().zip(&mut answers) {
        line.send(question, until).map_err(of_line)?;
        loop {
            let byte = line.answer(until).map_err(|_| Error::Unreachable)?;
            if status::is_now(byte) {
                *answer = byte;
                break;
            }
            if status::is_in_turn(byte) {
                return Ok(Next::InTurn);
            }
        }
    }
    Ok(status::fault(answers).map_or(Next::Waits, Next::Fault))
}

fn of_line(error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::TimedOut => Error::TimedOut,
        _ => Error::Unreachable,
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};
    use std::thread::{self, JoinHandle};

    use super::*;

    /// A printer at a port of its own, played by `play`.
    fn printer<T: Send + 'static>(
        play: impl FnOnce(TcpStream) -> T + Send + 'static,
    ) -> (SlipPrinter, JoinHandle<T>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = Address::Tcp(listener.local_addr().unwrap().to_string());
        let playing = thread::spawn(move || play(listener.accept().unwrap().0));
        (SlipPrinter { address, answers: true, wait: Duration::from_secs(5) }, playing)
    }

    fn print(slip: &mut SlipPrinter) -> Result<Printed, Error> {
        let at = time::macros::datetime!(2026-11-24 9:00 +9);
        slip.print(OpId::new(at, &crate::chance::SeededChance::new(1)), b"slip", &|_| ())
    }

    fn heard(line: &mut TcpStream, bytes: &[u8]) {
        let mut heard = vec![0; bytes.len()];
        line.read_exact(&mut heard).unwrap();
        assert_eq!(heard, bytes);
    }

    fn asked_now(line: &mut TcpStream, answers: [u8; 2]) {
        for (question, answer) in ASK_NOW.iter().zip(answers) {
            heard(line, question);
            line.write_all(&[answer]).unwrap();
        }
    }

    #[test]
    fn a_slip_is_printed_when_the_printer_came_to_its_end() {
        let (mut slip, playing) = printer(|mut line| {
            asked_now(&mut line, [0x12, 0x12]);
            heard(&mut line, b"slip");
            heard(&mut line, ASK_IN_TURN);
            // It is still printing.
            asked_now(&mut line, [0x12, 0x1E]);
            line.write_all(&[0x03]).unwrap();
        });
        assert_eq!(print(&mut slip), Ok(Printed::Done));
        playing.join().unwrap();
    }

    #[test]
    fn without_paper_nothing_is_sent() {
        let (mut slip, playing) = printer(|mut line| {
            asked_now(&mut line, [0x32, 0x72]);
            line.read_to_end(&mut Vec::new()).unwrap()
        });
        assert_eq!(print(&mut slip), Err(Error::PaperOut));
        assert_eq!(playing.join().unwrap(), 0);
    }

    #[test]
    fn what_stands_in_the_printer_when_the_paper_ends_is_thrown_away() {
        let (mut slip, playing) = printer(|mut line| {
            asked_now(&mut line, [0x12, 0x12]);
            heard(&mut line, b"slip");
            heard(&mut line, ASK_IN_TURN);
            asked_now(&mut line, [0x32, 0x72]);
            heard(&mut line, FORGET);
        });
        assert_eq!(print(&mut slip), Err(Error::PaperOut));
        playing.join().unwrap();
    }

    #[test]
    fn a_printer_that_answers_and_is_silent_is_out_of_order() {
        let (mut slip, playing) = printer(|mut line| line.read_to_end(&mut Vec::new()).unwrap());
        assert_eq!(print(&mut slip), Err(Error::Unreachable));
        assert_eq!(playing.join().unwrap(), ASK_NOW[0].len());
    }

    #[test]
    fn a_printer_that_cannot_answer_is_believed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("lp0");
        std::fs::write(&file, "before ").unwrap();
        let address = Address::Device(file.clone());
        let mut slip = SlipPrinter { address, answers: false, wait: Duration::from_secs(1) };
        assert_eq!(print(&mut slip), Ok(Printed::Sent));
        assert_eq!(std::fs::read(&file).unwrap(), b"before slip");
        slip.address = Address::Device(folder.path().join("lp1"));
        assert_eq!(print(&mut slip), Err(Error::Unreachable), "no file is made up");
    }
}
