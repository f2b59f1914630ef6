//! The person at the counter, as far as we know them.
//!
//! Every value knows where it came from, because a card tap is prefill and not
//! 本人確認: the clerk sees what was read, what was typed and what was corrected.
//! This room knows nothing of forms or screens.

use serde::{Deserialize, Serialize};

use crate::text::Text;
use crate::wareki::PartialDate;

/// Where a value came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// マイナンバーカード, 券面事項入力補助AP.
    Card,
    /// 運転免許証, the chip.
    Licence,
    /// The code made at home.
    Qr,
    /// Typed by the resident at the kiosk.
    Typed,
    /// Entered or corrected by a clerk.
    Clerk,
    /// Loaded by a clerk from the resident register.
    Register,
    /// The form's own default, or fixed by the procedure that was chosen.
    Preset,
}

/// A value with its origin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sourced<T> {
    pub value: T,
    pub source: Source,
}

/// As the card says it (ISO/IEC 5218, JIS X 0303). Asked only where a form
/// needs it; a driver's licence does not hold it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    Male,
    Female,
    /// `9`, not applicable.
    NotApplicable,
    /// `0`, not known.
    Unknown,
}

impl Sex {
    /// The option id used by questions and templates.
    pub fn id(self) -> &'static str {
        match self {
            Sex::Male => "male",
            Sex::Female => "female",
            Sex::NotApplicable => "not_applicable",
            Sex::Unknown => "unknown",
        }
    }

    /// The sex of a JIS X 0303 digit.
    pub fn from_digit(digit: u8) -> Option<Sex> {
        match digit {
            b'1' => Some(Sex::Male),
            b'2' => Some(Sex::Female),
            b'9' => Some(Sex::NotApplicable),
            b'0' => Some(Sex::Unknown),
            _ => None,
        }
    }
}

/// What is known of the applicant (申請者/届出人). A missing value is `None`, never
/// an empty text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applicant {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Sourced<Text>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kana: Option<Sourced<Text>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<Sourced<PartialDate>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sex: Option<Sourced<Sex>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<Sourced<Text>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<Sourced<Text>>,
}
