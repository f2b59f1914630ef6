//! What is asked of whoever books: as little as the service needs.

use serde::{Deserialize, Serialize};

use super::Error;
use super::plan::{Ask, Service};
use crate::form::input::{self, InputError};
use crate::kana;

/// The most letters of a reading.
const NAME_CHARS_MAX: usize = 80;

/// What somebody told of themselves. Sealed wherever it is kept.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The reading of the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

impl Told {
    /// What was typed, as far as the service asks for it; the rest is dropped unread.
    ///
    /// # Errors
    /// [`Error::Entry`] with the field that is at fault.
    pub fn typed(service: &Service, name: &str, phone: &str) -> Result<Self, Error> {
        let asked = |ask, field: &'static str, read: &dyn Fn() -> Result<String, InputError>| {
            let entered = service.asks.contains(&ask).then(read).transpose();
            entered.map_err(|error| Error::Entry { field, error })
        };
        Ok(Self {
            name: asked(Ask::Name, "name", &|| input::reading(name, NAME_CHARS_MAX))?,
            phone: asked(Ask::Phone, "phone", &|| input::telephone(phone))?,
        })
    }

    /// Whether nothing was asked.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether `typed` finds this person: part of the reading, or the last digits
    /// of the telephone number.
    pub fn is_found_by(&self, typed: &str) -> bool {
        let key = kana::search_key(typed);
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let number = digits(&key);
        let is_number = number.len() >= 4 && number.len() == key.replace('-', "").len();
        let named = self.name.as_deref().is_some_and(|name| kana::search_key(name).contains(&key));
        let called = self.phone.as_deref().is_some_and(|phone| digits(phone).ends_with(&number));
        (!key.is_empty() && named) || (is_number && called)
    }
}

impl std::fmt::Debug for Told {
    /// Nothing personal stands in logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Told(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(asks: &str) -> Service {
        toml::from_str(&format!(
            "id = \"a\"\nname = {{ ja = \"相談\", en = \"Advice\" }}\nslot_minutes = 30\n\
             seats = 1\nhours = []\nasks = {asks}"
        ))
        .unwrap()
    }

    #[test]
    fn what_is_not_asked_is_dropped_and_what_is_asked_is_needed() {
        let nothing = Told::typed(&service("[]"), "しけん　はなこ", "090-0000-0101").unwrap();
        assert!(nothing.is_empty());
        let both = service("[\"name\", \"phone\"]");
        let told = Told::typed(&both, "しけん　はなこ", "０９０ー００００ー０１０１").unwrap();
        assert_eq!(told.name.as_deref(), Some("シケン　ハナコ"));
        assert_eq!(told.phone.as_deref(), Some("090-0000-0101"));
        for (name, phone, field, code) in [
            ("", "090-0000-0101", "name", "input.required"),
            ("試験　花子", "090-0000-0101", "name", "input.not_katakana"),
            ("しけん　はなこ", "", "phone", "input.required"),
            ("しけん　はなこ", "110", "phone", "input.not_a_phone"),
        ] {
            let refused = Told::typed(&both, name, phone);
            let Err(Error::Entry { field: at, error }) = refused else { panic!("{name} {phone}") };
            assert_eq!((at, error.code()), (field, code), "{name} {phone}");
        }
    }

    #[test]
    fn somebody_is_found_by_a_part_of_the_name_or_the_end_of_the_number() {
        let told =
            Told::typed(&service("[\"name\", \"phone\"]"), "しけん　はなこ", "090-0000-0101")
                .unwrap();
        for typed in ["はなこ", "シケンハナ", "0101", "090-0000-0101", "０１０１"] {
            assert!(told.is_found_by(typed), "{typed}");
        }
        for typed in ["", "　", "101", "たろう", "0102", "-"] {
            assert!(!told.is_found_by(typed), "{typed}");
        }
        assert_eq!(format!("{told:?}"), "Told(…)");
    }
}
