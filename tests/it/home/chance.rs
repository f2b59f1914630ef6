//! What somebody may enter, likely and unlikely, from a seed.

use madoguchi::config::Config;
use madoguchi::form::questions::AskQuestion;
use madoguchi::form::template::{Days, Kind, Question};

/// The fields of a page, as a form sends them.
pub type Fields = Vec<(String, String)>;

/// The same for the same seed, on every machine.
pub struct Chance {
    state: u64,
    words: Vec<String>,
}

/// What nobody should enter, and what only looks so.
const ODD: &[&str] = &[
    "",
    " ",
    "　",
    "\u{FE0F}",
    "\u{3164}",
    "\u{AD}",
    "か\u{3099}",
    "ｶﾞｯﾂ",
    "ﾊﾟﾅｿﾆﾂｸ ｼﾞﾞ",
    "ﾞ",
    "キョウ・コ",
    "Nguyen O'Neil-Smith, Jr.",
    "\u{202E}ba",
    "a\u{200B}b",
    "\u{7}",
    "\u{85}a\u{85}",
    "\u{FEFF}a",
    "a\tb",
    "123456789018",
    "1234 - 5678 - 9018",
    "（１２３４）（５６７８）（９０１８）",
    "123456789012",
    "12345678901801",
    "0000-1234-5678-9018",
    "□",
    "𠮷\u{E0100}",
    "\u{FA19}",
    "👨‍👩‍👧",
    "-",
    "0",
    "＋１",
];
const NUMBERS: &[&str] = &[
    "0",
    "1",
    "2",
    "3",
    "6",
    "7",
    "+2",
    "-1",
    "１",
    "007",
    "99",
    "100",
    "1.5",
    "x",
    "18446744073709551616",
    "",
];
const YEARS: &[&str] = &[
    "1", "2", "5", "8", "31", "45", "64", "65", "元", "２０", "0", "+3", "-3", "256", "1872",
    "1873", "1989", "2019", "2026", "2027", "2200", "2201", "x", "",
];
const MONTHS: &[&str] = &["1", "2", "4", "5", "11", "12", "０７", "0", "13", "+1", "300", "x", ""];
const DAYS: &[&str] = &["1", "8", "20", "25", "28", "29", "30", "31", "0", "32", "７", "x", ""];
const ERAS: &[&str] =
    &["meiji", "taisho", "showa", "heisei", "reiwa", "western", "western", "heisei", "", "edo"];
const DATES: &[&str] = &[
    "4050101",
    "1993-01-01",
    "19930101",
    "1993-05",
    "1993",
    "4010107",
    "3640108",
    "5010501",
    "2150000",
    "19890000",
    "1993-13-01",
    "1993-02-30",
    "0000-00-00",
    "１９９３０１０１",
    "x",
    "9050101",
    "1600101",
    "2026-11-25",
    "2027-11-25",
    "2028-01-01",
    "18721231",
];
const NEAR: &[&str] =
    &["2026-05-30", "2026-11-25", "2026-12-01", "2027-11-27", "2029-03-02", "2026-11", ""];
const PHONES: &[&str] = &[
    "090-0000-0101",
    "０９０ー００００ー０１０１",
    "(0123)45-6789",
    "0900000101",
    "9000000101",
    "090-0000",
    "03 0000 0000",
    "--",
    "",
];
const POSTALS: &[&str] =
    &["999-0002", "9990002", "〒９９９－０００２", "〒 9990002", "99-90002", "999-00021", "x", ""];
const DIGITS: &[&str] = &[
    "0012345",
    "００１２－３４５",
    "12 345 678",
    "12345",
    "12345678901",
    "123456789018",
    "12a456",
    "",
];

impl Chance {
    /// From this seed, with the names and addresses of the invented residents.
    pub fn of(seed: u64) -> Self {
        let demo = Config::load("kiosk-config/example".as_ref()).unwrap().demo;
        let people = demo.households.iter().flat_map(|household| {
            let people = household.people.iter();
            let words = people.flat_map(|one| [Some(one.name.to_string()), one.kana.clone()]);
            words.flatten().chain([household.address.clone()])
        });
        let words = people.filter(|words| !words.contains('□')).collect();
        Self { state: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1, words }
    }

