//! The same pictures of codes, read by madoguchi and by another decoder in one run.
//!
//! Each picture is one frame of a camera: its code is read or not. The pictures are
//! those of the tests, more of them: versions 9 to 20, 300 to 900 pixels, every
//! condition, several seeds. CPU time is that of this thread.
//!
//! `cargo run --release [SEEDS]`.

#![expect(clippy::unwrap_used, reason = "a bench stops at the first surprise")]

use std::collections::BTreeMap;
use std::time::Instant;

#[path = "../../../src/scan/ladder.rs"]
mod ladder;
#[path = "../../../src/scan/luma.rs"]
#[expect(dead_code, reason = "what unpacks picture files is not asked here")]
mod luma;
#[path = "../../../tests/it/pictures/scene.rs"]
mod scene;

use luma::Luma;
use scene::{Condition, Picture, Scene};

/// How often each decoder read a code, of how many, and what it took.
#[derive(Default)]
struct Score {
    read: [u32; DECODERS.len()],
    secs: [f64; DECODERS.len()],
    all: u32,
}

type Read = fn(&Picture) -> Option<String>;

const DECODERS: [(&str, Read); 3] =
    [("madoguchi", ours), ("rxing, one pass", one_pass), ("rqrr", rqrr)];

fn ours(picture: &Picture) -> Option<String> {
    ladder::read(&Luma::new(picture.width, picture.height, picture.pixels.clone())?)
}

fn one_pass(picture: &Picture) -> Option<String> {
    let (width, height) = (picture.width as u32, picture.height as u32);
    let kind = Some(rxing::BarcodeFormat::QR_CODE);
    let read = rxing::helpers::detect_in_luma(picture.pixels.clone(), width, height, kind);
    Some(read.ok()?.getText().to_owned())
}

fn rqrr(picture: &Picture) -> Option<String> {
    let grey = |x, y| picture.pixels[y * picture.width + x];
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(picture.width, picture.height, grey);
    image.detect_grids().into_iter().find_map(|grid| Some(grid.decode().ok()?.1))
}

fn main() {
    let seeds: u64 = std::env::args().nth(1).map_or(2, |seeds| seeds.parse().unwrap());
    let (mut conditions, mut sizes) = (BTreeMap::new(), BTreeMap::new());
    let mut all = Score::default();
    for version in [9, 10, 12, 14, 15, 17, 20] {
        for side in [300, 450, 600, 900] {
            for condition in Condition::ALL {
                for seed in 0..seeds {
                    let scene = Scene { version, side, condition, seed };
                    let picture = scene.picture();
                    let size = (scene.pixels_per_module() as u32).min(8);
                    let told = DECODERS.map(|(_, read)| {
                        let begun = Instant::now();
                        let words = read(&picture);
                        (words, begun.elapsed().as_secs_f64())
                    });
                    for score in [
                        conditions.entry(condition).or_insert_with(Score::default),
                        sizes.entry(size).or_insert_with(Score::default),
                        &mut all,
                    ] {
                        score.count(&picture.words, &told);
                    }
                }
            }
        }
    }
    head();
    conditions.iter().for_each(|(condition, score)| score.print(&format!("{condition:?}")));
    sizes.iter().for_each(|(size, score)| {
        let more = if *size == 8 { " or more" } else { "" };
        score.print(&format!("{size}{more} pixels a module"));
    });
    all.print("all");
    let times = all.secs.map(|secs| format!("{:>17.1}", secs * 1e3 / f64::from(all.all)));
    println!("{:<24}{}", "ms a frame", times.concat());
}

impl Score {
    fn count(&mut self, words: &str, told: &[(Option<String>, f64)]) {
        self.all += 1;
        for (at, (read, secs)) in told.iter().enumerate() {
            assert!(read.as_deref().is_none_or(|read| read == words), "read, but wrong");
            self.read[at] += u32::from(read.is_some());
            self.secs[at] += secs;
        }
    }

    fn print(&self, name: &str) {
        let share = |read| format!("{:>15.1} %", f64::from(read) * 100.0 / f64::from(self.all));
        println!("{name:<24}{} of {}", self.read.map(share).concat(), self.all);
    }
}

fn head() {
    println!("{:<24}{}", "", DECODERS.map(|(name, _)| format!("{name:>17}")).concat());
}
