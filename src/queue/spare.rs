//! Numbers on sheets that were printed beforehand (予備の番号札): what is handed out while
//! this machine stands still, and typed in when it runs again.
//!
//! A sheet is a ticket like any other from then on. It waits as of when the resident
//! came, and the journal keeps both that and when it was typed in. Whoever was served
//! by hand meanwhile is typed in with those times, too: nobody is called for them, and
//! no waiting time is learned from what nobody saw happen. Those of an outage over closing
//! time are typed in on the next days, and that day is counted again; nobody waits since
//! then, so only who was served is. The numbers are a block of
//! their own, so that a machine that comes back gives none of them out again.

use time::Duration;

use super::issue::{self, NewTicket};
use super::state::{Action, State};
use super::ticket::{Act, Ticket};
use super::{Error, acts, now, report, store};
use crate::clock::Moment;
use crate::db::Tx;
use crate::id::{OpId, StaffId};
use crate::journal::{self, Actor, Journal};

/// What stands on a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sheet {
    pub number: u32,
    pub came: Moment,
    /// Of somebody who was served by hand.
    pub served: Option<Served>,
}

/// When and where somebody was served by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Served {
    pub counter: u32,
    pub called: Moment,
    pub ended: Moment,
}

/// Why a sheet was not typed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// No sheet of this lane has that number.
    #[error("no sheet of this lane has that number")]
    NotOfTheBlock,
    /// It was typed in before, or the machine had given the number out.
    #[error("this number was given out today already")]
    GivenOut,
    #[error("a time on the sheet is still to come")]
    InTheFuture,
    /// Of an earlier day, of somebody who was not served; or of long ago.
    #[error("the sheet is of another day")]
    AnotherDay,
    /// Nobody takes numbers of this lane at that time.
    #[error("the lane was closed when the sheet was given out")]
    Closed,
    /// Called before they came, or done before they were called.
    #[error("the times on the sheet are not one after the other")]
    OutOfOrder,
}

/// So much later the sheet of somebody who was served is typed in: over the longest rest.
const LATEST: Duration = Duration::days(14);

/// Whether the times on a sheet can be: on one day, that of `now` or, of somebody who was
/// served, a little earlier; not later, in order.
fn times(sheet: &Sheet, now: Moment) -> Result<(), Wrong> {
    let served = sheet.served.map(|served| [served.called, served.ended]);
    let times: Vec<Moment> =
        std::iter::once(sheet.came).chain(served.into_iter().flatten()).collect();
    let (day, today) = (sheet.came.date(), now.date());
    let is_of_late = served.is_some() && day < today && today - day <= LATEST;
    if times.iter().any(|at| at.date() != day) || (day != today && !is_of_late) {
        return Err(Wrong::AnotherDay);
    }
    if times.iter().any(|at| *at > now) {
        return Err(Wrong::InTheFuture);
    }
    if !times.is_sorted() {
        return Err(Wrong::OutOfOrder);
    }
    Ok(())
}

/// Takes a sheet in. Sent a second time, it answers the same ticket. However many the
/// lane gives out on a day: whoever has a sheet is there.
///
/// # Errors
/// [`Error::Sheet`].
pub fn type_in(
    tx: &Tx<'_>,
    journal: &Journal,
    (op, staff): (OpId, StaffId),
    new: NewTicket<'_>,
    sheet: &Sheet,
) -> Result<Ticket, Error> {
    if let Some(id) = journal::entity_of_op(tx, op, issue::ISSUED_ENTRY)? {
        return store::by_id(tx, &id)?.ok_or(Error::NoSuchTicket);
    }
    let (now, actor) = (now(journal), Actor::Staff(staff));
    if !new.lane.is_spare(sheet.number) {
        return Err(Wrong::NotOfTheBlock.into());
    }
    times(sheet, now)?;
    let day = sheet.came.date();
    let same = store::with_number(tx, day, (&new.lane.prefix, sheet.number))?;
    // What was typed in by mistake and taken out again is typed in anew.
    let is_taken_out = |one: &Ticket| one.typed.is_some() && one.leg().state == State::Cancelled;
    if !same.iter().all(is_taken_out) {
        return Err(Wrong::GivenOut.into());
    }
    let round = u32::try_from(same.len()).unwrap_or(u32::MAX - 1) + 1;
    let ticket = issue::made(tx, journal, new, (sheet.number, sheet.came))?;
    let mut ticket = Ticket { typed: Some(now), ..ticket };
    store::insert(tx, &ticket, round)?;
    issue::record(tx, journal, (op, actor), &ticket)?;
    for act in sheet.served.iter().flat_map(|served| by_hand(served, staff)) {
        ticket = ticket.act(&act)?;
        acts::moved_on(tx, journal, (journal.op(), actor), &act, &ticket)?;
    }
    // Only as it is now: somebody else may be at that counter meanwhile.
    store::update(tx, &ticket)?;
    if day < now.date() {
        report::recount(tx, journal, day)?;
    }
    Ok(ticket)
}

/// What was done at a counter while nobody could press anything.
fn by_hand(served: &Served, staff: StaffId) -> [Act; 3] {
    let act = |action, at| Act::of_clerk(action, served.counter, staff, at);
    [
        act(Action::CallThis, served.called),
        act(Action::Serve, served.called),
        act(Action::Finish, served.ended),
    ]
}

impl Ticket {
    /// Whether where it stands came about by hand, before it was typed in.
    pub fn stands_by_hand(&self) -> bool {
        let leg = self.leg();
        leg.state != State::Waiting && self.typed.is_some_and(|typed| leg.since < typed)
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn the_times_of_a_sheet_are_of_one_day_and_past_and_in_order() {
        let now = datetime!(2026-11-25 11:00 +9);
        let nine = datetime!(2026-11-25 9:00 +9);
        let half_past = datetime!(2026-11-25 9:30 +9);
        let later = datetime!(2026-11-25 11:01 +9);
        let before = datetime!(2026-11-24 9:00 +9);
        for (came, served, expected) in [
            (nine, None, Ok(())),
            (now, None, Ok(())),
            (nine, Some((nine, half_past)), Ok(())),
            (later, None, Err(Wrong::InTheFuture)),
            (nine, Some((half_past, later)), Err(Wrong::InTheFuture)),
            (before, None, Err(Wrong::AnotherDay)),
            (datetime!(2026-11-26 9:00 +9), None, Err(Wrong::AnotherDay)),
            (before, Some((nine, half_past)), Err(Wrong::AnotherDay)),
            (before, Some((before, before)), Ok(())),
            (
                datetime!(2026-11-11 9:00 +9),
                Some((datetime!(2026-11-11 9:00 +9), datetime!(2026-11-11 9:09 +9))),
                Ok(()),
            ),
            (
                datetime!(2026-11-10 9:00 +9),
                Some((datetime!(2026-11-10 9:00 +9), datetime!(2026-11-10 9:09 +9))),
                Err(Wrong::AnotherDay),
            ),
            (before, Some((before, datetime!(2026-11-24 8:50 +9))), Err(Wrong::OutOfOrder)),
            (half_past, Some((nine, half_past)), Err(Wrong::OutOfOrder)),
            (nine, Some((half_past, nine)), Err(Wrong::OutOfOrder)),
        ] {
            let served = served.map(|(called, ended)| Served { counter: 1, called, ended });
            let sheet = Sheet { number: 901, came, served };
            assert_eq!(times(&sheet, now), expected, "{sheet:?}");
        }
    }
}
