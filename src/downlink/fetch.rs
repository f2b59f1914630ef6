//! The task that asks the hub for what comes next, as long as the office is open.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::sleep;

use super::{Standing, store, take};
use crate::chance;
use crate::db::{Db, Tx};
use crate::forwarding::{self, Heard, Link};
use crate::journal::{Error, Journal};
use crate::notice::{PublicKey, Signed};
use crate::sync::pause;
use crate::wire::{NOTICES, Notices, NoticesQuestion};

/// Until the hub is asked again: somebody who is out is to be out soon.
const EVERY: Duration = Duration::from_secs(10);

/// How the hub is asked.
#[derive(Clone, Debug)]
pub enum From {
    Line(Link),
    /// With every letter; the answer comes when somebody brings it.
    Letters,
}

/// Everything the task needs.
pub struct Fetching {
    pub db: Db,
    pub journal: Arc<Journal>,
    pub from: From,
    /// This office, as the hub names it.
    pub site: String,
    /// Whose signatures are taken.
    pub trusted: Vec<PublicKey>,
    pub standing: Standing,
    /// The line beside, whose pages may ask for a call.
    pub line: forwarding::Standing,
}

impl Fetching {
    /// Works until it is dropped.
    pub async fn forever(self) {
        let mut failures = 0;
        loop {
            let wait = match self.step().await {
                // There may be more.
                Ok(Some(new)) if new > 0 => continue,
                Ok(Some(_)) => {
                    failures = 0;
                    EVERY
                }
                Ok(None) => {
                    failures += 1;
                    self.pause(failures)
                }
                Err(error) => {
                    tracing::error!(%error, "what the hub sent cannot be kept");
                    failures += 1;
                    self.pause(failures)
                }
            };
            tokio::select! {
                () = sleep(wait) => {}
                () = self.line.besides() => {}
            }
        }
    }

    /// How many are new; `None` when the hub said nothing that can be taken.
    async fn step(&self) -> Result<Option<usize>, Error> {
        let held = self.db.read(store::place).await?;
        let question = NoticesQuestion { site: self.site.clone(), held };
        let link = match &self.from {
            From::Line(link) => link.clone(),
            From::Letters => {
                self.line.carried.ask(question);
                return self.take(self.line.carried.next().await).await;
            }
        };
        let (reply, answer) = oneshot::channel();
        let asking = std::thread::Builder::new().name("downlink".to_owned());
        let asked = asking.spawn(move || drop(reply.send(link.ask::<Notices>(NOTICES, &question))));
        let heard = match asked {
            Ok(_) => answer.await.ok(),
            Err(_) => None,
        };
        match heard {
            Some(Heard::Said(Notices { notices })) => self.take(notices).await,
            // Why the hub does not answer is told of the line itself.
            _ => Ok(None),
        }
    }

    async fn take(&self, notices: Vec<Signed>) -> Result<Option<usize>, Error> {
        if notices.is_empty() {
            return Ok(Some(0));
        }
        let (journal, site, trusted) =
            (self.journal.clone(), self.site.clone(), self.trusted.clone());
        let take = move |tx: &Tx<'_>| take::take(tx, &journal, (&site, &trusted), &notices);
        let taken = self.db.write(take).await?;
        if let Some(why) = taken.refused {
            tracing::error!(%why, "what the hub sent is not taken");
        }
        if taken.new > 0 {
            tracing::info!(count = taken.new, "the hub sent something down");
            self.standing.has_arrived();
        }
        Ok(if taken.refused.is_some() { None } else { Some(taken.new) })
    }

    fn pause(&self, failures: u32) -> Duration {
        let draw = u64::from_be_bytes(chance::bytes(&*self.journal.chance));
        Duration::from_millis(pause::after(failures, None, draw)).max(EVERY)
    }
}
