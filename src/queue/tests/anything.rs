//! Whatever is pressed by whomever, at random.

use super::*;

/// Anything anybody may press, at random.
#[derive(Clone, Debug)]
enum Pressed {
    Issue(bool, usize),
    Next(u32),
    This(u32, usize, bool),
    Act(u32, usize, usize, usize),
    Undo(u32, usize),
    /// Sits down, perhaps in place of somebody else.
    Sit(u32, usize, bool),
    GetUp(u32, usize),
    Pause(u32, usize, bool),
    /// Notes how many sit at a counter, and perhaps who.
    Note(u32, u32, usize),
    TakeBack(u32),
    /// The clock of the program.
    Due,
    Pass(u64),
}

fn pressed() -> impl Strategy<Value = Pressed> {
    prop_oneof![
        2 => (any::<bool>(), 0_usize..2).prop_map(|(moving, class)| Pressed::Issue(moving, class)),
        3 => (1_u32..4).prop_map(Pressed::Next),
        1 => (1_u32..4, 0_usize..8, any::<bool>())
            .prop_map(|(counter, ticket, reason)| Pressed::This(counter, ticket, reason)),
        8 => (1_u32..4, 0_usize..8, 0_usize..Action::ALL.len(), 0_usize..5)
            .prop_map(|(counter, ticket, action, who)| Pressed::Act(counter, ticket, action, who)),
        2 => (1_u32..4, 0_usize..8).prop_map(|(counter, ticket)| Pressed::Undo(counter, ticket)),
        1 => (1_u32..4, 0_usize..3, any::<bool>())
            .prop_map(|(counter, clerk, relieve)| Pressed::Sit(counter, clerk, relieve)),
        1 => (1_u32..4, 0_usize..3).prop_map(|(counter, clerk)| Pressed::GetUp(counter, clerk)),
        1 => (1_u32..4, 0_usize..3, any::<bool>())
            .prop_map(|(counter, clerk, pauses)| Pressed::Pause(counter, clerk, pauses)),
        2 => (1_u32..4, 0_u32..4, 0_usize..6)
            .prop_map(|(counter, people, clerk)| Pressed::Note(counter, people, clerk)),
        1 => (1_u32..4).prop_map(Pressed::TakeBack),
        1 => Just(Pressed::Due),
        2 => (1_u64..400).prop_map(Pressed::Pass),
    ]
}

/// Does it; a refusal is an answer like any other, a fault is not.
fn do_it(hall: &Hall, tickets: &mut Vec<TicketId>, pressed: &Pressed) {
    let nth = |nth: usize| tickets.get(nth % tickets.len().max(1)).copied();
    let outcome = match *pressed {
        Pressed::Issue(moving, class) => {
            let lane = hall.lane(if moving { "moving" } else { "certificate" });
            let drawn = hall.try_issue(hall.journal.op(), &lane, Class::ALL[class]);
            drawn.inspect(|ticket| tickets.push(ticket.id))
        }
        Pressed::Next(counter) => hall.call_next(counter),
        Pressed::This(counter, ticket, reason) => {
            let Some(id) = nth(ticket) else { return };
            hall.call_this(counter, id, reason.then_some(Reason::Short))
        }
        Pressed::Act(counter, ticket, action, who) => {
            let Some(id) = nth(ticket) else { return };
            let (action, who) = (Action::ALL[action], Who::ALL[who]);
            if action.is_call() && action != Action::Recall {
                return;
            }
            hall.act_with(
                id,
                Act {
                    who,
                    lane: action.opens_leg().then(|| "moving".to_owned()),
                    reason: (ticket % 2 == 0).then_some(Reason::Other),
                    minutes: (ticket % 4 == 0).then_some(1),
                    class: (action == Action::Reclass).then_some(Class::Priority),
                    ..Act::of_clerk(action, counter, hall.desk(counter).staff, hall.journal.now())
                },
            )
        }
        Pressed::Undo(counter, ticket) => {
            let Some(id) = nth(ticket) else { return };
            hall.undo(counter, id)
        }
        Pressed::Sit(..)
        | Pressed::GetUp(..)
        | Pressed::Pause(..)
        | Pressed::Note(..)
        | Pressed::TakeBack(..) => {
            let outcome = sit_or_not(hall, pressed);
            assert!(!matches!(outcome, Err(Error::Db(_) | Error::Journal(_))), "{outcome:?}");
            return;
        }
        Pressed::Due => {
            do_what_is_due(&hall.tx(), &hall.journal).unwrap();
            return;
        }
        Pressed::Pass(secs) => return hall.pass(secs),
    };
    assert!(!matches!(outcome, Err(Error::Db(_) | Error::Journal(_))), "{outcome:?}");
}

/// What somebody presses about who sits where.
fn sit_or_not(hall: &Hall, pressed: &Pressed) -> Result<(), Error> {
    let (tx, journal, op) = (hall.tx(), &hall.journal, hall.journal.op());
    match *pressed {
        Pressed::Sit(counter, clerk, relieve) => {
            duty::open(&tx, journal, op, hall.clerks[clerk], counter, relieve)
        }
        Pressed::GetUp(counter, clerk) => {
            duty::close(&tx, journal, op, hall.clerks[clerk], counter)
        }
        Pressed::Pause(counter, clerk, pauses) => {
            let why = pauses.then_some(duty::Pause::Away);
            duty::pause(&tx, journal, op, (hall.clerks[clerk], counter), why)
        }
        Pressed::Note(counter, people, clerk) => {
            hall.note(counter, people, hall.clerks.get(clerk).copied())
        }
        Pressed::TakeBack(counter) => hall.take_back(counter),
        _ => Ok(()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_is_pressed_the_journal_makes_the_same_rows_and_nobody_shares_a_counter(
        presses in proptest::collection::vec(pressed(), 1..60)
    ) {
        let hall = Hall::open();
        hall.sit(1).sit(2);
        let mut tickets = Vec::new();
        for pressed in &presses {
            do_it(&hall, &mut tickets, pressed);
        }
        prop_assert_eq!(first_contradiction(&hall.connection).unwrap(), None);
        prop_assert_eq!(duty::first_contradiction(&hall.connection).unwrap(), None);
        let all = of_day(&hall.connection, hall.journal.now().date()).unwrap();
        prop_assert_eq!(all.len(), tickets.len());
        for counter in 1..4 {
            let there = all.iter().filter(|ticket| {
                let leg = ticket.leg();
                leg.state.is_at_counter() && leg.counter == Some(counter)
            });
            prop_assert!(there.count() <= 1);
        }
        for ticket in &all {
            // Only the last leg is open, and time never runs backwards in a ticket.
            let earlier = &ticket.legs[..ticket.legs.len() - 1];
            prop_assert!(earlier.iter().all(|leg| leg.state.is_over()));
            prop_assert!(ticket.legs.windows(2).all(|two| two[0].since <= two[1].since));
        }
    }
}
