//! One number, on the floor guide's and the supervisor's page: where it stands, what it
//! was drawn for, and what they may do with it from where they are, at no counter. Its
//! slip, too.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::calling::handing::{self, Targets};
use super::calling::{Given, reasons, sentence, state_words};
use super::frame::{Frame, Place};
use super::guard::{Clerk, Sent};
use super::guide::{self, HERE};
use super::slip::{self, SlipNow};
use super::today::marks;
use crate::clock::Moment;
use crate::db::Tx;
use crate::id::{OpId, TicketId};
use crate::journal::Actor;
use crate::lang::Phrases;
use crate::queue::order::Class;
use crate::queue::outlook;
use crate::queue::state::{Action as Step, State as At, Who};
use crate::queue::{self, Act, Reason, Ticket, duty, holder};
use crate::staff::Role;
use crate::visit;
use crate::web::error::Failure;
use crate::web::{Office, Shared, page, windows};

/// What is done on this page: whoever stands at no counter calls nobody to one. In the
/// order of the buttons.
const HERE_DONE: [Step; 8] = [
    Step::Return,
    Step::Resume,
    Step::Reclass,
    Step::Reopen,
    Step::Leave,
    Step::HandOver,
    Step::Cancel,
    Step::Expire,
];

/// Why a supervisor takes a number out.
const CANCELLED: [Reason; 4] =
    [Reason::DrawnByMistake, Reason::Gone, Reason::WrongCall, Reason::Other];

#[derive(Template)]
#[template(path = "desk/ticket.html")]
struct Page {
    frame: Frame,
    id: TicketId,
    number: String,
    lane: String,
    /// Whether nothing has happened to it since it was drawn.
    is_new: bool,
    state: &'static str,
    state_words: String,
    /// While it waits: how many before it, and when it will be called.
    waiting: Option<(usize, String)>,
    marks: Vec<String>,
    /// What may be pressed.
    may: Vec<Step>,
    other_class: Option<&'static str>,
    op: OpId,
    undo: Option<OpId>,
    cancelled: Vec<(&'static str, &'static str)>,
    to: Targets,
    slip: Option<SlipNow>,
}

impl Page {
    fn may(&self, step: &str) -> bool {
        self.may.iter().any(|may| may.id() == step)
    }
}

/// The hat somebody wears who stands at no counter.
fn hat(clerk: &Clerk) -> Who {
    match clerk.signed_in.staff.role {
        Role::Supervisor => Who::Supervisor,
        Role::Clerk | Role::Administrator | Role::Guide => Who::Guide,
    }
}

/// What `who` may do with a ticket here and now.
fn may(ticket: &Ticket, who: Who, now: Moment) -> Vec<Step> {
    let can = |step: &Step| {
        let act = Act {
            reason: Some(Reason::Other),
            lane: step.opens_leg().then(|| ticket.leg().lane.clone()),
            ..Act::new(*step, who, now)
        };
        let booked = *step == Step::Reclass && ticket.class == Class::Appointment;
        !booked && ticket.act(&act).is_ok()
    };
    HERE_DONE.into_iter().filter(can).collect()
}

pub(super) async fn show(
    State(office): State<Shared>,
    Path(id): Path<String>,
    clerk: Clerk,
) -> Result<Response, Failure> {
    guide::allowed(&office, &clerk)?;
    let id: TicketId = id.parse().map_err(|_| Failure::NotFound)?;
    shown(&office, &clerk, id, None).await
}

async fn shown(
    office: &Office,
    clerk: &Clerk,
    id: TicketId,
    refused: Option<String>,
) -> Result<Response, Failure> {
    let (now, journal) = (office.journal.now(), office.journal.clone());
    let look = move |connection: &_| -> Result<_, visit::Error> {
        let tickets = queue::of_day(connection, now.date())?;
        let duties = duty::all(connection)?;
        let found = tickets.iter().find(|ticket| ticket.id == id).cloned();
        let wishes = match found.as_ref().and_then(|ticket| ticket.visit) {
            Some(visit) => visit::as_wished(connection, &journal, visit)?.map(|visit| visit.wishes),
            None => None,
        };
        Ok((found, tickets, duties, wishes))
    };
    let (found, tickets, duties, wishes) = office.db.read(look).await?;
    let ticket = found.ok_or(Failure::NotFound)?;
    let mut frame = Frame::inside(office, clerk, Place::Guide);
    frame.refused = refused;
    let (leg, words, who) = (ticket.leg(), frame.words, hat(clerk));
    let lane = office.config.lane(&leg.lane);
    let told = || windows::told(words, office.live.now().outlook.of(id, now));
    let rules = office.config.site.queue.order();
    page::show(&Page {
        id,
        number: ticket.to_string(),
        lane: lane.map_or_else(String::new, |one| one.name.in_lang(clerk.lang).to_owned()),
        is_new: leg.state == At::Waiting && leg.since == ticket.arrived,
        state: leg.state.id(),
        state_words: stands(words, &ticket),
        waiting: (leg.state == At::Waiting)
            .then(|| (outlook::ahead(&ticket, &tickets, &rules, now), told())),
        marks: marks(&words, &wishes.unwrap_or_default()),
        may: may(&ticket, who, now),
        other_class: match ticket.class {
            Class::Ordinary => Some(Class::Priority.id()),
            Class::Priority => Some(Class::Ordinary.id()),
            Class::Appointment => None,
        },
        op: office.journal.op(),
        undo: ticket.undone(who, None, now).is_ok().then(|| office.journal.op()),
        cancelled: reasons(words, &CANCELLED),
        to: handing::targets(&office.config, words, &duties, None),
        slip: match ticket.visit.filter(|_| !leg.state.is_over()) {
            Some(visit) => Some(slip::of(office, clerk, visit).await?),
            None => None,
        },
        frame,
    })
}

