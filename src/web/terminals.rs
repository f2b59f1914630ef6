//! The payment terminals this server asks by itself.
//!
//! A payment stands in the journal before its terminal is asked, and what the terminal
//! says is noted whoever looks at which page. Where nobody can tell what became of it the
//! payment is unknown: its terminal is asked again and again what it did, never once more
//! to do it, until it tells or a clerk has looked at the slip.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::sync::oneshot;

use super::Office;
use crate::clock::SystemClock;
use crate::config::{self, Cashless, TerminalKind};
use crate::db::Tx;
use crate::id::PaymentId;
use crate::journal::Journal;
use crate::payment::{self, Outcome, Payment, Slip, State};
use crate::terminal::{
    Asked, Books, Found, Mood, Moods, Refusal, Said, Silence, Simulated, TcpTerminal, Terminal,
};
use crate::visit::{self, Counter, cashless};

/// How long to wait before what is unknown is looked up again: at first, and at most.
const PAUSE_MIN: Duration = Duration::from_secs(2);
const PAUSE_MAX: Duration = Duration::from_secs(60);

/// How long somebody looks for their card in the demonstration.
const DEMO_TAKES: Duration = Duration::from_secs(4);

/// What is remembered of payments that ended, for the screens: a busy day's.
const REMARKS_MAX: usize = 1_000;

/// What a clerk is told besides the state of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remark {
    Refused(Refusal),
    Silence(Silence),
    /// The terminal names a brand that the configuration does not know.
    StrangeBrand,
    /// It never heard of the request.
    Never,
    /// It is still at it.
    Busy,
    /// Its slip stands for another payment of the day.
    SlipTaken,
}

/// All terminals that are asked, by id, and what is going on.
#[derive(Default)]
pub struct Terminals {
    there: Mutex<BTreeMap<String, Arc<dyn Terminal>>>,
    /// Payments that somebody follows to their end.
    followed: Mutex<BTreeSet<PaymentId>>,
    remarks: Mutex<BTreeMap<PaymentId, Remark>>,
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|held| held.into_inner())
}

impl Terminals {
    /// Those of the configuration; the simulated ones only in the demonstration.
    ///
    /// # Errors
    /// When the system has no port or thread for a simulated one.
    pub fn start(cashless: &Cashless, demo: bool) -> std::io::Result<Self> {
        let terminals = Self::default();
        for one in &cashless.terminal {
            let address = match (one.kind, &one.address) {
                (TerminalKind::Line, Some(address)) => address.clone(),
                (TerminalKind::Simulated, _) if demo => simulate(one)?,
                _ => continue,
            };
            let wait = Duration::from_secs(one.wait_secs().into());
            terminals.add(&one.id, Arc::new(TcpTerminal::new(&one.id, &address, wait)));
        }
        Ok(terminals)
    }

    /// Adds a terminal under an id of the configuration.
    pub fn add(&self, id: &str, terminal: Arc<dyn Terminal>) {
        held(&self.there).insert(id.to_owned(), terminal);
    }

    /// Whether a terminal can be asked.
    pub fn has(&self, id: &str) -> bool {
        held(&self.there).contains_key(id)
    }

    /// What is to be told of a payment.
    pub fn remark(&self, id: PaymentId) -> Option<Remark> {
        held(&self.remarks).get(&id).copied()
    }

    fn note(&self, id: PaymentId, remark: Option<Remark>) {
        let mut remarks = held(&self.remarks);
        match remark {
            Some(remark) => remarks.insert(id, remark),
            None => remarks.remove(&id),
        };
        while remarks.len() > REMARKS_MAX {
            // Identities begin with their time: the oldest goes.
            remarks.pop_first();
        }
    }

    /// The terminal a payment is at, and what it is asked.
    fn asked(&self, cashless: &Cashless, payment: &Payment) -> Option<(Arc<dyn Terminal>, Asked)> {
        let (at, means) = (payment.at.as_ref()?, payment.tender.means()?);
        let brand = at.brand.as_deref().and_then(|brand| cashless.brand(brand));
        let asked = Asked {
            key: payment.id,
            amount: payment.amount,
            means,
            brand: brand.map(|brand| brand.code().to_owned()),
        };
        Some((held(&self.there).get(&at.terminal)?.clone(), asked))
    }
}

/// A simulated terminal inside this program; where it listens.
fn simulate(one: &config::Terminal) -> std::io::Result<String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let simulated = Simulated {
        id: one.id.clone(),
        moods: Moods::Always(Mood::Approve),
        takes: DEMO_TAKES,
        late: DEMO_TAKES,
        looks_up: true,
        clock: Arc::new(SystemClock),
    };
    Ok(simulated.start(listener, Books::default())?.to_string())
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

/// Asks the terminal for a payment that has just begun, in the background, and notes what
/// it says. Pressed twice it is asked once.
pub(super) fn ask(office: &Arc<Office>, payment: &Payment) {
    let terminals = &office.terminals;
    let Some((terminal, asked)) = terminals.asked(&office.config.cashless, payment) else { return };
    if payment.state() != State::Started || !held(&terminals.followed).insert(payment.id) {
        return;
    }
    let (office, payment) = (office.clone(), payment.clone());
    tokio::spawn(async move {
        let said = on_a_thread(move || terminal.pay(&asked)).await;
        let (outcome, remark) = match said {
            Ok(said) => understood(&office.config.cashless, &payment, said),
            Err(silence) if silence.was_asked() => {
                (Outcome::Unknown, Some(Remark::Silence(silence)))
            }
            // It cannot have begun.
            Err(silence) => (Outcome::Declined, Some(Remark::Silence(silence))),
        };
        office.terminals.note(payment.id, remark);
        if settle(&office, &payment, outcome).await == Some(State::Unknown) {
            tokio::time::sleep(PAUSE_MIN).await;
            follow(&office, &payment).await;
        }
        held(&office.terminals.followed).remove(&payment.id);
    });
}

