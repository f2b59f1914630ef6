//! What the hub answers to offices: the questions of [`crate::wire`], and whether it is
//! well.
//!
//! An office is known by its certificate, and on this machine's own loopback by its word.
//! So many batches of one municipality are taken in at once and no more: whoever comes
//! back after a week is asked to wait, and nobody else notices.

mod gate;
mod letters;
mod names;
mod overview;
mod pages;
mod paper;
mod peer;
mod refusal;

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

use crate::chance::Chance;
use crate::clock::Clock;
use crate::hub::people::Role;
use crate::hub::{Entry, Hub, Log, Office, Parked};
use crate::notice::SigningKey;
use crate::sync::batch::ON_A_LINE;
use crate::web::routes::Router;
use crate::web::{assets, cookie, guard, openapi};
use crate::wire::{
    self, AllStuck, BODY_LEN_MAX, Batch, Greeting, Holding, Keys, Notices, NoticesQuestion,
    Question, Standing, Stuck, StuckQuestion,
};
use gate::Gate;
pub use letters::{Answered, Letters, Sealed};
pub use names::Names;
pub(super) use pages::{kind_words, why_words};
pub use paper::Paperwork;
pub use peer::Peer;
use refusal::Refusal;

/// How many entries that wait are told of, one by one.
const STUCK_MAX: usize = 20;
/// Longer than any batch takes.
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) struct Served {
    hub: Hub,
    gate: Gate,
    names: Names,
    paperwork: Option<Paperwork>,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
    shown: Vec<Shown>,
    key: Option<SigningKey>,
}

/// An account of a demonstration: role, login, password.
pub type Shown = (Role, String, String);

/// What the pages are served with.
pub struct Pages {
    pub names: Names,
    /// What papers are made with, where there is something.
    pub paperwork: Option<Paperwork>,
    pub clock: Arc<dyn Clock>,
    pub chance: Arc<dyn Chance>,
    /// The accounts of a demonstration, shown to everybody.
    pub shown: Vec<Shown>,
    /// What is sent down to offices is signed with this; without it nothing is.
    pub key: Option<SigningKey>,
}

/// The hub's addresses; who is at the other end of a connection is its [`Peer`].
pub fn router(hub: Hub, pages: Pages) -> axum::Router {
    let Pages { names, paperwork, clock, chance, shown, key } = pages;
    let gate = Gate::default();
    let served = Arc::new(Served { hub, gate, names, paperwork, clock, chance, shown, key });
    pages_of(served)
        .into_inner()
        .layer(CatchPanicLayer::new())
        .layer(middleware::from_fn(guard::headers))
        .layer(middleware::from_fn(secured))
}

/// What was handed out over TLS, a browser never shows on a line without it.
async fn secured(ConnectInfo(peer): ConnectInfo<Peer>, asked: Request, next: Next) -> Response {
    let mut answer = next.run(asked).await;
    if matches!(peer, Peer::Certified(_)) {
        cookie::only_over_tls(&mut answer);
    }
    answer
}

/// The same without what stands around them.
fn pages_of(served: Arc<Served>) -> Router {
    let pages = addresses().with_state(served).merge(assets::routes());
    openapi::described(openapi::Role::Hub, pages, &Router::new())
}

/// What is the hub's own.
pub(super) fn addresses() -> Router<Arc<Served>> {
    let timeout = TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, PATIENCE);
    Router::new()
        .route(wire::HELLO, post(hello))
        .route(wire::ENTRIES, post(entries))
        .route(wire::HELD, post(held))
        .route(wire::STUCK, post(stuck))
        .route(wire::KEYS, post(keys))
        .route(wire::NOTICES, post(notices))
        .route("/", get(overview::all))
        .merge(pages::routes())
        .route("/readyz", get(ready))
        .around(|router| router.layer(DefaultBodyLimit::max(BODY_LEN_MAX)).layer(timeout))
        .route("/healthz", get(|| async { "ok" }))
}

