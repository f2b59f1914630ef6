mod changed;
mod tried;

use std::sync::Arc;

use proptest::prelude::*;
use rusqlite::Connection;
use time::macros::{date, datetime};

use super::slots::{Occupied, Slot, Taken, slots};
use super::state::{State, Who};
use super::*;
use crate::chance::SeededChance;
use crate::clock::HeldClock;
use crate::db::{Db, Tx};
use crate::id::{AppointmentId, TicketId};
use crate::journal::{Actor, OfficeKey};

/// Two clerks for moving, one of them at lunch; advice in the one room, which the
/// room's own bookings need, too.
const PLAN: &str = r#"
[[resource]]
id = "room"
name = { ja = "相談室", en = "Room" }
seats = 1

[[service]]
id = "moving"
name = { ja = "引っ越し", en = "Moving" }
slot_minutes = 30
seats = 2
home_seats = 1
fewer = [{ from = "12:00", to = "13:00", seats = 1 }]
hours = [{ days = ["mon", "tue", "wed", "thu", "fri"], from = "9:00", to = "17:00" }]
from_days = 30
cutoff_minutes = 60
asks = ["name"]

[[service]]
id = "advice"
name = { ja = "相談", en = "Advice" }
slot_minutes = 45
seats = 2
needs = ["room"]
hours = [{ days = ["wed"], from = "13:00", to = "16:00" }]
until_days = 1

[[service]]
id = "room"
name = { ja = "会議室", en = "Room" }
slot_minutes = 60
seats = 1
needs = ["room"]
hours = [{ days = ["wed"], from = "9:00", to = "17:00" }]
"#;

fn plan() -> Plan {
    toml::from_str(PLAN).unwrap()
}

/// A Tuesday, and the Wednesday after it.
const NOW: Moment = datetime!(2026-11-24 9:00 +9);
const TOMORROW: Date = date!(2026 - 11 - 25);

fn at(hour: u8, minute: u8) -> Moment {
    TOMORROW.with_hms(hour, minute, 0).unwrap().assume_offset(time::macros::offset!(+9))
}

/// An office in memory with a held clock.
struct Office {
    connection: Connection,
    journal: Journal,
    clock: Arc<HeldClock>,
    plan: Plan,
}

impl Office {
    fn open() -> Self {
        let connection = crate::schema::in_memory();
        let chance = Arc::new(SeededChance::new(1));
        let clock = Arc::new(HeldClock::at(NOW));
        let key = OfficeKey::generate(&*chance);
        let journal = Journal::new(clock.clone(), chance, key);
        journal.open_log(&Tx::alone(&connection), "999997/honcho").unwrap();
        Self { connection, journal, clock, plan: plan() }
    }

    fn tx(&self) -> Tx<'_> {
        Tx::alone(&self.connection)
    }

    fn by(&self, who: Who) -> By {
        By { op: self.journal.op(), actor: Actor::System, who }
    }

    fn pass(&self, minutes: u32) {
        self.clock.advance(super::minutes(minutes));
    }

    fn hold(&self, who: Who, service: &str, start: Moment) -> Result<Appointment, Error> {
        hold(&self.tx(), &self.journal, &self.plan, self.by(who), (service, start))
    }

    fn told(&self, name: &str) -> Told {
        Told::typed(self.plan.service("moving").unwrap(), name, "").unwrap()
    }

    fn book(&self, held: &Appointment) -> Result<Appointment, Error> {
        let told = self.told("しけん　はなこ");
        book(&self.tx(), &self.journal, self.by(Who::Staff), held.id, &told)
    }

    fn booked(&self, service: &str, start: Moment) -> Appointment {
        self.book(&self.hold(Who::Staff, service, start).unwrap()).unwrap()
    }

    fn move_to(&self, one: &Appointment, start: Moment) -> Result<Appointment, Error> {
        let to = (one.id, one.version, start);
        move_to(&self.tx(), &self.journal, &self.plan, self.by(Who::Staff), to)
    }

    fn call_off(&self, one: &Appointment) -> Result<Appointment, Error> {
        call_off(&self.tx(), &self.journal, self.by(Who::Staff), (one.id, one.version))
    }

    fn arrive(&self, who: Who, id: AppointmentId) -> Result<Appointment, Error> {
        let ticket = TicketId::new(self.journal.now(), &*self.journal.chance);
        arrive(&self.tx(), &self.journal, &self.plan, self.by(who), (id, Some(ticket)))
    }

    fn tidy(&self) -> Tidied {
        tidy(&self.tx(), &self.journal, Some(&self.plan), 7).unwrap()
    }

    fn slots(&self, who: Who, service: &str, day: Date) -> Vec<Slot> {
        let now = self.journal.now();
        let occupied = occupied(&self.connection, (day, now), None).unwrap();
        let service = self.plan.service(service).unwrap();
        slots(&self.plan, (service, day), &occupied, (now, who)).unwrap()
    }

    fn free_at(&self, service: &str, start: Moment) -> u32 {
        let slots = self.slots(Who::Staff, service, start.date());
        slots.iter().find(|slot| slot.start == start).unwrap().free
    }

    fn is_sound(&self) {
        assert_eq!(first_contradiction(&self.connection).unwrap(), None);
    }
}

