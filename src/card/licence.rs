//! The driver's licence (運転免許証): entries after 暗証番号1.
//!
//! EF01 holds the entries as issued, EF04 every change since: whoever moved has
//! the current address there only. The last non-empty change wins. The licence
//! number, 本籍 and the photograph are not kept, and there is no sex to read. Tags
//! and formats are those of the police's public specification.

use crate::applicant::{Source, Sourced};
use crate::text::Text;
use crate::wareki::PartialDate;

use super::apdu::Key;
use super::error::Error;
use super::file::{LicenceEntries, LicenceFile, LicenceRoot, LicenceRootFile};
use super::identify::Kind;
use super::jis;
use super::pin::{Pin, Secret};
use super::reading::{Ask, Field, Reading, Warning};
use super::session::{Opened, Verified};
use super::tlv::{self, Object, Tags};

/// Bytes of EF01 and EF04.
const ENTRIES_LEN: usize = 880;
const CHANGES_LEN: usize = 640;

/// 氏名, 呼び名(カナ), 生年月日 and 住所 in EF01.
const NAME: u16 = 0x12;
const KANA: u16 = 0x13;
const BIRTH_DATE: u16 = 0x16;
const ADDRESS: u16 = 0x17;

/// Before the text of a change stand the year of the character set (1 byte) and
/// the day (7 characters), after it the issuing authority (5 characters).
const CHANGE_HEAD_LEN: usize = 1 + 14;
const CHANGE_FOOT_LEN: usize = 10;

/// What to ask the holder for. Nothing is presented.
pub(super) fn ask(card: Opened<'_, LicenceEntries>) -> Result<Ask, Error> {
    let mut root = card.root()?;
    let pin_set = pin_is_set(&mut root)?;
    Ok(match (pin_set, root.tries_left(Key::LicencePin1)?) {
        (_, 0) => Ask::Nothing(Error::Blocked { kind: Kind::Licence }),
        (true, tries_left) => Ask::Pin { tries_left },
        (false, _) => Ask::NoSecret,
    })
}

/// Presents the PIN once and reads the entries and their changes.
pub(super) fn read(
    card: Opened<'_, LicenceEntries>,
    secret: Secret,
    consent_to_last_try: bool,
) -> Result<Reading, Error> {
    let mut root = card.root()?;
    verify(&mut root, secret, consent_to_last_try)?;
    let mut card = root.entries()?;
    let entries = card.read(LicenceFile::Entries, |_| Some(ENTRIES_LEN))?;
    // Without the changes the address may be an old one: no reading at all is
    // better than that.
    let changes = card.read(LicenceFile::Changes, |_| Some(CHANGES_LEN))?;
    parse(&entries, &changes)
}

/// Whether the holder set PINs. If the card does not say, nothing is presented:
/// `****` shown to a card that has a PIN costs a try.
fn pin_is_set(root: &mut Opened<'_, LicenceRoot>) -> Result<bool, Error> {
    match root.read_small(LicenceRootFile::PinSetting)? {
        Some([0x05, 0x01, 0x01]) => Ok(true),
        Some([0x05, 0x01, 0x00]) => Ok(false),
        _ => Err(Error::PinSettingUnknown),
    }
}

/// The secret is dropped, and so wiped, when this returns.
fn verify(
    root: &mut Opened<'_, LicenceRoot>,
    secret: Secret,
    consent_to_last_try: bool,
) -> Result<(), Error> {
    let pin = match (pin_is_set(root)?, secret) {
        (false, _) => Pin::of_unset_licence(),
        (true, Secret::Pin(pin)) => pin,
        (true, Secret::NumberB(_) | Secret::None) => return Err(Error::SecretNeeded),
    };
    match root.verify_once(Key::LicencePin1, pin.bytes(), consent_to_last_try)? {
        Verified::Open => Ok(()),
        Verified::Wrong { tries_left } => Err(Error::WrongPin { tries_left }),
        Verified::Blocked => Err(Error::Blocked { kind: Kind::Licence }),
    }
}

fn parse(entries: &[u8], changes: &[u8]) -> Result<Reading, Error> {
    let entries = objects(entries)?;
    let changes = objects(changes)?;
    let entry = |tag: u16| {
        entries.iter().find(|object| object.tag == tag).map(|object| jis::decode(object.value))
    };
    let current = |changed: [u16; 2], issued: u16| {
        last_change(&changes, changed).or_else(|| entry(issued)).filter(|text| !text.is_blank())
    };
    let name = current([0x60, 0x67], NAME);
    let kana = current([0x68, 0x6F], KANA);
    let address = current([0x70, 0x77], ADDRESS);
    let birth_date = entries.iter().find(|object| object.tag == BIRTH_DATE).and_then(date);

    let mut reading = Reading::of(Kind::Licence);
    for (field, missing) in [
        (Field::Name, name.is_none()),
        (Field::Kana, kana.is_none()),
        (Field::BirthDate, birth_date.is_none()),
        (Field::Address, address.is_none()),
    ] {
        reading.warnings.extend(missing.then_some(Warning::Unreadable { field }));
    }
    reading.applicant.name = name.map(from_licence);
    reading.applicant.kana = kana.map(from_licence);
    reading.applicant.address = address.map(from_licence);
    reading.applicant.birth_date = birth_date.map(from_licence);
    reading.with_doubts()
}

