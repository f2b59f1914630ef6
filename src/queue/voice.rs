//! What the display says when a number is called: which clips, in which order.
//!
//! The clips were rendered beforehand and lie in `templates/voice`, with tables of
//! what is in each. Numbers are put together from thousands, hundreds and the rest,
//! so that every reading a language changes (三百 さんびゃく, 八千 はっせん) is a clip of its
//! own, and the last part carries the words that follow it (十二番の方). The page plays
//! the list as it is and knows no rule.

use serde::Deserialize;

/// In what languages the display calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Voice {
    /// It chimes only.
    #[default]
    Off,
    /// It makes no sound at all, and wants none: a small branch, a library.
    Silent,
    Ja,
    /// Japanese, and English after it.
    JaEn,
}

/// The largest number, of tickets and of counters, that there are clips for.
const LARGEST: u32 = 9_999;
const LARGEST_COUNTER: u32 = 999;

impl Voice {
    /// The languages in the order they are spoken.
    pub fn languages(self) -> &'static [&'static str] {
        match self {
            Voice::Off | Voice::Silent => &[],
            Voice::Ja => &["ja"],
            Voice::JaEn => &["ja", "en"],
        }
    }

    /// The clips that call `prefix` `number` to `counter`, each as language and
    /// name: `ja/person-12`. None for what cannot be said whole; that is chimed.
    pub fn clips(self, prefix: &str, number: u32, counter: u32) -> Vec<String> {
        let is_letter = prefix.len() == 1 && prefix.chars().all(|c| c.is_ascii_uppercase());
        let is_sayable = is_letter
            && (1..=LARGEST).contains(&number)
            && (1..=LARGEST_COUNTER).contains(&counter);
        if !is_sayable {
            return Vec::new();
        }
        let ticket = format!("ticket-{}", prefix.to_ascii_lowercase());
        let say = |&language: &&'static str| {
            let names = match language {
                "ja" => japanese(&ticket, number, counter),
                _ => english(&ticket, number, counter),
            };
            names.into_iter().map(move |name| format!("{language}/{name}"))
        };
        self.languages().iter().flat_map(say).collect()
    }
}

/// 番号札 A、312 番の方、3 番窓口へ、お越しください。
fn japanese(ticket: &str, number: u32, counter: u32) -> Vec<String> {
    let mut said = vec![ticket.to_owned()];
    for (number, what) in [(number, "person"), (counter, "counter")] {
        let mut parts = parts(number);
        let last = parts.pop().unwrap_or_default();
        said.extend(parts.into_iter().map(count));
        said.push(format!("{what}-{last}"));
    }
    said.push("come".to_owned());
    said
}

/// Number A, 312, please come to counter 3.
fn english(ticket: &str, number: u32, counter: u32) -> Vec<String> {
    let mut said = vec![ticket.to_owned()];
    said.extend(parts(number).into_iter().map(count));
    said.push("to".to_owned());
    said.extend(parts(counter).into_iter().map(count));
    said
}

/// 2312 as 2000, 300 and 12; what is nothing is not said.
fn parts(number: u32) -> Vec<u32> {
    let parts = [number / 1_000 * 1_000, number % 1_000 / 100 * 100, number % 100];
    parts.into_iter().filter(|&part| part > 0).collect()
}

