//! `appointments.toml`: what can be booked. Its values are `appointment::Plan`; here
//! is what may be wrong with them.

use super::procedures::LANES;
use super::site::Site;
use super::{Lane, lanes, rules};
use crate::appointment::Plan;
use crate::appointment::plan::{Fewer, Hours, Resource, STEP_MINUTES, Service, TimeOfDay};
use crate::document::{Document, Place};

pub(super) const FILE: &str = "appointments.toml";
const SERVICES: &str = "appointments.toml の service";
const RESOURCES: &str = "appointments.toml の resource";

/// Rules of this file; `lanes` are those that exist, where known.
pub(super) fn check(plan: &Plan, document: &mut Document, lanes: Option<&[Lane]>) {
    let times = Place::key_of("times");
    for (key, minutes, range) in [
        ("hold_minutes", plan.times.hold_minutes, [1, 60]),
        ("early_minutes", plan.times.early_minutes, [0, 240]),
        ("no_show_minutes", plan.times.no_show_minutes, [5, 240]),
    ] {
        rules::range(document, times.clone().key(key), minutes, range);
    }
    let home = Place::key_of("home");
    rules::range(document, home.clone().key("per_address"), plan.home.per_address, [1, 1_000]);
    rules::range(document, home.key("in_all"), plan.home.in_all, [1, 10_000]);
    let services: Vec<&str> = plan.services.iter().map(|one| one.id.as_str()).collect();
    let resources: Vec<&str> = plan.resources.iter().map(|one| one.id.as_str()).collect();
    rules::ids(document, "service", services.iter().copied());
    rules::ids(document, "resource", resources.iter().copied());
    document.require(
        !services.is_empty(),
        Place::key_of("service"),
        "予約できるものが一つもありません",
        "[[service]] を書くか、このファイルを消してください",
    );
    check_closures(plan, document, &services);
    for (row, resource) in plan.resources.iter().enumerate() {
        check_resource(resource, document, &Place::key_of("resource").row(row));
    }
    for (row, service) in plan.services.iter().enumerate() {
        let place = Place::key_of("service").row(row);
        check_service(service, document, &place, &resources);
        if let (Some(lane), Some(lanes)) = (&service.lane, lanes) {
            let known: Vec<&str> = lanes.iter().map(|one| one.id.as_str()).collect();
            rules::reference(document, place.clone().key("lane"), lane, LANES, &known);
            lanes::gives_numbers(document, place.key("lane"), lanes, lane);
        }
    }
}

/// What looks at `site.toml`, too.
pub(super) fn check_against_site(plan: &Plan, document: &mut Document, site: &Site) {
    let (late, no_show) = (site.queue.late_minutes, plan.times.no_show_minutes);
    document.require(
        no_show >= late,
        Place::key_of("times").key("no_show_minutes"),
        format!("来庁なしにする {no_show} 分が、遅れても順番を守る {late} 分より短くなっています"),
        format!(
            "{late} 以上の数を書くか、site.toml の [queue] の late_minutes を小さくしてください"
        ),
    );
}

fn check_closures(plan: &Plan, document: &mut Document, services: &[&str]) {
    for (row, closure) in plan.closures.iter().enumerate() {
        let place = Place::key_of("closure").row(row);
        rules::words(document, place.clone().key("reason"), &closure.reason);
        document.require(
            closure.to.is_none_or(|to| closure.from <= to),
            place.clone().key("to"),
            "休みの最後の日が、最初の日より前です",
            "最初の日と同じか、それより後の日を書いてください",
        );
        for id in closure.services.iter().flatten() {
            rules::reference(document, place.clone().key("services"), id, SERVICES, services);
        }
    }
}

fn check_resource(resource: &Resource, document: &mut Document, place: &Place) {
    rules::words(document, place.clone().key("name"), &resource.name);
    rules::range(document, place.clone().key("seats"), resource.seats, [1, 99]);
    check_fewer(document, place, &resource.fewer, resource.seats);
}

