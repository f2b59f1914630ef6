//! Where a counter takes codes in: its keys and the codebooks it ever served, in
//! its data folder.

use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use time::Date;

use super::trouble::{Trouble, troubles};
use super::{
    Codebook, Codebooks, Epoch, Key, KeyFolder, KeysError, Opened, PublicFile, Refusal, hash_text,
};
use crate::clock::Moment;
use crate::config::Config;
use crate::form::Forms;

/// A counter's keys and codebooks. Files are read anew for each code, so that a key
/// made or retired beside a running server counts at once.
#[derive(Clone, Debug)]
pub struct Intake {
    keys: KeyFolder,
    books: BookFolder,
}

/// Why no code can be taken in at all.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    #[error(transparent)]
    Keys(#[from] KeysError),
    #[error("{}: {error}", .path.display())]
    Books { path: PathBuf, error: std::io::Error },
}

impl Intake {
    /// The intake that keeps its files in a data folder.
    pub fn within(data: &Path) -> Intake {
        let books = BookFolder(data.join("preregistration-codebooks"));
        Intake { keys: KeyFolder::within(data), books }
    }

    /// Opens the text of a code.
    ///
    /// # Errors
    /// A folder that cannot be read, which is no fault of the code; inside,
    /// why nothing of the code is taken.
    pub fn open(
        &self,
        (config, forms): (&Config, &Forms),
        text: &str,
        now: Moment,
    ) -> Result<Result<Opened, Refusal>, IntakeError> {
        let keys = self.keys.readable()?;
        let books = Codebooks::of(config, forms, now.date()).with_older(self.books.all()?);
        Ok(super::open(text, &keys, &books, &config.site.town.code, now))
    }

    /// The key that today's pages seal for, if it has been made.
    pub fn key(&self, today: Date) -> Result<Option<Key>, KeysError> {
        Ok(self.keys.readable()?.of_epoch(Epoch::of(today)).cloned())
    }

    /// All that pages of today may seal for: the month's, and those of the months
    /// beside it, of which a page takes another's when the month's is not there.
    pub fn keys(&self, today: Date) -> Result<Vec<PublicFile>, KeysError> {
        let keys = self.keys.readable()?;
        let usable = keys.iter().filter(|key| today <= key.epoch().until());
        Ok(usable.map(Key::public_file).collect())
    }

    /// What somebody should look after, where codes are taken.
    pub fn troubles(&self, config: &Config, today: Date) -> Vec<Trouble> {
        match config.site.modules.preregistration {
            true => troubles(&self.keys, today),
            false => Vec::new(),
        }
    }

    /// Erases the keys whose time is over, whether codes are taken now or not, and
    /// keeps today's codebook; the months of those keys.
    pub fn tidy(
        &self,
        (config, forms): (&Config, &Forms),
        today: Date,
    ) -> Result<Vec<Epoch>, IntakeError> {
        let erased = self.keys.erase_due(today)?;
        if config.site.modules.preregistration {
            self.books.keep(&Codebook::of(config, forms, today))?;
        }
        Ok(erased)
    }
}

/// Every codebook that was ever served, a file each, named by its hash. They hold
/// nothing about anybody.
#[derive(Clone, Debug)]
struct BookFolder(PathBuf);

impl BookFolder {
    fn keep(&self, book: &Codebook) -> Result<(), IntakeError> {
        let path = self.0.join(format!("{}.json", hash_text(book.hash())));
        if path.exists() {
            return Ok(());
        }
        let fault = |error| IntakeError::Books { path: path.clone(), error };
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.0).map_err(fault)?;
        // Renamed when whole: a power cut leaves no half of one.
        let half = path.with_extension("half");
        let mut options = std::fs::OpenOptions::new();
        let mut file = options
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&half)
            .map_err(fault)?;
        file.write_all(book.to_json().to_string().as_bytes()).map_err(fault)?;
        file.sync_all().map_err(fault)?;
        std::fs::rename(&half, &path).map_err(fault)
    }

    /// What cannot be read is left out: its codes are then of unknown forms.
    fn all(&self) -> Result<Vec<Codebook>, IntakeError> {
        let fault = |error| IntakeError::Books { path: self.0.clone(), error };
        let entries = match std::fs::read_dir(&self.0) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(fault)?,
        };
        let mut books = Vec::new();
        for entry in entries {
            let path = entry.map_err(fault)?.path();
            let text = std::fs::read_to_string(path).unwrap_or_default();
            books.extend(Codebook::from_json(&text));
        }
        Ok(books)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::SeededChance;
    use crate::form::answers::Answers;
    use crate::preregistration::{Jti, Visit, encode, seal};
    use time::macros::datetime;

    #[test]
    fn a_code_from_before_an_edit_is_understood_after_it_and_its_key_has_an_end() {
        let data = tempfile::tempdir().unwrap();
        let mut config = Config::load(Path::new("kiosk-config/example")).unwrap();
        let forms = Forms::load(Path::new("templates/forms")).unwrap();
        let intake = Intake::within(data.path());
        let now = datetime!(2026-11-21 10:00 +9);
        intake.tidy((&config, &forms), now.date()).unwrap();
        assert!(intake.key(now.date()).unwrap().is_none());
        let keys = KeyFolder::within(data.path());
        let key =
            keys.make(Epoch::of(now.date()), "999997", now.date(), &SeededChance::new(1)).unwrap();
        let served = Codebook::of(&config, &forms, now.date());
        let visit = Visit {
            booking: None,
            made_at: now,
            jti: Jti([7; 8]),
            revision: 0,
            procedures: &["inkan", "zei"],
            answers: &Answers::default(),
        };
        let body = encode(&served, &visit);
        let text = seal(&body, "999997", &key.public(), &SeededChance::new(2)).unwrap();

        config.procedures.retain(|procedure| procedure.id != "inkan");
        config.procedures.reverse();
        intake.tidy((&config, &forms), now.date()).unwrap();
        // Another month's key that is torn is no fault of this one.
        std::fs::write(data.path().join("preregistration-keys/2026-12.key"), "torn").unwrap();
        let opened = intake.open((&config, &forms), &text, now).unwrap().unwrap();
        assert_eq!(opened.procedures, ["zei"]);
        assert_eq!(opened.doubtful[0].about.as_deref(), Some("inkan"));

        let later = datetime!(2026-12-31 0:00 +9);
        let erased = intake.tidy((&config, &forms), later.date()).unwrap();
        assert_eq!(erased, [Epoch::of(now.date())]);
        assert!(!data.path().join("preregistration-keys/2026-11.key").exists());
        assert_eq!(intake.open((&config, &forms), &text, later).unwrap(), Err(Refusal::UnknownKey));
    }
}
