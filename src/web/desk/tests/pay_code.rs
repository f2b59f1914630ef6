//! The code that a resident pays by.

use super::*;

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
