//! A browser that lets go of a press.

use super::asked::Counting;
use super::*;
use crate::web::terminals::look_for_what_is_unknown;
use crate::web::terminals::tests::let_go_at;

/// Longer than anything takes here.
const LONG: Duration = Duration::from_secs(60);

#[tokio::test]
async fn whenever_a_browser_lets_go_what_was_begun_is_asked() {
    let town = Town::staffed().await;
    town.office.terminals.add("t1", Arc::new(Counting::default()));
    let visit = town.visit("juminhyo").await;
    let bill = bill(&town, "clerk", visit).await;
    let [charge, amount] = seen(&bill.page().await);
    for nth in 1.. {
        let shown = [("charge", &*charge.1), ("amount", &*amount.1), ("counter", "1")];
        let fields = [&shown[..], &AT_T1].concat();
        let pressed = bill.clerk.post(&bill.path, &fields);
        let whole = let_go_at(town.office.db.commits(), nth, pressed).await.is_some();
        let ends = async {
            while states(&town, visit).await.contains(&Started) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let ended = tokio::time::timeout(LONG, ends).await;
        assert!(ended.is_ok(), "let go at {nth}: begun, and never asked");
        if whole {
            break;
        }
    }
    assert!(!states(&town, visit).await.is_empty());
}

#[tokio::test]
async fn what_has_begun_and_nobody_follows_is_looked_up() {
    let town = Town::staffed().await;
    let counting = Arc::new(Counting::default());
    town.office.terminals.add("t1", counting.clone());
    let visit = town.visit("juminhyo").await;
    let bill = bill(&town, "clerk", visit).await;
    let charge = bill.page().await.hidden("charge").parse().unwrap();
    let office = town.office.clone();
    let begin = move |tx: &crate::db::Tx<'_>| {
        let by = payment::By { op: office.journal.op(), actor: crate::journal::Actor::System };
        let at = Some(payment::At { terminal: "t1".to_owned(), brand: None });
        let (amount, tender) = (crate::yen::Yen(900), payment::Tender::Credit);
        let request = payment::Request { charge, amount, tender, counter: 1, at };
        let (journal, counter) = (&office.journal, office.counter());
        crate::visit::cashless::begin(tx, journal, counter, by, (visit, &request))
    };
    town.office.db.write(begin).await.unwrap();
    // Whoever began it is about to ask.
    look_for_what_is_unknown(&town.office).await.unwrap();
    assert_eq!(states(&town, visit).await, [Started]);
    town.clock.advance(Duration::from_secs(61));
    look_for_what_is_unknown(&town.office).await.unwrap();
    becomes(&town, visit, &[Declined]).await;
    assert_eq!(counting.0.load(std::sync::atomic::Ordering::SeqCst), 0, "only looked up");
}
