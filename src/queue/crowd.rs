//! How full it is (混雑状況): counts that everybody may know, wherever they are.

use serde::Serialize;

use super::duty::Duty;
use super::outlook::Outlook;
use super::state::State;
use super::ticket::Ticket;
use super::wait::window::Window;
use crate::clock::Moment;

/// One lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crowd {
    pub lane: String,
    pub waiting: usize,
    /// When somebody who came now would be called. None where no open counter calls
    /// the lane.
    pub window: Option<Window>,
    /// The number that was called last.
    pub called: Option<Called>,
    /// Counters that call this lane now.
    pub open_counters: usize,
}

/// A number, and where it was called to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Called {
    pub number: String,
    pub counter: u32,
}

/// The three colours (混雑の三色).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Lamp {
    Green,
    Yellow,
    Red,
}

impl Lamp {
    /// The name used in open data and colours: `green`.
    pub fn id(self) -> &'static str {
        match self {
            Lamp::Green => "green",
            Lamp::Yellow => "yellow",
            Lamp::Red => "red",
        }
    }

    /// Of a lane where somebody who came at `now` is called within `window`, nine times
    /// out of ten: quiet up to the first of `minutes`, crowded above the second. None
    /// where nobody can say.
    pub fn of(window: Option<Window>, [quiet, crowded]: [u32; 2], now: Moment) -> Option<Lamp> {
        let wait = window?.to - now.unix_timestamp();
        Some(match wait {
            wait if wait <= i64::from(quiet) * 60 => Lamp::Green,
            wait if wait <= i64::from(crowded) * 60 => Lamp::Yellow,
            _ => Lamp::Red,
        })
    }
}

/// Everything that is counted from.
pub struct Hall<'h> {
    pub tickets: &'h [Ticket],
    pub duties: &'h [Duty],
    pub outlook: &'h Outlook,
    /// The lanes that a counter calls.
    pub calls_from: &'h dyn Fn(u32) -> Vec<String>,
}

/// How full each of `lanes` is.
pub fn crowd(hall: &Hall<'_>, lanes: &[String], now: Moment) -> Vec<Crowd> {
    lanes.iter().map(|lane| lane_crowd(hall, lane, now)).collect()
}

fn lane_crowd(hall: &Hall<'_>, lane: &str, now: Moment) -> Crowd {
    let in_lane = |ticket: &&Ticket| ticket.leg().lane == lane;
    let waits = |ticket: &&Ticket| ticket.leg().state == State::Waiting;
    let calls = |duty: &&Duty| {
        duty.paused.is_none() && (hall.calls_from)(duty.counter).iter().any(|one| one == lane)
    };
    Crowd {
        lane: lane.to_owned(),
        waiting: hall.tickets.iter().filter(in_lane).filter(waits).count(),
        window: hall.outlook.arriving(lane, now),
        called: last_called(hall.tickets, lane),
        open_counters: hall.duties.iter().filter(calls).count(),
    }
}

/// Whose call was taken back waits again, and was called nowhere.
fn last_called(tickets: &[Ticket], lane: &str) -> Option<Called> {
    let calls = tickets.iter().flat_map(|ticket| {
        let own = ticket.legs.iter().filter(|leg| leg.lane == lane && leg.state != State::Waiting);
        own.filter_map(move |leg| Some((leg.called_at?, ticket, leg.counter?)))
    });
    let (_, ticket, counter) = calls.max_by_key(|(at, ..)| *at)?;
    Some(Called { number: ticket.to_string(), counter })
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::chance::SeededChance;
    use crate::id::StaffId;
    use crate::queue::duty::Pause;

    const NOW: Moment = datetime!(2026-11-25 10:00 +9);

    fn duty(counter: u32, paused: Option<Pause>) -> Duty {
        let staff = StaffId::new(NOW, &SeededChance::new(u64::from(counter)));
        let paused = paused.map(|pause| (pause, NOW));
        let sits = crate::queue::duty::Sits::SignedIn(staff);
        Duty { counter, sits, since: NOW, paused, in_a_row: 0 }
    }

    fn ticket(number: u32, lane: &str, state: State) -> Ticket {
        let mut ticket = Ticket::drawn("A", number, NOW);
        (ticket.legs[0].lane, ticket.legs[0].state) = (lane.to_owned(), state);
        ticket
    }

    #[test]
    fn the_lamp_changes_just_after_the_minutes_that_the_town_wrote() {
        let within = |minutes: i64| {
            let window = Window { from: None, to: NOW.unix_timestamp() + minutes * 60 };
            Lamp::of(Some(window), [15, 30], NOW).map(Lamp::id)
        };
        let told = [5, 15, 16, 30, 31].map(within);
        assert_eq!(told.map(Option::unwrap), ["green", "green", "yellow", "yellow", "red"]);
        assert_eq!(Lamp::of(None, [15, 30], NOW), None);
    }

    #[test]
    fn a_lane_says_how_many_wait_who_was_called_last_and_how_many_counters_call() {
        let mut tickets = [
            ticket(1, "certificate", State::Done),
            ticket(2, "certificate", State::Called),
            ticket(3, "certificate", State::Waiting),
            ticket(4, "moving", State::Waiting),
            ticket(5, "certificate", State::Held),
        ];
        for (at, counter) in [(0, 3), (1, 7)] {
            let called = NOW + std::time::Duration::from_secs(u64::from(counter));
            let leg = &mut tickets[at].legs[0];
            (leg.called_at, leg.counter) = (Some(called), Some(counter));
        }
        let window = Window { from: None, to: NOW.unix_timestamp() + 900 };
        let outlook =
            Outlook { lanes: [("certificate".to_owned(), window)].into(), ..Outlook::default() };
        let hall = Hall {
            tickets: &tickets,
            duties: &[duty(1, None), duty(2, Some(Pause::Break)), duty(3, None)],
            outlook: &outlook,
            calls_from: &|counter| {
                let lanes: &[&str] = if counter == 3 { &["moving"] } else { &["certificate"] };
                lanes.iter().map(|lane| (*lane).to_owned()).collect()
            },
        };
        let lanes = ["certificate", "moving"].map(str::to_owned);
        let [certificate, moving] = crowd(&hall, &lanes, NOW).try_into().unwrap();
        let called = Some(Called { number: "A2".to_owned(), counter: 7 });
        assert_eq!(
            certificate,
            Crowd {
                lane: "certificate".to_owned(),
                waiting: 1,
                window: Some(window),
                called,
                open_counters: 1
            }
        );
        assert_eq!((moving.waiting, moving.called, moving.open_counters), (1, None, 1));
        assert_eq!(moving.window, None);
    }
}
