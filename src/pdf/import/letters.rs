//! What the letters of a page say, as far as its fonts tell.
//!
//! Good enough for proposing labels, and used for nothing else: a font that does
//! not tell its characters gives none.

use std::collections::HashMap;

use encoding_rs::SHIFT_JIS;
use lopdf::{Dictionary, Document, Encoding, Object};

use super::upright::number;

/// A font's unpacked character map.
const MAP_MAX: usize = 4 << 20;

/// How the codes of one font read.
pub(super) struct Lettering<'a> {
    meaning: Meaning<'a>,
    /// Thousandths of an em, by code.
    widths: HashMap<u32, f32>,
    usual_width: f32,
    /// Bytes a code.
    code_length: usize,
}

enum Meaning<'a> {
    Told(Encoding<'a>),
    /// UniJIS-UCS2-H and its like.
    Utf16,
    /// 90ms-RKSJ-H and its like: codes of one byte or two.
    ShiftJis,
}

impl<'a> Lettering<'a> {
    /// `None` when the font says nothing about its characters.
    pub fn of(document: &'a Document, font: &'a Dictionary) -> Option<Self> {
        let composite = font.get(b"Subtype").and_then(Object::as_name).ok() == Some(b"Type0");
        let (widths, usual_width) = match composite {
            true => composite_widths(document, font),
            false => (simple_widths(document, font), 500.0),
        };
        let code_length = if composite { 2 } else { 1 };
        let meaning = meaning(document, font)?;
        Some(Self { meaning, widths, usual_width, code_length })
    }

    /// Each character of `shown` and how far it moves on, in em.
    pub fn read(&self, shown: &[u8]) -> Vec<(String, f32)> {
        let codes: Vec<&[u8]> = match self.meaning {
            Meaning::ShiftJis => shift_jis_codes(shown),
            _ => shown.chunks(self.code_length).collect(),
        };
        codes.into_iter().map(|code| (self.meant(code), self.width(code) / 1000.0)).collect()
    }

    fn meant(&self, code: &[u8]) -> String {
        match &self.meaning {
            Meaning::Told(encoding) => encoding.bytes_to_string(code).unwrap_or_default(),
            Meaning::Utf16 => encoding_rs::UTF_16BE.decode(code).0.into_owned(),
            Meaning::ShiftJis => SHIFT_JIS.decode(code).0.into_owned(),
        }
    }

    fn width(&self, code: &[u8]) -> f32 {
        if let (Meaning::ShiftJis, 1) = (&self.meaning, code.len()) {
            return 500.0;
        }
        let code = code.iter().fold(0_u32, |code, byte| code << 8 | u32::from(*byte));
        self.widths.get(&code).copied().unwrap_or(self.usual_width)
    }
}

/// What the font says its codes mean. The usual Japanese encodings are known by
/// name.
fn meaning<'a>(document: &'a Document, font: &'a Dictionary) -> Option<Meaning<'a>> {
    let encoding = font.get_deref(b"Encoding", document).and_then(Object::as_name).ok();
    if let Some(name) = encoding {
        if name.starts_with(b"UniJIS-") {
            return Some(Meaning::Utf16);
        }
        if name.windows(4).any(|part| part == b"RKSJ") {
            return Some(Meaning::ShiftJis);
        }
    }
    match font.get_font_encoding_with_limit(document, MAP_MAX).ok()? {
        Encoding::SimpleEncoding(_) => None,
        told => Some(Meaning::Told(told)),
    }
}

/// The lead bytes of Shift_JIS start a code of two.
fn shift_jis_codes(shown: &[u8]) -> Vec<&[u8]> {
    let (mut codes, mut at) = (Vec::new(), 0);
    while let Some(lead) = shown.get(at) {
        let length = if matches!(lead, 0x81..=0x9F | 0xE0..=0xFC) { 2 } else { 1 };
        let end = (at + length).min(shown.len());
        codes.push(&shown[at..end]);
        at = end;
    }
    codes
}

/// `/Widths` from `/FirstChar` on.
fn simple_widths(document: &Document, font: &Dictionary) -> HashMap<u32, f32> {
    let first = font.get_deref(b"FirstChar", document).and_then(Object::as_i64).unwrap_or(0);
    let first = u32::try_from(first).unwrap_or(0);
    let widths = font.get_deref(b"Widths", document).and_then(Object::as_array);
    let widths = widths.into_iter().flatten().take(256).filter_map(number);
    (first..).zip(widths).collect()
}

/// `/W` of the descendant font: `code [w w …]` or `from to w` (ISO 32000-1, 9.7.4.3).
fn composite_widths(document: &Document, font: &Dictionary) -> (HashMap<u32, f32>, f32) {
    let descendant = font
        .get_deref(b"DescendantFonts", document)
        .and_then(Object::as_array)
        .ok()
        .and_then(|fonts| document.dereference(fonts.first()?).ok()?.1.as_dict().ok());
    let Some(descendant) = descendant else { return (HashMap::new(), 1000.0) };
    let usual = descendant.get_deref(b"DW", document).ok().and_then(number).unwrap_or(1000.0);
    let listed = descendant.get_deref(b"W", document).and_then(Object::as_array);
    let mut listed =
        listed.into_iter().flatten().filter_map(|item| Some(document.dereference(item).ok()?.1));
    let mut widths = HashMap::new();
    while let (Some(from), Some(next)) = (listed.next().and_then(code), listed.next()) {
        if let Ok(each) = next.as_array() {
            widths.extend((from..).zip(each.iter().filter_map(number)));
        } else if let (Some(to), Some(width)) = (code(next), listed.next().and_then(number)) {
            widths.extend((from..=to.min(0xFFFF)).map(|code| (code, width)));
        }
    }
    (widths, usual)
}

fn code(object: &Object) -> Option<u32> {
    object.as_i64().ok().and_then(|code| u32::try_from(code).ok())
}
