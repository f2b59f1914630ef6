//! What somebody should look after before codes can be made or opened: residents only
//! see that the page for home is not offered.

use time::{Date, Duration};

use super::keys::{Epoch, KeyFolder, KeysError};

/// So long before its month a key should be there.
const BEFORE: Duration = Duration::days(7);

/// One thing to look after; in words for whoever reads the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    #[error(
        "there is no key for {0}, so residents are not shown the page for home: make it with \
         `madoguchi key new`"
    )]
    NoKey(Epoch),
    #[error(
        "there is no key for {0} yet: make it with `madoguchi key new` before the month begins"
    )]
    NoNextKey(Epoch),
    /// A key's file, or the folder, as its error tells it.
    #[error("{0}")]
    Unreadable(String),
}

impl Trouble {
    /// The stable name that screens look a sentence up by.
    pub fn code(&self) -> &'static str {
        match self {
            Trouble::NoKey(_) => "desk.devices.no_key",
            Trouble::NoNextKey(_) => "desk.devices.no_next_key",
            Trouble::Unreadable(_) => "desk.devices.key_unreadable",
        }
    }

    /// The month whose key is not there.
    pub fn month(&self) -> Option<Epoch> {
        match self {
            Trouble::NoKey(epoch) | Trouble::NoNextKey(epoch) => Some(*epoch),
            Trouble::Unreadable(_) => None,
        }
    }
}

/// Everything to look after in a folder of keys.
pub fn troubles(folder: &KeyFolder, today: Date) -> Vec<Trouble> {
    let unreadable = |error: KeysError| Trouble::Unreadable(error.to_string());
    let (keys, errors) = match folder.look() {
        Ok(looked) => looked,
        Err(error) => return vec![unreadable(error)],
    };
    let this = Epoch::of(today);
    let soon = Epoch::of(today.saturating_add(BEFORE));
    let lacks = |epoch: Epoch| keys.of_epoch(epoch).is_none();
    let no_key = lacks(this).then_some(Trouble::NoKey(this));
    let no_next = (soon != this && lacks(soon)).then_some(Trouble::NoNextKey(soon));
    no_key.into_iter().chain(no_next).chain(errors.into_iter().map(unreadable)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::SeededChance;
    use time::macros::date;

    #[test]
    fn a_month_without_its_key_is_told_and_the_next_one_in_time() {
        let data = tempfile::tempdir().unwrap();
        let keys = KeyFolder::within(data.path());
        let (early, late) = (date!(2026 - 11 - 23), date!(2026 - 11 - 24));
        let [november, december] = ["2026-11", "2026-12"].map(|month| month.parse().unwrap());
        let make = |epoch| keys.make(epoch, "999997", early, &SeededChance::new(1)).unwrap();
        assert_eq!(troubles(&keys, early), [Trouble::NoKey(november)]);
        assert_eq!(troubles(&keys, late), [Trouble::NoKey(november), Trouble::NoNextKey(december)]);
        make(november);
        assert_eq!(troubles(&keys, early), []);
        assert_eq!(troubles(&keys, late), [Trouble::NoNextKey(december)]);
        make(december);
        assert_eq!(troubles(&keys, late), []);
        assert_eq!(troubles(&keys, date!(2027 - 01 - 01)).len(), 1);
    }

    #[test]
    fn a_key_that_cannot_be_read_is_told_by_its_file() {
        let data = tempfile::tempdir().unwrap();
        let keys = KeyFolder::within(data.path());
        let today = date!(2026 - 11 - 01);
        keys.make(Epoch::of(today), "999997", today, &SeededChance::new(1)).unwrap();
        std::fs::write(data.path().join("preregistration-keys/2026-10.key"), "torn").unwrap();
        let [Trouble::Unreadable(told)] = &troubles(&keys, today)[..] else { panic!() };
        assert!(told.contains("2026-10.key"), "{told}");
    }
}
