//! What a resident is told of their wait, when they have their number.

use axum::extract::State as AxumState;
use axum::response::Response;

use super::session::{AtKiosk, Kiosk};
use crate::lang::Phrases;
use crate::queue::outlook::{self, Told};
use crate::queue::state::State;
use crate::queue::{self, Ticket};
use crate::web::error::Failure;
use crate::web::{Office, Shared, live, qr, status, windows};

/// The sentences under the number.
pub(super) struct Wait {
    /// The number has been called meanwhile.
    pub called: Option<String>,
    pub lane: String,
    pub ahead: String,
    pub window: String,
    pub has_window: bool,
    /// The order of the calls, in one sentence.
    pub order: String,
    /// The ticket's own page, where telephones reach it.
    pub phone: Option<Phone>,
}

/// The way to a ticket's own page.
pub(super) struct Phone {
    /// As it is typed.
    pub link: String,
    pub code: qr::Drawing,
}

/// What is told of `ticket` now.
pub(super) async fn of(
    office: &Office,
    (kiosk, at): (&Kiosk, &AtKiosk),
    ticket: &Ticket,
) -> Result<Wait, Failure> {
    let (now, day) = (office.journal.now(), ticket.day);
    let tickets = office.db.read(move |connection| queue::of_day(connection, day)).await?;
    let rules = office.config.site.queue.order();
    let told = office.live.now().outlook.of(ticket.id, now);
    let words = Phrases::of(at.visit.wishes.lang);
    let ahead = outlook::ahead(ticket, &tickets, &rules, now);
    let lane = &ticket.leg().lane;
    let name = office.config.lane(lane).map(|lane| lane.name.in_lang(words.lang()));
    Ok(Wait {
        called: called(words, ticket),
        lane: name.unwrap_or(lane).to_owned(),
        ahead: match ahead {
            0 => words.t("wait.nobody_ahead").to_owned(),
            ahead => words.with("wait.ahead", &[("count", ahead)]),
        },
        window: windows::told(words, told),
        has_window: matches!(told, Told::At(_)),
        order: windows::order(words, &office.config.site),
        phone: phone(office, kiosk, ticket),
    })
}

fn phone(office: &Office, kiosk: &Kiosk, ticket: &Ticket) -> Option<Phone> {
    let link = status::link(office, &kiosk.host, ticket.code.as_ref()?)?;
    let code = qr::drawing(&link)?;
    let typed = link.split_once("://").map_or(&*link, |(_, typed)| typed).to_owned();
    Some(Phone { link: typed, code })
}

fn called(words: Phrases, ticket: &Ticket) -> Option<String> {
    let leg = ticket.leg();
    let counter = leg.counter.filter(|_| leg.state == State::Called)?;
    Some(words.with("wait.called", &[("counter", counter)]))
}

/// `GET /kiosk/events`: says when something in the queue has changed.
pub(super) async fn events(AxumState(office): AxumState<Shared>, _: Kiosk) -> Response {
    live::changes(&office)
}
