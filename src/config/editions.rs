//! The configuration that is in force, and those before it.
//!
//! Whoever has begun with one edition goes on with it: nothing is taken away under their
//! hands. Editions are few, a handful a year, and are kept until the program ends.

use std::ops::{Deref, DerefMut};
use std::sync::OnceLock;

use super::Config;

/// All editions since the program started; the newest is the one that is read.
#[derive(Debug)]
pub struct Editions {
    config: Config,
    next: OnceLock<Box<Editions>>,
}

impl From<Config> for Editions {
    fn from(config: Config) -> Self {
        Self { config, next: OnceLock::new() }
    }
}

impl Editions {
    /// From now on `config` is read.
    pub fn follow(&self, config: Config) {
        let mut next = Box::new(Editions::from(config));
        let mut last = self;
        loop {
            match last.next.set(next) {
                Ok(()) => return,
                // Another came first: this one follows on it.
                Err(again) => next = again,
            }
            while let Some(after) = last.next.get() {
                last = after;
            }
        }
    }
}

impl Deref for Editions {
    type Target = Config;

    fn deref(&self) -> &Config {
        let mut newest = self;
        while let Some(next) = newest.next.get() {
            newest = next;
        }
        &newest.config
    }
}

impl DerefMut for Editions {
    fn deref_mut(&mut self) -> &mut Config {
        match self.next.get_mut() {
            Some(next) => next,
            None => &mut self.config,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_newest_is_read_and_whoever_holds_an_older_one_keeps_it() {
        let first = Config::load(Path::new("kiosk-config/example")).unwrap();
        let editions = Editions::from(first.clone());
        let held: &Config = &editions;
        let count = first.fees.len();
        for left in (0..3).rev() {
            let mut next = first.clone();
            next.fees.truncate(left);
            editions.follow(next);
            assert_eq!((editions.fees.len(), held.fees.len()), (left, count));
        }
    }

    #[test]
    fn editions_that_come_at_once_are_all_kept() {
        let first = Config::load(Path::new("kiosk-config/example")).unwrap();
        let editions = Editions::from(first.clone());
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| editions.follow(first.clone()));
            }
        });
        let mut count = 0;
        let mut one = &editions;
        while let Some(next) = one.next.get() {
            (count, one) = (count + 1, next);
        }
        assert_eq!(count, 8);
    }
}
