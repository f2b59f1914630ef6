//! A town's own PDF: what of it is paper, and what it offers for filling in.
//!
//! [`sheets`] turns each page into a Form XObject: cropped, upright, with what it
//! inherits, and without annotations and fillable fields. [`traced`] tells what a
//! person sees on it: rules, letters and fillable fields, so that somebody can be
//! offered places for answers. A file that is encrypted, active, broken or a trap
//! is refused with a reason; it never takes the program down.

mod error;
mod form;
mod letters;
mod matrix;
mod open;
mod path;
mod refusal;
mod trace;
mod upright;
mod widgets;

#[cfg(test)]
mod tests;

use lopdf::{Document, Stream};

use super::slim;
use upright::Upright;

pub use error::ImportError;
pub use trace::{Letter, Rule, Traced, Way};
pub use widgets::{Offered, Widget};

/// A page ready to be drawn on, and its size as seen in points.
pub(super) struct PageForm {
    pub form: Stream,
    pub width: f32,
    pub height: f32,
}

/// The pages of a file, and the document their parts are in.
pub(super) fn sheets(bytes: &[u8]) -> Result<(Document, Vec<PageForm>), ImportError> {
    open::within_bounds(bytes, |bytes| {
        let mut document = open::open(bytes)?;
        form::drop_remarks(&mut document);
        let pages = of_document(&document)?;
        for page in &pages {
            form::is_whole(&document, &page.form)?;
        }
        slim::fonts(&mut document);
        Ok((document, pages))
    })
}

/// The pages of a document that is sound.
pub(super) fn of_document(document: &Document) -> Result<Vec<PageForm>, ImportError> {
    let pages = open::pages(document)?;
    let form = |page| {
        let upright = Upright::of(document, page)?;
        let form = form::form_of(document, page, &upright)?;
        Ok(PageForm { form, width: upright.width, height: upright.height })
    };
    pages.into_iter().map(form).collect()
}

/// What a person sees on each page, for proposals.
///
/// # Errors
/// As for a background: the same files are refused.
pub fn traced(bytes: &[u8]) -> Result<Vec<Traced>, ImportError> {
    open::within_bounds(bytes, |bytes| {
        let document = open::open(bytes)?;
        open::pages(&document)?.into_iter().map(|page| trace::page(&document, page)).collect()
    })
}
