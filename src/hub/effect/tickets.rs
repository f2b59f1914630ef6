//! 番号札: where each number stands, by the rules of the counters' own queue.

use deadpool_postgres::Transaction;
use serde_json::Value;

use super::{Told, Why, facts};
use crate::clock;
use crate::hub::{Error, Office};
use crate::id::TicketId;
use crate::journal;
use crate::queue::{self, Ticket};

#[derive(Debug)]
pub(in crate::hub) struct Effect {
    ticket: TicketId,
    kind: String,
    facts: Value,
}

impl Effect {
    pub(super) fn begins(&self) -> bool {
        self.kind == ISSUED
    }
}

const ISSUED: &str = "ticket.issued";

pub(super) fn read(row: &journal::Row) -> Result<Option<Effect>, Why> {
    let kinds = [ISSUED, "ticket.moved", "ticket.undone", "ticket.carried"];
    if !kinds.contains(&row.kind.as_str()) {
        return Ok(None);
    }
    let ticket = row.entity_id.parse().map_err(|_| Why::NotAsExpected)?;
    Ok(Some(Effect { ticket, kind: row.kind.clone(), facts: facts(row)? }))
}

pub(super) async fn apply(
    tx: &Transaction<'_>,
    told: &Told<'_>,
    Effect { ticket, kind, facts }: &Effect,
) -> Result<Result<(), Why>, Error> {
    let id = ticket.to_string();
    let select = tx
        .prepare_cached(
            "select told::text from ticket
             where municipality = $1 and ticket = $2::text::uuid and office = $3",
        )
        .await?;
    let Office { municipality, name } = told.office;
    let before = tx.query_opt(&select, &[municipality, &id, name]).await?;
    let before: Vec<(String, Value)> = match before {
        Some(row) => serde_json::from_str(row.try_get(0)?)
            .map_err(|_| Error::Inconsistent("a ticket that is none"))?,
        None => Vec::new(),
    };
    if before.is_empty() && kind != ISSUED {
        // It was drawn with an entry that is parked, or that comes by another log.
        return Ok(Err(Why::BehindAnother));
    }
    let all = gone_on(*ticket, before, (kind.clone(), facts.clone()));
    let stands = all.and_then(|all| Some((retold(*ticket, &all)?, all)));
    match stands {
        Some((stands, all)) => put(tx, told, &stands, &all).await,
        None => Ok(Err(Why::NotAsExpected)),
    }
}

/// What is told of a ticket with one entry more. A counter that was set back goes on from
/// where it was then: what it does not know of any more is left out. `None` where it fits
/// nowhere.
fn gone_on(
    ticket: TicketId,
    mut before: Vec<(String, Value)>,
    next: (String, Value),
) -> Option<Vec<(String, Value)>> {
    loop {
        let stands = retold(ticket, &before);
        let (kind, facts) = (next.0.as_str(), next.1.to_string());
        if let Ok(Some(_)) = queue::told(stands.as_ref(), (ticket, kind, &facts)) {
            before.push(next);
            return Some(before);
        }
        before.pop()?;
    }
}

fn retold(ticket: TicketId, all: &[(String, Value)]) -> Option<Ticket> {
    all.iter().fold(None, |before, (kind, facts)| {
        let after = queue::told(before.as_ref(), (ticket, kind, &facts.to_string()));
        after.ok().flatten().or(before)
    })
}

async fn put(
    tx: &Transaction<'_>,
    told: &Told<'_>,
    ticket: &Ticket,
    all: &[(String, Value)],
) -> Result<Result<(), Why>, Error> {
    let put = tx
        .prepare_cached(
            "insert into ticket (municipality, ticket, office, day, number, lane, state, arrived,
               counter, told)
             values ($1, $2::text::uuid, $3, $4::text::date, $5, $6, $7, $8::text::timestamptz,
               $9, $10::text::json)
             on conflict (municipality, ticket) do update set
               day = excluded.day, number = excluded.number, lane = excluded.lane,
               state = excluded.state, counter = excluded.counter, told = excluded.told
             where ticket.office = excluded.office",
        )
        .await?;
    let leg = ticket.leg();
    let all = serde_json::to_string(all).map_err(|_| Error::Inconsistent("facts"))?;
    let count = tx
        .execute(
            &put,
            &[
                &told.office.municipality,
                &ticket.id.to_string(),
                &told.office.name,
                &clock::iso_day(ticket.day),
                &ticket.to_string(),
                &leg.lane,
                &leg.state.id(),
                &clock::rfc3339(ticket.arrived),
                &leg.counter.and_then(|counter| i32::try_from(counter).ok()),
                &all,
            ],
        )
        .await?;
    // The number of another office is none of this one's.
    Ok(if count == 1 { Ok(()) } else { Err(Why::NotAsExpected) })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::chance::SeededChance;
    use time::macros::datetime;

    #[test]
    fn a_counter_that_was_set_back_goes_on_from_where_it_was_then() {
        let id = TicketId::new(datetime!(2026-11-27 9:00 +9), &SeededChance::new(1));
        let entry = |kind: &str, facts| (format!("ticket.{kind}"), facts);
        let issued = entry(
            "issued",
            json!({
                "visit": null, "day": "2026-11-27", "prefix": "A", "number": 7, "issued": 7,
                "class": "ordinary", "slot": null, "at": "2026-11-27T09:00:00.000+09:00",
                "typed": null, "lane": "certificate", "plan": [], "code": null,
            }),
        );
        let moved = |action: &str, counter: u32, minute: u32| {
            let at = format!("2026-11-27T09:{minute:02}:00.000+09:00");
            entry(
                "moved",
                json!({ "action": action, "who": "clerk", "at": at, "counter": counter }),
            )
        };
        let all = [issued, moved("call_this", 1, 5), moved("serve", 1, 6)];
        let told = all.into_iter().try_fold(vec![], |all, next| gone_on(id, all, next)).unwrap();
        assert_eq!(retold(id, &told).unwrap().leg().counter, Some(1));
        // It was set back to before the call, and another counter called.
        let told = gone_on(id, told, moved("call_this", 2, 9)).unwrap();
        assert_eq!(told.len(), 2);
        let ticket = retold(id, &told).unwrap();
        assert_eq!((ticket.leg().state.id(), ticket.leg().counter), ("called", Some(2)));
        // What no ticket could have been told is nothing at all.
        assert_eq!(gone_on(id, told, entry("moved", json!({ "action": "fly" }))), None);
    }
}
