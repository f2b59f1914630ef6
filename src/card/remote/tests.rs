use tokio::io::{DuplexStream, duplex};

use super::*;
use crate::card::emulator::{VirtualReader, VirtualSlot};
use crate::card::{CardReader, Error, Pin, Presence, ReaderThread, Secret};
use crate::chance::SystemChance;
use crate::demo::example::{my_number, purse};

fn key() -> LinkKey {
    LinkKey::new("reader-2", [7; 32])
}

/// A reader at another PC and the line it calls on; `None` once it was cut.
struct Elsewhere {
    slot: VirtualSlot,
    office: tokio::task::JoinHandle<LineError>,
    reader: tokio::task::JoinHandle<LineError>,
}

impl Elsewhere {
    fn call(line: &Line, key_there: LinkKey) -> Self {
        let (here, there) = duplex(64 * 1024);
        Self::call_over(line, key_there, here, there)
    }

    fn call_over(line: &Line, key_there: LinkKey, here: DuplexStream, there: DuplexStream) -> Self {
        let (reader, slot) = VirtualReader::new();
        let line = line.clone();
        let office = tokio::spawn(async move { line.attach(here, &key(), &SystemChance).await });
        let reader = tokio::spawn(async move {
            serve(Box::new(reader), there, &key_there, &SystemChance, || ()).await
        });
        Self { slot, office, reader }
    }
}

/// Why a line ended. It ends in time, or the test fails instead of waiting for ever.
async fn ended(line: tokio::task::JoinHandle<LineError>) -> LineError {
    let ended = tokio::time::timeout(std::time::Duration::from_secs(30), line).await;
    ended.expect("the line ends in time").unwrap()
}

async fn shows(thread: &ReaderThread, wanted: impl FnMut(&Presence) -> bool) -> Presence {
    let mut watch = thread.watch();
    let shown = tokio::time::timeout(std::time::Duration::from_secs(30), watch.wait_for(wanted));
    *shown.await.expect("the reader shows it in time").expect("the thread lives")
}

