//! Style sheets, scripts, pictures and the clips of the voice: part of the program, so that a counter
//! without any network shows its pages whole. A file's address carries a hash of
//! its content, so browsers may keep it for ever.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sha2::{Digest, Sha256};

use super::error::Failure;
use crate::hex;
use crate::web::routes::Router;

struct Asset {
    name: &'static str,
    kind: &'static str,
    bytes: &'static [u8],
}

macro_rules! assets {
    ($($folder:literal { $($name:literal: $kind:literal,)* })*) => {
        &[$($(Asset {
            name: $name,
            kind: $kind,
            bytes: include_bytes!(concat!("../../templates/", $folder, "/", $name)),
        },)*)*]
    };
}

const ASSETS: &[Asset] = assets! {
    "static" {
        "base.css": "text/css; charset=utf-8",
        "kiosk.css": "text/css; charset=utf-8",
        "desk.css": "text/css; charset=utf-8",
        "pay_code.css": "text/css; charset=utf-8",
        "pay_code.js": "text/javascript; charset=utf-8",
        "desk.js": "text/javascript; charset=utf-8",
        "alarm.js": "text/javascript; charset=utf-8",
        "hub.css": "text/css; charset=utf-8",
        "fresh.js": "text/javascript; charset=utf-8",
        "display.css": "text/css; charset=utf-8",
        "display.js": "text/javascript; charset=utf-8",
        "voice.js": "text/javascript; charset=utf-8",
        "reader.js": "text/javascript; charset=utf-8",
        "entry.js": "text/javascript; charset=utf-8",
        "scanner.js": "text/javascript; charset=utf-8",
        "status.css": "text/css; charset=utf-8",
        "calendar.css": "text/css; charset=utf-8",
        "status.js": "text/javascript; charset=utf-8",
        "booking.css": "text/css; charset=utf-8",
        "booked.js": "text/javascript; charset=utf-8",
        "idle.js": "text/javascript; charset=utf-8",
        "pictograms.svg": "image/svg+xml",
    }
    "voice" {
        "ja.ogg": "audio/ogg",
        "ja.tsv": "text/tab-separated-values; charset=utf-8",
        "en.ogg": "audio/ogg",
        "en.tsv": "text/tab-separated-values; charset=utf-8",
    }
};

static ADDRESSES: LazyLock<Vec<String>> = LazyLock::new(|| {
    ASSETS
        .iter()
        .map(|asset| {
            let hash = Sha256::digest(asset.bytes);
            let hash = hex::digits(&hash[..6]);
            format!("/static/{hash}/{}", asset.name)
        })
        .collect()
});

/// The address of a file, for templates. Unknown names are found by a test.
pub(super) fn address(name: &str) -> &'static str {
    ASSETS
        .iter()
        .position(|asset| asset.name == name)
        .map_or("/static/unknown", |at| ADDRESSES[at].as_str())
}

pub(super) fn routes() -> Router {
    Router::new()
        .route("/static/{hash}/{name}", get(asset))
        // Browsers ask for a picture of the site unbidden; there is none.
        .route("/favicon.ico", get(|| async { StatusCode::NO_CONTENT }))
}

async fn asset(Path((_, name)): Path<(String, String)>) -> Result<Response, Failure> {
    let asset = ASSETS.iter().find(|asset| asset.name == name).ok_or(Failure::NotFound)?;
    let headers = [
        (header::CONTENT_TYPE, asset.kind),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((headers, asset.bytes).into_response())
}
