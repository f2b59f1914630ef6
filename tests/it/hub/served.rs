//! The hub as a program: what an office hears over its line.

use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};

use madoguchi::forwarding::{Files, Heard, Link, Place};
use madoguchi::hub::{Entry, Log};
use madoguchi::journal::LogRow;
use madoguchi::wire::{self, Batch, Greeting, Holding, Question, Standing};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use ureq::Body;
use ureq::http::Response;

use super::office::Office;
use crate::stage::postgres::Postgres;
use crate::stage::program::{Program, madoguchi, run};

/// The hub on this database, at a port of its own.
pub fn served(database: &str, more: &[&Path]) -> Program {
    let mut command = madoguchi(&["hub", "--listen", "127.0.0.1:0", "--database", database]);
    command.args(more);
    let mut program = Program::start_until(&mut command, "自治体側 http");
    let said = program.said();
    let address = said.lines().find_map(|line| line.strip_prefix("自治体側 ")).unwrap();
    program.address = address.trim_end_matches('/').to_owned();
    program
}

/// The same, which lets nobody in without a certificate of this town.
pub fn certified(database: &str, town: &Authority) -> Program {
    let [certificate, key] = town.sign("localhost");
    let authority = town.file();
    let more = ["--certificate", "--key", "--authority"].map(Path::new);
    let files = [&certificate, &key, &authority];
    let more: Vec<&Path> =
        more.into_iter().zip(files).flat_map(|(name, file)| [name, file.as_path()]).collect();
    served(database, &more)
}

/// A line to it for whoever shows this certificate.
pub fn link_of(hub: &Program, [certificate, key]: &[PathBuf; 2], authority: &Path) -> Link {
    let url = hub.address.replace("127.0.0.1", "localhost");
    let files = Some(Files { certificate, key, authority });
    Link::new(&Place { url: &url, files }).unwrap()
}

pub fn plain(hub: &Program) -> Link {
    Link::new(&Place { url: &hub.address, files: None }).unwrap()
}

/// The log as it travels.
fn told(log: &Log) -> wire::Log {
    let Log { office, id, parent, opened_at } = log.clone();
    let parent = parent.map(|(log, mark)| (log, mark.seq, mark.hash));
    let site = format!("{}/{}", office.municipality, office.name);
    wire::Log::from(&LogRow { id, site, parent, opened_at })
}

pub fn send(link: &Link, log: &Log, entries: &[Entry]) -> Heard<Standing> {
    link.ask(wire::ENTRIES, &Batch::new(told(log), entries))
}

