//! Fields of two digits of name, two of length, and a value.
//!
//! A length counts letters, not bytes: メルペイ カフェ is `08`. The check at the end of a
//! code runs over bytes all the same.

use super::Error;

/// Fields in their order, one after the other; `None` where one is empty or too long.
pub(super) fn joined(fields: &[(u8, &str)]) -> Option<String> {
    let mut text = String::new();
    for (id, value) in fields {
        let letters = value.chars().count();
        if !(1..=99).contains(&letters) {
            return None;
        }
        text.push_str(&format!("{id:02}{letters:02}{value}"));
    }
    Some(text)
}

/// The fields of a text that holds nothing else.
pub(super) fn fields(text: &str) -> Result<Vec<(u8, &str)>, Error> {
    let (mut fields, mut rest) = (Vec::new(), text);
    while !rest.is_empty() {
        let (id, after) = number(rest)?;
        let (letters, after) = number(after)?;
        let (value, after) = split(after, letters.into())?;
        fields.push((id, value));
        rest = after;
    }
    Ok(fields)
}

/// The value of the one field with this name.
pub(super) fn one<'t>(fields: &[(u8, &'t str)], id: u8) -> Result<&'t str, Error> {
    let mut own = fields.iter().filter(|(other, _)| *other == id);
    match (own.next(), own.next()) {
        (Some((_, value)), None) => Ok(value),
        _ => Err(Error::Fields),
    }
}

/// Two digits, and what follows.
fn number(text: &str) -> Result<(u8, &str), Error> {
    let (digits, after) = split(text, 2)?;
    let are_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
    let number = digits.parse().ok().filter(|_| are_digits).ok_or(Error::Fields)?;
    Ok((number, after))
}

/// So many letters, and what follows.
fn split(text: &str, letters: usize) -> Result<(&str, &str), Error> {
    let mut ends = text.char_indices().map(|(at, _)| at).chain(std::iter::once(text.len()));
    text.split_at_checked(ends.nth(letters).ok_or(Error::Fields)?).ok_or(Error::Fields)
}
