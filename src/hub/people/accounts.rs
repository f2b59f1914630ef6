//! Accounts: the first one by a code from the console, the others by an administrator.

use deadpool_postgres::Transaction;

use super::record::append;
use super::sign_in::Checked;
use super::{COLUMNS, Person, Role, SignedIn, person};
use crate::chance::Chance;
use crate::clock::{Moment, rfc3339};
use crate::hub::{Error, Hub};
use crate::id::StaffId;
use crate::secret::Code;
use crate::staff::{self, NewPassword, PasswordHash};

/// Sixty bits: nobody guesses it, however long the page stands open.
const CODE_LEN: usize = 12;
const PURPOSE: &str = "hub setup";

/// What is needed for an account; the hash is made beforehand, for it is slow.
pub struct NewPerson {
    login: String,
    name: String,
    role: Role,
    password: PasswordHash,
    is_initial: bool,
}

impl NewPerson {
    /// Checks what was typed. Slow: hashes the password.
    ///
    /// # Errors
    /// A refusal that says which field to mend.
    pub fn typed(
        (login, name, role): (&str, &str, Role),
        password: &str,
        is_initial: bool,
        chance: &dyn Chance,
    ) -> Result<Self, staff::Error> {
        let (login, name) = (staff::typed_login(login)?, staff::typed_name(name)?);
        let password = NewPassword::new(password, &login)?.hash(chance);
        Ok(Self { login, name, role, password, is_initial })
    }
}

impl Hub {
    /// Whether a municipality has anybody yet.
    ///
    /// # Errors
    /// Faults of PostgreSQL.
    pub async fn has_people(&self, municipality: &str) -> Result<bool, Error> {
        let any = "select exists (select 1 from person where municipality = $1)";
        Ok(self.pool.get().await?.query_one(any, &[&municipality]).await?.try_get(0)?)
    }

    /// A code with which somebody may make the first account, in the place of one that was
    /// not used; `None` once there is an account.
    ///
    /// # Errors
    /// Faults of PostgreSQL.
    pub async fn offer_setup(
        &self,
        (municipality, now): (&str, Moment),
        chance: &dyn Chance,
    ) -> Result<Option<Code>, Error> {
        if self.has_people(municipality).await? {
            return Ok(None);
        }
        let code = Code::new(chance, CODE_LEN);
        let mut client = self.pool.get().await?;
        let tx = client.transaction().await?;
        tx.execute(
            "insert into setup_code (municipality, code_hash, made_at)
             values ($1, $2, $3::text::timestamptz)
             on conflict (municipality) do update
             set code_hash = excluded.code_hash, made_at = excluded.made_at",
            &[&municipality, &code.digest(PURPOSE).as_slice(), &rfc3339(now)],
        )
        .await?;
        append(&tx, (municipality, now), "", ("person.setup_offered", "")).await?;
        tx.commit().await?;
        Ok(Some(code))
    }

    /// Makes the first account with the code, an administrator whatever `new` says.
    ///
    /// # Errors
    /// [`staff::Error::AlreadySetUp`], [`staff::Error::WrongSetupCode`].
    pub async fn set_up(
        &self,
        (municipality, now): (&str, Moment),
        typed: &str,
        new: NewPerson,
        chance: &dyn Chance,
    ) -> Result<(), Error> {
        let mut client = self.pool.get().await?;
        let tx = client.transaction().await?;
        let digest = Code::typed(typed).map(|code| code.digest(PURPOSE).to_vec());
        // Whoever is second waits here, and finds it used.
        let used = tx
            .execute(
                "delete from setup_code where municipality = $1 and code_hash = $2",
                &[&municipality, &digest],
            )
            .await?;
        if has_people(&tx, municipality).await? {
            return Err(staff::Error::AlreadySetUp.into());
        }
        if used == 0 {
            return Err(staff::Error::WrongSetupCode.into());
        }
        let first = NewPerson { role: Role::Administrator, is_initial: false, ..new };
        let id = insert(&tx, (municipality, now), &first, chance).await?;
        append(&tx, (municipality, now), &id.to_string(), ("person.set_up", "")).await?;
        Ok(tx.commit().await?)
    }

