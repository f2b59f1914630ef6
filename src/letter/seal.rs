//! Signing a letter, and finding out who signed one: with the certificates that would be
//! shown on a line.

use std::path::Path;
use std::sync::Arc;

use tokio_rustls::rustls::client::WebPkiServerVerifier;
use tokio_rustls::rustls::client::danger::ServerCertVerifier;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::server::{ParsedCertificate, WebPkiClientVerifier};
use tokio_rustls::rustls::sign::SigningKey;
use tokio_rustls::rustls::{RootCertStore, SignatureScheme};

use crate::certificates::{self, Unusable};
use crate::clock::Moment;

/// How a letter begins, and what its signature is over first.
const MAGIC: &[u8] = b"madoguchi letter 1\n";

/// Certificates at most: its own, and those between it and the authority.
const CHAIN_LEN_MAX: usize = 4;

/// Why a letter is not taken.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("it is no letter, or was cut off on the way")]
    Torn,
    #[error("its signature is not over what it says: it was changed")]
    Changed,
    #[error("who signed it is not known here: {0}")]
    Stranger(String),
}

/// Somebody who signs.
#[derive(Debug)]
pub struct Author {
    chain: Vec<CertificateDer<'static>>,
    key: Arc<dyn SigningKey>,
}

impl Author {
    /// Whoever holds the key to this certificate.
    ///
    /// # Errors
    /// Which file is not what it should be.
    pub fn new(certificate: &Path, key: &Path) -> Result<Self, Unusable> {
        let unusable = |_| Unusable::Key(key.display().to_string());
        let key = ring::sign::any_supported_type(&certificates::key(key)?).map_err(unusable)?;
        Ok(Self { chain: certificates::chain(certificate)?, key })
    }

    /// A letter that says `words`, which are no others than a letter of this `kind` says.
    pub fn sign(&self, kind: &str, words: &[u8]) -> Option<Vec<u8>> {
        let known = ring::default_provider().signature_verification_algorithms.supported_schemes();
        let signer = self.key.choose_scheme(&known)?;
        let signature = signer.sign(&signed(kind, words)).ok()?;
        let mut letter = MAGIC.to_vec();
        letter.extend(u16::from(signer.scheme()).to_be_bytes());
        for part in [signature.as_slice(), words].into_iter().chain(self.chain.iter().map(|c| &**c))
        {
            letter.extend(u32::try_from(part.len()).ok()?.to_be_bytes());
            letter.extend(part);
        }
        Some(letter)
    }
}

/// Whose signatures are taken: those that the town's own authority vouches for.
#[derive(Debug)]
pub struct Authority {
    roots: Arc<RootCertStore>,
    provider: Arc<CryptoProvider>,
    shown: String,
}

/// What a letter says, and the certificate of who says it.
#[derive(Debug, PartialEq, Eq)]
pub struct Opened {
    pub certificate: CertificateDer<'static>,
    pub words: Vec<u8>,
}

impl Authority {
    /// That of this file.
    ///
    /// # Errors
    /// When the file is not what it should be.
    pub fn new(file: &Path) -> Result<Self, Unusable> {
        let (roots, provider) = (certificates::authorities(file)?, ring::default_provider());
        let shown = file.display().to_string();
        Ok(Self { roots: Arc::new(roots), provider: Arc::new(provider), shown })
    }

