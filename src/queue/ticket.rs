//! A ticket (番号札) and its legs, and what every action makes of them.
//!
//! A ticket carries one number through the whole visit; each leg of it waits in
//! one lane and is served at one counter. [`Ticket::act`] is the only thing that
//! changes one. It is pure, so the journal's entries, applied one after the
//! other, make the same ticket again.

mod act;

use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::Date;

use super::order::{Class, Place};
use super::state::{self, Action, State, Who};
use crate::clock::{self, Moment};
use crate::id::{StaffId, TicketId, VisitId};
use crate::secret::Code;

pub use act::{Act, Reason, Refused, Undo};

/// A recall follows no sooner than this: the resident needs time to stand up.
pub const RECALL_AFTER: Duration = Duration::from_secs(15);
/// Called so often in a row, and so long ago: nobody comes. The counter is freed.
pub const CALLS_MAX: u32 = 3;
pub const ABSENT_AFTER: Duration = Duration::from_secs(5 * 60);
/// What was finished can be opened again this long.
pub const REOPEN_WITHIN: Duration = Duration::from_secs(15 * 60);

/// A number, and where it has got to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    pub id: TicketId,
    /// What the resident came with; `None` for a number without forms.
    pub visit: Option<VisitId>,
    /// The local business day.
    pub day: Date,
    /// The day it was drawn on, of one that was kept over night.
    pub drawn_on: Option<Date>,
    pub prefix: String,
    pub number: u32,
    /// In the order of issue, over the whole day and all lanes.
    pub issued: u64,
    pub class: Class,
    /// The start of the booked slot.
    pub slot: Option<Moment>,
    /// When the resident came; of a sheet that was printed beforehand, as it says.
    pub arrived: Moment,
    /// When such a sheet was typed in; `None` for every other number.
    pub typed: Option<Moment>,
    /// Never empty. The last is the open one; those before it are over.
    pub legs: Vec<Leg>,
    /// Lanes still to come, in order.
    pub plan: Vec<String>,
    /// What the last press can be taken back to.
    pub undo: Option<Undo>,
    /// What its holder finds its own page by; nothing about the ticket follows from
    /// it, nor it from the ticket. Those of an earlier edition have none.
    pub code: Option<Code>,
}

/// One part of a ticket's way: one lane, one counter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leg {
    pub lane: String,
    pub state: State,
    /// Since when it stands in this state.
    #[serde(with = "clock::kept")]
    pub since: Moment,
    /// The counter that calls or serves, or that did last.
    pub counter: Option<u32>,
    pub staff: Option<StaffId>,
    /// How often it was called in a row.
    pub calls: u32,
    #[serde(with = "moment_if_any")]
    pub called_at: Option<Moment>,
    /// When the resident came back after a missed call.
    #[serde(with = "moment_if_any")]
    pub returned: Option<Moment>,
    /// Why it stands here, or what whoever handed it over left word of.
    pub reason: Option<Reason>,
    /// When what is held should be looked at again.
    #[serde(with = "moment_if_any")]
    pub until: Option<Moment>,
    /// The counter that should go on with it, if it can.
    pub wants: Option<u32>,
}

impl std::fmt::Display for Ticket {
    /// `A12`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.prefix, self.number)
    }
}

impl Leg {
    /// A leg that begins to wait.
    pub fn waiting(lane: impl Into<String>, since: Moment) -> Self {
        Self {
            lane: lane.into(),
            state: State::Waiting,
            since,
            counter: None,
            staff: None,
            calls: 0,
            called_at: None,
            returned: None,
            reason: None,
            until: None,
            wants: None,
        }
    }
}

