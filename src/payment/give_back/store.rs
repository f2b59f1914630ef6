//! Rows of what goes back through a terminal. They are only ever added.

use rusqlite::{Connection, Row, params};

use super::GiveBack;
use crate::clock::{self, parse_iso_day};
use crate::db::{self, Tx};
use crate::id::{GiveBackId, PaymentId};
use crate::payment::entry::Kind;
use crate::payment::store::{all, column, step_row, step_values};
use crate::payment::{Error, Reason, Step, cannot_be};
use crate::yen::Yen;

fn give_back_row(row: &Row<'_>) -> Result<GiveBack, db::Error> {
    let of = |name| ("give_back", name);
    Ok(GiveBack {
        id: column(row, of("id"), |text| text.parse().ok())?,
        payment: column(row, of("payment"), |text| text.parse().ok())?,
        kind: column(row, of("kind"), Kind::from_id)?,
        day: column(row, of("day"), parse_iso_day)?,
        amount: Yen(row.get("amount")?),
        items: Vec::new(),
        reason: column(row, of("reason"), Reason::from_id)?,
        counter: row.get("counter")?,
        begun_at: column(row, of("begun_at"), clock::parse_rfc3339)?,
        steps: Vec::new(),
    })
}

fn item_row(row: &Row<'_>) -> Result<(String, Yen), db::Error> {
    Ok((row.get("item")?, Yen(row.get("amount")?)))
}

fn give_backs(
    connection: &Connection,
    condition: &str,
    key: impl rusqlite::Params,
) -> Result<Vec<GiveBack>, Error> {
    let query = format!("select give_back.* from give_back {condition}");
    let mut found = all(connection, &query, key, give_back_row)?;
    for one in &mut found {
        let items = "select * from give_back_item where give_back = ?1 order by item";
        one.items = all(connection, items, [one.id.to_string()], item_row)?;
        let steps = "select * from give_back_step where give_back = ?1 order by place";
        one.steps = all(connection, steps, [one.id.to_string()], step_row)?;
    }
    Ok(found)
}

/// The attempt with this id.
pub fn get(connection: &Connection, id: GiveBackId) -> Result<Option<GiveBack>, Error> {
    Ok(give_backs(connection, "where id = ?1", [id.to_string()])?.pop())
}

/// Every attempt to give something of a payment back, oldest first.
pub fn of_payment(connection: &Connection, payment: PaymentId) -> Result<Vec<GiveBack>, Error> {
    give_backs(connection, "where payment = ?1 order by rowid", [payment.to_string()])
}

/// What nobody knows yet, or is still going on, oldest first.
pub fn open(connection: &Connection) -> Result<Vec<GiveBack>, Error> {
    give_backs(
        connection,
        "join give_back_now on give_back_now.give_back = give_back.id
         where state in ('started', 'unknown') order by give_back.rowid",
        [],
    )
}

/// What is going back at a terminal just now.
pub fn at_terminal(connection: &Connection, terminal: &str) -> Result<Vec<GiveBack>, Error> {
    give_backs(
        connection,
        "join give_back_now on give_back_now.give_back = give_back.id
         join payment on payment.id = give_back.payment
         where state = 'started' and asked_terminal = ?1",
        [terminal],
    )
}

/// All attempts.
pub fn all_of_them(connection: &Connection) -> Result<Vec<GiveBack>, Error> {
    give_backs(connection, "order by id", [])
}

/// Writes an attempt, its items first: the schema looks at them when it comes.
pub fn insert(tx: &Tx<'_>, back: &GiveBack) -> Result<(), Error> {
    let mut add = tx.prepare_cached(
        "insert into give_back_item (give_back, item, amount) values (?1, ?2, ?3)",
    )?;
    for (item, amount) in &back.items {
        add.execute(params![back.id.to_string(), item, amount.0])?;
    }
    tx.prepare_cached(
        "insert into give_back (id, payment, kind, day, amount, reason, counter, begun_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        back.id.to_string(),
        back.payment.to_string(),
        back.kind.id(),
        clock::iso_day(back.day),
        back.amount.0,
        back.reason.id(),
        back.counter,
        clock::rfc3339(back.begun_at),
    ])?;
    back.steps.iter().zip(1..).try_for_each(|(step, at)| add_step(tx, (back.id, at), step))
}

pub fn add_step(tx: &Tx<'_>, (id, place): (GiveBackId, usize), step: &Step) -> Result<(), Error> {
    let place = i64::try_from(place).map_err(|_| cannot_be("give_back_step", "place"))?;
    tx.prepare_cached(
        "insert into give_back_step
           (give_back, place, state, day, at, brand, acquirer, terminal, slip, entry)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?
    .execute(rusqlite::params_from_iter(step_values(id.to_string(), place, step)))?;
    Ok(())
}