#[test]
fn what_is_held_is_booked_called_off_and_free_again() {
    let office = Office::open();
    let start = at(10, 0);
    assert_eq!(office.free_at("moving", start), 2);
    let held = office.hold(Who::Resident, "moving", start).unwrap();
    assert_eq!((held.state, held.until), (State::Held, Some(NOW + minutes(10))));
    assert_eq!(office.free_at("moving", start), 1);
    let booked = office.book(&held).unwrap();
    assert_eq!((booked.state, booked.until, booked.number), (State::Booked, None, held.number));
    office.hold(Who::Resident, "moving", start).unwrap();
    assert!(matches!(office.hold(Who::Staff, "moving", start), Err(Error::Full)));
    let off = office.call_off(&booked).unwrap();
    assert_eq!(off.state, State::Cancelled);
    assert_eq!(office.free_at("moving", start), 1);
    office.is_sound();
}

#[test]
fn a_hold_that_is_over_keeps_nothing_and_books_nothing() {
    let office = Office::open();
    let start = at(12, 0);
    let held = office.hold(Who::Resident, "moving", start).unwrap();
    assert!(matches!(office.hold(Who::Staff, "moving", start), Err(Error::Full)));
    office.pass(10);
    assert_eq!(office.free_at("moving", start), 1);
    // The next one takes the seat before anybody has swept.
    let next = office.booked("moving", start);
    let late = office.book(&held);
    assert!(matches!(late, Err(Error::Refused(_))), "{late:?}");
    assert_eq!(get(&office.connection, held.id).unwrap().unwrap().state, State::Lapsed);
    assert_eq!(get(&office.connection, next.id).unwrap().unwrap().state, State::Booked);
    office.is_sound();
}

#[test]
fn a_hold_lapses_to_the_minute_though_nobody_swept() {
    let office = Office::open();
    let held = office.hold(Who::Resident, "moving", at(9, 0)).unwrap();
    office.pass(10);
    let late = office.book(&held);
    assert!(matches!(late, Err(Error::Refused(Refused::Lapsed))), "{late:?}");
    assert_eq!(office.tidy(), Tidied { lapsed: 1, ..Tidied::default() });
    assert_eq!(office.tidy(), Tidied::default());
    office.is_sound();
}

#[test]
fn a_press_that_is_sent_twice_does_one_thing() {
    let office = Office::open();
    let by = office.by(Who::Staff);
    let press = |by| hold(&office.tx(), &office.journal, &office.plan, by, ("moving", at(9, 0)));
    let held = press(by).unwrap();
    assert_eq!(press(by).unwrap(), held);
    assert_eq!(office.free_at("moving", at(9, 0)), 1);
    let by = office.by(Who::Staff);
    let told = office.told("しけん　はなこ");
    let press = || book(&office.tx(), &office.journal, by, held.id, &told).unwrap();
    let booked = press();
    assert_eq!(press(), booked);
    let by = office.by(Who::Staff);
    let to = (booked.id, booked.version, at(9, 30));
    let press = || move_to(&office.tx(), &office.journal, &office.plan, by, to).unwrap();
    let moved = press();
    assert_eq!(press(), moved);
    let by = office.by(Who::Staff);
    let press = || call_off(&office.tx(), &office.journal, by, (moved.id, moved.version)).unwrap();
    let off = press();
    assert_eq!(press(), off);
    // A press that meant something else.
    let other = call_off(&office.tx(), &office.journal, office.by(Who::Staff), (moved.id, 1));
    assert!(matches!(other, Err(Error::Changed)), "{other:?}");
    let taken = hold(&office.tx(), &office.journal, &office.plan, by, ("moving", at(9, 0)));
    assert!(matches!(taken, Err(Error::Journal(crate::journal::Error::OpTaken))), "{taken:?}");
    office.is_sound();
}

