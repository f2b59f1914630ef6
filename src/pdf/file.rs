//! The frame of a PDF file (ISO 32000-1, 7.5): header, objects, where they are.
//!
//! What is no stream itself stands in one compressed object stream, and the
//! cross-reference table is compressed too: it is a twentieth of a form's bytes
//! otherwise.

use super::deflate::Deflate;
use super::object::{hexadecimal, integer};

/// Objects in the order they are written, and where they are.
pub(super) struct File {
    out: Vec<u8>,
    /// By object number; 0 is the head of the free list.
    places: Vec<Place>,
    /// The objects that are no streams, one after the other.
    packed: Vec<u8>,
    /// Their numbers, and where in `packed` they begin.
    packed_at: Vec<(usize, usize)>,
}

/// Where an object is.
#[derive(Clone, Copy)]
enum Place {
    /// Reserved and not filled yet, or the head of the free list.
    Nowhere,
    /// At this byte of the file.
    At(usize),
    /// The how manieth it is in the object stream, 0 first.
    Packed(usize),
}

impl File {
    pub fn new() -> Self {
        let mut out = Vec::with_capacity(96 * 1024);
        // The second line tells transfer programs that the file is binary.
        out.extend(b"%PDF-1.7\n%\xE7\xAA\x93\xE5\x8F\xA3\n");
        Self { out, places: vec![Place::Nowhere], packed: Vec::new(), packed_at: Vec::new() }
    }

    /// The number the next object gets.
    pub fn next(&self) -> usize {
        self.places.len()
    }

    /// A number for an object that is filled in later.
    pub fn reserve(&mut self) -> usize {
        self.places.push(Place::Nowhere);
        self.places.len() - 1
    }

    pub fn fill(&mut self, number: usize, write: impl FnOnce(&mut Vec<u8>)) {
        let start = self.packed.len();
        write(&mut self.packed);
        // A stream cannot stand in another.
        if self.packed.ends_with(END_OF_STREAM) {
            self.places[number] = Place::At(self.out.len());
            integer(&mut self.out, number as i64);
            self.out.extend(b" 0 obj\n");
            self.out.extend(self.packed.drain(start..));
            self.out.extend(b"\nendobj\n");
        } else {
            self.places[number] = Place::Packed(self.packed_at.len());
            self.packed_at.push((number, start));
            self.packed.push(b'\n');
        }
    }

    pub fn object(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> usize {
        let number = self.reserve();
        self.fill(number, write);
        number
    }

    /// The object stream, the cross-reference stream and the end.
    pub fn finish(
        mut self,
        catalog: usize,
        information: usize,
        id: &[u8],
        deflate: &mut Deflate,
    ) -> Vec<u8> {
        let packed = self.pack(deflate);
        let number = self.reserve();
        let at = self.out.len();
        self.places[number] = Place::At(at);
        let mut entries = format!("/Type/XRef/Size {}/W[1 4 2]/Root ", self.places.len()).into();
        reference(&mut entries, catalog);
        entries.extend(b"/Info ");
        reference(&mut entries, information);
        entries.extend(b"/ID[");
        hexadecimal(&mut entries, id);
        hexadecimal(&mut entries, id);
        entries.extend(b"]");
        entries.extend(FLATE.as_bytes());
        let places = deflate.stream(&self.cross_references(packed));
        let out = &mut self.out;
        integer(out, number as i64);
        out.extend(b" 0 obj\n");
        stream(out, &entries, &places);
        out.extend(b"\nendobj\nstartxref\n");
        integer(out, at as i64);
        out.extend(b"\n%%EOF\n");
        self.out
    }

    /// Writes the object stream (7.5.7): numbers and places, then the objects.
    fn pack(&mut self, deflate: &mut Deflate) -> usize {
        let mut content = Vec::with_capacity(self.packed.len() + self.packed_at.len() * 9);
        for (number, at) in &self.packed_at {
            for number in [number, at] {
                integer(&mut content, *number as i64);
                content.push(b' ');
            }
        }
        let entries =
            format!("/Type/ObjStm/N {}/First {}{FLATE}", self.packed_at.len(), content.len());
        content.append(&mut self.packed);
        let content = deflate.stream(&content);
        self.object(|out| stream(out, entries.as_bytes(), &content))
    }

    /// Type, place and generation or place in the object stream of every object
    /// (7.5.8.3).
    fn cross_references(&self, packed: usize) -> Vec<u8> {
        let mut table = Vec::with_capacity(self.places.len() * 7);
        for place in &self.places {
            let (kind, at, within) = match *place {
                Place::Nowhere => (0, 0, u16::MAX),
                Place::At(at) => (1, at, 0),
                Place::Packed(nth) => (2, packed, nth as u16),
            };
            table.push(kind);
            table.extend((at as u32).to_be_bytes());
            table.extend(within.to_be_bytes());
        }
        table
    }
}

pub(super) fn reference(out: &mut Vec<u8>, number: usize) {
    integer(out, number as i64);
    out.extend(b" 0 R");
}

pub(super) const FLATE: &str = "/Filter/FlateDecode";

const END_OF_STREAM: &[u8] = b"\nendstream";

/// A stream with extra dictionary entries.
pub(super) fn stream(out: &mut Vec<u8>, entries: &[u8], content: &[u8]) {
    out.extend(b"<<");
    out.extend(entries);
    out.extend(b"/Length ");
    integer(out, content.len() as i64);
    out.extend(b">>stream\n");
    out.extend(content);
    out.extend(END_OF_STREAM);
}
