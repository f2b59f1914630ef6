//! Two kiosks, each with a reader: one at the server, one at another PC. Two real
//! pcscd, the real programs, and a line between them.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::purse::purse;
use super::rig::{Rig, wait_until, with_pcscd};
use crate::stage::http::Visitor;
use crate::stage::office::{hidden, pair_with, screen, send, set_up};
use crate::stage::program::{Program, madoguchi, run, run_saying};
use crate::stage::relay::Relay;
use crate::stage::skip;

const HERE: &str = "reader-1";
const THERE: &str = "reader-2";

/// An office with a reader of its own and one elsewhere.
struct Office {
    folder: TempDir,
    server: Program,
    administrator: Visitor,
}

impl Office {
    fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("config");
        fs::create_dir(&config).unwrap();
        for file in
            ["site.toml", "counters.toml", "procedures.toml", "fees.toml", "appointments.toml"]
        {
            fs::copy(Path::new("kiosk-config/example").join(file), config.join(file)).unwrap();
        }
        let readers = format!(
            "[[reader]]\nid = \"{HERE}\"\nkind = \"pcsc\"\n\
             [[reader]]\nid = \"{THERE}\"\nkind = \"remote\"\n"
        );
        fs::write(config.join("devices.toml"), readers).unwrap();
        let server = Program::serve_at(&folder.path().join("data"), &config);
        let administrator = set_up(&server);
        Self { folder, server, administrator }
    }

    /// The key, taken to the other PC.
    fn key(&self) -> std::path::PathBuf {
        let data = self.folder.path().join("data");
        let (code, key, _) = run(madoguchi(&["reader", "key", THERE, "--data"]).arg(data));
        assert_eq!(code, Some(0));
        let file = self.folder.path().join("reader.key");
        fs::write(&file, key).unwrap();
        file
    }

    /// The program at the other PC, with that PC's pcscd.
    fn lend(&self, elsewhere: &Rig) -> Program {
        self.lend_over(&self.server.address, elsewhere)
    }

    /// The same over another cable.
    fn lend_over(&self, address: &str, elsewhere: &Rig) -> Program {
        let mut command = madoguchi(&["reader", "--server", address, "--key"]);
        command.arg(self.key()).env("PCSCLITE_CSOCK_NAME", elsewhere.socket());
        Program::start_until(&mut command, "the line stands")
    }

    /// A tablet beside `reader`, with a visit that waits for a card.
    fn tablet(&mut self, name: &str, reader: &str) -> Visitor {
        let mut tablet = pair_with(&mut self.administrator, name, reader);
        for (path, field) in [
            ("/kiosk/start", ("lang", "ja")),
            ("/kiosk/purpose", ("", "")),
            ("/kiosk/procedures", ("procedure", "juminhyo")),
            ("/kiosk/way", ("way", "card")),
        ] {
            press(&mut tablet, path, &[field]);
        }
        tablet
    }
}

/// Sends a form from the page that stands there.
fn press(tablet: &mut Visitor, path: &str, fields: &[(&str, &str)]) {
    let page = screen(tablet).unwrap();
    let own = [("key", hidden(&page, "key")), ("op", hidden(&page, "op"))];
    send(tablet, path, &[&own, fields].concat()).unwrap();
}

/// What the tablet's reader shows.
fn state(tablet: &mut Visitor) -> Value {
    serde_json::from_str(&tablet.get("/kiosk/card/state").text).unwrap()
}

fn wait_for(tablet: &mut Visitor, wanted: impl Fn(&Value) -> bool) {
    wait_until("the reader shows it", || wanted(&state(tablet)));
}

fn is_empty(state: &Value) -> bool {
    *state == json!({ "card": null })
}

fn is_card(state: &Value) -> bool {
    state["card"].is_u64()
}

/// Enters the PIN of the card that lies there.
fn enter(tablet: &mut Visitor, digits: &str) {
    let page = tablet.get("/kiosk/card").text;
    let own = ["key", "tap", "once"].map(|name| (name, hidden(&page, name).to_owned()));
    let own: Vec<(&str, &str)> = own.iter().map(|(name, value)| (*name, value.as_str())).collect();
    send(tablet, "/kiosk/card", &[own.as_slice(), &[("digits", digits)]].concat()).unwrap();
}

/// The pages of what is known of the resident.
fn told(tablet: &mut Visitor) -> String {
    tablet.get("/kiosk/page/applicant.person").text
        + &tablet.get("/kiosk/page/applicant.address").text
}

/// Who stands at the tablet here, and who at the other.
const HANAKO: &str = "shiken-hanako.1";
const YUMI: &str = "kaku-yumi.1";

fn pin_of(card: &str) -> String {
    purse(card).pin().unwrap().to_owned()
}

#[test]
fn each_tablet_reads_the_card_on_its_own_reader() {
    with_pcscd(|rig| {
        let Some(elsewhere) = rig.elsewhere() else {
            return skip("a second pcscd", "namespaces are not allowed here");
        };
        let mut office = Office::open();
        let mut here = office.tablet("記載台1", HERE);
        let mut there = office.tablet("記載台2", THERE);
        assert_eq!(state(&mut there), json!({ "trouble": "reader" }));
        let devices = office.administrator.get("/desk/devices").text;
        assert_eq!(devices.matches("カードリーダーを確かめてください").count(), 1);

        let mut lent = office.lend(&elsewhere);
        wait_for(&mut there, is_empty);
        let (one, two) = (rig.insert(purse(HANAKO).make()), elsewhere.lay(purse(YUMI).make()));
        wait_for(&mut here, is_card);
        wait_for(&mut there, is_card);
        enter(&mut there, &pin_of(YUMI));
        enter(&mut here, &pin_of(HANAKO));
        let (told_here, told_there) = (told(&mut here), told(&mut there));
        assert!(told_here.contains("試験　花子") && !told_here.contains("由美"), "{told_here}");
        assert!(told_there.contains("架空　由美") && !told_there.contains("花子"), "{told_there}");
        let (one, two) = (one.remove(), two.remove());
        assert!(!one.personal_number_was_touched() && !two.personal_number_was_touched());
        assert_eq!(lent.stop().code(), Some(0));
    });
}

