//! Stories about pairing and calling, on SQLite in memory.

use std::sync::Arc;
use std::time::Duration;

use rusqlite::Connection;
use time::macros::datetime;

use super::*;
use crate::chance::SeededChance;
use crate::clock::HeldClock;
use crate::id::OpId;
use crate::journal::OfficeKey;
use crate::secret::{Code, Token};

struct Office {
    connection: Connection,
    journal: Journal,
    clock: Arc<HeldClock>,
}

fn office() -> Office {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(journal::SCHEMA).unwrap();
    connection.execute_batch(SCHEMA).unwrap();
    let clock = Arc::new(HeldClock::at(datetime!(2026-11-21 8:30 +9)));
    let chance = Arc::new(SeededChance::new(1));
    let key = OfficeKey::generate(&*chance);
    let journal = Journal::new(clock.clone(), chance, key);
    journal.open_log(&Tx::alone(&connection), "999999-01").unwrap();
    Office { connection, journal, clock }
}

impl Office {
    fn tx(&self) -> Tx<'_> {
        Tx::alone(&self.connection)
    }

    fn offer(&self, name: &str, reader: &str) -> Result<Code, Error> {
        let new = NewDevice::typed(name, Role::Kiosk, reader)?;
        let op = self.journal.op();
        offer(&self.tx(), &self.journal, op, Actor::Console, &new).map(|(code, _)| code)
    }

    /// As the writer does it: what a refusal changed is undone.
    fn redeem(&self, typed: &str) -> Result<(Device, Token), Error> {
        self.redeem_once(self.journal.op(), typed)
    }

    fn redeem_once(&self, op: OpId, typed: &str) -> Result<(Device, Token), Error> {
        self.connection.execute_batch("savepoint job").unwrap();
        let outcome = redeem(&self.tx(), &self.journal, op, typed);
        let end = if outcome.is_ok() { "release job" } else { "rollback to job; release job" };
        self.connection.execute_batch(end).unwrap();
        outcome
    }

    fn pair(&self, name: &str, reader: &str) -> (Device, Token) {
        self.redeem(&self.offer(name, reader).unwrap().to_string()).unwrap()
    }

    fn again(&self, id: DeviceId) -> Device {
        device(&self.connection, id).unwrap().unwrap()
    }

    fn kinds(&self) -> Vec<String> {
        let mut rows = self.connection.prepare("select kind from journal order by seq").unwrap();
        rows.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }
}

#[test]
fn a_device_is_paired_by_its_code_once_and_known_by_its_token() {
    let office = office();
    let code = office.offer("記載台1", "Reader A").unwrap().to_string();
    let (tablet, token) = office.redeem(&code.to_lowercase().replace('-', " ")).unwrap();
    let expected = Device {
        id: tablet.id,
        name: "記載台1".into(),
        role: Role::Kiosk,
        reader: Some("Reader A".into()),
        paired_at: datetime!(2026-11-21 8:30 +9),
        revoked_at: None,
        help: None,
    };
    assert_eq!(tablet, expected);
    assert_eq!(paired(&office.connection, &token).unwrap(), Some(expected));
    assert!(matches!(office.redeem(&code), Err(Error::UnknownCode)));
    let stranger = Token::new(&SeededChance::new(9));
    assert_eq!(paired(&office.connection, &stranger).unwrap(), None);
    assert_eq!(office.kinds(), ["device.pairing_offered", "device.paired"]);
}

#[test]
fn what_is_sent_twice_is_answered_as_the_first_time() {
    let office = office();
    let op = office.journal.op();
    let offered = || {
        let new = NewDevice::typed("記載台1", Role::Kiosk, "").unwrap();
        offer(&office.tx(), &office.journal, op, Actor::Console, &new)
    };
    let (code, until) = offered().unwrap();
    office.clock.advance(Duration::from_secs(5));
    assert_eq!(offered().unwrap(), (code.clone(), until));

    let (op, code) = (office.journal.op(), code.to_string());
    let (tablet, token) = office.redeem_once(op, &code).unwrap();
    let (again, same) = office.redeem_once(op, &code).unwrap();
    assert_eq!((again.id, same.text()), (tablet.id, token.text()));
    assert_eq!(office.kinds(), ["device.pairing_offered", "device.paired"]);
    assert!(matches!(offered(), Err(Error::UnknownCode)), "it is used up");
    assert!(matches!(office.redeem_once(office.journal.op(), &code), Err(Error::UnknownCode)));
    revoke(&office.tx(), &office.journal, Actor::Console, tablet.id).unwrap();
    assert!(matches!(office.redeem_once(op, &code), Err(Error::UnknownCode)));
}

#[test]
fn a_code_is_good_for_ten_minutes() {
    let office = office();
    let (early, late) = (office.offer("1", "").unwrap(), office.offer("2", "").unwrap());
    office.clock.advance(Duration::from_secs(599));
    office.redeem(&early.to_string()).unwrap();
    office.clock.advance(Duration::from_secs(1));
    assert!(matches!(office.redeem(&late.to_string()), Err(Error::UnknownCode)));
    assert!(matches!(office.redeem("not a code"), Err(Error::UnknownCode)));
}

