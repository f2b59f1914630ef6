//! Calling residents: a clerk sits down at a counter, calls the next number with
//! one key, and says with one key each what became of it. Numbers only; whoever
//! is called is opened from here when the clerk wants to see their papers.

mod acts;
pub(super) mod handing;
mod page;
mod rows;

pub(super) use acts::Given;
pub(super) use rows::{pause_words, reasons};

use axum::routing::{get, post};

use crate::lang::Phrases;
use crate::queue::state::State;
use crate::queue::{Error, Refused};
use crate::web::Shared;
use crate::web::error::Failure;
use crate::web::routes::Router;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/", get(page::show))
        .route("/queue", get(page::fragment))
        .route("/events", get(page::events))
        .route("/open", post(acts::open))
        .route("/close", post(acts::close))
        .route("/pause", post(acts::pause))
        .route("/next", post(acts::next))
        .route("/number", post(acts::number))
        .route("/tickets/{ticket}", post(acts::act))
        .route("/tickets/{ticket}/undo", post(acts::undo))
}

/// Where a number stands, in a word.
pub(super) fn state_words(words: Phrases, state: State) -> &'static str {
    match state {
        State::Waiting => words.t("queue.state.waiting"),
        State::Called => words.t("queue.state.called"),
        State::Serving => words.t("queue.state.serving"),
        State::Held => words.t("queue.state.held"),
        State::Preparing => words.t("queue.state.preparing"),
        State::Absent => words.t("queue.state.absent"),
        State::Done => words.t("queue.state.done"),
        State::Cancelled => words.t("queue.state.cancelled"),
        State::Expired => words.t("queue.state.expired"),
    }
}

/// A refusal in a sentence that says what the clerk can do.
///
/// # Errors
/// What is no refusal but a fault.
pub(super) fn sentence(words: Phrases, error: Error) -> Result<String, Failure> {
    let said = |key: &str| Ok(words.t(key).to_owned());
    match error {
        Error::Empty => said("queue.refused.empty"),
        Error::CounterBusy(who) => Ok(words.with("queue.refused.busy", &[("number", who)])),
        Error::NotOnDuty => said("queue.refused.not_on_duty"),
        Error::Taken => said("queue.refused.taken"),
        Error::SitsElsewhere(counter) => {
            Ok(words.with("queue.refused.sits_elsewhere", &[("counter", counter)]))
        }
        Error::Paused => said("queue.refused.paused"),
        Error::OtherLane(_) => said("queue.refused.other_lane"),
        Error::OutOfTurn => said("queue.refused.out_of_turn"),
        Error::NoSuchTicket => said("queue.refused.no_such_ticket"),
        Error::Refused(refused) => Ok(match refused {
            Refused::ElsewhereAt(counter) => {
                words.with("queue.refused.elsewhere", &[("counter", counter)])
            }
            Refused::TooSoon(secs) => words.with("queue.refused.too_soon", &[("secs", secs)]),
            Refused::TooLate => words.t("queue.refused.too_late").to_owned(),
            Refused::NoReason => words.t("queue.refused.no_reason").to_owned(),
            Refused::NoLane => words.t("queue.refused.no_lane").to_owned(),
            Refused::NothingToUndo => words.t("queue.refused.nothing_to_undo").to_owned(),
            Refused::Table(_) | Refused::NoCounter | Refused::ReturnedBefore => {
                words.t("queue.refused.moved_on").to_owned()
            }
        }),
        error => Err(error.into()),
    }
}
