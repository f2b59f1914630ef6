//! The page's own scripts, in a real browser on a page that may use WebCrypto.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;

use madoguchi::clock::{Clock, SystemClock};
use madoguchi::config::Config;
use madoguchi::form::Forms;
use madoguchi::preregistration::Codebook;
use serde_json::{Value as Json, json};

use super::{new_key, open};
use crate::stage::browser::{Browser, browser};

const FIXTURES: &str = "tests/fixtures/preregistration";

fn fixture(name: &str) -> Json {
    let text = std::fs::read_to_string(Path::new(FIXTURES).join(name)).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Serves an empty page and the scripts; its address, where browsers seal.
fn served() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || listener.incoming().flatten().for_each(answer));
    address
}

fn answer(mut stream: TcpStream) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
    let asked = lines.next().unwrap_or_default();
    lines.take_while(|line| !line.is_empty()).for_each(drop);
    let path = asked.split(' ').nth(1).unwrap_or_default().trim_start_matches('/');
    let (kind, body) = match path {
        "body.js" | "seal.js" => {
            let folder = Path::new("templates/static/preregistration");
            ("text/javascript", std::fs::read_to_string(folder.join(path)).unwrap())
        }
        _ => ("text/html", "<!doctype html><title>空</title>".to_owned()),
    };
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}; charset=utf-8\r\n");
    let length = format!("Content-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    // A browser that went away needs no answer.
    let _ = stream.write_all([head, length, body].concat().as_bytes());
}

/// What `script` gives in the page, with both modules at hand.
fn ask(browser: &Browser, script: &str, arguments: Json) -> Json {
    let script = format!(
        "const [given] = arguments; \
         const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(''); \
         const unhex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16)); \
         return Promise.all([import('/body.js'), import('/seal.js')]).then(async ([body, seal]) => {{ {script} }})"
    );
    browser.run_with(&script, json!([arguments]))
}

#[test]
fn the_page_seals_as_the_vector_of_rfc_9180_a_3_says() {
    let Some(browser) = browser("sealing in the page") else { return };
    browser.go(&served());
    let vector = fixture("rfc9180-a3.json");
    let sealed = ask(
        &browser,
        "const P256 = { name: 'ECDH', namedCurve: 'P-256' }; \
         const enc = unhex(given.enc); \
         const part = (from) => btoa(String.fromCharCode(...enc.slice(from, from + 32))) \
             .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', ''); \
         const d = btoa(String.fromCharCode(...unhex(given.skEm))) \
             .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', ''); \
         const jwk = { kty: 'EC', crv: 'P-256', x: part(1), y: part(33), d }; \
         const ephemeral = { \
             privateKey: await crypto.subtle.importKey('jwk', jwk, P256, false, ['deriveBits']), \
             publicKey: await crypto.subtle.importKey('raw', enc, P256, true, []), \
         }; \
         const { enc: sent, sealed, key, nonce } = await seal.sealFor(unhex(given.pkRm), \
             { info: unhex(given.info), aad: unhex(given.aad), content: unhex(given.pt), ephemeral }); \
         return { enc: hex(sent), ct: hex(sealed), key: hex(key), base_nonce: hex(nonce) };",
        vector.clone(),
    );
    for part in ["key", "base_nonce", "enc", "ct"] {
        assert_eq!(sealed[part], vector[part], "{part}");
    }
}

#[test]
fn the_page_writes_the_bytes_that_the_counter_writes() {
    let Some(browser) = browser("writing bodies in the page") else { return };
    browser.go(&served());
    let bodies = fixture("bodies.json");
    let codebook = fixture("codebook.json");
    for case in bodies.as_array().unwrap() {
        let written = ask(
            &browser,
            "return hex(body.encode(given.codebook, { ...given.visit, jti: unhex(given.visit.jti) }));",
            json!({ "codebook": codebook, "visit": case["visit"] }),
        );
        assert_eq!(written, case["body"], "{}", case["name"]);
    }
}

