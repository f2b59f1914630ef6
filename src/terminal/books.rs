//! What the simulated terminal really took and gave back, and what it has refused for good: a file that
//! is only added to, on the disk before the answer leaves. Each line is a time and the
//! reply that the request has from then on, as it goes over the line.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use super::line::Reply;
use crate::clock::{self, Moment};
use crate::id::RequestId;
use crate::payment::SlipNumber;
use crate::yen::Yen;

/// The books of one simulated terminal.
#[derive(Debug, Default)]
pub struct Books {
    /// What every request comes to, by its key.
    known: BTreeMap<RequestId, Reply>,
    /// How many slips it has printed.
    slips: u32,
    file: Option<File>,
}

impl Books {
    /// Kept in `path`, with what stands there already.
    ///
    /// # Errors
    /// Faults of the disk; a file that is none of this program's.
    pub fn open(path: &Path) -> io::Result<Books> {
        let mut file = File::options().create(true).read(true).append(true).open(path)?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        let mut books = Books { file: Some(file), ..Books::default() };
        for line in text.lines() {
            let reply = line.split_once(' ').and_then(|(_, reply)| reply.parse::<Reply>().ok());
            let strange = || io::Error::new(io::ErrorKind::InvalidData, "not a terminal's log");
            books.remember(reply.ok_or_else(strange)?);
        }
        Ok(books)
    }

    fn remember(&mut self, reply: Reply) {
        let Some(key) = reply.key() else { return };
        let has_slip = matches!(reply, Reply::Taken { .. } | Reply::Given { .. });
        self.slips += u32::from(has_slip);
        self.known.insert(key, reply);
    }

    /// What a request came to.
    pub fn of(&self, key: RequestId) -> Option<&Reply> {
        self.known.get(&key)
    }

    /// What was taken in all: key and amount.
    pub fn taken(&self) -> impl Iterator<Item = (RequestId, Yen)> {
        self.known.values().filter_map(|reply| match reply {
            Reply::Taken { key, amount, .. } => Some((*key, *amount)),
            _ => None,
        })
    }

    /// What was given back: the key, what it was taken for, and the amount.
    pub fn given(&self) -> impl Iterator<Item = (RequestId, RequestId, Yen)> {
        self.known.values().filter_map(|reply| match reply {
            Reply::Given { key, of, amount, .. } => Some((*key, *of, *amount)),
            _ => None,
        })
    }

    /// How much of what was taken for a request is left to give back; nothing, where
    /// nothing was taken.
    pub fn left_of(&self, key: RequestId) -> u64 {
        let Some(Reply::Taken { amount, .. }) = self.of(key) else { return 0 };
        let given = self.given().filter(|(_, of, _)| *of == key);
        let given: u64 = given.map(|(_, _, amount)| u64::from(amount.0)).sum();
        u64::from(amount.0).saturating_sub(given)
    }

    /// The number of the next slip.
    pub(super) fn next_slip(&self) -> Option<SlipNumber> {
        SlipNumber::typed(&format!("{:05}", self.slips.checked_add(1)?)).ok()
    }

    /// Notes what a request comes to, for good.
    pub(super) fn note(&mut self, reply: Reply, now: Moment) -> io::Result<()> {
        if let Some(file) = &mut self.file {
            file.write_all(format!("{} {reply}\n", clock::rfc3339(now)).as_bytes())?;
            file.sync_data()?;
        }
        self.remember(reply);
        Ok(())
    }
}