/// Where the hub stands with a log; an office that greets has been heard.
async fn hello(
    State(served): State<Arc<Served>>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let Greeting { log } = read(&body)?;
    take(&served, &peer, &log, &[]).await
}

/// Takes entries in.
async fn entries(
    State(served): State<Arc<Served>>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let batch: Batch = read(&body)?;
    take(&served, &peer, &batch.log, &batch.entries()).await
}

async fn take(
    served: &Served,
    peer: &Peer,
    log: &wire::Log,
    entries: &[Entry],
) -> Result<Response, Refusal> {
    let office = office(peer, &log.site)?;
    let _turn = served.gate.enter(&office.municipality).ok_or(Refusal::TooMany)?;
    let position = served.hub.take(&log_of(office, log), entries).await?;
    Ok(said(&Standing::from(position)))
}

/// The log of an office, as it was told of.
fn log_of(office: Office, log: &wire::Log) -> Log {
    let (parent, opened_at) = (log.parent(), log.opened_at.clone());
    Log { office, id: log.id, parent, opened_at }
}

/// What the hub holds of a log, to give it back.
async fn held(
    State(served): State<Arc<Served>>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let Question { site, log, first } = read(&body)?;
    let office = office(&peer, &site)?;
    let _turn = served.gate.enter(&office.municipality).ok_or(Refusal::TooMany)?;
    let held = served.hub.held(&office, (log, first), ON_A_LINE).await?;
    Ok(said(&Holding::new((log, first), &held)))
}

/// What of an office waits here, after another look if that is asked for.
async fn stuck(
    State(served): State<Arc<Served>>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let StuckQuestion { site, again } = read(&body)?;
    let office = office(&peer, &site)?;
    let _turn = served.gate.enter(&office.municipality).ok_or(Refusal::TooMany)?;
    Ok(said(&stuck_of(&served.hub, &office, again).await?))
}

/// What an office is to have next of what was sent down to it.
async fn notices(
    State(served): State<Arc<Served>>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let NoticesQuestion { site, held } = read(&body)?;
    let office = office(&peer, &site)?;
    let _turn = served.gate.enter(&office.municipality).ok_or(Refusal::TooMany)?;
    Ok(said(&Notices { notices: served.hub.notices_after(&office, held.as_ref()).await? }))
}

async fn stuck_of(hub: &Hub, office: &Office, again: bool) -> Result<AllStuck, Refusal> {
    if again {
        hub.look_again_in(&office.municipality).await?;
    }
    let (parked, more) = hub.parked_of(office, STUCK_MAX).await?;
    let stuck = |one: Parked| Stuck {
        kind: one.kind,
        entity: one.entity,
        at: one.at,
        why: one.why.id().into(),
    };
    Ok(AllStuck { stuck: parked.into_iter().map(stuck).collect(), more })
}

/// Takes keys of visits, and lets go of those that the office has erased.
async fn keys(
    State(served): State<Arc<Served>>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let keys: Keys = read(&body)?;
    let office = office(&peer, &keys.site)?;
    let _turn = served.gate.enter(&office.municipality).ok_or(Refusal::TooMany)?;
    Ok(said(&served.hub.take_keys(&office, &keys, &*served.chance).await?))
}

/// Whether PostgreSQL answers, for whoever watches over the machines.
async fn ready(State(served): State<Arc<Served>>) -> Result<&'static str, Refusal> {
    served.hub.answers().await?;
    Ok("ok")
}

/// The office that `site` names, if whoever asks may speak for it.
fn office(peer: &Peer, site: &str) -> Result<Office, Refusal> {
    let office: Office = site.parse()?;
    match peer.speaks_for(&office) {
        true => Ok(office),
        false => Err(Refusal::OtherOffice(office)),
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    Ok(wire::unpack(body)?)
}

fn said(answer: &impl Serialize) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CONTENT_ENCODING, "gzip")];
    (headers, wire::pack(answer)).into_response()
}
