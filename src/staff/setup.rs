//! The first administrator. There is no default password: while there is no
//! account, `serve` prints a code on the console, and whoever can read the
//! console makes the first account with it, once.

use serde_json::json;

use super::account::{self, NewAccount};
use super::{Error, Role, Staff, record, store};
use crate::db::Tx;
use crate::journal::{Actor, Journal};
use crate::secret::Code;

/// Sixty bits: nobody guesses it, however long the page stands open.
const CODE_LEN: usize = 12;
const PURPOSE: &str = "staff setup";

/// A new code, which replaces one that was not used; `None` once there is an
/// account.
///
/// # Errors
/// Faults of storage.
pub fn make_code(tx: &Tx<'_>, journal: &Journal) -> Result<Option<Code>, Error> {
    if store::is_set_up(tx)? {
        return Ok(None);
    }
    let code = Code::new(&*journal.chance, CODE_LEN);
    store::set_setup_code(tx, &code.digest(PURPOSE), journal.now())?;
    record(tx, journal, "staff.setup_offered", None, Actor::System, json!({}))?;
    Ok(Some(code))
}

/// Makes the first account, an administrator whatever `new` says.
///
/// # Errors
/// [`Error::AlreadySetUp`], [`Error::WrongSetupCode`].
pub fn set_up(
    tx: &Tx<'_>,
    journal: &Journal,
    typed: &str,
    new: &NewAccount,
) -> Result<Staff, Error> {
    if store::is_set_up(tx)? {
        return Err(Error::AlreadySetUp);
    }
    let digest = Code::typed(typed).map(|code| code.digest(PURPOSE));
    if digest.is_none() || store::setup_code(tx)? != digest {
        return Err(Error::WrongSetupCode);
    }
    store::forget_setup_code(tx)?;
    let first = NewAccount {
        login: new.login.clone(),
        name: new.name.clone(),
        role: Role::Administrator,
        password: new.password.clone(),
        password_is_initial: false,
    };
    let staff = account::add(tx, journal, journal.op(), Actor::Console, &first)?;
    record(tx, journal, "staff.setup_used", Some(staff.id), Actor::Console, json!({}))?;
    Ok(staff)
}
