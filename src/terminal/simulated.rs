//! The simulated terminal: a program of its own that speaks the line protocol, takes
//! nobody's money, and behaves as badly as it is told to.

use std::collections::BTreeSet;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use super::line::{Greeting, LINE_LEN_MAX, Reply, Request};
use super::mood::{Mood, Moods};
use super::{Asked, Books, Refusal, What};
use crate::chance::SystemChance;
use crate::clock::Clock;
use crate::id::RequestId;
use crate::payment::Means;

/// How long it keeps a line on which it says nothing.
const SILENT_FOR: Duration = Duration::from_secs(3600);

/// A terminal that simulates one.
pub struct Simulated {
    pub id: String,
    pub moods: Moods,
    /// How long somebody looks for their card.
    pub takes: Duration,
    /// How long in the mood [`Mood::Late`].
    pub late: Duration,
    /// Whether it can be asked about what was.
    pub looks_up: bool,
    pub clock: Arc<dyn Clock>,
}

/// The same, at work.
struct AtWork {
    terminal: Simulated,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    books: Books,
    /// Requests that somebody holds a card to just now.
    busy: BTreeSet<RequestId>,
}

impl Simulated {
    /// Answers whoever connects to `listener`, on threads of its own, as long as the
    /// process lives. The address it listens at.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub fn start(self, listener: TcpListener, books: Books) -> io::Result<SocketAddr> {
        let address = listener.local_addr()?;
        let state = Mutex::new(State { books, ..State::default() });
        let terminal = Arc::new(AtWork { terminal: self, state });
        std::thread::Builder::new().name("simulated terminal".to_owned()).spawn(move || {
            for stream in listener.incoming().flatten() {
                let terminal = terminal.clone();
                // Whoever calls a terminal that has no thread left is cut off.
                let _ = std::thread::Builder::new().spawn(move || terminal.answer(stream));
            }
        })?;
        Ok(address)
    }
}

