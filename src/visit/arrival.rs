//! Whoever booked comes (予約の受付): the appointment is noted as arrived, and a
//! number is drawn that waits where the slot stands, in one transaction.
//!
//! The rule of the queue does the rest: an appointment stands at its slot, whoever
//! comes later than the town allows stands where they came, and nobody who walked in
//! is passed by an appointment that is not due yet.

use rusqlite::Connection;

use super::walk_in::{self, Drawing};
use super::{Error, Wishes, brought};
use crate::application;
use crate::appointment::state::{State as Stands, Who};
use crate::appointment::{self, Appointment, By, Plan};
use crate::clock::Moment;
use crate::config::{self, Config};
use crate::db::Tx;
use crate::form::answers::Answers;
use crate::id::{AppointmentId, TicketId};
use crate::journal::{self, Actor, Journal};
use crate::lang::Lang;
use crate::queue::order::Class;
use crate::queue::state::{Action, State};
use crate::queue::{self, Act, Lane, Reason, Ticket};

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

/// The appointment that a code made at home announces, and why it is not taken in now.
#[derive(Debug)]
pub struct Announced {
    pub appointment: Appointment,
    pub refused: Option<appointment::Error>,
}

/// What the codes of a visit announce, if the office knows it.
///
/// # Errors
/// Faults of storage.
pub fn announced(
    connection: &Connection,
    plan: Option<&Plan>,
    answers: &Answers,
    now: Moment,
) -> Result<Option<Announced>, Error> {
    let Some((plan, number)) = plan.zip(brought::booking(answers)) else { return Ok(None) };
    let found = appointment::by_number(connection, number)?;
    // What is only held is nobody's appointment yet.
    let found = found.filter(|one| !matches!(one.state, Stands::Held | Stands::Lapsed));
    Ok(found.map(|appointment| {
        let refused = appointment::may_arrive(plan, &appointment, (now, Who::Resident)).err();
        Announced { appointment, refused }
    }))
}

/// Whoever booked hands in what they prepared at home: the visit's own number waits
/// where the slot stands.
pub(super) struct WithForms<'a> {
    plan: &'a Plan,
    appointment: Appointment,
    /// Where they booked to wait; `None` where the service gives out no numbers.
    pub lane: Option<Lane>,
}

/// The appointment that a visit checks in with its forms, where it can be taken in now.
pub(super) fn with_forms<'a>(
    tx: &Tx<'_>,
    config: &'a Config,
    answers: &Answers,
    now: Moment,
) -> Result<Option<WithForms<'a>>, Error> {
    let Some(plan) = config.appointments() else { return Ok(None) };
    let announced = announced(tx, Some(plan), answers, now)?;
    let due = announced.filter(|announced| announced.refused.is_none());
    Ok(due.map(|Announced { appointment, .. }| {
        let lane = lane(config, plan, &appointment);
        WithForms { plan, appointment, lane }
    }))
}

impl WithForms<'_> {
    /// The start of the slot, at which the visit's number waits.
    pub fn slot(&self) -> Option<Moment> {
        self.lane.as_ref().map(|_| self.appointment.start)
    }

    /// Notes that they have come, with the number that was drawn.
    pub fn arrive(
        &self,
        tx: &Tx<'_>,
        journal: &Journal,
        actor: Actor,
        ticket: Option<&Ticket>,
    ) -> Result<(), Error> {
        let by = By { op: journal.op(), actor, who: Who::Resident };
        let ticket = ticket.filter(|_| self.lane.is_some()).map(|ticket| ticket.id);
        appointment::arrive(tx, journal, self.plan, by, (self.appointment.id, ticket))?;
        Ok(())
    }
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
    // One that was taken out already is no obstacle; one with forms keeps its number, for
    // somebody has handed them in.
    let has_forms = |ticket: &Ticket| -> Result<bool, Error> {
        let papers = ticket.visit.map(|visit| application::of_visit(tx, visit)).transpose()?;
        Ok(papers.is_some_and(|papers| !papers.is_empty()))
    };
    let is_drawn_for_it = match &drawn {
        Some(ticket) => ticket.leg().state != State::Cancelled && !has_forms(ticket)?,
        None => false,
    };
    if let Some(drawn) = drawn.filter(|_| is_drawn_for_it) {
        let leave = Act {
            reason: Some(Reason::DrawnByMistake),
            ..Act::new(Action::Leave, queue::state::Who::Guide, journal.now())
        };
        queue::act(tx, journal, (journal.op(), by.actor), drawn.id, leave)?;
    }
    Ok(())
}

fn ticket(tx: &Tx<'_>, id: Option<TicketId>) -> Result<Option<Ticket>, Error> {
    Ok(id.map(|id| queue::get(tx, id)).transpose()?.flatten())
}

/// The lane in which whoever booked waits. A seat was promised: however many were drawn
/// today, there is one more.
fn lane(config: &Config, plan: &Plan, booked: &Appointment) -> Option<Lane> {
    let id = plan.service(&booked.service)?.lane.as_deref()?;
    let lane = Some(id).filter(|_| config.site.modules.queue).and_then(|id| config.lane(id));
    Some(Lane { daily_max: None, ..lane.and_then(config::Lane::numbered)? })
}

/// Draws the number; only a range that is at its end gives none.
fn draw(
    tx: &Tx<'_>,
    journal: &Journal,
    (config, plan): (&Config, &Plan),
    by: By,
    (booked, lang): (&Appointment, Lang),
) -> Result<Option<Ticket>, Error> {
    let Some(lane) = lane(config, plan, booked) else { return Ok(None) };
    let wishes = Wishes { lang, ..Wishes::default() };
    let (class, slot) = (Class::Appointment, Some(booked.start));
    let new = Drawing { lane: &lane, class, slot, wishes: &wishes, kiosk: None, sheet: None };
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

    use time::macros::datetime;

    use super::*;
    use crate::appointment::Told;
    use crate::appointment::state::{self, Who as Asks};
    use crate::chance::SeededChance;
    use crate::clock::{Clock, HeldClock};
    use crate::id::StaffId;
    use crate::journal::OfficeKey;
    use crate::queue::state::Who;
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
            let lane = self.config.lane("moving").unwrap().numbered().unwrap();
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
            let lanes = self.config.lanes_of_counters();
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

    /// Queue systems have called appointments a minute late, because they asked whether
    /// the slot was over and not whether it had come; and whoever did not check in.
    #[test]
    fn bug_11_an_appointment_waits_from_its_own_minute_and_never_unless_it_checked_in() {
        let second = Duration::from_secs(1);
        for (checks_in, before, called_first) in [
            (true, second, "walk-in"),
            (true, Duration::ZERO, "appointment"),
            (false, Duration::ZERO, "walk-in"),
        ] {
            let office = Office::open();
            office.sit_down();
            let booked = office.booked("moving", SLOT);
            office.until(SLOT - Duration::from_secs(20 * 60));
            let mine = checks_in.then(|| office.arrived(&booked));
            // Whoever walks in as the slot begins stands behind it already.
            office.until(SLOT - before);
            let walk_in = office.walk_in();
            let expected = match called_first {
                "appointment" => mine.unwrap().to_string(),
                _ => walk_in.to_string(),
            };
            assert_eq!(office.call(), expected, "{checks_in} {before:?}");
        }
        // Alone in the hall it is called when somebody is free, be it early.
        let office = Office::open();
        office.sit_down();
        let booked = office.booked("moving", SLOT);
        office.until(SLOT - Duration::from_secs(20 * 60));
        let mine = office.arrived(&booked);
        assert_eq!(office.call(), mine.to_string());
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
