//! What a slip printer answers when it is asked how it is.
//!
//! Two commands, told apart by their fixed bits. DLE EOT is answered at once, in
//! the middle of anything, also when the printer is offline. GS r waits its turn
//! behind what was sent before: its answer proves that all of that was printed.

use super::Error;

/// DLE EOT 2, the cause of being offline, and DLE EOT 4, the paper sensor.
pub(super) const ASK_NOW: [&[u8]; 2] = [b"\x10\x04\x02", b"\x10\x04\x04"];
/// GS r 1.
pub(super) const ASK_IN_TURN: &[u8] = b"\x1dr\x01";
/// DLE DC4 8: throws away what was received and is not printed yet.
pub(super) const FORGET: &[u8] = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08";

/// Whether a byte answers DLE EOT: bits 1 and 4 are set, 0 and 7 are not.
pub(super) fn is_now(byte: u8) -> bool {
    byte & 0b1001_0011 == 0b0001_0010
}

/// Whether a byte answers GS r: bits 4 and 7 are not set.
pub(super) fn is_in_turn(byte: u8) -> bool {
    byte & 0b1001_0000 == 0
}

/// The fault in the answers to [`ASK_NOW`], in that order.
pub(super) fn fault([offline, paper]: [u8; 2]) -> Option<Error> {
    let paper_end = offline & 0b0010_0000 != 0 || paper & 0b0110_0000 != 0;
    match () {
        () if offline & 0b0000_0100 != 0 => Some(Error::CoverOpen),
        () if paper_end => Some(Error::PaperOut),
        // A jammed knife, a head that is too hot.
        () if offline & 0b0100_0000 != 0 => Some(Error::Fault),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bits_are_those_of_the_reference() {
        const WELL: u8 = 0x12;
        for (offline, paper, expected) in [
            (WELL, WELL, None),
            // The roll is nearly at its end: it prints.
            (WELL, WELL | 0x0C, None),
            (WELL | 0x20, WELL | 0x60, Some(Error::PaperOut)),
            (WELL, WELL | 0x60, Some(Error::PaperOut)),
            // An open cover lets the paper go too.
            (WELL | 0x04 | 0x20, WELL | 0x60, Some(Error::CoverOpen)),
            (WELL | 0x40, WELL, Some(Error::Fault)),
            // The feed button is held.
            (WELL | 0x08, WELL, None),
        ] {
            assert_eq!(fault([offline, paper]), expected, "{offline:08b} {paper:08b}");
            assert!(is_now(offline) && is_now(paper) && !is_in_turn(offline));
        }
        for byte in [0x00, 0x03, 0x0C, 0x0F] {
            assert!(is_in_turn(byte) && !is_now(byte), "{byte:08b}");
        }
    }
}
