//! Money that goes back through the terminal that took it.

use super::*;
use crate::payment::give_back;

pub(super) const VOID: [(&str, &str); 2] = [("act", "void_at_terminal"), ("reason", "asked")];

/// A visit that paid 900 yen at a terminal which approves, and is in this mood afterwards.
pub(super) async fn paid_at<'t>(
    town: &'t Town,
    login: &str,
    then: Simulated,
) -> (Bill<'t>, VisitId) {
    linked(town, simulated(Mood::Approve));
    let visit = town.visit("juminhyo").await;
    let bill = bill(town, login, visit).await;
    bill.press(&AT_T1).await;
    becomes(town, visit, &[Authorised]).await;
    // The same books, another day's temper.
    linked(town, then);
    (bill, visit)
}

pub(super) fn given(town: &Town) -> Vec<u32> {
    let log = town.folder.path().join("terminal.log");
    // In the order of their keys, which of one moment are drawn.
    let mut given: Vec<u32> = Books::open(&log).unwrap().given().map(|(_, _, yen)| yen.0).collect();
    given.sort_unstable();
    given
}

/// Where what was asked back of the last payment stands.
pub(super) async fn backs(town: &Town, visit: VisitId) -> Vec<State> {
    let paid = payments(town, visit).await.pop().unwrap().id;
    let backs = town.office.db.read(move |look| give_back::of_payment(look, paid)).await;
    backs.unwrap().iter().map(payment::GiveBack::state).collect()
}

