//! Who sits where, through the router.

use super::*;
use crate::id::StaffId;
use crate::queue::duty;
use crate::web::live;

async fn account(town: &Town, login: &str) -> StaffId {
    let accounts = town.office.db.read(staff::accounts).await.unwrap();
    accounts.iter().find(|account| account.login == login).unwrap().id
}

/// The number at a counter.
async fn number_at(town: &Town, counter: u32) -> Option<queue::Ticket> {
    town.office.db.read(move |look| queue::at_counter(look, counter)).await.unwrap()
}

#[tokio::test]
async fn a_counter_that_was_noted_counts_for_everybody_who_looks() {
    let town = Town::staffed().await;
    let watching = tokio::spawn(live::forever(town.office.clone()));
    let mut boards = town.office.live.boards();
    let guide = town.sign_in("clerk").await;
    guide.post("/desk/guide", &[("lane", "certificate")]).await;
    assert!(guide.get("/desk/guide").await.says("開いている窓口がありません"));
    let clerk = account(&town, "clerk").await.to_string();
    let noted = [("people", "2"), ("person", clerk.as_str())];
    assert_eq!(guide.post("/desk/counters/1", &noted).await.to, "/desk/counters");
    assert!(guide.get("/desk/guide").await.says("1 つの窓口で受付中"));
    let page = guide.get("/desk/counters").await;
    assert!(page.says("2 人：見本　窓子 さん（9:00 から"), "{}", page.text());
    let knows = |shown: &Arc<live::Shown>| shown.outlook.lanes.contains_key("certificate");
    boards.wait_for(knows).await.unwrap();
    let supervisor = town.sign_in("supervisor").await.get("/desk/supervisor").await;
    assert!(supervisor.says("2 人：見本　窓子 さん（9:00 から"), "{}", supervisor.text());
    assert!(!supervisor.says("呼んでいる窓口がありません"), "{}", supervisor.text());
    // Taken back, nobody is there.
    assert!(page.says("value=\"take_back\""));
    guide.post("/desk/counters/1", &[("act", "take_back")]).await;
    let page = guide.get("/desk/counters").await;
    assert!(!page.says("2 人：") && !page.says("value=\"take_back\""), "{}", page.text());
    assert!(guide.get("/desk/guide").await.says("開いている窓口がありません"));
    watching.abort();
}

#[tokio::test]
async fn the_guide_presses_the_buttons_for_whoever_sits_there() {
    let town = Town::staffed().await;
    let guide = town.sign_in("clerk").await;
    for _ in 0..2 {
        guide.post("/desk/guide", &[("lane", "certificate")]).await;
    }
    let press = async |act: &str| {
        let there = number_at(&town, 1).await.map(|ticket| ticket.id.to_string());
        let fields = [("act", act), ("ticket", there.as_deref().unwrap_or_default())];
        guide.post("/desk/counters/1/tickets", &fields).await
    };
    assert!(press("call_next").await.says("この窓口は開いていません"));
    guide.post("/desk/counters/1", &[("people", "1")]).await;
    press("call_next").await;
    assert_eq!(number_at(&town, 1).await.unwrap().to_string(), "A1");
    let busy = guide.post("/desk/counters/1", &[("people", "0")]).await;
    assert!(busy.says("A1 の方がこの窓口にいます"), "{}", busy.text());
    press("serve").await;
    press("finish").await;
    press("call_next").await;
    assert_eq!(number_at(&town, 1).await.unwrap().to_string(), "A2");
    // Whoever signs in there goes on with whom they find, and presses for themselves.
    let clerk = town.sign_in("supervisor").await;
    assert_eq!(clerk.post("/desk/calling/open", &[("counter", "1")]).await.to, "/desk/calling");
    assert!(clerk.get("/desk/calling").await.says("aria-live=\"polite\">A2</p>"));
    assert!(press("serve").await.says("この窓口は開いていません"));
    let look = |connection: &rusqlite::Connection| visit::verify::first_contradiction(connection);
    assert_eq!(town.office.db.read(look).await.unwrap(), None);
}

#[tokio::test]
async fn what_cannot_be_noted_is_refused_in_a_sentence() {
    let town = Town::staffed().await;
    let clerk = town.sign_in("clerk").await;
    clerk.post("/desk/calling/open", &[("counter", "1")]).await;
    let taken = clerk.post("/desk/counters/1", &[("people", "1")]).await;
    assert!(taken.says("ほかの職員がこの窓口を使っています"), "{}", taken.text());
    let own = account(&town, "clerk").await.to_string();
    let elsewhere = clerk.post("/desk/counters/2", &[("people", "1"), ("person", &own)]).await;
    assert!(elsewhere.says("その職員は 1 番窓口にいます"), "{}", elsewhere.text());
    for (counter, fields) in
        [("2", [("people", "10")]), ("2", [("people", "many")]), ("2", [("person", "1")])]
    {
        let refused = clerk.post(&format!("/desk/counters/{counter}"), &fields).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{fields:?}");
    }
    let nowhere = clerk.post("/desk/counters/99", &[("people", "1")]).await;
    assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
    let rows = town.office.db.read(duty::all).await.unwrap();
    assert_eq!(rows.len(), 1);
}
