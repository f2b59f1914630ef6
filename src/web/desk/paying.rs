//! お支払いを待っている方: whose payment waits, for the pages that clerks look at all day.

use askama::Template;

use crate::clock::Moment;
use crate::id::VisitId;
use crate::lang::Phrases;
use crate::visit::paying::{Paying, Stage};
use crate::web::desk::guard::Clerk;
use crate::web::{Office, days};

/// One whose payment waits.
#[derive(Hash)]
pub(super) struct Row {
    pub visit: VisitId,
    number: String,
    amount: String,
    /// A name for the style sheet.
    pub state: &'static str,
    words: &'static str,
    /// The same, short.
    pub mark: &'static str,
    waited: String,
    /// Whether it goes on only when a clerk finds out.
    is_for_clerk: bool,
}

/// All of them, in the order in which they want somebody.
#[derive(Template)]
#[template(path = "desk/paying.html")]
pub(super) struct Waiting {
    words: Phrases,
    pub rows: Vec<Row>,
}

impl Waiting {
    /// What this person may see of them; nobody where the office handles no fees.
    pub fn seen_by(office: &Office, clerk: &Clerk) -> Self {
        let words = Phrases::of(clerk.lang);
        let shown = office.live.now();
        let paying = match super::payment::allowed(office, clerk) {
            Ok(()) => shown.paying.as_slice(),
            Err(_) => &[],
        };
        let now = office.journal.now();
        Self { words, rows: paying.iter().map(|one| row(words, one, now)).collect() }
    }

    /// What stands on the row of a visit: a name for the style sheet, and a word.
    pub fn of(&self, visit: VisitId) -> Option<(&'static str, &'static str)> {
        let own = self.rows.iter().find(|row| row.visit == visit);
        own.map(|row| (row.state, row.mark))
    }

    /// Whether somebody has to find something out.
    fn wants_clerk(&self) -> bool {
        self.rows.iter().any(|row| row.is_for_clerk)
    }
}

fn row(words: Phrases, one: &Paying, now: Moment) -> Row {
    let (state, long, mark) = match one.stage {
        Stage::Unknown => ("unknown", "desk.paying.unknown", "desk.paying.mark_unknown"),
        Stage::BackUnknown => {
            ("unknown", "desk.paying.back_unknown", "desk.paying.mark_back_unknown")
        }
        Stage::Going => ("started", "desk.paying.going", "desk.paying.mark_going"),
        Stage::GoingBack => ("started", "desk.paying.going_back", "desk.paying.mark_going_back"),
        Stage::Choosing => ("started", "desk.paying.choosing", "desk.paying.mark_choosing"),
    };
    Row {
        visit: one.visit,
        number: one.number.clone(),
        amount: one.amount.to_string(),
        state,
        words: words.t(long),
        mark: words.t(mark),
        waited: waited(words, one.since, now),
        is_for_clerk: state == "unknown",
    }
}

/// For how long; of an earlier day, since when.
fn waited(words: Phrases, since: Moment, now: Moment) -> String {
    if since.date() != now.date() {
        let time = days::time(words, since, now.date());
        return words.with("desk.paying.since", &[("time", time)]);
    }
    match (now - since).whole_minutes() {
        ..1 => words.t("desk.today.just_now").to_owned(),
        minutes => words.with("desk.today.waited", &[("minutes", minutes)]),
    }
}
