//! JPQR: a code for an exact amount that a resident's wallet reads from a screen
//! (merchant-presented, dynamic). A text of EMVCo's fields with the council's unified
//! store number in it. It knows neither charges nor screens, and decides nothing: that
//! somebody was shown a code is no payment.
//!
//! EMV QR Code Specification for Payment Systems, Merchant-Presented Mode 1.1; the
//! council's MPM guideline (統一用店舗識別コード) for template 26.

mod crc;
mod tlv;

#[cfg(test)]
mod tests;

use crate::yen::Yen;

/// How the code of the council names itself.
const COUNCIL: &str = "jp.or.paymentsjapan";
/// The longest text that EMVCo allows, in letters.
const LETTERS_MAX: usize = 512;

/// A store as it is registered with the council.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Store {
    /// Thirteen digits: the company.
    pub company: String,
    /// Four: the chain.
    pub chain: String,
    /// Six: the shop.
    pub shop: String,
    /// Six: the terminal.
    pub terminal: String,
    /// Four: ISO 18245, 9399 for public services.
    pub category: String,
    /// At most 25 letters of ASCII.
    pub name: String,
    /// At most 15.
    pub city: String,
    /// Seven digits.
    pub postcode: String,
    /// In Japanese, at most 25 letters.
    pub name_ja: String,
}

/// Why a text is no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("a field of the code does not fit, or is cut off")]
    Fields,
    #[error("the check at the end of the code does not hold")]
    Check,
    #[error("this is no code for a payment in yen")]
    NotOurs,
}

/// What a code asks a wallet to pay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub store: Store,
    pub amount: Yen,
    pub reference: String,
}

impl Store {
    /// The code for this amount, once: `reference` is at most 25 letters and digits, by
    /// which the payment is found again. `None` where something does not fit, or nothing
    /// is to be paid.
    pub fn code(&self, amount: Yen, reference: &str) -> Option<String> {
        let council = tlv::joined(&[
            (0, COUNCIL),
            (1, &self.company),
            (2, &self.chain),
            (3, &self.shop),
            (4, &self.terminal),
        ])?;
        let paid = amount.0.to_string();
        let japanese = tlv::joined(&[(0, "JA"), (1, &self.name_ja)])?;
        let more = tlv::joined(&[(5, reference)])?;
        let text = tlv::joined(&[
            (0, "01"),
            // Dynamic: for one payment.
            (1, "12"),
            (26, &council),
            (52, &self.category),
            (53, "392"),
            (54, &paid),
            (58, "JP"),
            (59, &self.name),
            (60, &self.city),
            (61, &self.postcode),
            (62, &more),
            (64, &japanese),
        ])?;
        let text = crc::signed(&text);
        let fits = amount > Yen(0) && text.chars().count() <= LETTERS_MAX;
        fits.then_some(text)
    }
}

/// Whether a text begins as every code of this kind does: it is a shop's code for a
/// wallet, and nothing that this counter takes.
pub fn looks_like_one(text: &str) -> bool {
    text.starts_with("000201")
}

/// Reads a dynamic code.
///
/// # Errors
/// [`Error`].
pub fn read(text: &str) -> Result<Asked, Error> {
    let fields = tlv::fields(crc::checked(text)?)?;
    let council = tlv::fields(tlv::one(&fields, 26)?)?;
    let more = tlv::fields(tlv::one(&fields, 62)?)?;
    let japanese = tlv::fields(tlv::one(&fields, 64)?)?;
    let of = |fields, id| tlv::one(fields, id).map(str::to_owned);
    let is = |fields, id, wanted: &str| tlv::one(fields, id).is_ok_and(|value| value == wanted);
    let ours = is(&fields, 1, "12")
        && is(&fields, 53, "392")
        && is(&fields, 58, "JP")
        && is(&council, 0, COUNCIL)
        && is(&japanese, 0, "JA");
    let amount = tlv::one(&fields, 54)?.parse().map(Yen).map_err(|_| Error::NotOurs)?;
    let store = Store {
        company: of(&council, 1)?,
        chain: of(&council, 2)?,
        shop: of(&council, 3)?,
        terminal: of(&council, 4)?,
        category: of(&fields, 52)?,
        name: of(&fields, 59)?,
        city: of(&fields, 60)?,
        postcode: of(&fields, 61)?,
        name_ja: of(&japanese, 1)?,
    };
    let asked = Asked { store, amount, reference: of(&more, 5)? };
    if ours { Ok(asked) } else { Err(Error::NotOurs) }
}
