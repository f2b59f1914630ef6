//! `fees.toml`: who pays nothing (減免・免除), and on what ground.

use serde::Deserialize;
use time::Date;

use super::rules;
use crate::clock;
use crate::document::{Document, Place};
use crate::form::answers::Answers;
use crate::form::condition;
use crate::form::counter::EXEMPTIONS;
use crate::form::template::Condition;
use crate::lang::Words;
use crate::payment::FREE;

/// The mark of a paper that stands for "nothing is exempt".
pub const NOT_EXEMPT: &str = "none";

/// What the books say of a ground that they do not name.
pub const EXEMPT: &str = "exempt";

/// A ground on which nothing is charged.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exemption {
    pub id: String,
    pub name: Words,
    /// The rule it rests on (根拠), for the record.
    pub law: String,
    /// The box of the papers' 減免区分 that is ticked.
    pub mark: String,
    /// What the books call it, where they name it: it stands there, in the journal and at
    /// the town hall for good, so it tells nothing of a person. Left out, they say that
    /// somebody was exempt, and not why; that stays sealed with the visit.
    pub books: Option<String>,
    /// Ids of the forms it is for; left out, for all.
    #[serde(default)]
    pub forms: Vec<String>,
    /// Ids of the options it is for; left out, for all.
    #[serde(default)]
    pub options: Vec<String>,
    /// The answer that makes it hold by itself (使いみち); left out, a clerk says so.
    pub when: Option<Condition>,
    /// First day in force.
    #[serde(deserialize_with = "clock::written_day")]
    pub valid_from: Date,
    /// Last day in force; left out, until further notice.
    #[serde(default, deserialize_with = "clock::written_day_if_any")]
    pub valid_until: Option<Date>,
}

impl Exemption {
    /// Whether it is in force on `day`.
    pub fn is_valid_on(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_until.is_none_or(|last| day <= last)
    }

    /// As it stands in the books.
    pub fn booked(&self) -> &str {
        self.books.as_deref().unwrap_or(EXEMPT)
    }

    /// Whether a fee of this form can fall under it.
    pub fn is_for_form(&self, form: &str) -> bool {
        self.forms.is_empty() || self.forms.iter().any(|one| one == form)
    }

    /// Whether this option of this form can fall under it.
    pub fn is_for(&self, form: &str, option: &str) -> bool {
        let named = self.options.is_empty() || self.options.iter().any(|one| one == option);
        self.is_for_form(form) && named
    }

    /// Whether it holds by itself, by what was answered.
    pub fn holds(&self, answers: &Answers) -> bool {
        self.when.as_ref().is_some_and(|when| condition::holds(when, answers))
    }
}

/// Rules of the exemptions.
pub(super) fn check(document: &mut Document, exemptions: &[Exemption]) {
    rules::ids(document, "exemption", exemptions.iter().map(|one| one.id.as_str()));
    let marks: Vec<&str> = EXEMPTIONS.iter().copied().filter(|mark| *mark != NOT_EXEMPT).collect();
    for (row, exemption) in exemptions.iter().enumerate() {
        let place = Place::key_of("exemption").row(row);
        rules::words(document, place.clone().key("name"), &exemption.name);
        rules::filled(document, place.clone().key("law"), &exemption.law);
        let mark = place.clone().key("mark");
        rules::reference(document, mark, &exemption.mark, "様式の減免区分の欄", &marks);
        if let Some(books) = &exemption.books {
            let is_code = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            document.require(
                (1..=20).contains(&books.len())
                    && books.chars().all(is_code)
                    && ![NOT_EXEMPT, EXEMPT, FREE].contains(&books.as_str()),
                place.clone().key("books"),
                format!("「{books}」は帳簿での記号に使えません"),
                "英小文字・数字・「_」で20文字までにしてください（none・exempt・free は使えません）",
            );
        }
        document.require(
            exemption.id != NOT_EXEMPT,
            place.clone().key("id"),
            format!("「{NOT_EXEMPT}」は、免除しないという意味の記号です"),
            "ほかの記号にしてください",
        );
        document.require(
            exemption.valid_until.is_none_or(|last| exemption.valid_from <= last),
            place.key("valid_until"),
            "最後の日が最初の日より前です",
            "valid_from 以後の日を書いてください",
        );
    }
}
