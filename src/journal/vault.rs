//! Keys, and what is sealed with them.
//!
//! XChaCha20-Poly1305; a random 24-byte nonce stands before the ciphertext. The
//! place (table, row, column) is authenticated with it, so a sealed value moved
//! to another row does not open. A visit's key is itself sealed by the office
//! key, which lives outside the database.

use std::path::Path;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use rusqlite::{Connection, OptionalExtension, params};
use zeroize::Zeroizing;

use super::{Error, Row, Said};
use crate::chance::{self, Chance};
use crate::clock::{self, Moment};
use crate::db::{self, Tx};
use crate::id::VisitId;

const KEY_LEN: usize = 32;
const NONCE_LEN: usize = 24;

/// Seals one visit's personal data.
pub struct VisitKey(Zeroizing<[u8; KEY_LEN]>);

/// Wraps the visits' keys. Kept in a file of its own, never in the database.
pub struct OfficeKey(Zeroizing<[u8; KEY_LEN]>);

impl OfficeKey {
    /// A new random key.
    pub fn generate(chance: &dyn Chance) -> Self {
        Self(Zeroizing::new(chance::bytes(chance)))
    }

    /// Reads the key's file; makes one, readable by its owner only, when
    /// `may_create` and there is none.
    ///
    /// # Errors
    /// [`Error::OfficeKey`] with the path and what to do.
    pub fn load(path: &Path, may_create: bool, chance: &dyn Chance) -> Result<Self, Error> {
        match std::fs::read(path) {
            Ok(bytes) => {
                let bytes = Zeroizing::new(bytes);
                let key: [u8; KEY_LEN] = bytes.as_slice().try_into().map_err(|_| {
                    Error::OfficeKey(format!("{} is not {KEY_LEN} bytes long", path.display()))
                })?;
                Ok(Self(Zeroizing::new(key)))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && may_create => {
                let key = Self::generate(chance);
                write_private(path, &*key.0)
                    .map_err(|error| Error::OfficeKey(format!("{}: {error}", path.display())))?;
                Ok(key)
            }
            Err(error) => Err(Error::OfficeKey(format!(
                "{}: {error}. Put the office's key file back; without it nothing personal can be read",
                path.display()
            ))),
        }
    }
}

/// Seals where a log stands.
pub(super) fn seal_head(
    office_key: &OfficeKey,
    chance: &dyn Chance,
    log: &str,
    (seq, hash): (i64, &[u8]),
) -> Vec<u8> {
    let plain = [&seq.to_be_bytes(), hash].concat();
    seal(&office_key.0, chance, &place_of_head(log), &plain)
}

/// Whether a sealed head says that the log stands there.
///
/// # Errors
/// [`Error::Unreadable`] when another key sealed it.
pub(super) fn head_is(
    office_key: &OfficeKey,
    log: &str,
    sealed: &[u8],
    (seq, hash): (i64, &[u8]),
) -> Result<bool, Error> {
    let plain = unseal(&office_key.0, &place_of_head(log), sealed)?;
    Ok(plain.as_slice() == [&seq.to_be_bytes(), hash].concat())
}

fn place_of_head(log: &str) -> String {
    format!("journal_head/{log}")
}

impl OfficeKey {
    /// Seals a visit's key for one `place`.
    pub fn wrap(&self, chance: &dyn Chance, place: &str, key: &VisitKey) -> Vec<u8> {
        seal(&self.0, chance, place, &*key.0)
    }

    /// Opens what [`OfficeKey::wrap`] sealed.
    ///
    /// # Errors
    /// [`Error::Unreadable`] when another key sealed it, or for another place.
    pub fn unwrapped(&self, place: &str, wrapped: &[u8]) -> Result<VisitKey, Error> {
        let plain = unseal(&self.0, place, wrapped)?;
        let unreadable = |_| Error::Unreadable { place: place.to_owned() };
        Ok(VisitKey(Zeroizing::new(plain.as_slice().try_into().map_err(unreadable)?)))
    }

