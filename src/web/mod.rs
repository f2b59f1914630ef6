//! Pages, by audience: residents at the kiosk, staff at the desk, everybody before
//! the display. Each audience has its own cookie on its own path and sees nothing
//! of the others.
//!
//! Handlers read what was sent, call one function of the domain and answer with
//! a page or a redirect. Every page is rendered here, works without script, and
//! is never stored by a browser.

mod assets;
mod booking;
mod chooser;
pub mod codes;
mod cookie;
mod days;
mod demo;
pub mod desk;
mod display;
mod displays;
pub mod doors;
pub mod entry;
mod error;
#[cfg(test)]
pub(crate) mod example;
mod fields;
mod guard;
pub mod guests;
pub mod home;
pub mod hub;
pub mod kiosk;
pub mod live;
mod openapi;
mod outlook;
mod page;
mod pair;
mod parts;
mod paying;
pub mod printers;
mod qr;
mod reader_line;
pub mod readers;
mod routes;
pub mod shown;
mod slips;
mod status;
pub mod terminals;
mod windows;

use std::sync::Arc;

use axum::extract::FromRef;
use axum::routing::get;

use crate::clock::watch::Watch;
use crate::config::Editions;
use crate::db::Db;
use crate::form::Forms;
use crate::id::DeviceId;
use crate::journal::Journal;
use crate::preregistration::Intake;
use crate::{downlink, forwarding, second_copy, staff, visit};
use routes::Router;

pub use codes::Codes;
pub use guests::Guests;
pub use live::Live;
pub use printers::Printers;
pub use readers::Readers;
pub use status::calendar;
pub use terminals::Terminals;

/// What every handler may use. One for the process.
pub struct Office {
    /// Derefs to the configuration that is in force.
    pub config: Editions,
    pub forms: Forms,
    /// The forms' sheets, compiled, and the fonts they are written with.
    pub papers: visit::paper::Papers,
    pub db: Db,
    pub journal: Arc<Journal>,
    pub readers: Readers,
    pub codes: Codes,
    /// What the refreshing lists at the desk have shown to whom.
    pub shown: desk::Shown,
    /// The same of the lists of appointments, by the visits they announce.
    pub shown_booked: desk::Shown,
    pub printers: Printers,
    /// The payment terminals that are asked by this program.
    pub terminals: Terminals,
    /// Takes the codes that residents made at home.
    pub intake: Intake,
    /// What everybody may see of the queue, as it is now.
    pub live: Live,
    /// Whether the clock may end a day.
    pub clock_watch: Watch,
    /// Who stands at a tablet without a visit.
    pub guests: Guests<DeviceId>,
    /// Who books at home, and how much came from where.
    pub at_home: home::AtHome,
    /// How the line to the hub stands, where there is one.
    pub line: Option<forwarding::Standing>,
    /// What the hub sends down, where this office takes it.
    pub downlink: Option<downlink::Standing>,
    /// How the second copy of the database stands, where there is one.
    pub copy: Option<second_copy::Standing>,
    /// How long whoever is signed in stays so.
    pub sessions: staff::Limits,
    /// Invented residents, ready accounts, and a line on every page that says so.
    pub demo: bool,
}

impl Office {
    /// The part of it that the rules of a visit need.
    pub fn counter(&self) -> visit::Counter<'_> {
        visit::Counter { config: &self.config, forms: &self.forms }
    }
}

/// Shared by all handlers.
#[derive(Clone)]
pub struct Shared(pub Arc<Office>);

impl std::ops::Deref for Shared {
    type Target = Office;
    fn deref(&self) -> &Office {
        &self.0
    }
}

impl FromRef<Shared> for Arc<Office> {
    fn from_ref(shared: &Shared) -> Self {
        shared.0.clone()
    }
}

/// Every page of a counter server.
pub fn router(office: Arc<Office>) -> axum::Router {
    let shared = Shared(office.clone());
    let (pages, pictures) = pages(office);
    guard::around(pages.into_inner(), pictures.into_inner(), shared)
}

/// The same without what stands around them: the pages, and the addresses that take
/// pictures.
fn pages(office: Arc<Office>) -> (Router, Router) {
    let shared = Shared(office.clone());
    let pages = Router::new()
        .merge(chooser::routes())
        .merge(pair::routes())
        .merge(reader_line::routes())
        .merge(status::routes())
        .nest("/home/appointment", home::booking_routes())
        .nest("/kiosk", kiosk::routes())
        .nest("/desk", desk::routes())
        .route("/supervisor", get(|| async { page::go("/desk/supervisor") }))
        .nest("/display", display::routes())
        .fallback(error::not_found)
        .with_state(shared.clone());
    let pages = pages.merge(assets::routes()).merge(home::of_office(office));
    let pictures = Router::new().nest("/kiosk", kiosk::pictures()).with_state(shared);
    (openapi::described(openapi::Role::Counter, pages, &pictures), pictures)
}
