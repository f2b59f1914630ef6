//! Doing what the hub sent down, in an office that is open.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use tokio::time::sleep;

use crate::config::Config;
use crate::db::Tx;
use crate::downlink::{self, Fetching, From};
use crate::forwarding::Way;
use crate::journal::Error;
use crate::notice::PublicKey;
use crate::web::Office;

/// Until the clock is looked at again: it may be set meanwhile.
const EVERY: Duration = Duration::from_secs(10);
/// Until the disk is asked again, after it gave no answer.
const AFTER_FAULT: Duration = Duration::from_secs(5);

/// Whose signatures this office takes; empty where it takes nothing down.
pub(super) fn trusted(config: &Config) -> anyhow::Result<Vec<PublicKey>> {
    let hub = config.site.hub.as_ref().filter(|_| config.site.modules.hub);
    let keys = hub.map(|hub| hub.downlink_keys.as_slice()).unwrap_or_default();
    keys.iter().map(|key| key.parse().context("site.toml [hub] downlink_keys")).collect()
}

/// The task that fetches, where there is a line and a key.
pub(super) fn fetching(office: &Office, way: &Way) -> anyhow::Result<Option<Fetching>> {
    let trusted = trusted(&office.config)?;
    let (Some(standing), Some(line), false) = (&office.downlink, &office.line, trusted.is_empty())
    else {
        return Ok(None);
    };
    let from = match way {
        Way::Line(link) => From::Line(link.clone()),
        Way::Letters(_) => From::Letters,
    };
    let site = &office.config.site;
    Ok(Some(Fetching {
        db: office.db.clone(),
        journal: office.journal.clone(),
        from,
        site: format!("{}/{}", site.town.code, site.office.id),
        trusted,
        standing: standing.clone(),
        line: line.clone(),
    }))
}

/// Before anybody comes: what was in force is in force again, and what came due meanwhile
/// is done.
pub(super) async fn resume(office: &Office) -> anyhow::Result<()> {
    let Some(standing) = &office.downlink else { return Ok(()) };
    let in_force = office.db.read(downlink::in_force).await?;
    let parts = downlink::parts(&in_force);
    if !parts.is_empty() {
        let (pieces, today) = (downlink::pieces(&parts), office.journal.now().date());
        match office.config.with(&[], &pieces, &office.forms, today) {
            Ok(config) => office.config.follow(config),
            // An office that stays shut helps nobody: what it has written itself is used,
            // and everybody who looks after it is told.
            Err(faults) => {
                let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
                told.iter().for_each(|fault| eprintln!("{fault}"));
                tracing::error!("what the hub sent before does not fit any more; it is left out");
                standing.set_aside(Some(told.join("\n")));
            }
        }
    }
    let mut seen = BTreeSet::new();
    while step(office, &mut seen).await?.is_some() {}
    Ok(())
}

/// Does what arrives, and what comes due, until it is dropped.
pub(super) async fn forever(office: Arc<Office>) {
    let Some(standing) = office.downlink.clone() else { return };
    let mut seen = BTreeSet::new();
    loop {
        let wait = match step(&office, &mut seen).await {
            Ok(Some(_)) => continue,
            Ok(None) => until_due(&office).await,
            Err(error) => {
                tracing::error!(%error, "what the hub sent cannot be done");
                AFTER_FAULT
            }
        };
        tokio::select! {
            () = sleep(wait) => {}
            () = standing.arrival() => {}
        }
    }
}

async fn until_due(office: &Office) -> Duration {
    let next = office.db.read(downlink::next_due_at).await.ok().flatten();
    let left = next.map(|at| at - office.journal.now());
    let left = left.and_then(|left| Duration::try_from(left).ok());
    left.map_or(EVERY, |left| left.clamp(Duration::from_millis(50), EVERY))
}

/// Does one, and says whether anything was done; `None` when there is nothing to do now.
async fn step(office: &Office, seen: &mut BTreeSet<i64>) -> Result<Option<bool>, Error> {
    let (now, looked_at) = (office.journal.now(), seen.clone());
    let look = move |connection: &_| downlink::due(connection, now, &looked_at);
    let Some(due) = office.db.read(look).await? else { return Ok(None) };
    let (ordinal, journal) = (due.ordinal(), office.journal.clone());
    let checked = due.checked(&office.config, &office.forms);
    let apply = move |tx: &Tx<'_>| downlink::apply(tx, &journal, &due, checked);
    let Some(settled) = office.db.write(apply).await? else {
        seen.insert(ordinal);
        return Ok(Some(false));
    };
    match &settled.reason {
        None => tracing::info!(number = settled.number, "what the hub sent is done"),
        Some(_) => tracing::warn!(number = settled.number, "what the hub sent is refused"),
    }
    if let Some(config) = settled.config {
        office.config.follow(config);
        if let Some(standing) = &office.downlink {
            standing.set_aside(None);
        }
    }
    Ok(Some(true))
}
