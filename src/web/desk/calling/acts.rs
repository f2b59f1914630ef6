//! The presses of the calling page.

use axum::extract::{Path, State};
use axum::response::Response;

use super::handing;
use super::page::{self, Sits};
use super::sentence;
use crate::db::Tx;
use crate::id::{OpId, TicketId};
use crate::journal::{Actor, Journal};
use crate::lang::Phrases;
use crate::queue::order::Class;
use crate::queue::state::{self, Action as Step, State as At, Who};
use crate::queue::{self, Act, Error, Reason, duty};
use crate::staff::Role;
use crate::web::desk::guard::Sent;
use crate::web::error::Failure;
use crate::web::{Shared, page as answer};

const HERE: &str = "/desk/calling";

/// Nothing is held longer than a day is open.
const HOLD_MINUTES_MAX: u32 = 600;

/// Sits down at a counter.
pub(in crate::web::desk) async fn open(
    State(office): State<Shared>,
    sent: Sent,
) -> Result<Response, Failure> {
    let op = page::allowed(&office, &sent.clerk).and_then(|()| sent.op())?;
    let counter = sent.fields.get("counter").parse().map_err(|_| Failure::BadRequest)?;
    office.config.counter(counter).ok_or(Failure::NotFound)?;
    let (staff, relieve) = (sent.clerk.signed_in.staff.id, sent.fields.has("relieve"));
    let sit = move |tx: &Tx<'_>, journal: &Journal, op| {
        duty::open(tx, journal, op, staff, counter, relieve)
    };
    match write(&office, op, sit).await {
        // The page asks whether to relieve whoever sits there.
        Err(Error::Taken) => page::taken(&office, &sent.clerk, counter).await,
        done => told(&office, &sent, done).await,
    }
}

/// Gets up.
pub(in crate::web::desk) async fn close(
    State(office): State<Shared>,
    sent: Sent,
) -> Result<Response, Failure> {
    let op = page::allowed(&office, &sent.clerk).and_then(|()| sent.op())?;
    let Some(sits) = page::sits(&office, &sent.clerk).await? else { return Ok(answer::go(HERE)) };
    let staff = sent.clerk.signed_in.staff.id;
    let get_up =
        move |tx: &Tx<'_>, journal: &Journal, op| duty::close(tx, journal, op, staff, sits.counter);
    let done = write(&office, op, get_up).await;
    told(&office, &sent, done).await
}

/// Pauses, or goes on where no reason is sent.
pub(in crate::web::desk) async fn pause(
    State(office): State<Shared>,
    sent: Sent,
) -> Result<Response, Failure> {
    let op = page::allowed(&office, &sent.clerk).and_then(|()| sent.op())?;
    let Some(sits) = page::sits(&office, &sent.clerk).await? else { return Ok(answer::go(HERE)) };
    let why = duty::Pause::from_id(sent.fields.get("why"));
    let at = (sent.clerk.signed_in.staff.id, sits.counter);
    let minutes = Given::read(&sent).minutes;
    let pause = move |tx: &Tx<'_>, journal: &Journal, op| match why.zip(minutes) {
        Some(for_minutes) => duty::pause_for(tx, journal, op, at, for_minutes),
        None => duty::pause(tx, journal, op, at, why),
    };
    let done = write(&office, op, pause).await;
    told(&office, &sent, done).await
}

/// Calls whoever's turn it is.
pub(in crate::web::desk) async fn next(
    State(office): State<Shared>,
    sent: Sent,
) -> Result<Response, Failure> {
    let op = page::allowed(&office, &sent.clerk).and_then(|()| sent.op())?;
    let Some(sits) = page::sits(&office, &sent.clerk).await? else { return Ok(answer::go(HERE)) };
    let call = move |tx: &Tx<'_>, journal: &Journal, op| {
        queue::call_next(tx, journal, op, &sits.desk()).map(drop)
    };
    let done = write(&office, op, call).await;
    told(&office, &sent, done).await
}

/// Calls the number that was typed, as far as it waits for this counter.
pub(in crate::web::desk) async fn number(
    State(office): State<Shared>,
    sent: Sent,
) -> Result<Response, Failure> {
    let op = page::allowed(&office, &sent.clerk).and_then(|()| sent.op())?;
    let Some(sits) = page::sits(&office, &sent.clerk).await? else { return Ok(answer::go(HERE)) };
    let (typed, reason) = (sent.fields.get("number").to_owned(), Given::read(&sent).reason);
    let call = move |tx: &Tx<'_>, journal: &Journal, op| {
        let waiting = queue::of_day(tx, journal.now().date())?;
        let waiting = waiting.iter().filter(|ticket| ticket.leg().state == At::Waiting);
        let id = queue::holder::typed(&typed, waiting).ok_or(Error::NoSuchTicket)?;
        queue::call_this(tx, journal, op, &sits.desk(), (id, reason)).map(drop)
    };
    let done = write(&office, op, call).await;
    told(&office, &sent, done).await
}

