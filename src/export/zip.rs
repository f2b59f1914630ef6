//! Several files as one download: a ZIP without compression (APPNOTE.TXT 6.3.10 of
//! PKWARE, methods and headers of version 2.0, names in UTF-8).

use time::PrimitiveDateTime;

use super::File;
use crate::clock::Moment;

/// All files in one.
pub fn zip(files: &[File], at: Moment) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    let stamp = dos_stamp(PrimitiveDateTime::new(at.date(), at.time()));
    for file in files {
        let begins = size(bytes.len());
        // What the header of the file and its line in the directory share.
        let mut common = Vec::new();
        // Version 2.0; bit 11: the name is UTF-8; stored.
        for word in [20_u16, 1 << 11, 0, stamp.1, stamp.0] {
            common.extend(word.to_le_bytes());
        }
        for long in [crc(&file.bytes), size(file.bytes.len()), size(file.bytes.len())] {
            common.extend(long.to_le_bytes());
        }
        let name = u16::try_from(file.name.len()).unwrap_or(u16::MAX);
        common.extend(name.to_le_bytes());
        common.extend(0_u16.to_le_bytes());
        bytes.extend(b"PK\x03\x04");
        bytes.extend(&common);
        bytes.extend(file.name.as_bytes());
        bytes.extend(&file.bytes);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&common);
        // No comment, first disk, no attributes: 2 + 2 + 2 + 4 bytes of nothing.
        directory.extend([0; 10]);
        directory.extend(begins.to_le_bytes());
        directory.extend(file.name.as_bytes());
    }
    let count = u16::try_from(files.len()).unwrap_or(u16::MAX);
    let (begins, long) = (size(bytes.len()), size(directory.len()));
    bytes.extend(directory);
    bytes.extend(b"PK\x05\x06\x00\x00\x00\x00");
    bytes.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    bytes.extend([long.to_le_bytes(), begins.to_le_bytes()].concat());
    bytes.extend([0; 2]);
    bytes
}

/// Files of an office are far below 4 GiB.
fn size(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

/// Day and time of day as MS-DOS kept them, from 1980 on and to two seconds.
fn dos_stamp(at: PrimitiveDateTime) -> (u16, u16) {
    let year = u16::try_from(at.year() - 1980).unwrap_or(0);
    let day = (year << 9) | (u16::from(u8::from(at.month())) << 5) | u16::from(at.day());
    let time =
        (u16::from(at.hour()) << 11) | (u16::from(at.minute()) << 5) | u16::from(at.second() / 2);
    (day, time)
}

/// CRC-32 (ITU-T V.42), bit by bit: these files are small.
fn crc(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xEDB8_8320 & 0_u32.wrapping_sub(crc & 1));
        }
    }
    !crc
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    /// The bytes were packed by another implementation (Python's `struct` and `zlib.crc32`), and its
    /// `zipfile` takes them apart.
    #[test]
    fn the_bytes_are_those_that_others_unpack() {
        let files = [("a.csv", b"1\r\n".to_vec()), ("変.csv", vec![0x81, 0xAC])];
        let files = files.map(|(name, bytes)| File { name: name.to_owned(), bytes });
        let packed = zip(&files, datetime!(2026-11-24 10:30:40 +9));
        let hex: String = packed.iter().map(|byte| format!("{byte:02X}")).collect();
        let expected = [
            "504B0304140000080000D453785DE6C1938F030000000300000005000000612E637376310D0A504B0304",
            "140000080000D453785D365421BC020000000200000007000000E5A4892E63737681AC504B0102140014",
            "0000080000D453785DE6C1938F0300000003000000050000000000000000000000000000000000612E63",
            "7376504B01021400140000080000D453785D365421BC0200000002000000070000000000000000000000",
            "000026000000E5A4892E637376504B05060000000002000200680000004D0000000000",
        ];
        assert_eq!(hex, expected.concat());
    }
}
