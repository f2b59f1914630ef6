//! Sessions: who a browser's token stands for, and for how long.

use std::time::Duration;

use serde_json::json;

use super::{Error, Staff, record, store};
use crate::clock::Moment;
use crate::db::Tx;
use crate::journal::{Actor, Journal};
use crate::secret::{Digest, Token};

/// How long a session lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Without any request.
    pub idle: Duration,
    /// In all, however busy it is.
    pub absolute: Duration,
}

/// Ten minutes without a touch, one working day in all.
pub const LIMITS: Limits =
    Limits { idle: Duration::from_secs(10 * 60), absolute: Duration::from_secs(12 * 60 * 60) };

impl Limits {
    /// Whether a session still holds that began and was used last then. A clock that was
    /// set back ends none.
    pub fn hold(self, (began, seen): (Moment, Moment), now: Moment) -> bool {
        now - seen < self.idle && now - began < self.absolute
    }

    /// The same for a clock that runs `speed` times as fast as whoever signs in.
    pub fn at_speed(self, speed: u32) -> Self {
        Self { idle: self.idle * speed, absolute: self.absolute * speed }
    }
}

/// A session is noted as used at most this often, so that looking at pages
/// writes little.
const TOUCH_EVERY: Duration = Duration::from_secs(30);

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    pub staff: Staff,
    /// The digest of the token.
    pub session: Digest,
    pub began_at: Moment,
    pub seen_at: Moment,
}

impl SignedIn {
    /// Whether the session still holds.
    pub(super) fn holds(&self, limits: Limits, now: Moment) -> bool {
        limits.hold((self.began_at, self.seen_at), now) && self.staff.disabled_at.is_none()
    }

    /// Whether this request should be noted with [`touch`].
    pub fn wants_touch(&self, now: Moment) -> bool {
        now - self.seen_at >= TOUCH_EVERY
    }

    /// Who acts, for the journal.
    pub fn actor(&self) -> Actor {
        Actor::Staff(self.staff.id)
    }
}

/// Opens a session. Old ones of the same person on other machines go on: a
/// supervisor may stand at two counters.
pub(super) fn open(tx: &Tx<'_>, journal: &Journal, staff: &Staff) -> Result<Token, Error> {
    let now = journal.now();
    store::end_sessions_before(tx, now - LIMITS.absolute)?;
    let token = Token::new(&*journal.chance);
    store::insert_session(tx, &token.digest(), staff.id, now)?;
    record(tx, journal, "staff.signed_in", Some(staff.id), Actor::Staff(staff.id), json!({}))?;
    Ok(token)
}

/// Notes that the session is in use.
///
/// # Errors
/// Faults of storage.
pub fn touch(tx: &Tx<'_>, journal: &Journal, signed_in: &SignedIn) -> Result<(), Error> {
    store::touch_session(tx, &signed_in.session, journal.now())
}

/// Ends this session. Ending one that has ended is no fault.
///
/// # Errors
/// Faults of storage.
pub fn sign_out(tx: &Tx<'_>, journal: &Journal, signed_in: &SignedIn) -> Result<(), Error> {
    match store::end_session(tx, &signed_in.session)? {
        Some(staff) => {
            record(tx, journal, "staff.signed_out", Some(staff), Actor::Staff(staff), json!({}))
        }
        None => Ok(()),
    }
}
