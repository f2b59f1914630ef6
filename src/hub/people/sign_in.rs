//! Signing in, in three steps as at the counter, because the middle one is slow: a try is
//! counted, compared beside everything else, and then there is a session or a refusal.

use sha2::{Digest as _, Sha256};

use super::record::append;
use super::{COLUMNS, SignedIn, moment, person, sql_time};
use crate::chance::Chance;
use crate::clock::{Moment, rfc3339};
use crate::hub::{Error, Hub};
use crate::id::StaffId;
use crate::secret::{Digest, Token};
use crate::staff::{self, FORGOTTEN_AFTER, LIMITS, PasswordHash};

/// A try that was counted and not looked at yet.
pub struct Attempt {
    person: Option<StaffId>,
    login: Digest,
    hash: PasswordHash,
}

/// A try that was looked at.
pub struct Checked {
    attempt: Attempt,
    right: bool,
}

/// How signing in ended.
pub enum Outcome {
    SignedIn(Token),
    /// Until when the next try must wait, if it must.
    Refused(Option<Moment>),
}

impl Attempt {
    /// Compares the password. Slow; needs no database.
    pub fn check(self, password: &str) -> Checked {
        let right = self.hash.matches(password);
        Checked { attempt: self, right }
    }
}

impl Checked {
    /// Whether it was this person's password.
    pub(super) fn is_of(&self, id: StaffId) -> bool {
        self.right && self.attempt.person == Some(id)
    }
}

/// Rows that the tries of all unknown logins of a municipality share, as at the counter.
const UNKNOWN_ROWS: u16 = 1_024;

/// A session is noted as used at most this often.
const TOUCH_SECS: i64 = 30;

impl Hub {
    /// Counts one try for `login`.
    ///
    /// # Errors
    /// [`staff::Error::BackedOff`] while it must wait; faults of PostgreSQL.
    pub async fn begin_sign_in(
        &self,
        (municipality, now): (&str, Moment),
        login: &str,
    ) -> Result<Attempt, Error> {
        let mut client = self.pool.get().await?;
        let tx = client.transaction().await?;
        tx.execute(
            "delete from sign_in_attempt where municipality = $1
               and last_at < $2::text::timestamptz",
            &[&municipality, &rfc3339(now - FORGOTTEN_AFTER)],
        )
        .await?;
        let login = staff::normal_login(login);
        let known = tx
            .query_opt(
                "select person::text, password_hash from person
                 where municipality = $1 and login = $2",
                &[&municipality, &login],
            )
            .await?;
        let (who, digest, hash) = match known {
            Some(row) => {
                let id: &str = row.try_get(0)?;
                let id = id.parse().map_err(|_| Error::Inconsistent("a person's identity"))?;
                (Some(id), staff::login_digest(&login), PasswordHash::stored(row.try_get(1)?))
            }
            None => {
                let born: String =
                    tx.query_one("select born::text from hub_born", &[]).await?.try_get(0)?;
                let hash = Sha256::digest(format!("{born} {municipality} {login}"));
                let nth = u16::from_be_bytes([hash[0], hash[1]]) % UNKNOWN_ROWS;
                let row = Sha256::digest(format!("unknown login {nth}")).into();
                (None, row, PasswordHash::decoy())
            }
        };
        // Whoever tries at the same time waits here, and sees this try.
        let counted = tx
            .query_one(
                &format!(
                    "insert into sign_in_attempt (municipality, login_hash, tries, last_at)
                     values ($1, $2, 1, $3::text::timestamptz)
                     on conflict (municipality, login_hash) do update
                     set tries = sign_in_attempt.tries + 1, last_at = excluded.last_at
                     returning tries, {}",
                    sql_time("blocked_until")
                ),
                &[&municipality, &digest.as_slice(), &rfc3339(now)],
            )
            .await?;
        let until: Option<String> = counted.try_get(1)?;
        if let Some(until) = until.as_deref().map(moment).transpose()?.filter(|at| now < *at) {
            // It is not counted: the transaction ends without it.
            return Err(staff::Error::BackedOff { until }.into());
        }
        let tries = u32::try_from(counted.try_get::<_, i32>(0)?).unwrap_or(u32::MAX);
        let until = staff::wait_after(tries).map(|wait| rfc3339(now + wait));
        tx.execute(
            "update sign_in_attempt set blocked_until = $3::text::timestamptz
             where municipality = $1 and login_hash = $2",
            &[&municipality, &digest.as_slice(), &until],
        )
        .await?;
        tx.commit().await?;
        Ok(Attempt { person: who, login: digest, hash })
    }

