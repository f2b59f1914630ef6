//! The counter server of one office: opens everything, checks everything, and
//! only then listens.

use std::fs::Permissions;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use time::Date;
use tokio::net::TcpListener;

use super::lock::FolderLock;
use super::sweep;
use super::told_to_stop;
use super::town::{self, DemoTown};
use super::{downlink, forward, high_water};
use crate::card::CardReader;
use crate::chance::SystemChance;
use crate::clock::SystemClock;
use crate::clock::watch::Watch;
use crate::config::{Config, ReaderKind};
use crate::db::{self, Db};
use crate::form::Forms;
use crate::forwarding::Standing;
use crate::journal::{self, Actor, Journal, OfficeKey};
use crate::pdf::Fonts;
use crate::preregistration::{Epoch, Intake, KeyFolder};
use crate::second_copy::{self, Copying};
use crate::staff::{self, NewAccount};
use crate::visit::paper::Papers;
use crate::web::desk::Shown;
use crate::web::home::AtHome;
use crate::web::{self, Codes, Guests, Live, Office, Printers, Readers, Terminals};
use crate::web::{live, printers, terminals};
use crate::{fault, payment, schema};

/// Files in the data folder.
pub const DATABASE: &str = "office.db";
pub const OFFICE_KEY: &str = "office.key";

/// Where things are.
#[derive(Clone, Debug)]
pub struct Folders {
    pub config: PathBuf,
    pub templates: PathBuf,
    pub fonts: PathBuf,
    pub data: PathBuf,
}

/// Runs until it is told to stop. With the address of a PostgreSQL in `hub` it plays the town
/// hall, too.
pub fn run(
    folders: &Folders,
    listen: SocketAddr,
    demo: Option<DemoTown>,
    hub: Option<&str>,
) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(serve(folders, listen, demo, hub))
}

async fn serve(
    folders: &Folders,
    listen: SocketAddr,
    demo: Option<DemoTown>,
    hub: Option<&str>,
) -> anyhow::Result<()> {
    let (mut config, forms, papers) = read(folders)?;
    make_private(&folders.data).with_context(|| format!("{}", folders.data.display()))?;
    if let Some(database) = hub {
        forward::own_hub(&mut config, database, folders).await?;
    }
    let line = forward::way(&config, &folders.data)?;
    let takes_down = !downlink::trusted(&config)?.is_empty();
    let _lock = FolderLock::take(&folders.data)?;
    let listener = TcpListener::bind(listen).await.with_context(|| {
        format!("cannot listen on {listen}: stop what uses it, or choose another with --listen")
    })?;
    let mut office = open(folders, (config, forms, papers), demo).await?;
    office.line = line.as_ref().map(|_| Standing::default());
    office.copy = office.config.site.copy.as_ref().map(|_| second_copy::Standing::default());
    office.downlink = takes_down.then(crate::downlink::Standing::default);
    downlink::resume(&office).await?;
    let office = Arc::new(office);
    let town = match demo {
        Some(town) => town::populate(&office, &folders.data.join(OFFICE_KEY), town).await?,
        None => None,
    };
    if let Err(error) = printers::look_for_what_was_cut_off(&office).await {
        tracing::error!(%error, "nobody knows what was under way to the printers");
    }
    terminals::look_for_what_is_unknown(&office).await?;
    let sweeping = tokio::spawn(sweep::forever(office.clone()));
    let address = listener.local_addr()?;
    eprintln!("窓口 http://{address}/");
    live::look_first(&office).await;
    let watching = tokio::spawn(live::forever(office.clone()));
    let marking = tokio::spawn(high_water::forever(folders.data.clone(), office.db.clone()));
    let copying = second_copy(&office).map(|copying| tokio::spawn(copying.forever()));
    let fetching = line.as_ref().map(|(way, _)| downlink::fetching(&office, way)).transpose()?;
    let fetching = fetching.flatten().map(|fetching| tokio::spawn(fetching.forever()));
    let doing = tokio::spawn(downlink::forever(office.clone()));
    let sending = line
        .zip(office.line.clone())
        .map(|(line, standing)| tokio::spawn(forward::forever(office.clone(), line, standing)));
    let living = town.map(|town| tokio::spawn(town.live(office.clone())));
    let closing = office.clone();
    let stop = async move {
        told_to_stop().await;
        closing.live.close();
    };
    let pages = web::router(office).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, pages).with_graceful_shutdown(stop).await?;
    sweeping.abort();
    watching.abort();
    marking.abort();
    doing.abort();
    for task in [copying, sending, fetching, living].into_iter().flatten() {
        task.abort();
    }
    Ok(())
}

