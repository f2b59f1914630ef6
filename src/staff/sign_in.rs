//! Signing in, in three steps, because the middle one is slow and must not hold
//! the writer: [`begin`] counts the try, [`Attempt::check`] compares the password
//! on a thread of its own, [`finish`] opens the session.
//!
//! A try counts before it is looked at, so a thousand tries sent at once get no
//! more looks than a thousand sent in a row. An unknown login costs the same
//! steps and the same time as a known one, and made-up ones fill no disk: their
//! tries share a fixed number of rows, and one entry tells of many.

use std::time::Duration;

use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::account::normal_login;
use super::password::PasswordHash;
use super::{Error, Staff, record, session, store};
use crate::clock::{self, Moment};
use crate::db::Tx;
use crate::id::StaffId;
use crate::journal::{Actor, Journal};
use crate::secret::{Digest, Token};

/// Wrong passwords in a row before the first wait.
const TRIES_FREE: u32 = 5;
const WAIT_FIRST: Duration = Duration::from_secs(60);
const WAIT_MAX: Duration = Duration::from_secs(15 * 60);
/// A row of tries is forgotten after this time without one.
pub const FORGOTTEN_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// Rows that the tries of all unknown logins share. So many that nobody who mistypes
/// meets another's wait, nor learns from one which logins exist; few enough for any
/// disk.
const UNKNOWN_ROWS: u16 = 1_024;
/// Refused tries of unknown logins are one entry in this time.
const UNKNOWN_TOLD_EVERY: Duration = Duration::from_secs(10 * 60);

/// How long nobody may try after `tries` wrong passwords in a row: one minute
/// after the fifth, doubling to fifteen, never for good.
pub fn wait_after(tries: u32) -> Option<Duration> {
    let over = tries.checked_sub(TRIES_FREE)?;
    Some(WAIT_FIRST.saturating_mul(2_u32.saturating_pow(over)).min(WAIT_MAX))
}

/// Only the hash of what was typed is kept: it may be a password typed into the
/// wrong field.
pub fn login_digest(login: &str) -> Digest {
    Sha256::digest(normal_login(login)).into()
}

/// Where the tries of a login that no account has are counted. Which ones share a
/// row only the office key tells.
fn unknown_digest(journal: &Journal, login: &str) -> Digest {
    let [first, second, ..] = journal.secret_of("unknown login", &normal_login(login));
    let row = u16::from_be_bytes([first, second]) % UNKNOWN_ROWS;
    Sha256::digest(format!("unknown login {row}")).into()
}

/// A try that was counted and not looked at yet.
pub struct Attempt {
    login: Digest,
    staff: Option<StaffId>,
    hash: PasswordHash,
    tries: u32,
}

/// A try that was looked at.
pub struct Checked {
    attempt: Attempt,
    right: bool,
}

/// How signing in ended.
#[derive(Debug)]
pub enum Outcome {
    /// The token goes into the browser's cookie and nowhere else.
    SignedIn { staff: Staff, token: Token },
    /// Login or password is wrong, or the account is disabled: which of them is
    /// not said. `wait_until` is set when the next try must wait.
    Refused { wait_until: Option<Moment> },
}

/// Counts one try for `login`.
///
/// # Errors
/// [`Error::BackedOff`] while the login must wait. Tries turned away here are not
/// written down one by one, or anybody could fill the disk with them.
pub fn begin(tx: &Tx<'_>, journal: &Journal, login: &str) -> Result<Attempt, Error> {
    let now = journal.now();
    store::forget_attempts_before(tx, now - FORGOTTEN_AFTER)?;
    let known = store::password_of_login(tx, &normal_login(login))?;
    let digest = match known {
        Some(_) => login_digest(login),
        None => unknown_digest(journal, login),
    };
    let before = store::attempts(tx, &digest)?;
    if let Some(until) = before.blocked_until.filter(|until| now < *until) {
        return Err(Error::BackedOff { until });
    }
    let tries = before.tries.saturating_add(1);
    let blocked_until = wait_after(tries).map(|wait| now + wait);
    store::set_attempts(tx, &digest, &store::Attempts { tries, blocked_until }, now)?;
    let (staff, hash) = match known {
        Some((staff, hash)) => (Some(staff), hash),
        None => (None, PasswordHash::decoy()),
    };
    Ok(Attempt { login: digest, staff, hash, tries })
}

