//! Codes of bills and wallets that are held to the kiosk.

use super::*;

const CONVENIENCE: &str = "91012345678901234567890123456789012345678901";

async fn shown(tablet: &Tablet, text: &str) -> Answer {
    assert_eq!(tablet.press("/kiosk/code", &[("text", text)]).await.to, "/kiosk/code");
    tablet.get("/kiosk/code").await
}

#[tokio::test]
async fn a_bill_is_explained_and_nothing_of_it_is_kept() {
    let tablet = Tablet::paired().await;
    let op = tablet.get("/kiosk").await.hidden("op");
    tablet.post("/kiosk/start", &[("op", &op), ("lang", "ja")]).await;
    tablet.press("/kiosk/purpose", &[]).await;
    let tax = "4".repeat(60);
    for (text, words) in [
        (CONVENIENCE, "納付書に書いてある金融機関やコンビニ"),
        (&tax, "地方税お支払サイト"),
        ("2801234567890123", "手数料のお支払いは、手続きのあと、窓口で"),
        ("00020101021226680019jp.or.paymentsjapan", "スマートフォンの決済アプリで読み取るもの"),
    ] {
        let told = shown(&tablet, text).await;
        assert!(told.says("支払いのためのコードです") && told.says(words), "{}", told.text);
        assert!(told.says("読み取った内容は残していません"), "{}", told.text);
        assert!(!told.says(text), "its content on the page");
        // Read once more it would say the same: only another code is of use here.
        assert!(!told.says("もう一度読み取る"), "{}", told.text);
        assert!(told.says("ご自宅のコードを使う"), "{}", told.text);
        tablet.press("/kiosk/code", &[("again", "yes")]).await;
    }
    let facts = tablet.office.db.read(|connection| -> Result<Vec<String>, crate::db::Error> {
        let mut rows =
            connection.prepare("select facts from journal where kind = 'code.refused'")?;
        let facts = rows.query_map([], |row| row.get(0))?;
        Ok(facts.collect::<Result<_, _>>()?)
    });
    let kept = |code: &str| format!("{{\"code\":\"bill_code.{code}\",\"jti\":null}}");
    let expected = ["convenience", "local_tax", "wallet", "shop"].map(kept);
    assert_eq!(facts.await.unwrap(), expected);
    // Nothing of it is anywhere on the disk.
    for file in std::fs::read_dir(tablet.folder.path()).unwrap().map(|file| file.unwrap().path()) {
        let Ok(bytes) = std::fs::read(&file) else { continue };
        for text in [CONVENIENCE, &tax] {
            let found = bytes.windows(text.len()).any(|part| part == text.as_bytes());
            assert!(!found, "{}", file.display());
        }
    }
}
