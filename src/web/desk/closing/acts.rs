//! What is pressed on the page of a day.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use time::Date;

use super::super::frame::{Frame, Place};
use super::super::guard::Sent;
use super::super::payment::amount;
use super::allowed;
use super::page::{self, REASONS, Seen};
use crate::clock;
use crate::db::Tx;
use crate::lang::Phrases;
use crate::payment::{self, By, Error as Refused, Reason, Sum};
use crate::web::days;
use crate::web::error::{Failure, conflicting};
use crate::web::{Shared, page as pages};

enum Press {
    Count(u32, i64),
    Compare(BTreeMap<String, Sum>),
    Close { reason: Option<Reason>, knows: bool },
}

/// Why nothing was done.
enum NotDone {
    Refused(Refused),
    /// Something is left to be looked at, and nobody said that they know.
    Warned,
}

impl From<Refused> for NotDone {
    fn from(refused: Refused) -> Self {
        NotDone::Refused(refused)
    }
}

impl From<crate::db::Error> for NotDone {
    fn from(error: crate::db::Error) -> Self {
        NotDone::Refused(error.into())
    }
}

/// `POST /desk/closing`.
pub(super) async fn act(State(office): State<Shared>, sent: Sent) -> Result<Response, Failure> {
    allowed(&office, &sent.clerk)?;
    let (op, actor) = (sent.op()?, sent.clerk.signed_in.actor());
    let frame = Frame::inside(&office, &sent.clerk, Place::Closing);
    let words = frame.words;
    let day = clock::parse_iso_day(sent.fields.get("day")).ok_or(Failure::BadRequest)?;
    let Some(press) = press(&office, &sent)? else {
        let refused = words.t("desk.closing.refused_amount").to_owned();
        return page::of_day(&office, frame.refusing(refused), day).await;
    };
    let (note, to) = match press {
        Press::Count(..) => ("counted", String::new()),
        Press::Compare(_) => ("compared", format!("/{}", clock::iso_day(day))),
        Press::Close { .. } => ("closed", format!("/{}", clock::iso_day(day))),
    };
    let (shared, journal) = (office.0.clone(), office.journal.clone());
    let done = office.db.write(move |tx: &Tx<'_>| -> Result<(), NotDone> {
        let by = By { op, actor };
        match press {
            Press::Count(counter, counted) => {
                payment::count_cash(tx, &journal, by, (day, counter, counted))?;
            }
            Press::Compare(told) => {
                payment::compare(tx, &journal, by, (day, &told))?;
            }
            Press::Close { reason, knows } => {
                let seen = Seen::read(tx, &shared.config, day)?;
                if !seen.is_closed() && !knows && !seen.warnings(words).is_empty() {
                    return Err(NotDone::Warned);
                }
                payment::close(tx, &journal, by, (day, reason))?;
            }
        }
        Ok(())
    });
    match done.await {
        Ok(()) => Ok(pages::go(&format!("/desk/closing{to}?note={note}"))),
        Err(not_done) => {
            let is_other = matches!(not_done, NotDone::Refused(Refused::Conflict));
            let refused = refusal(words, not_done)?;
            let page = page::of_day(&office, frame.refusing(refused), day).await?;
            Ok(if is_other { conflicting(page) } else { page })
        }
    }
}

/// What was pressed; `None` where a number is none.
fn press(office: &Shared, sent: &Sent) -> Result<Option<Press>, Failure> {
    let field = |name: &str| sent.fields.get(name);
    Ok(match field("act") {
        "count" => {
            let counter: u32 = field("counter").parse().map_err(|_| Failure::BadRequest)?;
            let known = office.config.counter(counter).map(|one| one.number);
            let counter = known.ok_or(Failure::BadRequest)?;
            let counted = Some(field("counted")).filter(|typed| !typed.trim().is_empty());
            counted.and_then(number).map(|counted| Press::Count(counter, counted))
        }
        "compare" => told(sent)?.map(Press::Compare),
        "close" => {
            let reason = match field("reason") {
                "" => None,
                id => {
                    let chosen = Reason::from_id(id).filter(|reason| REASONS.contains(reason));
                    Some(chosen.ok_or(Failure::BadRequest)?)
                }
            };
            Some(Press::Close { reason, knows: sent.fields.has("knows") })
        }
        _ => return Err(Failure::BadRequest),
    })
}

/// The terminals' totals as they were typed. A brand that was left empty is nothing.
fn told(sent: &Sent) -> Result<Option<BTreeMap<String, Sum>>, Failure> {
    let [accounts, counts, amounts] =
        ["account", "told_count", "told_amount"].map(|name| sent.fields.all(name));
    if accounts.len() != counts.len() || accounts.len() != amounts.len() {
        return Err(Failure::BadRequest);
    }
    let mut told = BTreeMap::new();
    for ((account, count), amount) in accounts.iter().zip(&counts).zip(&amounts) {
        let Some(sum) = number(count).zip(number(amount)) else { return Ok(None) };
        if told.insert(account.clone(), Sum { count: sum.0, amount: sum.1 }).is_some() {
            return Err(Failure::BadRequest);
        }
    }
    Ok(Some(told))
}

/// A number as it was typed; nothing is none, and less than nothing begins with `-`.
fn number(typed: &str) -> Option<i64> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Some(0);
    }
    match typed.strip_prefix(['-', '−', '－']) {
        Some(digits) => amount(digits).map(|yen| -i64::from(yen.0)),
        None => amount(typed).map(|yen| i64::from(yen.0)),
    }
}

/// What was not done, in words; a fault stays one.
fn refusal(words: Phrases, not_done: NotDone) -> Result<String, Failure> {
    let refused = match not_done {
        NotDone::Warned => return Ok(words.t("desk.closing.refused_warnings").to_owned()),
        NotDone::Refused(refused) => refused,
    };
    Ok(match refused {
        Refused::NotKnown(count) => words.with("desk.closing.refused_known", &[("count", count)]),
        Refused::ClockBehind(last) => behind(words, last),
        Refused::DayClosed => words.t("desk.closing.refused_closed").to_owned(),
        Refused::NotYet => words.t("desk.closing.refused_not_yet").to_owned(),
        Refused::MovedOn => words.t("desk.closing.refused_moved_on").to_owned(),
        Refused::Conflict => words.t("desk.closing.refused_conflict").to_owned(),
        fault => return Err(fault.into()),
    })
}

fn behind(words: Phrases, last: Date) -> String {
    words.with("desk.closing.clock", &[("day", days::day(words, last))])
}
