//! Receipts at the desk: one that is the first, and others that say so.

use super::slips::town;
use super::*;
use crate::pdf::others;
use crate::web::printers::Progress;

/// Somebody who has paid at the desk.
struct Paid<'t> {
    clerk: Browser<'t>,
    visit: VisitId,
    /// Where its receipt is printed from.
    road: String,
}

async fn paid(town: &Town) -> Paid<'_> {
    let visit = town.visit("juminhyo").await;
    let clerk = town.sign_in("clerk").await;
    let bill = format!("/desk/visits/{visit}/payment");
    let page = clerk.get(&bill).await;
    let (charge, amount) = (page.hidden("charge"), page.hidden("amount"));
    let fields = [("charge", charge), ("amount", amount), ("act", "cash"), ("received", "1000")];
    clerk.post(&bill, &[&fields[..], &[("counter", "1")]].concat()).await;
    let payments = move |connection: &_| crate::payment::of_visit(connection, visit);
    let payment = town.office.db.read(payments).await.unwrap()[0].id;
    Paid { clerk, visit, road: format!("{bill}/{payment}/receipt") }
}

impl Paid<'_> {
    /// Presses, and waits for what becomes of it; the page about that.
    async fn print(&self) -> Answer {
        let sent = self.clerk.post(&self.road, &[]).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
        let op = sent.to.rsplit('/').next().unwrap().parse().unwrap();
        let runs = || {
            let press = self.clerk.town.office.printers.press(op);
            press.is_some_and(|press| press.parts[0].progress == Progress::Running)
        };
        let wait = async {
            while runs() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), wait).await.unwrap();
        self.clerk.get(&sent.to).await
    }
}

fn text(bytes: &[u8]) -> String {
    encoding_rs::SHIFT_JIS.decode(bytes).0.into_owned()
}

#[tokio::test]
async fn a_receipt_is_printed_once_and_every_other_copy_says_so() {
    let (town, printed) = town().await;
    let paid = paid(&town).await;
    let bill = paid.clerk.get(&format!("/desk/visits/{}/payment", paid.visit)).await;
    assert!(bill.says("領収書を印刷する"), "{}", bill.text());
    // The roll is empty: the printer may have put out a part of it.
    let failed = paid.print().await;
    assert!(
        failed.says("用紙がありません") && failed.says("領収書・利用明細"),
        "{}",
        failed.text()
    );
    let done = paid.print().await;
    assert!(done.says("印刷しました"), "{}", done.text());
    paid.print().await;
    let copies: Vec<String> = printed.lock().unwrap().iter().map(|copy| text(copy)).collect();
    let again: Vec<bool> = copies.iter().map(|copy| copy.contains("再発行")).collect();
    assert_eq!(again, [true, true]);
    assert!(copies[0].contains("領収書") && copies[0].contains("1,000円"), "{}", copies[0]);
    let kinds = town.kinds().await;
    let own: Vec<&str> = kinds.iter().filter_map(|kind| kind.strip_prefix("receipt.")).collect();
    let each = ["print_sent", "print_failed", "print_sent", "printed", "print_sent", "printed"];
    assert_eq!(own, each);
}

#[tokio::test]
async fn in_the_browser_the_first_is_the_first_and_the_second_says_so() {
    let (town, _printed) = town().await;
    let paid = paid(&town).await;
    let browser = [("printer", "browser")];
    let first = paid.clerk.post(&paid.road, &browser).await;
    let Some(words) = others::sheets(&first.body) else { return };
    assert!(words[0].starts_with("領収書"), "{words:?}");
    let second = paid.clerk.post(&paid.road, &browser).await;
    let words = others::sheets(&second.body).unwrap();
    assert!(words[0].starts_with("【再発行】領収書"), "{words:?}");
}

#[tokio::test]
async fn what_was_taken_back_has_no_receipt() {
    let (town, printed) = town().await;
    let paid = paid(&town).await;
    let bill = format!("/desk/visits/{}/payment", paid.visit);
    let page = paid.clerk.get(&bill).await;
    let fields = [("act", "void"), ("payment", page.hidden("payment")), ("counter", "1")];
    paid.clerk.post(&bill, &[&fields[..], &[("reason", "wrong_amount")]].concat()).await;
    assert!(!paid.clerk.get(&bill).await.says("領収書を印刷する"));
    let refused = paid.clerk.post(&paid.road, &[]).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(printed.lock().unwrap().is_empty());
}

#[tokio::test]
async fn two_presses_at_the_same_time_are_not_two_first_receipts() {
    let (town, _printed) = town().await;
    let paid = paid(&town).await;
    let journal = town.office.journal.clone();
    let payment = paid.road.split('/').nth(5).unwrap().parse().unwrap();
    let (visit, actor) = (paid.visit, Actor::System);
    // Both looked before either was noted.
    let copy = visit::printing::Copy { payment, again: false };
    let both = move |tx: &crate::db::Tx<'_>| -> Result<Vec<bool>, visit::Error> {
        let show = |_| visit::printing::receipt_shown(tx, &journal, actor, (visit, &copy)).is_ok();
        Ok((0..2).map(show).collect())
    };
    assert_eq!(town.office.db.write(both).await.unwrap(), [true, false]);
}
