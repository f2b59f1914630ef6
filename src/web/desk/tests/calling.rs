//! Calling from the desk, through the router.

use super::*;

/// A clerk who has sat down at the first counter.
async fn seated<'t>(town: &'t Town, login: &str) -> Browser<'t> {
    let clerk = town.sign_in(login).await;
    clerk.post("/desk/calling/open", &[("counter", "1")]).await;
    clerk
}

#[tokio::test]
async fn a_number_that_is_called_stands_on_the_board() {
    let town = Town::staffed().await;
    town.visit("juminhyo").await;
    let clerk = seated(&town, "clerk").await;
    assert_eq!(clerk.post("/desk/calling/next", &[]).await.to, "/desk/calling");
    let page = clerk.get("/desk/calling").await;
    assert!(page.says("<p class=\"now-number\" aria-live=\"polite\">A1</p>"), "{}", page.text());
    let watching = tokio::spawn(crate::web::live::forever(town.office.clone()));
    let mut boards = town.office.live.boards();
    let shown = boards.wait_for(|shown| !shown.board.called.is_empty()).await.unwrap().clone();
    let call = &shown.board.called[0];
    assert_eq!((call.ticket.as_str(), call.counter), ("A1", 1));
    watching.abort();
}

#[tokio::test]
async fn a_press_sent_twice_calls_once() {
    let town = Town::staffed().await;
    town.visit("juminhyo").await;
    town.visit("juminhyo").await;
    let clerk = seated(&town, "clerk").await;
    let op = town.office.journal.op().to_string();
    let fields = [("key", clerk.key.as_str()), ("op", op.as_str())];
    for _ in 0..2 {
        let pressed = town.post("/desk/calling/next", &clerk.cookie, &fields).await;
        assert_eq!(pressed.status, StatusCode::SEE_OTHER);
    }
    let moved = town.kinds().await.into_iter().filter(|kind| kind == "ticket.moved");
    assert_eq!(moved.count(), 1);
    // Another press, while somebody is there, says what to do first.
    let refused = clerk.post("/desk/calling/next", &[]).await;
    assert!(refused.says("A1 の方がこの窓口にいます"), "{}", refused.text());
}

#[tokio::test]
async fn a_counter_that_is_taken_asks_before_it_is_taken_over() {
    let town = Town::staffed().await;
    town.visit("juminhyo").await;
    seated(&town, "clerk").await.post("/desk/calling/next", &[]).await;
    let other = town.sign_in("supervisor").await;
    let asked = other.post("/desk/calling/open", &[("counter", "1")]).await;
    assert!(asked.says("1 番窓口を交代しますか"), "{}", asked.text());
    other.post("/desk/calling/open", &[("counter", "1"), ("relieve", "yes")]).await;
    assert!(other.get("/desk/calling").await.says(">A1</p>"));
    let relieved = town.sign_in("clerk").await.get("/desk/calling").await;
    assert!(relieved.says("どの窓口で始めますか"));
}

/// The queue as screens show it, once it is as wanted.
async fn shown(
    town: &Town,
    wanted: impl FnMut(&Arc<crate::web::live::Shown>) -> bool,
) -> Arc<crate::web::live::Shown> {
    let mut boards = town.office.live.boards();
    boards.wait_for(wanted).await.unwrap().clone()
}

#[tokio::test]
async fn who_waits_has_a_window_and_why_somebody_goes_first_is_said() {
    let town = Town::staffed().await;
    let watching = tokio::spawn(crate::web::live::forever(town.office.clone()));
    town.visit("juminhyo").await;
    town.clock.advance(Duration::from_secs(60));
    let urgent = town.visit("juminhyo").await;
    let office = town.office.clone();
    let closed = shown(&town, |shown| shown.outlook.tickets.len() == 2).await;
    assert!(closed.outlook.tickets.values().all(Option::is_none), "no counter is open");
    let raise = move |tx: &crate::db::Tx<'_>| -> Result<(), queue::Error> {
        let ticket = queue::of_visit(tx, urgent)?.unwrap();
        let (journal, who) = (&office.journal, queue::state::Who::Guide);
        let act = queue::Act::new(queue::state::Action::Reclass, who, journal.now());
        let act = queue::Act { class: Some(queue::order::Class::Priority), ..act };
        queue::act(tx, journal, (journal.op(), Actor::System), ticket.id, act).map(drop)
    };
    town.office.db.write(raise).await.unwrap();
    let clerk = seated(&town, "clerk").await;
    let open = shown(&town, |shown| shown.outlook.tickets.values().all(Option::is_some)).await;
    assert!(open.outlook.lanes.contains_key("certificate") && open.outlook.tickets.len() == 2);
    let page = clerk.get("/desk/calling").await;
    assert!(page.says("ごろまで</td>"), "{}", page.text());
    assert!(page.says("A1 より先です：優先の方のためです。"), "{}", page.text());
    watching.abort();
}
