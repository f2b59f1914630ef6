//! The floor guide, through the router.

use super::*;

/// What stands in the journal of an entry's facts.
async fn facts(town: &Town) -> String {
    let read = |connection: &rusqlite::Connection| -> Result<String, crate::db::Error> {
        let all = "select group_concat(facts, ' ') from journal";
        Ok(connection.query_row(all, [], |row| row.get(0))?)
    };
    town.office.db.read(read).await.unwrap()
}

async fn contradiction(town: &Town) -> Option<String> {
    let look = |connection: &rusqlite::Connection| visit::verify::first_contradiction(connection);
    town.office.db.read(look).await.unwrap()
}

#[tokio::test]
async fn one_tap_draws_a_number_and_what_to_be_considerate_of_is_seen_by_the_clerk_alone() {
    let town = Town::staffed().await;
    let guide = town.sign_in("clerk").await;
    let chosen =
        [("lane", "certificate"), ("care", "wheelchair"), ("interpreter", "interpreter_vi")];
    let drawn = guide.post("/desk/guide", &chosen).await;
    let page = guide.get(&drawn.to).await;
    assert!(page.says("<p class=\"now-number\">A1</p>") && page.says("車いす"), "{}", page.text());
    let clerk = town.sign_in("supervisor").await;
    clerk.post("/desk/calling/open", &[("counter", "1")]).await;
    clerk.post("/desk/calling/next", &[]).await;
    let called = clerk.get("/desk/calling").await;
    assert!(called.says("車いす") && called.says("ベトナム語の通訳"), "{}", called.text());
    assert!(!called.says("申請を開く"), "there is nothing to open");
    let written = facts(&town).await;
    assert!(!written.contains("wheelchair") && !written.contains("interpreter"), "{written}");
    assert_eq!(contradiction(&town).await, None);
}

#[tokio::test]
async fn a_press_sent_twice_draws_one_number_and_counts_one_visitor() {
    let town = Town::staffed().await;
    let guide = town.sign_in("clerk").await;
    let op = town.office.journal.op().to_string();
    let fields = [("key", guide.key.as_str()), ("op", op.as_str()), ("lane", "certificate")];
    let first = town.post("/desk/guide", &guide.cookie, &fields).await;
    let second = town.post("/desk/guide", &guide.cookie, &fields).await;
    assert!(!first.to.is_empty());
    assert_eq!(first.to, second.to);
    let op = town.office.journal.op().to_string();
    let fields = [("key", guide.key.as_str()), ("op", op.as_str())];
    for _ in 0..2 {
        town.post("/desk/guide/passing", &guide.cookie, &fields).await;
    }
    guide.post("/desk/guide/passing", &[]).await;
    assert!(guide.get("/desk/guide").await.says("番号の要らない方：今日 2 人"));
}

#[tokio::test]
async fn somebody_with_priority_is_called_before_who_came_earlier() {
    let town = Town::staffed().await;
    let guide = town.sign_in("clerk").await;
    guide.post("/desk/guide", &[("lane", "certificate")]).await;
    guide.post("/desk/guide", &[("lane", "certificate"), ("priority", "on")]).await;
    guide.post("/desk/calling/open", &[("counter", "1")]).await;
    guide.post("/desk/calling/next", &[]).await;
    assert!(guide.get("/desk/calling").await.says("aria-live=\"polite\">A2</p>"));
}

#[tokio::test]
async fn the_hall_says_how_full_it_is_and_where_nobody_calls() {
    let town = Town::staffed().await;
    let guide = town.sign_in("clerk").await;
    assert!(guide.get("/desk/guide").await.says("開いている窓口がありません"));
    guide.post("/desk/guide", &[("lane", "certificate")]).await;
    guide.post("/desk/calling/open", &[("counter", "1")]).await;
    town.clock.advance(Duration::from_secs(4 * 60));
    let hall = guide.get("/desk/guide/hall").await;
    for words in ["1 人待ち", "最も長い方 4 分", "1 つの窓口で受付中"] {
        assert!(hall.says(words), "{words}: {}", hall.text());
    }
}

#[tokio::test]
async fn a_number_without_forms_is_no_work_on_the_list_of_forms() {
    let town = Town::staffed().await;
    let guide = town.sign_in("clerk").await;
    let drawn = guide.post("/desk/guide", &[("lane", "certificate")]).await;
    assert!(guide.get("/desk").await.says("今日の来庁は、まだありません"));
    let ticket = drawn.to.rsplit('/').next().unwrap().parse().unwrap();
    let look = move |connection: &_| queue::get(connection, ticket);
    let ticket = town.office.db.read(look).await.unwrap().unwrap();
    let visit = guide.get(&format!("/desk/visits/{}", ticket.visit.unwrap())).await;
    assert_eq!(visit.to, drawn.to);
}

#[tokio::test]
async fn a_lane_that_gives_out_no_numbers_is_refused() {
    let town = Town::staffed().await;
    let guide = town.sign_in("clerk").await;
    for lane in ["", "nowhere"] {
        let refused = guide.post("/desk/guide", &[("lane", lane)]).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{lane}");
    }
    assert_eq!(contradiction(&town).await, None);
}
