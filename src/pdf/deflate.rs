//! zlib streams (RFC 1950): small for what is compressed once, quick for what
//! differs in every file.

use flate2::{Compress, Compression, FlushCompress};

/// As small as it gets.
pub(super) fn small(plain: &[u8]) -> Vec<u8> {
    compressed(plain, Compression::best())
}

/// As quick as it gets.
pub(super) fn quick(plain: &[u8]) -> Vec<u8> {
    compressed(plain, Compression::fast())
}

fn compressed(plain: &[u8], level: Compression) -> Vec<u8> {
    // What does not compress is stored in blocks of at least 16 KiB, five bytes
    // each, between header and check value.
    let most = plain.len() + plain.len() / 1_024 + 64;
    let mut stream = Vec::with_capacity(most);
    let status = Compress::new(level, true).compress_vec(plain, &mut stream, FlushCompress::Finish);
    assert!(
        matches!(status, Ok(flate2::Status::StreamEnd)),
        "deflate never makes more than its stored blocks"
    );
    stream
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
            for stream in [small(&plain), quick(&plain)] {
                let mut back = Vec::new();
                flate2::read::ZlibDecoder::new(&stream[..]).read_to_end(&mut back).unwrap();
                prop_assert_eq!(&back, &plain);
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
        assert!(small(&plain).len() < plain.len() + 400);
        assert!(quick(&plain).len() < plain.len() + 400);
    }
}
