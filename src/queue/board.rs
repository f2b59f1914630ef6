//! What everybody may see of the queue: numbers and counts, nobody's name.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use super::announcement::Announcement;
use super::duty::{Duty, Pause};
use super::state::State;
use super::ticket::{Leg, Ticket};
use super::voice::Voice;
use crate::clock;
use crate::id::TicketId;

/// How many of the last calls a display keeps showing.
const LAST_CALLS: usize = 6;

/// The hall as it is now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Board {
    /// Called and not yet at the counter, the latest first.
    pub called: Vec<Call>,
    /// Calls before those, the latest first, each number once.
    pub last: Vec<Call>,
    pub lanes: Vec<LaneNow>,
    pub counters: Vec<CounterNow>,
    /// The number of the latest announcement.
    pub seq: i64,
}

/// One number at one counter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Call {
    /// `A12`.
    pub ticket: String,
    pub counter: u32,
    /// RFC 3339.
    pub at: String,
    pub seq: i64,
    /// What is said aloud, one after the other; nothing where it is only chimed.
    pub clips: Vec<String>,
}

/// How many wait in a lane.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LaneNow {
    pub lane: String,
    pub waiting: usize,
    /// Since when the first of them is kept waiting, of those who came today.
    pub since: Option<String>,
}

/// A counter on duty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CounterNow {
    pub counter: u32,
    pub paused: Option<Pause>,
    /// The number that is served there.
    pub serving: Option<String>,
}

/// What a board is of, with the lanes whose counts stand on it in the town's order.
#[derive(Clone, Copy, Debug)]
pub enum Of<'l> {
    /// All of the hall: whatever is called, is called here.
    Hall(&'l [String]),
    /// Some lanes, as those of a floor: the calls of others are made elsewhere.
    Part(&'l [String]),
}

impl<'l> Of<'l> {
    fn lanes(self) -> &'l [String] {
        let (Of::Hall(lanes) | Of::Part(lanes)) = self;
        lanes
    }

    fn calls(self, leg: &Leg) -> bool {
        match self {
            Of::Hall(_) => true,
            Of::Part(lanes) => lanes.contains(&leg.lane),
        }
    }
}

/// The board of a day; `voice` is how the town's displays call.
pub fn board(
    tickets: &[Ticket],
    duties: &[Duty],
    announcements: &[Announcement],
    of: Of<'_>,
    voice: Voice,
) -> Board {
    // Looked at after every commit of a day with hundreds of both.
    let by_id: HashMap<TicketId, &Ticket> = tickets.iter().map(|one| (one.id, one)).collect();
    let (mut called, mut last): (Vec<Call>, Vec<Call>) = (Vec::new(), Vec::new());
    let mut known = HashSet::new();
    for one in announcements.iter().rev() {
        let Some(leg) = by_id.get(&one.ticket).and_then(|ticket| leg_called(ticket, one)) else {
            continue;
        };
        if !of.calls(leg) {
            continue;
        }
        // Where a range begins again two may have one number: the later call counts.
        if !known.insert((one.prefix.as_str(), one.number)) {
            continue;
        }
        match leg.state == State::Called {
            true => called.push(call(one, voice)),
            false if last.len() < LAST_CALLS => last.push(call(one, voice)),
            false => {}
        }
    }
    Board {
        called,
        last,
        lanes: of.lanes().iter().map(|lane| lane_now(tickets, lane)).collect(),
        counters: duties.iter().map(|duty| counter_now(tickets, duty)).collect(),
        seq: announcements.last().map_or(0, |call| call.seq),
    }
}

/// The leg that was called by this announcement. Whose call was taken back, and who waits
/// again, was called nowhere: that leg knows of no call.
fn leg_called<'t>(ticket: &'t Ticket, announcement: &Announcement) -> Option<&'t Leg> {
    ticket.legs.iter().find(|leg| leg.called_at == Some(announcement.at))
}

fn call(announcement: &Announcement, voice: Voice) -> Call {
    let Announcement { seq, ticket: _, prefix, number, counter, at } = announcement;
    Call {
        ticket: format!("{prefix}{number}"),
        counter: *counter,
        at: clock::rfc3339(*at),
        seq: *seq,
        clips: voice.clips(prefix, *number, *counter),
    }
}

fn lane_now(tickets: &[Ticket], lane: &str) -> LaneNow {
    let waits = |ticket: &&Ticket| {
        let leg = ticket.leg();
        leg.state == State::Waiting && leg.lane == lane
    };
    let since = tickets.iter().filter(waits).filter_map(Ticket::kept_waiting_since).min();
    LaneNow {
        lane: lane.to_owned(),
        waiting: tickets.iter().filter(waits).count(),
        since: since.map(clock::rfc3339),
    }
}

fn counter_now(tickets: &[Ticket], duty: &Duty) -> CounterNow {
    let serving = tickets.iter().find(|ticket| {
        let leg = ticket.leg();
        leg.state.is_at_counter() && leg.counter == Some(duty.counter)
    });
    CounterNow {
        counter: duty.counter,
        paused: duty.paused.map(|(pause, _)| pause),
        serving: serving.map(ToString::to_string),
    }
}
