//! A clerk keys the amount into a terminal that nobody asks, and types what its slip says.

use super::*;

#[tokio::test]
async fn a_clerk_types_the_number_of_the_slip_and_never_that_of_a_card() {
    let town = Town::staffed().await;
    let visit = town.visit("juminhyo").await;
    let bill = bill(&town, "clerk", visit).await;
    let page = bill.page().await;
    assert!(page.says("持ち運びの決済端末") && page.says("交通系IC"), "{}", page.text());
    assert!(!page.says("1番の決済端末"), "nobody simulates one here: {}", page.text());
    // What this terminal does not take, and one that is not there.
    for (act, terminal) in
        [("cashless:emoney:nanaco", "t2"), ("cashless:emoney", "t2"), ("cashless:credit", "t1")]
    {
        let refused = bill.press(&[("act", act), ("terminal", terminal)]).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{act}");
    }
    let begun = bill.press(&[("act", "cashless:credit"), AT_T2]).await;
    assert!(begun.to.ends_with("note=begun"), "{}", begun.text());
    let page = bill.page().await;
    assert!(page.says("持ち運びの決済端末に 900円 と入れて"), "{}", page.text());
    assert!(!page.says("お預かりした金額"), "nobody pays twice: {}", page.text());
    let slip = |number: &'static str| [("act", "authorised"), ("brand", "visa"), ("slip", number)];
    bill.refused(&slip("4980 1234 5678 9012"), "カードの番号は入れないで").await;
    bill.refused(&slip(""), "伝票番号として読めません").await;
    let strange = [("act", "authorised"), ("brand", "transit"), ("slip", "123")];
    bill.refused(&strange, "このブランドは").await;
    assert!(!bill.page().await.says("4980"));
    let paid = bill.press(&slip("００１２３")).await;
    assert!(paid.to.ends_with("note=paid"), "{}", paid.text());
    let page = bill.page().await;
    assert!(page.says("伝票 00123 · 持ち運びの決済端末 · みほんカード株式会社"), "{}", page.text());
    assert_eq!(
        accounts(&town).await,
        [("credit:visa".to_owned(), 900), ("revenue:03-01".to_owned(), -900)]
    );
    assert!(page.says("先に、端末で取り消してください"), "{}", page.text());
    bill.press(&[("act", "void"), ("reason", "asked")]).await;
    assert_eq!(states(&town, visit).await, [Voided]);
}

#[tokio::test]
async fn what_the_terminal_does_not_take_back_is_given_back_in_cash() {
    let town = Town::staffed().await;
    let visit = town.visit("juminhyo").await;
    let clerk = bill(&town, "clerk", visit).await;
    clerk.press(&[("act", "cashless:emoney:transit"), AT_T2]).await;
    let page = clerk.page().await;
    assert!(page.says("<option value=\"transit\" selected>"), "{}", page.text());
    clerk.press(&[("act", "authorised"), ("brand", "transit"), ("slip", "7")]).await;
    let page = clerk.page().await;
    assert!(page.says("端末で取り消せません") && !page.says("収納を取り消す"), "{}", page.text());
    let supervisor = bill(&town, "supervisor", visit).await;
    let page = supervisor.page().await;
    assert!(page.says("現金でお返しします") && !page.says("お返しする方法"), "{}", page.text());
    let back = [("act", "refund"), ("reason", "asked"), ("item", "03-01"), ("back", "900")];
    supervisor.press(&back).await;
    assert_eq!(states(&town, visit).await, [Refunded]);
    let all = [("cash:1", -900), ("emoney:transit", 900), ("revenue:03-01", 0)];
    assert_eq!(accounts(&town).await, all.map(|(name, yen)| (name.to_owned(), yen)));
}

#[tokio::test]
async fn a_card_is_given_back_at_the_terminal_or_in_cash() {
    let town = Town::staffed().await;
    let visit = town.visit("juminhyo").await;
    let supervisor = bill(&town, "supervisor", visit).await;
    supervisor.press(&[("act", "cashless:credit"), AT_T2]).await;
    supervisor.press(&[("act", "authorised"), ("brand", "jcb"), ("slip", "7")]).await;
    let back = |how: &'static str, yen: &'static str| {
        [("act", "refund"), ("reason", "asked"), ("item", "03-01"), ("back", yen), ("how", how)]
    };
    supervisor.press(&back("same", "600")).await;
    supervisor.press(&back("cash", "300")).await;
    let all = [("cash:1", -300), ("credit:jcb", 300), ("revenue:03-01", 0)];
    assert_eq!(accounts(&town).await, all.map(|(name, yen)| (name.to_owned(), yen)));
}

#[tokio::test]
async fn what_is_paid_in_cash_only_says_so_and_is_paid_so() {
    let town = Town::staffed().await;
    let visit = town.visit("juminhyo").await;
    let bill = bill(&town, "clerk", visit).await;
    let copies = [("path", "juminhyo.copies"), ("juminhyo.copies.wide_area", "1")];
    bill.clerk.post(&format!("/desk/visits/{visit}/answers"), &copies).await;
    let page = bill.page().await;
    assert!(page.says("現金だけで支払う証明書が入っています"), "{}", page.text());
    assert!(!page.says("cashless:"), "{}", page.text());
    let other = [("act", "cashless:credit"), AT_T2];
    bill.refused(&other, "現金だけで支払う証明書が入っています").await;
    assert_eq!(states(&town, visit).await, []);
}

#[tokio::test]
async fn what_nobody_knows_is_not_charged_again_until_somebody_looked() {
    let town = Town::staffed().await;
    let visit = town.visit("juminhyo").await;
    let bill = bill(&town, "clerk", visit).await;
    let before = bill.page().await;
    bill.press(&[("act", "cashless:qr"), AT_T2]).await;
    bill.press(&[("act", "unknown")]).await;
    let page = bill.page().await;
    assert!(page.says("もう一度請求しないで"), "{}", page.text());
    let cash = [("act", "cash"), ("received", "900"), ("counter", "1")];
    let [charge, amount] = seen(&before);
    let fields = [&[(charge.0, &*charge.1), (amount.0, &*amount.1)], &cash[..]].concat();
    let again = bill.clerk.post(&bill.path, &fields).await;
    assert!(again.says("すでに収納されているか"), "{}", again.text());
    bill.press(&[("act", "declined")]).await;
    // Found out once.
    let found = payments(&town, visit).await[0].id.to_string();
    let slip = [("act", "authorised"), ("brand", "paypay"), ("slip", "1"), ("payment", &*found)];
    let twice = bill.clerk.post(&bill.path, &slip).await;
    assert!(twice.says("結果は、もう記録されています"), "{}", twice.text());
    bill.press(&cash).await;
    assert_eq!(states(&town, visit).await, [Declined, Authorised]);
}
