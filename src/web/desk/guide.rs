//! The floor guide (総合案内): a number in one tap for whoever comes without forms,
//! with what to be considerate of; how full the hall is; and a count of those who
//! need no number.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};

use super::frame::{Frame, Place};
use super::guard::{Clerk, Sent};
use super::today::care_words;
use super::{slip, ticket};
use crate::config;
use crate::db::Tx;
use crate::id::OpId;
use crate::lang::{Lang, Phrases};
use crate::queue::duty::{self, Duty};
use crate::queue::order::Class;
use crate::queue::state::State as At;
use crate::queue::{self, Ticket};
use crate::staff::Action;
use crate::visit::{self, Care, Tongue, WalkIn, Wishes};
use crate::web::error::Failure;
use crate::web::routes::Router;
use crate::web::{Office, Shared, displays, page, windows};

pub(super) const HERE: &str = "/desk/guide";

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/", get(show).post(issue))
        .route("/hall", get(fragment))
        .route("/passing", post(pass))
        .route("/find", post(ticket::find))
        .route("/tickets/{ticket}", get(ticket::show).post(ticket::act))
        .route("/tickets/{ticket}/undo", post(ticket::undo))
}

/// A lane to draw a number in, and how full it is.
struct Lane {
    id: String,
    name: String,
    prefix: String,
    waiting: usize,
    /// Minutes that the first of those has waited who came today.
    longest: Option<i64>,
    /// Counters that call from it now.
    counters: usize,
    /// When somebody who came now would be called.
    window: Option<String>,
}

/// The part of the page that shows what changes.
#[derive(Template)]
#[template(path = "desk/guide_hall.html")]
struct Hall {
    words: Phrases,
    lanes: Vec<Lane>,
    passing: u32,
    /// Displays to look after.
    displays: Vec<String>,
}

