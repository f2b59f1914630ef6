//! The task that brings the journal to the hub, as long as the office is open.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use tokio::time::{Instant as Later, sleep, sleep_until};

use super::link::{Heard, Link};
use super::post::{Besides, Post};
use super::standing::{Standing, Trouble};
use super::store::Traveller;
use super::{hear, keys, store};
use crate::chance;
use crate::db::{Db, Tx};
use crate::id::LogId;
use crate::journal::{Error, Journal, Row};
use crate::sync::batch::{IN_A_LETTER, Most, ON_A_LINE};
use crate::sync::forwarder::Log;
use crate::sync::{Answer, Entry, Forwarder, Next};
use crate::wire::letter::{Asks, Reply, Says};
use crate::wire::{self, Batch, Greeting, Holding, Keys, KeysHeard, Question};

/// The hub hears from the counter at least this often.
const HEARTBEAT: Duration = Duration::from_secs(60);
/// What is written together travels together.
const GATHER: Duration = Duration::from_millis(500);
/// Why nobody was asked.
const LOST: &str = "it was not asked";
/// Until the disk is asked again, after it gave no answer.
const AFTER_FAULT: Duration = Duration::from_secs(5);

/// How the hub is reached.
#[derive(Clone, Debug)]
pub enum Way {
    Line(Link),
    Letters(Arc<Mutex<Post>>),
}

/// Everything the task needs.
pub struct Forwarding {
    pub db: Db,
    pub journal: Arc<Journal>,
    pub way: Way,
    pub standing: Standing,
    /// Within how many seconds after the start the hub is called for the first time:
    /// a whole town's offices open in the same minute.
    pub spread: Duration,
    /// Whether the hub is to have the visits' keys.
    pub keys: bool,
}

impl Forwarding {
    /// Works until it is dropped.
    pub async fn forever(self) {
        let began = Instant::now();
        let now_ms = || u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let spread = self.draw() % (millis(self.spread) + 1);
        let heartbeat = millis(HEARTBEAT);
        let forwarder = Arc::new(Mutex::new(Forwarder::new(now_ms(), heartbeat, spread)));
        let mut commits = self.db.commits();
        loop {
            commits.mark_unchanged();
            let step = self.step(&forwarder, &now_ms).await;
            match step {
                Ok(None) => {}
                Ok(Some(until_ms)) => {
                    let until = Later::from_std(began + Duration::from_millis(until_ms));
                    tokio::select! {
                        () = sleep_until(until) => {}
                        () = self.standing.hurried() => hurry(&forwarder),
                        changed = commits.changed() => match changed {
                            Ok(()) => sleep(GATHER).await,
                            // The writer has ended, and so does the program.
                            Err(_) => return,
                        },
                    }
                }
                Err(error) => {
                    tracing::error!(%error, "what waits for the hub cannot be read");
                    sleep(AFTER_FAULT).await;
                }
            }
        }
    }

    /// Asks the hub once, or says until when there is nothing to ask.
    async fn step(
        &self,
        forwarder: &Arc<Mutex<Forwarder>>,
        now_ms: &impl Fn() -> u64,
    ) -> Result<Option<u64>, Error> {
        let all = self.db.read(store::travellers).await?;
        let logs: Vec<Log> = all.iter().map(|one| one.log).collect();
        let next = held(forwarder).next(now_ms(), &logs);
        let log = match next {
            Next::Wait { until_ms } => return Ok(Some(until_ms)),
            Next::Hello { log } | Next::Send { log, .. } | Next::Fetch { log, .. } => log,
        };
        let Some(one) = all.iter().find(|one| one.row.id == log) else { return Ok(None) };
        let (answer, trouble) = match &self.way {
            Way::Line(link) => self.ask_on_the_line(link, next, one).await?,
            Way::Letters(post) => self.ask_by_letter(post, next, one).await?,
        };
        let (is_well, is_greeting) = (trouble.is_none(), matches!(next, Next::Hello { .. }));
        self.standing.heard(self.journal.now(), trouble);
        let (journal, forwarder) = (self.journal.clone(), forwarder.clone());
        let at = (now_ms(), self.draw());
        let hear = move |tx: &Tx<'_>| hear::hear(tx, &journal, &mut held(&forwarder), at, &answer);
        if let Some(incident) = self.db.write(hear).await? {
            tracing::warn!(?incident, "the hub and this counter had parted");
        }
        // After the entries: who can read them is told last.
        if let (Way::Line(link), true) = (&self.way, is_well) {
            self.bring_keys(link, &one.row.site, is_greeting).await?;
        }
        Ok(None)
    }

