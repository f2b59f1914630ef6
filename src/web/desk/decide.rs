//! The identity check, and the decision about each form.

use axum::extract::{Path, State};
use axum::response::Response;

use super::frame::{Frame, Place};
use super::guard::Sent;
use super::identity;
use super::visit::{self, Again};
use crate::applicant::Source;
use crate::application::Action as Decided;
use crate::db::Tx;
use crate::form::answers::{Answers, Value};
use crate::form::input::{self, InputError};
use crate::id::{ApplicationId, OpId, VisitId};
use crate::staff::Action;
use crate::visit::Error;
use crate::visit::desk::{self, Decision, IdentityCheck};
use crate::web::error::Failure;
use crate::web::{Shared, entry, page};

/// Longest reason for sending a form back, in characters.
const REASON_CHARS_MAX: usize = 200;

/// Records which documents were looked at.
pub(super) async fn identify(
    State(office): State<Shared>,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Failure> {
    sent.clerk.may(Action::CheckIdentity)?;
    let id: VisitId = id.parse().map_err(|_| Failure::NotFound)?;
    let op = sent.op()?;
    let kinds = sent.fields.all("kind");
    let points = sent.fields.get("points").to_owned();
    let words = Frame::inside(&office, &sent.clerk, Place::Today).words;
    let known = kinds.iter().all(|kind| identity::KINDS.contains(&kind.as_str()));
    if !known || kinds.is_empty() || !identity::POINTS.contains(&points.as_str()) {
        let refused = words.t("desk.identity.choose").to_owned();
        let ticked = Some(ticked(kinds, points));
        return visit::again(&office, &sent.clerk, id, Again { ticked, ..refusing(refused) }).await;
    }
    if points == "two" && kinds.len() < 2 {
        let refused = words.t("desk.identity.two_needed").to_owned();
        let ticked = Some(ticked(kinds, points));
        return visit::again(&office, &sent.clerk, id, Again { ticked, ..refusing(refused) }).await;
    }
    let check = IdentityCheck { kinds, points };
    match store_check(&office, &sent, op, id, check.clone()).await {
        Ok(()) => Ok(page::go(&format!("/desk/visits/{id}?note=identified#papers"))),
        Err(error) => {
            let refused = visit::refusal(&office, words, error)?;
            let ticked = Some(ticked(check.kinds, check.points));
            visit::again(&office, &sent.clerk, id, Again { ticked, ..refusing(refused) }).await
        }
    }
}

async fn store_check(
    office: &Shared,
    sent: &Sent,
    op: OpId,
    id: VisitId,
    check: IdentityCheck,
) -> Result<(), Error> {
    let (shared, journal) = (office.0.clone(), office.journal.clone());
    let staff = sent.clerk.signed_in.staff.id;
    let identify =
        move |tx: &Tx<'_>| desk::identify(tx, &journal, shared.counter(), staff, op, id, &check);
    office.db.write(identify).await
}

/// Accepts a form, sends it back, or takes the decision back.
pub(super) async fn decide(
    State(office): State<Shared>,
    Path((id, application)): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, Failure> {
    let id: VisitId = id.parse().map_err(|_| Failure::NotFound)?;
    let application: ApplicationId = application.parse().map_err(|_| Failure::NotFound)?;
    let op = sent.op()?;
    let (decided, action, note) = match sent.fields.get("act") {
        "accept" => (Decided::Accept, Action::Accept, "accepted"),
        "send_back" => (Decided::SendBack, Action::SendBack, "sent_back"),
        "reopen" => (Decided::Reopen, Action::Reopen, "reopened"),
        _ => return Err(Failure::BadRequest),
    };
    sent.clerk.may(action)?;
    let words = Frame::inside(&office, &sent.clerk, Place::Today).words;
    let reason = match (decided, input::remark(sent.fields.get("reason"), REASON_CHARS_MAX)) {
        (Decided::SendBack, Ok(reason)) => reason,
        (Decided::SendBack, Err(error)) => {
            let refused = match error {
                InputError::Required => words.t("desk.visit.reason_needed").to_owned(),
                error => entry::sentence(error, words),
            };
            let reason = Some((application, sent.fields.get("reason").to_owned()));
            return visit::again(&office, &sent.clerk, id, Again { reason, ..refusing(refused) })
                .await;
        }
        _ => String::new(),
    };
    let decision = Decision { op, action: decided, reason };
    match store(&office, &sent, application, decision).await {
        Ok(visit) => Ok(page::go(&format!("/desk/visits/{visit}?note={note}#papers"))),
        Err(error) => {
            let refused = visit::refusal(&office, words, error)?;
            visit::again(&office, &sent.clerk, id, refusing(refused)).await
        }
    }
}

async fn store(
    office: &Shared,
    sent: &Sent,
    id: ApplicationId,
    decision: Decision,
) -> Result<VisitId, Error> {
    let (shared, journal) = (office.0.clone(), office.journal.clone());
    let staff = sent.clerk.signed_in.staff.id;
    let decide =
        move |tx: &Tx<'_>| desk::decide(tx, &journal, shared.counter(), staff, id, &decision);
    office.db.write(decide).await
}

fn refusing(refused: String) -> Again {
    Again { refused: Some(refused), ..Again::default() }
}

/// The boxes as they were sent, to be shown again.
fn ticked(kinds: Vec<String>, points: String) -> Answers {
    let mut ticked = Answers::default();
    ticked.set("office.id_kind", Value::Choices(kinds.into_iter().collect()), Source::Clerk);
    ticked.set("office.id_points", Value::Choice(points), Source::Clerk);
    ticked
}