    /// Makes the accounts that a demonstration shows on its sign-in page, where there are
    /// none yet.
    ///
    /// # Errors
    /// Faults of PostgreSQL.
    pub async fn invent_people(
        &self,
        (municipality, now): (&str, Moment),
        all: Vec<NewPerson>,
        chance: &dyn Chance,
    ) -> Result<(), Error> {
        let mut client = self.pool.get().await?;
        let tx = client.transaction().await?;
        if !has_people(&tx, municipality).await? {
            for new in &all {
                insert(&tx, (municipality, now), new, chance).await?;
            }
        }
        Ok(tx.commit().await?)
    }

    /// All accounts of one's own municipality: active ones first, then by login.
    ///
    /// # Errors
    /// Faults of PostgreSQL.
    pub async fn people(&self, me: &SignedIn) -> Result<Vec<Person>, Error> {
        let query = format!(
            "select {COLUMNS} from person where municipality = $1
             order by disabled_at is not null, login"
        );
        let rows = self.pool.get().await?.query(&query, &[&me.municipality]).await?;
        rows.iter().map(person).collect()
    }

    /// Adds an account.
    ///
    /// # Errors
    /// [`staff::Error::LoginTaken`], also by a disabled account.
    pub async fn add_person(
        &self,
        (me, now): (&SignedIn, Moment),
        new: &NewPerson,
        chance: &dyn Chance,
    ) -> Result<(), Error> {
        let mut client = self.pool.get().await?;
        let tx = client.transaction().await?;
        let taken = "select 1 from person where municipality = $1 and login = $2";
        if tx.query_opt(taken, &[&me.municipality, &new.login]).await?.is_some() {
            return Err(staff::Error::LoginTaken.into());
        }
        let id = insert(&tx, (&me.municipality, now), new, chance).await?;
        me.looks(&tx, now, ("person.added", &format!("{id} {}", new.role.id()))).await?;
        Ok(tx.commit().await?)
    }

    /// Disables an account and ends its sessions, or lets it sign in again. Doing it twice
    /// is no fault.
    ///
    /// # Errors
    /// [`staff::Error::OwnAccount`], [`staff::Error::LastAdministrator`],
    /// [`staff::Error::NoSuchAccount`].
    pub async fn disable_person(
        &self,
        (me, now): (&SignedIn, Moment),
        id: StaffId,
        is_disabled: bool,
    ) -> Result<(), Error> {
        let mut client = self.pool.get().await?;
        let tx = client.transaction().await?;
        let other = other(&tx, me, id).await?;
        if other.is_disabled == is_disabled {
            return Ok(());
        }
        if is_disabled && id == me.person.id {
            return Err(staff::Error::OwnAccount.into());
        }
        // Both rows are held: two administrators cannot disable each other at once.
        let administrators = tx
            .query(
                "select person from person where municipality = $1 and role = 'administrator'
                   and disabled_at is null order by person for update",
                &[&me.municipality],
            )
            .await?;
        let is_last = other.role == Role::Administrator && administrators.len() <= 1;
        if is_disabled && is_last {
            return Err(staff::Error::LastAdministrator.into());
        }
        let at = is_disabled.then(|| rfc3339(now));
        tx.execute(
            "update person set disabled_at = $3::text::timestamptz
             where municipality = $1 and person::text = $2",
            &[&me.municipality, &id.to_string(), &at],
        )
        .await?;
        end_sessions(&tx, me, id, false).await?;
        let kind = if is_disabled { "person.disabled" } else { "person.enabled" };
        me.looks(&tx, now, (kind, &id.to_string())).await?;
        Ok(tx.commit().await?)
    }

