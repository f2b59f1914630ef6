//! Seeded weeks of the forwarder and a model of the hub: 20 000 in every run.
//!
//! More than every run has time for, and one of them again:
//!
//! ```text
//! MADOGUCHI_SYNC_WEEKS=1000000 cargo test --release --lib sync::tests -- --nocapture
//! MADOGUCHI_SYNC_SEED=4711 cargo test --lib sync::tests -- --nocapture
//! ```

mod counter;
mod dice;
mod faults;
mod hub;
mod world;

use std::collections::BTreeMap;
use std::ops::Range;

use faults::{Bad, Planted, Weather};
use world::week;

/// Weeks of every run; together they are the storm and the quiet years.
const STORMS: u64 = 13_000;
const SINGLE_RESTORES: u64 = 2_000;
const ONE_AFTER_THE_OTHER: u64 = 2_500;
const IN_THE_SAME_LIFE: u64 = 2_500;

/// Weeks that a planted fault has to be noticed in, and those of one that only two
/// disasters in the right order bring out.
const PLANTED: u64 = 200;
const PLANTED_DEEP: u64 = 400;

fn asked(name: &str) -> Option<u64> {
    let asked = std::env::var(name).ok()?;
    Some(asked.parse().unwrap_or_else(|_| panic!("{name}={asked} is no number")))
}

/// The seeds to play, of `usual` many in every run.
fn seeds(usual: u64) -> Range<u64> {
    if let Some(seed) = asked("MADOGUCHI_SYNC_SEED") {
        return seed..seed + 1;
    }
    let all = STORMS + SINGLE_RESTORES + ONE_AFTER_THE_OTHER + IN_THE_SAME_LIFE;
    0..asked("MADOGUCHI_SYNC_WEEKS").unwrap_or(all) * usual / all
}

/// The seeds of bad weeks and what was bad, with the operations of all weeks.
fn bad_weeks(
    seeds: Range<u64>,
    weather: Weather,
    planted: Option<Planted>,
) -> (BTreeMap<u64, Vec<Bad>>, u64) {
    let one = |seed| {
        let (mut bad, ops) = week(seed, weather, planted);
        // A storm takes from one side what the other has just lost.
        bad.retain(|bad| *bad != Bad::Forgotten || weather != Weather::Storm);
        (seed, bad, ops)
    };
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get) as u64;
    let all: Vec<_> = std::thread::scope(|scope| {
        let share = |nth: u64| {
            let seeds = seeds.clone().filter(move |seed| seed % threads == nth);
            scope.spawn(move || seeds.map(one).collect::<Vec<_>>())
        };
        let shares: Vec<_> = (0..threads).map(share).collect();
        shares.into_iter().flat_map(|share| share.join().unwrap()).collect()
    });
    let ops = all.iter().map(|(_, _, ops)| ops).sum();
    let bad = all.into_iter().filter(|(_, bad, _)| !bad.is_empty());
    (bad.map(|(seed, bad, _)| (seed, bad)).collect(), ops)
}

fn whole(weather: Weather, seeds: Range<u64>) {
    let (bad, ops) = bad_weeks(seeds.clone(), weather, None);
    let count = seeds.end - seeds.start;
    for (seed, bad) in bad.iter().take(5) {
        println!("{weather:?}, MADOGUCHI_SYNC_SEED={seed}: {bad:?}");
    }
    println!(
        "{weather:?}: {ops} operations, {} passed, {} failed",
        count - bad.len() as u64,
        bad.len()
    );
    assert!(ops > count * 100, "{ops}");
    assert!(bad.is_empty(), "{} of {count} weeks", bad.len());
}

#[test]
fn whatever_a_counter_holds_takes_effect_once_and_in_time() {
    whole(Weather::Storm, seeds(STORMS));
}

#[test]
fn with_a_copy_of_every_ten_minutes_nothing_that_reached_the_hub_is_ever_lost() {
    whole(Weather::OneRestoreEach, seeds(SINGLE_RESTORES));
}

#[test]
fn what_only_the_hub_had_of_a_counter_outlives_the_hub() {
    whole(Weather::OneAfterTheOther, seeds(ONE_AFTER_THE_OTHER));
}

#[test]
fn the_same_is_so_where_nothing_tells_that_the_hub_was_set_back() {
    whole(Weather::OneAfterTheOtherInTheSameLife, seeds(IN_THE_SAME_LIFE));
}

#[test]
fn every_planted_fault_is_noticed() {
    use Planted::*;
    use Weather::{OneAfterTheOther, Storm};
    for (planted, weather, expected) in [
        (TrimsWhatIsAcknowledged, Storm, Bad::Lost),
        (NeverGoesBack, Storm, Bad::Lost),
        (ComparesNumbersOnly, Storm, Bad::Lost),
        (KeepsNothingOfTheHub, OneAfterTheOther, Bad::Forgotten),
        (TakesNothingOver, Storm, Bad::Lost),
        (NewOperationIds, Storm, Bad::Doubled),
        (TakesTwice, Storm, Bad::Lost),
        (TakesAfterGaps, Storm, Bad::Lost),
        (OperationsCountTwice, Storm, Bad::Doubled),
        (PoisonBlocks, Storm, Bad::Late),
        (OvertakesWhatIsParked, Storm, Bad::OutOfOrder),
        (ForgetsWhatWasParked, Storm, Bad::Lost),
        (NeverLooksBack, OneAfterTheOther, Bad::Forgotten),
    ] {
        let weeks = if weather == Storm { PLANTED } else { PLANTED_DEEP };
        let (bad, _) = bad_weeks(0..weeks, weather, Some(planted));
        let noticed = bad.values().filter(|bad| bad.contains(&expected)).count();
        println!("{planted:?}: {expected:?} in {noticed} of {weeks} weeks");
        assert!(noticed > 0, "{planted:?} {bad:?}");
    }
}
