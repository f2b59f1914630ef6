//! Numbers on paper, typed in and printed, through the router.

use super::*;
use crate::queue::Ticket;
use crate::queue::state::State;

const HERE: &str = "/desk/spare";

/// Lines as the page sends them: number, came, called, ended, counter.
fn lines(town: &Town, entered: &[[&str; 5]]) -> Vec<(String, String)> {
    let mut fields = vec![("day".to_owned(), "2026-11-24".to_owned())];
    for line in entered {
        fields.push(("line".to_owned(), town.office.journal.op().to_string()));
        let names = ["number", "came", "called", "ended", "counter"];
        fields.extend(
            names.iter().zip(line).map(|(name, entry)| (name.to_string(), entry.to_string())),
        );
    }
    fields
}

async fn send(browser: &Browser<'_>, fields: &[(String, String)]) -> Answer {
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, entry)| (name.as_str(), entry.as_str())).collect();
    browser.post(HERE, &fields).await
}

async fn tickets(town: &Town) -> Vec<Ticket> {
    let day = town.office.journal.now().date();
    town.office.db.read(move |look| queue::of_day(look, day)).await.unwrap()
}

async fn contradiction(town: &Town) -> Option<String> {
    let look = |connection: &rusqlite::Connection| visit::verify::first_contradiction(connection);
    town.office.db.read(look).await.unwrap()
}

/// The morning is over in which the machine stood still.
async fn noon() -> Town {
    let town = Town::staffed().await;
    town.clock.hold(time::macros::datetime!(2026-11-24 12:00 +9));
    town
}

#[tokio::test]
async fn a_clerk_types_several_sheets_in_at_once_and_sent_twice_they_are_there_once() {
    let town = noon().await;
    let clerk = town.sign_in("clerk").await;
    assert!(clerk.get("/desk/guide").await.says("予備の番号札を入れる"));
    assert!(clerk.get(HERE).await.says("A901〜A950"));
    let fields = lines(
        &town,
        &[
            ["A903", "10:20", "", "", ""],
            ["９０１", "9:40", "9:55", "10:05", "2"],
            ["", "", "", "", ""],
            ["a902", "0950", "", "", ""],
        ],
    );
    for _ in 0..2 {
        let done = send(&clerk, &fields).await;
        assert_eq!(done.to, "/desk/spare?note=typed_in", "{}", done.text());
    }
    let came = |ticket: &Ticket| {
        (ticket.to_string(), crate::clock::hour_and_minute(ticket.arrived), ticket.leg().state)
    };
    assert_eq!(
        tickets(&town).await.iter().map(came).collect::<Vec<_>>(),
        [
            ("A903".to_owned(), "10:20".to_owned(), State::Waiting),
            ("A901".to_owned(), "9:40".to_owned(), State::Done),
            ("A902".to_owned(), "9:50".to_owned(), State::Waiting),
        ]
    );
    let page = clerk.get("/desk/spare?note=typed_in").await;
    assert!(page.says("番号札を入れました") && page.says(">9:50</td>"), "{}", page.text());
    // In the order in which they came; the clerk sees how long they have waited.
    clerk.post("/desk/calling/open", &[("counter", "1")]).await;
    clerk.post("/desk/calling/next", &[]).await;
    let called = clerk.get("/desk/calling").await;
    assert!(called.says("now-number\" aria-live=\"polite\">A902</p>"), "{}", called.text());
    assert_eq!(contradiction(&town).await, None);
}

