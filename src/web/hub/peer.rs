//! Who is at the other end of a connection.

use std::sync::Arc;

use tokio_rustls::rustls::client::verify_server_name;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::server::ParsedCertificate;

use crate::hub::Office;

/// Whoever asks.
#[derive(Clone, Debug)]
pub enum Peer {
    /// A program on this very machine, over loopback: it is believed.
    Here,
    /// Whoever holds the key to this certificate, which the town's own authority signed.
    Certified(Arc<CertificateDer<'static>>),
}

impl Peer {
    /// Whether it may send what `office` wrote: its certificate has the name
    /// `honcho.999997.madoguchi.internal`. One for `*.999997.madoguchi.internal` speaks
    /// for every office of the municipality, as certificates do.
    pub(super) fn speaks_for(&self, office: &Office) -> bool {
        let Peer::Certified(certificate) = self else { return true };
        let name = format!("{}.{}.madoguchi.internal", office.name, office.municipality);
        let (Ok(name), Ok(certificate)) =
            (ServerName::try_from(name), ParsedCertificate::try_from(&**certificate))
        else {
            return false;
        };
        verify_server_name(&certificate, &name).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certified(name: &str) -> Peer {
        let key = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
        Peer::Certified(Arc::new(key.cert.der().clone()))
    }

    #[test]
    fn a_certificate_speaks_for_the_offices_it_names_and_no_other() {
        for (name, site, expected) in [
            ("honcho.999997.madoguchi.internal", "999997/honcho", true),
            ("*.999997.madoguchi.internal", "999997/honcho", true),
            ("honcho.999997.madoguchi.internal", "999997/higashi", false),
            ("honcho.999997.madoguchi.internal", "999971/honcho", false),
            ("*.999997.madoguchi.internal", "999971/honcho", false),
            ("*.madoguchi.internal", "999997/honcho", false),
            ("honcho.999997.example", "999997/honcho", false),
            // A name that is none names nobody.
            ("honcho.999997.madoguchi.internal", "999997/本庁", false),
        ] {
            let office: Office = site.parse().unwrap();
            assert_eq!(certified(name).speaks_for(&office), expected, "{name} for {site}");
        }
        assert!(Peer::Here.speaks_for(&"999997/honcho".parse().unwrap()));
    }
}
