//! Money that goes back: once for a key, and never more than was taken.

use super::*;
use crate::clock::Clock;

/// Back, of what was taken for key 1.
fn back(number: u8, amount: u32) -> Asked {
    Asked { key: key(number), amount: Yen(amount), what: What::GiveBack { of: key(1) } }
}

/// Books in which 300 yen were taken for key 1.
fn with_one(mut books: Books) -> Books {
    let slip = SlipNumber::typed("00001").unwrap();
    let taken = Reply::Taken { key: key(1), amount: Yen(300), brand: "paypay".to_owned(), slip };
    books.note(taken, SystemClock.now()).unwrap();
    books
}

fn given(slip: &str) -> Said {
    Said::Given(SlipNumber::typed(slip).unwrap())
}

#[test]
fn every_mood_gives_back_as_it_is_called_and_is_found_out_by_its_key() {
    let card = Said::Refused(Refusal::Card);
    for (mood, wait, said, found) in [
        (Mood::Approve, PATIENT, Ok(given("00002")), Found::Said(given("00002"))),
        (Mood::Decline, PATIENT, Ok(card.clone()), Found::Said(card)),
        (Mood::Silent, SHORT, Err(Silence::Late), Found::Said(given("00002"))),
        (Mood::Deaf, SHORT, Err(Silence::Late), Found::Never),
        (Mood::Late, SHORT, Err(Silence::Late), Found::Busy),
        (Mood::Twice, PATIENT, Ok(given("00002")), Found::Said(given("00002"))),
        (Mood::Drop, PATIENT, Err(Silence::Cut), Found::Never),
        (Mood::Cut, PATIENT, Err(Silence::Cut), Found::Said(given("00002"))),
        (Mood::Other, PATIENT, Err(Silence::OtherRequest), Found::Said(given("00002"))),
    ] {
        let books = with_one(Books::default());
        let terminal = at(&started(simulated(mood), books), wait);
        assert_eq!(terminal.ask(&back(2, 300)), said, "{mood:?}");
        let looked = std::iter::repeat_with(|| terminal.look_up(&back(2, 300)).unwrap());
        let is_over = |found: &Found| *found != Found::Busy || mood == Mood::Late;
        assert_eq!(looked.into_iter().find(is_over), Some(found), "{mood:?}");
    }
}

#[test]
fn no_more_goes_back_than_was_taken_and_the_log_remembers_how_much() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("terminal.log");
    let open = || Books::open(&log).unwrap();
    let refused = Ok(Said::Refused(Refusal::CannotGive));
    let terminal = at(&started(simulated(Mood::Approve), with_one(open())), PATIENT);
    assert_eq!(terminal.ask(&back(2, 301)), refused);
    assert_eq!(terminal.ask(&back(3, 200)), Ok(given("00002")));
    // Started anew it knows what it gave.
    let terminal = at(&started(simulated(Mood::Approve), open()), PATIENT);
    assert_eq!(terminal.ask(&back(4, 101)), refused);
    assert_eq!(terminal.ask(&back(3, 200)), Ok(given("00002")), "the same key is given once");
    assert_eq!(terminal.ask(&back(5, 100)), Ok(given("00003")));
    assert_eq!(terminal.ask(&back(6, 1)), refused);
    let of_nothing = Asked { what: What::GiveBack { of: key(9) }, ..back(7, 1) };
    assert_eq!(terminal.ask(&of_nothing), refused);
    let given: Vec<_> = open().given().collect();
    assert_eq!(given, [(key(3), key(1), Yen(200)), (key(5), key(1), Yen(100))]);
    assert_eq!((open().left_of(key(1)), open().taken().count()), (0, 1));
}

#[test]
fn a_key_stands_for_one_request_whether_money_comes_or_goes() {
    let terminal = at(&started(simulated(Mood::Approve), with_one(Books::default())), PATIENT);
    terminal.ask(&back(2, 100)).unwrap();
    for other in [
        back(2, 200),
        back(1, 300),
        Asked { what: What::GiveBack { of: key(3) }, ..back(2, 100) },
        Asked { amount: Yen(100), ..asked(2) },
    ] {
        assert_eq!(terminal.ask(&other), Err(Silence::Unreadable), "{other:?}");
    }
}

#[test]
fn an_answer_about_other_money_leaves_it_unknown() {
    const GREETING: &str = "madoguchi-terminal 1 t1\n";
    for (answer, silence) in [
        (
            "given 01a21526-e400-7c76-94ec-fd7b0b620002 299 01a21526-e400-7c76-94ec-fd7b0b620001 1\n",
            Silence::OtherAmount,
        ),
        (
            "given 01a21526-e400-7c76-94ec-fd7b0b620002 300 01a21526-e400-7c76-94ec-fd7b0b620003 1\n",
            Silence::OtherRequest,
        ),
        ("taken 01a21526-e400-7c76-94ec-fd7b0b620002 300 paypay 1\n", Silence::Unreadable),
        ("bad\n", Silence::Unreadable),
    ] {
        let terminal = at(&saying(GREETING, answer), PATIENT);
        assert_eq!(terminal.ask(&back(2, 300)), Err(silence), "{answer}");
    }
}
