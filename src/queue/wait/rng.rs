//! A small seeded generator (SplitMix64): the same seed rolls the same hall forward
//! the same way. Not for secrets; those come from `chance`.

/// Numbers that look random and repeat for a seed.
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    /// Starts the sequence of `seed`.
    pub fn new(seed: u64) -> Self {
        Self(seed ^ 0x6a09_e667_f3bc_c909)
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// At least 0, below 1.
    pub fn unit(&mut self) -> f32 {
        fraction(self.bits() >> 40)
    }

    /// Three independent numbers for the price of one.
    pub(super) fn three(&mut self) -> [f32; 3] {
        let bits = self.bits();
        [fraction(bits >> 40), f32::from((bits >> 24) as u16) / 65536.0, fraction(bits & 0xff_ffff)]
    }
}

/// 24 bits as a fraction of one; a float holds them exactly.
fn fraction(bits: u64) -> f32 {
    bits as f32 / 16_777_216.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_and_its_numbers_fill_the_unit_evenly() {
        let draw = |seed| {
            let mut rng = Rng::new(seed);
            (0..4000).map(|_| rng.unit()).collect::<Vec<f32>>()
        };
        let numbers = draw(7);
        assert_eq!(numbers, draw(7));
        assert_ne!(numbers, draw(8));
        for tenth in 0..10 {
            let here = numbers.iter().filter(|u| (**u * 10.0) as usize == tenth).count();
            assert!((300..500).contains(&here), "{here} of 4000 in tenth {tenth}");
        }
    }
}
