//! Paper: fonts, static sheets and the words and marks written on them. The only
//! room that knows the PDF crates.
//!
//! A [`Sheet`] (lines, boxes, printed words) or a page of a town's own PDF is
//! compiled once into a [`Background`]; a [`Page`] puts words and marks on one;
//! [`document`] writes pages into a file. The same pages give the same bytes. A
//! character that no font has is never drawn as the font's "missing" glyph: it
//! becomes an empty box for the pen, and the caller is told.
//!
//! Lengths here are points from the lower left corner of the page. It does not
//! know forms, answers or people.

mod background;
mod content;
mod coverage;
mod deflate;
mod document;
mod embed;
mod file;
mod fit;
mod font;
mod fonts;
mod glyf;
mod import;
mod object;
#[cfg(test)]
pub(crate) mod others;
mod page;
mod qr;
mod script;
mod sfnt;
mod sheet;
mod slim;
mod slots;
mod subset;
mod wrap;

pub use background::Background;
pub use coverage::{Cluster, Ink, Lack, Lacking};
pub use document::document;
pub use fit::{Align, Area, Fit, Lines, PlacedLine, Valign};
pub use font::{Font, FontError};
pub use fonts::{Face, Fonts};
pub use import::{ImportError, Letter, Offered, Rule, Traced, Way, Widget, traced};
pub use page::{Page, Tint};
pub use qr::{QrCode, encode as qr_code};
pub use sheet::{Shape, Sheet};
