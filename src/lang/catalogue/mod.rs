//! The words of the screens: `templates/locales/<lang>.toml`, inside the program.
//!
//! Nested tables become dotted keys. A page that asks for words nobody wrote
//! shows the Japanese ones, or the key, and never fails; the tests below see to
//! it that this does not happen.

use std::collections::BTreeMap;
use std::fmt::{Display, Write};
use std::sync::LazyLock;

use super::Lang;

/// The words of every language by key.
#[derive(Debug)]
pub struct Catalogue(BTreeMap<Lang, BTreeMap<String, String>>);

/// The words of one language, as pages use them.
#[derive(Clone, Copy, Debug)]
pub struct Phrases {
    catalogue: &'static Catalogue,
    lang: Lang,
}

/// Why a file is no catalogue.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Toml(#[from] toml::de::Error),
    #[error("{key} is not a text")]
    NotAText { key: String },
}

static SHIPPED: LazyLock<Catalogue> = LazyLock::new(|| {
    Catalogue::read(|lang| match lang {
        Lang::Ja => include_str!("../../../templates/locales/ja.toml"),
        Lang::En => include_str!("../../../templates/locales/en.toml"),
    })
    .expect("the shipped files are read by a test")
});

impl Catalogue {
    /// The words that are part of the program.
    pub fn shipped() -> &'static Catalogue {
        &SHIPPED
    }

    /// Reads one file for each language.
    fn read<'t>(text_of: impl Fn(Lang) -> &'t str) -> Result<Catalogue, Error> {
        let read = |lang| {
            let table: toml::Table = toml::from_str(text_of(lang))?;
            let mut words = BTreeMap::new();
            flatten("", table, &mut words)?;
            Ok((lang, words))
        };
        Lang::ALL.into_iter().map(read).collect::<Result<_, _>>().map(Catalogue)
    }

    /// The words of one language.
    pub fn phrases(&'static self, lang: Lang) -> Phrases {
        Phrases { catalogue: self, lang }
    }

    /// The words at `key`; where they are missing the Japanese ones, else the key.
    pub fn t<'k>(&'k self, lang: Lang, key: &'k str) -> &'k str {
        [lang, Lang::Ja]
            .iter()
            .find_map(|lang| self.0.get(lang)?.get(key))
            .map_or(key, String::as_str)
    }

    /// The words at `key` with its placeholders filled.
    pub fn text<V: Display>(&self, lang: Lang, key: &str, values: &[(&str, V)]) -> String {
        fill(self.t(lang, key), values)
    }
}

impl Phrases {
    /// The words of the language these are in.
    pub fn of(lang: Lang) -> Phrases {
        Catalogue::shipped().phrases(lang)
    }

    /// The language.
    pub fn lang(self) -> Lang {
        self.lang
    }

    /// The words at `key`.
    pub fn t<'k>(&self, key: &'k str) -> &'k str {
        self.catalogue.t(self.lang, key)
    }

    /// Every key that begins with `prefix`, with its words: for a page that speaks
    /// by itself.
    pub fn under(self, prefix: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
        let all = self.catalogue.0.get(&self.lang).into_iter().flatten();
        let keys = all.filter(move |(key, _)| key.starts_with(prefix));
        keys.map(|(key, words)| (key.as_str(), words.as_str()))
    }

    /// The words at `key`, each `{name}` in them replaced by its value.
    pub fn with<V: Display>(&self, key: &str, values: &[(&str, V)]) -> String {
        self.catalogue.text(self.lang, key, values)
    }
}

/// Replaces every `{name}` that has a value, in one pass: a value that itself
/// holds braces, a resident's entry perhaps, is shown as it is.
fn fill<V: Display>(words: &str, values: &[(&str, V)]) -> String {
    let mut filled = String::with_capacity(words.len());
    let mut rest = words;
    while let Some((before, name, after)) = next_placeholder(rest) {
        filled.push_str(before);
        match values.iter().find(|(known, _)| *known == name) {
            Some((_, value)) => {
                let _ = write!(filled, "{value}");
            }
            None => {
                let _ = write!(filled, "{{{name}}}");
            }
        }
        rest = after;
    }
    filled + rest
}

/// What stands before the first `{name}`, the name, and what stands after it.
fn next_placeholder(words: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = words.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

fn flatten(
    prefix: &str,
    table: toml::Table,
    words: &mut BTreeMap<String, String>,
) -> Result<(), Error> {
    for (key, value) in table {
        let key = if prefix.is_empty() { key } else { format!("{prefix}.{key}") };
        match value {
            toml::Value::String(text) => {
                words.insert(key, text);
            }
            toml::Value::Table(table) => flatten(&key, table, words)?,
            _ => return Err(Error::NotAText { key }),
        }
    }
    Ok(())
}

#[cfg(test)]
mod parity;

#[cfg(test)]
mod tests {
    use super::*;

    fn catalogue() -> Catalogue {
        Catalogue::read(|lang| match lang {
            Lang::Ja => "[a]\nhello = \"{name}さん、{count}件\"\nonly = \"日本語だけ\"",
            Lang::En => "[a]\nhello = \"{count} for {name}\"",
        })
        .unwrap()
    }

    #[test]
    fn words_are_found_by_their_dotted_key_and_filled() {
        let values = [("name", "窓子".to_owned()), ("count", 3.to_string())];
        assert_eq!(catalogue().text(Lang::Ja, "a.hello", &values), "窓子さん、3件");
        assert_eq!(catalogue().text(Lang::En, "a.hello", &values), "3 for 窓子");
    }

    #[test]
    fn missing_words_show_as_japanese_or_as_their_key() {
        assert_eq!(catalogue().t(Lang::En, "a.only"), "日本語だけ");
        assert_eq!(catalogue().t(Lang::En, "a.nowhere"), "a.nowhere");
    }

    #[test]
    fn a_value_with_braces_is_shown_as_it_is() {
        let values = [("name", "{count}"), ("count", "3")];
        assert_eq!(catalogue().text(Lang::Ja, "a.hello", &values), "{count}さん、3件");
        assert_eq!(fill("{a {b} c", &[("b", 1)]), "{a {b} c");
        assert_eq!(fill("open {", &[("b", 1)]), "open {");
    }

    #[test]
    fn a_number_is_no_words() {
        let error = Catalogue::read(|_| "[a]\nb = 1").unwrap_err();
        assert_eq!(error.to_string(), "a.b is not a text");
    }
}
