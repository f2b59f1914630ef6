//! A scanner that sends what it read over a serial line (USB-CDC), on a thread of
//! its own. The line is opened again whenever it comes back: a scanner is pulled
//! out and plugged in by whoever cleans the table.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::OFlags;
use rustix::termios::{self, OptionalActions};

/// The longest code that is read, with room for what a scanner puts around it.
const LETTERS_MAX: usize = 1_300;

/// A scanner sends a code without a pause; what follows this silence is another.
const SILENCE: Timespec = Timespec { tv_sec: 0, tv_nsec: 300_000_000 };

/// How often a line that is away is looked for.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Ends the thread when dropped.
pub struct SerialScanner {
    is_there: Arc<AtomicBool>,
    is_over: Arc<AtomicBool>,
}

impl SerialScanner {
    /// Listens to the scanner at `device`; `hear` gets each code's letters.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub fn listen(
        device: &Path,
        hear: impl FnMut(String) + Send + 'static,
    ) -> io::Result<SerialScanner> {
        let scanner = Self { is_there: Arc::default(), is_over: Arc::default() };
        let (is_there, is_over) = (scanner.is_there.clone(), scanner.is_over.clone());
        let mut ear = Ear { device: device.to_owned(), heard: Heard::default(), hear };
        std::thread::Builder::new().name("scanner".to_owned()).spawn(move || {
            while !is_over.load(Ordering::Relaxed) {
                // Away, or gone in the middle: looked for again.
                drop(ear.listen(&is_there, &is_over));
                is_there.store(false, Ordering::Relaxed);
                std::thread::sleep(LOOK_EVERY);
            }
        })?;
        Ok(scanner)
    }

    /// Whether the line is open.
    pub fn is_there(&self) -> bool {
        self.is_there.load(Ordering::Relaxed)
    }
}

impl Drop for SerialScanner {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
    }
}

struct Ear<H> {
    device: PathBuf,
    heard: Heard,
    hear: H,
}

impl<H: FnMut(String)> Ear<H> {
    /// Until the line goes away, or nobody listens any more.
    fn listen(&mut self, is_there: &AtomicBool, is_over: &AtomicBool) -> io::Result<()> {
        let mut line = open(&self.device)?;
        is_there.store(true, Ordering::Relaxed);
        self.heard = Heard::default();
        let mut bytes = [0; 512];
        while !is_over.load(Ordering::Relaxed) {
            let mut waited = [PollFd::new(&line, PollFlags::IN)];
            if poll(&mut waited, Some(&SILENCE))? == 0 {
                self.heard.silence().into_iter().for_each(&mut self.hear);
                continue;
            }
            match line.read(&mut bytes)? {
                0 => return Ok(()),
                read => self.heard.bytes(&bytes[..read]).into_iter().for_each(&mut self.hear),
            }
        }
        Ok(())
    }
}

/// Opens the line as it is: no echo, no letters with a meaning of their own.
fn open(device: &Path) -> io::Result<File> {
    let flags = (OFlags::NOCTTY | OFlags::NONBLOCK).bits();
    let line = OpenOptions::new().read(true).write(true).custom_flags(flags as i32).open(device)?;
    let mut manner = termios::tcgetattr(&line)?;
    manner.make_raw();
    // No modem control: many scanners raise no carrier.
    manner.control_modes |= termios::ControlModes::CLOCAL | termios::ControlModes::CREAD;
    // CDC ignores the speed; a scanner at a real line is set to the usual one.
    manner.set_speed(9_600)?;
    termios::tcsetattr(&line, OptionalActions::Flush, &manner)?;
    Ok(line)
}

/// Letters that came since the last code.
#[derive(Default)]
struct Heard {
    letters: Vec<u8>,
    /// More came than a code has: nothing of it is taken until the next end.
    is_too_long: bool,
}

