//! Dates as registers print them, taken apart for whoever reads dates.

use unicode_normalization::UnicodeNormalization;

use crate::wareki::Era;

/// Era (`showa`, or `western`), year, month and day of `平成5年5月14日`, `H05.5.14`,
/// `昭12/3/月日不詳` … `1993/5/14`. `None` for what is written in digits alone or otherwise.
pub fn parts(text: &str) -> Option<[String; 4]> {
    let text: String = text.nfkc().filter(|letter| !letter.is_whitespace()).collect();
    let (era, rest) = match era(&text) {
        Some((era, rest)) => (era.id(), rest),
        None => ("western", text.as_str()),
    };
    let rest = rest.trim_end_matches('日').replace("月日不詳", "").replace("日不詳", "");
    let mut parts = rest.split(['年', '月', '.', '/', '-', '・']).map(str::trim);
    let year = parts.next()?.replace('元', "1");
    let [month, day] = [(); 2].map(|()| parts.next().unwrap_or_default());
    // 00 stands for what is not known.
    let known = |part: &str| part.trim_start_matches('0').to_owned();
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let sound = parts.all(str::is_empty)
        && !year.is_empty()
        && [year.as_str(), month, day].into_iter().all(is_number)
        && (era != "western" || (year.len() == 4 && !month.is_empty()));
    sound.then(|| [era.to_owned(), known(&year), known(month), known(day)])
}

/// The era a text begins with, and what follows.
fn era(text: &str) -> Option<(Era, &str)> {
    Era::ALL.into_iter().find_map(|era| {
        let (kanji, roman) = (era.kanji(), &era.roman()[..1]);
        let first = &kanji[..kanji.chars().next().map_or(0, char::len_utf8)];
        let names = [kanji, first, roman];
        let small = roman.to_ascii_lowercase();
        let mut names = names.into_iter().chain([small.as_str()]);
        names.find_map(|name| text.strip_prefix(name)).map(|rest| (era, rest))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_taken_apart_however_a_register_prints_it() {
        for (text, expected) in [
            ("平成5年5月14日", "heisei 5 5 14"),
            ("平成０５年０５月１４日", "heisei 5 5 14"),
            ("H05.05.14", "heisei 5 5 14"),
            ("平 5. 5.14", "heisei 5 5 14"),
            ("令和元年5月1日", "reiwa 1 5 1"),
            ("S64/1/7", "showa 64 1 7"),
            ("s64-1-7", "showa 64 1 7"),
            ("明45・7・29", "meiji 45 7 29"),
            ("大正15年12月24日", "taisho 15 12 24"),
            ("1993/5/14", "western 1993 5 14"),
            ("1993年05月14日", "western 1993 5 14"),
            ("1993-05-14", "western 1993 5 14"),
            ("昭和25年月日不詳", "showa 25  "),
            ("昭和25年3月日不詳", "showa 25 3 "),
            ("S25.03.00", "showa 25 3 "),
        ] {
            assert_eq!(parts(text).unwrap().join(" "), expected, "{text}");
        }
    }

    #[test]
    fn other_words_are_no_date() {
        for text in
            ["", "4050514", "19930514", "不明", "平成", "H5.5.14.1", "江戸5年1月1日", "93/5/14"]
        {
            assert_eq!(parts(text), None, "{text}");
        }
    }
}
