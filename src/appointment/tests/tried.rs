//! Whatever is tried, by whomever and by how many at once: no seat is given twice.

use super::*;

#[tokio::test]
async fn bug_13_two_hundred_at_once_for_one_seat_give_one_success() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("office.db");
    let db = Db::start(&path, crate::schema::STEPS, crate::journal::check_tail).unwrap();
    let chance = Arc::new(SeededChance::new(1));
    let key = OfficeKey::generate(&*chance);
    let journal = Arc::new(Journal::new(Arc::new(HeldClock::at(NOW)), chance, key));
    let opened = journal.clone();
    db.write(move |tx| opened.open_log(tx, "999997/honcho").map(drop)).await.unwrap();
    let plan = Arc::new(plan());
    let one = |_| {
        let (db, journal, plan) = (db.clone(), journal.clone(), plan.clone());
        tokio::spawn(async move {
            let by = By { op: journal.op(), actor: Actor::System, who: Who::Resident };
            // At lunch there is one seat.
            let wanted = ("moving", at(12, 30));
            let book = move |tx: &Tx<'_>| {
                let held = hold(tx, &journal, &plan, by, wanted)?;
                let by = By { op: journal.op(), ..by };
                super::book(tx, &journal, by, held.id, &Told::default())
            };
            db.write(book).await
        })
    };
    let asked: Vec<_> = (0..200).map(one).collect();
    let (mut booked, mut full) = (0, 0);
    for answer in asked {
        match answer.await.unwrap() {
            Ok(_) => booked += 1,
            Err(Error::Full) => full += 1,
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!((booked, full), (1, 199));
    let kept = db.read(|connection| of_day(connection, TOMORROW)).await.unwrap();
    assert_eq!(kept.len(), 1);
}

/// What somebody tries, by number.
#[derive(Clone, Copy, Debug)]
enum Try {
    Hold {
        service: usize,
        slot: u8,
    },
    Book(usize),
    Move {
        which: usize,
        slot: u8,
    },
    CallOff(usize),
    Arrive(usize),
    TakeBack(usize),
    Wait(u32),
    Tidy,
    /// The town writes so many seats for a service and its room.
    Write {
        service: usize,
        seats: u32,
    },
}

fn tries() -> impl Strategy<Value = Vec<Try>> {
    let which = 0..12_usize;
    let one = prop_oneof![
        // Few slots, so that they meet.
        6 => (0..3_usize, 0..3_u8).prop_map(|(service, slot)| Try::Hold { service, slot }),
        3 => which.clone().prop_map(Try::Book),
        2 => (which.clone(), 0..3_u8).prop_map(|(which, slot)| Try::Move { which, slot }),
        2 => which.clone().prop_map(Try::CallOff),
        2 => which.clone().prop_map(Try::Arrive),
        1 => which.prop_map(Try::TakeBack),
        1 => (1..300_u32).prop_map(Try::Wait),
        1 => Just(Try::Tidy),
        2 => (0..3_usize, 1..4_u32).prop_map(|(service, seats)| Try::Write { service, seats }),
    ];
    proptest::collection::vec(one, 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_tried_no_seat_is_given_twice_and_the_journal_makes_the_rows(tries in tries()) {
        let mut office = Office::open();
        let mut known: Vec<AppointmentId> = Vec::new();
        let services = ["moving", "advice", "room"];
        for one in tries {
            let nth = |which: usize| {
                let id = known.get(which % known.len().max(1))?;
                get(&office.connection, *id).unwrap()
            };
            let begins = |service: &str, slot: u8| {
                let slots = office.plan.slots(office.plan.service(service).unwrap(), TOMORROW);
                let slots = slots.unwrap();
                slots[usize::from(slot) % slots.len()].start
            };
            match one {
                Try::Hold { service, slot } => {
                    let service = services[service];
                    let held = office.hold(Who::Staff, service, begins(service, slot));
                    if let Ok(held) = held {
                        known.push(held.id);
                        fits(&office, &held)?;
                    }
                }
                Try::Book(which) => drop(nth(which).map(|one| office.book(&one))),
                Try::Move { which, slot } => {
                    let to = |one: &Appointment| begins(&one.service, slot);
                    if let Some(Ok(moved)) = nth(which).map(|one| office.move_to(&one, to(&one))) {
                        fits(&office, &moved)?;
                    }
                }
                Try::CallOff(which) => drop(nth(which).map(|one| office.call_off(&one))),
                Try::Arrive(which) => drop(nth(which).map(|one| office.arrive(Who::Staff, one.id))),
                Try::TakeBack(which) => drop(nth(which).map(|one| {
                    take_back(&office.tx(), &office.journal, office.by(Who::Staff), one.id)
                })),
                Try::Wait(minutes) => office.pass(minutes),
                Try::Tidy => drop(office.tidy()),
                Try::Write { service, seats } => {
                    office.plan.services[service].seats = seats;
                    office.plan.resources[0].seats = seats;
                }
            }
            agrees(&office, &known)?;
        }
        office.is_sound();
    }

    #[test]
    fn the_free_slots_are_those_that_can_be_booked(
        taken in proptest::collection::vec((0..3_usize, 0..96_u32, 1..3_u32, any::<bool>()), 0..60),
        service in 0..3_usize,
        passed in 0..2000_u32,
    ) {
        let pools = ["service/moving", "service/advice", "resource/room"];
        let now = NOW + minutes(passed);
        let taken = taken.into_iter().map(|(pool, step, seat, held)| Taken {
            pool: pools[pool].to_owned(),
            step: at(9, 0) + minutes(step * 5),
            seat,
            until: held.then_some(NOW + minutes(1000)),
            from_home: seat == 1,
        });
        let occupied = Occupied::at(now, taken);
        let plan = plan();
        let service = &plan.services[service];
        for who in [Who::Resident, Who::Home, Who::Staff] {
            for slot in slots(&plan, (service, TOMORROW), &occupied, (now, who)).unwrap() {
                let wanted = (service, slot.start);
                let kept = super::slots::seats_at(&plan, wanted, &occupied, (now, who));
                prop_assert_eq!(slot.is_offered, kept.is_ok(), "{:?}", slot);
                prop_assert!(slot.free <= slot.seats);
            }
        }
    }
}

/// Whoever just got a slot is, in every step of it, not one more than there are seats
/// now.
fn fits(office: &Office, one: &Appointment) -> Result<(), TestCaseError> {
    for pool in office.plan.pools(office.plan.service(&one.service).unwrap()) {
        for step in super::plan::steps(&one.slot()) {
            let query = "select count(*) from appointment_seat where pool = ?1 and step = ?2";
            let key = [pool.id.clone(), crate::clock::rfc3339(step)];
            let there: u32 = office.connection.query_row(query, key, |row| row.get(0)).unwrap();
            prop_assert!(there <= pool.seats_at(step), "{} at {step}: {there}", pool.id);
        }
    }
    Ok(())
}

/// Every pool has, in every step, no more appointments than seats; and the seats in
/// storage are those of the appointments that keep one.
fn agrees(office: &Office, known: &[AppointmentId]) -> Result<(), TestCaseError> {
    let mut expected = std::collections::BTreeSet::new();
    for id in known {
        let one = get(&office.connection, *id).unwrap().unwrap();
        if !one.state.keeps_seats() {
            continue;
        }
        for seat in &one.seats {
            for step in super::plan::steps(&one.slot()) {
                let fresh =
                    expected.insert((seat.pool.clone(), crate::clock::rfc3339(step), seat.seat));
                prop_assert!(fresh, "{} has one seat twice", seat.pool);
            }
        }
    }
    let mut rows =
        office.connection.prepare("select pool, step, seat from appointment_seat").unwrap();
    let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
    let stored = rows.collect::<Result<std::collections::BTreeSet<_>, _>>().unwrap();
    prop_assert_eq!(stored, expected);
    Ok(())
}
