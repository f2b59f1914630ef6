//! The key that a reader shows the server it belongs to.

use std::fmt;
use std::str::FromStr;

use zeroize::Zeroizing;

/// A reader's name in `devices.toml` and the secret it shares with the office.
/// The office works the secret out from its own key; nothing of it is stored.
#[derive(Clone)]
pub struct LinkKey {
    reader: String,
    secret: Zeroizing<[u8; 32]>,
}

/// A text is not a reader's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a reader's key: it is one line, NAME:64 hexadecimal digits")]
pub struct NotAKey;

impl LinkKey {
    /// The key of `reader`.
    pub fn new(reader: &str, secret: [u8; 32]) -> Self {
        Self { reader: reader.to_owned(), secret: Zeroizing::new(secret) }
    }

    /// The reader's name in `devices.toml`.
    pub fn reader(&self) -> &str {
        &self.reader
    }

    pub(super) fn secret(&self) -> &[u8; 32] {
        &self.secret
    }

    /// The line that goes into the file at the reader's PC.
    pub fn to_line(&self) -> Zeroizing<String> {
        use fmt::Write;
        let mut line = Zeroizing::new(format!("{}:", self.reader));
        for byte in self.secret.iter() {
            // Writing to a string does not fail.
            let _ = write!(line, "{byte:02x}");
        }
        line
    }
}

impl FromStr for LinkKey {
    type Err = NotAKey;

    fn from_str(line: &str) -> Result<Self, NotAKey> {
        let (reader, digits) = line.trim().split_once(':').ok_or(NotAKey)?;
        if reader.is_empty() || digits.len() != 64 || !digits.is_ascii() {
            return Err(NotAKey);
        }
        let mut secret = Zeroizing::new([0; 32]);
        for (byte, at) in secret.iter_mut().zip((0..64).step_by(2)) {
            *byte = u8::from_str_radix(&digits[at..at + 2], 16).map_err(|_| NotAKey)?;
        }
        Ok(Self { reader: reader.to_owned(), secret })
    }
}

impl fmt::Debug for LinkKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LinkKey({})", self.reader)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_one_line_and_comes_back_from_it() {
        let key = LinkKey::new("reader-2", std::array::from_fn(|at| at as u8));
        let line = key.to_line();
        assert!(line.starts_with("reader-2:000102"), "{}", *line);
        let again: LinkKey = format!("{}\n", *line).parse().unwrap();
        assert_eq!((again.reader(), again.secret()), (key.reader(), key.secret()));
        assert_eq!(format!("{key:?}"), "LinkKey(reader-2)");
        for broken in [
            "",
            "reader-2",
            "reader-2:00",
            &format!(":{}", "0".repeat(64)),
            &format!("r:{}", "é".repeat(32)),
        ] {
            assert_eq!(broken.parse::<LinkKey>().unwrap_err(), NotAKey, "{broken}");
        }
    }
}
