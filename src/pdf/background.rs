//! What stands on a page before anything is filled in, compiled.
//!
//! A background is a Form XObject and the objects it needs, already written. It
//! has no transparency group: with one, some viewers draw thin rules thinner.

use std::collections::HashMap;

use lopdf::{Object, ObjectId};
use sha2::{Digest, Sha256};

use super::fonts::Fonts;
use super::import::{self, ImportError};
use super::object::OpenObject;
use super::sheet::Sheet;
use super::slim;

/// A compiled sheet. Cheap to draw on any number of times.
#[derive(Clone, Debug)]
pub struct Background {
    pub(super) width: f32,
    pub(super) height: f32,
    /// Number 0 is the Form XObject; references count from it.
    pub(super) objects: Vec<OpenObject>,
    pub(super) fingerprint: [u8; 32],
}

impl Background {
    /// Compiles a sheet drawn by us.
    pub fn from_sheet(sheet: &Sheet, fonts: &Fonts) -> Self {
        let document = sheet.drawn(fonts);
        let page = document.get_pages().into_values().next();
        let form = page.and_then(|page| import::form_of(&document, page).ok());
        let form = form.expect("a document drawn just now has a page with contents");
        Self::compiled(&document, form, sheet.width, sheet.height)
    }

    /// Takes the first page of a PDF file.
    pub fn from_pdf(bytes: &[u8]) -> Result<Self, ImportError> {
        let mut document = import::open(bytes)?;
        slim::fonts(&mut document);
        let page = document.get_pages().into_values().next().ok_or(ImportError::NoPage)?;
        let (width, height) = import::size_of(&document, page)?;
        let form = import::form_of(&document, page)?;
        Ok(Self::compiled(&document, form, width, height))
    }

    /// Width and height in points.
    pub fn size(&self) -> (f32, f32) {
        (self.width, self.height)
    }

    /// Writes the form and everything it refers to.
    fn compiled(document: &lopdf::Document, form: lopdf::Stream, width: f32, height: f32) -> Self {
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
        let mut hash = Sha256::new();
        for object in &objects {
            hash.update(object.bytes());
        }
        Self { width, height, objects, fingerprint: hash.finalize().into() }
    }
}
