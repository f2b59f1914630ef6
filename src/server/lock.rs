//! One server a data folder: two would count the same numbers.

use std::fs::File;
use std::path::Path;

use anyhow::{Context, bail};

/// Holds the folder until it is dropped or the process ends, however it ends.
pub struct FolderLock(#[expect(dead_code, reason = "held, not read")] File);

impl FolderLock {
    /// Takes the folder.
    ///
    /// # Errors
    /// When another server has it, with what to do.
    pub fn take(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join("lock");
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .with_context(|| format!("{}", path.display()))?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(std::fs::TryLockError::WouldBlock) => bail!(
                "another madoguchi uses {}: stop it, or give this one its own --data folder",
                folder.display()
            ),
            Err(std::fs::TryLockError::Error(error)) => {
                Err(error).context("the data folder's lock")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_one_server_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let held = FolderLock::take(folder.path()).unwrap();
        let refused = FolderLock::take(folder.path()).err().unwrap();
        assert!(refused.to_string().contains("--data"));
        drop(held);
        FolderLock::take(folder.path()).unwrap();
    }
}
