//! Finding one visit among those of a day, by whatever the resident or the paper
//! says: receipt number, ticket, name, reading or birth date, typed into one box.

use unicode_normalization::UnicodeNormalization;

use crate::form::answers::{Answers, Value};
use crate::kana;
use crate::queue::holder;
use crate::secret::Code;
use crate::wareki::PartialDate;

/// What a visit can be found by. Made for one search and dropped with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findable {
    /// Search keys of names and readings of everybody in the visit.
    names: Vec<String>,
    births: Vec<PartialDate>,
    ticket: String,
    /// The code of the ticket's own page, which stands on the slip.
    page: Option<Code>,
    receipts: Vec<String>,
}

impl Findable {
    /// Everybody's names, readings and birth dates, the ticket and the receipts.
    pub fn new<'a>(
        answers: &Answers,
        ticket: &str,
        receipts: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let mut findable = Self {
            ticket: plain(ticket),
            receipts: receipts.into_iter().map(plain).collect(),
            ..Self::default()
        };
        for (path, answer) in answers.iter() {
            match (path.rsplit('.').next(), &answer.value) {
                (Some("name" | "kana"), Value::Text(text)) => {
                    findable.names.push(kana::search_key(&text.to_string()));
                }
                (Some("birth_date"), Value::Date(date)) => findable.births.push(*date),
                _ => {}
            }
        }
        findable
    }

    /// With the code of the ticket's own page.
    pub fn with_page(self, page: Option<Code>) -> Self {
        Self { page, ..self }
    }

    /// Whether `typed` finds this visit. Blank finds every one.
    ///
    /// Hiragana, half-width letters and blanks make no difference. A receipt is
    /// found by the whole of it or by its running number, a ticket with or
    /// without its letter.
    pub fn is_found_by(&self, typed: &str) -> bool {
        let words = plain(typed);
        if words.is_empty() {
            return true;
        }
        let born = PartialDate::typed(typed.trim());
        born.is_ok_and(|day| self.births.iter().any(|birth| birth.is_same_as(day)))
            || (numbered(&words).is_some() && numbered(&words) == numbered(&self.ticket))
            || self.receipts.contains(&words)
            || (self.page.is_some() && self.page == holder::page_in(typed))
            || running_number(&words).is_some_and(|number| self.is_numbered(number))
            || self.is_named(typed)
    }

    fn is_numbered(&self, number: u32) -> bool {
        let ticket = self.ticket.trim_start_matches(|c: char| !c.is_ascii_digit());
        let receipts = self.receipts.iter().filter_map(|receipt| receipt.rsplit('-').next());
        receipts.chain([ticket]).any(|own| running_number(own) == Some(number))
    }

    fn is_named(&self, typed: &str) -> bool {
        let key = kana::search_key(typed);
        !key.is_empty() && self.names.iter().any(|name| name.contains(&key))
    }
}

/// Half width, small letters, no blanks.
fn plain(text: &str) -> String {
    text.nfkc().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

/// A ticket's letters and number: `a012` and `a12` are the same.
fn numbered(ticket: &str) -> Option<(&str, u32)> {
    let digits = ticket.find(|c: char| c.is_ascii_digit())?;
    let (letters, number) = ticket.split_at(digits);
    Some((letters, running_number(number)?))
}

/// `0012` and `12` are the same number; a birth date is none.
fn running_number(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.len() <= 4 && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::applicant::Source;

    fn visit() -> Findable {
        let mut answers = Answers::default();
        let mut set = |path: &str, value: Value| answers.set(path, value, Source::Typed);
        set("applicant.name", Value::Text("見本　京子".into()));
        set("applicant.kana", Value::Text("ミホン　キョウコ".into()));
        set("applicant.birth_date", Value::Date("1986-11-30".parse().unwrap()));
        set("applicant.address", Value::Text("見本県みほん町ひがし台４５番地の６".into()));
        set("ido.member.2.name", Value::Text("見本　Ａｎｎａ".into()));
        Findable::new(&answers, "A12", ["honcho-20261121-0034"])
    }

    #[test]
    fn the_code_on_a_slip_finds_its_visit_and_no_other() {
        let own = visit().with_page(Code::typed("7K3M-PQ2X-7K3M"));
        assert!(own.is_found_by("https://madoguchi.example/s/7K3M-PQ2X-7K3M"));
        assert!(own.is_found_by("https://madoguchi.example/status/7k3mpq2x7k3m"));
        assert!(!own.is_found_by("https://madoguchi.example/s/7K3M-PQ2X-7K3N"));
        assert!(!own.is_found_by("7K3M-PQ2X-7K3M"), "nobody types it");
        assert!(!visit().is_found_by("https://madoguchi.example/s/7K3M-PQ2X-7K3M"));
    }

    #[test]
    fn one_box_finds_by_whatever_is_known() {
        for typed in [
            "",
            "　",
            "京子",
            "見本京子",
            "見 本",
            "きょうこ",
            "ｷｮｳｺ",
            "みほん きょ",
            "anna",
            "3611130",
            "３６１１１３０",
            "19861130",
            "1986-11-30",
            "A12",
            "ａ１２",
            "A012",
            "12",
            "34",
            "0034",
            "honcho-20261121-0034",
            "HONCHO-20261121-0034 ",
        ] {
            assert!(visit().is_found_by(typed), "{typed}");
        }
    }

    #[test]
    fn what_is_not_there_finds_nothing() {
        for typed in [
            "杏子",
            "3611201",
            "13",
            "A1",
            "honcho-20261121-0003",
            "20261121",
            "ひがし台",
            "-",
            "・",
        ] {
            assert!(!visit().is_found_by(typed), "{typed}");
        }
    }
}
