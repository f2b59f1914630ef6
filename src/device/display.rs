//! How a display is doing, by what it says of itself every few seconds: only the
//! display knows whether its browser lets it sound, and a line that died says nothing
//! at all. Pure: who was heard when comes in, and the time.

use std::time::Duration;

use crate::clock::Moment;

/// A display says how it is doing this often, and at once when that changes.
pub const SAYS_EVERY: Duration = Duration::from_secs(20);

/// Whom nobody has heard for so long on the wall's clock is not there: three times it
/// said nothing. The rules are told how long that is on the office's.
pub const UNHEARD_AFTER: Duration = Duration::from_secs(70);

/// What a display sounds like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sound {
    /// All that the town chose.
    On,
    /// Only the chime: the voice could not be fetched.
    ChimeOnly,
    /// Nothing: its browser lets no page sound before somebody touched it.
    Off,
    /// Nothing, by the town's choice.
    Silent,
}

impl Sound {
    /// All of them.
    pub const ALL: [Sound; 4] = [Sound::On, Sound::ChimeOnly, Sound::Off, Sound::Silent];

    /// The name used by the display's script: `chime_only`.
    pub fn id(self) -> &'static str {
        match self {
            Sound::On => "on",
            Sound::ChimeOnly => "chime_only",
            Sound::Off => "off",
            Sound::Silent => "silent",
        }
    }

    /// The sound of a [`Sound::id`].
    pub fn from_id(id: &str) -> Option<Sound> {
        Sound::ALL.into_iter().find(|sound| sound.id() == id)
    }
}

/// What was last heard of a display.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heard {
    pub at: Moment,
    pub sound: Sound,
    /// Since when it sounds like this.
    pub since: Moment,
}

impl Heard {
    /// What is known after a display said `sound`, where one unheard for longer than
    /// `patience` was gone in between.
    pub fn after(before: Option<Heard>, sound: Sound, at: Moment, patience: Duration) -> Self {
        let same = |before: &Heard| before.sound == sound && at - before.at <= patience;
        let same = before.filter(same);
        Self { at, sound, since: same.map_or(at, |before| before.since) }
    }
}

/// Why staff should look after a display.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It was heard last at this moment; never since somebody listens.
    Unheard(Option<Moment>),
    /// It makes no sound since then, and should.
    Mute(Moment),
    /// It chimes and does not speak.
    Voiceless(Moment),
}

/// What is wrong with a display, to which somebody has listened since `listening` and
/// which may be silent for `patience`.
pub fn trouble(
    heard: Option<Heard>,
    listening: Moment,
    now: Moment,
    patience: Duration,
) -> Option<Trouble> {
    let is_gone = |heard: Moment| now - heard > patience;
    match heard {
        None if is_gone(listening) => Some(Trouble::Unheard(None)),
        None => None,
        Some(heard) if is_gone(heard.at) => Some(Trouble::Unheard(Some(heard.at))),
        Some(heard) => match heard.sound {
            Sound::Off => Some(Trouble::Mute(heard.since)),
            Sound::ChimeOnly => Some(Trouble::Voiceless(heard.since)),
            Sound::On | Sound::Silent => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NINE: Moment = datetime!(2026-11-25 9:00 +9);

    fn after(secs: u64) -> Moment {
        NINE + Duration::from_secs(secs)
    }

    #[test]
    fn a_display_in_trouble_is_one_that_should_sound_and_does_not_or_says_nothing() {
        let heard = |sound| Some(Heard { at: after(100), sound, since: NINE });
        for (heard, now, said) in [
            (None, 70, None),
            (None, 71, Some(Trouble::Unheard(None))),
            (heard(Sound::On), 170, None),
            (heard(Sound::Silent), 170, None),
            (heard(Sound::Off), 170, Some(Trouble::Mute(NINE))),
            (heard(Sound::ChimeOnly), 170, Some(Trouble::Voiceless(NINE))),
            (heard(Sound::On), 171, Some(Trouble::Unheard(Some(after(100))))),
            (heard(Sound::Silent), 171, Some(Trouble::Unheard(Some(after(100))))),
        ] {
            assert_eq!(trouble(heard, NINE, after(now), UNHEARD_AFTER), said, "{heard:?} {now}");
        }
    }

    #[test]
    fn since_when_it_is_mute_is_kept_until_it_sounds_or_was_gone() {
        let mute = |before, secs| Heard::after(before, Sound::Off, after(secs), UNHEARD_AFTER);
        let first = mute(None, 0);
        assert_eq!(first.since, NINE);
        let again = mute(Some(first), 20);
        assert_eq!((again.since, again.at), (NINE, after(20)));
        let gone = mute(Some(again), 20 + 71);
        assert_eq!(gone.since, after(91));
        let on = Heard::after(Some(again), Sound::On, after(40), UNHEARD_AFTER);
        assert_eq!((on.since, mute(Some(on), 60).since), (after(40), after(60)));
    }

    #[test]
    fn a_display_that_misses_two_turns_is_still_there() {
        assert!(3 * SAYS_EVERY < UNHEARD_AFTER);
        for sound in Sound::ALL {
            assert_eq!(Sound::from_id(sound.id()), Some(sound));
        }
    }
}
