//! TLS for the hub: both ends show a certificate that the town's own authority signed.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;
use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::server::TlsStream;

use crate::certificates;
use crate::web::hub::Peer;

/// The files of one end of a line, all PEM.
#[derive(Clone, Debug)]
pub struct Certificates {
    /// Its own certificate, and those between it and the authority.
    pub certificate: PathBuf,
    /// The key to it.
    pub key: PathBuf,
    /// The authority that signed the certificates of those who may call.
    pub authority: PathBuf,
}

/// How long whoever has called may be silent.
const FIRST_WORD_WITHIN: Duration = Duration::from_secs(3);
/// How long the handshake may take after that.
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(10);
/// Handshakes under way at once with one address. An office has one line; behind one address
/// there may be several offices. Whoever wants more is hung up on, and others are not.
const HANDSHAKES_EACH: usize = 8;
/// With all of them; more wait unanswered.
const HANDSHAKES: usize = 256;

impl Certificates {
    /// A server that lets nobody in without a certificate.
    ///
    /// # Errors
    /// Which file cannot be read, or does not fit to the others.
    pub fn server(&self) -> anyhow::Result<ServerConfig> {
        let roots = certificates::authorities(&self.authority)?;
        let provider = Arc::new(ring::default_provider());
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone())
                .build()
                .with_context(|| format!("{}", self.authority.display()))?;
        let key = certificates::key(&self.key)?;
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_client_cert_verifier(verifier)
            .with_single_cert(certificates::chain(&self.certificate)?, key)
            .with_context(|| {
                format!("{} is not the key to {}", self.key.display(), self.certificate.display())
            })?;
        Ok(config)
    }
}

/// Hands out connections whose handshake is done. Each is shaken on a task of its own:
/// one who says nothing holds up nobody.
pub struct TlsListener {
    done: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    address: SocketAddr,
}

impl TlsListener {
    /// Listens on what `listener` has bound.
    ///
    /// # Errors
    /// When it is bound to nothing.
    pub fn new(listener: TcpListener, config: ServerConfig) -> std::io::Result<Self> {
        let address = listener.local_addr()?;
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let (shaken, done) = mpsc::channel(1);
        tokio::spawn(shake_hands(listener, acceptor, shaken));
        Ok(Self { done, address })
    }
}

async fn shake_hands(
    mut listener: TcpListener,
    acceptor: TlsAcceptor,
    shaken: mpsc::Sender<(TlsStream<TcpStream>, SocketAddr)>,
) {
    let places = Arc::new(Semaphore::new(HANDSHAKES));
    let shares = Shares::default();
    while let Ok(place) = places.clone().acquire_owned().await {
        let (stream, address) = tokio::select! {
            // Of axum: it waits where there are no more files to open.
            accepted = Listener::accept(&mut listener) => accepted,
            () = shaken.closed() => return,
        };
        let Some(share) = shares.take(address.ip()) else { continue };
        let (acceptor, shaken) = (acceptor.clone(), shaken.clone());
        tokio::spawn(async move {
            let stream = shake_hand(&acceptor, stream).await;
            // Whoever is known is nobody who fills the places up.
            drop((place, share));
            if let Some(stream) = stream {
                let _ = shaken.send((stream, address)).await;
            }
        });
    }
}

/// A line whose other end has shown its certificate in time.
async fn shake_hand(acceptor: &TlsAcceptor, stream: TcpStream) -> Option<TlsStream<TcpStream>> {
    let word = timeout(FIRST_WORD_WITHIN, stream.readable());
    word.await.ok()?.ok()?;
    timeout(HANDSHAKE_WITHIN, acceptor.accept(stream)).await.ok()?.ok()
}

/// How many handshakes are under way with each address.
#[derive(Clone, Default)]
struct Shares(Arc<Mutex<BTreeMap<IpAddr, usize>>>);

/// One of them, until it is dropped.
struct Share {
    shares: Shares,
    address: IpAddr,
}

impl Shares {
    fn take(&self, address: IpAddr) -> Option<Share> {
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(address).or_default();
        if *count >= HANDSHAKES_EACH {
            return None;
        }
        *count += 1;
        Some(Share { shares: self.clone(), address })
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut taken = self.shares.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.address);
            }
        }
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.done.recv().await {
            Some(done) => done,
            // The other end ends with this one only.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        Ok(self.address)
    }
}

impl Connected<IncomingStream<'_, TlsListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, TlsListener>) -> Self {
        let (_, session) = stream.io().get_ref();
        // The verifier lets nobody in without one.
        let shown = session.peer_certificates().and_then(<[_]>::first);
        Peer::Certified(Arc::new(
            shown.map_or_else(|| Vec::new().into(), |one| one.clone().into_owned()),
        ))
    }
}

impl Connected<IncomingStream<'_, TcpListener>> for Peer {
    fn connect_info(_: IncomingStream<'_, TcpListener>) -> Self {
        Peer::Here
    }
}