    /// Opens what somebody sent whom the authority vouches for. Who it is stands in the
    /// certificate.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn open(&self, kind: &str, letter: &[u8], now: Moment) -> Result<Opened, Refused> {
        self.open_if(kind, letter, |chain| {
            WebPkiClientVerifier::builder_with_provider(self.roots.clone(), self.provider.clone())
                .build()
                .map_err(|error| error.to_string())?
                .verify_client_cert(&chain[0], &chain[1..], at(now))
                .map(drop)
                .map_err(|error| error.to_string())
        })
    }

    /// Opens what the server of this `name` sent.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn open_of(
        &self,
        name: &str,
        kind: &str,
        letter: &[u8],
        now: Moment,
    ) -> Result<Opened, Refused> {
        self.open_if(kind, letter, |chain| {
            let server = ServerName::try_from(name).map_err(|error| error.to_string())?;
            WebPkiServerVerifier::builder_with_provider(self.roots.clone(), self.provider.clone())
                .build()
                .map_err(|error| error.to_string())?
                .verify_server_cert(&chain[0], &chain[1..], &server, &[], at(now))
                .map(drop)
                .map_err(|error| error.to_string())
        })
    }

    fn open_if(
        &self,
        kind: &str,
        letter: &[u8],
        is_known: impl FnOnce(&[CertificateDer<'static>]) -> Result<(), String>,
    ) -> Result<Opened, Refused> {
        let Parts { scheme, signature, words, chain } = parts(letter).ok_or(Refused::Torn)?;
        is_known(&chain).map_err(|why| Refused::Stranger(format!("{why} (by {})", self.shown)))?;
        let certificate = chain.into_iter().next().ok_or(Refused::Torn)?;
        let parsed = ParsedCertificate::try_from(&certificate).map_err(|_| Refused::Torn)?;
        let info = parsed.subject_public_key_info();
        let (algorithm, key) = public_key(&info).ok_or(Refused::Changed)?;
        let known = self.provider.signature_verification_algorithms.mapping.iter();
        let is_over = known
            .filter(|(known, _)| *known == scheme)
            .flat_map(|(_, all)| all.iter())
            .filter(|one| one.public_key_alg_id().as_ref() == algorithm)
            .any(|one| one.verify_signature(key, &signed(kind, words), signature).is_ok());
        match is_over {
            true => Ok(Opened { certificate, words: words.to_vec() }),
            false => Err(Refused::Changed),
        }
    }
}

/// What is signed: a letter of one kind is never taken for one of another.
fn signed(kind: &str, words: &[u8]) -> Vec<u8> {
    [MAGIC, kind.as_bytes(), b"\n", words].concat()
}

fn at(now: Moment) -> UnixTime {
    let secs = u64::try_from(now.unix_timestamp()).unwrap_or(0);
    UnixTime::since_unix_epoch(std::time::Duration::from_secs(secs))
}

struct Parts<'l> {
    scheme: SignatureScheme,
    signature: &'l [u8],
    words: &'l [u8],
    chain: Vec<CertificateDer<'static>>,
}

fn parts(letter: &[u8]) -> Option<Parts<'_>> {
    let rest = letter.strip_prefix(MAGIC)?;
    let (scheme, rest) = rest.split_first_chunk::<2>()?;
    let (signature, rest) = part(rest)?;
    let (words, mut rest) = part(rest)?;
    let mut chain = Vec::new();
    while !rest.is_empty() && chain.len() < CHAIN_LEN_MAX {
        let (certificate, after) = part(rest)?;
        chain.push(CertificateDer::from(certificate.to_vec()));
        rest = after;
    }
    let scheme = SignatureScheme::from(u16::from_be_bytes(*scheme));
    (rest.is_empty() && !chain.is_empty()).then_some(Parts { scheme, signature, words, chain })
}

