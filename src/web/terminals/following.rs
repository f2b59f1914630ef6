//! Asking a terminal, and following what is unknown until somebody knows.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;

use super::{Errand, Remark, held};
use crate::db::Tx;
use crate::journal::Journal;
use crate::payment::{self, Outcome, State};
use crate::terminal::{Found, Silence};
use crate::visit::{self, Counter};
use crate::web::Office;

/// How long to wait before what is unknown is looked up again: at first, and at most.
const PAUSE_MIN: Duration = Duration::from_secs(2);
const PAUSE_MAX: Duration = Duration::from_secs(60);

/// Asks on a thread of its own, for a terminal may take minutes.
async fn on_a_thread<T: Send + 'static>(
    ask: impl FnOnce() -> Result<T, Silence> + Send + 'static,
) -> Result<T, Silence> {
    let (answer, answered) = oneshot::channel();
    let thread = std::thread::Builder::new().name("terminal".to_owned()).spawn(move || {
        let _ = answer.send(ask());
    });
    match thread {
        Ok(_) => answered.await.unwrap_or(Err(Silence::Cut)),
        // Nothing was asked.
        Err(_) => Err(Silence::NotReached),
    }
}

/// Asks the terminal for what has just begun, in the background, and notes what it says.
/// Pressed twice it is asked once.
pub(in crate::web) fn ask(office: &Arc<Office>, errand: Errand) {
    let terminals = &office.terminals;
    let Some((terminal, asked)) = errand.asked(terminals, &office.config.cashless) else { return };
    if errand.state() != State::Started || !held(&terminals.followed).insert(errand.id()) {
        return;
    }
    let office = office.clone();
    tokio::spawn(async move {
        let said = on_a_thread(move || terminal.ask(&asked)).await;
        let (outcome, remark) = match said {
            Ok(said) => errand.understood(&office.config.cashless, said),
            Err(silence) if silence.was_asked() => {
                (Outcome::Unknown, Some(Remark::Silence(silence)))
            }
            // It cannot have begun.
            Err(silence) => (Outcome::Declined, Some(Remark::Silence(silence))),
        };
        office.terminals.note(errand.id(), remark);
        if settle(&office, &errand, outcome).await == Some(State::Unknown) {
            tokio::time::sleep(PAUSE_MIN).await;
            follow(&office, &errand).await;
        }
        held(&office.terminals.followed).remove(&errand.id());
    });
}

/// Follows everything unknown, in the background: the program was stopped in the middle.
///
/// # Errors
/// Faults of storage.
pub async fn look_for_what_is_unknown(office: &Arc<Office>) -> Result<(), payment::Error> {
    for errand in office.db.read(Errand::open).await? {
        let is_there = errand.asked(&office.terminals, &office.config.cashless).is_some();
        if !is_there || !held(&office.terminals.followed).insert(errand.id()) {
            continue;
        }
        let office = office.clone();
        tokio::spawn(async move {
            follow(&office, &errand).await;
            held(&office.terminals.followed).remove(&errand.id());
        });
    }
    Ok(())
}

/// Looks up what is unknown until somebody knows.
async fn follow(office: &Arc<Office>, errand: &Errand) {
    let mut pause = PAUSE_MIN;
    while look_up(office, errand).await == Some(State::Unknown) {
        tokio::time::sleep(pause).await;
        pause = PAUSE_MAX.min(pause * 2);
    }
}

/// Asks the terminal once what became of something unknown, and notes what it says; how it
/// stands then, where that is known.
pub(in crate::web) async fn look_up(office: &Arc<Office>, errand: &Errand) -> Option<State> {
    let own = errand.clone();
    let state = match office.db.read(move |look| own.state_now(look)).await {
        Ok(state) => state,
        Err(payment::Error::NoSuchPayment) => return None,
        // Storage may come back.
        Err(_) => return Some(State::Unknown),
    };
    if state != State::Unknown {
        return Some(state);
    }
    let (terminal, asked) = errand.asked(&office.terminals, &office.config.cashless)?;
    let found = on_a_thread(move || terminal.look_up(&asked)).await;
    let (outcome, remark) = match found {
        Ok(Found::Said(said)) => errand.understood(&office.config.cashless, said),
        Ok(Found::Never) => (Outcome::Declined, Some(Remark::Never)),
        Ok(Found::Busy) => (Outcome::Unknown, Some(Remark::Busy)),
        // Why it is unknown says more than why it still is.
        Err(silence) => {
            let before = office.terminals.remark(errand.id());
            (Outcome::Unknown, before.or(Some(Remark::Silence(silence))))
        }
    };
    office.terminals.note(errand.id(), remark);
    match outcome {
        Outcome::Unknown => Some(State::Unknown),
        outcome => settle(office, errand, outcome).await,
    }
}

/// Notes an outcome; how it stands then. What storage cannot take now is noted as soon as
/// it can, and what the books refuse is for a clerk to look at.
async fn settle(office: &Arc<Office>, errand: &Errand, outcome: Outcome) -> Option<State> {
    loop {
        let (shared, own, outcome) = (office.clone(), errand.clone(), outcome.clone());
        let noted = office
            .db
            .write(move |tx| note(tx, (&shared.journal, shared.counter()), (&own, &outcome)));
        match noted.await {
            Ok((state, remark)) => {
                if remark.is_some() {
                    office.terminals.note(errand.id(), remark);
                }
                return Some(state);
            }
            Err(error) => tracing::error!(%error, "what a terminal said is not noted yet"),
        }
        tokio::time::sleep(PAUSE_MIN).await;
    }
}

fn note(
    tx: &Tx<'_>,
    by: (&Journal, Counter<'_>),
    (errand, outcome): (&Errand, &Outcome),
) -> Result<(State, Option<Remark>), visit::Error> {
    let refused = match errand.heard(tx, by, outcome) {
        Err(visit::Error::Payment(refused)) => refused,
        heard => return Ok((heard?, None)),
    };
    let remark = match refused {
        fault @ (payment::Error::Db(_) | payment::Error::Journal(_)) => return Err(fault.into()),
        payment::Error::SlipTaken => Some(Remark::SlipTaken),
        // Somebody was faster: what they noted stands.
        _ => None,
    };
    Ok(match errand.state_now(tx)? {
        State::Started => (errand.heard(tx, by, &Outcome::Unknown)?, remark),
        standing => (standing, remark),
    })
}
