//! The line from this office to the hub, where the configuration names one.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;

use crate::config::Config;
use crate::forwarding::{Files, Forwarding, Link, Place, Standing};
use crate::web::Office;

/// A line that nobody has called on yet; none where the town has no hub.
pub(super) fn line(config: &Config) -> anyhow::Result<Option<(Link, Duration)>> {
    let Some(hub) = config.site.hub.as_ref().filter(|_| config.site.modules.hub) else {
        return Ok(None);
    };
    let files =
        hub.files().map(|[certificate, key, authority]| Files { certificate, key, authority });
    let link = Link::new(&Place { url: &hub.url, files }).context("site.toml [hub]")?;
    Ok(Some((link, Duration::from_secs(hub.spread_secs.into()))))
}

/// Sends what the office writes down, as long as it is open.
pub(super) async fn forever(
    office: Arc<Office>,
    (link, spread): (Link, Duration),
    standing: Standing,
) {
    let (db, journal) = (office.db.clone(), office.journal.clone());
    Forwarding { db, journal, link, standing, spread }.forever().await;
}
