//! A cable between two programs that can freeze: nobody hangs up, and nothing
//! comes through any more.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::thread;

/// A port that passes everything on to another.
pub struct Relay {
    /// `http://127.0.0.1:PORT`.
    pub address: String,
    /// How many pieces from the far end still come through.
    left: Arc<AtomicI64>,
}

impl Relay {
    /// A cable to `http://ADDRESS:PORT`.
    pub fn to(far: &str) -> Self {
        let far = far.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let left = Arc::new(AtomicI64::new(i64::MAX));
        let own = left.clone();
        thread::spawn(move || {
            for near in listener.incoming().map(Result::unwrap) {
                let Ok(far) = TcpStream::connect(&far) else { continue };
                let (near_too, far_too) = (near.try_clone().unwrap(), far.try_clone().unwrap());
                let (there, back) = (own.clone(), own.clone());
                thread::spawn(move || pass(near_too, far, &there, 0));
                thread::spawn(move || pass(far_too, near, &back, 1));
            }
        });
        Self { address, left }
    }

    /// Lets so many pieces from the far end through, and then nothing either way.
    pub fn freeze_after(&self, pieces: i64) {
        self.left.store(pieces, Ordering::SeqCst);
    }

    /// New connections come through again; what was frozen stays so.
    pub fn thaw(&self) {
        self.left.store(i64::MAX, Ordering::SeqCst);
    }
}

/// Passes on what comes; each piece costs so much of what is left.
fn pass(mut from: TcpStream, mut to: TcpStream, left: &AtomicI64, cost: i64) {
    let mut piece = [0; 4096];
    while let Ok(count @ 1..) = from.read(&mut piece) {
        if left.fetch_sub(cost, Ordering::SeqCst) <= 0 {
            // As a cable that was pulled: neither end hears of it.
            loop {
                thread::park();
            }
        }
        if to.write_all(&piece[..count]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
}