/// How far the hub says that it is.
pub fn upto(heard: Heard<Standing>) -> u64 {
    match heard {
        Heard::Said(standing) => standing.position().unwrap().upto.map_or(0, |mark| mark.seq),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_office_greets_sends_and_is_given_back_what_it_sent_over_the_line() {
    let Some(mut postgres) = Postgres::start("a served hub") else { return };
    let mut hub = served(&postgres.database("town"), &[]);
    let office = Office::open("999997/honcho", 1).await;
    for _ in 0..5 {
        office.hand_in(1).await;
    }
    let (log, all) = (office.log().await, office.from(1).await);
    let link = plain(&hub);
    let hello = || link.ask(wire::HELLO, &Greeting { log: told(&log) });
    assert_eq!(upto(hello()), 0);
    assert_eq!(upto(send(&link, &log, &all[..3])), 3);
    assert_eq!(upto(send(&link, &log, &all[1..])), 5);
    assert_eq!(upto(hello()), 5);
    let ask = |site: &str, first| {
        let question = Question { site: site.into(), log: log.id, first };
        match link.ask::<Holding>(wire::HELD, &question) {
            Heard::Said(held) => held.entries(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(ask("999997/honcho", 2), all[1..]);
    assert!(ask("999997/higashi", 1).is_empty(), "to its own office alone");
    // What is refused has a code, and what is no message changes nothing.
    let mut torn = all.clone();
    torn[2].body.facts = "{}".into();
    assert_eq!(send(&link, &log, &torn), Heard::Refused("torn".into()));
    let elsewhere = Log { office: "999997/higashi".parse().unwrap(), ..log.clone() };
    assert_eq!(send(&link, &elsewhere, &all), Heard::Refused("other_log".into()));
    let nonsense = link.ask::<Standing>(wire::ENTRIES, &"みほん 花子");
    assert_eq!(nonsense, Heard::Refused("unreadable".into()));
    assert!(!hub.said().contains("花子"), "nothing of what was sent is logged");
    // Without PostgreSQL the hub lives and is busy.
    let answer = |path: &str| {
        let found = ureq::get(format!("{}{path}", hub.address)).call();
        found.map(|answer| answer.status().as_u16()).map_err(|error| error.to_string())
    };
    assert_eq!((answer("/healthz"), answer("/readyz")), (Ok(200), Ok(200)));
    postgres.kill();
    // Its children notice a moment later.
    crate::stage::wait_until("PostgreSQL is gone", || {
        answer("/readyz").is_err_and(|error| error.contains("503"))
    });
    assert_eq!(answer("/healthz"), Ok(200));
    assert!(matches!(hello(), Heard::Busy { retry_after_ms: Some(10_000) }));
    postgres.launch();
    crate::stage::wait_until("the hub answers again", || matches!(hello(), Heard::Said(_)));
    assert_eq!(upto(hello()), 5);
    assert!(hub.stop().success(), "{}", hub.said());
}

/// A town's own authority, and what it signs.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    folder: PathBuf,
}

impl Authority {
    pub fn new(folder: &Path, name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let folder = folder.join(name);
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("authority.pem"), issuer.pem()).unwrap();
        Self { issuer, folder }
    }

    /// Certificate and key for whoever has this name.
    pub fn sign(&self, name: &str) -> [PathBuf; 2] {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let files = ["certificate", "key"].map(|file| self.folder.join(format!("{name}.{file}")));
        fs::write(&files[0], certificate.pem()).unwrap();
        fs::write(&files[1], key.serialize_pem()).unwrap();
        files
    }

    pub fn file(&self) -> PathBuf {
        self.folder.join("authority.pem")
    }
}

/// What a browser with this certificate is shown.
fn looked(url: &str, own: &[PathBuf; 2], authority: &Path, path: &str) -> (u16, String) {
    let mut answer = browser(own, authority).get(format!("{url}{path}")).call().unwrap();
    (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
}

/// The answer to a form that it sends from the hub's own page.
pub fn posted(
    hub: &Program,
    own: &[PathBuf; 2],
    authority: &Path,
    (path, fields): (&str, &[(&str, &str)]),
) -> Response<Body> {
    let url = hub.address.replace("127.0.0.1", "localhost");
    let form = browser(own, authority).post(format!("{url}{path}")).header("origin", &url);
    form.send_form(fields.iter().copied()).unwrap()
}

fn browser([certificate, key]: &[PathBuf; 2], authority: &Path) -> ureq::Agent {
    let pem = |file: &Path| fs::read(file).unwrap();
    let key = ureq::tls::PrivateKey::from_pem(&pem(key)).unwrap();
    let own = ureq::tls::Certificate::from_pem(&pem(certificate)).unwrap();
    let root = ureq::tls::Certificate::from_pem(&pem(authority)).unwrap();
    let tls = ureq::tls::TlsConfig::builder()
        .root_certs(ureq::tls::RootCerts::new_with_certs(&[root]))
        .client_cert(Some(ureq::tls::ClientCert::new_with_certs(&[own], key)))
        .unversioned_rustls_crypto_provider(std::sync::Arc::new(
            tokio_rustls::rustls::crypto::ring::default_provider(),
        ))
        .build();
    let config = ureq::Agent::config_builder().tls_config(tls).http_status_as_error(false);
    config.max_redirects(0).max_redirects_will_error(false).build().into()
}

#[tokio::test(flavor = "multi_thread")]
async fn over_the_network_both_ends_show_a_certificate_and_each_office_speaks_for_itself() {
    let Some(postgres) = Postgres::start("a hub with certificates") else { return };
    let folder = tempfile::tempdir().unwrap();
    let town = Authority::new(folder.path(), "town");
    let stranger = Authority::new(folder.path(), "stranger");
    let authority = town.file();
    let hub = certified(&postgres.database("town"), &town);
    let url = hub.address.replace("127.0.0.1", "localhost");
    assert!(url.starts_with("https://"), "{url}");
    let link = |own: &[PathBuf; 2], authority: &Path| link_of(&hub, own, authority);
    let office = Office::open("999997/honcho", 1).await;
    office.hand_in(1).await;
    let (log, all) = (office.log().await, office.from(1).await);
    // One who opens a line and says nothing holds up nobody.
    let at: SocketAddr = hub.address.trim_start_matches("https://").parse().unwrap();
    let _silent = TcpStream::connect(at).unwrap();
    let own = town.sign("honcho.999997.madoguchi.internal");
    assert_eq!(upto(send(&link(&own, &authority), &log, &all)), 1);
    // Another office's certificate speaks for that office only.
    let other = town.sign("higashi.999997.madoguchi.internal");
    let refused = send(&link(&other, &authority), &log, &all);
    assert_eq!(refused, Heard::Refused("other_office".into()));
    // Whoever looks at the pages has a certificate, and signs in besides.
    let every = town.sign("*.999997.madoguchi.internal");
    for certificate in [&own, &every] {
        let (_, page) = looked(&url, certificate, &authority, "/municipalities/999997");
        assert!(!page.contains("honcho"), "{page}");
        assert_eq!(looked(&url, certificate, &authority, "/").0, 404);
    }
    // A stranger's certificate with the right name, a hub that somebody else plays, and
    // whoever has none at all: no line.
    let forged = stranger.sign("honcho.999997.madoguchi.internal");
    let played = stranger.file();
    for link in [link(&forged, &authority), link(&own, &played)] {
        assert!(matches!(send(&link, &log, &all), Heard::Nothing(_)));
    }
    let config = ureq::Agent::config_builder().tls_config(
        ureq::tls::TlsConfig::builder()
            .disable_verification(true)
            .unversioned_rustls_crypto_provider(std::sync::Arc::new(
                tokio_rustls::rustls::crypto::ring::default_provider(),
            ))
            .build(),
    );
    let anybody: ureq::Agent = config.build().into();
    assert!(anybody.get(format!("{url}/healthz")).call().is_err());
    assert!(anybody.get(format!("{}/healthz", url.replace("https", "http"))).call().is_err());
}

#[test]
fn a_hub_that_others_could_reach_without_certificates_does_not_start() {
    let address = "postgresql://nobody@127.0.0.1:1/none";
    let (code, _, said) =
        run(&mut madoguchi(&["hub", "--listen", "0.0.0.0:0", "--database", address]));
    assert_eq!(code, Some(1));
    assert!(said.contains("--certificate"), "{said}");
    let (code, _, said) =
        run(&mut madoguchi(&["hub", "--listen", "127.0.0.1:0", "--database", address]));
    assert_eq!(code, Some(1));
    assert!(said.contains("PostgreSQL"), "{said}");
}

#[test]
fn every_address_is_described_with_the_methods_that_it_has() {
    let Some(postgres) = Postgres::start("a hub's addresses") else { return };
    let hub = served(&postgres.database("town"), &[]);
    let mut anybody = hub.visitor();
    let said = anybody.get("/openapi.json");
    assert_eq!(said.header("content-type"), "application/json");
    let document: serde_json::Value = serde_json::from_str(&said.text).unwrap();
    let paths = document["paths"].as_object().unwrap();
    assert!(paths.len() > 10, "{}", said.text);
    for (path, item) in paths {
        let parts = path.split('/').map(|part| if part.starts_with('{') { "x" } else { part });
        let somewhere = parts.collect::<Vec<_>>().join("/");
        let mut described: Vec<String> =
            item.as_object().unwrap().keys().map(|method| method.to_uppercase()).collect();
        if described.contains(&"GET".to_owned()) {
            described.push("HEAD".to_owned());
        }
        let mut there: Vec<String> = anybody.ways_of(&somewhere);
        there.sort();
        described.sort();
        assert_eq!(described, there, "{path}");
    }
}
