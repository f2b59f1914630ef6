//! The booking number (予約番号): what somebody says at the telephone, types at the
//! kiosk or shows as a code, and all that such a code holds.
//!
//! Eight digits drawn at random and a check digit by Damm, which finds every single
//! wrong digit and every two that changed places. A hundred million numbers: whoever
//! tries one a second at a tablet meets one of a day's two hundred after days, and
//! then learns a service and a time, and nobody's name.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

use crate::chance::{self, Chance};

/// Digits of a number, the check digit included. Not twelve: that is what a
/// 個人番号 has.
pub const DIGITS: usize = 9;

/// A booking number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Number([u8; DIGITS]);

/// Damm's quasigroup of order ten.
const DAMM: [[u8; 10]; 10] = [
    [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
    [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
    [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
    [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
    [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
    [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
    [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
    [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
    [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
    [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
];

fn damm(digits: &[u8]) -> u8 {
    digits.iter().fold(0, |interim, digit| DAMM[usize::from(interim)][usize::from(*digit)])
}

impl Number {
    /// A number nobody can foresee.
    pub fn draw(chance: &dyn Chance) -> Self {
        let mut drawn = u64::from_be_bytes(chance::bytes(chance)) % 100_000_000;
        let mut digits = [0; DIGITS];
        for digit in digits[..DIGITS - 1].iter_mut().rev() {
            *digit = (drawn % 10) as u8;
            drawn /= 10;
        }
        digits[DIGITS - 1] = damm(&digits[..DIGITS - 1]);
        Self(digits)
    }

    /// The number somebody typed, or that a code holds: full-width digits, blanks and
    /// hyphens make no difference. `None` where it can be none.
    pub fn typed(text: &str) -> Option<Self> {
        let digit = |c: char| c.to_digit(10).and_then(|digit| u8::try_from(digit).ok());
        let is_blank = |c: &char| c.is_whitespace() || "-‐‑–—−－ー".contains(*c);
        let typed = text.nfkc().filter(|c| !is_blank(c)).take(DIGITS + 1);
        let digits = typed.map(digit).collect::<Option<Vec<u8>>>()?;
        let digits: [u8; DIGITS] = digits.try_into().ok()?;
        (damm(&digits) == 0).then_some(Self(digits))
    }

    /// The number in a code made at home.
    pub fn to_u32(self) -> u32 {
        self.0.iter().fold(0, |number, digit| number * 10 + u32::from(*digit))
    }

    /// Reads what [`Number::to_u32`] gave.
    pub fn from_u32(number: u32) -> Option<Self> {
        Self::typed(&format!("{number:09}"))
    }

    /// The digits alone: in storage, and in a code.
    pub fn digits(&self) -> String {
        self.0.iter().map(|digit| char::from(b'0' + digit)).collect()
    }
}

impl fmt::Display for Number {
    /// `123-456-789`: as people read it aloud.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.digits();
        write!(f, "{}-{}-{}", &digits[..3], &digits[3..6], &digits[6..])
    }
}

impl fmt::Debug for Number {
    /// Whoever holds it can call the appointment off: it stands in no log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Number(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::SeededChance;
    use proptest::prelude::*;

    #[test]
    fn a_number_is_read_however_it_is_typed() {
        let number = Number::draw(&SeededChance::new(7));
        let digits = number.digits();
        let wide: String =
            digits.chars().map(|c| char::from_u32(c as u32 + 0xFEE0).unwrap()).collect();
        for typed in [digits.clone(), number.to_string(), wide, format!(" {} ", number)] {
            assert_eq!(Number::typed(&typed), Some(number), "{typed}");
        }
        for typed in ["", "12345678", "１２３", "abcdefghi", &format!("{digits}0")] {
            assert_eq!(Number::typed(typed), None, "{typed}");
        }
        assert!(!format!("{number:?}").contains(&digits[..3]));
    }

    proptest! {
        #[test]
        fn one_wrong_digit_and_two_that_changed_places_are_found(
            seed: u64, at in 0..DIGITS, other in 0_u8..10
        ) {
            let number = Number::draw(&SeededChance::new(seed));
            let mut wrong = number.0;
            wrong[at] = other;
            prop_assert_eq!(damm(&wrong) == 0, wrong == number.0);
            let mut swapped = number.0;
            swapped.swap(at, (at + 1).min(DIGITS - 1));
            prop_assert_eq!(damm(&swapped) == 0, swapped == number.0);
        }

        #[test]
        fn no_number_can_be_taken_for_an_individual_number(seed: u64) {
            let number = Number::draw(&SeededChance::new(seed));
            prop_assert!(!crate::personal_number::contains(&number.to_string()));
            prop_assert_eq!(Number::from_u32(number.to_u32()), Some(number));
        }
    }
}
