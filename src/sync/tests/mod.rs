//! Seeded weeks of the forwarder and a model of the hub. `MADOGUCHI_SYNC_WEEKS`
//! asks for more of them than every run has time for; a seed that is printed plays
//! the same week again.

mod counter;
mod dice;
mod hub;
mod world;

use std::collections::BTreeMap;
use std::ops::Range;

use world::{Bad, Planted, Weather, week};

/// Weeks of every run; together they are the storm and the quiet years.
const STORMS: u64 = 600;
const SINGLE_RESTORES: u64 = 200;

/// Weeks that a planted fault has to be noticed in.
const PLANTED: u64 = 40;

fn weeks(usual: u64) -> u64 {
    let asked = std::env::var("MADOGUCHI_SYNC_WEEKS").ok().and_then(|text| text.parse().ok());
    asked.map_or(usual, |all: u64| all * usual / (STORMS + SINGLE_RESTORES))
}

/// The seeds of bad weeks and what was bad, with the operations of all weeks.
fn bad_weeks(
    seeds: Range<u64>,
    weather: Weather,
    planted: Option<Planted>,
) -> (BTreeMap<u64, Vec<Bad>>, u64) {
    let one = |seed| {
        let (mut bad, ops) = week(seed, weather, planted);
        // Both sides' disasters together can take what only the two of them had.
        bad.retain(|bad| *bad != Bad::Forgotten || weather == Weather::OneRestoreEach);
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

fn whole(weather: Weather, count: u64) {
    let (bad, ops) = bad_weeks(0..count, weather, None);
    println!("{weather:?}: {count} weeks, {ops} operations, {} bad", bad.len());
    assert!(ops > count * 100, "{ops}");
    assert_eq!(bad.into_iter().take(5).collect::<Vec<_>>(), []);
}

#[test]
fn whatever_a_counter_holds_takes_effect_once_and_in_time() {
    whole(Weather::Storm, weeks(STORMS));
}

#[test]
fn with_a_copy_of_every_ten_minutes_nothing_that_reached_the_hub_is_ever_lost() {
    whole(Weather::OneRestoreEach, weeks(SINGLE_RESTORES));
}

#[test]
fn every_planted_fault_is_noticed() {
    use Planted::*;
    use Weather::Storm;
    for (planted, weather, expected) in [
        (TrimsWhatIsAcknowledged, Storm, Bad::Lost),
        (NeverGoesBack, Storm, Bad::Lost),
        (TakesNothingOver, Storm, Bad::Lost),
        (NewOperationIds, Storm, Bad::Doubled),
        (TakesTwice, Storm, Bad::Lost),
        (TakesAfterGaps, Storm, Bad::Lost),
        (OperationsCountTwice, Storm, Bad::Doubled),
        (PoisonBlocks, Storm, Bad::Late),
        (OvertakesWhatIsParked, Storm, Bad::OutOfOrder),
        (ForgetsWhatWasParked, Storm, Bad::Lost),
    ] {
        let (bad, _) = bad_weeks(0..PLANTED, weather, Some(planted));
        let noticed = bad.values().filter(|bad| bad.contains(&expected)).count();
        println!("{planted:?}: {expected:?} in {noticed} of {PLANTED} weeks");
        assert!(noticed > 0, "{planted:?} {bad:?}");
    }
}
