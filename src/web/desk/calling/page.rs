//! The calling page: the counter, who is called there, and who waits.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::rows::{Current, Row, Rows, pause_words, reasons};
use crate::id::{OpId, StaffId};
use crate::lang::Phrases;
use crate::queue::duty::{self, Duty, Pause};
use crate::queue::order::Rules;
use crate::queue::{self, LanesOf, Reason, Ticket};
use crate::staff::{self, Action};
use crate::web::desk::calling::handing::{self, Targets};
use crate::web::desk::frame::{Frame, Place as Menu};
use crate::web::desk::guard::Clerk;
use crate::web::desk::paying::Waiting;
use crate::web::error::Failure;
use crate::web::{Office, Shared, live, page};

/// Where the clerk sits, and what is called from there.
pub(super) struct Sits {
    pub staff: StaffId,
    pub counter: u32,
    pub lanes: LanesOf,
    pub rules: Rules,
}

/// A counter to sit down at.
struct Choice {
    number: u32,
    name: String,
    /// Who sits there.
    taken_by: Option<String>,
}

/// The part of the page that shows what changes.
#[derive(Template)]
#[template(path = "desk/calling_queue.html")]
struct Queue {
    words: Phrases,
    key: String,
    next_op: OpId,
    paused: Option<&'static str>,
    current: Option<Current>,
    /// The ticket of the last press here on somebody who is not at the counter, as
    /// long as the press can be taken back.
    pressed: Option<Row>,
    /// Those whose turn comes soon, and how many there are in all.
    waiting: Vec<Row>,
    waiting_count: usize,
    aside: Vec<Row>,
    /// Who was finished here a while ago, and may have forgotten something.
    done: Vec<Row>,
    /// Whose payment waits, at whichever counter.
    paying: Waiting,
    lanes: Vec<(String, String)>,
    /// Where whoever is here can be handed over to.
    to: Targets,
    reasons: Vec<(&'static str, &'static str)>,
    turn_reasons: Vec<(&'static str, &'static str)>,
}

impl Queue {
    /// Whether the key for undoing is taken by whoever is at the counter.
    fn undoes(&self) -> bool {
        self.current.as_ref().is_some_and(|current| current.undo.is_some())
    }
}

#[derive(Template)]
#[template(path = "desk/calling.html")]
struct Page {
    frame: Frame,
    op: OpId,
    here: Option<Here>,
    choices: Vec<Choice>,
    /// The counter that somebody else sits at, to be confirmed.
    relieve: Option<Choice>,
    pauses: Vec<(&'static str, &'static str)>,
}

struct Here {
    number: u32,
    name: String,
    paused: bool,
    queue: Queue,
}

const HOLDING: [Reason; 5] =
    [Reason::FillingIn, Reason::OtherSection, Reason::PaperMissing, Reason::Rest, Reason::Other];
const OUT_OF_TURN: [Reason; 4] = [Reason::Short, Reason::Rest, Reason::WrongCall, Reason::Other];

/// Whether this office calls by number, and this person does.
pub(super) fn allowed(office: &Office, clerk: &Clerk) -> Result<(), Failure> {
    match office.config.site.modules.queue {
        true => clerk.may(Action::CallResidents),
        false => Err(Failure::NotFound),
    }
}

/// `GET /desk/calling`.
pub(in crate::web::desk) async fn show(
    State(office): State<Shared>,
    clerk: Clerk,
) -> Result<Response, Failure> {
    allowed(&office, &clerk)?;
    shown(&office, &clerk, None, None).await
}

/// The page with a sentence about what was not done.
pub(super) async fn refusing(
    office: &Office,
    clerk: &Clerk,
    refused: String,
) -> Result<Response, Failure> {
    shown(office, clerk, Some(refused), None).await
}

/// The page that asks whether to relieve whoever sits at `counter`.
pub(super) async fn taken(
    office: &Office,
    clerk: &Clerk,
    counter: u32,
) -> Result<Response, Failure> {
    shown(office, clerk, None, Some(counter)).await
}

/// The changing part alone, for the script.
pub(in crate::web::desk) async fn fragment(
    State(office): State<Shared>,
    clerk: Clerk,
) -> Result<Response, Failure> {
    allowed(&office, &clerk)?;
    let sits = sits(&office, &clerk).await?.ok_or(Failure::Elsewhere("/desk/calling"))?;
    page::show(&queue(&office, &clerk, &sits).await?)
}