fn check_service(service: &Service, document: &mut Document, place: &Place, resources: &[&str]) {
    let at = |key: &str| place.clone().key(key);
    rules::words(document, at("name"), &service.name);
    rules::range(document, at("seats"), service.seats, [1, 99]);
    document.require(
        on_grid(service.slot_minutes) && (5..=480).contains(&service.slot_minutes),
        at("slot_minutes"),
        format!("枠の長さ {} 分は使えません", service.slot_minutes),
        "5 から 480 までの、5 で割り切れる数を書いてください",
    );
    rules::range(document, at("home_seats"), service.home_seats, [0, service.seats]);
    check_fewer(document, place, &service.fewer, service.seats);
    for id in &service.needs {
        rules::reference(document, at("needs"), id, RESOURCES, resources);
    }
    let (from, until) = (u32::from(service.from_days), u32::from(service.until_days));
    rules::range(document, at("from_days"), from, [0, 365]);
    document.require(
        until <= from,
        at("until_days"),
        format!("{from} 日前からなのに、{until} 日前までになっています"),
        format!("0 から {from} までの数を書いてください"),
    );
    rules::range(document, at("cutoff_minutes"), service.cutoff_minutes, [0, 1_440]);
    if let Some(remind) = &service.remind {
        rules::words(document, at("remind"), remind);
    }
    document.require(
        !service.hours.is_empty(),
        at("hours"),
        "受け付ける曜日と時間がありません",
        "hours = [{ days = [\"mon\"], from = \"9:00\", to = \"16:00\" }] のように書いてください",
    );
    for (row, hours) in service.hours.iter().enumerate() {
        let place = at("hours").row(row);
        check_hours(document, &place, hours, service.slot_minutes);
        let mut before = service.hours[..row].iter();
        document.require(
            !before.any(|other| overlap(hours, other)),
            place,
            "同じ曜日の時間が、前の行と重なっています",
            "一つにまとめるか、重ならない時間にしてください",
        );
    }
}

fn check_hours(document: &mut Document, place: &Place, hours: &Hours, slot_minutes: u16) {
    document.require(
        !hours.days.is_empty(),
        place.clone().key("days"),
        "曜日がありません",
        "「\"mon\"」から「\"sun\"」までのどれかを書いてください",
    );
    document.require(
        hours.weeks.as_ref().is_none_or(|weeks| {
            !weeks.is_empty() && weeks.iter().all(|week| (1..=5).contains(week))
        }),
        place.clone().key("weeks"),
        "第何週かは、1 から 5 までの数の並びです",
        "weeks = [2, 4] のように書くか、毎週ならこの項目を消してください",
    );
    check_span(document, place, (hours.from, hours.to));
    document.require(
        hours.to <= hours.from || hours.to.0 - hours.from.0 >= slot_minutes,
        place.clone().key("to"),
        format!("{slot_minutes} 分の枠が一つも入りません"),
        "時間を長くするか、slot_minutes を短くしてください",
    );
}

fn check_fewer(document: &mut Document, place: &Place, fewer: &[Fewer], seats: u32) {
    for (row, span) in fewer.iter().enumerate() {
        let place = place.clone().key("fewer").row(row);
        check_span(document, &place, (span.from, span.to));
        document.require(
            span.seats < seats,
            place.key("seats"),
            format!("{} は、いつもの {seats} より少なくなっていません", span.seats),
            format!("{seats} より小さい数を書くか、この行を消してください"),
        );
    }
}

fn check_span(document: &mut Document, place: &Place, (from, to): (TimeOfDay, TimeOfDay)) {
    document.require(
        from < to,
        place.clone().key("to"),
        "終わりの時刻が、始まりより後ではありません",
        "始まりより後の時刻を書いてください",
    );
    for (key, time) in [("from", from), ("to", to)] {
        document.require(
            on_grid(time.0),
            place.clone().key(key),
            "時刻が5分きざみではありません",
            "「9:00」「9:05」のように書いてください",
        );
    }
}

fn on_grid(minutes: u16) -> bool {
    minutes.is_multiple_of(STEP_MINUTES)
}

