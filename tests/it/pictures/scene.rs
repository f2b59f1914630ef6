//! What a camera sees when somebody holds a code before it: the code drawn, held
//! askew, lit badly, printed badly, blurred, and with the sensor's noise. Worked
//! out from a seed, so that the same picture comes out on every machine.
//!
//! It knows nothing of decoders: those are tried on it side by side.

use std::f64::consts::TAU;

use qrcode::{Color, EcLevel, QrCode, Version};

/// The letters of a code made at home.
const LETTERS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$%-./";

/// How many letters fit into a version at level M, from the standard's table.
const LETTERS_MAX: [(i16, usize); 9] = [
    (9, 262),
    (10, 311),
    (11, 366),
    (12, 419),
    (14, 528),
    (15, 600),
    (16, 656),
    (17, 734),
    (20, 970),
];

/// What is wrong with the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Condition {
    Clean,
    SoftFocus,
    Blur,
    Motion,
    Tilt15,
    Tilt30,
    Noise,
    LowContrast,
    Glare,
    Crumple,
    Moire,
    HandHeld,
    /// Everything at once.
    Bad,
}

impl Condition {
    pub const ALL: [Condition; 13] = [
        Condition::Clean,
        Condition::SoftFocus,
        Condition::Blur,
        Condition::Motion,
        Condition::Tilt15,
        Condition::Tilt30,
        Condition::Noise,
        Condition::LowContrast,
        Condition::Glare,
        Condition::Crumple,
        Condition::Moire,
        Condition::HandHeld,
        Condition::Bad,
    ];
}

/// One picture to be made.
#[derive(Clone, Copy, Debug)]
pub struct Scene {
    pub version: i16,
    /// The side of the symbol in pixels of the picture.
    pub side: usize,
    pub condition: Condition,
    pub seed: u64,
}

/// A grey picture, and what the code in it says.
pub struct Picture {
    pub width: usize,
    pub height: usize,
    pub pixels: Vec<u8>,
    pub words: String,
}

impl Scene {
    pub fn pixels_per_module(&self) -> f64 {
        self.side as f64 / f64::from(17 + 4 * self.version)
    }

    pub fn picture(&self) -> Picture {
        let mut dice = Dice(self.seed ^ (self.version as u64) << 32 ^ (self.side as u64) << 40);
        let words = words(self.version, &mut dice);
        let code = QrCode::with_version(&words, Version::Normal(self.version), EcLevel::M).unwrap();
        let lens = Lens::of(self.condition, &mut dice);
        let mut seen = seen(&code, self.side, &lens, &mut dice);
        let (width, height) = (seen.width, seen.height);
        if lens.motion > 0 {
            seen.smear(lens.motion);
        }
        if lens.blur > 0.0 {
            seen.blur(lens.blur);
        }
        let pixels = seen.developed(&lens, &mut dice);
        Picture { width, height, pixels, words }
    }
}

fn words(version: i16, dice: &mut Dice) -> String {
    let (_, most) = LETTERS_MAX.iter().find(|(of, _)| *of == version).copied().unwrap();
    let letters = most - dice.below(most / 16);
    let letter = |_| LETTERS[dice.below(LETTERS.len())] as char;
    "MK1".chars().chain((3..letters).map(letter)).collect()
}

/// Everything between the code and the picture.
struct Lens {
    /// Turned in the plane, then tilted backwards, in degrees.
    turn: f64,
    tilt: f64,
    blur: f64,
    motion: usize,
    dark: f64,
    bright: f64,
    noise: f64,
    glare: f64,
    /// Shares of the symbol's side by which folded paper is displaced.
    crumple: f64,
    moire: f64,
}

impl Lens {
    fn of(condition: Condition, dice: &mut Dice) -> Lens {
        let clean = Lens {
            turn: 0.0,
            tilt: 0.0,
            blur: 0.0,
            motion: 0,
            dark: 30.0,
            bright: 225.0,
            noise: 2.0,
            glare: 0.0,
            crumple: 0.0,
            moire: 0.0,
        };
        let turned = dice.between(-20.0, 20.0);
        match condition {
            Condition::Clean => clean,
            Condition::SoftFocus => Lens { blur: 1.0, ..clean },
            Condition::Blur => Lens { blur: 1.6, ..clean },
            Condition::Motion => Lens { motion: 5, ..clean },
            Condition::Tilt15 => Lens { turn: turned, tilt: 15.0, ..clean },
            Condition::Tilt30 => Lens { turn: turned, tilt: 30.0, ..clean },
            Condition::Noise => Lens { noise: 25.0, ..clean },
            Condition::LowContrast => Lens { dark: 100.0, bright: 150.0, ..clean },
            Condition::Glare => Lens { glare: 110.0, ..clean },
            Condition::Crumple => Lens { crumple: 0.006, blur: 0.6, ..clean },
            Condition::Moire => Lens { moire: 0.35, blur: 0.7, ..clean },
            Condition::HandHeld => Lens {
                turn: turned / 2.0,
                tilt: dice.between(5.0, 15.0),
                blur: 1.0,
                noise: 8.0,
                dark: 55.0,
                bright: 200.0,
                glare: 40.0,
                ..clean
            },
            Condition::Bad => Lens {
                turn: turned,
                tilt: dice.between(15.0, 25.0),
                blur: 1.5,
                motion: 3,
                noise: 14.0,
                dark: 80.0,
                bright: 170.0,
                glare: 60.0,
                crumple: 0.003,
                ..clean
            },
        }
    }
}