#[test]
fn residents_book_within_the_days_and_minutes_and_staff_until_it_begins() {
    let office = Office::open();
    let today = |hour, minute| NOW.replace_hour(hour).unwrap().replace_minute(minute).unwrap();
    for (who, service, start, expected) in [
        (Who::Resident, "moving", today(10, 0), "booked"),
        (Who::Resident, "moving", today(9, 30), "too late"),
        (Who::Staff, "moving", today(9, 30), "booked"),
        (Who::Staff, "moving", today(9, 0), "too late"),
        (Who::Resident, "moving", datetime!(2026-12-24 9:00 +9), "booked"),
        (Who::Resident, "moving", datetime!(2026-12-25 9:00 +9), "not yet"),
        (Who::Staff, "moving", datetime!(2026-12-25 9:00 +9), "not yet"),
        // The day before is the last.
        (Who::Resident, "advice", at(13, 0), "booked"),
        (Who::Staff, "moving", at(9, 10), "none"),
        (Who::Staff, "moving", datetime!(2026-11-23 9:00 +9), "none"),
        (Who::Staff, "nothing", at(9, 0), "none"),
    ] {
        let said = match office.hold(who, service, start) {
            Ok(_) => "booked",
            Err(Error::TooLate) => "too late",
            Err(Error::NotYet(_)) => "not yet",
            Err(Error::NoSuchSlot) => "none",
            Err(error) => panic!("{error}"),
        };
        assert_eq!(said, expected, "{who:?} {service} {start}");
    }
    office.pass(24 * 60);
    let late = office.hold(Who::Resident, "advice", at(13, 45));
    assert!(matches!(late, Err(Error::TooLate)), "{late:?}");
    let page = office.slots(Who::Resident, "advice", TOMORROW);
    assert!(page.iter().all(|slot| !slot.is_offered) && page.len() == 4);
}

#[test]
fn slots_of_different_lengths_share_one_room() {
    let office = Office::open();
    office.booked("advice", at(13, 45));
    // 13:45 to 14:30: both hours it touches are gone, the one after is not.
    let free = |start| office.free_at("room", start);
    assert_eq!([free(at(13, 0)), free(at(14, 0)), free(at(15, 0))], [0, 0, 1]);
    assert!(matches!(office.hold(Who::Staff, "room", at(14, 0)), Err(Error::Full)));
    office.booked("room", at(15, 0));
    assert_eq!(office.free_at("advice", at(15, 15)), 0);
    // The room has one seat, though two advisers sit there.
    assert_eq!(office.free_at("advice", at(13, 0)), 1);
    office.is_sound();
}

#[test]
fn after_the_town_took_a_seat_away_nobody_is_booked_beside_who_keeps_it() {
    let mut office = Office::open();
    let [ten, noon] = [at(10, 0), at(12, 0)];
    let [first, _second] = [office.booked("moving", ten), office.booked("moving", ten)];
    office.plan.services[0].seats = 1;
    assert_eq!(office.free_at("moving", ten), 0);
    office.call_off(&first).unwrap();
    // The second keeps the one seat there is, whatever its number.
    assert_eq!(office.free_at("moving", ten), 0);
    assert!(matches!(office.hold(Who::Staff, "moving", ten), Err(Error::Full)));
    let other = office.booked("moving", at(11, 0));
    assert!(matches!(office.move_to(&other, ten), Err(Error::Full)));

    // The same where the clerks take turns, and of a room.
    let mut office = Office::open();
    office.plan.services[0].fewer.clear();
    let [first, _second] = [office.booked("moving", noon), office.booked("moving", noon)];
    office.plan.services[0].fewer = plan().services[0].fewer.clone();
    office.call_off(&first).unwrap();
    assert!(matches!(office.hold(Who::Staff, "moving", noon), Err(Error::Full)));
    office.plan.resources[0].seats = 2;
    let [first, _second] = [office.booked("advice", at(13, 0)), office.booked("advice", at(13, 0))];
    office.plan.resources[0].seats = 1;
    office.call_off(&first).unwrap();
    assert!(matches!(office.hold(Who::Staff, "advice", at(13, 0)), Err(Error::Full)));
    assert!(matches!(office.hold(Who::Staff, "room", at(13, 0)), Err(Error::Full)));
    office.is_sound();
}

