//! Who may look at the hub's pages, by the rules of the counters' own accounts
//! ([`crate::staff`]): passwords, waits, sessions, first administrator. Each municipality
//! has its own people, and every act of theirs is in its record, in the same transaction.

mod accounts;
mod record;
mod sign_in;

use tokio_postgres::Row;

use super::Error;
use crate::clock::{Moment, parse_rfc3339};
use crate::id::StaffId;
use crate::secret::Digest;

pub use accounts::NewPerson;
pub use record::Record;
pub(super) use record::append as append_record;
pub use sign_in::{Attempt, Checked, Outcome};

/// What somebody works as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// 職員: looks up applications.
    Clerk,
    /// 係長: and what was taken, and what went wrong.
    Supervisor,
    /// 情報担当: runs the machines; sees no resident's form.
    Administrator,
    /// 監査: reads who looked at what, and nothing else.
    Auditor,
}

impl Role {
    /// All roles.
    pub const ALL: [Role; 4] = [Role::Clerk, Role::Supervisor, Role::Administrator, Role::Auditor];

    /// The name used in storage and web forms: `clerk`.
    pub fn id(self) -> &'static str {
        match self {
            Role::Clerk => "clerk",
            Role::Supervisor => "supervisor",
            Role::Administrator => "administrator",
            Role::Auditor => "auditor",
        }
    }

    /// The role of a [`Role::id`].
    pub fn from_id(id: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.id() == id)
    }
}

/// Something a role allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// How the queue of every office stands: numbers, nobody's entries.
    SeeQueues,
    /// What residents handed in: which forms, and what became of them.
    SeeApplications,
    /// What they entered, their names, and their papers once more.
    ReadEntries,
    /// What was taken: sums, nobody's entries.
    SeeTakings,
    /// Devices, lines, and what waits.
    SeeMachines,
    /// Add, disable and reset accounts.
    ManagePeople,
    /// Who looked at what.
    ReadRecord,
    /// Send something down to offices.
    SendDown,
}

impl Action {
    /// All actions.
    pub const ALL: [Action; 8] = [
        Action::SeeQueues,
        Action::SeeApplications,
        Action::ReadEntries,
        Action::SeeTakings,
        Action::SeeMachines,
        Action::ManagePeople,
        Action::ReadRecord,
        Action::SendDown,
    ];
}

/// The table.
pub fn may(role: Role, action: Action) -> bool {
    use Action::*;
    use Role::*;
    match action {
        SeeQueues => matches!(role, Clerk | Supervisor | Administrator),
        // As at a counter: who runs the machines reads nobody's entries.
        SeeApplications | ReadEntries => matches!(role, Clerk | Supervisor),
        SeeTakings | SeeMachines => matches!(role, Supervisor | Administrator),
        ManagePeople | SendDown => matches!(role, Administrator),
        // Whoever is watched does not watch over it.
        ReadRecord => matches!(role, Auditor),
    }
}

/// One person's account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub id: StaffId,
    pub login: String,
    pub name: String,
    pub role: Role,
    /// Somebody else chose the password; its owner must choose another.
    pub must_choose_password: bool,
    pub is_disabled: bool,
}

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    pub municipality: String,
    pub person: Person,
    pub(super) session: Digest,
}

/// The columns that [`person`] reads.
const COLUMNS: &str =
    "person::text, login, name, role, password_is_initial, disabled_at is not null";

fn person(row: &Row) -> Result<Person, Error> {
    let id: &str = row.try_get(0)?;
    Ok(Person {
        id: id.parse().map_err(|_| Error::Inconsistent("a person's identity"))?,
        login: row.try_get(1)?,
        name: row.try_get(2)?,
        role: Role::from_id(row.try_get(3)?).ok_or(Error::Inconsistent("a role"))?,
        must_choose_password: row.try_get(4)?,
        is_disabled: row.try_get(5)?,
    })
}

/// A moment, as [`SQL_TIME`] gives it.
fn moment(text: &str) -> Result<Moment, Error> {
    parse_rfc3339(text).ok_or(Error::Inconsistent("a time"))
}

/// How PostgreSQL writes a column that [`moment`] reads.
fn sql_time(column: &str) -> String {
    format!("to_char({column} at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_this_one() {
        let row = |role| -> String {
            let mark = |action| if may(role, action) { 'x' } else { '.' };
            Action::ALL.into_iter().map(mark).collect()
        };
        assert_eq!(Role::ALL.map(row), ["xxx.....", "xxxxx...", "x..xxx.x", "......x."]);
    }
}
