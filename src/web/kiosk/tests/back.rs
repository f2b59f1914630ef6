//! Whoever missed the call and is there again, at a tablet.

use super::*;
use crate::db::Tx;
use crate::journal::Actor;
use crate::queue::state::{Action, State};
use crate::queue::{self, Act, Reason, Ticket};
use crate::secret::Code;

/// Draws a number at the tablet and goes away with the slip.
async fn drawn(tablet: &Tablet, lane: &str) -> Ticket {
    let op = tablet.get("/kiosk/number?lang=ja").await.hidden("op");
    tablet.post("/kiosk/number", &[("op", &op), ("lang", "ja"), ("lane", lane)]).await;
    tablet.press("/kiosk/end", &[]).await;
    let day = tablet.office.journal.now().date();
    let tickets = tablet.office.db.read(move |look| queue::of_day(look, day)).await.unwrap();
    tickets.last().unwrap().clone()
}

/// Somebody at counter 1 calls it, and does this.
async fn called_and(tablet: &Tablet, ticket: &Ticket, then: Action) {
    let (office, id) = (tablet.office.clone(), ticket.id);
    let write = move |tx: &Tx<'_>| -> Result<(), queue::Error> {
        let journal = &office.journal;
        let staff = match queue::duty::at(tx, 1)?.and_then(|duty| duty.staff()) {
            Some(staff) => staff,
            None => {
                let staff = crate::id::StaffId::new(journal.now(), &*journal.chance);
                queue::duty::open(tx, journal, journal.op(), staff, 1, false)?;
                staff
            }
        };
        let lanes = [(1, ["certificate", "moving"].map(str::to_owned).to_vec())].into();
        let rules = office.config.site.queue.order();
        let desk = queue::Desk { staff, counter: 1, lanes: &lanes, rules };
        let why = Some(Reason::Other);
        queue::call_this(tx, journal, journal.op(), &desk, (id, why))?;
        let act = Act { reason: why, ..Act::of_clerk(then, 1, staff, journal.now()) };
        queue::act(tx, journal, (journal.op(), Actor::Staff(staff)), id, act).map(drop)
    };
    tablet.office.db.write(write).await.unwrap();
}

async fn state(tablet: &Tablet, ticket: &Ticket) -> State {
    let id = ticket.id;
    let found = tablet.office.db.read(move |look| queue::get(look, id)).await.unwrap();
    found.unwrap().leg().state
}

/// What the page is sent, from a page that was just opened.
async fn sent(tablet: &Tablet, fields: &[(&str, &str)]) -> Answer {
    let op = tablet.get("/kiosk/back?lang=ja").await.hidden("op");
    let fields = [&[("op", op.as_str()), ("lang", "ja")], fields].concat();
    tablet.post("/kiosk/back", &fields).await
}

#[tokio::test]
async fn whoever_missed_the_call_shows_the_slip_and_waits_again_once() {
    let tablet = Tablet::paired().await;
    assert!(tablet.get("/kiosk").await.says("呼ばれたあとに戻った方"));
    let ticket = drawn(&tablet, "moving").await;
    called_and(&tablet, &ticket, Action::MarkAbsent).await;
    let slip = format!("http://counter:8080/s/{}", ticket.code.as_ref().unwrap());
    // Somebody had begun to type another number.
    let back = sent(&tablet, &[("text", &slip), ("prefix", "A"), ("number", "9")]).await;
    assert!(back.says("戻られたことを受け付けました"), "{}", back.text);
    assert!(back.says("<strong>B1</strong>") && back.says("もう一度お呼びします"));
    assert_eq!(state(&tablet, &ticket).await, State::Waiting);
    // Shown once more, it says how it stands and changes nothing.
    let again = sent(&tablet, &[("text", &slip)]).await;
    assert!(again.says("順番をお待ちください"), "{}", again.text);
    // Who misses the next call, too, goes to somebody who sees them.
    called_and(&tablet, &ticket, Action::MarkAbsent).await;
    let refused = sent(&tablet, &[("text", &slip)]).await;
    assert!(refused.says("職員に番号をお見せください"), "{}", refused.text);
    assert_eq!(state(&tablet, &ticket).await, State::Absent);
}

#[tokio::test]
async fn the_letter_and_the_number_do_what_the_slip_does_and_a_touch_twice_is_one() {
    let tablet = Tablet::paired().await;
    let ticket = drawn(&tablet, "certificate").await;
    called_and(&tablet, &ticket, Action::Hold).await;
    let op = tablet.get("/kiosk/back?lang=en").await.hidden("op");
    let fields = [("op", op.as_str()), ("lang", "en"), ("prefix", "A"), ("number", "1")];
    for _ in 0..2 {
        let back = tablet.post("/kiosk/back", &fields).await;
        assert!(back.says("You are in the queue again"), "{}", back.text);
    }
    assert_eq!(state(&tablet, &ticket).await, State::Waiting);
    let read = |look: &rusqlite::Connection| -> Result<u32, crate::db::Error> {
        let resumed = "select count(*) from journal where facts ->> 'action' = 'resume'
                       and actor like 'device:%' and facts ->> 'who' = 'resident'";
        Ok(look.query_row(resumed, [], |row| row.get(0))?)
    };
    assert_eq!(tablet.office.db.read(read).await.unwrap(), 1);
}

#[tokio::test]
async fn what_is_no_number_of_today_is_refused_in_a_sentence() {
    let tablet = Tablet::paired().await;
    let ticket = drawn(&tablet, "certificate").await;
    let stranger = Code::new(&crate::chance::SeededChance::new(7), 12);
    let stranger = format!("http://counter:8080/s/{stranger}");
    for (fields, sentence) in [
        ([("prefix", "B"), ("number", "1")], "今日、その番号はありません"),
        ([("prefix", "A"), ("number", "999")], "今日、その番号はありません"),
        ([("text", "MK1ABC"), ("prefix", "")], "今日の番号票ではないようです"),
        ([("text", &stranger), ("prefix", "")], "今日の番号票ではないようです"),
    ] {
        let refused = sent(&tablet, &fields).await;
        assert!(refused.says(sentence), "{fields:?}: {}", refused.text);
    }
    // A slip of yesterday is one no more.
    tablet.clock.advance(Duration::from_secs(24 * 3600));
    let slip = format!("http://counter:8080/s/{}", ticket.code.as_ref().unwrap());
    assert!(sent(&tablet, &[("text", &slip)]).await.says("今日の番号票ではないようです"));
}

#[tokio::test]
async fn where_no_numbers_are_given_out_nobody_comes_back() {
    let (mut office, clock, folder) = example::office(true).await;
    Arc::get_mut(&mut office).unwrap().config.site.modules.queue = false;
    let mut tablet =
        Tablet { router: router(office.clone()), office, clock, folder, cookie: String::new() };
    let paired = tablet.get("/pair").await;
    tablet.cookie = paired.cookie.split(';').next().unwrap().to_owned();
    assert!(!tablet.get("/kiosk").await.says("呼ばれたあとに戻った方"));
    assert_eq!(tablet.get("/kiosk/back").await.status, StatusCode::NOT_FOUND);
}
