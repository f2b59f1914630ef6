//! The town's keys, one a month, and their end.
//!
//! The page has the public key of its month. The counter holds at most three
//! private keys, each in a file of its own that only its owner can read: last
//! month's, this month's and next month's. Thirty days after its month a key is
//! erased, and whatever was sealed with it can never be read again by anybody.

use std::fmt;
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use time::{Date, Month};
use zeroize::Zeroizing;

use super::VALID_DAYS;
use super::wire::{KeyId, key_id};
use crate::chance::Chance;
use crate::envelope::{PrivateKey, PublicKey};
use crate::hex;

/// How the name of a key's file ends.
const ENDING: &str = "key";

/// A month: what a key is for. `2026-11`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Epoch {
    year: i32,
    month: u8,
}

impl Epoch {
    /// The month of `day`.
    pub fn of(day: Date) -> Epoch {
        Epoch { year: day.year(), month: u8::from(day.month()) }
    }

    /// The month after this one.
    #[must_use]
    pub fn next(self) -> Epoch {
        match self.month {
            12 => Epoch { year: self.year + 1, month: 1 },
            month => Epoch { month: month + 1, ..self },
        }
    }

    /// The last day on which its key opens anything.
    pub fn until(self) -> Date {
        let month = Month::try_from(self.month).unwrap_or(Month::December);
        let last = Date::from_calendar_date(self.year, month, month.length(self.year));
        let until = last.ok().and_then(|last| last.checked_add(time::Duration::days(VALID_DAYS)));
        until.unwrap_or(Date::MAX)
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl FromStr for Epoch {
    type Err = KeysError;

    fn from_str(text: &str) -> Result<Epoch, KeysError> {
        let first = crate::clock::parse_iso_day(&format!("{text}-01"));
        first.map(Epoch::of).ok_or_else(|| KeysError::NotAMonth(text.to_owned()))
    }
}

/// Why a key cannot be made, read or erased.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    #[error("{0:?} is not a month: write it as 2026-11")]
    NotAMonth(String),
    #[error("there is a key for {0} already: `madoguchi key list` shows it")]
    Exists(Epoch),
    #[error("{0} is neither this month nor the next: no page would need its key")]
    NotNeeded(Epoch),
    #[error("there is no key for {0}")]
    NoSuchKey(Epoch),
    #[error("{} is not a key file: {}", .0.display(), remedy(.0))]
    NotAKey(PathBuf),
    #[error("{}: {error}", .path.display())]
    File { path: PathBuf, error: std::io::Error },
}

/// A month's key.
#[derive(Clone, Debug)]
pub struct Key {
    epoch: Epoch,
    town: String,
    private: PrivateKey,
    id: KeyId,
}

/// What the page needs of a key, and nothing more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicFile {
    /// Eight hexadecimal digits.
    pub kid: String,
    pub epoch: String,
    /// 全国地方公共団体コード.
    pub town: String,
    /// The uncompressed point in base64url.
    pub public_key: String,
}

/// A private key as it lies in its file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PrivateFile {
    epoch: String,
    town: String,
    private_key: Zeroizing<String>,
}

impl Key {
    /// A new key.
    pub fn new(epoch: Epoch, town: &str, chance: &dyn Chance) -> Key {
        Key::of(epoch, town, PrivateKey::generate(chance))
    }

    fn of(epoch: Epoch, town: &str, private: PrivateKey) -> Key {
        let id = key_id(&private.public());
        Key { epoch, town: town.to_owned(), private, id }
    }

    /// The month it is for.
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// What codes sealed for it begin with.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// The key that pages seal for.
    pub fn public(&self) -> PublicKey {
        self.private.public()
    }

    /// What the page needs.
    pub fn public_file(&self) -> PublicFile {
        PublicFile {
            kid: hex::digits(&self.id),
            epoch: self.epoch.to_string(),
            town: self.town.clone(),
            public_key: to_base64url(&self.public().to_bytes()),
        }
    }

    pub(super) fn private(&self) -> &PrivateKey {
        &self.private
    }
}

impl PublicFile {
    /// The key itself, if it is one.
    pub fn key(&self) -> Option<PublicKey> {
        let key = PublicKey::from_bytes(&from_base64url(&self.public_key)?)?;
        (hex::digits(&key_id(&key)) == self.kid).then_some(key)
    }
}

/// The keys a counter holds.
#[derive(Clone, Debug, Default)]
pub struct Keyring(Vec<Key>);

impl Keyring {
    /// These keys.
    pub fn of(keys: impl IntoIterator<Item = Key>) -> Keyring {
        Keyring(keys.into_iter().collect())
    }