#[cfg(test)]
impl Ticket {
    /// A ticket that waits, for tests of who shows one.
    pub(crate) fn drawn(prefix: &str, number: u32, at: Moment) -> Ticket {
        use crate::chance::SeededChance;
        Ticket {
            id: TicketId::new(at, &SeededChance::new(u64::from(number))),
            visit: None,
            day: at.date(),
            drawn_on: None,
            prefix: prefix.to_owned(),
            number,
            issued: u64::from(number),
            class: Class::Ordinary,
            slot: None,
            arrived: at,
            typed: None,
            legs: vec![Leg::waiting("certificate", at)],
            plan: Vec::new(),
            undo: None,
            code: None,
        }
    }
}

impl Ticket {
    /// The leg that is open, or that was last.
    pub fn leg(&self) -> &Leg {
        self.legs.last().expect("a ticket is made with a leg and none is ever taken away")
    }

    /// Since when its holder is kept waiting: whoever comes early to an appointment waits
    /// for nobody until it begins, so that this may lie ahead. None where nobody waits, or
    /// since another day.
    pub fn kept_waiting_since(&self) -> Option<Moment> {
        let leg = self.leg();
        let waits = leg.state == State::Waiting && !self.stands_over_night();
        waits.then(|| self.not_before_the_slot(self.legs.len() - 1, leg.since))
    }

    /// `moment`, which began the waiting of a leg; of the first one not before the slot.
    pub(super) fn not_before_the_slot(&self, leg: usize, moment: Moment) -> Moment {
        self.slot.filter(|_| leg == 0).map_or(moment, |slot| moment.max(slot))
    }

    /// What decides its place in the queue.
    pub fn place(&self) -> Place {
        Place {
            class: self.class,
            arrived: self.arrived,
            slot: self.slot,
            returned: self.leg().returned,
            issued: self.issued,
        }
    }

    /// The ticket after `act`.
    ///
    /// # Errors
    /// [`Refused`]; the ticket is as it was.
    pub fn act(&self, act: &Act) -> Result<Ticket, Refused> {
        let leg = self.leg();
        let next = state::next(leg.state, act.action, act.who)?;
        self.guard(act)?;
        let mut ticket = self.clone();
        ticket.undo = self.undo_after(act);
        ticket.class = act.class.unwrap_or(self.class);
        ticket.change_leg(next, act);
        if act.action.opens_leg() {
            ticket.open_leg(act)?;
        }
        Ok(ticket)
    }

    /// What can be taken back once `act` is done: a press of a member of staff.
    fn undo_after(&self, act: &Act) -> Option<Undo> {
        if act.action == Action::Recall {
            return self.undo.clone();
        }
        // What a page did by itself names nobody.
        let pressed = matches!(act.who, Who::Clerk | Who::Guide | Who::Supervisor)
            && (act.counter.is_some() || act.staff.is_some());
        act.action.undo_secs().filter(|_| pressed).map(|_| Undo {
            action: act.action,
            counter: act.counter,
            at: act.at,
            legs: self.legs.clone(),
            plan: self.plan.clone(),
            class: act.class.map(|_| self.class),
            in_a_row: act.in_a_row,
        })
    }

    /// The ticket as it was before the last press, taken back by `who` at `counter`.
    ///
    /// # Errors
    /// [`Refused::NothingToUndo`], [`Refused::TooLate`], [`Refused::ElsewhereAt`].
    pub fn undone(&self, who: Who, counter: Option<u32>, at: Moment) -> Result<Ticket, Refused> {
        let undo = self.undo.as_ref().ok_or(Refused::NothingToUndo)?;
        if who != Who::Supervisor && undo.counter != counter {
            return Err(undo.counter.map_or(Refused::NothingToUndo, Refused::ElsewhereAt));
        }
        let secs = undo.action.undo_secs().unwrap_or(0);
        let over = at - undo.at > Duration::from_secs(u64::from(secs));
        if over && who != Who::Supervisor {
            return Err(Refused::TooLate);
        }
        let (legs, plan) = (undo.legs.clone(), undo.plan.clone());
        let class = undo.class.unwrap_or(self.class);
        Ok(Ticket { legs, plan, class, undo: None, ..self.clone() })
    }