#[tokio::test]
async fn what_is_wrong_is_said_beside_each_line_and_nothing_is_taken_in() {
    let town = noon().await;
    let clerk = town.sign_in("clerk").await;
    send(&clerk, &lines(&town, &[["A910", "9:00", "", "", ""]])).await;
    let entered = [
        ["A901", "9:40", "", "", ""],
        ["A12", "9:40", "", "", ""],
        ["A910", "9:40", "", "", ""],
        ["A902", "13:00", "", "", ""],
        ["A903", "朝", "", "", ""],
        ["A904", "9:40", "9:50", "", ""],
        ["A905", "9:40", "9:30", "9:50", "1"],
    ];
    let fields = lines(&town, &entered);
    let refused = send(&clerk, &fields).await;
    assert_eq!(refused.status, StatusCode::OK);
    for said in [
        "まだ一枚も入れていません",
        "この番号の予備の番号札はありません",
        "その日にもう使われています",
        "これから先の時刻です",
        "時刻を 9:05 か 0905 のように",
        "三つとも入れるか、三つとも空けて",
        "来られた時刻、呼んだ時刻、終わった時刻の順に",
        "value=\"朝\"",
    ] {
        assert!(refused.says(said), "{said}: {}", refused.text());
    }
    assert_eq!(refused.text().matches("class=\"why\"").count(), 6, "the first line is right");
    assert_eq!(tickets(&town).await.len(), 1);
    // Nothing was entered; the page lay open over night; the office was closed then.
    assert!(send(&clerk, &lines(&town, &[])).await.says("一行以上入れてください"));
    let fields = lines(&town, &[["A901", "9:40", "", "", ""]]);
    town.clock.hold(time::macros::datetime!(2026-11-25 12:00 +9));
    let clerk = town.sign_in("clerk").await;
    let late = send(&clerk, &fields).await;
    assert!(late.says("前の日の番号札は、対応が済んだ方のもの"), "{}", late.text());
    assert!(late.says("<option value=\"2026-11-24\" selected>"), "{}", late.text());
    assert!(tickets(&town).await.is_empty());
    // Whoever was served by hand then is taken in, of that day.
    let fields = lines(&town, &[["A901", "16:40", "16:50", "17:30", "1"]]);
    let done = send(&clerk, &fields).await;
    assert_eq!(done.to, "/desk/spare?note=typed_in", "{}", done.text());
    assert!(tickets(&town).await.is_empty(), "none of today");
    let page = clerk.get(HERE).await;
    assert!(
        page.says(">A901</td>") && page.says("前の開庁日（11月24日（火））"),
        "{}",
        page.text()
    );
    assert_eq!(contradiction(&town).await, None);
}

#[tokio::test]
async fn a_mistake_is_taken_out_until_it_is_called() {
    let town = noon().await;
    let clerk = town.sign_in("clerk").await;
    let entered = lines(&town, &[["A901", "9:40", "", "", ""], ["A902", "9:50", "", "", ""]]);
    send(&clerk, &entered).await;
    let [wrong, right] = tickets(&town).await.try_into().unwrap();
    let gone = clerk.post(&format!("{HERE}/{}", wrong.id), &[]).await;
    assert_eq!(gone.to, "/desk/spare?note=taken_out");
    clerk.post("/desk/calling/open", &[("counter", "1")]).await;
    clerk.post("/desk/calling/next", &[]).await;
    let called = clerk.post(&format!("{HERE}/{}", right.id), &[]).await;
    assert!(called.says("desk-refused"), "{}", called.text());
    send(&clerk, &lines(&town, &[["A901", "9:45", "", "", ""]])).await;
    let [gone, called, again] = tickets(&town).await.try_into().unwrap();
    assert_eq!(
        [gone, called, again].map(|one| one.leg().state),
        [State::Cancelled, State::Called, State::Waiting]
    );
    // A number that the machine drew is not taken out here.
    clerk.post("/desk/guide", &[("lane", "certificate")]).await;
    let drawn = tickets(&town).await.pop().unwrap();
    let not_paper = clerk.post(&format!("{HERE}/{}", drawn.id), &[]).await;
    assert_eq!(not_paper.status, StatusCode::NOT_FOUND);
    assert_eq!(contradiction(&town).await, None);
}

#[tokio::test]
async fn a_lane_that_was_closed_then_takes_no_sheet_of_that_time() {
    let hours = r#"days = ["tue"]
from = "9:00"
to = "12:00""#;
    let town = Town::changed(|config| config.lanes[0].hours = vec![toml::from_str(hours).unwrap()]);
    let town = town.await;
    town.add("clerk", Role::Clerk, false).await;
    town.clock.hold(time::macros::datetime!(2026-11-24 12:30 +9));
    let clerk = town.sign_in("clerk").await;
    for (came, is_taken) in [("8:59", false), ("12:00", false), ("9:00", true), ("11:59", true)] {
        let number = format!("A9{}", if came == "9:00" { "01" } else { "02" });
        let done = send(&clerk, &lines(&town, &[[&number, came, "", "", ""]])).await;
        assert_eq!(done.says("この系統の受付時間の外です"), !is_taken, "{came}: {}", done.text());
    }
    assert_eq!(tickets(&town).await.len(), 2);
}

#[tokio::test]
async fn the_sheets_are_printed_with_every_number_once() {
    let town = Town::staffed().await;
    let clerk = town.sign_in("clerk").await;
    let printed = clerk.get("/desk/spare/sheets.pdf?lane=certificate").await;
    assert_eq!(printed.status, StatusCode::OK);
    assert!(printed.body.starts_with(b"%PDF-"));
    assert_eq!(clerk.get("/desk/spare/sheets.pdf?lane=moving").await.status, StatusCode::NOT_FOUND);
}
