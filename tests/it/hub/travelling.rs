//! From the counter to the town hall, whatever happens to either and to what lies
//! between: real programs, a real PostgreSQL, and everything arrives once.

use madoguchi::chance::{SeededChance, bytes};
use madoguchi::hub::Hub;

use ureq::http::StatusCode;

use super::TOWN;
use super::town::{Branch, Hall, all};
use crate::stage::http::Visitor;
use crate::stage::office::{hidden, sign_in};
use crate::stage::postgres::Postgres;
use crate::stage::program::{Program, madoguchi};
use crate::stage::wait_until;

/// Residents of each office while things go wrong.
const RESIDENTS: usize = 14;
/// Repeats a run.
const SEED: u64 = 20_261_126;

#[test]
fn whatever_is_pulled_or_killed_on_the_way_everything_arrives_once() {
    let Some(mut hall) = Hall::open("two offices and a hub") else { return };
    let mut branches = ["honcho", "higashi"].map(Branch::open);
    // A line that was never there: both work, and everything waits.
    for branch in &mut branches {
        branch.resident();
        branch.cable.lead_to(&hall.hub.address);
    }
    let chance = SeededChance::new(SEED);
    for resident in 0..RESIDENTS {
        for (nth, branch) in branches.iter_mut().enumerate() {
            branch.resident();
            // The moment is the experiment: nothing is waited for.
            match (resident + nth) % 7 {
                0 => branch.cable.pull(),
                1 => branch.cable.lead_to(&hall.hub.address),
                2 => branch.cable.lose_answers_of(&hall.hub.address),
                3 => branch.kill_and_start(),
                _ => branch.cable.lead_to(&hall.hub.address),
            }
        }
        match bytes::<1>(&chance)[0] % 5 {
            0 => hall.kill_and_start(),
            1 => {
                hall.postgres.kill();
                hall.postgres.launch();
            }
            _ => {}
        }
    }
    // All is well again. What was started anew calls at once.
    for branch in &mut branches {
        branch.kill_and_start();
        branch.cable.lead_to(&hall.hub.address);
    }
    let [honcho, higashi] = &branches;
    hall.comes_to(|| all(&[honcho, higashi]));
    for branch in [honcho, higashi] {
        assert_eq!((branch.logs(), branch.incidents()), (1, vec![]), "nobody was set back");
        assert!(!branch.program.said().contains("花子"));
    }
    assert!(!hall.hub.said().contains("花子"));
    println!("seed {SEED}: {} acts", all(&[honcho, higashi]).len());
}

#[test]
fn a_counter_and_a_hub_that_wake_up_as_old_copies_of_themselves_lose_and_double_nothing() {
    let Some(mut hall) = Hall::open("old copies") else { return };
    let mut branch = Branch::open("honcho");
    branch.cable.lead_to(&hall.hub.address);
    branch.resident();
    hall.comes_to(|| branch.journal());
    let old_counter = branch.copied();
    branch.cable.pull();
    let alone = "select pg_terminate_backend(pid) from pg_stat_activity where datname = 'town'";
    hall.postgres.asked(alone).unwrap();
    wait_until("the hub is copied", || {
        hall.postgres.asked("create database old template town").is_some()
    });
    branch.cable.lead_to(&hall.hub.address);
    let lost: Vec<String> = (0..4).map(|_| branch.resident()).collect();
    hall.comes_to(|| branch.journal());
    let before = branch.journal();

    // The counter is set back, and does not know it: what it writes now is in the place
    // of what the hub has.
    branch.cable.pull();
    branch.put_back(&old_counter);
    branch.resident();
    branch.cable.lead_to(&hall.hub.address);
    wait_until("the counter begins a new log", || branch.logs() == 2);
    assert_eq!(branch.incidents(), ["counter_went_back"]);
    // Whoever comes now gets a number that nobody can hold: they went on above.
    let next = branch.resident();
    assert!(!lost.contains(&next), "{next} was given out twice");
    // What the lost database told of, and what this one does.
    let both = |branch: &Branch| {
        let mut both = before.clone();
        both.extend(branch.journal());
        both
    };
    hall.comes_to(|| both(&branch));

    // The hub is set back to before all that. It is given back what this counter wrote
    // and has lost itself since.
    hall.hub.kill();
    hall.postgres.asked("drop database town with (force)").unwrap();
    hall.postgres.asked("alter database old rename to town").unwrap();
    hall.start();
    branch.cable.lead_to(&hall.hub.address);
    branch.resident();
    hall.comes_to(|| both(&branch));
    assert!(branch.incidents().contains(&"hub_went_back".to_owned()));
    assert_eq!(branch.logs(), 2);
    let (code, _, said) = crate::stage::program::run(
        crate::stage::program::madoguchi(&["verify", "--data"]).arg(branch.data()),
    );
    assert_eq!(code, Some(0), "{said}");
}

