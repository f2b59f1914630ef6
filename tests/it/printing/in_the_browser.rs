//! What residents and clerks see of printing, in a real browser.

use std::fs;
use std::path::Path;

use super::cups::Cups;
use super::slip_printer::PaperPrinter;
use crate::kiosk::{certificate, pin_of, tap};
use crate::stage::browser::{Browser, browser};
use crate::stage::clerk::{Clerk, words_of};
use crate::stage::program::Program;
use crate::stage::resident::{Memory, Resident, memory};
use crate::stage::wait_until;

/// The demonstration, with a printer for papers and one for slips.
fn furnished(house: &Path, cups: &Cups, slips: &PaperPrinter) -> Program {
    let printers = format!(
        "[[printer]]\nid = \"slip-1\"\nname = {{ ja = \"記載台の票\", en = \"Slips\" }}\n\
         kind = \"tcp\"\naddress = \"{}\"\n[[slips]]\nprinter = \"slip-1\"\ndesk = true\n{}",
        slips.address,
        super::queue(cups, "a4")
    );
    demo_with(house, &printers)
}

/// The demonstration, with these printers.
fn demo_with(house: &Path, printers: &str) -> Program {
    Program::demo_in(house, |config| fs::write(config.join("printers.toml"), printers).unwrap())
}

#[test]
fn a_resident_gets_a_slip_and_a_clerk_sees_what_comes_of_a_paper() {
    let Some(cups) = Cups::start("printing in a browser") else { return };
    let Some(browser) = browser("printing") else { return };
    let folder = tempfile::tempdir().unwrap();
    let slips = PaperPrinter::start();
    let program = furnished(folder.path(), &cups, &slips);
    let mut resident = Resident::arrive(&browser, &program, certificate()).in_a_hurry();
    tap(&mut resident, &["juminhyo"]);
    resident.answer_all();
    assert_eq!(resident.hand_in(), "A1");
    wait_until("the resident has a slip", || browser.text().contains("お渡し票をお取りください"));
    browser.picture("printing-slip-taken");
    assert_eq!(slips.printed().len(), 1);

    let mut clerk = Clerk::sign_in(&browser, &program, "printing");
    clerk.find("A1");
    assert!(browser.text().contains("窓口のプリンター"), "{}", browser.text());
    cups.is("empty");
    browser.follow("印刷 P");
    wait_until("the clerk knows", || browser.text().contains("用紙がありません"));
    clerk.look();
    wait_until("it is given up", || browser.text().contains("印刷できませんでした"));
    clerk.look();
    cups.is("well");
    browser.follow("もう一度印刷 P");
    wait_until("it is printed", || browser.text().contains("印刷しました"));
    clerk.look();
    assert_eq!(cups.came_out().len(), 1);
    clerk.press("来庁の画面に戻る");
    assert!(browser.text().contains("印刷1回"), "{}", browser.text());
    browser.follow("お渡し票を印刷 (記載台の票)");
    wait_until("the slip is printed", || browser.text().contains("印刷しました"));
    clerk.look();
    assert_eq!(slips.printed().len(), 2);
}

/// 試験 花子 asks for one paper of each section.
fn hand_in_at_two_sections(browser: &Browser, program: &Program) {
    let mut known: Memory = certificate();
    known.extend(memory(&[
        ("zei.subject", "income"),
        ("zei.relation", "self"),
        ("zei.january", "same"),
        ("zei.copies", "taxation=1"),
    ]));
    let mut resident = Resident::arrive(browser, program, known).in_a_hurry();
    resident.begin("はじめる", "わかりました");
    resident.choose(&["juminhyo", "zei"], "次へ");
    resident.answer_all();
    resident.press("マイナンバーカード");
    resident.lay("shiken-hanako.1");
    resident.enter(&pin_of("shiken-hanako"));
    resident.answer_all();
    assert_eq!(resident.hand_in(), "A1");
}

#[test]
fn printing_all_takes_each_paper_to_the_printer_of_its_own_section() {
    let Some(cups) = Cups::start("a printer for each section") else { return };
    let Some(browser) = browser("printers of sections") else { return };
    let folder = tempfile::tempdir().unwrap();
    let queue = |id: &str, name: &str, section: &str| {
        format!(
            "[[printer]]\nid = \"{id}\"\nname = {{ ja = \"{name}\", en = \"{id}\" }}\n\
             kind = \"cups\"\nqueue = \"{id}\"\nserver = \"{}\"\nwait_secs = 20\n\
             [[papers]]\nprinter = \"{id}\"\nsections = [\"{section}\"]\n",
            cups.socket().display()
        )
    };
    let printers =
        queue("a4", "町民課のプリンター", "citizens") + &queue("tax", "税務課のプリンター", "tax");
    let program = demo_with(folder.path(), &printers);
    hand_in_at_two_sections(&browser, &program);

    let mut clerk = Clerk::sign_in(&browser, &program, "printing-sections");
    clerk.find("A1");
    cups.is("empty");
    browser.follow("すべて印刷（課の順） P");
    wait_until("the one is printed and the other waits", || {
        let page = browser.text();
        page.contains("印刷しました") && page.contains("印刷が止まっています")
    });
    clerk.look();
    cups.is("well");
    let each = || browser.all(".printing h2", "innerText");
    wait_until("both are printed", || each().iter().all(|said| said == "印刷しました"));
    clerk.look();
    let of_citizens = words_of(&cups.came_out().remove(0));
    let of_tax = words_of(&cups.came_out_of("paper2").remove(0));
    assert!(of_citizens.contains("住民票の写し") && !of_citizens.contains("税証明等交付申請書"));
    assert!(of_tax.contains("税証明等交付申請書") && !of_tax.contains("住民票の写し等交付"));
    assert_eq!((cups.came_out().len(), cups.came_out_of("paper2").len()), (1, 1));
    clerk.press("来庁の画面に戻る");
    assert_eq!(browser.text().matches("印刷1回").count(), 2, "{}", browser.text());
}

#[test]
fn what_a_section_prints_from_the_browser_waits_beside_what_a_printer_prints() {
    let Some(cups) = Cups::start("a section without a printer") else { return };
    let Some(browser) = browser("a section without a printer") else { return };
    let folder = tempfile::tempdir().unwrap();
    let printers = super::queue(&cups, "a4") + "sections = [\"tax\"]\n";
    let program = demo_with(folder.path(), &printers);
    hand_in_at_two_sections(&browser, &program);
    let mut clerk = Clerk::sign_in(&browser, &program, "printing-by-hand");
    clerk.find("A1");
    browser.follow("すべて印刷（課の順） P");
    wait_until("the one is printed", || browser.text().contains("印刷しました"));
    clerk.look();
    assert!(browser.text().contains("ブラウザーから印刷します"), "{}", browser.text());
    let papers = cups.came_out();
    assert!(words_of(&papers[0]).contains("税証明等交付申請書") && papers.len() == 1);
}
