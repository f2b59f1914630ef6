//! Cards of people who are passed in, byte for byte as an issuer would write them.

use crate::text::Text;

use super::super::jis;
use super::chip::{Application, Chip, File, Lock, Place};

/// 券面事項入力補助AP and DF1 of a licence, as the emulator knows them by itself, so
/// that a wrong name in the reading code is noticed.
const TEXT_SUPPORT: &str = "D3921000310001010408";
const JPKI: &str = "D392F000260100000001";
const LICENCE_DF1: &str = "A0000002310100000000000000000000";
const LICENCE_DF2: &str = "A0000002310200000000000000000000";
const RESIDENCE_DF1: &str = "D392F0004F0200000000000000000000";
const PASSPORT: &str = "A0000002471001";

/// The application's place in a マイナンバーカード of this emulator.
const TEXT: usize = 0;
const TEXT_PIN: Place = (TEXT, 0x0011);
const NUMBER_A: Place = (TEXT, 0x0014);
const NUMBER_B: Place = (TEXT, 0x0015);

/// Someone's マイナンバーカード.
#[derive(Clone, Debug)]
pub struct MyNumber {
    /// Family and given name, separated by U+3000.
    pub name: String,
    pub address: String,
    /// `YYYYMMDD`.
    pub birth_date: String,
    /// JIS X 0303: `1` male, `2` female, `9`, `0`.
    pub sex: char,
    pub pin: String,
    /// Of three; 0 is blocked, as on a card issued without PINs.
    pub pin_tries_left: u8,
    /// 照合番号B, fourteen digits.
    pub number_b: String,
    /// Of ten.
    pub number_b_tries_left: u8,
}

/// Whether anything ever meant EF 0001 of 券面事項入力補助AP, the 個人番号.
pub(super) fn personal_number_was_touched(chip: &Chip) -> bool {
    chip.was_touched(&bytes_of(TEXT_SUPPORT), 0x0001)
}

impl MyNumber {
    pub(super) fn chip(&self) -> Chip {
        let free = Lock::Free;
        let files = [
            // No digits: whatever reads this by mistake shows it at once.
            content(0x0001, b"\xFF\x10\x0C#UNREADABLE#\xFF\xFF", any_of(&[TEXT_PIN, NUMBER_A])),
            content(0x0002, &self.four_attributes(), any_of(&[TEXT_PIN, NUMBER_B])),
            content(0x0005, b"\xFF\x40\x07\xDF\x41\x04\0\0\0\x01", free),
            key(0x0011, &self.pin, self.pin_tries_left, 3),
            key(0x0012, "0000", 0, 3),
            key(0x0014, "############", 10, 10),
            key(0x0015, &self.number_b, self.number_b_tries_left, 10),
        ];
        let text = Application { name: bytes_of(TEXT_SUPPORT), files: files.into() };
        let jpki = Application { name: bytes_of(JPKI), ..Application::default() };
        Chip::new(vec![text, jpki])
    }

    /// EF 0002 with its table of offsets, followed by filler.
    fn four_attributes(&self) -> Vec<u8> {
        let sex = self.sex.to_string();
        let fields = [
            (0xDF22_u16, self.name.as_bytes()),
            (0xDF23, self.address.as_bytes()),
            (0xDF24, self.birth_date.as_bytes()),
            (0xDF25, sex.as_bytes()),
        ]
        .map(|(tag, value)| object(&tag.to_be_bytes(), value));
        let inside_len = 11 + fields.iter().map(Vec::len).sum::<usize>();
        let mut offset = object(&[0xFF, 0x20], &vec![0; inside_len]).len() - inside_len + 11;
        let mut table = Vec::new();
        for field in &fields {
            table.extend((offset as u16).to_be_bytes());
            offset += field.len();
        }
        let inside = [object(&[0xDF, 0x21], &table), fields.concat()].concat();
        [object(&[0xFF, 0x20], &inside), vec![0xFF; 4]].concat()
    }
}

/// Someone's driver's licence.
#[derive(Clone, Debug)]
pub struct Licence {
    pub name: Text,
    /// 呼び名(カナ).
    pub kana: Text,
    pub address: Text,
    /// Era code and `YYMMDD`.
    pub birth_date: String,
    /// `None` if the holder set none.
    pub pin: Option<String>,
    /// Of three.
    pub pin_tries_left: u8,
    /// What MF/EF02 says, if it is not the truth: to test that a card which does
    /// not say is not guessed at.
    pub pin_setting: Option<Vec<u8>>,
    /// Entries of EF04 in the order they were made.
    pub changes: Vec<Change>,
}

/// What was changed after issue.
#[derive(Clone, Debug)]
pub enum Change {
    Name { name: Text, kana: Text },
    Address(Text),
}

/// The licence's places: the master file comes first.
const ROOT: usize = 0;
const PIN_1: Place = (ROOT, 0x0001);

