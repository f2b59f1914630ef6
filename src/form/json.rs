//! JSON in which every key stands once.
//!
//! A parser usually keeps the last of two equal keys in silence; on a form that
//! would print one of two answers, and nobody would know which was meant.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use serde_json::{Map, Value};

/// Why a text is not taken, for whoever wrote it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{line}行{column}桁目：{what}")]
pub struct Error {
    /// 1 first.
    pub line: usize,
    /// In bytes, 1 first; 0 where the line has not begun.
    pub column: usize,
    what: String,
}

/// Reads a document; a byte order mark before it is passed over.
///
/// # Errors
/// What is no JSON, and an object with a key twice.
pub fn parse(text: &str) -> Result<Value, Error> {
    let mut reader = serde_json::Deserializer::from_str(text.trim_start_matches('\u{FEFF}'));
    let value = Once.deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        let (line, column) = (error.line(), error.column());
        let what = match error.classify() {
            // The one refusal of our own; the parser adds the place to it.
            Category::Data => {
                let (place, told) = (format!(" at line {line} column {column}"), error.to_string());
                told.strip_suffix(&place).unwrap_or(&told).to_owned()
            }
            Category::Eof => "途中で終わっています".to_owned(),
            Category::Syntax | Category::Io => "JSON の書き方ではありません".to_owned(),
        };
        Self { line, column, what }
    }
}

struct Once;

impl<'de> DeserializeSeed<'de> for Once {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Once {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<Value, A::Error> {
        let mut read = Vec::new();
        while let Some(row) = rows.next_element_seed(Once)? {
            read.push(row);
        }
        Ok(read.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut read = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if read.contains_key(&key) {
                return Err(A::Error::custom(format_args!("キー「{key}」が2度書かれています")));
            }
            let value = entries.next_value_seed(Once)?;
            read.insert(key, value);
        }
        Ok(read.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_json_reads_as_it_always_does() {
        let text = r#"{"a": [1, -2, 2.5, "x", true, null, {}], "b": {"a": 1}}"#;
        assert_eq!(parse(text).unwrap(), serde_json::from_str::<Value>(text).unwrap());
        assert_eq!(parse("\u{FEFF}{}").unwrap(), Value::Object(Map::new()));
        assert!(parse("{} {}").is_err() && parse("").is_err());
    }

    #[test]
    fn a_key_that_stands_twice_is_refused_at_any_depth() {
        for text in [r#"{"a": 1, "a": 1}"#, r#"[{"b": {"a": 1, "c": 2, "a": 3}}]"#] {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.ends_with("桁目：キー「a」が2度書かれています"), "{error}");
        }
    }

    #[test]
    fn what_is_no_json_is_told_with_its_place() {
        let told = |text| parse(text).unwrap_err().to_string();
        assert_eq!(told("{\n \"a\": x}"), "2行7桁目：JSON の書き方ではありません");
        assert_eq!(told("{\"a\": [1"), "1行8桁目：途中で終わっています");
    }
}
