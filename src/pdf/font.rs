//! One font file with TrueType outlines, and its glyphs ready for embedding.
//!
//! Each glyph is stripped the first time it is used and kept: residents share most
//! characters. OpenType with CFF outlines and collections are refused, because no
//! glyph could be taken out of them this way.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, RwLock};

use ttf_parser::{GlyphId, Tag};

use super::glyf::{self, Outlines};

/// Why a font cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FontError {
    #[error("読めません（{0}）")]
    Read(#[from] std::io::Error),
    #[error("TrueType の書体ではないか、壊れています")]
    NoFont,
    #[error("書体をまとめたファイル（.ttc）です。一つずつの .ttf にしてください")]
    Collection,
    #[error("CFF の書体（.otf）です。TrueType の書体（.ttf）が必要です")]
    NotTrueType,
    #[error("文書への埋め込みを禁じている書体です（OS/2 fsType）")]
    EmbeddingForbidden,
}

/// A font that glyphs can be taken from.
pub struct Font {
    face: ttf_parser::Face<'static>,
    outlines: Outlines<'static>,
    name: String,
    glyphs: RwLock<HashMap<u16, Arc<Glyph>>>,
}

/// A glyph as it stands in an embedded font.
pub(super) struct Glyph {
    /// Horizontal advance and left side bearing, in embedded units.
    pub advance: u16,
    pub bearing: i16,
    /// Without instructions, padded to two bytes.
    pub outline: Vec<u8>,
}

impl Font {
    /// A font whose bytes live as long as the program.
    pub fn from_static(bytes: &'static [u8]) -> Result<Self, FontError> {
        if bytes.starts_with(b"ttcf") {
            return Err(FontError::Collection);
        }
        let face = ttf_parser::Face::parse(bytes, 0).map_err(|_| FontError::NoFont)?;
        let table = |tag: &[u8; 4]| face.raw_face().table(Tag::from_bytes(tag));
        let (Some(glyf), Some(loca)) = (table(b"glyf"), table(b"loca")) else {
            // A file that was cut short has lost its outlines, not another kind.
            let is_cff = bytes.starts_with(b"OTTO");
            return Err(if is_cff { FontError::NotTrueType } else { FontError::NoFont });
        };
        if face.permissions() == Some(ttf_parser::Permissions::Restricted) {
            return Err(FontError::EmbeddingForbidden);
        }
        let head = face.tables().head;
        let long_offsets =
            head.index_to_location_format == ttf_parser::head::IndexToLocationFormat::Long;
        let divisor = divisor(face.units_per_em());
        let outlines = Outlines { glyf, loca, long_offsets, divisor };
        let name = postscript_name(&face);
        Ok(Self { face, outlines, name, glyphs: RwLock::default() })
    }

