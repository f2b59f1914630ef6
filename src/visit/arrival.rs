//! Whoever booked comes (予約の受付): the appointment is noted as arrived, and a
//! number is drawn that waits where the slot stands, in one transaction.
//!
//! The rule of the queue does the rest: an appointment stands at its slot, whoever
//! comes later than the town allows stands where they came, and nobody who walked in
//! is passed by an appointment that is not due yet.

use super::submit::with_numbers;
use super::walk_in::{self, Drawing};
use super::{Error, Wishes};
use crate::appointment::{self, Appointment, By, Plan};
use crate::config::Config;
use crate::db::Tx;
use crate::id::{AppointmentId, TicketId};
use crate::journal::{self, Journal};
use crate::lang::Lang;
use crate::queue::order::Class;
use crate::queue::state::{Action, State, Who};
use crate::queue::{self, Act, Reason, Ticket};

/// Somebody who booked and has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrived {
    pub appointment: Appointment,
    /// `None` where the office, or the service, gives out no numbers.
    pub ticket: Option<Ticket>,
}

/// Takes somebody as arrived; their slip speaks `lang`. Sent a second time, it answers the same number.
///
/// # Errors
/// [`Error::Appointment`] when it is not their time.
pub fn check_in(
    tx: &Tx<'_>,
    journal: &Journal,
    (config, plan): (&Config, &Plan),
    by: By,
    (id, lang): (AppointmentId, Lang),
) -> Result<Arrived, Error> {
    let arrived = appointment::state::Action::Arrive.kind();
    if let Some(before) = journal::entity_of_op(tx, by.op, arrived)? {
        let before = before.parse().map_err(|_| Error::Gone)?;
        let appointment = appointment::get(tx, before)?.ok_or(Error::Gone)?;
        let ticket = ticket(tx, appointment.ticket)?;
        return Ok(Arrived { appointment, ticket });
    }
    let booked = appointment::get(tx, id)?.ok_or(appointment::Error::NoSuchAppointment)?;
    appointment::may_arrive(plan, &booked, (journal.now(), by.who))?;
    let ticket = draw(tx, journal, (config, plan), by, (&booked, lang))?;
    let drawn = ticket.as_ref().map(|ticket| ticket.id);
    let appointment = appointment::arrive(tx, journal, plan, by, (id, drawn))?;
    Ok(Arrived { appointment, ticket })
}

/// Takes an arrival back that was noted by mistake; its number goes with it.
///
/// # Errors
/// [`Error::Queue`] when the number was called already.
pub fn take_back(tx: &Tx<'_>, journal: &Journal, by: By, id: AppointmentId) -> Result<(), Error> {
    let taken_back = appointment::state::Action::TakeBack.kind();
    if journal::entity_of_op(tx, by.op, taken_back)?.is_some() {
        return Ok(());
    }
    let arrived = appointment::get(tx, id)?.ok_or(appointment::Error::NoSuchAppointment)?;
    appointment::take_back(tx, journal, by, id)?;
    let drawn = ticket(tx, arrived.ticket)?;
    // One that was taken out already is no obstacle.
    if let Some(drawn) = drawn.filter(|ticket| ticket.leg().state != State::Cancelled) {
        let leave = Act {
            reason: Some(Reason::DrawnByMistake),
            ..Act::new(Action::Leave, Who::Guide, journal.now())
        };
        queue::act(tx, journal, (journal.op(), by.actor), drawn.id, leave)?;
    }
    Ok(())
}

fn ticket(tx: &Tx<'_>, id: Option<TicketId>) -> Result<Option<Ticket>, Error> {
    Ok(id.map(|id| queue::get(tx, id)).transpose()?.flatten())
}

