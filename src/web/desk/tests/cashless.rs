//! Paying without cash at the desk, through the router: by hand, and at a terminal that is
//! asked over a real line.

mod asked;
mod by_hand;
mod erased;
mod going_back;
mod let_go;
mod races;
mod told;
mod word;

use std::net::TcpListener;

use super::payment::{Bill, bill, states};
use super::*;
use crate::clock::SystemClock;
use crate::payment::State::{self, Authorised, Declined, Refunded, Started, Unknown, Voided};
use crate::payment::{self, Payment};
use crate::terminal::{
    Asked, Books, Found, Mood, Moods, Refusal, Said, Silence, Simulated, TcpTerminal, Terminal,
};

/// What the screen of another counter showed before.
fn seen(page: &Answer) -> [(&'static str, String); 2] {
    [("charge", page.hidden("charge").to_owned()), ("amount", page.hidden("amount").to_owned())]
}

async fn payments(town: &Town, visit: VisitId) -> Vec<Payment> {
    let of_visit = move |connection: &_| payment::of_visit(connection, visit);
    town.office.db.read(of_visit).await.unwrap()
}

/// What moved today, by account.
async fn accounts(town: &Town) -> Vec<(String, i64)> {
    let today = town.office.journal.now().date();
    let totals = town.office.db.read(move |look| payment::totals(look, today)).await.unwrap();
    totals.accounts.into_iter().collect()
}

/// A terminal at counter 1 that is asked, in this mood; what it took.
fn linked(town: &Town, simulated: Simulated) -> std::path::PathBuf {
    let log = town.folder.path().join("terminal.log");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = simulated.start(listener, Books::open(&log).unwrap()).unwrap().to_string();
    let wait = std::time::Duration::from_millis(500);
    town.office.terminals.add("t1", Arc::new(TcpTerminal::new("t1", &address, wait)));
    log
}

fn simulated(mood: Mood) -> Simulated {
    Simulated {
        id: "t1".to_owned(),
        moods: Moods::Always(mood),
        takes: Duration::ZERO,
        late: Duration::from_secs(3600),
        looks_up: true,
        clock: Arc::new(SystemClock),
    }
}

fn taken(log: &std::path::Path) -> Vec<u32> {
    Books::open(log).unwrap().taken().map(|(_, yen)| yen.0).collect()
}

const AT_T2: (&str, &str) = ("terminal", "t2");

const AT_T1: [(&str, &str); 2] = [("act", "cashless:credit"), ("terminal", "t1")];

/// As soon as the payments of a visit stand so.
async fn becomes(town: &Town, visit: VisitId, expected: &[State]) {
    while states(town, visit).await != expected {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
