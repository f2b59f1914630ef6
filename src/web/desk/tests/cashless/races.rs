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

#[tokio::test]
async fn what_was_sent_back_between_two_screens_is_paid_in_no_way() {
    let town = Town::staffed().await;
    let log = linked(&town, simulated(Mood::Approve));
    let visit = town.visit("juminhyo").await;
    let bill = bill(&town, "clerk", visit).await;
    let [charge, amount] = seen(&bill.page().await);
    let path = address(&town, "/visits/{visit}/applications/{application}", visit).await;
    let sent_back = bill.clerk.post(&path, &[("act", "send_back"), ("reason", "委任状")]).await;
    assert_eq!(sent_back.status, StatusCode::SEE_OTHER, "{}", sent_back.text());
    // Nothing is owed any more, and no later bill says so: the screen is held against now.
    let shown = [(charge.0, &*charge.1), (amount.0, &*amount.1), ("counter", "1")];
    for way in [&AT_T1[..], &[("act", "cash"), ("received", "900")]] {
        let refused = bill.clerk.post(&bill.path, &[&shown[..], way].concat()).await;
        assert!(refused.says("内容が変わりました"), "{}", refused.text());
    }
    assert_eq!((states(&town, visit).await, taken(&log)), (vec![], vec![]));
}

#[tokio::test]
async fn a_press_that_is_sent_again_with_another_content_is_a_conflict() {
    let town = Town::staffed().await;
    linked(&town, simulated(Mood::Approve));
    let visit = town.visit("juminhyo").await;
    let bill = bill(&town, "clerk", visit).await;
    let [charge, amount] = seen(&bill.page().await);
    let op = town.office.journal.op().to_string();
    let key = ("key", &*bill.clerk.key);
    let shown = [key, ("op", &op), (charge.0, &*charge.1), (amount.0, &*amount.1)];
    let press = async |more: &[(&str, &str)]| {
        let fields = [&shown[..], more, &[("counter", "1")]].concat();
        town.post(&bill.path, &bill.clerk.cookie, &fields).await
    };
    let cash = |received: &'static str| [("act", "cash"), ("received", received)];
    for _ in 0..2 {
        assert!(press(&cash("900")).await.to.ends_with("note=paid"), "the same, the same answer");
    }
    for other in [&cash("1000")[..], &AT_T1, &[("act", "later")]] {
        let refused = press(other).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text());
        assert!(refused.says("ほかの内容で送られています"), "{}", refused.text());
    }
    assert_eq!(states(&town, visit).await, [Authorised]);
}
