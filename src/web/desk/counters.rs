//! Who sits where (窓口の職員): every counter, who is signed in there or was noted, and
//! how many wait for it. Where nobody is signed in, the floor guide or a supervisor
//! notes how many sit there, and presses the buttons for them.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post};

use super::calling::sentence;
use super::frame::{Frame, Place};
use super::guard::{Clerk, Sent};
use super::supervisor::doing;
use crate::clock::hour_and_minute;
use crate::config;
use crate::db::Tx;
use crate::id::{OpId, StaffId, TicketId};
use crate::journal::Actor;
use crate::lang::Phrases;
use crate::queue::duty::{self, Duty, PEOPLE_MOST};
use crate::queue::state::{Action as Step, State as At};
use crate::queue::{self, Act, Desk, Ticket};
use crate::staff::{self, Action, Staff};
use crate::web::error::Failure;
use crate::web::routes::Router;
use crate::web::{Office, Shared, page};

const HERE: &str = "/desk/counters";

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/", get(show))
        .route("/now", get(fragment))
        .route("/{counter}", post(note))
        .route("/{counter}/tickets", post(press))
}

/// A counter on the page.
struct Row {
    number: u32,
    name: String,
    lanes: String,
    waiting: usize,
    /// What it does, as a name for colours and in words.
    doing: &'static str,
    words: String,
    /// Who sits there, in words.
    people: Option<String>,
    /// Where nobody is signed in: how many were noted.
    noted: Option<u32>,
    person: Option<StaffId>,
    /// Whether anything can be noted of it.
    may_note: bool,
    undoes: bool,
    /// Who is at a noted counter now.
    current: Option<Current>,
}

struct Current {
    id: TicketId,
    number: String,
    called: bool,
}

/// The part of the page that shows what changes.
#[derive(Template)]
#[template(path = "desk/counters_now.html")]
struct Now {
    words: Phrases,
    key: String,
    op: OpId,
    rows: Vec<Row>,
    accounts: Vec<(StaffId, String)>,
}

impl Now {
    fn numbers(&self) -> std::ops::RangeInclusive<u32> {
        0..=PEOPLE_MOST
    }
}

#[derive(Template)]
#[template(path = "desk/counters.html")]
struct Page {
    frame: Frame,
    now: Now,
}

/// Whether this office calls by number, and this person helps in the hall.
fn allowed(office: &Office, clerk: &Clerk) -> Result<(), Failure> {
    match office.config.site.modules.queue {
        true => clerk.may(Action::GuideVisitors),
        false => Err(Failure::NotFound),
    }
}

async fn show(State(office): State<Shared>, clerk: Clerk) -> Result<Response, Failure> {
    allowed(&office, &clerk)?;
    shown(&office, &clerk, None).await
}

async fn shown(
    office: &Office,
    clerk: &Clerk,
    refused: Option<String>,
) -> Result<Response, Failure> {
    let mut frame = Frame::inside(office, clerk, Place::Guide);
    frame.refused = refused;
    page::show(&Page { now: now(office, clerk).await?, frame })
}

/// The changing part alone, for the script.
async fn fragment(State(office): State<Shared>, clerk: Clerk) -> Result<Response, Failure> {
    allowed(&office, &clerk)?;
    page::show(&now(&office, &clerk).await?)
}

/// What the page is drawn from.
struct Look {
    duties: Vec<Duty>,
    tickets: Vec<Ticket>,
    /// Counters whose last note can be taken back.
    undoable: Vec<u32>,
}

async fn now(office: &Office, clerk: &Clerk) -> Result<Now, Failure> {
    let (moment, words) = (office.journal.now(), Phrases::of(clerk.lang));
    let numbers: Vec<u32> = office.config.counters.iter().map(|one| one.number).collect();
    let look = move |connection: &_| -> Result<_, queue::Error> {
        let mut undoable = Vec::new();
        for counter in numbers {
            if duty::undoable(connection, counter, moment)? {
                undoable.push(counter);
            }
        }
        let tickets = queue::of_day(connection, moment.date())?;
        Ok(Look { duties: duty::all(connection)?, tickets, undoable })
    };
    let look = office.db.read(look).await?;
    let mut accounts = office.db.read(staff::accounts).await?;
    accounts.retain(|account| account.disabled_at.is_none());
    let row = |counter: &config::Counter| row(office, words, (&look, &accounts), counter);
    Ok(Now {
        words,
        key: clerk.key.clone(),
        op: office.journal.op(),
        rows: office.config.counters.iter().map(row).collect(),
        accounts: accounts.iter().map(|one| (one.id, one.name.clone())).collect(),
    })
}

