//! The file, read, and what it makes of a day.

use time::macros::{date, datetime};

use super::*;
use crate::holiday::Holiday;

fn plan(text: &str) -> Plan {
    toml::from_str(text).unwrap()
}

const COUNSEL: &str = r#"
[calendar]
year_end = { from = "12-29", to = "01-03" }

[[closure]]
from = "2026-12-07"
to = "2026-12-08"
reason = { ja = "工事のため", en = "building work" }

[[resource]]
id = "room"
name = { ja = "相談室", en = "Room" }
seats = 1

[[service]]
id = "counsel"
name = { ja = "相談", en = "Advice" }
slot_minutes = 30
seats = 2
needs = ["room"]
fewer = [{ from = "12:00", to = "13:00", seats = 1 }]
hours = [
  { days = ["tue"], weeks = [2, 4], from = "13:00", to = "14:45" },
  { days = ["mon", "tue"], from = "9:00", to = "10:00" },
]
"#;

fn starts(day: Date) -> Result<Vec<String>, Closed> {
    let plan = plan(COUNSEL);
    let slots = plan.slots(&plan.services[0], day)?;
    Ok(slots
        .iter()
        .map(|slot| format!("{}:{:02}", slot.start.hour(), slot.start.minute()))
        .collect())
}

#[test]
fn slots_follow_the_day_of_the_week_and_its_place_in_the_month() {
    // 24 November 2026 is the fourth Tuesday; what does not fit before 14:45 is none.
    assert_eq!(starts(date!(2026 - 11 - 24)).unwrap(), ["9:00", "9:30", "13:00", "13:30", "14:00"]);
    assert_eq!(starts(date!(2026 - 12 - 01)).unwrap(), ["9:00", "9:30"]);
    assert_eq!(starts(date!(2026 - 11 - 25)), Err(Closed::NoHours));
}

#[test]
fn days_of_rest_say_why() {
    assert_eq!(starts(date!(2026 - 11 - 23)), Err(Closed::Holiday(Holiday::Labour)));
    for day in [date!(2026 - 12 - 29), date!(2026 - 12 - 31), date!(2027 - 01 - 01)] {
        assert_eq!(starts(day), Err(Closed::YearEnd), "{day}");
    }
    assert!(starts(date!(2027 - 01 - 04)).is_ok());
    let Err(Closed::Closure(reason)) = starts(date!(2026 - 12 - 08)) else { panic!() };
    assert_eq!(reason.ja, "工事のため");
}

#[test]
fn a_closure_may_be_of_one_service_only() {
    let text = COUNSEL.replace("to = \"2026-12-08\"", "services = [\"other\"]");
    let plan = plan(&text);
    assert!(plan.slots(&plan.services[0], date!(2026 - 12 - 07)).is_ok());
}

#[test]
fn there_are_as_many_seats_as_in_the_leanest_minute() {
    let plan = plan(COUNSEL);
    let pools = plan.pools(&plan.services[0]);
    let seats = |from, to| pools.iter().map(|pool| pool.seats_in(&(from..to))).collect::<Vec<_>>();
    let (half_eleven, noon) = (datetime!(2026-11-24 11:30 +9), datetime!(2026-11-24 12:00 +9));
    assert_eq!(seats(half_eleven, noon), [2, 1]);
    assert_eq!(seats(half_eleven, noon + Duration::minutes(5)), [1, 1]);
}

#[test]
fn times_are_read_as_people_write_them() {
    for (text, minutes) in [("9:00", 540), ("09:05", 545), ("0:00", 0), ("24:00", 1440)] {
        assert_eq!(TimeOfDay::parse(text), Some(TimeOfDay(minutes)), "{text}");
    }
    for text in ["9", "9:5", "25:00", "24:01", "9:60", "-1:00", "+9:00", "009:00"] {
        assert_eq!(TimeOfDay::parse(text), None, "{text}");
    }
    assert_eq!(DayOfYear::parse("02-29"), Some(DayOfYear(2, 29)));
    assert_eq!(DayOfYear::parse("02-30"), None);
}