/// Says when something in the queue has changed.
pub(in crate::web::desk) async fn events(
    State(office): State<Shared>,
    clerk: Clerk,
) -> Result<Response, Failure> {
    allowed(&office, &clerk)?;
    Ok(live::changes(&office))
}

/// Where the clerk sits, if anywhere.
pub(super) async fn sits(office: &Office, clerk: &Clerk) -> Result<Option<Sits>, Failure> {
    let staff = clerk.signed_in.staff.id;
    let duty = office.db.read(move |connection| duty::of_staff(connection, staff)).await?;
    let counter = duty.and_then(|duty| office.config.counter(duty.counter));
    Ok(counter.map(|counter| Sits {
        staff,
        counter: counter.number,
        lanes: office.config.lanes_of_counters(),
        rules: office.config.site.queue.order(),
    }))
}

async fn shown(
    office: &Office,
    clerk: &Clerk,
    refused: Option<String>,
    relieve: Option<u32>,
) -> Result<Response, Failure> {
    let mut frame = Frame::inside(office, clerk, Menu::Calling);
    frame.refused = refused;
    let words = frame.words;
    let choices = choices(office, words).await?;
    let here = match sits(office, clerk).await? {
        Some(sits) => {
            let queue = queue(office, clerk, &sits).await?;
            let name = office.config.counter(sits.counter).map(|one| &one.name);
            Some(Here {
                number: sits.counter,
                name: name.map_or_else(String::new, |name| name.in_lang(words.lang()).to_owned()),
                paused: queue.paused.is_some(),
                queue,
            })
        }
        None => None,
    };
    let (asked, choices): (Vec<Choice>, Vec<Choice>) =
        choices.into_iter().partition(|choice| Some(choice.number) == relieve);
    page::show(&Page {
        frame,
        op: office.journal.op(),
        here,
        choices,
        relieve: asked.into_iter().next(),
        pauses: Pause::ALL.map(|pause| (pause.id(), pause_words(words, pause))).into(),
    })
}

async fn choices(office: &Office, words: Phrases) -> Result<Vec<Choice>, Failure> {
    let duties = office.db.read(duty::all).await?;
    let accounts = office.db.read(staff::accounts).await?;
    let taken_by = |counter: u32| {
        let staff = duties.iter().find(|duty| duty.counter == counter)?.staff()?;
        let account = accounts.iter().find(|account| account.id == staff);
        Some(account.map(|account| account.name.clone()).unwrap_or_default())
    };
    let choice = |counter: &crate::config::Counter| Choice {
        number: counter.number,
        name: counter.name.in_lang(words.lang()).to_owned(),
        taken_by: taken_by(counter.number),
    };
    Ok(office.config.counters.iter().map(choice).collect())
}

/// What the counter sees: duties and tickets of today.
async fn look(office: &Office) -> Result<(Vec<Duty>, Vec<Ticket>), Failure> {
    let day = office.journal.now().date();
    let look = move |connection: &_| -> Result<_, queue::Error> {
        Ok((duty::all(connection)?, queue::of_day(connection, day)?))
    };
    Ok(office.db.read(look).await?)
}

async fn queue(office: &Office, clerk: &Clerk, sits: &Sits) -> Result<Queue, Failure> {
    let words = Phrases::of(clerk.lang);
    let (duties, tickets) = look(office).await?;
    let duty = duties.iter().find(|duty| duty.counter == sits.counter);
    let now = office.journal.now();
    let rows = Rows { office, words, now, shown: office.live.now() };
    let own = |ticket: &&Ticket| ticket.leg().counter == Some(sits.counter);
    let at_counter = tickets.iter().filter(own).find(|one| one.leg().state.is_at_counter());
    let current = match at_counter {
        Some(ticket) => Some(rows.current(ticket, sits).await?),
        None => None,
    };
    let (waiting, waiting_count) = rows.waiting(&tickets, sits, &duties);
    Ok(Queue {
        words,
        key: clerk.key.clone(),
        next_op: office.journal.op(),
        paused: duty.and_then(|duty| duty.paused).map(|(pause, _)| pause_words(words, pause)),
        current,
        pressed: rows.pressed(&tickets, sits),
        waiting,
        waiting_count,
        aside: rows.aside(&tickets, sits),
        done: rows.done(&tickets, sits),
        paying: Waiting::seen_by(office, clerk),
        lanes: rows.lanes(),
        to: handing::targets(&office.config, words, &duties, Some(sits.counter)),
        reasons: reasons(words, &HOLDING),
        turn_reasons: reasons(words, &OUT_OF_TURN),
    })
}
