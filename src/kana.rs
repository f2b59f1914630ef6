//! Readings. What is stored is what was written: small kana, ー and ヴ stay,
//! because キョウコ and キヨウコ are different people (戸籍法 フリガナ, 2025). Folding
//! happens only in [`search_key`], which is never shown or printed.

use unicode_normalization::UnicodeNormalization;

/// Katakana for every hiragana; half-width katakana become full-width, their
/// voicing marks joined. Everything else, small kana included, stays.
pub fn to_katakana(text: &str) -> String {
    let mut katakana = String::with_capacity(text.len());
    let mut half_width = String::new();
    for c in text.chars() {
        if matches!(c, '\u{FF65}'..='\u{FF9F}') {
            half_width.push(c);
            continue;
        }
        katakana.extend(std::mem::take(&mut half_width).nfkc());
        katakana.push(katakana_of(c));
    }
    katakana.extend(half_width.nfkc());
    // A combining voicing mark (か + U+3099) is joined to its kana; no other
    // character of the text is normalised.
    join_voicing_marks(&katakana)
}

/// Half-width katakana, as older systems keep readings: a voiced kana becomes two
/// letters, the blank a narrow one. Small kana stay small. What has no half-width form
/// (ヮ, ヵ, ヰ) stays as it is.
pub fn to_half_width(text: &str) -> String {
    let mut narrow = String::with_capacity(text.len());
    for one in text.chars() {
        if one == '\u{3000}' {
            narrow.push(' ');
            continue;
        }
        // ガ is カ and a mark; ー and ・ stand for themselves.
        let parts: Vec<char> = one.nfd().collect();
        let halves: Option<Vec<char>> = parts.iter().map(|part| half_of(*part)).collect();
        match halves {
            Some(halves) => narrow.extend(halves),
            None => narrow.push(one),
        }
    }
    narrow
}

/// The half-width letter of one full-width katakana or mark.
fn half_of(full: char) -> Option<char> {
    match full {
        '\u{3099}' => Some('ﾞ'),
        '\u{309A}' => Some('ﾟ'),
        full => ('\u{FF61}'..='\u{FF9D}').find(|half| half.nfkc().eq([full])),
    }
}

fn katakana_of(c: char) -> char {
    match c {
        'ぁ'..='ゖ' | 'ゝ' | 'ゞ' => char::from_u32(c as u32 + 0x60).unwrap_or(c),
        c => c,
    }
}

fn join_voicing_marks(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    for c in text.chars() {
        let composed = matches!(c, '\u{3099}' | '\u{309A}')
            .then(|| joined.chars().next_back())
            .flatten()
            .and_then(|before| unicode_normalization::char::compose(before, c));
        match composed {
            Some(composed) => {
                joined.pop();
                joined.push(composed);
            }
            None => joined.push(c),
        }
    }
    joined
}

/// Whether `text` can stand on a フリガナ line: katakana, the long vowel mark,
/// the middle dot, blanks, and Latin letters for foreign names.
pub fn is_reading(text: &str) -> bool {
    text.chars().all(|c| {
        matches!(c, 'ァ'..='ヺ' | 'ー' | '・' | '　' | ' ' | 'ヽ' | 'ヾ')
            || c.is_ascii_alphabetic()
            || matches!(c, '-' | '\'' | '.' | ',')
    })
}

/// The key that two spellings of the same words share: NFKC, lower case,
/// katakana, small kana made large, variation selectors and blanks dropped,
/// hyphens folded. For comparing and searching only.
pub fn search_key(text: &str) -> String {
    to_katakana(&text.nfkc().collect::<String>())
        .chars()
        .filter(|c| !c.is_whitespace() && !is_variation_selector(*c))
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            'ァ' => 'ア',
            'ィ' => 'イ',
            'ゥ' => 'ウ',
            'ェ' => 'エ',
            'ォ' => 'オ',
            'ッ' => 'ツ',
            'ャ' => 'ヤ',
            'ュ' => 'ユ',
            'ョ' => 'ヨ',
            'ヮ' => 'ワ',
            'ヵ' => 'カ',
            'ヶ' => 'ケ',
            '\u{2010}'..='\u{2015}' | '\u{2212}' | 'ー' => '-',
            c => c,
        })
        .collect()
}

/// Whether `c` only chooses the shape of the character before it.
pub fn is_variation_selector(c: char) -> bool {
    matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reading_becomes_katakana_and_keeps_its_small_kana() {
        for (typed, katakana) in [
            ("きょうこ", "キョウコ"),
            ("キヨウコ", "キヨウコ"),
            ("ｶﾞｯﾂ ﾎﾟｰﾙ", "ガッツ ポール"),
            ("か\u{3099}", "ガ"),
            ("ゔぃ", "ヴィ"),
            ("Nguyen", "Nguyen"),
        ] {
            assert_eq!(to_katakana(typed), katakana);
        }
    }

    #[test]
    fn a_reading_in_half_width_is_read_back_as_it_was() {
        for (reading, narrow) in [
            ("ガッツ・ポール", "ｶﾞｯﾂ･ﾎﾟｰﾙ"),
            ("キョウコ", "ｷｮｳｺ"),
            ("キヨウコ", "ｷﾖｳｺ"),
            ("ヴィ・オ", "ｳﾞｨ･ｵ"),
            ("ア　ヮヵ", "ｱ ヮヵ"),
        ] {
            assert_eq!(to_half_width(reading), narrow);
            assert_eq!(to_katakana(narrow), reading.replace('　', " "));
        }
    }

    #[test]
    fn two_spellings_of_one_name_share_a_search_key() {
        for (one, other) in [
            ("きょう こ", "キヨウコ"),
            ("ｼｹﾝ　ﾊﾅｺ", "しけんはなこ"),
            ("葛\u{E0100}城", "葛城"),
            ("みなみ町１−２", "みなみ町1-2"),
        ] {
            assert_eq!(search_key(one), search_key(other));
        }
        assert_ne!(search_key("髙橋"), search_key("高橋"));
    }

    #[test]
    fn only_readings_stand_on_the_reading_line() {
        assert!(is_reading("シケン　ハナコ"));
        assert!(is_reading("NGUYEN VAN A"));
        assert!(!is_reading("試験花子"));
        assert!(!is_reading("しけん"));
    }
}
