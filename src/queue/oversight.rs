//! What a supervisor looks at: which lane needs somebody, and whether those who still
//! come will be served today. Pure: limits, counts and the time come in.

use std::time::Duration;

use super::crowd::Crowd;
use crate::clock::{self, Moment};

/// When something is said, by the town's choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// So many who wait in one lane.
    pub waiting: usize,
    /// So long that one has waited.
    pub wait: Duration,
}

/// How a lane ends today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// When it closes for the last time.
    pub closes: Moment,
    /// From when on tablets give out no more numbers of it by themselves.
    pub stops: Moment,
}

/// What is wrong in a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// People wait, and nobody calls them.
    NobodyCalls,
    /// Somebody has waited as long as the limit, or longer.
    LongWait,
    /// As many wait as the limit, or more.
    ManyWait,
}

impl Trouble {
    /// The key of its sentence: `oversight.nobody_calls`.
    pub fn key(self) -> &'static str {
        match self {
            Trouble::NobodyCalls => "oversight.nobody_calls",
            Trouble::LongWait => "oversight.long_wait",
            Trouble::ManyWait => "oversight.many_wait",
        }
    }
}

/// Whether those who come now are served before the counters close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closing {
    /// One out of ten who comes later than this may not be served any more.
    LastIssue(Moment),
    /// That moment has passed.
    StopNow,
}

/// From so long before the last good moment it is spoken of.
const SAID_AHEAD: Duration = Duration::from_secs(3600);

/// What is wrong in a lane whose first has waited `longest`, the worst first.
pub fn troubles(crowd: &Crowd, longest: Option<Duration>, limits: &Limits) -> Vec<Trouble> {
    let nobody = crowd.waiting > 0 && crowd.open_counters == 0;
    let long = longest.is_some_and(|longest| longest >= limits.wait);
    let many = crowd.waiting >= limits.waiting;
    [(nobody, Trouble::NobodyCalls), (long, Trouble::LongWait), (many, Trouble::ManyWait)]
        .into_iter()
        .filter_map(|(is, trouble)| is.then_some(trouble))
        .collect()
}

/// When the last number should be given out, if it is time to speak of it: whoever
/// comes then waits as long as nine out of ten do now, and is served as long as one
/// usually is. Nothing where tablets stop early enough by themselves.
pub fn closing(crowd: &Crowd, service: Duration, end: Option<End>, now: Moment) -> Option<Closing> {
    let End { closes, stops } = end.filter(|end| end.closes > now)?;
    let called = clock::from_unix(crowd.window?.to)?;
    let last = closes - (called - now) - service;
    match last {
        last if last <= now => Some(Closing::StopNow),
        last if last >= stops => None,
        last if last - SAID_AHEAD <= now => Some(Closing::LastIssue(last)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::queue::wait::window::Window;

    const CLOSES: Moment = datetime!(2026-11-25 17:15 +9);
    const LIMITS: Limits = Limits { waiting: 10, wait: Duration::from_secs(30 * 60) };
    const END: End = End { closes: CLOSES, stops: CLOSES };

    fn minutes(minutes: u64) -> Duration {
        Duration::from_secs(minutes * 60)
    }

    fn crowd(waiting: usize, open_counters: usize, to: Option<Moment>) -> Crowd {
        let window = to.map(|to| Window { from: None, to: to.unix_timestamp() });
        Crowd { lane: "certificate".to_owned(), waiting, window, called: None, open_counters }
    }

    #[test]
    fn troubles_are_said_from_the_limit_on_and_the_worst_first() {
        for (waiting, open, longest, said) in [
            (0, 0, None, vec![]),
            (9, 1, Some(29), vec![]),
            (10, 1, Some(29), vec![Trouble::ManyWait]),
            (1, 1, Some(30), vec![Trouble::LongWait]),
            (1, 0, Some(1), vec![Trouble::NobodyCalls]),
            (12, 0, Some(40), vec![Trouble::NobodyCalls, Trouble::LongWait, Trouble::ManyWait]),
        ] {
            let longest = longest.map(minutes);
            assert_eq!(troubles(&crowd(waiting, open, None), longest, &LIMITS), said, "{waiting}");
        }
    }

    #[test]
    fn the_last_number_is_given_out_early_enough_to_be_served() {
        // Whoever comes waits half an hour, and is served ten minutes: 16:35.
        let at = |now: Moment, wait: u64| {
            let crowd = crowd(5, 2, Some(now + minutes(wait)));
            closing(&crowd, minutes(10), Some(END), now)
        };
        let last = datetime!(2026-11-25 16:35 +9);
        assert_eq!(at(datetime!(2026-11-25 15:30 +9), 30), None, "it is early");
        assert_eq!(at(datetime!(2026-11-25 15:40 +9), 30), Some(Closing::LastIssue(last)));
        assert_eq!(at(datetime!(2026-11-25 16:35 +9), 30), Some(Closing::StopNow));
        assert_eq!(at(datetime!(2026-11-25 15:40 +9), 90), Some(Closing::StopNow), "a full hall");
        assert_eq!(at(CLOSES, 30), None, "it is closed");
        let full = crowd(5, 2, Some(CLOSES));
        assert_eq!(closing(&full, minutes(10), None, last), None);
        assert_eq!(closing(&crowd(5, 0, None), minutes(10), Some(END), last), None);
        // Tablets stop at 16:30, which is early enough; at 16:45 it would be too late.
        let half_an_hour = crowd(5, 2, Some(datetime!(2026-11-25 16:10 +9)));
        let stopping = |stops| {
            let end = Some(End { stops, ..END });
            closing(&half_an_hour, minutes(10), end, datetime!(2026-11-25 15:40 +9))
        };
        assert_eq!(stopping(datetime!(2026-11-25 16:30 +9)), None);
        assert_eq!(stopping(datetime!(2026-11-25 16:45 +9)), Some(Closing::LastIssue(last)));
    }
}