fn row(
    office: &Office,
    words: Phrases,
    (look, accounts): (&Look, &[Staff]),
    counter: &config::Counter,
) -> Row {
    let (own, calls) = (office.config.lanes_of(counter), office.config.lanes_of_counters());
    let lanes: Vec<&str> = own
        .iter()
        .filter_map(|lane| office.config.lane(lane))
        .map(|lane| lane.name.in_lang(words.lang()))
        .collect();
    let duty = look.duties.iter().find(|duty| duty.counter == counter.number);
    let noted = duty.and_then(Duty::noted);
    let waits = |ticket: &&Ticket| queue::is_callable(ticket, counter.number, &calls, &look.duties);
    let (doing, said) = match duty {
        Some(duty) => doing(words, &look.tickets, duty, office.journal.now()),
        None => ("closed", words.t("oversight.closed").to_owned()),
    };
    let there = look.tickets.iter().find(|ticket| {
        ticket.leg().state.is_at_counter() && ticket.leg().counter == Some(counter.number)
    });
    Row {
        number: counter.number,
        name: counter.name.in_lang(words.lang()).to_owned(),
        lanes: lanes.join(words.t("list.and")),
        waiting: look.tickets.iter().filter(waits).count(),
        doing,
        words: said,
        people: duty.map(|duty| people(words, accounts, duty)),
        noted: noted.map(|noted| noted.people),
        person: noted.and_then(|noted| noted.person),
        may_note: duty.is_none() || noted.is_some(),
        undoes: look.undoable.contains(&counter.number),
        current: there.filter(|_| noted.is_some()).map(|ticket| Current {
            id: ticket.id,
            number: ticket.to_string(),
            called: ticket.leg().state == At::Called,
        }),
    }
}

/// Who sits at a counter, and how that is known.
pub(super) fn people(words: Phrases, accounts: &[Staff], duty: &Duty) -> String {
    let name = |id: StaffId| {
        let account = accounts.iter().find(|account| account.id == id);
        account.map(|account| account.name.clone()).unwrap_or_default()
    };
    let who = duty.person().map(name).unwrap_or_default();
    let Some(noted) = duty.noted() else { return who };
    let values = [
        ("people", noted.people.to_string()),
        ("time", hour_and_minute(duty.since)),
        ("by", name(noted.by)),
        ("name", who),
    ];
    match noted.person {
        Some(_) => words.with("desk.counters.noted_person", &values),
        None => words.with("desk.counters.noted", &values),
    }
}

/// Notes how many sit there, or takes the last note back.
async fn note(
    State(office): State<Shared>,
    Path(counter): Path<u32>,
    sent: Sent,
) -> Result<Response, Failure> {
    let op = allowed(&office, &sent.clerk).and_then(|()| sent.op())?;
    office.config.counter(counter).ok_or(Failure::NotFound)?;
    let by = sent.clerk.signed_in.staff.id;
    let people = sent.fields.get("people").parse().ok().filter(|people| *people <= PEOPLE_MOST);
    let person = Some(sent.fields.get("person")).filter(|person| !person.is_empty());
    let person: Option<StaffId> = match person.map(str::parse).transpose() {
        Ok(person) => person,
        Err(_) => return Err(Failure::BadRequest),
    };
    let takes_back = sent.fields.get("act") == "take_back";
    let people = match people {
        Some(people) => people,
        None if takes_back => 0,
        None => return Err(Failure::BadRequest),
    };
    let journal = office.journal.clone();
    let write = move |tx: &Tx<'_>| match takes_back {
        true => duty::take_back(tx, &journal, op, by, counter),
        false => duty::note(tx, &journal, op, by, (counter, people, person)),
    };
    let done = office.db.write(write).await;
    told(&office, &sent, done).await
}

/// A button that is pressed for whoever sits at a noted counter.
async fn press(
    State(office): State<Shared>,
    Path(counter): Path<u32>,
    sent: Sent,
) -> Result<Response, Failure> {
    let op = allowed(&office, &sent.clerk).and_then(|()| sent.op())?;
    office.config.counter(counter).ok_or(Failure::NotFound)?;
    let (lanes, rules) = (office.config.lanes_of_counters(), office.config.site.queue.order());
    let staff = sent.clerk.signed_in.staff.id;
    let step = Step::from_id(sent.fields.get("act")).ok_or(Failure::BadRequest)?;
    let ticket: Option<TicketId> = sent.fields.get("ticket").parse().ok();
    let journal = office.journal.clone();
    let write = move |tx: &Tx<'_>| -> Result<(), queue::Error> {
        // Where somebody signed in meanwhile, they press for themselves.
        duty::at(tx, counter)?.and_then(|duty| duty.noted()).ok_or(queue::Error::NotOnDuty)?;
        if step == Step::CallNext {
            let desk = Desk { staff, counter, lanes: &lanes, rules };
            return queue::call_next(tx, &journal, op, &desk).map(drop);
        }
        let ticket = ticket.ok_or(queue::Error::NoSuchTicket)?;
        let act = Act::of_clerk(step, counter, staff, journal.now());
        queue::act(tx, &journal, (op, Actor::Staff(staff)), ticket, act).map(drop)
    };
    let done = office.db.write(write).await;
    told(&office, &sent, done).await
}

/// Back to the page; a refusal stands on it in a sentence.
async fn told(
    office: &Office,
    sent: &Sent,
    done: Result<(), queue::Error>,
) -> Result<Response, Failure> {
    let Err(error) = done else { return Ok(page::go(HERE)) };
    let refused = sentence(Phrases::of(sent.clerk.lang), error)?;
    shown(office, &sent.clerk, Some(refused)).await
}
