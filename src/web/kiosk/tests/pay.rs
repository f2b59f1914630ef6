//! The resident chooses at the tablet what to pay with, and the terminal beside it is
//! asked.

use std::net::TcpListener;

use super::*;
use crate::applicant::Source;
use crate::clock::SystemClock;
use crate::db::Tx;
use crate::form::record;
use crate::journal::Actor;
use crate::payment::{self, By, State};
use crate::terminal::{Books, Mood, Moods, Simulated, TcpTerminal};
use crate::visit::paying::{self, Stage};
use crate::visit::{bill, cashless};
use crate::web::terminals::tests::let_go_at;
use crate::yen::Yen;

/// A tablet whose resident has handed in, beside a terminal in this mood; its log.
async fn handed_in(mood: Mood) -> (Tablet, std::path::PathBuf) {
    let tablet = Tablet::paired().await;
    let log = tablet.folder.path().join("terminal.log");
    let simulated = Simulated {
        id: "t1".to_owned(),
        moods: Moods::Always(mood),
        takes: Duration::ZERO,
        late: Duration::ZERO,
        looks_up: true,
        clock: Arc::new(SystemClock),
    };
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = simulated.start(listener, Books::open(&log).unwrap()).unwrap().to_string();
    let terminal = TcpTerminal::new("t1", &address, Duration::from_secs(60));
    tablet.office.terminals.add("t1", Arc::new(terminal));
    tablet.arrive("ja").await;
    let (visit, office) = (tablet.visit().await.0.id, tablet.office.clone());
    let hand_in = move |tx: &Tx<'_>| -> Result<(), visit::Error> {
        let journal = &office.journal;
        let form = office.forms.get("juminhyo").unwrap();
        let today = journal.now().date();
        let sample = record::read(&[form], form.sample().unwrap(), Source::Typed, today).unwrap();
        visit::choose_way(tx, journal, Actor::System, visit, Some(visit::Way::Hand))?;
        visit::answer(tx, journal, Actor::System, visit, &sample)?;
        visit::submit(tx, journal, office.counter(), Actor::System, journal.op(), visit).map(drop)
    };
    tablet.office.db.write(hand_in).await.unwrap();
    (tablet, log)
}

/// The clerk lets the resident choose.
async fn offer(tablet: &Tablet) {
    let (visit, office) = (tablet.visit().await.0.id, tablet.office.clone());
    let offer = move |tx: &Tx<'_>| -> Result<(), visit::Error> {
        let (journal, counter) = (&office.journal, office.counter());
        let bill = bill::bill(tx, journal, counter, Actor::System, visit)?;
        let by = By { op: journal.op(), actor: Actor::System };
        cashless::offer(tx, journal, counter, by, (visit, bill.charge.unwrap().id))
    };
    tablet.office.db.write(offer).await.unwrap();
}

async fn states(tablet: &Tablet) -> Vec<State> {
    let visit = tablet.visit().await.0.id;
    let payments = tablet.office.db.read(move |look| payment::of_visit(look, visit)).await;
    payments.unwrap().iter().map(payment::Payment::state).collect()
}

/// What the page sends when a way to pay is touched.
async fn choose(tablet: &Tablet, page: &Answer, choice: &str) -> Answer {
    let [op, charge, amount] = ["op", "charge", "amount"].map(|name| page.hidden(name));
    let fields = [("op", &*op), ("charge", &*charge), ("amount", &*amount), ("pay_with", choice)];
    tablet.press("/kiosk/pay", &fields).await
}

#[tokio::test]
async fn a_resident_chooses_and_pays_while_the_clerk_goes_on() {
    let (tablet, log) = handed_in(Mood::Approve).await;
    let page = tablet.get("/kiosk").await;
    assert!(page.says("お支払い 900円") && page.says("職員が確認したあと"), "{}", page.text);
    assert!(!page.says("pay_with"), "nobody chooses before the clerk has looked: {}", page.text);
    offer(&tablet).await;
    let page = tablet.get("/kiosk/done").await;
    assert!(page.says("value=\"emoney:nanaco\"") && page.says("クレジットカード"), "{}", page.text);
    // Drawn again it is the same, to the letter: nothing moves under a finger.
    assert_eq!(tablet.get("/kiosk/done").await.text, page.text);
    // A double touch.
    let touch = || choose(&tablet, &page, "emoney:nanaco");
    let (first, second) = tokio::join!(touch(), touch());
    assert_eq!((first.to.as_str(), second.to.as_str()), ("/kiosk", "/kiosk"));
    while states(&tablet).await == [State::Started] {}
    let page = tablet.get("/kiosk/done").await;
    assert!(page.says("お支払いが終わりました") && !page.says("pay_with"), "{}", page.text);
    let taken: Vec<u32> = Books::open(&log).unwrap().taken().map(|(_, yen)| yen.0).collect();
    assert_eq!((states(&tablet).await, taken), (vec![State::Authorised], vec![900]));
}