    /// Tells the hub keys of visits, and which were erased. With each greeting it is asked
    /// whether it is still the one that was told; one that is of an older version, or away,
    /// is told later.
    async fn bring_keys(&self, link: &Link, site: &str, greets: bool) -> Result<(), Error> {
        let mut greets = greets && self.keys;
        loop {
            let message = self.keys_for(site).await?;
            if message.is_empty() && !greets {
                return Ok(());
            }
            greets = false;
            let link = link.clone();
            let asked = self.on_a_thread(move || link.ask::<KeysHeard>(wire::KEYS, &message));
            match asked.await {
                Some(Heard::Said(heard)) => {
                    if !self.hear_of_keys(heard).await? {
                        return Ok(());
                    }
                }
                Some(Heard::Refused(code)) => {
                    tracing::warn!(code, "the hub takes no keys from here");
                    return Ok(());
                }
                _ => return Ok(()),
            }
        }
    }

    async fn keys_for(&self, site: &str) -> Result<Keys, Error> {
        let (journal, site, wanted) = (self.journal.clone(), site.to_owned(), self.keys);
        self.db.read(move |connection| keys::message(connection, &journal, (&site, wanted))).await
    }

    /// Whether it changed anything, so that there may be more to say.
    async fn hear_of_keys(&self, heard: KeysHeard) -> Result<bool, Error> {
        self.db.write(move |tx| keys::hear(tx, &heard)).await
    }

    async fn ask_on_the_line(
        &self,
        link: &Link,
        next: Next,
        one: &Traveller,
    ) -> Result<Said<Row>, Error> {
        let (link, site) = (link.clone(), one.row.site.clone());
        let again = link.clone();
        let said = match next {
            Next::Send { first, .. } => {
                let batch = self.batch(one, first, ON_A_LINE).await?;
                self.ask(move || position(link.ask(wire::ENTRIES, &batch))).await
            }
            Next::Fetch { log, first } => {
                let question = Question { site: site.clone(), log, first };
                self.ask(move || holding((log, first), link.ask(wire::HELD, &question))).await
            }
            _ => {
                let greeting = Greeting { log: wire::Log::from(&one.row) };
                self.ask(move || position(link.ask(wire::HELLO, &greeting))).await
            }
        };
        // With each greeting; after entries only when somebody pressed for it.
        let is_due = matches!(next, Next::Hello { .. }) || self.standing.wants_again();
        if let (Answer::Position(_), true) = (&said.0, is_due) {
            self.ask_what_is_stuck(again, site).await;
        }
        Ok(said)
    }

    /// A letter that greets brings along what the hub may lack: the way is long.
    async fn ask_by_letter(
        &self,
        post: &Arc<Mutex<Post>>,
        next: Next,
        one: &Traveller,
    ) -> Result<Said<Row>, Error> {
        let asks = match next {
            Next::Send { first, .. } => Asks::Entries(self.batch(one, first, IN_A_LETTER).await?),
            Next::Fetch { log, first } => {
                Asks::Held(Question { site: one.row.site.clone(), log, first })
            }
            _ => {
                let first = one.log.known.acked.seq + 1;
                Asks::Entries(self.batch(one, first, IN_A_LETTER).await?)
            }
        };
        let keys = self.keys_for(&one.row.site).await?;
        let post = post.clone();
        let asked = match next {
            Next::Fetch { log, first } => (log, first),
            _ => (one.row.id, 0),
        };
        let again = self.standing.takes_again();
        // An empty message asks as well: what keys are to be sealed with.
        let keys = Some(keys).filter(|keys| self.keys || !keys.is_empty());
        let besides = Besides { again, keys, notices: self.standing.carried.question() };
        let heard =
            move || post.lock().unwrap_or_else(PoisonError::into_inner).ask(&asks, &besides);
        let heard = self.on_a_thread(heard).await.unwrap_or_else(|| Heard::Nothing(LOST.into()));
        match &heard {
            Heard::Said(reply) => {
                self.standing.stuck(reply.stuck.stuck.clone(), reply.stuck.more);
                self.standing.carried.come(&reply.notices.notices);
            }
            _ if again => self.standing.keep_again(),
            _ => {}
        }
        if let Heard::Said(Reply { keys: Some(keys), .. }) = &heard {
            self.hear_of_keys(keys.clone()).await?;
        }
        Ok(match heard {
            Heard::Said(Reply { says: Says::Standing(standing), .. }) => {
                position(Heard::Said(standing))
            }
            Heard::Said(Reply { says: Says::Holding(held), .. }) => {
                holding(asked, Heard::Said(held))
            }
            other => said(other, |_| None),
        })
    }

