//! The end of a day at the desk.

use time::macros::datetime;

use super::*;
use crate::payment::{self, By, Outcome, Request, Tender};

const DAY: &str = "2026-11-24";

/// Somebody pays 900 yen in cash.
async fn pay(town: &Town) {
    let visit = town.visit("juminhyo").await;
    let clerk = town.sign_in("clerk").await;
    let bill = format!("/desk/visits/{visit}/payment");
    let page = clerk.get(&bill).await;
    let (charge, amount) = (page.hidden("charge"), page.hidden("amount"));
    let fields = [("charge", charge), ("amount", amount), ("act", "cash"), ("received", "900")];
    clerk.post(&bill, &[&fields[..], &[("counter", "1")]].concat()).await;
}

/// A terminal was silent, or said that this slip was paid.
async fn by_terminal(town: &Town, slip: Option<payment::Slip>) {
    let visit = town.visit("juminhyo").await;
    let journal = town.office.journal.clone();
    let pay = move |tx: &crate::db::Tx<'_>| -> Result<(), payment::Error> {
        let charge = payment::charge_of(tx, visit)?.unwrap();
        let by = || By { op: journal.op(), actor: Actor::System };
        let request = Request {
            charge: charge.id,
            amount: charge.total,
            tender: Tender::Emoney,
            counter: 1,
            at: None,
        };
        let begun = payment::start(tx, &journal, by(), &request)?;
        let outcome = match slip {
            Some(slip) => Outcome::Authorised(Some(slip)),
            None => Outcome::Unknown,
        };
        payment::settle(tx, &journal, by(), (begun.id, &outcome)).map(drop)
    };
    town.office.db.write(pay).await.unwrap();
}

async fn close(supervisor: &Browser<'_>, more: &[(&str, &str)]) -> Answer {
    let fields = [&[("act", "close"), ("day", DAY)][..], more].concat();
    supervisor.post("/desk/closing", &fields).await
}

