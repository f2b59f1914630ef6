//! `[jpqr]` of `site.toml`: the town's number as a shop of JPQR, where it has one.

use serde::Deserialize;

use super::rules;
use crate::document::{Document, Place};
use crate::jpqr::Store;

/// How the town is registered, and how long a code stands on the screen.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Jpqr {
    /// 統一用店舗識別コード: 13, 4, 6 and 6 digits.
    pub store_id: [String; 4],
    /// 加盟店業種コード (ISO 18245).
    #[serde(default = "public_services")]
    pub category: String,
    /// In ASCII, as it is registered.
    pub name: String,
    pub city: String,
    /// Seven digits.
    pub postcode: String,
    pub name_ja: String,
    /// Seconds that a code stands on the screen.
    #[serde(default = "five_minutes")]
    pub expires_secs: u32,
}

fn public_services() -> String {
    "9399".to_owned()
}

fn five_minutes() -> u32 {
    300
}

impl Jpqr {
    /// The same, as codes are made of it.
    pub fn store(&self) -> Store {
        let [company, chain, shop, terminal] = self.store_id.clone();
        Store {
            company,
            chain,
            shop,
            terminal,
            category: self.category.clone(),
            name: self.name.clone(),
            city: self.city.clone(),
            postcode: self.postcode.clone(),
            name_ja: self.name_ja.clone(),
        }
    }

    pub(super) fn check(&self, document: &mut Document, place: &Place) {
        for (part, digits) in self.store_id.iter().zip([13, 4, 6, 6]) {
            check_digits(document, place.clone().key("store_id"), (part, digits));
        }
        for (key, text, digits) in
            [("category", &self.category, 4), ("postcode", &self.postcode, 7)]
        {
            check_digits(document, place.clone().key(key), (text, digits));
        }
        for (key, text, letters) in [("name", &self.name, 25), ("city", &self.city, 15)] {
            document.require(
                (1..=letters).contains(&text.len()) && text.is_ascii() && !has_control(text),
                place.clone().key(key),
                format!("「{text}」は JPQR の店舗名・市区町村名に使えません"),
                format!("登録したとおりに、半角の英数字 {letters} 文字までで書いてください"),
            );
        }
        let japanese = &self.name_ja;
        document.require(
            (1..=25).contains(&japanese.chars().count()) && !has_control(japanese),
            place.clone().key("name_ja"),
            format!("「{japanese}」は JPQR の店舗名に使えません"),
            "25文字までで書いてください",
        );
        let expires = place.clone().key("expires_secs");
        rules::range(document, expires, self.expires_secs, [60, 900]);
    }
}

fn has_control(text: &str) -> bool {
    text.contains(char::is_control)
}

fn check_digits(document: &mut Document, place: Place, (text, digits): (&str, usize)) {
    document.require(
        text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit()),
        place,
        format!("「{text}」は {digits} 桁の数字ではありません"),
        format!("JPQR に登録した {digits} 桁の数字を「\"」で囲んで書いてください"),
    );
}
