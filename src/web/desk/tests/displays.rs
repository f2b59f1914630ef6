//! Displays that do not sound, or are not there, on the pages of staff.

use super::*;
use crate::id::OpId;

/// A display that was paired, and its cookie.
async fn paired(town: &Town, name: &'static str) -> String {
    let journal = town.office.journal.clone();
    let pair = move |tx: &crate::db::Tx<'_>| -> Result<_, device::Error> {
        let new = NewDevice::typed(name, device::Role::Display, "")?;
        let op = || -> OpId { journal.op() };
        let (code, _) = device::offer(tx, &journal, op(), Actor::Console, &new)?;
        device::redeem(tx, &journal, op(), &code.to_string())
    };
    let (_, token) = town.office.db.write(pair).await.unwrap();
    format!("display={}", token.text())
}

async fn says(town: &Town, display: &str, sound: &str) -> StatusCode {
    town.post("/display/heard", display, &[("sound", sound)]).await.status
}

#[tokio::test]
async fn staff_see_a_display_that_makes_no_sound_or_is_not_there_on_each_of_their_pages() {
    let town = Town::staffed().await;
    let display = paired(&town, "ホール").await;
    let clerk = town.sign_in("clerk").await;
    let supervisor = town.sign_in("supervisor").await;
    let seen = async |sentence: &str| {
        let pages = [
            clerk.get("/desk/guide").await,
            supervisor.get("/desk/supervisor").await,
            supervisor.get("/desk/devices").await,
        ];
        pages.map(|page| page.says(sentence))
    };
    assert_eq!(seen("表示盤「ホール」").await, [false; 3], "it has had no time to say anything");
    assert_eq!(says(&town, &display, "off").await, StatusCode::NO_CONTENT);
    assert_eq!(seen("表示盤「ホール」の音が 9:00 から出ていません").await, [true; 3]);
    says(&town, &display, "chime_only").await;
    assert_eq!(seen("チャイムだけです").await, [true; 3]);
    for fine in ["on", "silent"] {
        says(&town, &display, fine).await;
        assert_eq!(seen("表示盤「ホール」").await, [false; 3], "{fine}");
    }
    town.clock.advance(Duration::from_secs(71));
    assert_eq!(seen("表示盤「ホール」が 9:00 からつながっていません").await, [true; 3]);
    says(&town, &display, "on").await;
    assert_eq!(seen("表示盤「ホール」").await, [false; 3]);
    let never = paired(&town, "入口").await;
    town.clock.advance(Duration::from_secs(71));
    says(&town, &display, "on").await;
    assert_eq!(seen("表示盤「入口」がつながっていません").await, [true; 3]);
    let revoke = supervisor.get("/desk/devices").await;
    let (_, revoke) = revoke.text().split_once("入口").unwrap();
    let (_, revoke) = revoke.split_once("action=\"").unwrap();
    supervisor.post(revoke.split('"').next().unwrap(), &[]).await;
    assert_eq!(seen("「入口」がつながって").await, [false; 3]);
    assert_ne!(says(&town, &never, "on").await, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn only_a_display_says_how_a_display_is_doing_and_only_what_is_known() {
    let town = Town::staffed().await;
    let display = paired(&town, "ホール").await;
    assert_eq!(says(&town, &display, "loud").await, StatusCode::BAD_REQUEST);
    assert_eq!(says(&town, "", "on").await, StatusCode::SEE_OTHER);
    let clerk = town.sign_in("clerk").await;
    assert_eq!(says(&town, &clerk.cookie, "on").await, StatusCode::SEE_OTHER);
}
