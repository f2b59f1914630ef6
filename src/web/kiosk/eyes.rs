//! What a tablet sees: the camera in it, and the scanners beside it. Each page says
//! what it does with a code; how one comes to be read is the same for all.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Json, Response};
use serde_json::json;

use super::session::Kiosk;
use crate::config::{Scanner, ScannerKind};
use crate::scan::Luma;
use crate::web::error::Failure;
use crate::web::{Office, Shared, page};

/// The largest side of a square that the tablet sends of its camera's picture.
const SIDE_MAX: usize = 1_024;

/// Which kinds there are, for a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Eyes {
    pub camera: bool,
    /// A scanner that types what it reads into the page.
    pub keyboard: bool,
    /// A scanner that this machine listens to.
    pub serial: bool,
}

impl Eyes {
    pub fn of<'o>(scanners: impl Iterator<Item = &'o Scanner>) -> Self {
        let blind = Self { camera: false, keyboard: false, serial: false };
        scanners.fold(blind, |eyes, scanner| match scanner.kind {
            ScannerKind::Camera => Self { camera: true, ..eyes },
            ScannerKind::Keyboard => Self { keyboard: true, ..eyes },
            ScannerKind::Serial => Self { serial: true, ..eyes },
        })
    }

    pub fn has_scanner(self) -> bool {
        self.keyboard || self.serial
    }

    pub fn has_any(self) -> bool {
        self.camera || self.has_scanner()
    }
}

impl Kiosk {
    /// What reads codes beside this tablet, also where none are made at home.
    pub fn beside<'o>(&'o self, office: &'o Office) -> impl Iterator<Item = &'o Scanner> {
        office.config.scanners.iter().filter(|scanner| scanner.serves(&self.device.name))
    }

    /// What reads codes made at home beside this tablet.
    pub fn scanners<'o>(&'o self, office: &'o Office) -> impl Iterator<Item = &'o Scanner> {
        office.config.scanners_at(&self.device.name)
    }
}

/// The code in the middle of what the camera sees, a byte a pixel.
///
/// # Errors
/// [`Failure::BadRequest`] for what is no such picture.
pub(super) async fn code_in(
    office: &Office,
    headers: &HeaderMap,
    pixels: &Bytes,
) -> Result<Option<String>, Failure> {
    let side = headers.get("x-side").and_then(|side| side.to_str().ok()?.parse().ok());
    let side: usize = side.filter(|side| *side <= SIDE_MAX).ok_or(Failure::BadRequest)?;
    let picture = Luma::new(side, side, pixels.to_vec()).ok_or(Failure::BadRequest)?;
    Ok(office.codes.read(picture).await)
}

/// Whether the page that sent a picture is the one with this key.
pub(super) fn is_of(headers: &HeaderMap, key: &str) -> bool {
    headers.get("x-key").and_then(|sent| sent.to_str().ok()) == Some(key)
}

/// Whether a scanner at this machine has sent something, for the page that waits.
pub(super) async fn heard_beside(State(office): State<Shared>, kiosk: Kiosk) -> Response {
    told(&json!({ "heard": office.codes.has_heard(kiosk.beside(&office)) }))
}

/// An answer for the page's script.
pub(super) fn told(what: &serde_json::Value) -> Response {
    let mut response = Json(what).into_response();
    page::no_store(&mut response);
    response
}
