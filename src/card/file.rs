//! The applications and files this program can open: a closed list.
//!
//! Every SELECT is made from these types. A file belongs to its application, so
//! what is legitimate on a licence (its EF 0001 holds the entries) cannot be
//! asked of a マイナンバーカード, whose EF 0001 holds the 個人番号 and is not listed.
//! Identifiers follow the public descriptions of the cards.

/// An application that can be selected by name, with the files inside it.
pub(super) trait Application {
    /// The DF name (AID).
    const NAME: &'static [u8];
    /// What may be selected once the application is current.
    type File: ElementaryFile;
}

/// A file with its two-byte identifier.
pub(super) trait ElementaryFile: Copy {
    /// The identifier that SELECT takes.
    fn id(self) -> u16;
}

/// 券面事項入力補助AP of the マイナンバーカード.
pub(super) struct TextSupport;

impl Application for TextSupport {
    const NAME: &'static [u8] = &[0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x08];
    type File = TextFile;
}

/// Files of 券面事項入力補助AP. The list is complete on purpose: see the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub(super) enum TextFile {
    /// 基本4情報: name, address, birth date, sex.
    FourAttributes = 0x0002,
    /// 券面事項入力補助用暗証番号, four digits, three tries.
    PinKey = 0x0011,
    /// 照合番号B, fourteen digits printed on and derived from the card face.
    NumberBKey = 0x0015,
}

impl ElementaryFile for TextFile {
    fn id(self) -> u16 {
        self as u16
    }
}

/// DF1 of the driver's licence: 記載事項.
pub(super) struct LicenceEntries;

impl Application for LicenceEntries {
    const NAME: &'static [u8] = &licence_name(0x01);
    type File = LicenceFile;
}

const fn licence_name(last: u8) -> [u8; 16] {
    [0xA0, 0x00, 0x00, 0x02, 0x31, last, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
}

/// Files of the licence's DF1 that need only PIN 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub(super) enum LicenceFile {
    /// EF01, 記載事項(本籍除く), 880 bytes.
    Entries = 0x0001,
    /// EF04, 記載事項変更等(本籍除く), 640 bytes.
    Changes = 0x0004,
}

impl ElementaryFile for LicenceFile {
    fn id(self) -> u16 {
        self as u16
    }
}

/// The licence's master file.
pub(super) struct LicenceRoot;

/// Files of the licence's master file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub(super) enum LicenceRootFile {
    /// EF02, whether PINs were set.
    PinSetting = 0x000A,
}

impl ElementaryFile for LicenceRootFile {
    fn id(self) -> u16 {
        self as u16
    }
}

/// Names of applications that only tell what a card is.
pub(super) mod names {
    /// DF1 of the 在留カード and 特別永住者証明書.
    pub(in super::super) const RESIDENCE_CARD: &[u8] =
        &[0xD3, 0x92, 0xF0, 0x00, 0x4F, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    /// The travel document application of ICAO Doc 9303 part 10.
    pub(in super::super) const PASSPORT: &[u8] = &[0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01];
    /// 公的個人認証AP. A telephone has it without 券面事項入力補助AP.
    pub(in super::super) const JPKI: &[u8] =
        &[0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01];
}
