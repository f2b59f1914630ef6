//! One number on the pages of whoever stands at no counter, and words that are left for
//! the next clerk.

use super::*;
use crate::db::Tx;
use crate::id::TicketId;
use crate::queue::state::{self, Action, State, Who};
use crate::queue::{Act, Reason, Ticket};

/// Draws a number at the guide's; its page.
async fn drawn(guide: &Browser<'_>) -> String {
    guide.post("/desk/guide", &[("lane", "certificate")]).await.to
}

fn id_of(page: &str) -> TicketId {
    page.rsplit('/').next().unwrap().parse().unwrap()
}

async fn ticket(town: &Town, page: &str) -> Ticket {
    let id = id_of(page);
    town.office.db.read(move |look| queue::get(look, id)).await.unwrap().unwrap()
}

/// Brings a number to a state, at the first counter.
async fn bring(town: &Town, page: &str, to: State) {
    use Action::*;
    let id = id_of(page);
    let way: &[Action] = match to {
        State::Waiting => &[],
        State::Called => &[CallNext],
        State::Serving => &[CallNext, Serve],
        State::Held => &[CallNext, Hold],
        State::Preparing => &[CallNext, Serve, Prepare],
        State::Absent => &[CallNext, MarkAbsent],
        State::Done => &[CallNext, Serve, Finish],
        State::Cancelled => &[Leave],
        State::Expired => &[Expire],
    };
    let office = town.office.clone();
    let write = move |tx: &Tx<'_>| -> Result<(), queue::Error> {
        let journal = &office.journal;
        let staff = queue::duty::at(tx, 1)?.and_then(|duty| duty.staff()).unwrap();
        let lanes = [(1, vec!["certificate".to_owned()])].into();
        let rules = office.config.site.queue.order();
        for step in way {
            let who = if *step == Expire { Who::Timer } else { Who::Clerk };
            let act = Act { who, ..Act::of_clerk(*step, 1, staff, journal.now()) };
            let act = Act { reason: Some(Reason::Other), ..act };
            match step {
                CallNext => {
                    let desk = queue::Desk { staff, counter: 1, lanes: &lanes, rules };
                    let why = Some(Reason::Other);
                    queue::call_this(tx, journal, journal.op(), &desk, (id, why)).map(drop)?;
                }
                _ => queue::act(tx, journal, (journal.op(), Actor::System), id, act).map(drop)?,
            }
        }
        Ok(())
    };
    town.office.db.write(write).await.unwrap();
}

