//! How much travels at once.

/// Entries in one batch at most.
pub const ENTRIES_MAX: usize = 500;

/// Bytes of one batch at most, before it is compressed.
pub const BYTES_MAX: usize = 1024 * 1024;

/// How many of the entries with these sizes go into the next batch: as many as fit,
/// and always one, so that no entry holds up those behind it.
pub fn cut(sizes: impl IntoIterator<Item = usize>) -> usize {
    let mut bytes = 0_usize;
    let fits = |size: &usize| {
        bytes = bytes.saturating_add(*size);
        bytes <= BYTES_MAX
    };
    let mut sizes = sizes.into_iter().take(ENTRIES_MAX).peekable();
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
            (vec![1_000; 600], ENTRIES_MAX),
            (vec![BYTES_MAX / 2, BYTES_MAX / 2, 1], 2),
            (vec![BYTES_MAX + 1, 1], 1),
            (vec![1, usize::MAX, 1], 1),
        ] {
            assert_eq!(cut(sizes.clone()), expected, "{} sizes", sizes.len());
        }
    }
}
