//! Counting a day: pure sums over the stories of its tickets. Every time is that of an
//! interval, so totals are what the intervals add up to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::spans::Story;
use crate::queue::state::State;

/// Many durations in a few numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Times {
    pub count: u32,
    pub total_secs: u64,
    /// Half of them were shorter.
    pub median_secs: u64,
    /// Nine out of ten were shorter.
    pub p90_secs: u64,
    pub longest_secs: u64,
}

impl Times {
    /// Of these durations.
    pub fn of(secs: impl IntoIterator<Item = u64>) -> Self {
        let mut secs: Vec<u64> = secs.into_iter().collect();
        secs.sort_unstable();
        let at = |tenths: usize| {
            let place = (secs.len() * tenths).div_ceil(10).saturating_sub(1);
            secs.get(place).copied().unwrap_or_default()
        };
        Self {
            count: u32::try_from(secs.len()).unwrap_or(u32::MAX),
            total_secs: secs.iter().sum(),
            median_secs: at(5),
            p90_secs: at(9),
            longest_secs: at(10),
        }
    }
}

/// What happened in a lane, or in all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Numbers drawn for it.
    pub came: u32,
    /// Numbers that came over from another lane.
    pub handed_over: u32,
    /// Served to the end.
    pub served: u32,
    /// Calls that nobody came to.
    pub absences: u32,
    /// Called in vain, and not back until the end of the day.
    pub no_shows: u32,
    /// Gone, or drawn by mistake.
    pub cancelled: u32,
    /// Somebody forgot to say that it was over: how long it took is not known.
    pub unfinished: u32,
    /// Never called until the end of the day.
    pub not_called: u32,
    /// Open at the end of the day, and kept for the next.
    #[serde(default)]
    pub kept: u32,
    /// Until the first call.
    pub waits: Times,
    /// At the counter.
    pub services: Times,
}

/// One hour of the clock, by arrival.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hour {
    pub hour: u8,
    pub came: u32,
    pub absences: u32,
    pub waits: Times,
}

/// A leg of a ticket.
type LegOf<'s> = (&'s Story, usize);

/// The legs in each lane.
pub(super) fn by_lane(stories: &[Story]) -> BTreeMap<String, Tally> {
    let mut lanes: BTreeMap<&str, Vec<LegOf<'_>>> = BTreeMap::new();
    for (story, leg) in legs(stories) {
        lanes.entry(&story.ticket.legs[leg].lane).or_default().push((story, leg));
    }
    lanes.into_iter().map(|(lane, legs)| (lane.to_owned(), tally(&legs))).collect()
}

/// All of them together.
pub(super) fn all(stories: &[Story]) -> Tally {
    tally(&legs(stories).collect::<Vec<_>>())
}

fn legs(stories: &[Story]) -> impl Iterator<Item = LegOf<'_>> {
    stories.iter().flat_map(|story| story.legs().map(move |leg| (story, leg)))
}

fn tally(legs: &[LegOf<'_>]) -> Tally {
    let count = |is: &dyn Fn(&LegOf<'_>) -> bool| {
        u32::try_from(legs.iter().filter(|leg| is(leg)).count()).unwrap_or(u32::MAX)
    };
    let state = |(story, leg): &LegOf<'_>| story.ticket.legs[*leg].state;
    let last = |(story, leg): &LegOf<'_>| story.of_leg(*leg).last().map(|span| span.state);
    let expired_from = |leg: &LegOf<'_>, from: &[State]| {
        state(leg) == State::Expired && last(leg).is_some_and(|last| from.contains(&last))
    };
    let at_counter = [State::Called, State::Serving];
    let served = |(story, leg): &&LegOf<'_>| story.ticket.legs[*leg].state == State::Done;
    Tally {
        came: count(&|(story, leg)| *leg == 0 && story.kept_leg.is_none()),
        handed_over: count(&|(story, leg)| *leg > 0 && story.kept_leg != Some(*leg)),
        served: count(&|leg| state(leg) == State::Done),
        absences: legs.iter().map(|(story, leg)| absences(story, *leg)).sum(),
        no_shows: count(&|leg| state(leg) == State::Absent || expired_from(leg, &[State::Absent])),
        cancelled: count(&|leg| state(leg) == State::Cancelled),
        unfinished: count(&|leg| expired_from(leg, &at_counter)),
        not_called: count(&|leg| expired_from(leg, &[State::Waiting])),
        kept: count(&|(story, leg)| story.is_kept && *leg + 1 == story.ticket.legs.len()),
        waits: Times::of(legs.iter().filter_map(|(story, leg)| story.waited_secs(*leg))),
        services: Times::of(
            legs.iter().filter(served).map(|(story, leg)| story.secs_in(*leg, State::Serving)),
        ),
    }
}

fn absences(story: &Story, leg: usize) -> u32 {
    let absent = story.of_leg(leg).filter(|span| span.state == State::Absent);
    u32::try_from(absent.count()).unwrap_or(u32::MAX)
}

/// The hours from the first arrival to the last, none left out between them.
pub(super) fn by_hour(stories: &[Story]) -> Vec<Hour> {
    let hour_of = |story: &Story| story.ticket.arrived.hour();
    // Who was kept over night came on another day.
    let stories: Vec<&Story> = stories.iter().filter(|one| one.kept_leg.is_none()).collect();
    let (first, last) = (
        stories.iter().map(|one| hour_of(one)).min(),
        stories.iter().map(|one| hour_of(one)).max(),
    );
    let (Some(first), Some(last)) = (first, last) else { return Vec::new() };
    let hour = |hour| {
        let came: Vec<_> = stories.iter().filter(|one| hour_of(one) == hour).collect();
        Hour {
            hour,
            came: u32::try_from(came.len()).unwrap_or(u32::MAX),
            absences: came.iter().map(|story| absences(story, 0)).sum(),
            waits: Times::of(came.iter().filter_map(|story| story.waited_secs(0))),
        }
    };
    (first..=last).map(hour).collect()
}
