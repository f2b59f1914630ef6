//! What the displays say of themselves, in memory only: nothing of it outlives the
//! program, and after a restart each says it again within seconds.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Office;
use super::error::Failure;
use crate::clock::{Moment, hour_and_minute};
use crate::device::display::{self, Heard, Sound, Trouble};
use crate::device::{self, Device, Role};
use crate::id::DeviceId;
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
    pub(super) fn hear(&self, display: DeviceId, sound: Sound, now: Moment) {
        let mut ears = self.lock();
        let heard = Heard::after(ears.heard.get(&display).copied(), sound, now);
        ears.heard.insert(display, heard);
    }

    fn trouble(&self, display: &Device, now: Moment) -> Option<Trouble> {
        let mut ears = self.lock();
        let listening = *ears.listening.get_or_insert(now);
        // One that was paired a moment ago has had no time to say anything.
        let listening = listening.max(display.paired_at);
        display::trouble(ears.heard.get(&display.id).copied(), listening, now)
    }
}

/// What is wrong with a device, if it is a display: in a sentence with its name.
pub(super) fn trouble(office: &Office, words: Phrases, device: &Device) -> Option<String> {
    let is_used = device.role == Role::Display && device.revoked_at.is_none();
    let used = is_used && office.config.site.modules.queue;
    let trouble = used.then(|| office.live.displays.trouble(device, office.journal.now()))??;
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
