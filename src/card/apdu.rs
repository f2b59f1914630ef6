//! The commands this program can send, and the answers (ISO/IEC 7816-4).
//!
//! There is no other way to make a command than these constructors: SELECT takes
//! the closed lists of [`super::file`], READ BINARY always means the file that was
//! selected, and no command changes anything on a card.

use std::fmt;

use zeroize::Zeroizing;

use super::file::{Application, ElementaryFile};
use super::link::LinkError;

/// The most data a short READ BINARY may ask for; sent as `Le` = `00`.
pub(super) const LE_MAX: usize = 256;

/// A command APDU. Wiped when dropped, because it may hold a PIN.
pub(super) struct Command(Zeroizing<Vec<u8>>);

/// Which key VERIFY means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Key {
    /// The key file that was selected.
    Selected = 0x80,
    /// IEF01 of the current DF by its short identifier: 暗証番号1 of a licence.
    /// Never used on a マイナンバーカード.
    LicencePin1 = 0x81,
}

impl Command {
    fn new(header: [u8; 4], body: &[u8]) -> Self {
        // The exact capacity is taken at once: growing would leave copies of a
        // PIN behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(header.len() + 1 + body.len()));
        bytes.extend_from_slice(&header);
        if !body.is_empty() {
            bytes.push(u8::try_from(body.len()).expect("command bodies here are short"));
            bytes.extend_from_slice(body);
        }
        Self(bytes)
    }

    /// SELECT by DF name, no answer wanted.
    pub(super) fn select_application<A: Application>() -> Self {
        Self::select_name(A::NAME)
    }

    /// SELECT by DF name, to see whether the application is there.
    pub(super) fn select_name(name: &'static [u8]) -> Self {
        Self::new([0x00, 0xA4, 0x04, 0x0C], name)
    }

    /// SELECT of the master file by its identifier; the short form without one is
    /// not understood by every card.
    pub(super) fn select_root() -> Self {
        Self::new([0x00, 0xA4, 0x00, 0x00], &[0x3F, 0x00])
    }

    /// SELECT of a file under the current application.
    pub(super) fn select_file(file: impl ElementaryFile) -> Self {
        Self::new([0x00, 0xA4, 0x02, 0x0C], &file.id().to_be_bytes())
    }

    /// VERIFY without a body asks how many tries are left: exactly four bytes.
    pub(super) fn tries_left(key: Key) -> Self {
        Self::new([0x00, 0x20, 0x00, key as u8], &[])
    }

    /// VERIFY. The digits are presented as they are, without padding.
    pub(super) fn verify(key: Key, secret: &[u8]) -> Self {
        Self::new([0x00, 0x20, 0x00, key as u8], secret)
    }

    /// READ BINARY of the selected file, `len` of 1 to [`LE_MAX`] bytes. The high
    /// bit of the offset would mean a short file identifier, so it stays clear.
    pub(super) fn read_binary(offset: u16, len: usize) -> Self {
        let [high, low] = (offset & 0x7FFF).to_be_bytes();
        Self::new([0x00, 0xB0, high, low], &[]).with_le(len)
    }

    /// GET RESPONSE, after `61xx`.
    pub(super) fn get_response(len: usize) -> Self {
        Self::new([0x00, 0xC0, 0x00, 0x00], &[]).with_le(len)
    }

    fn with_le(mut self, len: usize) -> Self {
        self.0.push(u8::try_from(len).unwrap_or(0x00));
        self
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The instruction byte: all that a log may say of a command.
    pub(super) fn instruction(&self) -> u8 {
        self.0[1]
    }
}

impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Command({:02X}, {} bytes)", self.instruction(), self.0.len())
    }
}

/// The two bytes that end every answer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Status(pub(super) u16);

