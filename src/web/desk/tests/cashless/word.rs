//! A clerk's word that nothing was paid, or given back, against the terminal's.

use std::sync::Mutex;
use std::sync::mpsc::{Receiver, channel};

use super::going_back::{VOID, backs, paid_at};
use super::*;
use crate::payment::{GiveBack, give_back};
use crate::terminal::Taken;

/// What a clerk is told, who says so.
async fn nothing_paid(bill: &Bill<'_>, payment: &Payment) -> Answer {
    let id = payment.id.to_string();
    bill.clerk.post(&bill.path, &[("act", "declined"), ("payment", &id)]).await
}

async fn nothing_given(bill: &Bill<'_>, back: &GiveBack) -> Answer {
    let id = back.id.to_string();
    bill.clerk.post(&bill.path, &[("act", "not_given"), ("give_back", &id)]).await
}

const STILL_AT_IT: &str = "端末は、まだ途中です";
const DONE: &str = "済んだものとして";

/// What stands when a clerk says that nothing was paid at a terminal in this mood which
/// nobody knows the end of; and the answer.
async fn word_against(then: Simulated) -> (Vec<State>, Answer) {
    let town = Town::staffed().await;
    linked(&town, then);
    let visit = town.visit("juminhyo").await;
    let bill = bill(&town, "clerk", visit).await;
    bill.press(&AT_T1).await;
    while states(&town, visit).await == [Started] {}
    let answer = nothing_paid(&bill, &payments(&town, visit).await[0]).await;
    (states(&town, visit).await, answer)
}

/// The same of money that goes back.
async fn word_against_giving(then: Simulated) -> (Vec<State>, Answer) {
    let town = Town::staffed().await;
    let (bill, visit) = paid_at(&town, "clerk", then).await;
    bill.press(&VOID).await;
    while backs(&town, visit).await == [Started] {}
    let paid = payments(&town, visit).await[0].id;
    let asked = town.office.db.read(move |look| give_back::of_payment(look, paid)).await;
    let answer = nothing_given(&bill, &asked.unwrap()[0]).await;
    (backs(&town, visit).await, answer)
}

#[tokio::test]
async fn nothing_is_said_against_a_terminal_that_is_still_at_it() {
    let (stands, answer) = word_against(simulated(Mood::Late)).await;
    assert_eq!(stands, [Unknown]);
    assert!(answer.says(STILL_AT_IT), "{}", answer.text());
    let (stands, answer) = word_against_giving(simulated(Mood::Late)).await;
    assert_eq!(stands, [Unknown]);
    assert!(answer.says(STILL_AT_IT), "{}", answer.text());
}

#[tokio::test]
async fn what_the_terminal_did_is_done_whatever_a_clerk_says() {
    let (stands, answer) = word_against(simulated(Mood::Other)).await;
    assert_eq!(stands, [Authorised]);
    assert!(answer.says(DONE), "{}", answer.text());
    let (stands, answer) = word_against_giving(simulated(Mood::Other)).await;
    assert_eq!(stands, [Authorised]);
    assert!(answer.says(DONE), "{}", answer.text());
}

#[tokio::test]
async fn what_the_terminal_never_heard_of_was_not_paid_and_will_not_be() {
    let (stands, answer) = word_against(simulated(Mood::Deaf)).await;
    assert_eq!(stands, [Declined]);
    assert!(answer.to.ends_with("note=declined"), "{}", answer.text());
}

#[tokio::test]
async fn where_the_terminal_says_nothing_a_clerk_s_word_stands() {
    let mute = || Simulated { looks_up: false, ..simulated(Mood::Silent) };
    let (stands, answer) = word_against(mute()).await;
    assert_eq!(stands, [Declined]);
    assert!(answer.to.ends_with("note=declined"), "{}", answer.text());
    let (stands, answer) = word_against_giving(mute()).await;
    assert_eq!(stands, [Declined]);
    assert!(answer.to.ends_with("note=not_given_back"), "{}", answer.text());
}

/// The first who looks up waits, and is told that the money was taken; nobody else is
/// told anything.
struct TellsTheFirst(Mutex<Option<Receiver<()>>>);

impl Terminal for TellsTheFirst {
    fn ask(&self, _: &Asked) -> Result<Said, Silence> {
        Err(Silence::Late)
    }

    fn look_up(&self, _: &Asked) -> Result<Found, Silence> {
        let first = self.0.lock().unwrap().take();
        let told = first.ok_or(Silence::Late)?;
        told.recv().unwrap();
        let slip = payment::SlipNumber::typed("00001").unwrap();
        let brand = "visa".to_owned();
        Ok(Found::Said(Said::Taken(Taken { brand, slip })))
    }
}

#[tokio::test]
async fn what_a_terminal_says_after_a_clerk_s_word_is_told_and_not_lost() {
    let town = Town::staffed().await;
    let (tell, told) = channel();
    let terminal = Arc::new(TellsTheFirst(Mutex::new(Some(told))));
    town.office.terminals.add("t1", terminal.clone());
    let visit = town.visit("juminhyo").await;
    let bill = bill(&town, "clerk", visit).await;
    bill.press(&AT_T1).await;
    while terminal.0.lock().unwrap().is_some() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    nothing_paid(&bill, &payments(&town, visit).await[0]).await;
    assert_eq!(states(&town, visit).await, [Declined]);
    tell.send(()).unwrap();
    while !bill.page().await.says("端末は、あとから") {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(states(&town, visit).await, [Declined]);
}