impl Heard {
    /// The codes that these bytes end. A scanner ends one with CR, LF or both.
    fn bytes(&mut self, bytes: &[u8]) -> Vec<String> {
        let mut codes = Vec::new();
        for byte in bytes {
            match byte {
                b'\r' | b'\n' => codes.extend(self.silence()),
                _ if self.letters.len() == LETTERS_MAX => self.is_too_long = true,
                byte => self.letters.push(*byte),
            }
        }
        codes
    }

    /// A scanner that sends no end: the silence after a code is one.
    fn silence(&mut self) -> Option<String> {
        let Heard { letters, is_too_long } = std::mem::take(self);
        let words = String::from_utf8(letters).ok()?;
        (!is_too_long && !words.trim().is_empty()).then(|| words.trim().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::mpsc;

    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(20);

    /// The scanner's end of a line, and where ours is opened.
    fn plugged() -> (File, PathBuf) {
        let scanner = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&scanner).unwrap();
        unlockpt(&scanner).unwrap();
        let name = ptsname(&scanner, Vec::new()).unwrap().into_string().unwrap();
        (File::from(scanner), name.into())
    }

    fn listening(device: &Path) -> (SerialScanner, mpsc::Receiver<String>) {
        let (say, heard) = mpsc::channel();
        let hear = move |code| drop(say.send(code));
        let scanner = SerialScanner::listen(device, hear).unwrap();
        wait(&scanner, true);
        (scanner, heard)
    }

    /// What is sent before the line is open is old, and thrown away.
    fn wait(scanner: &SerialScanner, is_there: bool) {
        let until = std::time::Instant::now() + PATIENCE;
        while scanner.is_there() != is_there {
            assert!(std::time::Instant::now() < until, "it never was so: {is_there}");
            std::thread::yield_now();
        }
    }

    #[test]
    fn each_code_is_heard_once_however_it_ends() {
        let (mut line, device) = plugged();
        let (_scanner, heard) = listening(&device);
        let mut code = |sent: &[u8]| {
            line.write_all(sent).unwrap();
            heard.recv_timeout(PATIENCE).unwrap()
        };
        assert_eq!(code(b"MK1A$%-./\r"), "MK1A$%-./");
        assert_eq!(code(b"MK1B\r\n"), "MK1B");
        assert_eq!(code(b"MK1C"), "MK1C");
        // No echo: nothing of it comes back to the scanner, and nothing twice.
        assert_eq!(code(b"MK1D\n"), "MK1D");
        assert!(heard.try_recv().is_err());
    }

    #[test]
    fn a_scanner_that_is_unplugged_is_heard_again_when_it_is_back() {
        let folder = tempfile::tempdir().unwrap();
        let name = folder.path().join("scanner");
        let (mut line, device) = plugged();
        std::os::unix::fs::symlink(&device, &name).unwrap();
        let (scanner, heard) = listening(&name);
        line.write_all(b"MK1A\r").unwrap();
        assert_eq!(heard.recv_timeout(PATIENCE).unwrap(), "MK1A");
        drop(line);
        wait(&scanner, false);
        let (mut line, device) = plugged();
        std::fs::remove_file(&name).unwrap();
        std::os::unix::fs::symlink(&device, &name).unwrap();
        wait(&scanner, true);
        line.write_all(b"MK1B\r").unwrap();
        assert_eq!(heard.recv_timeout(PATIENCE).unwrap(), "MK1B");
    }

    #[test]
    fn what_is_too_long_or_no_text_is_passed_over() {
        let mut heard = Heard::default();
        let long = [b'A'; LETTERS_MAX + 1];
        assert_eq!(heard.bytes(&long), [""; 0]);
        assert_eq!(heard.bytes(b"MORE\r MK1OK \r"), ["MK1OK"]);
        assert_eq!(heard.bytes(&[0xFF, 0xFE, b'\r']), [""; 0]);
        assert_eq!(heard.bytes(b"\r\n\r\n"), [""; 0]);
        assert_eq!(heard.silence(), None);
    }
}
