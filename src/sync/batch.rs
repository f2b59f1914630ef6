//! How much travels at once.

/// The most that travels at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Most {
    pub entries: usize,
    /// Before it is compressed.
    pub bytes: usize,
}

/// Over a line, where the next batch follows at once.
pub const ON_A_LINE: Most = Most { entries: 500, bytes: 1024 * 1024 };

/// In a letter, which may be the only one of a day.
pub const IN_A_LETTER: Most = Most { entries: 8_000, bytes: 8 * 1024 * 1024 };

/// How many of the entries with these sizes go into the next batch: as many as fit,
/// and always one, so that no entry holds up those behind it.
pub fn cut(sizes: impl IntoIterator<Item = usize>, most: Most) -> usize {
    let mut bytes = 0_usize;
    let fits = |size: &usize| {
        bytes = bytes.saturating_add(*size);
        bytes <= most.bytes
    };
    let mut sizes = sizes.into_iter().take(most.entries).peekable();
    let any = usize::from(sizes.peek().is_some());
    sizes.take_while(fits).count().max(any)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_full_by_entries_or_by_bytes_and_never_empty() {
        for (sizes, expected) in [
            (vec![], 0),
            (vec![1_000; 3], 3),
            (vec![1_000; 600], ON_A_LINE.entries),
            (vec![ON_A_LINE.bytes / 2, ON_A_LINE.bytes / 2, 1], 2),
            (vec![ON_A_LINE.bytes + 1, 1], 1),
            (vec![1, usize::MAX, 1], 1),
        ] {
            assert_eq!(cut(sizes.clone(), ON_A_LINE), expected, "{} sizes", sizes.len());
        }
    }
}
