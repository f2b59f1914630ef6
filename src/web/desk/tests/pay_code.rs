//! The code that a resident pays by.

use super::*;
use crate::payment as payments;

#[tokio::test]
async fn the_code_is_for_what_is_owed_now_and_for_nothing_else() {
    let town = Town::staffed().await;
    let visit = town.visit("juminhyo").await;
    let clerk = town.sign_in("clerk").await;
    let bill = format!("/desk/visits/{visit}/payment");
    let road = format!("{bill}/code");
    let page = clerk.get(&bill).await;
    assert!(page.says(&road), "{}", page.text());
    let code = clerk.get(&road).await;
    assert!(code.says("900円") && code.says("pay-qr"), "{}", code.text());
    assert!(code.says("このコードは 9:05 まで使えます"), "{}", code.text());
    assert!(code.says("content=\"300;url=?expired=1\""), "it goes by itself");
    // Whoever looks at the screen afterwards finds no code on it.
    let expired = clerk.get(&format!("{road}?expired=1")).await;
    assert!(expired.says("期限が切れました") && !expired.says("pay-qr"), "{}", expired.text());
    let fields = [("charge", page.hidden("charge")), ("amount", page.hidden("amount"))];
    let fields = [&fields[..], &[("act", "cash"), ("received", "900"), ("counter", "1")]].concat();
    clerk.post(&bill, &fields).await;
    let paid = clerk.get(&road).await;
    assert!(paid.says("いまは使いません") && !paid.says("pay-qr"), "{}", paid.text());
    let kinds = town.kinds().await;
    let shown = kinds.iter().filter(|kind| *kind == "payment.code_shown").count();
    assert_eq!(shown, 1, "{kinds:?}");
}

#[tokio::test]
async fn a_town_without_a_number_of_its_own_shows_none() {
    let (mut office, clock, folder) = example::office(false).await;
    Arc::get_mut(&mut office).unwrap().config.site.jpqr = None;
    let town = Town { router: router(office.clone()), office, clock, folder };
    town.add("clerk", Role::Clerk, false).await;
    let visit = town.visit("juminhyo").await;
    let clerk = town.sign_in("clerk").await;
    let bill = format!("/desk/visits/{visit}/payment");
    assert!(!clerk.get(&bill).await.says("JPQR"));
    let code = clerk.get(&format!("{bill}/code")).await;
    assert!(!code.says("pay-qr"), "{}", code.text());
}

/// The reference that stands on the screen with the code.
async fn reference(clerk: &Browser<'_>, road: &str) -> String {
    let code = clerk.get(road).await;
    let (_, after) = code.text().split_once("照合番号 ").unwrap();
    after.split('<').next().unwrap().to_owned()
}

#[tokio::test]
async fn what_was_paid_by_the_code_is_recorded_by_its_own_reference() {
    let town = Town::staffed().await;
    let (visit, other) = (town.visit("juminhyo").await, town.visit("juminhyo").await);
    let bill = payment::bill(&town, "clerk", visit).await;
    let road = format!("{}/code", bill.path);
    let own = reference(&bill.clerk, &road).await;
    assert_eq!(own.len(), 11, "as long as a slip's number: {own}");
    assert_eq!(reference(&bill.clerk, &road).await, own, "as long as nobody tried to pay");
    let of_other = reference(&bill.clerk, &format!("/desk/visits/{other}/payment/code")).await;
    let op = town.office.journal.op().to_string();
    let paid = |number| [("op", &*op), ("act", "by_code"), ("brand", "paypay"), ("slip", number)];
    let page = bill.page().await;
    let seen = [("charge", page.hidden("charge")), ("amount", page.hidden("amount"))];
    let seen = [&seen[..], &[("counter", "1")]].concat();
    let press = async |fields: &[(&str, &str)]| {
        bill.clerk.post(&bill.path, &[&seen, fields].concat()).await
    };
    for (number, refused) in [
        (of_other.as_str(), "この会計のコードのものではありません"),
        ("00000000000", "この会計のコードのものではありません"),
        ("4980 1234 5678 9012", "伝票番号として読めません"),
    ] {
        bill.refused(&paid(number), refused).await;
    }
    let card = [("act", "by_code"), ("brand", "visa"), ("slip", &*own)];
    bill.refused(&card, "このブランドは").await;
    assert_eq!(payment::states(&town, visit).await, []);
    let small = own.to_lowercase();
    for _ in 0..2 {
        let taken = press(&paid(&small)).await;
        assert!(taken.to.ends_with("note=paid"), "{}", taken.text());
    }
    let other = [("op", &*op), ("act", "by_code"), ("brand", "d_pay"), ("slip", &*own)];
    payment::conflicts(&press(&other).await);
    let page = bill.page().await;
    assert!(page.says(&format!("伝票 {own} · JPQR · みほん決済株式会社")), "{}", page.text());
    let today = town.office.journal.now().date();
    let totals = town.office.db.read(move |look| payments::totals(look, today)).await.unwrap();
    let all = [("qr:paypay".to_owned(), 900), ("revenue:03-01".to_owned(), -900)];
    assert_eq!(totals.accounts.into_iter().collect::<Vec<_>>(), all);
    // No terminal saw it: whoever tells of it tells of it apart.
    let supervisor = town.sign_in("supervisor").await;
    let closing = supervisor.get("/desk/closing").await;
    assert!(closing.says("JPQR（画面のコード） PayPay"), "{}", closing.text());
    let page = bill.page().await;
    assert!(
        page.says("先に、決済会社の管理画面で") && !page.says("先に、端末で"),
        "{}",
        page.text()
    );
    // Taken back and paid once more, it is another code.
    bill.press(&[("act", "void"), ("reason", "asked")]).await;
    let next = reference(&bill.clerk, &road).await;
    assert_ne!(next, own);
    let again = |number| [("act", "by_code"), ("brand", "paypay"), ("slip", number)];
    bill.refused(&again(&own), "今日のほかの収納か返金で使われています").await;
    bill.press(&again(&next)).await;
    let (voided, paid) = (payments::State::Voided, payments::State::Authorised);
    assert_eq!(payment::states(&town, visit).await, [voided, paid]);
    let found = bill.clerk.get(&format!("/desk/payments?find={next}")).await;
    assert!(found.says(&bill.path), "{}", found.text());
}
