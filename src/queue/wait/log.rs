//! The recorded log of a hall, as a CSV file: `at,event,ticket,lane,counter,class`.
//! Columns go by their names in the first line, or by this order where it names none.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use crate::clock::{self, Moment};
use crate::fault::Fault;

/// The columns.
const COLUMNS: [&str; 6] = ["at", "event", "ticket", "lane", "counter", "class"];
const WORDS: &str = "write open, close, issue, call, serve, done, absent or cancel";
const CLASSES: &str = "write normal, priority or appointment, or nothing";
const TIME: &str = "write it as 2026-11-25T09:30:00+09:00";

/// What a line tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Open,
    Close,
    Issue,
    Call,
    Serve,
    Done,
    Absent,
    Cancel,
}

/// By which right somebody is called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Class {
    #[default]
    Normal,
    Priority,
    Appointment,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// 1 first.
    pub line: usize,
    pub at: Moment,
    /// As it was written.
    pub at_text: String,
    pub kind: Kind,
    pub ticket: String,
    /// Of `open`: the lanes that the counter calls, with `|` between; none: all.
    pub lane: String,
    pub counter: String,
    pub class: Class,
}

/// Reads a log to its end; all its faults, or all its lines.
pub fn read(file: &Path, text: &str) -> Result<Vec<Entry>, Vec<Fault>> {
    let text = text.trim_start_matches('\u{feff}');
    let mut places = [0, 1, 2, 3, 4, 5].map(Some);
    let (mut entries, mut faults) = (Vec::new(), Vec::new());
    let mut first = true;
    let mut last: Option<Moment> = None;
    for (place, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let fields = fields(line);
        if std::mem::take(&mut first)
            && let Some(named) = header(&fields)
        {
            places = named;
            let missing = COLUMNS[..2].iter().zip(&places).find(|(_, place)| place.is_none());
            if let Some((column, _)) = missing {
                let message = format!("there is no column `{column}`");
                return Err(vec![Fault::new(file, Some(place + 1), message, "")]);
            }
            continue;
        }
        match entry(place + 1, &fields, &places) {
            Ok(entry) if last.is_some_and(|last| entry.at < last) => {
                let message = format!("{} is before the line above", entry.at_text);
                faults.push(Fault::new(file, Some(place + 1), message, "sort the lines by time"));
            }
            Ok(entry) => {
                last = Some(entry.at);
                entries.push(entry);
            }
            Err((message, instead)) => {
                faults.push(Fault::new(file, Some(place + 1), message, instead));
            }
        }
    }
    if faults.is_empty() { Ok(entries) } else { Err(faults) }
}

/// Where each column stands, if this line names them.
fn header(fields: &[String]) -> Option<[Option<usize>; 6]> {
    let place = |name: &str| fields.iter().position(|field| field.eq_ignore_ascii_case(name));
    (place("at").is_some() || place("event").is_some()).then(|| COLUMNS.map(place))
}

fn entry(
    line: usize,
    fields: &[String],
    places: &[Option<usize>; 6],
) -> Result<Entry, (String, &'static str)> {
    let field = |column: usize| {
        let field = places[column].and_then(|place| fields.get(place));
        field.map(|field| field.trim().to_owned()).unwrap_or_default()
    };
    let at_text = field(0);
    let at = clock::parse_rfc3339(&at_text);
    let at = at.ok_or_else(|| (format!("`{at_text}` is no time"), TIME))?;
    let kind: Kind =
        field(1).parse().map_err(|()| (format!("`{}` is no event", field(1)), WORDS))?;
    let class = field(5);
    let class = class.parse().map_err(|()| (format!("`{class}` is no class"), CLASSES))?;
    let entry = Entry {
        line,
        at,
        at_text,
        kind,
        ticket: field(2),
        lane: field(3),
        counter: field(4),
        class,
    };
    match entry.missing() {
        Some(column) => Err((format!("`{kind}` needs a {column}"), "")),
        None => Ok(entry),
    }
}

