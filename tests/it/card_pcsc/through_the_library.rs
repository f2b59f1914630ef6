//! The PC/SC reader on its thread, as the kiosk uses it.

use std::io::Write;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use madoguchi::card::emulator::fixtures;
use madoguchi::card::pcsc::PcscReader;
use madoguchi::card::{CardReader, Error, Pin, Presence, ReaderThread, Reading, Secret};

use super::purse::my_number;
use super::rig::{PATIENCE, hold, with_pcscd};

fn pin(digits: &str) -> Secret {
    Secret::Pin(Pin::new(digits).unwrap())
}

fn started(watchdog: Duration) -> ReaderThread {
    ReaderThread::start(Box::new(PcscReader::new(None)), watchdog).unwrap()
}

fn tap(thread: &ReaderThread, digits: &str) -> Result<Reading, Error> {
    let probe = thread.probe()?;
    thread.read(probe.tap, pin(digits), false)
}

fn is_card(presence: Presence) -> bool {
    matches!(presence, Presence::Card(_))
}

#[test]
fn a_wedged_reader_recovers_when_the_card_is_lifted() {
    with_pcscd(|rig| {
        let thread = started(Duration::from_secs(1));
        let inserted = rig.insert(fixtures::stalls_at(my_number(), 2));
        assert_eq!(thread.probe(), Err(Error::Silent));
        assert_eq!(thread.presence(), Presence::Wedged);
        assert_eq!(thread.probe(), Err(Error::Silent));
        let card = inserted.remove();
        rig.wait_until_shown(&thread, |presence| presence == Presence::Empty);
        let _inserted = rig.insert(card);
        rig.wait_until_shown(&thread, is_card);
        assert!(tap(&thread, "1234").is_ok());
    });
}

#[test]
fn a_restarted_pcscd_is_found_again() {
    with_pcscd(|rig| {
        let thread = started(ReaderThread::WATCHDOG);
        let inserted = rig.insert(my_number());
        rig.wait_until_shown(&thread, is_card);
        let before = thread.probe().unwrap();
        rig.stop_pcscd();
        rig.wait_until_shown(&thread, |presence| presence == Presence::ServiceGone);
        assert_eq!(thread.probe(), Err(Error::ServiceGone));
        let card = inserted.remove();
        rig.start_pcscd();
        rig.wait_until_shown(&thread, |presence| presence == Presence::Empty);
        let _inserted = rig.insert(card);
        rig.wait_until_shown(&thread, is_card);
        // What was agreed about the card before does not hold any more.
        assert_eq!(thread.read(before.tap, pin("1234"), false), Err(Error::CardChanged));
        assert!(tap(&thread, "1234").is_ok());
    });
}

#[test]
fn lifting_a_card_and_laying_it_down_again_is_another_tap() {
    with_pcscd(|rig| {
        let thread = started(ReaderThread::WATCHDOG);
        let inserted = rig.insert(my_number());
        let first = thread.probe().unwrap();
        assert_eq!(thread.probe().unwrap().tap, first.tap);
        let inserted = rig.insert(inserted.remove());
        assert_eq!(thread.read(first.tap, pin("9999"), false), Err(Error::CardChanged));
        assert_eq!(inserted.remove().pin_tries_left(), Some(3));
    });
}

#[test]
fn a_card_is_closed_again_however_a_reading_ended() {
    with_pcscd(|rig| {
        let thread = started(ReaderThread::WATCHDOG);
        let _inserted = rig.insert(my_number());
        for digits in ["1234", "9999"] {
            let _ = tap(&thread, digits);
            let mut card = hold().unwrap();
            for (command, status) in [
                (
                    b"\x00\xA4\x04\x0C\x0A\xD3\x92\x10\x00\x31\x00\x01\x01\x04\x08".as_slice(),
                    0x9000,
                ),
                (b"\x00\xA4\x02\x0C\x02\x00\x02", 0x9000),
                (b"\x00\xB0\x00\x00\x00", 0x6982_u16),
            ] {
                assert_eq!(card.transmit(command).unwrap(), status.to_be_bytes(), "{digits}");
            }
            card.power_off();
        }
    });
}

/// Tells whenever the reader was found busy, from now on. One test is one process
/// here, so the log is its own.
fn busy_in_the_log() -> mpsc::Receiver<()> {
    struct Watched(mpsc::Sender<()>);

    impl Write for Watched {
        fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
            if String::from_utf8_lossy(line).contains("another program holds the card") {
                // Whoever listened may have heard enough.
                let _ = self.0.send(());
            }
            Ok(line.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    let (told, busy) = mpsc::channel();
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::DEBUG)
        .with_writer(move || Watched(told.clone()))
        .init();
    busy
}

#[test]
fn another_program_that_lets_go_soon_is_waited_for() {
    with_pcscd(|rig| {
        let thread = started(ReaderThread::WATCHDOG);
        let _inserted = rig.insert(my_number());
        let mut held = hold().unwrap();
        assert_eq!(thread.probe(), Err(Error::ReaderBusy));
        let busy = busy_in_the_log();
        let other_program = std::thread::spawn(move || {
            busy.recv_timeout(PATIENCE).unwrap();
            held.power_off();
        });
        assert!(thread.probe().is_ok());
        other_program.join().unwrap();
    });
}

#[test]
fn a_reading_costs_milliseconds_and_not_forty_for_each_command() {
    with_pcscd(|rig| {
        let thread = started(ReaderThread::WATCHDOG);
        let _inserted = rig.insert(my_number());
        let probe = thread.probe().unwrap();
        let mut times: Vec<Duration> = (0..50)
            .map(|_| {
                let started = Instant::now();
                thread.read(probe.tap, pin("1234"), false).unwrap();
                started.elapsed()
            })
            .collect();
        times.sort();
        println!("p50 {:?} p95 {:?} of 50 readings", times[25], times[47]);
        let mut reader = PcscReader::new(None);
        let looks = Instant::now();
        for _ in 0..100 {
            reader.tap().unwrap();
        }
        println!("a look at the reader costs {:?}", looks.elapsed() / 100);
        // Six commands with the trap cost 240 ms and more.
        assert!(times[25] < Duration::from_millis(120), "{times:?}");
    });
}