/// Whether two lines of hours can meet on one day.
fn overlap(one: &Hours, other: &Hours) -> bool {
    let same_day = one.days.iter().any(|day| other.days.contains(day));
    let same_week = match (&one.weeks, &other.weeks) {
        (Some(one), Some(other)) => one.iter().any(|week| other.contains(week)),
        _ => true,
    };
    same_day && same_week && one.from < other.to && other.from < one.to
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::config::Config;

    const EXAMPLE: &str = "kiosk-config/example";

    /// What is told of the example with other appointments; the rest stays.
    fn told(appointments: Option<&str>, site: impl Fn(&str) -> String) -> Vec<String> {
        let dir = tempfile::tempdir().unwrap();
        for name in ["site.toml", "counters.toml", "procedures.toml", "fees.toml"] {
            let text = std::fs::read_to_string(Path::new(EXAMPLE).join(name)).unwrap();
            let text = if name == "site.toml" { site(&text) } else { text };
            std::fs::write(dir.path().join(name), text).unwrap();
        }
        std::fs::write(dir.path().join("devices.toml"), "").unwrap();
        if let Some(text) = appointments {
            std::fs::write(dir.path().join(super::FILE), text).unwrap();
        }
        let faults = Config::load(dir.path()).err().unwrap_or_default();
        let short = |file: &Path| file.strip_prefix(dir.path()).unwrap().to_owned();
        let told = faults.into_iter().map(|fault| {
            let file = short(&fault.file);
            crate::fault::Fault { file, ..fault }.to_string()
        });
        told.collect()
    }

    fn example() -> String {
        std::fs::read_to_string(Path::new(EXAMPLE).join(super::FILE)).unwrap()
    }

    fn as_it_is(site: &str) -> String {
        site.to_owned()
    }

    #[test]
    fn the_example_is_faultless_and_books_counters_advice_check_ups_and_rooms() {
        let config = Config::load(Path::new(EXAMPLE)).unwrap();
        let plan = config.appointments().unwrap();
        let ids: Vec<&str> = plan.services.iter().map(|service| service.id.as_str()).collect();
        assert_eq!(ids, ["moving", "legal", "checkup", "meeting-room"]);
        assert_eq!(told(Some(&example()), as_it_is), [""; 0]);
    }

    #[test]
    fn every_rule_is_told_with_its_line_and_a_remedy() {
        let text = r#"[times]
hold_minutes = 0
no_show_minutes = 10

[calendar]
year_end = { from = "12-29", to = "02-30" }

[[closure]]
from = "2027-03-20"
to = "2027-03-19"
reason = { ja = "工事", en = "works" }
services = ["movin"]

[[service]]
id = "moving"
name = { ja = "引っ越し", en = "" }
lane = "mooving"
slot_minutes = 17
seats = 2
fewer = [{ from = "13:00", to = "12:00", seats = 2 }]
needs = ["room"]
until_days = 31
hours = [
  { days = ["mon"], weeks = [0], from = "9:00", to = "9:10" },
  { days = ["mon"], from = "9:02", to = "9:40" },
  { days = ["tue"], from = "9", to = "17:00" },
  { days = [], from = "9:00", to = "17:00" },
]
colour = "red"
"#;
        assert_eq!(
            told(Some(text), as_it_is),
            [
                "appointments.toml:2: 0 は使えません → 1 から 60 までの数を書いてください",
                "appointments.toml:3: 来庁なしにする 10 分が、遅れても順番を守る 15 分より短くなっています → 15 以上の数を書くか、site.toml の [queue] の late_minutes を小さくしてください",
                "appointments.toml:6: 「02-30」は月と日ではありません。「12-29」のように書いてください",
                "appointments.toml:10: 休みの最後の日が、最初の日より前です → 最初の日と同じか、それより後の日を書いてください",
                "appointments.toml:12: 「movin」は appointments.toml の service にありません → 「moving」と書きます",
                "appointments.toml:16: Englishの言葉が空です → 画面に出る言葉を書いてください",
                "appointments.toml:17: 「mooving」は procedures.toml の lane にありません → 「moving」と書きます",
                "appointments.toml:18: 枠の長さ 17 分は使えません → 5 から 480 までの、5 で割り切れる数を書いてください",
                "appointments.toml:20: 2 は、いつもの 2 より少なくなっていません → 2 より小さい数を書くか、この行を消してください",
                "appointments.toml:20: 終わりの時刻が、始まりより後ではありません → 始まりより後の時刻を書いてください",
                "appointments.toml:21: 「room」は appointments.toml の resource にありません → 先に appointments.toml の resource を書いてください",
                "appointments.toml:22: 30 日前からなのに、31 日前までになっています → 0 から 30 までの数を書いてください",
                "appointments.toml:24: 17 分の枠が一つも入りません → 時間を長くするか、slot_minutes を短くしてください",
                "appointments.toml:24: 第何週かは、1 から 5 までの数の並びです → weeks = [2, 4] のように書くか、毎週ならこの項目を消してください",
                "appointments.toml:25: 同じ曜日の時間が、前の行と重なっています → 一つにまとめるか、重ならない時間にしてください",
                "appointments.toml:25: 時刻が5分きざみではありません → 「9:00」「9:05」のように書いてください",
                "appointments.toml:26: 「9」は時刻ではありません。「9:00」のように書いてください",
                "appointments.toml:27: 曜日がありません → 「\"mon\"」から「\"sun\"」までのどれかを書いてください",
                "appointments.toml:29: 「colour」という項目はありません → 「id」「name」「lane」「slot_minutes」「seats」「fewer」「needs」「hours」「from_days」「until_days」「cutoff_minutes」「asks」「remind」「at_kiosk」「home_seats」のどれかを書きます。要らなければ消してください",
            ]
        );
    }

    #[test]
    fn an_office_without_appointments_needs_no_file() {
        let off = |site: &str| site.replace("\nappointments = true", "\nappointments = false");
        assert_eq!(told(None, off), [""; 0]);
        let left_out = |site: &str| site.replace("\nappointments = true", "");
        assert_eq!(told(None, left_out), [""; 0]);
        let [told] = told(None, as_it_is).try_into().unwrap();
        assert!(told.starts_with("site.toml:") && told.contains("appointments.toml"), "{told}");
    }
}
