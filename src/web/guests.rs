//! Whoever books, or has booked, at a screen that no visit stands on: a tablet of the
//! office, or a browser at home.
//!
//! What is shown to such a guest is remembered here, in memory only: no address and no
//! cookie names an appointment, a page that was sent once is not taken again, and
//! nothing is left when the guest goes or nobody was there.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::appointment::Number;
use crate::clock::Moment;
use crate::id::{AppointmentId, OpId};
use crate::lang::Lang;

/// What came of a guest's last press.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stands {
    /// A slot is held while a name is entered.
    Held(AppointmentId),
    Booked(AppointmentId),
    /// Found by its number, to be changed or called off.
    Found(AppointmentId),
    Moved(AppointmentId),
    CalledOff(AppointmentId),
    Arrived(AppointmentId),
}

/// Somebody at a screen.
#[derive(Clone, Debug)]
pub(super) struct Guest {
    pub lang: Lang,
    /// The page that may be sent, once.
    pub page: OpId,
    pub stands: Option<Stands>,
    /// What was shown and refused: a camera may still see it.
    pub refused: Option<Number>,
    pub seen: Moment,
}

/// Who stands at which screen. One for each kind of screen.
pub struct Guests<K>(Mutex<BTreeMap<K, Guest>>);

impl<K> Default for Guests<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Ord> Guests<K> {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<K, Guest>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whoever stands there, if they were seen within `patience`.
    pub(super) fn get(&self, screen: &K, now: Moment, patience: Duration) -> Option<Guest> {
        let guest = self.lock().get(screen).cloned();
        guest.filter(|guest| now - guest.seen < patience)
    }

    pub(super) fn put(&self, screen: K, guest: Guest) {
        self.lock().insert(screen, guest);
    }

    pub(super) fn take(&self, screen: &K) -> Option<Guest> {
        self.lock().remove(screen)
    }

    /// Remembers what was refused, as long as the page stands.
    pub(super) fn note_refused(&self, screen: &K, refused: Option<Number>) {
        if let Some(guest) = self.lock().get_mut(screen) {
            guest.refused = refused;
        }
    }

    /// Forgets whoever was not seen within `patience`.
    pub(super) fn forget_the_gone(&self, now: Moment, patience: Duration) {
        self.lock().retain(|_, guest| now - guest.seen < patience);
    }
}
