//! Everything as files for spreadsheets: days, hours, and each number with its times.
//! The columns of a number are what the national survey of the experience at counters
//! (窓口利用体験調査) notes by stop-watch: waiting, serving, the whole stay, counters
//! visited, papers, and how much had to be entered. No names, nothing of any person.

use std::collections::BTreeMap;

use super::spans::Story;
use super::tally::{Tally, Times};
use super::{DayReport, Forms};
use crate::clock::{self, Moment};
use crate::csv::{file, line};
use crate::id::VisitId;
use crate::queue::state::State;
use crate::queue::ticket::Leg;

/// The fields of a day and of a lane on a day.
pub const DAYS: &str = "date,lane,came,handed_over,served,absences,no_shows,cancelled,unfinished,\
    not_called,wait_count,wait_total_s,wait_median_s,wait_p90_s,wait_longest_s,service_count,\
    service_total_s,service_median_s,service_p90_s,service_longest_s,passing,visits,applications,\
    fields,fields_prefilled,estimates_judged,estimates_kept,kept_over_night";
/// The fields of an hour.
pub const HOURS: &str = "date,hour,came,absences,wait_count,wait_median_s,wait_p90_s";
/// The fields of a number.
pub const TICKETS: &str = "date,number,lane,class,issued_at,called_at,served_at,ended_at,wait_s,\
    service_s,stay_s,counters,calls,absences,outcome,applications,fields_entered,fields_prefilled";

/// A line for each day, lane `all`, and one for each of its lanes.
pub fn days(reports: &[DayReport]) -> String {
    let mut lines = vec![DAYS.to_owned()];
    for report in reports {
        lines.push(day_line(report, "all", &report.all, true));
        let lanes = report.lanes.iter();
        lines.extend(lanes.map(|(lane, tally)| day_line(report, lane, tally, false)));
    }
    file(&lines)
}

fn day_line(report: &DayReport, lane: &str, tally: &Tally, whole: bool) -> String {
    let counts = [
        tally.came,
        tally.handed_over,
        tally.served,
        tally.absences,
        tally.no_shows,
        tally.cancelled,
        tally.unfinished,
        tally.not_called,
    ];
    let mut fields = vec![clock::iso_day(report.day), lane.to_owned()];
    fields.extend(counts.map(|count| count.to_string()));
    fields.extend(times(&tally.waits));
    fields.extend(times(&tally.services));
    // What is counted of the office and not of its lanes.
    let Forms { visits, applications, .. } = report.forms;
    let (all, prefilled) = (report.forms.unwritten(), report.forms.prefilled());
    let office = [report.passing, visits, applications, all, prefilled].map(Some);
    let kept = report.kept.map(|kept| [kept.judged, kept.kept].map(Some)).unwrap_or_default();
    let office = office.into_iter().chain(kept);
    let shown = |field: Option<u32>| field.filter(|_| whole).map(|n| n.to_string());
    fields.extend(office.map(|field| shown(field).unwrap_or_default()));
    fields.push(tally.kept.to_string());
    line(&fields)
}

fn times(times: &Times) -> [String; 5] {
    let Times { count, total_secs, median_secs, p90_secs, longest_secs } = *times;
    [u64::from(count), total_secs, median_secs, p90_secs, longest_secs].map(|n| n.to_string())
}

/// A line for each hour of each day.
pub fn hours(reports: &[DayReport]) -> String {
    let mut lines = vec![HOURS.to_owned()];
    for report in reports {
        let day = clock::iso_day(report.day);
        lines.extend(report.hours.iter().map(|hour| {
            let numbers = [
                u64::from(hour.hour),
                hour.came.into(),
                hour.absences.into(),
                hour.waits.count.into(),
                hour.waits.median_secs,
                hour.waits.p90_secs,
            ];
            let numbers = numbers.iter().map(ToString::to_string);
            line(&std::iter::once(day.clone()).chain(numbers).collect::<Vec<_>>())
        }));
    }
    file(&lines)
}

/// A line for each number, in the order of issue; `forms` by visit.
pub fn tickets(stories: &[Story], forms: &BTreeMap<VisitId, Forms>) -> String {
    let mut lines = vec![TICKETS.to_owned()];
    lines.extend(stories.iter().map(|story| ticket_line(story, forms)));
    file(&lines)
}

fn ticket_line(story: &Story, forms: &BTreeMap<VisitId, Forms>) -> String {
    let ticket = &story.ticket;
    let when = |at: Option<Moment>| at.map(clock::rfc3339).unwrap_or_default();
    let first = |state: State| story.spans.iter().find(|span| span.state == state);
    let counters: u64 =
        story.spans.iter().filter(|span| span.state == State::Serving).count() as u64;
    let count = |state: State| story.spans.iter().filter(|span| span.state == state).count();
    // Whoever did not come back was not in the hall until the day was closed.
    let ended = story.ended().filter(|_| ticket.leg().state == State::Done);
    let stay = ended.map(|ended| (ended - ticket.arrived).whole_seconds().max(0));
    let form = ticket.visit.and_then(|visit| forms.get(&visit));
    let number = |number: Option<u32>| number.map(|n| n.to_string()).unwrap_or_default();
    let secs = |secs: Option<u64>| secs.map(|n| n.to_string()).unwrap_or_default();
    let lanes: Vec<&str> = ticket.legs.iter().map(|leg: &Leg| leg.lane.as_str()).collect();
    line(&[
        clock::iso_day(ticket.day),
        ticket.to_string(),
        lanes.join("|"),
        ticket.class.id().to_owned(),
        when(Some(ticket.arrived)),
        when(first(State::Called).map(|span| span.from)),
        when(first(State::Serving).map(|span| span.from)),
        when(story.ended()),
        secs(story.waited_secs(0)),
        secs(story.served_secs()),
        stay.map(|secs| secs.to_string()).unwrap_or_default(),
        counters.to_string(),
        count(State::Called).to_string(),
        count(State::Absent).to_string(),
        if story.is_kept { "kept" } else { ticket.leg().state.id() }.to_owned(),
        number(form.map(|form| form.applications)),
        number(form.map(|form| form.unwritten() - form.prefilled())),
        number(form.map(Forms::prefilled)),
    ])
}
