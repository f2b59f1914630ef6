//! The bill of a visit at the desk, through the router.

use super::*;
use crate::payment::{self, State};

/// What a button of the bill needs: everything hidden in its form.
pub(super) struct Bill<'t> {
    pub clerk: Browser<'t>,
    pub path: String,
}

impl Bill<'_> {
    pub async fn page(&self) -> Answer {
        self.clerk.get(&self.path).await
    }

    pub async fn press(&self, fields: &[(&str, &str)]) -> Answer {
        let page = self.page().await;
        let hidden = |name: &str| match page.says(&format!("name=\"{name}\" value=\"")) {
            true => page.hidden(name).to_owned(),
            false => String::new(),
        };
        let (charge, amount, paid) = (hidden("charge"), hidden("amount"), hidden("payment"));
        let seen = [("charge", &*charge), ("amount", &*amount), ("payment", &*paid)];
        self.clerk.post(&self.path, &[&seen, fields, &[("counter", "1")]].concat()).await
    }

    /// With what the screen showed before.
    pub async fn refused(&self, fields: &[(&str, &str)], sentence: &str) {
        let answer = self.press(fields).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.says(sentence), "{sentence}: {}", answer.text());
    }
}

/// A press that was sent before with another content is told so (409), on the page of the
/// bill.
pub(super) fn conflicts(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.text());
    assert!(answer.says("ほかの内容で") && answer.says("手数料"), "{}", answer.text());
}

pub(super) async fn bill<'t>(town: &'t Town, login: &str, visit: VisitId) -> Bill<'t> {
    let clerk = town.sign_in(login).await;
    Bill { clerk, path: format!("/desk/visits/{visit}/payment") }
}

pub(super) async fn states(town: &Town, visit: VisitId) -> Vec<State> {
    let of_visit = move |connection: &_| payment::of_visit(connection, visit);
    let payments = town.office.db.read(of_visit).await.unwrap();
    payments.iter().map(payment::Payment::state).collect()
}

#[tokio::test]
async fn a_clerk_takes_cash_once_and_gives_the_change() {
    let town = Town::staffed().await;
    let visit = town.visit("juminhyo").await;
    let bill = bill(&town, "clerk", visit).await;
    let page = bill.clerk.get(&format!("/desk/visits/{visit}")).await;
    assert!(page.says("未収納") && page.says("900円"), "{}", page.text());
    let page = bill.page().await;
    assert!(page.says("合計 900円"), "{}", page.text());
    bill.refused(&[("act", "cash"), ("received", "800")], "合計より少なく").await;
    bill.refused(&[("act", "cash"), ("received", "千円")], "数字で入れて").await;
    assert_eq!(bill.press(&[("act", "nothing")]).await.status, StatusCode::BAD_REQUEST);
    let (charge, amount) = (page.hidden("charge").to_owned(), page.hidden("amount").to_owned());
    let paid = bill.press(&[("act", "cash"), ("received", "１，０００")]).await;
    assert_eq!(paid.to, format!("{}?note=paid", bill.path), "{}", paid.text());
    let page = bill.clerk.get(&paid.to).await;
    assert!(page.says("お釣り 100円") && page.says("収納済") && page.says("2026-11-24-1"));
    // Another counter has the bill open still.
    let seen = [("charge", &*charge), ("amount", &*amount), ("received", "900")];
    let fields = [&seen[..], &[("act", "cash"), ("counter", "1")]].concat();
    let twice = bill.clerk.post(&bill.path, &fields).await;
    assert!(twice.says("すでに収納されているか"), "{}", twice.text());
    assert_eq!(states(&town, visit).await, [State::Authorised]);
}

#[tokio::test]
async fn an_exemption_makes_it_free_and_is_a_record_of_its_own() {
    let town = Town::staffed().await;
    let visit = town.visit("juminhyo").await;
    let bill = bill(&town, "clerk", visit).await;
    let form = [("act", "exempt"), ("form", "juminhyo")];
    let strange = bill.press(&[&form[..], &[("ground", "koseki_law")]].concat()).await;
    assert_eq!(strange.status, StatusCode::BAD_REQUEST);
    let before = bill.page().await;
    let op = town.office.journal.op().to_string();
    let of_op = [&[("op", &*op)], &form[..]].concat();
    let official = bill.press(&[&of_op[..], &[("ground", "official")]].concat()).await;
    assert!(official.to.ends_with("note=exempted"), "{}", official.text());
    // The same press once more is the same; one that says something else is not done unsaid.
    let again = bill.press(&[&of_op[..], &[("ground", "official")]].concat()).await;
    assert!(again.to.ends_with("note=exempted"), "{}", again.text());
    conflicts(&bill.press(&[&of_op[..], &[("ground", "none")]].concat()).await);
    let page = bill.page().await;
    assert!(page.says("合計 0円") && page.says("公用"), "{}", page.text());
    // The screen that showed the fee takes nothing any more.
    let seen = [("charge", before.hidden("charge")), ("amount", before.hidden("amount"))];
    let fields = [&seen[..], &[("act", "cash"), ("received", "900"), ("counter", "1")]].concat();
    let changed = bill.clerk.post(&bill.path, &fields).await;
    assert!(changed.says("内容が変わりました"), "{}", changed.text());
    bill.press(&[("act", "nothing")]).await;
    assert_eq!(states(&town, visit).await, [State::Authorised]);
    // Once it is paid, nobody changes who is exempt.
    bill.refused(&[&form[..], &[("ground", "none")]].concat(), "すでに収納されているか").await;
    // The papers say so, too.
    let kinds = town.kinds().await;
    assert!(kinds.contains(&"visit.exempted".to_owned()), "{kinds:?}");
}

