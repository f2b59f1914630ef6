//! What each counter does now, as the beginning of a roll forward.

use super::coming::from_now;
use super::hall::{Doing, Hall, Second};
use super::odds::Odds;
use super::spread::{Rest, Spread};

/// Nobody counts on a counter that has been away longer than this without a word, or
/// is so late.
const AWAY_MAX_SECS: f32 = 3.0 * 3600.0;

/// An idle counter calls somebody who has come within so long. One that does not is
/// busy with something after all.
const AT_ONCE_SECS: f32 = 30.0;

/// When a counter can call next, before luck is drawn.
pub(super) enum Start<'a> {
    /// Cannot be counted on.
    Never,
    At(f32),
    /// Comes back after a rest, unless its lanes close before.
    Away(Rest<'a>, f32),
    /// Somebody is being served; times the counter's pace.
    Serving(Rest<'a>, f32),
    /// Called, not there yet: absent with a probability, else served.
    Awaited {
        absent: f32,
        lost: Rest<'a>,
        served: Rest<'a>,
        pace: f32,
    },
    /// Still at work on the last one with a probability, else idle.
    After(f32, Rest<'a>),
}

impl<'a> Start<'a> {
    /// What counter number `counter` of the hall's list does.
    pub fn of(hall: &Hall, odds: &'a Odds, counter: usize) -> Self {
        let lasted = |since: Second| (-from_now(hall, since)).max(0.0);
        let closes = hall.closes_for(hall.counters[counter].lanes);
        let closes = closes.map_or(f32::INFINITY, |closes| from_now(hall, closes));
        match hall.counters[counter].doing {
            Doing::Free { since, wanted: Some(wanted) }
                if wanted == since || lasted(wanted) > AT_ONCE_SECS =>
            {
                Self::After(1.0, odds.after.rest(lasted(wanted)))
            }
            Doing::Free { since, .. } => {
                let still = odds.after.share_beyond(lasted(since));
                Self::After(still, odds.after.rest(lasted(since)))
            }
            Doing::Serving { service, since, arrived, waited } => {
                let (pace, lasted) = (odds.pace(counter).max(0.01), lasted(since));
                let served = odds.service(service).rest(lasted / pace);
                let absent = odds.absent.after(waited as f32) * odds.lost.share_beyond(lasted);
                match arrived || absent <= 0.0 {
                    true => Self::Serving(served, pace),
                    false => Self::Awaited { absent, lost: odds.lost.rest(lasted), served, pace },
                }
            }
            Doing::Closed { since, until: None } if lasted(since) < AWAY_MAX_SECS => {
                Self::Away(odds.pause.rest(lasted(since)), closes)
            }
            Doing::Closed { until: Some(until), .. } if until > hall.now => {
                Self::At(from_now(hall, until))
            }
            // Announced for earlier than now: the later it is, the less it is believed.
            Doing::Closed { until: Some(until), .. } if lasted(until) < AWAY_MAX_SECS => {
                Self::Away(Rest::onward(lasted(until)), closes)
            }
            Doing::Closed { .. } => Self::Never,
        }
    }

    /// When it calls, seconds from now.
    pub fn draw(&self, luck: [f32; 3], after: &Spread) -> f32 {
        let [work, chance, tidy] = luck;
        match self {
            Self::Never => f32::INFINITY,
            Self::At(at) => *at,
            Self::Away(rest, closes) => match rest.at(work) {
                back if back < *closes => back,
                _ => f32::INFINITY,
            },
            Self::Serving(rest, pace) => rest.at(work) * pace + after.at(tidy),
            Self::Awaited { absent, lost, .. } if chance < *absent => {
                lost.at(work) + after.at(tidy)
            }
            Self::Awaited { served, pace, .. } => served.at(work) * pace + after.at(tidy),
            Self::After(still, rest) if chance < *still => rest.at(work),
            Self::After(..) => 0.0,
        }
    }
}
