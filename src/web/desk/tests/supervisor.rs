//! The supervisor's page, through the router.

use super::*;
use crate::web::live;

#[tokio::test]
async fn the_supervisor_sees_what_is_wrong_and_what_one_more_counter_would_change() {
    let town = Town::staffed().await;
    let watching = tokio::spawn(live::forever(town.office.clone()));
    let mut boards = town.office.live.boards();
    for _ in 0..6 {
        town.visit("tenkyo").await;
    }
    boards.wait_for(|shown| shown.outlook.tickets.len() == 6).await.unwrap();
    let supervisor = town.sign_in("supervisor").await;
    let page = supervisor.get("/desk/supervisor").await;
    assert!(page.says("住所の異動：6 人が待っていますが、呼んでいる窓口がありません。"));
    let clerk = town.sign_in("clerk").await;
    clerk.post("/desk/calling/open", &[("counter", "2")]).await;
    clerk.post("/desk/calling/next", &[]).await;
    town.clock.advance(Duration::from_secs(31 * 60));
    boards.wait_for(|shown| shown.outlook.lanes.contains_key("moving")).await.unwrap();
    boards.wait_for(|shown| !shown.board.called.is_empty()).await.unwrap();
    let supervisor = town.sign_in("supervisor").await;
    let page = supervisor.get("/desk/supervisor").await;
    assert!(page.says("住所の異動：31 分待っている方がいます。"), "{}", page.text());
    assert!(page.says("B1 を呼出中（31 分）") && page.says("閉まっています"), "{}", page.text());
    assert!(!page.says("呼んでいる窓口がありません"));

    assert!(page.says("来た方（人）: 9時 6"), "{}", page.text());

    let asked = supervisor.get("/desk/supervisor?open=3").await;
    let (_, said) =
        asked.text().rsplit_once("<li>住所の異動：").unwrap_or_else(|| panic!("{}", asked.text()));
    let minutes = |text: &str| text.trim().trim_end_matches(" 分").parse::<u32>().unwrap();
    let (before, after) = said.split('<').next().unwrap().split_once('→').unwrap();
    assert!(minutes(after) < minutes(before) * 2 / 3, "{said}");
    watching.abort();
}

#[tokio::test]
async fn before_the_counters_close_the_last_number_is_advised_on() {
    let town = Town::staffed().await;
    town.clock.advance(Duration::from_secs(8 * 3600));
    let watching = tokio::spawn(live::forever(town.office.clone()));
    let clerk = town.sign_in("clerk").await;
    clerk.post("/desk/calling/open", &[("counter", "1")]).await;
    let lanes = |shown: &Arc<live::Shown>| shown.outlook.lanes.contains_key("certificate");
    town.office.live.boards().wait_for(lanes).await.unwrap();
    let administrator = town.sign_in("administrator").await;
    // It is five, and they close at a quarter past.
    let page = administrator.get("/desk/supervisor").await;
    assert!(page.says("番号を出すのは 17:0"), "{}", page.text());
    town.clock.advance(Duration::from_secs(12 * 60));
    let administrator = town.sign_in("administrator").await;
    let late = administrator.get("/desk/supervisor").await;
    assert!(late.says("閉庁までに終わらないおそれ"), "{}", late.text());
    let elsewhere = town.get("/supervisor", "").await;
    assert_eq!(elsewhere.to, "/desk/supervisor");
    watching.abort();
}
