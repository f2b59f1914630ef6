//! What a resident types to open a card. Wiped when dropped, shown nowhere.
//!
//! None of these types has `Display`, `Serialize` or `Clone`, and `Debug` shows
//! no digit: whoever holds one can only hand it to a reader, once.

use std::fmt;

use time::Month;
use zeroize::Zeroizing;

/// The text was not of the form that the card takes. Nothing was presented.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotASecret {
    #[error("a PIN (暗証番号) has four digits")]
    Pin,
    #[error(
        "照合番号B is six digits of birth (YYMMDD of the era), the year of expiry and four digits"
    )]
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
    /// Takes exactly fourteen ASCII digits that begin with a birth date. What no
    /// card shows, such as `850401` of the western calendar, would only cost a try.
    pub fn new(digits: &str) -> Result<Self, NotASecret> {
        let digits = exact_digits(digits, 14).filter(|digits| is_born(digits));
        digits.map(Self).ok_or(NotASecret::NumberB)
    }

    /// Puts the number together from what a card face shows: the birth date as
    /// `YYMMDD`, the year of expiry, and the security code.
    pub fn of_card_face(birth: &str, expiry: &str, code: &str) -> Result<Self, NotASecret> {
        if [birth.len(), expiry.len(), code.len()] != [6, 4, 4] {
            return Err(NotASecret::NumberB);
        }
        Self::new(&Zeroizing::new([birth, expiry, code].concat()))
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

/// Whether the digits begin with a day of some Japanese era as `YYMMDD`. Which era
/// it is they do not tell; none was longer than the 64 years of Shōwa.
fn is_born(digits: &[u8]) -> bool {
    let two =
        |at: usize| Some(10 * digits.get(at)?.checked_sub(b'0')? + digits.get(at + 1)? - b'0');
    let (Some(year), Some(month), Some(day)) = (two(0), two(2), two(4)) else { return false };
    // 29 February: of some year.
    let days = Month::try_from(month).map_or(0, |month| month.length(2000));
    (1..=64).contains(&year) && (1..=days).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn only_what_a_card_face_can_show_is_a_number_to_present() {
        let face = |parts: [&str; 3]| {
            VerificationNumberB::of_card_face(parts[0], parts[1], parts[2])
                .map(|number| String::from_utf8(number.bytes().to_vec()).unwrap())
        };
        for (birth, shown) in [("550217", true), ("640107", true), ("080229", true)] {
            assert_eq!(face([birth, "2035", "2285"]).is_ok(), shown, "{birth}");
        }
        assert_eq!(face(["550217", "2035", "2285"]).unwrap(), "55021720352285");
        for parts in [
            ["55021", "72035", "2285"],
            ["550217", "20352", "285"],
            ["850401", "2035", "2285"],
            ["000217", "2035", "2285"],
            ["551317", "2035", "2285"],
            ["550230", "2035", "2285"],
            ["550200", "2035", "2285"],
            ["５５", "2035", "2285"],
        ] {
            assert_eq!(face(parts), Err(NotASecret::NumberB), "{parts:?}");
        }
    }
}
