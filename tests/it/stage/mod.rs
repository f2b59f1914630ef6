//! What the tests stand on: the real program, plain HTTP, and a real browser.
//!
//! Nothing here knows the insides of the program. It is started as a user starts
//! it, and looked at through its pages, its words on standard error and its data
//! folder.

pub mod axe;
pub mod browser;
pub mod cable;
pub mod clerk;
pub mod driver;
pub mod from_home;
pub mod hall;
pub mod http;
pub mod office;
pub mod person;
pub mod picture;
pub mod postgres;
pub mod program;
#[cfg(feature = "pcsc")]
pub mod relay;
pub mod resident;
pub mod screens;
pub mod small_disk;

use std::io::Write;
use std::time::{Duration, Instant};

/// Longer than anything takes on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Looks until it is so.
pub fn wait_until(what: &str, mut so: impl FnMut() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !so() {
        assert!(Instant::now() < until, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Says loudly that something could not be tried here. Where everything must be
/// there (`CI` is set, as `tests/run` does) that is a failure.
pub fn skip(what: &str, because: &str) {
    let must_be_there = std::env::var_os("CI").is_some_and(|ci| !ci.is_empty());
    assert!(!must_be_there, "{because}");
    // `eprintln` would be swallowed with the output of a passing test.
    let mut stderr = std::io::stderr();
    writeln!(stderr, "SKIPPED: {what}, because {because}").unwrap();
}
