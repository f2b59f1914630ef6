//! What a card's chip does with a command: files, keys, counters.
//!
//! One small file system serves every persona. It answers as the real cards were
//! seen to answer, malformed commands included, and it counts which files were
//! ever touched, so that a test can prove that one of them never is.

use std::collections::{BTreeMap, BTreeSet};

/// Where a file lies: the application's place in [`Chip::applications`] and the
/// file's identifier.
pub(super) type Place = (usize, u16);

/// Who may read a file.
#[derive(Clone, Debug)]
pub(super) enum Lock {
    /// Anyone.
    Free,
    /// Whoever opened at least one of these keys.
    AnyOf(Vec<Place>),
}

/// What lies under an identifier.
#[derive(Clone, Debug)]
pub(super) enum File {
    Content { bytes: Vec<u8>, lock: Lock },
    Key { secret: Vec<u8>, tries_left: u8, tries_max: u8 },
}

/// A dedicated file with its elementary files.
#[derive(Clone, Debug, Default)]
pub(super) struct Application {
    pub(super) name: Vec<u8>,
    pub(super) files: BTreeMap<u16, File>,
}

/// How a card answers where cards differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Manner {
    /// Short reads end with `9000`.
    #[default]
    Plain,
    /// A read past the end answers `6Cxx`, the length that would be right.
    TellsLength,
    /// A read past the end answers what there is with `6282`.
    WarnsAtEnd,
    /// Data waits for GET RESPONSE after `61xx`.
    KeepsWaiting,
}

/// A chip. What lasts without power lies here; what does not, in `volatile`.
#[derive(Clone, Debug, Default)]
pub(super) struct Chip {
    applications: Vec<Application>,
    /// Whether the first application is the master file of an ISO file tree.
    has_root: bool,
    /// The answer to SELECT of a name the chip does not have.
    pub(super) stranger: u16,
    pub(super) manner: Manner,
    touched: BTreeSet<Place>,
    volatile: Volatile,
}

#[derive(Clone, Debug, Default)]
struct Volatile {
    application: Option<usize>,
    file: Option<u16>,
    verified: BTreeSet<Place>,
    waiting: Vec<u8>,
}

/// A command taken apart.
struct Parts<'a> {
    p1: u8,
    p2: u8,
    body: &'a [u8],
    /// `None` if the command wants no data.
    le: Option<usize>,
}

fn status(status: u16) -> Vec<u8> {
    status.to_be_bytes().to_vec()
}

fn with_status(mut content: Vec<u8>, status: u16) -> Vec<u8> {
    content.extend(status.to_be_bytes());
    content
}

impl Chip {
    /// A chip whose applications are selected by name.
    pub(super) fn new(applications: Vec<Application>) -> Self {
        Self { applications, stranger: 0x6A82, ..Self::default() }
    }

    /// A chip with a file tree under `root`.
    pub(super) fn with_root(root: Application, applications: Vec<Application>) -> Self {
        let applications = [vec![root], applications].concat();
        Self { has_root: true, ..Self::new(applications) }
    }

    /// Forgets the current file and every opened key. Counters last.
    pub(super) fn power_off(&mut self) {
        self.volatile = Volatile::default();
    }

    /// A warm reset: opened keys stay open, as measured on a real card.
    pub(super) fn warm_reset(&mut self) {
        let verified = std::mem::take(&mut self.volatile.verified);
        self.volatile = Volatile { verified, ..Volatile::default() };
    }

    /// Whether any command ever meant file `id` of the application `name`.
    pub(super) fn was_touched(&self, name: &[u8], id: u16) -> bool {
        let application = self.applications.iter().position(|other| other.name == name);
        application.is_some_and(|index| self.touched.contains(&(index, id)))
    }

    /// The tries left of a key, if there is one at `place`.
    pub(super) fn tries_left(&self, place: Place) -> Option<u8> {
        match self.applications.get(place.0)?.files.get(&place.1)? {
            File::Key { tries_left, .. } => Some(*tries_left),
            File::Content { .. } => None,
        }
    }

    /// Answers a command. Never panics: real cards get malformed commands too.
    pub(super) fn answer(&mut self, command: &[u8]) -> Vec<u8> {
        let Some((instruction, parts)) = take_apart(command) else { return status(0x6700) };
        match instruction {
            _ if command[0] != 0x00 => status(0x6E00),
            0xA4 => status(self.select(&parts)),
            0x20 => status(self.verify(&parts)),
            0xB0 => self.read_binary(&parts),
            0xC0 => self.get_response(&parts),
            _ => status(0x6D00),
        }
    }

    fn select(&mut self, parts: &Parts<'_>) -> u16 {
        match (parts.p1, parts.body) {
            (0x04, name) => self.select_name(name),
            (0x00, [] | [0x3F, 0x00]) => self.select_root(parts.body.is_empty()),
            (0x02, [high, low]) => self.select_file(u16::from_be_bytes([*high, *low])),
            (0x02, _) => 0x6700,
            _ => 0x6A86,
        }
    }

    fn select_name(&mut self, name: &[u8]) -> u16 {
        let named = |application: &Application| application.name == name;
        let Some(index) = self.applications.iter().position(named).filter(|_| !name.is_empty())
        else {
            return self.stranger;
        };
        (self.volatile.application, self.volatile.file) = (Some(index), None);
        0x9000
    }

    fn select_root(&mut self, short_form: bool) -> u16 {
        if self.has_root {
            (self.volatile.application, self.volatile.file) = (Some(0), None);
            return 0x9000;
        }
        // A マイナンバーカード has no master file: it refuses, or says yes and
        // changes nothing.
        match (short_form, self.volatile.application) {
            (false, _) => 0x6A82,
            (true, None) => 0x6A86,
            (true, Some(_)) => 0x9000,
        }
    }

