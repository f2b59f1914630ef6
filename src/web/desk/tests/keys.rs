//! The keys of codes made at home, as whoever looks after the machines sees them.

use super::*;
use crate::chance::SeededChance;
use crate::preregistration::{Epoch, KeyFolder};

#[tokio::test]
async fn a_month_without_a_key_for_codes_stands_on_the_page_of_devices_until_it_has_one() {
    let (town, _) = furnished().await;
    let supervisor = town.sign_in("supervisor").await;
    let today = town.office.journal.now().date();
    let month = Epoch::of(today);
    let told = format!("{month} の二次元コードの鍵がありません");
    let page = supervisor.get("/desk/devices").await;
    assert!(page.says(&told) && page.says("madoguchi key new"), "{}", page.text());

    let folder = KeyFolder::within(town.folder.path());
    for month in [month, month.next()] {
        let code = &town.office.config.site.town.code;
        folder.make(month, code, today, &SeededChance::new(1)).unwrap();
    }
    let page = supervisor.get("/desk/devices").await;
    assert!(!page.says("madoguchi key"), "{}", page.text());

    let torn = town.folder.path().join(format!("preregistration-keys/{month}.key"));
    std::fs::write(torn, "torn").unwrap();
    let page = supervisor.get("/desk/devices").await;
    assert!(page.says(&told) && page.says("読めない二次元コードの鍵があります"), "{}", page.text());
}
