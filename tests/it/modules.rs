//! What a town has switched off is shown nowhere, and what is left still leads
//! from a resident's first touch to a clerk's paper.

use std::fs;
use std::path::Path;

use crate::stage::clerk::words_of;
use crate::stage::http::Visitor;
use crate::stage::office::{self, go_on, hidden, pair, screen, set_up};
use crate::stage::program::{Program, madoguchi, run};

const EXAMPLE: &str = "kiosk-config/example";

/// The example town with some modules off.
fn town_without(folder: &Path, off: &[&str]) {
    for file in ["counters.toml", "procedures.toml", "fees.toml", "devices.toml", "site.toml"] {
        fs::copy(Path::new(EXAMPLE).join(file), folder.join(file)).unwrap();
    }
    let devices = "[[reader]]\nid = \"reader-1\"\nkind = \"pcsc\"\n";
    let devices = if off.contains(&"card_reader") { devices } else { "" };
    fs::write(folder.join("devices.toml"), devices).unwrap();
    let site = folder.join("site.toml");
    let mut text = fs::read_to_string(&site).unwrap();
    for module in off {
        let on = format!("\n{module} = true\n");
        assert!(text.contains(&on), "{module}");
        text = text.replace(&on, &format!("\n{module} = false\n"));
    }
    fs::write(&site, text).unwrap();
}

/// Everything a resident is shown, and the number at the end.
fn walk(tablet: &mut Visitor) -> (String, String) {
    let mut seen = String::new();
    loop {
        seen += &screen(tablet).unwrap();
        if let Some(number) = go_on(tablet, "試験　花子").unwrap() {
            return (seen, number);
        }
    }
}

/// What the clerk sees who finds the visit by its number, and the paper.
fn at_the_desk(clerk: &mut Visitor, number: &str) -> (String, String) {
    let list = clerk.get("/desk").text;
    assert!(list.contains(&format!("<td class=\"ticket\">{number}</td>")), "{list}");
    let found = clerk.post("/desk", &[("key", hidden(&list, "key")), ("find", number)]);
    let visit = found.header("location").to_owned();
    let page = clerk.get(&visit).text;
    let key = hidden(&page, "key").to_owned();
    let paper = clerk.post(&format!("{visit}/papers"), &[("key", &key)]);
    (page, words_of(&paper.bytes))
}

/// An office in which `off` is off: what the resident saw, the number, what the
/// clerk saw, and the words on the paper.
fn day_without(off: &[&str]) -> [String; 4] {
    let folder = tempfile::tempdir().unwrap();
    let (config, data) = (folder.path().join("config"), folder.path().join("data"));
    fs::create_dir(&config).unwrap();
    town_without(&config, off);
    let mut program = Program::serve_at(&data, &config);
    let mut clerk = office::hire(&mut set_up(&program));
    let mut tablet = pair(&mut clerk, "入口の端末");
    let (seen, number) = walk(&mut tablet);
    let (desk, paper) = at_the_desk(&mut clerk, &number);
    office::leave(&mut tablet).unwrap();
    let devices = clerk.get("/desk/devices").text;
    program.stop();
    let (code, _, told) = run(madoguchi(&["verify", "--data"]).arg(&data));
    assert_eq!(code, Some(0), "{told}");
    [seen, number, format!("{desk}{devices}"), paper]
}

#[test]
fn without_a_queue_the_receipt_number_is_called() {
    let [seen, number, desk, paper] = day_without(&["queue"]);
    assert_eq!(number, "0001");
    assert!(seen.contains("あなたの受付番号") && !seen.contains("あなたの番号"));
    assert!(desk.contains("<p class=\"big-ticket\">0001</p>"));
    assert!(!paper.contains("A1"), "{paper}");
    assert!(seen.contains("300円"), "fees are still on");
}

#[test]
fn without_payment_no_screen_and_no_paper_names_an_amount() {
    let [seen, number, desk, paper] = day_without(&["payment"]);
    assert_eq!(number, "A1");
    for words in [&seen, &desk, &paper] {
        assert!(!words.contains("300") && !words.contains("手数料の見込み"), "{words}");
    }
}

#[test]
fn without_a_card_reader_nobody_hears_of_cards() {
    let [seen, number, desk, _] = day_without(&["card_reader"]);
    assert_eq!(number, "A1");
    for word in ["カードを置", "カードから", "暗証番号", "class=\"ways\"", "/kiosk/card"]
    {
        assert!(!seen.contains(word), "{word}");
    }
    assert!(!desk.contains("カードリーダー"), "{desk}");
}

#[test]
fn with_everything_off_paper_alone_still_works() {
    let [seen, number, desk, paper] = day_without(&["card_reader", "queue", "payment"]);
    assert_eq!(number, "0001");
    assert!(!seen.contains("カードを置") && !seen.contains("300円"));
    assert!(!desk.contains("カードリーダー") && paper.contains("honcho-"), "{paper}");
}
