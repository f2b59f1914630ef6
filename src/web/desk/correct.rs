//! Correcting one value, or entering one that is missing (聞き取り).

use axum::extract::{Path, State};
use axum::response::Response;

use super::guard::Sent;
use super::sections::Open;
use super::visit::{self, Again};
use crate::db::Tx;
use crate::form::answers::Value;
use crate::form::input::{self, InputError, Raw};
use crate::form::questions;
use crate::id::{OpId, VisitId};
use crate::lang::Phrases;
use crate::staff::Action;
use crate::visit::{Error, desk};
use crate::web::error::Failure;
use crate::web::{Office, Shared, page};

/// Takes a value; shows the row again with a sentence when it cannot be taken.
/// Afterwards the next thing that is missing opens by itself.
pub(super) async fn correct(
    State(office): State<Shared>,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Failure> {
    sent.clerk.may(Action::Correct)?;
    let id: VisitId = id.parse().map_err(|_| Failure::NotFound)?;
    let path = sent.fields.get("path").to_owned();
    let op = sent.op()?;
    match read(&office, id, &path, &sent).await? {
        Ok(value) => match store(&office, &sent, op, id, (&path, value)).await {
            Ok(()) => Ok(page::go(&next(&office, id, &path).await?)),
            Err(error) => {
                let words = Phrases::of(sent.clerk.lang);
                let refused = Some(visit::refusal(&office, words, error)?);
                visit::again(&office, &sent.clerk, id, Again { refused, ..Again::default() }).await
            }
        },
        Err(error) => {
            let refused = Some((sent.fields.sent(), error));
            let edit = Some(Open { path, refused });
            visit::again(&office, &sent.clerk, id, Again { edit, ..Again::default() }).await
        }
    }
}

async fn store(
    office: &Shared,
    sent: &Sent,
    op: OpId,
    id: VisitId,
    (path, value): (&str, Value),
) -> Result<(), Error> {
    let (shared, journal) = (office.0.clone(), office.journal.clone());
    let (staff, path) = (sent.clerk.signed_in.staff.id, path.to_owned());
    let correct = move |tx: &Tx<'_>| {
        desk::correct(tx, &journal, shared.counter(), staff, op, id, (&path, value))
    };
    office.db.write(correct).await
}

/// What was entered for `path`, as the form's question reads it.
async fn read(
    office: &Office,
    id: VisitId,
    path: &str,
    sent: &Sent,
) -> Result<Result<Value, InputError>, Failure> {
    let (visit, answers) = visit::known(office, id).await?;
    let forms = office.counter().forms_of(&visit);
    let pages = questions::pages(&forms, &answers);
    let mut asked = pages.iter().flat_map(|page| &page.questions);
    let ask = asked.find(|ask| ask.path() == path).ok_or(Failure::NotFound)?;
    let raw = Raw::of_fields(ask.question, sent.fields.iter());
    let raw = raw.with_boxes(ask.question, answers.text(path));
    Ok(input::read(ask, &raw, office.journal.now().date()))
}

/// Where to go on: the next missing value, else the one just corrected.
async fn next(office: &Office, id: VisitId, path: &str) -> Result<String, Failure> {
    let (visit, answers) = visit::known(office, id).await?;
    let forms = office.counter().forms_of(&visit);
    let missing = questions::incomplete(&forms, &answers);
    Ok(match missing.first() {
        Some(missing) => {
            // Without a fragment: a browser then puts the cursor into the field.
            format!("/desk/visits/{id}?note=saved&edit={}", missing.path)
        }
        None => format!("/desk/visits/{id}?note=saved#q-{path}"),
    })
}
