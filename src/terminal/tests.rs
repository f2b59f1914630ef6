//! The simulated terminal in every mood, asked over a real line.

mod going_back;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use super::line::{Greeting, Reply, Request};
use super::*;
use crate::chance::SeededChance;
use crate::clock::SystemClock;
use crate::payment::SlipNumber;

/// Longer than anything takes, where an answer comes.
const PATIENT: Duration = Duration::from_secs(60);

/// Where none comes.
const SHORT: Duration = Duration::from_millis(200);

const NEVER: Duration = Duration::from_secs(3600);

fn simulated(mood: Mood) -> Simulated {
    Simulated {
        id: "t1".to_owned(),
        moods: Moods::Always(mood),
        takes: Duration::ZERO,
        late: NEVER,
        looks_up: true,
        clock: Arc::new(SystemClock),
    }
}

fn at(address: &str, wait: Duration) -> TcpTerminal {
    TcpTerminal::new("t1", address, wait)
}

fn started(simulated: Simulated, books: Books) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    simulated.start(listener, books).unwrap().to_string()
}

fn key(number: u8) -> RequestId {
    format!("01a21526-e400-7c76-94ec-fd7b0b6200{number:02}").parse().unwrap()
}

fn asked(number: u8) -> Asked {
    let what = What::Pay { means: Means::Qr, brand: None };
    Asked { key: key(number), amount: Yen(300), what }
}

fn taken(slip: &str) -> Said {
    let slip = SlipNumber::typed(slip).unwrap();
    Said::Taken(Taken { brand: "paypay".to_owned(), slip })
}

/// What a mood says, and what it is found to have done.
#[test]
fn every_mood_is_as_it_is_called_and_is_found_out_by_its_key() {
    let card = Said::Refused(Refusal::Card);
    for (mood, wait, said, found) in [
        (Mood::Approve, PATIENT, Ok(taken("00001")), Found::Said(taken("00001"))),
        (Mood::Decline, PATIENT, Ok(card.clone()), Found::Said(card)),
        (Mood::Silent, SHORT, Err(Silence::Late), Found::Said(taken("00001"))),
        (Mood::Deaf, SHORT, Err(Silence::Late), Found::Never),
        (Mood::Late, SHORT, Err(Silence::Late), Found::Busy),
        (Mood::Twice, PATIENT, Ok(taken("00001")), Found::Said(taken("00001"))),
        (Mood::Drop, PATIENT, Err(Silence::Cut), Found::Never),
        (Mood::Cut, PATIENT, Err(Silence::Cut), Found::Said(taken("00001"))),
        (Mood::Other, PATIENT, Err(Silence::OtherRequest), Found::Said(taken("00001"))),
    ] {
        let terminal = at(&started(simulated(mood), Books::default()), wait);
        assert_eq!(terminal.ask(&asked(1)), said, "{mood:?}");
        // A line that says nothing has been heard all the same, a little later perhaps.
        let looked = std::iter::repeat_with(|| terminal.look_up(&asked(1)).unwrap());
        let is_over = |found: &Found| *found != Found::Busy || mood == Mood::Late;
        assert_eq!(looked.into_iter().find(is_over), Some(found), "{mood:?}");
        assert!(said.err().is_none_or(Silence::was_asked));
    }
}

#[test]
fn what_is_taken_late_is_found_when_it_is_taken() {
    let late = Simulated { late: Duration::from_millis(500), ..simulated(Mood::Late) };
    let terminal = at(&started(late, Books::default()), SHORT);
    assert_eq!(terminal.ask(&asked(1)), Err(Silence::Late));
    let mut looked = std::iter::repeat_with(|| terminal.look_up(&asked(1)).unwrap());
    assert_eq!(looked.find(|found| *found != Found::Busy), Some(Found::Said(taken("00001"))));
}

#[test]
fn a_key_is_taken_once_however_often_it_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("terminal.log");
    let address = started(simulated(Mood::Approve), Books::open(&log).unwrap());
    let terminal = at(&address, PATIENT);
    assert_eq!(terminal.ask(&asked(1)), Ok(taken("00001")));
    assert_eq!(terminal.ask(&asked(1)), Ok(taken("00001")));
    let more = Asked { amount: Yen(301), ..asked(1) };
    assert_eq!(terminal.ask(&more), Err(Silence::Unreadable));
    assert_eq!(terminal.ask(&asked(2)), Ok(taken("00002")));
    // Its log is all it needs to know them again.
    let books = Books::open(&log).unwrap();
    assert_eq!(books.taken().collect::<Vec<_>>(), [(key(1), Yen(300)), (key(2), Yen(300))]);
    let again = at(&started(simulated(Mood::Approve), books), PATIENT);
    assert_eq!(again.ask(&asked(2)), Ok(taken("00002")));
    assert_eq!(again.ask(&asked(3)), Ok(taken("00003")));
}

#[test]
fn what_was_looked_for_before_it_came_is_refused_when_it_comes() {
    let terminal = at(&started(simulated(Mood::Approve), Books::default()), PATIENT);
    assert_eq!(terminal.look_up(&asked(1)), Ok(Found::Never));
    assert_eq!(terminal.ask(&asked(1)), Ok(Said::Refused(Refusal::CannotTake)));
    assert_eq!(terminal.look_up(&asked(1)), Ok(Found::Never));
}

#[test]
fn a_seed_repeats_its_moods() {
    let moods = |seed| {
        let moods = Moods::AtRandom(Arc::new(SeededChance::new(seed)));
        (0..100).map(|_| moods.next().id()).collect::<Vec<_>>()
    };
    assert_eq!(moods(1), moods(1));
    assert_ne!(moods(1), moods(2));
    assert!(Mood::ALL.iter().all(|mood| moods(1).contains(&mood.id())));
}

