//! What serde found wrong, where, and how it is said to the people who write
//! these files: in Japanese, with the key names as they are spelled.

use std::fmt;

use serde::de::{Expected, Unexpected};

use super::place::{Place, Step};

/// One thing that does not fit.
#[derive(Debug)]
pub(super) struct Complaint {
    /// The way to the place, innermost step first.
    steps: Vec<Step>,
    pub(super) kind: Kind,
}

/// What does not fit.
#[derive(Debug)]
pub(super) enum Kind {
    UnknownKey { key: String, known: Vec<&'static str> },
    MissingKey(&'static str),
    UnknownOption { found: String, known: Vec<&'static str> },
    Unfit { found: String, wanted: String },
    Other(String),
}

impl Complaint {
    /// Moves out of a table or an array: `step` leads from there to here.
    pub(super) fn inside(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// Where it is, once the complaint has come all the way out.
    pub(super) fn place(&self) -> Place {
        Place(self.steps.iter().rev().cloned().collect())
    }
}

impl Kind {
    pub(super) fn message(&self) -> String {
        match self {
            Kind::UnknownKey { key, .. } => format!("「{key}」という項目はありません"),
            Kind::MissingKey(key) => format!("必要な項目「{key}」がありません"),
            Kind::UnknownOption { found, .. } => format!("「{found}」は選べません"),
            Kind::Unfit { found, .. } => format!("{found}は書けません"),
            Kind::Other(message) => message.clone(),
        }
    }

    pub(super) fn instead(&self) -> String {
        match self {
            Kind::UnknownKey { key, known } => match nearest(key, known) {
                Some(near) => format!("「{near}」と書きます"),
                None if known.is_empty() => "この行を消してください".to_owned(),
                None => format!("{}。要らなければ消してください", one_of(known)),
            },
            Kind::MissingKey(key) => {
                format!("「{key}」を足してください。見本の設定に書き方があります")
            }
            Kind::UnknownOption { found, known } => match nearest(found, known) {
                Some(near) => format!("「{near}」と書きます"),
                None => one_of(known),
            },
            Kind::Unfit { wanted, .. } => format!("{wanted}を書きます"),
            Kind::Other(_) => String::new(),
        }
    }
}

/// The known word that `typed` was probably meant to be, if one is near.
pub fn nearest<'a>(typed: &str, known: &[&'a str]) -> Option<&'a str> {
    let near = |word: &&&str| strokes_apart(typed, word) <= 1 + typed.chars().count() / 4;
    known.iter().filter(near).min_by_key(|word| strokes_apart(typed, word)).copied()
}

/// Levenshtein distance: letters to insert, drop or change.
fn strokes_apart(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (above, letter) in one.chars().enumerate() {
        let mut corner = std::mem::replace(&mut row[0], above + 1);
        for (at, other) in other.iter().enumerate() {
            let changed = corner + usize::from(letter != *other);
            corner = row[at + 1];
            row[at + 1] = changed.min(corner + 1).min(row[at] + 1);
        }
    }
    row[other.len()]
}

fn one_of(known: &[&str]) -> String {
    let quoted: String = known.iter().map(|word| format!("「{word}」")).collect();
    match known {
        [_] => format!("{quoted}と書きます"),
        _ => format!("{quoted}のどれかを書きます"),
    }
}

fn found(unexpected: Unexpected<'_>) -> String {
    match unexpected {
        Unexpected::Bool(flag) => format!("「{flag}」"),
        Unexpected::Unsigned(number) => format!("数 {number} "),
        Unexpected::Signed(number) => format!("数 {number} "),
        Unexpected::Float(number) => format!("数 {number} "),
        Unexpected::Str(text) => format!("文字列「{text}」"),
        Unexpected::Seq => "[ ] の並び".to_owned(),
        Unexpected::Map => "{ } の組".to_owned(),
        other => other.to_string(),
    }
}

/// serde's own words for what it wanted, in the writer's.
fn wanted(expected: &dyn Expected) -> String {
    match expected.to_string().as_str() {
        "a string" | "a borrowed string" => "「\"」で囲んだ文字列",
        "a boolean" => "true か false ",
        "u8" | "u16" | "u32" | "u64" | "usize" => "0 以上の整数",
        "i8" | "i16" | "i32" | "i64" => "整数",
        "f32" | "f64" => "数",
        "a sequence" => "[ ] で囲んだ並び",
        "a map" => "{ 項目 = 値 } の組",
        "an array of length 2" => "2 個の値の並び",
        "an array of length 4" => "4 個の値の並び",
        words if words.starts_with("struct ") => "{ 項目 = 値 } の組",
        // What is left names types of the program, which say nothing to a writer.
        words if words.contains("enum") || words.contains("variant") => "決まった言葉の一つ",
        words if words.is_ascii() => "見本の同じ項目にあるような値",
        words => return words.to_owned(),
    }
    .to_owned()
}

impl From<Kind> for Complaint {
    fn from(kind: Kind) -> Self {
        Complaint { steps: Vec::new(), kind }
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.kind.message())
    }
}