    /// Opens a session, or says that nothing came of it. Both are in the record.
    ///
    /// # Errors
    /// Faults of PostgreSQL.
    pub async fn finish_sign_in(
        &self,
        (municipality, now): (&str, Moment),
        Checked { attempt, right }: &Checked,
        chance: &dyn Chance,
    ) -> Result<Outcome, Error> {
        let mut client = self.pool.get().await?;
        let tx = client.transaction().await?;
        // Looked up anew: the account may have been disabled meanwhile.
        let id = attempt.person.map(|id| id.to_string());
        let active = tx
            .query_opt(
                "select 1 from person where municipality = $1 and person::text = $2
                   and disabled_at is null for update",
                &[&municipality, &id],
            )
            .await?;
        let who = id.as_deref().unwrap_or_default();
        if !(*right && active.is_some()) {
            let until = tx
                .query_opt(
                    &format!(
                        "select {} from sign_in_attempt
                         where municipality = $1 and login_hash = $2",
                        sql_time("blocked_until")
                    ),
                    &[&municipality, &attempt.login.as_slice()],
                )
                .await?;
            let until: Option<String> = until.map(|row| row.try_get(0)).transpose()?.flatten();
            // Made-up logins fill no disk.
            if !who.is_empty() {
                append(&tx, (municipality, now), who, ("person.sign_in_refused", "")).await?;
            }
            tx.commit().await?;
            return Ok(Outcome::Refused(until.as_deref().map(moment).transpose()?));
        }
        let token = Token::new(chance);
        tx.execute(
            "delete from sign_in_attempt where municipality = $1 and login_hash = $2",
            &[&municipality, &attempt.login.as_slice()],
        )
        .await?;
        tx.execute(
            "delete from person_session where municipality = $1
               and began_at < $2::text::timestamptz",
            &[&municipality, &rfc3339(now - LIMITS.absolute)],
        )
        .await?;
        tx.execute(
            "insert into person_session (municipality, token_hash, person, began_at, seen_at)
             values ($1, $2, $3::text::uuid, $4::text::timestamptz, $4::text::timestamptz)",
            &[&municipality, &token.digest().as_slice(), &who, &rfc3339(now)],
        )
        .await?;
        append(&tx, (municipality, now), who, ("person.signed_in", "")).await?;
        tx.commit().await?;
        Ok(Outcome::SignedIn(token))
    }

    /// Who `token` stands for at `now`, in this municipality and no other. A page that
    /// refreshes itself keeps nobody signed in.
    ///
    /// # Errors
    /// Faults of PostgreSQL.
    pub async fn signed_in(
        &self,
        (municipality, now): (&str, Moment),
        token: &Token,
        by_itself: bool,
    ) -> Result<Option<SignedIn>, Error> {
        let client = self.pool.get().await?;
        let session = token.digest();
        let columns = COLUMNS.replace("person::text", "person.person::text");
        let found = client
            .query_opt(
                &format!(
                    "select {columns}, {}, {} from person_session
                     join person using (municipality, person)
                     where municipality = $1 and token_hash = $2",
                    sql_time("began_at"),
                    sql_time("seen_at")
                ),
                &[&municipality, &session.as_slice()],
            )
            .await?;
        let Some(row) = found else { return Ok(None) };
        let person = person(&row)?;
        let (began, seen) = (moment(row.try_get(6)?)?, moment(row.try_get(7)?)?);
        if person.is_disabled || !LIMITS.hold((began, seen), now) {
            return Ok(None);
        }
        if !by_itself && (now - seen).whole_seconds() >= TOUCH_SECS {
            client
                .execute(
                    "update person_session set seen_at = $3::text::timestamptz
                     where municipality = $1 and token_hash = $2",
                    &[&municipality, &session.as_slice(), &rfc3339(now)],
                )
                .await?;
        }
        Ok(Some(SignedIn { municipality: municipality.to_owned(), person, session }))
    }

    /// Ends this session.
    ///
    /// # Errors
    /// Faults of PostgreSQL.
    pub async fn sign_out(&self, me: &SignedIn, now: Moment) -> Result<(), Error> {
        let mut client = self.pool.get().await?;
        let tx = client.transaction().await?;
        let ended = tx
            .execute(
                "delete from person_session where municipality = $1 and token_hash = $2",
                &[&me.municipality, &me.session.as_slice()],
            )
            .await?;
        if ended > 0 {
            me.looks(&tx, now, ("person.signed_out", "")).await?;
        }
        Ok(tx.commit().await?)
    }
}
