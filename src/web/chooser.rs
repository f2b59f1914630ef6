//! `/`: which of the doors, and whether the house is well.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use super::demo::{self, Account};
use super::error::Failure;
use super::{Shared, page};
use crate::lang::{Lang, Phrases};
use crate::web::routes::Router;
use crate::{db, second_copy};

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/", get(chooser))
        .route("/healthz", get(health))
        .route("/readyz", get(ready))
}

#[derive(Template)]
#[template(path = "chooser.html")]
struct Chooser {
    words: Phrases,
    town: String,
    office: String,
    /// Whether numbers are called here.
    queue: bool,
    is_demo: bool,
    /// Whether residents can prepare their visit at home.
    home: bool,
    /// The words about the kiosk.
    kiosk_about: &'static str,
    accounts: Vec<Account>,
}

async fn chooser(State(office): State<Shared>) -> Result<Response, Failure> {
    page::show(&Chooser {
        words: Phrases::of(Lang::Ja),
        town: office.config.site.town.name.clone(),
        office: office.config.site.office.name.ja.clone(),
        queue: office.config.site.modules.queue,
        is_demo: office.demo,
        home: can_prepare(&office),
        kiosk_about: match office.config.site.modules.card_reader {
            true => "chooser.kiosk_about",
            false => "chooser.kiosk_about_typing",
        },
        accounts: demo::accounts(&office, &Phrases::of(Lang::Ja)),
    })
}

/// Without the month's key no code can be made.
fn can_prepare(office: &Shared) -> bool {
    let key = || office.intake.key(office.journal.now().date());
    office.config.site.modules.preregistration && matches!(key(), Ok(Some(_)))
}

/// The program lives. Whoever watches over the machines reads below how old the second copy
/// is, and why there is no newer one.
async fn health(State(office): State<Shared>) -> String {
    let Some(last) = office.copy.as_ref().map(second_copy::Standing::last) else {
        return "ok".to_owned();
    };
    let mut told = "ok".to_owned();
    if let Some(age) = last.age_secs(office.journal.now()) {
        told.push_str(&format!("\nsecond_copy_age_secs {age}"));
    }
    let beside = last.beside.then_some("same_medium");
    if let Some(code) = last.trouble.as_ref().map(second_copy::Trouble::code).or(beside) {
        told.push_str(&format!("\nsecond_copy_trouble {code}"));
    }
    told
}

/// Ready means: the database takes a write. The hub may be away; that is normal.
async fn ready(State(office): State<Shared>) -> Result<&'static str, (StatusCode, &'static str)> {
    let looked: Result<(), db::Error> = office.db.write(|_| Ok(())).await;
    looked.map(|()| "ready").map_err(|_| (StatusCode::SERVICE_UNAVAILABLE, "storage"))
}
