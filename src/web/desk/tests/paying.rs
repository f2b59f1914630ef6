//! Whose payment waits: told on the pages that clerks look at, as long as it does.

use super::payment::{Bill, bill};
use super::*;
use crate::visit::paying::Stage;
use crate::web::live::{self, Shown};

/// As soon as the screens know that payments wait for this.
async fn waits(town: &Town, wanted: &[Stage]) {
    let is = |shown: &Arc<Shown>| -> bool {
        shown.paying.iter().map(|one| one.stage).eq(wanted.iter().copied())
    };
    town.office.live.boards().wait_for(is).await.unwrap();
}

/// The list of today and the page of somebody who calls to this counter.
async fn pages(bill: &Bill<'_>, counter: &str) -> [Answer; 2] {
    bill.clerk.post("/desk/calling/open", &[("counter", counter)]).await;
    [bill.clerk.get("/desk").await, bill.clerk.get("/desk/calling").await]
}

#[tokio::test]
async fn whose_payment_waits_stands_where_clerks_look_until_it_is_known() {
    let town = Town::staffed().await;
    let watching = tokio::spawn(live::forever(town.office.clone()));
    let visit = town.visit("juminhyo").await;
    let bill = bill(&town, "clerk", visit).await;
    for page in pages(&bill, "1").await {
        assert!(!page.says("お支払いを待っている方"), "{}", page.text());
    }
    bill.press(&[("act", "cashless:credit"), ("terminal", "t2")]).await;
    waits(&town, &[Stage::Going]).await;
    town.clock.advance(Duration::from_secs(3 * 60));
    let link = format!("href=\"/desk/visits/{visit}/payment\"");
    for page in pages(&bill, "1").await {
        for told in
            ["お支払いを待っている方（1）", &link, "A1", "900円", "端末で支払い中", "3分前から"]
        {
            assert!(page.says(told), "{told}: {}", page.text());
        }
        assert!(page.says("class=\"calls quiet\""), "nobody has to come: {}", page.text());
    }
    bill.press(&[("act", "unknown")]).await;
    waits(&town, &[Stage::Unknown]).await;
    let [list, calling] = pages(&bill, "1").await;
    for page in [&list, &calling] {
        assert!(page.says("未了：結果を確かめてください"), "{}", page.text());
        assert!(!page.says("class=\"calls quiet\""), "somebody has to come: {}", page.text());
    }
    assert!(list.says("<span class=\"state unknown\">未了</span>"), "{}", list.text());
    town.clock.advance(Duration::from_secs(24 * 60 * 60));
    let supervisor = super::payment::bill(&town, "supervisor", visit).await;
    for page in pages(&supervisor, "2").await {
        assert!(page.says("11月24日（火） "), "{}", page.text());
    }
    supervisor.press(&[("act", "declined")]).await;
    waits(&town, &[]).await;
    for page in pages(&supervisor, "2").await {
        assert!(!page.says("お支払いを待っている方"), "{}", page.text());
    }
    watching.abort();
}

#[tokio::test]
async fn a_list_on_which_a_payment_waits_is_sent_again_and_only_then() {
    let town = Town::staffed().await;
    let watching = tokio::spawn(live::forever(town.office.clone()));
    let visit = town.visit("juminhyo").await;
    let bill = bill(&town, "clerk", visit).await;
    let seen = async || {
        let request = Request::get("/desk/today").header(header::COOKIE, &bill.clerk.cookie);
        let response = town.router.clone().oneshot(request.body(Body::empty()).unwrap()).await;
        let headers = response.unwrap().headers().clone();
        headers.get("x-seen").unwrap().to_str().unwrap().to_owned()
    };
    let before = seen().await;
    assert_eq!(seen().await, before);
    bill.press(&[("act", "cashless:credit"), ("terminal", "t2")]).await;
    waits(&town, &[Stage::Going]).await;
    assert_ne!(seen().await, before);
    bill.press(&[("act", "declined")]).await;
    waits(&town, &[]).await;
    assert_eq!(seen().await, before);
    watching.abort();
}
