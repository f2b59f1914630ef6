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

#[tokio::test]
async fn a_clock_that_jumped_is_told_of_until_it_went_evenly_again() {
    let town = Town::staffed().await;
    let look = || town.office.clock_watch.look(&*town.office.journal.clock, false);
    let says = async |said: &str| {
        town.sign_in("supervisor").await.get("/desk/supervisor").await.says(said)
    };
    look();
    assert!(!says("この機械の時計が").await);
    town.clock.hold(time::macros::datetime!(2026-11-25 9:00 +9));
    look();
    assert!(says("この機械の時計が急に動き、いま 11月25日（水） 9:00 になっています。").await);
    town.clock.advance(crate::clock::watch::EVENLY);
    look();
    assert!(!says("この機械の時計が").await);
}

#[tokio::test]
async fn what_became_of_appointments_stands_beside_the_day_and_in_a_file() {
    use crate::appointment::{self, By, Told};
    use crate::db::Tx;

    let town = Town::staffed().await;
    let office = town.office.clone();
    let plan = office.config.appointments().unwrap();
    let service = &plan.services[0];
    let start = {
        let today = office.journal.now().date();
        let later = std::iter::successors(today.next_day(), |day| day.next_day());
        let mut slots = later.filter_map(|day| plan.slots(service, day).ok());
        slots.next().unwrap()[0].start
    };
    let (own, id) = (office.clone(), service.id.clone());
    let book = move |tx: &Tx<'_>| {
        let (journal, plan) = (&own.journal, own.config.appointments().unwrap());
        let who = appointment::state::Who::Staff;
        let by = || By { op: journal.op(), actor: crate::journal::Actor::System, who };
        let held = appointment::hold(tx, journal, plan, by(), (&id, start))?;
        appointment::book(tx, journal, by(), held.id, &Told::default()).map(drop)
    };
    office.db.write(book).await.unwrap();
    town.clock.advance((start - office.journal.now()).unsigned_abs() + Duration::from_secs(3600));
    let own = office.clone();
    let tidy = move |tx: &Tx<'_>| {
        appointment::tidy(tx, &own.journal, own.config.appointments(), 7).map(drop)
    };
    office.db.write(tidy).await.unwrap();
    let day = crate::clock::iso_day(start.date());
    let supervisor = town.sign_in("supervisor").await;
    let row = format!(
        "<td class=\"words\">{}</td><td>1</td><td>0</td><td>1</td><td>0</td></tr>",
        service.name.in_lang(crate::lang::Lang::Ja)
    );
    let page = supervisor.get(&format!("/desk/supervisor/days/{day}")).await;
    assert!(page.text().contains(&row), "{}", page.text());
    town.clock.advance(Duration::from_secs(24 * 3600));
    let supervisor = town.sign_in("supervisor").await;
    let page = supervisor.get("/desk/supervisor/days").await;
    assert!(page.says("/desk/supervisor/appointments.csv"), "{}", page.text());
    let file = supervisor.get("/desk/supervisor/appointments.csv").await;
    assert!(file.text().contains(&format!("{day},{},1,0,1,0", service.id)), "{}", file.text());
}

#[tokio::test]
async fn days_that_are_over_stand_in_figures_beside_the_same_weekday_and_as_files() {
    use crate::db::Tx;
    use crate::queue::report;
    use crate::queue::wait::Kept;

    let town = Town::staffed().await;
    for _ in 0..3 {
        town.visit("tenkyo").await;
    }
    let supervisor = town.sign_in("supervisor").await;
    let none = supervisor.get("/desk/supervisor/days").await;
    assert!(none.says("終わった日がまだありません"), "{}", none.text());
    let today = supervisor.get("/desk/supervisor/days/2026-11-24").await;
    assert!(today.says("11月24日（火）"), "{}", today.text());
    assert!(today.says("3 枚の申請書を、手書きなしで作りました"), "{}", today.text());
    assert!(today.says("前の同じ曜日の記録なし"));
    town.clock.advance(Duration::from_secs(7 * 24 * 3600));
    town.visit("tenkyo").await;
    let journal = town.office.journal.clone();
    let close = move |tx: &Tx<'_>| {
        let (today, day) = (journal.now().date(), journal.now().date() - time::Duration::weeks(1));
        queue::close_day(tx, &journal, today)?;
        let counted = report::close_days(tx, &journal, today)?;
        report::judge(tx, &journal, day, Kept { judged: 10, kept: 9 })?;
        Ok::<_, queue::Error>(counted)
    };
    assert_eq!(town.office.db.write(close).await.unwrap(), 1);
    let supervisor = town.sign_in("supervisor").await;
    let days = supervisor.get("/desk/supervisor/days").await;
    assert!(days.says("待った 10 人のうち 90% の方を"), "{}", days.text());
    assert!(
        days.text().contains("<a href=\"/desk/supervisor/days/2026-11-24\">11月24日（火）</a>")
    );
    let beside = supervisor.get("/desk/supervisor/days/2026-12-01").await;
    let row = "<th scope=\"row\">来た方（人）</th><td>1</td><td>3</td>";
    assert!(beside.text().contains(row), "{}", beside.text());
    let file = supervisor.get("/desk/supervisor/days.csv").await;
    assert!(file.text().contains("2026-11-24,all,3,0,0,0,0,0,0,3,"), "{}", file.text());
    let tickets = supervisor.get("/desk/supervisor/days/2026-11-24/tickets.csv").await;
    assert_eq!(tickets.text().lines().count(), 4, "{}", tickets.text());
    assert!(!tickets.text().contains("花子") && !days.says("花子"));
    for nothing in ["2026-11-25", "yesterday"] {
        let page = supervisor.get(&format!("/desk/supervisor/days/{nothing}")).await;
        assert_eq!(page.status, axum::http::StatusCode::NOT_FOUND, "{nothing}");
    }
}
