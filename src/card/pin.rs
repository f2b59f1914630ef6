//! What a resident types to open a card. Wiped when dropped, shown nowhere.
//!
//! None of these types has `Display`, `Serialize` or `Clone`, and `Debug` shows
//! no digit: whoever holds one can only hand it to a reader, once.

use std::fmt;

use time::Date;
use zeroize::Zeroizing;

use crate::wareki::Wareki;

/// The text was not of the form that the card takes. Nothing was presented.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotASecret {
    #[error("a PIN (暗証番号) has four digits")]
    Pin,
    #[error("照合番号B has fourteen digits")]
    NumberB,
}

/// A four-digit PIN: 券面事項入力補助用暗証番号, or 暗証番号1 of a licence.
pub struct Pin(Digits);

impl Pin {
    /// Takes exactly four ASCII digits.
    pub fn new(digits: &str) -> Result<Self, NotASecret> {
        exact_digits(digits, 4).map(Self).ok_or(NotASecret::Pin)
    }

    /// What a licence without PINs takes instead (`****`).
    pub(super) fn of_unset_licence() -> Self {
        Self(Zeroizing::new(Box::from(*b"****")))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(…)")
    }
}

/// 照合番号B: opens the card of someone without a usable PIN by what is printed on
/// it. Birth date as `YYMMDD` with the year of the Japanese era, the Gregorian
/// year of expiry, and the four-digit security code.
pub struct VerificationNumberB(Digits);

impl VerificationNumberB {
    /// Takes exactly fourteen ASCII digits.
    pub fn new(digits: &str) -> Result<Self, NotASecret> {
        exact_digits(digits, 14).map(Self).ok_or(NotASecret::NumberB)
    }

    /// Puts the number together from the card face.
    pub fn of_card_face(
        birth: Date,
        expiry_year: u16,
        security_code: &str,
    ) -> Result<Self, NotASecret> {
        let Wareki { year, month, day, .. } = Wareki::of(birth).ok_or(NotASecret::NumberB)?;
        let digits =
            Zeroizing::new(format!("{year:02}{month:02}{day:02}{expiry_year:04}{security_code}"));
        Self::new(&digits)
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for VerificationNumberB {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VerificationNumberB(…)")
    }
}

/// What is presented to the card.
#[derive(Debug)]
pub enum Secret {
    /// The four-digit PIN.
    Pin(Pin),
    /// 照合番号B, of a マイナンバーカード only. Works whether or not its PIN does.
    NumberB(VerificationNumberB),
    /// Nothing: enough for a licence whose PINs were never set.
    None,
}

/// On the heap, so that moving a secret moves a pointer and leaves no copy.
type Digits = Zeroizing<Box<[u8]>>;

fn exact_digits(text: &str, len: usize) -> Option<Digits> {
    let bytes = text.as_bytes();
    let exact = bytes.len() == len && bytes.iter().all(u8::is_ascii_digit);
    exact.then(|| Zeroizing::new(Box::from(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn a_pin_is_four_ascii_digits_and_nothing_else() {
        assert_eq!(Pin::new("1234").unwrap().bytes(), b"1234");
        for text in ["", "123", "12345", "12a4", "１２３４", " 1234", "****"] {
            assert_eq!(Pin::new(text).unwrap_err(), NotASecret::Pin, "{text:?}");
        }
    }

    #[test]
    fn a_secret_shows_no_digit_when_printed_for_debugging() {
        let secrets = [
            Secret::Pin(Pin::new("1234").unwrap()),
            Secret::NumberB(VerificationNumberB::new("55021720352285").unwrap()),
        ];
        for secret in secrets {
            assert!(!format!("{secret:?}").contains(|c: char| c.is_ascii_digit()), "{secret:?}");
        }
    }

    #[test]
    fn the_number_of_a_card_face_takes_the_era_year_of_birth() {
        let number = VerificationNumberB::of_card_face(date!(1980 - 02 - 17), 2035, "2285");
        assert_eq!(number.unwrap().bytes(), b"55021720352285");
        let first_year = VerificationNumberB::of_card_face(date!(2019 - 05 - 01), 2030, "0001");
        assert_eq!(first_year.unwrap().bytes(), b"01050120300001");
        assert!(VerificationNumberB::of_card_face(date!(1980 - 02 - 17), 2035, "228").is_err());
    }
}
