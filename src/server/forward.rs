//! The line from this office to the hub, where the configuration names one.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::Context;
use tokio::net::TcpListener;

use super::counter::Folders;
use crate::chance::SystemChance;
use crate::clock::{Clock, SystemClock};
use crate::config::{self, Config};
use crate::forwarding::{Files, Forwarding, Link, Place, Post, Standing, Way};
use crate::hub::people::{NewPerson, Role};
use crate::hub::{Hub, HubKey};
use crate::notice::SigningKey;
use crate::web::Office;
use crate::web::hub::{Names, Pages, Paperwork, Peer, Shown, router};

/// The key of a demonstration's hub, in the data folder.
const HUB_KEY: &str = "hub.key";

/// A way to the hub that nobody has gone yet; none where the town has no hub.
pub(super) fn way(config: &Config, data: &Path) -> anyhow::Result<Option<(Way, Duration)>> {
    let Some(hub) = config.site.hub.as_ref().filter(|_| config.site.modules.hub) else {
        return Ok(None);
    };
    let files =
        hub.files().map(|[certificate, key, authority]| Files { certificate, key, authority });
    let spread = Duration::from_secs(hub.spread_secs.into());
    let way = match (&hub.url, &hub.folder, &hub.name, files) {
        (_, Some(folder), Some(name), Some(files)) => {
            let post = Post::new(folder.clone(), name, &files, data).context("site.toml [hub]")?;
            Way::Letters(Arc::new(Mutex::new(post)))
        }
        (Some(url), _, _, files) => {
            Way::Line(Link::new(&Place { url, files }).context("site.toml [hub]")?)
        }
        // The configuration was checked.
        _ => return Ok(None),
    };
    Ok(Some((way, spread)))
}

/// Plays the town hall on this machine, for whoever wants to see a record travel.
pub(super) async fn own_hub(
    config: &mut Config,
    database: &str,
    folders: &Folders,
) -> anyhow::Result<()> {
    // It may be the hub of a demonstration that had another key: that one's visits stay
    // closed, as they do where a key is lost.
    let key = HubKey::load(&folders.data.join(HUB_KEY), true, &SystemChance)?;
    let hub = Hub::open(database).await.context("the hub's database")?.keeping(key, 0);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    eprintln!("自治体側 {url}/");
    let names = Names::of(std::slice::from_ref(config));
    let shown = invented(&hub, config).await?;
    let (clock, chance) = (Arc::new(SystemClock), Arc::new(SystemChance));
    let (own, forms, papers) = super::counter::read(folders)?;
    let paperwork = Some(Paperwork::new(vec![own], forms, papers));
    let key = SigningKey::of_the_moment(&SystemChance).context("no key to sign with")?;
    let public = key.public().context("no key to sign with")?.to_string();
    let pages = Pages { names, paperwork, clock, chance, shown, key: Some(key) };
    let answers = router(hub, pages).into_make_service_with_connect_info::<Peer>();
    tokio::spawn(async move { axum::serve(listener, answers).await });
    config.site.modules.hub = true;
    config.site.hub = Some(config::Hub::on_this_machine(url, public));
    Ok(())
}

/// The accounts of the demonstration, at the hub as at the counter, and somebody who reads
/// the record.
async fn invented(hub: &Hub, config: &Config) -> anyhow::Result<Vec<Shown>> {
    let shown =
        |(role, login, password): (Role, &str, &str)| (role, login.to_owned(), password.to_owned());
    let mut all = Vec::new();
    let mut new = Vec::new();
    for staff in &config.demo.staff {
        // Whoever only guides has nothing to look at there.
        let Some(role) = Role::from_id(staff.role.id()) else { continue };
        all.push(shown((role, &staff.login, &staff.password)));
        new.push((role, staff.name.as_str()));
    }
    if let Some((_, name)) = new.last().copied() {
        all.push(shown((Role::Auditor, "kansa", "mihon-auditor")));
        new.push((Role::Auditor, name));
    }
    let new = all.iter().zip(new).map(|((role, login, password), (_, name))| {
        NewPerson::typed((login, name, *role), password, false, &SystemChance)
    });
    let (new, now) = (new.collect::<Result<_, _>>()?, SystemClock.now());
    hub.invent_people((&config.site.town.code, now), new, &SystemChance).await?;
    Ok(all)
}

/// Sends what the office writes down, as long as it is open.
pub(super) async fn forever(
    office: Arc<Office>,
    (way, spread): (Way, Duration),
    standing: Standing,
) {
    let (db, journal) = (office.db.clone(), office.journal.clone());
    let keys = office.config.site.hub.as_ref().is_some_and(|hub| hub.keys);
    Forwarding { db, journal, way, standing, spread, keys }.forever().await;
}