/// Where a number stands, in words.
fn stands(words: Phrases, ticket: &Ticket) -> String {
    let leg = ticket.leg();
    let said = state_words(words, leg.state).to_owned();
    match leg.counter.filter(|_| leg.state.is_at_counter()) {
        Some(counter) => {
            let values = [("state", said), ("counter", counter.to_string())];
            words.with("desk.ticket.at_counter", &values)
        }
        None => said,
    }
}

/// Finds today's number that was typed.
pub(super) async fn find(State(office): State<Shared>, sent: Sent) -> Result<Response, Failure> {
    guide::allowed(&office, &sent.clerk)?;
    let (typed, day) = (sent.fields.get("number").to_owned(), office.journal.now().date());
    let tickets = office.db.read(move |connection| queue::of_day(connection, day)).await?;
    let open = tickets.iter().filter(|ticket| !ticket.leg().state.is_over());
    let found = holder::typed(&typed, open).or_else(|| holder::typed(&typed, tickets.iter()));
    match found {
        Some(id) => Ok(page::go(&format!("{HERE}/tickets/{id}"))),
        None => {
            let refused = Phrases::of(sent.clerk.lang).t("desk.ticket.not_found").to_owned();
            guide::shown(&office, &sent.clerk, Some(refused)).await
        }
    }
}

/// Does one thing to the number.
pub(super) async fn act(
    State(office): State<Shared>,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Failure> {
    let op = guide::allowed(&office, &sent.clerk).and_then(|()| sent.op())?;
    let id: TicketId = id.parse().map_err(|_| Failure::NotFound)?;
    let step = Step::from_id(sent.fields.get("act")).ok_or(Failure::BadRequest)?;
    let given = Given::read(&sent);
    if !HERE_DONE.contains(&step) || (step == Step::Reclass && given.class.is_none()) {
        return Err(Failure::BadRequest);
    }
    let staff = sent.clerk.signed_in.staff.id;
    let act = Act {
        staff: Some(staff),
        reason: given.reason,
        class: given.class.filter(|_| step == Step::Reclass),
        ..Act::new(step, hat(&sent.clerk), office.journal.now())
    };
    if step == Step::HandOver {
        let refused = handing::hand_over(&office, &sent, (op, id), act).await?;
        return told(&office, &sent.clerk, id, refused).await;
    }
    let journal = office.journal.clone();
    let write = move |tx: &Tx<'_>| -> Result<(), queue::Error> {
        queue::act(tx, &journal, (op, Actor::Staff(staff)), id, act).map(drop)
    };
    let refused = refused(&sent.clerk, office.db.write(write).await)?;
    told(&office, &sent.clerk, id, refused).await
}

/// Takes the last press on the number back.
pub(super) async fn undo(
    State(office): State<Shared>,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Failure> {
    let op = guide::allowed(&office, &sent.clerk).and_then(|()| sent.op())?;
    let id: TicketId = id.parse().map_err(|_| Failure::NotFound)?;
    let (journal, who) = (office.journal.clone(), hat(&sent.clerk));
    let actor = sent.clerk.signed_in.actor();
    let write = move |tx: &Tx<'_>| -> Result<(), queue::Error> {
        queue::undo(tx, &journal, (op, actor), id, (who, None)).map(drop)
    };
    let refused = refused(&sent.clerk, office.db.write(write).await)?;
    told(&office, &sent.clerk, id, refused).await
}

fn refused(clerk: &Clerk, done: Result<(), queue::Error>) -> Result<Option<String>, Failure> {
    done.err().map(|error| sentence(Phrases::of(clerk.lang), error)).transpose()
}

/// Back to the number; a refusal stands on its page in a sentence.
async fn told(
    office: &Office,
    clerk: &Clerk,
    id: TicketId,
    refused: Option<String>,
) -> Result<Response, Failure> {
    match refused {
        None => Ok(page::go(&format!("{HERE}/tickets/{id}"))),
        refused => shown(office, clerk, id, refused).await,
    }
}
