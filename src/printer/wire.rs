//! The line to a slip printer: a TCP port or a device file, every wait bounded.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Where a slip printer is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// `host:9100`, the raw port.
    Tcp(String),
    /// `/dev/usb/lp0`, or any file.
    Device(PathBuf),
}

/// Longest time for a connection to stand.
const CONNECT_WITHIN: Duration = Duration::from_secs(3);
/// How often a device that is not ready is asked again.
const ASK_EVERY: Duration = Duration::from_millis(10);
/// `O_NONBLOCK` as Linux defines it on all architectures of Debian but mips. A
/// device without paper would hold the thread for ever.
const O_NONBLOCK: i32 = 0o4000;

/// An open line.
pub(super) enum Line {
    Tcp(TcpStream),
    Device(File),
}

impl Address {
    /// Opens the line; `answers` where something is to be read from it.
    pub(super) fn open(&self, answers: bool) -> io::Result<Line> {
        match self {
            Address::Tcp(host) => connect(host).map(Line::Tcp),
            Address::Device(path) => OpenOptions::new()
                .append(true)
                .read(answers)
                .custom_flags(O_NONBLOCK)
                .open(path)
                .map(Line::Device),
        }
    }
}

fn connect(host: &str) -> io::Result<TcpStream> {
    let mut last = io::Error::from(ErrorKind::NotFound);
    for address in host.to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, CONNECT_WITHIN) {
            Ok(line) => {
                line.set_nodelay(true)?;
                line.set_nonblocking(true)?;
                return Ok(line);
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

impl Line {
    /// Sends everything.
    ///
    /// # Errors
    /// [`ErrorKind::TimedOut`] when the printer did not take it by `until`.
    pub fn send(&mut self, mut bytes: &[u8], until: Instant) -> io::Result<()> {
        while !bytes.is_empty() {
            let taken = match self {
                Line::Tcp(line) => line.write(bytes),
                Line::Device(file) => file.write(bytes),
            };
            match taken {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(taken) => bytes = &bytes[taken..],
                Err(error) => pause(error, until)?,
            }
        }
        Ok(())
    }

    /// The next byte the printer says.
    ///
    /// # Errors
    /// [`ErrorKind::TimedOut`] when it said nothing by `until`.
    pub fn answer(&mut self, until: Instant) -> io::Result<u8> {
        let mut byte = [0];
        loop {
            let read = match self {
                Line::Tcp(line) => line.read(&mut byte),
                Line::Device(file) => file.read(&mut byte),
            };
            match read {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(_) => return Ok(byte[0]),
                Err(error) => pause(error, until)?,
            }
        }
    }
}

/// Waits a little where the line is only not ready yet.
fn pause(error: io::Error, until: Instant) -> io::Result<()> {
    match error.kind() {
        ErrorKind::Interrupted => Ok(()),
        ErrorKind::WouldBlock if Instant::now() >= until => Err(ErrorKind::TimedOut.into()),
        ErrorKind::WouldBlock => {
            sleep(ASK_EVERY);
            Ok(())
        }
        _ => Err(error),
    }
}
