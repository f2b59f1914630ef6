//! Names, readings, addresses, free text, telephone numbers and postal codes.

use crate::kana;
use crate::personal_number;
use crate::text::{Piece, Text};

use super::super::answers::Value;
use super::super::template::{Kind, Question};
use super::InputError;

pub(super) fn is_words(kind: Kind) -> bool {
    matches!(kind, Kind::Name | Kind::Kana | Kind::Address | Kind::Text)
}

/// Names, readings, addresses and free text.
pub(super) fn words(question: &Question, text: &Text) -> Result<Option<Value>, InputError> {
    let text = if question.kind == Kind::Kana { in_katakana(text)? } else { text.clone() };
    allowed(&text, question.max_chars.unwrap_or(longest(question.kind)))?;
    Ok((!text.is_blank()).then_some(Value::Text(text)))
}

/// Words a clerk writes beside the questions, by the rules of free text.
///
/// # Errors
/// [`InputError::Required`] when there are none; as for any other text.
pub fn remark(entry: &str, max_chars: usize) -> Result<String, InputError> {
    let entry = entry.trim();
    if entry.is_empty() {
        return Err(InputError::Required);
    }
    allowed(&Text::from(entry), max_chars).map(|()| entry.to_owned())
}

/// The reading of a name, outside any form, by the rules of フリガナ.
///
/// # Errors
/// [`InputError::Required`] when there is none; as for any other reading.
pub fn reading(entry: &str, max_chars: usize) -> Result<String, InputError> {
    let entry = entry.trim();
    if entry.is_empty() {
        return Err(InputError::Required);
    }
    let reading = in_katakana(&Text::from(entry))?;
    allowed(&reading, max_chars)?;
    Ok(reading.to_string())
}

/// A telephone number, outside any form.
///
/// # Errors
/// [`InputError::Required`] when there is none, [`InputError::NotAPhone`].
pub fn telephone(entry: &str) -> Result<String, InputError> {
    let entry = entry.trim();
    if entry.is_empty() { Err(InputError::Required) } else { phone(entry) }
}

fn allowed(text: &Text, max: usize) -> Result<(), InputError> {
    plain_words(text)?;
    if count_chars(text) > max { Err(InputError::TooLong { max }) } else { Ok(()) }
}

/// Refuses what no words may hold, wherever they come from.
pub(in crate::form) fn plain_words(text: &Text) -> Result<(), InputError> {
    for piece in text.pieces() {
        let Piece::Text(plain) = piece else { continue };
        if plain.chars().any(is_refused) {
            return Err(InputError::ControlCharacter);
        }
        if personal_number::contains(plain) {
            return Err(InputError::PersonalNumber);
        }
    }
    Ok(())
}

fn in_katakana(text: &Text) -> Result<Text, InputError> {
    let pieces = text.pieces().iter().map(|piece| match piece {
        Piece::Text(plain) => {
            let katakana = kana::to_katakana(plain);
            if kana::is_reading(&katakana) {
                Ok(Piece::Text(katakana))
            } else {
                Err(InputError::NotKatakana)
            }
        }
        _ => Err(InputError::NotKatakana),
    });
    pieces.collect::<Result<Vec<_>, _>>().map(Text::from_pieces)
}

/// Characters that do not stand for a letter but act on the text around them:
/// controls, direction marks, and invisible blanks. They could make a name look
/// like another one, on screen or on paper.
fn is_refused(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFF}'
            | '\u{E0000}'..='\u{E007F}')
}

/// Length as people count it: a character with its variation selector, or a
/// kana with its voicing mark, is one; a character without a code point too.
pub fn count_chars(text: &Text) -> usize {
    let stands_alone = |c: &char| {
        !kana::is_variation_selector(*c) && !unicode_normalization::char::is_combining_mark(*c)
    };
    text.pieces()
        .iter()
        .map(|piece| match piece {
            Piece::Text(plain) => plain.chars().filter(stands_alone).count(),
            Piece::Gaiji(_) | Piece::Missing | Piece::Unknown(_) => 1,
        })
        .sum()
}

/// Room for the longest names and addresses seen on real forms.
fn longest(kind: Kind) -> usize {
    match kind {
        Kind::Name => 60,
        Kind::Kana => 80,
        Kind::Address => 120,
        _ => 200,
    }
}

pub(super) fn ascii(entry: &str) -> String {
    entry
        .chars()
        .map(|c| match c {
            '０'..='９' => char::from(b'0' + (c as u32 - '０' as u32) as u8),
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FF0D}' | 'ー' => '-',
            c => c,
        })
        .collect()
}

/// National numbers: 10 digits, 11 for mobile and IP telephones. Hyphens stay
/// where they were typed.
pub(super) fn phone(entry: &str) -> Result<String, InputError> {
    let entry = ascii(entry).replace(['(', ')', ' ', '　', '（', '）'], "-");
    let phone = entry.split('-').filter(|group| !group.is_empty()).collect::<Vec<_>>().join("-");
    let digits: String = phone.chars().filter(|c| *c != '-').collect();
    let national = digits.starts_with('0') && matches!(digits.len(), 10 | 11);
    (national && digits.bytes().all(|byte| byte.is_ascii_digit()))
        .then_some(phone)
        .ok_or(InputError::NotAPhone)
}

/// A number copied off a card; blanks and hyphens between groups are left out.
pub(super) fn digits(entry: &str, [min, max]: [u32; 2]) -> Result<String, InputError> {
    let digits = ascii(entry).replace(['-', ' ', '　'], "");
    plain_words(&Text::from(digits.as_str()))?;
    let fits = (min as usize..=max as usize).contains(&digits.len());
    (fits && digits.bytes().all(|byte| byte.is_ascii_digit()))
        .then_some(digits)
        .ok_or(InputError::WrongDigits { min, max })
}

pub(super) fn postal(entry: &str) -> Result<String, InputError> {
    let entry = ascii(entry);
    let digits = entry.trim_start_matches('〒').trim().replacen('-', "", 1);
    (digits.len() == 7 && digits.bytes().all(|byte| byte.is_ascii_digit()))
        .then_some(digits)
        .ok_or(InputError::NotAPostalCode)
}
