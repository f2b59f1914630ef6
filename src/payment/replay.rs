//! The ledger that the journal's entries make, without looking at any row; and whether
//! the rows agree with it, and with themselves.

use std::collections::BTreeMap;

use rusqlite::Connection;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::acts::{MADE, SETTLED, STARTED};
use super::close::{CLOSED, Closing};
use super::drawer::COUNTED;
use super::give_back::{self, GiveBack};
use super::undo::{REFUNDED, VOIDED};
use super::{Charge, Entry, Error, Payment, Step, books, cannot_be, store};
use crate::clock::iso_day;
use crate::db;

/// Everything there is, each by its id.
#[derive(Debug, Default, PartialEq, Eq)]
struct Ledger {
    charges: BTreeMap<String, Charge>,
    payments: BTreeMap<String, Payment>,
    give_backs: BTreeMap<String, GiveBack>,
    entries: BTreeMap<String, Entry>,
    closings: BTreeMap<String, Closing>,
}

/// The facts of what becomes of a payment, or of a count.
#[derive(Deserialize)]
struct Moved {
    step: Option<Step>,
    entry: Option<Entry>,
    /// Of what went back through a terminal: the payment's own step.
    #[serde(default)]
    paid: Option<Step>,
}

impl Ledger {
    /// As the journal tells it.
    fn of_journal(connection: &Connection) -> Result<Ledger, Error> {
        let mut rows = connection.prepare(
            "select entity_id, kind, facts from journal
             where entity_kind in ('charge', 'payment', 'give_back', 'cash', 'day') order by rowid",
        )?;
        let mut rows = rows.query([])?;
        let mut ledger = Ledger::default();
        while let Some(row) = rows.next()? {
            let (id, kind, facts): (String, String, String) =
                (row.get(0)?, row.get(1)?, row.get(2)?);
            ledger.apply(id, &kind, &facts)?;
        }
        Ok(ledger)
    }

    fn apply(&mut self, id: String, kind: &str, facts: &str) -> Result<(), Error> {
        match kind {
            MADE => {
                self.charges.insert(id, read(facts)?);
            }
            STARTED => {
                self.payments.insert(id, read(facts)?);
            }
            SETTLED | VOIDED | REFUNDED | COUNTED => self.moved(&id, read(facts)?)?,
            give_back::ASKED => {
                self.give_backs.insert(id, read(facts)?);
            }
            give_back::TOLD => self.went_back(&id, read(facts)?)?,
            CLOSED => {
                self.closings.insert(id, read(facts)?);
            }
            _ => {}
        }
        Ok(())
    }

    fn moved(&mut self, payment: &str, moved: Moved) -> Result<(), Error> {
        if let Some(step) = moved.step {
            self.payments.get_mut(payment).ok_or(bad())?.steps.push(step);
        }
        if let Some(entry) = moved.entry {
            self.entries.insert(entry.id.to_string(), entry);
        }
        Ok(())
    }

    fn went_back(&mut self, id: &str, moved: Moved) -> Result<(), Error> {
        let back = self.give_backs.get_mut(id).ok_or(bad())?;
        back.steps.extend(moved.step);
        let payment = back.payment.to_string();
        self.moved(&payment, Moved { step: moved.paid, entry: moved.entry, paid: None })
    }

    /// As the rows have it.
    fn of_rows(connection: &Connection) -> Result<Ledger, Error> {
        let charges = store::all_charges(connection)?.into_iter();
        let payments = store::all_payments(connection)?.into_iter();
        let give_backs = give_back::store::all_of_them(connection)?.into_iter();
        let entries = books::all_entries(connection)?.into_iter();
        let closings = books::closings(connection)?.into_iter();
        Ok(Ledger {
            charges: charges.map(|charge| (charge.id.to_string(), charge)).collect(),
            payments: payments.map(|payment| (payment.id.to_string(), payment)).collect(),
            give_backs: give_backs.map(|back| (back.id.to_string(), back)).collect(),
            entries: entries.map(|entry| (entry.id.to_string(), entry)).collect(),
            closings: closings.map(|closing| (iso_day(closing.day), closing)).collect(),
        })
    }
}

/// The id of the first that is in one and not, or otherwise, in the other.
fn differs<T: PartialEq>(one: &BTreeMap<String, T>, other: &BTreeMap<String, T>) -> Option<String> {
    let ids = one.keys().chain(other.keys());
    ids.filter(|id| one.get(*id) != other.get(*id)).min().cloned()
}

fn read<T: DeserializeOwned>(facts: &str) -> Result<T, Error> {
    Ok(serde_json::from_str(facts).map_err(|_| bad())?)
}

fn bad() -> db::Error {
    cannot_be("journal", "facts")
}

/// The first charge, payment, entry or day whose rows say something else than the
/// journal, or than they said when their day was closed.
pub fn first_contradiction(connection: &Connection) -> Result<Option<String>, Error> {
    let (told, rows) = (Ledger::of_journal(connection)?, Ledger::of_rows(connection)?);
    let first = [
        ("a charge", differs(&told.charges, &rows.charges)),
        ("a payment", differs(&told.payments, &rows.payments)),
        ("what went back", differs(&told.give_backs, &rows.give_backs)),
        ("an entry of the ledger", differs(&told.entries, &rows.entries)),
        ("a closed day", differs(&told.closings, &rows.closings)),
    ];
    if let Some((what, id)) = first.into_iter().find_map(|(what, id)| Some((what, id?))) {
        return Ok(Some(format!("{what} is not what the journal says: {id}")));
    }
    for closing in rows.closings.values() {
        if !closing.still_holds(connection)? {
            let day = iso_day(closing.day);
            return Ok(Some(format!("a closed day is not what it was: {day}")));
        }
    }
    Ok(balance(connection)?.unbalanced.map(|id| format!("an entry is not balanced: {id}")))
}

/// The sums over the whole ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Balance {
    pub entries: u64,
    pub debit: i64,
    pub credit: i64,
    /// The first entry, or postings without one, whose sides differ.
    pub unbalanced: Option<String>,
}

/// Adds up every posting there is.
pub fn balance(connection: &Connection) -> Result<Balance, Error> {
    let sum = |side: &str| -> Result<i64, Error> {
        let query = "select coalesce(sum(amount), 0) from posting where side = ?1";
        Ok(connection.query_row(query, [side], |row| row.get(0))?)
    };
    let count: i64 =
        connection.query_row("select count(*) from ledger_entry", [], |row| row.get(0))?;
    let mut unbalanced = connection.prepare(
        "select coalesce(ledger_entry.id, posting.entry) as id
         from ledger_entry full join posting on posting.entry = ledger_entry.id
         group by id
         having max(ledger_entry.id) is null
           or coalesce(sum(case side when 'debit' then amount else -amount end), 1) <> 0
         order by id limit 1",
    )?;
    let mut rows = unbalanced.query([])?;
    let unbalanced = rows.next()?.map(|row| row.get(0)).transpose()?;
    Ok(Balance {
        entries: u64::try_from(count).unwrap_or_default(),
        debit: sum("debit")?,
        credit: sum("credit")?,
        unbalanced,
    })
}
