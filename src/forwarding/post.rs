//! Letters to the hub, where files are carried instead of a line.
//!
//! In the folder lie `out`, which somebody carries away from, and `in`, which answers are
//! carried to. A letter asks one thing and brings along all that the hub may lack; a later
//! one says it again with what was written since, and takes its place. An answer counts
//! while it is of a letter later than the one last heard of: who carries may lose, double
//! and confuse.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::link::{Files, Heard};
use crate::certificates;
use crate::clock::{Clock, SystemClock};
use crate::letter::{self, Author, Authority, Come, Inbox};
use crate::wire::letter::{Asks, Letter, QUESTION, REPLY, Reply, Says};
use crate::wire::{self, Keys, NoticesQuestion};

/// How long an answer is looked out for before the letter is written anew.
const LOOKS_OUT_FOR: Duration = Duration::from_secs(3);
/// Until the folder is looked at again.
const EVERY: Duration = Duration::from_millis(500);

/// In the data folder: which letters were written and heard of.
const FILE: &str = "letters.json";

/// This end of the letters.
#[derive(Debug)]
pub struct Post {
    folder: PathBuf,
    inbox: Inbox,
    author: Author,
    authority: Authority,
    /// The name in the hub's certificate.
    hub: String,
    remembered: PathBuf,
}

/// What a letter says besides what it asks.
#[derive(Clone, Debug, Default)]
pub(super) struct Besides {
    /// The hub is to look again at what it could not take further.
    pub again: bool,
    pub keys: Option<Keys>,
    /// What is asked of what the hub sent down.
    pub notices: Option<NoticesQuestion>,
}

/// Numbers of letters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Remembered {
    /// The one written last.
    written: u64,
    /// The latest that an answer came to.
    heard: u64,
}

/// What is done with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Means {
    /// It is news.
    Listen,
    /// It was heard, or a later one was.
    Old,
    /// It is not for this machine.
    Refuse(&'static str),
}

impl Remembered {
    /// Whether an answer to this letter is listened to.
    fn means(self, to: u64) -> Means {
        match to {
            to if to <= self.heard => Means::Old,
            to if to <= self.written => Means::Listen,
            _ => Means::Refuse(
                "it answers a letter that this machine has not written: it was set back, or \
                 another one writes under the same name",
            ),
        }
    }
}

impl Post {
    /// Letters through `folder`, to the hub with this `name`; what is remembered of them
    /// lies in `data`.
    ///
    /// # Errors
    /// Which file is not what it should be.
    pub fn new(
        folder: PathBuf,
        name: &str,
        files: &Files<'_>,
        data: &Path,
    ) -> Result<Self, certificates::Unusable> {
        Ok(Self {
            inbox: Inbox::new(folder.join("in")),
            folder,
            author: Author::new(files.certificate, files.key)?,
            authority: Authority::new(files.authority)?,
            hub: name.to_owned(),
            remembered: data.join(FILE),
        })
    }

    /// Asks, unless the answer is there; and looks out for it for a while.
    pub(super) fn ask(&mut self, asks: &Asks, besides: &Besides) -> Heard<Reply> {
        match self.tried(asks, besides) {
            Ok(Some(Reply { says: Says::Refused(code), .. })) => Heard::Refused(code),
            Ok(Some(reply)) => Heard::Said(reply),
            Ok(None) => Heard::Unanswered,
            Err(error) => Heard::Nothing(format!("{}: {error}", self.folder.display())),
        }
    }

    fn tried(&mut self, asks: &Asks, besides: &Besides) -> io::Result<Option<Reply>> {
        // The folder itself may be where something is mounted; it is not made.
        for inside in ["in", "out"] {
            let folder = self.folder.join(inside);
            if !folder.is_dir() {
                fs::create_dir(folder)?;
            }
        }
        if let Some(reply) = self.look(asks)? {
            return Ok(Some(reply));
        }
        self.write(asks, besides)?;
        let until = Instant::now() + LOOKS_OUT_FOR;
        while Instant::now() < until {
            std::thread::sleep(EVERY);
            if let Some(reply) = self.look(asks)? {
                return Ok(Some(reply));
            }
        }
        Ok(None)
    }

    fn write(&mut self, asks: &Asks, besides: &Besides) -> io::Result<()> {
        let mut remembered = self.remembered();
        // Higher than any before, even where nothing is remembered any more.
        let millis = u64::try_from(SystemClock.now().unix_timestamp_nanos() / 1_000_000);
        remembered.written = millis.unwrap_or(0).max(remembered.written + 1);
        let number = remembered.written;
        self.remember(remembered)?;
        let Besides { again, keys, notices } = besides.clone();
        let words = wire::pack(&Letter { number, asks: asks.clone(), again, notices, keys });
        let signed = self.author.sign(QUESTION, &words);
        let signed = signed.ok_or_else(|| io::Error::other("the office's key cannot sign"))?;
        let name = format!("{}-{number:020}{}", asks.site().replace('/', "-"), letter::END);
        letter::put(&self.folder.join("out"), &name, &signed)
    }

