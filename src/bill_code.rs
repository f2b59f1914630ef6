//! Codes of bills and wallets that somebody holds to the kiosk by mistake: 納付書, eL-QR, a
//! wallet's screen. They are recognised by their shape alone, so that the screen can say
//! where such a thing is paid; nothing of what they hold is taken out, kept or logged.
//!
//! The layout of eL-QR is not public: what is long and all digits, or names the payment
//! site of local taxes, is taken for one. A bar code of a 納付書 is GS1-128: `91` and 42
//! digits (GS1 Japan, 料金代理収納 guideline, 6th edition).

use crate::jpqr;

/// What a code seems to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bill {
    /// The bar code of a 納付書 that shops and wallets take.
    Convenience,
    /// eL-QR of a local tax.
    LocalTax,
    /// What a wallet shows to pay with. Only a payment terminal reads it.
    Wallet,
    /// The code of a shop, for wallets.
    Shop,
}

/// With its name and the rest of a GS1-128 code of a 納付書.
const CONVENIENCE_DIGITS: usize = 44;
/// Shorter ones are numbers of bookings, cards and people.
const WALLET_DIGITS: std::ops::RangeInclusive<usize> = 16..=24;
/// The site where local taxes are paid.
const LOCAL_TAX_SITE: &str = "eltax.lta.go.jp";
/// `CPV01` in its template, as base64: how a wallet's own code begins (EMVCo CPM).
const CONSUMER_PRESENTED: &str = "hqvdufywm";

impl Bill {
    /// All of them.
    pub const ALL: [Bill; 4] = [Bill::Convenience, Bill::LocalTax, Bill::Wallet, Bill::Shop];

    /// What a text seems to be; `None` where it is no bill.
    pub fn of(text: &str) -> Option<Bill> {
        // Scanners may put the symbology first (`]C1`), and brackets around names.
        let text = text.trim().trim_start_matches(']');
        let text = text.strip_prefix("C1").or(text.strip_prefix("Q3")).unwrap_or(text);
        let mark = |one: char| matches!(one, '(' | ')' | '?' | ' ' | '\u{1d}');
        let plain: String = text.chars().map(half).filter(|one| !mark(*one)).collect();
        let lower = plain.to_ascii_lowercase();
        if jpqr::looks_like_one(&plain) {
            return Some(Bill::Shop);
        }
        if lower.contains(LOCAL_TAX_SITE) {
            return Some(Bill::LocalTax);
        }
        if lower.starts_with(CONSUMER_PRESENTED) {
            return Some(Bill::Wallet);
        }
        let is_digits = !plain.is_empty() && plain.bytes().all(|byte| byte.is_ascii_digit());
        match plain.len() {
            _ if !is_digits => None,
            CONVENIENCE_DIGITS if plain.starts_with("91") => Some(Bill::Convenience),
            length if WALLET_DIGITS.contains(&length) => Some(Bill::Wallet),
            length if length > *WALLET_DIGITS.end() => Some(Bill::LocalTax),
            _ => None,
        }
    }

    /// The stable name that screens look their sentences up by.
    pub fn code(self) -> &'static str {
        match self {
            Bill::Convenience => "bill_code.convenience",
            Bill::LocalTax => "bill_code.local_tax",
            Bill::Wallet => "bill_code.wallet",
            Bill::Shop => "bill_code.shop",
        }
    }
}

/// Digits and letters of full width, as an input method may leave them.
fn half(one: char) -> char {
    match u32::from(one) {
        code @ 0xFF01..=0xFF5E => char::from_u32(code - 0xFEE0).unwrap_or(one),
        _ => one,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bill_is_known_by_its_shape_and_nothing_else_is_one() {
        let convenience = format!("91{}", "0123456789".repeat(4) + "01");
        let full: String = convenience
            .chars()
            .map(|one| char::from_u32(u32::from(one) + 0xFEE0).unwrap())
            .collect();
        for (text, bill) in [
            (convenience.as_str(), Some(Bill::Convenience)),
            (&format!("]C1{convenience}"), Some(Bill::Convenience)),
            (&format!("(91){}", &convenience[2..]), Some(Bill::Convenience)),
            (&full, Some(Bill::Convenience)),
            (&"1".repeat(44), Some(Bill::LocalTax)),
            (&"12345".repeat(10), Some(Bill::LocalTax)),
            ("https://www.payment.eltax.lta.go.jp/pbuser/x", Some(Bill::LocalTax)),
            ("2801234567890123", Some(Bill::Wallet)),
            ("hQVDUFYwMWETTwegAAAGaAEBUAhURVNU", Some(Bill::Wallet)),
            ("00020101021226680019jp.or.paymentsjapan", Some(Bill::Shop)),
            // Numbers of bookings, a 個人番号, a driver's licence, a code made at home.
            ("123456789", None),
            ("123456789018", None),
            ("MK1ABCDEFGH", None),
            ("", None),
            ("https://town.example/", None),
        ] {
            assert_eq!(Bill::of(text), bill, "{text}");
        }
    }
}