impl AtWork {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|held| held.into_inner())
    }

    /// One connection, one request.
    fn answer(&self, mut stream: TcpStream) {
        let greeting = Greeting { terminal: self.terminal.id.clone() };
        if say(&mut stream, &greeting).is_err() {
            return;
        }
        let mut line = String::new();
        let limit = u64::try_from(LINE_LEN_MAX).unwrap_or(u64::MAX);
        let read = BufReader::new(&stream).take(limit).read_line(&mut line);
        // A line that is not whole was never said.
        let (Ok(_), Some(line)) = (read, line.strip_suffix('\n')) else { return };
        match line.parse() {
            Ok(Request::Ask(asked)) => self.ask(&mut stream, &asked),
            Ok(Request::Look { key, .. }) => self.look(&mut stream, key),
            Err(_) => {
                let _ = say(&mut stream, &Reply::Bad);
            }
        }
    }

    fn ask(&self, stream: &mut TcpStream, asked: &Asked) {
        let mood = self.terminal.moods.next();
        if let Some(before) = self.before(asked) {
            let _ = say(stream, &before);
            return;
        }
        if matches!(mood, Mood::Drop | Mood::Deaf) {
            self.state().busy.remove(&asked.key);
            return if mood == Mood::Deaf {
                hold(stream)
            };
        }
        let waits = if mood == Mood::Late { self.terminal.late } else { self.terminal.takes };
        std::thread::sleep(waits);
        let reply = self.end(asked, mood);
        match mood {
            Mood::Silent => hold(stream),
            Mood::Cut => {}
            Mood::Other => {
                let _ = say(stream, &self.of_another(reply));
            }
            Mood::Twice => {
                let _ = say(stream, &reply).and_then(|()| say(stream, &reply));
            }
            _ => {
                let _ = say(stream, &reply);
            }
        }
    }

    /// What the same key came to before: it is done once. A new one is begun.
    fn before(&self, asked: &Asked) -> Option<Reply> {
        let mut state = self.state();
        match state.books.of(asked.key).cloned() {
            Some(known) if !is_about(&known, asked) => Some(Reply::Bad),
            // Somebody looked for it before it came: it is late, and refused.
            Some(Reply::Never { key }) => Some(Reply::Refused { key, why: Refusal::CannotTake }),
            Some(known) => Some(known),
            None if state.busy.insert(asked.key) => None,
            None => Some(Reply::Busy { key: asked.key }),
        }
    }

    /// Does it, or not, and notes which.
    fn end(&self, asked: &Asked, mood: Mood) -> Reply {
        let mut state = self.state();
        state.busy.remove(&asked.key);
        let refused = |why| Reply::Refused { key: asked.key, why };
        let slip = state.books.next_slip().filter(|_| mood.moves());
        let (key, amount) = (asked.key, asked.amount);
        let reply = match (&asked.what, slip) {
            // Whatever its mood: no more than it took.
            (What::GiveBack { of }, _) if u64::from(amount.0) > state.books.left_of(*of) => {
                refused(Refusal::CannotGive)
            }
            (What::GiveBack { of }, Some(slip)) => Reply::Given { key, amount, of: *of, slip },
            (What::Pay { means, brand }, Some(slip)) => {
                let brand = brand.clone().unwrap_or_else(|| usual_brand(*means));
                Reply::Taken { key, amount, brand, slip }
            }
            (_, None) => refused(Refusal::Card),
        };
        match state.books.note(reply.clone(), self.terminal.clock.now()) {
            Ok(()) => reply,
            // What cannot be noted is not done.
            Err(_) => refused(Refusal::CannotTake),
        }
    }

    fn look(&self, stream: &mut TcpStream, key: RequestId) {
        if !self.terminal.looks_up {
            return hold(stream);
        }
        let reply = {
            let mut state = self.state();
            match state.books.of(key) {
                Some(known) => Some(known.clone()),
                None if state.busy.contains(&key) => Some(Reply::Busy { key }),
                None => {
                    let never = Reply::Never { key };
                    let noted = state.books.note(never.clone(), self.terminal.clock.now());
                    noted.ok().map(|()| never)
                }
            }
        };
        // What it cannot promise it does not say.
        if let Some(reply) = reply {
            let _ = say(stream, &reply);
        }
    }

    /// The same reply, as if another request had been asked.
    fn of_another(&self, reply: Reply) -> Reply {
        let key = RequestId::new(self.terminal.clock.now(), &SystemChance);
        match reply {
            Reply::Taken { amount, brand, slip, .. } => Reply::Taken { key, amount, brand, slip },
            Reply::Given { amount, of, slip, .. } => Reply::Given { key, amount, of, slip },
            Reply::Refused { why, .. } => Reply::Refused { key, why },
            other => other,
        }
    }
}

/// Whether a key that was used before stands for this request.
fn is_about(known: &Reply, asked: &Asked) -> bool {
    match (known, &asked.what) {
        (Reply::Taken { amount, .. }, What::Pay { .. }) => *amount == asked.amount,
        (Reply::Given { amount, of: took, .. }, What::GiveBack { of }) => {
            (amount, took) == (&asked.amount, of)
        }
        (Reply::Taken { .. } | Reply::Given { .. }, _) => false,
        _ => true,
    }
}

/// The brand of whoever comes with something of these means.
fn usual_brand(means: Means) -> String {
    match means {
        Means::Credit => "visa",
        Means::Debit => "visa_debit",
        Means::Emoney => "transit",
        Means::Qr => "paypay",
    }
    .to_owned()
}

fn say(stream: &mut TcpStream, line: &impl std::fmt::Display) -> io::Result<()> {
    stream.write_all(format!("{line}\n").as_bytes())
}

/// Says nothing until the other side has had enough.
fn hold(stream: &mut TcpStream) {
    let _ = stream.set_read_timeout(Some(SILENT_FOR));
    let _ = stream.read(&mut [0]);
}
