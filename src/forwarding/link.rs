//! The line to the hub: HTTP on loopback, else HTTPS with both ends certified.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::CertificateDer;
use ureq::Agent;
use ureq::http::{Response, header};
use ureq::tls::{Certificate, ClientCert, PrivateKey, RootCerts, TlsConfig};

use crate::certificates::{self, Unusable};
use crate::wire::{self, BODY_LEN_MAX};

/// Longer than a batch takes, on a slow line too.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);
const CONNECT_WITHIN: Duration = Duration::from_secs(10);
/// The longest "Retry-After" that is read.
const RETRY_AFTER_SECS_MAX: u64 = 24 * 60 * 60;

/// Where the hub is and how it is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// `https://hub.example.internal:8443`.
    pub url: &'a str,
    /// Needed with `https`.
    pub files: Option<Files<'a>>,
}

/// The files of this end, all PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files<'a> {
    pub certificate: &'a Path,
    pub key: &'a Path,
    /// The authority that signed the hub's certificate.
    pub authority: &'a Path,
}

/// Why there can be no line.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Unusable(#[from] Unusable),
    #[error("{0} goes over the network: write https://, and name the certificates")]
    Plain(String),
}

/// What came of a question.
#[derive(Debug, PartialEq, Eq)]
pub enum Heard<T> {
    Said(T),
    /// To be asked again later.
    Busy {
        retry_after_ms: Option<u64>,
    },
    /// The hub takes nothing; its code says why.
    Refused(String),
    /// A letter lies ready, and no answer has come yet.
    Unanswered,
    /// No answer came, or none that can be read.
    Nothing(String),
}

/// The line. It keeps its connection between questions.
#[derive(Clone, Debug)]
pub struct Link {
    agent: Agent,
    url: String,
}

impl Link {
    /// A line to `place`. Nobody is called yet.
    ///
    /// # Errors
    /// Which file is missing or is not what it should be; a plain line over the network.
    pub fn new(place: &Place<'_>) -> Result<Self, Error> {
        let url = place.url.trim_end_matches('/').to_owned();
        if !url.starts_with("https://") && !is_here(&url) {
            return Err(Error::Plain(url));
        }
        let mut config = Agent::config_builder()
            .timeout_global(Some(ANSWER_WITHIN))
            .timeout_connect(Some(CONNECT_WITHIN))
            .http_status_as_error(false)
            .max_redirects(0)
            // A proxy of the environment is not on the way to the town hall.
            .proxy(None)
            .user_agent("madoguchi");
        if let Some(files) = &place.files {
            config = config.tls_config(files.config()?);
        }
        Ok(Self { agent: config.build().into(), url })
    }

    /// Asks once.
    pub fn ask<T: DeserializeOwned>(&self, address: &str, said: &impl Serialize) -> Heard<T> {
        let asked = self
            .agent
            .post(format!("{}{address}", self.url))
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::CONTENT_ENCODING, "gzip")
            .send(wire::pack(said));
        match asked {
            Ok(response) => heard(response),
            // It names addresses and nothing of what was said.
            Err(error) => Heard::Nothing(error.to_string()),
        }
    }
}

fn heard<T: DeserializeOwned>(response: Response<ureq::Body>) -> Heard<T> {
    let (head, mut body) = response.into_parts();
    let retry_after_ms = head.headers.get(header::RETRY_AFTER).and_then(|value| {
        let secs: u64 = value.to_str().ok()?.trim().parse().ok()?;
        Some(secs.min(RETRY_AFTER_SECS_MAX) * 1_000)
    });
    let body = body.with_config().limit(BODY_LEN_MAX as u64).read_to_vec();
    match (head.status.as_u16(), body) {
        (200, Ok(body)) => match wire::unpack(&body) {
            Ok(said) => Heard::Said(said),
            Err(error) => Heard::Nothing(error.to_string()),
        },
        (429 | 502..=504, _) => Heard::Busy { retry_after_ms },
        (status, Ok(body)) => {
            #[derive(serde::Deserialize)]
            struct Problem {
                code: String,
            }
            let problem = serde_json::from_slice::<Problem>(&body);
            Heard::Refused(problem.map_or_else(|_| status.to_string(), |problem| problem.code))
        }
        (_, Err(error)) => Heard::Nothing(error.to_string()),
    }
}

/// Whether the address is this very machine's.
fn is_here(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("http://") else { return false };
    let host = rest.split('/').next().unwrap_or_default();
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
    matches!(host, "localhost" | "127.0.0.1" | "[::1]")
}

impl Files<'_> {
    fn config(&self) -> Result<TlsConfig, Error> {
        // The line takes its key as it lies in the file.
        let unusable = || Unusable::Key(self.key.display().to_string());
        let pem = std::fs::read(self.key).map_err(|_| unusable())?;
        let key = PrivateKey::from_pem(&pem).map_err(|_| unusable())?;
        let own = held(&certificates::chain(self.certificate)?);
        let roots = RootCerts::new_with_certs(&held(&certificates::chain(self.authority)?));
        Ok(TlsConfig::builder()
            .root_certs(roots)
            .client_cert(Some(ClientCert::new_with_certs(&own, key)))
            .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
            .build())
    }
}

/// The same, as the line takes them.
fn held(chain: &[CertificateDer<'_>]) -> Vec<Certificate<'static>> {
    chain.iter().map(|one| Certificate::from_der(one).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_spoken_to_in_plain_words() {
        for (url, is_taken) in [
            ("http://127.0.0.1:8090", true),
            ("http://localhost:8090/", true),
            ("http://[::1]:8090", true),
            ("http://127.0.0.1.example.jp", false),
            ("http://hub.example.jp", false),
            ("http://localhost@hub.example.jp", false),
            ("hub.example.jp", false),
        ] {
            let link = Link::new(&Place { url, files: None });
            assert_eq!(link.is_ok(), is_taken, "{url}");
        }
    }
}
