//! Who is not here yet and will be called before somebody who is: appointments, and
//! people with a credit, invented anew for each replication.

use super::hall::{Hall, Lane, Second, Service};
use super::odds::{Odds, Stream};
use super::rng::Rng;

/// An appointment is given up so long after its slot.
const GRACE_SECS: f32 = 15.0 * 60.0;

/// Somebody who waits or will, in seconds from now.
#[derive(Clone, Copy)]
pub(super) struct Person {
    pub lane: Lane,
    pub service: Service,
    pub effective: f32,
    /// Not after zero for those who wait.
    pub here: f32,
    /// What counts as the begin of the wait.
    pub issued: f32,
    /// Of the work, of coming when called, and of what the clerk has to finish after.
    pub luck: [f32; 3],
}

/// One possible future of the door, in the order in which they come.
pub(super) fn invent(hall: &Hall, odds: &Odds, horizon: f32, rng: &mut Rng) -> Vec<Person> {
    let mut coming = Vec::new();
    for booking in &hall.booked {
        let (luck, late) = (rng.three(), rng.three());
        let slot = from_now(hall, booking.slot);
        if late[0] < odds.missing || slot < -GRACE_SECS || slot > horizon {
            continue;
        }
        let here = (slot + odds.late.at(late[2])).max(0.0);
        coming.push(Person {
            lane: booking.lane,
            service: booking.service,
            effective: from_now(hall, booking.effective),
            here,
            issued: here,
            luck,
        });
    }
    for stream in &odds.streams {
        let mut here = gap(stream, rng);
        while here < horizon {
            coming.push(Person {
                lane: stream.lane,
                service: stream.service,
                effective: here - stream.credit as f32,
                here,
                issued: here,
                luck: rng.three(),
            });
            here += gap(stream, rng);
        }
    }
    coming.sort_by(|a, b| a.here.total_cmp(&b.here));
    coming
}

/// To the next one of a stream.
fn gap(stream: &Stream, rng: &mut Rng) -> f32 {
    if stream.per_second <= 0.0 {
        return f32::INFINITY;
    }
    // A second at least, so that a strange rate cannot fill the hall without end.
    (-(1.0 - rng.unit()).ln() / stream.per_second).max(1.0)
}

/// Seconds from the hall's now.
pub(super) fn from_now(hall: &Hall, at: Second) -> f32 {
    at.saturating_sub(hall.now) as f32
}
