//! A cable between two programs that can be pulled, mended to another place, and made to
//! lose every answer.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// What becomes of what is sent through.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Way {
    /// To `ADDRESS:PORT` and back.
    Whole(String),
    /// There, and nothing comes back: the line drops when an answer begins.
    NoAnswers(String),
    Pulled,
}

/// A port that leads to a program, or to nothing.
pub struct Cable {
    /// `http://127.0.0.1:PORT`.
    pub address: String,
    way: Arc<Mutex<Way>>,
    under_way: Arc<Mutex<Vec<TcpStream>>>,
}

impl Cable {
    /// A cable that leads nowhere yet.
    pub fn loose() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (way, under_way) = (Arc::new(Mutex::new(Way::Pulled)), Arc::default());
        let cable = Self { address, way, under_way };
        let (way, under_way) = (cable.way.clone(), cable.under_way.clone());
        thread::spawn(move || {
            for near in listener.incoming().map_while(Result::ok) {
                let (far, answers) = match way.lock().unwrap().clone() {
                    Way::Whole(far) => (far, true),
                    Way::NoAnswers(far) => (far, false),
                    Way::Pulled => continue,
                };
                let Ok(far) = TcpStream::connect(far) else { continue };
                let ends = [&near, &far].map(|end| end.try_clone().unwrap());
                under_way.lock().unwrap().extend(ends);
                let (near_too, far_too) = (near.try_clone().unwrap(), far.try_clone().unwrap());
                thread::spawn(move || pass(near_too, far, true));
                thread::spawn(move || pass(far_too, near, answers));
            }
        });
        cable
    }

    /// It leads to `http://ADDRESS:PORT`.
    pub fn lead_to(&self, far: &str) {
        self.change(Way::Whole(far.trim_start_matches("http://").to_owned()));
    }

    /// It leads there, and no answer comes back.
    pub fn lose_answers_of(&self, far: &str) {
        self.change(Way::NoAnswers(far.trim_start_matches("http://").to_owned()));
    }

    /// What is under way is cut in the middle, and nothing more comes through.
    pub fn pull(&self) {
        self.change(Way::Pulled);
    }

    fn change(&self, way: Way) {
        *self.way.lock().unwrap() = way;
        for end in self.under_way.lock().unwrap().drain(..) {
            let _ = end.shutdown(Shutdown::Both);
        }
    }
}

/// Passes on what comes, or drops the line instead.
fn pass(mut from: TcpStream, mut to: TcpStream, whole: bool) {
    let mut piece = [0; 4096];
    while let Ok(count @ 1..) = from.read(&mut piece) {
        if !whole || to.write_all(&piece[..count]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
    let _ = from.shutdown(Shutdown::Both);
}
