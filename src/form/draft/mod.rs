//! A first `form.toml` for a town's own PDF.
//!
//! What a person sees on the sheet is turned into places for answers: the fields
//! of a fillable PDF; else rows of small boxes, single squares, empty cells beside
//! a label, gaps between printed words (年 月 日), and labelled rules to write on.
//! Every place gets a question, named after its label. What only the town can say (English words, the section, what
//! the form is for) is left empty, and `madoguchi check` lists it: a draft is never
//! taken for a finished form.
//!
//! Lengths here are millimetres from the top left corner of a page.

mod by_hand;
mod cells;
mod hints;
mod labels;
mod names;
mod places;
mod seen;
mod underlines;
mod widgets;
mod write;

#[cfg(test)]
mod tests;

use crate::form::template::Kind;
use crate::pdf::{ImportError, traced};
use seen::Seen;

/// A proposal, and what it rests on.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The text of the `form.toml`.
    pub toml: String,
    /// Places for answers.
    pub fields: usize,
    /// Whether the PDF itself says where answers go.
    pub is_fillable: bool,
    /// Notes, stamps and the like that are not on the sheet any more.
    pub dropped_remarks: usize,
    /// Printed words with room for an answer that got no field: they are listed at
    /// the end of the text.
    pub unclear: usize,
    /// Pages whose words do not stand upright: nothing is proposed on them.
    pub turned_pages: Vec<usize>,
}

/// Why there is no draft.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    #[error("{0}")]
    Import(#[from] ImportError),
    #[error("1 ページ目は {0} × {1} mm です。様式は A3・A4・A5 のどれかです")]
    Size(u32, u32),
}

impl DraftError {
    /// What to do instead.
    pub fn instead(&self) -> &'static str {
        match self {
            DraftError::Import(error) => error.instead(),
            DraftError::Size(..) => "用紙の大きさを A4 などにして、新しい PDF に印刷してください",
        }
    }
}

/// A place on the sheet that is proposed for an answer.
#[derive(Clone, Debug, PartialEq)]
struct Place {
    /// 1 first.
    page: usize,
    /// The words that stand at it; empty when there are none.
    label: String,
    /// What the PDF calls it.
    name: Option<String>,
    shape: Shape,
}

/// `[x, y, width, height]` in mm.
type Rect = [f32; 4];

#[derive(Clone, Debug, PartialEq)]
enum Shape {
    Text {
        rect: Rect,
        several_lines: bool,
        max_chars: Option<u32>,
    },
    /// マス目
    Digits {
        rect: Rect,
        count: u32,
    },
    /// 〒: three boxes and four.
    Postal {
        first: Rect,
        last: Rect,
    },
    /// One box: yes or nothing.
    Check(Mark),
    /// Several boxes that belong together; `one` when they exclude each other.
    Checks {
        marks: Vec<Mark>,
        one: bool,
    },
    /// One of a list, written out.
    List {
        rect: Rect,
        options: Vec<String>,
    },
    /// One value in the gaps between printed words: what of it goes where, and the
    /// printed eras that one gets a ring of.
    Parts {
        kind: Kind,
        parts: Vec<(&'static str, Rect)>,
        eras: Vec<(&'static str, Rect)>,
    },
    /// Printed words that one gets a ring of: id, words, place.
    Circles {
        marks: Vec<(&'static str, String, Rect)>,
    },
    /// Printed words with room for an answer that nobody understood: told, not
    /// proposed.
    Unclear {
        rect: Rect,
        words: String,
    },
}

/// A box for a tick.
#[derive(Clone, Debug, PartialEq)]
struct Mark {
    label: String,
    /// What the PDF calls the state; empty when it has no name.
    on: String,
    at: [f32; 2],
    size: f32,
}

/// Drafts the form `id` for the PDF `bytes`.
///
/// # Errors
/// The PDF is refused as a sheet, or has another size.
pub fn draft(id: &str, bytes: &[u8]) -> Result<Draft, DraftError> {
    let traced = traced(bytes)?;
    let pages: Vec<Seen> = traced.iter().map(Seen::of).collect();
    let first = &pages[0];
    let paper = seen::paper(first.width, first.height)
        .ok_or(DraftError::Size(first.width.round() as u32, first.height.round() as u32))?;
    let is_fillable = traced.iter().any(|page| !page.widgets.is_empty());
    let mut places = Vec::new();
    for (number, (page, traced)) in (1..).zip(pages.iter().zip(&traced)) {
        let of_page = match is_fillable {
            true => widgets::places(number, page, &traced.widgets),
            // Words that lie on their side are beside nothing.
            false if page.is_turned => Vec::new(),
            false => places::places(number, page),
        };
        places.extend(by_hand::kept(page, of_page));
    }
    let title = labels::title(first).unwrap_or_else(|| id.to_owned());
    let (unclear, places): (Vec<Place>, Vec<Place>) =
        places.into_iter().partition(|place| matches!(place.shape, Shape::Unclear { .. }));
    let turned = (1..).zip(&pages).filter(|(_, page)| page.is_turned);
    Ok(Draft {
        toml: write::form(id, &title, paper, &places) + &write::unclear(&unclear),
        fields: places.len(),
        is_fillable,
        dropped_remarks: traced.iter().map(|page| page.remarks).sum(),
        unclear: unclear.len(),
        turned_pages: turned.map(|(number, _)| number).collect(),
    })
}