impl std::error::Error for Complaint {}

impl serde::de::Error for Complaint {
    fn custom<T: fmt::Display>(message: T) -> Self {
        let message = message.to_string();
        if message.contains("untagged enum") {
            let (found, wanted) =
                ("この形の値".to_owned(), "見本の同じ項目にあるような値".to_owned());
            return Kind::Unfit { found, wanted }.into();
        }
        Kind::Other(message).into()
    }

    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Kind::Unfit { found: found(unexpected), wanted: wanted(expected) }.into()
    }

    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(unexpected, expected)
    }

    fn invalid_length(len: usize, expected: &dyn Expected) -> Self {
        Kind::Unfit { found: format!("{len} 個の並び"), wanted: wanted(expected) }.into()
    }

    fn unknown_variant(variant: &str, known: &'static [&'static str]) -> Self {
        Kind::UnknownOption { found: variant.to_owned(), known: known.to_vec() }.into()
    }

    fn unknown_field(key: &str, known: &'static [&'static str]) -> Self {
        Kind::UnknownKey { key: key.to_owned(), known: known.to_vec() }.into()
    }

    fn missing_field(key: &'static str) -> Self {
        Kind::MissingKey(key).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_message_names_a_type_of_the_program() {
        #[derive(Debug, serde::Deserialize)]
        enum Size {
            Small,
        }
        #[derive(Debug, serde::Deserialize)]
        #[serde(untagged)]
        #[expect(dead_code, reason = "only its reading is looked at")]
        enum Either {
            Words(String),
            Row([u8; 2]),
        }
        #[derive(Debug, serde::Deserialize)]
        struct Town {
            #[serde(rename = "size")]
            _size: Size,
            #[serde(rename = "either")]
            _either: Either,
            #[serde(rename = "founded")]
            _founded: crate::wareki::PartialDate,
        }
        let text = "size = 3\neither = 1.5\nfounded = \"2026-02-30\"";
        let mut document = crate::document::Document::parse(std::path::Path::new("a.toml"), text);
        document.read::<Town>();
        let told: Vec<_> = document.faults().iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "a.toml:1: 数 3 は書けません → 決まった言葉の一つを書きます",
                "a.toml:2: この形の値は書けません → 見本の同じ項目にあるような値を書きます",
                "a.toml:3: 「2026-02-30」という日はありません",
            ]
        );
        let _ = Size::Small;
    }

    #[test]
    fn a_slip_of_the_finger_is_told_from_another_word() {
        let known = ["idle_secs", "warning_secs", "languages"];
        assert_eq!(nearest("idle_sec", &known), Some("idle_secs"));
        assert_eq!(nearest("langauges", &known), Some("languages"));
        assert_eq!(nearest("colour", &known), None);
        assert_eq!(strokes_apart("窓口", "窓"), 1);
        assert_eq!(strokes_apart("", "abc"), 3);
    }
}
