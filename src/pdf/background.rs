//! What stands on a page before anything is filled in, compiled.
//!
//! A background is a Form XObject and the objects it needs, already written. It
//! has no transparency group: with one, some viewers draw thin rules thinner.
//! Words on a sheet of our own use the glyphs that the sheet has anyway.

use std::collections::HashMap;

use lopdf::{Dictionary, Object, ObjectId, dictionary};
use sha2::{Digest, Sha256};

use super::deflate::Deflate;
use super::embed;
use super::fonts::Fonts;
use super::import::{self, ImportError};
use super::object::OpenObject;
use super::sheet::{Sheet, font_name};
use super::slim;
use super::slots::{Glyphs, Slots};

/// A compiled sheet. Cheap to draw on any number of times.
#[derive(Clone, Debug)]
pub struct Background {
    pub(super) width: f32,
    pub(super) height: f32,
    /// Number 0 is the Form XObject; references count from it.
    pub(super) objects: Vec<OpenObject>,
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
        let page = document.get_pages().into_values().next();
        let form = page.and_then(|page| import::form_of(&document, page).ok());
        let mut form = form.expect("a document drawn just now has a page with contents");
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
        Self { embedded, ..Self::compiled(objects, (sheet.width, sheet.height), fonts) }
    }

    /// Takes the first page of a PDF file; words on it are written with `fonts`.
    pub fn from_pdf(bytes: &[u8], fonts: &Fonts) -> Result<Self, ImportError> {
        let mut document = import::open(bytes)?;
        slim::fonts(&mut document);
        let page = document.get_pages().into_values().next().ok_or(ImportError::NoPage)?;
        let size = import::size_of(&document, page)?;
        let form = import::form_of(&document, page)?;
        Ok(Self::compiled(closure(&document, form), size, fonts))
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

    fn compiled(objects: Vec<OpenObject>, (width, height): (f32, f32), fonts: &Fonts) -> Self {
        let mut hash = Sha256::new();
        for object in &objects {
            hash.update(object.bytes());
        }
        let (fingerprint, fonts) = (hash.finalize().into(), fonts.clone());
        Self { width, height, objects, fingerprint, fonts, embedded: Vec::new() }
    }
}

/// The form and everything it refers to.
fn closure(document: &lopdf::Document, form: lopdf::Stream) -> Vec<OpenObject> {
    let mut numbers: HashMap<ObjectId, usize> = HashMap::new();
    let mut waiting: Vec<ObjectId> = Vec::new();
    let mut objects = Vec::new();
    let mut number = |waiting: &mut Vec<ObjectId>, id: ObjectId| {
        let next = numbers.len() + 1;
        *numbers.entry(id).or_insert_with(|| {
            waiting.push(id);
            next
        })
    };
    objects.push(OpenObject::new(&Object::Stream(form), &mut |id| number(&mut waiting, id)));
    let mut done = 0;
    while let Some(id) = waiting.get(done).copied() {
        done += 1;
        let object = document.get_object(id).unwrap_or(&Object::Null).clone();
        objects.push(OpenObject::new(&object, &mut |id| number(&mut waiting, id)));
    }
    objects
}
