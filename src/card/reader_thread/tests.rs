//! Silent cards, lost readers and panics, on the in-process reader.

use super::*;
use crate::card::emulator::{Card, VirtualReader, VirtualSlot, fixtures};
use crate::card::link::CardLink;
use crate::card::pin::Pin;
use crate::demo::example::{licence, my_number};

const SHORT: Duration = Duration::from_millis(250);

fn pin() -> Secret {
    Secret::Pin(Pin::new("1234").unwrap())
}

fn started(card: Card, watchdog: Duration) -> (ReaderThread, VirtualSlot) {
    let (reader, slot) = VirtualReader::new();
    slot.insert(card);
    (ReaderThread::start(Box::new(reader), watchdog).unwrap(), slot)
}

/// Blocks until `wanted` is seen.
fn wait_for(thread: &ReaderThread, wanted: impl Fn(Presence) -> bool) {
    let mut watch = thread.watch();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let seen = async {
        let wait = watch.wait_for(|presence| wanted(*presence));
        tokio::time::timeout(Duration::from_secs(10), wait).await.map(|_| ())
    };
    runtime.block_on(seen).expect("the reader shows what is waited for");
}

#[test]
fn a_silent_card_wedges_the_reader_until_it_is_lifted_and_then_the_next_tap_works() {
    let (thread, slot) = started(fixtures::stalls_at(my_number(), 2), SHORT);
    assert_eq!(thread.probe(), Err(Error::Silent));
    assert_eq!(thread.presence(), Presence::Wedged);
    assert_eq!(thread.probe(), Err(Error::Silent));
    let card = slot.remove().unwrap();
    wait_for(&thread, |presence| presence == Presence::Empty);
    slot.insert(card);
    wait_for(&thread, |presence| matches!(presence, Presence::Card(_)));
    let probe = thread.probe().unwrap();
    assert!(thread.read(probe.tap, pin(), false).is_ok());
}

#[test]
fn what_happens_to_the_reader_is_shown_and_passes() {
    let (thread, slot) = started(my_number(), ReaderThread::WATCHDOG);
    wait_for(&thread, |presence| matches!(presence, Presence::Card(_)));
    for (trouble, presence) in
        [(LinkError::NoReader, Presence::ReaderGone), (LinkError::NoService, Presence::ServiceGone)]
    {
        slot.set_trouble(Some(trouble));
        wait_for(&thread, |seen| seen == presence);
    }
    slot.set_trouble(None);
    wait_for(&thread, |presence| matches!(presence, Presence::Card(_)));
    assert!(thread.probe().is_ok());
}

#[test]
fn async_callers_get_the_same_answers() {
    let (thread, _slot) = started(licence(), ReaderThread::WATCHDOG);
    let pin = Secret::Pin(Pin::new("5678").unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let reading = runtime.block_on(async {
        let probe = thread.probe_async().await?;
        thread.read_async(probe.tap, pin, false).await
    });
    assert!(reading.unwrap().applicant.kana.is_some());
}

/// A reader whose card thinks long about one command and then goes on.
struct SlowReader {
    reader: VirtualReader,
    slow_at: u32,
    gate: Arc<Mutex<mpsc::Receiver<()>>>,
    panics: bool,
}

struct SlowLink {
    link: Box<dyn CardLink>,
    before_slow: u32,
    gate: Arc<Mutex<mpsc::Receiver<()>>>,
    panics: bool,
}

impl CardReader for SlowReader {
    fn name(&self) -> String {
        self.reader.name()
    }

    fn tap(&mut self) -> Result<Option<Tap>, LinkError> {
        self.reader.tap()
    }

    fn connect(&mut self) -> Result<Box<dyn CardLink>, LinkError> {
        Ok(Box::new(SlowLink {
            link: self.reader.connect()?,
            before_slow: self.slow_at,
            gate: self.gate.clone(),
            panics: std::mem::take(&mut self.panics),
        }))
    }
}

impl CardLink for SlowLink {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkError> {
        assert!(!self.panics, "asked to panic");
        self.before_slow = self.before_slow.saturating_sub(1);
        if self.before_slow == 0 {
            let _ = self.gate.lock().unwrap().recv();
        }
        self.link.transmit(command)
    }

    fn power_off(&mut self) {
        self.link.power_off();
    }
}

#[test]
fn a_card_that_answers_late_is_never_shown_a_pin_that_nobody_waits_for() {
    let (reader, slot) = VirtualReader::new();
    slot.insert(my_number());
    let (open, gate) = mpsc::channel();
    // The third command of a reading asks for the tries left, the fourth would
    // present the PIN.
    let gate = Arc::new(Mutex::new(gate));
    let slow = SlowReader { reader, slow_at: 3, gate, panics: false };
    let tap = Tap(1);
    let thread = ReaderThread::start(Box::new(slow), SHORT).unwrap();
    let wrong = Secret::Pin(Pin::new("9999").unwrap());
    assert_eq!(thread.read(tap, wrong, false), Err(Error::Silent));
    drop(open);
    wait_for(&thread, |presence| matches!(presence, Presence::Card(_)));
    assert_eq!(slot.look(|card| card.unwrap().pin_tries_left()), Some(3));
    assert!(thread.read(tap, pin(), false).is_ok());
}

#[test]
fn a_panic_powers_the_card_off_and_the_thread_lives_on() {
    let (reader, slot) = VirtualReader::new();
    slot.insert(my_number());
    let (_open, gate) = mpsc::channel();
    let gate = Arc::new(Mutex::new(gate));
    let broken = SlowReader { reader, slow_at: u32::MAX, gate, panics: true };
    let thread = ReaderThread::start(Box::new(broken), ReaderThread::WATCHDOG).unwrap();
    assert_eq!(thread.probe().unwrap_err(), Error::Garbled);
    // Held still, the reader would be busy now.
    assert!(thread.probe().is_ok());
}

/// A reader that knows whether it still exists.
struct CountedReader(#[expect(dead_code, reason = "counted by its owner")] Arc<()>);

impl CardReader for CountedReader {
    fn name(&self) -> String {
        "counted".to_owned()
    }

    fn tap(&mut self) -> Result<Option<Tap>, LinkError> {
        Ok(None)
    }

    fn connect(&mut self) -> Result<Box<dyn CardLink>, LinkError> {
        Err(LinkError::NoCard)
    }
}

#[test]
fn the_thread_has_ended_when_its_last_handle_is_gone() {
    let alive = Arc::new(());
    let reader = CountedReader(alive.clone());
    let thread = ReaderThread::start(Box::new(reader), ReaderThread::WATCHDOG).unwrap();
    let other = thread.clone();
    drop(thread);
    assert_eq!(other.probe(), Err(Error::NoCard));
    drop(other);
    assert_eq!(Arc::strong_count(&alive), 1);
}
