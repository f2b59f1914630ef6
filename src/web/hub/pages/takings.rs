//! 収納: what all offices took, by day, office and way of paying, and their closings held
//! against it.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use time::Date;

use super::super::Served;
use super::super::refusal::Refusal;
use super::{Frame, Place, Seen};
use crate::clock::{self, iso_day};
use crate::hub::people::Action;
use crate::hub::{NotKnown, Takings, Way};
use crate::web::page;
use crate::yen::Yen;

/// The ways of paying, as the accounts of the ledger begin.
const TENDERS: [&str; 6] = ["cash", "credit", "debit", "emoney", "qr", "later"];

/// The longest span that is added up on one page.
const DAYS_MAX: i64 = 62;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    from: Option<String>,
    to: Option<String>,
}

impl Asked {
    /// The days asked for; the last seven, if nothing is said.
    fn days(&self, today: Date) -> (Date, Date) {
        let day = |text: &Option<String>| text.as_deref().and_then(clock::parse_iso_day);
        let last = day(&self.to).unwrap_or(today);
        let week = last.saturating_sub(time::Duration::days(6));
        let first = day(&self.from).unwrap_or(week).min(last);
        (first.max(last.saturating_sub(time::Duration::days(DAYS_MAX))), last)
    }
}

#[derive(Template)]
#[template(path = "hub/takings.html")]
struct Page {
    frame: Frame,
    first: String,
    last: String,
    all: Vec<Takings>,
    not_known: Vec<NotKnown>,
}

/// `-1,300`.
fn yen(amount: i64) -> String {
    let written = u32::try_from(amount.unsigned_abs())
        .map_or_else(|_| amount.unsigned_abs().to_string(), |amount| Yen(amount).to_string());
    if amount < 0 { format!("-{written}") } else { written }
}

impl Page {
    fn tenders(&self) -> [&'static str; 6] {
        TENDERS
    }

    fn tender(&self, id: &str) -> &str {
        self.frame.words.t(match id {
            "cash" => "hub.tender.cash",
            "credit" => "hub.tender.credit",
            "debit" => "hub.tender.debit",
            "emoney" => "hub.tender.emoney",
            "qr" => "hub.tender.qr",
            _ => "hub.tender.later",
        })
    }

    fn taken(&self, day: &Takings, tender: &str) -> String {
        yen(day.of(tender))
    }

    /// What came in, whichever way.
    fn sum(&self, day: &Takings) -> String {
        yen(TENDERS.iter().map(|tender| day.of(tender)).sum())
    }

    fn all_of(&self, tender: &str) -> String {
        yen(self.all.iter().map(|day| day.of(tender)).sum())
    }

    fn all_sums(&self) -> String {
        yen(self.all.iter().flat_map(|day| TENDERS.map(|tender| day.of(tender))).sum())
    }

    fn payments(&self) -> u64 {
        self.all.iter().map(|day| day.payments).sum()
    }

    fn given_back(&self) -> u64 {
        self.all.iter().map(|day| day.given_back).sum()
    }

    fn way(&self, one: &NotKnown) -> &str {
        self.frame.words.t(match one.way {
            Way::Paid => "hub.way_paid",
            Way::Voided => "hub.way_voided",
            Way::Refunded => "hub.way_refunded",
        })
    }

    fn amount(&self, one: &NotKnown) -> String {
        yen(i64::try_from(one.amount).unwrap_or(i64::MAX))
    }

    /// The hash as the day's paper begins it.
    fn head<'h>(&self, head: &'h str) -> &'h str {
        head.get(..16).unwrap_or(head)
    }
}

pub(super) async fn page(
    State(served): State<Arc<Served>>,
    seen: Seen,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    seen.may(Action::SeeTakings)?;
    let (first, last) = asked.days(served.clock.now().date());
    let all = served.hub.takings(&seen.me.municipality, (first, last)).await?;
    let not_known = served.hub.not_known(&seen.me.municipality).await?;
    let frame = Frame::new(&served, &seen, Place::Takings);
    let (first, last) = (iso_day(first), iso_day(last));
    page::show(&Page { frame, first, last, all, not_known }).map_err(|_| Refusal::Unshown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn the_days_that_are_added_up_end_today_and_are_not_too_many() {
        let asked = |from: &str, to: &str| Asked { from: Some(from.into()), to: Some(to.into()) };
        let today = date!(2026 - 11 - 27);
        for (asked, first, last) in [
            (Asked::default(), date!(2026 - 11 - 21), today),
            (asked("2026-11-01", "2026-11-20"), date!(2026 - 11 - 01), date!(2026 - 11 - 20)),
            (asked("2026-11-20", "2026-11-01"), date!(2026 - 11 - 01), date!(2026 - 11 - 01)),
            (asked("1900-01-01", ""), date!(2026 - 09 - 26), today),
        ] {
            assert_eq!(asked.days(today), (first, last));
        }
    }

    #[test]
    fn yen_below_nothing_are_written_too() {
        assert_eq!([0, 1_300, -1_300].map(yen), ["0", "1,300", "-1,300"]);
    }
}
