//! Waiting times in a town hall whose truth is known: the benchmark's own, a slice of
//! it, judged loosely. `cargo bench --bench wait` judges all of it strictly.

use std::collections::BTreeMap;

use madoguchi::queue::wait::Estimator;
use madoguchi::queue::wait::experience::Prior;
use madoguchi::queue::wait::floor::Event;
use madoguchi::queue::wait::hall::{Key, Second, Wait};

use crate::stage::program::{madoguchi, run};
use day::Told;
use formulas::Sights;
use score::{Outcome, Score};
use world::World;

#[path = "../../../benches/wait/day.rs"]
mod day;
#[path = "../../../benches/wait/formulas.rs"]
#[expect(dead_code, reason = "the benchmark looks at more formulas")]
mod formulas;
#[path = "../../../benches/wait/score.rs"]
#[expect(dead_code, reason = "the benchmark looks at more measures")]
mod score;
#[path = "../../../benches/wait/world.rs"]
#[expect(dead_code, reason = "the benchmark looks at more worlds")]
mod world;

/// Enough days for durations and calibration, then enough to judge by.
const DAYS_BEFORE: usize = 8;
const DAYS: usize = 8;

fn town() -> World {
    world::worlds().into_iter().find(|world| world.name == "town").unwrap()
}

fn told(town: &World, number: usize) -> Told {
    let first = number as Key * 100_000;
    day::play(town, &town.plan(number), first, number as u64)
}

#[test]
fn waits_in_a_town_hall_are_much_nearer_than_by_a_tuned_formula_and_ninety_percent_hold() {
    let town = town();
    let priors: BTreeMap<u16, Prior> = (0..4).map(|n| (n, Prior::default())).collect();
    let mut estimator = Estimator::new(&priors, 3).with_replications(50);
    let mut sights = Sights::default();
    let mut said: BTreeMap<Key, (Second, Wait, f64)> = BTreeMap::new();
    let mut done = Vec::new();
    for number in 0..DAYS_BEFORE + DAYS {
        estimator.begin_day();
        sights.begin_day();
        for (at, event) in told(&town, number) {
            sights.take(at, &event);
            estimator.observe(at, event.clone());
            match event {
                Event::Issue(waiting) if number + 5 >= DAYS_BEFORE => {
                    let wait = estimator.estimate(at)[&waiting.ticket];
                    let sight = sights.sight(&estimator.hall(at), waiting.lane);
                    said.insert(waiting.ticket, (at, wait, sight.by_counters(1.0)));
                }
                Event::Call { ticket, .. } if number >= DAYS_BEFORE => {
                    let (then, wait, heads) = said[&ticket];
                    done.push((wait, heads, (at - then) as f64 / 60.0));
                }
                _ => {}
            }
        }
    }
    done.retain(|(_, _, waited)| *waited > 0.0);
    assert!(done.len() > 200, "{}", done.len());
    let ours = Score::of(
        &done.iter().map(|(wait, _, waited)| outcome(*wait, *waited)).collect::<Vec<_>>(),
    );
    let by_formula = |minutes: f64| {
        let rows = done.iter().map(|(_, heads, waited)| {
            let p50 = heads * minutes;
            Outcome { p50, p90: p50, waited: *waited }
        });
        Score::of(&rows.collect::<Vec<_>>()).mae
    };
    let tuned = (8..100).map(|n| by_formula(f64::from(n) / 4.0)).fold(f64::MAX, f64::min);
    assert!(ours.mae < 0.85 * tuned, "{} against {tuned}", ours.mae);
    assert!((0.83..0.96).contains(&ours.kept), "{}", ours.kept);
    assert!(ours.bias.abs() < 3.0, "{}", ours.bias);
}

fn outcome(wait: Wait, waited: f64) -> Outcome {
    Outcome { p50: f64::from(wait.p50_s) / 60.0, p90: f64::from(wait.p90_s) / 60.0, waited }
}

/// A day of the town as an older machine would have logged it.
fn csv(town: &World, numbers: std::ops::Range<usize>) -> (String, usize) {
    let mut text = "at,event,ticket,lane,counter,class\n".to_owned();
    let mut issued = 0;
    for (at, event) in numbers.flat_map(|number| told(town, number)) {
        let at = madoguchi::clock::rfc3339(time::OffsetDateTime::from_unix_timestamp(at).unwrap());
        let row = match event {
            Event::Open { counter, .. } => format!("open,,0|1|2|3,{counter},"),
            Event::Close { counter, .. } => format!("close,,,{counter},"),
            Event::Issue(waiting) => {
                issued += 1;
                let class = if waiting.credited { "priority" } else { "" };
                format!("issue,{},{},,{class}", waiting.ticket, waiting.lane)
            }
            Event::Call { ticket, counter } => format!("call,{ticket},,{counter},"),
            Event::Serve { ticket, counter } => format!("serve,{ticket},,{counter},"),
            Event::Done { ticket, counter } => format!("done,{ticket},,{counter},"),
            Event::Absent { ticket, counter } => format!("absent,{ticket},,{counter},"),
            _ => continue,
        };
        text += &format!("{at},{row}\n");
    }
    (text, issued)
}

#[test]
fn a_recorded_log_is_played_and_each_issue_gets_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("town.csv");
    let (text, issued) = csv(&town(), 0..2);
    std::fs::write(&file, &text).unwrap();
    let replay = || run(madoguchi(&["wait", "replay", "--log"]).arg(&file));
    let (code, out, said) = replay();
    assert_eq!(code, Some(0), "{said}");
    let mut lines = out.lines();
    assert_eq!(lines.next(), Some("ticket,at,p50_s,p90_s"));
    assert_eq!(lines.clone().count(), issued);
    for line in lines {
        let [_, _, p50, p90] = line.split(',').collect::<Vec<_>>()[..] else { panic!("{line}") };
        assert!(p50.is_empty() || p50.parse::<u32>().unwrap() <= p90.parse().unwrap(), "{line}");
    }
    assert!(said.contains(&format!("{issued} tickets")) && said.contains("p90 was kept"), "{said}");
    assert_eq!(replay().1, out, "the same log gives the same answer");
}

#[test]
fn a_log_that_cannot_be_read_is_refused_with_file_and_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("day.csv");
    std::fs::write(&file, "at,event\n2026-11-25T09:00:00+09:00,issue\nsoon,open\n").unwrap();
    let (code, out, said) = run(madoguchi(&["wait", "replay", "--log"]).arg(&file));
    assert_eq!((code, &*out), (Some(1), ""));
    assert!(said.contains("day.csv:2: `issue` needs a ticket"), "{said}");
    assert!(said.contains("day.csv:3: `soon` is no time"), "{said}");
    let (code, _, said) = run(&mut madoguchi(&["wait", "replay", "--log", "nowhere.csv"]));
    assert_eq!(code, Some(1));
    assert!(said.contains("nowhere.csv"), "{said}");
}
