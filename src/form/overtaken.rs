//! Answers that were typed under one relation and overtaken by another: whoever
//! first asks for somebody else and then for themselves must not find the other
//! person's name on the form.
//!
//! An origin with conditions says whose value a question takes. When another
//! answer lets another origin speak, or takes away the one that spoke, what was
//! typed before belongs to what was said before. A typed value stands against an
//! origin only as a correction, made while that origin already spoke. It does not
//! judge what a clerk corrected or a card told.

use crate::applicant::Source;

use super::Form;
use super::answers::Answers;
use super::resolve::Resolved;

/// Paths of the typed answers among `before` that `entered`, coming after them,
/// overtakes.
pub fn overtaken(forms: &[&Form], before: &Answers, entered: &Answers) -> Vec<String> {
    let mut after = before.clone();
    for (path, answer) in entered.iter() {
        after.set(path, answer.value.clone(), answer.source);
    }
    let mut overtaken = Vec::new();
    // What is forgotten may let another origin speak.
    while let Some(path) = first_overtaken(forms, before, entered, &after) {
        after.remove(&path);
        overtaken.push(path);
    }
    overtaken
}

fn first_overtaken(
    forms: &[&Form],
    before: &Answers,
    entered: &Answers,
    after: &Answers,
) -> Option<String> {
    let (then, now) = (Resolved::of(forms, before, false), Resolved::of(forms, after, false));
    let typed = after
        .iter()
        .filter(|(path, answer)| answer.source == Source::Typed && entered.get(path).is_none());
    let mut paths = typed.map(|(path, _)| path);
    paths.find(|path| then.speaking(path) != now.speaking(path)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::form::Forms;
    use crate::form::answers::Value;
    use crate::form::questions::known;

    fn choice(path: &str, id: &str) -> Answers {
        let mut answers = Answers::default();
        answers.set(path, Value::Choice(id.into()), Source::Typed);
        answers
    }

    /// Answers `entered` after `answers`, as a visit does.
    fn enter(forms: &[&Form], answers: &mut Answers, entered: &Answers) -> Vec<String> {
        let overtaken = overtaken(forms, answers, entered);
        overtaken.iter().for_each(|path| drop(answers.remove(path)));
        for (path, answer) in entered.iter() {
            answers.set(path, answer.value.clone(), answer.source);
        }
        overtaken
    }

    fn words(text: &str) -> Value {
        Value::Text(text.into())
    }

    #[test]
    fn somebody_else_is_forgotten_when_the_certificate_is_for_oneself_after_all() {
        let forms = Forms::load(Path::new("templates/forms")).unwrap();
        let juminhyo = [forms.get("juminhyo").unwrap()];
        let mut answers = choice("juminhyo.relation", "household");
        answers.set("applicant.name", words("試験　花子"), Source::Card);
        answers.set("juminhyo.target.name", words("見本　太郎"), Source::Typed);
        answers.set("juminhyo.target.birth_date", Value::skipped(), Source::Typed);

        let oneself = choice("juminhyo.relation", "self");
        let forgotten = enter(&juminhyo, &mut answers, &oneself);
        assert_eq!(forgotten, ["juminhyo.target.birth_date", "juminhyo.target.name"]);
        let name = known(&juminhyo, &answers).text("juminhyo.target.name").cloned();
        assert_eq!(name, Some("試験　花子".into()));

        // A correction of what was taken over stands, and goes with the relation.
        let mut corrected = Answers::default();
        corrected.set("juminhyo.target.name", words("見本　京子"), Source::Typed);
        assert_eq!(enter(&juminhyo, &mut answers, &corrected), [""; 0]);
        assert_eq!(enter(&juminhyo, &mut answers, &oneself), [""; 0]);
        let agent = choice("juminhyo.relation", "agent");
        assert_eq!(enter(&juminhyo, &mut answers, &agent), ["juminhyo.target.name"]);
        assert_eq!(known(&juminhyo, &answers).text("juminhyo.target.name"), None);
    }

    #[test]
    fn the_first_row_becomes_the_filer_and_a_clerk_s_correction_stays() {
        let forms = Forms::load(Path::new("templates/forms")).unwrap();
        let ido = [forms.get("ido").unwrap()];
        let mut answers = choice("ido.filer", "agent");
        answers.set("ido.members", Value::Number(2), Source::Typed);
        for row in ["1", "2"] {
            let path = format!("ido.member.{row}.name");
            answers.set(path, words("見本　太郎"), Source::Typed);
        }
        answers.set("ido.member.1.kana", words("ミホン　タロウ"), Source::Clerk);
        let forgotten = enter(&ido, &mut answers, &choice("ido.filer", "self"));
        assert_eq!(forgotten, ["ido.member.1.name"]);
    }
}
