//! Whoever booked, and whoever books, at a tablet.

use super::*;
use crate::appointment::state::{State as At, Who};
use crate::appointment::{self, Appointment, By, Number, Told};
use crate::chance::SeededChance;
use crate::clock::Moment;
use crate::journal::Actor;
use time::macros::datetime;

/// The tablet's clock stands at nine on Tuesday, 24 November 2026.
const TEN: Moment = datetime!(2026-11-24 10:00 +9);

/// An appointment for moving, booked by staff.
async fn booked(tablet: &Tablet, start: Moment) -> Appointment {
    let office = tablet.office.clone();
    let book = move |tx: &crate::db::Tx<'_>| {
        let (journal, plan) = (&office.journal, office.config.appointments().unwrap());
        let by = || By { op: journal.op(), actor: Actor::System, who: Who::Staff };
        let held = appointment::hold(tx, journal, plan, by(), ("moving", start))?;
        appointment::book(tx, journal, by(), held.id, &Told::default())
    };
    tablet.office.db.write(book).await.unwrap()
}

async fn now(tablet: &Tablet, one: &Appointment) -> Appointment {
    let id = one.id;
    let get = move |connection: &_| appointment::get(connection, id);
    tablet.office.db.read(get).await.unwrap().unwrap()
}

/// Opens the page for numbers, and sends one.
async fn check_in(tablet: &Tablet, text: &str) -> Answer {
    let op = tablet.get("/kiosk/appointment?lang=ja").await.hidden("op");
    tablet.post("/kiosk/appointment", &[("op", &op), ("text", text)]).await
}

#[tokio::test]
async fn whoever_booked_types_the_number_and_gets_one_of_the_queue() {
    let tablet = Tablet::paired().await;
    assert!(tablet.get("/kiosk").await.says("予約して来られた方"));
    let one = booked(&tablet, TEN).await;
    tablet.clock.advance(Duration::from_secs(40 * 60));
    let came = check_in(&tablet, &one.number.to_string()).await;
    assert_eq!(came.to, "/kiosk/appointment/done", "{}", came.text);
    let page = tablet.get(&came.to).await;
    assert!(page.says("<strong>B1</strong>") && page.says("10:00 の予約の順番で"), "{}", page.text);
    assert_eq!(now(&tablet, &one).await.state, At::Arrived);
    // A double touch, and the same form once more, show what came of it.
    tablet.post("/kiosk/end", &[]).await;
    assert_eq!(tablet.get("/kiosk/appointment/done").await.to, "/kiosk");
}

#[tokio::test]
async fn a_form_that_was_sent_is_not_taken_again_while_the_next_one_stands_there() {
    let tablet = Tablet::paired().await;
    let one = booked(&tablet, TEN).await;
    tablet.clock.advance(Duration::from_secs(40 * 60));
    let op = tablet.get("/kiosk/appointment?lang=ja").await.hidden("op");
    let fields = [("op", op.as_str()), ("text", &one.number.digits())];
    tablet.post("/kiosk/appointment", &fields).await;
    let twice = tablet.post("/kiosk/appointment", &fields).await;
    assert_eq!(twice.to, "/kiosk/appointment/done");
    tablet.post("/kiosk/end", &[]).await;
    tablet.get("/kiosk/appointment?lang=en").await;
    // The browser's Back, and the old form: nothing of whoever was there before.
    let old = tablet.post("/kiosk/appointment", &fields).await;
    assert_eq!(old.to, "/kiosk/appointment/done");
    assert_eq!(tablet.get("/kiosk/appointment/done").await.to, "/kiosk");
    let drawn = tablet.kinds().await.into_iter().filter(|kind| kind == "ticket.issued").count();
    assert_eq!(drawn, 1);
}

