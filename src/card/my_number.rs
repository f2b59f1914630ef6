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
        0 => Ok(Ask::Nothing(Error::Blocked { kind: Kind::MyNumber })),
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
    let (key, digits) = match &secret {
        Secret::Pin(pin) => (TextFile::PinKey, pin.bytes()),
        Secret::NumberB(number) => (TextFile::NumberBKey, number.bytes()),
        Secret::None => return Err(Error::SecretNeeded),
    };
    if !card.select(key)? {
        return Err(Error::Blocked { kind: Kind::MyNumber });
    }
    match (card.verify_once(Key::Selected, digits, consent_to_last_try)?, &secret) {
        (Verified::Open, _) => Ok(()),
        (Verified::Blocked, _) => Err(Error::Blocked { kind: Kind::MyNumber }),
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
