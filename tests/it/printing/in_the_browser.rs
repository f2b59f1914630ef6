//! What residents and clerks see of printing, in a real browser.

use std::fs;
use std::path::Path;

use super::cups::Cups;
use super::slip_printer::PaperPrinter;
use crate::kiosk::{certificate, tap};
use crate::stage::browser::browser;
use crate::stage::clerk::Clerk;
use crate::stage::program::{Program, madoguchi};
use crate::stage::resident::Resident;
use crate::stage::wait_until;

/// The demonstration, with a printer for papers and one for slips.
fn furnished(house: &Path, cups: &Cups, slips: &PaperPrinter) -> Program {
    let example = Path::new("kiosk-config/example");
    let config = house.join(example);
    fs::create_dir_all(config.join("demo")).unwrap();
    for folder in ["", "demo"] {
        for entry in fs::read_dir(example.join(folder)).unwrap().map(Result::unwrap) {
            if entry.path().is_file() {
                fs::copy(entry.path(), config.join(folder).join(entry.file_name())).unwrap();
            }
        }
    }
    let printers = format!(
        "[[printer]]\nid = \"slip-1\"\nname = {{ ja = \"記載台の票\", en = \"Slips\" }}\n\
         kind = \"tcp\"\naddress = \"{}\"\n[[slips]]\nprinter = \"slip-1\"\ndesk = true\n{}",
        slips.address,
        super::queue(cups, "a4")
    );
    fs::write(config.join("printers.toml"), printers).unwrap();
    let mut command = madoguchi(&["demo", "--listen", "127.0.0.1:0"]);
    // It takes the configuration that lies where it is started.
    let here = std::env::current_dir().unwrap();
    command.arg("--templates").arg(here.join("templates/forms"));
    command.arg("--fonts").arg(here.join("fonts"));
    Program::start(command.current_dir(house))
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
