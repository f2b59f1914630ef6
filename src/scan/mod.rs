//! Reads two-dimensional codes: out of a picture, and out of a scanner that sends
//! what it read over a serial line.
//!
//! A picture is grey, bounded in size, and made by a stranger: whatever it holds,
//! what comes out is the words of a code or nothing. This room does not know what
//! the words mean, nor whose they are.

mod ladder;
mod luma;
mod picture;
mod serial;

pub use ladder::read;
pub use luma::Luma;
pub use picture::{PictureError, unpack};
pub use serial::SerialScanner;
