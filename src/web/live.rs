//! What changes in the queue, told at once to every screen that shows it.
//!
//! One task looks at the queue after every commit, whoever made it, so nothing
//! that happened anywhere can be missed; when the board is another one, all
//! streams get it. A screen that connects gets the whole board first, so a broken
//! line costs nothing. Streams end when the program is told to stop, for open ones
//! would hold it up.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, Stream};
use tokio::sync::watch;

use super::{Office, page};
use crate::clock::{self, Moment};
use crate::queue::board::{Board, board};
use crate::queue::{self, duty};

/// After a change it waits this long for more: a burst is one picture.
const TOGETHER: Duration = Duration::from_millis(50);

/// The page notices after three of these that the line is dead.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// The newest board, for all streams.
pub struct Live {
    shown: watch::Sender<Arc<Shown>>,
    open: watch::Sender<bool>,
}

/// A board and what it is sent as, written once for all screens.
pub struct Shown {
    pub board: Board,
    pub json: String,
}

impl Shown {
    fn of(board: Board) -> Self {
        let json = serde_json::to_string(&board).unwrap_or_default();
        Self { board, json }
    }
}

impl Default for Live {
    fn default() -> Self {
        let shown = Arc::new(Shown::of(Board::default()));
        Self { shown: watch::Sender::new(shown), open: watch::Sender::new(true) }
    }
}

impl Live {
    /// Ends every stream.
    pub fn close(&self) {
        self.open.send_replace(false);
    }

    /// The newest board, and every one after it.
    pub fn boards(&self) -> watch::Receiver<Arc<Shown>> {
        self.shown.subscribe()
    }

    fn publish(&self, board: Board) {
        self.shown.send_if_modified(|shown| {
            if shown.board == board {
                return false;
            }
            *shown = Arc::new(Shown::of(board));
            true
        });
    }
}

/// Keeps the board as it is in the database, as long as the office is open.
pub async fn forever(office: Arc<Office>) {
    let mut commits = office.db.commits();
    loop {
        commits.mark_unchanged();
        match look(&office).await {
            Ok(board) => office.live.publish(board),
            // The last good picture stays; screens show how old it is.
            Err(error) => tracing::error!(%error, "the queue cannot be looked at"),
        }
        if commits.changed().await.is_err() {
            return;
        }
        tokio::time::sleep(TOGETHER).await;
    }
}

async fn look(office: &Office) -> Result<Board, queue::Error> {
    let day = office.journal.now().date();
    let lanes: Vec<String> = office.config.lanes.iter().map(|lane| lane.id.clone()).collect();
    let look = move |connection: &_| {
        let tickets = queue::of_day(connection, day)?;
        let calls = queue::announcements(connection, day, 0)?;
        Ok(board(&tickets, &duty::all(connection)?, &calls, &lanes))
    };
    office.db.read(look).await
}

/// A stream of `changed`, for pages that fetch what they show.
pub(super) fn changes(office: &Office) -> Response {
    answer(stream(office, |_, _| Event::default().event("changed").data("")))
}

/// A stream of whole boards.
pub(super) fn boards(office: &Office) -> Response {
    // With the time, for a display's own clock may be wrong.
    let event = |shown: &Shown, now| {
        let now = clock::rfc3339(now);
        let data = format!("{{\"now\":\"{now}\",\"board\":{}}}", shown.json);
        Event::default().event("board").data(data)
    };
    answer(stream(office, event))
}

fn stream(
    office: &Office,
    event: fn(&Shown, Moment) -> Event,
) -> impl Stream<Item = Result<Event, Infallible>> + Send + use<> {
    let mut shown = office.live.boards();
    shown.mark_changed();
    let open = office.live.open.subscribe();
    let start = (shown, open, office.journal.clone());
    stream::unfold(start, move |(mut shown, mut open, journal)| async move {
        let event = tokio::select! {
            biased;
            _ = open.wait_for(|open| !open) => return None,
            changed = shown.changed() => {
                changed.ok()?;
                event(&shown.borrow_and_update(), journal.now())
            }
            // A named event: a comment line is invisible to the page's script.
            () = tokio::time::sleep(HEARTBEAT) => Event::default().event("beat").data(""),
        };
        Some((Ok(event), (shown, open, journal)))
    })
}

fn answer(stream: impl Stream<Item = Result<Event, Infallible>> + Send + 'static) -> Response {
    let mut response = Sse::new(stream).keep_alive(KeepAlive::new()).into_response();
    page::no_store(&mut response);
    response
}
