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
//! Clocks decide nothing.

use super::message::{Hash, Mark, Position, Watermark};

/// What somebody must be told, besides what is done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Incident {
    /// The hub holds less than it did: it was restored from a backup.
    HubWentBack,
    /// This counter was restored from a backup, or a copy of it runs elsewhere.
    CounterWentBack,
    /// The hub went back further than this counter keeps what it sent.
    Forgotten,
}

/// What to do with a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    /// Both agree up to here; the rest is to be sent.
    Go { acked: Mark, incident: Option<Incident> },
    /// The log cannot be gone on with. Everything in it is taken over into a new
    /// one, under the same operation ids; what the hub holds of the old one is
    /// fetched and kept, so that it can be sent again were the hub set back.
    BeginAnew(Incident),
}

/// What follows from `position`. `hash_at` answers for what the counter still
/// holds of the log, and for 0 with what its first entry hangs on.
pub fn course(
    known: &Watermark,
    hash_at: impl Fn(u64) -> Option<Hash>,
    position: &Position,
) -> Course {
    let beginning = || hash_at(0).map(|hash| Mark { seq: 0, hash });
    let Some(upto) = position.upto.or_else(beginning) else {
        return Course::BeginAnew(Incident::Forgotten);
    };
    match hash_at(upto.seq) {
        Some(hash) if hash == upto.hash && holds_next(&hash_at, known, upto) => {
            let went_back = upto.seq < known.acked.seq;
            Course::Go { acked: upto, incident: went_back.then_some(Incident::HubWentBack) }
        }
        Some(hash) if hash == upto.hash => Course::BeginAnew(Incident::Forgotten),
        // What was acknowledged once and is not here any more was let go of.
        None if upto.seq <= known.acked.seq => Course::BeginAnew(Incident::Forgotten),
        _ => Course::BeginAnew(Incident::CounterWentBack),
    }
}

/// Whether what the hub lacks is still there to be sent.
fn holds_next(hash_at: impl Fn(u64) -> Option<Hash>, known: &Watermark, upto: Mark) -> bool {
    upto.seq >= known.acked.seq || hash_at(upto.seq + 1).is_some()
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

    fn told(held: std::ops::RangeInclusive<u8>, acked: u8, upto: Option<Mark>) -> Course {
        let log = LogId::new(datetime!(2026-11-25 8:30 +9), &SeededChance::new(1));
        let known =
            Watermark { acked: mark(acked), hub: Some(HUB), ..Watermark::new(log, [0; 32]) };
        let hash_at = |seq: u64| {
            let seq = u8::try_from(seq).ok()?;
            (seq == 0 || held.contains(&seq)).then_some([seq; 32])
        };
        course(&known, hash_at, &Position { upto, backed_up: 0, hub: HUB })
    }

    #[test]
    fn what_the_hub_says_decides_and_nothing_else() {
        let go = |seq, incident| Course::Go { acked: mark(seq), incident };
        let other = Mark { seq: 4, hash: [9; 32] };
        for (name, held, acked, upto, expected) in [
            ("as far as we knew", 1..=7, 5, Some(mark(5)), go(5, None)),
            ("nothing yet", 1..=7, 0, None, go(0, None)),
            ("its answer was lost", 1..=7, 5, Some(mark(7)), go(7, None)),
            ("an old copy", 1..=7, 5, Some(mark(3)), go(3, Some(Incident::HubWentBack))),
            ("an empty hub", 1..=7, 5, None, go(0, Some(Incident::HubWentBack))),
            (
                "we lack entries",
                1..=7,
                5,
                Some(mark(9)),
                Course::BeginAnew(Incident::CounterWentBack),
            ),
            ("another entry", 1..=7, 4, Some(other), Course::BeginAnew(Incident::CounterWentBack)),
            ("what it lacks is gone", 5..=7, 5, None, Course::BeginAnew(Incident::Forgotten)),
            ("so is what it has", 5..=7, 5, Some(mark(2)), Course::BeginAnew(Incident::Forgotten)),
        ] {
            assert_eq!(told(held, acked, upto), expected, "{name}");
        }
    }
}