/// Does one thing to one ticket.
pub(in crate::web::desk) async fn act(
    State(office): State<Shared>,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Failure> {
    let op = page::allowed(&office, &sent.clerk).and_then(|()| sent.op())?;
    let id: TicketId = id.parse().map_err(|_| Failure::NotFound)?;
    let step = Step::from_id(sent.fields.get("act")).ok_or(Failure::BadRequest)?;
    let Some(sits) = page::sits(&office, &sent.clerk).await? else { return Ok(answer::go(HERE)) };
    let given = Given::read(&sent);
    if step == Step::Reclass && given.class.is_none() {
        return Err(Failure::BadRequest);
    }
    let (who, staff) = (acts_as(&sent, step), sent.clerk.signed_in.staff.id);
    if step == Step::HandOver {
        let act = Act::of_clerk(step, sits.counter, staff, office.journal.now());
        let act = Act { who, reason: given.reason, ..act };
        return match handing::hand_over(&office, &sent, (op, id), act).await? {
            None => Ok(answer::go(HERE)),
            Some(refused) => page::refusing(&office, &sent.clerk, refused).await,
        };
    }
    let lane = given.lane.as_deref();
    if lane.is_some_and(|lane| office.config.lane(lane).is_none()) {
        return Err(Failure::BadRequest);
    }
    let done = write(&office, op, move |tx: &Tx<'_>, journal: &Journal, op| {
        if step == Step::CallThis {
            return queue::call_this(tx, journal, op, &sits.desk(), (id, given.reason)).map(drop);
        }
        let act = Act {
            who,
            reason: given.reason,
            minutes: given.minutes,
            lane: given.lane,
            class: given.class.filter(|_| step == Step::Reclass),
            ..Act::of_clerk(step, sits.counter, staff, journal.now())
        };
        queue::act(tx, journal, (op, Actor::Staff(staff)), id, act).map(drop)
    });
    let done = done.await;
    told(&office, &sent, done).await
}

/// Takes the last press on a ticket back.
pub(in crate::web::desk) async fn undo(
    State(office): State<Shared>,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Failure> {
    let op = page::allowed(&office, &sent.clerk).and_then(|()| sent.op())?;
    let id: TicketId = id.parse().map_err(|_| Failure::NotFound)?;
    let Some(sits) = page::sits(&office, &sent.clerk).await? else { return Ok(answer::go(HERE)) };
    let staff = sent.clerk.signed_in.staff.id;
    let who = if sent.clerk.signed_in.staff.role == Role::Supervisor {
        Who::Supervisor
    } else {
        Who::Clerk
    };
    let done = write(&office, op, move |tx: &Tx<'_>, journal: &Journal, op| {
        let by = (who, Some(sits.counter));
        queue::undo(tx, journal, (op, Actor::Staff(staff)), id, by).map(drop)
    });
    let done = done.await;
    told(&office, &sent, done).await
}

/// What was entered beside the button.
pub(in crate::web::desk) struct Given {
    pub reason: Option<Reason>,
    pub minutes: Option<u32>,
    pub lane: Option<String>,
    pub class: Option<Class>,
}

impl Given {
    pub fn read(sent: &Sent) -> Self {
        let entered = |name| Some(sent.fields.get(name).trim()).filter(|entry| !entry.is_empty());
        Self {
            reason: entered("reason").and_then(Reason::from_id),
            minutes: entered("minutes")
                .and_then(|minutes| minutes.parse().ok())
                .filter(|minutes| *minutes <= HOLD_MINUTES_MAX),
            lane: entered("lane").map(str::to_owned),
            // An appointment is made elsewhere.
            class: entered("class")
                .and_then(Class::from_id)
                .filter(|class| *class != Class::Appointment),
        }
    }
}

/// A supervisor at a counter is a clerk, but for what only a supervisor may do.
fn acts_as(sent: &Sent, step: Step) -> Who {
    let clerk_may = state::State::ALL.iter().any(|at| state::next(*at, step, Who::Clerk).is_ok());
    match sent.clerk.signed_in.staff.role {
        Role::Supervisor if !clerk_may => Who::Supervisor,
        _ => Who::Clerk,
    }
}

async fn write(
    office: &Shared,
    op: OpId,
    work: impl FnOnce(&Tx<'_>, &Journal, OpId) -> Result<(), Error> + Send + 'static,
) -> Result<(), Error> {
    let journal = office.journal.clone();
    office.db.write(move |tx| work(tx, &journal, op)).await
}

/// Back to the page; a refusal stands on it in a sentence.
async fn told(office: &Shared, sent: &Sent, done: Result<(), Error>) -> Result<Response, Failure> {
    let Err(error) = done else { return Ok(answer::go(HERE)) };
    let refused = sentence(Phrases::of(sent.clerk.lang), error)?;
    page::refusing(office, &sent.clerk, refused).await
}

impl Sits {
    fn desk(&self) -> queue::Desk<'_> {
        queue::Desk {
            staff: self.staff,
            counter: self.counter,
            lanes: &self.lanes,
            rules: self.rules,
        }
    }
}