    /// The key with this id, while it still opens anything.
    pub fn find(&self, id: KeyId, today: Date) -> Option<&Key> {
        self.0.iter().find(|key| key.id == id && today <= key.epoch.until())
    }

    /// The key of a month.
    pub fn of_epoch(&self, epoch: Epoch) -> Option<&Key> {
        self.0.iter().find(|key| key.epoch == epoch)
    }

    /// All of them, the oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Key> {
        self.0.iter()
    }
}

/// Where the private keys lie, one file a month.
#[derive(Clone, Debug)]
pub struct KeyFolder(PathBuf);

impl KeyFolder {
    /// The folder within a data folder.
    pub fn within(data: &Path) -> KeyFolder {
        KeyFolder(data.join("preregistration-keys"))
    }

    /// Makes the key of this month or the next, for this town.
    pub fn make(
        &self,
        epoch: Epoch,
        town: &str,
        today: Date,
        chance: &dyn Chance,
    ) -> Result<Key, KeysError> {
        let this = Epoch::of(today);
        if epoch != this && epoch != this.next() {
            return Err(KeysError::NotNeeded(epoch));
        }
        let key = Key::new(epoch, town, chance);
        let private_key = Zeroizing::new(to_base64url(&*key.private.to_bytes()));
        let file = PrivateFile { epoch: epoch.to_string(), town: town.to_owned(), private_key };
        let text = Zeroizing::new(serde_json::to_string(&file).unwrap_or_default());
        let path = self.path(epoch);
        // Named by its key: two that are made at once do not write into one file.
        let half = self.0.join(format!("{epoch}.{}.half", hex::digits(&key.id)));
        self.write_new(&path, &half, text.as_bytes()).map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => KeysError::Exists(epoch),
            _ => KeysError::File { path, error },
        })?;
        Ok(key)
    }

    /// Every key there is, the oldest first. A folder that is not there has none.
    pub fn keys(&self) -> Result<Keyring, KeysError> {
        let keys = self.files()?.into_iter().map(read).collect::<Result<_, _>>()?;
        Ok(in_order(keys))
    }

    /// Those that can be read, the oldest first: one file that is torn must not keep the
    /// others from opening anything.
    pub fn readable(&self) -> Result<Keyring, KeysError> {
        self.look().map(|(keys, _)| keys)
    }

    /// Those that can be read, and why the others cannot.
    pub(super) fn look(&self) -> Result<(Keyring, Vec<KeysError>), KeysError> {
        let (mut keys, mut errors) = (Vec::new(), Vec::new());
        for path in self.files()? {
            match read(path) {
                Ok(key) => keys.push(key),
                Err(error) => errors.push(error),
            }
        }
        Ok((in_order(keys), errors))
    }

    /// Erases every key whose time is over; their months.
    pub fn erase_due(&self, today: Date) -> Result<Vec<Epoch>, KeysError> {
        let mut erased = Vec::new();
        for path in self.files()? {
            // The name says the month, so that a file nobody can read is erased too.
            let Some(epoch) = month_of(&path) else { continue };
            if epoch.until() < today {
                erase(&path).map_err(|error| KeysError::File { path: path.clone(), error })?;
                erased.push(epoch);
            }
        }
        erased.sort();
        Ok(erased)
    }

    /// Erases the key of a month, whatever its time: it may have been stolen.
    pub fn erase(&self, epoch: Epoch) -> Result<(), KeysError> {
        let path = self.path(epoch);
        erase(&path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => KeysError::NoSuchKey(epoch),
            _ => KeysError::File { path, error },
        })
    }

    fn path(&self, epoch: Epoch) -> PathBuf {
        self.0.join(format!("{epoch}.{ENDING}"))
    }

    fn files(&self) -> Result<Vec<PathBuf>, KeysError> {
        let fault = |error| KeysError::File { path: self.0.clone(), error };
        let entries = match std::fs::read_dir(&self.0) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(fault)?,
        };
        let mut files = Vec::new();
        for entry in entries {
            let path = entry.map_err(fault)?.path();
            if path.extension().is_some_and(|ending| ending == ENDING) {
                files.push(path);
            }
        }
        Ok(files)
    }

    /// Writes a file that was not there, for its owner only. It is called by its name
    /// when it is whole, so a power cut leaves no half of a key under that name.
    fn write_new(&self, path: &Path, half: &Path, text: &[u8]) -> std::io::Result<()> {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.0)?;
        let written = write_private(half, text).and_then(|()| std::fs::hard_link(half, path));
        // One that stays is the same file: when the key is erased, so is what it says.
        let _ = std::fs::remove_file(half);
        written?;
        std::fs::File::open(&self.0)?.sync_all()
    }
}

fn write_private(path: &Path, text: &[u8]) -> std::io::Result<()> {
    let mut file =
        std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text)?;
    file.sync_all()
}

