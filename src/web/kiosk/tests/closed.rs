//! A resident who cannot use a procedure.

use super::*;

/// Arrives, and chooses these procedures.
async fn choosing(procedures: &[&str]) -> Tablet {
    let tablet = Tablet::paired().await;
    let op = tablet.get("/kiosk").await.hidden("op");
    tablet.post("/kiosk/start", &[("op", &op), ("lang", "ja")]).await;
    tablet.press("/kiosk/purpose", &[]).await;
    let chosen: Vec<_> = procedures.iter().map(|id| ("procedure", *id)).collect();
    tablet.press("/kiosk/procedures", &chosen).await;
    tablet
}

/// Answers one choice on the page of its own path.
async fn answer(tablet: &Tablet, path: &str, option: &str) {
    let sent = [("asked", path), (path, option)];
    let page = format!("/kiosk/page/{path}");
    assert_eq!(tablet.press(&page, &sent).await.to, "/kiosk", "{path}");
}

/// Says whose register it is, and which town keeps it.
async fn whose(tablet: &Tablet, place: &str, relation: &str) {
    let paths = ["koseki_koiki.place", "koseki_koiki.relation"];
    let sent = [("asked", paths[0]), (paths[0], place), ("asked", paths[1]), (paths[1], relation)];
    assert_eq!(tablet.press("/kiosk/page/koseki_koiki.relation", &sent).await.to, "/kiosk");
}

#[tokio::test]
async fn a_sibling_is_turned_away_before_the_card_and_told_where_to_ask() {
    let tablet = choosing(&["koseki-koiki"]).await;
    let first = tablet.get("/kiosk").await;
    assert!(first.says("name=\"koseki_koiki.relation\""), "{}", first.text);
    assert!(!first.says("applicant.name") && first.says("href=\"/kiosk/procedures\""));
    whose(&tablet, "elsewhere", "sibling").await;
    let told = tablet.get("/kiosk").await;
    for words in ["お渡しできません", "郵送でも請求できます", "手続きを選び直す", "答えを直す"]
    {
        assert!(told.says(words), "{words}: {}", told.text);
    }
    // Our own request cannot help with another town's register.
    assert!(!told.says("に替える"), "{}", told.text);
    let pressed_all_the_same = tablet.press("/kiosk/closed", &[("do", "instead")]).await;
    assert_eq!(pressed_all_the_same.to, "/kiosk/procedures");
    assert_eq!(tablet.visit().await.0.procedures, ["koseki-koiki"]);
}

#[tokio::test]
async fn whose_register_is_here_is_offered_the_ordinary_request() {
    let tablet = choosing(&["koseki-koiki"]).await;
    whose(&tablet, "here", "sibling").await;
    let told = tablet.get("/kiosk").await;
    for words in ["本籍がこの町にある戸籍です", "に替える"] {
        assert!(told.says(words), "{words}: {}", told.text);
    }
    tablet.press("/kiosk/closed", &[("do", "instead")]).await;
    assert_eq!(tablet.visit().await.0.procedures, ["koseki"]);
    answer(&tablet, "koseki.needed", "register").await;
    assert!(tablet.get("/kiosk").await.says("name=\"way\""), "the ordinary way goes on");
    // Pressed twice it does nothing more.
    let again = tablet.press("/kiosk/closed", &[("do", "instead")]).await;
    assert_eq!(again.to, "/kiosk");
    assert_eq!(tablet.visit().await.0.procedures, ["koseki"]);
}

#[tokio::test]
async fn nobody_is_sent_round_in_a_circle_between_two_forms() {
    let tablet = choosing(&["koseki"]).await;
    answer(&tablet, "koseki.needed", "elsewhere").await;
    assert!(tablet.get("/kiosk").await.says("「戸籍（ほかの市区町村のもの）」に替える"));
    tablet.press("/kiosk/closed", &[("do", "instead")]).await;
    assert_eq!(tablet.visit().await.0.procedures, ["koseki-koiki"]);
    // What closed the first form closes it still.
    whose(&tablet, "here", "self").await;
    let told = tablet.get("/kiosk").await;
    assert!(told.says("本籍がこの町にある戸籍です") && !told.says("に替える"), "{}", told.text);
}

