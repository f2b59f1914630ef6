//! The yardstick: as little of a server as can tell screens something.

use std::convert::Infallible;
use std::process::Command;
use std::sync::Arc;

use axum::extract::State;
use axum::response::sse::{Event, Sse};
use axum::routing::{get, post};
use axum::{Form, Router};
use futures_util::stream::{self, Stream};
use madoguchi::clock::{Clock, SystemClock, rfc3339};
use serde::Deserialize;
use tokio::sync::watch;

use super::Server;
use super::stage::http::Visitor;
use super::stage::program::Program;
use super::stage::screens::Screens;

/// Makes this program the yardstick.
pub const ARGUMENT: &str = "be-the-yardstick";

type Told = Arc<watch::Sender<Arc<str>>>;

/// What is to be said: its number, and how long it is.
#[derive(Deserialize)]
struct Said {
    seq: i64,
    length: usize,
}

/// Serves until it is ended.
pub fn serve() {
    let told: Told = Arc::new(watch::Sender::new(board(0, 0)));
    let router = Router::new()
        .route("/display/events", get(events))
        .route("/say", post(say))
        .with_state(told);
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        eprintln!("窓口 http://{}/", listener.local_addr().unwrap());
        axum::serve(listener, router).await.unwrap();
    });
}

async fn events(State(told): State<Told>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let mut newest = told.subscribe();
    newest.mark_changed();
    Sse::new(stream::unfold(newest, |mut newest| async move {
        newest.changed().await.ok()?;
        let event = Event::default().event("board").data(&*newest.borrow_and_update().clone());
        Some((Ok(event), newest))
    }))
}

async fn say(State(told): State<Told>, Form(said): Form<Said>) {
    told.send_replace(board(said.seq, said.length));
}

/// What looks like a board, made longer until it has the length.
fn board(seq: i64, length: usize) -> Arc<str> {
    let at = rfc3339(SystemClock.now());
    let of = |filling: &str| {
        format!(
            "{{\"board\":{{\"called\":[{{\"at\":\"{at}\"}}],\"filling\":\"{filling}\",\
             \"seq\":{seq}}},\"arriving\":[]}}"
        )
    };
    of(&"x".repeat(length.saturating_sub(of("").len()))).into()
}

pub struct Yardstick {
    speaker: Visitor,
    screens: Screens,
    said: i64,
    length: usize,
    _program: Program,
}

impl Yardstick {
    pub fn start(screens: usize, length: usize) -> Self {
        let own = std::env::current_exe().unwrap();
        let program = Program::start(Command::new(own).arg(ARGUMENT));
        let mut screens = Screens::open(&program.address, "", screens);
        screens.wait("the first board", |_| true);
        Self { speaker: program.visitor(), screens, said: 0, length, _program: program }
    }
}

impl Server for Yardstick {
    fn screens(&mut self) -> &mut Screens {
        &mut self.screens
    }

    fn call(&mut self) -> i64 {
        self.said += 1;
        let (seq, length) = (self.said.to_string(), self.length.to_string());
        self.speaker.post("/say", &[("seq", &seq), ("length", &length)]);
        self.said
    }

    fn tidy(&mut self) {}
}
