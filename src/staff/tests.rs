//! Stories about accounts, sign-in and sessions, on SQLite in memory.

use std::sync::Arc;
use std::time::Duration;

use rusqlite::Connection;
use time::macros::datetime;

use super::*;
use crate::chance::SeededChance;
use crate::clock::HeldClock;
use crate::journal::OfficeKey;
use crate::secret::{Code, Token};

const PASSWORD: &str = "窓口の長い合言葉2026";

struct Office {
    connection: Connection,
    journal: Journal,
    clock: Arc<HeldClock>,
}

/// An office in which nobody has an account.
fn office() -> Office {
    let connection = crate::schema::in_memory();
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

    fn add(&self, login: &str, role: Role) -> Result<Staff, Error> {
        let chance = SeededChance::new(7);
        let new = NewAccount::typed(login, "見本　窓子", role, PASSWORD, false, &chance)?;
        add(&self.tx(), &self.journal, self.journal.op(), Actor::Console, &new)
    }

    fn attempt(&self, login: &str, password: &str) -> Result<Outcome, Error> {
        let checked = begin(&self.tx(), &self.journal, login)?.check(password);
        finish(&self.tx(), &self.journal, &checked)
    }

    fn sign_in(&self, login: &str) -> Token {
        match self.attempt(login, PASSWORD).unwrap() {
            Outcome::SignedIn { token, .. } => token,
            refused => panic!("{refused:?}"),
        }
    }

    fn who(&self, token: &Token) -> Option<SignedIn> {
        signed_in(&self.connection, token, LIMITS, self.journal.now()).unwrap()
    }

    fn wait(&self, minutes: u64) {
        self.clock.advance(Duration::from_secs(minutes * 60));
    }

    fn kinds(&self) -> Vec<String> {
        let mut rows = self.connection.prepare("select kind from journal order by seq").unwrap();
        rows.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }
}

#[test]
fn the_first_account_is_made_with_the_code_from_the_console_and_only_once() {
    let office = office();
    let tx = office.tx();
    let first = make_code(&tx, &office.journal).unwrap().unwrap();
    let code = make_code(&tx, &office.journal).unwrap().unwrap().to_string();
    let chance = SeededChance::new(2);
    let new = NewAccount::typed("Admin", "見本　情", Role::Clerk, PASSWORD, true, &chance).unwrap();
    for wrong in ["", "ABCD-EFGH-JKMN", &first.to_string()] {
        let refused = set_up(&tx, &office.journal, wrong, &new);
        assert!(matches!(refused, Err(Error::WrongSetupCode)), "{wrong}");
    }
    let staff = set_up(&tx, &office.journal, &code.to_lowercase(), &new).unwrap();
    assert_eq!((staff.login.as_str(), staff.role), ("admin", Role::Administrator));
    assert!(!staff.must_choose_password);
    let again = set_up(&tx, &office.journal, &code, &new);
    assert!(matches!(again, Err(Error::AlreadySetUp)));
    assert_eq!(make_code(&tx, &office.journal).unwrap(), None);
    assert_eq!(
        office.kinds(),
        ["staff.setup_offered", "staff.setup_offered", "staff.added", "staff.setup_used"]
    );
}

#[test]
fn a_login_means_one_person_for_ever() {
    let office = office();
    let staff = office.add("hanako", Role::Clerk).unwrap();
    disable(&office.tx(), &office.journal, Actor::Console, staff.id).unwrap();
    assert!(matches!(office.add(" ＨＡＮＡＫＯ ", Role::Clerk), Err(Error::LoginTaken)));
}

#[test]
fn an_account_that_is_sent_twice_is_made_once() {
    let office = office();
    let chance = SeededChance::new(7);
    let new = NewAccount::typed("hanako", "見本　係", Role::Clerk, PASSWORD, true, &chance);
    let (new, op) = (new.unwrap(), office.journal.op());
    let add = || add(&office.tx(), &office.journal, op, Actor::Console, &new).unwrap();
    assert_eq!(add(), add());
    assert_eq!(office.kinds(), ["staff.added"]);
}