/// What the page offers to do with its number.
fn offered(page: &Answer) -> BTreeSet<String> {
    let acts = page.text().split("name=\"act\" value=\"").skip(1);
    acts.map(|act| act.split('"').next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn every_edge_of_the_guide_and_of_the_supervisor_is_a_button_on_the_numbers_page() {
    let town = Town::staffed().await;
    let (guide, supervisor) = (town.sign_in("clerk").await, town.sign_in("supervisor").await);
    guide.post("/desk/calling/open", &[("counter", "1")]).await;
    for stands in State::ALL {
        let page = drawn(&guide).await;
        bring(&town, &page, stands).await;
        for (browser, who) in [(&guide, Who::Guide), (&supervisor, Who::Supervisor)] {
            let edges = state::possible(stands, who);
            // Who stands at no counter calls nobody to one, and takes none over.
            let at_counter = [Action::CallThis, Action::TakeOver];
            let edges = edges.iter().filter(|edge| !at_counter.contains(edge));
            let edges: BTreeSet<String> = edges.map(|edge| edge.id().to_owned()).collect();
            let shown = browser.get(&page).await;
            assert_eq!(offered(&shown), edges, "{stands:?} {who:?}");
        }
        if stands.is_at_counter() {
            supervisor.post(&page, &[("act", "cancel"), ("reason", "other")]).await;
        }
    }
}

#[tokio::test]
async fn the_guide_finds_a_number_and_takes_back_what_was_pressed_too_much() {
    let town = Town::staffed().await;
    let guide = town.sign_in("clerk").await;
    let (first, second) = (drawn(&guide).await, drawn(&guide).await);
    assert!(guide.get(&first).await.says("番号を出しました"));
    let find = async |number: &str| guide.post("/desk/guide/find", &[("number", number)]).await;
    assert_eq!(find("ａ2").await.to, second);
    assert_eq!(find("1").await.to, first);
    assert!(find("B7").await.says("今日、その番号はありません"));
    for (act, becomes) in [("leave", State::Cancelled), ("reclass", State::Waiting)] {
        let pressed = guide.post(&first, &[("act", act), ("class", "priority")]).await;
        assert_eq!(pressed.to, first);
        assert_eq!(ticket(&town, &first).await.leg().state, becomes);
        assert!(guide.get(&first).await.says("A1 の操作を取り消す"));
        let undone = guide.post(&format!("{first}/undo"), &[]).await;
        assert_eq!(undone.to, first, "{}", undone.text());
        let back = ticket(&town, &first).await;
        assert_eq!((back.leg().state, back.class.id()), (State::Waiting, "ordinary"));
    }
    guide.post(&first, &[("act", "leave")]).await;
    town.clock.advance(Duration::from_secs(61));
    assert!(!guide.get(&first).await.says("操作を取り消す"));
    let late = guide.post(&format!("{first}/undo"), &[]).await;
    assert!(late.says("時間が過ぎたので"), "{}", late.text());
    // What only a supervisor may do is refused, and what needs a counter is nothing here.
    let refused = guide.post(&second, &[("act", "cancel"), ("reason", "other")]).await;
    assert!(refused.says("状態が変わっていました"), "{}", refused.text());
    let call = guide.post(&second, &[("act", "call_this")]).await;
    assert_eq!(call.status, StatusCode::BAD_REQUEST);
    assert_eq!(contradiction(&town).await, None);
}

async fn contradiction(town: &Town) -> Option<String> {
    let look = |connection: &rusqlite::Connection| visit::verify::first_contradiction(connection);
    town.office.db.read(look).await.unwrap()
}

#[tokio::test]
async fn a_supervisor_takes_a_number_out_with_a_reason_wherever_it_stands_and_can_take_that_back() {
    let town = Town::staffed().await;
    let (clerk, supervisor) = (town.sign_in("clerk").await, town.sign_in("supervisor").await);
    clerk.post("/desk/calling/open", &[("counter", "1")]).await;
    let page = drawn(&clerk).await;
    bring(&town, &page, State::Serving).await;
    let without = supervisor.post(&page, &[("act", "cancel")]).await;
    assert!(without.says("理由を選んでください"), "{}", without.text());
    supervisor.post(&page, &[("act", "cancel"), ("reason", "drawn_by_mistake")]).await;
    let cancelled = ticket(&town, &page).await;
    let stands = (cancelled.leg().state, cancelled.leg().reason);
    assert_eq!(stands, (State::Cancelled, Some(Reason::DrawnByMistake)));
    // The counter is free for the next one.
    assert!(!clerk.get("/desk/calling").await.says("aria-live=\"polite\">A1</p>"));
    supervisor.post(&format!("{page}/undo"), &[]).await;
    assert!(clerk.get("/desk/calling").await.says("aria-live=\"polite\">A1</p>"));
    assert_eq!(contradiction(&town).await, None);
}

/// Two clerks at counters 1 and 2, and a number that is served at 1.
async fn served<'t>(town: &'t Town) -> (Browser<'t>, Browser<'t>, String) {
    let (first, second) = (town.sign_in("clerk").await, town.sign_in("supervisor").await);
    first.post("/desk/calling/open", &[("counter", "1")]).await;
    second.post("/desk/calling/open", &[("counter", "2")]).await;
    let page = drawn(&first).await;
    bring(town, &page, State::Serving).await;
    let acts = format!("/desk/calling/tickets/{}", id_of(&page));
    (first, second, acts)
}

const WORDS: &str = "住民票は済み、印鑑登録だけ残っています";

#[tokio::test]
async fn words_for_the_next_clerk_are_read_by_them_alone_and_sealed() {
    let town = Town::staffed().await;
    let (first, second, acts) = served(&town).await;
    let over = [("act", "hand_over"), ("lane", "moving"), ("words", WORDS)];
    assert_eq!(first.post(&acts, &over).await.to, "/desk/calling");
    assert!(!first.get("/desk/calling").await.says(WORDS));
    assert!(!second.get("/desk/calling").await.says(WORDS), "not before they are called");
    second.post("/desk/calling/next", &[]).await;
    assert!(second.get("/desk/calling").await.says(WORDS));
    second.post(&acts, &[("act", "serve")]).await;
    assert!(second.get("/desk/calling").await.says(WORDS));
    second.post(&acts, &[("act", "hand_over"), ("lane", "certificate")]).await;
    first.post("/desk/calling/next", &[]).await;
    assert!(!first.get("/desk/calling").await.says(WORDS), "the one after has other words");
    // Nothing that is kept or shown elsewhere tells of it.
    let written = |connection: &rusqlite::Connection| -> Result<String, crate::db::Error> {
        let all =
            "select group_concat(facts, ' ') || (select group_concat(hex(sealed)) from handover)
                   from journal";
        Ok(connection.query_row(all, [], |row| row.get(0))?)
    };
    let written = town.office.db.read(written).await.unwrap();
    let hex: String = WORDS.bytes().map(|byte| format!("{byte:02X}")).collect();
    assert!(!written.contains("印鑑") && !written.contains(&hex));
    assert_eq!(contradiction(&town).await, None);
}

#[tokio::test]
async fn words_that_hold_an_individual_number_are_not_left_and_nobody_is_handed_over() {
    let town = Town::staffed().await;
    let (first, _, acts) = served(&town).await;
    let long = "あ".repeat(121);
    for (words, refused) in
        [("番号は 1234-5678-9018", "個人番号（マイナンバー）のような"), (&long, "120 字まで")]
    {
        let over = [("act", "hand_over"), ("lane", "moving"), ("words", words)];
        let page = first.post(&acts, &over).await;
        assert!(page.says(refused), "{}", page.text());
        assert!(!page.says("9018") && page.says("aria-live=\"polite\">A1</p>"));
    }
}

#[tokio::test]
async fn words_go_with_a_press_that_is_taken_back_and_with_the_visit() {
    let town = Town::staffed().await;
    let (first, second, acts) = served(&town).await;
    let over = [("act", "hand_over"), ("lane", "moving"), ("words", WORDS)];
    first.post(&acts, &over).await;
    town.clock.advance(Duration::from_secs(5));
    first.post(&format!("{acts}/undo"), &[]).await;
    first.post(&acts, &[("act", "hand_over"), ("lane", "moving")]).await;
    second.post("/desk/calling/next", &[]).await;
    assert!(!second.get("/desk/calling").await.says(WORDS));
    // Sent twice, it is left once.
    second.post(&acts, &[("act", "serve")]).await;
    let op = town.office.journal.op().to_string();
    let fields = [("key", second.key.as_str()), ("op", op.as_str())];
    for _ in 0..2 {
        let again = [&fields[..], &over[..1], &[("lane", "certificate"), ("words", WORDS)]];
        town.post(&acts, &second.cookie, &again.concat()).await;
    }
    let kinds = town.kinds().await;
    assert_eq!(kinds.iter().filter(|kind| *kind == "visit.handed_over").count(), 2);
    first.post("/desk/calling/next", &[]).await;
    assert!(first.get("/desk/calling").await.says(WORDS));
    let visit = ticket(&town, &acts).await.visit.unwrap();
    let office = town.office.clone();
    let days = u64::from(office.config.site.retention.visit_days) + 1;
    town.clock.advance(Duration::from_secs(days * 24 * 3600));
    let erase = move |tx: &Tx<'_>| {
        visit::retention::erase_one(tx, &office.journal, Actor::System, &office.config.site, visit)
    };
    assert!(town.office.db.write(erase).await.unwrap().is_some());
    let left = |connection: &rusqlite::Connection| -> Result<u32, crate::db::Error> {
        Ok(connection.query_row("select count(*) from handover", [], |row| row.get(0))?)
    };
    assert_eq!(town.office.db.read(left).await.unwrap(), 0);
}