#[test]
fn a_revoked_device_is_a_stranger_and_leaves_its_name_and_reader() {
    let office = office();
    let (old, token) = office.pair("記載台1", "Reader A");
    revoke(&office.tx(), &office.journal, Actor::Console, old.id).unwrap();
    revoke(&office.tx(), &office.journal, Actor::Console, old.id).unwrap();
    assert_eq!(paired(&office.connection, &token).unwrap(), None);
    assert!(matches!(call_staff(&office.tx(), &office.journal, old.id), Err(Error::NoSuchDevice)));
    let (new, _) = office.pair("記載台1", "Reader A");
    let names = |device: Device| (device.id, device.revoked_at.is_some());
    let all: Vec<_> = all(&office.connection).unwrap().into_iter().map(names).collect();
    assert_eq!(all, [(new.id, false), (old.id, true)]);
}

#[test]
fn two_kiosks_never_share_a_reader_or_a_name() {
    let office = office();
    let waiting = office.offer("記載台2", "Reader B").unwrap().to_string();
    let (first, _) = office.pair("記載台1", "Reader A");
    assert!(matches!(office.offer("記載台1", ""), Err(Error::NameTaken)));
    assert!(matches!(office.offer("記載台3", "Reader A"), Err(Error::ReaderTaken)));

    let choose =
        |id, reader| choose_reader(&office.tx(), &office.journal, Actor::Console, id, reader);
    choose(first.id, "Reader B").unwrap();
    // Somebody else was quicker than the code; it stays good.
    assert!(matches!(office.redeem(&waiting), Err(Error::ReaderTaken)));
    choose(first.id, "").unwrap();
    let (second, _) = office.redeem(&waiting).unwrap();
    assert!(matches!(choose(first.id, "Reader B"), Err(Error::ReaderTaken)));
    choose(second.id, "Reader B").unwrap();
}

#[test]
fn what_cannot_be_a_device_is_refused() {
    let typed = |name: &str, role, reader: &str| NewDevice::typed(name, role, reader).map(|_| ());
    assert!(matches!(typed("　", Role::Kiosk, ""), Err(Error::NameForm)));
    assert!(matches!(typed(&"台".repeat(41), Role::Kiosk, ""), Err(Error::NameForm)));
    assert!(matches!(typed("盤1", Role::Display, "Reader A"), Err(Error::ReaderForm)));
    assert!(typed("盤1", Role::Display, " ").is_ok());
}

#[test]
fn a_call_keeps_its_first_time_until_somebody_answers() {
    let office = office();
    let (tablet, _) = office.pair("記載台1", "");
    let staff = StaffId::new(office.journal.now(), &SeededChance::new(5));
    let called = datetime!(2026-11-21 8:30 +9);
    call_staff(&office.tx(), &office.journal, tablet.id).unwrap();
    office.clock.advance(Duration::from_secs(90));
    call_staff(&office.tx(), &office.journal, tablet.id).unwrap();
    assert_eq!(office.again(tablet.id).calling_since(), Some(called));

    for _ in 0..2 {
        answer_call(&office.tx(), &office.journal, staff, tablet.id).unwrap();
    }
    let answered = office.again(tablet.id);
    assert_eq!(answered.calling_since(), None);
    let when = datetime!(2026-11-21 8:31:30 +9);
    assert_eq!(answered.help, Some(Help { since: called, answered: Some((when, staff)) }));

    call_staff(&office.tx(), &office.journal, tablet.id).unwrap();
    assert_eq!(office.again(tablet.id).calling_since(), Some(when));
    assert_eq!(
        office.kinds()[2..],
        ["device.help_asked", "device.help_answered", "device.help_asked"]
    );
}

#[test]
fn a_call_does_not_outlive_whoever_called() {
    let office = office();
    let (tablet, _) = office.pair("記載台1", "");
    let staff = StaffId::new(office.journal.now(), &SeededChance::new(5));
    let withdraw =
        || withdraw_call(&office.tx(), &office.journal, tablet.actor(), tablet.id).unwrap();
    withdraw();
    for is_answered in [false, true] {
        call_staff(&office.tx(), &office.journal, tablet.id).unwrap();
        if is_answered {
            answer_call(&office.tx(), &office.journal, staff, tablet.id).unwrap();
        }
        withdraw();
        assert_eq!(office.again(tablet.id).help, None);
    }
    assert_eq!(
        office.kinds()[2..],
        [
            "device.help_asked",
            "device.help_withdrawn",
            "device.help_asked",
            "device.help_answered",
            "device.help_withdrawn"
        ]
    );
    revoke(&office.tx(), &office.journal, Actor::Console, tablet.id).unwrap();
    withdraw();
}

#[test]
fn a_display_cannot_call_staff() {
    let office = office();
    let new = NewDevice::typed("表示盤", Role::Display, "").unwrap();
    let op = office.journal.op();
    let (code, _) = offer(&office.tx(), &office.journal, op, Actor::Console, &new).unwrap();
    let (display, _) = office.redeem(&code.to_string()).unwrap();
    let refused = call_staff(&office.tx(), &office.journal, display.id);
    assert!(matches!(refused, Err(Error::NotAKiosk)));
}

#[test]
fn after_a_restore_no_token_and_no_code_is_good() {
    let office = office();
    let code = office.offer("記載台1", "").unwrap();
    let (device, token) = office.redeem(&code.to_string()).unwrap();
    let unused = office.offer("記載台2", "").unwrap();
    let count = || revoke_all(&office.tx(), &office.journal, Actor::Console).unwrap();
    assert_eq!([count(), count()], [1, 0]);
    assert_eq!(paired(&office.connection, &token).unwrap(), None);
    assert!(super::device(&office.connection, device.id).unwrap().unwrap().revoked_at.is_some());
    assert!(matches!(office.redeem(&unused.to_string()), Err(Error::UnknownCode)));
}