/// The code on its sheet as the camera stands to it, each pixel the mean of four
/// looks.
fn seen(code: &QrCode, side: usize, lens: &Lens, dice: &mut Dice) -> Plane {
    let modules = code.width();
    let dark: Vec<bool> = code.to_colors().iter().map(|one| *one == Color::Dark).collect();
    // Room for the quiet zone and for a code that is turned.
    let frame = side + side / 3;
    let middle = frame as f64 / 2.0;
    let (sin, cos) = lens.turn.to_radians().sin_cos();
    let (lean, upright) = lens.tilt.to_radians().sin_cos();
    // Held at two and a half times its own size from the camera.
    let distance = 2.5 * side as f64;
    let scale = modules as f64 / side as f64;
    let folds: Vec<(f64, f64, f64, f64)> = (0..3)
        .map(|_| (dice.between(1.0, 3.5), dice.between(1.0, 3.5), dice.between(0.0, 6.3), 0.0))
        .map(|(x, y, phase, _)| (x, y, phase, lens.crumple / 3.0 * side as f64))
        .collect();
    let stripes = (dice.between(2.3, 3.1), dice.between(0.0, 6.3));
    let mut pixels = Vec::with_capacity(frame * frame);
    for row in 0..frame {
        for column in 0..frame {
            let mut light = 0.0;
            for (dx, dy) in [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)] {
                let (x, y) = (column as f64 + dx - middle, row as f64 + dy - middle);
                // Where the look through this pixel meets the tilted sheet.
                let v = y * distance / (distance * upright - y * lean);
                let depth = distance + v * lean;
                let u = x * depth / distance;
                let (mut s, mut t) = (u * cos + v * sin, v * cos - u * sin);
                if lens.crumple > 0.0 {
                    let at = (s / side as f64, t / side as f64);
                    for (fx, fy, phase, by) in &folds {
                        let wave = ((fx * at.0 + fy * at.1) * TAU + phase).sin();
                        s += wave * by;
                        t += wave * by * 0.7;
                    }
                }
                let (module_x, module_y) = (s * scale, t * scale);
                let (mx, my) = (module_x + modules as f64 / 2.0, module_y + modules as f64 / 2.0);
                let inside = mx >= 0.0 && my >= 0.0 && mx < modules as f64 && my < modules as f64;
                let is_dark = inside && dark[my as usize * modules + mx as usize];
                let mut bright = if is_dark { 0.0 } else { 1.0 };
                if lens.moire > 0.0 && !is_dark {
                    let stripe = (s * TAU / stripes.0 + stripes.1).sin();
                    bright -= lens.moire * (0.5 + 0.5 * stripe);
                }
                light += bright;
            }
            pixels.push(light / 4.0);
        }
    }
    Plane { width: frame, height: frame, pixels }
}

/// Light, 0 to 1, a pixel.
struct Plane {
    width: usize,
    height: usize,
    pixels: Vec<f64>,
}

impl Plane {
    /// A hand that moves sideways.
    fn smear(&mut self, by: usize) {
        let kernel = vec![1.0 / by as f64; by];
        self.convolve(&kernel, 1, self.width);
    }

    fn blur(&mut self, sigma: f64) {
        let reach = (sigma * 2.5).ceil() as i32;
        let bell = |at: i32| (-f64::from(at * at) / (2.0 * sigma * sigma)).exp();
        let kernel: Vec<f64> = (-reach..=reach).map(bell).collect();
        let sum: f64 = kernel.iter().sum();
        let kernel: Vec<f64> = kernel.iter().map(|one| one / sum).collect();
        self.convolve(&kernel, 1, self.width);
        self.convolve(&kernel, self.width, self.height);
    }

    /// Along rows (`step` 1) or columns (`step` the width); what lies beyond the
    /// edge is white.
    fn convolve(&mut self, kernel: &[f64], step: usize, length: usize) {
        let before = self.pixels.clone();
        let reach = kernel.len() / 2;
        for (at, pixel) in self.pixels.iter_mut().enumerate() {
            let place = at / step % length;
            let mut sum = 0.0;
            for (offset, weight) in kernel.iter().enumerate() {
                let there = place + offset;
                let beyond = there < reach || there - reach >= length;
                sum +=
                    weight * if beyond { 1.0 } else { before[at + offset * step - reach * step] };
            }
            *pixel = sum;
        }
    }

    /// The picture: contrast, a lamp's reflection, noise.
    fn developed(&self, lens: &Lens, dice: &mut Dice) -> Vec<u8> {
        let lamp = (dice.between(0.2, 0.8), dice.between(0.2, 0.8));
        let mut pixels = Vec::with_capacity(self.pixels.len());
        for (at, light) in self.pixels.iter().enumerate() {
            let mut level = lens.dark + light * (lens.bright - lens.dark);
            if lens.glare > 0.0 {
                let x = (at % self.width) as f64 / self.width as f64 - lamp.0;
                let y = (at / self.width) as f64 / self.height as f64 - lamp.1;
                level += lens.glare * (-(x * x + y * y) / 0.03).exp();
            }
            level += lens.noise * dice.bell();
            pixels.push(level.clamp(0.0, 255.0) as u8);
        }
        pixels
    }
}

/// Numbers from a seed (SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.roll() % end as u64) as usize
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.roll() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Nearly normal, variance 1: the sum of the four quarters of one roll.
    fn bell(&mut self) -> f64 {
        let roll = self.roll();
        let quarters = (0..4).map(|quarter| (roll >> (16 * quarter) & 0xFFFF) as f64 / 65_535.0);
        (quarters.sum::<f64>() - 2.0) * 3_f64.sqrt()
    }
}