#[test]
fn what_cannot_be_an_account_is_refused_with_the_field_to_mend() {
    let new = |login: &str, name: &str, password: &str| {
        let chance = SeededChance::new(1);
        NewAccount::typed(login, name, Role::Clerk, password, false, &chance)
            .map(|_| ())
            .unwrap_err()
    };
    assert!(matches!(new("花子", "見本　係", PASSWORD), Error::LoginForm));
    assert!(matches!(new("a", "見本　係", PASSWORD), Error::LoginForm));
    assert!(matches!(new("hanako", "　", PASSWORD), Error::NameForm));
    assert!(matches!(new("hanako", "見本　係", "short"), Error::PasswordTooShort { min: 10 }));
}

#[test]
fn a_session_lasts_while_it_is_used_and_one_day_at_most() {
    let office = office();
    office.add("hanako", Role::Clerk).unwrap();
    let token = office.sign_in("Hanako");
    office.wait(9);
    let signed_in = office.who(&token).unwrap();
    assert_eq!((signed_in.staff.login.as_str(), signed_in.staff.role), ("hanako", Role::Clerk));
    assert!(signed_in.wants_touch(office.journal.now()));
    touch(&office.tx(), &office.journal, &signed_in).unwrap();
    office.wait(9);
    assert!(office.who(&token).is_some(), "touched nine minutes ago");
    office.wait(1);
    assert!(office.who(&token).is_none(), "idle for ten minutes");

    let busy = office.sign_in("hanako");
    for _ in 0..(12 * 60 / 9 - 1) {
        office.wait(9);
        let signed_in = office.who(&busy).unwrap();
        touch(&office.tx(), &office.journal, &signed_in).unwrap();
    }
    office.wait(9);
    assert!(office.who(&busy).is_none(), "twelve hours in all");
}

#[test]
fn signing_out_ends_this_session_and_no_other() {
    let office = office();
    office.add("hanako", Role::Clerk).unwrap();
    let (one, other) = (office.sign_in("hanako"), office.sign_in("hanako"));
    assert_ne!(one.text(), other.text());
    let signed_in = office.who(&one).unwrap();
    for _ in 0..2 {
        sign_out(&office.tx(), &office.journal, &signed_in).unwrap();
    }
    assert!(office.who(&one).is_none());
    assert!(office.who(&other).is_some());
    assert_eq!(
        office.kinds(),
        ["staff.added", "staff.signed_in", "staff.signed_in", "staff.signed_out"]
    );
}

#[test]
fn a_disabled_account_is_out_at_once_and_cannot_come_back_in() {
    let office = office();
    office.add("admin", Role::Administrator).unwrap();
    let staff = office.add("hanako", Role::Clerk).unwrap();
    let token = office.sign_in("hanako");
    disable(&office.tx(), &office.journal, Actor::Console, staff.id).unwrap();
    assert!(office.who(&token).is_none());
    let refused = office.attempt("hanako", PASSWORD).unwrap();
    assert!(matches!(refused, Outcome::Refused { wait_until: None }));
    enable(&office.tx(), &office.journal, Actor::Console, staff.id).unwrap();
    assert!(office.who(&token).is_none(), "the old session stays ended");
    office.sign_in("hanako");
}

#[test]
fn somebody_can_always_manage_accounts() {
    let office = office();
    let one = office.add("one", Role::Administrator).unwrap();
    let disabled = |actor, id| disable(&office.tx(), &office.journal, actor, id).map(|_| ());
    assert!(matches!(disabled(Actor::Console, one.id), Err(Error::LastAdministrator)));
    let two = office.add("two", Role::Administrator).unwrap();
    assert!(matches!(disabled(Actor::Staff(one.id), one.id), Err(Error::OwnAccount)));
    disabled(Actor::Staff(one.id), two.id).unwrap();
    disabled(Actor::Staff(one.id), two.id).unwrap();
    assert!(matches!(disabled(Actor::Console, one.id), Err(Error::LastAdministrator)));
}