/// Follows everything unknown, in the background: the program was stopped in the middle.
///
/// # Errors
/// Faults of storage.
pub async fn look_for_what_is_unknown(office: &Arc<Office>) -> Result<(), payment::Error> {
    for payment in office.db.read(payment::open).await? {
        let is_there = office.terminals.asked(&office.config.cashless, &payment).is_some();
        if !is_there || !held(&office.terminals.followed).insert(payment.id) {
            continue;
        }
        let office = office.clone();
        tokio::spawn(async move {
            follow(&office, &payment).await;
            held(&office.terminals.followed).remove(&payment.id);
        });
    }
    Ok(())
}

/// Looks an unknown payment up until somebody knows.
async fn follow(office: &Arc<Office>, payment: &Payment) {
    let mut pause = PAUSE_MIN;
    while look_up(office, payment).await == Some(State::Unknown) {
        tokio::time::sleep(pause).await;
        pause = PAUSE_MAX.min(pause * 2);
    }
}

/// Asks the terminal once what became of an unknown payment, and notes what it says; how
/// the payment stands then, where that is known.
pub(super) async fn look_up(office: &Arc<Office>, payment: &Payment) -> Option<State> {
    let id = payment.id;
    let now = office.db.read(move |connection| payment::get(connection, id)).await;
    let state = match now {
        Ok(now) => now?.state(),
        // Storage may come back.
        Err(_) => return Some(State::Unknown),
    };
    if state != State::Unknown {
        return Some(state);
    }
    let (terminal, asked) = office.terminals.asked(&office.config.cashless, payment)?;
    let found = on_a_thread(move || terminal.look_up(&asked)).await;
    let (outcome, remark) = match found {
        Ok(Found::Said(said)) => understood(&office.config.cashless, payment, said),
        Ok(Found::Never) => (Outcome::Declined, Some(Remark::Never)),
        Ok(Found::Busy) => (Outcome::Unknown, Some(Remark::Busy)),
        // Why it is unknown says more than why it still is.
        Err(silence) => {
            (Outcome::Unknown, office.terminals.remark(id).or(Some(Remark::Silence(silence))))
        }
    };
    office.terminals.note(id, remark);
    match outcome {
        Outcome::Unknown => Some(State::Unknown),
        outcome => settle(office, payment, outcome).await,
    }
}

/// What the terminal said, as it is booked. A brand nobody knows is for a clerk to look at.
fn understood(cashless: &Cashless, payment: &Payment, said: Said) -> (Outcome, Option<Remark>) {
    let taken = match said {
        Said::Refused(why) => return (Outcome::Declined, Some(Remark::Refused(why))),
        Said::Taken(taken) => taken,
    };
    let brand = cashless.brand_called(&taken.brand);
    let brand = brand.filter(|brand| Some(brand.means) == payment.tender.means());
    match (brand, &payment.at) {
        (Some(brand), Some(at)) => {
            let slip = Slip {
                brand: brand.id.clone(),
                acquirer: brand.acquirer.clone(),
                terminal: at.terminal.clone(),
                number: taken.slip,
            };
            (Outcome::Authorised(Some(slip)), None)
        }
        _ => (Outcome::Unknown, Some(Remark::StrangeBrand)),
    }
}

/// Notes an outcome; how the payment stands then. What storage cannot take now is noted
/// as soon as it can, and what the books refuse is for a clerk to look at.
async fn settle(office: &Arc<Office>, payment: &Payment, outcome: Outcome) -> Option<State> {
    let id = payment.id;
    loop {
        let (shared, outcome) = (office.clone(), outcome.clone());
        let noted = office
            .db
            .write(move |tx| note(tx, (&shared.journal, shared.counter()), (id, &outcome)));
        let noted = noted.await;
        match noted {
            Ok((payment, remark)) => {
                if remark.is_some() {
                    office.terminals.note(id, remark);
                }
                return Some(payment.state());
            }
            Err(error) => tracing::error!(%error, "what a terminal said is not noted yet"),
        }
        tokio::time::sleep(PAUSE_MIN).await;
    }
}

fn note(
    tx: &Tx<'_>,
    (journal, counter): (&Journal, Counter<'_>),
    (id, outcome): (PaymentId, &Outcome),
) -> Result<(Payment, Option<Remark>), visit::Error> {
    let refused = match cashless::heard(tx, journal, counter, (id, outcome)) {
        Err(visit::Error::Payment(refused)) => refused,
        heard => return Ok((heard?, None)),
    };
    let remark = match refused {
        fault @ (payment::Error::Db(_) | payment::Error::Journal(_)) => return Err(fault.into()),
        payment::Error::SlipTaken => Some(Remark::SlipTaken),
        // Somebody was faster: what they noted stands.
        _ => None,
    };
    let standing = payment::get(tx, id)?.ok_or(payment::Error::NoSuchPayment)?;
    let unknown = (id, &Outcome::Unknown);
    Ok(match standing.state() {
        State::Started => (cashless::heard(tx, journal, counter, unknown)?, remark),
        _ => (standing, remark),
    })
}
