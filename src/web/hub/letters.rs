//! What the hub answers to letters: the same as on a line, and signed.

use super::refusal::Refusal;
use super::{Peer, stuck_of};
use crate::chance::SystemChance;
use crate::clock::Moment;
use crate::hub::{Hub, Office};
use crate::letter::{Author, Authority};
use crate::sync::batch::IN_A_LETTER;
use crate::wire::letter::{Asks, Letter, QUESTION, REPLY, Reply, Says};
use crate::wire::{self, Holding, Notices, Standing};

/// Who answers, and whom.
pub struct Letters {
    pub hub: Hub,
    pub author: Author,
    pub authority: Authority,
}

/// What becomes of a letter.
#[derive(Debug)]
pub enum Answered {
    /// It was read, and this is for its office.
    Reply(Sealed),
    /// Nothing of it was taken, for a reason that the office hears, too, where it is the
    /// office's own letter.
    Refused { why: String, reply: Option<Sealed> },
    /// Something is wrong here, and not with the letter: it stays where it is.
    Later(String),
}

/// A letter for an office.
#[derive(Debug)]
pub struct Sealed {
    pub office: Office,
    /// The number of the letter that it answers.
    pub number: u64,
    pub letter: Vec<u8>,
}

impl Letters {
    /// Reads a letter and answers it.
    pub async fn answer(&self, letter: &[u8], now: Moment) -> Answered {
        let refused = |why: String| Answered::Refused { why, reply: None };
        let opened = match self.authority.open(QUESTION, letter, now) {
            Ok(opened) => opened,
            Err(error) => return refused(error.to_string()),
        };
        let letter: Letter = match wire::unpack(&opened.words) {
            Ok(letter) => letter,
            Err(error) => return refused(error.to_string()),
        };
        let office = match letter.asks.site().parse::<Office>() {
            Ok(office) => office,
            Err(error) => return refused(error.to_string()),
        };
        if !Peer::Certified(opened.certificate.into()).speaks_for(&office) {
            let Office { municipality, name } = office;
            return refused(format!("who signed it does not speak for {municipality}/{name}"));
        }
        let says = match self.says(&office, &letter.asks).await {
            Ok(says) => says,
            Err(refusal) => {
                let (status, code, _) = refusal.told();
                if status.is_server_error() {
                    return Answered::Later(refusal.why());
                }
                let reply = self.sealed(office, &letter, Says::Refused(code.to_owned())).await;
                return Answered::Refused { why: format!("the hub takes nothing: {code}"), reply };
            }
        };
        match self.sealed(office, &letter, says).await {
            Some(reply) => Answered::Reply(reply),
            None => Answered::Later("its answer could not be made, or not be signed".to_owned()),
        }
    }

    async fn says(&self, office: &Office, asks: &Asks) -> Result<Says, Refusal> {
        Ok(match asks {
            Asks::Entries(batch) => {
                let log = super::log_of(office.clone(), &batch.log);
                let position = self.hub.take(&log, &batch.entries()).await?;
                Says::Standing(Standing::from(position))
            }
            Asks::Held(question) => {
                let asked = (question.log, question.first);
                let held = self.hub.held(office, asked, IN_A_LETTER).await?;
                Says::Holding(Holding::new(asked, &held))
            }
        })
    }

    async fn sealed(&self, office: Office, letter: &Letter, says: Says) -> Option<Sealed> {
        let stuck = stuck_of(&self.hub, &office, letter.again).await.ok()?;
        let (number, log) = (letter.number, letter.asks.log());
        let site = letter.asks.site().to_owned();
        // Another office's keys would not open, and who signed may speak for this one alone.
        let keys = match &letter.keys {
            Some(keys) if keys.site == site => {
                Some(self.hub.take_keys(&office, keys, &SystemChance).await.ok()?)
            }
            _ => None,
        };
        let notices = match &letter.notices {
            Some(asked) if asked.site == site => {
                let next = self.hub.notices_after(&office, asked.held.as_ref()).await;
                Notices { notices: next.ok()? }
            }
            _ => Notices::default(),
        };
        let reply = Reply { site, to: number, log, says, stuck, notices, keys };
        let reply = wire::pack(&reply);
        Some(Sealed { office, number, letter: self.author.sign(REPLY, &reply)? })
    }
}