    /// 32 bytes that follow from this key, a purpose and a subject, each time the
    /// same. Whoever holds only the database cannot work them out.
    pub fn secret_of(&self, purpose: &str, subject: &str) -> [u8; KEY_LEN] {
        use sha2::{Digest, Sha256};
        let mut hash = Sha256::new();
        for part in [b"madoguchi secret 1" as &[u8], &*self.0, purpose.as_bytes()] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        hash.update(subject);
        // Hashed twice: a longer subject's secret cannot be worked out from this one.
        Sha256::digest(hash.finalize()).into()
    }
}

/// Writes a file only its owner can read, and waits until it is on disk.
fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let mut file =
        std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn seal(key: &[u8; KEY_LEN], chance: &dyn Chance, place: &str, plain: &[u8]) -> Vec<u8> {
    let nonce: [u8; NONCE_LEN] = chance::bytes(chance);
    let sealed = XChaCha20Poly1305::new(&Key::from(*key))
        .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: place.as_bytes() })
        // Fails only above 256 GiB, which no answer reaches.
        .expect("a personal value is short enough to seal");
    [nonce.as_slice(), &sealed].concat()
}

fn unseal(key: &[u8; KEY_LEN], place: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
    let unreadable = || Error::Unreadable { place: place.to_owned() };
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LEN>().ok_or_else(unreadable)?;
    XChaCha20Poly1305::new(&Key::from(*key))
        .decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: place.as_bytes() })
        .map(Zeroizing::new)
        .map_err(|_| unreadable())
}

impl VisitKey {
    /// The key that is these bytes.
    pub fn of(bytes: [u8; KEY_LEN]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Its bytes, to be sealed for somebody else and for nothing besides.
    pub fn exposed(&self) -> &[u8; KEY_LEN] {
        &self.0
    }

    /// An entry about its visit, with its personal part.
    ///
    /// # Errors
    /// [`Error::Unreadable`] when another key sealed it, or it is not what was written.
    pub fn said(&self, entry: &Row) -> Result<Said, Error> {
        let place = place_of_entry(&entry.op_id);
        let personal = match &entry.sealed {
            Some(sealed) => Some(self.open(&place, sealed)?),
            None => None,
        };
        let read = |text: &[u8]| {
            serde_json::from_slice(text).map_err(|_| Error::Unreadable { place: place.clone() })
        };
        Ok(Said {
            kind: entry.kind.clone(),
            facts: read(entry.facts.as_bytes())?,
            personal: personal.map(|plain| read(&plain)).transpose()?,
        })
    }

    /// Seals `plain` for one `place`: `answer/<visit>/<path>`.
    pub fn seal(&self, chance: &dyn Chance, place: &str, plain: &[u8]) -> Vec<u8> {
        seal(&self.0, chance, place, plain)
    }

    /// Opens what was sealed for `place`.
    ///
    /// # Errors
    /// [`Error::Unreadable`] when it was sealed with another key, for another
    /// place, or was changed.
    pub fn open(&self, place: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        unseal(&self.0, place, sealed)
    }
}

/// Where the personal part of an entry lies.
pub(super) fn place_of_entry(op: impl std::fmt::Display) -> String {
    format!("journal/{op}")
}

fn place_of_key(visit: VisitId) -> String {
    format!("visit_key/{visit}")
}

pub(super) fn make(
    tx: &Tx<'_>,
    office_key: &OfficeKey,
    chance: &dyn Chance,
    visit: VisitId,
) -> Result<VisitKey, Error> {
    let key = VisitKey(Zeroizing::new(chance::bytes(chance)));
    let wrapped = seal(&office_key.0, chance, &place_of_key(visit), &*key.0);
    tx.execute(
        "insert into visit_key (visit, wrapped) values (?1, ?2)",
        params![visit.to_string(), wrapped],
    )?;
    Ok(key)
}

pub(super) fn open(
    connection: &Connection,
    office_key: &OfficeKey,
    visit: VisitId,
) -> Result<VisitKey, Error> {
    let wrapped: Option<Option<Vec<u8>>> = connection
        .prepare_cached("select wrapped from visit_key where visit = ?1")?
        .query_row([visit.to_string()], |row| row.get(0))
        .optional()?;
    let wrapped = wrapped.flatten().ok_or(Error::Erased)?;
    let plain = unseal(&office_key.0, &place_of_key(visit), &wrapped)?;
    let key: [u8; KEY_LEN] = plain
        .as_slice()
        .try_into()
        .map_err(|_| db::Error::Inconsistent { table: "visit_key", column: "wrapped" })?;
    Ok(VisitKey(Zeroizing::new(key)))
}

pub(super) fn erase(tx: &Tx<'_>, visit: VisitId, now: Moment) -> Result<(), Error> {
    tx.execute(
        "update visit_key set wrapped = null, erased_at = ?2 where visit = ?1 and wrapped is not null",
        params![visit.to_string(), clock::rfc3339(now)],
    )?;
    Ok(())
}
