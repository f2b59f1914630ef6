//! What changes in the queue, told at once to every screen that shows it.
//!
//! One task looks at the queue after every commit, whoever made it, so nothing
//! that happened anywhere can be missed; when the board is another one, all
//! streams get it. A screen that connects gets the whole board first, so a broken
//! line costs nothing. Streams end when the program is told to stop, for open ones
//! would hold it up.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use futures_util::stream::{self, Stream, StreamExt};
use tokio::sync::watch;
use tokio::time::Instant;

use serde::Serialize;
use time::Date;

use super::displays::Displays;
use super::outlook::{Compared, Outlooks};
use super::status::calendar;
use super::{Office, page, windows};
use crate::appointment;
use crate::chance::{self, Chance};
use crate::clock::{self, Moment};
use crate::config::Lane;
use crate::id::TicketId;
use crate::queue::board::{Board, Of, board};
use crate::queue::duty::{self, Duty};
use crate::queue::outlook::{Outlook, Told};
use crate::queue::{self, Ticket};

/// From one look to the next at least this long: a single change is seen at once, a
/// burst is one picture.
const TOGETHER: Duration = Duration::from_millis(50);

/// When a cut line is tried again. Not all screens at the same moment: a server that
/// was started anew has enough to do.
const AGAIN_AFTER_MS: std::ops::Range<u64> = 1_000..3_000;

/// The page notices after three of these that the line is dead.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// What could not be looked at is looked at again after so long, committed or not.
const LOOKED_AT_AGAIN: Duration = Duration::from_secs(5);

/// The outlook is worked out at most this long after a number was drawn, and usually
/// at once.
const WORKED_OUT_WITHIN: Duration = Duration::from_millis(1_500);

/// What events carry that say nothing more: browsers drop an event without data.
const SOMETHING: &str = "1";

/// What a heartbeat carries while nobody can say how the queue stands.
const BLIND: &str = "blind";

/// The newest board, for all streams.
#[derive(Default)]
pub struct Live {
    shown: watch::Sender<Arc<Shown>>,
    closed: watch::Sender<bool>,
    pub(super) outlooks: Outlooks,
    pub(super) calendar: calendar::Kept,
    pub(super) displays: Displays,
}

/// The queue as it is now, and how displays are sent it, written once for all.
#[derive(Debug, Default)]
pub struct Shown {
    pub board: Board,
    pub duties: Vec<Duty>,
    /// All of today, in the order of issue.
    pub tickets: Vec<Ticket>,
    /// A little behind them.
    pub outlook: Arc<Outlook>,
    /// Since when the queue cannot be looked at: all of it is as it was then.
    pub blind_since: Option<Moment>,
    /// Of the whole hall, and after it of each group of displays.
    jsons: Vec<String>,
}

/// What a display shows of a lane's outlook.
#[derive(Serialize)]
struct Arriving<'o> {
    lane: &'o str,
    /// `14:20`; none from now on.
    from: Option<String>,
    to: String,
}

/// When a lane's day ends.
#[derive(Debug, Clone, Serialize)]
struct Ends {
    lane: String,
    at: String,
}

impl Shown {
    /// How things stood when: now, or when they were last seen.
    pub fn as_of(&self, now: Moment) -> Moment {
        self.blind_since.unwrap_or(now)
    }

    fn of(hall: &Hall, outlook: Arc<Outlook>) -> Self {
        let Hall { board, groups, duties, tickets, ends, blind_since } = hall.clone();
        let arriving = |(lane, window): (&_, &_)| {
            let (from, to) = windows::clock_times(*window);
            serde_json::to_string(&Arriving { lane, from, to }).ok()
        };
        let arriving: Vec<String> =
            outlook.lanes.iter().filter_map(|(lane, window)| arriving((lane, window))).collect();
        let ends = serde_json::to_string(&ends).unwrap_or_default();
        let blind = blind_since.map(|at| format!("\"{}\"", clock::rfc3339(at)));
        let json = |board: &Board| {
            let board = serde_json::to_string(board).unwrap_or_default();
            let (arriving, blind) = (arriving.join(","), blind.as_deref().unwrap_or("null"));
            format!(
                "\"board\":{board},\"arriving\":[{arriving}],\"ends\":{ends},\"blind_since\":{blind}"
            )
        };
        let jsons = std::iter::once(&board).chain(&groups).map(json).collect();
        Self { board, duties, tickets, outlook, blind_since, jsons }
    }

    fn is_of(&self, hall: &Hall, outlook: &Outlook) -> bool {
        let same = (&self.board, &self.tickets) == (&hall.board, &hall.tickets);
        let seen = (&self.duties, self.blind_since) == (&hall.duties, hall.blind_since);
        same && seen && *self.outlook == *outlook
    }
}

