//! Codes before a camera: pictures made from seeds, read back. `benches/decoders`
//! reads many more of them, beside another decoder.

mod scene;

use std::collections::BTreeMap;

use madoguchi::scan::{self, Luma};
use scene::{Condition, Scene};

/// A code is readable where each of its modules has this many pixels.
const PIXELS_PER_MODULE: f64 = 5.0;

/// Every condition with codes of every size, each somewhere between near and far.
fn scenes() -> Vec<Scene> {
    const VERSIONS: [i16; 5] = [9, 12, 15, 17, 20];
    const SIDES: [usize; 4] = [300, 450, 600, 900];
    let mut scenes = Vec::new();
    for (turn, condition) in Condition::ALL.into_iter().enumerate() {
        for (place, version) in VERSIONS.into_iter().enumerate() {
            let scene = |side| Scene { version, side, condition, seed: 1 };
            let readable = SIDES.map(scene).into_iter();
            let readable = readable.filter(|one| one.pixels_per_module() >= PIXELS_PER_MODULE);
            // The largest take long to draw, and are the easiest: one in three.
            let readable: Vec<Scene> =
                readable.filter(|one| one.side < 900 || (turn + place) % 3 == 0).collect();
            scenes.push(readable[(turn + place) % readable.len()]);
        }
    }
    scenes
}

fn is_read(scene: &Scene) -> bool {
    let picture = scene.picture();
    let luma = Luma::new(picture.width, picture.height, picture.pixels).unwrap();
    let read = scan::read(&luma);
    assert!(
        read.as_ref().is_none_or(|words| *words == picture.words),
        "{scene:?} was read, but wrong"
    );
    read.is_some()
}

#[test]
fn of_codes_with_five_pixels_a_module_95_in_100_are_read_from_one_frame() {
    let scenes = scenes();
    let mut by_condition: BTreeMap<Condition, (usize, usize)> = BTreeMap::new();
    // Two at a time: a machine has two cores at least.
    let (one, other) = scenes.split_at(scenes.len() / 2);
    let read = |half: &[Scene]| half.iter().map(is_read).collect::<Vec<bool>>();
    let read = std::thread::scope(|scope| {
        let first = scope.spawn(|| read(one));
        let second = read(other);
        [first.join().unwrap(), second].concat()
    });
    for (scene, read) in scenes.iter().zip(&read) {
        let (good, all) = by_condition.entry(scene.condition).or_default();
        *good += usize::from(*read);
        *all += 1;
    }
    for (condition, (good, all)) in &by_condition {
        println!("{condition:?}: {good} of {all}");
    }
    let good = read.iter().filter(|read| **read).count();
    println!("{good} of {} frames", read.len());
    assert!(good * 100 >= read.len() * 95, "{good} of {}: {by_condition:?}", read.len());
}

#[test]
fn a_picture_without_a_code_has_no_words() {
    for level in [0, 128, 255] {
        assert_eq!(scan::read(&Luma::new(640, 480, vec![level; 640 * 480]).unwrap()), None);
    }
    let stripes = (0..720 * 720).map(|at| if at / 7 % 2 == 0 { 20 } else { 230 }).collect();
    assert_eq!(scan::read(&Luma::new(720, 720, stripes).unwrap()), None);
    assert_eq!(scan::read(&Luma::new(3, 1, vec![0; 3]).unwrap()), None);
}

/// `hand-held.jpg` is the scene below, packed by ImageMagick: `-quality 80`.
#[test]
fn a_telephones_photograph_is_read_though_it_was_packed_with_loss() {
    let file = std::fs::read("tests/fixtures/pictures/hand-held.jpg").unwrap();
    let scene = Scene { version: 12, side: 450, condition: Condition::HandHeld, seed: 7 };
    let read = scan::read(&scan::unpack(&file).unwrap());
    assert_eq!(read, Some(scene.picture().words));
    assert!(scan::unpack(&file[..file.len() / 3]).map_or(true, |half| scan::read(&half).is_none()));
}
