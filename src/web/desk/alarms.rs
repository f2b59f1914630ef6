//! The silent alarm at the desk: raised with one press, seen on every colleague's
//! page within seconds, without a sound. On the page of whoever raised it only a
//! small line changes: somebody may be looking over the counter.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post};

use super::guard::{Clerk, Sent};
use super::today::time_of_day;
use crate::alarm::{self, Alarm};
use crate::db::Tx;
use crate::id::{AlarmId, OpId, StaffId};
use crate::lang::Phrases;
use crate::queue::duty;
use crate::staff::{self, Action, Staff};
use crate::web::error::Failure;
use crate::web::routes::Router;
use crate::web::{Office, Shared, page};

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/", get(show).post(raise)).route("/{alarm}", post(act))
}

struct Row {
    id: AlarmId,
    op: OpId,
    /// The reader raised it.
    own: bool,
    /// Counter and name, or the name alone.
    place: String,
    time: String,
    /// Who said that they come.
    accepted_by: Option<String>,
}

/// The part of every page that shows the alarms.
#[derive(Template)]
#[template(path = "desk/alarms.html")]
struct Alarms {
    words: Phrases,
    key: String,
    op: OpId,
    alarms: Vec<Row>,
}

impl Alarms {
    fn has_own(&self) -> bool {
        self.alarms.iter().any(|alarm| alarm.own)
    }
}

/// The alarms that stand, for the script of every page.
async fn show(State(office): State<Shared>, clerk: Clerk) -> Result<Response, Failure> {
    clerk.may(Action::RaiseAlarms)?;
    page::show(&alarms(&office, &clerk).await?)
}

async fn alarms(office: &Office, clerk: &Clerk) -> Result<Alarms, Failure> {
    let words = Phrases::of(clerk.lang);
    let open = office.db.read(alarm::open).await?;
    let accounts = match open.is_empty() {
        true => Vec::new(),
        false => office.db.read(staff::accounts).await?,
    };
    let own = clerk.signed_in.staff.id;
    let row = |alarm: &Alarm| Row {
        id: alarm.id,
        op: office.journal.op(),
        own: alarm.raised_by == own,
        place: place(words, &accounts, alarm),
        time: time_of_day(alarm.raised_at),
        accepted_by: alarm.accepted.map(|(staff, _)| name(&accounts, staff)),
    };
    let alarms = open.iter().map(row).collect();
    Ok(Alarms { words, key: clerk.key.clone(), op: office.journal.op(), alarms })
}

fn name(accounts: &[Staff], id: StaffId) -> String {
    let account = accounts.iter().find(|account| account.id == id);
    account.map(|account| account.name.clone()).unwrap_or_default()
}

fn place(words: Phrases, accounts: &[Staff], alarm: &Alarm) -> String {
    let name = name(accounts, alarm.raised_by);
    match alarm.counter {
        Some(counter) => {
            let values = [("counter", counter.to_string()), ("name", name)];
            words.with("desk.alarm.at_counter", &values)
        }
        None => name,
    }
}

/// Raises an alarm where the clerk sits.
async fn raise(State(office): State<Shared>, sent: Sent) -> Result<Response, Failure> {
    sent.clerk.may(Action::RaiseAlarms)?;
    let (op, staff) = (sent.op()?, sent.clerk.signed_in.staff.id);
    let journal = office.journal.clone();
    let raise = move |tx: &Tx<'_>| -> Result<(), alarm::Error> {
        let duty = duty::of_staff(tx, staff).ok().flatten();
        alarm::raise(tx, &journal, op, staff, duty.map(|duty| duty.counter)).map(drop)
    };
    office.db.write(raise).await?;
    Ok(page::go("/desk/alarms"))
}

/// Says that one comes, or that it is over.
async fn act(
    State(office): State<Shared>,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Failure> {
    sent.clerk.may(Action::RaiseAlarms)?;
    let id: AlarmId = id.parse().map_err(|_| Failure::NotFound)?;
    let by = (sent.op()?, sent.clerk.signed_in.staff.id);
    let journal = office.journal.clone();
    let ends = sent.fields.get("act") == "end";
    let act = move |tx: &Tx<'_>| match ends {
        true => alarm::end(tx, &journal, by, id),
        false => alarm::accept(tx, &journal, by, id),
    };
    office.db.write(act).await?;
    Ok(page::go("/desk/alarms"))
}
