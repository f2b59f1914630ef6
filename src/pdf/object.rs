//! PDF objects as bytes, their references to each other left open.
//!
//! Static objects are written once; where they stand in a file depends on what
//! else the file holds, so each reference is filled in when the file is made.

use lopdf::{Dictionary, Object, Stream, dictionary};

use super::deflate::Deflate;

/// An object's bytes between `obj` and `endobj`.
#[derive(Clone, Debug, Default)]
pub(super) struct OpenObject {
    bytes: Vec<u8>,
    /// Where in `bytes` a reference stands, and to which object.
    references: Vec<(usize, usize)>,
}

impl OpenObject {
    /// An object written by hand.
    pub fn written(bytes: Vec<u8>) -> Self {
        Self { bytes, references: Vec::new() }
    }

    /// Writes `object`; `number` gives each object it refers to its number.
    pub fn new(object: &Object, number: &mut dyn FnMut(lopdf::ObjectId) -> usize) -> Self {
        let mut open = Self::default();
        open.object(object, number);
        open
    }

    /// A Form XObject of this size in points that draws nothing.
    pub fn empty_form(width: f32, height: f32) -> Self {
        let number = |x: f32| Object::Real(x);
        let form = dictionary! {
            "Type" => "XObject",
            "Subtype" => "Form",
            "BBox" => [0.0, 0.0, width, height].map(number).to_vec(),
        };
        Self::new(&Object::Stream(Stream::new(form, Vec::new())), &mut |_| 0)
    }

    /// Appends a reference to object `local`, then `after`.
    pub fn refer(&mut self, local: usize, after: &str) {
        self.references.push((self.bytes.len(), local));
        self.bytes.extend(after.as_bytes());
    }

    /// The object when what it refers to is counted from `first` instead of 0.
    pub fn moved(mut self, first: usize) -> Self {
        self.references.iter_mut().for_each(|(_, local)| *local += first);
        self
    }

    /// Appends the bytes with the references filled in: object `n` is `first + n`.
    pub fn write(&self, out: &mut Vec<u8>, first: usize) {
        let mut written = 0;
        for (at, local) in &self.references {
            out.extend(&self.bytes[written..*at]);
            integer(out, (first + local) as i64);
            out.extend(b" 0 R");
            written = *at;
        }
        out.extend(&self.bytes[written..]);
    }

    /// What the object says, for fingerprints.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn object(&mut self, object: &Object, number: &mut dyn FnMut(lopdf::ObjectId) -> usize) {
        match object {
            Object::Null => self.bytes.extend(b"null"),
            Object::Boolean(true) => self.bytes.extend(b"true"),
            Object::Boolean(false) => self.bytes.extend(b"false"),
            Object::Integer(value) => integer(&mut self.bytes, *value),
            Object::Real(value) => real(&mut self.bytes, *value),
            Object::Name(name) => self.name(name),
            Object::String(bytes, _) => hexadecimal(&mut self.bytes, bytes),
            Object::Array(items) => self.array(items, number),
            Object::Dictionary(dictionary) => self.dictionary(dictionary, number),
            Object::Stream(stream) => self.stream(stream, number),
            Object::Reference(id) => self.references.push((self.bytes.len(), number(*id))),
        }
    }

    fn name(&mut self, name: &[u8]) {
        self.bytes.push(b'/');
        for byte in name {
            match byte {
                b'!'..=b'~' if !b"#/%()<>[]{}".contains(byte) => self.bytes.push(*byte),
                byte => self.bytes.extend(format!("#{byte:02X}").into_bytes()),
            }
        }
    }

    fn array(&mut self, items: &[Object], number: &mut dyn FnMut(lopdf::ObjectId) -> usize) {
        self.bytes.push(b'[');
        for (n, item) in items.iter().enumerate() {
            if n > 0 {
                self.bytes.push(b' ');
            }
            self.object(item, number);
        }
        self.bytes.push(b']');
    }

    fn dictionary(
        &mut self,
        dictionary: &Dictionary,
        number: &mut dyn FnMut(lopdf::ObjectId) -> usize,
    ) {
        self.bytes.extend(b"<<");
        for (key, value) in dictionary {
            self.name(key);
            self.bytes.push(b' ');
            self.object(value, number);
        }
        self.bytes.extend(b">>");
    }

    /// Streams that are not compressed yet are, where that is shorter.
    fn stream(&mut self, stream: &Stream, number: &mut dyn FnMut(lopdf::ObjectId) -> usize) {
        let mut dictionary = stream.dict.clone();
        let compressed =
            (!dictionary.has(b"Filter")).then(|| Deflate::small().stream(&stream.content));
        let content = match &compressed {
            Some(compressed) if compressed.len() < stream.content.len() => {
                dictionary.set("Filter", Object::Name(b"FlateDecode".to_vec()));
                compressed
            }
            _ => &stream.content,
        };
        dictionary.set("Length", Object::Integer(content.len() as i64));
        self.dictionary(&dictionary, number);
        self.bytes.extend(b"stream\n");
        self.bytes.extend(content);
        self.bytes.extend(b"\nendstream");
    }
}