/// The second copy that the configuration names.
fn second_copy(office: &Office) -> Option<Copying> {
    let (copy, standing) = (office.config.site.copy.as_ref()?, office.copy.clone()?);
    Some(Copying {
        db: office.db.clone(),
        journal: office.journal.clone(),
        tail_check: journal::check_tail,
        folder: copy.folder.clone(),
        every: copy.every(),
        standing,
    })
}

/// Makes the data folder, for its owner only: what is in it is sealed, but times
/// and numbers tell too.
fn make_private(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    std::fs::set_permissions(folder, Permissions::from_mode(0o700))
}

/// Configuration, forms and their sheets; every fault of all at once.
pub(super) fn read(folders: &Folders) -> anyhow::Result<(Config, Forms, Papers)> {
    let (fonts, font_faults) = Fonts::with_folder(&folders.fonts);
    font_faults.iter().for_each(|fault| eprintln!("{fault}"));
    match (Config::load(&folders.config), Forms::load(&folders.templates)) {
        (Ok(config), Ok(forms)) => {
            let faults = config.against_forms(&forms);
            match Papers::compile(&forms, &folders.templates, fonts) {
                Ok(papers) if faults.is_empty() => Ok((config, forms, papers)),
                papers => Err(told(&[faults, papers.err().unwrap_or_default()].concat())),
            }
        }
        (config, forms) => {
            Err(told(&[config.err().unwrap_or_default(), forms.err().unwrap_or_default()].concat()))
        }
    }
}

fn told(faults: &[fault::Fault]) -> anyhow::Error {
    faults.iter().for_each(|fault| eprintln!("{fault}"));
    anyhow::anyhow!("{} faults; `madoguchi check` tells them again", faults.len())
}

async fn open(
    folders: &Folders,
    (config, forms, papers): (Config, Forms, Papers),
    demo: Option<DemoTown>,
) -> anyhow::Result<Office> {
    let sessions = staff::LIMITS.at_speed(demo.map_or(1, DemoTown::speed));
    let (clock, demo) =
        (demo.map_or_else(|| Arc::new(SystemClock) as _, |town| town.clock()), demo.is_some());
    let path = folders.data.join(DATABASE);
    let chance = Arc::new(SystemChance);
    // Key and database are made together. One without the other is a loss that
    // an empty new one would only hide.
    let key_path = folders.data.join(OFFICE_KEY);
    if key_path.exists() && !path.exists() {
        bail!(
            "{} is there but {} is not: restore a backup, or take the key away to begin anew",
            key_path.display(),
            path.display()
        );
    }
    let key = OfficeKey::load(&key_path, !path.exists(), &*chance)?;
    let journal = Arc::new(Journal::new(clock, chance, key));
    let db = Db::start(&path, schema::STEPS, journal::check_tail)
        .with_context(|| format!("{}", path.display()))?;
    let key_of_this = journal.clone();
    db.read(move |connection| key_of_this.check_key(connection)).await?;
    high_water::hold(&folders.data, &db, &journal).await?;
    let site = format!("{}/{}", config.site.town.code, config.site.office.id);
    let readers = Readers::new(demo && config.site.modules.card_reader);
    let printers = Printers::start(&config.printers)?;
    let terminals = Terminals::start(&config.cashless, demo)?;
    let codes = Codes::default();
    codes.listen(&config)?;
    let shown = Shown::default();
    if demo {
        demo_key(&folders.data, &config, journal.now().date())?;
    }
    let intake = Intake::within(&folders.data);
    let live = Live::default();
    let office = Office {
        config: config.into(),
        forms,
        papers,
        db,
        journal,
        readers,
        intake,
        codes,
        printers,
        terminals,
        live,
        clock_watch: Watch::default(),
        guests: Guests::default(),
        at_home: AtHome::default(),
        shown,
        shown_booked: Shown::default(),
        line: None,
        downlink: None,
        copy: None,
        sessions,
        demo,
    };
    let journal = office.journal.clone();
    office.db.write(move |tx| journal.open_log(tx, &site).map(drop)).await?;
    // Before anybody pays: what was going on when the program stopped is unknown.
    let journal = office.journal.clone();
    office.db.write(move |tx| payment::left_alone(tx, &journal)).await?;
    add_readers(&office)?;
    if demo {
        demo_staff(&office).await?
    } else {
        offer_setup(&office).await?
    }
    Ok(office)
}

