//! The hub: what every office of a municipality wrote arrives here.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, bail};
use tokio::net::TcpListener;

use super::tls::{Certificates, TlsListener};
use super::told_to_stop;
use crate::chance::SystemChance;
use crate::clock::{Clock, SystemClock};
use crate::hub::{Hub, Office};
use crate::secret::Code;
use crate::web::hub::{Names, Pages, Peer, router};

/// Runs until it is told to stop.
///
/// # Errors
/// When it cannot listen, reach PostgreSQL or read a certificate.
pub fn run(
    database: &str,
    listen: SocketAddr,
    certificates: Option<&Certificates>,
    names: Names,
) -> anyhow::Result<()> {
    if certificates.is_none() && !listen.ip().is_loopback() {
        bail!(
            "{listen} can be reached from other machines: give --certificate, --key and \
             --authority, or listen on 127.0.0.1"
        );
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(serve(database, listen, certificates, names))
}

async fn serve(
    database: &str,
    listen: SocketAddr,
    certificates: Option<&Certificates>,
    names: Names,
) -> anyhow::Result<()> {
    let tls = certificates.map(Certificates::server).transpose()?;
    let listener = TcpListener::bind(listen).await.with_context(|| {
        format!("cannot listen on {listen}: stop what uses it, or choose another with --listen")
    })?;
    let hub = Hub::open(database).await.context("the hub's database")?;
    let (clock, chance) = (Arc::new(SystemClock), Arc::new(SystemChance));
    let pages = Pages { names, clock, chance, shown: Vec::new() };
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
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let code = runtime.block_on(async {
        let hub = Hub::open(database).await.context("the hub's database")?;
        let of = (municipality, SystemClock.now());
        Ok::<_, anyhow::Error>(hub.offer_setup(of, &SystemChance).await?)
    })?;
    code.with_context(|| format!("{municipality} has accounts already: sign in"))
}
