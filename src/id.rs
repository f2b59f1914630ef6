//! Typed identities. Each is a UUID of version 7: its first 48 bits are the
//! time it was made, so rows made later sort later, and nothing about a person
//! can be read from it.

use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use crate::chance::{self, Chance};
use crate::clock::Moment;

/// Makes a time-ordered UUID from a passed-in clock and passed-in randomness.
fn time_ordered(now: Moment, chance: &dyn Chance) -> Uuid {
    let millis = u64::try_from(now.unix_timestamp_nanos() / 1_000_000).unwrap_or(0);
    Builder::from_unix_timestamp_millis(millis, &chance::bytes(chance)).into_uuid()
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash,
                 serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new identity.
            pub fn new(now: Moment, chance: &dyn Chance) -> Self {
                Self(time_ordered(now, chance))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )*};
}

ids! {
    /// One resident's stay at the counter.
    VisitId,
    /// One form of one visit.
    ApplicationId,
    /// A number in the queue.
    TicketId,
    /// A seat kept for somebody at a time.
    AppointmentId,
    /// A silent alarm.
    AlarmId,
    /// What a visit owes, in one of its revisions.
    ChargeId,
    /// One attempt to pay; the key by which a terminal is asked about it.
    PaymentId,
    /// One attempt to give money back through a terminal.
    GiveBackId,
    /// What a terminal is asked for, for ever: the key of a payment, or of what goes back.
    RequestId,
    /// An entry of the ledger.
    EntryId,
    /// A member of staff.
    StaffId,
    /// A paired tablet, display or reader.
    DeviceId,
    /// One act a person confirmed; the same act sent twice has the same id.
    OpId,
    /// One life of the journal on one disk.
    LogId,
    /// One numbering of what a hub sends to an office.
    SeriesId,
}

/// What an act makes has the act's own identity where it makes one thing: sent twice,
/// it is the same thing.
macro_rules! made_by {
    ($($made:ident by $act:ident),* $(,)?) => {$(
        impl From<$act> for $made {
            fn from(act: $act) -> Self {
                Self(act.0)
            }
        }
    )*};
}

made_by!(
    PaymentId by OpId,
    GiveBackId by OpId,
    EntryId by OpId,
    EntryId by PaymentId,
    EntryId by GiveBackId,
    RequestId by PaymentId,
    RequestId by GiveBackId,
);

impl OpId {
    /// The press that a page offers for this charge after so many attempts to pay it:
    /// however often the page is drawn, it is the same press.
    pub fn offered(charge: ChargeId, attempts: usize) -> OpId {
        let text = format!("{charge} {attempts}");
        let digest: [u8; 32] = Sha256::digest(text.as_bytes()).into();
        let mut drawn = [0; 10];
        drawn.copy_from_slice(&digest[..10]);
        let mut millis = [0; 8];
        millis[2..].copy_from_slice(&charge.0.as_bytes()[..6]);
        OpId(Builder::from_unix_timestamp_millis(u64::from_be_bytes(millis), &drawn).into_uuid())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::SeededChance;
    use time::macros::datetime;

    #[test]
    fn a_later_identity_sorts_later_and_reads_back() {
        let chance = SeededChance::new(1);
        let first = VisitId::new(datetime!(2026-11-21 9:00 +9), &chance);
        let second = VisitId::new(datetime!(2026-11-21 9:01 +9), &chance);
        assert!(first < second);
        assert_eq!(first.to_string().parse::<VisitId>().unwrap(), first);
    }

    #[test]
    fn what_is_offered_once_is_one_press_however_often_it_is_drawn() {
        let chance = SeededChance::new(1);
        let now = datetime!(2026-11-21 9:00 +9);
        let (charge, other) = (ChargeId::new(now, &chance), ChargeId::new(now, &chance));
        assert_eq!(OpId::offered(charge, 0), OpId::offered(charge, 0));
        assert_ne!(OpId::offered(charge, 0), OpId::offered(charge, 1));
        assert_ne!(OpId::offered(charge, 0), OpId::offered(other, 0));
        let later = OpId::new(datetime!(2026-11-21 9:01 +9), &chance);
        assert!(OpId::offered(charge, 7) < later, "it keeps its time");
    }
}
