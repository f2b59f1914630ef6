//! What the broom does, and what it leaves alone.

use super::*;
use crate::chance::SeededChance;
use crate::device::{Device, NewDevice, Role};
use crate::id::TicketId;
use crate::journal::Journal;
use crate::preregistration::{Epoch, KeyFolder};
use crate::queue::NewTicket;
use crate::queue::order::Class;
use crate::queue::state::State;
use crate::visit::Wishes;
use crate::web::example;

/// A tablet at which somebody began a visit and called for staff.
fn calling(tx: &Tx<'_>, journal: &Journal, name: &str) -> anyhow::Result<Device> {
    let new = NewDevice::typed(name, Role::Kiosk, "")?;
    let (code, _) = device::offer(tx, journal, journal.op(), Actor::System, &new)?;
    let (tablet, _) = device::redeem(tx, journal, journal.op(), &code.to_string())?;
    visit::start(tx, journal, journal.op(), tablet.id, &Wishes::default())?;
    device::call_staff(tx, journal, tablet.id)?;
    Ok(tablet)
}

#[tokio::test]
async fn what_is_wrong_with_the_keys_of_codes_is_told_until_it_is_mended() {
    let (office, _clock, data) = example::office(false).await;
    let folder = KeyFolder::within(data.path());
    let (today, town) = (office.journal.now().date(), &office.config.site.town.code);
    let first = tidy_codes(&office, &BTreeSet::new());
    assert!(first.iter().any(|told| told.contains("madoguchi key new")), "{first:?}");
    for epoch in [Epoch::of(today), Epoch::of(today).next()] {
        folder.make(epoch, town, today, &SeededChance::new(1)).unwrap();
    }
    assert_eq!(tidy_codes(&office, &first), BTreeSet::new());
}

#[tokio::test]
async fn bug_17_the_town_chooses_whether_its_queue_is_kept_over_night() {
    for keeps in [false, true] {
        let (mut office, clock, _folder) = example::office(false).await;
        // Nobody else holds it yet.
        Arc::get_mut(&mut office).unwrap().config.site.queue.keep_over_night = keeps;
        let drawn = waiting(&office).await;
        clock.advance(Duration::from_secs(24 * 3600));
        end_earlier_days(&office).await.unwrap();
        let look = move |connection: &_| queue::get(connection, drawn);
        let after = office.db.read(look).await.unwrap().unwrap();
        let expected = if keeps { State::Waiting } else { State::Expired };
        assert_eq!(after.leg().state, expected);
        assert_eq!(after.day == office.journal.now().date(), keeps);
    }
}

#[tokio::test]
async fn a_draft_that_nobody_is_at_any_more_takes_its_call_for_staff_along() {
    let (office, clock, _folder) = example::office(false).await;
    let put_up = |name: &'static str| {
        let journal = office.journal.clone();
        office.db.write(move |tx| calling(tx, &journal, name))
    };
    let left = put_up("記載台1").await.unwrap();
    clock.advance(Duration::from_secs(3_600));
    let in_use = put_up("記載台2").await.unwrap();
    erase_due(&office).await.unwrap();
    let waits = async |tablet: Device| {
        let found = office.db.read(move |connection| device::device(connection, tablet.id));
        found.await.unwrap().unwrap().calling_since().is_some()
    };
    assert_eq!((waits(left).await, waits(in_use).await), (false, true));
}

/// Somebody who waits, in an office that is open.
async fn waiting(office: &Arc<Office>) -> TicketId {
    let own = office.clone();
    let draw = move |tx: &Tx<'_>| {
        let lane = &own.config.lanes[0].numbered().unwrap();
        let (class, plan) = (Class::Ordinary, Vec::new());
        let new = NewTicket { visit: None, lane, plan, class, slot: None };
        queue::issue(tx, &own.journal, (own.journal.op(), Actor::System), new)
    };
    office.db.write(draw).await.unwrap().id
}

/// Where a ticket stands, and how many days were counted.
async fn stands(office: &Office, ticket: TicketId) -> (State, usize) {
    let look = move |connection: &_| -> Result<_, queue::Error> {
        let days = report::between(connection, [time::Date::MIN, time::Date::MAX])?;
        Ok((queue::get(connection, ticket)?, days.len()))
    };
    let (ticket, days) = office.db.read(look).await.unwrap();
    (ticket.unwrap().leg().state, days)
}

#[tokio::test]
async fn a_clock_that_somebody_set_a_day_ahead_ends_nobodys_day() {
    let (office, clock, _folder) = example::office(false).await;
    let ticket = waiting(&office).await;
    end_days(&office).await;
    let (right, day) = (office.journal.now(), Duration::from_secs(24 * 3600));
    let minute = Duration::from_secs(60);
    clock.hold(right + day);
    end_days(&office).await;
    assert_eq!(stands(&office, ticket).await, (State::Waiting, 0));
    clock.advance(minute);
    end_days(&office).await;
    clock.hold(right + 2 * minute);
    end_days(&office).await;
    assert_eq!(stands(&office, ticket).await, (State::Waiting, 0));
    // The day goes by as days do.
    for _ in 0..24 {
        clock.advance(60 * minute);
        end_days(&office).await;
    }
    assert_eq!(stands(&office, ticket).await, (State::Expired, 1));
}

#[tokio::test]
async fn a_day_that_could_not_be_ended_is_not_counted() {
    let (office, clock, _folder) = example::office(false).await;
    let ticket = waiting(&office).await;
    end_days(&office).await;
    let run = |sql: &'static str| {
        office.db.write(move |tx| tx.execute_batch(sql).map_err(crate::db::Error::from))
    };
    let broken = "create trigger broken before update on ticket
        begin select raise(abort, 'the disk'); end";
    run(broken).await.unwrap();
    clock.advance(Duration::from_secs(24 * 3600));
    end_days(&office).await;
    assert_eq!(stands(&office, ticket).await, (State::Waiting, 0));
    run("drop trigger broken").await.unwrap();
    end_days(&office).await;
    assert_eq!(stands(&office, ticket).await, (State::Expired, 1));
}