fn in_order(mut keys: Vec<Key>) -> Keyring {
    keys.sort_by_key(|key| key.epoch);
    Keyring(keys)
}

/// The month that a file's name says.
fn month_of(path: &Path) -> Option<Epoch> {
    path.file_stem()?.to_str()?.parse().ok()
}

/// What to do with a file that is not a key.
fn remedy(path: &Path) -> String {
    match month_of(path) {
        Some(epoch) => format!(
            "erase it with `madoguchi key retire --epoch {epoch}`, then make the month's key \
             anew with `madoguchi key new --epoch {epoch}`"
        ),
        None => "take it out of the folder".to_owned(),
    }
}

fn read(path: PathBuf) -> Result<Key, KeysError> {
    match std::fs::read(&path).map(Zeroizing::new) {
        Ok(text) => understood(&text).ok_or(KeysError::NotAKey(path)),
        Err(error) => Err(KeysError::File { path, error }),
    }
}

fn understood(text: &[u8]) -> Option<Key> {
    let file: PrivateFile = serde_json::from_slice(text).ok()?;
    let bytes = Zeroizing::new(from_base64url(&file.private_key)?);
    let private = PrivateKey::from_bytes(&bytes)?;
    Some(Key::of(file.epoch.parse().ok()?, &file.town, private))
}

/// Writes zeros over a file before it goes. Flash memory may still keep the old
/// bytes: a disk that is encrypted is what protects one that is stolen.
fn erase(path: &Path) -> std::io::Result<()> {
    let mut file = std::fs::OpenOptions::new().write(true).open(path)?;
    let len = file.metadata()?.len();
    file.write_all(&vec![0; usize::try_from(len).unwrap_or(0)])?;
    file.sync_all()?;
    std::fs::remove_file(path)
}

const BASE64URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// RFC 4648 §5 without padding.
fn to_base64url(bytes: &[u8]) -> String {
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let value =
            (0..3).fold(0, |value: u32, at| value << 8 | u32::from(*group.get(at).unwrap_or(&0)));
        for at in 0..=group.len() {
            text.push(char::from(BASE64URL[(value >> (18 - 6 * at) & 63) as usize]));
        }
    }
    text
}

