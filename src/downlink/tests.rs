//! What is taken, done and refused, on a real schema.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use time::macros::datetime;

use super::*;
use crate::chance::SeededChance;
use crate::clock::{HeldClock, Moment};
use crate::config::Config;
use crate::db::Tx;
use crate::form::Forms;
use crate::id::SeriesId;
use crate::journal::{Actor, Journal, OfficeKey};
use crate::notice::{BEGINNING, Notice, PublicKey, Refused, Signed, SigningKey};
use crate::staff::{self, NewAccount, PasswordHash, Role};

const SITE: &str = "999997/honcho";
const NOW: Moment = datetime!(2026-11-27 9:00 +9);

/// An office, and the hub's key.
struct Office {
    connection: rusqlite::Connection,
    journal: Journal,
    key: SigningKey,
    config: Config,
    forms: Forms,
}

impl Office {
    fn open() -> Self {
        let chance = Arc::new(SeededChance::new(1));
        let key = SigningKey::of_the_moment(&SeededChance::new(2)).unwrap();
        let office = OfficeKey::generate(&*chance);
        let journal = Journal::new(Arc::new(HeldClock::at(NOW)), chance, office);
        let connection = crate::schema::in_memory();
        journal.open_log(&Tx::alone(&connection), SITE).unwrap();
        let config = Config::load(Path::new("kiosk-config/example")).unwrap();
        let forms = Forms::load(Path::new("templates/forms")).unwrap();
        Self { connection, journal, key, config, forms }
    }

    fn trusted(&self) -> [PublicKey; 1] {
        [self.key.public().unwrap()]
    }

    fn takes(&self, all: &[Signed]) -> Taken {
        let tx = Tx::alone(&self.connection);
        take(&tx, &self.journal, (SITE, &self.trusted()), all).unwrap()
    }

    /// Does the next thing that is to be done.
    fn does(&self, now: Moment) -> Option<Settled> {
        let due = due(&self.connection, now, &BTreeSet::new()).unwrap()?;
        let checked = due.checked(&self.config, &self.forms);
        apply(&Tx::alone(&self.connection), &self.journal, &due, checked).unwrap()
    }

    fn told(&self) -> Vec<(String, String)> {
        let told = "select kind, facts from journal order by seq";
        let mut told = self.connection.prepare(told).unwrap();
        let told = told.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        told.map(Result::unwrap).collect()
    }

    fn states(&self) -> Vec<State> {
        let mut all: Vec<State> =
            listed(&self.connection).unwrap().into_iter().map(|one| one.state).collect();
        all.reverse();
        all
    }
}

fn series() -> SeriesId {
    SeriesId::new(NOW, &SeededChance::new(3))
}

/// What a hub sends, one after the other.
fn sent(key: &SigningKey, all: &[(&str, &str, Option<&str>)]) -> Vec<Signed> {
    let mut before = BEGINNING;
    let one = |(number, (kind, body, at)): (u64, &(&str, &str, Option<&str>))| {
        let notice = Notice {
            site: SITE.into(),
            series: series(),
            number,
            before,
            kind: (*kind).into(),
            body: (*body).into(),
            activate_at: at.map(str::to_owned),
            sent_at: "2026-11-27T08:59:00.000+09:00".into(),
        };
        let signed = notice.signed(key).unwrap();
        before = signed.hash();
        signed
    };
    (1..).zip(all).map(one).collect()
}

const CLOSED: &str =
    "[[closure]]\nfrom = \"2026-12-10\"\nreason = { ja = \"停電\", en = \"power\" }\n";

fn fees() -> String {
    std::fs::read_to_string("kiosk-config/example/fees.toml").unwrap()
}

#[test]
fn what_is_repeated_is_taken_once_and_a_gap_or_a_strange_hand_changes_nothing() {
    let office = Office::open();
    let all = sent(&office.key, &[("closures", CLOSED, None); 4]);
    assert_eq!(office.takes(&all[..2]).new, 2);
    assert_eq!(office.takes(&all[..2]).new, 0);
    assert_eq!(office.takes(&all[1..3]).new, 1);
    let before = office.told();
    let stranger = SigningKey::of_the_moment(&SeededChance::new(9)).unwrap();
    let strange = sent(&stranger, &[("closures", CLOSED, None); 4]);
    for _ in 0..3 {
        assert_eq!(office.takes(&strange[3..]).refused, Some(Refused::Signature));
    }
    assert_eq!(not_taken(&office.connection).unwrap().unwrap().why, "signature");
    let told = office.told();
    assert_eq!(told.len(), before.len() + 1, "told once, however often it comes");
    assert_eq!(told.last().unwrap().0, NOT_TAKEN);
    assert_eq!(office.states().len(), 3);
    // What is right is taken still, and what was wrong is not told any more.
    assert_eq!(office.takes(&all[3..]).new, 1);
    assert_eq!(not_taken(&office.connection).unwrap(), None);
    let other = Office::open();
    assert_eq!(other.takes(&all[1..]).refused, Some(Refused::Gap));
    assert_eq!(other.states(), []);
}