pub(super) async fn backs_become(town: &Town, visit: VisitId, expected: &[State]) {
    while backs(town, visit).await != expected {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_void_is_sent_to_the_terminal_once_and_booked_when_it_was_given() {
    let town = Town::staffed().await;
    let (bill, visit) = paid_at(&town, "clerk", simulated(Mood::Twice)).await;
    let page = bill.page().await;
    assert!(page.says("1番の決済端末に取消を送ります"), "{}", page.text());
    // By hand only what the terminal refused.
    let by_hand = [("act", "void"), ("reason", "asked")];
    bill.refused(&by_hand, "先に、この画面から端末に取消や返金を送ってください").await;
    let op = town.office.journal.op().to_string();
    let paid = page.hidden("payment").to_owned();
    let fields = [("key", &*bill.clerk.key), ("op", &*op), ("payment", &*paid), ("counter", "1")];
    let fields = [&fields[..], &VOID].concat();
    let press = || town.post(&bill.path, &bill.clerk.cookie, &fields);
    let (first, second) = tokio::join!(press(), press());
    for answer in [first, second] {
        assert!(answer.to.ends_with("note=back_begun"), "{}", answer.text());
    }
    backs_become(&town, visit, &[Authorised]).await;
    assert!(press().await.to.ends_with("note=back_begun"), "the same press, late");
    assert_eq!((given(&town), states(&town, visit).await), (vec![900], vec![Voided]));
    let all = [("credit:visa", 0), ("revenue:03-01", 0)];
    assert_eq!(accounts(&town).await, all.map(|(name, yen)| (name.to_owned(), yen)));
    // The visit owes it again.
    let page = bill.page().await;
    assert!(page.says("端末での返金の記録") && page.says("返金済"), "{}", page.text());
    assert!(page.says("お預かりした金額"), "{}", page.text());
}

#[tokio::test]
async fn a_silent_terminal_is_looked_up_and_the_money_is_given_once() {
    for (mood, ends, gave) in [
        (Mood::Silent, Voided, vec![900]),
        (Mood::Cut, Voided, vec![900]),
        (Mood::Other, Voided, vec![900]),
        (Mood::Deaf, Authorised, vec![]),
        (Mood::Drop, Authorised, vec![]),
        (Mood::Decline, Authorised, vec![]),
    ] {
        let town = Town::staffed().await;
        let (bill, visit) = paid_at(&town, "clerk", simulated(mood)).await;
        bill.press(&VOID).await;
        let told = if ends == Voided { Authorised } else { Declined };
        backs_become(&town, visit, &[told]).await;
        assert_eq!((given(&town), states(&town, visit).await), (gave, vec![ends]), "{mood:?}");
    }
}

#[tokio::test]
async fn while_nobody_knows_nothing_else_goes_back_and_a_clerk_reads_the_slip() {
    let town = Town::staffed().await;
    let silent = Simulated { looks_up: false, ..simulated(Mood::Silent) };
    let (bill, visit) = paid_at(&town, "supervisor", silent).await;
    bill.press(&VOID).await;
    backs_become(&town, visit, &[Unknown]).await;
    let page = bill.page().await;
    assert!(page.says("返金されたかどうか、まだ分かりません"), "{}", page.text());
    assert!(!page.says("収納を取り消す") && !page.says("還付する"), "{}", page.text());
    let visit_page = bill.clerk.get(&format!("/desk/visits/{visit}")).await;
    assert!(visit_page.says("返金を確認中"), "{}", visit_page.text());
    let cash = [("act", "refund"), ("reason", "asked"), ("item", "03-01"), ("back", "900")];
    let paid = payments(&town, visit).await[0].id.to_string();
    let cash = [&cash[..], &[("payment", &*paid), ("counter", "1")]].concat();
    let refused = bill.clerk.post(&bill.path, &cash).await;
    assert!(refused.says("端末での返金の結果が、まだ分かりません"), "{}", refused.text());
    let closing = bill.clerk.get("/desk/closing").await;
    assert!(closing.says("返金 900円"), "{}", closing.text());
    let back = page.hidden("give_back").to_owned();
    let said = |act: &'static str, slip: &'static str| [("act", act), ("slip", slip)];
    let own = [("give_back", &*back)];
    bill.refused(&[&own[..], &said("given", "カード")].concat(), "伝票番号として読めません").await;
    let given = bill.press(&[&own[..], &said("given", "00002")].concat()).await;
    assert!(given.to.ends_with("note=back_noted"), "{}", given.text());
    assert_eq!(states(&town, visit).await, [Voided]);
    // Found out once.
    let late = [&own[..], &said("not_given", "")].concat();
    let late = bill.press(&late).await;
    assert!(late.says("済んだものとして、もう記録されています"), "{}", late.text());
}

#[tokio::test]
async fn what_the_terminal_refused_can_be_noted_as_done_by_hand() {
    let town = Town::staffed().await;
    let (bill, visit) = paid_at(&town, "clerk", simulated(Mood::Decline)).await;
    bill.press(&VOID).await;
    backs_become(&town, visit, &[Declined]).await;
    let page = bill.page().await;
    assert!(page.says("端末を手で操作して取り消した"), "{}", page.text());
    assert!(page.says("断られました"), "{}", page.text());
    bill.press(&[("act", "void"), ("reason", "asked")]).await;
    assert_eq!(states(&town, visit).await, [Voided]);
}

#[tokio::test]
async fn a_part_goes_back_through_the_terminal_and_never_more_than_is_left() {
    let town = Town::staffed().await;
    let (bill, visit) = paid_at(&town, "supervisor", simulated(Mood::Approve)).await;
    let back = |yen: &'static str| {
        let how = ("how", "terminal");
        [("act", "refund"), ("reason", "asked"), ("item", "03-01"), ("back", yen), how]
    };
    let begun = bill.press(&back("300")).await;
    assert!(begun.to.ends_with("note=back_begun"), "{}", begun.text());
    backs_become(&town, visit, &[Authorised]).await;
    assert_eq!(states(&town, visit).await, [Authorised]);
    bill.refused(&back("601"), "収納した金額より多く").await;
    bill.press(&back("600")).await;
    backs_become(&town, visit, &[Authorised, Authorised]).await;
    assert_eq!((given(&town), states(&town, visit).await), (vec![300, 600], vec![Refunded]));
    // A clerk gives nothing back in parts, whichever way.
    let clerk = super::bill(&town, "clerk", visit).await;
    assert_eq!(clerk.press(&back("1")).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_terminal_that_is_giving_back_takes_nothing_meanwhile() {
    let town = Town::staffed().await;
    let slow = Simulated { takes: Duration::from_secs(3600), ..simulated(Mood::Approve) };
    let (bill, _) = paid_at(&town, "clerk", slow).await;
    bill.press(&VOID).await;
    let other = town.visit("juminhyo").await;
    let second = super::bill(&town, "supervisor", other).await;
    second.refused(&AT_T1, "ほかの支払いか返金の途中です").await;
    assert_eq!(states(&town, other).await, []);
}
