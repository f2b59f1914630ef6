//! The page on which residents prepare their visit at home (事前申請).
//!
//! It asks what the kiosk asks, from the same configuration, and makes a code that only
//! this town's counter can open. No answer ever comes here: the page seals in the
//! browser and its policy forbids it every connection. What is served is the same for
//! everybody, so a [`Site`] may as well lie in a folder of any web server.

mod booking;
mod definition;
mod files;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use sha2::{Digest, Sha256};
use time::Date;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

use super::error::Failure;
use super::{Office, Shared, assets, page};
use crate::config::Config;
use crate::form::Forms;
use crate::hex;
use crate::lang::{Lang, Phrases};
use crate::preregistration::{Codebook, PublicFile};
use crate::web::routes::Router;
pub use booking::AtHome;
use files::{FILES, File};

/// No connection, no form, no frame, nothing from elsewhere, nothing inline. Pictures
/// may be data: that is how the code becomes one that a phone can keep.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data:; connect-src 'none'; form-action 'none'; base-uri 'none'";

/// The same as a header, where frames can be forbidden too.
const POLICY_IN_NO_FRAME: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data:; connect-src 'none'; form-action 'none'; base-uri 'none'; \
     frame-ancestors 'none'";

/// What the code is sealed with, and the numbers it is written in.
pub struct Sealing {
    /// The town's keys: this month's, and those of the months beside it. The page takes
    /// the one of the day on which it seals.
    pub keys: Vec<PublicFile>,
    pub codebook: Codebook,
}

impl Sealing {
    /// The numbers of `day` for these keys.
    pub fn of(config: &Config, forms: &Forms, day: Date, keys: Vec<PublicFile>) -> Self {
        Self { keys, codebook: Codebook::of(config, forms, day) }
    }
}

/// Where the page is served.
#[derive(Clone, Copy, Debug, Default)]
pub struct Served {
    /// The demonstration: it says on the page that town and people are invented.
    pub demo: bool,
    /// By the office whose seats they are: it can be booked there, too.
    pub books: bool,
}

/// The page cannot be rendered, which no configuration brings about.
#[derive(Debug, thiserror::Error)]
#[error("the page for home cannot be rendered: {0}")]
pub struct Error(#[from] askama::Error);

/// Everything the page consists of, on one day.
pub struct Site {
    /// `index.html`.
    pub index: String,
    /// Where the rest lies beside it. Named by its content, so that browsers may keep
    /// it for ever and never mix two versions.
    pub folder: String,
    files: Vec<(&'static File, std::borrow::Cow<'static, [u8]>)>,
}

#[derive(Template)]
#[template(path = "home/index.html")]
struct Index<'a> {
    ja: Phrases,
    en: Phrases,
    town: &'a str,
    folder: &'a str,
    policy: &'static str,
    demo: bool,
}

impl Site {
    /// The page as the configuration and the forms have it on `day`.
    pub fn of(
        config: &Config,
        forms: &Forms,
        day: Date,
        sealing: &Sealing,
        served: Served,
    ) -> Result<Site, Error> {
        let definition = definition::of((config, forms), day, sealing, served);
        let definition = format!("export default {definition};\n");
        let files: Vec<_> = FILES
            .iter()
            .map(|file| match file.bytes {
                Some(bytes) => (file, bytes.into()),
                None => (file, definition.clone().into_bytes().into()),
            })
            .collect();
        let folder = digest(&files);
        let index = Index {
            ja: Phrases::of(Lang::Ja),
            en: Phrases::of(Lang::En),
            town: &config.site.town.name,
            folder: &folder,
            policy: POLICY,
            demo: served.demo,
        };
        let index = index.render()?;
        Ok(Site { index, folder, files })
    }

    /// The files beside the page: where each lies below the page, and what is in it.
    pub fn files(&self) -> impl Iterator<Item = (String, &[u8])> {
        let folder = &self.folder;
        self.files.iter().map(move |(file, bytes)| (format!("{folder}/{}", file.name), &**bytes))
    }

    fn file(&self, folder: &str, name: &str) -> Option<Response> {
        let (file, bytes) = self.files.iter().find(|(file, _)| file.name == name)?;
        let headers = [
            (header::CONTENT_TYPE, file.kind),
            (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        ];
        (folder == self.folder).then(|| (headers, bytes.to_vec()).into_response())
    }
}

fn digest(files: &[(&'static File, std::borrow::Cow<'static, [u8]>)]) -> String {
    let mut hash = Sha256::new();
    for (file, bytes) in files {
        hash.update(file.name);
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    }
    hex::digits(&hash.finalize()[..8])
}

/// Says which keys may be sealed for on a day.
type KeysOf = Box<dyn Fn(Date) -> Vec<PublicFile> + Send + Sync>;

/// Makes the page for a day and its keys.
type Maker = Box<dyn Fn(Date, Vec<PublicFile>) -> Result<Site, Error> + Send + Sync>;

/// Gives the page of the day, made anew when another day, and with it perhaps another
/// form or price, begins, and when a key is made or erased: what is sealed for an erased
/// one is lost.
pub struct Home {
    today: Box<dyn Fn() -> Date + Send + Sync>,
    keys: KeysOf,
    make: Maker,
    made: Mutex<Option<Made>>,
}

/// A page, and what it was made for.
struct Made {
    day: Date,
    keys: Vec<PublicFile>,
    site: Arc<Site>,
}

impl Home {
    /// Of whatever says the day and its keys, and makes the page.
    pub fn new(
        today: impl Fn() -> Date + Send + Sync + 'static,
        keys: impl Fn(Date) -> Vec<PublicFile> + Send + Sync + 'static,
        make: impl Fn(Date, Vec<PublicFile>) -> Result<Site, Error> + Send + Sync + 'static,
    ) -> Arc<Home> {
        Arc::new(Home {
            today: Box::new(today),
            keys: Box::new(keys),
            make: Box::new(make),
            made: Mutex::default(),
        })
    }

