//! A terminal that is asked: once for a press, and afterwards only what it did.

use super::*;

#[tokio::test]
async fn a_terminal_is_asked_once_and_its_slip_is_booked() {
    let town = Town::staffed().await;
    let log = linked(&town, simulated(Mood::Twice));
    let visit = town.visit("juminhyo").await;
    let bill = bill(&town, "clerk", visit).await;
    let page = bill.page().await;
    assert!(page.says("1番の決済端末"), "{}", page.text());
    // A double tap: the same press, twice at the same time.
    let [charge, amount] = seen(&page);
    let op = town.office.journal.op().to_string();
    let fields = [
        ("key", &*bill.clerk.key),
        (charge.0, &*charge.1),
        (amount.0, &*amount.1),
        ("counter", "1"),
        ("op", &op),
        AT_T1[0],
        AT_T1[1],
    ];
    let press = || town.post(&bill.path, &bill.clerk.cookie, &fields);
    let (first, second) = tokio::join!(press(), press());
    for answer in [first, second] {
        assert!(answer.to.ends_with("note=begun"), "{}", answer.text());
    }
    becomes(&town, visit, &[Authorised]).await;
    // And once more after it has ended.
    assert!(press().await.to.ends_with("note=begun"));
    assert_eq!(taken(&log), [900]);
    let page = bill.clerk.get(&format!("{}/now", bill.path)).await;
    assert!(page.says("伝票 00001 · 1番の決済端末"), "{}", page.text());
    assert!(!page.says("data-soon"), "{}", page.text());
    assert_eq!(states(&town, visit).await, [Authorised]);
}

/// How often it was asked for money; it is never asked for the same twice.
#[derive(Default)]
pub(super) struct Counting(pub(super) std::sync::atomic::AtomicU32);

impl Terminal for Counting {
    fn ask(&self, _: &Asked) -> Result<Said, Silence> {
        self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        Ok(Said::Refused(Refusal::Card))
    }

    fn look_up(&self, _: &Asked) -> Result<Found, Silence> {
        Ok(Found::Never)
    }
}

#[tokio::test]
async fn a_press_that_is_sent_again_asks_the_terminal_no_second_time() {
    let town = Town::staffed().await;
    let counting = Arc::new(Counting::default());
    town.office.terminals.add("t1", counting.clone());
    let visit = town.visit("juminhyo").await;
    let bill = bill(&town, "clerk", visit).await;
    let [charge, amount] = seen(&bill.page().await);
    let op = town.office.journal.op().to_string();
    let fields = [("charge", &*charge.1), ("amount", &*amount.1), ("counter", "1"), ("op", &op)];
    let fields = [&[("key", &*bill.clerk.key)], &fields[..], &AT_T1].concat();
    for _ in 0..3 {
        let pressed = town.post(&bill.path, &bill.clerk.cookie, &fields).await;
        assert!(pressed.to.ends_with("note=begun"), "{}", pressed.text());
        becomes(&town, visit, &[Declined]).await;
    }
    assert_eq!(counting.0.load(std::sync::atomic::Ordering::SeqCst), 1);
}

#[tokio::test]
async fn an_answer_for_another_request_is_not_taken_for_this_one() {
    let town = Town::staffed().await;
    linked(&town, Simulated { looks_up: false, ..simulated(Mood::Other) });
    let visit = town.visit("juminhyo").await;
    let bill = bill(&town, "clerk", visit).await;
    bill.press(&AT_T1).await;
    becomes(&town, visit, &[Unknown]).await;
    let page = bill.page().await;
    assert!(page.says("ほかの取引の答えを返しました"), "{}", page.text());
}

