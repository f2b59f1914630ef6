//! The code made at home: before the camera, under a scanner that types, and from
//! one on a serial line.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};
use serde_json::json;

use crate::stage::browser::{Browser, browser};
use crate::stage::clerk::{Clerk, words_of};
use crate::stage::from_home::{BIRTHDAY, Held, certificate, picture, sealed};
use crate::stage::http::Visitor;
use crate::stage::office::{self, hidden, screen};
use crate::stage::program::{Program, madoguchi, run};
use crate::stage::resident::{Memory, Resident};
use crate::stage::wait_until;

/// At the page that reads codes, with the code held before the camera, until it
/// was read.
fn show<'a>(
    browser: &'a Browser,
    program: &'a Program,
    (text, album): (&str, &'static str),
) -> Resident<'a> {
    let mut resident = Resident::arrive(browser, program, Memory::new()).with_album(album);
    resident.begin("はじめる", "わかりました");
    resident.hold(Held::Code(text));
    resident
}

#[test]
fn a_code_before_the_camera_leads_to_a_paper_with_nothing_typed_but_the_birthday() {
    let Some(browser) = browser("a code before the camera") else { return };
    let program = Program::demo();
    let text = sealed(&program.data(), &certificate(), (1, 0));
    let mut resident = show(&browser, &program, (&text, "from-home"));
    // Nothing of it is shown before.
    assert!(!browser.text().contains("試験"), "{}", browser.text());
    resident.enter("0101");
    assert!(browser.text_of(".error-band").contains("あと4回"), "{}", browser.text());
    resident.enter(BIRTHDAY);
    let checked = browser.text();
    for known in
        ["試験　花子", "シケン　ハナコ", "平成5年5月14日", "090-0000-0101", "住民票の写し 2通"]
    {
        assert!(checked.contains(known), "{known} in {checked}");
    }
    assert!(checked.contains("ご自宅で入力された内容です"), "{checked}");
    assert_eq!(resident.hand_in(), "A1");
    assert_eq!(resident.was_asked(), [""; 0]);

    let mut clerk = Clerk::sign_in(&browser, &program, "desk-from-home");
    clerk.find("しけん");
    let code = browser.text_of("#code");
    assert!(code.contains("に作成") && code.contains("第0版"), "{code}");
    assert!(clerk.shown("applicant.name").contains("事前申請"));
    clerk.identify("my_number_card");
    let words = words_of(&clerk.print());
    for value in ["試験花子", "シケンハナコ", "見本県みほん町中央一丁目２番３号"]
    {
        assert!(words.contains(value), "{value} in {words}");
    }

    // A paper was made of it: it is used up, and whoever shows it again calls.
    browser.go(&format!("{}/kiosk", program.address));
    browser.leave(|| browser.press("#end, .done button"));
    let mut again = show(&browser, &program, (&text, "from-home-used"));
    assert!(browser.text_of(".error-band").contains("すでに使われています"), "{}", browser.text());
    assert!(!browser.text().contains("使われた時刻"), "whoever holds it has said no birthday");
    browser.press("#call");
    browser
        .wait("somebody was called", "document.querySelector('#call').dataset.state === 'waiting'");
    browser.go(&format!("{}/desk", program.address));
    let calls = browser.text_of(".calls");
    assert!(calls.contains("preregistration.used"), "{calls}");
    assert!(calls.contains("係長です") && !browser.shows(".not-taken button"), "{calls}");
    clerk.look();
    browser.go(&format!("{}/kiosk/code", program.address));
    again.press("画面に入力する");
    assert!(browser.shows("[name=procedure]"), "{}", browser.text());
}

#[test]
fn a_card_that_says_something_else_wins_and_the_difference_is_shown_to_both() {
    let Some(browser) = browser("a code and a card") else { return };
    let program = Program::demo();
    let mut case = certificate();
    case["applicant"]["address"] = json!("見本県みほん町中央二丁目６番１号");
    let text = sealed(&program.data(), &case, (2, 1));
    let mut resident = show(&browser, &program, (&text, "from-home-card"));
    resident.enter(BIRTHDAY);
    resident.press("カードも読み取って確かめる");
    resident.lay("shiken-hanako.1");
    resident.enter(&super::pin_of("shiken-hanako"));
    assert!(browser.text().contains("この画面の内容を使います"), "{}", browser.text());
    let told = browser.text_of(".told");
    assert!(told.contains("中央二丁目６番１号"), "{told}");
    assert!(browser.text().contains("見本県みほん町中央一丁目２番３号"));
    assert_eq!(resident.hand_in(), "A1");
    let mut clerk = Clerk::sign_in(&browser, &program, "desk-from-home-card");
    clerk.find("しけん");
    let code = browser.text_of("#code");
    assert!(code.contains("申請書では「見本県みほん町中央一丁目２番３号」"), "{code}");
    assert!(code.contains("二次元コードでは「見本県みほん町中央二丁目６番１号」"), "{code}");
    assert!(code.contains("第1版"), "{code}");
}