#[tokio::test]
async fn a_day_is_counted_closed_and_printed() {
    let town = Town::staffed().await;
    pay(&town).await;
    let supervisor = town.sign_in("supervisor").await;
    let page = supervisor.get("/desk/closing").await;
    assert!(page.says("11月24日（火）の締め") && page.says("帳簿では 900円"), "{}", page.text());
    assert!(page.says("窓口 1 の現金を数えていません"), "{}", page.text());
    let warned = close(&supervisor, &[]).await;
    assert!(warned.says("締める前に確かめることが残っています"), "{}", warned.text());
    let count = [("act", "count"), ("day", DAY), ("counter", "1"), ("counted", "８５０")];
    let counted = supervisor.post("/desk/closing", &count).await;
    assert_eq!(counted.to, "/desk/closing?note=counted", "{}", counted.text());
    let page = supervisor.get("/desk/closing").await;
    assert!(page.says("帳簿では 850円"), "{}", page.text());
    // What is short is below nothing, as on the paper.
    assert!(page.says("現金過不足</th><td>-50円"), "{}", page.text());
    let closed = close(&supervisor, &[]).await;
    assert_eq!(closed.to, "/desk/closing/2026-11-24?note=closed", "{}", closed.text());
    let page = supervisor.get(&closed.to).await;
    assert!(page.says("この日は締めました") && page.says("記録簿 "), "{}", page.text());
    let paper = supervisor.get("/desk/closing/2026-11-24/paper.pdf").await;
    assert!(paper.body.starts_with(b"%PDF"));
    let sums = supervisor.get("/desk/closing/2026-11/sums.csv").await;
    assert!(sums.says("2026-11-24,all,,,1,0,900,0,900,-50"), "{}", sums.text());
    for nothing in ["2026-11-24/x.csv", "2026-13/sums.csv", "x/paper.pdf"] {
        let answer = supervisor.get(&format!("/desk/closing/{nothing}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{nothing}");
    }
    // What is paid now belongs to tomorrow.
    assert!(supervisor.get("/desk/closing").await.says("今日は締めました"));
    let again = close(&supervisor, &[]).await;
    assert!(again.says("もう締めてあります"), "{}", again.text());
}

#[tokio::test]
async fn what_is_not_known_keeps_the_day_open_unless_a_supervisor_says_why() {
    let town = Town::staffed().await;
    by_terminal(&town, None).await;
    let supervisor = town.sign_in("supervisor").await;
    let page = supervisor.get("/desk/closing").await;
    assert!(page.says("電子マネー 900円"), "{}", page.text());
    let refused = close(&supervisor, &[("knows", "yes")]).await;
    assert!(refused.says("未了が 1 件あります"), "{}", refused.text());
    let strange = close(&supervisor, &[("reason", "asked")]).await;
    assert_eq!(strange.status, StatusCode::BAD_REQUEST);
    let closed = close(&supervisor, &[("reason", "terminal_down")]).await;
    assert!(closed.to.ends_with("note=closed"), "{}", closed.text());
}

#[tokio::test]
async fn the_terminals_totals_stand_beside_the_books_and_differences_are_named() {
    let town = Town::staffed().await;
    let slip = payment::Slip {
        brand: "transit".into(),
        acquirer: "mihon_pay".into(),
        terminal: "t1".into(),
        number: payment::SlipNumber::typed("00001").unwrap(),
    };
    by_terminal(&town, Some(slip)).await;
    let supervisor = town.sign_in("supervisor").await;
    let page = supervisor.get("/desk/closing").await;
    assert!(page.says("突き合わせていません"), "{}", page.text());
    let told = |count: &'static str, amount: &'static str| {
        [
            ("act", "compare"),
            ("day", DAY),
            ("account", "emoney:transit"),
            ("told_count", count),
            ("told_amount", amount),
        ]
    };
    let strange = supervisor.post("/desk/closing", &told("x", "900")).await;
    assert!(strange.says("数字で入れて"), "{}", strange.text());
    let other = [("account", "credit:visa"), ("told_count", ""), ("told_amount", "300")];
    let fields = [&told("1", "900")[..], &other].concat();
    let compared = supervisor.post("/desk/closing", &fields).await;
    assert!(compared.to.ends_with("note=compared"), "{}", compared.text());
    let page = supervisor.get(&compared.to).await;
    assert!(page.says("違いがあります") && page.says("クレジット Visa"), "{}", page.text());
    assert!(close(&supervisor, &[]).await.says("締める前に確かめること"));
    supervisor.post("/desk/closing", &told("1", "900")).await;
    assert!(supervisor.get("/desk/closing").await.says("すべて一致しています"));
    let closed = close(&supervisor, &[]).await;
    assert!(closed.to.ends_with("note=closed"), "{}", closed.text());
}

#[tokio::test]
async fn a_clock_that_was_set_back_over_midnight_closes_nothing_and_says_so() {
    let town = Town::staffed().await;
    pay(&town).await;
    town.clock.hold(datetime!(2026-11-23 9:00 +9));
    let supervisor = town.sign_in("supervisor").await;
    let page = supervisor.get("/desk/closing").await;
    assert!(page.says("帳簿の最後の日（11月24日（火））より前です"), "{}", page.text());
    let refused = close(&supervisor, &[("knows", "yes")]).await;
    assert!(refused.says("まだ締められません"), "{}", refused.text());
    let count = [("act", "count"), ("day", DAY), ("counter", "1"), ("counted", "900")];
    let refused = supervisor.post("/desk/closing", &count).await;
    assert!(refused.says("帳簿の最後の日（11月24日（火））より前です"), "{}", refused.text());
}

#[tokio::test]
async fn only_what_moved_is_listed_and_the_rest_is_folded() {
    let town = Town::staffed().await;
    let supervisor = town.sign_in("supervisor").await;
    let folded = "<summary>ほかのブランド</summary>";
    let page = supervisor.get("/desk/closing").await;
    assert!(page.says("決済端末での支払いがありません"), "{}", page.text());
    assert!(page.says("まだ何も収納していません"), "{}", page.text());
    let (before, after) = page.text().split_once(folded).unwrap();
    assert!(!before.contains("emoney:transit") && after.contains("emoney:transit"));
    let slip = payment::Slip {
        brand: "transit".into(),
        acquirer: "mihon_pay".into(),
        terminal: "t1".into(),
        number: payment::SlipNumber::typed("00001").unwrap(),
    };
    by_terminal(&town, Some(slip)).await;
    let page = supervisor.get("/desk/closing").await;
    let (before, after) = page.text().split_once(folded).unwrap();
    assert!(before.contains("emoney:transit") && !after.contains("emoney:transit"));
}
