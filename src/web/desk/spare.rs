//! The sheets that were handed out while the machine stood still (予備の番号札): typed in
//! from their stubs, several at once, and printed for the next time. Either all that
//! was entered is taken in, or nothing, with what is wrong beside each line.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::routing::{get, post};
use time::Date;
use unicode_normalization::UnicodeNormalization;

use super::calling;
use super::frame::{Asked, Frame, Place};
use super::guard::{Clerk, Sent};
use super::print::inline;
use crate::appointment::plan::TimeOfDay;
use crate::clock::{self, Moment};
use crate::config::{Config, Lane};
use crate::db::Tx;
use crate::id::{OpId, TicketId};
use crate::lang::Phrases;
use crate::queue::spare::{Served, Sheet, Wrong};
use crate::queue::state::{Action as Step, State as At, Who};
use crate::queue::{self, Act, Reason, Ticket};
use crate::staff::Action;
use crate::visit::spare::{self, NotTyped, Typed};
use crate::web::error::Failure;
use crate::web::{Office, Shared, page};

const HERE: &str = "/desk/spare";

/// So many lines stand on the page.
const LINES: usize = 10;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/", get(show).post(type_in))
        .route("/sheets.pdf", get(sheets))
        .route("/{ticket}", post(take_out))
}

/// A line of the page, as it was entered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Line {
    op: String,
    number: String,
    came: String,
    called: String,
    ended: String,
    counter: String,
    wrong: Option<String>,
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

#[derive(Template)]
#[template(path = "desk/spare.html")]
struct Page {
    frame: Frame,
    day: String,
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
    shown(&office, frame, lines).await
}

async fn shown(office: &Office, frame: Frame, lines: Vec<Line>) -> Result<Response, Failure> {
    let (words, day) = (frame.words, office.journal.now().date());
    let tickets = office.db.read(move |look| queue::of_day(look, day)).await?;
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
        day: clock::iso_day(day),
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
    if used.is_empty() {
        return refusing(&office, &sent, lines, words.t("spare.nothing")).await;
    }
    let day = clock::parse_iso_day(sent.fields.get("day")).ok_or(Failure::BadRequest)?;
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
            refusing(&office, &sent, lines, words.t("spare.refused")).await
        }
        Err(NotTyped::Visit(error)) => Err(error.into()),
    }
}

async fn refusing(
    office: &Office,
    sent: &Sent,
    mut lines: Vec<Line>,
    refused: &str,
) -> Result<Response, Failure> {
    let frame = Frame::inside(office, &sent.clerk, Place::Guide).refusing(refused.to_owned());
    lines.resize_with(lines.len().max(LINES), || Line::empty(office.journal.op()));
    shown(office, frame, lines).await
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

/// What a line does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unread {
    /// No lane has a sheet of this number.
    Number,
    /// A time is missing, or none.
    Time,
    /// Some of the call, the end and the counter, but not all.
    Half,
}

impl Unread {
    fn key(self) -> &'static str {
        match self {
            Unread::Number => key(Wrong::NotOfTheBlock),
            Unread::Time => "spare.wrong.time",
            Unread::Half => "spare.wrong.half",
        }
    }
}

impl Line {
    fn empty(op: OpId) -> Self {
        Self { op: op.to_string(), ..Self::default() }
    }

    /// All lines, in the order in which they stand.
    fn all(sent: &Sent) -> Vec<Line> {
        let column = |name: &str| sent.fields.all(name).into_iter().map(Some);
        let columns = ["number", "came", "called", "ended", "counter"].map(column);
        let mut columns = columns.map(|column| column.chain(std::iter::repeat(None)));
        let line = |op: String| {
            let mut next = || columns.each_mut().map(|column| column.next().flatten());
            let [number, came, called, ended, counter] = next().map(Option::unwrap_or_default);
            Line { op, number, came, called, ended, counter, wrong: None }
        };
        sent.fields.all("line").into_iter().map(line).collect()
    }

    fn is_used(&self) -> bool {
        let entered = [&self.number, &self.came, &self.called, &self.ended, &self.counter];
        entered.iter().any(|entry| !entry.trim().is_empty())
    }

    /// The sheet of this line.
    fn read(&self, config: &Config, day: Date) -> Result<Result<Typed, Unread>, Failure> {
        let op: OpId = self.op.parse().map_err(|_| Failure::BadRequest)?;
        Ok(self.sheet(config, day).map(|(lane, sheet)| Typed { op, lane, sheet }))
    }

    fn sheet(&self, config: &Config, day: Date) -> Result<(String, Sheet), Unread> {
        let (lane, number) = lane_and_number(config, &self.number).ok_or(Unread::Number)?;
        let came = time(&self.came, day).ok_or(Unread::Time)?;
        let by_hand = [&self.called, &self.ended, &self.counter].map(|entry| entry.trim());
        let served = match by_hand {
            ["", "", ""] => None,
            [called, ended, counter] if by_hand.iter().all(|entry| !entry.is_empty()) => {
                let counter = counter.parse().ok().and_then(|number| config.counter(number));
                Some(Served {
                    counter: counter.ok_or(Unread::Half)?.number,
                    called: time(called, day).ok_or(Unread::Time)?,
                    ended: time(ended, day).ok_or(Unread::Time)?,
                })
            }
            _ => return Err(Unread::Half),
        };
        Ok((lane.id.clone(), Sheet { number, came, served }))
    }
}

/// As people type it: letters and figures of any width, without blanks.
fn plain(typed: &str) -> String {
    typed.nfkc().filter(|letter| !letter.is_whitespace()).collect::<String>().to_uppercase()
}

/// The sheet that is meant: `A901`, and `901` where only one lane has it.
fn lane_and_number<'c>(config: &'c Config, typed: &str) -> Option<(&'c Lane, u32)> {
    let typed = plain(typed);
    let number: u32 = typed.trim_start_matches(|c: char| c.is_ascii_uppercase()).parse().ok()?;
    let is_meant = |lane: &&Lane| {
        let named = lane.prefix.as_ref().is_some_and(|prefix| typed == format!("{prefix}{number}"));
        let bare = typed == number.to_string();
        lane.numbered().is_some_and(|one| one.is_spare(number)) && (named || bare)
    };
    let mut meant = config.lanes.iter().filter(is_meant);
    let first = meant.next()?;
    meant.next().is_none().then_some((first, number))
}

/// `9:05`, and `905` or `0905` as figures are typed quickest.
fn time(typed: &str, day: Date) -> Option<Moment> {
    let typed = plain(typed);
    let time = match typed.len() {
        3 | 4 if typed.bytes().all(|byte| byte.is_ascii_digit()) => {
            let (hours, minutes) = typed.split_at(typed.len() - 2);
            format!("{hours}:{minutes}")
        }
        _ => typed,
    };
    Some(TimeOfDay::parse(&time)?.on(day))
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
            refusing(&office, &sent, Vec::new(), &refused).await
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
    Ok(inline(pdf.ok_or(Failure::NotFound)?, "spare"))
}