    /// The answer to what is asked, if it has come. What has come besides is put away.
    fn look(&mut self, asks: &Asks) -> io::Result<Option<Reply>> {
        for Come { path, bytes } in self.inbox.come()? {
            let reply = match self.opened(&bytes, asks) {
                Ok(reply) => reply,
                Err(why) => {
                    self.refuse(&path, &why);
                    continue;
                }
            };
            let mut remembered = self.remembered();
            match remembered.means(reply.to) {
                Means::Listen => {
                    remembered.heard = reply.to;
                    self.remember(remembered)?;
                    self.inbox.done(&path)?;
                    if is_answer(&reply, asks) {
                        return Ok(Some(reply));
                    }
                }
                Means::Old => self.inbox.done(&path)?,
                Means::Refuse(why) => self.refuse(&path, why),
            }
        }
        Ok(None)
    }

    /// What is not for here, and does not go aside either, holds up nothing.
    fn refuse(&mut self, path: &Path, why: &str) {
        let refused = self.inbox.refuse(path, why);
        self.inbox.went(path, refused);
    }

    fn opened(&self, letter: &[u8], asks: &Asks) -> Result<Reply, String> {
        let now = SystemClock.now();
        let opened = self.authority.open_of(&self.hub, REPLY, letter, now);
        let opened = opened.map_err(|error| error.to_string())?;
        let reply: Reply = wire::unpack(&opened.words).map_err(|error| error.to_string())?;
        match reply.site == asks.site() {
            true => Ok(reply),
            false => Err(format!("it is for {}", reply.site)),
        }
    }

    fn remembered(&self) -> Remembered {
        let text = fs::read(&self.remembered).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    /// In one step, and on disk.
    fn remember(&self, remembered: Remembered) -> io::Result<()> {
        let new = self.remembered.with_extension("new");
        let mut file = File::create(&new)?;
        file.write_all(&serde_json::to_vec(&remembered)?)?;
        file.sync_all()?;
        fs::rename(&new, &self.remembered)
    }
}

/// Whether it is what was asked, and not what was asked before and answered late.
fn is_answer(reply: &Reply, asks: &Asks) -> bool {
    let answers = match (&reply.says, asks) {
        (Says::Holding(held), Asks::Held(question)) => held.is_of(question.log, question.first),
        (Says::Standing(_), Asks::Entries(_)) | (Says::Refused(_), _) => true,
        _ => false,
    };
    answers && reply.log == asks.log()
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::chance::SeededChance;
    use crate::id::LogId;
    use crate::journal::Row;
    use crate::sync::Entry;
    use crate::sync::message::Link;
    use crate::wire::{AllStuck, Holding, Notices, Question};

    #[test]
    fn what_the_hub_holds_answers_the_question_that_it_was_asked_and_no_later_one() {
        let log = LogId::new(datetime!(2026-11-27 9:00 +9), &SeededChance::new(1));
        let site = "999997/honcho".to_owned();
        let entry = |seq: i64| {
            let body = Row { log: log.to_string(), seq, ..Row::default() };
            let (seq, hash) = (u64::try_from(seq).unwrap(), body.hash());
            Entry { link: Link { seq, before: [0; 32], hash }, body }
        };
        let holds = |first: u64, entries: &[Entry<Row>]| {
            let says = Says::Holding(Holding::new((log, first), entries));
            let (stuck, notices) = (AllStuck::default(), Notices::default());
            Reply { site: site.clone(), to: 1, log, says, stuck, notices, keys: None }
        };
        let asked = |first| Asks::Held(Question { site: site.clone(), log, first });
        for (reply, first, expected) in [
            (holds(1, &[entry(1), entry(2)]), 1, true),
            (holds(3, &[]), 3, true),
            // A copy of the answer before this one, and one that says nothing.
            (holds(1, &[entry(1), entry(2)]), 3, false),
            (holds(1, &[]), 3, false),
            // It says that it is the answer, and is not.
            (holds(3, &[entry(1)]), 3, false),
        ] {
            assert_eq!(is_answer(&reply, &asked(first)), expected, "{first} {:?}", reply.says);
        }
    }

    #[test]
    fn an_answer_is_heard_once_and_never_after_a_later_one() {
        let remembered = Remembered { written: 9, heard: 5 };
        for (to, expected) in
            [(4, Means::Old), (5, Means::Old), (6, Means::Listen), (9, Means::Listen)]
        {
            assert_eq!(remembered.means(to), expected, "{to}");
        }
        assert!(matches!(remembered.means(10), Means::Refuse(_)));
    }
}
