//! Where a resident stands, worked out from what exists.

use super::{State, Visit, Way, brought};
use crate::form::Form;
use crate::form::answers::Answers;
use crate::form::gate::{self, Closed};
use crate::form::questions::{self, AskPage};

/// The page the kiosk shows next.
#[derive(Debug)]
pub enum Step<'f> {
    /// What the data is used for.
    Purpose,
    /// A code from home was read: month and day of birth are asked.
    Birthday,
    /// What the resident came for.
    Procedures,
    /// A chosen procedure is not for this resident.
    Closed(Closed<'f>),
    /// Card, licence or by hand.
    Way,
    /// The card is still to be read.
    Card,
    /// One page of questions.
    Ask(Box<AskPage<'f>>),
    /// Everything once more, to be confirmed.
    Check,
    /// The number.
    Done,
}

/// The first thing still to do. `forms` are those of the chosen procedures;
/// without `cards` there is nothing to choose of how name and address are given.
pub fn next<'f>(visit: &Visit, forms: &[&'f Form], answers: &Answers, cards: bool) -> Step<'f> {
    match visit {
        Visit { state: State::Submitted | State::Erased, .. } => Step::Done,
        Visit { agreed: false, .. } => Step::Purpose,
        _ if brought::waiting(answers).is_some() => Step::Birthday,
        Visit { procedures, .. } if procedures.is_empty() => Step::Procedures,
        _ => gates(forms, answers).unwrap_or_else(|| after_gates(visit, forms, answers, cards)),
    }
}

/// What is asked or said before the resident shows a card: nobody is asked who
/// they are for something they cannot have.
fn gates<'f>(forms: &[&'f Form], answers: &Answers) -> Option<Step<'f>> {
    if let Some(closed) = gate::closed(forms, answers) {
        return Some(Step::Closed(closed));
    }
    let page = questions::missing(forms, answers).into_iter().next()?;
    page.at_gate.then(|| Step::Ask(Box::new(page)))
}

fn after_gates<'f>(visit: &Visit, forms: &[&'f Form], answers: &Answers, cards: bool) -> Step<'f> {
    match visit.way {
        // A code has told name and address; a card may still be shown.
        None if cards && !brought::came_by_code(answers) => Step::Way,
        Some(Way::Card) if cards && !card_was_read(answers) => Step::Card,
        _ => match questions::missing(forms, answers).into_iter().next() {
            Some(page) => Step::Ask(Box::new(page)),
            None => Step::Check,
        },
    }
}

/// Whether name and address came from a card.
pub fn card_was_read(answers: &Answers) -> bool {
    use crate::applicant::Source::{Card, Licence};
    answers.iter().any(|(_, answer)| matches!(answer.source, Card | Licence))
}

/// The page before `page` that the resident has answered: where 「もどる」 leads
/// to. `None` at the first one, and at the first one after the gates: the card
/// stands between.
pub fn before<'f>(
    forms: &[&'f Form],
    answers: &Answers,
    page: &AskPage<'_>,
) -> Option<AskPage<'f>> {
    let mut pages = questions::pages(forms, answers);
    pages.retain(|ask| ask.at_gate == page.at_gate);
    let here = pages.iter().position(|ask| ask.page.id == page.page.id)?;
    pages.into_iter().take(here).rfind(|ask| was_asked(ask, answers))
}

/// The last page before the card, if a gate asked anything.
pub fn last_gate<'f>(forms: &[&'f Form], answers: &Answers) -> Option<AskPage<'f>> {
    let pages = questions::pages(forms, answers);
    pages.into_iter().rfind(|ask| ask.at_gate && was_asked(ask, answers))
}

/// Whether a person answered anything on the page. A page that a card, a
/// procedure or other answers filled alone was never shown, so nobody goes back
/// to it.
pub fn was_asked(page: &AskPage<'_>, answers: &Answers) -> bool {
    use crate::applicant::Source::{Clerk, Typed};
    let given = page.questions.iter().filter_map(|question| answers.get(question.path()));
    given.into_iter().any(|answer| matches!(answer.source, Typed | Clerk))
}

/// `(n, m)`: the page stands n-th of m pages that are shown on this visit. Pages
/// that later answers will open are not counted before they open.
pub fn progress(forms: &[&Form], answers: &Answers, page: &str) -> (usize, usize) {
    let missing: Vec<_> =
        questions::missing(forms, answers).iter().map(|ask| ask.page.id.clone()).collect();
    let shown: Vec<_> = questions::pages(forms, answers)
        .into_iter()
        .filter(|ask| {
            was_asked(ask, answers) || missing.contains(&ask.page.id) || ask.page.id == page
        })
        .collect();
    let here = shown.iter().position(|ask| ask.page.id == page).unwrap_or(0);
    (here + 1, shown.len())
}