#[test]
fn where_nothing_was_asked_nothing_was_taken() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    assert_eq!(at(&closed, PATIENT).ask(&asked(1)), Err(Silence::NotReached));
    let address = started(simulated(Mood::Approve), Books::default());
    let other = TcpTerminal::new("t2", &address, PATIENT);
    assert_eq!(other.ask(&asked(1)), Err(Silence::NotThisTerminal));
    assert!(!Silence::NotReached.was_asked() && !Silence::NotThisTerminal.was_asked());
    assert_eq!(at(&address, PATIENT).look_up(&asked(1)), Ok(Found::Never));
    for greeting in ["madoguchi-terminal 2 t1\n", "HTTP/1.1 400 Bad Request\n", ""] {
        let address = saying(greeting, "");
        assert_eq!(at(&address, PATIENT).ask(&asked(1)), Err(Silence::NotThisTerminal));
    }
}

/// A terminal that says this, whatever it is asked.
fn saying(greeting: &'static str, answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(greeting.as_bytes()).unwrap();
        if !answer.is_empty() {
            let _ = stream.read(&mut [0; 200]);
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    address
}

#[test]
fn an_answer_that_is_none_leaves_it_unknown() {
    const GREETING: &str = "madoguchi-terminal 1 t1\n";
    const LONG: &str = concat!(
        "taken 01a21526-e400-7c76-94ec-fd7b0b620001 300 paypay ",
        "000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
        "000000000000000000000000000000000000000000000000000000000000000000000000000000000000\n"
    );
    for (answer, silence) in [
        ("taken 01a21526-e400-7c76-94ec-fd7b0b620001 301 paypay 1\n", Silence::OtherAmount),
        ("taken 01a21526-e400-7c76-94ec-fd7b0b620002 300 paypay 1\n", Silence::OtherRequest),
        ("refused 01a21526-e400-7c76-94ec-fd7b0b620002 card\n", Silence::OtherRequest),
        ("never 01a21526-e400-7c76-94ec-fd7b0b620001\n", Silence::Unreadable),
        ("busy 01a21526-e400-7c76-94ec-fd7b0b620001\n", Silence::Unreadable),
        ("bad\n", Silence::Unreadable),
        ("ok\n", Silence::Unreadable),
        (LONG, Silence::Unreadable),
        ("taken 01a21526-e400-7c76-94ec-fd7b0b620001 300 paypay 1", Silence::Cut),
    ] {
        let terminal = at(&saying(GREETING, answer), PATIENT);
        assert_eq!(terminal.ask(&asked(1)), Err(silence), "{answer}");
    }
}

#[test]
fn a_line_has_one_way_to_be_written() {
    let key = "01a21526-e400-7c76-94ec-fd7b0b620001";
    for request in [
        format!("pay {key} 300 credit"),
        format!("pay {key} 0300 credit -"),
        format!("pay {key} 0 credit -"),
        format!("pay {key} -1 credit -"),
        format!("pay {key} 4294967296 credit -"),
        format!("pay {key}  300 credit -"),
        format!("pay {key} 300 cash -"),
        format!("pay {} 300 credit -", key.to_uppercase()),
        format!("pay {key} 300 credit a-brand-of-more-than-twenty"),
        format!("back {key} 300"),
        format!("back {key} 300 credit -"),
        format!("back {key} 0 {key}"),
        format!("back {key} 300 {}", key.to_uppercase()),
        format!("look {key}"),
        format!("look {key} 300\r"),
        String::new(),
    ] {
        assert!(request.parse::<Request>().is_err(), "{request}");
    }
    for reply in [
        format!("taken {key} 300 - 1"),
        format!("taken {key} 300 visa 4980123456789012"),
        format!("taken {key} 300 visa ａ"),
        format!("refused {key} because"),
        format!("given {key} 300 {key}"),
        format!("given {key} 300 paypay 1"),
        format!("given {key} 300 {key} 4980123456789012"),
        "bad 1".to_owned(),
    ] {
        assert!(reply.parse::<Reply>().is_err(), "{reply}");
    }
}

/// Every line that docs/TERMINAL.md shows is one of the protocol, and its bytes are
/// these.
#[test]
fn the_document_shows_what_is_spoken() {
    let text = std::fs::read_to_string("docs/TERMINAL.md").unwrap();
    let blocks: Vec<&str> = text.split("```").skip(1).step_by(2).map(str::trim).collect();
    let again = |line: &str| -> Option<String> {
        let greeting = line.parse::<Greeting>().map(|one| one.to_string());
        let request = line.parse::<Request>().map(|one| one.to_string());
        greeting.or(request).or(line.parse::<Reply>().map(|one| one.to_string())).ok()
    };
    let lines: Vec<&str> = blocks[..3].iter().flat_map(|block| block.lines()).collect();
    assert_eq!(lines.len(), 11);
    for line in &lines {
        assert_eq!(again(line).as_deref(), Some(*line));
    }
    let bytes: Vec<u8> =
        blocks[3].split_whitespace().filter_map(|byte| u8::from_str_radix(byte, 16).ok()).collect();
    let spoken = String::from_utf8(bytes).unwrap();
    assert!(spoken.is_ascii() && spoken.ends_with('\n') && spoken.lines().count() == 3);
    assert!(spoken.lines().all(|line| again(line).as_deref() == Some(line)), "{spoken}");
    for mood in Mood::ALL {
        assert_eq!(Mood::from_id(mood.id()), Some(mood));
        assert!(text.contains(&format!("| `{}` |", mood.id())), "{mood:?}");
    }
}
