//! What was paid, found from a paper: a day's payments, or those that bear a number. All of
//! it is what the books keep and none of it is personal, so it is there when the visit was
//! erased, too. What was paid is given back from here.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use time::Date;

use super::frame::{Frame, Place};
use super::guard::Clerk;
use super::payment::{allowed, state_words};
use crate::clock;
use crate::db::Connection;
use crate::id::VisitId;
use crate::lang::Phrases;
use crate::payment::{self, Kept, Payment};
use crate::takings;
use crate::web::error::Failure;
use crate::web::{Office, Shared, days, page};

/// So many are shown at once: more than a day has, and a number is looked for beyond that.
const SHOWN_MAX: usize = 500;

/// The part of an address after `?`. Nothing of it names a person.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// `2026-11-26`.
    day: String,
    /// The number of a receipt, a slip or a code.
    find: String,
}

struct Row {
    visit: VisitId,
    /// With its day, where that was not asked for.
    time: String,
    number: String,
    tender: String,
    amount: String,
    slip: String,
    counter: u32,
    state: &'static str,
    state_words: &'static str,
}

#[derive(Template)]
#[template(path = "desk/payments.html")]
struct Page {
    frame: Frame,
    day: String,
    before: Option<String>,
    after: Option<String>,
    find: String,
    heading: String,
    /// What is said where there are none.
    none: &'static str,
    rows: Vec<Row>,
}

/// `GET /desk/payments`.
pub(super) async fn show(
    State(office): State<Shared>,
    Query(asked): Query<Asked>,
    clerk: Clerk,
) -> Result<Response, Failure> {
    allowed(&office, &clerk)?;
    let frame = Frame::inside(&office, &clerk, Place::Payments);
    let words = frame.words;
    let today = office.journal.now().date();
    let day = clock::parse_iso_day(&asked.day).unwrap_or(today);
    let find = asked.find.trim().to_owned();
    let typed = find.clone();
    let look = move |connection: &Connection| match typed.is_empty() {
        true => payment::on_day(connection, day),
        false => payment::find(connection, day, &typed),
    };
    let mut kept = office.db.read(look).await?;
    kept.truncate(SHOWN_MAX);
    let is_search = !find.is_empty();
    page::show(&Page {
        day: clock::iso_day(day),
        before: day.previous_day().map(clock::iso_day),
        after: day.next_day().filter(|next| *next <= today).map(clock::iso_day),
        heading: match is_search {
            true => words.t("desk.payments.found").to_owned(),
            false => words.with("desk.payments.of_day", &[("day", days::day(words, day))]),
        },
        none: match is_search {
            true => words.t("desk.payments.not_found"),
            false => words.t("desk.payments.none"),
        },
        rows: kept.iter().map(|one| row(&office, words, (one, day))).collect(),
        find,
        frame,
    })
}

fn row(office: &Office, words: Phrases, (one, day): (&Kept, Date)) -> Row {
    let paid = &one.payment;
    let time = clock::hour_and_minute(paid.begun_at);
    let slip = paid.slip().map(|slip| slip.number.as_str().to_owned());
    Row {
        visit: one.visit,
        time: match paid.begun_at.date() == day {
            true => time,
            false => format!("{} {time}", clock::iso_day(paid.begun_at.date())),
        },
        number: one.number.clone().unwrap_or_default(),
        tender: takings::account(&office.config, words, &account(paid)),
        amount: paid.amount.to_string(),
        slip: slip.unwrap_or_default(),
        counter: paid.counter,
        state: paid.state().id(),
        state_words: state_words(words, paid.state()),
    }
}

/// `emoney:suica`; the tender where no slip names a brand.
fn account(paid: &Payment) -> String {
    match paid.slip() {
        Some(slip) => format!("{}:{}", paid.tender.id(), slip.brand),
        None => paid.tender.id().to_owned(),
    }
}
