//! What the hub takes of a batch: the part that follows on what it holds.

use super::message::{Entry, Hash, Mark};

/// What is done with a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receipt {
    /// Entries from this index on are new and follow on what is held. At the
    /// batch's length: all of them are held already.
    Take { from: usize },
    /// Entries before the batch are missing; none of it is taken.
    Gap,
    /// What is held is not what the sender has; none of it is taken.
    Parted,
}

/// How a batch fits to a log that is held up to `upto`. `hash_at` answers for every
/// entry that is held.
pub fn receive<B>(
    upto: Option<Mark>,
    hash_at: impl Fn(u64) -> Option<Hash>,
    entries: &[Entry<B>],
) -> Receipt {
    let held = upto.map_or(0, |mark| mark.seq);
    let Some(first) = entries.first().map(|entry| entry.link) else {
        return Receipt::Take { from: 0 };
    };
    if !hangs_together(entries) {
        return Receipt::Parted;
    }
    if first.seq > held + 1 {
        return Receipt::Gap;
    }
    let known = usize::try_from(held + 1 - first.seq).unwrap_or(usize::MAX).min(entries.len());
    let link = |at: usize| entries[at].link;
    // The newest that both have decides: the chain vouches for those before it.
    let agrees = match known.checked_sub(1) {
        Some(last) => hash_at(link(last).seq) == Some(link(last).hash),
        None => upto.is_none_or(|upto| upto.hash == first.before),
    };
    if agrees { Receipt::Take { from: known } } else { Receipt::Parted }
}

/// Whether each entry follows on the one before it.
fn hangs_together<B>(entries: &[Entry<B>]) -> bool {
    let starts = entries.first().is_none_or(|first| first.link.seq >= 1);
    let follows = |two: &[Entry<B>]| {
        two[1].link.seq == two[0].link.seq + 1 && two[1].link.before == two[0].link.hash
    };
    starts && entries.windows(2).all(follows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::message::Link;

    fn hash(seq: u64) -> Hash {
        [u8::try_from(seq).unwrap(); 32]
    }

    fn entries(seqs: std::ops::RangeInclusive<u64>) -> Vec<Entry<()>> {
        let link = |seq| Link { seq, before: hash(seq - 1), hash: hash(seq) };
        seqs.map(|seq| Entry { link: link(seq), body: () }).collect()
    }

    /// To a hub that holds 1 to 5.
    fn received(entries: &[Entry<()>]) -> Receipt {
        let hash_at = |seq| (1..=5).contains(&seq).then(|| hash(seq));
        receive(Some(Mark { seq: 5, hash: hash(5) }), hash_at, entries)
    }

    #[test]
    fn only_what_follows_is_taken_and_only_once() {
        for (name, batch, expected) in [
            ("the next", entries(6..=8), Receipt::Take { from: 0 }),
            ("partly again", entries(4..=8), Receipt::Take { from: 2 }),
            ("all again", entries(2..=5), Receipt::Take { from: 4 }),
            ("an old one, late", entries(1..=2), Receipt::Take { from: 2 }),
            ("one is missing", entries(7..=8), Receipt::Gap),
            ("nothing", vec![], Receipt::Take { from: 0 }),
        ] {
            assert_eq!(received(&batch), expected, "{name}");
        }
    }

    #[test]
    fn what_is_not_the_same_log_is_refused() {
        let mut foreign = entries(6..=7);
        foreign[0].link.before = [99; 32];
        let mut changed = entries(5..=6);
        changed[0].link.hash = [99; 32];
        changed[1].link.before = [99; 32];
        let mut torn = entries(6..=8);
        torn.remove(1);
        for batch in [foreign, changed, torn] {
            assert_eq!(received(&batch), Receipt::Parted);
        }
    }

    #[test]
    fn a_log_that_is_new_begins_at_its_first_entry() {
        let of_nothing = |batch: &[Entry<()>]| receive(None, |_| None, batch);
        assert_eq!(of_nothing(&entries(1..=3)), Receipt::Take { from: 0 });
        assert_eq!(of_nothing(&entries(2..=3)), Receipt::Gap);
    }
}
