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

/// The address of the acts on a number, from the page that shows it.
fn acts_of(page: &Answer, number: &str) -> String {
    let row = page.text().split("<tr>").find(|row| row.contains(&format!(">{number}</td>")));
    let (_, after) = row.unwrap().split_once("action=\"").unwrap();
    after.split('"').next().unwrap().to_owned()
}

/// The number that the page offers to take a press back on.
fn offers_to_undo(page: &Answer) -> Option<&str> {
    let (before, _) = page.text().split_once(" の操作を取り消す")?;
    before.rsplit_once('>').map(|(_, number)| number)
}

#[tokio::test]
async fn what_was_pressed_on_somebody_who_is_not_at_the_counter_is_taken_back_from_the_page() {
    let town = Town::staffed().await;
    for _ in 0..3 {
        town.visit("juminhyo").await;
    }
    let clerk = seated(&town, "clerk").await;
    clerk.post("/desk/calling/next", &[]).await;
    let page = clerk.get("/desk/calling").await;
    let (a1, a2) = (page.text().split_once("action=\"/desk/calling/tickets/").unwrap(), "A2");
    let a1 = format!("/desk/calling/tickets/{}", a1.1.split('"').next().unwrap());
    clerk.post(&a1, &[("act", "serve")]).await;
    let steps: [(&str, &[(&str, &str)]); 5] = [
        (a2, &[("act", "reclass"), ("class", "priority")]),
        (a2, &[("act", "leave")]),
        ("A1", &[("act", "hand_over"), ("lane", "moving")]),
        ("A1", &[("act", "finish")]),
        ("A1", &[("act", "hold"), ("reason", "filling_in")]),
    ];
    for (number, fields) in steps {
        let before = clerk.get("/desk/calling").await;
        let address = if number == "A1" { a1.clone() } else { acts_of(&before, number) };
        clerk.post(&address, fields).await;
        let pressed = clerk.get("/desk/calling").await;
        assert_eq!(offers_to_undo(&pressed), Some(number), "{fields:?}");
        let undone = clerk.post(&format!("{address}/undo"), &[]).await;
        assert_eq!(undone.to, "/desk/calling", "{fields:?}: {}", undone.text());
        let after = clerk.get("/desk/calling").await;
        assert!(after.says("aria-live=\"polite\">A1</p>") && after.says("待っている方（2 人）"));
        assert!(!after.says("優先</span>"), "{fields:?}");
        assert_eq!(offers_to_undo(&after), None, "{fields:?}");
    }
}

#[tokio::test]
async fn a_number_that_is_typed_is_called_with_a_reason_where_it_overtakes() {
    let town = Town::staffed().await;
    for _ in 0..3 {
        town.visit("juminhyo").await;
    }
    let clerk = seated(&town, "clerk").await;
    let call = async |number: &str, reason: &str| {
        clerk.post("/desk/calling/number", &[("number", number), ("reason", reason)]).await
    };
    assert!(call("A2", "").await.says("理由を選んでください"));
    assert!(call("A9", "short").await.says("今日の番号ではありません"));
    // As fingers find it: the wide letters of a Japanese keyboard, and no letter at all.
    assert_eq!(call("ａ２", "short").await.to, "/desk/calling");
    let page = clerk.get("/desk/calling").await;
    assert!(page.says("aria-live=\"polite\">A2</p>"), "{}", page.text());
    let (_, a2) = page.text().split_once("action=\"/desk/calling/tickets/").unwrap();
    let a2 = format!("/desk/calling/tickets/{}", a2.split('"').next().unwrap());
    clerk.post(&a2, &[("act", "mark_absent")]).await;
    assert_eq!(call("3", "rest").await.to, "/desk/calling");
    assert!(clerk.get("/desk/calling").await.says("aria-live=\"polite\">A3</p>"));
}

#[tokio::test]
async fn one_key_leads_to_one_thing_whatever_the_page_shows() {
    let town = Town::staffed().await;
    for _ in 0..5 {
        town.visit("juminhyo").await;
    }
    let clerk = seated(&town, "clerk").await;
    // Two who are absent, one that is held, one whose papers are made, one served.
    for acts in
        [&["mark_absent"][..], &["mark_absent"], &["hold"], &["serve", "prepare"], &["serve"]]
    {
        keys(&clerk.get("/desk/calling").await);
        clerk.post("/desk/calling/next", &[]).await;
        for act in acts {
            let page = clerk.get("/desk/calling").await;
            keys(&page);
            let (_, id) = page.text().split_once("action=\"/desk/calling/tickets/").unwrap();
            let id = id.split('"').next().unwrap();
            let fields = [("act", *act), ("reason", "filling_in"), ("minutes", "5")];
            clerk.post(&format!("/desk/calling/tickets/{id}"), &fields).await;
        }
    }
    let shown = clerk.get("/desk/calling").await;
    let found = keys(&shown);
    assert!(["b", "f", "d", "h", "p", "t", "u", "z"].iter().all(|key| found.contains(*key)));
    assert!(shown.says("9:05 まで"), "{}", shown.text());
}

/// The keys of a page; each stands once, and is shown beside its words.
fn keys(page: &Answer) -> BTreeSet<String> {
    let all = page.text().split("accesskey=\"").skip(1);
    let mut found = BTreeSet::new();
    for after in all {
        let key = after.split('"').next().unwrap();
        assert!(found.insert(key.to_owned()), "{key} leads to two things");
        let (label, _) = after.split_once("</kbd>").unwrap();
        assert!(label.ends_with(&key.to_uppercase()), "{key} is not the key that is shown");
    }
    found
}

#[tokio::test]
async fn who_was_done_and_forgot_something_waits_again() {
    let town = Town::staffed().await;
    town.visit("juminhyo").await;
    let clerk = seated(&town, "clerk").await;
    clerk.post("/desk/calling/next", &[]).await;
    let page = clerk.get("/desk/calling").await;
    let (_, id) = page.text().split_once("action=\"/desk/calling/tickets/").unwrap();
    let address = format!("/desk/calling/tickets/{}", id.split('"').next().unwrap());
    clerk.post(&address, &[("act", "serve")]).await;
    clerk.post(&address, &[("act", "finish")]).await;
    let shows_after = async |secs: u64| {
        // A session ends where nobody looks at anything for long.
        for _ in 0..3 {
            town.clock.advance(Duration::from_secs(secs / 3));
            clerk.get("/desk/calling").await;
        }
        clerk.get("/desk/calling").await.says("value=\"reopen\"")
    };
    assert!(shows_after(15 * 60).await);
    clerk.post(&address, &[("act", "reopen")]).await;
    assert!(clerk.get("/desk/calling").await.says("待っている方（1 人）"));
    clerk.post("/desk/calling/next", &[]).await;
    clerk.post(&address, &[("act", "serve")]).await;
    clerk.post(&address, &[("act", "finish")]).await;
    assert!(!shows_after(15 * 60 + 3).await);
}
