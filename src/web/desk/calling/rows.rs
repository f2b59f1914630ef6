//! What the calling page says of each ticket.

use std::sync::Arc;

use super::page::Sits;
use crate::appointment;
use crate::clock::{Moment, hour_and_minute};
use crate::id::{AppointmentId, OpId, TicketId, VisitId};
use crate::lang::Phrases;
use crate::queue::duty::{Duty, Pause};
use crate::queue::order::{self, Class, Place, Rules};
use crate::queue::state::{State as At, Who};
use crate::queue::ticket::REOPEN_WITHIN;
use crate::queue::{self, Leg, Reason, Ticket};
use crate::visit::{self, Visit, handover};
use crate::web::desk::today::marks;
use crate::web::error::Failure;
use crate::web::{Office, live, windows};

/// A ticket on the page.
pub(super) struct Row {
    pub id: TicketId,
    pub number: String,
    pub lane: String,
    /// When it will be called, of one that waits.
    pub window: String,
    /// Why it stands before one that came earlier, in one sentence.
    pub before: Option<String>,
    /// Minutes in this state.
    pub waited: String,
    /// A class other than the ordinary one, and whether somebody came back.
    pub marks: Vec<String>,
    pub state: &'static str,
    pub why: Option<String>,
    /// Of one that is held: until when, or that the time has come.
    pub until: Option<String>,
    /// The class that a press would give it; none for an appointment.
    pub other_class: Option<&'static str>,
    /// The key of its button, on the first of its kind.
    pub key: Option<char>,
    /// Makes a second press of its button the same act.
    pub op: OpId,
    /// Calling it now needs a reason.
    pub out_of_turn: bool,
}

/// Who is at the counter now.
pub(super) struct Current {
    pub row: Row,
    /// What was handed in; none without forms.
    pub visit: Option<VisitId>,
    /// What they had booked.
    pub appointment: Option<AppointmentId>,
    pub called: bool,
    pub calls: u32,
    /// 配慮 and language: what to know before calling.
    pub care: Vec<String>,
    /// What whoever handed them over left for this clerk.
    pub words: Option<String>,
    /// The lane that follows, if one does.
    pub then: Option<String>,
    pub undo: Option<OpId>,
}

/// So many of those who wait are shown: the page is sent anew with every change.
const WAITING_MOST: usize = 40;

/// So many of those who are done are shown.
const DONE_MOST: usize = 3;

pub(in crate::web::desk) fn reasons(
    words: Phrases,
    reasons: &[Reason],
) -> Vec<(&'static str, &'static str)> {
    reasons.iter().map(|reason| (reason.id(), reason_words(words, *reason))).collect()
}

/// Makes rows of tickets.
pub(super) struct Rows<'o> {
    pub office: &'o Office,
    pub words: Phrases,
    pub now: Moment,
    pub shown: Arc<live::Shown>,
}

