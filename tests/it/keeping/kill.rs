//! kill -9 at random moments while residents hand in.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use madoguchi::chance::{SeededChance, bytes};

use super::{Kept, verified};
use crate::stage::http::Visitor;
use crate::stage::office::{Unanswered, hand_in, leave, pair, set_up};
use crate::stage::program::Program;

const RESIDENTS: usize = 300;
const TABLETS: usize = 6;
const KILLS_MAX: usize = 60;
/// Repeats a run.
const SEED: u64 = 20_261_121;

#[test]
fn kill_9_at_random_moments_loses_and_doubles_nothing() {
    let data = tempfile::tempdir().unwrap();
    let mut program = Program::serve(data.path());
    let mut clerk = set_up(&program);
    let tablets: Vec<Visitor> =
        (1..=TABLETS).map(|number| pair(&mut clerk, &format!("記載台{number}"))).collect();
    let address = Arc::new(Mutex::new(program.address.clone()));
    let queues: Vec<_> = tablets
        .into_iter()
        .map(|tablet| {
            let address = address.clone();
            std::thread::spawn(move || queue(tablet, &address))
        })
        .collect();
    let chance = SeededChance::new(SEED);
    let mut kills = 0;
    // At most so many: on a busy machine the residents would never get through.
    while kills < KILLS_MAX && queues.iter().any(|queue| !queue.is_finished()) {
        let [low, high] = bytes::<2>(&chance);
        // Not waiting for anything: the moment of the cut is the experiment.
        std::thread::sleep(Duration::from_millis(u64::from(u16::from_be_bytes([low, high])) % 900));
        program.kill();
        kills += 1;
        program = Program::serve(data.path());
        address.lock().unwrap().clone_from(&program.address);
    }
    let mut numbers = BTreeSet::new();
    for queue in queues {
        for number in queue.join().unwrap() {
            assert!(numbers.insert(number.clone()), "{number} was given out twice");
        }
    }
    program.kill();
    let kept = Kept::of(data.path());
    assert_eq!(numbers.len(), RESIDENTS);
    assert!(kept.is_exactly(&numbers), "{kept:?}\n{numbers:?}");
    let told = verified(data.path());
    println!("seed {SEED}: {kills} kills, {RESIDENTS} handed in; {}", told.trim());
    assert!(kills > 10, "{kills} kills prove little");
}

/// One tablet's share of the residents; the numbers they went away with.
fn queue(mut tablet: Visitor, address: &Mutex<String>) -> Vec<String> {
    (0..RESIDENTS / TABLETS).map(|_| visit(&mut tablet, address, "試験　花子")).collect()
}

/// A visit that goes on wherever the program was started anew.
fn visit(tablet: &mut Visitor, address: &Mutex<String>, name: &str) -> String {
    let number = patiently(tablet, address, |tablet| hand_in(tablet, name));
    patiently(tablet, address, leave);
    number
}

/// Tries until it is acknowledged.
fn patiently<T>(
    tablet: &mut Visitor,
    address: &Mutex<String>,
    act: impl Fn(&mut Visitor) -> Result<T, Unanswered>,
) -> T {
    loop {
        match act(tablet) {
            Ok(done) => return done,
            Err(Unanswered::Gone) => *tablet = tablet.moved_to(&address.lock().unwrap()),
            Err(Unanswered::Refused(answer)) => panic!("{answer:?}"),
        }
    }
}
