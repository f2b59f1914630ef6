//! 券面事項入力補助AP of the マイナンバーカード: 基本4情報 after a PIN.
//!
//! EF 0002 is `FF20` with `DF21` (a table of offsets), `DF22` name, `DF23` address,
//! `DF24` birth date and `DF25` sex. The objects are parsed as BER; published
//! readers that index fixed bytes break on addresses of more than 127 bytes. The
//! table is a check only.

use crate::applicant::{Applicant, Sex, Source, Sourced};
use crate::text::Text;
use crate::wareki::PartialDate;

use super::apdu::Key;
use super::error::Error;
use super::file::{TextFile, TextSupport};
use super::identify::Kind;
use super::pin::Secret;
use super::reading::{Ask, Field, Reading, Warning};
use super::session::{Opened, Verified};
use super::tlv::{self, Header, Object, Tags};

/// Longer than any name and address; more is not a card of ours.
const FILE_LEN_MAX: usize = 2048;

/// What to ask the holder for. Nothing is presented.
pub(super) fn ask(mut card: Opened<'_, TextSupport>) -> Result<Ask, Error> {
    match tries_left(&mut card, TextFile::PinKey)? {
        0 => {}
        tries_left => return Ok(Ask::Pin { tries_left }),
    }
    // Blocked, or never set (顔認証マイナンバーカード).
    match tries_left(&mut card, TextFile::NumberBKey)? {
        0 => Ok(Ask::Nothing(Error::NumberBBlocked)),
        tries_left => Ok(Ask::NumberB { tries_left }),
    }
}

fn tries_left(card: &mut Opened<'_, TextSupport>, key: TextFile) -> Result<u8, Error> {
    if card.select(key)? { card.tries_left(Key::Selected) } else { Ok(0) }
}

/// Presents the secret once and reads 基本4情報.
pub(super) fn read(
    mut card: Opened<'_, TextSupport>,
    secret: Secret,
    consent_to_last_try: bool,
) -> Result<Reading, Error> {
    verify(&mut card, secret, consent_to_last_try)?;
    let bytes = card.read(TextFile::FourAttributes, file_len)?;
    parse(&bytes)
}

/// The secret is dropped, and so wiped, when this returns.
fn verify(
    card: &mut Opened<'_, TextSupport>,
    secret: Secret,
    consent_to_last_try: bool,
) -> Result<(), Error> {
    let (key, digits, blocked) = match &secret {
        Secret::Pin(pin) => {
            (TextFile::PinKey, pin.bytes(), Error::Blocked { kind: Kind::MyNumber })
        }
        Secret::NumberB(number) => (TextFile::NumberBKey, number.bytes(), Error::NumberBBlocked),
        Secret::None => return Err(Error::SecretNeeded),
    };
    if !card.select(key)? {
        return Err(blocked);
    }
    match (card.verify_once(Key::Selected, digits, consent_to_last_try)?, &secret) {
        (Verified::Open, _) => Ok(()),
        (Verified::Blocked, _) => Err(blocked),
        (Verified::Wrong { tries_left }, Secret::NumberB(_)) => {
            Err(Error::WrongNumberB { tries_left })
        }
        (Verified::Wrong { tries_left }, _) => Err(Error::WrongPin { tries_left }),
    }
}

/// The length of the whole file from the head of its outer object.
fn file_len(first_chunk: &[u8]) -> Option<usize> {
    let header = Header::parse(first_chunk, Tags::Ber).ok()?;
    let len = header.len + header.value_len;
    (header.tag == 0xFF20 && len <= FILE_LEN_MAX).then_some(len)
}

fn parse(bytes: &[u8]) -> Result<Reading, Error> {
    let header = Header::parse(bytes, Tags::Ber).map_err(|_| Error::Garbled)?;
    let inside = bytes.get(header.len..header.len + header.value_len);
    let objects: Vec<Object<'_>> =
        tlv::objects(inside.filter(|_| header.tag == 0xFF20).ok_or(Error::Garbled)?, Tags::Ber)
            .collect::<Result<_, _>>()
            .map_err(|_| Error::Garbled)?;
    let find = |tag: u16| objects.iter().find(|object| object.tag == tag);
    let mut reading = Reading::of(Kind::MyNumber);
    if !offsets_agree(&objects, header.len) {
        reading.warnings.push(Warning::OffsetsDisagree);
    }
    let Applicant { name, address, birth_date, sex, .. } = &mut reading.applicant;
    let warnings = &mut reading.warnings;
    *name = value_of(find(0xDF22), Field::Name, text, warnings);
    *address = value_of(find(0xDF23), Field::Address, text, warnings);
    *birth_date = value_of(find(0xDF24), Field::BirthDate, date, warnings);
    *sex = value_of(find(0xDF25), Field::Sex, sex_of, warnings);
    reading.with_doubts()
}