fn count(part: u32) -> String {
    match part {
        1_000.. => format!("thousand-{}", part / 1_000),
        100.. => format!("hundred-{}", part / 100),
        _ => format!("count-{part}"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    const TABLES: [(&str, &str, &[u8]); 2] = [
        (
            "ja",
            include_str!("../../templates/voice/ja.tsv"),
            include_bytes!("../../templates/voice/ja.ogg"),
        ),
        (
            "en",
            include_str!("../../templates/voice/en.tsv"),
            include_bytes!("../../templates/voice/en.ogg"),
        ),
    ];

    /// What the synthesiser read when it rendered a clip, by its name.
    fn readings() -> BTreeMap<String, &'static str> {
        let row = |(language, row): (&str, &'static str)| {
            let columns: Vec<_> = row.split('\t').collect();
            (format!("{language}/{}", columns[0]), columns[2])
        };
        let rows = |&(language, table, _): &(&'static str, &'static str, &[u8])| {
            table.lines().map(move |row| (language, row))
        };
        TABLES.iter().flat_map(rows).map(row).collect()
    }

    #[test]
    fn a_call_is_said_in_this_order() {
        for (voice, prefix, number, counter, clips) in [
            (Voice::Off, "A", 12, 3, ""),
            (Voice::Ja, "A", 12, 3, "ja/ticket-a ja/person-12 ja/counter-3 ja/come"),
            (Voice::Ja, "Z", 300, 100, "ja/ticket-z ja/person-300 ja/counter-100 ja/come"),
            (
                Voice::Ja,
                "B",
                1_312,
                215,
                "ja/ticket-b ja/thousand-1 ja/hundred-3 ja/person-12 ja/hundred-2 \
                 ja/counter-15 ja/come",
            ),
            (
                Voice::JaEn,
                "A",
                12,
                3,
                "ja/ticket-a ja/person-12 ja/counter-3 ja/come \
                 en/ticket-a en/count-12 en/to en/count-3",
            ),
            // What there are no clips for is said nowhere, not even in part.
            (Voice::JaEn, "A", 10_000, 3, ""),
            (Voice::JaEn, "A", 0, 3, ""),
            (Voice::JaEn, "A", 1, 1_000, ""),
            (Voice::JaEn, "あ", 1, 1, ""),
            (Voice::JaEn, "AB", 1, 1, ""),
        ] {
            let said = voice.clips(prefix, number, counter).join(" ");
            assert_eq!(said, clips, "{voice:?} {prefix}{number} to {counter}");
        }
    }

    #[test]
    fn every_number_is_read_as_people_read_it() {
        let readings = readings();
        let said = |language: &str, prefix, number| -> String {
            let clips = Voice::JaEn.clips(prefix, number, 1).into_iter();
            let own = clips.filter(|clip| clip.starts_with(language)).map(|clip| readings[&clip]);
            own.collect::<Vec<_>>().join(if language == "en" { " " } else { "" })
        };
        for (prefix, number, kana) in [
            ("A", 1, "エーイチ"),
            ("C", 4, "シーヨン"),
            ("F", 7, "エフナナ"),
            ("H", 9, "エイチキュー"),
            ("W", 10, "ダブリュージュー"),
            ("A", 14, "エージューヨン"),
            ("A", 20, "エーニジュー"),
            ("A", 100, "エーヒャク"),
            ("A", 101, "エーヒャクイチ"),
            ("A", 300, "エーサンビャク"),
            ("A", 310, "エーサンビャクジュー"),
            ("A", 600, "エーロッピャク"),
            ("A", 666, "エーロッピャクロクジューロク"),
            ("A", 800, "エーハッピャク"),
            ("A", 1_000, "エーセン"),
            ("A", 1_100, "エーセンヒャク"),
            ("A", 3_003, "エーサンゼンサン"),
            ("Z", 8_888, "ゼットハッセンハッピャクハチジューハチ"),
        ] {
            let whole = format!("バンゴーフダ{kana}バンノカタイチバンマドグチエオコシクダサイ");
            assert_eq!(said("ja", prefix, number), whole);
        }
        let english = "n ah m b er ey th r iy hh ah n d r ax d t w eh l v \
             p l iy z k ah m t ax k aw n t er w ah n";
        assert_eq!(said("en", "A", 312), english);
    }

    #[test]
    fn there_is_a_clip_for_everything_that_is_said_and_none_for_anything_else() {
        let letters: Vec<String> = ('A'..='Z').map(String::from).collect();
        let tickets = letters.iter().map(|letter| (letter.as_str(), 1, 1));
        let numbers = (1..=LARGEST).map(|number| ("A", number, 1));
        let counters = (1..=LARGEST_COUNTER).map(|counter| ("A", 1, counter));
        let calls = tickets.chain(numbers).chain(counters);
        let said: BTreeSet<String> = calls
            .flat_map(|(prefix, number, counter)| Voice::JaEn.clips(prefix, number, counter))
            .collect();
        let there: BTreeSet<String> = readings().into_keys().collect();
        assert_eq!(said, there);
    }

    /// The page cuts the file of a language as the table says.
    #[test]
    fn each_clip_is_a_whole_ogg_file_where_its_table_says() {
        for (language, table, mut sound) in TABLES {
            for row in table.lines() {
                let length: usize = row.rsplit('\t').next().unwrap().parse().unwrap();
                let (clip, rest) = sound.split_at(length);
                // A first page, and a last one: the flags of Ogg's own header.
                let pages: Vec<_> =
                    clip.windows(6).filter(|at| at.starts_with(b"OggS\0")).collect();
                let is_whole = clip.starts_with(b"OggS\0\x02") && pages.last().unwrap()[5] == 4;
                assert!(is_whole, "{language}: {row}");
                sound = rest;
            }
            assert_eq!(sound.len(), 0, "{language}");
        }
    }
}