fn objects(bytes: &[u8]) -> Result<Vec<Object<'_>>, Error> {
    tlv::objects(bytes, Tags::OneByte).collect::<Result<_, _>>().map_err(|_| Error::Garbled)
}

fn from_licence<T>(value: T) -> Sourced<T> {
    Sourced { value, source: Source::Licence }
}

/// The text of the last non-empty change among the tags `first..=last`.
fn last_change(changes: &[Object<'_>], [first, last]: [u16; 2]) -> Option<Text> {
    let mut changes: Vec<&Object<'_>> =
        changes.iter().filter(|object| (first..=last).contains(&object.tag)).collect();
    changes.sort_by_key(|object| object.tag);
    changes.iter().rev().find_map(|object| {
        let end = object.value.len().checked_sub(CHANGE_FOOT_LEN)?;
        let text = jis::decode(object.value.get(CHANGE_HEAD_LEN..end)?);
        (!text.is_blank()).then_some(text)
    })
}

/// Seven ASCII digits: era code, then `YYMMDD`.
fn date(object: &Object<'_>) -> Option<PartialDate> {
    PartialDate::from_seven_digits(std::str::from_utf8(object.value).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn object(tag: u8, value: &[u8]) -> Vec<u8> {
        [&[tag, value.len() as u8], value].concat()
    }

    fn words(text: &str) -> Vec<u8> {
        jis::encode(&text.into()).unwrap()
    }

    fn entries() -> Vec<u8> {
        [
            object(0x12, &words("試験　花子")),
            object(0x13, &words("シケン　ハナコ")),
            object(0x16, b"4050514"),
            object(0x17, &words("見本県みほん町中央一丁目２番３号")),
            vec![0xFF; 8],
        ]
        .concat()
    }

    /// An entry of EF04 that changes something to `text`.
    fn change(tag: u8, text: &str) -> Vec<u8> {
        let value = [b"\x02".to_vec(), words("５０８０４０１"), words(text), words("見本県公安")];
        object(tag, &value.concat())
    }

    fn address_after(changes: &[Vec<u8>]) -> Text {
        let reading = parse(&entries(), &changes.concat()).unwrap();
        reading.applicant.address.unwrap().value
    }

    #[test]
    fn the_change_with_the_highest_tag_wins_in_whatever_order_they_lie() {
        let changes = [change(0x72, "三番目"), change(0x70, "一番目"), change(0x71, "二番目")];
        assert_eq!(address_after(&changes), Text::from("三番目"));
    }

    #[test]
    fn a_change_without_words_changes_nothing() {
        for empty in [object(0x71, b""), change(0x71, ""), object(0x71, &[0x02; 24])] {
            let changes = [change(0x70, "新町"), empty.clone()];
            assert_eq!(address_after(&changes), Text::from("新町"));
            assert_eq!(address_after(&[empty]), Text::from("見本県みほん町中央一丁目２番３号"));
        }
    }

    #[test]
    fn neighbouring_tags_are_no_names_and_no_addresses() {
        let changes = [change(0x5F, "公安"), change(0x78, "眼鏡等"), change(0x88, "備考")];
        let reading = parse(&entries(), &changes.concat()).unwrap();
        assert_eq!(reading, parse(&entries(), &[0xFF; 640]).unwrap());
    }

    #[test]
    fn an_unknown_day_stays_unknown_and_an_impossible_one_is_left_out() {
        let with_date = |digits: &[u8]| {
            let entries = [object(0x12, &words("試験")), object(0x16, digits)].concat();
            parse(&entries, &[]).unwrap().applicant.birth_date.map(|date| date.value.to_string())
        };
        assert_eq!(with_date(b"3250000").as_deref(), Some("1950"));
        assert_eq!(with_date(b"3250231"), None);
        assert_eq!(with_date(b"0000000"), None);
    }

    proptest! {
        #[test]
        fn no_files_make_the_reader_panic(issued: Vec<u8>, changed: Vec<u8>, at in 0_usize..31) {
            let _ = parse(&issued, &changed);
            let _ = parse(&entries(), &changed);
            let mut damaged = entries();
            damaged[at] ^= 0xA5;
            let _ = parse(&damaged, &change(0x70, "新町")[..at]);
        }
    }
}