impl Licence {
    pub(super) fn chip(&self) -> Chip {
        let stated = vec![0x05, 0x01, u8::from(self.pin.is_some())];
        let pin = self.pin.as_deref().unwrap_or("****");
        let root = Application {
            name: Vec::new(),
            files: [
                content(
                    0x2F01,
                    b"\x45\x0B008\x20\x24\x04\x01\x20\x29\x05\x01\x46\x02\x01\x01",
                    Lock::Free,
                ),
                content(0x000A, self.pin_setting.as_ref().unwrap_or(&stated), Lock::Free),
                key(0x0001, pin, self.pin_tries_left, 3),
                key(0x0002, pin, 3, 3),
            ]
            .into(),
        };
        let entries = Application {
            name: bytes_of(LICENCE_DF1),
            files: [
                content(0x0001, &self.entries(), any_of(&[PIN_1])),
                content(0x0004, &self.changed_entries(), any_of(&[PIN_1])),
            ]
            .into(),
        };
        let photo = Application { name: bytes_of(LICENCE_DF2), ..Application::default() };
        Chip::with_root(root, vec![entries, photo])
    }

    /// EF01: 880 bytes, filled with `FF`.
    fn entries(&self) -> Vec<u8> {
        let objects = [
            object(&[0x11], b"\x02"),
            object(&[0x12], &jis_bytes(&self.name)),
            object(&[0x13], &jis_bytes(&self.kana)),
            object(&[0x14], b""),
            object(&[0x16], self.birth_date.as_bytes()),
            object(&[0x17], &jis_bytes(&self.address)),
            object(&[0x18], b"5060401"),
            object(&[0x1A], &jis_bytes(&Text::from("優良"))),
            object(&[0x1B], b"5110501"),
            object(&[0x20], &jis_bytes(&Text::from("見本県公安"))),
            // Beginning with a number of a prefecture that does not exist.
            object(&[0x21], b"990000000010"),
            object(&[0x22], b"4000000"),
        ];
        filled(objects.concat(), 880)
    }

    /// EF04: 640 bytes. Each entry stands between the day and the authority.
    fn changed_entries(&self) -> Vec<u8> {
        let mut bytes = object(&[0x50], if self.changes.is_empty() { b"" } else { b"1" });
        let [mut name_tag, mut kana_tag, mut address_tag] = [0x60_u8, 0x68, 0x70];
        for change in &self.changes {
            match change {
                Change::Name { name, kana } => {
                    bytes.extend(object(&[name_tag], &changed(name)));
                    bytes.extend(object(&[kana_tag], &changed(kana)));
                    (name_tag, kana_tag) = (name_tag + 1, kana_tag + 1);
                }
                Change::Address(address) => {
                    bytes.extend(object(&[address_tag], &changed(address)));
                    address_tag += 1;
                }
            }
        }
        // Places for changes that were not made have no length.
        bytes.extend(object(&[address_tag], b""));
        filled(bytes, 640)
    }
}

fn changed(text: &Text) -> Vec<u8> {
    let day = jis_bytes(&Text::from("５０８０４０１"));
    let authority = jis_bytes(&Text::from("見本県公安"));
    [b"\x02".to_vec(), day, jis_bytes(text), authority].concat()
}

/// A 在留カード: recognised by its applications, read by nobody here.
pub(super) fn residence_card() -> Chip {
    let entries = Application { name: bytes_of(RESIDENCE_DF1), ..Application::default() };
    Chip::with_root(Application::default(), vec![entries])
}

/// A passport.
pub(super) fn passport() -> Chip {
    single(PASSPORT)
}

/// A telephone with 公的個人認証 only.
pub(super) fn phone() -> Chip {
    single(JPKI)
}

/// A card that answers every SELECT with `stranger`.
pub(super) fn stranger(stranger: u16) -> Chip {
    let mut chip = Chip::new(Vec::new());
    chip.stranger = stranger;
    chip
}

fn single(name: &str) -> Chip {
    let application = Application { name: bytes_of(name), ..Application::default() };
    Chip::new(vec![application])
}

fn content(id: u16, bytes: &[u8], lock: Lock) -> (u16, File) {
    (id, File::Content { bytes: bytes.to_vec(), lock })
}

fn key(id: u16, secret: &str, tries_left: u8, tries_max: u8) -> (u16, File) {
    (id, File::Key { secret: secret.as_bytes().to_vec(), tries_left, tries_max })
}

fn any_of(keys: &[Place]) -> Lock {
    Lock::AnyOf(keys.to_vec())
}

/// Tag, length in the shortest form, value.
fn object(tag: &[u8], value: &[u8]) -> Vec<u8> {
    let len = (value.len() as u16).to_be_bytes();
    let length: &[u8] = match value.len() {
        0..0x80 => &len[1..],
        0x80..0x100 => &[0x81, len[1]],
        _ => &[0x82, len[0], len[1]],
    };
    [tag, length, value].concat()
}

fn filled(mut bytes: Vec<u8>, len: usize) -> Vec<u8> {
    bytes.resize(len, 0xFF);
    bytes
}

fn jis_bytes(text: &Text) -> Vec<u8> {
    jis::encode(text).expect("the personas of a licence use JIS X 0208 only")
}

fn bytes_of(hex: &str) -> Vec<u8> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).expect("hexadecimal") as u8;
    let (pairs, _) = hex.as_bytes().as_chunks::<2>();
    pairs.iter().map(|[high, low]| digit(high) << 4 | digit(low)).collect()
}
