//! Paying without cash at the desk, through the router: by hand, and at a terminal that is
//! asked over a real line.

use std::net::TcpListener;

use super::payment::{Bill, bill, states};
use super::*;
use crate::clock::SystemClock;
use crate::payment::State::{self, Authorised, Declined, Refunded, Started, Unknown, Voided};
use crate::payment::{self, Payment};
use crate::terminal::{Books, Mood, Moods, Simulated, TcpTerminal};

/// What the screen of another counter showed before.
fn seen(page: &Answer) -> [(&'static str, String); 2] {
    [("charge", page.hidden("charge").to_owned()), ("amount", page.hidden("amount").to_owned())]
}

async fn payments(town: &Town, visit: VisitId) -> Vec<Payment> {
    let of_visit = move |connection: &_| payment::of_visit(connection, visit);
    town.office.db.read(of_visit).await.unwrap()
}

/// What moved today, by account.
async fn accounts(town: &Town) -> Vec<(String, i64)> {
    let today = town.office.journal.now().date();
    let totals = town.office.db.read(move |look| payment::totals(look, today)).await.unwrap();
    totals.accounts.into_iter().collect()
}

const AT_T2: (&str, &str) = ("terminal", "t2");

#[tokio::test]
async fn a_clerk_types_the_number_of_the_slip_and_never_that_of_a_card() {
    let town = Town::staffed().await;
    let visit = town.visit("juminhyo").await;
    let bill = bill(&town, "clerk", visit).await;
    let page = bill.page().await;
    assert!(page.says("持ち運びの決済端末") && page.says("交通系IC"), "{}", page.text());
    assert!(!page.says("1番の決済端末"), "nobody simulates one here: {}", page.text());
    // What this terminal does not take, and one that is not there.
    for (act, terminal) in
        [("cashless:emoney:nanaco", "t2"), ("cashless:emoney", "t2"), ("cashless:credit", "t1")]
    {
        let refused = bill.press(&[("act", act), ("terminal", terminal)]).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{act}");
    }
    let begun = bill.press(&[("act", "cashless:credit"), AT_T2]).await;
    assert!(begun.to.ends_with("note=begun"), "{}", begun.text());
    let page = bill.page().await;
    assert!(page.says("持ち運びの決済端末に 900円 と入れて"), "{}", page.text());
    assert!(!page.says("お預かりした金額"), "nobody pays twice: {}", page.text());
    let slip = |number: &'static str| [("act", "authorised"), ("brand", "visa"), ("slip", number)];
    bill.refused(&slip("4980 1234 5678 9012"), "カードの番号は入れないで").await;
    bill.refused(&slip(""), "伝票番号として読めません").await;
    let strange = [("act", "authorised"), ("brand", "transit"), ("slip", "123")];
    bill.refused(&strange, "このブランドは").await;
    assert!(!bill.page().await.says("4980"));
    let paid = bill.press(&slip("００１２３")).await;
    assert!(paid.to.ends_with("note=paid"), "{}", paid.text());
    let page = bill.page().await;
    assert!(page.says("伝票 00123 · 持ち運びの決済端末 · みほんカード株式会社"), "{}", page.text());
    assert_eq!(
        accounts(&town).await,
        [("credit:visa".to_owned(), 900), ("revenue:03-01".to_owned(), -900)]
    );
    assert!(page.says("先に、端末で取り消してください"), "{}", page.text());
    bill.press(&[("act", "void"), ("reason", "asked")]).await;
    assert_eq!(states(&town, visit).await, [Voided]);
}

#[tokio::test]
async fn what_the_terminal_does_not_take_back_is_given_back_in_cash() {
    let town = Town::staffed().await;
    let visit = town.visit("juminhyo").await;
    let clerk = bill(&town, "clerk", visit).await;
    clerk.press(&[("act", "cashless:emoney:transit"), AT_T2]).await;
    let page = clerk.page().await;
    assert!(page.says("<option value=\"transit\" selected>"), "{}", page.text());
    clerk.press(&[("act", "authorised"), ("brand", "transit"), ("slip", "7")]).await;
    let page = clerk.page().await;
    assert!(page.says("端末で取り消せません") && !page.says("収納を取り消す"), "{}", page.text());
    let supervisor = bill(&town, "supervisor", visit).await;
    let page = supervisor.page().await;
    assert!(page.says("現金でお返しします") && !page.says("お返しする方法"), "{}", page.text());
    let back = [("act", "refund"), ("reason", "asked"), ("item", "03-01"), ("back", "900")];
    supervisor.press(&back).await;
    assert_eq!(states(&town, visit).await, [Refunded]);
    let all = [("cash:1", -900), ("emoney:transit", 900), ("revenue:03-01", 0)];
    assert_eq!(accounts(&town).await, all.map(|(name, yen)| (name.to_owned(), yen)));
}

#[tokio::test]
async fn a_card_is_given_back_at_the_terminal_or_in_cash() {
    let town = Town::staffed().await;
    let visit = town.visit("juminhyo").await;
    let supervisor = bill(&town, "supervisor", visit).await;
    supervisor.press(&[("act", "cashless:credit"), AT_T2]).await;
    supervisor.press(&[("act", "authorised"), ("brand", "jcb"), ("slip", "7")]).await;
    let back = |how: &'static str, yen: &'static str| {
        [("act", "refund"), ("reason", "asked"), ("item", "03-01"), ("back", yen), ("how", how)]
    };
    supervisor.press(&back("same", "600")).await;
    supervisor.press(&back("cash", "300")).await;
    let all = [("cash:1", -300), ("credit:jcb", 300), ("revenue:03-01", 0)];
    assert_eq!(accounts(&town).await, all.map(|(name, yen)| (name.to_owned(), yen)));
}

#[tokio::test]
async fn what_is_paid_in_cash_only_says_so_and_is_paid_so() {
    let town = Town::staffed().await;
    let visit = town.visit("juminhyo").await;
    let bill = bill(&town, "clerk", visit).await;
    let copies = [("path", "juminhyo.copies"), ("juminhyo.copies.wide_area", "1")];
    bill.clerk.post(&format!("/desk/visits/{visit}/answers"), &copies).await;
    let page = bill.page().await;
    assert!(page.says("現金だけで支払う証明書が入っています"), "{}", page.text());
    assert!(!page.says("cashless:"), "{}", page.text());
    let other = [("act", "cashless:credit"), AT_T2];
    bill.refused(&other, "現金だけで支払う証明書が入っています").await;
    assert_eq!(states(&town, visit).await, []);
}

#[tokio::test]
async fn what_nobody_knows_is_not_charged_again_until_somebody_looked() {
    let town = Town::staffed().await;
    let visit = town.visit("juminhyo").await;
    let bill = bill(&town, "clerk", visit).await;
    let before = bill.page().await;
    bill.press(&[("act", "cashless:qr"), AT_T2]).await;
    bill.press(&[("act", "unknown")]).await;
    let page = bill.page().await;
    assert!(page.says("もう一度請求しないで"), "{}", page.text());
    let cash = [("act", "cash"), ("received", "900"), ("counter", "1")];
    let [charge, amount] = seen(&before);
    let fields = [&[(charge.0, &*charge.1), (amount.0, &*amount.1)], &cash[..]].concat();
    let again = bill.clerk.post(&bill.path, &fields).await;
    assert!(again.says("すでに収納されているか"), "{}", again.text());
    bill.press(&[("act", "declined")]).await;
    // Found out once.
    let found = payments(&town, visit).await[0].id.to_string();
    let slip = [("act", "authorised"), ("brand", "paypay"), ("slip", "1"), ("payment", &*found)];
    let twice = bill.clerk.post(&bill.path, &slip).await;
    assert!(twice.says("この収納は、もう"), "{}", twice.text());
    bill.press(&cash).await;
    assert_eq!(states(&town, visit).await, [Declined, Authorised]);
}

/// A terminal at counter 1 that is asked, in this mood; what it took.
fn linked(town: &Town, simulated: Simulated) -> std::path::PathBuf {
    let log = town.folder.path().join("terminal.log");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = simulated.start(listener, Books::open(&log).unwrap()).unwrap().to_string();
    let wait = std::time::Duration::from_millis(500);
    town.office.terminals.add("t1", Arc::new(TcpTerminal::new("t1", &address, wait)));
    log
}

fn simulated(mood: Mood) -> Simulated {
    Simulated {
        id: "t1".to_owned(),
        moods: Moods::Always(mood),
        takes: Duration::ZERO,
        late: Duration::from_secs(3600),
        looks_up: true,
        clock: Arc::new(SystemClock),
    }
}

fn taken(log: &std::path::Path) -> Vec<u32> {
    Books::open(log).unwrap().taken().map(|(_, yen)| yen.0).collect()
}

const AT_T1: [(&str, &str); 2] = [("act", "cashless:credit"), ("terminal", "t1")];

/// As soon as the payments of a visit stand so.
async fn becomes(town: &Town, visit: VisitId, expected: &[State]) {
    while states(town, visit).await != expected {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

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

#[tokio::test]
async fn an_answer_for_another_request_is_not_taken_for_this_one() {
    let town = Town::staffed().await;
    linked(&town, Simulated { looks_up: false, ..simulated(Mood::Other) });
    let visit = town.visit("juminhyo").await;
    let bill = bill(&town, "clerk", visit).await;
    bill.press(&AT_T1).await;
    becomes(&town, visit, &[Unknown]).await;
    let page = bill.page().await;
    assert!(page.says("ほかの支払いの答えを返しました"), "{}", page.text());
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
    assert!(early.says("端末は、ほかの支払いに使われています"), "{}", early.text());
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
    second.refused(&AT_T1, "ほかの支払いに使われています").await;
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
