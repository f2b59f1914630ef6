//! Where a payment stands, and what may become of it: one table.

use State::*;

/// The state of a payment (収納).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// 処理中: the terminal has been asked, or is about to be.
    Started,
    /// 収納済.
    Authorised,
    /// 不成立.
    Declined,
    /// 未了: nobody knows yet. Neither paid nor unpaid, until it is looked up.
    Unknown,
    /// 取消: all of it, on its own day.
    Voided,
    /// 還付: all of it was given back.
    Refunded,
}

impl State {
    /// All states.
    pub const ALL: [State; 6] = [Started, Authorised, Declined, Unknown, Voided, Refunded];

    /// The name used in storage: `authorised`.
    pub fn id(self) -> &'static str {
        match self {
            Started => "started",
            Authorised => "authorised",
            Declined => "declined",
            Unknown => "unknown",
            Voided => "voided",
            Refunded => "refunded",
        }
    }

    /// The state of a [`State::id`].
    pub fn from_id(id: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.id() == id)
    }

    /// Whether nobody else may begin to pay the same.
    pub fn stands(self) -> bool {
        matches!(self, Started | Unknown | Authorised)
    }

    /// Whether somebody still has to find out what became of it.
    pub fn is_open(self) -> bool {
        matches!(self, Started | Unknown)
    }
}

/// Why a state does not follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a {before:?} payment cannot become {after:?}")]
pub struct Refused {
    pub before: State,
    pub after: State,
}

/// Whether `after` may follow; the last arm refuses. The schema has the same table.
pub fn step(before: State, after: State) -> Result<State, Refused> {
    match (before, after) {
        (Started, Authorised | Declined | Unknown) => Ok(after),
        // Found out once, by whoever looked at the slip.
        (Unknown, Authorised | Declined) => Ok(after),
        (Authorised, Voided | Refunded) => Ok(after),
        (before, after) => Err(Refused { before, after }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One row a state, one column what follows, in the order of [`State::ALL`].
    #[test]
    fn the_table_is_this_one() {
        let row = |before: State| -> String {
            let mark = |after| if step(before, after).is_ok() { 'x' } else { '.' };
            State::ALL.into_iter().map(mark).collect()
        };
        assert_eq!(
            State::ALL.map(row),
            [".xxx..", "....xx", "......", ".xx...", "......", "......"]
        );
    }

    #[test]
    fn the_schema_has_the_same_table() {
        let connection = crate::schema::in_memory();
        let mut rows = connection.prepare("select before, after from payment_edge").unwrap();
        let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        let mut there: Vec<(String, String)> = rows.map(Result::unwrap).collect();
        let mut here = vec![(String::new(), Started.id().to_owned())];
        for before in State::ALL {
            let follows = State::ALL.into_iter().filter(|after| step(before, *after).is_ok());
            here.extend(follows.map(|after| (before.id().to_owned(), after.id().to_owned())));
        }
        there.sort();
        here.sort();
        assert_eq!(there, here);
    }

    #[test]
    fn names_read_back() {
        for state in State::ALL {
            assert_eq!(State::from_id(state.id()), Some(state));
            assert_eq!(serde_json::json!(state), state.id());
        }
    }
}
