//! A card may answer anything; nothing here may panic.

use proptest::prelude::*;

use super::*;

/// A card that answers whatever it likes.
struct Babbler(std::collections::VecDeque<Vec<u8>>);

impl CardLink for Babbler {
    fn transmit(&mut self, _command: &[u8]) -> Result<Vec<u8>, LinkError> {
        Ok(self.0.pop_front().unwrap_or_default())
    }

    fn power_off(&mut self) {}
}

struct BabblersReader(Option<Babbler>);

impl CardReader for BabblersReader {
    fn name(&self) -> String {
        "babbler".to_owned()
    }

    fn tap(&mut self) -> Result<Option<Tap>, LinkError> {
        Ok(Some(Tap(1)))
    }

    fn connect(&mut self) -> Result<Box<dyn CardLink>, LinkError> {
        Ok(Box::new(self.0.take().ok_or(LinkError::NoCard)?))
    }
}

/// Mostly success, so that babble reaches the parsers.
fn babble() -> impl Strategy<Value = Vec<u8>> {
    let status = prop_oneof![
        6 => Just([0x90, 0x00]),
        1 => Just([0x63, 0xC3]),
        1 => Just([0x6A, 0x82]),
        1 => Just([0x61, 0x04]),
        1 => Just([0x6C, 0x04]),
        1 => any::<[u8; 2]>(),
    ];
    let content = prop_oneof![
        3 => Just(Vec::new()),
        1 => proptest::collection::vec(any::<u8>(), 0..300),
        1 => proptest::collection::vec(any::<u8>(), 0..300)
            .prop_map(|tail| [vec![0xFF, 0x20, 0x82, 0x01, 0x10], tail].concat()),
    ];
    (content, status).prop_map(|(content, status)| [content, status.to_vec()].concat())
}

proptest! {
    #[test]
    fn whatever_a_card_babbles_nothing_panics(
        answers in proptest::collection::vec(babble(), 0..16)
    ) {
        for secret in [|| pin("1234"), || number_b("55021720352285")] {
            let mut reader = BabblersReader(Some(Babbler(answers.clone().into())));
            let _ = read(&mut reader, Tap(1), secret(), true);
        }
        let _ = probe(&mut BabblersReader(Some(Babbler(answers.into()))));
    }
}

/// A card that gives these status words, one after the other.
fn saying(words: &[u16]) -> BabblersReader {
    let answers = words.iter().map(|word| word.to_be_bytes().to_vec()).collect();
    BabblersReader(Some(Babbler(answers)))
}

#[test]
fn nothing_is_presented_to_a_card_that_hides_its_counter() {
    let mut still_open = saying(&[0x9000, 0x9000, 0x9000]);
    assert_eq!(probe(&mut still_open), Err(Error::LeftOpen));
    let mut still_open = saying(&[0x9000, 0x9000, 0x9000, 0x9000]);
    assert_eq!(read(&mut still_open, Tap(1), pin("1234"), true), Err(Error::LeftOpen));
    let mut uncounted = saying(&[0x9000, 0x9000, 0x6300, 0x9000]);
    assert_eq!(read(&mut uncounted, Tap(1), pin("1234"), true), Err(Error::Garbled));
}

#[test]
fn a_card_that_says_wrong_without_a_number_is_asked_for_the_number() {
    let mut plain = saying(&[0x9000, 0x9000, 0x63C3, 0x6300, 0x63C2]);
    let outcome = read(&mut plain, Tap(1), pin("9999"), false);
    assert_eq!(outcome, Err(Error::WrongPin { tries_left: 2 }));
}

#[test]
fn a_blocked_licence_is_known_by_its_first_answer() {
    let mut blocked = saying(&[0x6A82, 0x6283]);
    assert_eq!(probe(&mut blocked), Err(Error::Blocked { kind: Kind::Licence }));
}