#[test]
fn every_screen_of_a_code_speaks_english_and_passes_the_examiner() {
    let Some(browser) = browser("a code in English") else { return };
    let Some(()) = browser.with_examiner("a code in English") else { return };
    let program = Program::demo();
    let text = sealed(&program.data(), &certificate(), (3, 0));
    browser.show_to_camera(Held::Nothing);
    let mut resident =
        Resident::arrive(&browser, &program, Memory::new()).with_album("from-home-english");
    resident.press("Start");
    resident.next();
    resident.press("Code made at home");
    browser.show_to_camera(Held::Code("https://www.example.jp/"));
    browser.leave(|| browser.reload());
    browser.wait("it was refused", "document.querySelector('.error-band')");
    resident.look();
    assert!(browser.text().contains("not a code made on the town's page"), "{}", browser.text());
    browser.show_to_camera(Held::Code(&text));
    browser.follow("Try again");
    browser.wait("the code was read", "document.querySelector('[name=birthday]')");
    resident.look();
    resident.enter("1340");
    assert!(browser.text_of(".error-band").contains("four digits"), "{}", browser.text());
    resident.enter(BIRTHDAY);
    assert!(browser.text().contains("Entered at home"), "{}", browser.text());
    assert_eq!(resident.hand_in(), "A1");
}

#[test]
fn a_scanner_that_types_is_read_by_the_places_of_its_keys() {
    let Some(browser) = browser("a scanner that types") else { return };
    let program = Program::demo();
    let text = sealed(&program.data(), &certificate(), (4, 0));
    let mut resident = Resident::arrive(&browser, &program, Memory::new()).in_a_hurry();
    resident.begin("はじめる", "わかりました");
    resident.press("ご自宅で作った二次元コード");
    assert_eq!(browser.run("return document.activeElement === document.body"), true);
    // Somebody's finger on a keyboard is no scanner.
    let typed = "for (const code of ['KeyM', 'KeyK', 'Digit1']) \
         document.body.dispatchEvent(new KeyboardEvent('keydown', { code, bubbles: true })); return 1";
    browser.run(typed);
    assert_eq!(browser.path(), "/kiosk/code");
    let mut was_kept = false;
    browser.leave(|| was_kept = browser.scan(&text));
    assert!(was_kept, "Enter would press a button");
    assert!(browser.shows("[name=birthday]"), "{}", browser.text());
    resident.enter(BIRTHDAY);
    assert_eq!(resident.hand_in(), "A1");
}

/// An office with a scanner on this line beside its only tablet.
fn town_with_scanner(folder: &std::path::Path, device: &str) -> PathBuf {
    let config = folder.join("config");
    fs::create_dir(&config).unwrap();
    for file in ["counters.toml", "procedures.toml", "fees.toml", "site.toml", "appointments.toml"]
    {
        fs::copy(format!("kiosk-config/example/{file}"), config.join(file)).unwrap();
    }
    let scanner = format!(
        "[[scanner]]\nid = \"hand\"\nkind = \"serial\"\ndevice = \"{device}\"\nkiosks = [\"記載台1\"]\n"
    );
    fs::write(config.join("devices.toml"), scanner).unwrap();
    config
}

