//! The rows of staff, sessions and tries.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};

use super::password::PasswordHash;
use super::sign_in::login_digest;
use super::{Error, Limits, Role, SignedIn, Staff};
use crate::clock::{self, Moment};
use crate::db::{self, Tx};
use crate::id::StaffId;
use crate::secret::{Digest, Token};

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        Error::Db(error.into())
    }
}

const COLUMNS: &str = "staff.id, staff.login, staff.name, staff.role, staff.password_is_initial, staff.added_at, \
     staff.disabled_at, staff.only_guides";

fn inconsistent(column: &'static str) -> Error {
    db::Error::Inconsistent { table: "staff", column }.into()
}

fn moment(text: &str, column: &'static str) -> Result<Moment, Error> {
    clock::parse_rfc3339(text).ok_or_else(|| inconsistent(column))
}

/// Reads the columns of [`COLUMNS`].
fn staff(row: &Row<'_>) -> Result<Staff, Error> {
    let disabled_at: Option<String> = row.get(6)?;
    Ok(Staff {
        id: row.get::<_, String>(0)?.parse().map_err(|_| inconsistent("id"))?,
        login: row.get(1)?,
        name: row.get(2)?,
        role: match (Role::from_id(&row.get::<_, String>(3)?), row.get(7)?) {
            (Some(Role::Clerk), true) => Role::Guide,
            (Some(role), false) => role,
            _ => return Err(inconsistent("role")),
        },
        must_choose_password: row.get(4)?,
        added_at: moment(&row.get::<_, String>(5)?, "added_at")?,
        disabled_at: disabled_at.map(|text| moment(&text, "disabled_at")).transpose()?,
    })
}

/// All accounts: active ones first, then by login.
///
/// # Errors
/// Faults of storage.
pub fn accounts(connection: &Connection) -> Result<Vec<Staff>, Error> {
    let mut statement = connection.prepare_cached(&format!(
        "select {COLUMNS} from staff order by disabled_at is not null, login"
    ))?;
    statement.query_and_then([], staff)?.collect()
}

/// All accounts as [`accounts`], and until when sign-in must wait.
///
/// # Errors
/// Faults of storage.
pub fn accounts_and_waits(
    connection: &Connection,
    now: Moment,
) -> Result<Vec<(Staff, Option<Moment>)>, Error> {
    let with_wait = |staff: Staff| {
        let until = attempts(connection, &login_digest(&staff.login))?.blocked_until;
        Ok((staff, until.filter(|until| now < *until)))
    };
    accounts(connection)?.into_iter().map(with_wait).collect()
}

/// The account of this identity.
///
/// # Errors
/// Faults of storage.
pub fn account(connection: &Connection, id: StaffId) -> Result<Option<Staff>, Error> {
    connection
        .prepare_cached(&format!("select {COLUMNS} from staff where id = ?1"))?
        .query_and_then([id.to_string()], staff)?
        .next()
        .transpose()
}

/// The account of this login, as it is stored.
///
/// # Errors
/// Faults of storage.
pub fn account_of_login(connection: &Connection, login: &str) -> Result<Option<Staff>, Error> {
    connection
        .prepare_cached(&format!("select {COLUMNS} from staff where login = ?1"))?
        .query_and_then([login], staff)?
        .next()
        .transpose()
}

/// Whether there is any account.
///
/// # Errors
/// Faults of storage.
pub fn is_set_up(connection: &Connection) -> Result<bool, Error> {
    Ok(connection.query_row("select exists (select 1 from staff)", [], |row| row.get(0))?)
}

/// Administrators who can sign in.
pub(super) fn administrators(connection: &Connection) -> Result<i64, Error> {
    Ok(connection.query_row(
        "select count(*) from staff where role = 'administrator' and disabled_at is null",
        [],
        |row| row.get(0),
    )?)
}

