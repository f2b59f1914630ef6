//! 番号札: where each number stands, by the rules of the counters' own queue.

use deadpool_postgres::Transaction;
use serde_json::Value;

use super::{Told, Why, facts};
use crate::clock;
use crate::hub::Error;
use crate::id::TicketId;
use crate::journal;
use crate::queue::{self, Ticket};

#[derive(Debug)]
pub(in crate::hub) struct Effect {
    ticket: TicketId,
    kind: String,
    facts: Value,
}

pub(super) fn read(row: &journal::Row) -> Result<Option<Effect>, Why> {
    let kinds = ["ticket.issued", "ticket.moved", "ticket.undone", "ticket.carried"];
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
             where municipality = $1 and ticket = $2::text::uuid",
        )
        .await?;
    let before = tx.query_opt(&select, &[&told.office.municipality, &id]).await?;
    let before: Vec<(String, Value)> = match before {
        Some(row) => serde_json::from_str(row.try_get(0)?)
            .map_err(|_| Error::Inconsistent("a ticket that is none"))?,
        None => Vec::new(),
    };
    let Some(all) = gone_on(*ticket, before, (kind.clone(), facts.clone())) else {
        return Ok(Err(Why::NotAsExpected));
    };
    match retold(*ticket, &all) {
        // Drawn by an edition that left most of it to the office's rows.
        None => Ok(Ok(())),
        Some(stands) => put(tx, told, &stands, &all).await.map(Ok),
    }
}

/// What is told of a ticket with one entry more. A counter that was set back goes on from
/// where it was then: what it does not know of any more is left out.
fn gone_on(
    ticket: TicketId,
    mut before: Vec<(String, Value)>,
    next: (String, Value),
) -> Option<Vec<(String, Value)>> {
    // Of a ticket that nobody knows, what an earlier edition left to rows is no fault.
    let is_known = !before.is_empty();
    loop {
        let stands = retold(ticket, &before);
        let (kind, facts) = (next.0.as_str(), next.1.to_string());
        match queue::told(stands.as_ref(), (ticket, kind, &facts)) {
            Ok(after) if after.is_some() || !is_known => {
                before.push(next);
                return Some(before);
            }
            _ => drop(before.pop()?),
        }
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
) -> Result<(), Error> {
    let put = tx
        .prepare_cached(
            "insert into ticket (municipality, ticket, office, day, number, lane, state, arrived,
               counter, told)
             values ($1, $2::text::uuid, $3, $4::text::date, $5, $6, $7, $8::text::timestamptz,
               $9, $10::text::json)
             on conflict (municipality, ticket) do update set
               day = excluded.day, number = excluded.number, lane = excluded.lane,
               state = excluded.state, counter = excluded.counter, told = excluded.told",
        )
        .await?;
    let leg = ticket.leg();
    let all = serde_json::to_string(all).map_err(|_| Error::Inconsistent("facts"))?;
    tx.execute(
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
    Ok(())
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