#[test]
fn a_scanner_on_a_serial_line_is_heard_at_its_tablet_and_at_no_other() {
    let line = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&line).unwrap();
    unlockpt(&line).unwrap();
    let device = ptsname(&line, Vec::new()).unwrap().into_string().unwrap();
    let mut line = fs::File::from(line);
    let folder = tempfile::tempdir().unwrap();
    let config = town_with_scanner(folder.path(), &device);
    let data = folder.path().join("data");
    let program = Program::serve_at(&data, &config);
    let mut clerk = office::set_up(&program);
    let (mut tablet, mut other) =
        (office::pair(&mut clerk, "記載台1"), office::pair(&mut clerk, "記載台2"));
    for visitor in [&mut tablet, &mut other] {
        for _ in 0..2 {
            office::go_on(visitor, "試験　花子").unwrap();
        }
    }
    assert!(!screen(&mut other).unwrap().contains("二次元コード"), "it has no scanner");
    let shown = tablet.get("/kiosk/code").text;
    assert!(shown.contains("読み取り機にかざして") && !shown.contains("<video"), "{shown}");
    let key = hidden(&shown, "key").to_owned();
    let text = sealed(&data, &certificate(), (5, 0));
    let heard = |tablet: &mut Visitor| tablet.get("/kiosk/heard").text == r#"{"heard":true}"#;
    assert!(!heard(&mut tablet));
    // What is sent before the line is open is old, and thrown away.
    wait_until("the line is open", || {
        !tcgetattr(&line).unwrap().local_modes.contains(LocalModes::ICANON)
    });
    line.write_all(format!("{text}\r").as_bytes()).unwrap();
    wait_until("the scanner was heard", || heard(&mut tablet));
    assert!(!heard(&mut other));
    office::send(&mut tablet, "/kiosk/code", &[("key", &key), ("text", "")]).unwrap();
    let asked = screen(&mut tablet).unwrap();
    assert!(asked.contains("name=\"birthday\""), "{asked}");
    let told = [("key", &*key), ("op", hidden(&asked, "op")), ("birthday", BIRTHDAY)];
    office::send(&mut tablet, "/kiosk/birthday", &told).unwrap();
    assert!(screen(&mut tablet).unwrap().contains("この内容でよろしいですか"));
}

#[test]
fn a_supervisor_who_is_called_lets_a_burned_code_be_used_once_more() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let program = Program::serve(&data);
    let mut administrator = office::set_up(&program);
    let mut supervisor = office::hire(&mut administrator);
    let mut tablet = office::pair(&mut administrator, "記載台1");
    for _ in 0..2 {
        office::go_on(&mut tablet, "試験　花子").unwrap();
    }
    let text = sealed(&data, &certificate(), (7, 0));
    office::show_code(&mut tablet, &text);
    for _ in 0..5 {
        office::tell_birthday(&mut tablet, "0101");
    }
    let told = tablet.get("/kiosk/code").text;
    assert!(told.contains("この二次元コードは使えなくなりました"), "{told}");
    tablet.post("/kiosk/call", &[("here", "/kiosk/code")]);
    let list = supervisor.get("/desk").text;
    assert!(list.contains("preregistration.burned"), "{list}");
    let (_, form) = list.split_once("action=\"/desk/codes/").unwrap();
    let path = format!("/desk/codes/{}", form.split('"').next().unwrap());
    let press = [("key", hidden(form, "key")), ("op", hidden(form, "op"))];
    assert_eq!(supervisor.post(&path, &press).header("location"), "/desk?note=reinstated");
    assert!(!supervisor.get("/desk").text.contains("preregistration.burned"));
    office::show_code(&mut tablet, &text);
    office::tell_birthday(&mut tablet, BIRTHDAY);
    assert!(screen(&mut tablet).unwrap().contains("この内容でよろしいですか"));
}

#[test]
fn the_command_reads_a_code_out_of_a_picture() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    let text = sealed(&data, &certificate(), (6, 2));
    let (side, mut pixels) = picture(&text, 6);
    let file = folder.path().join("code.png");
    let draw = |pixels: &[u8]| {
        let created = fs::File::create(&file).unwrap();
        let mut encoder = png::Encoder::new(created, side as u32, side as u32);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.write_header().unwrap().write_image_data(pixels).unwrap();
    };
    draw(&pixels);
    let scan = |file: &std::path::Path| {
        let mut command = madoguchi(&["preregistration", "scan"]);
        run(command.arg(file).arg("--data").arg(&data))
    };
    let (exit, told, said) = scan(&file);
    assert_eq!(exit, Some(0), "{said}");
    let mut open = madoguchi(&["preregistration", "open", &text]);
    assert_eq!(run(open.arg("--data").arg(&data)).1, told);
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!((&told["revision"], &told["procedures"]), (&json!(2), &json!(["juminhyo"])));
    assert_eq!(told["answers"]["applicant.name"]["value"]["text"], "試験　花子");

    // Its lower half is torn away.
    pixels[side * side / 2..].fill(232);
    draw(&pixels);
    let (exit, told, said) = scan(&file);
    assert_eq!((exit, told.as_str()), (Some(1), ""));
    assert!(said.contains("preregistration.no_code"), "{said}");
    assert!(said.contains("読み取れる二次元コードがありません"), "{said}");

    fs::write(&file, "no picture").unwrap();
    let (exit, told, said) = scan(&file);
    assert_eq!((exit, told.as_str()), (Some(1), ""));
    assert!(said.contains("PNG でも JPEG でもありません"), "{said}");
    let (exit, _, said) = scan(&folder.path().join("nowhere.png"));
    assert!(exit == Some(1) && said.contains("nowhere.png"), "{said}");
}
