//! Two counters, and two screens.

use super::*;

#[tokio::test]
async fn two_counters_pay_one_charge_once() {
    let town = Town::staffed().await;
    let log = linked(&town, simulated(Mood::Approve));
    let visit = town.visit("juminhyo").await;
    let (one, other) = (bill(&town, "clerk", visit).await, bill(&town, "supervisor", visit).await);
    let [charge, amount] = seen(&one.page().await);
    let shown = [(charge.0, &*charge.1), (amount.0, &*amount.1), ("counter", "1")];
    let (at_terminal, in_cash) = (
        [&shown[..], &AT_T1].concat(),
        [&shown[..], &[("act", "cash"), ("received", "900")]].concat(),
    );
    let (first, second) = tokio::join!(
        one.clerk.post(&one.path, &at_terminal),
        other.clerk.post(&other.path, &in_cash)
    );
    let refused = [&first, &second].into_iter().filter(|answer| answer.to.is_empty());
    let refused: Vec<&Answer> = refused.collect();
    assert_eq!(refused.len(), 1, "{} {}", first.text(), second.text());
    assert!(refused[0].says("すでに収納されているか"), "{}", refused[0].text());
    becomes(&town, visit, &[Authorised]).await;
    let by_terminal = first.to.ends_with("note=begun");
    assert_eq!(taken(&log).len(), usize::from(by_terminal));
}

#[tokio::test]
async fn what_was_corrected_between_two_screens_is_not_sent_to_the_terminal() {
    let town = Town::staffed().await;
    let log = linked(&town, simulated(Mood::Approve));
    let visit = town.visit("juminhyo").await;
    let bill = bill(&town, "clerk", visit).await;
    let [charge, amount] = seen(&bill.page().await);
    let copies = [("path", "juminhyo.copies"), ("juminhyo.copies.copy", "1")];
    bill.clerk.post(&format!("/desk/visits/{visit}/answers"), &copies).await;
    let shown = [(charge.0, &*charge.1), (amount.0, &*amount.1), ("counter", "1")];
    let before = bill.clerk.post(&bill.path, &[&shown[..], &AT_T1].concat()).await;
    assert!(before.says("内容が変わりました"), "{}", before.text());
    bill.press(&AT_T1).await;
    becomes(&town, visit, &[Authorised]).await;
    assert_eq!(taken(&log), [300]);
}