impl Attempt {
    /// Compares the password. Slow; needs no database.
    pub fn check(self, password: &str) -> Checked {
        let right = self.hash.matches(password);
        Checked { attempt: self, right }
    }

    /// As if the password had been compared and was wrong.
    #[cfg(test)]
    pub(super) fn wrong(self) -> Checked {
        Checked { attempt: self, right: false }
    }
}

/// Opens a session with a new token, or says that nothing came of it. Both are
/// in the journal, so a refusal is not an error: an error would undo its entry.
///
/// # Errors
/// Faults of storage.
pub fn finish(tx: &Tx<'_>, journal: &Journal, checked: &Checked) -> Result<Outcome, Error> {
    Ok(match settle(tx, journal, checked)? {
        Ok(staff) => {
            let token = session::open(tx, journal, &staff)?;
            Outcome::SignedIn { staff, token }
        }
        Err(wait_until) => Outcome::Refused { wait_until },
    })
}

/// The account whose password was right, its tries forgotten; or until when the
/// next try must wait.
pub(super) fn settle(
    tx: &Tx<'_>,
    journal: &Journal,
    checked: &Checked,
) -> Result<Result<Staff, Option<Moment>>, Error> {
    let Checked { attempt, right } = checked;
    // Looked up anew: the account may have been disabled while the password
    // was compared.
    let staff = attempt.staff.map(|id| store::account(tx, id)).transpose()?.flatten();
    match staff {
        Some(staff) if *right && staff.disabled_at.is_none() => {
            store::forget_attempts(tx, &attempt.login)?;
            Ok(Ok(staff))
        }
        staff => {
            let reason = match &staff {
                None => "unknown",
                Some(staff) if *right && staff.disabled_at.is_some() => "disabled",
                Some(_) => "password",
            };
            refused(tx, journal, attempt, reason).map(Err)
        }
    }
}

fn refused(
    tx: &Tx<'_>,
    journal: &Journal,
    attempt: &Attempt,
    reason: &str,
) -> Result<Option<Moment>, Error> {
    let wait_until = store::attempts(tx, &attempt.login)?.blocked_until;
    if attempt.staff.is_none() {
        note_unknown(tx, journal)?;
        return Ok(wait_until);
    }
    let facts = json!({
        "reason": reason,
        "tries": attempt.tries,
        "wait_until": wait_until.map(clock::rfc3339),
    });
    record(tx, journal, "staff.sign_in_refused", attempt.staff, Actor::System, facts)?;
    Ok(wait_until)
}

/// Counts a try of an unknown login, and tells of all so far when it is time.
fn note_unknown(tx: &Tx<'_>, journal: &Journal) -> Result<(), Error> {
    let (now, all) = (journal.now(), Sha256::digest("all unknown logins").into());
    let before = store::attempts(tx, &all)?;
    let tries = before.tries.saturating_add(1);
    let told_next = match before.blocked_until {
        Some(next) if now < next => next,
        _ => {
            let facts = json!({ "reason": "unknown", "tries": tries });
            record(tx, journal, "staff.sign_in_refused", None, Actor::System, facts)?;
            now + UNKNOWN_TOLD_EVERY
        }
    };
    store::set_attempts(tx, &all, &store::Attempts { tries, blocked_until: Some(told_next) }, now)
}

/// Ends the wait of an account.
///
/// # Errors
/// [`Error::NoSuchAccount`].
pub fn lift_back_off(
    tx: &Tx<'_>,
    journal: &Journal,
    actor: Actor,
    id: StaffId,
) -> Result<(), Error> {
    let staff = store::account(tx, id)?.ok_or(Error::NoSuchAccount)?;
    store::forget_attempts(tx, &login_digest(&staff.login))?;
    record(tx, journal, "staff.back_off_lifted", Some(id), actor, json!({}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_from_one_minute_to_fifteen_and_never_further() {
        let minutes = |tries| wait_after(tries).map(|wait| wait.as_secs() / 60);
        assert_eq!([1, 4].map(minutes), [None, None]);
        assert_eq!(
            [5, 6, 7, 8, 9, 10, u32::MAX].map(minutes),
            [Some(1), Some(2), Some(4), Some(8), Some(15), Some(15), Some(15)]
        );
    }
}
