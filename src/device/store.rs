//! The rows of devices and pairing codes.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::pairing::NewDevice;
use super::{Device, Error, Help, Role};
use crate::clock::{self, Moment};
use crate::db::{self, Tx};
use crate::id::DeviceId;
use crate::secret::{Digest, Token};

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        Error::Db(error.into())
    }
}

const COLUMNS: &str = "id, name, role, reader, paired_at, revoked_at, \
     help_since, help_answered_at, help_answered_by";

fn inconsistent(column: &'static str) -> Error {
    db::Error::Inconsistent { table: "device", column }.into()
}

fn role(id: &str) -> Result<Role, Error> {
    Role::from_id(id).ok_or_else(|| inconsistent("role"))
}

fn moment(row: &Row<'_>, column: &'static str) -> Result<Option<Moment>, Error> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| clock::parse_rfc3339(&text).ok_or_else(|| inconsistent(column))).transpose()
}

/// Reads the columns of [`COLUMNS`].
fn read(row: &Row<'_>) -> Result<Device, Error> {
    Ok(Device {
        id: row.get::<_, String>(0)?.parse().map_err(|_| inconsistent("id"))?,
        name: row.get(1)?,
        role: role(&row.get::<_, String>(2)?)?,
        reader: row.get(3)?,
        paired_at: moment(row, "paired_at")?.ok_or_else(|| inconsistent("paired_at"))?,
        revoked_at: moment(row, "revoked_at")?,
        help: help(row)?,
    })
}

fn help(row: &Row<'_>) -> Result<Option<Help>, Error> {
    let Some(since) = moment(row, "help_since")? else { return Ok(None) };
    let by: Option<String> = row.get("help_answered_by")?;
    let answered = match (moment(row, "help_answered_at")?, by) {
        (Some(at), Some(by)) => {
            Some((at, by.parse().map_err(|_| inconsistent("help_answered_by"))?))
        }
        _ => None,
    };
    Ok(Some(Help { since, answered }))
}

/// All devices, revoked ones last, by name.
///
/// # Errors
/// Faults of storage.
pub fn all(connection: &Connection) -> Result<Vec<Device>, Error> {
    connection
        .prepare_cached(&format!(
            "select {COLUMNS} from device order by revoked_at is not null, name, paired_at"
        ))?
        .query_and_then([], read)?
        .collect()
}

/// The device of this identity.
///
/// # Errors
/// Faults of storage.
pub fn device(connection: &Connection, id: DeviceId) -> Result<Option<Device>, Error> {
    connection
        .prepare_cached(&format!("select {COLUMNS} from device where id = ?1"))?
        .query_and_then([id.to_string()], read)?
        .next()
        .transpose()
}

/// The device that holds `token`; a revoked one holds none.
///
/// # Errors
/// Faults of storage.
pub fn paired(connection: &Connection, token: &Token) -> Result<Option<Device>, Error> {
    connection
        .prepare_cached(&format!("select {COLUMNS} from device where token_hash = ?1"))?
        .query_and_then([token.digest()], read)?
        .next()
        .transpose()
}

pub(super) fn insert(tx: &Tx<'_>, device: &Device, token: &Digest) -> Result<(), Error> {
    tx.execute(
        "insert into device (id, name, role, reader, token_hash, paired_at)
         values (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            device.id.to_string(),
            device.name,
            device.role.id(),
            device.reader,
            token,
            clock::rfc3339(device.paired_at),
        ],
    )?;
    Ok(())
}

pub(super) fn revoke(tx: &Tx<'_>, id: DeviceId, now: Moment) -> Result<(), Error> {
    tx.execute(
        "update device set revoked_at = ?2, token_hash = null where id = ?1",
        params![id.to_string(), clock::rfc3339(now)],
    )?;
    Ok(())
}

pub(super) fn set_reader(tx: &Tx<'_>, id: DeviceId, reader: Option<&str>) -> Result<(), Error> {
    tx.execute("update device set reader = ?2 where id = ?1", params![id.to_string(), reader])?;
    Ok(())
}

pub(super) fn set_help(tx: &Tx<'_>, id: DeviceId, help: Option<&Help>) -> Result<(), Error> {
    let answered = help.and_then(|help| help.answered);
    tx.execute(
        "update device set help_since = ?2, help_answered_at = ?3, help_answered_by = ?4
         where id = ?1",
        params![
            id.to_string(),
            help.map(|help| clock::rfc3339(help.since)),
            answered.map(|(at, _)| clock::rfc3339(at)),
            answered.map(|(_, by)| by.to_string()),
        ],
    )?;
    Ok(())
}

pub(super) fn insert_code(
    tx: &Tx<'_>,
    code: &Digest,
    new: &NewDevice,
    until: Moment,
) -> Result<(), Error> {
    tx.execute(
        "insert into pairing (code_hash, name, role, reader, expires_at)
         values (?1, ?2, ?3, ?4, ?5)",
        params![code, new.name, new.role.id(), new.reader, clock::rfc3339(until)],
    )?;
    Ok(())
}

/// Until when a code is good.
pub(super) fn code_until(tx: &Tx<'_>, code: &Digest) -> Result<Option<Moment>, Error> {
    tx.prepare_cached("select expires_at from pairing where code_hash = ?1")?
        .query_and_then([code], |row| {
            moment(row, "expires_at")?.ok_or_else(|| inconsistent("expires_at"))
        })?
        .next()
        .transpose()
}

/// Uses a code up.
pub(super) fn take_code(tx: &Tx<'_>, code: &Digest) -> Result<Option<NewDevice>, Error> {
    let found: Option<(String, String, Option<String>)> = tx
        .query_row(
            "delete from pairing where code_hash = ?1 returning name, role, reader",
            [code],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .optional()?;
    found.map(|(name, id, reader)| Ok(NewDevice { name, role: role(&id)?, reader })).transpose()
}

pub(super) fn forget_codes_before(tx: &Tx<'_>, now: Moment) -> Result<(), Error> {
    tx.execute("delete from pairing where expires_at <= ?1", [clock::rfc3339(now)])?;
    Ok(())
}

pub(super) fn forget_codes(tx: &Tx<'_>) -> Result<(), Error> {
    tx.execute("delete from pairing", [])?;
    Ok(())
}
