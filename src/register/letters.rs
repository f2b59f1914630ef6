//! Bytes of a file as text.

use super::Refused;
use crate::cp932;

/// The text of a file that was saved as UTF-8 or as CP932, what Japanese programs call
/// Shift JIS. A text that says that letters were lost on the way is none.
pub fn read(bytes: &[u8]) -> Result<String, Refused> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.trim_start_matches('\u{FEFF}').to_owned(),
        Err(_) => cp932::read(bytes).ok_or(Refused::Letters)?,
    };
    let lost = |letter: char| letter == '\u{FFFD}' || letter == '\0';
    if text.contains(lost) { Err(Refused::Letters) } else { Ok(text) }
}
