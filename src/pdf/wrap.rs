//! Where a line may end.
//!
//! The rules of JIS X 4051 that a form needs: marks that may not begin or end a
//! line, numbers and Latin words that stay whole, and a break at a blank where
//! two lines are enough.

use super::coverage::{Cluster, Ink};

/// May not begin a line (行頭禁則, JIS X 4051).
const NOT_FIRST: &str = "、。，．,.）)」』】〕］]・：；:;？！?!ー〜～々ゝゞヽヾぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶ−‐-";
/// May not end a line (行末禁則).
const NOT_LAST: &str = "（(「『【〔［[〒";

/// In em.
pub(super) fn width(clusters: &[Cluster]) -> f32 {
    clusters.iter().map(|cluster| cluster.advance).sum()
}

/// Breaks into lines of at most `em`. A run without a good place to break that is
/// longer is broken `anywhere`, or there is no answer.
pub(super) fn wrap(clusters: &[Cluster], em: f32, anywhere: bool) -> Option<Vec<Vec<Cluster>>> {
    let mut lines = Vec::new();
    let mut rest = clusters;
    while !rest.is_empty() {
        let fitting = fitting(rest, em);
        let end = if fitting == rest.len() {
            fitting
        } else {
            last_break(rest, fitting).or(anywhere.then_some(fitting).filter(|end| *end > 0))?
        };
        let (line, after) = rest.split_at(end);
        lines.push(trimmed(line).to_vec());
        let blanks = after.iter().take_while(|cluster| is_blank(cluster)).count();
        rest = &after[blanks..];
    }
    match lines.len() {
        2 => Some(at_blank(clusters, em).unwrap_or(lines)),
        _ => Some(lines),
    }
}

/// Two lines broken at a blank, where that is possible: before the name of a
/// building rather than inside it.
fn at_blank(clusters: &[Cluster], em: f32) -> Option<Vec<Vec<Cluster>>> {
    let blanks = (0..clusters.len()).rev().filter(|at| is_blank(&clusters[*at]));
    let mut halves = blanks.map(|at| (trimmed(&clusters[..at]), &clusters[at + 1..]));
    let (one, other) = halves.find(|(one, other)| {
        !one.is_empty() && !other.is_empty() && width(one) <= em && width(other) <= em
    })?;
    Some(vec![one.to_vec(), other.to_vec()])
}

/// Two lines broken where the first is full, whatever stands there.
pub(super) fn halves(clusters: &[Cluster], em: f32) -> Option<Vec<Vec<Cluster>>> {
    let (one, other) = clusters.split_at(fitting(clusters, em));
    (width(other) <= em).then(|| vec![one.to_vec(), other.to_vec()])
}

/// How many clusters fit into `em`.
fn fitting(clusters: &[Cluster], em: f32) -> usize {
    let mut used = 0.0;
    clusters
        .iter()
        .take_while(|cluster| {
            used += cluster.advance;
            used <= em
        })
        .count()
}

/// The last place at or before `at` where a line may end.
fn last_break(clusters: &[Cluster], at: usize) -> Option<usize> {
    (1..=at).rev().find(|at| may_break(&clusters[at - 1], &clusters[*at]))
}

fn may_break(before: &Cluster, after: &Cluster) -> bool {
    // Numbers of a lot and Latin words stay together: 1-2-3, Nguyen.
    let joined = is_word(before) && is_word(after);
    let first = after.text.chars().next().is_some_and(|c| NOT_FIRST.contains(c));
    let last = before.text.chars().next().is_some_and(|c| NOT_LAST.contains(c));
    !joined && !first && !last
}

fn is_word(cluster: &Cluster) -> bool {
    cluster
        .text
        .chars()
        .next()
        .is_some_and(|c| c.is_ascii_graphic() || matches!(c, '０'..='９' | '−' | '－' | '‐' | 'ー'))
}

fn is_blank(cluster: &Cluster) -> bool {
    cluster.ink != Ink::Box && cluster.text.chars().all(char::is_whitespace)
}

fn trimmed(line: &[Cluster]) -> &[Cluster] {
    let blanks = line.iter().rev().take_while(|cluster| is_blank(cluster)).count();
    &line[..line.len() - blanks]
}
