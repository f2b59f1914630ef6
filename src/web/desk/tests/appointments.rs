//! Appointments at the desk, through the router.

use super::*;
use crate::appointment::state::{State, Who};
use crate::appointment::{self, Appointment, By, Told};
use crate::id::AppointmentId;

/// The town's clock stands at nine on Tuesday, 24 November 2026.
const TODAY: &str = "/desk/appointments?service=moving&day=2026-11-24";

/// An appointment for ten o'clock today, without a name, booked once a town.
pub(super) async fn booked(town: &Town) -> AppointmentId {
    let (office, start) = (town.office.clone(), time::macros::datetime!(2026-11-24 10:00 +9));
    let book = move |tx: &crate::db::Tx<'_>| -> Result<AppointmentId, appointment::Error> {
        let before = appointment::of_day(tx, start.date())?;
        if let Some(before) = before.first() {
            return Ok(before.id);
        }
        let (journal, plan) = (&office.journal, office.config.appointments().unwrap());
        let by = || By { op: journal.op(), actor: Actor::System, who: Who::Staff };
        let held = appointment::hold(tx, journal, plan, by(), ("moving", start))?;
        appointment::book(tx, journal, by(), held.id, &Told::default())?;
        Ok(held.id)
    };
    town.office.db.write(book).await.unwrap()
}

async fn appointment(town: &Town, id: AppointmentId) -> Appointment {
    let get = move |connection: &_| appointment::get(connection, id);
    town.office.db.read(get).await.unwrap().unwrap()
}

/// Books a slot for somebody at the telephone; the address of the appointment.
async fn book(clerk: &Browser<'_>, start: &str, name: &str) -> String {
    let held =
        clerk.post("/desk/appointments/hold", &[("service", "moving"), ("start", start)]).await;
    assert!(held.to.starts_with("/desk/appointments/"), "{}", held.text());
    let form = clerk.get(&held.to).await;
    assert!(form.says("この席を 9:10 まで押さえています。"), "{}", form.text());
    let booked = clerk.post(&format!("{}/book", held.to), &[("name", name)]).await;
    assert_eq!(booked.to, held.to, "{}", booked.text());
    held.to
}

#[tokio::test]
async fn a_clerk_books_for_somebody_at_the_telephone_and_reads_the_number_out() {
    let town = Town::staffed().await;
    let clerk = town.sign_in("clerk").await;
    let page = clerk.get(TODAY).await;
    assert!(page.says("11月24日（火）") && page.says("2 席のうち 2 席"), "{}", page.text());
    // At lunch one of the two eats; what has begun is offered no more.
    assert!(page.says("1 席のうち 1 席"));
    assert!(!page.says("value=\"2026-11-24T09:00:00.000+09:00\""));
    let one = book(&clerk, "2026-11-24T10:00:00.000+09:00", "しけん　はなこ").await;
    let page = clerk.get(&one).await;
    let id = one.rsplit('/').next().unwrap().parse().unwrap();
    let number = appointment(&town, id).await.number;
    assert!(page.says(&number.to_string()) && page.says("シケン　ハナコ"), "{}", page.text());
    assert!(page.says("本人確認書類") && page.says("15 分まで遅れても"));
    let day = clerk.get(TODAY).await;
    assert!(day.says("シケン　ハナコ") && day.says("2 席のうち 1 席"), "{}", day.text());
    let kinds = town.kinds().await;
    for kind in
        ["appointment.held", "appointment.booked", "appointment.viewed", "appointment.listed"]
    {
        assert!(kinds.iter().any(|one| one == kind), "{kind}: {kinds:?}");
    }
}

#[tokio::test]
async fn what_is_typed_wrongly_is_said_beside_the_box_and_the_seat_stays_held() {
    let town = Town::staffed().await;
    let clerk = town.sign_in("clerk").await;
    let start = [("service", "moving"), ("start", "2026-11-24T10:00:00.000+09:00")];
    let held = clerk.post("/desk/appointments/hold", &start).await.to;
    let refused = clerk.post(&format!("{held}/book"), &[("name", "試験　花子")]).await;
    assert!(refused.says("ひらがなかカタカナで入力してください。"), "{}", refused.text());
    assert!(refused.says("value=\"試験　花子\"") && refused.says("aria-invalid"));
    town.clock.advance(Duration::from_secs(600));
    let clerk = town.sign_in("clerk").await;
    let late = clerk.post(&format!("{held}/book"), &[("name", "しけん　はなこ")]).await;
    assert!(late.says("時間が過ぎたので、席を空けました"), "{}", late.text());
}

#[tokio::test]
async fn somebody_is_found_by_number_or_name_and_no_name_stands_in_an_address() {
    let town = Town::staffed().await;
    let clerk = town.sign_in("clerk").await;
    let one = book(&clerk, "2026-11-25T09:00:00.000+09:00", "しけん　はなこ").await;
    let other = book(&clerk, "2026-11-26T09:00:00.000+09:00", "みほん　たろう").await;
    let id = one.rsplit('/').next().unwrap().parse().unwrap();
    let number = appointment(&town, id).await.number;
    for typed in [number.to_string(), number.digits(), "はなこ".to_owned()] {
        let found = clerk.post("/desk/appointments", &[("find", &typed)]).await;
        assert_eq!(found.to, one, "{typed}");
    }
    let both = clerk.post("/desk/appointments", &[("find", "ん")]).await;
    assert!(both.says("見つかった予約（2 件）"), "{}", both.text());
    for address in [&one, &other] {
        assert!(both.says(address), "{}", both.text());
    }
    let nobody = clerk.post("/desk/appointments", &[("find", "だれか")]).await;
    assert!(nobody.says("見つかりませんでした"), "{}", nobody.text());
}

