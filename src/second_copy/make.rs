//! Making one copy.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::db::{self, Pace, TailCheck};

/// The copy's name in its folder.
pub const FILE: &str = "office-copy.db";

/// Why there is no new copy; the last one still lies there, unless the medium is gone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    #[error("its folder is not there: is the medium connected and mounted?")]
    Gone,
    #[error("its medium has no room left")]
    NoRoom,
    #[error("{0}")]
    Failed(String),
}

impl Trouble {
    /// For whoever watches over the machines.
    pub fn code(&self) -> &'static str {
        match self {
            Trouble::Gone => "gone",
            Trouble::NoRoom => "no_room",
            Trouble::Failed(_) => "failed",
        }
    }
}

impl From<db::Error> for Trouble {
    fn from(error: db::Error) -> Self {
        match error {
            db::Error::DiskFull => Trouble::NoRoom,
            other => Trouble::Failed(other.to_string()),
        }
    }
}

/// A copy lies there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Made {
    /// On the same medium as the database.
    pub beside: bool,
}

/// Copies the database at `database` into `folder`. The last copy is whole until the new
/// one is.
pub(super) fn make(database: &Path, folder: &Path, check: TailCheck) -> Result<Made, Trouble> {
    if !folder.is_dir() {
        return Err(Trouble::Gone);
    }
    let (part, copy) = (folder.join(format!("{FILE}.part")), folder.join(FILE));
    // Of a copy that a power cut ended.
    for left in [part.clone(), PathBuf::from(format!("{}-journal", part.display()))] {
        match fs::remove_file(&left) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(Trouble::Failed(format!("{}: {error}", left.display())));
            }
            _ => {}
        }
    }
    db::copy_to(database, &part, Pace::Calmly)?;
    let looked = db::open_read_only(&part).and_then(|copy| check(&copy));
    looked.and_then(|()| db::put_over(&part, &copy)).inspect_err(|_| {
        // The reason of the failure is told; this one would only hide it.
        let _ = fs::remove_file(&part);
    })?;
    still_there(database, folder)
}

/// Whether the copy that was made still lies there, and where.
pub(super) fn still_there(database: &Path, folder: &Path) -> Result<Made, Trouble> {
    let medium = |path: &Path| fs::metadata(path).map(|file| file.dev());
    let copy = medium(&folder.join(FILE)).map_err(|_| Trouble::Gone)?;
    Ok(Made { beside: medium(database).is_ok_and(|database| database == copy) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn database(folder: &Path) -> PathBuf {
        let path = folder.join("office.db");
        let open = db::open(&path).unwrap();
        open.execute_batch("create table note (words text) strict").unwrap();
        path
    }

    fn notes(copy: &Path) -> i64 {
        let copy = db::open_read_only(copy).unwrap();
        copy.query_row("select count(*) from note", [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn a_copy_takes_the_place_of_the_last_one_and_what_was_cut_off_is_cleared_away() {
        let folder = tempfile::tempdir().unwrap();
        let (database, copy) = (database(folder.path()), folder.path().join(FILE));
        for count in 1..4 {
            let written = db::open(&database).unwrap();
            written.execute("insert into note values ('x')", []).unwrap();
            fs::write(folder.path().join("office-copy.db.part"), "cut off").unwrap();
            fs::write(folder.path().join("office-copy.db.part-journal"), "cut off").unwrap();
            assert_eq!(make(&database, folder.path(), |_| Ok(())), Ok(Made { beside: true }));
            assert_eq!(notes(&copy), count);
        }
        let names = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
        assert!(names.into_iter().all(|name| !name.to_string_lossy().contains(".part")));
    }

    #[test]
    fn what_fails_says_why_and_the_last_copy_stays() {
        let folder = tempfile::tempdir().unwrap();
        let database = database(folder.path());
        let away = folder.path().join("away");
        assert_eq!(make(&database, &away, |_| Ok(())), Err(Trouble::Gone));
        make(&database, folder.path(), |_| Ok(())).unwrap();
        // A copy that is not what was written does not replace one that is.
        let bad: TailCheck = |_| Err(db::Error::Disk("entry 3 was changed".to_owned()));
        let told = make(&database, folder.path(), bad).unwrap_err();
        assert!(matches!(&told, Trouble::Failed(why) if why.contains("entry 3")), "{told}");
        assert_eq!(notes(&folder.path().join(FILE)), 0);
        assert!(!folder.path().join("office-copy.db.part").exists());
    }
}
