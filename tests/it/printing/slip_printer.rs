//! A slip printer at a port: takes ESC/POS and answers how it is.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// How the printer is.
#[derive(Clone, Copy)]
pub enum Health {
    Well,
    PaperOut,
    CoverOpen,
}

impl Health {
    /// The answers to DLE EOT 2 and 4.
    fn answer(self, question: u8) -> u8 {
        match (self, question) {
            (Health::CoverOpen, 2) => 0x16,
            (Health::PaperOut, 2) => 0x32,
            (Health::PaperOut, 4) => 0x72,
            _ => 0x12,
        }
    }
}

struct Inside {
    health: Health,
    printed: Vec<Vec<u8>>,
}

/// A running printer. Its thread ends with the test.
pub struct PaperPrinter {
    pub address: String,
    inside: Arc<Mutex<Inside>>,
}

impl PaperPrinter {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let inside = Arc::new(Mutex::new(Inside { health: Health::Well, printed: Vec::new() }));
        let own = inside.clone();
        thread::spawn(move || listener.incoming().for_each(|line| serve(line.unwrap(), &own)));
        Self { address, inside }
    }

    pub fn is(&self, health: Health) {
        self.inside.lock().unwrap().health = health;
    }

    /// The slips that were cut off.
    pub fn printed(&self) -> Vec<Vec<u8>> {
        self.inside.lock().unwrap().printed.clone()
    }
}

/// One connection: everything that is no question is printed, at its cut.
fn serve(mut line: TcpStream, inside: &Mutex<Inside>) {
    let (mut received, mut piece) = (Vec::new(), [0; 1024]);
    while let Ok(count @ 1..) = line.read(&mut piece) {
        received.extend(&piece[..count]);
        while let Some((question, at)) = asked(&received) {
            let mut inside = inside.lock().unwrap();
            let before: Vec<u8> = received.drain(..at).collect();
            if !before.is_empty() {
                inside.printed.push(before);
            }
            received.drain(..3);
            let answer = match question {
                [0x10, _, which] => inside.health.answer(which),
                _ => 0,
            };
            line.write_all(&[answer]).unwrap();
        }
    }
}

/// The first question that was received whole: DLE EOT n or GS r n.
fn asked(received: &[u8]) -> Option<([u8; 3], usize)> {
    let questions = received.windows(3).enumerate();
    let mut questions =
        questions.filter(|(_, three)| matches!(three, [0x10, 0x04, _] | [0x1D, b'r', _]));
    questions.next().map(|(at, three)| (three.try_into().unwrap(), at))
}