impl Entry {
    /// A column that this kind cannot do without.
    fn missing(&self) -> Option<&'static str> {
        let counter = matches!(self.kind, Kind::Open | Kind::Close | Kind::Call);
        let ticket = !matches!(self.kind, Kind::Open | Kind::Close);
        match self {
            Entry { counter: name, .. } if counter && name.is_empty() => Some("counter"),
            Entry { ticket: name, .. } if ticket && name.is_empty() => Some("ticket"),
            Entry { kind: Kind::Issue, lane, .. } if lane.is_empty() => Some("lane"),
            _ => None,
        }
    }
}

impl FromStr for Kind {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Ok(match word.to_ascii_lowercase().as_str() {
            "open" => Self::Open,
            "close" => Self::Close,
            "issue" => Self::Issue,
            "call" => Self::Call,
            "serve" => Self::Serve,
            "done" => Self::Done,
            "absent" => Self::Absent,
            "cancel" => Self::Cancel,
            _ => return Err(()),
        })
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", format!("{self:?}").to_ascii_lowercase())
    }
}

impl FromStr for Class {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        match word.to_ascii_lowercase().as_str() {
            "" | "normal" => Ok(Self::Normal),
            "priority" => Ok(Self::Priority),
            "appointment" => Ok(Self::Appointment),
            _ => Err(()),
        }
    }
}

/// The fields of a line; in quotes a comma is a comma, and two quotes are one.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        let last = fields.len() - 1;
        match letter {
            '"' if quoted && letters.next_if_eq(&'"').is_some() => fields[last].push('"'),
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            _ => fields[last].push(letter),
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Vec<String> {
        let faults = read(Path::new("day.csv"), text).unwrap_err();
        faults.iter().map(Fault::to_string).collect()
    }

    #[test]
    fn columns_go_by_their_names_and_else_by_their_order() {
        let named = "\u{feff}Event,at,note,ticket,lane\r\n\
                     issue,2026-11-25T09:00:00+09:00,\"a, \"\"b\"\"\",A1,moving\r\n\r\n";
        let plain = "2026-11-25T00:00:00Z,issue,A1,moving\n";
        let [named] = &read(Path::new("a"), named).unwrap()[..] else { panic!() };
        let [plain] = &read(Path::new("a"), plain).unwrap()[..] else { panic!() };
        assert_eq!((named.at, named.kind, &*named.ticket), (plain.at, plain.kind, "A1"));
        assert_eq!((&*named.lane, &*plain.lane), ("moving", "moving"));
        assert_eq!((named.line, plain.line, named.class), (2, 1, Class::Normal));
    }

    #[test]
    fn every_fault_is_told_with_its_line_and_what_to_write() {
        let text = "at,event,ticket,lane,counter,class\n\
                    9:30,issue,A1,a,,\n\
                    2026-11-25T09:30:00+09:00,came,A1,a,,\n\
                    2026-11-25T09:30:00+09:00,issue,A1,,,\n\
                    2026-11-25T09:30:00+09:00,issue,A1,a,,vip\n\
                    2026-11-25T09:31:00+09:00,call,A1,,,\n\
                    2026-11-25T09:31:00+09:00,close,,,1,\n\
                    2026-11-25T09:29:00+09:00,close,,,1,\n";
        assert_eq!(
            faults(text),
            [
                format!("day.csv:2: `9:30` is no time → {TIME}"),
                format!("day.csv:3: `came` is no event → {WORDS}"),
                "day.csv:4: `issue` needs a lane".to_owned(),
                format!("day.csv:5: `vip` is no class → {CLASSES}"),
                "day.csv:6: `call` needs a counter".to_owned(),
                "day.csv:8: 2026-11-25T09:29:00+09:00 is before the line above → sort the lines by time"
                    .to_owned(),
            ]
        );
        assert_eq!(faults("event,ticket\n"), ["day.csv:1: there is no column `at`"]);
    }
}