    /// Maps the file into memory, so that a font of 46 MB costs only the pages
    /// that are used. The mapping is kept until the program ends: fonts are
    /// loaded once, at start.
    pub fn open(path: &Path) -> Result<Self, FontError> {
        let file = std::fs::File::open(path)?;
        #[expect(
            unsafe_code,
            reason = "a font file that is cut short under us is the operator's fault; reading 46 MB at each start would be ours"
        )]
        let map = unsafe { memmap2::Mmap::map(&file)? };
        Self::from_static(Box::leak(Box::new(map)))
    }

    /// The PostScript name: `BIZUDGothic`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The glyph of a character.
    pub(super) fn glyph_of(&self, c: char) -> Option<u16> {
        self.face.glyph_index(c).map(|glyph| glyph.0).filter(|glyph| *glyph != 0)
    }

    /// The glyph of a character with its variation selector, if the font has
    /// the sequence.
    pub(super) fn glyph_of_sequence(&self, base: char, selector: char) -> Option<u16> {
        self.face
            .glyph_variation_index(base, selector)
            .map(|glyph| glyph.0)
            .filter(|glyph| *glyph != 0)
    }

    /// Advance in em.
    pub(super) fn advance(&self, glyph: u16) -> f32 {
        let units = self.face.glyph_hor_advance(GlyphId(glyph)).unwrap_or(0);
        f32::from(units) / f32::from(self.units_per_em())
    }

    pub(super) fn units_per_em(&self) -> u16 {
        self.face.units_per_em()
    }

    /// Font units to the thousandths of an em that PDF counts in.
    pub(super) fn thousandths(&self, units: i16) -> i32 {
        (f32::from(units) * 1000.0 / f32::from(self.units_per_em())).round() as i32
    }

    pub(super) fn ascender(&self) -> i16 {
        self.face.ascender()
    }

    pub(super) fn descender(&self) -> i16 {
        self.face.descender()
    }

    /// x min, y min, x max, y max, in font units.
    pub(super) fn bounds(&self) -> [i16; 4] {
        let bounds = self.face.global_bounding_box();
        [bounds.x_min, bounds.y_min, bounds.x_max, bounds.y_max]
    }

    /// The bytes of `head` or `hhea`, to be copied with changes.
    pub(super) fn table(&self, tag: &[u8; 4]) -> &'static [u8] {
        self.face.raw_face().table(Tag::from_bytes(tag)).unwrap_or_default()
    }

    /// What lengths are divided by when glyphs are embedded.
    fn divisor(&self) -> u16 {
        self.outlines.divisor
    }

    /// A length of this font in embedded units.
    pub(super) fn embedded(&self, units: i16) -> i16 {
        (f32::from(units) / f32::from(self.divisor())).round() as i16
    }

    /// Units to the em of embedded glyphs.
    pub(super) fn embedded_units_per_em(&self) -> u16 {
        self.units_per_em() / self.divisor()
    }

    /// The glyph ready for embedding. A damaged outline is embedded as blank.
    pub(super) fn glyph(&self, glyph: u16) -> Arc<Glyph> {
        let cached = self.glyphs.read().unwrap_or_else(|cache| cache.into_inner());
        if let Some(glyph) = cached.get(&glyph) {
            return Arc::clone(glyph);
        }
        drop(cached);
        let made = Arc::new(self.make_glyph(glyph));
        let mut cache = self.glyphs.write().unwrap_or_else(|cache| cache.into_inner());
        Arc::clone(cache.entry(glyph).or_insert(made))
    }

    /// Whether the font's outline for `glyph` can be read.
    pub(super) fn has_outline(&self, glyph: u16) -> bool {
        self.outlines.raw(glyph).is_some()
    }

    fn make_glyph(&self, glyph: u16) -> Glyph {
        let mut outline = self.outlines.stripped(glyph).unwrap_or_default();
        outline.resize(outline.len().next_multiple_of(2), 0);
        let bearing = self.face.glyph_hor_side_bearing(GlyphId(glyph)).unwrap_or(0);
        let bounds = self.bounds().map(|units| self.embedded(units));
        Glyph {
            advance: self.face.glyph_hor_advance(GlyphId(glyph)).unwrap_or(0) / self.divisor(),
            bearing: glyf::in_box(&mut outline, self.embedded(bearing), bounds),
            outline,
        }
    }
}

/// A quarter of the grid of fonts with 2,048 units to the em: 8 µm at 12 pt, a fifth
/// of a dot of the finest office printer. Others keep theirs.
fn divisor(units_per_em: u16) -> u16 {
    if units_per_em == 2048 { 4 } else { 1 }
}

/// Only characters that may stand in a PDF name unescaped.
fn postscript_name(face: &ttf_parser::Face<'_>) -> String {
    let names = face.names();
    let name = names
        .into_iter()
        .filter(|name| name.name_id == ttf_parser::name_id::POST_SCRIPT_NAME)
        .find_map(|name| name.to_string())
        .unwrap_or_default();
    let name: String =
        name.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect();
    if name.is_empty() { "Font".to_owned() } else { name }
}

impl std::fmt::Debug for Font {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Font").field(&self.name).finish()
    }
}