impl Rows<'_> {
    fn lane(&self, id: &str) -> String {
        let lane = self.office.config.lane(id);
        lane.map_or_else(|| id.to_owned(), |lane| lane.name.in_lang(self.words.lang()).to_owned())
    }

    pub fn lanes(&self) -> Vec<(String, String)> {
        let lanes = self.office.config.lanes.iter();
        lanes.map(|lane| (lane.id.clone(), self.lane(&lane.id))).collect()
    }

    /// How long it has stood there, in words.
    fn waited(&self, ticket: &Ticket) -> String {
        if ticket.stands_over_night() {
            return self.words.t("desk.calling.over_night").to_owned();
        }
        let minutes = (self.now - ticket.leg().since).whole_minutes().max(0);
        self.words.with("desk.calling.minutes", &[("minutes", minutes)])
    }

    fn row(&self, ticket: &Ticket, out_of_turn: bool) -> Row {
        let leg = ticket.leg();
        let mut marks = Vec::new();
        match ticket.class {
            Class::Ordinary => {}
            Class::Priority => marks.push(self.words.t("queue.class.priority").to_owned()),
            Class::Appointment => marks.push(self.words.t("queue.class.appointment").to_owned()),
        }
        if let Some(counter) = leg.wants.filter(|_| leg.state == At::Waiting) {
            marks.push(self.words.with("desk.calling.wants", &[("counter", counter)]));
        }
        if leg.returned.is_some() {
            marks.push(self.words.t("queue.returned").to_owned());
        }
        Row {
            id: ticket.id,
            number: ticket.to_string(),
            lane: self.lane(&leg.lane),
            window: windows::told(self.words, self.shown.outlook.of(ticket.id, self.now)),
            before: None,
            waited: self.waited(ticket),
            marks,
            state: leg.state.id(),
            why: leg.reason.map(|reason| reason_words(self.words, reason).to_owned()),
            until: leg.until.map(|until| match until > self.now {
                true => self.words.with("desk.calling.until", &[("time", hour_and_minute(until))]),
                false => self.words.t("desk.calling.until_now").to_owned(),
            }),
            other_class: match ticket.class {
                Class::Ordinary => Some(Class::Priority.id()),
                Class::Priority => Some(Class::Ordinary.id()),
                Class::Appointment => None,
            },
            key: None,
            op: self.office.journal.op(),
            out_of_turn,
        }
    }

    /// Who waits for this counter, in the order of the calls to come, as far as the
    /// page shows them; and how many do.
    pub fn waiting(&self, tickets: &[Ticket], sits: &Sits, duties: &[Duty]) -> (Vec<Row>, usize) {
        let waits =
            |ticket: &&Ticket| queue::is_callable(ticket, sits.counter, &sits.lanes, duties);
        let own = duties.iter().find(|duty| duty.counter == sits.counter);
        let in_a_row = own.map_or(0, |duty| duty.in_a_row);
        let waiting: Vec<&Ticket> = tickets.iter().filter(waits).collect();
        let places: Vec<Place> = waiting.iter().map(|ticket| ticket.place()).collect();
        let line = order::line(&places, &sits.rules, in_a_row, self.now);
        let in_line: Vec<Place> = line.iter().map(|at| places[*at]).collect();
        let row = |(nth, at): (usize, &usize)| Row {
            before: self.before(&in_line[nth..], &waiting, &sits.rules),
            ..self.row(waiting[*at], nth > 0)
        };
        (line.iter().take(WAITING_MOST).enumerate().map(row).collect(), line.len())
    }

    /// Who is held, whose papers are made, who was not there: in this counter's lanes.
    pub fn aside(&self, tickets: &[Ticket], sits: &Sits) -> Vec<Row> {
        let mut keys = vec![(At::Absent, 'b'), (At::Held, 'e'), (At::Preparing, 'f')];
        let is_aside = |leg: &Leg| matches!(leg.state, At::Held | At::Preparing | At::Absent);
        let called = sits.lanes.get(&sits.counter).map_or(&[][..], Vec::as_slice);
        let own = |one: &&Ticket| is_aside(one.leg()) && called.contains(&one.leg().lane);
        let row = |ticket: &Ticket| {
            let own = keys.iter().position(|(state, _)| *state == ticket.leg().state);
            Row { key: own.map(|at| keys.remove(at).1), ..self.row(ticket, false) }
        };
        tickets.iter().filter(own).map(row).collect()
    }

    /// The latest first.
    pub fn done(&self, tickets: &[Ticket], sits: &Sits) -> Vec<Row> {
        let again = |ticket: &&Ticket| {
            let leg = ticket.leg();
            let soon = self.now - leg.since <= REOPEN_WITHIN;
            leg.state == At::Done && leg.counter == Some(sits.counter) && soon
        };
        let mut done: Vec<&Ticket> = tickets.iter().filter(again).collect();
        done.sort_by_key(|ticket| std::cmp::Reverse(ticket.leg().since));
        done.into_iter().take(DONE_MOST).map(|ticket| self.row(ticket, false)).collect()
    }

    pub fn pressed(&self, tickets: &[Ticket], sits: &Sits) -> Option<Row> {
        let by = (Who::Clerk, Some(sits.counter));
        let here = |ticket: &&Ticket| {
            let leg = ticket.leg();
            leg.state.is_at_counter() && leg.counter == Some(sits.counter)
        };
        let elsewhere = tickets.iter().filter(|ticket| !here(ticket));
        let undoable = elsewhere.filter(|one| one.undone(by.0, by.1, self.now).is_ok());
        let last = undoable.max_by_key(|one| one.undo.as_ref().map(|undo| undo.at));
        last.map(|ticket| self.row(ticket, false))
    }

    /// Why the first of a line stands before one of it that came earlier.
    fn before(&self, line: &[Place], waiting: &[&Ticket], rules: &Rules) -> Option<String> {
        let (first, behind) = line.split_first()?;
        let (why, overtaken) = order::why(first, behind, rules)?;
        let overtaken = waiting.iter().find(|one| one.issued == overtaken.issued)?;
        let values =
            [("number", overtaken.to_string()), ("why", self.words.t(why.key()).to_owned())];
        Some(self.words.with("queue.why.before", &values))
    }

    pub async fn current(&self, ticket: &Ticket, sits: &Sits) -> Result<Current, Failure> {
        let by = (Who::Clerk, Some(sits.counter));
        let can_undo = ticket.undone(by.0, by.1, self.now).is_ok();
        let visit = self.visit(ticket).await?;
        let has_forms = visit.as_ref().is_some_and(|visit| !visit.procedures.is_empty());
        Ok(Current {
            row: self.row(ticket, false),
            visit: ticket.visit.filter(|_| has_forms),
            appointment: self.appointment(ticket).await?,
            called: ticket.leg().state == At::Called,
            calls: ticket.leg().calls,
            care: visit.map(|visit| marks(&self.words, &visit.wishes)).unwrap_or_default(),
            words: self.words_for(ticket).await?,
            then: ticket.plan.first().map(|lane| self.lane(lane)),
            undo: can_undo.then(|| self.office.journal.op()),
        })
    }

    async fn words_for(&self, ticket: &Ticket) -> Result<Option<String>, Failure> {
        let (journal, ticket) = (self.office.journal.clone(), ticket.clone());
        let look = move |connection: &_| handover::words_for(connection, &journal, &ticket);
        Ok(self.office.db.read(look).await?)
    }

    async fn appointment(&self, ticket: &Ticket) -> Result<Option<AppointmentId>, Failure> {
        let (id, used) = (ticket.id, self.office.config.appointments().is_some());
        if !used || ticket.class != Class::Appointment {
            return Ok(None);
        }
        let found = self.office.db.read(move |look| appointment::of_ticket(look, id)).await?;
        Ok(found.map(|appointment| appointment.id))
    }

    /// The visit of whoever was called, with 配慮 as long as it is kept.
    async fn visit(&self, ticket: &Ticket) -> Result<Option<Visit>, Failure> {
        let Some(id) = ticket.visit else { return Ok(None) };
        let journal = self.office.journal.clone();
        let look = move |connection: &_| visit::as_wished(connection, &journal, id);
        Ok(self.office.db.read(look).await?)
    }
}

pub(in crate::web::desk) fn pause_words(words: Phrases, pause: Pause) -> &'static str {
    match pause {
        Pause::Break => words.t("queue.pause.break"),
        Pause::Away => words.t("queue.pause.away"),
        Pause::Paperwork => words.t("queue.pause.paperwork"),
    }
}

fn reason_words(words: Phrases, reason: Reason) -> &'static str {
    match reason {
        Reason::FillingIn => words.t("queue.reason.filling_in"),
        Reason::OtherSection => words.t("queue.reason.other_section"),
        Reason::PaperMissing => words.t("queue.reason.paper_missing"),
        Reason::Rest => words.t("queue.reason.rest"),
        Reason::Short => words.t("queue.reason.short"),
        Reason::WrongCall => words.t("queue.reason.wrong_call"),
        Reason::DrawnByMistake => words.t("queue.reason.drawn_by_mistake"),
        Reason::Gone => words.t("queue.reason.gone"),
        Reason::Other => words.t("queue.reason.other"),
    }
}
