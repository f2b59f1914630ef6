//! The program itself: an office with one clerk, and one resident who is called again
//! and again.

use tempfile::TempDir;

use super::Server;
use super::stage::hall::Caller;
use super::stage::http::Visitor;
use super::stage::office::{hire, pair_display, set_up};
use super::stage::program::Program;
use super::stage::screens::{Screens, Stalled, hall, seq};

/// Screens that hang.
const STALLED: usize = 20;
/// Calls while they do: more boards than a connection holds.
const CALLS: usize = 150;

pub struct Office {
    program: Program,
    caller: Caller,
    display: Visitor,
    screens: Screens,
    calls: i64,
    data: TempDir,
}

impl Office {
    pub fn open(screens: usize) -> Self {
        let data = tempfile::tempdir().unwrap();
        let program = Program::serve(data.path());
        let mut administrator = set_up(&program);
        let mut caller = Caller { clerk: hire(&mut administrator) };
        let display = pair_display(&mut administrator, "表示盤");
        caller.sit(1);
        caller.hand_out("certificate");
        let screens = Screens::open(&program.address, &display.cookie(), screens);
        let mut office = Self { program, caller, display, screens, calls: 0, data };
        office.screens.wait("the board of the opening", |board| board.contains("\"waiting\":1"));
        office
    }

    /// As it is sent while somebody is called.
    pub fn length_of_a_board(&mut self) -> usize {
        let seq_now = self.call();
        self.screens.wait("a call", |board| seq(board) == seq_now);
        let length = self.screens.board().len();
        self.tidy();
        length
    }

    fn truth(&self) -> String {
        let mut newcomer = Screens::open(&self.program.address, &self.display.cookie(), 1);
        newcomer.wait("a board", |_| true);
        hall(newcomer.board()).to_owned()
    }

    pub fn survives_screens_that_hang(&mut self) {
        let address = &self.program.address;
        let hanging = (0..STALLED).map(|_| Stalled::open(address, &self.display.cookie()));
        let hanging: Vec<Stalled> = hanging.collect();
        let before = self.screens.fewest();
        for _ in 0..CALLS {
            let seq_now = self.call();
            self.screens.wait("a call", |board| seq(board) == seq_now);
            self.tidy();
        }
        let last = self.truth();
        self.screens.wait("the last state", |board| hall(board) == last);
        let sent = self.screens.fewest() - before;
        for one in hanging {
            let came = one.wake(|board| hall(board) == last);
            assert!(came < sent, "{came} of {sent} boards waited for one that read nothing");
        }
    }

    pub fn survives_a_start(&mut self) {
        self.program.kill();
        self.program = Program::serve_again(&self.program.address, self.data.path());
        self.caller.clerk = self.caller.clerk.moved_to(&self.program.address);
        let seq_now = self.call();
        self.screens.wait("the call after the start", |board| seq(board) == seq_now);
        let last = self.truth();
        self.screens.wait("the state after the start", |board| hall(board) == last);
    }
}

impl Server for Office {
    fn screens(&mut self) -> &mut Screens {
        &mut self.screens
    }

    fn call(&mut self) -> i64 {
        self.caller.call();
        self.calls += 1;
        self.calls
    }

    fn tidy(&mut self) {
        self.caller.press("mark_absent");
        self.caller.press("return");
        let waits =
            |board: &str| board.contains("\"called\":[]") && board.contains("\"waiting\":1");
        self.screens.wait("that nobody is called any more", waits);
    }
}