/// Draws the number. A seat was promised: however many were drawn today, there is
/// one more; only a range that is at its end gives none.
fn draw(
    tx: &Tx<'_>,
    journal: &Journal,
    (config, plan): (&Config, &Plan),
    by: By,
    (booked, lang): (&Appointment, Lang),
) -> Result<Option<Ticket>, Error> {
    let service = plan.service(&booked.service);
    let id = service.and_then(|service| service.lane.as_deref());
    let lane = id.filter(|_| config.site.modules.queue).and_then(|id| config.lane(id));
    let Some(mut lane) = lane.and_then(with_numbers) else { return Ok(None) };
    lane.daily_max = None;
    let wishes = Wishes { lang, ..Wishes::default() };
    let (class, slot) = (Class::Appointment, Some(booked.start));
    let new = Drawing { lane: &lane, class, slot, wishes: &wishes, kiosk: None };
    match walk_in::draw(tx, journal, config, (journal.op(), by.actor), &new) {
        Ok(ticket) => Ok(Some(ticket)),
        Err(Error::Queue(queue::Error::RangeEnded(_))) => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;
    use std::time::Duration;

    use rusqlite::Connection;
    use time::macros::datetime;

    use super::*;
    use crate::appointment::Told;
    use crate::appointment::state::{self, Who as Asks};
    use crate::chance::SeededChance;
    use crate::clock::{Clock, HeldClock, Moment};
    use crate::id::StaffId;
    use crate::journal::{Actor, OfficeKey};
    use crate::queue::{Desk, NewTicket, duty};
    use crate::visit::verify;

    /// A Tuesday morning.
    const NOW: Moment = datetime!(2026-11-24 9:00 +9);
    const SLOT: Moment = datetime!(2026-11-24 10:00 +9);

    struct Office {
        connection: Connection,
        journal: Journal,
        clock: Arc<HeldClock>,
        config: Config,
        clerk: StaffId,
    }

    impl Office {
        fn open() -> Self {
            let connection = crate::schema::in_memory();
            let chance = Arc::new(SeededChance::new(1));
            let clock = Arc::new(HeldClock::at(NOW));
            let key = OfficeKey::generate(&*chance);
            let journal = Journal::new(clock.clone(), chance, key);
            journal.open_log(&Tx::alone(&connection), "999997/honcho").unwrap();
            let config = Config::load(Path::new("kiosk-config/example")).unwrap();
            let clerk = StaffId::new(NOW, &*journal.chance);
            Self { connection, journal, clock, config, clerk }
        }

        fn tx(&self) -> Tx<'_> {
            Tx::alone(&self.connection)
        }

        fn by(&self, who: Asks) -> By {
            By { op: self.journal.op(), actor: Actor::System, who }
        }

        fn until(&self, moment: Moment) {
            self.clock.advance(Duration::try_from(moment - self.clock.now()).unwrap());
        }

        fn booked(&self, service: &str, start: Moment) -> Appointment {
            let plan = self.config.appointments().unwrap();
            let (tx, journal) = (self.tx(), &self.journal);
            let by = self.by(Asks::Staff);
            let held = appointment::hold(&tx, journal, plan, by, (service, start)).unwrap();
            let by = self.by(Asks::Staff);
            appointment::book(&tx, journal, by, held.id, &Told::default()).unwrap()
        }

        fn check_in(&self, by: By, one: &Appointment) -> Result<Arrived, Error> {
            let rules = (&self.config, self.config.appointments().unwrap());
            check_in(&self.tx(), &self.journal, rules, by, (one.id, Lang::Ja))
        }

        fn arrived(&self, one: &Appointment) -> Ticket {
            self.check_in(self.by(Asks::Resident), one).unwrap().ticket.unwrap()
        }

        fn walk_in(&self) -> Ticket {
            let lane = with_numbers(self.config.lane("moving").unwrap()).unwrap();
            let new = NewTicket {
                visit: None,
                lane: &lane,
                plan: Vec::new(),
                class: Class::Ordinary,
                slot: None,
            };
            let press = (self.journal.op(), Actor::System);
            queue::issue(&self.tx(), &self.journal, press, new).unwrap()
        }

        fn sit_down(&self) {
            let op = self.journal.op();
            duty::open(&self.tx(), &self.journal, op, self.clerk, 2, false).unwrap();
        }

        /// Whom the second counter calls now; served and done at once.
        fn call(&self) -> String {
            let lanes = self.config.lanes_of(self.config.counter(2).unwrap());
            let rules = self.config.site.queue.order();
            let desk = Desk { staff: self.clerk, counter: 2, lanes: &lanes, rules };
            let op = self.journal.op();
            let ticket = queue::call_next(&self.tx(), &self.journal, op, &desk).unwrap();
            for action in [Action::Serve, Action::Finish] {
                let act = Act::of_clerk(action, 2, self.clerk, self.journal.now());
                let press = (self.journal.op(), Actor::System);
                queue::act(&self.tx(), &self.journal, press, ticket.id, act).unwrap();
            }
            ticket.to_string()
        }
    }

    #[test]
    fn an_appointment_waits_among_those_who_walked_in_and_is_called_at_its_minute() {
        let office = Office::open();
        office.sit_down();
        let booked = office.booked("moving", SLOT);
        office.until(SLOT - Duration::from_secs(20 * 60));
        let appointment = office.arrived(&booked);
        assert_eq!((appointment.class, appointment.slot), (Class::Appointment, Some(SLOT)));
        let walk_ins = [office.walk_in(), office.walk_in()];
        // A minute before the slot, whoever walked in is called.
        office.until(SLOT - Duration::from_secs(60));
        assert_eq!(office.call(), walk_ins[0].to_string());
        let after = office.walk_in();
        office.until(SLOT);
        // At the slot: those who came before it are before it.
        assert_eq!(office.call(), walk_ins[1].to_string());
        assert_eq!(office.call(), after.to_string());
        assert_eq!(office.call(), appointment.to_string());
        assert_eq!(verify::first_contradiction(&office.connection).unwrap(), None);
    }

    #[test]
    fn whoever_comes_in_time_passes_those_who_came_after_the_slot_and_who_is_late_does_not() {
        for (late_minutes, first) in [(15, "appointment"), (16, "walk-in")] {
            let office = Office::open();
            office.sit_down();
            let booked = office.booked("moving", SLOT);
            office.until(SLOT + Duration::from_secs(60));
            let walk_in = office.walk_in();
            office.until(SLOT + Duration::from_secs(late_minutes * 60));
            let appointment = office.arrived(&booked);
            let called = office.call();
            let expected = if first == "walk-in" { walk_in } else { appointment };
            assert_eq!(called, expected.to_string(), "{late_minutes}");
        }
    }

    #[test]
    fn a_press_sent_twice_draws_one_number() {
        let office = Office::open();
        let booked = office.booked("moving", SLOT);
        office.until(SLOT);
        let by = office.by(Asks::Resident);
        let first = office.check_in(by, &booked).unwrap();
        assert_eq!(office.check_in(by, &booked).unwrap(), first);
        // Another press finds that they have come.
        let again = office.check_in(office.by(Asks::Resident), &booked);
        assert!(matches!(again, Err(Error::Appointment(appointment::Error::Refused(_)))));
        let day = queue::of_day(&office.connection, SLOT.date()).unwrap();
        assert_eq!(day.len(), 1);
    }

    #[test]
    fn a_service_without_a_lane_and_an_office_without_numbers_draw_none() {
        let mut office = Office::open();
        let room = office.booked("meeting-room", datetime!(2026-11-24 11:00 +9));
        let moving = office.booked("moving", SLOT);
        office.until(datetime!(2026-11-24 10:30 +9));
        assert_eq!(office.check_in(office.by(Asks::Staff), &room).unwrap().ticket, None);
        office.config.site.modules.queue = false;
        assert_eq!(office.check_in(office.by(Asks::Staff), &moving).unwrap().ticket, None);
    }

    #[test]
    fn a_seat_was_promised_however_many_were_drawn_today() {
        let mut office = Office::open();
        office.config.lanes.iter_mut().for_each(|lane| lane.daily_max = Some(1));
        let booked = office.booked("moving", SLOT);
        office.until(SLOT);
        office.walk_in();
        assert_eq!(office.arrived(&booked).to_string(), "B2");
    }

    #[test]
    fn an_arrival_by_mistake_is_taken_back_with_its_number_unless_that_was_called() {
        let office = Office::open();
        office.sit_down();
        let booked = office.booked("moving", SLOT);
        office.until(SLOT);
        let drawn = office.arrived(&booked);
        let by = office.by(Asks::Staff);
        for _ in 0..2 {
            take_back(&office.tx(), &office.journal, by, booked.id).unwrap();
        }
        let ticket = queue::get(&office.connection, drawn.id).unwrap().unwrap();
        assert_eq!(ticket.leg().state, queue::state::State::Cancelled);
        let now = appointment::get(&office.connection, booked.id).unwrap().unwrap();
        assert_eq!((now.state, now.ticket), (state::State::Booked, None));
        office.arrived(&booked);
        office.call();
        let called = take_back(&office.tx(), &office.journal, office.by(Asks::Staff), booked.id);
        assert!(matches!(called, Err(Error::Queue(_))), "{called:?}");
    }

    #[test]
    fn a_number_that_was_taken_out_already_keeps_nobody_arrived() {
        let office = Office::open();
        let booked = office.booked("moving", SLOT);
        office.until(SLOT);
        let drawn = office.arrived(&booked);
        let leave = Act {
            reason: Some(Reason::Gone),
            ..Act::new(Action::Leave, Who::Guide, office.journal.now())
        };
        let by = office.by(Asks::Staff);
        queue::act(&office.tx(), &office.journal, (by.op, by.actor), drawn.id, leave).unwrap();
        take_back(&office.tx(), &office.journal, office.by(Asks::Staff), booked.id).unwrap();
        let now = appointment::get(&office.connection, booked.id).unwrap().unwrap();
        assert_eq!((now.state, now.ticket), (state::State::Booked, None));
    }
}
