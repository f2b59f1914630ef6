//! Font files: a directory, then tables (OpenType 1.9, "Font file").

/// `head.checkSumAdjustment` makes the sum over the whole font this.
const FONT_CHECKSUM: u32 = 0xB1B0_AFBA;

/// A font file of these tables, which are in order of tag.
pub(super) fn file_of(tables: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let count = tables.len() as u16;
    let power = 1_u16 << count.ilog2();
    let mut file = vec![0, 1, 0, 0];
    for word in [count, power * 16, count.ilog2() as u16, (count - power) * 16] {
        file.extend(word.to_be_bytes());
    }
    let mut offset = file.len() + tables.len() * 16;
    for (tag, table) in tables {
        directory_entry(&mut file, tag, checksum(table), offset, table.len());
        offset += table.len().next_multiple_of(4);
    }
    let mut head_at = None;
    for (tag, table) in tables {
        if *tag == b"head" {
            head_at = Some(file.len());
        }
        file.extend(table);
        file.resize(file.len().next_multiple_of(4), 0);
    }
    if let Some(head_at) = head_at {
        adjust(&mut file, head_at);
    }
    file
}

/// Makes the sum over the whole font right.
fn adjust(file: &mut [u8], head_at: usize) {
    let field = head_at + 8..head_at + 12;
    file[field.clone()].fill(0);
    let adjustment = FONT_CHECKSUM.wrapping_sub(checksum(file));
    file[field].copy_from_slice(&adjustment.to_be_bytes());
}

fn directory_entry(front: &mut Vec<u8>, tag: &[u8; 4], sum: u32, offset: usize, len: usize) {
    front.extend(tag);
    front.extend(sum.to_be_bytes());
    front.extend((offset as u32).to_be_bytes());
    front.extend((len as u32).to_be_bytes());
}

/// The sum of big-endian words, the last one filled with zeros.
fn checksum(bytes: &[u8]) -> u32 {
    let (words, rest) = bytes.as_chunks::<4>();
    let mut last = [0; 4];
    last[..rest.len()].copy_from_slice(rest);
    let words = words.iter().chain([&last]);
    words.fold(0, |sum, word| sum.wrapping_add(u32::from_be_bytes(*word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_its_tables_where_the_directory_says_and_the_right_sum() {
        let tables: [(&[u8; 4], Vec<u8>); 3] =
            [(b"cvt ", vec![1, 2, 3]), (b"head", vec![7; 54]), (b"loca", vec![9; 8])];
        let file = file_of(&tables);
        assert_eq!(checksum(&file), FONT_CHECKSUM);
        // 3 tables: 2 is the largest power, its logarithm 1, 1 table over.
        assert_eq!(file[..12], [0, 1, 0, 0, 0, 3, 0, 32, 0, 1, 0, 16]);
        let face = ttf_parser::RawFace::parse(&file, 0).unwrap();
        let table = |tag| face.table(ttf_parser::Tag::from_bytes(tag)).unwrap();
        assert_eq!(table(b"cvt "), [1, 2, 3]);
        assert_eq!(table(b"head")[12..], [7; 42]);
        assert_eq!(table(b"loca"), [9; 8]);
    }
}