#[test]
fn guessing_is_slowed_for_known_and_unknown_logins_alike() {
    for login in ["hanako", "nobody"] {
        let office = office();
        office.add("hanako", Role::Clerk).unwrap();
        for n in 1..=5 {
            let refused = office.attempt(login, "wrong password").unwrap();
            let wait = matches!(refused, Outcome::Refused { wait_until: Some(_) });
            assert_eq!(wait, n == 5, "{login}, try {n}");
        }
        // Even the right password has to wait, and waiting tries do not make
        // the wait longer.
        for _ in 0..100 {
            let begun = begin(&office.tx(), &office.journal, login);
            let Err(Error::BackedOff { until }) = begun else { panic!("{login}") };
            assert_eq!(until, datetime!(2026-11-21 8:31 +9));
        }
        office.wait(1);
        let sixth = office.attempt(login, "wrong password").unwrap();
        let Outcome::Refused { wait_until } = sixth else { panic!("{login}") };
        assert_eq!(wait_until, Some(datetime!(2026-11-21 8:33 +9)));
        // One entry a try that was looked at; strangers' tries are told together.
        assert_eq!(office.kinds().len(), if login == "hanako" { 7 } else { 2 });
    }
}

#[test]
fn the_right_password_after_the_wait_forgets_the_tries() {
    let office = office();
    office.add("hanako", Role::Clerk).unwrap();
    for _ in 0..5 {
        office.attempt("hanako", "wrong password").unwrap();
    }
    office.wait(1);
    office.sign_in("hanako");
    for _ in 0..4 {
        let refused = office.attempt("hanako", "wrong password").unwrap();
        assert!(matches!(refused, Outcome::Refused { wait_until: None }));
    }
}

#[test]
fn tries_sent_at_once_get_no_more_looks_than_tries_in_a_row() {
    let office = office();
    office.add("hanako", Role::Clerk).unwrap();
    let looks =
        (0..1_000).filter(|_| begin(&office.tx(), &office.journal, "hanako").is_ok()).count();
    assert_eq!(looks, 5);
}

#[test]
fn a_supervisor_can_end_the_wait_and_a_reset_does_too() {
    let office = office();
    let staff = office.add("hanako", Role::Clerk).unwrap();
    let block = || {
        for _ in 0..5 {
            begin(&office.tx(), &office.journal, "hanako").unwrap();
        }
        assert!(begin(&office.tx(), &office.journal, "hanako").is_err());
    };
    block();
    let waits = accounts_and_waits(&office.connection, office.journal.now()).unwrap();
    let until = datetime!(2026-11-21 8:31 +9);
    assert_eq!(waits, [(account(&office.connection, staff.id).unwrap().unwrap(), Some(until))]);
    lift_back_off(&office.tx(), &office.journal, Actor::Console, staff.id).unwrap();
    block();
    let initial = NewPassword::new("first-password", "hanako").unwrap();
    let initial = initial.hash(&SeededChance::new(3));
    let op = office.journal.op();
    reset_password(&office.tx(), &office.journal, op, Actor::Console, staff.id, &initial).unwrap();
    let Outcome::SignedIn { staff, .. } = office.attempt("hanako", "first-password").unwrap()
    else {
        panic!("the initial password signs in")
    };
    assert!(staff.must_choose_password);
}

