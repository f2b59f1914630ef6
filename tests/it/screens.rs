//! Many displays at once, on real connections to the real program: none is forgotten
//! because another hangs, and none because the program was started anew.
//! `cargo bench --bench display` does the same with five hundred and measures it.

use crate::stage::hall::Caller;
use crate::stage::office::{hire, pair_display, set_up};
use crate::stage::program::{Program, example_in};
use crate::stage::screens::{Screens, Stalled, hall, seq};

const SCREENS: usize = 60;

const FLOOR: &str = "\n[[display_group]]\nid = \"second-floor\"\n\
     displays = [\"2階の表示盤\"]\nlanes = [\"moving\"]\n";

/// Far more boards than a connection holds that nobody reads from.
const CALLS: i64 = 100;

#[test]
fn every_screen_shows_the_last_state_though_one_hangs_and_the_program_is_started_anew() {
    let data = tempfile::tempdir().unwrap();
    let mut program = Program::serve(data.path());
    let mut administrator = set_up(&program);
    let mut caller = Caller { clerk: hire(&mut administrator) };
    let display = pair_display(&mut administrator, "表示盤");
    caller.sit(1);
    caller.hand_out("certificate");
    let mut screens = Screens::open(&program.address, &display.cookie(), SCREENS);
    let stalled = Stalled::open(&program.address, &display.cookie());
    screens.wait("the board of the opening", |board| seq(board) == 0);

    for nth in 1..=CALLS {
        caller.call();
        screens.wait("a call", |board| seq(board) == nth);
        caller.press("mark_absent");
        caller.press("return");
    }
    let waits_again = |board: &str| seq(board) == CALLS && board.contains("\"called\":[]");
    screens.wait("that nobody is called any more", waits_again);
    // Whoever connects now sees the truth at once.
    let truth = |program: &Program| {
        let mut newcomer = Screens::open(&program.address, &display.cookie(), 1);
        newcomer.wait("a board", |_| true);
        hall(newcomer.board()).to_owned()
    };
    let last = truth(&program);
    screens.wait("the last state", |board| hall(board) == last);
    // The one that hung goes on with the newest and is told nothing that is over.
    let came = stalled.wake(|board| hall(board) == last);
    assert!(came < screens.fewest(), "{came} boards waited for the one that read nothing");

    program.kill();
    let program = Program::serve_again(&program.address, data.path());
    caller.clerk = caller.clerk.moved_to(&program.address);
    caller.call();
    screens.wait("the call after the start", |board| seq(board) == CALLS + 1);
    let last = truth(&program);
    screens.wait("the state after the start", |board| hall(board) == last);
}

#[test]
fn displays_of_a_floor_show_and_call_its_lanes_only() {
    let folder = tempfile::tempdir().unwrap();
    let config = example_in(folder.path());
    let devices = config.join("devices.toml");
    let text = std::fs::read_to_string(&devices).unwrap();
    std::fs::write(devices, text + FLOOR).unwrap();
    let program = Program::serve_at(&folder.path().join("data"), &config);
    let mut administrator = set_up(&program);
    let mut caller = Caller { clerk: hire(&mut administrator) };
    let mut screens = ["2階の表示盤", "1階の表示盤"].map(|name| {
        let mut display = pair_display(&mut administrator, name);
        let page = display.get("/display").text;
        assert!(page.contains("data-lane=\"moving\""), "{page}");
        assert_eq!(page.contains("data-lane=\"certificate\""), name.starts_with('1'));
        Screens::open(&program.address, &display.cookie(), 1)
    });
    for (lane, counter, number) in [("certificate", 1, "A1"), ("moving", 2, "B1")] {
        caller.hand_out(lane);
        caller.sit(counter);
        caller.call();
        let called = format!("\"called\":[{{\"ticket\":\"{number}\"");
        for (nth, screen) in screens.iter_mut().enumerate() {
            screen.wait("what followed", |board| seq(board) == i64::from(counter));
            let is_its_own = nth == 1 || lane == "moving";
            assert_eq!(screen.board().contains(&called), is_its_own, "{}", screen.board());
            assert_eq!(screen.board().contains("\"lane\":\"certificate\",\"waiting\""), nth == 1);
        }
        caller.press("serve");
        caller.press("finish");
    }
}
