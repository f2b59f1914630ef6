//! Every municipality on one page: for whoever looks after the hub, on its own machine.

use std::sync::Arc;

use askama::Template;
use axum::extract::{ConnectInfo, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::refusal::Refusal;
use super::{Peer, Served};
use crate::hub::Branch;
use crate::lang::Phrases;
use crate::web::{assets, page};

/// An office that says nothing for so long is told of.
const SILENT_SECS: u64 = 10 * 60;

struct Town {
    municipality: String,
    branches: Vec<Branch>,
}

#[derive(Template)]
#[template(path = "hub/overview.html")]
struct Overview {
    words: Phrases,
    towns: Vec<Town>,
}

impl Overview {
    fn asset(&self, name: &str) -> &'static str {
        assets::address(name)
    }

    fn is_silent(&self, branch: &Branch) -> bool {
        branch.silent_secs >= SILENT_SECS
    }
}

/// Every municipality, on the hub's own machine.
pub(super) async fn all(
    State(served): State<Arc<Served>>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    match peer {
        Peer::Here => show(&served, &headers, served.hub.municipalities().await?).await,
        Peer::Certified(_) => Err(Refusal::NotHere),
    }
}

async fn show(
    served: &Served,
    headers: &HeaderMap,
    municipalities: Vec<String>,
) -> Result<Response, Refusal> {
    let mut towns = Vec::new();
    for municipality in municipalities {
        let branches = served.hub.branches(&municipality).await?;
        towns.push(Town { municipality, branches });
    }
    let words = Phrases::of(page::own_language(headers));
    page::show(&Overview { words, towns }).map_err(|_| Refusal::Unshown)
}
