//! The course of a ticket, as far as money moves it: who has paid at the 会計 goes on to
//! where the papers are handed over, or is done, and nobody has to press for it.

use super::{Counter, Error};
use crate::config::LaneKind;
use crate::db::Tx;
use crate::id::VisitId;
use crate::journal::{Actor, Journal};
use crate::payment::{Payment, State as Paid};
use crate::queue::state::{Action, State};
use crate::queue::{self, Act};

/// Ends the leg at the 会計, once the visit is paid. Elsewhere the clerk has more to do
/// than to take money, and says so. It can be taken back like any press at that counter.
///
/// # Errors
/// Faults of storage. What the queue refuses stays as it is: the money is noted all the
/// same.
pub(super) fn paid(
    tx: &Tx<'_>,
    journal: &Journal,
    counter: Counter<'_>,
    (visit, payment): (VisitId, &Payment),
) -> Result<(), Error> {
    let ticket = queue::of_visit(tx, visit)?;
    let Some(ticket) = ticket.filter(|_| payment.state() == Paid::Authorised) else {
        return Ok(());
    };
    let leg = ticket.leg();
    let lane = counter.config.lane(&leg.lane);
    let is_cashier = lane.is_some_and(|lane| lane.kind == LaneKind::Cashier);
    let (State::Serving, true, Some(at), Some(staff)) =
        (leg.state, is_cashier, leg.counter, leg.staff)
    else {
        return Ok(());
    };
    let action = if ticket.plan.is_empty() { Action::Finish } else { Action::GoOn };
    let act = Act::of_clerk(action, at, staff, journal.now());
    let press = (journal.op(), Actor::System);
    match queue::act(tx, journal, press, ticket.id, act) {
        Err(fault @ (queue::Error::Db(_) | queue::Error::Journal(_))) => Err(fault.into()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Lane;
    use crate::id::StaffId;
    use crate::payment::{By, Request, Tender};
    use crate::queue::{Desk, duty};
    use crate::visit::bill;
    use crate::visit::tests::Town;
    use crate::yen::Yen;

    /// A ticket that is served at the lane `at` of a course, and what becomes of it when
    /// 300 yen are paid.
    fn stands_after_paying(kind: LaneKind, further: bool) -> (State, String) {
        let mut town = Town::open();
        let lane = |id: &str, kind, then: Option<&str>, prefix: Option<&str>| Lane {
            id: id.to_owned(),
            kind,
            then: then.map(str::to_owned),
            prefix: prefix.map(str::to_owned),
            ..town.config.lanes[0].clone()
        };
        let handover = lane("handover", LaneKind::Handover, None, None);
        let first = lane("certificate", kind, further.then_some("handover"), Some("A"));
        town.config.lanes = vec![first, handover];
        let id = town.filled(town.kiosk());
        town.submit(id, town.journal.op()).unwrap();
        let (tx, journal) = (town.tx(), &town.journal);
        let clerk = StaffId::new(journal.now(), &*journal.chance);
        duty::open(&tx, journal, journal.op(), clerk, 1, false).unwrap();
        let lanes = [(1, vec!["certificate".to_owned()])].into();
        let rules = town.config.site.queue.order();
        let desk = Desk { staff: clerk, counter: 1, lanes: &lanes, rules };
        let called = queue::call_next(&tx, journal, journal.op(), &desk).unwrap();
        let serve = Act::of_clerk(Action::Serve, 1, clerk, journal.now());
        queue::act(&tx, journal, (journal.op(), Actor::Staff(clerk)), called.id, serve).unwrap();
        let by = By { op: journal.op(), actor: Actor::Staff(clerk) };
        let bill = bill::bill(&tx, journal, town.counter(), by.actor, id).unwrap();
        let charge = bill.charge.unwrap();
        let (amount, tender) = (charge.total, Tender::Cash { received: Yen(10_000) });
        let request = Request { charge: charge.id, amount, tender, counter: 1, at: None };
        // The writer's transaction: what an entry of the ledger points at comes after it.
        town.connection.execute_batch("begin").unwrap();
        bill::take(&tx, journal, town.counter(), by, (id, &request)).unwrap();
        town.connection.execute_batch("commit").unwrap();
        let ticket = queue::get(&town.connection, called.id).unwrap().unwrap();
        assert_eq!(queue::first_contradiction(&town.connection).unwrap(), None);
        (ticket.leg().state, ticket.leg().lane.clone())
    }

    #[test]
    fn whoever_has_paid_at_the_cashier_goes_on_and_nobody_else_does() {
        for (kind, further, state, lane) in [
            (LaneKind::Cashier, true, State::Waiting, "handover"),
            (LaneKind::Cashier, false, State::Done, "certificate"),
            (LaneKind::Reception, true, State::Serving, "certificate"),
            (LaneKind::Handover, false, State::Serving, "certificate"),
        ] {
            let stands = stands_after_paying(kind, further);
            assert_eq!(stands, (state, lane.to_owned()), "{kind:?} {further}");
        }
    }
}
