//! Secrets that are handed out once and kept only as their SHA-256.
//!
//! A [`Token`] is carried by a browser, a [`Code`] by a person who reads it from
//! one screen and types it into another. Both are random, so a plain hash is
//! enough: there is nothing to guess from a dictionary. Passwords are another
//! matter and are not kept here.

use std::fmt;

use sha2::{Digest as _, Sha256};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::chance::{self, Chance};
use crate::hex;

/// What is stored instead of the secret.
pub type Digest = [u8; 32];

fn digest(purpose: &str, secret: &[u8]) -> Digest {
    let mut hash = Sha256::new();
    hash.update((purpose.len() as u64).to_be_bytes());
    hash.update(purpose);
    hash.update(secret);
    hash.finalize().into()
}

/// 256 random bits that prove who is asking.
pub struct Token(Zeroizing<[u8; 32]>);

impl Token {
    /// A new token.
    pub fn new(chance: &dyn Chance) -> Self {
        Self(Zeroizing::new(chance::bytes(chance)))
    }

    /// The token that is this secret.
    pub fn of(secret: Digest) -> Self {
        Self(Zeroizing::new(secret))
    }

    /// The 64 hexadecimal digits that stand in the cookie.
    pub fn text(&self) -> String {
        hex::digits(&*self.0)
    }

    /// Reads what [`Token::text`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        if digits.len() != 64 || !digits.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        let mut token = Zeroizing::new([0; 32]);
        for (byte, pair) in token.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(Self(token))
    }

    /// What is stored and looked up.
    pub fn digest(&self) -> Digest {
        digest("token", &*self.0)
    }

    /// A second secret that only the holder's own pages know, for the hidden
    /// field of forms. The token cannot be found from it.
    pub fn form_key(&self) -> String {
        hex::digits(&digest("form", &*self.0))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Digits and capital letters that nobody takes for one another: no 0 O, 1 I L.
const LETTERS: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";

/// A short secret for one use, typed by a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(String);

impl Code {
    /// A new code of `len` characters, about five bits each.
    pub fn new(chance: &dyn Chance, len: usize) -> Self {
        Self::from_bytes(std::iter::repeat_with(|| chance::bytes::<1>(chance)[0]), len)
    }

    /// The code of `len` characters that follows from a secret, each time the same.
    pub fn of(secret: &Digest, len: usize) -> Self {
        let bytes = (0..).flat_map(|block: u32| digest(&format!("code {block}"), secret));
        Self::from_bytes(bytes, len)
    }

    fn from_bytes(bytes: impl Iterator<Item = u8>, len: usize) -> Self {
        // 248 is the largest multiple of 31: taking the rest of a larger byte
        // would make some letters likelier than others.
        let even = bytes.filter(|byte| *byte < 248);
        Self(
            even.take(len)
                .map(|byte| char::from(LETTERS[usize::from(byte) % LETTERS.len()]))
                .collect(),
        )
    }

    /// Reads a code as people type it: small letters, full-width letters, blanks
    /// and hyphens are taken. `None` if any other character is in it.
    pub fn typed(text: &str) -> Option<Self> {
        let code: String = text
            .nfkc()
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '‐' | '−' | 'ー'))
            .map(|c| c.to_ascii_uppercase())
            .collect();
        let known = |c: char| u8::try_from(c).is_ok_and(|letter| LETTERS.contains(&letter));
        (!code.is_empty() && code.chars().all(known)).then_some(Self(code))
    }

    /// What is stored and looked up. The same code for another purpose has
    /// another digest.
    pub fn digest(&self, purpose: &str) -> Digest {
        digest(purpose, self.0.as_bytes())
    }
}

impl fmt::Display for Code {
    /// In groups of four: `7K3M-PQ2X`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, letter) in self.0.chars().enumerate() {
            if n > 0 && n % 4 == 0 {
                f.write_str("-")?;
            }
            write!(f, "{letter}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::SeededChance;

    #[test]
    fn a_token_reads_back_from_its_text_and_from_nothing_else() {
        let token = Token::new(&SeededChance::new(1));
        let text = token.text();
        assert_eq!(Token::parse(&text).unwrap().digest(), token.digest());
        for other in ["", "zz", &text[1..], &format!("{text}0"), &text.replace(&text[..1], "g")] {
            assert!(Token::parse(other).is_none(), "{other}");
        }
        assert_ne!(token.form_key(), text);
        assert!(!format!("{token:?}").contains(&text[..8]));
    }

    #[test]
    fn a_code_is_taken_however_it_is_typed() {
        let code = Code::new(&SeededChance::new(2), 8);
        let shown = code.to_string();
        assert_eq!((shown.len(), shown.find('-')), (9, Some(4)));
        let full_width: String =
            shown.chars().map(|c| char::from_u32(c as u32 + 0xFEE0).unwrap()).collect();
        for typed in [shown.clone(), shown.to_lowercase(), shown.replace('-', " "), full_width] {
            assert_eq!(Code::typed(&typed), Some(code.clone()), "{typed}");
        }
        for typed in ["", " - ", "ABCD-0OIL", "あ", "ABCD'--"] {
            assert_eq!(Code::typed(typed), None, "{typed}");
        }
    }

    #[test]
    fn every_letter_of_a_code_is_equally_likely() {
        let many = Code::new(&SeededChance::new(3), 31_000);
        for letter in LETTERS {
            let seen = many.0.bytes().filter(|b| b == letter).count();
            assert!((850..1150).contains(&seen), "{letter}: {seen}");
        }
    }

    #[test]
    fn a_secret_makes_one_code_however_long_ago() {
        let code = Code::of(&[7; 32], 8);
        assert_eq!(Code::of(&[7; 32], 8), code);
        assert_eq!(code.to_string().len(), 9);
        assert_ne!(Code::of(&[8; 32], 8), code);
        assert_eq!(Code::of(&[7; 32], 100).0.len(), 100);
    }

    #[test]
    fn one_code_for_two_purposes_has_two_digests() {
        let code = Code::new(&SeededChance::new(4), 8);
        assert_ne!(code.digest("pairing"), code.digest("setup"));
    }
}
