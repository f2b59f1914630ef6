//! Where an appointment stands, and what may happen to it: one table.

use Action::*;
use State::*;

/// The state of an appointment.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// 仮押さえ: kept while somebody enters a name.
    Held,
    /// 予約済.
    Booked,
    /// 受付済: whoever booked has come.
    Arrived,
    /// 来庁なし: nobody came.
    Missed,
    /// 取消.
    Cancelled,
    /// 仮押さえ whose time is over, or that was given up.
    Lapsed,
}

impl State {
    /// All states.
    pub const ALL: [State; 6] = [Held, Booked, Arrived, Missed, Cancelled, Lapsed];

    /// The name used in storage: `booked`.
    pub fn id(self) -> &'static str {
        match self {
            Held => "held",
            Booked => "booked",
            Arrived => "arrived",
            Missed => "missed",
            Cancelled => "cancelled",
            Lapsed => "lapsed",
        }
    }

    /// The state of a [`State::id`].
    pub fn from_id(id: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.id() == id)
    }

    /// Whether a seat is kept for it.
    pub fn keeps_seats(self) -> bool {
        matches!(self, Held | Booked | Arrived)
    }
}

/// What can be done to an appointment.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// 予約: what was held is booked.
    Book,
    /// 変更: another slot.
    Move,
    /// 取消.
    Cancel,
    /// 受付.
    Arrive,
    /// An arrival that was noted by mistake.
    TakeBack,
    /// 来庁なし.
    Miss,
    /// What was held is given up, or its time is over.
    Lapse,
}

impl Action {
    /// All actions.
    pub const ALL: [Action; 7] = [Book, Move, Cancel, Arrive, TakeBack, Miss, Lapse];

    /// The kind of its journal entry.
    pub fn kind(self) -> &'static str {
        match self {
            Book => "appointment.booked",
            Move => "appointment.moved",
            Cancel => "appointment.cancelled",
            Arrive => "appointment.arrived",
            TakeBack => "appointment.taken_back",
            Miss => "appointment.missed",
            Lapse => "appointment.lapsed",
        }
    }
}

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// At a tablet of the office.
    Resident,
    /// At home, by the page for home: seen by nobody, and held to the seats that the
    /// town lets be booked there.
    Home,
    /// For somebody at the telephone or at the counter.
    Staff,
    /// The program's own clock.
    Timer,
}

impl Who {
    /// Whether they act for themselves: within the days and minutes of a service.
    pub fn is_resident(self) -> bool {
        matches!(self, Who::Resident | Who::Home)
    }
}

/// Why an action was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("a {state:?} appointment cannot be {action:?}")]
    State { state: State, action: Action },
    #[error("{action:?} is not for {who:?}")]
    Who { action: Action, who: Who },
}

const PEOPLE: &[Who] = &[Who::Resident, Who::Home, Who::Staff];
const PRESENT: &[Who] = &[Who::Resident, Who::Staff];
const STAFF: &[Who] = &[Who::Staff];
const TIMER: &[Who] = &[Who::Timer];
const ALL: &[Who] = &[Who::Resident, Who::Home, Who::Staff, Who::Timer];

/// The state that follows, and who may bring it about; the last arm refuses.
pub fn edge(state: State, action: Action) -> Result<(State, &'static [Who]), Refused> {
    Ok(match (state, action) {
        (Held, Book) => (Booked, PEOPLE),
        (Held, Lapse) => (Lapsed, ALL),
        (Booked, Move) => (Booked, PEOPLE),
        (Booked, Cancel) => (Cancelled, PEOPLE),
        (Booked, Arrive) => (Arrived, PRESENT),
        (Booked, Miss) => (Missed, TIMER),
        // Late by more than anybody waits for: a clerk decides, and a new slot is
        // found without asking everything again.
        (Missed, Arrive) => (Arrived, STAFF),
        (Missed, Move) => (Booked, STAFF),
        (Arrived, TakeBack) => (Booked, STAFF),
        (state, action) => return Err(Refused::State { state, action }),
    })
}

/// The state that follows when `who` acts.
pub fn next(state: State, action: Action, who: Who) -> Result<State, Refused> {
    let (next, allowed) = edge(state, action)?;
    allowed.contains(&who).then_some(next).ok_or(Refused::Who { action, who })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One row a state, one column an action in the order of [`Action::ALL`].
    #[test]
    fn the_table_is_this_one() {
        let letter = |state: State| match state {
            Held => 'h',
            Booked => 'b',
            Arrived => 'a',
            Missed => 'm',
            Cancelled => 'x',
            Lapsed => 'l',
        };
        let row = |state: State| -> String {
            let to = |action| edge(state, action).map_or('.', |(to, _)| letter(to));
            Action::ALL.into_iter().map(to).collect()
        };
        assert_eq!(
            State::ALL.map(row),
            ["b.....l", ".bxa.m.", "....b..", ".b.a...", ".......", "......."]
        );
    }

    #[test]
    fn residents_do_only_what_they_can_answer_for() {
        let may = |who| {
            let may = |state, action: &Action| next(state, *action, who).is_ok();
            let rows = State::ALL.map(|state| {
                Action::ALL
                    .iter()
                    .map(|action| if may(state, action) { 'x' } else { '.' })
                    .collect()
            });
            rows.map(|row: String| row)
        };
        assert_eq!(
            may(Who::Resident),
            ["x.....x", ".xxx...", ".......", ".......", ".......", "......."]
        );
        // Nobody has come while they are at home.
        assert_eq!(
            may(Who::Home),
            ["x.....x", ".xx....", ".......", ".......", ".......", "......."]
        );
        assert_eq!(
            may(Who::Timer),
            ["......x", ".....x.", ".......", ".......", ".......", "......."]
        );
    }

    #[test]
    fn names_read_back() {
        for state in State::ALL {
            assert_eq!(State::from_id(state.id()), Some(state));
            assert_eq!(serde_json::json!(state), state.id());
        }
    }
}
