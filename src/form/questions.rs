//! What is known, and what is still to be asked: the heart of the counter that
//! nobody has to write at.
//!
//! Everything here is worked out from the chosen forms and the answers that
//! exist; no step is ever stored, so Back, reload and a power cut change
//! nothing. The kiosk shows the first page of [`missing`] until there is none.
//!
//! - A question is asked once for all forms of the visit, whoever declares it.
//! - What a card or another answer already says is not asked (`from`).
//! - An answer counts only while its question's conditions hold; it is kept in
//!   storage and counts again when they hold again. Facts under `applicant.*`
//!   always count.
//! - A page that is shown asks its optional questions too, once: when it is
//!   submitted every question on it gets an answer, its default or
//!   [`Value::skipped`] if nothing was entered. So "asked" never needs a mark of
//!   its own.
//!
//! It does not know screens, and it never reads raw input (see `input`).

use std::collections::BTreeSet;

use crate::lang::Words;

use super::Form;
use super::answers::{Answer, Answers, Value};
use super::paths::prefix;
use super::resolve::Resolved;
use super::template::{Choice, Page, Question};
use super::value::default_value;

/// A page with the questions that stand on it now.
#[derive(Clone, Debug)]
pub struct AskPage<'f> {
    pub page: &'f Page,
    /// The form that asks; `None` for pages all forms share (`applicant.*`).
    pub form: Option<&'f str>,
    pub questions: Vec<AskQuestion<'f>>,
}

/// A question, as it stands for this visit.
#[derive(Clone, Debug)]
pub struct AskQuestion<'f> {
    pub question: &'f Question,
    /// Whether any form of the visit cannot do without the answer.
    pub required: bool,
    /// The options that are offered now.
    pub options: Vec<&'f Choice>,
    /// What is known already, and from where.
    pub answer: Option<Answer>,
    /// A likely value, to be confirmed.
    pub suggestion: Option<Value>,
}

impl AskQuestion<'_> {
    /// The path of the answer.
    pub fn path(&self) -> &str {
        &self.question.id
    }

    /// What the screen shows as entered: what is known, else what is likely,
    /// else the default.
    pub fn prefill(&self) -> Option<Value> {
        let known = self.answer.as_ref().map(|answer| answer.value.clone());
        known.or_else(|| self.suggestion.clone()).or_else(|| self.default())
    }

    /// What stands when nothing else is chosen.
    pub fn default(&self) -> Option<Value> {
        default_value(self.question)
    }
}

/// A required question without a value.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Missing {
    pub path: String,
    pub label: Words,
    /// The page that asks it.
    pub page: String,
}

/// The answers that count, and everything that follows from them through
/// `from`; a value taken from elsewhere keeps the source it had there.
pub fn known(forms: &[&Form], answers: &Answers) -> Answers {
    Resolved::of(forms, answers, false).answers
}

/// What is known, with the defaults of questions nobody has answered: what the
/// paper shows.
pub fn with_defaults(forms: &[&Form], answers: &Answers) -> Answers {
    Resolved::of(forms, answers, true).answers
}

/// All pages that apply, with all their questions and what is known of each:
/// for the check page, for correcting, and for the clerk.
pub fn pages<'f>(forms: &[&'f Form], answers: &Answers) -> Vec<AskPage<'f>> {
    collect(forms, &Resolved::of(forms, answers, false))
}

/// The pages still to ask, in order, each with only the questions that have no
/// answer yet: pages about the applicant first, then each form's own. What may
/// still follow from a question that is itself to be asked waits for it.
pub fn missing<'f>(forms: &[&'f Form], answers: &Answers) -> Vec<AskPage<'f>> {
    let resolved = Resolved::of(forms, answers, false);
    let mut unanswered = collect(forms, &resolved);
    keep(&mut unanswered, |question| question.answer.is_none());
    let mut ready = unanswered.clone();
    keep(&mut ready, |question| !resolved.may_follow(question.question));
    // Two forms that wait for each other: asking is better than a dead end.
    if ready.is_empty() { unanswered } else { ready }
}

fn keep(pages: &mut Vec<AskPage<'_>>, wanted: impl Fn(&AskQuestion<'_>) -> bool) {
    for page in pages.iter_mut() {
        page.questions.retain(&wanted);
    }
    pages.retain(|page| !page.questions.is_empty());
}

