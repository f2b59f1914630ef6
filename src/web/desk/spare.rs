//! The sheets that were handed out while the machine stood still (予備の番号札): typed in
//! from their stubs, several at once, and printed for the next time. Either all that
//! was entered is taken in, or nothing, with what is wrong beside each line.

mod line;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::routing::{get, post};
use time::Date;

use super::calling;
use super::frame::{Asked, Frame, Place};
use super::guard::{Clerk, Sent};
use crate::clock;
use crate::config::Lane;
use crate::db::Tx;
use crate::id::{OpId, TicketId};
use crate::lang::Phrases;
use crate::queue::spare::Wrong;
use crate::queue::state::{Action as Step, State as At, Who};
use crate::queue::{self, Act, Reason, Ticket};
use crate::staff::Action;
use crate::visit::spare::{self, NotTyped};
use crate::web::error::Failure;
use crate::web::routes::Router;
use crate::web::{Office, Shared, days as said, page};
use line::Line;

const HERE: &str = "/desk/spare";

/// So many lines stand on the page.
const LINES: usize = 10;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/", get(show).post(type_in))
        .route("/sheets.pdf", get(sheets))
        .route("/{ticket}", post(take_out))
}

/// A block of sheets.
struct Block {
    lane: String,
    name: String,
    range: String,
}

/// A sheet that was typed in today.
struct Row {
    id: TicketId,
    op: OpId,
    number: String,
    lane: String,
    came: String,
    typed: String,
    state: &'static str,
    /// Whether it can be taken out again.
    waits: bool,
}

/// A day of which sheets can be typed in.
struct DayOf {
    day: String,
    words: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "desk/spare.html")]
struct Page {
    frame: Frame,
    days: Vec<DayOf>,
    lines: Vec<Line>,
    blocks: Vec<Block>,
    counters: Vec<u32>,
    rows: Vec<Row>,
}

impl Page {
    fn chosen(&self, counter: &u32, line: &Line) -> bool {
        line.counter == counter.to_string()
    }
}

/// Whether this office has such sheets, and this person gives out numbers.
fn allowed(office: &Office, clerk: &Clerk) -> Result<(), Failure> {
    match office.config.has_spare() {
        true => clerk.may(Action::GuideVisitors),
        false => Err(Failure::NotFound),
    }
}

async fn show(
    State(office): State<Shared>,
    clerk: Clerk,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    allowed(&office, &clerk)?;
    let frame = Frame::inside(&office, &clerk, Place::Guide).noting(asked.note);
    let lines = (0..LINES).map(|_| Line::empty(office.journal.op())).collect();
    let today = office.journal.now().date();
    shown(&office, frame, lines, today).await
}

async fn shown(
    office: &Office,
    frame: Frame,
    lines: Vec<Line>,
    chosen: Date,
) -> Result<Response, Failure> {
    let (words, today) = (frame.words, office.journal.now().date());
    let before = office.config.worked_before(today);
    let look = move |look: &_| {
        let mut tickets = before.map_or(Ok(Vec::new()), |day| queue::of_day(look, day))?;
        tickets.retain(|one: &Ticket| one.typed.is_some_and(|typed| typed.date() == today));
        tickets.extend(queue::of_day(look, today)?);
        Ok::<_, queue::Error>(tickets)
    };
    let tickets = office.db.read(look).await?;
    let day = |day: Date| {
        let key = if day == today { "spare.today" } else { "spare.before" };
        let words = words.with(key, &[("day", said::day(words, day))]);
        DayOf { day: clock::iso_day(day), words, chosen: day == chosen }
    };
    let lane = |id: &str| {
        let lane = office.config.lane(id);
        lane.map_or_else(String::new, |lane| lane.name.in_lang(words.lang()).to_owned())
    };
    let row = |ticket: &Ticket| {
        Some(Row {
            id: ticket.id,
            op: office.journal.op(),
            number: ticket.to_string(),
            lane: lane(&ticket.leg().lane),
            came: clock::hour_and_minute(ticket.arrived),
            typed: clock::hour_and_minute(ticket.typed?),
            state: calling::state_words(words, ticket.leg().state),
            waits: ticket.leg().state == At::Waiting,
        })
    };
    let block = |one: &Lane| {
        let [first, last] = one.spare?;
        let prefix = one.prefix.as_ref()?;
        let range = format!("{prefix}{first}〜{prefix}{last}");
        Some(Block { lane: one.id.clone(), name: lane(&one.id), range })
    };
    page::show(&Page {
        days: std::iter::once(today).chain(before).map(day).collect(),
        lines,
        blocks: office.config.lanes.iter().filter_map(block).collect(),
        counters: office.config.counters.iter().map(|counter| counter.number).collect(),
        rows: tickets.iter().rev().filter_map(row).collect(),
        frame,
    })
}