pub(super) fn insert(tx: &Tx<'_>, staff: &Staff, password: &PasswordHash) -> Result<(), Error> {
    let (role, only_guides) = match staff.role {
        Role::Guide => (Role::Clerk, true),
        role => (role, false),
    };
    tx.execute(
        "insert into staff
           (id, login, name, role, password_hash, password_is_initial, added_at, only_guides)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            staff.id.to_string(),
            staff.login,
            staff.name,
            role.id(),
            password.as_str(),
            staff.must_choose_password,
            clock::rfc3339(staff.added_at),
            only_guides,
        ],
    )?;
    Ok(())
}

/// Makes an account what it is in `other`.
pub(super) fn copy(tx: &Tx<'_>, other: &Connection, id: StaffId) -> Result<(), Error> {
    let mut there = other.prepare(
        "select id, login, name, role, password_hash, password_is_initial, added_at, disabled_at,
           only_guides
         from staff where id = ?1",
    )?;
    let values: Vec<Value> =
        there.query_row([id.to_string()], |row| (0..9).map(|column| row.get(column)).collect())?;
    tx.execute(
        "insert into staff
           (id, login, name, role, password_hash, password_is_initial, added_at, disabled_at,
            only_guides)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
         on conflict (id) do update set
           name = ?3, role = ?4, password_hash = ?5, password_is_initial = ?6, disabled_at = ?8,
           only_guides = ?9",
        params_from_iter(values),
    )?;
    Ok(())
}

pub(super) fn set_disabled(tx: &Tx<'_>, id: StaffId, at: Option<Moment>) -> Result<(), Error> {
    tx.execute(
        "update staff set disabled_at = ?2 where id = ?1",
        params![id.to_string(), at.map(clock::rfc3339)],
    )?;
    Ok(())
}

pub(super) fn set_password(
    tx: &Tx<'_>,
    id: StaffId,
    password: &PasswordHash,
    is_initial: bool,
) -> Result<(), Error> {
    tx.execute(
        "update staff set password_hash = ?2, password_is_initial = ?3 where id = ?1",
        params![id.to_string(), password.as_str(), is_initial],
    )?;
    Ok(())
}

