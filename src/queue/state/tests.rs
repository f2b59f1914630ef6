use super::*;

/// One row a state, one column an action in the order of [`Action::ALL`]: the
/// first letter of the state that follows, `.` where it is refused.
#[test]
fn the_table_is_this_one() {
    let letter = |state: State| match state {
        Waiting => 'w',
        Called => 'c',
        Serving => 's',
        Held => 'h',
        Preparing => 'p',
        Absent => 'a',
        Done => 'd',
        Cancelled => 'x',
        Expired => 'e',
    };
    let row = |state: State| -> String {
        let to = |action| edge(state, action).map_or('.', |(to, _)| letter(to));
        Action::ALL.into_iter().map(to).collect()
    };
    assert_eq!(
        State::ALL.map(row),
        [
            "cc.............w.xxe",
            "..csa.h.........c.xe",
            "......h..dddp...s.xe",
            ".......ws........xxe",
            ".............d....xe",
            ".....w............xe",
            "..............w.....",
            "....................",
            "....................",
        ]
    );
}

const EVERYWHERE: &[State] = &[Waiting, Called, Serving, Held, Preparing, Absent];

/// The edges of the state machine as it was drawn up: from where, by what, to where,
/// and by whom: the resident, a clerk, the guide, a supervisor, the timer.
const EDGES: [(&[State], Action, State, &str); 24] = [
    (&[Waiting], Reclass, Waiting, "GCS"),
    (&[Waiting], CallNext, Called, "C"),
    (&[Waiting], CallThis, Called, "CS"),
    (&[Waiting], Leave, Cancelled, "RGC"),
    (&[Called], Recall, Called, "C"),
    (&[Called], Serve, Serving, "C"),
    (&[Called], MarkAbsent, Absent, "CT"),
    (&[Called], Hold, Held, "C"),
    (&[Serving], Finish, Done, "C"),
    (&[Serving], GoOn, Done, "C"),
    (&[Serving], HandOver, Done, "CS"),
    (&[Serving], Prepare, Preparing, "C"),
    (&[Preparing], Ready, Done, "CT"),
    (&[Serving], Hold, Held, "C"),
    (&[Held], Resume, Waiting, "RGCT"),
    (&[Held], ServeAgain, Serving, "C"),
    (&[Held], Leave, Cancelled, "CS"),
    (&[Absent], Return, Waiting, "RGC"),
    (&[Done], Reopen, Waiting, "CS"),
    (&[Waiting, Called, Held, Preparing, Absent], Expire, Expired, "ST"),
    (EVERYWHERE, Cancel, Cancelled, "S"),
    (&[Serving], TakeOver, Serving, "CS"),
    // What was added to it. Who is called goes on with their counter, and a service
    // that somebody forgot to finish ends with its day …
    (&[Called], TakeOver, Called, "CS"),
    (&[Serving], Expire, Expired, "ST"),
];

/// … and on the floor a supervisor is a guide, too, and a guide lets go whoever was
/// held and gives up.
const BESIDES: [(State, Action, Who); 4] = [
    (Waiting, Leave, Who::Supervisor),
    (Held, Resume, Who::Supervisor),
    (Absent, Return, Who::Supervisor),
    (Held, Leave, Who::Guide),
];

#[test]
fn whoever_does_whatever_wherever_it_stands_the_answer_is_that_of_this_table() {
    let letter = |who: Who| match who {
        Who::Resident => 'R',
        Who::Clerk => 'C',
        Who::Guide => 'G',
        Who::Supervisor => 'S',
        Who::Timer => 'T',
    };
    for (state, action) in
        State::ALL.iter().flat_map(|state| Action::ALL.map(|action| (*state, action)))
    {
        let mut edges =
            EDGES.iter().filter(|(from, by, ..)| from.contains(&state) && *by == action);
        let drawn_up = edges.next();
        assert!(edges.next().is_none(), "{state:?} {action:?} is drawn up twice");
        for who in Who::ALL {
            let may = drawn_up.filter(|(_, _, _, whose)| {
                whose.contains(letter(who)) || BESIDES.contains(&(state, action, who))
            });
            let expected = match (may, drawn_up) {
                (Some((_, _, to, _)), _) => Ok(*to),
                (None, Some(_)) => Err(Refused::Who { action, who }),
                (None, None) => Err(Refused::State { state, action }),
            };
            assert_eq!(next(state, action, who), expected, "{state:?} {action:?} {who:?}");
        }
    }
}

#[test]
fn what_is_over_stays_over_but_for_what_was_forgotten() {
    for state in State::ALL.into_iter().filter(|state| state.is_over()) {
        let out: Vec<_> =
            Action::ALL.into_iter().filter(|action| edge(state, *action).is_ok()).collect();
        assert_eq!(out, if state == Done { vec![Reopen] } else { vec![] }, "{state:?}");
    }
}

#[test]
fn whatever_is_open_ends_with_the_day() {
    for state in State::ALL.into_iter().filter(|state| !state.is_over()) {
        assert_eq!(next(state, Expire, Who::Timer), Ok(Expired), "{state:?}");
    }
}

#[test]
fn names_read_back() {
    for state in State::ALL {
        assert_eq!(State::from_id(state.id()), Some(state));
        assert_eq!(serde_json::json!(state), state.id());
    }
    for action in Action::ALL {
        assert_eq!(Action::from_id(action.id()), Some(action));
        assert_eq!(serde_json::json!(action), action.id());
    }
}
