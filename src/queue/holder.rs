//! What the holder of a ticket may do with it by themselves, at a telephone or a kiosk,
//! and how a ticket is found by what they show: the same rule wherever they say it.

use unicode_normalization::UnicodeNormalization;

use super::state::{Action, State, Who};
use super::ticket::{Act, Ticket};
use super::{Error, acts, store};
use crate::clock::{self, Moment};
use crate::db::Tx;
use crate::id::{OpId, TicketId};
use crate::journal::{self, Actor, Journal};
use crate::secret::Code;

/// That they are there again: whoever missed the call is back, or has done what they
/// were held for. Who missed a call comes back by themselves once; then only staff, who
/// see them stand there, let them in again.
pub fn can_be_back(ticket: &Ticket, now: Moment) -> Option<Action> {
    let action = match ticket.leg().state {
        State::Absent => Action::Return,
        State::Held => Action::Resume,
        _ => return None,
    };
    may(ticket, action, now).then_some(action)
}

/// Whether they may give the number back.
pub fn can_leave(ticket: &Ticket, now: Moment) -> bool {
    may(ticket, Action::Leave, now)
}

/// Whether they may still say in what language they would like to be served.
pub fn can_choose_language(ticket: &Ticket, now: Moment) -> bool {
    ticket.day == now.date() && !ticket.leg().state.is_over()
}

fn may(ticket: &Ticket, action: Action, now: Moment) -> bool {
    ticket.day == now.date() && ticket.act(&Act::new(action, Who::Resident, now)).is_ok()
}

/// Says that the holder is back, if that is to be said: the ticket, and whether it waits
/// again by this press. Sent a second time, it answers the same.
///
/// # Errors
/// [`Error::NoSuchTicket`].
pub fn is_back(
    tx: &Tx<'_>,
    journal: &Journal,
    (op, actor): (OpId, Actor),
    id: TicketId,
) -> Result<(Ticket, bool), Error> {
    let ticket = store::get(tx, id)?.ok_or(Error::NoSuchTicket)?;
    let now = journal.now();
    if journal::entity_of_op(tx, op, acts::MOVED)?.is_some() {
        return Ok((ticket, true));
    }
    let Some(action) = can_be_back(&ticket, now) else { return Ok((ticket, false)) };
    let act = Act::new(action, Who::Resident, now);
    Ok((acts::act(tx, journal, (op, actor), id, act)?, true))
}

/// What the holder of a page saw when they pressed.
pub struct Seen<'s> {
    /// Since when the ticket stood there. A press about what is over does nothing.
    pub since: &'s str,
    /// Gives the number back; else they are back.
    pub leaves: bool,
}

/// Does what a page offered. Whether anything was done.
///
/// # Errors
/// As [`acts::act`].
pub fn press(
    tx: &Tx<'_>,
    journal: &Journal,
    by: (OpId, Actor),
    (id, seen): (TicketId, Seen<'_>),
) -> Result<bool, Error> {
    let (Some(ticket), now) = (store::get(tx, id)?, journal.now()) else { return Ok(false) };
    let action = match seen.leaves {
        true => can_leave(&ticket, now).then_some(Action::Leave),
        false => can_be_back(&ticket, now),
    };
    let Some(action) = action else { return Ok(false) };
    if clock::rfc3339(ticket.leg().since) != seen.since {
        return Ok(false);
    }
    acts::act(tx, journal, by, id, Act::new(action, Who::Resident, now)).map(|_| true)
}

/// The code in the address of a ticket's own page, as a scanner reads it from a slip.
pub fn page_in(typed: &str) -> Option<Code> {
    let (address, code) = typed.trim().rsplit_once('/')?;
    address.ends_with(['s', 'S']).then(|| Code::typed(code)).flatten()
}

/// The ticket that is meant by what was typed: `A12`, and `12` where only one is
/// numbered so.
pub fn typed<'t>(typed: &str, tickets: impl Iterator<Item = &'t Ticket>) -> Option<TicketId> {
    let typed: String = typed.nfkc().filter(|letter| !letter.is_whitespace()).collect();
    let typed = typed.to_uppercase();
    let is_meant =
        |ticket: &&Ticket| ticket.to_string() == typed || ticket.number.to_string() == typed;
    let mut meant = tickets.filter(is_meant);
    let first = meant.next()?;
    meant.next().is_none().then_some(first.id)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NINE: Moment = datetime!(2026-11-25 9:00 +9);

    fn stands(state: State) -> Ticket {
        let mut ticket = Ticket::drawn("A", 12, NINE);
        ticket.legs[0].state = state;
        ticket
    }

    #[test]
    fn only_who_is_awaited_says_that_they_are_back_and_on_the_same_day() {
        for state in State::ALL {
            let said = match state {
                State::Absent => Some(Action::Return),
                State::Held => Some(Action::Resume),
                _ => None,
            };
            assert_eq!(can_be_back(&stands(state), NINE), said, "{state:?}");
            assert_eq!(can_leave(&stands(state), NINE), state == State::Waiting, "{state:?}");
            assert_eq!(can_choose_language(&stands(state), NINE), !state.is_over(), "{state:?}");
            let tomorrow = NINE + time::Duration::DAY;
            assert_eq!(can_be_back(&stands(state), tomorrow), None);
            assert!(!can_leave(&stands(state), tomorrow));
            assert!(!can_choose_language(&stands(state), tomorrow));
        }
        let mut again = stands(State::Absent);
        again.legs[0].returned = Some(NINE);
        assert_eq!(can_be_back(&again, NINE), None, "once by themselves");
    }

    #[test]
    fn a_ticket_is_found_by_its_slip_and_by_its_number_as_fingers_find_it() {
        let code = Code::typed("7K3MPQ2X7K3M");
        for scanned in [
            "https://madoguchi.example/s/7K3M-PQ2X-7K3M",
            "HTTPS?//MADOGUCHI.EXAMPLE/S/7K3M-PQ2X-7K3M",
        ] {
            assert_eq!(page_in(scanned), code, "{scanned}");
        }
        assert_eq!(page_in("MK1/7K3M"), None);
        assert_eq!(page_in("A12"), None);
        let tickets = [("A", 12), ("B", 12), ("A", 3)];
        let tickets = tickets.map(|(prefix, number)| Ticket::drawn(prefix, number, NINE));
        let found = |text: &str| typed(text, tickets.iter());
        assert_eq!(found("ａ １２"), Some(tickets[0].id));
        assert_eq!(found("3"), Some(tickets[2].id));
        assert_eq!((found("12"), found("C1"), found("")), (None, None, None));
    }
}
