//! The hub: what every office of a municipality wrote arrives here.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use tokio::net::TcpListener;

use super::tls::{Certificates, TlsListener};
use super::told_to_stop;
use crate::chance::SystemChance;
use crate::clock::{Clock, Moment, SystemClock};
use crate::hub::{BackupMark, Hub, HubKey, Office, ToSend};
use crate::id::OpId;
use crate::notice::{Kind, SigningKey};
use crate::secret::Code;
use crate::web::hub::{Names, Pages, Paperwork, Peer, router};

/// What a hub is served with besides its database.
pub struct Serving {
    pub names: Names,
    pub paperwork: Option<Paperwork>,
    pub keys: Option<KeptKeys>,
    /// What is sent down is signed with it.
    pub signing: Option<SigningKey>,
}

/// Runs until it is told to stop.
///
/// # Errors
/// When it cannot listen, reach PostgreSQL or read a certificate.
pub fn run(
    database: &str,
    listen: SocketAddr,
    certificates: Option<&Certificates>,
    serving: Serving,
) -> anyhow::Result<()> {
    if certificates.is_none() && !listen.ip().is_loopback() {
        bail!(
            "{listen} can be reached from other machines: give --certificate, --key and \
             --authority, or listen on 127.0.0.1"
        );
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(serve(database, listen, certificates, serving))
}

/// How far the database is, before a backup of it begins.
///
/// # Errors
/// When PostgreSQL cannot be asked.
pub fn mark(database: &str) -> anyhow::Result<BackupMark> {
    alone(async { Ok(open(database).await?.mark().await?) })
}

/// A backup that began after `mark` was taken is done; how many logs it has.
///
/// # Errors
/// When the mark is of another life of the database, or PostgreSQL cannot be asked.
pub fn backed_up(database: &str, mark: &BackupMark) -> anyhow::Result<usize> {
    alone(async { Ok(open(database).await?.backed_up(mark).await?) })
}

/// Reads the whole record of what people looked at: whether it is what was written.
///
/// # Errors
/// When PostgreSQL cannot be asked.
pub fn verify(database: &str) -> anyhow::Result<bool> {
    let all = alone(async { Ok(open(database).await?.first_torn().await?) })?;
    for (municipality, count, torn) in &all {
        match torn {
            Some(number) => {
                eprintln!("{municipality}: record {number} is not what was written, or is missing")
            }
            None => eprintln!("{municipality}: {count} records, all as they were written"),
        }
    }
    Ok(all.iter().all(|(_, _, torn)| torn.is_none()))
}

pub(super) fn alone<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)
}

async fn open(database: &str) -> anyhow::Result<Hub> {
    Hub::open(database).await.context("the hub's database")
}

/// Where the key is that wraps the visits' keys, and for how many days they are kept after
/// their offices erased their own.
#[derive(Clone, Debug)]
pub struct KeptKeys {
    pub file: PathBuf,
    pub days: u32,
}

/// The hub, with its key where it has one.
pub(super) async fn open_with(database: &str, keys: Option<&KeptKeys>) -> anyhow::Result<Hub> {
    // Before the database is asked: a file that is not there is told of at once.
    let key = keys.map(|keys| HubKey::load(&keys.file, false, &SystemChance)).transpose();
    let key = key.context("--keys")?;
    let hub = open(database).await?;
    Ok(match key.zip(keys) {
        Some((key, keys)) => hub.keeping(key, keys.days),
        None => hub,
    })
}

/// Makes the hub's key.
///
/// # Errors
/// When there is one already: what it wraps would be lost.
pub fn new_key(file: &Path) -> anyhow::Result<()> {
    if file.exists() {
        bail!("{} is there: what it wraps could not be read any more", file.display());
    }
    HubKey::load(file, true, &SystemChance)?;
    Ok(())
}

/// Erases the visits' keys whose days are over, again and again.
pub(super) async fn sweep(hub: &Hub) {
    loop {
        match hub.erase_keys(SystemClock.now()).await {
            Ok(0) => {}
            Ok(erased) => tracing::info!(erased, "keys of visits were erased"),
            Err(error) => tracing::warn!(%error, "keys of visits are erased later"),
        }
        tokio::time::sleep(SWEEP_EVERY).await;
    }
}

const SWEEP_EVERY: Duration = Duration::from_secs(60);

async fn serve(
    database: &str,
    listen: SocketAddr,
    certificates: Option<&Certificates>,
    Serving { names, paperwork, keys, signing }: Serving,
) -> anyhow::Result<()> {
    let tls = certificates.map(Certificates::server).transpose()?;
    let listener = TcpListener::bind(listen).await.with_context(|| {
        format!("cannot listen on {listen}: stop what uses it, or choose another with --listen")
    })?;
    let hub = open_with(database, keys.as_ref()).await?;
    let sweeping = hub.clone();
    tokio::spawn(async move { sweep(&sweeping).await });
    let (clock, chance) = (Arc::new(SystemClock), Arc::new(SystemChance));
    let pages = Pages { names, paperwork, clock, chance, shown: Vec::new(), key: signing };
    let address = listener.local_addr()?;
    let answers = router(hub, pages).into_make_service_with_connect_info::<Peer>();
    match tls {
        Some(config) => {
            let listener = TlsListener::new(listener, config)?;
            eprintln!("自治体側 https://{address}/");
            axum::serve(listener, answers).with_graceful_shutdown(told_to_stop()).await?;
        }
        None => {
            eprintln!("自治体側 http://{address}/");
            axum::serve(listener, answers).with_graceful_shutdown(told_to_stop()).await?;
        }
    }
    Ok(())
}

/// Makes a code with which somebody may make the first account of a municipality.
///
/// # Errors
/// When PostgreSQL cannot be reached, or there are accounts already.
pub fn offer_setup(database: &str, municipality: &str) -> anyhow::Result<Code> {
    format!("{municipality}/any").parse::<Office>().context("--first-administrator")?;
    let of = (municipality, SystemClock.now());
    let code = alone(async { Ok(open(database).await?.offer_setup(of, &SystemChance).await?) })?;
    code.with_context(|| format!("{municipality} has accounts already: sign in"))
}

/// Sends something down to these offices, from the console.
///
/// # Errors
/// When PostgreSQL cannot be reached, an office is none, or no notice of this kind says so.
pub fn send_down(
    database: &str,
    offices: &[String],
    (kind, body): (Kind, &str),
    activate_at: Option<Moment>,
    key: &SigningKey,
) -> anyhow::Result<()> {
    let offices: Vec<Office> =
        offices.iter().map(|office| office.parse()).collect::<Result<_, _>>()?;
    alone(async {
        let (hub, now) = (open(database).await?, SystemClock.now());
        let op = OpId::new(now, &SystemChance);
        let what = ToSend { op, kind, body, activate_at, person: "" };
        for office in &offices {
            hub.send_down((office, now), &what, (key, &SystemChance)).await?;
        }
        Ok(())
    })
}
