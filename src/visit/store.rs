//! Rows of visits and answers.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, Row, params};
use time::Date;

use super::{Error, State, Visit, Way, Wishes};
use crate::applicant::Source;
use crate::clock::{self, Moment};
use crate::db::{self, Tx};
use crate::form::answers::{Answer, Answers};
use crate::id::{DeviceId, VisitId};
use crate::journal::{Journal, VisitKey};
use crate::lang::Lang;

const COLUMNS: &str = "id, day, lang, big_type, agreed, way, procedures, state, started_at, \
     touched_at, submitted_at";

fn cannot_be(column: &'static str) -> db::Error {
    db::Error::Inconsistent { table: "visit", column }
}

/// A column's text, read by `parse`.
fn column<T>(
    row: &Row<'_>,
    name: &'static str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<T, db::Error> {
    let text = row.get_ref(name)?.as_str().map_err(|_| cannot_be(name))?;
    parse(text).ok_or(cannot_be(name))
}

fn visit(row: &Row<'_>) -> Result<Visit, db::Error> {
    let when = |text: &str| clock::parse_rfc3339(text);
    let submitted_at: Option<String> = row.get("submitted_at")?;
    let way: Option<String> = row.get("way")?;
    Ok(Visit {
        id: column(row, "id", |text| text.parse().ok())?,
        day: column(row, "day", clock::parse_iso_day)?,
        wishes: Wishes {
            lang: column(row, "lang", Lang::from_tag)?,
            care: BTreeSet::new(),
            big_type: row.get("big_type")?,
        },
        agreed: row.get("agreed")?,
        way: way.map(|way| way_from_id(&way).ok_or(cannot_be("way"))).transpose()?,
        procedures: column(row, "procedures", |text| serde_json::from_str(text).ok())?,
        state: column(row, "state", |text| {
            [State::Draft, State::Submitted, State::Erased]
                .into_iter()
                .find(|state| state.id() == text)
        })?,
        started_at: column(row, "started_at", when)?,
        touched_at: column(row, "touched_at", when)?,
        submitted_at: submitted_at
            .map(|text| when(&text).ok_or(cannot_be("submitted_at")))
            .transpose()?,
    })
}

pub(super) fn way_id(way: Way) -> &'static str {
    match way {
        Way::Card => "card",
        Way::Hand => "hand",
    }
}

fn way_from_id(id: &str) -> Option<Way> {
    [Way::Card, Way::Hand].into_iter().find(|way| way_id(*way) == id)
}

fn one(connection: &Connection, condition: &str, key: &str) -> Result<Option<Visit>, Error> {
    let found = connection
        .prepare_cached(&format!("select {COLUMNS} from visit where {condition}"))?
        .query_row([key], |row| Ok(visit(row)))
        .optional()?;
    Ok(found.transpose()?)
}

/// The visit, whatever its state.
pub fn get(connection: &Connection, id: VisitId) -> Result<Option<Visit>, Error> {
    one(connection, "id = ?1", &id.to_string())
}

/// The visit that stands on a tablet now.
pub fn at_kiosk(connection: &Connection, kiosk: DeviceId) -> Result<Option<Visit>, Error> {
    one(connection, "kiosk = ?1", &kiosk.to_string())
}

/// The tablet a visit stands on now.
pub fn kiosk_of(connection: &Connection, id: VisitId) -> Result<Option<DeviceId>, Error> {
    let kiosk: Option<Option<String>> = connection
        .prepare_cached("select kiosk from visit where id = ?1")?
        .query_row([id.to_string()], |row| row.get(0))
        .optional()?;
    let parsed = kiosk.flatten().map(|id| id.parse().map_err(|_| cannot_be("kiosk")));
    Ok(parsed.transpose()?)
}

/// The visits that were handed in and stand on a tablet now.
pub(super) fn on_tablets(connection: &Connection) -> Result<Vec<VisitId>, Error> {
    let mut rows = connection.prepare_cached(
        "select id from visit where kiosk is not null and state = 'submitted' order by id",
    )?;
    let ids = rows.query_map([], |row| row.get::<_, String>(0))?;
    ids.map(|id| id?.parse().map_err(|_| cannot_be("id").into())).collect()
}

/// The visits with forms submitted on a day, and those of other days with an application
/// that is not accepted; oldest first.
pub fn of_day_and_undecided(connection: &Connection, day: Date) -> Result<Vec<Visit>, Error> {
    list(
        connection,
        "(day = ?1 and state = 'submitted' and procedures <> '[]') or (state = 'submitted'
         and id in (select visit from application where state <> 'accepted'))
         order by submitted_at",
        &clock::iso_day(day),
    )
}