/// Who waits to pay, as the desk's lists have it.
async fn waits(tablet: &Tablet) -> Vec<(Stage, Yen)> {
    let look = |connection: &_| paying::Found::default().look(connection);
    let found = tablet.office.db.read(look).await.unwrap();
    found.all.iter().map(|one| (one.stage, one.amount)).collect()
}

#[tokio::test]
async fn the_desk_knows_who_chooses_at_a_tablet_until_they_pay_or_go() {
    let (tablet, _) = handed_in(Mood::Decline).await;
    assert_eq!(waits(&tablet).await, []);
    offer(&tablet).await;
    assert_eq!(waits(&tablet).await, [(Stage::Choosing, Yen(900))]);
    let page = tablet.get("/kiosk/done").await;
    choose(&tablet, &page, "credit").await;
    while states(&tablet).await != [State::Declined] {}
    assert_eq!(waits(&tablet).await, [(Stage::Choosing, Yen(900))], "refused, and chooses anew");
    tablet.press("/kiosk/end", &[]).await;
    assert_eq!(waits(&tablet).await, []);
}

#[tokio::test]
async fn a_wallet_reads_the_code_from_the_tablet_as_long_as_it_is_owed() {
    let (tablet, _) = handed_in(Mood::Approve).await;
    assert_eq!(tablet.get("/kiosk/pay/code").await.to, "/kiosk", "no clerk has looked yet");
    offer(&tablet).await;
    assert!(tablet.get("/kiosk").await.says("href=\"/kiosk/pay/code\""));
    let page = tablet.get("/kiosk/pay/code").await;
    assert!(page.says("pay-qr") && page.says("お支払い 900円"), "{}", page.text);
    assert!(page.says("data-fresh=\"/kiosk/done?code=1\""), "{}", page.text);
    // Drawn again it is the same: nothing moves before a camera.
    let drawn = tablet.get("/kiosk/done?code=1").await;
    assert!(page.text.contains(drawn.text.trim()), "{}", drawn.text);
    let visit = tablet.visit().await.0.id;
    let paid = by_clerk(&tablet, move |tx, office| {
        let (journal, counter) = (&office.journal, office.counter());
        let by = By { op: journal.op(), actor: Actor::System };
        let charge = bill::bill(tx, journal, counter, Actor::System, visit)?.charge.unwrap();
        let (amount, tender) = (charge.total, payment::Tender::Cash { received: charge.total });
        let request = payment::Request { charge: charge.id, amount, tender, counter: 1, at: None };
        bill::take(tx, journal, counter, by, (visit, &request))
    });
    paid.await.unwrap();
    let drawn = tablet.get("/kiosk/done?code=1").await;
    assert!(!drawn.says("pay-qr") && drawn.says("お支払いが終わりました"), "{}", drawn.text);
    assert_eq!(tablet.get("/kiosk/pay/code").await.to, "/kiosk");
}

#[tokio::test]
async fn a_terminal_at_the_counter_is_not_said_to_stand_beside_the_tablet() {
    let (tablet, _) = handed_in(Mood::Approve).await;
    let visit = tablet.visit().await.0.id;
    let begun = by_clerk(&tablet, move |tx, office| {
        let (journal, counter) = (&office.journal, office.counter());
        let by = By { op: journal.op(), actor: Actor::System };
        let charge = bill::bill(tx, journal, counter, Actor::System, visit)?.charge.unwrap();
        let request = payment::Request {
            charge: charge.id,
            amount: charge.total,
            tender: payment::Means::Credit.into(),
            counter: 1,
            at: Some(payment::At { terminal: "t2".to_owned(), brand: None }),
        };
        cashless::begin(tx, journal, counter, by, (visit, &request))
    });
    begun.await.unwrap();
    let page = tablet.get("/kiosk/done").await;
    assert!(page.says("窓口の決済端末で") && !page.says("横の決済端末"), "{}", page.text);
    assert_eq!(waits(&tablet).await, [(Stage::Going, Yen(900))]);
}

#[tokio::test]
async fn nothing_is_paid_at_the_tablet_before_the_clerk_has_looked() {
    let (tablet, log) = handed_in(Mood::Approve).await;
    let visit = tablet.visit().await.0.id;
    let charge = tablet.office.db.read(move |look| payment::charge_of(look, visit)).await;
    let charge = charge.unwrap().unwrap().id.to_string();
    let op = tablet.office.journal.op().to_string();
    let fields = [("op", &*op), ("charge", &*charge), ("amount", "900"), ("pay_with", "credit")];
    assert_eq!(tablet.press("/kiosk/pay", &fields).await.to, "/kiosk");
    let strange = [&fields[..3], &[("pay_with", "cash")]].concat();
    assert_eq!(tablet.press("/kiosk/pay", &strange).await.status, StatusCode::BAD_REQUEST);
    assert_eq!((states(&tablet).await, Books::open(&log).unwrap().taken().count()), (vec![], 0));
}

