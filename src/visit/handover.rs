//! A word for the next clerk (引継ぎのことば): what whoever hands a ticket over leaves
//! for whoever goes on with it. It may tell of a person, so it is sealed with the
//! visit's key like every answer and is gone with it; displays, telephones and lists
//! never get it. It belongs to the one leg that was handed over: a press that is taken
//! back takes it along, and when the next clerk is done it is not shown any more.

use rusqlite::{Connection, OptionalExtension, params};
use serde_json::json;
use unicode_normalization::UnicodeNormalization;

use super::Error;
use crate::clock;
use crate::db::{self, Tx};
use crate::id::{OpId, TicketId};
use crate::journal::{self, Actor, Entity, Event, Journal};
use crate::personal_number;
use crate::queue::{self, Act, Ticket};

/// The words that were left, sealed.
pub const SCHEMA: db::Step = include_str!("sql/handover.sql");

/// A sentence or two, not a file.
pub const LETTERS_MOST: usize = 120;

/// Words that may be left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words(String);

impl Words {
    /// What was typed, on one line; `None` where nothing was.
    ///
    /// # Errors
    /// [`Error::WordsTooLong`], [`Error::WordsHoldNumber`].
    pub fn typed(text: &str) -> Result<Option<Self>, Error> {
        let text: String = text.nfc().collect();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.chars().count() > LETTERS_MOST {
            return Err(Error::WordsTooLong);
        }
        if personal_number::contains(&text) {
            return Err(Error::WordsHoldNumber);
        }
        Ok(Some(text).filter(|text| !text.is_empty()).map(Self))
    }
}

/// The leg that was handed over: its place, and when the one before it ended.
struct Leg {
    place: i64,
    at: String,
}

impl Leg {
    fn open(ticket: &Ticket) -> Option<Self> {
        let before = ticket.legs.len().checked_sub(2)?;
        let place = i64::try_from(ticket.legs.len()).ok()?;
        Some(Self { place, at: clock::rfc3339(ticket.legs[before].since) })
    }

    /// Where its words are sealed for.
    fn sealed_for(&self, ticket: TicketId) -> String {
        format!("handover/{ticket}/{}/{}", self.place, self.at)
    }
}

/// Hands a ticket over with words. Sent a second time, it answers the ticket as it is.
///
/// # Errors
/// As [`queue::act`]; [`Error::Gone`] where the ticket has no visit that could keep
/// the words.
pub fn hand_over(
    tx: &Tx<'_>,
    journal: &Journal,
    (op, actor): (OpId, Actor),
    id: TicketId,
    (act, words): (Act, Option<&Words>),
) -> Result<Ticket, Error> {
    let before = journal::entity_of_op(tx, op, "ticket.moved")?.is_some();
    let ticket = queue::act(tx, journal, (op, actor), id, act)?;
    if let Some(words) = words.filter(|_| !before) {
        leave(tx, journal, actor, &ticket, words)?;
    }
    Ok(ticket)
}

fn leave(
    tx: &Tx<'_>,
    journal: &Journal,
    actor: Actor,
    ticket: &Ticket,
    Words(words): &Words,
) -> Result<(), Error> {
    let visit = ticket.visit.ok_or(Error::Gone)?;
    let leg = Leg::open(ticket).ok_or(Error::Gone)?;
    let key = journal.visit_key(tx, visit)?;
    let sealed = key.seal(&*journal.chance, &leg.sealed_for(ticket.id), words.as_bytes());
    tx.execute(
        "insert into handover (ticket, place, at, visit, sealed) values (?1, ?2, ?3, ?4, ?5)
         on conflict (ticket, place, at) do update set sealed = excluded.sealed",
        params![ticket.id.to_string(), leg.place, leg.at, visit.to_string(), sealed],
    )?;
    journal.append(
        tx,
        &Event {
            op: journal.op(),
            kind: "visit.handed_over",
            schema_version: 1,
            entity: Entity::new("visit", visit),
            actor,
            facts: json!({ "ticket": ticket.id, "leg": leg.place }),
            personal: Some((visit, json!({ "words": words }))),
        },
    )?;
    Ok(())
}

/// What was left for whoever goes on with the ticket now; nothing once it was erased.
///
/// # Errors
/// Faults of storage.
pub fn words_for(
    connection: &Connection,
    journal: &Journal,
    ticket: &Ticket,
) -> Result<Option<String>, Error> {
    let (Some(visit), Some(leg)) = (ticket.visit, Leg::open(ticket)) else { return Ok(None) };
    let sealed: Option<Vec<u8>> = connection
        .prepare_cached("select sealed from handover where ticket = ?1 and place = ?2 and at = ?3")?
        .query_row(params![ticket.id.to_string(), leg.place, leg.at], |row| row.get(0))
        .optional()?;
    let Some(sealed) = sealed else { return Ok(None) };
    let key = match journal.visit_key(connection, visit) {
        Err(journal::Error::Erased) => return Ok(None),
        key => key?,
    };
    let words = key.open(&leg.sealed_for(ticket.id), &sealed)?;
    Ok(Some(String::from_utf8_lossy(&words).into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> Result<Option<String>, Error> {
        Words::typed(text).map(|words| words.map(|Words(text)| text))
    }

    #[test]
    fn words_stand_on_one_line_and_nothing_is_nothing() {
        assert_eq!(typed("  住民票\r\n　2 通 ").unwrap().as_deref(), Some("住民票 2 通"));
        assert_eq!(typed(" \n ").unwrap(), None);
        assert!(typed(&"あ".repeat(LETTERS_MOST)).unwrap().is_some());
        assert!(matches!(typed(&"あ".repeat(LETTERS_MOST + 1)), Err(Error::WordsTooLong)));
    }

    #[test]
    fn an_individual_number_is_not_left_for_anybody() {
        // Twelve digits whose last one checks the others.
        for text in ["123456789018", "番号は 1234-5678-9018 です", "１２３４５６７８９０１８"]
        {
            assert!(matches!(typed(text), Err(Error::WordsHoldNumber)), "{text}");
        }
        assert!(typed("電話 0312345678").unwrap().is_some());
    }
}
