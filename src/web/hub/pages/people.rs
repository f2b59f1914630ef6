//! Accounts, for an administrator; and for an auditor the record of what people did.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::super::Served;
use super::super::refusal::Refusal;
use super::door::{in_words, typed};
use super::frame::Sent;
use super::{Frame, Place, Seen};
use crate::clock;
use crate::hub::people::{Action, Person, Record, Role};
use crate::hub::{self};
use crate::id::StaffId;
use crate::staff::{self, NewPassword};
use crate::web::desk::slowly;
use crate::web::fields::Fields;
use crate::web::page;

#[derive(Template)]
#[template(path = "hub/people.html")]
struct Page {
    frame: Frame,
    me: StaffId,
    people: Vec<Person>,
    login: String,
    name: String,
}

impl Page {
    fn is_me(&self, person: &Person) -> bool {
        person.id == self.me
    }
}

async fn list(
    served: &Served,
    seen: &Seen,
    refused: Option<String>,
    (login, name): (&str, &str),
) -> Result<Response, Refusal> {
    let people = served.hub.people(&seen.me).await?;
    let frame = Frame::new(served, seen, Place::People).refusing(refused);
    let (login, name) = (login.to_owned(), name.to_owned());
    let page = Page { frame, me: seen.me.person.id, people, login, name };
    page::show(&page).map_err(|_| Refusal::Unshown)
}

/// All accounts, and the form for one more.
pub(super) async fn show(
    State(served): State<Arc<Served>>,
    seen: Seen,
) -> Result<Response, Refusal> {
    seen.may(Action::ManagePeople)?;
    list(&served, &seen, None, ("", "")).await
}

/// Adds one.
pub(super) async fn add(
    State(served): State<Arc<Served>>,
    Sent { seen, fields }: Sent,
) -> Result<Response, Refusal> {
    seen.may(Action::ManagePeople)?;
    let made = async {
        let role = Role::from_id(fields.get("role")).unwrap_or(Role::Clerk);
        let new = typed(&served, &fields, role, true).await?;
        let by = (&seen.me, served.clock.now());
        served.hub.add_person(by, &new, &*served.chance).await
    };
    let made = made.await;
    done(&served, &seen, made, &fields).await
}

/// Disables, enables or resets one.
pub(super) async fn change(
    State(served): State<Arc<Served>>,
    Path((_, id)): Path<(String, String)>,
    Sent { seen, fields }: Sent,
) -> Result<Response, Refusal> {
    seen.may(Action::ManagePeople)?;
    let id: StaffId = id.parse().map_err(|_| Refusal::NotHere)?;
    let by = (&seen.me, served.clock.now());
    let made = match fields.get("act") {
        "disable" => served.hub.disable_person(by, id, true).await,
        "enable" => served.hub.disable_person(by, id, false).await,
        "reset" => reset(&served, &seen, id, fields.get("password")).await,
        _ => return Err(Refusal::NotHere),
    };
    done(&served, &seen, made, &fields).await
}

async fn reset(
    served: &Served,
    seen: &Seen,
    id: StaffId,
    password: &str,
) -> Result<(), hub::Error> {
    let people = served.hub.people(&seen.me).await?;
    let person = people.iter().find(|person| person.id == id);
    let person = person.ok_or(staff::Error::NoSuchAccount)?;
    let password = NewPassword::new(password, &person.login)?;
    let chance = served.chance.clone();
    let hash = slowly(move || password.hash(&*chance)).await.map_err(staff::Error::from)?;
    served.hub.reset_person((&seen.me, served.clock.now()), id, &hash).await
}

async fn done(
    served: &Served,
    seen: &Seen,
    made: Result<(), hub::Error>,
    fields: &Fields,
) -> Result<Response, Refusal> {
    let Err(error) = made else { return Ok(page::go(&seen.town.at("/people"))) };
    let refused = in_words(&Frame::new(served, seen, Place::People), error)?;
    list(served, seen, Some(refused), (fields.get("login"), fields.get("name"))).await
}

#[derive(Template)]
#[template(path = "hub/record.html")]
struct RecordPage {
    frame: Frame,
    records: Vec<Record>,
    torn: Option<u64>,
}

impl RecordPage {
    fn at(&self, record: &Record) -> String {
        clock::parse_rfc3339(&record.at).map_or_else(String::new, |at| {
            format!("{} {}", clock::iso_day(at.date()), clock::hour_and_minute(at))
        })
    }

    fn kind(&self, record: &Record) -> &str {
        self.frame.words.t(match record.kind.as_str() {
            "application.searched" => "hub.act.searched",
            "application.viewed" => "hub.act.viewed",
            "application.printed_again" => "hub.act.printed_again",
            "export.made" => "hub.act.exported",
            "notice.sent" => "hub.act.notice_sent",
            "person.signed_in" => "hub.act.signed_in",
            "person.sign_in_refused" => "hub.act.sign_in_refused",
            "person.signed_out" => "hub.act.signed_out",
            "person.setup_offered" => "hub.act.setup_offered",
            "person.set_up" => "hub.act.set_up",
            "person.added" => "hub.act.added",
            "person.disabled" => "hub.act.disabled",
            "person.enabled" => "hub.act.enabled",
            "person.password_reset" => "hub.act.password_reset",
            "person.password_changed" => "hub.act.password_changed",
            _ => "hub.did.other",
        })
    }
}

/// What people did, the newest first.
pub(super) async fn record(
    State(served): State<Arc<Served>>,
    seen: Seen,
) -> Result<Response, Refusal> {
    seen.may(Action::ReadRecord)?;
    let (records, torn) = served.hub.records(&seen.me).await?;
    let frame = Frame::new(&served, &seen, Place::Record);
    page::show(&RecordPage { frame, records, torn }).map_err(|_| Refusal::Unshown)
}