#[test]
fn whatever_goes_away_at_the_other_pc_is_seen_and_works_again_when_it_is_back() {
    with_pcscd(|rig| {
        let Some(mut elsewhere) = rig.elsewhere() else {
            return skip("a second pcscd", "namespaces are not allowed here");
        };
        let mut office = Office::open();
        let mut tablet = office.tablet("記載台2", THERE);
        let mut lent = office.lend(&elsewhere);
        wait_for(&mut tablet, is_empty);
        // Its pcscd stops.
        elsewhere.stop_pcscd();
        wait_for(&mut tablet, |state| *state == json!({ "trouble": "service" }));
        elsewhere.launch_pcscd();
        wait_for(&mut tablet, is_empty);
        // Its reader is unplugged; the line stands.
        elsewhere.unplug();
        wait_for(&mut tablet, |state| *state == json!({ "trouble": "reader" }));
        let devices = office.administrator.get("/desk/devices").text;
        assert!(devices.contains("カードリーダーを確かめてください"), "{devices}");
        elsewhere.plug_in();
        wait_for(&mut tablet, is_empty);
        assert!(!lent.said().contains("calling again"), "{}", lent.said());
        // Its program is killed, the card still there.
        let laid = elsewhere.lay(purse(YUMI).make());
        wait_for(&mut tablet, is_card);
        lent.kill();
        wait_for(&mut tablet, |state| *state == json!({ "trouble": "reader" }));
        assert!(tablet.get("/kiosk/card").text.contains("読み取り機が使えません"));
        // And starts again: the same card reads, and nothing of the visit was lost.
        let _again = office.lend(&elsewhere);
        wait_for(&mut tablet, is_card);
        enter(&mut tablet, &pin_of(YUMI));
        assert!(told(&mut tablet).contains("架空　由美"));
        drop(laid);
    });
}

#[test]
fn a_line_that_freezes_in_the_middle_of_a_reading_lets_the_card_go_and_stands_again() {
    with_pcscd(|rig| {
        let Some(elsewhere) = rig.elsewhere() else {
            return skip("a second pcscd", "namespaces are not allowed here");
        };
        let mut office = Office::open();
        let mut tablet = office.tablet("記載台2", THERE);
        let cable = Relay::to(&office.server.address);
        let lent = office.lend_over(&cable.address, &elsewhere);
        let laid = elsewhere.lay(purse(YUMI).make());
        wait_for(&mut tablet, is_card);
        // What lies there was looked at; the reading begins with another page.
        let page = tablet.get("/kiosk/card").text;
        let own = ["key", "tap", "once"].map(|name| (name, hidden(&page, name).to_owned()));
        let own: Vec<(&str, &str)> = own.iter().map(|(name, to)| (*name, to.as_str())).collect();
        // The card is connected, and one command reaches it.
        cable.freeze_after(2);
        send(&mut tablet, "/kiosk/card", &[own.as_slice(), &[("digits", &pin_of(YUMI))]].concat())
            .unwrap();
        wait_until("the reader's PC knows", || lent.said().contains("went silent; calling again"));
        // Whoever else wants the card there has it.
        let mut other = madoguchi(&["card", "read", "--pin-stdin"]);
        other.env("PCSCLITE_CSOCK_NAME", elsewhere.socket());
        let (code, _, said) = run_saying(&mut other, &pin_of(YUMI));
        assert_eq!(code, Some(0), "{said}");
        wait_for(&mut tablet, |state| *state == json!({ "trouble": "reader" }));
        cable.thaw();
        wait_for(&mut tablet, is_card);
        enter(&mut tablet, &pin_of(YUMI));
        assert!(told(&mut tablet).contains("架空　由美"));
        for said_once in ["went silent", "does not answer in time"] {
            assert!(lent.said().matches(said_once).count() < 2, "{}", lent.said());
        }
        drop(laid);
    });
}

#[test]
fn a_stranger_s_key_gets_no_line_and_says_why() {
    let mut office = Office::open();
    let mut tablet = office.tablet("記載台2", THERE);
    let file = office.folder.path().join("stranger.key");
    fs::write(&file, format!("{THERE}:{}", "ab".repeat(32))).unwrap();
    let mut command = madoguchi(&["reader", "--server", &office.server.address, "--key"]);
    let stranger = Program::start_until(command.arg(&file), "has another key");
    assert!(stranger.said().contains("calling again"), "{}", stranger.said());
    assert_eq!(state(&mut tablet), json!({ "trouble": "reader" }));

    let unknown = office.folder.path().join("unknown.key");
    fs::write(&unknown, format!("reader-9:{}", "ab".repeat(32))).unwrap();
    let mut command = madoguchi(&["reader", "--server", &office.server.address, "--key"]);
    let unknown = Program::start_until(command.arg(&unknown), "devices.toml");
    assert!(unknown.said().contains("no reader of this name"), "{}", unknown.said());
}