    /// Gives a forgotten account an initial password, which its owner must replace. Ends
    /// its sessions and its waiting time.
    ///
    /// # Errors
    /// [`staff::Error::NoSuchAccount`].
    pub async fn reset_person(
        &self,
        (me, now): (&SignedIn, Moment),
        id: StaffId,
        initial: &PasswordHash,
    ) -> Result<(), Error> {
        let mut client = self.pool.get().await?;
        let tx = client.transaction().await?;
        let other = other(&tx, me, id).await?;
        set_password(&tx, me, id, (initial, true)).await?;
        end_sessions(&tx, me, id, false).await?;
        tx.execute(
            "delete from sign_in_attempt where municipality = $1 and login_hash = $2",
            &[&me.municipality, &staff::login_digest(&other.login).as_slice()],
        )
        .await?;
        me.looks(&tx, now, ("person.password_reset", &id.to_string())).await?;
        Ok(tx.commit().await?)
    }

    /// Sets the password its owner chose, if `checked` says that the owner knows the
    /// present one. Every other session of the account ends.
    ///
    /// # Errors
    /// Faults of PostgreSQL.
    pub async fn change_password(
        &self,
        (me, now): (&SignedIn, Moment),
        checked: &Checked,
        chosen: &PasswordHash,
    ) -> Result<bool, Error> {
        if !checked.is_of(me.person.id) {
            return Ok(false);
        }
        let mut client = self.pool.get().await?;
        let tx = client.transaction().await?;
        other(&tx, me, me.person.id).await?;
        set_password(&tx, me, me.person.id, (chosen, false)).await?;
        end_sessions(&tx, me, me.person.id, true).await?;
        tx.execute(
            "delete from sign_in_attempt where municipality = $1 and login_hash = $2",
            &[&me.municipality, &staff::login_digest(&me.person.login).as_slice()],
        )
        .await?;
        me.looks(&tx, now, ("person.password_changed", "")).await?;
        tx.commit().await?;
        Ok(true)
    }
}

async fn has_people(tx: &Transaction<'_>, municipality: &str) -> Result<bool, Error> {
    let any = "select exists (select 1 from person where municipality = $1)";
    Ok(tx.query_one(any, &[&municipality]).await?.try_get(0)?)
}

async fn insert(
    tx: &Transaction<'_>,
    (municipality, now): (&str, Moment),
    new: &NewPerson,
    chance: &dyn Chance,
) -> Result<StaffId, Error> {
    let id = StaffId::new(now, chance);
    tx.execute(
        "insert into person (municipality, person, login, name, role, password_hash,
           password_is_initial, added_at)
         values ($1, $2::text::uuid, $3, $4, $5, $6, $7, $8::text::timestamptz)",
        &[
            &municipality,
            &id.to_string(),
            &new.login,
            &new.name,
            &new.role.id(),
            &new.password.as_str(),
            &new.is_initial,
            &rfc3339(now),
        ],
    )
    .await?;
    Ok(id)
}

/// An account of one's own municipality, held until the transaction ends.
async fn other(tx: &Transaction<'_>, me: &SignedIn, id: StaffId) -> Result<Person, Error> {
    let query = format!(
        "select {COLUMNS} from person where municipality = $1 and person::text = $2 for update"
    );
    let found = tx.query_opt(&query, &[&me.municipality, &id.to_string()]).await?;
    found.as_ref().map(person).ok_or(staff::Error::NoSuchAccount)?
}

async fn set_password(
    tx: &Transaction<'_>,
    me: &SignedIn,
    id: StaffId,
    (password, is_initial): (&PasswordHash, bool),
) -> Result<(), Error> {
    tx.execute(
        "update person set password_hash = $3, password_is_initial = $4
         where municipality = $1 and person::text = $2",
        &[&me.municipality, &id.to_string(), &password.as_str(), &is_initial],
    )
    .await?;
    Ok(())
}

/// Ends the sessions of an account, all or all but one's own.
async fn end_sessions(
    tx: &Transaction<'_>,
    me: &SignedIn,
    id: StaffId,
    keeps_own: bool,
) -> Result<(), Error> {
    tx.execute(
        "delete from person_session
         where municipality = $1 and person::text = $2 and not ($3 and token_hash = $4)",
        &[&me.municipality, &id.to_string(), &keeps_own, &me.session.as_slice()],
    )
    .await?;
    Ok(())
}
