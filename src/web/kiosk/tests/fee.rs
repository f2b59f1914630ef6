//! What it will cost stands on the page that shows everything once more, before anything
//! is handed in.

use time::macros::datetime;

use super::*;
use crate::applicant::Source;
use crate::db::Tx;
use crate::form::record;
use crate::journal::Actor;
use crate::visit::bill;

/// A tablet at that page, with the form's own sample as answers.
async fn before_handing_in(tablet: &Tablet, lang: &str) {
    tablet.arrive(lang).await;
    let (visit, office) = (tablet.visit().await.0.id, tablet.office.clone());
    let fill_in = move |tx: &Tx<'_>| -> Result<(), visit::Error> {
        let journal = &office.journal;
        let form = office.forms.get("juminhyo").unwrap();
        let today = journal.now().date();
        let sample = record::read(&[form], form.sample().unwrap(), Source::Typed, today).unwrap();
        visit::choose_way(tx, journal, Actor::System, visit, Some(visit::Way::Hand))?;
        visit::answer(tx, journal, Actor::System, visit, &sample)
    };
    tablet.office.db.write(fill_in).await.unwrap();
    // The one page on which everything may be left out.
    let page = tablet.get("/kiosk").await;
    let value = |name: &str| page.text.split_once(name).unwrap().1.split('"').next().unwrap();
    let path = format!("/kiosk/page/{}", value("action=\"/kiosk/page/"));
    let asked = value("name=\"asked\" value=\"").to_owned();
    tablet.press(&path, &[("asked", &asked)]).await;
}

/// The words of that part of the page, without its marks.
fn fee(page: &Answer) -> String {
    let part = page.text.split_once("check-group fee\">").expect(&page.text).1;
    let part = part.split_once("</section>").unwrap().0;
    let words = part.split('<').map(|piece| piece.split_once('>').map_or(piece, |it| it.1));
    words.map(str::trim).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn what_is_shown_before_is_what_is_charged_afterwards() {
    for (lang, shown) in [
        (
            "ja",
            "手数料の見込み 住民票記載事項証明書（見本） × 1 300円 住民票の写し（見本） × 2 600円 合計 900円",
        ),
        (
            "en",
            "Expected fee Certificate of items in the record (sample) × 1 300 yen Certificate of residence (sample) × 2 600 yen Total 900 yen",
        ),
    ] {
        let tablet = Tablet::paired().await;
        before_handing_in(&tablet, lang).await;
        let page = tablet.get("/kiosk").await;
        assert_eq!(fee(&page), shown);
        let op = page.hidden("op");
        tablet.press("/kiosk/submit", &[("op", &op)]).await;
        let (visit, office) = (tablet.visit().await.0.id, tablet.office.clone());
        let owed = move |tx: &Tx<'_>| {
            bill::bill(tx, &office.journal, office.counter(), Actor::System, visit)
        };
        let bill = tablet.office.db.write(owed).await.unwrap();
        assert_eq!(bill.charge.unwrap().total.0, 900);
    }
}

#[tokio::test]
async fn on_a_day_without_a_rule_the_counter_says_it_and_no_amount_is_guessed() {
    let tablet = Tablet::paired().await;
    // The example's prices begin the day after.
    tablet.clock.hold(datetime!(2026-03-31 10:00 +9));
    before_handing_in(&tablet, "ja").await;
    let page = tablet.get("/kiosk").await;
    assert!(!fee(&page).contains('円'), "{}", fee(&page));
    assert_eq!(fee(&page), "手数料の見込み 窓口でご案内します");
}
