//! Certificates and keys as they lie in files (PEM), and whose signature under a
//! certificate is believed: that of the authorities in one file, and of nobody else.

use std::path::Path;

use tokio_rustls::rustls::RootCertStore;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Why a file is not what it should be.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    #[error("{0} cannot be read, or holds no certificate (PEM)")]
    Certificate(String),
    #[error("{0} cannot be read, or holds no private key (PEM)")]
    Key(String),
    #[error("{0} is no authority: {1}")]
    Authority(String, String),
}

/// The certificates in a file: somebody's own, and those between it and the authority.
///
/// # Errors
/// [`Unusable::Certificate`], where there is none.
pub fn chain(file: &Path) -> Result<Vec<CertificateDer<'static>>, Unusable> {
    let read = CertificateDer::pem_file_iter(file).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    match read {
        Ok(chain) if !chain.is_empty() => Ok(chain),
        _ => Err(Unusable::Certificate(shown(file))),
    }
}

/// The key in a file.
///
/// # Errors
/// [`Unusable::Key`], where there is none.
pub fn key(file: &Path) -> Result<PrivateKeyDer<'static>, Unusable> {
    PrivateKeyDer::from_pem_file(file).map_err(|_| Unusable::Key(shown(file)))
}

/// The authorities in a file.
///
/// # Errors
/// [`Unusable`], where there is none, or one that cannot sign.
pub fn authorities(file: &Path) -> Result<RootCertStore, Unusable> {
    let mut roots = RootCertStore::empty();
    for authority in chain(file)? {
        let added = roots.add(authority);
        added.map_err(|error| Unusable::Authority(shown(file), error.to_string()))?;
    }
    Ok(roots)
}

fn shown(file: &Path) -> String {
    file.display().to_string()
}