/// The office's end, once it has found that nobody is there yet.
async fn office() -> (ReaderThread, Line) {
    let (reader, line) = RemoteReader::new("reader-2");
    let thread = ReaderThread::start(Box::new(reader), ReaderThread::WATCHDOG).unwrap();
    shows(&thread, |shown| *shown == Presence::ReaderGone).await;
    (thread, line)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_at_another_pc_is_read_as_one_here() {
    let (thread, line) = office().await;
    let there = Elsewhere::call(&line, key());
    shows(&thread, |shown| *shown == Presence::Empty).await;
    there.slot.insert(my_number());
    let Presence::Card(tap) = shows(&thread, |shown| matches!(shown, Presence::Card(_))).await
    else {
        unreachable!()
    };
    thread.probe_async().await.unwrap();
    let pin = Secret::Pin(Pin::new("1234").unwrap());
    let reading = thread.read_async(tap, pin, false).await.unwrap();
    assert!(reading.applicant.name.is_some());
    assert!(!there.slot.is_held(), "the card is off");
    drop(there.slot.remove());
    shows(&thread, |shown| *shown == Presence::Empty).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_line_is_seen_at_once_powers_the_card_off_and_the_next_call_works() {
    let (thread, line) = office().await;
    let there = Elsewhere::call(&line, key());
    there.slot.insert(my_number());
    let first = shows(&thread, |shown| matches!(shown, Presence::Card(_))).await;
    let held = line.clone();
    let link = tokio::task::spawn_blocking(move || RemoteReader::on(held).connect()).await.unwrap();
    assert!(there.slot.is_held());
    there.office.abort();
    let why = ended(there.reader).await;
    assert!(matches!(why, LineError::Cut(_)), "{why}");
    assert!(!there.slot.is_held(), "the card is off");
    shows(&thread, |shown| *shown == Presence::ReaderGone).await;
    assert!(
        tokio::task::spawn_blocking(move || link.unwrap().transmit(&[0, 0xA4, 0, 0]))
            .await
            .unwrap()
            .is_err()
    );

    // The reader calls again: its card is another tap than before.
    let again = Elsewhere::call(&line, key());
    again.slot.insert(my_number());
    let second = shows(&thread, |shown| matches!(shown, Presence::Card(_))).await;
    assert_ne!(first, second);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_another_key_is_not_listened_to() {
    let (thread, line) = office().await;
    let there = Elsewhere::call(&line, LinkKey::new("reader-2", [8; 32]));
    // It knows itself why.
    assert!(matches!(ended(there.reader).await, LineError::Forged));
    let cut = ended(there.office).await;
    assert!(matches!(cut, LineError::Forged | LineError::Cut(_)), "{cut}");
    let honest = Elsewhere::call(&line, key());
    shows(&thread, |shown| *shown == Presence::Empty).await;
    // A stranger does not push an honest reader off its line either.
    let stranger = Elsewhere::call(&line, LinkKey::new("reader-2", [8; 32]));
    ended(stranger.office).await;
    honest.slot.insert(my_number());
    shows(&thread, |shown| matches!(shown, Presence::Card(_))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_calls_again_takes_the_line_over() {
    let (thread, line) = office().await;
    let before = Elsewhere::call(&line, key());
    shows(&thread, |shown| *shown == Presence::Empty).await;
    let now = Elsewhere::call(&line, key());
    assert!(matches!(ended(before.office).await, LineError::Replaced));
    now.slot.insert(my_number());
    shows(&thread, |shown| matches!(shown, Presence::Card(_))).await;
    assert_eq!(thread.probe_async().await.err(), None::<Error>);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_line_counts_as_cut() {
    let (thread, line) = office().await;
    let (here, mut there) = duplex(64 * 1024);
    let attach = {
        let line = line.clone();
        tokio::spawn(async move { line.attach(here, &key(), &SystemChance).await })
    };
    // Somebody who only says the first 32 bytes.
    tokio::io::AsyncWriteExt::write_all(&mut there, &[0; 32]).await.unwrap();
    assert!(matches!(ended(attach).await, LineError::Silent));
    assert_eq!(thread.presence(), Presence::ReaderGone);
}

/// Passes bytes on both ways until it is told to stop, and hangs up on nobody then.
fn relay(mut one: DuplexStream, mut other: DuplexStream) -> tokio::sync::oneshot::Sender<()> {
    let (freeze, frozen) = tokio::sync::oneshot::channel();
    tokio::spawn(async move {
        tokio::select! {
            _ = tokio::io::copy_bidirectional(&mut one, &mut other) => {}
            _ = frozen => std::future::pending().await,
        }
    });
    freeze
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_line_freezes_both_ends_know_it_and_a_held_card_is_powered_off() {
    let (thread, line) = office().await;
    let ((here, at_here), (at_there, there)) = (duplex(64 * 1024), duplex(64 * 1024));
    let freeze = relay(at_here, at_there);
    let elsewhere = Elsewhere::call_over(&line, key(), here, there);
    elsewhere.slot.insert(my_number());
    shows(&thread, |shown| matches!(shown, Presence::Card(_))).await;
    let held = line.clone();
    let link = tokio::task::spawn_blocking(move || RemoteReader::on(held).connect()).await.unwrap();
    assert!(elsewhere.slot.is_held());
    // Longer than the silence that is allowed: while nothing is asked it stands.
    tokio::time::sleep(CUT_AFTER + ALIVE_EVERY).await;
    assert!(elsewhere.slot.is_held() && !elsewhere.reader.is_finished());
    freeze.send(()).unwrap();
    let why = ended(elsewhere.reader).await;
    assert!(matches!(why, LineError::Silent), "{why}");
    assert!(!elsewhere.slot.is_held(), "the card is off");
    assert!(matches!(ended(elsewhere.office).await, LineError::Silent));
    shows(&thread, |shown| *shown == Presence::ReaderGone).await;
    // The office's hand on it does not reach it any more.
    tokio::task::spawn_blocking(move || drop(link)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_office_that_picks_up_and_says_nothing_is_no_line() {
    let (mut here, there) = duplex(64 * 1024);
    tokio::io::AsyncWriteExt::write_all(&mut here, &[0; 32]).await.unwrap();
    let (reader, _slot) = VirtualReader::new();
    let serving = tokio::spawn(async move {
        let key = key();
        serve(Box::new(reader), there, &key, &SystemChance, || panic!("it stands")).await
    });
    assert!(matches!(ended(serving).await, LineError::Silent));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_on_the_line_can_be_read_or_changed() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let (thread, line) = office().await;
    let (here, mut tap_here) = duplex(64 * 1024);
    let (mut tap_there, there) = duplex(64 * 1024);
    let elsewhere = Elsewhere::call_over(&line, key(), here, there);
    let listened = tokio::spawn(async move {
        let mut heard = Vec::new();
        let (mut from_office, mut from_reader) = (vec![0; 4096], vec![0; 4096]);
        loop {
            tokio::select! {
                Ok(len) = tap_here.read(&mut from_office) => {
                    if len == 0 { return heard }
                    heard.extend_from_slice(&from_office[..len]);
                    let _ = tap_there.write_all(&from_office[..len]).await;
                }
                Ok(len) = tap_there.read(&mut from_reader) => {
                    if len == 0 { return heard }
                    heard.extend_from_slice(&from_reader[..len]);
                    let _ = tap_here.write_all(&from_reader[..len]).await;
                }
            }
        }
    });
    let hanako = purse("shiken-hanako.1");
    elsewhere.slot.insert(hanako.make());
    let Presence::Card(tap) = shows(&thread, |shown| matches!(shown, Presence::Card(_))).await
    else {
        unreachable!()
    };
    let pin = Secret::Pin(Pin::new(hanako.pin().unwrap()).unwrap());
    let reading = thread.read_async(tap, pin, false).await.unwrap();
    let name = reading.applicant.name.unwrap().value.to_string();
    elsewhere.office.abort();
    let heard = listened.await.unwrap();
    let holds = |secret: &[u8]| heard.windows(secret.len()).any(|window| window == secret);
    assert!(heard.len() > 300, "the reading went over this line");
    assert!(!holds(hanako.pin().unwrap().as_bytes()) && !holds(name.as_bytes()));
    assert!(!holds(&[0x00, 0x20, 0x00, 0x80]), "not even the instruction");
}
