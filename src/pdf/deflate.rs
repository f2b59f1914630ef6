//! zlib streams (RFC 1950): small for what is compressed once, quick for what
//! differs in every file.

use flate2::{Compress, Compression, FlushCompress};

/// Level 4 of what differs in every file: outlines of kanji shrink by a tenth more
/// than at level 1; above it each hundredth costs as much time as that tenth.
const QUICK: u32 = 4;

/// Compresses streams one after another. To make one costs as much as to compress
/// a page, so a file needs only one.
pub(super) struct Deflate(Compress);

impl Deflate {
    /// As small as it gets.
    pub fn small() -> Self {
        Self(Compress::new(Compression::best(), true))
    }

    /// Quick, and nearly as small.
    pub fn quick() -> Self {
        Self(Compress::new(Compression::new(QUICK), true))
    }

    /// The stream of `plain`; what was compressed before does not matter.
    pub fn stream(&mut self, plain: &[u8]) -> Vec<u8> {
        self.0.reset();
        // What does not compress is stored in blocks of at least 16 KiB, five bytes
        // each, between header and check value.
        let most = plain.len() + plain.len() / 1_024 + 64;
        let mut stream = Vec::with_capacity(most);
        let status = self.0.compress_vec(plain, &mut stream, FlushCompress::Finish);
        assert!(
            matches!(status, Ok(flate2::Status::StreamEnd)),
            "deflate never makes more than its stored blocks"
        );
        stream
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Read;

    proptest! {
        #[test]
        fn whatever_is_compressed_comes_back(
            unit in proptest::collection::vec(any::<u8>(), 0..900), times in 0_usize..90,
        ) {
            let plain = unit.repeat(times);
            for mut deflate in [Deflate::small(), Deflate::quick()] {
                let stream = deflate.stream(&plain);
                let mut back = Vec::new();
                flate2::read::ZlibDecoder::new(&stream[..]).read_to_end(&mut back).unwrap();
                prop_assert_eq!(&back, &plain);
                prop_assert_eq!(deflate.stream(&plain), stream, "the second time");
            }
        }
    }

    #[test]
    fn noise_is_stored_with_little_around_it() {
        let mut seed = 1_u32;
        let mut noise = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 24) as u8
        };
        let plain: Vec<u8> = (0..300_000).map(|_| noise()).collect();
        for mut deflate in [Deflate::small(), Deflate::quick()] {
            assert!(deflate.stream(&plain).len() < plain.len() + 400);
        }
    }
}