#[tokio::test]
async fn a_press_that_was_something_else_is_answered_with_a_conflict_and_its_own_page() {
    let town = Town::staffed().await;
    let visit = town.visit("juminhyo").await;
    let bill = bill(&town, "supervisor", visit).await;
    let [one, other] = [(); 2].map(|()| town.office.journal.op().to_string());
    let page = bill.page().await;
    let seen = [("charge", page.hidden("charge")), ("amount", page.hidden("amount"))];
    let cash = async |received| {
        let press = [("op", &*one), ("act", "cash"), ("received", received), ("counter", "1")];
        bill.clerk.post(&bill.path, &[&seen[..], &press].concat()).await
    };
    for _ in 0..2 {
        assert!(cash("900").await.to.ends_with("note=paid"), "the same again is the same");
    }
    conflicts(&cash("1000").await);
    // Another kind of act by the same press.
    conflicts(&bill.press(&[("op", &*one), ("act", "void"), ("reason", "asked")]).await);
    let back = |op, yen| {
        [("op", op), ("act", "refund"), ("reason", "asked"), ("item", "03-01"), ("back", yen)]
    };
    bill.press(&back(&*other, "300")).await;
    conflicts(&bill.press(&back(&*other, "600")).await);
    // The drawer's press, too.
    let count = |yen| {
        let day = ("day", "2026-11-24");
        [("op", &*one), ("act", "count"), day, ("counter", "1"), ("counted", yen)]
    };
    let counted = bill.clerk.post("/desk/closing", &count("600")).await;
    assert_eq!(counted.status, StatusCode::CONFLICT, "{}", counted.text());
    assert!(counted.says("ほかの内容で") && counted.says("の締め"), "{}", counted.text());
    assert_eq!(states(&town, visit).await, [State::Authorised]);
}

#[tokio::test]
async fn a_clerk_voids_on_the_day_and_a_supervisor_gives_back() {
    let town = Town::staffed().await;
    let visit = town.visit("juminhyo").await;
    let clerk = bill(&town, "clerk", visit).await;
    clerk.press(&[("act", "cash"), ("received", "900")]).await;
    let voided = clerk.press(&[("act", "void"), ("reason", "wrong_amount")]).await;
    assert!(voided.to.ends_with("note=voided"), "{}", voided.text());
    clerk.press(&[("act", "cash"), ("received", "900")]).await;
    assert_eq!(states(&town, visit).await, [State::Voided, State::Authorised]);
    // A clerk sees no such form, and sends none.
    assert!(!clerk.page().await.says("還付する"));
    let refund = |amount: &'static str| {
        [("act", "refund"), ("reason", "not_issued"), ("item", "03-01"), ("back", amount)]
    };
    assert_eq!(clerk.press(&refund("300")).await.status, StatusCode::FORBIDDEN);
    let supervisor = bill(&town, "supervisor", visit).await;
    supervisor.refused(&refund("901"), "より多く").await;
    supervisor.refused(&refund("0"), "お返しする金額").await;
    let given = supervisor.press(&refund("300")).await;
    assert!(given.to.ends_with("note=given_back"), "{}", given.text());
    assert!(supervisor.page().await.says("value=\"600\""), "what is left");
    // Partly given back, it is not voided any more.
    assert!(!clerk.page().await.says("収納を取り消す"));
    supervisor.press(&refund("600")).await;
    assert_eq!(states(&town, visit).await, [State::Voided, State::Refunded]);
}

#[tokio::test]
async fn what_is_corrected_before_it_is_paid_changes_the_bill() {
    let town = Town::staffed().await;
    let visit = town.visit("juminhyo").await;
    let bill = bill(&town, "clerk", visit).await;
    let answers = format!("/desk/visits/{visit}/answers");
    let fields = [("path", "juminhyo.copies"), ("juminhyo.copies.copy", "1")];
    let corrected = bill.clerk.post(&answers, &fields).await;
    assert_eq!(corrected.status, StatusCode::SEE_OTHER, "{}", corrected.text());
    assert!(bill.page().await.says("合計 300円"), "{}", bill.page().await.text());
    bill.press(&[("act", "cash"), ("received", "300")]).await;
    let fields = [("path", "juminhyo.copies"), ("juminhyo.copies.copy", "2")];
    bill.clerk.post(&answers, &fields).await;
    assert!(bill.page().await.says("収納したあとに、内容が直されています"));
    assert_eq!(states(&town, visit).await, [State::Authorised]);
}

#[tokio::test]
async fn where_no_rule_names_a_price_nothing_is_taken_and_the_clerk_is_told_why() {
    let town = Town::staffed().await;
    let other = town.visit("juminhyo").await;
    let charge = bill(&town, "clerk", other).await.page().await.hidden("charge").to_owned();
    // The example's prices begin the day after.
    town.clock.hold(time::macros::datetime!(2026-03-31 10:00 +9));
    let visit = town.visit("juminhyo").await;
    let bill = bill(&town, "clerk", visit).await;
    let page = bill.page().await;
    assert!(page.says("金額の決まっていない証明書があります"), "{}", page.text());
    assert!(!page.says("value=\"cash\"") && !page.says("cashless:"), "{}", page.text());
    // What another bill's page would send.
    let cash = [("charge", &*charge), ("amount", "900"), ("act", "cash"), ("received", "900")];
    let refused = bill.clerk.post(&bill.path, &[&cash[..], &[("counter", "1")]].concat()).await;
    assert!(refused.says("内容が変わりました"), "{}", refused.text());
    assert_eq!(states(&town, visit).await, []);
}
