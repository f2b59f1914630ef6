//! What became of the appointments, beside what became of the numbers: by service and
//! day, in figures and as a file.

use axum::extract::State;
use axum::response::Response;
use time::Date;

use super::days::file;
use super::guard::Clerk;
use super::supervisor::allowed;
use crate::appointment::{self, Counted};
use crate::lang::Phrases;
use crate::web::error::Failure;
use crate::web::{Office, Shared, days};

/// A service on a day.
pub(super) struct Row {
    pub day: String,
    pub service: String,
    /// Booked, come, not come, called off.
    pub numbers: [u32; 4],
}

/// From day to day, the newest first.
pub(super) async fn rows(
    office: &Office,
    words: Phrases,
    between: [Date; 2],
) -> Result<Vec<Row>, Failure> {
    let mut counted = counted(office, between).await?;
    counted.sort_by_key(|one| std::cmp::Reverse(one.day));
    let plan = office.config.appointments();
    let name = |id: &str| {
        let service = plan.and_then(|plan| plan.service(id));
        service.map_or_else(|| id.to_owned(), |one| one.name.in_lang(words.lang()).to_owned())
    };
    let row = |one: Counted| Row {
        day: days::day(words, one.day),
        service: name(&one.service),
        numbers: [one.booked, one.arrived, one.missed, one.cancelled],
    };
    Ok(counted.into_iter().map(row).collect())
}

async fn counted(office: &Office, between: [Date; 2]) -> Result<Vec<Counted>, Failure> {
    let count = move |connection: &_| appointment::counted(connection, between);
    Ok(office.db.read(count).await?)
}

/// All days that are over, as a file.
pub(super) async fn as_file(
    State(office): State<Shared>,
    clerk: Clerk,
) -> Result<Response, Failure> {
    allowed(&office, &clerk)?;
    let today = office.journal.now().date();
    let yesterday = today.previous_day().unwrap_or(today);
    let text = appointment::as_file(&counted(&office, [Date::MIN, yesterday]).await?);
    Ok(file("appointments.csv", text))
}