/// What one look at the queue finds.
#[derive(Clone, Default)]
struct Hall {
    board: Board,
    /// What each group of displays shows of it. Follows from what the board follows from.
    groups: Vec<Board>,
    duties: Vec<Duty>,
    tickets: Vec<Ticket>,
    /// Of this day.
    ends: Vec<Ends>,
    blind_since: Option<Moment>,
}

impl Hall {
    /// It cannot be seen: the last good picture stays, and says how old it is.
    fn is_lost_from_sight(&mut self, now: Moment) {
        self.blind_since.get_or_insert(now);
    }
}

impl Live {
    /// Ends every stream.
    pub fn close(&self) {
        self.closed.send_replace(true);
    }

    /// The newest board, and every one after it.
    pub fn boards(&self) -> watch::Receiver<Arc<Shown>> {
        self.shown.subscribe()
    }

    /// What is shown now.
    pub fn now(&self) -> Arc<Shown> {
        self.shown.borrow().clone()
    }

    /// What the holder of a ticket is told, which for a number that was drawn just now
    /// is worked out first; what is known by then, where that takes too long.
    pub(super) async fn told(&self, ticket: TicketId, now: Moment) -> Told {
        let mut boards = self.boards();
        if self.outlooks.is_kept() {
            let known = boards.wait_for(|shown| shown.outlook.tickets.contains_key(&ticket));
            // Nobody is kept waiting for a time that does not come.
            let _ = tokio::time::timeout(WORKED_OUT_WITHIN, known).await;
        }
        self.now().outlook.of(ticket, now)
    }

    /// What would be, were `counter` opened now.
    pub(super) async fn if_opened(&self, counter: u32) -> Option<Compared> {
        self.outlooks.if_opened(counter).await
    }

    fn publish(&self, hall: &Hall, outlook: Arc<Outlook>) {
        self.shown.send_if_modified(|shown| {
            if shown.is_of(hall, &outlook) {
                return false;
            }
            *shown = Arc::new(Shown::of(hall, outlook));
            true
        });
    }
}

/// The first look, before anybody can ask: an empty hall is nobody's news.
pub async fn look_first(office: &Office) {
    let mut hall = Hall::default();
    seen(office, &mut hall).await;
    office.live.publish(&hall, Arc::default());
}

/// Keeps the board as it is in the database, and the outlook beside it, as long as
/// the office is open.
pub async fn forever(office: Arc<Office>) {
    if let Err(error) = office.live.outlooks.start(&office) {
        tracing::error!(%error, "waiting times cannot be worked out");
    }
    let mut hall = Hall::default();
    // A fault in it is said on every screen and tried again, and not the end of them all.
    while AssertUnwindSafe(watch(&office, &mut hall)).catch_unwind().await.is_err() {
        tracing::error!("whoever looks at the queue stumbled, and looks again");
        hall.is_lost_from_sight(office.journal.now());
        office.live.publish(&hall, office.live.now().outlook.clone());
        tokio::time::sleep(LOOKED_AT_AGAIN).await;
    }
}

/// Until no commit can come any more.
async fn watch(office: &Office, hall: &mut Hall) {
    let (mut commits, mut outlooks) = (office.db.commits(), office.live.outlooks.newest());
    loop {
        let next = Instant::now() + TOGETHER;
        commits.mark_unchanged();
        office.live.outlooks.look();
        seen(office, hall).await;
        let again = tokio::time::sleep(LOOKED_AT_AGAIN);
        tokio::pin!(again);
        loop {
            let outlook = outlooks.borrow_and_update().clone();
            office.live.publish(hall, outlook);
            tokio::select! {
                biased;
                committed = commits.changed() => match committed {
                    Ok(()) => break,
                    Err(_) => return,
                },
                // Its sender lives in the office.
                _ = outlooks.changed() => {}
                () = &mut again, if hall.blind_since.is_some() => break,
            }
        }
        tokio::time::sleep_until(next).await;
    }
}

async fn seen(office: &Office, hall: &mut Hall) {
    match look(office).await {
        Ok(found) => *hall = found,
        Err(error) => {
            tracing::error!(%error, "the queue cannot be looked at");
            hall.is_lost_from_sight(office.journal.now());
        }
    }
}