#[test]
fn at_home_no_more_is_booked_of_a_slot_than_the_towns_share_and_the_rest_stays() {
    let office = Office::open();
    let start = at(10, 0);
    assert_eq!(office.slots(Who::Home, "moving", TOMORROW)[2].free, 1);
    let mine = office.hold(Who::Home, "moving", start).unwrap();
    assert!(mine.from_home);
    assert!(matches!(office.hold(Who::Home, "moving", start), Err(Error::Full)));
    assert!(!office.slots(Who::Home, "moving", TOMORROW)[2].is_offered);
    // The telephone and the tablets still have the other seat.
    assert_eq!(office.free_at("moving", start), 1);
    let other = office.booked("moving", start);
    // A service of which the town gives nothing away is none at home.
    assert!(matches!(office.hold(Who::Home, "room", at(9, 0)), Err(Error::Full)));
    // Moved at home, what was booked at the telephone counts there, too.
    let to = (other.id, other.version, at(11, 0));
    let by = office.by(Who::Home);
    let moved = move_to(&office.tx(), &office.journal, &office.plan, by, to).unwrap();
    assert!(moved.from_home);
    assert!(matches!(office.hold(Who::Home, "moving", at(11, 0)), Err(Error::Full)));
    office.pass(10);
    assert_eq!(office.slots(Who::Home, "moving", TOMORROW)[2].free, 1);
    office.is_sound();
}

#[test]
fn what_was_told_is_sealed_and_erased_with_its_key() {
    let office = Office::open();
    let mine = office.booked("moving", at(9, 0));
    let read = || told(&office.connection, &office.journal, &mine);
    assert_eq!(read().unwrap().name.as_deref(), Some("シケン　ハナコ"));
    let stored = |query: &str| -> Vec<String> {
        let mut rows = office.connection.prepare(query).unwrap();
        let rows = rows.query_map([], |row| row.get(0)).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    };
    let rows = stored("select hex(told) from appointment where told is not null");
    let name: String = "ハナコ".bytes().map(|byte| format!("{byte:02X}")).collect();
    assert!(rows.len() == 1 && !rows[0].contains(&name));
    assert!(stored("select facts from journal").iter().all(|facts| !facts.contains("ハナコ")));
    office.pass(8 * 24 * 60);
    // A day that is over by seven is kept, one by eight is not.
    assert_eq!(office.tidy().erased, 0);
    office.pass(24 * 60);
    assert_eq!(office.tidy().erased, 1);
    assert!(read().unwrap().is_empty());
    assert!(matches!(
        office.journal.visit_key(&office.connection, mine.visit),
        Err(crate::journal::Error::Erased)
    ));
    office.is_sound();
}

#[test]
fn the_schema_itself_has_no_seat_above_what_the_town_wrote_and_none_twice() {
    let office = Office::open();
    let mine = office.booked("moving", at(9, 0));
    let keep = |seat: u32, seats: u32| {
        office.connection.execute(
            "insert into appointment_seat values ('service/moving', ?1, ?2, ?3, ?4)",
            rusqlite::params![crate::clock::rfc3339(at(9, 0)), seat, seats, mine.id.to_string()],
        )
    };
    assert!(keep(1, 2).is_err() && keep(3, 2).is_err() && keep(0, 2).is_err());
    assert!(keep(2, 2).is_ok());
}

#[test]
fn an_appointment_is_found_by_its_number_however_that_is_typed() {
    let office = Office::open();
    let mine = office.booked("moving", at(9, 0));
    let typed = Number::typed(&mine.number.to_string()).unwrap();
    assert_eq!(by_number(&office.connection, typed).unwrap(), Some(mine));
    let other = Number::draw(&SeededChance::new(99));
    assert_eq!(by_number(&office.connection, other).unwrap(), None);
}
