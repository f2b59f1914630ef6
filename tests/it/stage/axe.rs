//! axe-core, which looks at a page as somebody who cannot see, or cannot use a
//! mouse, meets it. `tests/run` fetches it; it is used for tests only.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::skip;

/// Runs all rules on the page, in every state that a person can bring it into by
/// themselves, and tells each broken rule with the places that break it.
pub const EXAMINE: &str = "const told = arguments[arguments.length - 1]; \
     const why = node => [...node.any, ...node.all, ...node.none].map(one => one.message)[0] ?? ''; \
     axe.run(document, { resultTypes: ['violations'] }).then(found => told(found.violations.flatMap( \
         rule => rule.nodes.map(node => `${rule.id}: ${node.html.slice(0, 200)} (${why(node)})`))), \
         error => told([String(error)]))";

/// Its source, once fetched. `None` where it never was; that is said loudly.
pub fn source(what: &str) -> Option<&'static str> {
    static SOURCE: OnceLock<Option<String>> = OnceLock::new();
    let source = SOURCE.get_or_init(|| std::fs::read_to_string(place()).ok()).as_deref();
    if source.is_none() {
        skip(what, "axe-core is not there; tests/run fetches it with npm");
    }
    source
}

fn place() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("axe");
    folder.join("node_modules/axe-core/axe.min.js")
}
