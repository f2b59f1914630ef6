//! The hub where no line may be: it reads the letters that offices wrote, and writes the
//! answers, each office's into a folder of its own.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;

use super::hub::{KeptKeys, open_with, sweep};
use super::tls::Certificates;
use super::told_to_stop;
use crate::clock::{Clock, SystemClock};
use crate::letter::{self, Author, Authority, Come, Inbox};
use crate::web::hub::{Answered, Letters, Sealed};

/// Until the folder is looked at again.
const EVERY: Duration = Duration::from_secs(1);

/// Where letters come to and where answers go.
#[derive(Clone, Debug)]
pub struct Folders {
    pub incoming: PathBuf,
    pub outgoing: PathBuf,
}

/// Runs until it is told to stop.
///
/// # Errors
/// When a folder is not there, or PostgreSQL cannot be reached, or a certificate not read.
pub fn run(
    database: &str,
    folders: &Folders,
    certificates: &Certificates,
    keys: Option<&KeptKeys>,
) -> anyhow::Result<()> {
    for folder in [&folders.incoming, &folders.outgoing] {
        fs::read_dir(folder).with_context(|| format!("{}", folder.display()))?;
    }
    let author = Author::new(&certificates.certificate, &certificates.key)?;
    let authority = Authority::new(&certificates.authority)?;
    super::hub::alone(async {
        let hub = open_with(database, keys).await?;
        let sweeping = hub.clone();
        let letters = Letters { hub, author, authority };
        eprintln!("自治体側 {}", folders.incoming.display());
        tokio::select! {
            () = forever(&letters, folders) => {}
            () = sweep(&sweeping) => {}
            () = told_to_stop() => {}
        }
        Ok(())
    })
}

async fn forever(letters: &Letters, folders: &Folders) {
    let mut inbox = Inbox::new(folders.incoming.clone());
    let mut is_well = true;
    loop {
        let read = read(letters, &mut inbox, &folders.outgoing).await;
        match &read {
            Err(error) if is_well => tracing::error!(%error, "the letters cannot be read"),
            Ok(()) if !is_well => tracing::info!("the letters are read again"),
            _ => {}
        }
        is_well = read.is_ok();
        tokio::time::sleep(EVERY).await;
    }
}

/// Reads everything that has come. What is taken away was answered before: a letter that
/// is cut off in between is read once more, and answered the same. What is wrong with one
/// letter, or with an office's folder, holds up no other.
async fn read(letters: &Letters, inbox: &mut Inbox, outgoing: &Path) -> io::Result<()> {
    for Come { path, bytes } in inbox.come()? {
        let put = |sealed: &Sealed| put(outgoing, sealed);
        let done = match letters.answer(&bytes, SystemClock.now()).await {
            Answered::Reply(sealed) => put(&sealed).and_then(|()| inbox.done(&path)),
            Answered::Refused { why, reply } => match (inbox.refuse(&path, &why), reply) {
                (Ok(true), Some(sealed)) => put(&sealed),
                (refused, _) => refused.map(drop),
            },
            Answered::Later(why) => Err(io::Error::other(why)),
        };
        inbox.went(&path, done);
    }
    Ok(())
}

fn put(outgoing: &Path, sealed: &Sealed) -> io::Result<()> {
    let (office, number) = (&sealed.office, sealed.number);
    let name = format!("{}-{}", office.municipality, office.name);
    let folder = outgoing.join(&name);
    let file = format!("{name}-{number:020}{}", letter::END);
    let put =
        fs::create_dir_all(&folder).and_then(|()| letter::put(&folder, &file, &sealed.letter));
    put.map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", folder.display())))
}