    fn select_file(&mut self, id: u16) -> u16 {
        match self.find(id) {
            Some(_) => {
                self.volatile.file = Some(id);
                0x9000
            }
            None => 0x6A82,
        }
    }

    /// The file `id` of the current application, which counts as touched.
    fn find(&mut self, id: u16) -> Option<(Place, &mut File)> {
        let index = self.volatile.application?;
        let file = self.applications.get_mut(index)?.files.get_mut(&id)?;
        self.touched.insert((index, id));
        Some(((index, id), file))
    }

    fn verify(&mut self, parts: &Parts<'_>) -> u16 {
        let Some(id) = self.meant_file(parts.p2) else { return 0x6986 };
        let Some((place, file)) = self.find(id) else { return 0x6A88 };
        let File::Key { secret, tries_left, tries_max } = file else { return 0x6981 };
        let verdict = match (*tries_left, parts.body) {
            (0, []) => return 0x63C0,
            (0, _) => return 0x6984,
            (_, []) => None,
            (_, body) => Some(body == secret.as_slice()),
        };
        match verdict {
            Some(true) => *tries_left = *tries_max,
            Some(false) => *tries_left -= 1,
            None => {}
        }
        let counter = 0x63C0 | u16::from(*tries_left);
        match verdict {
            Some(true) => self.volatile.verified.insert(place),
            Some(false) => self.volatile.verified.remove(&place),
            None if self.volatile.verified.contains(&place) => return 0x9000,
            None => return counter,
        };
        if verdict == Some(true) { 0x9000 } else { counter }
    }

    /// The file a reference byte means: `80` the selected one, `81`–`9E` one by its
    /// short identifier.
    fn meant_file(&mut self, reference: u8) -> Option<u16> {
        match reference {
            0x80 => self.volatile.file,
            0x81..=0x9E => Some(u16::from(reference & 0x1F)),
            _ => None,
        }
    }

    fn read_binary(&mut self, parts: &Parts<'_>) -> Vec<u8> {
        let Some(le) = parts.le else { return status(0x6700) };
        let by_short_id = parts.p1 & 0x80 != 0;
        let id = if by_short_id { self.meant_file(parts.p1) } else { self.volatile.file };
        let offset =
            usize::from(parts.p2) + if by_short_id { 0 } else { usize::from(parts.p1) << 8 };
        let Some(id) = id else { return status(0x6986) };
        let verified = self.volatile.verified.clone();
        let Some((_, file)) = self.find(id) else { return status(0x6A82) };
        let File::Content { bytes, lock } = file else { return status(0x6981) };
        if let Lock::AnyOf(keys) = lock
            && !keys.iter().any(|key| verified.contains(key))
        {
            return status(0x6982);
        }
        if offset >= bytes.len() {
            return status(0x6B00);
        }
        let end = bytes.len().min(offset + le);
        let content = bytes[offset..end].to_vec();
        self.volatile.file = Some(id);
        self.give(content, le)
    }

    fn give(&mut self, content: Vec<u8>, le: usize) -> Vec<u8> {
        let len = content.len();
        match self.manner {
            Manner::KeepsWaiting => {
                self.volatile.waiting = content;
                status(0x6100 | (len & 0xFF) as u16)
            }
            Manner::TellsLength if len < le => status(0x6C00 | (len & 0xFF) as u16),
            Manner::WarnsAtEnd if len < le => with_status(content, 0x6282),
            Manner::Plain | Manner::TellsLength | Manner::WarnsAtEnd => {
                with_status(content, 0x9000)
            }
        }
    }

    fn get_response(&mut self, parts: &Parts<'_>) -> Vec<u8> {
        let waiting = std::mem::take(&mut self.volatile.waiting);
        match parts.le {
            Some(le) if le == waiting.len() && le > 0 => with_status(waiting, 0x9000),
            _ => status(0x6985),
        }
    }
}

/// Cases 1 to 4 of ISO/IEC 7816-3, short and extended; anything else is `None`.
fn take_apart(command: &[u8]) -> Option<(u8, Parts<'_>)> {
    let [_, instruction, p1, p2, rest @ ..] = command else { return None };
    let (body, le): (&[u8], Option<usize>) = match rest {
        [] => (&[], None),
        [le] => (&[], Some(short_len(*le))),
        [0x00, high, low] => (&[], Some(extended_len(*high, *low))),
        [0x00, high, low, tail @ ..] => {
            let lc = usize::from(u16::from_be_bytes([*high, *low]));
            let (body, le) = tail.split_at_checked(lc).filter(|_| lc > 0)?;
            match le {
                [] => (body, None),
                [high, low] => (body, Some(extended_len(*high, *low))),
                _ => return None,
            }
        }
        [lc, tail @ ..] => {
            let (body, le) = tail.split_at_checked(usize::from(*lc)).filter(|_| *lc > 0)?;
            match le {
                [] => (body, None),
                [le] => (body, Some(short_len(*le))),
                _ => return None,
            }
        }
    };
    Some((*instruction, Parts { p1: *p1, p2: *p2, body, le }))
}

fn short_len(le: u8) -> usize {
    if le == 0 { 0x100 } else { usize::from(le) }
}

fn extended_len(high: u8, low: u8) -> usize {
    match u16::from_be_bytes([high, low]) {
        0 => 0x1_0000,
        le => usize::from(le),
    }
}
