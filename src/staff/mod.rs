//! Members of staff (職員): accounts, sign-in, sessions, and who may do what.
//!
//! Every account is one person's. A password is kept as an argon2id hash, a
//! session as the hash of its token. Guessing is slowed per account and never
//! locks anybody out for good. Every sign-in, failure and sign-out is in the
//! journal, in the same transaction. This room knows no cookies and no pages,
//! and nothing of residents: what a role may do is named in [`policy`], the rooms
//! that do it ask there.

mod account;
mod password;
mod policy;
mod restored;
mod session;
mod setup;
mod sign_in;
mod store;

use serde_json::Value;

use crate::clock::{self, Moment};
use crate::db::{self, Tx};
use crate::id::StaffId;
use crate::journal::{self, Actor, Entity, Event, Journal};

pub use account::{
    NewAccount, add, change_password, disable, enable, normal_login, reset_password, typed_login,
    typed_name,
};
pub use password::{NewPassword, PasswordHash};
pub use policy::{Action, may};
pub use restored::{end_all_sessions, take_over};
pub use session::{LIMITS, Limits, SignedIn, sign_out, touch};
pub use setup::{make_code, set_up};
pub use sign_in::{
    Attempt, Checked, FORGOTTEN_AFTER, Outcome, begin, finish, lift_back_off, login_digest,
    wait_after,
};
pub use store::{account, account_of_login, accounts, accounts_and_waits, is_set_up, signed_in};

/// The tables of this room.
pub const SCHEMA: db::Step = include_str!("sql/staff.sql");

/// What somebody works as.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 窓口職員: serves residents.
    Clerk,
    /// 係長: serves residents and answers for the counter.
    Supervisor,
    /// 情報担当: runs the machine; sees no resident's form.
    Administrator,
}

impl Role {
    /// All roles.
    pub const ALL: [Role; 3] = [Role::Clerk, Role::Supervisor, Role::Administrator];

    /// The name used in storage, web forms and the command line: `clerk`.
    pub fn id(self) -> &'static str {
        match self {
            Role::Clerk => "clerk",
            Role::Supervisor => "supervisor",
            Role::Administrator => "administrator",
        }
    }

    /// The role of a [`Role::id`].
    pub fn from_id(id: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.id() == id)
    }
}

/// One person's account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staff {
    pub id: StaffId,
    /// What is typed at sign-in: small letters, digits, `.`, `-` and `_`.
    pub login: String,
    /// What others see: 窓口　太郎.
    pub name: String,
    pub role: Role,
    /// Somebody else chose the password; its owner must choose another.
    pub must_choose_password: bool,
    pub added_at: Moment,
    pub disabled_at: Option<Moment>,
}

/// Why something about staff was not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("a login is 2 to 40 small letters, digits, dots, hyphens or underscores")]
    LoginForm,
    #[error("another account has this login")]
    LoginTaken,
    #[error("a name is 1 to 60 characters")]
    NameForm,
    #[error("a password has at least {min} characters")]
    PasswordTooShort { min: usize },
    #[error("a password has at most {max} characters")]
    PasswordTooLong { max: usize },
    #[error("the password is the login")]
    PasswordIsLogin,
    #[error("the new password is the old one")]
    PasswordUnchanged,
    #[error("too many wrong passwords; sign-in is possible again at {}", clock::rfc3339(*until))]
    BackedOff { until: Moment },
    #[error("there is no such account")]
    NoSuchAccount,
    #[error("the last administrator cannot be disabled")]
    LastAdministrator,
    #[error("nobody disables their own account")]
    OwnAccount,
    #[error("this setup code is not the one shown on the console")]
    WrongSetupCode,
    #[error("there are accounts already; sign in")]
    AlreadySetUp,
    #[error(transparent)]
    Journal(#[from] journal::Error),
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// Appends what happened to an account; `None` stands for a login that no
/// account has.
fn record(
    tx: &Tx<'_>,
    journal: &Journal,
    kind: &str,
    staff: Option<StaffId>,
    actor: Actor,
    facts: Value,
) -> Result<(), Error> {
    let entity = match staff {
        Some(staff) => Entity::new("staff", staff),
        None => Entity::new("staff", "unknown"),
    };
    let op = journal.op();
    journal
        .append(tx, &Event { op, kind, schema_version: 1, entity, actor, facts, personal: None })?;
    Ok(())
}

#[cfg(test)]
mod tests;