#[test]
fn a_chosen_password_ends_the_other_sessions_and_needs_the_present_one() {
    let office = office();
    office.add("hanako", Role::Clerk).unwrap();
    let (here, elsewhere) = (office.sign_in("hanako"), office.sign_in("hanako"));
    let me = office.who(&here).unwrap();
    let chosen = NewPassword::instead_of(PASSWORD, "quite another one", "hanako").unwrap();
    let chosen = chosen.hash(&SeededChance::new(4));
    let change = |present: &str| {
        let checked = begin(&office.tx(), &office.journal, "hanako").unwrap().check(present);
        change_password(&office.tx(), &office.journal, &me, &checked, &chosen).unwrap()
    };
    assert!(!change("wrong password"));
    assert!(office.who(&elsewhere).is_some());
    assert!(change(PASSWORD));
    assert!(office.who(&here).is_some());
    assert!(office.who(&elsewhere).is_none());
    let new = office.attempt("hanako", "quite another one").unwrap();
    assert!(matches!(new, Outcome::SignedIn { .. }));
}

/// Every value of a table, as bytes one after another.
fn bytes_of(office: &Office, table: &str) -> Vec<u8> {
    let mut statement = office.connection.prepare(&format!("select * from {table}")).unwrap();
    let columns = statement.column_count();
    let mut rows = statement.query([]).unwrap();
    let mut bytes = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        for column in 0..columns {
            use rusqlite::types::ValueRef;
            match row.get_ref(column).unwrap() {
                ValueRef::Text(value) | ValueRef::Blob(value) => bytes.extend_from_slice(value),
                _ => bytes.push(0),
            }
        }
    }
    bytes
}

#[test]
fn no_secret_and_no_mistyped_login_stands_in_the_database() {
    let office = office();
    office.add("hanako", Role::Clerk).unwrap();
    office.attempt("a-password-in-the-wrong-field", "x").unwrap();
    let token = office.sign_in("hanako").text();
    let raw: Vec<u8> =
        (0..64).step_by(2).map(|n| u8::from_str_radix(&token[n..n + 2], 16).unwrap()).collect();
    let stored: Vec<u8> = ["journal", "staff", "staff_session", "sign_in_attempt"]
        .into_iter()
        .flat_map(|table| bytes_of(&office, table))
        .collect();
    let holds = |secret: &[u8]| stored.windows(secret.len()).any(|window| window == secret);
    assert!(holds(b"hanako"));
    for secret in [b"wrong-field".as_slice(), PASSWORD.as_bytes(), token.as_bytes(), &raw] {
        assert!(!holds(secret), "{}", String::from_utf8_lossy(secret));
    }
}

#[test]
fn the_code_on_the_console_is_not_a_pairing_code() {
    let office = office();
    let code = make_code(&office.tx(), &office.journal).unwrap().unwrap();
    let stored = store::setup_code(&office.connection).unwrap().unwrap();
    assert_eq!(stored, code.digest("staff setup"));
    assert_ne!(stored, Code::typed(&code.to_string()).unwrap().digest("device pairing"));
}

#[test]
fn a_reset_that_is_sent_again_leaves_the_password_its_owner_chose() {
    let office = office();
    let staff = office.add("hanako", Role::Clerk).unwrap();
    let initial = NewPassword::new("first-password", "hanako").unwrap();
    let initial = initial.hash(&SeededChance::new(3));
    let op = office.journal.op();
    let reset =
        || reset_password(&office.tx(), &office.journal, op, Actor::Console, staff.id, &initial);
    reset().unwrap();
    let token = match office.attempt("hanako", "first-password").unwrap() {
        Outcome::SignedIn { token, .. } => token,
        refused => panic!("{refused:?}"),
    };
    let me = office.who(&token).unwrap();
    let own = NewPassword::instead_of("first-password", "one only I know", "hanako").unwrap();
    let checked = begin(&office.tx(), &office.journal, "hanako").unwrap().check("first-password");
    let own = own.hash(&SeededChance::new(4));
    assert!(change_password(&office.tx(), &office.journal, &me, &checked, &own).unwrap());
    reset().unwrap();
    let again = office.attempt("hanako", "one only I know").unwrap();
    assert!(matches!(again, Outcome::SignedIn { .. }));
}

