//! The example town's office on a folder of its own, with a held clock: what the
//! tests of every audience, and of what goes on beside the pages, stand on.

use std::path::Path;
use std::sync::Arc;

use tempfile::TempDir;
use time::macros::datetime;

use super::desk::Shown;
use super::home::AtHome;
use super::{Codes, Guests, Live, Office, Printers, Readers, Terminals};
use crate::chance::SeededChance;
use crate::clock::HeldClock;
use crate::clock::watch::Watch;
use crate::config::Config;
use crate::db::Db;
use crate::form::Forms;
use crate::journal::{self, Journal, OfficeKey};
use crate::pdf::Fonts;
use crate::preregistration::Intake;
use crate::visit::paper::Papers;
use crate::{schema, staff};

/// The office, the clock that moves it, and the folder it lives as long as.
pub(crate) async fn office(demo: bool) -> (Arc<Office>, Arc<HeldClock>, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let chance = Arc::new(SeededChance::new(1));
    let clock = Arc::new(HeldClock::at(datetime!(2026-11-24 9:00 +9)));
    let key = OfficeKey::generate(&*chance);
    let journal = Arc::new(Journal::new(clock.clone(), chance, key));
    let path = folder.path().join("office.db");
    let db = Db::start(&path, schema::STEPS, journal::check_tail).unwrap();
    let opened = journal.clone();
    db.write(move |tx| opened.open_log(tx, "999997/honcho").map(drop)).await.unwrap();
    let templates = Path::new("templates/forms");
    let forms = Forms::load(templates).unwrap();
    let papers = Papers::compile(&forms, templates, Fonts::shipped()).unwrap();
    let config = Config::load(Path::new("kiosk-config/example")).unwrap();
    let readers = Readers::new(demo);
    let codes = Codes::default();
    let printers = Printers::default();
    let shown = Shown::default();
    let intake = Intake::within(folder.path());
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
        terminals: Terminals::default(),
        live,
        clock_watch: Watch::default(),
        guests: Guests::default(),
        at_home: AtHome::default(),
        shown,
        shown_booked: Shown::default(),
        line: None,
        downlink: None,
        copy: None,
        sessions: staff::LIMITS,
        demo,
    };
    (Arc::new(office), clock, folder)
}

/// What happened to anything in the office, oldest first.
pub(super) async fn kinds(office: &Office) -> Vec<String> {
    let kinds = office.db.read(|connection| -> Result<Vec<String>, crate::db::Error> {
        let mut rows = connection.prepare("select kind from journal order by seq")?;
        let kinds = rows.query_map([], |row| row.get(0))?;
        Ok(kinds.collect::<Result<_, _>>()?)
    });
    kinds.await.unwrap()
}

/// A form's entry as a browser sends it.
pub(super) fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
