//! What is paid with (支払方法), and what a terminal's slip says of it.

use serde::{Deserialize, Serialize};

use super::Error;
use crate::yen::Yen;

/// What one payment is paid with. One: nobody pays part in cash and part by card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Tender {
    /// 現金: what was handed over; the rest is the change.
    Cash { received: Yen },
    /// クレジットカード.
    Credit,
    /// デビットカード.
    Debit,
    /// 電子マネー.
    Emoney,
    /// コード決済.
    Qr,
    /// 後納: a public office pays by bill.
    Later,
    /// Nothing is paid, on the grounds the charge names.
    Nothing,
}

impl Tender {
    /// The name used in storage: `emoney`.
    pub fn id(self) -> &'static str {
        match self {
            Tender::Cash { .. } => "cash",
            Tender::Credit => "credit",
            Tender::Debit => "debit",
            Tender::Emoney => "emoney",
            Tender::Qr => "qr",
            Tender::Later => "later",
            Tender::Nothing => "nothing",
        }
    }

    /// The tender of a [`Tender::id`]; of cash, with what was handed over.
    pub fn from_id(id: &str, received: Option<Yen>) -> Option<Tender> {
        Some(match (id, received) {
            ("cash", Some(received)) => Tender::Cash { received },
            ("credit", None) => Tender::Credit,
            ("debit", None) => Tender::Debit,
            ("emoney", None) => Tender::Emoney,
            ("qr", None) => Tender::Qr,
            ("later", None) => Tender::Later,
            ("nothing", None) => Tender::Nothing,
            _ => return None,
        })
    }

    /// The cash that was handed over.
    pub fn received(self) -> Option<Yen> {
        match self {
            Tender::Cash { received } => Some(received),
            _ => None,
        }
    }

    /// What a terminal takes of it, if one does.
    pub fn means(self) -> Option<Means> {
        Means::from_id(self.id())
    }

    /// Whether a terminal says what became of it.
    pub fn is_cashless(self) -> bool {
        self.means().is_some()
    }
}

/// What a terminal takes: everything but cash and bills.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Means {
    Credit,
    Debit,
    Emoney,
    Qr,
}

impl Means {
    /// All of them, in the order a screen offers them.
    pub const ALL: [Means; 4] = [Means::Credit, Means::Debit, Means::Emoney, Means::Qr];

    /// The name used in storage and on lines: `emoney`.
    pub fn id(self) -> &'static str {
        Tender::from(self).id()
    }

    /// The means of a [`Means::id`].
    pub fn from_id(id: &str) -> Option<Means> {
        Means::ALL.into_iter().find(|means| means.id() == id)
    }
}

impl From<Means> for Tender {
    fn from(means: Means) -> Tender {
        match means {
            Means::Credit => Tender::Credit,
            Means::Debit => Tender::Debit,
            Means::Emoney => Tender::Emoney,
            Means::Qr => Tender::Qr,
        }
    }
}

/// The terminal a payment is begun at: noted before anybody touches it, so that it can
/// be asked there what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct At {
    /// Id of the terminal, as the town wrote it.
    pub terminal: String,
    /// Id of the brand, where it was chosen beforehand. The slip has the last word.
    pub brand: Option<String>,
}

/// What stands for a terminal where the resident's wallet read the code on the desk's own
/// screen (JPQR): the code's reference is the slip's number. No terminal is called so.
pub const THE_CODE: &str = "jpqr";

impl At {
    /// The desk's own code, for a wallet of this brand.
    pub fn the_code(brand: &str) -> At {
        At { terminal: THE_CODE.to_owned(), brand: Some(brand.to_owned()) }
    }

    /// Whether no terminal was at it.
    pub fn is_the_code(&self) -> bool {
        self.terminal == THE_CODE
    }
}

/// What the terminal's slip says: enough to find it again at the acquirer (指定納付
/// 受託者). Never a card's number or the code a wallet shows; where such a thing could be
/// typed, it is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slip {
    /// Id of the brand, as the town wrote it: `visa`.
    pub brand: String,
    /// Id of the company that takes the money for the town.
    pub acquirer: String,
    /// Id of the terminal, as the town wrote it.
    pub terminal: String,
    /// 伝票番号.
    pub number: SlipNumber,
}

/// 伝票番号: at most eleven digits, capital letters and hyphens, so that it can be neither
/// the number of a card, which has thirteen digits and more, nor a 個人番号.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SlipNumber(String);

impl SlipNumber {
    /// Reads what was typed; digits and letters of full width are taken, too.
    ///
    /// # Errors
    /// [`Error::NoSlipNumber`].
    pub fn typed(text: &str) -> Result<SlipNumber, Error> {
        let half = |c: char| match u32::from(c) {
            code @ 0xFF01..=0xFF5E => char::from_u32(code - 0xFEE0).unwrap_or(c),
            _ => c,
        };
        let text: String = text.trim().chars().map(half).collect();
        let text = text.to_ascii_uppercase();
        let fits = |c: char| c.is_ascii_digit() || c.is_ascii_uppercase() || c == '-';
        let is_number = (1..=11).contains(&text.len()) && text.chars().all(fits);
        is_number.then_some(SlipNumber(text)).ok_or(Error::NoSlipNumber)
    }

    /// As it is kept.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a refund is given back in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Back {
    /// In cash, whatever was paid with: many terminals cannot take 電子マネー back.
    Cash,
    /// As it was paid.
    Same,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_number_is_never_the_number_of_a_card() {
        for (typed, read) in [
            ("00123", Some("00123")),
            (" ０１２３ａ ", Some("0123A")),
            ("12-345", Some("12-345")),
            ("", None),
            ("4980123456789012", None),
            ("4980 1234 5678 9012", None),
            ("1234567890123", None),
            ("伝票1", None),
            ("123456789012", None),
        ] {
            let slip = SlipNumber::typed(typed).ok();
            assert_eq!(slip.as_ref().map(SlipNumber::as_str), read, "{typed}");
        }
    }

    #[test]
    fn names_read_back() {
        let cash = Tender::Cash { received: Yen(500) };
        for tender in [cash, Tender::Credit, Tender::Emoney, Tender::Later, Tender::Nothing] {
            assert_eq!(Tender::from_id(tender.id(), tender.received()), Some(tender));
        }
        assert_eq!(Tender::from_id("cash", None), None);
        assert_eq!(Tender::from_id("qr", Some(Yen(1))), None);
    }
}