#[tokio::test]
async fn a_stranger_to_the_taxpayer_is_told_kindly_before_the_card() {
    let tablet = choosing(&["zei"]).await;
    answer(&tablet, "zei.subject", "income").await;
    answer(&tablet, "zei.relation", "other").await;
    let told = tablet.get("/kiosk").await;
    for words in
        ["お渡しできません", "秘密にする決まり", "委任状", "href=\"/kiosk/page/zei.relation\""]
    {
        assert!(told.says(words), "{words}: {}", told.text);
    }
    answer(&tablet, "zei.relation", "agent").await;
    assert!(tablet.get("/kiosk").await.says("name=\"zei.year\""));
}

#[tokio::test]
async fn a_slip_at_a_gate_is_put_right_and_the_next_gate_stands_on_its_own() {
    let tablet = choosing(&["koseki-koiki"]).await;
    whose(&tablet, "elsewhere", "other").await;
    let told = tablet.get("/kiosk").await;
    assert!(told.says("href=\"/kiosk/page/koseki_koiki.relation\""), "{}", told.text);
    answer(&tablet, "koseki_koiki.relation", "descendant").await;
    assert!(tablet.get("/kiosk").await.says("name=\"koseki_koiki.proof\""));
    answer(&tablet, "koseki_koiki.proof", "none").await;
    assert!(tablet.get("/kiosk").await.says("顔写真のある書類が必要です"));
    answer(&tablet, "koseki_koiki.proof", "photo").await;
    let way = tablet.get("/kiosk").await;
    assert!(way.says("name=\"way\""), "{}", way.text);
    assert!(way.says("href=\"/kiosk/page/koseki_koiki.proof\""), "back leads to the gate");
    tablet.press("/kiosk/way", &[("way", "hand")]).await;
    let person = tablet.get("/kiosk").await;
    assert!(person.says("name=\"applicant.name\"") && person.says("href=\"/kiosk/way\""));
}

#[tokio::test]
async fn the_other_procedures_of_the_visit_go_on() {
    let tablet = choosing(&["juminhyo", "inkan"]).await;
    answer(&tablet, "inkan.card", "none").await;
    let told = tablet.get("/kiosk").await;
    assert!(told.says("ほかの手続きだけ続ける") && !told.says("に替える"), "{}", told.text);
    let nothing = tablet.press("/kiosk/closed", &[("do", "nothing")]).await;
    assert_eq!(nothing.status, StatusCode::BAD_REQUEST);
    tablet.press("/kiosk/closed", &[("do", "leave")]).await;
    assert_eq!(tablet.visit().await.0.procedures, ["juminhyo"]);
}

#[tokio::test]
async fn what_is_offered_is_not_offered_to_whoever_has_it() {
    let tablet = choosing(&["koseki", "koseki-koiki"]).await;
    answer(&tablet, "koseki.needed", "register").await;
    whose(&tablet, "here", "sibling").await;
    let told = tablet.get("/kiosk").await;
    assert!(!told.says("に替える") && told.says("ほかの手続きだけ続ける"), "{}", told.text);
    tablet.press("/kiosk/closed", &[("do", "leave")]).await;
    assert_eq!(tablet.visit().await.0.procedures, ["koseki"]);
}

#[tokio::test]
async fn a_procedure_that_is_left_alone_leads_back_to_the_choice() {
    let tablet = choosing(&["inkan"]).await;
    answer(&tablet, "inkan.card", "none").await;
    assert!(tablet.get("/kiosk").await.says("手続きを選び直す"));
    let left = tablet.press("/kiosk/closed", &[("do", "leave")]).await;
    assert_eq!(left.to, "/kiosk/procedures");
    // A closed gate is no way to hand anything in.
    let op = tablet.office.journal.op().to_string();
    tablet.press("/kiosk/submit", &[("op", &op)]).await;
    assert!(tablet.get("/kiosk").await.says("印鑑登録証（カード）が必要です"));
}
