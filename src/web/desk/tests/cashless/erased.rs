//! Money back through the terminal when nothing is left of the visit.

use super::super::payments::erased;
use super::going_back::{backs_become, given, paid_at};
use super::*;

const BACK: [(&str, &str); 5] = [
    ("act", "refund"),
    ("reason", "not_issued"),
    ("item", "03-01"),
    ("back", "300"),
    ("how", "terminal"),
];

#[tokio::test]
async fn the_terminal_that_took_it_gives_it_back_and_is_looked_up() {
    for mood in [Mood::Approve, Mood::Silent] {
        let town = Town::staffed().await;
        let (_, visit) = paid_at(&town, "clerk", simulated(mood)).await;
        erased(&town, visit).await;
        let supervisor = bill(&town, "supervisor", visit).await;
        let page = supervisor.page().await;
        assert!(page.says("1番の決済端末に送ります"), "{}", page.text());
        let asked = supervisor.press(&BACK).await;
        assert!(asked.to.ends_with("note=back_begun"), "{}", asked.text());
        backs_become(&town, visit, &[Authorised]).await;
        assert_eq!(given(&town), [300], "{mood:?}");
        assert_eq!(states(&town, visit).await, [Authorised], "a part");
        let all = [("credit:visa", -300), ("revenue:03-01", 300)];
        assert_eq!(accounts(&town).await, all.map(|(name, yen)| (name.to_owned(), yen)));
        let kinds = town.kinds().await;
        assert_eq!(kinds.iter().filter(|kind| *kind == "give_back.asked").count(), 1);
    }
}

#[tokio::test]
async fn what_nobody_knows_of_it_is_found_out_on_the_same_page() {
    let town = Town::staffed().await;
    let silent = Simulated { looks_up: false, ..simulated(Mood::Silent) };
    let (_, visit) = paid_at(&town, "clerk", silent).await;
    erased(&town, visit).await;
    let supervisor = bill(&town, "supervisor", visit).await;
    supervisor.press(&BACK).await;
    backs_become(&town, visit, &[Unknown]).await;
    // The day that it keeps open leads there.
    let today = crate::clock::iso_day(town.office.journal.now().date());
    let closing = supervisor.clerk.get(&format!("/desk/closing/{today}")).await;
    assert!(closing.says(&format!("href=\"{}\"", supervisor.path)), "{}", closing.text());
    let page = supervisor.page().await;
    assert!(page.says("返金されたかどうか、まだ分かりません"), "{}", page.text());
    let back = page.hidden("give_back").to_owned();
    let said = [("act", "given"), ("slip", "00002"), ("give_back", &*back)];
    let given = supervisor.press(&said).await;
    assert!(given.to.ends_with("note=back_noted"), "{}", given.text());
    backs_become(&town, visit, &[Authorised]).await;
}
