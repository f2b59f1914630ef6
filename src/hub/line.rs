//! The line to PostgreSQL: as it is on this machine, and over a network with TLS, where the
//! server shows a certificate for the very name that it is called by, signed by the
//! authority that is named. There is no TLS here that does not look who is at the other end.

use std::io;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::config::SslMode;
use tokio_postgres::tls::{self, ChannelBinding, MakeTlsConnect, TlsConnect};
use tokio_postgres::{Config, Socket};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{InvalidDnsNameError, ServerName};

use super::Error;
use crate::certificates;

/// What the address says of TLS, in the words of libpq.
const MODE: &str = "sslmode";
const AUTHORITY: &str = "sslrootcert";

/// Reads an address, `postgresql://…` or `host=… dbname=…`: where PostgreSQL is, and how
/// TLS is spoken with it, if it is.
pub(super) fn read(address: &str) -> Result<(Config, Option<Tls>), Error> {
    let Parts { rest, mode, authority } = parts(address);
    let mut config: Config =
        rest.parse().map_err(|_| Error::Address("postgresql://…".to_owned()))?;
    let tls = match (mode, authority) {
        (None, None) | (Some("disable"), _) => None,
        (None | Some("require" | "verify-full"), Some(authority)) => Some(Tls::new(authority)?),
        (Some("require" | "verify-full"), None) => {
            return Err(Error::Address(format!(
                "{AUTHORITY}=/…/authority.pem is missing: who signed PostgreSQL's certificate"
            )));
        }
        (Some(_), _) => {
            return Err(Error::Address(format!("{MODE} is verify-full, or disable")));
        }
    };
    config.ssl_mode(if tls.is_some() { SslMode::Require } else { SslMode::Disable });
    Ok((config, tls))
}

/// An address, and what it says of TLS.
#[derive(Debug, PartialEq, Eq)]
struct Parts<'a> {
    rest: String,
    mode: Option<&'a str>,
    authority: Option<&'a str>,
}

fn parts(address: &str) -> Parts<'_> {
    let (before, said, between) = match address.split_once('?') {
        Some((before, said)) if before.contains("://") => (before, said, '&'),
        _ if address.contains("://") => (address, "", '&'),
        _ => ("", address, ' '),
    };
    let (mut mode, mut authority, mut others) = (None, None, Vec::new());
    for word in said.split(between).filter(|word| !word.is_empty()) {
        match word.split_once('=') {
            Some((MODE, value)) => mode = Some(value),
            Some((AUTHORITY, value)) => authority = Some(value),
            _ => others.push(word),
        }
    }
    let others = others.join(&between.to_string());
    let rest = match before {
        "" => others,
        _ if others.is_empty() => before.to_owned(),
        _ => format!("{before}?{others}"),
    };
    Parts { rest, mode, authority }
}

/// TLS with whoever has a certificate that the authority signed.
#[derive(Clone, Debug)]
pub(super) struct Tls(Arc<ClientConfig>);

impl Tls {
    fn new(authority: &str) -> Result<Self, Error> {
        let wrong = |why: String| Error::Address(format!("{AUTHORITY}: {why}"));
        let roots = certificates::authorities(Path::new(authority));
        let roots = roots.map_err(|error| wrong(error.to_string()))?;
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| wrong(error.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self(Arc::new(config)))
    }
}

impl MakeTlsConnect<Socket> for Tls {
    type Stream = Shaken;
    type TlsConnect = Called;
    type Error = InvalidDnsNameError;

    fn make_tls_connect(&mut self, host: &str) -> Result<Called, InvalidDnsNameError> {
        let name = ServerName::try_from(host.to_owned())?;
        Ok(Called { name, connector: TlsConnector::from(self.0.clone()) })
    }
}

/// A server, by the name that its certificate must have.
pub(super) struct Called {
    name: ServerName<'static>,
    connector: TlsConnector,
}

impl TlsConnect<Socket> for Called {
    type Stream = Shaken;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Shaken>> + Send>>;

    fn connect(self, socket: Socket) -> Self::Future {
        let Called { name, connector } = self;
        Box::pin(async move { connector.connect(name, socket).await.map(Box::new).map(Shaken) })
    }
}

/// The line, once that is done.
pub(super) struct Shaken(Box<TlsStream<Socket>>);

impl tls::TlsStream for Shaken {
    /// The certificate is looked at; a password is not bound to it besides.
    fn channel_binding(&self) -> ChannelBinding {
        ChannelBinding::none()
    }
}

impl AsyncRead for Shaken {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, into)
    }
}

impl AsyncWrite for Shaken {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_address_says_of_tls_is_taken_out_of_it() {
        for (address, rest, mode, authority) in [
            ("host=/run/postgresql dbname=town", "host=/run/postgresql dbname=town", None, None),
            (
                "host=db.example sslmode=verify-full dbname=town sslrootcert=/etc/ca.pem",
                "host=db.example dbname=town",
                Some("verify-full"),
                Some("/etc/ca.pem"),
            ),
            ("postgresql://a:b@db.example/town", "postgresql://a:b@db.example/town", None, None),
            (
                "postgresql://a:b@db.example/town?sslmode=require&connect_timeout=5",
                "postgresql://a:b@db.example/town?connect_timeout=5",
                Some("require"),
                None,
            ),
            (
                "postgresql://db.example/town?sslrootcert=/etc/ca.pem&sslmode=require",
                "postgresql://db.example/town",
                Some("require"),
                Some("/etc/ca.pem"),
            ),
        ] {
            let expected = Parts { rest: rest.to_owned(), mode, authority };
            assert_eq!(parts(address), expected, "{address}");
        }
    }

    #[test]
    fn there_is_no_tls_without_knowing_who_is_at_the_other_end() {
        for (address, why) in [
            ("host=db.example sslmode=require", "sslrootcert"),
            ("host=db.example sslmode=verify-full", "sslrootcert"),
            ("host=db.example sslmode=prefer", "verify-full"),
            ("host=db.example sslmode=verify-full sslrootcert=/nowhere.pem", "/nowhere.pem"),
        ] {
            let refused = read(address).map(drop).unwrap_err().to_string();
            assert!(refused.contains(why), "{refused}");
        }
        assert!(read("host=db.example").unwrap().1.is_none());
    }
}
