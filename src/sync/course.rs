//! What a counter does once it knows where the hub stands: the table of the
//! handshake.
//!
//! | the hub says | what happened | what follows |
//! | --- | --- | --- |
//! | as far as we knew | nothing | go on from there |
//! | further, and our own entry | its answer was lost | go on from there |
//! | less far, and our own entry | **the hub is an old copy** | send again from there, tell somebody |
//! | an entry that we do not have, or another | **we are an old copy, or not alone** | begin a new log, tell somebody |
//!
//! A counter keeps all that it wrote (ADR 13): what it does not have of a log of its own, it
//! never wrote, or does not know of any more. Clocks decide nothing.

use super::message::{Hash, Mark, Position, Watermark};

/// What somebody must be told, besides what is done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Incident {
    /// The hub holds less than it did: it was restored from a backup.
    HubWentBack,
    /// This counter was restored from a backup, or a copy of it runs elsewhere.
    CounterWentBack,
}

/// What to do with a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    /// Both agree up to here; the rest is to be sent.
    Go { acked: Mark, incident: Option<Incident> },
    /// The log cannot be gone on with. Everything in it is taken over into a new
    /// one, under the same operation ids; what the hub holds of the old one is
    /// fetched and kept, so that it can be sent again were the hub set back.
    BeginAnew,
}

/// What follows from `position`. `hash_at` answers for what the counter holds of the
/// log, and for 0 with what its first entry hangs on.
pub fn course(
    known: &Watermark,
    hash_at: impl Fn(u64) -> Option<Hash>,
    position: &Position,
) -> Course {
    let beginning = || hash_at(0).map(|hash| Mark { seq: 0, hash });
    match position.upto.or_else(beginning) {
        Some(upto) if hash_at(upto.seq) == Some(upto.hash) => {
            let went_back = upto.seq < known.acked.seq;
            Course::Go { acked: upto, incident: went_back.then_some(Incident::HubWentBack) }
        }
        _ => Course::BeginAnew,
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::chance::SeededChance;
    use crate::id::LogId;
    use crate::sync::message::Incarnation;

    const HUB: Incarnation = Incarnation([1; 16]);

    fn mark(seq: u8) -> Mark {
        Mark { seq: u64::from(seq), hash: [seq; 32] }
    }

    /// Of a log that is held as far as its seventh entry.
    fn told(acked: u8, upto: Option<Mark>) -> Course {
        let log = LogId::new(datetime!(2026-11-25 8:30 +9), &SeededChance::new(1));
        let known =
            Watermark { acked: mark(acked), hub: Some(HUB), ..Watermark::new(log, [0; 32]) };
        let hash_at = |seq: u64| {
            let seq = u8::try_from(seq).ok()?;
            (0..=7).contains(&seq).then_some([seq; 32])
        };
        course(&known, hash_at, &Position { upto, backed_up: 0, hub: HUB })
    }

    #[test]
    fn what_the_hub_says_decides_and_nothing_else() {
        let go = |seq, incident| Course::Go { acked: mark(seq), incident };
        let other = Mark { seq: 4, hash: [9; 32] };
        for (name, acked, upto, expected) in [
            ("as far as we knew", 5, Some(mark(5)), go(5, None)),
            ("nothing yet", 0, None, go(0, None)),
            ("its answer was lost", 5, Some(mark(7)), go(7, None)),
            ("an old copy", 5, Some(mark(3)), go(3, Some(Incident::HubWentBack))),
            ("an empty hub", 5, None, go(0, Some(Incident::HubWentBack))),
            ("we lack entries", 5, Some(mark(9)), Course::BeginAnew),
            ("another entry", 4, Some(other), Course::BeginAnew),
        ] {
            assert_eq!(told(acked, upto), expected, "{name}");
        }
    }
}