/// The visits with forms that were handed in on these days, the first and the last among
/// them; oldest first.
pub(super) fn submitted_between(
    connection: &Connection,
    [from, until]: [Date; 2],
) -> Result<Vec<Visit>, Error> {
    let mut rows = connection.prepare_cached(&format!(
        "select {COLUMNS} from visit where state = 'submitted' and day between ?1 and ?2
         order by submitted_at, id"
    ))?;
    let days = [from, until].map(clock::iso_day);
    let visits = rows.query_map(days, |row| Ok(visit(row)))?;
    visits.map(|row| Ok(row??)).collect()
}

/// Visits in `state` that nobody touched since `before`.
pub(super) fn untouched(
    connection: &Connection,
    state: State,
    before: Moment,
) -> Result<Vec<VisitId>, Error> {
    let mut rows = connection
        .prepare_cached("select id from visit where state = ?1 and touched_at < ?2 order by id")?;
    let ids =
        rows.query_map(params![state.id(), clock::rfc3339(before)], |row| row.get::<_, String>(0))?;
    ids.map(|id| id?.parse().map_err(|_| cannot_be("id").into())).collect()
}

fn list(connection: &Connection, condition: &str, key: &str) -> Result<Vec<Visit>, Error> {
    let mut rows =
        connection.prepare_cached(&format!("select {COLUMNS} from visit where {condition}"))?;
    let visits = rows.query_map([key], |row| Ok(visit(row)))?;
    visits.map(|row| Ok(row??)).collect()
}

pub(super) fn insert(
    tx: &Tx<'_>,
    id: VisitId,
    kiosk: Option<DeviceId>,
    wishes: &Wishes,
    now: Moment,
) -> Result<(), Error> {
    tx.execute(
        "insert into visit (id, day, kiosk, lang, big_type, state, started_at, touched_at)
         values (?1, ?2, ?3, ?4, ?5, 'draft', ?6, ?6)",
        params![
            id.to_string(),
            clock::iso_day(now.date()),
            kiosk.map(|kiosk| kiosk.to_string()),
            wishes.lang.tag(),
            wishes.big_type,
            clock::rfc3339(now)
        ],
    )?;
    Ok(())
}

pub(super) fn set_wishes(tx: &Tx<'_>, id: VisitId, wishes: &Wishes) -> Result<(), Error> {
    tx.prepare_cached("update visit set lang = ?2, big_type = ?3 where id = ?1")?
        .execute(params![id.to_string(), wishes.lang.tag(), wishes.big_type])?;
    Ok(())
}

pub(super) fn set_agreed(tx: &Tx<'_>, id: VisitId, now: Moment) -> Result<(), Error> {
    tx.prepare_cached("update visit set agreed = 1, touched_at = ?2 where id = ?1")?
        .execute(params![id.to_string(), clock::rfc3339(now)])?;
    Ok(())
}

pub(super) fn set_way(
    tx: &Tx<'_>,
    id: VisitId,
    way: Option<Way>,
    now: Moment,
) -> Result<(), Error> {
    tx.prepare_cached("update visit set way = ?3, touched_at = ?2 where id = ?1")?
        .execute(params![id.to_string(), clock::rfc3339(now), way.map(way_id)])?;
    Ok(())
}

pub(super) fn set_procedures(
    tx: &Tx<'_>,
    id: VisitId,
    procedures: &[&str],
    now: Moment,
) -> Result<(), Error> {
    let procedures = serde_json::json!(procedures).to_string();
    tx.prepare_cached("update visit set procedures = ?3, touched_at = ?2 where id = ?1")?
        .execute(params![id.to_string(), clock::rfc3339(now), procedures])?;
    Ok(())
}

pub(super) fn set_submitted(tx: &Tx<'_>, id: VisitId, now: Moment) -> Result<(), Error> {
    tx.prepare_cached(
        "update visit set state = 'submitted', day = ?3, submitted_at = ?2, touched_at = ?2
         where id = ?1",
    )?
    .execute(params![id.to_string(), clock::rfc3339(now), clock::iso_day(now.date())])?;
    Ok(())
}

pub(super) fn leave_kiosk(tx: &Tx<'_>, id: VisitId, now: Moment) -> Result<(), Error> {
    tx.prepare_cached("update visit set kiosk = null, touched_at = ?2 where id = ?1")?
        .execute(params![id.to_string(), clock::rfc3339(now)])?;
    Ok(())
}