#[test]
fn a_hub_that_wakes_up_as_an_old_copy_and_cannot_tell_is_given_back_what_it_lost_of_every_log() {
    let Some(mut hall) = Hall::open("a snapshot of the hub") else { return };
    let mut branch = Branch::open("honcho");
    branch.cable.lead_to(&hall.hub.address);
    branch.resident();
    hall.comes_to(|| branch.journal());
    let old_counter = branch.copied();
    let old_hub = hall.postgres.copied();
    branch.resident();
    hall.comes_to(|| branch.journal());
    let before = branch.journal();
    // The counter is set back: what it lost is in a log that it writes to no more, and that
    // was longer here when it was left than it is at the town hall.
    branch.cable.pull();
    branch.put_back(&old_counter);
    for _ in 0..4 {
        branch.resident();
    }
    branch.cable.lead_to(&hall.hub.address);
    let both = |branch: &Branch| {
        let mut both = before.clone();
        both.extend(branch.journal());
        both
    };
    hall.comes_to(|| both(&branch));
    assert_eq!(branch.logs(), 2);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let logs = runtime.block_on(async {
        let hub = Hub::open(&hall.postgres.address("town")).await.unwrap();
        hub.logs(TOWN).await.unwrap()
    });
    // What it had of it came in a log of its own.
    assert_eq!(logs.iter().map(|log| log.missing).collect::<Vec<_>>(), [0, 0, 0]);
    // The hub's machine is set back to a snapshot, and nothing in it tells that. Neither
    // program is started anew.
    hall.postgres.put_back(&old_hub);
    branch.resident();
    hall.comes_to(|| both(&branch));
    // Of each of the three logs.
    let [first, others @ ..] = &branch.incidents()[..] else { panic!("nothing was noticed") };
    assert_eq!(
        (first.as_str(), others),
        ("counter_went_back", &["hub_went_back"; 3].map(str::to_owned)[..])
    );
}

#[test]
fn the_demonstration_shows_a_record_travel_to_the_town_hall() {
    let Some(postgres) = Postgres::start("a demonstration with a hub") else { return };
    let database = postgres.database("town");
    let mut command = madoguchi(&["demo", "--empty", "--days", "0", "--listen", "127.0.0.1:0"]);
    let program = Program::start(command.args(["--hub", &database]));
    let said = program.said();
    let hall = said.lines().find_map(|line| line.strip_prefix("自治体側 ")).unwrap();
    let hall = Visitor::new(hall.trim_end_matches('/'));
    let offices = || hall.clone().get("/").text;
    wait_until("the office has been heard", || offices().contains("<strong>honcho</strong>"));
    let travelled = "select count(*) from entry where kind = 'staff.signed_in'";
    assert_eq!(postgres.asked_in("town", travelled).unwrap().trim(), "0");
    let mut clerk = program.visitor();
    sign_in(&mut clerk, "kakaricho", "mihon-supervisor");
    let arrived = || postgres.asked_in("town", travelled).unwrap().trim() == "1";
    wait_until("it is there", arrived);
    // And on the pages, for whoever signs in.
    let town = "/municipalities/999997";
    let mut hall = hall;
    let entered = [("login", "kakaricho"), ("password", "mihon-supervisor")];
    assert_eq!(hall.get(&format!("{town}/machines")).status, StatusCode::SEE_OTHER);
    hall.post(&format!("{town}/sign-in"), &entered);
    let line = hall.get(&format!("{town}/machines")).text;
    assert!(line.contains("本庁舎"), "{line}");
}

/// What the page about the line says.
fn page(clerk: &mut Visitor) -> String {
    clerk.get("/desk/line").text
}

/// Presses a button of it.
fn press(clerk: &mut Visitor, act: &str) {
    let shown = page(clerk);
    let fields = [("key", hidden(&shown, "key")), ("op", hidden(&shown, "op")), ("act", act)];
    let pressed = clerk.post("/desk/line", &fields);
    assert_eq!(pressed.status, StatusCode::SEE_OTHER, "{}", pressed.text);
}

#[test]
fn the_desk_says_what_waits_and_why_and_a_press_calls_at_once() {
    let Some(hall) = Hall::open("what waits") else { return };
    let mut branch = Branch::open("honcho");
    branch.resident();
    wait_until("nobody is there", || page(&mut branch.clerk).contains("つながりません"));
    let waiting = branch.journal().len();
    assert!(page(&mut branch.clerk).contains(&format!("{waiting} 件")));
    branch.cable.lead_to(&hall.hub.address);
    wait_until("all is sent", || {
        press(&mut branch.clerk, "call");
        let page = page(&mut branch.clerk);
        page.contains("つながっています") && page.contains(">0 件<")
    });
    hall.comes_to(|| branch.journal());
    // What an older hub would have parked.
    let older = "delete from application; update act set parked = 'too_new'
                 from entry where entry.op = act.op and kind = 'visit.submitted'";
    hall.postgres.asked_in("town", older).unwrap();
    press(&mut branch.clerk, "call");
    wait_until("the reason is shown", || page(&mut branch.clerk).contains("新しい版です"));
    press(&mut branch.clerk, "again");
    wait_until("nothing waits there", || !page(&mut branch.clerk).contains("新しい版です"));
    hall.comes_to(|| branch.journal());
    assert!(branch.journal().values().any(|told| told.starts_with("hub.asked_again")));
}
