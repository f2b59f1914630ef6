//! Lays an emulated card on the virtual reader of a real pcscd.
//!
//! Debian's package `vsmartcard-vpcd` gives pcscd a reader that is a TCP port.
//! The card is the client: connected is present, closed is lifted. Every message
//! has two bytes of length before it, most significant first; one byte is for the
//! card's power, more is a command. For tests: whoever can reach that port can
//! present a forged card, so the package has no place on a counter.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream, ToSocketAddrs};
use std::os::linux::net::TcpStreamExt;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use super::emulator::{Card, Outcome};

/// An answer to reset that every driver accepts; it names no kind of card.
const ATR: &[u8] = &[0x3B, 0x80, 0x80, 0x01, 0x01];

/// Messages of one byte.
const POWER_OFF: u8 = 0x00;
const POWER_ON: u8 = 0x01;
const RESET: u8 = 0x02;
const GET_ATR: u8 = 0x04;

/// A card on the virtual reader. Dropping it lifts the card.
pub struct Inserted {
    stream: TcpStream,
    server: Option<JoinHandle<Card>>,
    lifted: mpsc::Receiver<()>,
}

/// Lays `card` on the reader behind `address`.
pub fn insert(card: Card, address: impl ToSocketAddrs) -> io::Result<Inserted> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    let mut wire = Wire { stream: stream.try_clone()?, card };
    let (report, lifted) = mpsc::channel();
    let server = thread::Builder::new().name("virtual card".to_owned()).spawn(move || {
        // Ends when the connection does; that is how a card leaves.
        let _ = wire.serve();
        let _ = wire.stream.shutdown(Shutdown::Both);
        wire.card.power_off();
        let _ = report.send(());
        wire.card
    })?;
    Ok(Inserted { stream, server: Some(server), lifted })
}

impl Inserted {
    /// Lifts the card, or takes the one that a fault or the end of pcscd lifted.
    pub fn remove(mut self) -> Card {
        self.lift();
        let server = self.server.take().expect("taken only here, and this consumes the card");
        server.join().expect("the virtual card does not panic")
    }

    /// Blocks until the card was lifted by a fault, or by the end of pcscd.
    pub fn wait_until_lifted(&self) {
        let _ = self.lifted.recv();
    }

    fn lift(&self) {
        // It may be closed already.
        let _ = self.stream.shutdown(Shutdown::Both);
    }
}

impl Drop for Inserted {
    fn drop(&mut self) {
        self.lift();
    }
}

/// The card's end of the connection.
struct Wire {
    stream: TcpStream,
    card: Card,
}

impl Wire {
    fn serve(&mut self) -> io::Result<()> {
        loop {
            let message = self.receive()?;
            match message.as_slice() {
                [POWER_OFF] => self.card.power_off(),
                [POWER_ON] => {}
                [RESET] => self.card.warm_reset(),
                [GET_ATR] => self.send(ATR)?,
                command => match self.card.transmit(command) {
                    Outcome::Answer(answer) => self.send(&answer)?,
                    // The driver has no word for a failed exchange that leaves the
                    // card there, so this too is a card that goes.
                    Outcome::Removed | Outcome::Lost => return Ok(()),
                    Outcome::Stalled => return self.wait_for_the_end(),
                },
            }
        }
    }

    fn receive(&mut self) -> io::Result<Vec<u8>> {
        let mut length = [0; 2];
        self.stream.read_exact(&mut length)?;
        // The driver sends length and payload apart, and Nagle holds the payload
        // back until the length is acknowledged: 40 ms each time. The flag does
        // not last, so it is set again for every message.
        self.stream.set_quickack(true)?;
        let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
        self.stream.read_exact(&mut message)?;
        Ok(message)
    }

    /// One write for each reply, for the same reason.
    fn send(&mut self, payload: &[u8]) -> io::Result<()> {
        let length = u16::try_from(payload.len()).map_err(io::Error::other)?;
        self.stream.write_all(&[&length.to_be_bytes(), payload].concat())
    }

    /// Silent until the connection is closed.
    fn wait_for_the_end(&mut self) -> io::Result<()> {
        while self.stream.read(&mut [0; 64])? > 0 {}
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;
    use crate::demo::example;

    fn send(stream: &mut TcpStream, payload: &[u8]) {
        stream.write_all(&(payload.len() as u16).to_be_bytes()).unwrap();
        stream.write_all(payload).unwrap();
    }

    fn receive(stream: &mut TcpStream) -> Vec<u8> {
        let mut length = [0; 2];
        stream.read_exact(&mut length).unwrap();
        let mut payload = vec![0; usize::from(u16::from_be_bytes(length))];
        stream.read_exact(&mut payload).unwrap();
        payload
    }

    #[test]
    fn a_card_answers_power_and_commands_over_the_wire_and_comes_back_when_lifted() {
        let reader = TcpListener::bind("127.0.0.1:0").unwrap();
        let inserted = insert(example::my_number(), reader.local_addr().unwrap()).unwrap();
        let (mut stream, _) = reader.accept().unwrap();
        send(&mut stream, &[POWER_ON]);
        send(&mut stream, &[GET_ATR]);
        assert_eq!(receive(&mut stream), ATR);
        send(&mut stream, b"\x00\xA4\x04\x0C\x0A\xD3\x92\x10\x00\x31\x00\x01\x01\x04\x08");
        assert_eq!(receive(&mut stream), [0x90, 0x00]);
        send(&mut stream, b"\x00\xA4\x04\x0C\x0A\xD3");
        assert_eq!(receive(&mut stream), [0x67, 0x00]);
        let card = inserted.remove();
        assert_eq!(card.pin_tries_left(), Some(3));
        assert_eq!(stream.read(&mut [0]).unwrap(), 0);
    }
}
