//! Money from the number to the closed day: in the browser, and by command.

mod at_the_tablet;
mod command;

use madoguchi::config::Config;
use madoguchi::{jpqr, scan};
use serde_json::Value;

use crate::kiosk::{certificate, tap};
use crate::stage::browser::{Browser, browser, from_base64};
use crate::stage::clerk::{Clerk, ENTER, words_of};
use crate::stage::program::Program;
use crate::stage::resident::Resident;

/// What a form of the page answers with, as its browser would get it.
fn sent(browser: &Browser, form: &str) -> Vec<u8> {
    fetched(
        browser,
        &format!(
            "const form = document.querySelector(\"{form}\"); \
         const answer = await fetch(form.action, \
             {{ method: 'POST', body: new URLSearchParams(new FormData(form)) }});"
        ),
    )
}

/// What lies at an address.
fn looked_up(browser: &Browser, path: &str) -> Vec<u8> {
    fetched(browser, &format!("const answer = await fetch('{path}');"))
}

fn fetched(browser: &Browser, how: &str) -> Vec<u8> {
    let script = format!(
        "return (async () => {{ {how} \
         const bytes = new Uint8Array(await answer.arrayBuffer()); \
         let text = ''; for (const byte of bytes) text += String.fromCharCode(byte); \
         return [answer.status, btoa(text)]; }})()"
    );
    let answer: Value = browser.run(&script);
    assert_eq!(answer[0], 200, "{how}");
    from_base64(answer[1].as_str().unwrap())
}

#[test]
fn a_resident_pays_takes_a_receipt_along_and_a_supervisor_closes_the_day() {
    let Some(browser) = browser("from the number to the closed day") else { return };
    if browser.with_examiner("from the number to the closed day").is_none() {
        return;
    }
    let program = Program::demo();
    let mut resident = Resident::arrive(&browser, &program, certificate()).in_a_hurry();
    tap(&mut resident, &["juminhyo"]);
    resident.answer_all();
    assert_eq!(resident.hand_in(), "A1");
    let mut clerk = Clerk::sign_in(&browser, &program, "closing");
    clerk.find("しけん");
    clerk.press("会計をひらく");
    // On the other side of the counter: the code for the exact amount.
    let bill = browser.address();
    browser.go(&format!("{bill}/code"));
    clerk.look();
    let picture = scan::unpack(&browser.picture_of("svg.pay-qr")).unwrap();
    let code = scan::read(&picture).expect("a camera reads the code from the screen");
    let asked = jpqr::read(&code).unwrap();
    assert_eq!(asked.store.name_ja, "みほん町");
    let amount = format!("{}円", asked.amount);
    assert_eq!(browser.text_of(".pay-amount"), amount);
    browser.go(&format!("{bill}/code?expired=1"));
    clerk.look();
    assert!(!browser.shows("svg.pay-qr"), "{}", browser.text());
    browser.go(&bill);
    browser.write("#received", "10000");
    clerk.enter(ENTER);
    assert!(browser.text().contains("収納済"), "{}", browser.text());
    let form = "form[action$='/receipt']";
    let receipt = words_of(&sent(&browser, form));
    assert!(receipt.contains("領収書") && receipt.contains("10,000円"), "{receipt}");
    assert!(receipt.contains(&amount), "{amount} in {receipt}");
    let again = words_of(&sent(&browser, form));
    assert!(again.contains("再発行"), "{again}");

    let config = Config::load("kiosk-config/example".as_ref()).unwrap();
    let supervisor = &config.demo.staff[1];
    browser.leave(|| browser.press("form[action='/desk/sign-out'] button"));
    let mut clerk = Clerk::sign_in_as(&browser, &program, supervisor, "closing-day");
    clerk.press("締め 8");
    assert!(browser.text().contains("現金を数えていません"), "{}", browser.text());
    let took = browser.text_of(".closing-row p");
    let took: String = took.lines().nth(1).unwrap_or_default().to_owned();
    let took: String = took.chars().filter(char::is_ascii_digit).collect();
    browser.write("#counted-1", &took);
    browser.leave(|| browser.press(".closing-row button[value=count]"));
    clerk.look();
    assert!(!browser.text().contains("現金を数えていません"), "{}", browser.text());
    browser.leave(|| browser.press("button[value=close]"));
    clerk.look();
    assert!(browser.text().contains("この日は締めました"), "{}", browser.text());
    let path = browser.path();
    let paper = words_of(&looked_up(&browser, &format!("{path}/paper.pdf")));
    for words in ["日計表", "科目別", "締めの記録", "戸籍住民基本台帳手数料"]
    {
        assert!(paper.contains(words), "{words} in {paper}");
    }
    let lines = looked_up(&browser, &format!("{path}/lines.csv"));
    assert_eq!(String::from_utf8(lines).unwrap().lines().count(), 2, "a head and one fee");
    clerk.press("締め 8");
    assert!(browser.text().contains("今日は締めました"), "{}", browser.text());
}
