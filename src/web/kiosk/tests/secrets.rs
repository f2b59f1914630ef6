//! Numbers that are asked for before a card is read.

use super::*;

/// Lays a card of the demonstration and gives the fields of its number page.
#[tokio::test]
async fn a_number_page_sent_twice_costs_one_try() {
    let tablet = Tablet::paired().await;
    let page = number_page(&tablet, "shiken-hanako.1").await;
    assert!(page.says("3回"), "{}", page.text);
    let fields = hidden(&page);
    for time in ["first", "again"] {
        let wrong = tablet.post("/kiosk/card", &number(&fields, "0000")).await;
        let leads = (wrong.status, wrong.to.as_str());
        assert_eq!(leads, (StatusCode::SEE_OTHER, "/kiosk/card"), "{time}");
    }
    let told = tablet.get("/kiosk/card").await;
    assert!(told.says("暗証番号が違います。あと2回"), "{}", told.text);
    let reloaded = tablet.get("/kiosk/card").await;
    assert!(!reloaded.says("暗証番号が違います") && reloaded.says("2回"), "{}", reloaded.text);
    let old = tablet.post("/kiosk/card", &number(&hidden(&told), "0000")).await;
    assert_eq!(old.to, "/kiosk/card", "a page that was shown anew");
    assert!(tablet.get("/kiosk/card").await.says("2回"));
}

#[tokio::test]
async fn the_right_number_sent_twice_at_once_reads_the_card_and_goes_on() {
    let tablet = Tablet::paired().await;
    let page = number_page(&tablet, "shiken-hanako.1").await;
    let (_, resident) = tablet.office.config.demo.resident("shiken-hanako").unwrap();
    let pin = resident.cards[0].pin.clone().unwrap();
    let fields = hidden(&page);
    let (fields, send) = (number(&fields, &pin), "/kiosk/card");
    let (one, other) = tokio::join!(tablet.post(send, &fields), tablet.post(send, &fields));
    assert_eq!((one.to.as_str(), other.to.as_str()), ("/kiosk", "/kiosk"));
    assert!(!tablet.get("/kiosk").await.says("name=\"digits\""));
    assert_eq!(tablet.kinds().await.iter().filter(|kind| *kind == "visit.answered").count(), 1);
}

#[tokio::test]
async fn the_last_try_speaks_of_what_is_asked_for() {
    let tablet = Tablet::paired().await;
    let mut page = number_page(&tablet, "shiken-hanako.1").await;
    assert!(page.says("入力できるのは、あと3回です。"));
    for _ in 0..2 {
        tablet.post("/kiosk/card", &number(&hidden(&page), "0000")).await;
        page = tablet.get("/kiosk/card").await;
    }
    assert!(page.says("あと1回です。") && page.says("暗証番号を入れられるのは、あと1回"));
    let fields = hidden(&page);
    let consented = [&number(&fields, "0000")[..], &[("consent", "on")]].concat();
    tablet.post("/kiosk/card", &consented).await;
    let printed = |page: &Answer| {
        let [key, tap, once] = hidden(page);
        let parts = [("birth", "010101"), ("expiry", "2000"), ("code", "0000")];
        let own = [("key", key), ("tap", tap), ("once", once)];
        own.into_iter().chain(parts.map(|(name, part)| (name, part.to_owned()))).collect::<Vec<_>>()
    };
    let mut page = tablet.get("/kiosk/card").await;
    while !page.says("name=\"consent\"") {
        assert!(page.says("name=\"birth\""), "{}", page.text);
        let fields = printed(&page);
        let fields: Vec<_> = fields.iter().map(|(name, part)| (*name, part.as_str())).collect();
        tablet.post("/kiosk/card", &fields).await;
        page = tablet.get("/kiosk/card").await;
    }
    assert!(page.says("カードに書かれた番号を入れられるのは、あと1回"), "{}", page.text);
    assert!(page.says("番号をまちがえると") && !page.says("暗証番号を入れられる"), "{}", page.text);
}

#[tokio::test]
async fn numbers_that_no_card_shows_cost_no_try() {
    let tablet = Tablet::paired().await;
    let page = number_page(&tablet, "tehon-kaoru.1").await;
    let tries =
        |page: &Answer| page.text.split("class=\"tries\">").nth(1).unwrap()[..60].to_owned();
    let before = tries(&page);
    for (birth, expiry, code) in [
        ("55021", "72035", "2285"),
        ("850401", "2035", "2285"),
        ("551301", "2035", "2285"),
        ("550230", "2035", "2285"),
        ("000217", "2035", "2285"),
    ] {
        let [key, tap, once] = hidden(&tablet.get("/kiosk/card").await);
        let own = [("key", key.as_str()), ("tap", tap.as_str()), ("once", once.as_str())];
        let typed = [("birth", birth), ("expiry", expiry), ("code", code)];
        tablet.post("/kiosk/card", &[&own[..], &typed].concat()).await;
        let page = tablet.get("/kiosk/card").await;
        assert_eq!(tries(&page), before, "{birth} {expiry} {code}");
        assert!(page.says("数字をもう一度"), "{}", page.text);
    }
}

#[tokio::test]
async fn who_resets_a_blocked_number_depends_on_the_card() {
    let tablet = Tablet::paired().await;
    let mut page = number_page(&tablet, "tehon-kaoru.2").await;
    for _ in 0..2 {
        tablet.post("/kiosk/card", &number(&hidden(&page), "0000")).await;
        page = tablet.get("/kiosk/card").await;
    }
    assert!(
        page.says("name=\"consent\"") && page.says("警察署か運転免許センター"),
        "{}",
        page.text
    );
    assert!(!page.says("役所での再設定"), "{}", page.text);
}

#[tokio::test]
async fn a_card_that_never_had_a_pin_is_not_said_to_have_a_blocked_one() {
    let tablet = Tablet::paired().await;
    let mut page = number_page(&tablet, "tehon-kaoru.1").await;
    while page.says("name=\"birth\"") {
        let [key, tap, once] = hidden(&page);
        let wrong = [("birth", "010101"), ("expiry", "2000"), ("code", "0000"), ("consent", "on")];
        let own = [("key", key.as_str()), ("tap", tap.as_str()), ("once", once.as_str())];
        tablet.post("/kiosk/card", &[&own[..], &wrong].concat()).await;
        page = tablet.get("/kiosk/card").await;
    }
    assert!(page.says("カードに書かれた番号での読み取りが使えなくなっています"), "{}", page.text);
    assert!(!page.says("暗証番号が使えなくなって"), "{}", page.text);
}
