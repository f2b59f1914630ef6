//! The page for home, served by itself or written into a folder.
//!
//! It stands on the internet side: it has the town's configuration, its forms and a
//! public key, and nothing else. It keeps nothing and is told nothing.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use time::Date;
use tokio::net::TcpListener;

use super::told_to_stop;
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::fault;
use crate::form::Forms;
use crate::preregistration::PublicFile;
use crate::web::home::{self, Home, Sealing, Served, Site};

/// What the page is made of.
pub struct Sources {
    pub config: PathBuf,
    pub templates: PathBuf,
    /// Public keys, as `madoguchi key new` writes them.
    pub keys: Vec<PathBuf>,
}

/// The same, read and found without fault.
struct Read {
    config: Config,
    forms: Forms,
    keys: Vec<PublicFile>,
}

/// Serves the page until it is told to stop.
pub fn run(sources: &Sources, listen: SocketAddr) -> anyhow::Result<()> {
    let read = read(sources)?;
    read.on(SystemClock.today(), read.keys.clone())?;
    let keys = read.keys.clone();
    let home = Home::new(
        || SystemClock.today(),
        move |_| keys.clone(),
        move |day, keys| read.on(day, keys),
    );
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(listen).await.with_context(|| {
            format!("cannot listen on {listen}: stop what uses it, or choose another with --listen")
        })?;
        eprintln!("窓口 http://{}/", listener.local_addr()?);
        let served = axum::serve(listener, home::server(home));
        served.with_graceful_shutdown(told_to_stop()).await?;
        Ok(())
    })
}

/// Writes the page as it stands today into a folder that any web server can host. What
/// an earlier export wrote beside it stays: a phone may still be reading it.
pub fn export(sources: &Sources, folder: &Path) -> anyhow::Result<()> {
    let read = read(sources)?;
    let site = read.on(SystemClock.today(), read.keys.clone())?;
    for (name, bytes) in site.files() {
        let file = folder.join(name);
        let parent = file.parent().unwrap_or(folder);
        std::fs::create_dir_all(parent).with_context(|| format!("{}", parent.display()))?;
        std::fs::write(&file, bytes).with_context(|| format!("{}", file.display()))?;
    }
    // Last, and in one step: whoever reads it finds everything it names.
    let (index, new) = (folder.join("index.html"), folder.join("index.html.new"));
    std::fs::write(&new, &site.index).with_context(|| format!("{}", new.display()))?;
    std::fs::rename(&new, &index).with_context(|| format!("{}", index.display()))?;
    Ok(())
}

impl Read {
    fn on(&self, day: Date, keys: Vec<PublicFile>) -> Result<Site, home::Error> {
        let sealing = Sealing::of(&self.config, &self.forms, day, keys);
        Site::of(&self.config, &self.forms, day, &sealing, Served::default())
    }
}

fn read(sources: &Sources) -> anyhow::Result<Read> {
    let (config, forms) = match (Config::load(&sources.config), Forms::load(&sources.templates)) {
        (Ok(config), Ok(forms)) => {
            told(&config.against_forms(&forms))?;
            (config, forms)
        }
        (config, forms) => {
            let faults = [config.err().unwrap_or_default(), forms.err().unwrap_or_default()];
            told(&faults.concat())?;
            bail!("the configuration could not be read");
        }
    };
    let keys = sources.keys.iter().map(|file| key(file, &config.site.town.code));
    let keys = keys.collect::<anyhow::Result<_>>()?;
    Ok(Read { config, forms, keys })
}

fn told(faults: &[fault::Fault]) -> anyhow::Result<()> {
    faults.iter().for_each(|fault| eprintln!("{fault}"));
    match faults.len() {
        0 => Ok(()),
        count => bail!("{count} faults; `madoguchi check` tells them again"),
    }
}

/// A key of this town: what is sealed for another could not be opened here.
fn key(file: &Path, town: &str) -> anyhow::Result<PublicFile> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{}", file.display()))?;
    let key = serde_json::from_str::<PublicFile>(&text).ok().filter(|key| key.key().is_some());
    let Some(key) = key else {
        bail!("{} is no public key: `madoguchi key new` writes one", file.display());
    };
    if key.town != town {
        bail!("{} is a key of the town {}, not of {town}", file.display(), key.town);
    }
    Ok(key)
}