    /// Below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        (self.state % limit as u64) as usize
    }

    /// Once in so many times.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of several.
    pub fn one_of<'t, T>(&mut self, all: &'t [T]) -> &'t T {
        &all[self.below(all.len())]
    }

    fn word(&mut self, all: &[&str]) -> String {
        (*self.one_of(all)).to_owned()
    }

    /// Everything that may be entered for a question of its kind, page by page.
    pub fn everything(&self, question: &Question) -> Vec<Fields> {
        let path = &question.id;
        let one = |entry: &str| vec![(path.clone(), entry.to_owned())];
        let ids = || question.options.iter().map(|option| option.id.as_str());
        let long = ["あ".repeat(60), "ア".repeat(130), "か\u{3099}".repeat(56)];
        match question.kind {
            Kind::Date => {
                let part = |name: &str, entry: &str| (format!("{path}.{name}"), entry.to_owned());
                let parts = |era: &str, year: &str, month: &str, day: &str| {
                    vec![
                        part("era", era),
                        part("year", year),
                        part("month", month),
                        part("day", day),
                    ]
                };
                let years = ERAS.iter().flat_map(|era| YEARS.iter().map(move |year| (*era, *year)));
                let years = years.map(|(era, year)| parts(era, year, "5", "1"));
                let days =
                    MONTHS.iter().flat_map(|month| DAYS.iter().map(move |day| (*month, *day)));
                let days = days.flat_map(|(month, day)| {
                    [parts("heisei", "31", month, day), parts("western", "2026", month, day)]
                });
                let typed = DATES.iter().chain(NEAR).map(|entry| one(entry));
                years.chain(days).chain(typed).collect()
            }
            Kind::Multi => ids().chain(["nowhere", ""]).map(one).chain([Fields::new()]).collect(),
            Kind::Copies => {
                let count =
                    |id: &str, count: &str| vec![(format!("{path}.{id}"), count.to_owned())];
                let counts = NUMBERS.iter().flat_map(|entry| ids().map(move |id| count(id, entry)));
                counts.chain([count("nowhere", "1")]).collect()
            }
            Kind::Choice | Kind::Flag => {
                ids().chain(["yes", "no", "nowhere", ""]).map(one).chain([Fields::new()]).collect()
            }
            Kind::Number | Kind::FiscalYear => {
                NUMBERS.iter().chain(YEARS).map(|entry| one(entry)).collect()
            }
            Kind::Phone => PHONES.iter().chain(ODD).map(|entry| one(entry)).collect(),
            Kind::Postal => POSTALS.iter().chain(ODD).map(|entry| one(entry)).collect(),
            Kind::Digits => DIGITS.iter().chain(ODD).map(|entry| one(entry)).collect(),
            _ => {
                let words = self.words.iter().map(String::as_str);
                let odd = ODD.iter().copied().chain(long.iter().map(String::as_str));
                odd.chain(words).map(one).collect()
            }
        }
    }

    /// What is entered for one question.
    pub fn enter(&mut self, ask: &AskQuestion<'_>, fields: &mut Fields) {
        let path = ask.path().to_owned();
        let question = ask.question;
        // A day that is planned or has happened is near today.
        if matches!(question.days, Some(Days::Near | Days::Happened)) && self.once_in(2) {
            return fields.push((path, self.word(NEAR)));
        }
        match question.kind {
            Kind::Multi => {
                for option in &ask.options {
                    if self.once_in(2) {
                        fields.push((path.clone(), option.id.clone()));
                    }
                }
                if self.once_in(12) {
                    fields.push((path, "nowhere".to_owned()));
                }
            }
            Kind::Copies => {
                for option in &question.options {
                    let count = self.copies();
                    fields.push((format!("{path}.{}", option.id), count));
                }
            }
            Kind::Date if !self.once_in(5) => {
                let (year, month, day) = (self.word(YEARS), self.word(MONTHS), self.word(DAYS));
                for (part, entry) in
                    [("era", self.word(ERAS)), ("year", year), ("month", month), ("day", day)]
                {
                    fields.push((format!("{path}.{part}"), entry));
                }
            }
            _ => {
                // A radio button that nobody pressed sends nothing.
                if let Some(entry) = self.entry(ask, question) {
                    fields.push((path, entry));
                }
            }
        }
    }

    fn copies(&mut self) -> String {
        if self.once_in(4) { self.word(NUMBERS) } else { self.below(3).to_string() }
    }

    fn entry(&mut self, ask: &AskQuestion<'_>, question: &Question) -> Option<String> {
        let odd = self.once_in(4);
        Some(match question.kind {
            Kind::Choice | Kind::Flag if self.once_in(10) => return None,
            Kind::Flag => self.word(if odd { &["yes", "no", "maybe", ""] } else { &["yes", "no"] }),
            Kind::Choice if odd => {
                let all = question.options.iter().map(|option| option.id.clone());
                self.one_of(&all.chain(["nowhere".to_owned()]).collect::<Vec<_>>()).clone()
            }
            Kind::Choice => match ask.options.is_empty() {
                true => return None,
                false => self.one_of(&ask.options).id.clone(),
            },
            Kind::FiscalYear => {
                self.word(&["2026", "2025", "2022", "2021", "2027", "２０２６", "x", "1800", ""])
            }
            Kind::Date if odd => self.word(DATES),
            Kind::Date => "1993-05-14".to_owned(),
            Kind::Number if odd => self.word(NUMBERS),
            Kind::Number => (1 + self.below(4)).to_string(),
            Kind::Phone => self.word(if odd { PHONES } else { &PHONES[..4] }),
            Kind::Postal => self.word(if odd { POSTALS } else { &POSTALS[..3] }),
            Kind::Digits => self.word(if odd { DIGITS } else { &DIGITS[..3] }),
            _ if odd => self.odd_words(),
            _ => {
                let words = std::mem::take(&mut self.words);
                let one = self.one_of(&words).clone();
                self.words = words;
                one
            }
        })
    }

    fn odd_words(&mut self) -> String {
        match self.below(6) {
            0 => "あ".repeat(self.below(210)),
            1 => format!("{}{}", self.word(ODD), self.word(ODD)),
            2 => format!("　{} ", self.word(ODD)),
            _ => self.word(ODD),
        }
    }
}