/// Appends a whole number.
pub(super) fn integer(out: &mut Vec<u8>, value: i64) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    let mut rest = value.unsigned_abs();
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        out.push(b'-');
    }
    out.extend(&digits[at..]);
}

/// Appends a number of points, to a hundredth (3.5 µm), without needless zeros.
pub(super) fn points(out: &mut Vec<u8>, value: f32) {
    decimal(out, (f64::from(value) * 100.0).round() as i64, 2);
}

/// A number of a foreign page keeps four places: matrices need them.
fn real(out: &mut Vec<u8>, value: f32) {
    decimal(out, (f64::from(value) * 10_000.0).round() as i64, 4);
}

/// Appends `scaled / 10^places`.
fn decimal(out: &mut Vec<u8>, scaled: i64, places: u32) {
    let unit = 10_i64.pow(places);
    if scaled < 0 {
        out.push(b'-');
    }
    let scaled = scaled.abs();
    integer(out, scaled / unit);
    let mut fraction = scaled % unit;
    let mut unit = unit;
    if fraction > 0 {
        out.push(b'.');
    }
    while fraction > 0 {
        unit /= 10;
        out.push(b'0' + (fraction / unit) as u8);
        fraction %= unit;
    }
}

/// Appends `<48656C6C6F>`.
pub(super) fn hexadecimal(out: &mut Vec<u8>, bytes: &[u8]) {
    out.push(b'<');
    for byte in bytes {
        hex_byte(out, *byte);
    }
    out.push(b'>');
}

pub(super) fn hex_byte(out: &mut Vec<u8>, byte: u8) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    out.push(DIGITS[usize::from(byte >> 4)]);
    out.push(DIGITS[usize::from(byte & 15)]);
}

/// Appends `<UTF-16BE>` in hexadecimal.
pub(super) fn utf16(out: &mut Vec<u8>, text: &str) {
    out.push(b'<');
    for unit in text.encode_utf16() {
        hex_byte(out, (unit >> 8) as u8);
        hex_byte(out, unit as u8);
    }
    out.push(b'>');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_exact() {
        for (value, written) in [
            (0.0, "0"),
            (1.0, "1"),
            (-0.5, "-0.5"),
            (595.276, "595.28"),
            (10.05, "10.05"),
            (-12.3, "-12.3"),
            (0.004, "0"),
        ] {
            let mut out = Vec::new();
            points(&mut out, value);
            assert_eq!(String::from_utf8(out).unwrap(), written);
        }
    }

    #[test]
    fn an_object_is_written_with_its_references_where_the_file_puts_them() {
        let object = Object::Dictionary(dictionary! {
            "A" => Object::Reference((7, 0)),
            "B C" => vec![Object::Integer(-3), Object::Reference((9, 0)), Object::Null],
        });
        let open = OpenObject::new(&object, &mut |(id, _)| id as usize - 7);
        let mut out = Vec::new();
        open.write(&mut out, 100);
        assert_eq!(String::from_utf8(out).unwrap(), "<</A 100 0 R/B#20C [-3 102 0 R null]>>");
    }
}