/// Writes what a clerk does meanwhile.
async fn by_clerk<T: Send + 'static>(
    tablet: &Tablet,
    act: impl FnOnce(&Tx<'_>, &Office) -> Result<T, visit::Error> + Send + 'static,
) -> Result<T, visit::Error> {
    let office = tablet.office.clone();
    tablet.office.db.write(move |tx| act(tx, &office)).await
}

#[tokio::test]
async fn the_clerk_takes_cash_or_the_resident_pays_and_never_both() {
    let (tablet, log) = handed_in(Mood::Approve).await;
    offer(&tablet).await;
    let page = tablet.get("/kiosk/done").await;
    let (visit, charge) = (tablet.visit().await.0.id, page.hidden("charge").parse().unwrap());
    let in_cash = by_clerk(&tablet, move |tx, office| {
        let by = By { op: office.journal.op(), actor: Actor::System };
        let tender = payment::Tender::Cash { received: Yen(1000) };
        let request = payment::Request { charge, amount: Yen(900), tender, counter: 1, at: None };
        bill::take(tx, &office.journal, office.counter(), by, (visit, &request))
    });
    let (chosen, in_cash) = tokio::join!(choose(&tablet, &page, "credit"), in_cash);
    assert_eq!(chosen.to, "/kiosk");
    while states(&tablet).await.contains(&State::Started) {}
    assert_eq!(states(&tablet).await, [State::Authorised]);
    let taken = Books::open(&log).unwrap().taken().count();
    assert_eq!(taken, usize::from(in_cash.is_err()), "{in_cash:?}");
    assert!(tablet.get("/kiosk/done").await.says("お支払いが終わりました"));
}

#[tokio::test]
async fn what_was_corrected_after_it_was_offered_is_not_paid_at_the_tablet() {
    let (tablet, log) = handed_in(Mood::Approve).await;
    offer(&tablet).await;
    let page = tablet.get("/kiosk/done").await;
    let visit = tablet.visit().await.0.id;
    let exempted = by_clerk(&tablet, move |tx, office| {
        let (journal, counter) = (&office.journal, office.counter());
        let staff = crate::id::StaffId::new(journal.now(), &*journal.chance);
        let exempt = (visit, "juminhyo", "official");
        bill::exempt(tx, journal, counter, (journal.op(), staff), exempt)?;
        bill::bill(tx, journal, counter, Actor::System, visit).map(drop)
    });
    exempted.await.unwrap();
    assert_eq!(choose(&tablet, &page, "credit").await.to, "/kiosk");
    assert_eq!((states(&tablet).await, Books::open(&log).unwrap().taken().count()), (vec![], 0));
    assert!(!tablet.get("/kiosk/done").await.says("pay_with"));
}

#[tokio::test]
async fn what_nobody_knows_is_not_offered_again() {
    let (tablet, _) = handed_in(Mood::Deaf).await;
    offer(&tablet).await;
    let page = tablet.get("/kiosk/done").await;
    let visit = tablet.visit().await.0.id;
    choose(&tablet, &page, "credit").await;
    let unknown = by_clerk(&tablet, move |tx, office| {
        let id = payment::of_visit(tx, visit)?[0].id;
        let by = By { op: office.journal.op(), actor: Actor::System };
        Ok(payment::settle(tx, &office.journal, by, (id, &payment::Outcome::Unknown))?)
    });
    unknown.await.unwrap();
    let page = tablet.get("/kiosk/done").await;
    assert!(page.says("お支払いの結果を確かめています"), "{}", page.text);
    assert!(!page.says("pay_with") && page.says("data-stays"), "{}", page.text);
}

#[tokio::test]
async fn what_was_declined_is_chosen_anew() {
    let (tablet, _) = handed_in(Mood::Decline).await;
    offer(&tablet).await;
    choose(&tablet, &tablet.get("/kiosk/done").await, "credit").await;
    while states(&tablet).await == [State::Started] {}
    let page = tablet.get("/kiosk/done").await;
    assert!(page.says("お支払いできませんでした") && page.says("pay_with"), "{}", page.text);
}

#[tokio::test]
async fn whichever_touch_the_tablet_lets_go_of_what_was_begun_is_asked() {
    let (tablet, _) = handed_in(Mood::Decline).await;
    offer(&tablet).await;
    for nth in 1.. {
        let page = tablet.get("/kiosk/done").await;
        let touched = choose(&tablet, &page, "credit");
        let whole = let_go_at(tablet.office.db.commits(), nth, touched).await.is_some();
        let ends = async { while states(&tablet).await.contains(&State::Started) {} };
        // Longer than anything takes here.
        let ended = tokio::time::timeout(std::time::Duration::from_secs(60), ends).await;
        assert!(ended.is_ok(), "let go at {nth}: begun, and never asked");
        if whole {
            break;
        }
    }
    assert!(!states(&tablet).await.is_empty());
}
