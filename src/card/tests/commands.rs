//! What is sent to a card, and what never is.

use std::sync::{Arc, Mutex};

use super::*;

#[test]
fn no_way_through_this_room_touches_the_personal_number() {
    for (id, card) in example::cards() {
        for secret in [
            || pin("1234"),
            || pin("9999"),
            || number_b(FACE),
            || number_b(ANOTHER_FACE),
            || Secret::None,
        ] {
            for consent in [false, true] {
                let (mut reader, slot) = reader_with(card.clone());
                let _ = tap(&mut reader, secret(), consent);
                let touched = slot.look(|card| card.unwrap().personal_number_was_touched());
                assert!(!touched, "{id}");
            }
        }
    }
}

/// Notes every command on its way to the card.
struct NotingReader(VirtualReader, Arc<Mutex<Vec<Vec<u8>>>>);

struct NotingLink(Box<dyn CardLink>, Arc<Mutex<Vec<Vec<u8>>>>);

impl CardReader for NotingReader {
    fn name(&self) -> String {
        self.0.name()
    }

    fn tap(&mut self) -> Result<Option<Tap>, LinkError> {
        self.0.tap()
    }

    fn connect(&mut self) -> Result<Box<dyn CardLink>, LinkError> {
        Ok(Box::new(NotingLink(self.0.connect()?, self.1.clone())))
    }
}

impl CardLink for NotingLink {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkError> {
        self.1.lock().unwrap().push(command.to_vec());
        self.0.transmit(command)
    }

    fn power_off(&mut self) {
        self.0.power_off();
    }
}

/// The commands of one reading, after the probe.
fn commands_of(card: Card, digits: &str) -> Vec<Vec<u8>> {
    let noted = Arc::new(Mutex::new(Vec::new()));
    let mut reader = NotingReader(reader_with(card).0, noted.clone());
    let tap = probe(&mut reader).unwrap().tap;
    noted.lock().unwrap().clear();
    let _ = read(&mut reader, tap, pin(digits), false);
    std::mem::take(&mut noted.lock().unwrap())
}

#[test]
fn a_my_number_card_is_read_with_six_commands_and_no_other() {
    let expected: [&[u8]; 6] = [
        b"\x00\xA4\x04\x0C\x0A\xD3\x92\x10\x00\x31\x00\x01\x01\x04\x08",
        b"\x00\xA4\x02\x0C\x02\x00\x11",
        b"\x00\x20\x00\x80",
        b"\x00\x20\x00\x80\x041234",
        b"\x00\xA4\x02\x0C\x02\x00\x02",
        b"\x00\xB0\x00\x00\x00",
    ];
    assert_eq!(commands_of(my_number(), "1234"), expected);
}

#[test]
fn a_secret_is_presented_once_and_right_after_the_counter_was_asked() {
    let is_verify = |command: &[u8]| command[1] == 0x20;
    for (card, digits) in [(my_number(), "9999"), (licence(), "5678"), (licence(), "9999")] {
        let commands = commands_of(card, digits);
        let first = commands.iter().position(|command| is_verify(command)).unwrap();
        assert_eq!((commands[first].len(), commands[first + 1].len()), (4, 9));
        assert_eq!(commands.iter().filter(|command| is_verify(command)).count(), 2);
    }
}

#[test]
fn the_most_talkative_log_holds_no_digit_of_a_pin_and_nothing_of_a_person() {
    // While there is only one subscriber, a test on another thread that is the
    // first to pass a line of the log switches that line off for everybody.
    let _second = tracing::Dispatch::new(tracing::subscriber::NoSubscriber::default());
    let log = tempfile::NamedTempFile::new().unwrap();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .without_time()
        .with_writer(Arc::new(log.reopen().unwrap()))
        .finish();
    let persona =
        emulator::MyNumber { pin: "7391".to_owned(), ..purse("shiken-hanako.1").my_number() };
    tracing::subscriber::with_default(subscriber, || {
        assert!(tap_card(Card::my_number(&persona), pin("7391")).is_ok());
        assert!(tap_card(Card::my_number(&persona), pin("7392")).is_err());
    });
    let log = std::fs::read_to_string(log.path()).unwrap();
    assert!(log.contains("instruction=20 status=9000"), "{log}");
    for hidden in ["739", "37 33", "3733", "55, 51", "花子", "みほん", "1993"] {
        assert!(!log.contains(hidden), "{hidden} in {log}");
    }
}