#[tokio::test]
async fn a_clerk_asks_the_terminal_what_it_did_and_never_to_do_it_again() {
    let town = Town::staffed().await;
    let log = linked(&town, simulated(Mood::Other));
    let visit = town.visit("juminhyo").await;
    let bill = bill(&town, "clerk", visit).await;
    bill.press(&AT_T1).await;
    while states(&town, visit).await == [Started] {}
    let looked = bill.press(&[("act", "look")]).await;
    assert_eq!(looked.to, bill.path, "{}", looked.text());
    assert_eq!((states(&town, visit).await, taken(&log)), (vec![Authorised], vec![900]));
}

#[tokio::test]
async fn a_silent_terminal_is_looked_up_by_itself() {
    for (mood, ends, took) in [
        (Mood::Silent, Authorised, vec![900]),
        (Mood::Cut, Authorised, vec![900]),
        (Mood::Deaf, Declined, vec![]),
        (Mood::Drop, Declined, vec![]),
        (Mood::Decline, Declined, vec![]),
    ] {
        let town = Town::staffed().await;
        let log = linked(&town, simulated(mood));
        let visit = town.visit("juminhyo").await;
        bill(&town, "clerk", visit).await.press(&AT_T1).await;
        becomes(&town, visit, &[ends]).await;
        assert_eq!(taken(&log), took, "{mood:?}");
    }
}

#[tokio::test]
async fn where_it_cannot_be_looked_up_a_clerk_reads_the_slip_and_it_is_found_out_once() {
    let town = Town::staffed().await;
    linked(&town, Simulated { looks_up: false, ..simulated(Mood::Silent) });
    let visit = town.visit("juminhyo").await;
    let bill = bill(&town, "clerk", visit).await;
    bill.press(&AT_T1).await;
    // As long as the terminal is asked, no clerk says what it said.
    let slip = [("act", "authorised"), ("brand", "visa"), ("slip", "00001")];
    let begun = payments(&town, visit).await[0].id.to_string();
    let early = bill.clerk.post(&bill.path, &[&slip[..], &[("payment", &*begun)]].concat()).await;
    assert!(early.says("端末は、まだ途中です"), "{}", early.text());
    becomes(&town, visit, &[Unknown]).await;
    let page = bill.page().await;
    assert!(page.says("端末が、時間内に答えませんでした"), "{}", page.text());
    assert!(page.says("結果を確かめる"), "{}", page.text());
    bill.press(&slip).await;
    assert_eq!(states(&town, visit).await, [Authorised]);
}

#[tokio::test]
async fn a_terminal_is_at_one_payment_at_a_time() {
    let town = Town::staffed().await;
    linked(&town, Simulated { takes: Duration::from_secs(3600), ..simulated(Mood::Approve) });
    let (one, other) = (town.visit("juminhyo").await, town.visit("juminhyo").await);
    let first = bill(&town, "clerk", one).await;
    let second = bill(&town, "supervisor", other).await;
    first.press(&AT_T1).await;
    second.refused(&AT_T1, "ほかの支払いか返金の途中です").await;
    assert_eq!((states(&town, one).await, states(&town, other).await), (vec![Started], vec![]));
    // The portable one is free.
    second.press(&[("act", "cashless:credit"), AT_T2]).await;
    assert_eq!(states(&town, other).await, [Started]);
}

#[tokio::test]
async fn a_terminal_that_is_not_there_takes_nothing_and_says_so() {
    let town = Town::staffed().await;
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let nobody = TcpTerminal::new("t1", &closed, Duration::from_secs(60));
    town.office.terminals.add("t1", Arc::new(nobody));
    let visit = town.visit("juminhyo").await;
    let bill = bill(&town, "clerk", visit).await;
    bill.press(&AT_T1).await;
    becomes(&town, visit, &[Declined]).await;
    let page = bill.page().await;
    assert!(page.says("端末につながりませんでした"), "{}", page.text());
    pays_cash(&bill).await;
    assert_eq!(states(&town, visit).await, [Declined, Authorised]);
}

async fn pays_cash(bill: &Bill<'_>) {
    let paid = bill.press(&[("act", "cash"), ("received", "900")]).await;
    assert!(paid.to.ends_with("note=paid"), "{}", paid.text());
}
