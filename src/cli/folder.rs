//! Where the program's own folders are.

use std::path::{Path, PathBuf};

/// The folder named, else `name` here, else beside the program or above it, where
/// it lies after a build and after an installation.
pub(super) fn folder_of(named: Option<&Path>, name: &str) -> PathBuf {
    let here = PathBuf::from(name);
    if let Some(named) = named {
        return named.to_owned();
    }
    if here.is_dir() {
        return here;
    }
    let program = std::env::current_exe().unwrap_or_default();
    let above = program.ancestors().skip(1).map(|folder| folder.join(name));
    above.into_iter().find(|folder| folder.is_dir()).unwrap_or(here)
}
