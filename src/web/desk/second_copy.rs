//! How the second copy stands (二つ目の控え), in words.

use crate::clock::Moment;
use crate::lang::Phrases;
use crate::second_copy::{Last, Trouble};
use crate::web::Office;

/// What the page says of it.
pub(super) struct Copy {
    pub is_well: bool,
    pub words: String,
    /// The moment that it is of.
    pub of: Option<String>,
}

/// How it stands, where there is one.
pub(super) fn shown(office: &Office, words: Phrases) -> Option<Copy> {
    let (last, now) = (office.copy.as_ref()?.last(), office.journal.now());
    Some(Copy {
        is_well: last.is_well(now) || is_beginning(&last),
        words: words.t(stands(&last, now)).to_owned(),
        of: last.of.map(|of| super::line::shown(of, now)),
    })
}

/// What the supervisor is told among what is wrong.
pub(super) fn trouble(office: &Office, words: Phrases) -> Option<String> {
    let (last, now) = (office.copy.as_ref()?.last(), office.journal.now());
    let is_wrong = !last.is_well(now) && !is_beginning(&last);
    is_wrong.then(|| words.t(stands(&last, now)).to_owned())
}

/// The first one is being made.
fn is_beginning(last: &Last) -> bool {
    *last == Last::default()
}

fn stands(last: &Last, now: Moment) -> &'static str {
    match &last.trouble {
        Some(Trouble::Gone) => "second.gone",
        Some(Trouble::NoRoom) => "second.no_room",
        Some(Trouble::Failed(_)) => "second.failed",
        None if is_beginning(last) => "second.beginning",
        None if last.beside => "second.beside",
        None if last.is_well(now) => "second.well",
        None => "second.old",
    }
}
