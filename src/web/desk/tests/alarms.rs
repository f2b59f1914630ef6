//! The silent alarm, through the router.

use super::*;

#[tokio::test]
async fn one_press_tells_the_colleagues_where_and_the_reader_only_that_they_were_told() {
    let town = Town::staffed().await;
    let clerk = town.sign_in("clerk").await;
    clerk.post("/desk/calling/open", &[("counter", "3")]).await;
    let pressed = clerk.post("/desk/alarms", &[]).await;
    assert_eq!(pressed.to, "/desk/alarms");
    let own = clerk.get("/desk/alarms").await;
    assert!(own.says("連絡しました。") && !own.says("緊急"), "{}", own.text());
    let colleague = town.sign_in("supervisor").await;
    let seen = colleague.get("/desk/alarms").await;
    assert!(seen.says("3 番窓口（見本　窓子 さん）") && seen.says("向かいます"), "{}", seen.text());
}

#[tokio::test]
async fn whoever_comes_is_named_to_both_and_the_end_clears_every_page() {
    let town = Town::staffed().await;
    let clerk = town.sign_in("clerk").await;
    clerk.post("/desk/alarms", &[]).await;
    let colleague = town.sign_in("supervisor").await;
    let seen = colleague.get("/desk/alarms").await;
    let (_, address) = seen.text().split_once("action=\"/desk/alarms/").unwrap();
    let address = format!("/desk/alarms/{}", address.split('"').next().unwrap());
    colleague.post(&address, &[("act", "accept")]).await;
    for browser in [&clerk, &colleague] {
        assert!(browser.get("/desk/alarms").await.says("さんが向かいます。"));
    }
    colleague.post(&address, &[("act", "end")]).await;
    for browser in [&clerk, &colleague] {
        assert!(!browser.get("/desk/alarms").await.says("さんが向かいます。"));
    }
}
