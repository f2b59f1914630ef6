//! 本人確認: what the clerk looked at. The marks are those of the printed forms.

use crate::form::answers::{Answers, Value};
pub(super) use crate::form::counter::{ID_KINDS as KINDS, ID_POINTS as POINTS};
use crate::lang::Phrases;

/// One box to tick.
pub(super) struct Tick {
    pub id: &'static str,
    pub label: String,
    pub ticked: bool,
}

/// The documents, those that were looked at ticked.
pub(super) fn kinds(words: &Phrases, answers: &Answers) -> Vec<Tick> {
    let label = |id| match id {
        "my_number_card" => words.t("desk.identity.my_number_card"),
        "licence" => words.t("desk.identity.licence"),
        "passport" => words.t("desk.identity.passport"),
        "residence_card" => words.t("desk.identity.residence_card"),
        "disability" => words.t("desk.identity.disability"),
        "insurance_certificate" => words.t("desk.identity.insurance_certificate"),
        "pension" => words.t("desk.identity.pension"),
        "care_insurance" => words.t("desk.identity.care_insurance"),
        "interview" => words.t("desk.identity.interview"),
        _ => words.t("desk.identity.other"),
    };
    ticks(&KINDS, label, answers.value("office.id_kind"))
}

/// One document, two, or an interview with them.
pub(super) fn points(words: &Phrases, answers: &Answers) -> Vec<Tick> {
    let label = |id| match id {
        "one" => words.t("desk.identity.one"),
        "two" => words.t("desk.identity.two"),
        _ => words.t("desk.identity.with_interview"),
    };
    ticks(&POINTS, label, answers.value("office.id_points"))
}

fn ticks<'w>(
    ids: &[&'static str],
    label: impl Fn(&'static str) -> &'w str,
    value: Option<&Value>,
) -> Vec<Tick> {
    let selected = value.map(Value::selected).unwrap_or_default();
    ids.iter()
        .map(|id| Tick { id, label: label(id).to_owned(), ticked: selected.contains(*id) })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::applicant::Source;
    use crate::lang::Lang;

    #[test]
    fn what_was_looked_at_is_ticked() {
        let mut answers = Answers::default();
        let kinds_seen = ["licence".to_owned(), "pension".to_owned()].into();
        answers.set("office.id_kind", Value::Choices(kinds_seen), Source::Clerk);
        answers.set("office.id_points", Value::Choice("two".into()), Source::Clerk);
        let words = Phrases::of(Lang::Ja);
        let ticked = |ticks: Vec<Tick>| -> Vec<&str> {
            ticks.iter().filter(|tick| tick.ticked).map(|tick| tick.id).collect()
        };
        assert_eq!(ticked(kinds(&words, &answers)), ["licence", "pension"]);
        assert_eq!(ticked(points(&words, &answers)), ["two"]);
    }
}
