//! What the town hall's staff look at: all offices at once. Each municipality has its own
//! addresses and sees nothing of another.

mod frame;
mod machines;
mod now;
mod received;
mod takings;

use std::sync::Arc;

use axum::routing::get;

use super::Served;
use crate::web::routes::Router;
use frame::{Frame, Place, Seen};

/// The pages.
pub(super) fn routes() -> Router<Arc<Served>> {
    Router::new()
        .route("/municipalities/{municipality}", get(now::page))
        .route("/municipalities/{municipality}/now", get(now::part))
        .route("/municipalities/{municipality}/applications", get(received::list))
        .route("/municipalities/{municipality}/applications/{application}", get(received::one))
        .route("/municipalities/{municipality}/takings", get(takings::page))
        .route("/municipalities/{municipality}/machines", get(machines::page))
}
