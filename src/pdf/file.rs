//! The frame of a PDF file (ISO 32000-1, 7.5): header, objects, cross-reference
//! table, trailer.

use super::object::{hexadecimal, integer};

/// Objects in the order they are written, and where they begin.
pub(super) struct File {
    out: Vec<u8>,
    /// By object number; 0 is the head of the free list.
    offsets: Vec<usize>,
}

impl File {
    pub fn new() -> Self {
        let mut out = Vec::with_capacity(96 * 1024);
        // The second line tells transfer programs that the file is binary.
        out.extend(b"%PDF-1.7\n%\xE7\xAA\x93\xE5\x8F\xA3\n");
        Self { out, offsets: vec![0] }
    }

    /// The number the next object gets.
    pub fn next(&self) -> usize {
        self.offsets.len()
    }

    /// A number for an object that is filled in later.
    pub fn reserve(&mut self) -> usize {
        self.offsets.push(0);
        self.offsets.len() - 1
    }

    pub fn fill(&mut self, number: usize, write: impl FnOnce(&mut Vec<u8>)) {
        self.offsets[number] = self.out.len();
        integer(&mut self.out, number as i64);
        self.out.extend(b" 0 obj\n");
        write(&mut self.out);
        self.out.extend(b"\nendobj\n");
    }

    pub fn object(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> usize {
        let number = self.reserve();
        self.fill(number, write);
        number
    }

    /// The cross-reference table and the trailer.
    pub fn finish(mut self, catalog: usize, information: usize, id: &[u8]) -> Vec<u8> {
        let table_at = self.out.len();
        let out = &mut self.out;
        out.extend(b"xref\n0 ");
        integer(out, self.offsets.len() as i64);
        out.extend(b"\n0000000000 65535 f \n");
        for offset in &self.offsets[1..] {
            out.extend(format!("{offset:010} 00000 n \n").into_bytes());
        }
        out.extend(b"trailer\n<</Size ");
        integer(out, self.offsets.len() as i64);
        out.extend(b"/Root ");
        reference(out, catalog);
        out.extend(b"/Info ");
        reference(out, information);
        out.extend(b"/ID[");
        hexadecimal(out, id);
        hexadecimal(out, id);
        out.extend(b"]>>\nstartxref\n");
        integer(out, table_at as i64);
        out.extend(b"\n%%EOF\n");
        self.out
    }
}

pub(super) fn reference(out: &mut Vec<u8>, number: usize) {
    integer(out, number as i64);
    out.extend(b" 0 R");
}

pub(super) const FLATE: &str = "/Filter/FlateDecode";

/// A stream with extra dictionary entries.
pub(super) fn stream(out: &mut Vec<u8>, entries: &str, content: &[u8]) {
    out.extend(b"<<");
    out.extend(entries.as_bytes());
    out.extend(b"/Length ");
    integer(out, content.len() as i64);
    out.extend(b">>stream\n");
    out.extend(content);
    out.extend(b"\nendstream");
}
