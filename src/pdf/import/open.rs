//! A file from outside, read within bounds.
//!
//! Whoever brings a PDF may not have made it, and a small file can ask for much:
//! streams that swell a thousandfold, a hundred thousand pages, objects that lead
//! back to themselves. Everything here has a limit, and past the last of them, the
//! clock's, the file is refused.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use lopdf::{Document, LoadOptions, ObjectId};

use super::error::ImportError;
use super::refusal;

/// A town's form is a few hundred kilobytes; with photographs, a few million.
const FILE_MAX: usize = 16 << 20;
/// What all object streams of a file may hold together.
const OBJECT_STREAMS_MAX: usize = 32 << 20;
/// Pages of one form.
const PAGES_MAX: usize = 20;
/// Longest time for one file.
const TIME_MAX: Duration = Duration::from_secs(30);

/// Does `work` on a file, or refuses the file when that takes too long or fails
/// where nothing should: what else is running must not wait for it, nor fall.
pub(super) fn within_bounds<T: Send + 'static>(
    bytes: &[u8],
    work: fn(&[u8]) -> Result<T, ImportError>,
) -> Result<T, ImportError> {
    if bytes.len() > FILE_MAX {
        return Err(ImportError::TooLarge(FILE_MAX >> 20));
    }
    answered_within(TIME_MAX, bytes.to_vec(), work)
}

fn answered_within<T: Send + 'static>(
    longest: Duration,
    bytes: Vec<u8>,
    work: fn(&[u8]) -> Result<T, ImportError>,
) -> Result<T, ImportError> {
    let (answer, answered) = mpsc::sync_channel(1);
    let reader = std::thread::Builder::new().name("pdf".to_owned());
    let started = reader.spawn(move || {
        // Nobody listens any more when it took too long.
        let _ = answer.send(work(&bytes));
    });
    if started.is_err() {
        return Err(ImportError::TooSlow);
    }
    answered.recv_timeout(longest).unwrap_or_else(|error| match error {
        RecvTimeoutError::Timeout => Err(ImportError::TooSlow),
        // The reader's thread ended without a word: the PDF crate gave up on a
        // file that is not what it says.
        RecvTimeoutError::Disconnected => Err(ImportError::Damaged("読み込みの途中")),
    })
}

/// Reads a file and refuses what is not plain paper.
pub(super) fn open(bytes: &[u8]) -> Result<Document, ImportError> {
    let options = LoadOptions::with_max_decompressed_size(OBJECT_STREAMS_MAX / streams(bytes));
    let document =
        Document::load_mem_with_options(bytes, options).map_err(|error| match error {
            lopdf::Error::Decryption(_)
            | lopdf::Error::InvalidPassword
            | lopdf::Error::UnsupportedSecurityHandler(_) => ImportError::Encrypted,
            lopdf::Error::Decompress(_) => ImportError::Inflated,
            // Where in the file the crate stumbled helps nobody who can mend it.
            error if bytes.starts_with(b"%PDF-") => {
                tracing::debug!(%error, "a PDF could not be read");
                ImportError::Damaged("目次")
            }
            error => ImportError::NoPdf(error.to_string()),
        })?;
    if document.is_encrypted() || document.was_encrypted() {
        return Err(ImportError::Encrypted);
    }
    match refusal::active(&document) {
        Some(what) => Err(ImportError::Active(what)),
        None => Ok(document),
    }
}

/// At least as many as the file has streams, and never none: each stream has the
/// word at its head and in its end.
fn streams(bytes: &[u8]) -> usize {
    let word = b"endstream";
    // A search by the first byte is fast enough for the largest file.
    let starts = bytes.iter().enumerate().filter(|(_, byte)| **byte == word[0]);
    starts.filter(|(at, _)| bytes[*at..].starts_with(word)).count().max(1)
}

/// The pages in their order.
pub(super) fn pages(document: &Document) -> Result<Vec<ObjectId>, ImportError> {
    let declared = document
        .catalog()
        .and_then(|catalog| catalog.get_deref(b"Pages", document))
        .and_then(|tree| tree.as_dict())
        .map_err(|_| ImportError::NoPage)?
        .get_deref(b"Count", document)
        .and_then(|count| count.as_i64())
        .map_err(|_| ImportError::Damaged("ページの並び"))?;
    let declared = usize::try_from(declared).unwrap_or_default();
    if declared > PAGES_MAX {
        return Err(ImportError::TooManyPages(declared, PAGES_MAX));
    }
    let pages: Vec<ObjectId> = document.page_iter().take(PAGES_MAX + 1).collect();
    match pages.len() {
        0 => Err(ImportError::NoPage),
        found if found == declared => Ok(pages),
        // A page that cannot be read must not go missing in silence.
        _ => Err(ImportError::Damaged("ページの並び")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_too_long_or_falls_is_refused_and_nobody_waits() {
        let never = |_: &[u8]| -> Result<(), ImportError> {
            loop {
                std::thread::park();
            }
        };
        let asked = answered_within(Duration::from_millis(20), Vec::new(), never);
        assert_eq!(asked, Err(ImportError::TooSlow));
        let falls = |bytes: &[u8]| -> Result<(), ImportError> {
            assert!(!bytes.is_empty(), "this line in a test's output is expected");
            Ok(())
        };
        let asked = answered_within(TIME_MAX, Vec::new(), falls);
        assert_eq!(asked, Err(ImportError::Damaged("読み込みの途中")));
        assert_eq!(answered_within(TIME_MAX, vec![1], falls), Ok(()));
    }

    #[test]
    fn a_file_is_too_large_before_it_is_read() {
        let opened = within_bounds(&vec![b' '; FILE_MAX + 1], |bytes| open(bytes).map(drop));
        assert_eq!(opened, Err(ImportError::TooLarge(16)));
    }
}