impl Status {
    pub(super) const OK: Status = Status(0x9000);
    pub(super) const NOT_FOUND: Status = Status(0x6A82);
    /// No precise diagnosis: one card says so to the very first command.
    pub(super) const NO_DIAGNOSIS: Status = Status(0x6F00);
    /// VERIFY: wrong, and the key has no counter or does not tell.
    pub(super) const MISMATCH: Status = Status(0x6300);
    /// VERIFY: the key was blocked before.
    pub(super) const BLOCKED: Status = Status(0x6984);
    /// SELECT: the application is blocked.
    pub(super) const DEACTIVATED: Status = Status(0x6283);
    /// READ BINARY: the file ended before `Le`.
    pub(super) const END_OF_FILE: Status = Status(0x6282);
    /// READ BINARY: the offset lies beyond the file.
    pub(super) const BEYOND_FILE: Status = Status(0x6B00);

    /// `63Cx`: the tries a key has left.
    pub(super) fn tries(self) -> Option<u8> {
        (self.0 & 0xFFF0 == 0x63C0).then_some((self.0 & 0x000F) as u8)
    }

    /// `61xx`: so many bytes wait; `00` means 256.
    pub(super) fn more_data(self) -> Option<usize> {
        (self.0 >> 8 == 0x61).then(|| length_of(self.0))
    }

    /// `6Cxx`: the `Le` that the card wants; `00` means 256.
    pub(super) fn wanted_len(self) -> Option<usize> {
        (self.0 >> 8 == 0x6C).then(|| length_of(self.0))
    }
}

fn length_of(status: u16) -> usize {
    match status & 0x00FF {
        0 => LE_MAX,
        len => usize::from(len),
    }
}

impl fmt::Debug for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04X}", self.0)
    }
}

/// An answer. Wiped when dropped; holds personal data.
pub(super) struct Answer {
    pub(super) content: Zeroizing<Vec<u8>>,
    pub(super) status: Status,
}

impl Answer {
    /// Splits off the status word. Fewer than two bytes is no answer at all: the
    /// card is gone.
    pub(super) fn new(mut bytes: Vec<u8>) -> Result<Self, LinkError> {
        let Some([.., high, low]) = bytes.get(..) else { return Err(LinkError::Removed) };
        let status = Status(u16::from_be_bytes([*high, *low]));
        bytes.truncate(bytes.len() - 2);
        Ok(Self { content: Zeroizing::new(bytes), status })
    }
}

#[cfg(test)]
mod tests {
    use super::super::file::{TextFile, TextSupport};
    use super::*;

    #[test]
    fn commands_are_written_byte_for_byte() {
        let hex = |command: Command| {
            command.bytes().iter().map(|byte| format!("{byte:02X}")).collect::<String>()
        };
        for (command, bytes) in [
            (Command::select_application::<TextSupport>(), "00A4040C0AD3921000310001010408"),
            (Command::select_root(), "00A40000023F00"),
            (Command::select_file(TextFile::PinKey), "00A4020C020011"),
            (Command::tries_left(Key::Selected), "00200080"),
            (Command::verify(Key::Selected, b"1234"), "002000800431323334"),
            (Command::verify(Key::LicencePin1, b"1234"), "002000810431323334"),
            (Command::read_binary(0, 256), "00B0000000"),
            (Command::read_binary(0x0300, 0x70), "00B0030070"),
            (Command::get_response(4), "00C0000004"),
        ] {
            assert_eq!(hex(command), bytes);
        }
    }

    #[test]
    fn a_read_never_names_a_file_however_large_the_offset() {
        for offset in [0x8100, 0xFFFF] {
            assert_eq!(Command::read_binary(offset, 1).bytes()[2] & 0x80, 0);
        }
    }

    #[test]
    fn an_answer_without_a_status_word_means_that_the_card_is_gone() {
        for bytes in [vec![], vec![0x90]] {
            assert_eq!(Answer::new(bytes).err(), Some(LinkError::Removed));
        }
        let answer = Answer::new(vec![0x41, 0x63, 0xC3]).unwrap();
        assert_eq!(
            (answer.content.as_slice(), answer.status.tries()),
            ([0x41].as_slice(), Some(3))
        );
    }

    #[test]
    fn debug_output_of_a_command_holds_no_body() {
        let command = Command::verify(Key::Selected, b"1234");
        assert_eq!(format!("{command:?}"), "Command(20, 9 bytes)");
    }
}
