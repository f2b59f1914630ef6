//! Sheets that were handed out while the machine stood still (予備の番号札): printed
//! beforehand ([`paper`]), and typed in with their times, several at once. Each becomes
//! a visit without forms, like any number that was drawn at the entrance.

pub mod paper;

use super::walk_in::{self, Drawing, drawn_before};
use super::{Counter, Error, Wishes};
use crate::db::{self, Tx};
use crate::id::{OpId, StaffId};
use crate::journal::{Actor, Journal};
use crate::queue::order::Class;
use crate::queue::spare::{Sheet, Wrong};
use crate::queue::{self, Ticket};

/// A sheet of a lane, to be typed in by one press.
#[derive(Clone, Debug)]
pub struct Typed {
    pub op: OpId,
    pub lane: String,
    pub sheet: Sheet,
}

/// Why nothing was typed in.
#[derive(Debug, thiserror::Error)]
pub enum NotTyped {
    /// What is wrong with which of them; all that is wrong with any.
    #[error("{} sheets cannot be typed in as they are", .0.len())]
    Wrong(Vec<(usize, Wrong)>),
    #[error(transparent)]
    Visit(#[from] Error),
}

impl From<db::Error> for NotTyped {
    fn from(error: db::Error) -> Self {
        NotTyped::Visit(error.into())
    }
}

/// Types sheets in: all of them, or, when one is wrong, none. Those that were typed in
/// by the same press before are answered once more.
///
/// # Errors
/// [`NotTyped::Wrong`], after which the transaction must not be kept.
pub fn type_in(
    tx: &Tx<'_>,
    journal: &Journal,
    counter: Counter<'_>,
    staff: StaffId,
    sheets: &[Typed],
) -> Result<Vec<Ticket>, NotTyped> {
    let (mut tickets, mut wrong) = (Vec::new(), Vec::new());
    for (at, sheet) in sheets.iter().enumerate() {
        match one(tx, journal, counter, staff, sheet) {
            Ok(ticket) => tickets.push(ticket),
            Err(Error::Queue(queue::Error::Sheet(why))) => wrong.push((at, why)),
            Err(error) => return Err(error.into()),
        }
    }
    if wrong.is_empty() { Ok(tickets) } else { Err(NotTyped::Wrong(wrong)) }
}

fn one(
    tx: &Tx<'_>,
    journal: &Journal,
    counter: Counter<'_>,
    staff: StaffId,
    typed: &Typed,
) -> Result<Ticket, Error> {
    if let Some(before) = drawn_before(tx, typed.op)? {
        return Ok(before);
    }
    let config = counter.config;
    let lane = config.lane(&typed.lane).ok_or_else(|| Error::NoSuchLane(typed.lane.clone()))?;
    let numbers = lane.numbered().ok_or_else(|| Error::NoSuchLane(typed.lane.clone()))?;
    if !config.was_open(lane, typed.sheet.came) {
        return Err(queue::Error::Sheet(Wrong::Closed).into());
    }
    let new = Drawing {
        lane: &numbers,
        class: Class::Ordinary,
        slot: None,
        wishes: &Wishes::default(),
        kiosk: None,
        sheet: Some((&typed.sheet, staff)),
    };
    walk_in::draw(tx, journal, config, (typed.op, Actor::Staff(staff)), &new)
}