#[test]
fn a_stranger_with_made_up_logins_fills_no_disk() {
    let office = office();
    office.add("hanako", Role::Clerk).unwrap();
    for n in 0..3_000 {
        // Without the password's work, which only takes time.
        let Ok(attempt) = begin(&office.tx(), &office.journal, &format!("made-up-{n}")) else {
            continue;
        };
        finish(&office.tx(), &office.journal, &attempt.wrong()).unwrap();
    }
    let rows = |table: &str| -> i64 {
        let sql = format!("select count(*) from {table}");
        office.connection.query_row(&sql, [], |row| row.get(0)).unwrap()
    };
    assert!(rows("sign_in_attempt") <= 1_100, "{}", rows("sign_in_attempt"));
    assert_eq!(office.kinds(), ["staff.added", "staff.sign_in_refused"]);
    // Somebody known signs in all the same.
    office.sign_in("hanako");
}

/// The same database at another moment, as a backup is.
fn copy_of(office: &Office) -> (tempfile::TempDir, Connection) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("copy.db");
    office.connection.execute("vacuum into ?1", [path.to_str().unwrap()]).unwrap();
    let copy = crate::db::open(&path).unwrap();
    (folder, copy)
}

#[test]
fn a_restore_takes_over_what_happened_to_accounts_since_and_nothing_older() {
    let office = office();
    let administrator = office.add("joho", Role::Administrator).unwrap();
    let clerk = office.add("madoguchi1", Role::Clerk).unwrap();
    let ((_folder, backup), (_other, ancestor)) = (copy_of(&office), copy_of(&office));
    let (_fourth, older) = copy_of(&office);
    let chance = SeededChance::new(8);
    let chosen = NewPassword::new("あたらしい合言葉2026", "joho").unwrap().hash(&chance);
    let (tx, actor) = (office.tx(), Actor::Staff(administrator.id));
    reset_password(
        &tx,
        &office.journal,
        office.journal.op(),
        Actor::Console,
        administrator.id,
        &chosen,
    )
    .unwrap();
    disable(&tx, &office.journal, actor, clerk.id).unwrap();
    office.add("madoguchi2", Role::Clerk).unwrap();

    // The backup is restored, and the newer database is what was there.
    let restored = Tx::alone(&backup);
    take_over(&restored, &office.journal, &office.connection).unwrap();
    assert_eq!(accounts(&backup).unwrap(), accounts(&office.connection).unwrap());
    let checked = |tx, password| begin(tx, &office.journal, "joho").unwrap().check(password);
    let old = finish(&restored, &office.journal, &checked(&restored, PASSWORD)).unwrap();
    assert!(!matches!(old, Outcome::SignedIn { .. }));

    // Restored once more, what was taken over is not lost.
    take_over(&Tx::alone(&older), &office.journal, &backup).unwrap();
    assert_eq!(accounts(&older).unwrap(), accounts(&office.connection).unwrap());

    // The other way round: what was there is older, and gives nothing.
    let (_third, newest) = copy_of(&office);
    let (before, told) = (accounts(&newest).unwrap(), entries(&newest));
    take_over(&Tx::alone(&newest), &office.journal, &ancestor).unwrap();
    assert_eq!((accounts(&newest).unwrap(), entries(&newest)), (before, told));
}

fn entries(connection: &Connection) -> i64 {
    connection.query_row("select count(*) from journal", [], |row| row.get(0)).unwrap()
}

#[test]
fn an_account_is_of_the_role_it_was_made_with() {
    let office = office();
    for role in Role::ALL {
        let added = office.add(role.id(), role).unwrap();
        assert_eq!(account(&office.connection, added.id).unwrap().map(|one| one.role), Some(role));
    }
    // Who only guides stands as a clerk in the table of an earlier edition, and nobody else
    // only guides.
    let only_guides = "update staff set only_guides = 1 where login = ?1";
    for (role, is_taken) in [("clerk", true), ("supervisor", false), ("administrator", false)] {
        assert_eq!(office.connection.execute(only_guides, [role]).is_ok(), is_taken, "{role}");
    }
}
