//! Rows of the ledger. They are only ever added.

use rusqlite::{Connection, Row, params};
use time::Date;

use super::charge::{Charge, Line};
use super::state::State;
use super::tender::{At, Slip, SlipNumber, Tender};
use super::{Error, Payment, Reason, Step, cannot_be, words};
use crate::clock::{self, parse_iso_day, parse_rfc3339};
use crate::db::{self, Tx};
use crate::id::{ChargeId, PaymentId, VisitId};
use crate::yen::{Tax, Yen};

/// A column's text, read by `parse`.
pub(super) fn column<T>(
    row: &Row<'_>,
    (table, name): (&'static str, &'static str),
    parse: impl Fn(&str) -> Option<T>,
) -> Result<T, db::Error> {
    let text: String = row.get(name)?;
    parse(&text).ok_or(cannot_be(table, name))
}

pub(super) fn column_if_any<T>(
    row: &Row<'_>,
    (table, name): (&'static str, &'static str),
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, db::Error> {
    let text: Option<String> = row.get(name)?;
    text.map(|text| parse(&text).ok_or(cannot_be(table, name))).transpose()
}

/// Everything a query finds.
pub(super) fn all<T>(
    connection: &Connection,
    query: &str,
    key: impl rusqlite::Params,
    read: impl Fn(&Row<'_>) -> Result<T, db::Error>,
) -> Result<Vec<T>, Error> {
    let mut rows = connection.prepare_cached(query)?;
    let found = rows.query_map(key, |row| Ok(read(row)))?;
    found.map(|row| Ok(row??)).collect()
}

fn line(row: &Row<'_>) -> Result<Line, db::Error> {
    let of = |name| ("charge_line", name);
    Ok(Line {
        form: row.get("form")?,
        question: row.get("question")?,
        option: row.get("option")?,
        name: column(row, of("name"), words)?,
        item: row.get("item")?,
        count: row.get("count")?,
        unit: Yen(row.get("unit")?),
        amount: Yen(row.get("amount")?),
        cashless: row.get("cashless")?,
        tax: column(row, of("tax"), Tax::from_id)?,
        exempt: row.get("exempt")?,
    })
}

fn charge_row(row: &Row<'_>) -> Result<Charge, db::Error> {
    let of = |name| ("charge", name);
    Ok(Charge {
        id: column(row, of("id"), |text| text.parse().ok())?,
        visit: column(row, of("visit"), |text| text.parse().ok())?,
        revision: row.get("revision")?,
        day: column(row, of("day"), parse_iso_day)?,
        total: Yen(row.get("total")?),
        made_at: column(row, of("made_at"), parse_rfc3339)?,
        lines: Vec::new(),
    })
}

fn charges(
    connection: &Connection,
    condition: &str,
    key: impl rusqlite::Params,
) -> Result<Vec<Charge>, Error> {
    let query = format!("select * from charge where {condition}");
    let mut charges = all(connection, &query, key, charge_row)?;
    for charge in &mut charges {
        let query = "select * from charge_line where charge = ?1 order by place";
        charge.lines = all(connection, query, [charge.id.to_string()], line)?;
    }
    Ok(charges)
}

/// The charge with this id.
pub(super) fn charge(connection: &Connection, id: ChargeId) -> Result<Option<Charge>, Error> {
    Ok(charges(connection, "id = ?1", [id.to_string()])?.pop())
}

/// Whose payment it is.
pub fn visit_of(connection: &Connection, payment: &Payment) -> Result<Option<VisitId>, Error> {
    Ok(charge(connection, payment.charge)?.map(|charge| charge.visit))
}

/// What a visit owes as it was noted last.
pub fn charge_of(connection: &Connection, visit: VisitId) -> Result<Option<Charge>, Error> {
    Ok(charges_of(connection, visit)?.pop())
}

/// Everything a visit was said to owe, oldest first.
pub fn charges_of(connection: &Connection, visit: VisitId) -> Result<Vec<Charge>, Error> {
    charges(connection, "visit = ?1 order by revision", [visit.to_string()])
}

/// All charges.
pub(super) fn all_charges(connection: &Connection) -> Result<Vec<Charge>, Error> {
    charges(connection, "true order by id", [])
}

/// Writes a charge, its lines first: the schema looks at them when the charge comes. All
/// of it or nothing, wherever it is called.
pub(super) fn insert_charge(tx: &Tx<'_>, charge: &Charge) -> Result<(), Error> {
    tx.execute_batch("savepoint whole_charge")?;
    let written = insert_lines_and_charge(tx, charge);
    tx.execute_batch(match written {
        Ok(()) => "release whole_charge",
        Err(_) => "rollback to whole_charge; release whole_charge",
    })?;
    written
}

fn insert_lines_and_charge(tx: &Tx<'_>, charge: &Charge) -> Result<(), Error> {
    let mut add = tx.prepare_cached(
        "insert into charge_line (charge, place, form, question, option, name, item, count, unit,
           amount, cashless, tax, exempt)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    )?;
    for (line, place) in charge.lines.iter().zip(1_i64..) {
        add.execute(params![
            charge.id.to_string(),
            place,
            line.form,
            line.question,
            line.option,
            serde_json::json!(line.name).to_string(),
            line.item,
            line.count,
            line.unit.0,
            line.amount.0,
            line.cashless,
            line.tax.id(),
            line.exempt,
        ])?;
    }
    tx.prepare_cached(
        "insert into charge (id, visit, revision, day, total, made_at)
         values (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        charge.id.to_string(),
        charge.visit.to_string(),
        charge.revision,
        clock::iso_day(charge.day),
        charge.total.0,
        clock::rfc3339(charge.made_at),
    ])?;
    Ok(())
}

fn payment_row(row: &Row<'_>) -> Result<Payment, db::Error> {
    let of = |name| ("payment", name);
    let received = row.get::<_, Option<u32>>("received")?.map(Yen);
    let terminal = row.get::<_, Option<String>>("asked_terminal")?;
    let brand = row.get("asked_brand")?;
    Ok(Payment {
        id: column(row, of("id"), |text| text.parse().ok())?,
        charge: column(row, of("charge"), |text| text.parse().ok())?,
        day: column(row, of("day"), parse_iso_day)?,
        amount: Yen(row.get("amount")?),
        tender: column(row, of("tender"), |text| Tender::from_id(text, received))?,
        counter: row.get("counter")?,
        at: terminal.map(|terminal| At { terminal, brand }),
        ground: row.get("ground")?,
        begun_at: column(row, of("begun_at"), parse_rfc3339)?,
        steps: Vec::new(),
    })
}

pub(super) fn step_row(row: &Row<'_>) -> Result<Step, db::Error> {
    let of = |name| ("payment_step", name);
    let slip: Option<SlipNumber> =
        column_if_any(row, of("slip"), |text| SlipNumber::typed(text).ok())?;
    let slip = slip.map(|number| -> Result<Slip, db::Error> {
        Ok(Slip {
            brand: row.get("brand")?,
            acquirer: row.get("acquirer")?,
            terminal: row.get("terminal")?,
            number,
        })
    });
    Ok(Step {
        state: column(row, of("state"), State::from_id)?,
        day: column(row, of("day"), parse_iso_day)?,
        at: column(row, of("at"), parse_rfc3339)?,
        slip: slip.transpose()?,
        entry: column_if_any(row, of("entry"), |text| text.parse().ok())?,
        concerns: None,
        reason: None,
    })
}

/// With what only the step of a payment says.
fn own_step_row(row: &Row<'_>) -> Result<Step, db::Error> {
    let of = |name| ("payment_step", name);
    let concerns = column_if_any(row, of("concerns"), parse_iso_day)?;
    let reason = column_if_any(row, of("reason"), Reason::from_id)?;
    Ok(Step { concerns, reason, ..step_row(row)? })
}

/// The payments that a condition is true of, in its order.
pub(super) fn payments(
    connection: &Connection,
    condition: &str,
    key: impl rusqlite::Params,
) -> Result<Vec<Payment>, Error> {
    let query = format!("select payment.* from payment {condition}");
    let mut payments = all(connection, &query, key, payment_row)?;
    for payment in &mut payments {
        let query = "select * from payment_step where payment = ?1 order by place";
        payment.steps = all(connection, query, [payment.id.to_string()], own_step_row)?;
    }
    Ok(payments)
}

/// The payment with this id.
pub fn get(connection: &Connection, id: PaymentId) -> Result<Option<Payment>, Error> {
    Ok(payments(connection, "where id = ?1", [id.to_string()])?.pop())
}

/// Every attempt of a visit to pay, oldest first.
pub fn of_visit(connection: &Connection, visit: VisitId) -> Result<Vec<Payment>, Error> {
    payments(
        connection,
        "join charge on charge.id = payment.charge where charge.visit = ?1
         order by payment.begun_at, payment.rowid",
        [visit.to_string()],
    )
}

/// What nobody knows yet, or is still going on, oldest first.
pub fn open(connection: &Connection) -> Result<Vec<Payment>, Error> {
    payments(
        connection,
        "join payment_now on payment_now.payment = payment.id
         where state in ('started', 'unknown') order by begun_at, payment.rowid",
        [],
    )
}

/// How far payments, and what goes back of them, have gone: whatever becomes of one is
/// another step, so that as long as these stand nothing has changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Steps(i64, i64);

/// As far as they have gone.
pub fn steps(connection: &Connection) -> Result<Steps, Error> {
    let mut last = connection.prepare_cached(
        "select coalesce((select max(rowid) from payment_step), 0),
           coalesce((select max(rowid) from give_back_step), 0)",
    )?;
    Ok(last.query_row([], |row| Ok(Steps(row.get(0)?, row.get(1)?)))?)
}

/// What is going on at a terminal.
pub fn at_terminal(connection: &Connection, terminal: &str) -> Result<Vec<Payment>, Error> {
    payments(
        connection,
        "join payment_now on payment_now.payment = payment.id
         where state = 'started' and asked_terminal = ?1",
        [terminal],
    )
}

/// What was settled on `day` without money.
pub(super) fn without_money(connection: &Connection, day: Date) -> Result<Vec<Payment>, Error> {
    payments(
        connection,
        "join payment_step on payment_step.payment = payment.id and state = 'authorised'
         where amount = 0 and payment_step.day = ?1 order by begun_at, payment.rowid",
        [clock::iso_day(day)],
    )
}

/// What was noted before as paid with nothing, and taken back on `day`.
pub(super) fn taken_back_late(connection: &Connection, day: Date) -> Result<Vec<Payment>, Error> {
    payments(
        connection,
        "join payment_step on payment_step.payment = payment.id and state = 'voided'
         where amount = 0 and payment_step.day = ?1 and exists (
           select 1 from payment_step as noted
           where noted.payment = payment.id and noted.state = 'authorised'
             and noted.day < payment_step.day)
         order by payment_step.at, payment.rowid",
        [clock::iso_day(day)],
    )
}

/// All payments.
pub(super) fn all_payments(connection: &Connection) -> Result<Vec<Payment>, Error> {
    payments(connection, "order by id", [])
}

pub(super) fn insert_payment(tx: &Tx<'_>, payment: &Payment) -> Result<(), Error> {
    tx.prepare_cached(
        "insert into payment
           (id, charge, day, amount, tender, counter, received, ground, begun_at,
            asked_terminal, asked_brand)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?
    .execute(params![
        payment.id.to_string(),
        payment.charge.to_string(),
        clock::iso_day(payment.day),
        payment.amount.0,
        payment.tender.id(),
        payment.counter,
        payment.tender.received().map(|received| received.0),
        payment.ground,
        clock::rfc3339(payment.begun_at),
        payment.at.as_ref().map(|at| &at.terminal),
        payment.at.as_ref().and_then(|at| at.brand.as_ref()),
    ])?;
    payment.steps.iter().zip(1..).try_for_each(|(step, at)| add_step(tx, (payment.id, at), step))
}

pub(super) fn add_step(
    tx: &Tx<'_>,
    (payment, place): (PaymentId, usize),
    step: &Step,
) -> Result<(), Error> {
    let place = i64::try_from(place).map_err(|_| cannot_be("payment_step", "place"))?;
    tx.prepare_cached(
        "insert into payment_step
           (payment, place, state, day, at, brand, acquirer, terminal, slip, entry, concerns,
            reason)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?
    .execute(rusqlite::params_from_iter(
        step_values(payment.to_string(), place, step).into_iter().chain(
            [step.concerns.map(clock::iso_day), step.reason.map(|why| why.id().to_owned())]
                .map(rusqlite::types::Value::from),
        ),
    ))?;
    Ok(())
}

/// The columns of a step, of whatever it is one.
pub(super) fn step_values(of: String, place: i64, step: &Step) -> Vec<rusqlite::types::Value> {
    let [brand, acquirer, terminal, number] = match step.slip.clone() {
        Some(slip) => {
            let number = slip.number.as_str().to_owned();
            [slip.brand, slip.acquirer, slip.terminal, number].map(Some)
        }
        None => [const { None }; 4],
    };
    vec![
        of.into(),
        place.into(),
        step.state.id().to_owned().into(),
        clock::iso_day(step.day).into(),
        clock::rfc3339(step.at).into(),
        brand.into(),
        acquirer.into(),
        terminal.into(),
        number.into(),
        step.entry.map(|entry| entry.to_string()).into(),
    ]
}

/// Whether something else of the terminal's day has this slip, whether money came or went.
pub(super) fn slip_is_taken(
    connection: &Connection,
    slip: &Slip,
    day: Date,
) -> Result<bool, Error> {
    let mut rows = connection
        .prepare_cached("select 1 from slip_used where terminal = ?1 and slip = ?2 and day = ?3")?;
    Ok(rows.exists(params![slip.terminal, slip.number.as_str(), clock::iso_day(day)])?)
}
