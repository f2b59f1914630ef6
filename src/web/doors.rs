//! Opening hours in words.

use crate::clock::{self, Moment};
use crate::config::Door;
use crate::lang::Phrases;
use crate::web::days;

/// Why no number is given out, and when one is again; `None` while one is.
pub(super) fn shut(words: Phrases, door: Door, now: Moment) -> Option<String> {
    let Door::Shut { is_over, opens } = door else { return None };
    let Some(opens) = opens else { return Some(words.t("door.shut").to_owned()) };
    let time = clock::hour_and_minute(opens);
    if opens.date() == now.date() {
        return Some(words.with("door.today", &[("time", time)]));
    }
    let key = if is_over { "door.over" } else { "door.another_day" };
    Some(words.with(key, &[("day", days::day(words, opens.date())), ("time", time)]))
}
