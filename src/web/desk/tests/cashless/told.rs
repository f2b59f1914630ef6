//! What a clerk is told speaks of what is really so: of this payment, of that day, of the
//! way of paying that was chosen.

use super::going_back::{VOID, paid_at};
use super::*;
use crate::terminal::Taken;

#[tokio::test]
async fn a_slip_of_an_earlier_day_is_told_with_its_day_and_so_are_the_times() {
    let town = Town::staffed().await;
    let (paid, unknown) = (town.visit("juminhyo").await, town.visit("juminhyo").await);
    let slip = [("act", "authorised"), ("brand", "visa"), ("slip", "00007")];
    let bill_of = async |visit| {
        let bill = bill(&town, "clerk", visit).await;
        bill.press(&[("act", "cashless:credit"), AT_T2]).await;
        bill
    };
    bill_of(paid).await.press(&slip).await;
    let other = bill_of(unknown).await;
    other.refused(&slip, "今日のほかの収納か返金で使われています").await;
    other.press(&[("act", "unknown")]).await;
    assert!(!other.page().await.says("11月24日"), "{}", other.page().await.text());

    town.clock.advance(Duration::from_secs(24 * 60 * 60));
    let other = bill(&town, "supervisor", unknown).await;
    other.refused(&slip, "11月24日（火）のほかの収納か返金で使われています").await;
    assert!(other.page().await.says("11月24日（火） "), "{}", other.page().await.text());
    // Yesterday is closed all the same; today's list of what is not known says of when it is.
    let close = |day: &'static str| [("act", "close"), ("day", day), ("knows", "yes")];
    let why = [&close("2026-11-24")[..], &[("reason", "terminal_down")]].concat();
    let closed = other.clerk.post("/desk/closing", &why).await;
    assert!(closed.to.ends_with("note=closed"), "{}", closed.text());
    let page = other.clerk.get("/desk/closing").await;
    assert!(page.says("11月25日（水）の締め"), "{}", page.text());
    assert!(page.says("11月24日（火） "), "{}", page.text());
}

#[tokio::test]
async fn what_became_known_meanwhile_is_not_said_to_be_a_payment_that_cannot_be_taken_back() {
    let town = Town::staffed().await;
    let visit = town.visit("juminhyo").await;
    let bill = bill(&town, "clerk", visit).await;
    bill.press(&[("act", "cashless:credit"), AT_T2]).await;
    let page = bill.page().await;
    let paid = page.hidden("payment").to_owned();
    bill.press(&[("act", "declined")]).await;
    let slip = [("act", "authorised"), ("brand", "visa"), ("slip", "1"), ("payment", &*paid)];
    let late = bill.clerk.post(&bill.path, &slip).await;
    assert!(late.says("結果は、もう記録されています"), "{}", late.text());
    assert!(!late.says("取り消せません"), "{}", late.text());
}

#[tokio::test]
async fn what_was_given_back_in_part_is_not_voided_and_the_page_says_so() {
    let town = Town::staffed().await;
    let visit = town.visit("juminhyo").await;
    let bill = bill(&town, "supervisor", visit).await;
    bill.press(&[("act", "cash"), ("received", "900")]).await;
    let back = [("act", "refund"), ("reason", "asked"), ("item", "03-01"), ("back", "300")];
    bill.press(&back).await;
    // The page of another counter still offers it.
    bill.refused(&VOID_BY_HAND, "一部をもう還付している").await;
}

const VOID_BY_HAND: [(&str, &str); 2] = [("act", "void"), ("reason", "asked")];

/// Always answers that this brand was paid with.
struct Takes(&'static str);

impl Terminal for Takes {
    fn ask(&self, _: &Asked) -> Result<Said, Silence> {
        let slip = payment::SlipNumber::typed("00001").unwrap();
        Ok(Said::Taken(Taken { brand: self.0.to_owned(), slip }))
    }

    fn look_up(&self, asked: &Asked) -> Result<Found, Silence> {
        self.ask(asked).map(Found::Said)
    }
}

#[tokio::test]
async fn a_brand_of_another_way_of_paying_is_not_called_one_that_nobody_knows() {
    for (brand, told) in [
        ("transit", "選んだものとちがう支払い方法のブランドで答えました"),
        ("strange", "設定（cashless.toml）にないブランドで答えました"),
    ] {
        let town = Town::staffed().await;
        town.office.terminals.add("t1", Arc::new(Takes(brand)));
        let visit = town.visit("juminhyo").await;
        let bill = bill(&town, "clerk", visit).await;
        bill.press(&AT_T1).await;
        becomes(&town, visit, &[Unknown]).await;
        let page = bill.page().await;
        assert!(page.says(told), "{brand}: {}", page.text());
    }
}

#[tokio::test]
async fn a_void_that_a_clerk_saw_is_not_called_a_refund() {
    let town = Town::staffed().await;
    let silent = Simulated { looks_up: false, ..simulated(Mood::Silent) };
    let (bill, _) = paid_at(&town, "clerk", silent).await;
    bill.press(&VOID).await;
    while !bill.page().await.says("返金されたかどうか、まだ分かりません") {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let back = bill.page().await.hidden("give_back").to_owned();
    let given = [("act", "given"), ("slip", "00002"), ("give_back", &*back)];
    let noted = bill.clerk.post(&bill.path, &given).await;
    let page = bill.clerk.get(&noted.to).await;
    assert!(page.says("返金を記録しました") && !page.says("還付しました"), "{}", page.text());
}
