//! Answers as people read them, in their language.

use crate::applicant::Source;
use crate::form::Form;
use crate::form::answers::Value;
use crate::form::paper::Misfit;
use crate::form::template::{Kind, Question};
use crate::lang::{Lang, Phrases};
use crate::pdf::{Lack, Lacking};
use crate::wareki::PartialDate;

/// The words of a value; empty when it was skipped.
pub fn value(question: &Question, value: &Value, words: Phrases) -> String {
    let label = |id: &str| {
        let option = question.options.iter().find(|option| option.id == id);
        option.map_or(id, |option| option.in_lang(words.lang())).to_owned()
    };
    match value {
        Value::Text(text) if question.kind == Kind::Postal => postal_code(&text.to_string()),
        Value::Text(text) => text.to_string(),
        Value::Date(date) => match &question.years {
            Some(years) => years.words(date.year(), words.lang()),
            None => self::date(*date, words.lang()),
        },
        Value::Choice(id) => label(id),
        Value::Choices(ids) => {
            ids.iter().map(|id| label(id)).collect::<Vec<_>>().join(words.t("list.and"))
        }
        Value::Flag(true) => words.t("list.yes").to_owned(),
        Value::Flag(false) => words.t("list.no").to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Copies(copies) => copies
            .iter()
            .map(|(id, copies)| {
                words.with("list.copies", &[("what", label(id)), ("copies", copies.to_string())])
            })
            .collect::<Vec<_>>()
            .join(words.t("list.and")),
    }
}

/// `〒999-0002`. What is no postal code stays as it is.
fn postal_code(code: &str) -> String {
    match code.split_at_checked(3) {
        Some((area, town)) if town.len() == 4 => format!("〒{area}-{town}"),
        _ => code.to_owned(),
    }
}

/// What of a code is doubtful, in a sentence, with what it is about where that has words.
pub fn doubt(what: Option<&str>, code: &str, words: Phrases) -> String {
    let sentence = words.t(code);
    match what {
        Some(what) => {
            words.with("preregistration.about", &[("what", what), ("sentence", sentence)])
        }
        None => sentence.to_owned(),
    }
}

/// A date in both calendars: Japanese papers speak one, many people the other.
pub fn date(date: PartialDate, lang: Lang) -> String {
    match lang {
        Lang::Ja => format!("{}（{}年）", date.wareki(), date.year()),
        Lang::En => format!("{date} ({})", date.wareki()),
    }
}

/// The key of the word for a source.
pub fn source_key(source: Source) -> &'static str {
    match source {
        Source::Card => "source.card",
        Source::Licence => "source.licence",
        Source::Qr => "source.qr",
        Source::Typed => "source.typed",
        Source::Clerk => "source.clerk",
        Source::Register => "source.register",
        Source::Preset => "source.preset",
    }
}

/// Names the answer by the words of its question: `異動する方（2人目）：氏名`.
pub fn does_not_fit(words: Phrases, form: Option<&Form>, misfit: &Misfit) -> String {
    let question = form.and_then(|form| form.question(&misfit.path));
    let page = form
        .zip(question)
        .and_then(|(form, question)| form.pages().iter().find(|page| page.id == question.page));
    let lang = words.lang();
    let label = match (page, question) {
        (Some(page), Some(one)) => {
            format!("{}：{}", page.title.in_lang(lang), one.label.in_lang(lang))
        }
        _ => misfit.words.to_string(),
    };
    words.with("desk.visit.does_not_fit", &[("label", label)])
}

/// A letter that is an empty box on the paper, in a sentence.
pub fn lacking(words: Phrases, lacking: &Lacking) -> String {
    let values = [("character", &lacking.character), ("code", &lacking.code_point)];
    match lacking.lack {
        Lack::NoGlyph => words.with("desk.visit.no_glyph", &values),
        Lack::NoVariant => words.with("desk.visit.no_variant", &values),
        Lack::NoCodePoint => words.t("desk.visit.no_code_point").to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_postal_code_is_shown_as_it_stands_on_letters() {
        assert_eq!(postal_code("9990002"), "〒999-0002");
        assert_eq!(postal_code("999"), "999");
        assert_eq!(postal_code("みほん"), "みほん");
    }

    #[test]
    fn a_date_is_shown_in_both_calendars() {
        let day: PartialDate = "1993-01-01".parse().unwrap();
        assert_eq!(date(day, Lang::Ja), "平成5年1月1日（1993年）");
        assert_eq!(date(day, Lang::En), "1993-01-01 (平成5年1月1日)");
    }
}
