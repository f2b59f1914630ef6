//! A queue that is kept over night, on every page that shows it.

use super::*;
use crate::db::Tx;
use crate::web::live;

/// The morning after somebody waited in vain, and somebody new has come.
async fn morning() -> (Town, String) {
    let town = Town::changed(|config| {
        config.site.queue.keep_over_night = true;
    });
    let town = town.await;
    for role in Role::ALL {
        town.add(role.id(), role, false).await;
    }
    town.clock.hold(time::macros::datetime!(2026-11-24 16:50 +9));
    let guide = town.sign_in("clerk").await;
    guide.post("/desk/guide", &[("lane", "certificate")]).await;
    let day = town.office.journal.now().date();
    let drawn = town.office.db.read(move |look| queue::of_day(look, day)).await.unwrap();
    let code = drawn[0].code.as_ref().unwrap().to_string();
    town.clock.hold(time::macros::datetime!(2026-11-25 0:01 +9));
    let journal = town.office.journal.clone();
    let today = journal.now().date();
    let keep = move |tx: &Tx<'_>| queue::keep_over_night(tx, &journal, today);
    assert_eq!(town.office.db.write(keep).await.unwrap(), 1);
    town.clock.hold(time::macros::datetime!(2026-11-25 8:40 +9));
    (town, code)
}

#[tokio::test]
async fn a_number_that_is_kept_is_shown_as_one_of_an_earlier_day_and_not_as_a_long_wait() {
    let (town, code) = morning().await;
    let watching = tokio::spawn(live::forever(town.office.clone()));
    let mut boards = town.office.live.boards();
    boards.wait_for(|shown| shown.tickets.len() == 1).await.unwrap();
    let phone = town.get(&format!("/status/{code}"), "").await;
    assert!(
        phone.says("<strong>A1</strong>") && phone.says("前の日の番号札です"),
        "{}",
        phone.text()
    );
    assert!(phone.says("data-state=\"waiting\""), "{}", phone.text());
    let supervisor = town.sign_in("supervisor").await;
    let now = supervisor.get("/desk/supervisor").await;
    assert!(now.says("前日から残っている方：1 人"), "{}", now.text());
    let listed = "<td><strong>A1</strong></td><td>証明書</td><td>待ち</td><td>11月24日（火）</td>";
    assert!(now.says("前の日から残した番号（1）") && now.says(listed), "{}", now.text());
    assert!(!now.says("分待っている方") && now.says("1 人が待っていますが"), "{}", now.text());
    let clerk = town.sign_in("clerk").await;
    let guide = clerk.get("/desk/guide").await;
    assert!(guide.says("1 人待ち") && guide.says("<br>前日から"), "{}", guide.text());
    clerk.post("/desk/calling/open", &[("counter", "1")]).await;
    assert!(clerk.get("/desk/calling").await.says(">前日から</td>"));
    clerk.post("/desk/calling/next", &[]).await;
    boards.wait_for(|shown| shown.board.called.len() == 1).await.unwrap();
    assert_eq!(boards.borrow().board.called[0].ticket, "A1");
    let called = town.get(&format!("/status/{code}"), "").await;
    assert!(called.says("data-state=\"called\"") && called.says("前の日の番号札です"));
    watching.abort();
}

#[tokio::test]
async fn a_number_that_is_not_kept_is_over_on_its_own_page() {
    let town = Town::staffed().await;
    let guide = town.sign_in("clerk").await;
    guide.post("/desk/guide", &[("lane", "certificate")]).await;
    let day = town.office.journal.now().date();
    let drawn = town.office.db.read(move |look| queue::of_day(look, day)).await.unwrap();
    let code = drawn[0].code.as_ref().unwrap().to_string();
    town.clock.advance(Duration::from_secs(24 * 3600));
    let phone = town.get(&format!("/status/{code}"), "").await;
    assert!(phone.says("data-state=\"expired\"") && !phone.says("前の日の番号札です"));
}

#[tokio::test]
async fn the_holder_of_a_ticket_says_once_more_in_what_language_and_the_clerk_sees_it() {
    let town = Town::staffed().await;
    let guide = town.sign_in("clerk").await;
    guide.post("/desk/guide", &[("lane", "certificate")]).await;
    let day = town.office.journal.now().date();
    let drawn = town.office.db.read(move |look| queue::of_day(look, day)).await.unwrap();
    let code = drawn[0].code.as_ref().unwrap().to_string();
    let desk = format!("/desk/guide/tickets/{}", drawn[0].id);
    let (page, speak) = (format!("/status/{code}"), format!("/status/{code}/language"));
    let asks = "I would like English at the counter";
    let phone = town.get(&format!("{page}?lang=en"), "").await;
    assert!(phone.says(asks), "{}", phone.text());
    assert!(!guide.get(&desk).await.says("<span class=\"mark\">English"));
    for _ in 0..2 {
        let pressed = town.post(&format!("{speak}?lang=en"), "", &[]).await;
        assert_eq!(pressed.status, StatusCode::SEE_OTHER);
    }
    let phone = town.get(&format!("{page}?lang=en"), "").await;
    assert!(!phone.says(asks) && phone.says("like to be served in English"), "{}", phone.text());
    assert!(guide.get(&desk).await.says("<span class=\"mark\">English"));
    let noted = "select count(*) from journal where kind = 'visit.wishes_changed'";
    let count = move |look: &rusqlite::Connection| -> Result<u32, crate::db::Error> {
        Ok(look.query_row(noted, [], |row| row.get(0))?)
    };
    assert_eq!(town.office.db.read(count).await.unwrap(), 1, "pressed twice, said once");
}