#[derive(Template)]
#[template(path = "desk/guide.html")]
struct Page {
    frame: Frame,
    op: OpId,
    /// Another button, another press.
    passing_op: OpId,
    hall: Hall,
    care: Vec<(&'static str, String)>,
    tongues: Vec<(&'static str, String)>,
    /// Whether there are numbers on paper to be typed in.
    has_spare: bool,
    /// The order of the calls, in one sentence, to be read out.
    order: String,
}

/// Whether this office gives out numbers, and this person does.
pub(super) fn allowed(office: &Office, clerk: &Clerk) -> Result<(), Failure> {
    match office.config.site.modules.queue {
        true => clerk.may(Action::GuideVisitors),
        false => Err(Failure::NotFound),
    }
}

async fn show(State(office): State<Shared>, clerk: Clerk) -> Result<Response, Failure> {
    allowed(&office, &clerk)?;
    shown(&office, &clerk, None).await
}

pub(super) async fn shown(
    office: &Office,
    clerk: &Clerk,
    refused: Option<String>,
) -> Result<Response, Failure> {
    let mut frame = Frame::inside(office, clerk, Place::Guide);
    frame.refused = refused;
    let words = frame.words;
    let named = |care: Care| (care.id(), care_words(&words, care));
    page::show(&Page {
        op: office.journal.op(),
        passing_op: office.journal.op(),
        hall: hall(office, words).await?,
        has_spare: office.config.has_spare(),
        order: windows::order(words, &office.config.site),
        care: Care::PLAIN.map(named).into(),
        tongues: Tongue::ALL.map(|tongue| named(Care::Interpreter(tongue))).into(),
        frame,
    })
}

/// The changing part alone, for the script.
async fn fragment(State(office): State<Shared>, clerk: Clerk) -> Result<Response, Failure> {
    allowed(&office, &clerk)?;
    page::show(&hall(&office, Phrases::of(clerk.lang)).await?)
}

async fn hall(office: &Office, words: Phrases) -> Result<Hall, Failure> {
    let now = office.journal.now();
    let look = move |connection: &_| -> Result<_, queue::Error> {
        let day = now.date();
        let tickets = queue::of_day(connection, day)?;
        Ok((tickets, duty::all(connection)?, queue::passing_on(connection, day)?))
    };
    let (tickets, duties, passing) = office.db.read(look).await?;
    let shown = office.live.now();
    let lane = |lane: &config::Lane| {
        let waiting = tickets.iter().filter(|ticket| waits_in(ticket, &lane.id));
        let waiting: Vec<&Ticket> = waiting.collect();
        let since = waiting.iter().filter_map(|ticket| ticket.kept_waiting_since());
        let minutes = since.map(|since| (now - since).whole_minutes());
        Some(Lane {
            id: lane.id.clone(),
            name: lane.name.in_lang(words.lang()).to_owned(),
            prefix: lane.prefix.clone()?,
            waiting: waiting.len(),
            longest: minutes.max().map(|minutes| minutes.max(0)),
            counters: duties.iter().filter(|duty| calls_from(office, duty, &lane.id)).count(),
            window: shown.outlook.arriving(&lane.id, now).map(|one| windows::words(words, one)),
        })
    };
    let lanes = office.config.lanes.iter().filter_map(lane).collect();
    Ok(Hall { words, lanes, passing, displays: displays::troubles(office, words).await? })
}

fn waits_in(ticket: &Ticket, lane: &str) -> bool {
    ticket.leg().state == At::Waiting && ticket.leg().lane == lane
}

/// Whether somebody sits there, does not pause, and serves the lane.
fn calls_from(office: &Office, duty: &Duty, lane: &str) -> bool {
    let counter = office.config.counter(duty.counter);
    let serves = counter.is_some_and(|one| office.config.lanes_of(one).iter().any(|id| id == lane));
    serves && duty.paused.is_none()
}

/// Draws a number and, where slips are printed here, begins its slip.
async fn issue(State(office): State<Shared>, sent: Sent) -> Result<Response, Failure> {
    let op = allowed(&office, &sent.clerk).and_then(|()| sent.op())?;
    let new = walk_in(&sent);
    let (shared, journal) = (office.0.clone(), office.journal.clone());
    let actor = sent.clerk.signed_in.actor();
    let draw = move |tx: &Tx<'_>| visit::walk_in(tx, &journal, shared.counter(), (op, actor), &new);
    let drawn: Result<Ticket, visit::Error> = office.db.write(draw).await;
    let ticket = match drawn {
        Ok(ticket) => ticket,
        Err(visit::Error::NoSuchLane(_)) => return Err(Failure::BadRequest),
        Err(visit::Error::Queue(queue::Error::Full(_) | queue::Error::RangeEnded(_))) => {
            let refused = Phrases::of(sent.clerk.lang).t("desk.guide.no_more").to_owned();
            return shown(&office, &sent.clerk, Some(refused)).await;
        }
        Err(error) => return Err(error.into()),
    };
    if let Some(visit) = ticket.visit {
        slip::print(&office, &sent, op, visit).await;
    }
    Ok(page::go(&format!("{HERE}/tickets/{}", ticket.id)))
}

fn walk_in(sent: &Sent) -> WalkIn {
    let fields = &sent.fields;
    let told = fields.all("care").into_iter().chain(fields.all("interpreter"));
    let care = told.filter_map(|id| Care::from_id(&id)).collect();
    let lang = if fields.has("english") { Lang::En } else { Lang::Ja };
    let class = if fields.has("priority") { Class::Priority } else { Class::Ordinary };
    let wishes = Wishes { lang, care, ..Wishes::default() };
    WalkIn { lane: fields.get("lane").to_owned(), class, wishes, kiosk: None }
}

/// Counts somebody who needs no number.
async fn pass(State(office): State<Shared>, sent: Sent) -> Result<Response, Failure> {
    let op = allowed(&office, &sent.clerk).and_then(|()| sent.op())?;
    let (journal, actor) = (office.journal.clone(), sent.clerk.signed_in.actor());
    let count = move |tx: &Tx<'_>| queue::count_passing(tx, &journal, op, actor);
    office.db.write(count).await?;
    Ok(page::go(HERE))
}