/// The required questions without a value: what keeps the forms from being
/// accepted. A default counts as a value.
pub fn incomplete(forms: &[&Form], answers: &Answers) -> Vec<Missing> {
    let resolved = Resolved::of(forms, answers, true);
    let pages = collect(forms, &resolved);
    let questions = pages.iter().flat_map(|page| &page.questions);
    questions
        .filter(|question| question.required && question.answer.is_none())
        .map(|question| Missing {
            path: question.path().to_owned(),
            label: question.question.label.clone(),
            page: question.question.page.clone(),
        })
        .collect()
}

/// Paths of answers that were given but do not count for `forms`: their
/// question's condition does not hold, or an option is not offered.
pub fn ignored(forms: &[&Form], answers: &Answers) -> Vec<String> {
    let counted = Resolved::of(forms, answers, true).answers;
    let uncounted = answers.iter().filter(|(path, answer)| counted.get(path) != Some(answer));
    uncounted.map(|(path, _)| path.to_owned()).collect()
}

fn collect<'f>(forms: &[&'f Form], resolved: &Resolved<'_>) -> Vec<AskPage<'f>> {
    let mut pages: Vec<AskPage<'f>> = Vec::new();
    let mut seen = BTreeSet::new();
    for shared in [true, false] {
        for &form in forms {
            for page in form.pages().iter().filter(|page| is_shared(page) == shared) {
                let asked = form.questions().iter().filter(|question| {
                    question.page == page.id
                        && resolved.applies(&question.id)
                        && seen.insert(question.id.as_str())
                });
                let asked: Vec<_> = asked.map(|question| ask(question, resolved)).collect();
                put(&mut pages, page, (!shared).then(|| form.id()), asked);
            }
        }
    }
    pages
}

fn is_shared(page: &Page) -> bool {
    prefix(&page.id) == "applicant"
}

/// Adds the questions to the page of this id, which another form may have
/// opened already.
fn put<'f>(
    pages: &mut Vec<AskPage<'f>>,
    page: &'f Page,
    form: Option<&'f str>,
    questions: Vec<AskQuestion<'f>>,
) {
    if questions.is_empty() {
        return;
    }
    match pages.iter_mut().find(|open| open.page.id == page.id) {
        Some(open) => open.questions.extend(questions),
        None => pages.push(AskPage { page, form, questions }),
    }
}

