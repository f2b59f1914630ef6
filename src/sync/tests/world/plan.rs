//! What will happen in a week by itself, drawn before it begins.

use super::*;

/// When the hub is upgraded, so that nothing has a reason to be parked.
const UPGRADED_AT: u64 = WEEK + 3 * HOUR;

impl World {
    /// Everything that will happen by itself.
    pub(super) fn plan(&mut self) {
        let mut set_back_at = 0;
        for counter in 0..self.counters.len() {
            self.at(0, Event::Write { counter });
            self.poll_at(0, counter);
            let every = match self.weather {
                Weather::Storm => self.dice.between(HOUR, 12 * HOUR),
                _ => 10 * MINUTE,
            };
            for _ in 0..self.dice.below(4) {
                let at = self.some_time();
                self.at(at, Event::Restart { counter });
            }
            let restores = match self.weather {
                Weather::Storm => self.dice.below(6),
                _ => u64::from(counter == 0),
            };
            for _ in 0..restores {
                let (at, noticed) = (self.some_time(), self.dice.percent(50));
                set_back_at = at;
                self.after_copy(at, (counter, every), Event::Restore { counter, noticed });
            }
            if counter == 0 && self.weather == Weather::Storm && self.dice.percent(10) {
                let at = self.some_time();
                self.after_copy(at, (counter, every), Event::Twin { counter });
            }
        }
        let (backups, restores) = match self.weather {
            Weather::Storm => (self.dice.between(7, 28), self.dice.below(6)),
            _ => (28, 1),
        };
        (0..backups).for_each(|nth| self.at(nth * WEEK / backups, Event::HubBackup));
        for _ in 0..restores {
            let at = match self.weather {
                // In the quiet days nothing goes wrong any more.
                Weather::OneAfterTheOther | Weather::OneAfterTheOtherInTheSameLife => {
                    (set_back_at + self.dice.between(APART, 3 * APART)).min(WEEK - 1)
                }
                _ => self.some_time(),
            };
            self.at(at, Event::HubRestore);
        }
        for _ in 0..self.dice.below(4) {
            let (from, long) = (self.some_time(), self.dice.below(2 * DAY));
            self.at(from, Event::Line { up: false });
            self.at((from + long).min(WEEK), Event::Line { up: true });
        }
        self.at(WEEK, Event::Line { up: true });
        self.at(UPGRADED_AT, Event::Upgrade);
    }

    /// Something that needs a copy of a counter, which is made every so often. The
    /// copies that nothing needs are not made.
    fn after_copy(&mut self, at: u64, (counter, every): (usize, u64), event: Event) {
        self.at(at / every * every, Event::Copy { counter });
        self.at(at, event);
    }
}
