//! A number without forms, and opening hours, at a tablet.

use super::*;
use crate::queue;

async fn tickets(tablet: &Tablet) -> Vec<queue::Ticket> {
    let day = tablet.office.journal.now().date();
    let tickets = tablet.office.db.read(move |connection| queue::of_day(connection, day));
    tickets.await.unwrap()
}

#[tokio::test]
async fn one_touch_draws_a_number_and_a_second_touch_no_other() {
    let tablet = Tablet::paired().await;
    assert!(tablet.get("/kiosk").await.says("番号札だけ受け取る"));
    let page = tablet.get("/kiosk/number?lang=ja").await;
    assert!(
        page.says("ご用件のボタン") && page.says("証明書") && page.says("0 人待ち"),
        "{}",
        page.text
    );
    let op = page.hidden("op");
    let fields = [("op", op.as_str()), ("lang", "ja"), ("lane", "moving"), ("care", "wheelchair")];
    for _ in 0..2 {
        assert_eq!(tablet.post("/kiosk/number", &fields).await.to, "/kiosk");
    }
    let done = tablet.get("/kiosk").await;
    assert!(done.says("<strong>B1</strong>") && done.says("住所の異動"), "{}", done.text);
    assert!(done.says("data-fresh=\"/kiosk/done\"") && tablet.get("/kiosk/done").await.says("B1"));
    tablet.press("/kiosk/end", &[]).await;
    // The same form once more, by a browser that kept it, draws nothing.
    tablet.post("/kiosk/number", &fields).await;
    let drawn = tickets(&tablet).await;
    assert_eq!(drawn.len(), 1);
    let (id, journal) = (drawn[0].visit.unwrap(), tablet.office.journal.clone());
    let care = tablet.office.db.read(move |connection| -> Result<_, visit::Error> {
        let answers = visit::answers(connection, &journal, id)?;
        Ok(visit::get(connection, id)?.unwrap().with_care(&answers).wishes.care)
    });
    assert_eq!(care.await.unwrap(), [visit::Care::Wheelchair].into());
    assert_eq!(tablet.get("/kiosk/done").await.to, "/kiosk", "nobody stands there");
}

#[tokio::test]
async fn only_what_the_town_offers_is_drawn_at_the_kiosk() {
    let mut tablet = Tablet::paired().await;
    let op = tablet.get("/kiosk/number").await.hidden("op");
    let refused = tablet.post("/kiosk/number", &[("op", &op), ("lane", "nowhere")]).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    let (mut office, clock, folder) = example::office(true).await;
    let own = Arc::get_mut(&mut office).unwrap();
    own.config.lanes.iter_mut().for_each(|lane| lane.at_kiosk = false);
    tablet =
        Tablet { router: router(office.clone()), office, clock, folder, cookie: String::new() };
    let paired = tablet.get("/pair").await;
    tablet.cookie = paired.cookie.split(';').next().unwrap().to_owned();
    assert!(!tablet.get("/kiosk").await.says("番号札だけ受け取る"));
    assert_eq!(tablet.get("/kiosk/number").await.status, StatusCode::NOT_FOUND);
}

/// A tablet of an office whose lanes are open in these hours, and stop so many minutes
/// before; it is nine on Tuesday.
async fn by_hours(lanes: [[u16; 3]; 2]) -> Tablet {
    use crate::appointment::plan::{Day, Hours, TimeOfDay};
    let (mut office, clock, folder) = example::office(true).await;
    let own = Arc::get_mut(&mut office).unwrap();
    for (lane, [from, to, last]) in own.config.lanes.iter_mut().zip(lanes) {
        let days = vec![Day::Mon, Day::Tue, Day::Wed];
        let hours = Hours { days, weeks: None, from: TimeOfDay(from * 60), to: TimeOfDay(to * 60) };
        (lane.hours, lane.last_issue_minutes) = (vec![hours], last.into());
    }
    let router = router(office.clone());
    let mut tablet = Tablet { office, router, clock, cookie: String::new(), folder };
    let paired = tablet.get("/pair").await;
    tablet.cookie = paired.cookie.split(';').next().unwrap().to_owned();
    tablet
}

/// The same hours for all.
async fn with_hours(from: u16, to: u16, last_issue_minutes: u16) -> Tablet {
    by_hours([[from, to, last_issue_minutes]; 2]).await
}

