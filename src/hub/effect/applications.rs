//! 申請管理: what residents handed in, and what became of it.

use deadpool_postgres::Transaction;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{Told, Why, facts};
use crate::application::State;
use crate::hub::{Error, Office};
use crate::id::{ApplicationId, VisitId};
use crate::journal;

#[derive(Debug)]
pub(in crate::hub) enum Effect {
    HandedIn { visit: VisitId, ticket: Option<String>, applications: Vec<HandedIn> },
    Printed(Vec<ApplicationId>),
    Decided { application: ApplicationId, state: State },
}

impl Effect {
    pub(super) fn begins(&self) -> bool {
        matches!(self, Effect::HandedIn { .. })
    }
}

/// An application, as the journal tells of it.
#[derive(Debug, Deserialize)]
pub(in crate::hub) struct HandedIn {
    id: ApplicationId,
    procedure: String,
    form: String,
    edition: serde_json::Value,
    /// What the edition says, as a hash; earlier versions did not tell.
    #[serde(default)]
    template: Option<String>,
    receipt: Option<String>,
}

/// The facts of what is handed in.
#[derive(Deserialize)]
struct Submission {
    #[serde(default)]
    ticket: Option<String>,
    applications: Vec<HandedIn>,
}

/// The facts of what came out of a printer.
#[derive(Deserialize)]
struct Printing {
    applications: Vec<ApplicationId>,
}

pub(super) fn read(row: &journal::Row) -> Result<Option<Effect>, Why> {
    let id = |text: &str| text.parse().map_err(|_| Why::NotAsExpected);
    let state = match row.kind.as_str() {
        "visit.submitted" => {
            let Submission { ticket, applications } = facts(row)?;
            let visit = row.entity_id.parse().map_err(|_| Why::NotAsExpected)?;
            return Ok(Some(Effect::HandedIn { visit, ticket, applications }));
        }
        "application.printed" => {
            return Ok(Some(Effect::Printed(facts::<Printing>(row)?.applications)));
        }
        "application.accepted" => State::Accepted,
        "application.sent_back" => State::SentBack,
        "application.reopened" => State::Submitted,
        _ => return Ok(None),
    };
    facts::<IgnoredAny>(row)?;
    Ok(Some(Effect::Decided { application: id(&row.entity_id)?, state }))
}

pub(super) async fn apply(
    tx: &Transaction<'_>,
    told: &Told<'_>,
    effect: &Effect,
) -> Result<Result<(), Why>, Error> {
    match effect {
        Effect::HandedIn { visit, ticket, applications } => {
            for one in applications {
                hand_in(tx, told, (*visit, ticket.as_deref()), one).await?;
            }
            Ok(Ok(()))
        }
        Effect::Printed(applications) => {
            let ids: Vec<String> = applications.iter().map(ToString::to_string).collect();
            let printed = tx
                .prepare_cached(
                    "update application set printed = printed + 1
                     where municipality = $1 and application = any ($2::text[]::uuid[])
                       and office = $3",
                )
                .await?;
            let office = told.office;
            let count = tx.execute(&printed, &[&office.municipality, &ids, &office.name]).await?;
            Ok(found(count == ids.len() as u64))
        }
        Effect::Decided { application, state } => {
            let decided = tx
                .prepare_cached(
                    "update application set state = $3, changed_at = $4::text::timestamptz
                     where municipality = $1 and application = $2::text::uuid and office = $5",
                )
                .await?;
            let (id, at) = (application.to_string(), &told.row.occurred_at);
            let Office { municipality, name } = told.office;
            let count = tx.execute(&decided, &[municipality, &id, &state.id(), at, name]).await?;
            Ok(found(count == 1))
        }
    }
}

/// What was handed in with an entry that waits is not here yet.
fn found(is_here: bool) -> Result<(), Why> {
    if is_here { Ok(()) } else { Err(Why::BehindAnother) }
}

async fn hand_in(
    tx: &Transaction<'_>,
    told: &Told<'_>,
    (visit, ticket): (VisitId, Option<&str>),
    one: &HandedIn,
) -> Result<(), Error> {
    let insert = tx
        .prepare_cached(
            "insert into application (municipality, application, office, visit, procedure, form,
               edition, receipt, handed_in_at, ticket, template)
             values ($1, $2::text::uuid, $3, $4::text::uuid, $5, $6, $7, $8,
               $9::text::timestamptz, $10, $11)",
        )
        .await?;
    tx.execute(
        &insert,
        &[
            &told.office.municipality,
            &one.id.to_string(),
            &told.office.name,
            &visit.to_string(),
            &one.procedure,
            &one.form,
            &one.edition.as_str().map_or_else(|| one.edition.to_string(), str::to_owned),
            &one.receipt,
            &told.row.occurred_at,
            &ticket,
            &one.template,
        ],
    )
    .await?;
    Ok(())
}
