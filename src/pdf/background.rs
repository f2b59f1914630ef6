//! What stands on a page before anything is filled in, compiled.
//!
//! A background is a Form XObject and the objects it needs, already written. It
//! has no transparency group: with one, some viewers draw thin rules thinner.

use std::collections::HashMap;
use std::sync::Arc;

use lopdf::{Object, ObjectId};
use sha2::{Digest, Sha256};

use super::fonts::Fonts;
use super::import::{self, ImportError, PageForm};
use super::object::OpenObject;
use super::sheet::Sheet;

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
}

impl Background {
    /// Compiles a sheet drawn by us.
    pub fn from_sheet(sheet: &Sheet, fonts: &Fonts) -> Self {
        let document = sheet.drawn(fonts);
        let mut pages = import::of_document(&document)
            .expect("a document drawn just now has a page with contents");
        for page in &mut pages {
            (page.width, page.height) = (sheet.width, sheet.height);
        }
        let compiled = Self::compiled(&document, pages).into_iter().next();
        compiled.expect("a document drawn just now has one page")
    }

    /// An empty page; lengths in points.
    pub fn empty(width: f32, height: f32) -> Self {
        let (objects, form) = (Arc::new([OpenObject::empty_form(width, height)]), 0);
        let fingerprint = Sha256::digest(objects[0].bytes()).into();
        Self { width, height, objects, form, fingerprint }
    }

    /// Takes the pages of a PDF file, upright and cropped as a viewer shows them.
    ///
    /// # Errors
    /// The file is not plain paper, is broken, or asks for too much.
    pub fn from_pdf(bytes: &[u8]) -> Result<Vec<Self>, ImportError> {
        let (document, pages) = import::sheets(bytes)?;
        Ok(Self::compiled(&document, pages))
    }

    /// Width and height in points.
    pub fn size(&self) -> (f32, f32) {
        (self.width, self.height)
    }

    /// Writes the forms and everything they refer to; what several pages use is
    /// there once.
    fn compiled(document: &lopdf::Document, pages: Vec<PageForm>) -> Vec<Self> {
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
        let mut sizes = Vec::with_capacity(forms);
        for page in pages {
            sizes.push((page.width, page.height));
            let form = Object::Stream(page.form);
            objects.push(OpenObject::new(&form, &mut |id| number(&mut waiting, id)));
        }
        let mut done = 0;
        while let Some(id) = waiting.get(done).copied() {
            done += 1;
            let object = document.get_object(id).unwrap_or(&Object::Null).clone();
            objects.push(OpenObject::new(&object, &mut |id| number(&mut waiting, id)));
        }
        let mut hash = Sha256::new();
        objects.iter().for_each(|object| hash.update(object.bytes()));
        let objects: Arc<[OpenObject]> = objects.into();
        let page = |(form, (width, height)): (usize, (f32, f32))| {
            let fingerprint = hash.clone().chain_update(form.to_be_bytes()).finalize().into();
            Self { width, height, objects: Arc::clone(&objects), form, fingerprint }
        };
        sizes.into_iter().enumerate().map(page).collect()
    }
}