fn ask<'f>(question: &'f Question, resolved: &Resolved<'_>) -> AskQuestion<'f> {
    AskQuestion {
        question,
        required: resolved.required(&question.id),
        options: resolved.offered(question),
        answer: resolved.answers.get(&question.id).cloned(),
        suggestion: resolved.suggestion(question),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::applicant::Source;
    use crate::form::Forms;
    use crate::form::input::{Raw, read};
    use crate::form::template::Kind;
    use proptest::prelude::*;
    use time::macros::date;

    const CARD: [(&str, Kind, &str); 4] = [
        ("applicant.name", Kind::Name, "試験　花子"),
        ("applicant.birth_date", Kind::Date, "1993-05-14"),
        ("applicant.sex", Kind::Choice, "female"),
        ("applicant.address", Kind::Address, "見本県みほん町中央一丁目２番３号"),
    ];

    fn shipped() -> Forms {
        Forms::load(std::path::Path::new("templates/forms")).unwrap()
    }

    fn a_card() -> Answers {
        let mut answers = Answers::default();
        for (path, kind, value) in CARD {
            let value = match kind {
                Kind::Date => Value::Date(value.parse().unwrap()),
                Kind::Choice => Value::Choice(value.into()),
                _ => Value::Text(value.into()),
            };
            answers.set(path, value, Source::Card);
        }
        answers
    }

    fn choose(answers: &mut Answers, path: &str, option: &str) {
        answers.set(path, Value::Choice(option.into()), Source::Typed);
    }

    /// Answers every page as a resident would who presses "next", after
    /// `decide` had a say; gives back the pages and questions seen.
    fn walk(
        forms: &[&Form],
        answers: &mut Answers,
        mut decide: impl FnMut(&AskQuestion<'_>) -> Option<Raw>,
    ) -> (Vec<String>, Vec<String>) {
        let (mut pages, mut questions) = (Vec::new(), Vec::new());
        while let Some(page) = missing(forms, answers).into_iter().next() {
            pages.push(page.page.id.clone());
            assert!(pages.len() < 100, "no end: {pages:?}");
            for question in &page.questions {
                questions.push(question.path().to_owned());
                let raw = decide(question).unwrap_or_else(|| likely(question));
                let value = read(question, &raw, date!(2026 - 11 - 21))
                    .unwrap_or_else(|error| panic!("{}: {raw:?}: {error}", question.path()));
                answers.set(question.path(), value, Source::Typed);
            }
        }
        (pages, questions)
    }

    fn likely(question: &AskQuestion<'_>) -> Raw {
        let one = |entry: &str| Raw::One(entry.to_owned());
        if question.default().is_some() {
            return Raw::Absent;
        }
        match question.question.kind {
            _ if !question.required => Raw::Absent,
            Kind::Name => one("見本　太郎"),
            Kind::Kana => one("みほん"),
            Kind::Address => one("見本県みほん町みなみ５番地"),
            Kind::Text => one("試験のため"),
            Kind::Phone => one("090-0000-0101"),
            Kind::Postal => one("999-9999"),
            Kind::Date => one("2026-11-20"),
            Kind::Flag => one("no"),
            Kind::Number => one("1"),
            Kind::Choice | Kind::Multi => one(&question.options[0].id),
            Kind::Copies => Raw::Counts([(question.options[0].id.clone(), "1".into())].into()),
        }
    }

    #[test]
    fn a_card_and_a_certificate_leave_seven_pages() {
        let forms = shipped();
        let mut answers = a_card();
        let (pages, _) = walk(&[forms.get("juminhyo").unwrap()], &mut answers, |_| None);
        let expected = [
            "applicant.person",
            "juminhyo.relation",
            "juminhyo.scope",
            "juminhyo.copies",
            "juminhyo.head",
            "juminhyo.details",
            "juminhyo.purpose",
        ];
        assert_eq!(pages, expected);
        assert_eq!(answers.value("juminhyo.show.my_number"), Some(&Value::Flag(false)));
        assert_eq!(answers.value("juminhyo.purpose"), Some(&Value::skipped()));
    }

    #[test]
    fn on_the_day_of_a_move_the_card_says_the_old_address() {
        let forms = shipped();
        let (ido, juminhyo) = (forms.get("ido").unwrap(), forms.get("juminhyo").unwrap());
        for kind in ["move_in", "move_within"] {
            let mut answers = a_card();
            choose(&mut answers, "ido.kind", kind);
            let (_, asked) = walk(&[juminhyo, ido], &mut answers, |_| None);
            let known = known(&[juminhyo, ido], &answers);
            let old = known.get("ido.old.address").unwrap();
            assert_eq!((&old.value, old.source), (&Value::Text(CARD[3].2.into()), Source::Card));
            let new = known.text("ido.new.address").unwrap();
            assert_ne!(Value::Text(new.clone()), old.value);
            // The certificate is for the new home, and nobody writes it twice.
            assert_eq!(known.text("juminhyo.target.address"), Some(new), "{kind}");
            assert_eq!(known.text("ido.contact.address"), Some(new), "{kind}");
            let addresses: Vec<_> = asked.iter().filter(|path| path.ends_with("address")).collect();
            assert_eq!(addresses, ["ido.new.address"], "{kind}");
        }
    }

    #[test]
    fn someone_from_abroad_has_an_old_address_that_no_card_knows() {
        let forms = shipped();
        let ido = forms.get("ido").unwrap();
        let mut answers = a_card();
        choose(&mut answers, "ido.kind", "move_in");
        choose(&mut answers, "ido.from", "abroad");
        let (_, asked) = walk(&[ido], &mut answers, |_| None);
        assert!(asked.contains(&"ido.old.address".to_owned()));
    }

    #[test]
    fn an_agent_is_not_the_person_concerned() {
        let forms = shipped();
        let ido = forms.get("ido").unwrap();
        let mut answers = a_card();
        choose(&mut answers, "ido.kind", "move_in");
        choose(&mut answers, "ido.filer", "agent");
        let (_, asked) = walk(&[ido], &mut answers, |_| None);
        for path in ["ido.agent.relation", "ido.member.1.name", "ido.old.address"] {
            assert!(asked.contains(&path.to_owned()), "{path}");
        }
        let known = known(&[ido], &answers);
        assert_eq!(known.text("ido.contact.address"), Some(&CARD[3].2.into()));
    }

    #[test]
    fn what_nobody_else_may_have_is_not_offered() {
        let forms = shipped();
        let juminhyo = forms.get("juminhyo").unwrap();
        let mut answers = a_card();
        answers.set("juminhyo.show.my_number", Value::Flag(true), Source::Typed);
        choose(&mut answers, "juminhyo.relation", "third_party");
        let (_, asked) = walk(&[juminhyo], &mut answers, |_| None);
        assert!(asked.contains(&"juminhyo.reason".to_owned()));
        assert_eq!(known(&[juminhyo], &answers).get("juminhyo.show.my_number"), None);
        assert_eq!(ignored(&[juminhyo], &answers), ["juminhyo.show.my_number"]);
        // Kept in storage: it counts again when the condition does.
        choose(&mut answers, "juminhyo.relation", "self");
        assert!(known(&[juminhyo], &answers).get("juminhyo.show.my_number").is_some());
    }

    #[test]
    fn copies_of_a_kind_no_longer_offered_are_asked_again() {
        let forms = shipped();
        let juminhyo = forms.get("juminhyo").unwrap();
        let mut answers = a_card();
        choose(&mut answers, "juminhyo.relation", "self");
        let wide = Value::Copies([("wide_area".into(), 1)].into());
        answers.set("juminhyo.copies", wide.clone(), Source::Typed);
        assert_eq!(known(&[juminhyo], &answers).value("juminhyo.copies"), Some(&wide));
        choose(&mut answers, "juminhyo.relation", "agent");
        assert_eq!(known(&[juminhyo], &answers).value("juminhyo.copies"), None);
    }

    #[test]
    fn what_is_incomplete_is_named_with_its_page() {
        let forms = shipped();
        let juminhyo = forms.get("juminhyo").unwrap();
        let mut answers = a_card();
        choose(&mut answers, "juminhyo.relation", "self");
        let missing: Vec<_> = incomplete(&[juminhyo], &answers)
            .into_iter()
            .map(|missing| (missing.path, missing.page))
            .collect();
        let expected = [
            ("applicant.phone", "applicant.person"),
            ("juminhyo.scope", "juminhyo.scope"),
            ("juminhyo.head", "juminhyo.head"),
        ];
        assert_eq!(missing, expected.map(|(path, page)| (path.to_owned(), page.to_owned())));
    }

    #[test]
    fn every_optional_item_of_a_shipped_certificate_defaults_to_no() {
        for form in shipped().iter() {
            let flags = form.questions().iter().filter(|question| question.kind == Kind::Flag);
            for flag in flags {
                assert_eq!(flag.default.as_deref(), Some("no"), "{}", flag.id);
            }
        }
    }

    #[test]
    fn everything_known_leaves_nothing_to_ask_and_can_still_be_corrected() {
        let forms = shipped();
        let juminhyo = forms.get("juminhyo").unwrap();
        let mut answers = a_card();
        walk(&[juminhyo], &mut answers, |_| None);
        let pages = pages(&[juminhyo], &answers);
        assert!(pages.iter().flat_map(|page| &page.questions).all(|ask| ask.answer.is_some()));
        assert_eq!(pages[0].questions[0].prefill(), Some(Value::Text(CARD[0].2.into())));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        /// Whatever is chosen, with or without a card, for one form or both: the
        /// pages come to an end, no question comes twice, nothing is left open.
        #[test]
        fn every_way_through_the_pages_ends_with_nothing_left(
            with_card: bool,
            which in 0_usize..4,
            picks in proptest::collection::vec(0_usize..8, 64),
        ) {
            let forms = shipped();
            let (ido, juminhyo) = (forms.get("ido").unwrap(), forms.get("juminhyo").unwrap());
            let ways = [vec![ido], vec![juminhyo], vec![ido, juminhyo], vec![juminhyo, ido]];
            let chosen = ways[which].as_slice();
            let mut answers = if with_card { a_card() } else { Answers::default() };
            let mut picks = picks.into_iter().cycle();
            let (_, asked) = walk(chosen, &mut answers, |ask| {
                let pick = picks.next()?;
                match ask.question.kind {
                    Kind::Choice => {
                        Some(Raw::One(ask.options[pick % ask.options.len()].id.clone()))
                    }
                    Kind::Flag => Some(Raw::One(if pick % 2 == 0 { "yes" } else { "no" }.into())),
                    Kind::Number => {
                        let [min, max] = ask.question.range?;
                        Some(Raw::One((min + pick as u32).min(max).to_string()))
                    }
                    _ => None,
                }
            });
            let once: BTreeSet<&String> = asked.iter().collect();
            prop_assert_eq!(once.len(), asked.len(), "asked twice: {:?}", asked);
            prop_assert_eq!(incomplete(chosen, &answers), vec![]);
        }
    }
}