/// The value of an object, or a warning in its place.
fn value_of<T>(
    object: Option<&Object<'_>>,
    field: Field,
    read: fn(&[u8]) -> Option<T>,
    warnings: &mut Vec<Warning>,
) -> Option<Sourced<T>> {
    let value = object.and_then(|object| read(object.value));
    if value.is_none() {
        warnings.push(Warning::Unreadable { field });
    }
    value.map(|value| Sourced { value, source: Source::Card })
}

/// UTF-8, kept as it is: variation selectors, half of a pair of look-alikes and
/// blanks included.
fn text(bytes: &[u8]) -> Option<Text> {
    let text = Text::from(std::str::from_utf8(bytes).ok()?);
    (!text.is_blank()).then_some(text)
}

/// `YYYYMMDD`, Gregorian; `00` where the day or month is not known.
fn date(bytes: &[u8]) -> Option<PartialDate> {
    PartialDate::from_eight_digits(std::str::from_utf8(bytes).ok()?).ok()
}

fn sex_of(bytes: &[u8]) -> Option<Sex> {
    let [digit] = bytes else { return None };
    Sex::from_digit(*digit)
}

/// `DF21` holds the position of each tag from the start of the file, two bytes
/// each, in the order of the tags.
fn offsets_agree(objects: &[Object<'_>], outer_header_len: usize) -> bool {
    let Some(table) = objects.iter().find(|object| object.tag == 0xDF21) else { return false };
    let (stated, odd) = table.value.as_chunks::<2>();
    let stated = stated.iter().map(|pair| usize::from(u16::from_be_bytes(*pair)));
    let found = [0xDF22, 0xDF23, 0xDF24, 0xDF25]
        .iter()
        .filter_map(|tag| objects.iter().find(|object| object.tag == *tag))
        .map(|object| object.at + outer_header_len);
    odd.is_empty() && stated.eq(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ADDRESS: &str = "見本県みほん町ひがし台４５番地の６　コーポみほん２０１号室";

    /// An EF 0002 of 138 bytes, so that the outer length takes two: its table of
    /// offsets begins at `000F`.
    fn file(table: [u8; 8]) -> Vec<u8> {
        [
            b"\xFF\x20\x81\x86\xDF\x21\x08".as_slice(),
            &table,
            b"\xDF\x22\x0F",
            "見本　太郎".as_bytes(),
            b"\xDF\x23\x57",
            ADDRESS.as_bytes(),
            b"\xDF\x24\x0819840108\xDF\x25\x011",
        ]
        .concat()
    }

    const TABLE: [u8; 8] = [0x00, 0x0F, 0x00, 0x21, 0x00, 0x7B, 0x00, 0x86];

    #[test]
    fn an_address_that_makes_the_lengths_longer_moves_no_field() {
        let bytes = file(TABLE);
        assert_eq!((bytes.len(), file_len(&bytes[..4])), (138, Some(138)));
        let reading = parse(&bytes).unwrap();
        assert_eq!(reading.warnings, []);
        assert_eq!(reading.applicant.address.unwrap().value, Text::from(ADDRESS));
    }

    #[test]
    fn the_objects_are_believed_where_the_table_of_offsets_contradicts_them() {
        let short_form = [0x00, 0x0E, 0x00, 0x20, 0x00, 0x7A, 0x00, 0x85];
        let reading = parse(&file(short_form)).unwrap();
        assert_eq!(reading.warnings, [Warning::OffsetsDisagree]);
        assert_eq!(reading.applicant.name.unwrap().value, Text::from("見本　太郎"));
    }

    #[test]
    fn what_is_no_file_of_four_attributes_is_refused() {
        for bytes in [
            b"".as_slice(),
            b"\xFF\x10\x0C123456789012",
            b"\xFF\x20\x82\x08\x00",
            b"\xFF\x20\x05\xDF\x22\x03\xE8\xA9",
            b"\xFF\x20\x00",
        ] {
            assert_eq!(parse(bytes), Err(Error::Garbled), "{bytes:02X?}");
        }
        assert_eq!(file_len(b"\xFF\x20\x82\x07\xFB"), Some(FILE_LEN_MAX));
        assert_eq!(file_len(b"\xFF\x20\x82\x07\xFC"), None);
    }

    #[test]
    fn a_name_that_is_not_utf_8_is_never_patched_up() {
        let mut bytes = file(TABLE);
        bytes[18] = 0xFF;
        assert_eq!(parse(&bytes), Err(Error::Garbled));
        let mut bytes = file(TABLE);
        bytes[36] = 0xFF;
        let reading = parse(&bytes).unwrap();
        assert_eq!(reading.applicant.address, None);
        assert_eq!(reading.warnings, [Warning::Unreadable { field: Field::Address }]);
    }

    proptest! {
        #[test]
        fn no_file_makes_the_reader_panic(bytes: Vec<u8>, at in 0_usize..138, byte: u8) {
            let _ = parse(&bytes);
            let mut damaged = file(TABLE);
            damaged[at] = byte;
            let _ = (file_len(&damaged), parse(&damaged));
            let _ = parse(&damaged[..at]);
        }
    }
}
