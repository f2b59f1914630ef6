//! Which characters cannot be written one after the other from the left.
//!
//! This program draws each character by itself, left to right. That is how
//! Japanese, Latin, Greek, Cyrillic, Thai and many more are written. Arabic and
//! Hebrew run the other way, Arabic and Mongolian join their letters, and the
//! Indic scripts reorder theirs: letter by letter they would be another word, so
//! they are left to the pen. Blocks are those of Unicode 16.

use std::ops::RangeInclusive;

const BLOCKS: [RangeInclusive<char>; 13] = [
    // Hebrew, Arabic, Syriac, Thaana, NKo, Samaritan, Mandaic.
    '\u{0590}'..='\u{08FF}',
    // Devanagari to Sinhala.
    '\u{0900}'..='\u{0DFF}',
    // Tibetan, Myanmar.
    '\u{0F00}'..='\u{109F}',
    // Hangul letters that make a syllable together.
    '\u{1100}'..='\u{11FF}',
    // Tagalog to Tai Tham: Khmer, Mongolian, Limbu.
    '\u{1700}'..='\u{1AAF}',
    // Balinese to Lepcha.
    '\u{1B00}'..='\u{1C4F}',
    // Syloti Nagri to Meetei Mayek, Javanese and Cham among them.
    '\u{A800}'..='\u{A8FF}',
    '\u{A980}'..='\u{AAFF}',
    // Ready-made forms of Hebrew and Arabic.
    '\u{FB1D}'..='\u{FDFF}',
    '\u{FE70}'..='\u{FEFC}',
    // Ancient scripts that run to the left.
    '\u{10800}'..='\u{10FFF}',
    // Brahmi and its kin.
    '\u{11000}'..='\u{11FFF}',
    // Adlam, Arabic mathematical letters.
    '\u{1E800}'..='\u{1EFFF}',
];

/// Whether `c` alone, in its place, is not what its script writes.
pub(super) fn is_shaped(c: char) -> bool {
    c >= '\u{0590}' && BLOCKS.iter().any(|block| block.contains(&c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_that_run_left_join_or_reorder_are_told_from_those_that_do_not() {
        for name in ["محمد", "שלום", "ﷺ", "नेहा", "မြန်မာ", "ᠮᠣᠩᠭᠣᠯ", "தமிழ்"]
        {
            assert!(name.chars().all(is_shaped), "{name}");
        }
        for name in ["髙﨑　一郎", "ｼｹﾝ", "Nguyễn", "Ольга", "Ωμέγα", "สมชาย", "김민준", "㊞ﬁ"]
        {
            assert!(!name.chars().any(is_shaped), "{name}");
        }
    }
}
