//! How long a ticket stood where: the intervals of its way, from the entries of the
//! journal. A press that was taken back never happened.

use crate::clock::Moment;
use crate::queue::state::State;
use crate::queue::ticket::Ticket;

/// One interval. The next one of the same leg begins where it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// Which leg of the ticket.
    pub leg: usize,
    pub state: State,
    pub counter: Option<u32>,
    pub from: Moment,
    /// None while it lasts.
    pub to: Option<Moment>,
}

impl Span {
    /// Whole seconds; of one that lasts, none.
    pub fn secs(&self) -> u64 {
        let to = self.to.unwrap_or(self.from);
        u64::try_from((to - self.from).whole_seconds()).unwrap_or(0)
    }
}

/// A ticket and everything that is known of its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    pub ticket: Ticket,
    pub spans: Vec<Span>,
    /// The leg that was kept over night before; what went before it is of earlier days.
    pub kept_leg: Option<usize>,
    /// Whether it was kept for another day.
    pub is_kept: bool,
    /// How many intervals there were before the last press that can be taken back.
    before_press: usize,
}

impl Story {
    fn empty(ticket: Ticket) -> Self {
        Self { ticket, spans: Vec::new(), kept_leg: None, is_kept: false, before_press: 0 }
    }

    /// A ticket that was just issued.
    pub(super) fn begin(ticket: Ticket) -> Self {
        let mut story = Self { kept_leg: None, ..Self::empty(ticket) };
        story.stand(story.ticket.arrived);
        story
    }

    /// A ticket that was kept over night, from then on.
    pub(super) fn morning(ticket: Ticket, at: Moment) -> Self {
        let kept_leg = Some(ticket.legs.len() - 1);
        let mut story = Self { kept_leg, ..Self::empty(ticket) };
        story.stand(at);
        story
    }

    /// The legs that are of this day.
    pub fn legs(&self) -> std::ops::Range<usize> {
        self.kept_leg.unwrap_or(0)..self.ticket.legs.len()
    }

    /// The ticket as an entry left it; `undone` when it took a press back.
    pub(super) fn go_on(&mut self, after: Ticket, at: Moment, undone: bool) {
        let before = std::mem::replace(&mut self.ticket, after);
        let leg = self.ticket.leg();
        if undone {
            // By count and not by time: presses may share a second.
            self.spans.truncate(self.before_press.max(1));
            if let Some(last) = self.spans.last_mut() {
                // What was over before the press is over since then.
                last.to = leg.state.is_over().then_some(leg.since);
            }
            return;
        }
        // Calling again leaves the press that can be taken back what it was.
        if self.ticket.undo != before.undo {
            self.before_press = self.spans.len();
        }
        let place = |ticket: &Ticket| (ticket.legs.len(), ticket.leg().state, ticket.leg().counter);
        let moved = place(&before) != place(&self.ticket);
        if moved || self.ticket.leg().state.is_over() {
            if let Some(last) = self.spans.last_mut().filter(|last| last.to.is_none()) {
                last.to = Some(at.max(last.from));
            }
            if !self.ticket.leg().state.is_over() {
                self.stand(at);
            }
        }
    }

    fn stand(&mut self, from: Moment) {
        let (leg, state) = (self.ticket.legs.len() - 1, self.ticket.leg().state);
        let counter = self.ticket.leg().counter.filter(|_| state.is_at_counter());
        self.spans.push(Span { leg, state, counter, from, to: None });
    }

    /// The intervals of one leg.
    pub fn of_leg(&self, leg: usize) -> impl Iterator<Item = &Span> {
        self.spans.iter().filter(move |span| span.leg == leg)
    }

    /// Seconds spent in a state, of one leg.
    pub fn secs_in(&self, leg: usize, state: State) -> u64 {
        self.of_leg(leg).filter(|span| span.state == state).map(Span::secs).sum()
    }

    /// Seconds at the counter, of all legs of the day. None where somebody forgot to say
    /// that it was over: the end of the day ended it.
    pub fn served_secs(&self) -> Option<u64> {
        let forgotten = |leg: usize| {
            let last = self.of_leg(leg).last().map(|span| span.state);
            self.ticket.legs[leg].state == State::Expired && last == Some(State::Serving)
        };
        let known = !self.legs().any(forgotten);
        known.then(|| self.legs().map(|leg| self.secs_in(leg, State::Serving)).sum())
    }

    /// From the beginning of a leg to its first call, if it was called; not what somebody
    /// came before their appointment. Of one that was kept over night nobody knows.
    pub fn waited_secs(&self, leg: usize) -> Option<u64> {
        if self.kept_leg == Some(leg) {
            return None;
        }
        let called = self.of_leg(leg).find(|span| span.state == State::Called)?;
        let began = self.of_leg(leg).next()?;
        let waits = self.ticket.not_before_the_slot(leg, began.from);
        Some(u64::try_from((called.from - waits).whole_seconds()).unwrap_or(0))
    }

    /// When everything was over; none while something is to come.
    pub fn ended(&self) -> Option<Moment> {
        self.spans.last()?.to
    }
}