#[tokio::test]
async fn bug_18_the_kiosk_opens_by_itself_and_each_button_keeps_the_hours_of_its_lane() {
    use time::macros::datetime;
    // Certificates from ten, the last number a quarter before noon; moving from eleven.
    let tablet = by_hours([[10, 12, 15], [11, 13, 0]]).await;
    // Tablets wait for hours on this page, and ask by themselves whether it still holds.
    let page_that_waits = "/kiosk/door";
    for (now, opened, drawn) in [
        (datetime!(2026-11-24 9:59:59 +9), false, [false, false]),
        (datetime!(2026-11-24 10:00 +9), true, [true, false]),
        (datetime!(2026-11-24 11:00 +9), true, [true, true]),
        (datetime!(2026-11-24 11:44:59 +9), true, [true, true]),
        (datetime!(2026-11-24 11:45 +9), true, [false, true]),
        (datetime!(2026-11-24 12:59:59 +9), true, [false, true]),
        (datetime!(2026-11-24 13:00 +9), false, [false, false]),
        (datetime!(2026-11-25 10:30 +9), true, [true, false]),
        // Not in the hours of any lane; and Labour Thanksgiving Day, which is a Monday.
        (datetime!(2026-11-26 10:30 +9), false, [false, false]),
        (datetime!(2026-11-23 10:30 +9), false, [false, false]),
    ] {
        tablet.clock.hold(now);
        let leads_on = tablet.get(page_that_waits).await.to == "/kiosk";
        assert_eq!(leads_on, opened, "{now}");
        assert_eq!(tablet.get("/kiosk").await.says("はじめる"), opened, "{now}");
        for (lane, drawn) in ["certificate", "moving"].into_iter().zip(drawn) {
            if opened {
                let page = tablet.get("/kiosk/number?lang=ja").await;
                let button = format!("name=\"lane\" value=\"{lane}\">");
                assert_eq!(page.says(&button), drawn, "{now} {lane}: {}", page.text);
            }
            // Whoever kept the page presses the button all the same.
            let (before, op) = (tickets(&tablet).await.len(), tablet.office.journal.op());
            let fields = [("op", op.to_string()), ("lang", "ja".to_owned()), ("lane", lane.into())];
            let fields = fields.each_ref().map(|(name, entry)| (*name, entry.as_str()));
            tablet.post("/kiosk/number", &fields).await;
            let more = tickets(&tablet).await.len() - before;
            assert_eq!(more, usize::from(drawn), "{now} {lane}");
            tablet.press("/kiosk/end", &[]).await;
        }
    }
}

#[tokio::test]
async fn the_kiosk_opens_by_itself_and_closes_with_a_kind_word() {
    let tablet = with_hours(10, 12, 15).await;
    let shut = tablet.get("/kiosk").await;
    assert!(shut.says("10:00 から受け付けます") && !shut.says("はじめる"), "{}", shut.text);
    assert!(tablet.get("/kiosk/door").await.says("10:00"), "what the page asks for");
    tablet.clock.advance(Duration::from_secs(3_600));
    assert_eq!(tablet.get("/kiosk/door").await.to, "/kiosk", "it opens");
    assert!(tablet.get("/kiosk").await.says("はじめる"));
    assert_eq!(tablet.get("/kiosk/door?open=true").await.status, StatusCode::NO_CONTENT);
    let op = tablet.get("/kiosk/number?lang=ja").await.hidden("op");
    // The last quarter of an hour: who stands there is told, and gets none.
    tablet.clock.advance(Duration::from_secs(105 * 60));
    assert_eq!(tablet.get("/kiosk/door?open=true").await.to, "/kiosk");
    let fields = [("op", op.as_str()), ("lang", "ja"), ("lane", "moving")];
    let late = tablet.post("/kiosk/number", &fields).await;
    assert!(late.says("この番号札はお出ししていません"), "{}", late.text);
    assert!(tickets(&tablet).await.is_empty());
    let over = tablet.get("/kiosk").await;
    assert!(over.says("今日の受付は終わりました") && over.says("11月25日"), "{}", over.text);
}

#[tokio::test]
async fn whoever_began_in_time_goes_on_after_the_last_number() {
    let tablet = with_hours(8, 10, 0).await;
    tablet.arrive("ja").await;
    tablet.clock.advance(Duration::from_secs(60));
    assert!(tablet.get("/kiosk").await.says("value=\"hand\""), "their visit stands");
}

/// Browsers drop an event that has no data, and the page with the number would never
/// learn when it will be called.
#[tokio::test]
async fn a_change_in_the_queue_is_told_in_an_event_that_browsers_take() {
    use futures_util::StreamExt;
    let tablet = Tablet::paired().await;
    let request = tablet.request("GET", "/kiosk/events", String::new());
    let answer = tablet.router.clone().oneshot(request).await.unwrap();
    let mut chunks = answer.into_body().into_data_stream();
    let read = async {
        let mut heard = String::new();
        while !(heard.contains("event: changed") && heard.ends_with("\n\n")) {
            let chunk = chunks.next().await.unwrap().unwrap();
            heard.push_str(std::str::from_utf8(&chunk).unwrap());
        }
        heard
    };
    let heard = tokio::time::timeout(Duration::from_secs(20), read).await.unwrap();
    assert!(heard.contains("event: changed\ndata: 1\n"), "{heard}");
}
