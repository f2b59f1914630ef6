//! Rows of applications.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{Application, State};
use crate::db::{self, Tx};
use crate::id::{ApplicationId, VisitId};

const COLUMNS: &str = "id, procedure, form, edition, receipt, state, reason, printed, outdated";

type Raw = (String, String, String, String, String, String, Option<Vec<u8>>, u32, bool);

fn raw(row: &Row<'_>) -> rusqlite::Result<Raw> {
    Ok((
        row.get(0)?,
        row.get(1)?,
        row.get(2)?,
        row.get(3)?,
        row.get(4)?,
        row.get(5)?,
        row.get(6)?,
        row.get(7)?,
        row.get(8)?,
    ))
}

fn application(raw: Raw) -> Result<Application, db::Error> {
    let cannot_be = |column| db::Error::Inconsistent { table: "application", column };
    let (id, procedure, form, edition, receipt, state, reason, printed, outdated) = raw;
    Ok(Application {
        id: id.parse().map_err(|_| cannot_be("id"))?,
        procedure,
        form,
        edition,
        receipt,
        state: State::from_id(&state).ok_or(cannot_be("state"))?,
        reason,
        printed,
        outdated,
    })
}

/// Adds an application to a visit, after those it has.
pub fn add(tx: &Tx<'_>, visit: VisitId, application: &Application) -> Result<(), db::Error> {
    tx.execute(
        "insert into application (id, visit, ordinal, procedure, form, edition, receipt, state)
         values (?1, ?2, 1 + (select count(*) from application where visit = ?2),
                 ?3, ?4, ?5, ?6, ?7)",
        params![
            application.id.to_string(),
            visit.to_string(),
            application.procedure,
            application.form,
            application.edition,
            application.receipt,
            application.state.id(),
        ],
    )?;
    Ok(())
}

/// The applications of a visit, in the order they were chosen.
pub fn of_visit(connection: &Connection, visit: VisitId) -> Result<Vec<Application>, db::Error> {
    let mut rows = connection.prepare_cached(&format!(
        "select {COLUMNS} from application where visit = ?1 order by ordinal"
    ))?;
    rows.query_map([visit.to_string()], raw)?.map(|row| application(row?)).collect()
}

/// An application and its visit.
pub fn get(
    connection: &Connection,
    id: ApplicationId,
) -> Result<Option<(VisitId, Application)>, db::Error> {
    let found = connection
        .prepare_cached(&format!("select {COLUMNS}, visit from application where id = ?1"))?
        .query_row([id.to_string()], |row| Ok((row.get::<_, String>(9)?, raw(row)?)))
        .optional()?;
    found
        .map(|(visit, row)| {
            let visit = visit
                .parse()
                .map_err(|_| db::Error::Inconsistent { table: "application", column: "visit" })?;
            Ok((visit, application(row)?))
        })
        .transpose()
}

/// Moves an application on. `reason` goes with a state of `SentBack` only.
pub fn set_state(
    tx: &Tx<'_>,
    id: ApplicationId,
    state: State,
    reason: Option<&[u8]>,
) -> Result<(), db::Error> {
    tx.execute(
        "update application set state = ?2, reason = ?3 where id = ?1",
        params![id.to_string(), state.id(), reason],
    )?;
    Ok(())
}

/// Counts that the paper was made once more.
pub fn was_printed(tx: &Tx<'_>, id: ApplicationId) -> Result<(), db::Error> {
    tx.execute(
        "update application set printed = printed + 1, outdated = 0 where id = ?1",
        [id.to_string()],
    )?;
    Ok(())
}

/// Notes that something on the paper was corrected: one that was printed before
/// shows what no longer holds.
pub fn was_corrected(tx: &Tx<'_>, id: ApplicationId) -> Result<(), db::Error> {
    tx.execute(
        "update application set outdated = 1 where id = ?1 and printed > 0",
        [id.to_string()],
    )?;
    Ok(())
}