pub(super) fn password_of_login(
    connection: &Connection,
    login: &str,
) -> Result<Option<(StaffId, PasswordHash)>, Error> {
    let found: Option<(String, String)> = connection
        .prepare_cached("select id, password_hash from staff where login = ?1")?
        .query_row([login], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    found
        .map(|(id, hash)| {
            Ok((id.parse().map_err(|_| inconsistent("id"))?, PasswordHash::stored(hash)))
        })
        .transpose()
}

/// Who `token` stands for at `now`: `None` when the session is unknown, too old,
/// or its account disabled.
///
/// # Errors
/// Faults of storage.
pub fn signed_in(
    connection: &Connection,
    token: &Token,
    limits: Limits,
    now: Moment,
) -> Result<Option<SignedIn>, Error> {
    let session = token.digest();
    let found = connection
        .prepare_cached(&format!(
            "select {COLUMNS}, began_at, seen_at
             from staff_session join staff on staff.id = staff_session.staff
             where token_hash = ?1"
        ))?
        .query_and_then([session], |row| -> Result<_, Error> {
            Ok(SignedIn {
                staff: staff(row)?,
                session,
                began_at: moment(&row.get::<_, String>("began_at")?, "began_at")?,
                seen_at: moment(&row.get::<_, String>("seen_at")?, "seen_at")?,
            })
        })?
        .next()
        .transpose()?;
    Ok(found.filter(|signed_in| signed_in.holds(limits, now)))
}

pub(super) fn insert_session(
    tx: &Tx<'_>,
    session: &Digest,
    staff: StaffId,
    now: Moment,
) -> Result<(), Error> {
    tx.execute(
        "insert into staff_session (token_hash, staff, began_at, seen_at) values (?1, ?2, ?3, ?3)",
        params![session, staff.to_string(), clock::rfc3339(now)],
    )?;
    Ok(())
}

pub(super) fn touch_session(tx: &Tx<'_>, session: &Digest, now: Moment) -> Result<(), Error> {
    tx.execute(
        "update staff_session set seen_at = ?2 where token_hash = ?1",
        params![session, clock::rfc3339(now)],
    )?;
    Ok(())
}

/// Whose session it was.
pub(super) fn end_session(tx: &Tx<'_>, session: &Digest) -> Result<Option<StaffId>, Error> {
    let staff: Option<String> = tx
        .query_row(
            "delete from staff_session where token_hash = ?1 returning staff",
            [session],
            |row| row.get(0),
        )
        .optional()?;
    staff.map(|id| id.parse().map_err(|_| inconsistent("id"))).transpose()
}

/// Ends all sessions of an account but `kept`.
pub(super) fn end_sessions_of(
    tx: &Tx<'_>,
    staff: StaffId,
    kept: Option<&Digest>,
) -> Result<(), Error> {
    tx.execute(
        "delete from staff_session where staff = ?1 and token_hash is not ?2",
        params![staff.to_string(), kept],
    )?;
    Ok(())
}

pub(super) fn end_all_sessions(tx: &Tx<'_>) -> Result<(), Error> {
    tx.execute("delete from staff_session", [])?;
    Ok(())
}

/// Drops sessions begun before `moment`; none of them holds any more.
pub(super) fn end_sessions_before(tx: &Tx<'_>, moment: Moment) -> Result<(), Error> {
    tx.execute("delete from staff_session where began_at < ?1", [clock::rfc3339(moment)])?;
    Ok(())
}

/// Tries since the last success.
#[derive(Default)]
pub(super) struct Attempts {
    pub tries: u32,
    pub blocked_until: Option<Moment>,
}

pub(super) fn attempts(connection: &Connection, login: &Digest) -> Result<Attempts, Error> {
    let found: Option<(u32, Option<String>)> = connection
        .prepare_cached("select tries, blocked_until from sign_in_attempt where login_hash = ?1")?
        .query_row([login], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((tries, until)) = found else { return Ok(Attempts::default()) };
    let blocked_until = until.map(|text| moment(&text, "blocked_until")).transpose()?;
    Ok(Attempts { tries, blocked_until })
}

pub(super) fn set_attempts(
    tx: &Tx<'_>,
    login: &Digest,
    attempts: &Attempts,
    now: Moment,
) -> Result<(), Error> {
    tx.execute(
        "insert into sign_in_attempt (login_hash, tries, blocked_until, last_at)
         values (?1, ?2, ?3, ?4)
         on conflict (login_hash) do update
         set tries = ?2, blocked_until = ?3, last_at = ?4",
        params![
            login,
            attempts.tries,
            attempts.blocked_until.map(clock::rfc3339),
            clock::rfc3339(now)
        ],
    )?;
    Ok(())
}

pub(super) fn forget_attempts(tx: &Tx<'_>, login: &Digest) -> Result<(), Error> {
    tx.execute("delete from sign_in_attempt where login_hash = ?1", [login])?;
    Ok(())
}

pub(super) fn forget_attempts_before(tx: &Tx<'_>, moment: Moment) -> Result<(), Error> {
    tx.execute("delete from sign_in_attempt where last_at < ?1", [clock::rfc3339(moment)])?;
    Ok(())
}

pub(super) fn setup_code(connection: &Connection) -> Result<Option<Digest>, Error> {
    Ok(connection.query_row("select code_hash from setup_code", [], |row| row.get(0)).optional()?)
}

pub(super) fn set_setup_code(tx: &Tx<'_>, code: &Digest, now: Moment) -> Result<(), Error> {
    tx.execute(
        "insert or replace into setup_code (only_one, code_hash, made_at) values (1, ?1, ?2)",
        params![code, clock::rfc3339(now)],
    )?;
    Ok(())
}

pub(super) fn forget_setup_code(tx: &Tx<'_>) -> Result<(), Error> {
    tx.execute("delete from setup_code", [])?;
    Ok(())
}