    fn guard(&self, act: &Act) -> Result<(), Refused> {
        let leg = self.leg();
        let since = |from: Moment| Duration::try_from(act.at - from).unwrap_or_default();
        if act.who == Who::Clerk && act.counter.is_none() {
            return Err(Refused::NoCounter);
        }
        if let (true, Who::Clerk, Some(at)) = (leg.state.is_at_counter(), act.who, leg.counter)
            && act.counter != Some(at)
        {
            return Err(Refused::ElsewhereAt(at));
        }
        match act.action {
            Action::Recall if since(leg.since) < RECALL_AFTER => {
                Err(Refused::TooSoon((RECALL_AFTER - since(leg.since)).as_secs().max(1)))
            }
            Action::Reopen if since(leg.since) > REOPEN_WITHIN => Err(Refused::TooLate),
            Action::Hold | Action::Cancel if act.reason.is_none() => Err(Refused::NoReason),
            Action::Return if act.who == Who::Resident && leg.returned.is_some() => {
                Err(Refused::ReturnedBefore)
            }
            Action::GoOn | Action::HandOver | Action::Ready => {
                act.lane.as_ref().or(self.plan.first()).map(drop).ok_or(Refused::NoLane)
            }
            _ => Ok(()),
        }
    }

    fn change_leg(&mut self, next: State, act: &Act) {
        let Some(leg) = self.legs.last_mut() else { return };
        let was = leg.state;
        if act.action != Action::Reclass && act.action != Action::TakeOver {
            (leg.state, leg.since) = (next, act.at);
            leg.until = None;
            // What the last clerk left word of is read until the next one is done.
            let is_read = act.action.is_call() || act.action == Action::Serve;
            leg.reason = act.reason.or(leg.reason.filter(|_| is_read));
        }
        match act.action {
            Action::CallNext | Action::CallThis | Action::Recall => {
                leg.calls += 1;
                leg.called_at = Some(act.at);
                (leg.counter, leg.staff) = (act.counter, act.staff);
            }
            Action::ServeAgain | Action::TakeOver => {
                (leg.counter, leg.staff) = (act.counter.or(leg.counter), act.staff);
            }
            Action::Hold => {
                let minutes = act.minutes.map(|minutes| u64::from(minutes) * 60);
                leg.until = minutes.map(|secs| act.at + Duration::from_secs(secs));
                // Who has not come yet is still meant for the counter that was named.
                if was == State::Serving {
                    leg.wants = leg.counter;
                }
            }
            Action::Return => leg.returned = Some(act.at),
            _ => {}
        }
        if next == State::Waiting && act.action != Action::Reclass {
            (leg.counter, leg.staff, leg.calls, leg.called_at) = (None, None, 0, None);
        }
    }

    fn open_leg(&mut self, act: &Act) -> Result<(), Refused> {
        let lane = match &act.lane {
            Some(lane) => {
                self.plan.retain(|planned| planned != lane);
                lane.clone()
            }
            None if self.plan.is_empty() => return Err(Refused::NoLane),
            None => self.plan.remove(0),
        };
        let reason = act.reason.filter(|_| act.action == Action::HandOver);
        self.legs.push(Leg { wants: act.wants, reason, ..Leg::waiting(lane, act.at) });
        Ok(())
    }
}

/// The same of a moment that may be missing.
mod moment_if_any {
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::clock::{Moment, parse_rfc3339, rfc3339};

    pub fn serialize<S: Serializer>(moment: &Option<Moment>, to: S) -> Result<S::Ok, S::Error> {
        match moment {
            Some(moment) => to.serialize_str(&rfc3339(*moment)),
            None => to.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Moment>, D::Error> {
        let Some(text) = Option::<String>::deserialize(from)? else { return Ok(None) };
        parse_rfc3339(&text).map(Some).ok_or_else(|| serde::de::Error::custom("not a time"))
    }
}