#[tokio::test]
async fn a_number_that_opens_nothing_is_told_why_and_says_nothing_of_anybody() {
    let tablet = Tablet::paired().await;
    let other = booked(&tablet, datetime!(2026-11-25 10:00 +9)).await;
    let early = booked(&tablet, datetime!(2026-11-24 11:00 +9)).await;
    let strange = Number::draw(&SeededChance::new(99)).digits();
    for (typed, said) in [
        ("".to_owned(), "この番号の予約は見つかりません"),
        ("123".to_owned(), "この番号の予約は見つかりません"),
        (strange, "この番号の予約は見つかりません"),
        (other.number.digits(), "この予約は11月25日（水）のものです。"),
        (early.number.digits(), "受付は 10:30 からです。"),
    ] {
        let refused = check_in(&tablet, &typed).await;
        assert!(refused.says(said), "{typed}: {}", refused.text);
    }
    tablet.clock.advance(Duration::from_secs(2 * 3_600 + 31 * 60));
    let late = check_in(&tablet, &early.number.digits()).await;
    assert!(late.says("ここでは受付できません"), "{}", late.text);
}

#[tokio::test]
async fn a_resident_books_another_day_and_keeps_the_number() {
    let tablet = Tablet::paired().await;
    let services = tablet.get("/kiosk/appointment/new?lang=ja").await;
    // What only staff book is not offered.
    assert!(services.says("引っ越しの手続き") && !services.says("会議室"), "{}", services.text);
    let days = tablet.get("/kiosk/appointment/new?lang=ja&service=moving").await;
    assert!(days.says("11月25日（水）") && !days.says("11月28日"), "{}", days.text);
    let times = "/kiosk/appointment/new?lang=ja&service=moving&day=2026-11-25";
    let op = tablet.get(times).await.hidden("op");
    let start = ("start", "2026-11-25T09:00:00.000+09:00");
    let fields = [("op", op.as_str()), ("service", "moving"), start];
    let held = tablet.post("/kiosk/appointment/hold", &fields).await;
    assert_eq!(held.to, "/kiosk/appointment/name", "{}", held.text);
    let form = tablet.get(&held.to).await;
    assert!(form.says("この席を 9:10 まで押さえています。"), "{}", form.text);
    let op = form.hidden("op");
    let wrong = [("op", op.as_str()), ("name", "試験　花子")];
    let wrong = tablet.post("/kiosk/appointment/name", &wrong).await;
    assert!(wrong.says("ひらがなかカタカナで入力してください。"), "{}", wrong.text);
    let op = wrong.hidden("op");
    let right = [("op", op.as_str()), ("name", "しけん　はなこ")];
    let booked = tablet.post("/kiosk/appointment/name", &right).await;
    assert_eq!(booked.to, "/kiosk/appointment/done", "{}", booked.text);
    let day = datetime!(2026-11-25 9:00 +9).date();
    let of_day = move |connection: &_| appointment::of_day(connection, day);
    let one = tablet.office.db.read(of_day).await.unwrap().remove(0);
    let page = tablet.get(&booked.to).await;
    assert!(page.says(&one.number.to_string()), "{}", page.text);
    assert!(page.says("11月25日（水） 9:00") && page.says("本人確認書類"));
    tablet.post("/kiosk/end", &[]).await;
    assert_eq!(tablet.get("/kiosk/appointment/done").await.to, "/kiosk");
}

#[tokio::test]
async fn whoever_goes_gives_the_seat_back_at_once() {
    let tablet = Tablet::paired().await;
    let times = "/kiosk/appointment/new?lang=ja&service=moving&day=2026-11-25";
    let op = tablet.get(times).await.hidden("op");
    let start = ("start", "2026-11-25T09:00:00.000+09:00");
    let fields = [("op", op.as_str()), ("service", "moving"), start];
    tablet.post("/kiosk/appointment/hold", &fields).await;
    tablet.post("/kiosk/end", &[]).await;
    let kinds = tablet.kinds().await;
    assert!(
        kinds.ends_with(&["appointment.held".into(), "appointment.lapsed".into()]),
        "{kinds:?}"
    );
    assert_eq!(tablet.get("/kiosk/appointment/name").await.to, "/kiosk");
}

