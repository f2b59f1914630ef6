//! What the displays say of themselves, in memory only: nothing of it outlives the
//! program, and after a restart each says it again within seconds.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Office;
use super::error::Failure;
use crate::clock::{Moment, hour_and_minute};
use crate::device::display::{self, Heard, Sound, Trouble, UNHEARD_AFTER};
use crate::device::{self, Device, Role};
use crate::id::DeviceId;
use crate::journal::Journal;
use crate::lang::Phrases;

/// What was last heard of each display.
#[derive(Debug, Default)]
pub(super) struct Displays(Mutex<Ears>);

#[derive(Debug, Default)]
struct Ears {
    heard: BTreeMap<DeviceId, Heard>,
    /// Since when anybody wanted to know.
    listening: Option<Moment>,
}

impl Displays {
    fn lock(&self) -> MutexGuard<'_, Ears> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A display has said what it sounds like.
    pub(super) fn hear(&self, display: DeviceId, sound: Sound, journal: &Journal) {
        let (now, patience) = (journal.now(), journal.lasting(UNHEARD_AFTER));
        let mut ears = self.lock();
        let heard = Heard::after(ears.heard.get(&display).copied(), sound, now, patience);
        ears.heard.insert(display, heard);
    }

    fn trouble(&self, display: &Device, journal: &Journal) -> Option<Trouble> {
        let (now, patience) = (journal.now(), journal.lasting(UNHEARD_AFTER));
        let mut ears = self.lock();
        let listening = *ears.listening.get_or_insert(now);
        // One that was paired a moment ago has had no time to say anything.
        let listening = listening.max(display.paired_at);
        display::trouble(ears.heard.get(&display.id).copied(), listening, now, patience)
    }
}

/// What is wrong with a device, if it is a display: in a sentence with its name.
pub(super) fn trouble(office: &Office, words: Phrases, device: &Device) -> Option<String> {
    let is_used = device.role == Role::Display && device.revoked_at.is_none();
    let used = is_used && office.config.site.modules.queue;
    let trouble = used.then(|| office.live.displays.trouble(device, &office.journal))??;
    let (key, at) = match trouble {
        Trouble::Unheard(None) => ("screens.never_heard", None),
        Trouble::Unheard(at) => ("screens.unheard", at),
        Trouble::Mute(since) => ("screens.mute", Some(since)),
        Trouble::Voiceless(since) => ("screens.voiceless", Some(since)),
    };
    let time = at.map(hour_and_minute).unwrap_or_default();
    Some(words.with(key, &[("name", device.name.clone()), ("time", time)]))
}

/// What is wrong with the displays of this office.
pub(super) async fn troubles(office: &Office, words: Phrases) -> Result<Vec<String>, Failure> {
    let devices = office.db.read(device::all).await?;
    Ok(devices.iter().filter_map(|device| trouble(office, words, device)).collect())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use time::macros::datetime;

    use super::*;
    use crate::chance::SystemChance;
    use crate::clock::{Clock, HeldClock};
    use crate::journal::OfficeKey;

    /// A clock of a demonstration, sixty times as fast as the wall's.
    struct Hasty(HeldClock);

    impl Clock for Hasty {
        fn now(&self) -> Moment {
            self.0.now()
        }

        fn speed(&self) -> u32 {
            60
        }
    }

    #[test]
    fn a_display_is_late_by_the_wall_however_fast_the_clock_of_the_office_runs() {
        let nine = datetime!(2026-11-25 9:00 +9);
        let clock = Arc::new(Hasty(HeldClock::at(nine)));
        let chance = Arc::new(SystemChance);
        let journal = Journal::new(clock.clone(), chance.clone(), OfficeKey::generate(&*chance));
        let display = Device {
            id: DeviceId::new(nine, &*chance),
            name: "ホール".to_owned(),
            role: Role::Display,
            reader: None,
            paired_at: nine,
            revoked_at: None,
            help: None,
        };
        let displays = Displays::default();
        displays.hear(display.id, Sound::On, &journal);
        clock.0.advance(Duration::from_secs(70 * 60));
        assert_eq!(displays.trouble(&display, &journal), None);
        clock.0.advance(Duration::from_secs(1));
        assert_eq!(displays.trouble(&display, &journal), Some(Trouble::Unheard(Some(nine))));
    }
}