/// Notes that somebody worked on the visit.
pub(super) fn touch(tx: &Tx<'_>, id: VisitId, now: Moment) -> Result<(), Error> {
    tx.prepare_cached("update visit set touched_at = ?2 where id = ?1")?
        .execute(params![id.to_string(), clock::rfc3339(now)])?;
    Ok(())
}

pub(super) fn erase(tx: &Tx<'_>, id: VisitId, now: Moment) -> Result<(), Error> {
    tx.execute("delete from answer where visit = ?1", [id.to_string()])?;
    tx.execute("delete from handover where visit = ?1", [id.to_string()])?;
    tx.execute(
        "update visit set state = 'erased', kiosk = null, touched_at = ?2 where id = ?1",
        params![id.to_string(), clock::rfc3339(now)],
    )?;
    Ok(())
}

fn place(visit: VisitId, path: &str) -> String {
    format!("answer/{visit}/{path}")
}

pub(super) fn put_answer(
    tx: &Tx<'_>,
    journal: &Journal,
    key: &VisitKey,
    visit: VisitId,
    (path, answer): (&str, &Answer),
) -> Result<(), Error> {
    let plain = serde_json::to_vec(&answer.value).map_err(|_| cannot_be("answer"))?;
    let source = serde_json::to_value(answer.source).map_err(|_| cannot_be("source"))?;
    tx.prepare_cached(
        "insert into answer (visit, path, source, sealed) values (?1, ?2, ?3, ?4)
         on conflict (visit, path) do update set source = excluded.source, sealed = excluded.sealed",
    )?
    .execute(params![
        visit.to_string(),
        path,
        source.as_str(),
        key.seal(&*journal.chance, &place(visit, path), &plain)
    ])?;
    Ok(())
}

pub(super) fn put_answers(
    tx: &Tx<'_>,
    journal: &Journal,
    visit: VisitId,
    answers: &Answers,
) -> Result<(), Error> {
    let key = journal.visit_key(tx, visit)?;
    answers.iter().try_for_each(|answer| put_answer(tx, journal, &key, visit, answer))?;
    touch(tx, visit, journal.now())
}

/// Takes away every answer that came from `source`.
pub(super) fn remove_source(tx: &Tx<'_>, visit: VisitId, source: Source) -> Result<(), Error> {
    let source = serde_json::to_value(source).map_err(|_| cannot_be("source"))?;
    tx.execute(
        "delete from answer where visit = ?1 and source = ?2",
        params![visit.to_string(), source.as_str()],
    )?;
    Ok(())
}

/// Takes away the answers at these paths.
pub(super) fn remove_answers(tx: &Tx<'_>, visit: VisitId, paths: &[&str]) -> Result<(), Error> {
    let mut remove = tx.prepare_cached("delete from answer where visit = ?1 and path = ?2")?;
    for path in paths {
        remove.execute(params![visit.to_string(), path])?;
    }
    Ok(())
}

/// The visit with 配慮, as long as that is kept: what was erased asks for no care any
/// more.
pub fn as_wished(
    connection: &Connection,
    journal: &Journal,
    id: VisitId,
) -> Result<Option<Visit>, Error> {
    let Some(visit) = get(connection, id)? else { return Ok(None) };
    Ok(Some(match answers(connection, journal, id) {
        Ok(answers) => visit.with_care(&answers),
        Err(_) => visit,
    }))
}

/// Everything known of a visit.
///
/// # Errors
/// [`crate::journal::Error::Erased`] once its key is gone.
pub fn answers(
    connection: &Connection,
    journal: &Journal,
    visit: VisitId,
) -> Result<Answers, Error> {
    let key = journal.visit_key(connection, visit)?;
    let mut rows = connection
        .prepare_cached("select path, source, sealed from answer where visit = ?1 order by path")?;
    let rows = rows.query_map([visit.to_string()], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, Vec<u8>>(2)?))
    })?;
    rows.map(|row| {
        let (path, source, sealed) = row?;
        let plain = key.open(&place(visit, &path), &sealed)?;
        let cannot_be = |column| db::Error::Inconsistent { table: "answer", column };
        let value = serde_json::from_slice(&plain).map_err(|_| cannot_be("sealed"))?;
        let source = serde_json::from_value(source.into()).map_err(|_| cannot_be("source"))?;
        Ok((path, Answer { value, source }))
    })
    .collect()
}
