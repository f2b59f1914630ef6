//! `demo/residents.toml`: the invented people of the example town.
//!
//! The demonstration and the tests use these and nobody else. Plain values
//! only: the card room turns a [`Card`] into a chip of its own.

use serde::Deserialize;
use time::Date;

use crate::applicant::Sex;
use crate::lang::Words;
use crate::text::Text;
use crate::wareki::PartialDate;

/// People who live together, listed to show one pattern.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Household {
    pub id: String,
    pub pattern: Pattern,
    /// What this household is for, in one sentence.
    pub about: Words,
    /// 住所, building and room included, as the register and the cards have it.
    pub address: String,
    /// Where they are moving to, as they would say it at the counter.
    pub moves_to: Option<String>,
    #[serde(rename = "person")]
    pub people: Vec<Resident>,
}

/// The household patterns that must all be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pattern {
    /// 単身.
    Single,
    /// 夫婦.
    Couple,
    /// 三世代.
    ThreeGenerations,
    /// 外国人住民: a Latin name and a 通称.
    Foreign,
    /// A name with a variation selector, from beyond the basic plane, or with 髙, 﨑.
    RareCharacters,
    /// An address that takes a card two chunks and a form its smallest type.
    LongAddress,
    /// 世帯主の死亡.
    DeceasedHead,
    /// 支援措置: the address is protected.
    ProtectedAddress,
    /// 転入予定: still lives in another town.
    MovingIn,
}

impl Pattern {
    /// Every pattern.
    pub const ALL: [Pattern; 9] = [
        Pattern::Single,
        Pattern::Couple,
        Pattern::ThreeGenerations,
        Pattern::Foreign,
        Pattern::RareCharacters,
        Pattern::LongAddress,
        Pattern::DeceasedHead,
        Pattern::ProtectedAddress,
        Pattern::MovingIn,
    ];
}

/// One invented person.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resident {
    /// Unique among all households.
    pub id: String,
    pub relation: Relation,
    pub name: Text,
    /// フリガナ; a foreign resident may have none.
    pub kana: Option<String>,
    /// 通称 of a foreign resident.
    pub alias: Option<String>,
    pub birth_date: PartialDate,
    pub sex: Sex,
    /// 国籍・地域; left out, Japan.
    pub nationality: Option<String>,
    pub phone: Option<String>,
    #[serde(default, deserialize_with = "crate::clock::written_day_if_any")]
    pub deceased_on: Option<Date>,
    #[serde(rename = "card", default)]
    pub cards: Vec<Card>,
}

/// 世帯主との続柄.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// 世帯主.
    Head,
    /// 妻.
    Wife,
    /// 夫.
    Husband,
    /// 子.
    Child,
    /// 父.
    Father,
    /// 母.
    Mother,
    /// 子の妻.
    ChildsWife,
    /// 子の夫.
    ChildsHusband,
    /// 子の子.
    Grandchild,
}

/// A card in a resident's purse.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// What the card is there to show, for whoever tries the demonstration; one
    /// without is for tests only.
    pub shows: Option<Words>,
    pub kind: CardKind,
    /// 暗証番号: four digits. Left out, none is set (顔認証マイナンバーカード, or a
    /// licence without 暗証番号).
    pub pin: Option<String>,
    /// Tries left before the first one; left out, all of them; 0 is a blocked card.
    pub tries_left: Option<u8>,
    /// 顔認証マイナンバーカード: no PIN; opened with 照合番号B, which the face of the
    /// card shows as expiry year and security code.
    #[serde(default)]
    pub face_authentication: bool,
    /// My Number card: year of expiry on the face.
    pub expires_year: Option<u16>,
    /// My Number card: セキュリティコード on the face, four digits.
    pub security_code: Option<String>,
    /// The name on the chip where it is not the register's: 外字 stand as
    /// `{ gaiji = 1 }`, 欠字 as `{ missing = true }`.
    pub name: Option<Text>,
    /// The address on the chip where it is not the household's.
    pub address: Option<String>,
    /// Licence: the change notes (記載事項変更, EF04), oldest first.
    #[serde(default)]
    pub changed: Vec<Changed>,
}

/// One change note of a licence.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum Changed {
    Name(Text),
    Address(String),
}

/// The kinds of card people bring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CardKind {
    /// マイナンバーカード.
    MyNumber,
    /// 運転免許証.
    Licence,
    /// 在留カード: recognised, and declined politely.
    Residence,
    /// Any other card.
    Unknown,
}

/// The whole file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub household: Vec<Household>,
}