#[tokio::test]
async fn a_number_for_one_counter_waits_for_that_one_as_long_as_it_calls() {
    let town = Town::staffed().await;
    let (first, second, acts) = served(&town).await;
    let to = async |lane: &str| first.post(&acts, &[("act", "hand_over"), ("lane", lane)]).await;
    // A counter that does not call the lane would let it wait for ever.
    for nowhere in ["moving@1", "moving@99", "moving@x", "nowhere@1", "nowhere"] {
        assert_eq!(to(nowhere).await.status, StatusCode::BAD_REQUEST, "{nowhere}");
    }
    let page = first.get("/desk/calling").await;
    assert!(page.says("value=\"moving@2\"") && !page.says("value=\"certificate@1\""));
    assert_eq!(to("moving@2").await.to, "/desk/calling");
    let waiting = second.get("/desk/calling").await;
    assert!(waiting.says("2 番窓口へ</span>"), "{}", waiting.text());
    // Another counter of the lane has nobody to call, until the second one pauses.
    let guide = town.sign_in("clerk").await;
    guide.post("/desk/counters/3", &[("people", "1")]).await;
    let call = async || guide.post("/desk/counters/3/tickets", &[("act", "call_next")]).await;
    assert!(call().await.says("待っている方はいません"));
    second.post("/desk/calling/pause", &[("why", "break")]).await;
    assert_eq!(call().await.to, "/desk/counters");
    assert_eq!(ticket(&town, &acts).await.leg().counter, Some(3));
}

#[tokio::test]
async fn a_supervisor_hands_a_number_on_from_afar_to_one_counter_and_with_words() {
    let town = Town::staffed().await;
    let (_, second, acts) = served(&town).await;
    let page = format!("/desk/guide/tickets/{}", id_of(&acts));
    let over = [("act", "hand_over"), ("lane", "moving@2"), ("words", WORDS)];
    assert_eq!(second.post(&page, &over).await.to, page);
    let handed = ticket(&town, &page).await;
    assert_eq!((handed.leg().lane.as_str(), handed.leg().wants), ("moving", Some(2)));
    assert!(!second.get(&page).await.says(WORDS));
    second.post("/desk/calling/next", &[]).await;
    assert!(second.get("/desk/calling").await.says(WORDS));
}
