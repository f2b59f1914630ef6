//! The payment terminals this server asks by itself.
//!
//! What is asked for, a payment or money back, stands in the journal before the terminal is
//! asked, and what the terminal says is noted whoever looks at which page. Where nobody can
//! tell what became of it, it is unknown: the terminal is asked again and again what it
//! did, never once more to do it, until it tells or a clerk has looked at the slip.

mod errand;
mod following;
#[cfg(test)]
pub(super) mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use crate::clock::SystemClock;
use crate::config::{self, Cashless, TerminalKind};
use crate::id::RequestId;
use crate::terminal::{Books, Mood, Moods, Refusal, Silence, Simulated, TcpTerminal, Terminal};

pub(super) use errand::Errand;
pub use following::look_for_what_is_unknown;
pub(super) use following::{Looked, ask, look_up};

/// How long somebody looks for their card in the demonstration.
const DEMO_TAKES: Duration = Duration::from_secs(4);

/// What is remembered of requests that ended, for the screens: a busy day's.
const REMARKS_MAX: usize = 1_000;

/// What a clerk is told besides the state of a payment, or of what goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remark {
    Refused(Refusal),
    Silence(Silence),
    /// The terminal names a brand that the configuration does not know.
    StrangeBrand,
    /// It took another kind of payment than it was asked for.
    OtherMeans,
    /// It never heard of the request.
    Never,
    /// It is still at it.
    Busy,
    /// Its slip stands for something else of the day.
    SlipTaken,
    /// A clerk said that nothing was done, and then it told that it was.
    DoneAfterAll,
}

/// All terminals that are asked, by id, and what is going on.
#[derive(Default)]
pub struct Terminals {
    there: Mutex<BTreeMap<String, Arc<dyn Terminal>>>,
    /// Requests that somebody follows to their end.
    followed: Mutex<BTreeSet<RequestId>>,
    remarks: Mutex<BTreeMap<RequestId, Remark>>,
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

    /// What is to be told of a request.
    pub fn remark(&self, id: impl Into<RequestId>) -> Option<Remark> {
        held(&self.remarks).get(&id.into()).copied()
    }

    fn note(&self, id: RequestId, remark: Option<Remark>) {
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
