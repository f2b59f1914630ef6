//! What the town hall's staff look at: all offices at once. Each municipality has its own
//! addresses and its own people, and sees nothing of another.

mod application;
mod door;
mod downlink;
mod frame;
mod machines;
mod now;
mod people;
mod received;
mod refused;
mod takings;

use std::sync::Arc;

use axum::middleware;
use axum::routing::{get, post};

use super::Served;
use crate::web::guard;
use crate::web::routes::Router;
pub(in crate::web) use downlink::{kind_words, why_words};
use frame::{Frame, Place, Seen};

/// The pages.
pub(super) fn routes() -> Router<Arc<Served>> {
    let town = Router::new()
        .route("/", get(now::page))
        .route("/first", get(door::first))
        .route("/now", get(now::part))
        .route("/applications", get(received::list).post(received::by_name))
        .route("/applications/{application}", get(application::show))
        .route("/applications/{application}/print", post(application::print))
        .route("/takings", get(takings::page))
        .route("/machines", get(machines::page))
        .route("/downlink", get(downlink::show).post(downlink::send))
        .route("/people", get(people::show).post(people::add))
        .route("/people/{person}", post(people::change))
        .route("/record", get(people::record))
        .route("/password", get(door::password).post(door::choose_password))
        .route("/sign-in", get(door::show).post(door::enter))
        .route("/sign-out", post(door::leave))
        .route("/setup", get(door::setup).post(door::set_up));
    Router::new().nest("/municipalities/{municipality}", town).around(|pages| {
        pages
            .layer(middleware::from_fn(guard::own_pages_only))
            .layer(middleware::from_fn(refused::dressed))
    })
}