    async fn batch(&self, one: &Traveller, first: u64, most: Most) -> Result<Batch, Error> {
        let (log, one) = (wire::Log::from(&one.row), one.clone());
        let look = move |connection: &_| store::next_batch(connection, &one, first, most);
        Ok(Batch::new(log, &self.db.read(look).await?))
    }

    /// Asks what the hub could not take further, and to look at it again if somebody
    /// pressed for that. Without an answer what was known stays.
    async fn ask_what_is_stuck(&self, link: Link, site: String) {
        let again = self.standing.takes_again();
        let question = wire::StuckQuestion { site, again };
        let ask = move || link.ask::<wire::AllStuck>(wire::STUCK, &question);
        match self.on_a_thread(ask).await {
            Some(Heard::Said(all)) => self.standing.stuck(all.stuck, all.more),
            // Nobody looked: it is asked for again with the next greeting.
            _ if again => self.standing.keep_again(),
            _ => {}
        }
    }

    /// Asks on a thread of its own, which a program that ends does not wait for: an answer,
    /// and what was wrong with it.
    async fn ask<T: Send + 'static>(
        &self,
        ask: impl FnOnce() -> Said<T> + Send + 'static,
    ) -> Said<T> {
        let lost = || (Answer::Nothing, Some(Trouble::Away(LOST.to_owned())));
        self.on_a_thread(ask).await.unwrap_or_else(lost)
    }

    /// `None` when the system has no thread left, or the question ended with a panic.
    async fn on_a_thread<T: Send + 'static>(
        &self,
        ask: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let (reply, answer) = oneshot::channel();
        let asking = std::thread::Builder::new().name("hub".to_owned());
        asking.spawn(move || drop(reply.send(ask()))).ok()?;
        answer.await.ok()
    }

    fn draw(&self) -> u64 {
        u64::from_be_bytes(chance::bytes(&*self.journal.chance))
    }
}

/// An answer, and what was wrong with it.
type Said<T> = (Answer<T>, Option<Trouble>);

fn position(heard: Heard<wire::Standing>) -> Said<Row> {
    said(heard, |standing| standing.position().map(Answer::Position))
}

/// What the hub holds is taken only as it was written, and as it was asked for.
fn holding((log, first): (LogId, u64), heard: Heard<Holding>) -> Said<Row> {
    let is_whole = |entry: &Entry<Row>| {
        entry.body.hash() == entry.link.hash && entry.body.log == log.to_string()
    };
    said(heard, |holding| {
        let entries = holding.entries();
        let is_asked_for = holding.is_of(log, first) && entries.iter().all(is_whole);
        is_asked_for.then_some(Answer::Held(entries))
    })
}

fn said<T>(heard: Heard<T>, answer: impl FnOnce(T) -> Option<Answer<Row>>) -> Said<Row> {
    match heard {
        Heard::Said(said) => match answer(said) {
            Some(answer) => (answer, None),
            None => (Answer::Nothing, Some(Trouble::Refused("not_as_written".to_owned()))),
        },
        Heard::Busy { retry_after_ms } => (Answer::Busy { retry_after_ms }, Some(Trouble::Busy)),
        Heard::Refused(code) => (Answer::Nothing, Some(Trouble::Refused(code))),
        Heard::Unanswered => (Answer::Nothing, Some(Trouble::Unanswered)),
        Heard::Nothing(why) => (Answer::Nothing, Some(Trouble::Away(why))),
    }
}

fn hurry(forwarder: &Mutex<Forwarder>) {
    held(forwarder).hurry();
}

fn held(forwarder: &Mutex<Forwarder>) -> std::sync::MutexGuard<'_, Forwarder> {
    forwarder.lock().unwrap_or_else(PoisonError::into_inner)
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
