//! What can be wrong in the layout of a form.

use std::fmt;
use std::path::Path;

/// Something wrong in a `form.toml`.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    pub place: Place,
    pub trouble: Trouble,
}

/// Where in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The field of this id.
    Field(String),
    /// The `[[draw]]` entry of this number, 1 first.
    Draw(usize),
    /// `paper.background`.
    Background,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Trouble {
    #[error("it lies off the page of {0} × {1} mm")]
    OffPage(f32, f32),
    #[error("another field has the same id")]
    SameId,
    #[error("`{0}` is no question of this form, and nothing the counter knows")]
    UnknownPath(String),
    #[error("it has not exactly one shape")]
    OneShape,
    #[error("`{0}` is no option of `{1}`")]
    UnknownOption(String, String),
    #[error("`{0}` is no part of what it is bound to")]
    UnknownPart(String),
    #[error("a name or a reading never wraps")]
    NameWraps,
    #[error("the rectangle is lower than its smallest letters of {0} pt")]
    TooLow(f32),
    #[error("it has no boxes")]
    NoBoxes,
    #[error("the words are larger than their rectangle: {0}")]
    LabelTooLarge(String),
    #[error("no font has {code_point} of: {text}")]
    LabelGlyph { text: String, code_point: String },
    #[error("the background {0}")]
    Background(String),
    #[error("the background is not of the size and orientation of `paper`")]
    BackgroundSize,
    #[error("a form with a background of its own is not drawn on")]
    DrawOnBackground,
}

impl Trouble {
    /// What to write instead; empty where the message says it.
    fn instead(&self) -> &'static str {
        match self {
            Trouble::OffPage(..) => "positions are mm from the upper left corner",
            Trouble::SameId => "give each field its own id",
            Trouble::UnknownPath(_) => {
                "write the id of a question, or a path under applicant, office, town or visit"
            }
            Trouble::OneShape => "write one of text, digits, check, circle and qr",
            Trouble::UnknownOption(..) => "write option ids of the question, or yes and no",
            Trouble::UnknownPart(_) => {
                "write era, year, month, day, wareki, western, first, last, or an option of a \
                 copies question"
            }
            Trouble::NameWraps => "take `wrap` away and give it a wider rectangle",
            Trouble::TooLow(_) => "make the rectangle higher or `min_size` smaller",
            Trouble::NoBoxes => "write a `count` of at least 1",
            Trouble::LabelTooLarge(_) => {
                "make the rectangle or `size` fit, or break the words with \\n"
            }
            Trouble::LabelGlyph { .. } => "write another character, or draw it with lines",
            Trouble::Background(_) => "",
            Trouble::BackgroundSize => "write the size of the PDF in `paper`",
            Trouble::DrawOnBackground => "take the [[draw]] entries or the background away",
        }
    }
}

impl Fault {
    /// The fault as one of `file`, on its line of `text`.
    pub fn in_file(&self, file: &Path, text: &str) -> crate::fault::Fault {
        let line = self.place.line(text);
        crate::fault::Fault::new(file, line, self.to_string(), self.trouble.instead())
    }
}

impl fmt::Display for Fault {
    /// `field name: another field has the same id`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Field(id) => write!(f, "field {id}: {}", self.trouble),
            Place::Draw(number) => write!(f, "draw {number}: {}", self.trouble),
            Place::Background => write!(f, "{}", self.trouble),
        }
    }
}

impl Place {
    /// The line of `text`, 1 first.
    fn line(&self, text: &str) -> Option<usize> {
        let numbered = || text.lines().map(str::trim).zip(1..);
        match self {
            Place::Draw(number) => numbered()
                .filter(|(line, _)| line.starts_with("[[draw]]"))
                .nth(number.checked_sub(1)?)
                .map(|(_, line)| line),
            Place::Background => {
                numbered().find(|(line, _)| line.contains("background")).map(|(_, line)| line)
            }
            Place::Field(id) => {
                let quoted = [format!("\"{id}\""), format!("'{id}'")];
                let fields = numbered().skip_while(|(line, _)| !line.starts_with("[[field]]"));
                let mut ids = fields.filter(|(line, _)| line.starts_with("id"));
                ids.find(|(line, _)| quoted.iter().any(|id| line.contains(id)))
                    .map(|(_, line)| line)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_told_with_its_line_and_what_to_write_instead() {
        let text = "id = \"name\"\n[[draw]]\n[[draw]]\n[[field]]\nid = \"name\"\n";
        let told = |place, trouble| {
            Fault { place, trouble }.in_file(Path::new("form.toml"), text).to_string()
        };
        assert_eq!(
            told(Place::Field("name".into()), Trouble::SameId),
            "form.toml:5: field name: another field has the same id → give each field its own id"
        );
        assert_eq!(
            told(Place::Draw(2), Trouble::NoBoxes),
            "form.toml:3: draw 2: it has no boxes → write a `count` of at least 1"
        );
    }
}