#[test]
fn the_page_draws_base41_as_the_counter_does() {
    let Some(browser) = browser("base41 in the page") else { return };
    browser.go(&served());
    let drawn = ask(
        &browser,
        "return given.map((text) => seal.base41(unhex(text)));",
        json!(["", "00", "ff", "0000", "0029", "ffff", "010203"]),
    );
    assert_eq!(drawn, json!(["", "00", "96", "000", "010", "H/-", "C6030"]));
}

#[test]
fn what_a_browser_sealed_is_opened_at_the_counter_field_by_field() {
    let Some(browser) = browser("sealing in the page") else { return };
    browser.go(&served());
    let data = tempfile::tempdir().unwrap();
    let key = new_key(data.path());
    let config = Config::load(Path::new("kiosk-config/example")).unwrap();
    let forms = Forms::load(Path::new("templates/forms")).unwrap();
    let today = SystemClock.today();
    let codebook = Codebook::of(&config, &forms, today).to_json();
    for (deflate, procedures) in
        [("if smaller", &["tennyu", "juminhyo"][..]), ("never", &["juminhyo"]), ("if smaller", &[])]
    {
        let answers = family();
        let sealed = ask(
            &browser,
            "const { codebook, procedures, answers, key, deflate } = given; \
             const iat = body.minutes(), jti = unhex('0102030405060708'); \
             const content = body.encode(codebook, { procedures, answers, iat, jti, revision: 1 }); \
             const publicKey = seal.fromBase64url(key.public_key); \
             return seal.seal(content, { publicKey, town: key.town, deflate });",
            json!({ "codebook": codebook, "procedures": procedures, "answers": answers, "key": key, "deflate": deflate }),
        );
        let told = open(data.path(), sealed.as_str().unwrap()).unwrap();
        assert_eq!(told["jti"], "0102030405060708");
        assert_eq!(told["procedures"], json!(procedures));
        assert_eq!(told["doubtful"], json!([]));
        let expected: serde_json::Map<String, Json> = answers
            .as_object()
            .unwrap()
            .iter()
            .filter(|(path, _)| {
                let form = path.split('.').next().unwrap();
                form == "applicant"
                    || (form == "ido" && procedures.contains(&"tennyu") && *path != "ido.kind")
                    || procedures.contains(&form)
            })
            .map(|(path, value)| (path.clone(), json!({ "value": value, "source": "qr" })))
            .collect();
        assert_eq!(told["answers"], Json::Object(expected));
    }
}

/// Answers of every kind, by people of the example.
fn family() -> Json {
    json!({
        "applicant.name": { "text": "架空　健一" },
        "applicant.kana": { "text": "カクウ　ケンイチ" },
        "applicant.birth_date": { "date": "1980-12-25" },
        "applicant.sex": { "choice": "male" },
        "applicant.address": { "text": "見本県みほん町大字架空字上野原１２３４番地" },
        "applicant.phone": { "text": "090-0000-0303" },
        "ido.kind": { "choice": "move_in" },
        "ido.from": { "choice": "town" },
        "ido.filer": { "choice": "self" },
        "ido.moved_on": { "date": "2025-04-01" },
        "ido.new.address": { "text": "見本県みほん町中央二丁目１番１号" },
        "ido.new.room": { "text": "" },
        "ido.new.postal": { "text": "0099999" },
        "ido.members": { "number": 3 },
        "ido.scope": { "choice": "part" },
        "ido.member.1.foreign": { "flag": false },
        "ido.member.1.has": { "choices": ["card", "health", "seal"] },
        "ido.member.2.name": { "text": "辻\u{E0100}　𠮷男" },
        "ido.member.2.birth_date": { "date": "2150000" },
        "ido.member.2.foreign": { "flag": true },
        "ido.member.3.birth_date": { "date": "1944-05" },
        "juminhyo.relation": { "choice": "self" },
        "juminhyo.copies": { "copies": { "copy": 2, "certificate": 1 } },
    })
}