    /// Of an office: its own configuration, and the keys in its data folder.
    pub(super) fn of_office(office: Arc<Office>) -> Arc<Home> {
        let (clock, counter) = (office.clone(), office.clone());
        Home::new(
            move || clock.journal.now().date(),
            move |day| {
                counter.intake.keys(day).unwrap_or_else(|error| {
                    tracing::error!(%error, "the keys for the page for home");
                    Vec::new()
                })
            },
            move |day, keys| {
                let sealing = Sealing::of(&office.config, &office.forms, day, keys);
                let served = Served { demo: office.demo, books: booking::is_offered(&office) };
                Site::of(&office.config, &office.forms, day, &sealing, served)
            },
        )
    }

    fn of_today(&self) -> Result<Arc<Site>, Failure> {
        let day = (self.today)();
        let keys = (self.keys)(day);
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = &*made
            && (made.day, &made.keys) == (day, &keys)
        {
            return Ok(made.site.clone());
        }
        let site = (self.make)(day, keys.clone());
        let site = Arc::new(site.map_err(|error| Failure::Fault(error.to_string()))?);
        *made = Some(Made { day, keys, site: site.clone() });
        Ok(site)
    }
}

/// The page and its files, wherever they are nested.
pub fn routes(home: Arc<Home>) -> Router {
    Router::new().route("/", get(index)).route("/{folder}/{*name}", get(file)).with_state(home)
}

/// The page among those of an office, for the telephones on its Wi-Fi. Addresses within
/// the page are relative, so its own must end in a stroke.
pub(super) fn of_office(office: Arc<Office>) -> Router {
    if !office.config.site.modules.preregistration {
        return match booking::is_offered(&office) {
            true => {
                Router::new().route("/home", get(booking_only)).route("/home/", get(booking_only))
            }
            false => Router::new(),
        };
    }
    Router::new()
        .route("/home", get(|| async { Redirect::permanent("/home/") }))
        .nest("/home/", routes(Home::of_office(office)))
}

async fn booking_only() -> Redirect {
    Redirect::to("/home/appointment")
}

/// The pages of an office on which residents book at home.
pub(super) fn booking_routes() -> Router<Shared> {
    booking::routes()
}

/// The page by itself, as a server of the municipality's web site has it.
pub fn server(home: Arc<Home>) -> axum::Router {
    let pages = routes(home)
        .route("/healthz", get(|| async { "ok" }))
        .merge(assets::routes())
        .fallback(super::error::not_found);
    pages.into_inner().layer(
        ServiceBuilder::new()
            .map_response(with_headers)
            .layer(CatchPanicLayer::custom(|_| {
                Failure::Fault("a handler panicked".to_owned()).into_response()
            }))
            .layer(TimeoutLayer::with_status_code(
                StatusCode::GATEWAY_TIMEOUT,
                Duration::from_secs(30),
            )),
    )
}

async fn index(State(home): State<Arc<Home>>) -> Result<Response, Failure> {
    let site = home.of_today()?;
    let kind = (header::CONTENT_TYPE, "text/html; charset=utf-8");
    let mut response = with_headers(([kind], site.index.clone()).into_response());
    // A page that is kept would come back with the answers that stood on it.
    page::no_store(&mut response);
    Ok(response)
}

async fn file(
    State(home): State<Arc<Home>>,
    Path((folder, name)): Path<(String, String)>,
) -> Result<Response, Failure> {
    home.of_today()?.file(&folder, &name).map(with_headers).ok_or(Failure::NotFound)
}

/// The same headers on every answer; a page that brings a stricter policy keeps it.
fn with_headers<B>(mut response: axum::http::Response<B>) -> axum::http::Response<B> {
    const HEADERS: [(HeaderName, &str); 4] = [
        (header::CONTENT_SECURITY_POLICY, POLICY_IN_NO_FRAME),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;
    use crate::chance::SeededChance;
    use crate::preregistration::{Epoch, KeyFolder};

    /// What the page knows of the town, its keys among it.
    fn definition(site: &Site) -> String {
        let (_, bytes) = site.files().find(|(name, _)| name.ends_with("definition.js")).unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn the_page_of_the_office_never_seals_for_a_key_that_was_erased_today() {
        let (office, _clock, data) = example::office(false).await;
        let folder = KeyFolder::within(data.path());
        let today = office.journal.now().date();
        let this = Epoch::of(today);
        let make = |epoch, seed| {
            folder.make(epoch, "999997", today, &SeededChance::new(seed)).unwrap().public_file().kid
        };
        let (stolen, next) = (make(this, 1), make(this.next(), 2));
        let home = Home::of_office(office);
        let page = home.of_today().unwrap();
        assert!(definition(&page).contains(&stolen) && definition(&page).contains(&next));
        assert!(Arc::ptr_eq(&page, &home.of_today().unwrap()), "made once");

        folder.erase(this).unwrap();
        let without = definition(&home.of_today().unwrap());
        assert!(!without.contains(&stolen) && without.contains(&next));
        let anew = make(this, 3);
        let page = home.of_today().unwrap();
        assert!(definition(&page).contains(&anew) && !definition(&page).contains(&stolen));
    }
}
