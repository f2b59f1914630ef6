//! What was paid, found from a paper, and given back when the visit is erased.

use super::payment::{bill, states};
use super::*;
use crate::db::{Connection, Error as Fault, Tx};
use crate::payment::{self, State};

/// A visit whose days are over, as the broom leaves it.
pub(super) async fn erased(town: &Town, visit: VisitId) {
    let office = town.office.clone();
    let days = u64::from(office.config.site.retention.visit_days) + 1;
    town.clock.advance(Duration::from_secs(days * 24 * 3600));
    let erase = move |tx: &Tx<'_>| {
        visit::retention::erase_one(tx, &office.journal, Actor::System, &office.config.site, visit)
    };
    assert!(town.office.db.write(erase).await.unwrap().is_some());
}

/// A clerk takes 900 yen in cash.
async fn paid_in_cash(town: &Town, visit: VisitId) {
    let clerk = bill(town, "clerk", visit).await;
    clerk.press(&[("act", "cash"), ("received", "900")]).await;
}

#[tokio::test]
async fn what_was_paid_is_given_back_when_nothing_is_left_of_the_visit() {
    let town = Town::staffed().await;
    let visit = town.visit("juminhyo").await;
    let charge = bill(&town, "clerk", visit).await.page().await.hidden("charge").to_owned();
    paid_in_cash(&town, visit).await;
    erased(&town, visit).await;
    let supervisor = bill(&town, "supervisor", visit).await;
    let gone = supervisor.clerk.get(&format!("/desk/visits/{visit}")).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    // Whoever has the receipt finds it by its number, or by its day.
    for road in ["find=2026-11-24-1", "day=2026-11-24"] {
        let list = supervisor.clerk.get(&format!("/desk/payments?{road}")).await;
        assert!(list.says(&supervisor.path) && list.says("900円"), "{road}: {}", list.text());
    }
    assert!(!supervisor.clerk.get("/desk/payments").await.says(&supervisor.path));
    let page = supervisor.page().await;
    assert!(page.says("保存期間が過ぎて消去されました"), "{}", page.text());
    assert!(page.says("住民票の写し") && page.says("2026-11-24-1"), "{}", page.text());
    assert!(!page.says("領収書を印刷"), "{}", page.text());
    // The same rules as for any other.
    let back = |yen: &'static str| {
        [("act", "refund"), ("reason", "not_issued"), ("item", "03-01"), ("back", yen)]
    };
    let clerk = bill(&town, "clerk", visit).await;
    assert_eq!(clerk.press(&back("300")).await.status, StatusCode::FORBIDDEN);
    supervisor.refused(&back("901"), "より多く").await;
    let given = supervisor.press(&back("300")).await;
    assert!(given.to.ends_with("note=given_back"), "{}", given.text());
    supervisor.press(&back("600")).await;
    assert_eq!(states(&town, visit).await, [State::Refunded]);
    let now = town.office.journal.now().date();
    let totals = town.office.db.read(move |look| payment::totals(look, now)).await.unwrap();
    let all = [("cash:1".to_owned(), -900), ("revenue:03-01".to_owned(), 900)];
    assert_eq!(totals.accounts.into_iter().collect::<Vec<_>>(), all);
    let whole = town.office.db.read(payment::first_contradiction).await.unwrap();
    assert_eq!(whole, None);
    // Nothing is taken for it any more.
    let page = supervisor.page().await;
    assert!(!page.says("value=\"cash\"") && page.says("還付済"), "{}", page.text());
    let cash = [("act", "cash"), ("received", "900"), ("amount", "900"), ("counter", "1")];
    let cash = [&cash[..], &[("charge", &*charge)]].concat();
    let taken = supervisor.clerk.post(&supervisor.path, &cash).await;
    assert_eq!(taken.status, StatusCode::NOT_FOUND);
    let exempt = [("act", "exempt"), ("form", "juminhyo"), ("ground", "official")];
    assert_eq!(supervisor.press(&exempt).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_visit_that_was_erased_and_never_paid_has_no_bill() {
    let town = Town::staffed().await;
    let visit = town.visit("juminhyo").await;
    bill(&town, "clerk", visit).await.page().await;
    erased(&town, visit).await;
    let clerk = bill(&town, "clerk", visit).await;
    assert_eq!(clerk.page().await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_number_that_nothing_bears_is_said_not_to_be_found() {
    let town = Town::staffed().await;
    let clerk = town.sign_in("clerk").await;
    let nothing = clerk.get("/desk/payments?find=2026-11-24-9").await;
    assert!(nothing.says("この番号の収納は見つかりません"), "{}", nothing.text());
    assert!(clerk.get("/desk/payments?day=x").await.says("この日の収納はありません"));
    assert!(clerk.get("/desk").await.says("href=\"/desk/payments\""), "it is in the menu");
}

#[tokio::test]
async fn a_record_of_nothing_is_taken_back_the_day_after_by_a_supervisor() {
    let town = Town::staffed().await;
    let visit = town.visit("juminhyo").await;
    let noted = bill(&town, "clerk", visit).await;
    noted.press(&[("act", "exempt"), ("form", "juminhyo"), ("ground", "official")]).await;
    noted.press(&[("act", "nothing")]).await;
    town.clock.advance(Duration::from_secs(24 * 3600));
    let clerk = bill(&town, "clerk", visit).await;
    assert!(!clerk.page().await.says("0円の記録を取り消す"));
    let supervisor = bill(&town, "supervisor", visit).await;
    let page = supervisor.page().await;
    assert!(page.says("0円の記録を取り消す"), "{}", page.text());
    let paid = page.hidden("payment").to_owned();
    let take_back = [("act", "take_back_free"), ("reason", "wrong_amount"), ("payment", &*paid)];
    assert_eq!(clerk.press(&take_back).await.status, StatusCode::FORBIDDEN);
    // Not as a void, which is for the day itself.
    let void = [("act", "void"), ("reason", "wrong_amount"), ("payment", &*paid)];
    supervisor.refused(&void, "その日の収納だけが取り消せます").await;
    let taken = supervisor.press(&take_back).await;
    assert!(taken.to.ends_with("note=voided"), "{}", taken.text());
    assert_eq!(states(&town, visit).await, [State::Voided]);
    // The visit owes again, and somebody else may be asked.
    supervisor.press(&[("act", "exempt"), ("form", "juminhyo"), ("ground", "none")]).await;
    supervisor.press(&[("act", "cash"), ("received", "900")]).await;
    assert_eq!(states(&town, visit).await, [State::Voided, State::Authorised]);
}

#[tokio::test]
async fn why_somebody_pays_nothing_is_nowhere_in_the_books() {
    let town = Town::staffed().await;
    let visit = town.visit("juminhyo").await;
    let clerk = bill(&town, "clerk", visit).await;
    clerk.press(&[("act", "exempt"), ("form", "juminhyo"), ("ground", "child_support")]).await;
    let page = clerk.page().await;
    assert!(page.says("児童扶養手当のため</span>"), "the clerk sees why: {}", page.text());
    assert!(page.says("<option value=\"child_support\" selected>"), "{}", page.text());
    clerk.press(&[("act", "nothing")]).await;
    assert_eq!(states(&town, visit).await, [State::Authorised]);
    let told = |connection: &Connection| -> Result<(String, String, u32), Fault> {
        let text = |query| connection.query_row(query, [], |row| row.get::<_, String>(0));
        let count = "select count(*) from journal where facts like '%child_support%'";
        Ok((
            text("select group_concat(distinct exempt) from charge_line where exempt is not null")?,
            text("select group_concat(distinct ground) from payment")?,
            connection.query_row(count, [], |row| row.get(0))?,
        ))
    };
    let told = town.office.db.read(told).await.unwrap();
    assert_eq!(told, ("exempt".to_owned(), "exempt".to_owned(), 0));
    // What goes with the visit is not on the page afterwards.
    erased(&town, visit).await;
    let page = bill(&town, "supervisor", visit).await.page().await;
    assert!(page.says("<span class=\"mark\">減免</span>"), "{}", page.text());
    assert!(!page.says("児童扶養手当"), "{}", page.text());
}
