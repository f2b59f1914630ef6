//! The check at the end of a code: CRC-16/IBM-3740 over the bytes of everything before
//! it, its own name and length included.

use super::Error;

/// Name and length of the check.
const FIELD: &str = "6304";

/// Polynomial 0x1021 from 0xFFFF on, neither reflected nor inverted.
pub(super) fn crc(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xFFFF, |crc, byte| {
        (0..8).fold(crc ^ u16::from(*byte) << 8, |crc, _| match crc & 0x8000 {
            0 => crc << 1,
            _ => crc << 1 ^ 0x1021,
        })
    })
}

/// With its check.
pub(super) fn signed(text: &str) -> String {
    let text = format!("{text}{FIELD}");
    format!("{text}{:04X}", crc(text.as_bytes()))
}

/// What stands before the check, if that holds.
pub(super) fn checked(text: &str) -> Result<&str, Error> {
    let (before, check) =
        text.len().checked_sub(4).and_then(|at| text.split_at_checked(at)).ok_or(Error::Fields)?;
    let inner = before.strip_suffix(FIELD).ok_or(Error::Fields)?;
    match format!("{:04X}", crc(before.as_bytes())) == check {
        true => Ok(inner),
        false => Err(Error::Check),
    }
}
