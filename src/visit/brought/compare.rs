//! What a code told of the person, held against what a card says.

use unicode_normalization::UnicodeNormalization;

use super::{OTHERWISE, TOLD};
use crate::applicant::Source;
use crate::form::answers::{Answer, Answers, Value};
use crate::kana;
use crate::text::Text;

/// One fact of the person that a card, or another code, tells differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub path: String,
    /// What the code said.
    pub told: Value,
    /// What stands.
    pub stands: Answer,
}

/// Where something else stands in a visit than its code said. What the resident or
/// a clerk has entered since is no difference: they know.
pub fn differences(answers: &Answers) -> Vec<Difference> {
    let mut differences = Vec::new();
    for (path, told) in answers.iter() {
        let (path, came_later) = match (path.strip_prefix(TOLD), path.strip_prefix(OTHERWISE)) {
            (Some(path), _) => (path, false),
            (None, Some(path)) => (path, true),
            (None, None) => continue,
        };
        let Some(stands) = answers.get(path) else { continue };
        let counts = match stands.source {
            Source::Card | Source::Licence | Source::Qr => true,
            Source::Typed => came_later,
            _ => false,
        };
        let (told, stands) = (told.value.clone(), stands.clone());
        let one = Difference { path: path.to_owned(), told, stands };
        if counts && !is_same(&one.told, &one.stands.value) && !differences.contains(&one) {
            differences.push(one);
        }
    }
    differences
}

/// Whether two values say the same: blanks, hyphens, the width of letters and the
/// calendar of a date are no difference. A small kana is one.
pub(super) fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Date(one), Value::Date(other)) => one.is_same_as(*other),
        (Value::Text(one), Value::Text(other)) => folded(one) == folded(other),
        (one, other) => one == other,
    }
}

fn folded(text: &Text) -> String {
    let hyphen = |letter| match letter {
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        letter => letter,
    };
    let passed_over =
        |letter: &char| letter.is_whitespace() || kana::is_variation_selector(*letter);
    text.to_string().nfkc().filter(|letter| !passed_over(letter)).map(hyphen).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(told: Value, stands: Value, source: Source) -> Answers {
        let mut answers = Answers::default();
        answers.set("visit.told.applicant.name", told, Source::Qr);
        answers.set("applicant.name", stands, source);
        answers
    }

    fn differ(told: &str, stands: &str, source: Source) -> bool {
        let words = |text: &str| Value::Text(text.into());
        !differences(&answers(words(told), words(stands), source)).is_empty()
    }

    #[test]
    fn another_name_on_the_card_is_a_difference_and_another_blank_is_none() {
        assert!(differ("試験　花子", "架空　由美", Source::Card));
        assert!(!differ("試験 花子", "試験　花子", Source::Card));
        assert!(!differ("みほんハイツ１−２", "みほんハイツ1-2", Source::Licence));
        assert!(differ("キョウコ", "キヨウコ", Source::Licence));
    }

    #[test]
    fn what_a_person_entered_since_is_no_difference() {
        assert!(!differ("試験　花子", "架空　由美", Source::Typed));
        assert!(!differ("試験　花子", "架空　由美", Source::Clerk));
        // A second code, of somebody else.
        assert!(differ("試験　花子", "架空　由美", Source::Qr));
    }

    #[test]
    fn a_day_is_the_same_in_either_calendar() {
        use crate::wareki::{Era, PartialDate};
        let western = Value::Date("1993-05-14".parse().unwrap());
        let era = PartialDate::in_era(Era::Heisei, 5, Some(5), Some(14)).unwrap();
        assert_eq!(differences(&answers(western, Value::Date(era), Source::Card)), []);
    }
}