fn from_base64url(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for group in text.as_bytes().chunks(4) {
        let mut value = 0;
        for at in 0..4 {
            let digit = match group.get(at) {
                Some(letter) => BASE64URL.iter().position(|known| known == letter)?,
                None => 0,
            };
            value = value << 6 | u32::try_from(digit).ok()?;
        }
        let len = group.len().checked_sub(1).filter(|len| *len > 0)?;
        bytes.extend_from_slice(&value.to_be_bytes()[1..=len]);
    }
    (to_base64url(&bytes) == text).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::SeededChance;
    use std::os::unix::fs::PermissionsExt;
    use time::macros::date;

    const TODAY: Date = date!(2026 - 11 - 21);

    fn folder() -> (tempfile::TempDir, KeyFolder) {
        let data = tempfile::tempdir().unwrap();
        let keys = KeyFolder::within(data.path());
        (data, keys)
    }

    fn make(keys: &KeyFolder, epoch: &str, today: Date) -> Result<Key, KeysError> {
        keys.make(epoch.parse()?, "999997", today, &SeededChance::new(1))
    }

    fn epochs(keys: &KeyFolder) -> Vec<String> {
        keys.keys().unwrap().iter().map(|key| key.epoch().to_string()).collect()
    }

    #[test]
    fn a_month_ends_and_thirty_days_later_its_key() {
        for (month, next, until) in [
            ("2026-11", "2026-12", date!(2026 - 12 - 30)),
            ("2026-12", "2027-01", date!(2027 - 01 - 30)),
            ("2028-02", "2028-03", date!(2028 - 03 - 30)),
        ] {
            let epoch: Epoch = month.parse().unwrap();
            assert_eq!((epoch.to_string().as_str(), epoch.until()), (month, until));
            assert_eq!(epoch.next().to_string(), next);
        }
        for text in ["", "2026", "2026-13", "2026-11-21", "26-11", "2026-11/../x"] {
            assert!(text.parse::<Epoch>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_key_lies_in_a_file_that_only_its_owner_reads_and_comes_back_from_it() {
        let (data, keys) = folder();
        let made = make(&keys, "2026-11", TODAY).unwrap();
        let path = data.path().join("preregistration-keys/2026-11.key");
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
        let found = keys.keys().unwrap();
        let found = found.find(made.id(), TODAY).unwrap();
        assert_eq!(found.public_file(), made.public_file());
        assert_eq!(found.private().to_bytes(), made.private().to_bytes());
        assert!(made.public_file().key().unwrap() == made.public());
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(!format!("{made:?}").contains(&to_base64url(&*made.private().to_bytes())));
        std::fs::write(&path, text.replace("private_key\":\"", "private_key\":\"_")).unwrap();
        assert!(matches!(keys.keys(), Err(KeysError::NotAKey(_))));
    }

    #[test]
    fn a_file_that_is_no_key_is_told_with_its_remedy_and_keeps_no_other_key_from_opening() {
        let (data, keys) = folder();
        let folder = data.path().join("preregistration-keys");
        let made = make(&keys, "2026-11", TODAY).unwrap();
        std::fs::write(folder.join("2026-12.key"), "{\"epoch\":\"2026-1").unwrap();
        std::fs::create_dir(folder.join("2026-10.key")).unwrap();
        let ring = keys.readable().unwrap();
        assert_eq!(ring.iter().map(Key::id).collect::<Vec<_>>(), [made.id()]);
        std::fs::remove_dir(folder.join("2026-10.key")).unwrap();
        let told = keys.keys().unwrap_err().to_string();
        assert!(told.contains("`madoguchi key retire --epoch 2026-12`"), "{told}");
        keys.erase("2026-12".parse().unwrap()).unwrap();
        make(&keys, "2026-12", TODAY).unwrap();
        assert_eq!(epochs(&keys), ["2026-11", "2026-12"]);
    }

    #[test]
    fn a_key_is_written_whole_or_not_at_all_and_over_no_other() {
        let (data, keys) = folder();
        make(&keys, "2026-11", TODAY).unwrap();
        let folder = data.path().join("preregistration-keys");
        let first = std::fs::read(folder.join("2026-11.key")).unwrap();
        let another = keys.make("2026-11".parse().unwrap(), "999997", TODAY, &SeededChance::new(2));
        assert!(matches!(another, Err(KeysError::Exists(_))));
        assert_eq!(std::fs::read(folder.join("2026-11.key")).unwrap(), first);
        // What a power cut left of another key is none.
        std::fs::write(folder.join("2026-12.00000000.half"), "{\"epoch\"").unwrap();
        assert_eq!(epochs(&keys), ["2026-11"]);
        make(&keys, "2026-12", TODAY).unwrap();
        let files = std::fs::read_dir(&folder).unwrap();
        let mut names: Vec<_> = files.map(|file| file.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["2026-11.key", "2026-12.00000000.half", "2026-12.key"]);
    }

    #[test]
    fn a_month_has_one_key_and_only_this_month_and_the_next_need_one() {
        let (_data, keys) = folder();
        make(&keys, "2026-12", TODAY).unwrap();
        make(&keys, "2026-11", TODAY).unwrap();
        assert!(matches!(make(&keys, "2026-11", TODAY), Err(KeysError::Exists(_))));
        for month in ["2026-10", "2027-01"] {
            assert!(matches!(make(&keys, month, TODAY), Err(KeysError::NotNeeded(_))), "{month}");
        }
        assert_eq!(epochs(&keys), ["2026-11", "2026-12"]);
    }

    #[test]
    fn a_key_is_erased_after_its_time_even_if_nobody_can_read_it() {
        let (data, keys) = folder();
        assert!(keys.erase_due(TODAY).unwrap().is_empty());
        make(&keys, "2026-11", TODAY).unwrap();
        make(&keys, "2026-12", TODAY).unwrap();
        std::fs::write(data.path().join("preregistration-keys/2026-09.key"), "torn").unwrap();
        let erased = keys.erase_due(date!(2026 - 12 - 30)).unwrap();
        assert_eq!(erased, ["2026-09".parse().unwrap()]);
        assert_eq!(epochs(&keys), ["2026-11", "2026-12"]);
        keys.erase_due(date!(2026 - 12 - 31)).unwrap();
        assert_eq!(epochs(&keys), ["2026-12"]);
        keys.erase("2026-12".parse().unwrap()).unwrap();
        assert!(matches!(keys.erase("2026-12".parse().unwrap()), Err(KeysError::NoSuchKey(_))));
        assert!(epochs(&keys).is_empty());
    }

    #[test]
    fn base64url_is_read_in_its_one_spelling() {
        for (bytes, text) in
            [(&b""[..], ""), (b"f", "Zg"), (b"fo", "Zm8"), (b"foo", "Zm9v"), (&[251, 255], "-_8")]
        {
            assert_eq!(to_base64url(bytes), text);
            assert_eq!(from_base64url(text).as_deref(), Some(bytes));
        }
        for text in ["Z", "Zh", "Zm9=", "Zm 9", "Zm9vZ", "+/8"] {
            assert_eq!(from_base64url(text), None, "{text}");
        }
    }
}
