//! Accounts: made, disabled, given a new password.

use serde_json::json;

use super::password::{NewPassword, PasswordHash};
use super::{Checked, Error, Role, SignedIn, Staff, record, sign_in, store};
use crate::db::Tx;
use crate::id::{OpId, StaffId};
use crate::journal::{self, Actor, Entity, Event, Journal};

/// What is needed for an account. The hash is made beforehand, because hashing
/// is too slow for a transaction.
pub struct NewAccount {
    pub login: String,
    pub name: String,
    pub role: Role,
    pub password: PasswordHash,
    /// Whether somebody other than the account's owner chose the password.
    pub password_is_initial: bool,
}

impl NewAccount {
    /// Checks what was typed. Slow: hashes the password.
    ///
    /// # Errors
    /// A refusal that says which field to mend.
    pub fn typed(
        login: &str,
        name: &str,
        role: Role,
        password: &str,
        password_is_initial: bool,
        chance: &dyn crate::chance::Chance,
    ) -> Result<Self, Error> {
        let (login, name) = (typed_login(login)?, typed_name(name)?);
        let password = NewPassword::new(password, &login)?.hash(chance);
        Ok(Self { login, name, role, password, password_is_initial })
    }
}

/// A login that somebody typed for an account.
///
/// # Errors
/// [`Error::LoginForm`].
pub fn typed_login(text: &str) -> Result<String, Error> {
    let login = normal_login(text);
    let well_formed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let is_one = (2..=40).contains(&login.len()) && login.chars().all(well_formed);
    if is_one { Ok(login) } else { Err(Error::LoginForm) }
}

/// A name that somebody typed for an account.
///
/// # Errors
/// [`Error::NameForm`].
pub fn typed_name(text: &str) -> Result<String, Error> {
    let name = text.trim();
    let is_one = (1..=60).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if is_one { Ok(name.to_owned()) } else { Err(Error::NameForm) }
}

/// A login as it is compared: no blanks around it, small letters, half width.
pub fn normal_login(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    text.trim().nfkc().flat_map(char::to_lowercase).collect()
}

/// Makes an account. The same `op` sent twice makes one.
///
/// # Errors
/// [`Error::LoginTaken`], also by a disabled account: a login means one person
/// for ever.
pub fn add(
    tx: &Tx<'_>,
    journal: &Journal,
    op: OpId,
    actor: Actor,
    new: &NewAccount,
) -> Result<Staff, Error> {
    if let Some(id) = journal::entity_of_op(tx, op, "staff.added")? {
        return existing(tx, id.parse().map_err(|_| Error::NoSuchAccount)?);
    }
    if store::account_of_login(tx, &new.login)?.is_some() {
        return Err(Error::LoginTaken);
    }
    let staff = Staff {
        id: StaffId::new(journal.now(), &*journal.chance),
        login: new.login.clone(),
        name: new.name.clone(),
        role: new.role,
        must_choose_password: new.password_is_initial,
        added_at: journal.now(),
        disabled_at: None,
    };
    store::insert(tx, &staff, &new.password)?;
    let event = Event {
        op,
        kind: "staff.added",
        schema_version: 1,
        entity: Entity::new("staff", staff.id),
        actor,
        facts: json!({ "role": new.role }),
        personal: None,
    };
    journal.append(tx, &event)?;
    Ok(staff)
}

/// Disables an account and ends all its sessions. Doing it twice is no fault.
///
/// # Errors
/// [`Error::OwnAccount`], [`Error::LastAdministrator`], [`Error::NoSuchAccount`].
pub fn disable(tx: &Tx<'_>, journal: &Journal, actor: Actor, id: StaffId) -> Result<Staff, Error> {
    let staff = existing(tx, id)?;
    if staff.disabled_at.is_some() {
        return Ok(staff);
    }
    if actor == Actor::Staff(id) {
        return Err(Error::OwnAccount);
    }
    if staff.role == Role::Administrator && store::administrators(tx)? <= 1 {
        return Err(Error::LastAdministrator);
    }
    store::set_disabled(tx, id, Some(journal.now()))?;
    record(tx, journal, "staff.disabled", Some(id), actor, json!({}))?;
    existing(tx, id)
}

/// Lets a disabled account sign in again. Doing it twice is no fault.
///
/// # Errors
/// [`Error::NoSuchAccount`].
pub fn enable(tx: &Tx<'_>, journal: &Journal, actor: Actor, id: StaffId) -> Result<Staff, Error> {
    if existing(tx, id)?.disabled_at.is_some() {
        store::set_disabled(tx, id, None)?;
        record(tx, journal, "staff.enabled", Some(id), actor, json!({}))?;
    }
    existing(tx, id)
}

/// Gives a forgotten account an initial password, which its owner must replace.
/// Ends its sessions and its waiting time. The same `op` sent again leaves what its
/// owner has chosen since.
///
/// # Errors
/// [`Error::NoSuchAccount`].
pub fn reset_password(
    tx: &Tx<'_>,
    journal: &Journal,
    op: OpId,
    actor: Actor,
    id: StaffId,
    initial: &PasswordHash,
) -> Result<(), Error> {
    let staff = existing(tx, id)?;
    if let Some(reset) = journal::entity_of_op(tx, op, "staff.password_reset")? {
        let is_same = reset == id.to_string();
        return if is_same { Ok(()) } else { Err(journal::Error::OpTaken.into()) };
    }
    store::set_password(tx, id, initial, true)?;
    store::end_sessions_of(tx, id, None)?;
    store::forget_attempts(tx, &sign_in::login_digest(&staff.login))?;
    let event = Event {
        op,
        kind: "staff.password_reset",
        schema_version: 1,
        entity: Entity::new("staff", id),
        actor,
        facts: json!({}),
        personal: None,
    };
    journal.append(tx, &event)?;
    Ok(())
}

/// Sets the password its owner chose, if `checked` says that the owner knows the
/// present one; else answers `false`, and the try counts as a failed sign-in.
/// Every other session of the account ends.
///
/// # Errors
/// Faults of storage.
pub fn change_password(
    tx: &Tx<'_>,
    journal: &Journal,
    signed_in: &SignedIn,
    checked: &Checked,
    chosen: &PasswordHash,
) -> Result<bool, Error> {
    let id = signed_in.staff.id;
    let owner = sign_in::settle(tx, journal, checked)?;
    if !owner.is_ok_and(|staff| staff.id == id) {
        return Ok(false);
    }
    store::set_password(tx, id, chosen, false)?;
    store::end_sessions_of(tx, id, Some(&signed_in.session))?;
    record(tx, journal, "staff.password_changed", Some(id), Actor::Staff(id), json!({}))?;
    Ok(true)
}

fn existing(tx: &Tx<'_>, id: StaffId) -> Result<Staff, Error> {
    store::account(tx, id)?.ok_or(Error::NoSuchAccount)
}
