//! Letters (送付ファイル): signed files that travel between two folders, where no line may be
//! and somebody, or something, carries files over.
//!
//! A letter is whole, or it is none: it has its name only when all of it is on disk, and
//! who opens it finds whether it was cut off, changed, or signed by somebody else. Who
//! carries it may lose it, bring it twice or late. What it says, this room does not know.

mod folder;
mod seal;

pub use folder::{Come, END, Inbox, put};
pub use seal::{Author, Authority, Opened, Refused};
