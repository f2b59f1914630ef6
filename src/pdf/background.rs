//! What stands on a page before anything is filled in, compiled.
//!
//! A background is a Form XObject and the objects it needs, already written. It
//! has no transparency group: with one, some viewers draw thin rules thinner.
//! Words on a sheet of our own use the glyphs that the sheet has anyway.

use std::collections::HashMap;
use std::sync::Arc;

use lopdf::{Dictionary, Object, ObjectId, dictionary};
use sha2::{Digest, Sha256};

use super::deflate::Deflate;
use super::embed;
use super::fonts::Fonts;
use super::import::{self, ImportError, PageForm};
use super::object::OpenObject;
use super::sheet::{Sheet, font_name};
use super::slots::{Glyphs, Slots};

/// A compiled sheet. Cheap to draw on any number of times.
#[derive(Clone, Debug)]
pub struct Background {
    pub(super) width: f32,
    pub(super) height: f32,
    /// Of all pages of the file: the Form XObjects, then what they refer to.
    pub(super) objects: Arc<[OpenObject]>,
    /// The number of this page's Form XObject among `objects`.
    pub(super) form: usize,
    pub(super) fingerprint: [u8; 32],
    /// What words on it are written with.
    pub(super) fonts: Fonts,
    /// The fonts among `objects` that the sheet's own words are written with.
    pub(super) embedded: Vec<Embedded>,
}

/// A font among the objects of a background.
#[derive(Clone, Debug)]
pub(super) struct Embedded {
    /// Its number in the background's fonts.
    font: u8,
    glyphs: Glyphs,
    /// The number of its object.
    pub object: usize,
}

impl Background {
    /// Compiles a sheet drawn by us; words on it are written with the same fonts.
    pub fn from_sheet(sheet: &Sheet, fonts: &Fonts) -> Self {
        let mut slots = Slots::default();
        let document = sheet.drawn(fonts, &mut slots);
        let page = import::of_document(&document).ok().and_then(|pages| pages.into_iter().next());
        let page = page.expect("a document drawn just now has a page with contents");
        let mut form = page.form;
        // Our fonts instead of printpdf's, which name every glyph's width.
        let (mut objects, mut names, mut embedded) = (Vec::new(), Dictionary::new(), Vec::new());
        for (n, used) in slots.fonts().iter().enumerate() {
            let (first, glyphs) = (objects.len() + 1, used.glyphs.clone());
            names.set(font_name(n), Object::Reference((first as u32, 0)));
            let made = embed::objects(fonts.font(used.number), &glyphs, &mut Deflate::small());
            objects.extend(made.map(|object| object.moved(first)));
            embedded.push(Embedded { font: used.number, glyphs, object: first });
        }
        form.dict.set("Resources", dictionary! { "Font" => names });
        let form = OpenObject::new(&Object::Stream(form), &mut |(object, _)| object as usize);
        objects.insert(0, form);
        let (objects, hash) = finished(objects);
        let size = (sheet.width, sheet.height);
        Self { embedded, ..Self::page(&objects, 0, size, &hash, fonts) }
    }

    /// An empty page; lengths in points. Words on it are written with `fonts`.
    pub fn empty(width: f32, height: f32, fonts: &Fonts) -> Self {
        let (objects, hash) = finished(vec![OpenObject::empty_form(width, height)]);
        Self::page(&objects, 0, (width, height), &hash, fonts)
    }

    /// Takes the pages of a PDF file, upright and cropped as a viewer shows them;
    /// words on them are written with `fonts`.
    ///
    /// # Errors
    /// The file is not plain paper, is broken, or asks for too much.
    pub fn from_pdf(bytes: &[u8], fonts: &Fonts) -> Result<Vec<Self>, ImportError> {
        let (document, pages) = import::sheets(bytes)?;
        let sizes: Vec<_> = pages.iter().map(|page| (page.width, page.height)).collect();
        let (objects, hash) = finished(closure(&document, pages));
        let page = |(form, size)| Self::page(&objects, form, size, &hash, fonts);
        Ok(sizes.into_iter().enumerate().map(page).collect())
    }

    /// Width and height in points.
    pub fn size(&self) -> (f32, f32) {
        (self.width, self.height)
    }

    /// The fonts that words on it are written with.
    pub fn fonts(&self) -> &Fonts {
        &self.fonts
    }

    /// Which of the embedded fonts has a glyph of font `font`, and its number there.
    pub(super) fn find(&self, font: u8, glyph: u16, text: &str) -> Option<(usize, u16)> {
        let at = self.embedded.iter().position(|embedded| embedded.font == font)?;
        Some((at, self.embedded[at].glyphs.find(glyph, text)?))
    }

    /// The page whose form is object `form`.
    fn page(
        objects: &Arc<[OpenObject]>,
        form: usize,
        (width, height): (f32, f32),
        hash: &Sha256,
        fonts: &Fonts,
    ) -> Self {
        let fingerprint = hash.clone().chain_update(form.to_be_bytes()).finalize().into();
        let (objects, fonts) = (Arc::clone(objects), fonts.clone());
        Self { width, height, objects, form, fingerprint, fonts, embedded: Vec::new() }
    }
}

/// The objects as pages share them, and what is known of their bytes.
fn finished(objects: Vec<OpenObject>) -> (Arc<[OpenObject]>, Sha256) {
    let mut hash = Sha256::new();
    objects.iter().for_each(|object| hash.update(object.bytes()));
    (objects.into(), hash)
}

/// The forms of the pages, then everything they refer to; what several pages use
/// is there once.
fn closure(document: &lopdf::Document, pages: Vec<PageForm>) -> Vec<OpenObject> {
    let mut numbers: HashMap<ObjectId, usize> = HashMap::new();
    let mut waiting: Vec<ObjectId> = Vec::new();
    let mut objects = Vec::new();
    let forms = pages.len();
    let mut number = |waiting: &mut Vec<ObjectId>, id: ObjectId| {
        let next = numbers.len() + forms;
        *numbers.entry(id).or_insert_with(|| {
            waiting.push(id);
            next
        })
    };
    for page in pages {
        let form = Object::Stream(page.form);
        objects.push(OpenObject::new(&form, &mut |id| number(&mut waiting, id)));
    }
    let mut done = 0;
    while let Some(id) = waiting.get(done).copied() {
        done += 1;
        let object = document.get_object(id).unwrap_or(&Object::Null).clone();
        objects.push(OpenObject::new(&object, &mut |id| number(&mut waiting, id)));
    }
    objects
}