async fn look(office: &Office) -> Result<Hall, queue::Error> {
    let now = office.journal.now();
    let day = now.date();
    let config = &office.config;
    let ends = |lane: &Lane| {
        let at = clock::rfc3339(config.end(lane, now)?.closes);
        Some(Ends { lane: lane.id.clone(), at })
    };
    let ends = config.lanes.iter().filter_map(ends).collect();
    let lanes: Vec<String> = config.lanes.iter().map(|lane| lane.id.clone()).collect();
    let parts: Vec<Vec<String>> =
        config.display_groups.iter().map(|group| group.lanes.clone()).collect();
    let voice = config.site.queue.voice;
    let look = move |connection: &_| {
        let (tickets, duties) = (queue::of_day(connection, day)?, duty::all(connection)?);
        let calls = queue::announcements(connection, day, 0)?;
        let board = |of| board(&tickets, &duties, &calls, of, voice);
        let groups = parts.iter().map(|lanes| board(Of::Part(lanes))).collect();
        let board = board(Of::Hall(&lanes));
        Ok(Hall { board, groups, duties, tickets, ends, blind_since: None })
    };
    office.db.read(look).await
}

/// A stream of `changed`, for pages that fetch what they show.
pub(super) fn changes(office: &Office) -> Response {
    answer(stream(office, |_, _| Event::default().event("changed").data(SOMETHING)))
}

/// A stream of `changed`, for lists of the appointments of a day.
pub(super) fn appointments(office: Arc<Office>, day: Date) -> Response {
    let (commits, closed) = (office.db.commits(), office.live.closed.subscribe());
    let again = Event::default().retry(again_after(&*office.journal.chance));
    let head = stream::once(async { Ok(again) });
    let start = (office, commits, closed, None);
    let changes = stream::unfold(start, move |state| async move {
        let (office, mut commits, mut closed, known) = state;
        let beat = tokio::time::sleep(HEARTBEAT);
        tokio::pin!(beat);
        loop {
            // Before the look: what is committed meanwhile is looked at next.
            commits.mark_unchanged();
            let now = office.db.read(move |look| appointment::mark(look, day)).await;
            // What cannot be read now is looked at after the next commit.
            let now = now.ok().or_else(|| known.clone());
            if now != known {
                let event = Event::default().event("changed").data(SOMETHING);
                return Some((Ok(event), (office, commits, closed, now)));
            }
            let is_still = tokio::select! {
                biased;
                _ = closed.wait_for(|closed| *closed) => return None,
                committed = commits.changed() => committed.map(|()| false).ok()?,
                () = &mut beat => true,
            };
            if is_still {
                let event = Event::default().event("beat").data(SOMETHING);
                return Some((Ok(event), (office, commits, closed, known)));
            }
        }
    });
    answer(head.chain(changes))
}

/// A stream of whole boards, for a display of this group or of none.
pub(super) fn boards(office: &Office, group: Option<usize>) -> Response {
    // With the time, for a display's own clock may be wrong.
    let event = move |shown: &Shown, now| {
        let now = clock::rfc3339(now);
        let json = shown.jsons.get(group.map_or(0, |group| group + 1));
        let data = format!("{{\"now\":\"{now}\",{}}}", json.map_or("", String::as_str));
        Event::default().event("board").data(data)
    };
    answer(stream(office, event))
}

fn stream<E: Fn(&Shown, Moment) -> Event + Send + 'static>(
    office: &Office,
    event: E,
) -> impl Stream<Item = Result<Event, Infallible>> + Send + use<E> {
    let mut shown = office.live.boards();
    shown.mark_changed();
    let closed = office.live.closed.subscribe();
    // Said once, at the head of the stream.
    let again = Event::default().retry(again_after(&*office.journal.chance));
    let head = stream::once(async { Ok(again) });
    let start = (shown, closed, office.journal.clone(), event);
    head.chain(stream::unfold(start, move |(mut shown, mut closed, journal, event)| async move {
        let told = tokio::select! {
            biased;
            _ = closed.wait_for(|closed| *closed) => return None,
            changed = shown.changed() => {
                changed.ok()?;
                event(&shown.borrow_and_update(), journal.now())
            }
            // A named event: a comment line is invisible to the page's script.
            () = tokio::time::sleep(HEARTBEAT) => {
                let is_blind = shown.borrow().blind_since.is_some();
                Event::default().event("beat").data(if is_blind { BLIND } else { SOMETHING })
            }
        };
        Some((Ok(told), (shown, closed, journal, event)))
    }))
}

fn again_after(chance: &dyn Chance) -> Duration {
    let spread = AGAIN_AFTER_MS.end - AGAIN_AFTER_MS.start;
    let some = u64::from_le_bytes(chance::bytes(chance)) % spread;
    Duration::from_millis(AGAIN_AFTER_MS.start + some)
}

fn answer(stream: impl Stream<Item = Result<Event, Infallible>> + Send + 'static) -> Response {
    let mut response = Sse::new(stream).keep_alive(KeepAlive::new()).into_response();
    page::no_store(&mut response);
    response
}