fn part(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (len, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(usize::try_from(u32::from_be_bytes(*len)).ok()?)
}

/// Algorithm and key of a SubjectPublicKeyInfo (RFC 5280 §4.1): a sequence of the
/// algorithm, itself a sequence whose inside is given, and the key as whole octets.
fn public_key(info: &[u8]) -> Option<(&[u8], &[u8])> {
    let (inside, _) = element(0x30, info)?;
    let (algorithm, rest) = element(0x30, inside)?;
    let (bits, _) = element(0x03, rest)?;
    let (unused, key) = bits.split_first()?;
    (*unused == 0).then_some((algorithm, key))
}

/// The inside of a DER element with this tag, and what follows it (X.690 §8.1.3).
fn element(tag: u8, der: &[u8]) -> Option<(&[u8], &[u8])> {
    let [first, len, rest @ ..] = der else { return None };
    if *first != tag {
        return None;
    }
    let (len, rest) = match *len {
        short @ ..=0x7f => (usize::from(short), rest),
        0x81 => (usize::from(*rest.first()?), &rest[1..]),
        0x82 => {
            let (len, rest) = rest.split_first_chunk::<2>()?;
            (usize::from(u16::from_be_bytes(*len)), rest)
        }
        _ => return None,
    };
    rest.split_at_checked(len)
}

#[cfg(test)]
mod tests {
    use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
    use tempfile::TempDir;
    use time::macros::datetime;

    use super::*;

    const NOW: Moment = datetime!(2026-11-27 9:00 +9);

    struct Town {
        folder: TempDir,
        issuer: CertifiedIssuer<'static, KeyPair>,
    }

    impl Town {
        fn new() -> Self {
            let mut params = CertificateParams::new(Vec::new()).unwrap();
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            let issuer =
                CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(folder.path().join("authority"), issuer.pem()).unwrap();
            Self { folder, issuer }
        }

        fn authority(&self) -> Authority {
            Authority::new(&self.folder.path().join("authority")).unwrap()
        }

        fn author(&self, name: &str) -> Author {
            let key = KeyPair::generate().unwrap();
            let params = CertificateParams::new([name.to_owned()]).unwrap();
            let certificate = params.signed_by(&key, &self.issuer).unwrap();
            let files = ["certificate", "key"].map(|file| self.folder.path().join(file));
            std::fs::write(&files[0], certificate.pem()).unwrap();
            std::fs::write(&files[1], key.serialize_pem()).unwrap();
            Author::new(&files[0], &files[1]).unwrap()
        }
    }

    #[test]
    fn a_letter_is_opened_as_it_was_signed_and_one_that_was_touched_is_not() {
        let (town, words) = (Town::new(), b"words".as_slice());
        let letter = town.author("hub.example").sign("answer", words).unwrap();
        let authority = town.authority();
        assert_eq!(authority.open("answer", &letter, NOW).unwrap().words, words);
        assert_eq!(authority.open_of("hub.example", "answer", &letter, NOW).unwrap().words, words);
        for cut in 0..letter.len() {
            assert!(authority.open("answer", &letter[..cut], NOW).is_err(), "cut at {cut}");
        }
        for at in 0..letter.len() {
            let mut touched = letter.clone();
            touched[at] ^= 1;
            assert!(authority.open("answer", &touched, NOW).is_err(), "touched at {at}");
        }
        let longer = [letter.as_slice(), b"more"].concat();
        assert_eq!(authority.open("answer", &longer, NOW), Err(Refused::Torn));
        // What an office asks is not what the hub answers.
        assert_eq!(authority.open("question", &letter, NOW), Err(Refused::Changed));
    }

    #[test]
    fn who_signed_it_must_be_known_and_be_whom_it_is_expected_from() {
        let (town, other) = (Town::new(), Town::new());
        let letter = town.author("hub.example").sign("answer", b"words").unwrap();
        assert!(matches!(
            other.authority().open("answer", &letter, NOW),
            Err(Refused::Stranger(_))
        ));
        // Another office of the same town cannot play the hub.
        let office = town.author("honcho.999997.madoguchi.internal").sign("answer", b"").unwrap();
        let opened = town.authority().open_of("hub.example", "answer", &office, NOW);
        assert!(matches!(opened, Err(Refused::Stranger(_))));
        // A signature under somebody else's certificate.
        let [one, two] = ["a.example", "a.example"].map(|name| town.author(name));
        let mixed = Author { chain: one.chain, key: two.key }.sign("answer", b"words").unwrap();
        assert_eq!(town.authority().open("answer", &mixed, NOW), Err(Refused::Changed));
    }
}
