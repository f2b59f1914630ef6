//! Where the program's own folders are.

use std::path::{Path, PathBuf};

use crate::fault::Fault;
use crate::pdf::Fonts;

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

/// The fonts of the folder named, or of the usual one, and their faults. A folder
/// that somebody named is expected to be there.
pub(super) fn fonts_of(named: Option<&Path>) -> (Fonts, Vec<Fault>) {
    let folder = folder_of(named, "fonts");
    let (fonts, mut faults) = Fonts::with_folder(&folder);
    if named.is_some() && !folder.is_dir() {
        let instead = "--fonts には、書体（.ttf）の入ったフォルダーを書いてください";
        faults.push(Fault::new(folder, None, "フォルダーがありません", instead));
    }
    (fonts, faults)
}