#[test]
fn what_is_right_is_done_with_its_entry_and_what_is_not_is_refused_with_its_reason() {
    let office = Office::open();
    let cheap = fees().replace("yen = 300", "yen = \"free\"");
    let dear = fees().replace("yen = 300", "yen = 350");
    let all = [
        ("closures", CLOSED, None),
        ("fees", &*cheap, None),
        ("fees", &*dear, None),
        ("weather", "", None),
    ];
    office.takes(&sent(&office.key, &all));
    let first = office.does(NOW).unwrap();
    assert_eq!((first.number, first.reason), (1, None));
    let days = |config: &Config| config.appointments().unwrap().closures.len();
    assert_eq!(days(first.config.as_ref().unwrap()), days(&office.config) + 1);
    let second = office.does(NOW).unwrap();
    let reason = second.reason.unwrap();
    assert!(reason.starts_with("faults\n配信2のfees.toml:"), "{reason}");
    assert!(second.config.is_none(), "everything is as it was");
    let third = office.does(NOW).unwrap();
    let config = third.config.unwrap();
    assert!(config.fees.iter().any(|fee| fee.yen.0 == 350));
    assert_eq!(days(&config), days(&office.config) + 1, "and the days of rest with it");
    assert_eq!(office.does(NOW).unwrap().reason.unwrap(), "unknown_kind");
    assert!(office.does(NOW).is_none());
    assert_eq!(office.states(), [State::Applied, State::Refused, State::Applied, State::Refused]);
    let told = office.told();
    let kinds: Vec<&str> = told.iter().map(|(kind, _)| kind.as_str()).collect();
    assert_eq!(kinds, [APPLIED, REFUSED, APPLIED, REFUSED]);
    let facts: serde_json::Value = serde_json::from_str(&told[1].1).unwrap();
    assert_eq!((&facts["number"], &facts["why"]), (&2.into(), &"faults".into()));
    assert!(facts["faults"][0].as_str().unwrap().starts_with("配信2の"), "{facts}");
}

#[test]
fn what_names_a_time_waits_for_it_and_then_holds_over_what_was_sent_since() {
    let office = Office::open();
    let priced = |yen: u32| fees().replace("yen = 300", &format!("yen = {yen}"));
    let (april, now) = (priced(400), priced(350));
    let all = [("fees", &*april, Some("2027-04-01T00:00:00+09:00")), ("fees", &*now, None)];
    office.takes(&sent(&office.key, &all));
    let costs = |done: Settled, yen: u32| {
        assert!(done.config.unwrap().fees.iter().any(|fee| fee.yen.0 == yen), "{yen}");
        done.number
    };
    assert_eq!(costs(office.does(NOW).unwrap(), 350), 2);
    // The other is looked at early, once, and does nothing yet.
    let early = due(&office.connection, NOW, &BTreeSet::new()).unwrap().unwrap();
    assert!(early.is_early() && office.does(NOW).is_none());
    let seen = BTreeSet::from([early.ordinal()]);
    assert!(due(&office.connection, NOW, &seen).unwrap().is_none());
    assert_eq!(office.states(), [State::Waiting, State::Applied]);
    let april = datetime!(2027-04-01 0:00 +9);
    assert_eq!(next_due_at(&office.connection).unwrap(), Some(april));
    assert_eq!(costs(office.does(april).unwrap(), 400), 1);
    let in_force = parts(&in_force(&office.connection).unwrap());
    assert_eq!(in_force.last().unwrap().2, 1, "though the other was sent later");
}

#[test]
fn what_will_be_wrong_at_its_time_is_refused_at_once() {
    let office = Office::open();
    let later = Some("2027-04-01T00:00:00+09:00");
    office.takes(&sent(&office.key, &[("fees", "", later)]));
    let done = office.does(NOW).unwrap();
    assert!(done.reason.unwrap().starts_with("faults\n"));
    assert_eq!(office.states(), [State::Refused]);
}

#[test]
fn an_account_is_out_with_its_sessions_and_the_last_administrator_stays() {
    let office = Office::open();
    let tx = Tx::alone(&office.connection);
    for (login, role) in [("madoguchi", Role::Clerk), ("joho", Role::Administrator)] {
        let password = PasswordHash::stored("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA".into());
        let name = "見本　係".to_owned();
        let login = login.to_owned();
        let new = NewAccount { login, name, role, password, password_is_initial: false };
        staff::add(&tx, &office.journal, office.journal.op(), Actor::Console, &new).unwrap();
    }
    let of = |login: &str| format!("{{\"login\":\"{login}\"}}");
    let (clerk, nobody, last) = (of("Madoguchi"), of("nobody"), of("joho"));
    let all = [
        ("staff_disabled", &*clerk, None),
        ("staff_disabled", &*nobody, None),
        ("staff_disabled", &*last, None),
        ("staff_disabled", "{}", None),
    ];
    office.takes(&sent(&office.key, &all));
    let reasons: Vec<Option<String>> =
        std::iter::from_fn(|| office.does(NOW).map(|done| done.reason)).collect();
    let codes =
        [None, Some("no_such_account"), Some("last_administrator"), Some("not_as_expected")];
    assert_eq!(reasons, codes.map(|code| code.map(str::to_owned)));
    let is_out = |login: &str| {
        let account = staff::account_of_login(&office.connection, login).unwrap().unwrap();
        account.disabled_at.is_some()
    };
    assert!(is_out("madoguchi") && !is_out("joho"));
    assert!(office.told().iter().any(|(kind, _)| kind == "staff.disabled"));
}

#[test]
fn what_the_hub_sent_is_never_edited_nor_removed() {
    let office = Office::open();
    office.takes(&sent(&office.key, &[("closures", CLOSED, None)]));
    office.does(NOW).unwrap();
    for edit in [
        "delete from notice",
        "update notice set state = 'waiting', settled_at = null",
        "update notice set text = '{}'",
    ] {
        assert!(office.connection.execute(edit, []).is_err(), "{edit}");
    }
}