#[tokio::test]
async fn a_page_that_nobody_is_at_any_more_forgets_by_itself() {
    let tablet = Tablet::paired().await;
    let one = booked(&tablet, TEN).await;
    tablet.clock.advance(Duration::from_secs(40 * 60));
    check_in(&tablet, &one.number.digits()).await;
    assert!(tablet.get("/kiosk/appointment/done").await.says("B1"));
    tablet.clock.advance(Duration::from_secs(151));
    assert_eq!(tablet.get("/kiosk/appointment/done").await.to, "/kiosk");
}

#[tokio::test]
async fn while_a_visit_stands_there_nobody_checks_in() {
    let tablet = Tablet::paired().await;
    tablet.arrive("ja").await;
    for path in ["/kiosk/appointment", "/kiosk/appointment/new", "/kiosk/appointment/done"] {
        assert_eq!(tablet.get(path).await.to, "/kiosk", "{path}");
    }
}

/// Opens the page for numbers, and shows one that is to be changed.
async fn find(tablet: &Tablet, text: &str) -> Answer {
    let op = tablet.get("/kiosk/appointment?lang=ja").await.hidden("op");
    tablet.post("/kiosk/appointment/mine", &[("op", &op), ("text", text)]).await
}

#[tokio::test]
async fn whoever_booked_changes_the_time_at_the_tablet_and_keeps_the_number() {
    let tablet = Tablet::paired().await;
    let one = booked(&tablet, TEN).await;
    assert_eq!(find(&tablet, &one.number.to_string()).await.to, "/kiosk/appointment/mine");
    let page = tablet.get("/kiosk/appointment/mine").await;
    assert!(page.says("11月24日（火） 10:00") && page.says("日時を変える"), "{}", page.text);
    let days = tablet.get("/kiosk/appointment/move").await;
    assert!(days.says("今の予約：11月24日（火） 10:00"), "{}", days.text);
    let times = tablet.get("/kiosk/appointment/move?day=2026-11-25").await;
    let (op, version) = (times.hidden("op"), times.hidden("version"));
    let start = ("start", "2026-11-25T11:00:00.000+09:00");
    let fields = [("op", op.as_str()), ("version", version.as_str()), start];
    let moved = tablet.post("/kiosk/appointment/move", &fields).await;
    assert_eq!(moved.to, "/kiosk/appointment/done", "{}", moved.text);
    let done = tablet.get(&moved.to).await;
    assert!(done.says("予約の日時を変えました") && done.says("11月25日（水） 11:00"));
    assert!(done.says(&one.number.to_string()), "{}", done.text);
    assert_eq!(now(&tablet, &one).await.start, datetime!(2026-11-25 11:00 +9));
}

#[tokio::test]
async fn whoever_shows_the_code_on_another_day_may_change_it_or_call_it_off() {
    let tablet = Tablet::paired().await;
    let one = booked(&tablet, datetime!(2026-11-25 10:00 +9)).await;
    let page = check_in(&tablet, &one.number.digits()).await;
    assert!(page.says("この予約は11月25日（水）のものです。"), "{}", page.text);
    let (op, version) = (page.hidden("op"), page.hidden("version"));
    let fields = [("op", op.as_str()), ("version", version.as_str())];
    let off = tablet.post("/kiosk/appointment/cancel", &fields).await;
    assert_eq!(off.to, "/kiosk/appointment/done", "{}", off.text);
    assert!(tablet.get(&off.to).await.says("予約を取り消しました"));
    assert_eq!(now(&tablet, &one).await.state, At::Cancelled);
    // The next one there sees nothing of it, and the old form does nothing.
    tablet.post("/kiosk/end", &[]).await;
    assert_eq!(tablet.get("/kiosk/appointment/mine").await.to, "/kiosk");
    assert_eq!(tablet.post("/kiosk/appointment/cancel", &fields).await.to, "/kiosk");
}

#[tokio::test]
async fn what_has_begun_is_changed_by_nobody_at_the_tablet() {
    let tablet = Tablet::paired().await;
    let one = booked(&tablet, TEN).await;
    tablet.clock.advance(Duration::from_secs(3_600));
    find(&tablet, &one.number.digits()).await;
    let page = tablet.get("/kiosk/appointment/mine").await;
    assert!(!page.says("日時を変える") && page.says("職員をお呼びください"), "{}", page.text);
}