/// A town makes its keys with `madoguchi key new`; the demonstration has all it may need.
fn demo_key(data: &Path, config: &Config, today: Date) -> anyhow::Result<()> {
    let town = &config.site.town.code;
    let (keys, this) = (KeyFolder::within(data), Epoch::of(today));
    for epoch in [this, this.next()] {
        keys.make(epoch, town, today, &SystemChance)?;
    }
    Ok(())
}

fn add_readers(office: &Office) -> anyhow::Result<()> {
    let used = office.config.site.modules.card_reader;
    for reader in office.config.readers.iter().filter(|_| used) {
        match reader.kind {
            ReaderKind::Virtual if office.config.demo.households.is_empty() => bail!(
                "devices.toml names the built-in reader, which takes only the cards of invented \
                 residents: set kind = \"pcsc\" for {}, or take it out",
                reader.id
            ),
            ReaderKind::Virtual => office.readers.add_virtual(&reader.id)?,
            ReaderKind::Remote => office.readers.add_remote(&reader.id)?,
            ReaderKind::Pcsc => office.readers.add(&reader.id, pcsc(reader.name.clone())?)?,
        }
    }
    Ok(())
}

#[cfg(feature = "pcsc")]
#[expect(clippy::unnecessary_wraps, reason = "a build without PC/SC refuses here")]
fn pcsc(name: Option<String>) -> anyhow::Result<Box<dyn CardReader>> {
    Ok(Box::new(crate::card::pcsc::PcscReader::new(name)))
}

#[cfg(not(feature = "pcsc"))]
fn pcsc(_: Option<String>) -> anyhow::Result<Box<dyn CardReader>> {
    bail!(
        "devices.toml names a PC/SC reader, but this build has none: install libpcsclite-dev and \
         build with `cargo build --release --features pcsc`"
    )
}

/// Ready accounts, loudly announced on every page.
async fn demo_staff(office: &Office) -> anyhow::Result<()> {
    for demo in office.config.demo_staff().cloned() {
        let journal = office.journal.clone();
        office
            .db
            .write(move |tx| {
                let new = NewAccount::typed(
                    &demo.login,
                    &demo.name,
                    demo.role,
                    &demo.password,
                    false,
                    &*journal.chance,
                )?;
                staff::add(tx, &journal, journal.op(), Actor::System, &new)
            })
            .await?;
    }
    Ok(())
}

/// Without any account, whoever stands at the machine may make the first one.
async fn offer_setup(office: &Office) -> anyhow::Result<()> {
    let journal = office.journal.clone();
    let code = office.db.write(move |tx| staff::make_code(tx, &journal)).await?;
    if let Some(code) = code {
        eprintln!("最初の管理者を登録してください: /desk  登録コード {code}");
    }
    Ok(())
}

/// Opens the database of a data folder for looking, with no server needed.
pub fn look(data: &Path) -> anyhow::Result<db::Connection> {
    let path = data.join(DATABASE);
    if !path.exists() {
        bail!("{} is not there: give the data folder with --data", path.display());
    }
    Ok(db::open_read_only(&path)?)
}
