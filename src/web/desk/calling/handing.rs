//! Handing a ticket over: to a lane, or to one counter of it, with a word for whoever
//! goes on with it.

use crate::config::{Config, Counter};
use crate::id::{OpId, TicketId};
use crate::journal::Actor;
use crate::lang::Phrases;
use crate::queue::duty::Duty;
use crate::queue::state::Action as Step;
use crate::queue::{Act, Reason};
use crate::visit::{self, handover};
use crate::web::Shared;
use crate::web::desk::guard::Sent;
use crate::web::error::Failure;

/// Where a ticket can go, each as it is sent and in words.
pub(in crate::web::desk) struct Targets {
    pub lanes: Vec<(String, String)>,
    /// The counters where somebody sits, with one of their lanes.
    pub counters: Vec<(String, String)>,
    /// What may be left word of, from a list.
    pub reasons: Vec<(&'static str, &'static str)>,
    /// How long the words may be.
    pub letters_most: usize,
}

/// What a clerk leaves word of to the next, from a list that names nobody.
const NOTES: [Reason; 4] =
    [Reason::FillingIn, Reason::OtherSection, Reason::PaperMissing, Reason::Short];

/// Where a ticket can be handed over to from `here`.
pub(in crate::web::desk) fn targets(
    config: &Config,
    words: Phrases,
    duties: &[Duty],
    here: Option<u32>,
) -> Targets {
    let name = |id: &str| {
        let lane = config.lane(id);
        lane.map_or_else(|| id.to_owned(), |lane| lane.name.in_lang(words.lang()).to_owned())
    };
    let is_there = |counter: &&Counter| {
        let sits = duties.iter().any(|duty| duty.counter == counter.number);
        sits && Some(counter.number) != here
    };
    let of_counter = |counter: &Counter| {
        let number = counter.number;
        let said = |lane: &String| {
            let values = [("counter", number.to_string()), ("lane", name(lane))];
            (format!("{lane}@{number}"), words.with("desk.calling.to_counter", &values))
        };
        config.lanes_of(counter).iter().map(said).collect::<Vec<_>>()
    };
    Targets {
        lanes: config.lanes.iter().map(|lane| (lane.id.clone(), name(&lane.id))).collect(),
        counters: config.counters.iter().filter(is_there).flat_map(of_counter).collect(),
        reasons: super::reasons(words, &NOTES),
        letters_most: handover::LETTERS_MOST,
    }
}

/// The lane, and the counter of it, that were chosen.
///
/// # Errors
/// [`Failure::BadRequest`] for a lane that is not there, or one that the counter does
/// not call: whoever waited for it there would wait for ever.
pub(in crate::web::desk) fn chosen(
    config: &Config,
    sent: &str,
) -> Result<(String, Option<u32>), Failure> {
    let (lane, counter) = match sent.split_once('@') {
        Some((lane, counter)) => (lane, Some(counter.parse().map_err(|_| Failure::BadRequest)?)),
        None => (sent, None),
    };
    config.lane(lane).ok_or(Failure::BadRequest)?;
    if let Some(number) = counter {
        let counter = config.counter(number).ok_or(Failure::BadRequest)?;
        if !config.lanes_of(counter).iter().any(|own| own == lane) {
            return Err(Failure::BadRequest);
        }
    }
    Ok((lane.to_owned(), counter))
}

/// Hands a ticket over as it was sent; a refusal is answered as a sentence.
///
/// # Errors
/// What is no refusal but a fault.
pub(in crate::web::desk) async fn hand_over(
    office: &Shared,
    sent: &Sent,
    (op, id): (OpId, TicketId),
    act: Act,
) -> Result<Option<String>, Failure> {
    debug_assert_eq!(act.action, Step::HandOver);
    let words = Phrases::of(sent.clerk.lang);
    let (lane, wants) = chosen(&office.config, sent.fields.get("lane"))?;
    let act = Act { lane: Some(lane), wants, ..act };
    let (journal, actor) = (office.journal.clone(), Actor::Staff(sent.clerk.signed_in.staff.id));
    let left = handover::Words::typed(sent.fields.get("words"));
    let done = match left {
        Ok(left) => {
            let write = move |tx: &crate::db::Tx<'_>| {
                handover::hand_over(tx, &journal, (op, actor), id, (act, left.as_ref()))
            };
            office.db.write(write).await
        }
        Err(refused) => Err(refused),
    };
    match done {
        Ok(_) => Ok(None),
        Err(visit::Error::WordsTooLong) => {
            Ok(Some(words.t("desk.refused.words_too_long").to_owned()))
        }
        Err(visit::Error::WordsHoldNumber) => {
            Ok(Some(words.t("desk.refused.words_hold_number").to_owned()))
        }
        Err(visit::Error::Queue(error)) => super::sentence(words, error).map(Some),
        Err(error) => Err(error.into()),
    }
}