/// Takes the lines in; or none of them, and shows what is wrong.
async fn type_in(State(office): State<Shared>, sent: Sent) -> Result<Response, Failure> {
    allowed(&office, &sent.clerk)?;
    let words = Phrases::of(sent.clerk.lang);
    let mut lines = Line::all(&sent);
    let used: Vec<usize> = (0..lines.len()).filter(|at| lines[*at].is_used()).collect();
    let day = clock::parse_iso_day(sent.fields.get("day")).ok_or(Failure::BadRequest)?;
    if used.is_empty() {
        return refusing(&office, &sent, (lines, day), words.t("spare.nothing")).await;
    }
    let (mut sheets, mut of_line) = (Vec::new(), Vec::new());
    for at in used.iter().copied() {
        match lines[at].read(&office.config, day)? {
            Ok(sheet) => {
                sheets.push(sheet);
                of_line.push(at);
            }
            Err(unread) => lines[at].wrong = Some(words.t(unread.key()).to_owned()),
        }
    }
    let all_read = sheets.len() == used.len();
    let (shared, staff) = (office.0.clone(), sent.clerk.signed_in.staff.id);
    let typed = office
        .db
        .write(move |tx: &Tx<'_>| {
            let typed = spare::type_in(tx, &shared.journal, shared.counter(), staff, &sheets);
            // What is wrong with the other lines is told as well; none is kept.
            typed.and_then(|_| if all_read { Ok(()) } else { Err(NotTyped::Wrong(Vec::new())) })
        })
        .await;
    match typed {
        Ok(()) => Ok(page::go(&format!("{HERE}?note=typed_in"))),
        Err(NotTyped::Wrong(wrong)) => {
            for (place, why) in wrong {
                if let Some(at) = of_line.get(place) {
                    lines[*at].wrong = Some(words.t(key(why)).to_owned());
                }
            }
            refusing(&office, &sent, (lines, day), words.t("spare.refused")).await
        }
        Err(NotTyped::Visit(error)) => Err(error.into()),
    }
}

async fn refusing(
    office: &Office,
    sent: &Sent,
    (mut lines, day): (Vec<Line>, Date),
    refused: &str,
) -> Result<Response, Failure> {
    let frame = Frame::inside(office, &sent.clerk, Place::Guide).refusing(refused.to_owned());
    lines.resize_with(lines.len().max(LINES), || Line::empty(office.journal.op()));
    shown(office, frame, lines, day).await
}

/// The sentence of what is wrong with a sheet.
fn key(why: Wrong) -> &'static str {
    match why {
        Wrong::NotOfTheBlock => "spare.wrong.not_of_the_block",
        Wrong::GivenOut => "spare.wrong.given_out",
        Wrong::InTheFuture => "spare.wrong.in_the_future",
        Wrong::AnotherDay => "spare.wrong.another_day",
        Wrong::Closed => "spare.wrong.closed",
        Wrong::OutOfOrder => "spare.wrong.out_of_order",
    }
}

/// Takes out what was typed in by mistake and still waits.
async fn take_out(
    State(office): State<Shared>,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Failure> {
    let op = allowed(&office, &sent.clerk).and_then(|()| sent.op())?;
    let id: TicketId = id.parse().map_err(|_| Failure::NotFound)?;
    let (journal, actor) = (office.journal.clone(), sent.clerk.signed_in.actor());
    let take_out = move |tx: &Tx<'_>| {
        let typed = queue::get(tx, id)?.filter(|ticket| ticket.typed.is_some());
        let ticket = typed.ok_or(queue::Error::NoSuchTicket)?;
        let reason = Some(Reason::DrawnByMistake);
        let leave = Act { reason, ..Act::new(Step::Leave, Who::Guide, journal.now()) };
        queue::act(tx, &journal, (op, actor), ticket.id, leave).map(drop)
    };
    match office.db.write(take_out).await {
        Ok(()) => Ok(page::go(&format!("{HERE}?note=taken_out"))),
        Err(queue::Error::NoSuchTicket) => Err(Failure::NotFound),
        Err(error) => {
            let refused = calling::sentence(Phrases::of(sent.clerk.lang), error)?;
            let today = office.journal.now().date();
            refusing(&office, &sent, (Vec::new(), today), &refused).await
        }
    }
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
struct Printed {
    lane: Option<String>,
}

/// The sheets, to be printed while the machine runs.
async fn sheets(
    State(office): State<Shared>,
    clerk: Clerk,
    Query(asked): Query<Printed>,
) -> Result<Response, Failure> {
    allowed(&office, &clerk)?;
    let lane = asked.lane.as_deref();
    let pdf = spare::paper::sheets(&office.config, lane, office.papers.fonts());
    Ok(page::pdf(pdf.ok_or(Failure::NotFound)?, "spare"))
}
