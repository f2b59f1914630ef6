//! Bugs that other queue systems shipped, and the test of ours that would fail with
//! each. Those without a line here are named by their number: `bug_07_…`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Number, what went wrong elsewhere, and where the behaviour is tested here.
const TESTED_WHERE_IT_LIVES: [(u32, &str, &str, &str); 23] = [
    (
        1,
        "two clerks got the same ticket",
        "src/web/desk/tests/hammer.rs",
        "sixty_tablets_and_twenty_clerks_lose_nobody_and_serve_nobody_twice",
    ),
    (
        4,
        "a double tap drew two numbers",
        "src/web/desk/tests/guide.rs",
        "a_press_sent_twice_draws_one_number_and_counts_one_visitor",
    ),
    (
        4,
        "a double tap handed in twice",
        "tests/it/doors.rs",
        "the_same_hand_pressing_twice_hands_in_once",
    ),
    (
        4,
        "a retry printed a second slip",
        "tests/it/printing/cut_off.rs",
        "an_old_page_that_is_sent_again_after_a_restart_prints_nothing_more",
    ),
    (
        6,
        "a misclick could not be taken back",
        "src/queue/tests/taking_back.rs",
        "every_press_is_taken_back_within_its_time_and_then_no_more",
    ),
    (
        9,
        "a call cut the one before it off",
        "tests/it/calling.rs",
        "two_calls_at_once_are_chimed_and_said_whole_one_after_the_other",
    ),
    (
        10,
        "a dead line showed an old board as new",
        "tests/it/display.rs",
        "a_display_whose_line_died_says_how_old_it_is_and_never_calls_late",
    ),
    (
        11,
        "an appointment waited a minute too late",
        "src/queue/order/tests.rs",
        "an_appointment_is_due_at_its_minute_and_not_before",
    ),
    (
        12,
        "priority starved everybody else",
        "src/queue/order/tests.rs",
        "nobody_without_a_credit_waits_for_more_than_three_with_one_in_a_row",
    ),
    (
        12,
        "who came later was called first",
        "src/queue/order/tests.rs",
        "within_a_class_who_came_first_is_called_first",
    ),
    (
        12,
        "overtaking knew no bound",
        "src/queue/order/tests.rs",
        "nobody_is_passed_by_who_came_more_than_the_credit_later",
    ),
    (
        14,
        "a cell of a table was a formula",
        "src/csv.rs",
        "a_name_with_a_comma_is_one_cell_and_no_formula",
    ),
    (
        15,
        "a counter was opened twice",
        "src/web/desk/tests/calling.rs",
        "a_counter_that_is_taken_asks_before_it_is_taken_over",
    ),
    (
        15,
        "who was relieved went on acting",
        "src/queue/tests/calls.rs",
        "who_was_relieved_does_nothing_more_there_and_nobody_is_called_past_the_rule",
    ),
    (
        16,
        "a day was counted twice",
        "src/queue/report/tests.rs",
        "a_day_is_counted_once_and_counted_again_it_is_the_same",
    ),
    (
        17,
        "a number of yesterday was called",
        "src/queue/tests.rs",
        "the_day_is_the_local_one_and_yesterdays_tickets_are_not_called",
    ),
    (
        19,
        "a display without sound said nothing of it",
        "tests/it/display.rs",
        "a_display_that_may_make_no_sound_says_so_until_somebody_touches_it",
    ),
    (
        20,
        "a name stood on the display",
        "tests/it/calling.rs",
        "what_a_clerk_calls_stands_on_the_display_at_once_and_names_nobody",
    ),
    (
        20,
        "a name stood on a public page",
        "tests/it/status.rs",
        "everybody_sees_how_full_it_is_on_any_screen_and_nobody_by_name",
    ),
    (
        25,
        "one range of numbers ran into the next",
        "src/queue/tests.rs",
        "a_range_of_numbers_ends_as_the_town_chose",
    ),
    (26, "a slip was garbled", "src/printer/escpos.rs", "a_slip_is_these_bytes"),
    (
        29,
        "nobody saw that the printer was dead",
        "tests/it/printing/mod.rs",
        "without_a_slip_the_resident_remembers_the_number_and_the_desk_prints_it_later",
    ),
    (
        29,
        "nobody saw why",
        "tests/it/printing/mod.rs",
        "a_dead_printer_a_wrong_queue_and_a_stopped_one_are_told_apart",
    ),
];

/// All of them.
const LAST: u32 = 29;

/// The sources below a folder, with their paths.
fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            found.push((path.to_string_lossy().into_owned(), text));
        }
    }
}

/// The names of the tests of a source: what follows `#[test]` or its like.
fn tests(source: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut is_test = false;
    // Inside `proptest!` every function with an attribute is one.
    for line in source.lines().map(str::trim) {
        match line {
            _ if line.starts_with("#[test]") || line.starts_with("#[tokio::test") => is_test = true,
            _ if line.starts_with('#') || line.starts_with("//") => {}
            _ if is_test => {
                let named = line.split_once("fn ").and_then(|(_, name)| name.split('(').next());
                names.extend(named);
                is_test = false;
            }
            _ => {}
        }
    }
    names
}

#[test]
fn every_bug_that_others_shipped_is_a_test_here() {
    let mut all = Vec::new();
    sources(Path::new("src"), &mut all);
    sources(Path::new("tests"), &mut all);
    let mut known: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    for (path, name) in all
        .iter()
        .flat_map(|(path, text)| tests(text).into_iter().map(move |name| (path.as_str(), name)))
    {
        let number = name.strip_prefix("bug_").and_then(|rest| rest.split('_').next());
        if let Some(number) = number.and_then(|number| number.parse().ok()) {
            known.entry(number).or_default().push(format!("{path}: {name}"));
        }
    }
    for (number, what, path, name) in TESTED_WHERE_IT_LIVES {
        let source = all.iter().find(|(own, _)| own == path);
        let is_there = source.is_some_and(|(_, text)| tests(text).contains(&name));
        assert!(is_there, "bug {number}, {what}: there is no test {name} in {path}");
        known.entry(number).or_default().push(format!("{path}: {name}"));
    }
    let untested: Vec<u32> = (1..=LAST).filter(|number| !known.contains_key(number)).collect();
    assert_eq!(untested, [0_u32; 0], "{known:#?}");
    assert_eq!(known.keys().next_back(), Some(&LAST));
}