#[tokio::test]
async fn whoever_comes_gets_a_number_that_waits_as_of_the_slot() {
    let town = Town::staffed().await;
    let one = format!("/desk/appointments/{}", booked(&town).await);
    town.clock.advance(Duration::from_secs(30 * 60));
    let clerk = town.sign_in("clerk").await;
    let came = clerk.post(&format!("{one}/arrive"), &[]).await;
    assert_eq!(came.to, one, "{}", came.text());
    let page = clerk.get(&one).await;
    assert!(page.says(">B1</p>") && page.says("受付済"), "{}", page.text());
    let again = clerk.post(&format!("{one}/arrive"), &[]).await;
    assert!(again.says("この予約の状態が変わっています"), "{}", again.text());
    clerk.post("/desk/calling/open", &[("counter", "2")]).await;
    let calling = clerk.get("/desk/calling").await;
    assert!(calling.says("B1") && calling.says(">予約<"), "{}", calling.text());
    let taken_back = clerk.post(&format!("{one}/take-back"), &[]).await;
    assert_eq!(taken_back.to, one);
    assert!(clerk.get(&one).await.says("予約済"));
    assert!(!clerk.get("/desk/calling").await.says(">B1<"));
}

#[tokio::test]
async fn a_day_before_nobody_is_taken_in_and_the_page_says_when() {
    let town = Town::staffed().await;
    let clerk = town.sign_in("clerk").await;
    let one = book(&clerk, "2026-11-25T09:00:00.000+09:00", "しけん　はなこ").await;
    assert!(!clerk.get(&one).await.says("/arrive"));
    let early = clerk.post(&format!("{one}/arrive"), &[]).await;
    assert!(early.says("この予約は11月25日（水）のものです。"), "{}", early.text());
}

#[tokio::test]
async fn an_appointment_is_moved_and_called_off_unless_the_page_is_too_old() {
    let town = Town::staffed().await;
    let clerk = town.sign_in("clerk").await;
    let id = booked(&town).await;
    let one = format!("/desk/appointments/{id}");
    let choices = clerk.get(&format!("{one}/move")).await;
    assert!(choices.says("今の予約：引っ越しの手続き 11月24日（火） 10:00"), "{}", choices.text());
    let to = ("start", "2026-11-25T11:00:00.000+09:00");
    let old = clerk.post(&format!("{one}/move"), &[to, ("version", "1")]).await;
    assert!(old.says("ほかの画面で変わっています"), "{}", old.text());
    let version = choices.hidden("version").to_owned();
    let moved = clerk.post(&format!("{one}/move"), &[to, ("version", &version)]).await;
    assert_eq!(moved.to, one, "{}", moved.text());
    let now = appointment(&town, id).await;
    assert_eq!(now.start, time::macros::datetime!(2026-11-25 11:00 +9));
    let page = clerk.get(&one).await;
    let version = page.hidden("version").to_owned();
    clerk.post(&format!("{one}/cancel"), &[("version", &version)]).await;
    assert_eq!(appointment(&town, id).await.state, State::Cancelled);
    assert!(clerk.get(&one).await.says("取消"));
}

#[tokio::test]
async fn a_holiday_says_why_it_is_closed_and_leads_to_the_next_open_day() {
    let town = Town::staffed().await;
    let clerk = town.sign_in("clerk").await;
    for (day, why) in [
        ("2027-01-11", "成人の日のため、お休みです。"),
        ("2026-12-29", "年末年始のお休みです。"),
        ("2027-03-19", "窓口の機械の入れ替えのため、お休みです。"),
        ("2026-11-28", "この曜日は受け付けていません。"),
    ] {
        let page = clerk.get(&format!("/desk/appointments?service=moving&day={day}")).await;
        assert!(page.says(why), "{day}: {}", page.text());
    }
    let weekend = clerk.get("/desk/appointments?service=moving&day=2026-11-28").await;
    assert!(weekend.says("次に空いている日：11月30日（月）"), "{}", weekend.text());
}

#[tokio::test]
async fn the_list_keeps_itself_fresh_and_is_recorded_once_for_each_change() {
    let town = Town::staffed().await;
    let clerk = town.sign_in("clerk").await;
    let page = clerk.get(TODAY).await;
    let fresh = "/desk/appointments/day?service=moving&amp;day=2026-11-24";
    assert!(page.says(&format!("data-fresh=\"{fresh}\"")), "{}", page.text());
    let fresh = fresh.replace("&amp;", "&");
    let looks = async || {
        let kinds = town.kinds().await;
        kinds.iter().filter(|kind| *kind == "appointment.listed").count()
    };
    let before = looks().await;
    book(&clerk, "2026-11-24T10:00:00.000+09:00", "しけん　はなこ").await;
    for _ in 0..3 {
        let list = clerk.get(&fresh).await;
        assert!(list.says("シケン　ハナコ") && list.says("2 席のうち 1 席"), "{}", list.text());
        // Only the list: whatever is typed beside it stays.
        assert!(!list.says("id=\"find\""));
    }
    assert_eq!(looks().await, before + 1);
    book(&clerk, "2026-11-24T11:00:00.000+09:00", "みほん　たろう").await;
    assert!(clerk.get(&fresh).await.says("ミホン　タロウ"));
    assert_eq!(looks().await, before + 2);
}
