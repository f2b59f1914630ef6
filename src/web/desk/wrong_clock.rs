//! What supervisors are told of a clock that may be wrong: only people know what day it is.

use crate::clock;
use crate::clock::watch::Trust;
use crate::lang::Phrases;
use crate::web::{Office, days};

/// What is wrong with the clock, and what to do about it.
pub(super) fn trouble(office: &Office, words: Phrases) -> Option<String> {
    let key = match office.clock_watch.last() {
        Trust::Believed => return None,
        Trust::Unset => "oversight.clock_unset",
        Trust::Jumped => "oversight.clock_jumped",
    };
    let now = office.journal.now();
    let values = [("day", days::day(words, now.date())), ("time", clock::hour_and_minute(now))];
    Some(words.with(key, &values))
}
