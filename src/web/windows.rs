//! Windows of the clock, as people read them: 「14:20〜14:35ごろ」.

use crate::clock::{self, Moment};
use crate::config::{Config, Lane, Site};
use crate::lang::Phrases;
use crate::queue::outlook::Told;
use crate::queue::wait::window::Window;

/// Its bounds, `14:20` and `14:35`; no first one where it begins now.
pub(super) fn clock_times(window: Window) -> (Option<String>, String) {
    let time = |secs: i64| clock::from_unix(secs).map(clock::hour_and_minute).unwrap_or_default();
    (window.from.map(time), time(window.to))
}

/// A window in words.
pub(super) fn words(words: Phrases, window: Window) -> String {
    match clock_times(window) {
        (Some(from), to) => words.with("window.between", &[("from", from), ("to", to)]),
        (None, to) => words.with("window.by", &[("to", to)]),
    }
}

/// When somebody who comes to a lane now is called, or why nobody is; nothing where
/// nobody comes to it from outside, as to the cashier.
pub(super) fn for_newcomers(
    words: Phrases,
    (config, lane): (&Config, &Lane),
    window: Option<Window>,
    now: Moment,
) -> Option<String> {
    let nobody_calls = match config.end(lane, now) {
        Some(end) if end.closes <= now => "window.over",
        _ => "window.closed",
    };
    match window {
        Some(window) => Some(self::words(words, window)),
        None => lane.prefix.as_ref().map(|_| words.t(nobody_calls).to_owned()),
    }
}

/// What somebody who waits is told.
pub(super) fn told(words: Phrases, told: Told) -> String {
    match told {
        Told::At(window) => self::words(words, window),
        Told::Closed => words.t("window.closed").to_owned(),
        Told::NotYet => words.t("window.not_yet").to_owned(),
    }
}

/// In which order people are called here, in one sentence for whoever asks. Where
/// nothing can be booked, nobody hears of booking.
pub(super) fn order(words: Phrases, site: &Site) -> String {
    let rules = site.queue.order();
    let key = match site.modules.appointments {
        true => "wait.order",
        false => "wait.order_without_appointments",
    };
    let minutes = rules.priority_credit.as_secs() / 60;
    let count = u64::from(rules.credited_in_a_row);
    words.with(key, &[("minutes", minutes), ("count", count)])
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::lang::Lang;

    #[test]
    fn a_window_is_said_in_both_languages_with_and_without_a_begin() {
        let at = |moment: clock::Moment| moment.unix_timestamp();
        let to = at(datetime!(2026-11-24 10:35 +9));
        let [between, by] = [Some(at(datetime!(2026-11-24 9:05 +9))), None]
            .map(|from| Told::At(Window { from, to }));
        let say = |lang, one| told(Phrases::of(lang), one);
        assert_eq!(say(Lang::Ja, between), "9:05〜10:35ごろ");
        assert_eq!(say(Lang::Ja, by), "10:35ごろまで");
        assert_eq!(say(Lang::En, between), "9:05–10:35");
        assert_eq!(say(Lang::En, by), "by 10:35");
    }
}
