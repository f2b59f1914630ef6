//! Asking a terminal, and following what is unknown until somebody knows.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;

use super::{Errand, Remark, held};
use crate::db::Tx;
use crate::id::RequestId;
use crate::journal::Journal;
use crate::payment::{self, Outcome, State};
use crate::terminal::{Found, Silence};
use crate::visit::{self, Counter};
use crate::web::Office;

/// How long to wait before what is unknown is looked up again: at first, and at most.
const PAUSE_MIN: Duration = Duration::from_secs(2);
const PAUSE_MAX: Duration = Duration::from_secs(60);

/// How long something has begun before it is strange that nobody follows it.
const ALONE: Duration = Duration::from_secs(60);

/// One request that is followed to its end, by nobody else meanwhile.
struct Following {
    office: Arc<Office>,
    id: RequestId,
}

impl Following {
    fn begin(office: &Arc<Office>, id: RequestId) -> Option<Self> {
        let is_first = held(&office.terminals.followed).insert(id);
        is_first.then(|| Self { office: office.clone(), id })
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        held(&self.office.terminals.followed).remove(&self.id);
    }
}

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
    if errand.state() != State::Started {
        return;
    }
    let Some(following) = Following::begin(office, errand.id()) else { return };
    let office = office.clone();
    tokio::spawn(async move {
        let _following = following;
        // Whoever followed it before may have come to the end since it was read.
        let own = errand.clone();
        let now = office.db.read(move |look| own.state_now(look)).await;
        if !matches!(now, Ok(State::Started)) {
            return;
        }
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
        if settle(&office, &errand, outcome).await.0 == State::Unknown {
            tokio::time::sleep(PAUSE_MIN).await;
            follow(&office, &errand).await;
        }
    });
}

/// Follows everything unknown that nobody follows, in the background: the program was
/// stopped in the middle. What has begun and was left alone is unknown, too.
///
/// # Errors
/// Faults of storage.
pub async fn look_for_what_is_unknown(office: &Arc<Office>) -> Result<(), payment::Error> {
    for errand in office.db.read(Errand::open).await? {
        let is_there = errand.asked(&office.terminals, &office.config.cashless).is_some();
        let is_new =
            errand.state() == State::Started && errand.begun_at() + ALONE > office.journal.now();
        if !is_there || is_new {
            continue;
        }
        let Some(following) = Following::begin(office, errand.id()) else { continue };
        let office = office.clone();
        tokio::spawn(async move {
            let _following = following;
            if errand.state() == State::Started {
                settle(&office, &errand, Outcome::Unknown).await;
            }
            follow(&office, &errand).await;
        });
    }
    Ok(())
}

/// Looks up what is unknown until somebody knows.
async fn follow(office: &Arc<Office>, errand: &Errand) {
    let mut pause = PAUSE_MIN;
    while look_up(office, errand).await.is_open() {
        tokio::time::sleep(pause).await;
        pause = PAUSE_MAX.min(pause * 2);
    }
}

/// What came of asking what became of something.
pub(in crate::web) enum Looked {
    /// Nothing is open: it stands so.
    Stands(State),
    /// It is still unknown, and the terminal told this.
    Told(Remark),
    /// It is still unknown, and nobody told anything.
    Silent,
    /// There is nobody to ask, or nothing to ask for.
    Nobody,
}

impl Looked {
    fn is_open(&self) -> bool {
        matches!(self, Looked::Told(_) | Looked::Silent)
    }
}

/// Asks the terminal once what became of something unknown, and notes what it says.
pub(in crate::web) async fn look_up(office: &Arc<Office>, errand: &Errand) -> Looked {
    let own = errand.clone();
    let state = match office.db.read(move |look| own.state_now(look)).await {
        Ok(state) => state,
        Err(payment::Error::NoSuchPayment) => return Looked::Nobody,
        // Storage may come back.
        Err(_) => return Looked::Silent,
    };
    if state != State::Unknown {
        return Looked::Stands(state);
    }
    let asked = errand.asked(&office.terminals, &office.config.cashless);
    let Some((terminal, asked)) = asked else { return Looked::Nobody };
    let found = on_a_thread(move || terminal.look_up(&asked)).await;
    let (outcome, remark) = match found {
        Ok(Found::Said(said)) => errand.understood(&office.config.cashless, said),
        Ok(Found::Never) => (Outcome::Declined, Some(Remark::Never)),
        Ok(Found::Busy) => (Outcome::Unknown, Some(Remark::Busy)),
        Err(silence) => {
            // Why it is unknown says more than why it still is.
            let before = office.terminals.remark(errand.id());
            office.terminals.note(errand.id(), before.or(Some(Remark::Silence(silence))));
            return Looked::Silent;
        }
    };
    office.terminals.note(errand.id(), remark);
    let (state, remark) = match outcome {
        Outcome::Unknown => (State::Unknown, remark),
        outcome => settle(office, errand, outcome).await,
    };
    match (state, remark) {
        (State::Unknown, Some(remark)) => Looked::Told(remark),
        // The books did not take what it told.
        (State::Unknown, None) => Looked::Silent,
        (state, _) => Looked::Stands(state),
    }
}

/// Notes an outcome; how it stands then, and what is to be told of it. What storage cannot
/// take now is noted as soon as it can, and what the books refuse is for a clerk to look at.
async fn settle(
    office: &Arc<Office>,
    errand: &Errand,
    outcome: Outcome,
) -> (State, Option<Remark>) {
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
                return (state, remark);
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
    let standing = errand.state_now(tx)?;
    let remark = match refused {
        fault @ (payment::Error::Db(_) | payment::Error::Journal(_)) => return Err(fault.into()),
        payment::Error::SlipTaken => Some(Remark::SlipTaken),
        _ if matches!((outcome, standing), (Outcome::Authorised(_), State::Declined)) => {
            let request = errand.id();
            tracing::error!(%request, "a terminal did what a clerk said that it had not");
            Some(Remark::DoneAfterAll)
        }
        // Somebody was faster: what they noted stands.
        _ => None,
    };
    Ok(match standing {
        State::Started => (errand.heard(tx, by, &Outcome::Unknown)?, remark),
        standing => (standing, remark),
    })
}
