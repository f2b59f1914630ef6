//! Every kind of page, examined for what stands in the way of somebody who uses
//! it with a screen reader, a keyboard or little sight.

mod bills;
mod booked;
mod files;
mod giving_back;
mod hall;
mod hub;
mod paying;

use madoguchi::config::Config;

use crate::kiosk::{certificate, moving_within_and_certificate, tap};
use crate::stage::browser::{Browser, browser};
use crate::stage::clerk::{Clerk, ENTER};
use crate::stage::office::{PASSWORD, pair, set_up, setup_code};
use crate::stage::program::Program;
use crate::stage::resident::Resident;

#[test]
fn nothing_on_the_way_to_a_number_stands_in_anybodys_way() {
    let Some(browser) = browser("axe at the kiosk") else { return };
    if browser.with_examiner("axe at the kiosk").is_none() {
        return;
    }
    let program = Program::demo();
    let all = moving_within_and_certificate();
    let mut resident = Resident::arrive(&browser, &program, all);
    tap(&mut resident, &["tenkyo", "juminhyo"]);
    browser.press(".help");
    browser.wait("the call is told", "document.querySelector('.help').dataset.state !== 'not'");
    resident.next();
    assert!(browser.shows(".entry.wrong"), "nothing was entered: {}", browser.text());
    browser.go(&format!("{}/kiosk", program.address));
    resident.answer_all();
    browser.run("document.getElementById('idle').showModal()");
    resident.look();
    browser.run("document.getElementById('idle').close()");
    resident.hand_in();
    browser.go(&format!("{}/kiosk/no/such/page", program.address));
    nothing_stands_in_the_way(&browser);
}

#[test]
fn nothing_on_the_english_pages_of_a_card_stands_in_anybodys_way() {
    let Some(browser) = browser("axe and cards") else { return };
    if browser.with_examiner("axe and cards").is_none() {
        return;
    }
    let program = Program::demo();
    let mut resident = Resident::arrive(&browser, &program, certificate());
    browser.press(".tick:has([name=big_type])");
    browser.press(".tick:has([name=hearing])");
    resident.begin("Start", "I understand");
    resident.choose(&["juminhyo"], "Next");
    resident.press("My Number Card");
    // One try left; no secret; the numbers on its face, wrong and right.
    resident.lay("mihon-taro.1");
    for (card, shown) in [("mihon-taro.2", "#step"), ("exemplo-maria.2", ".error-band")] {
        resident.lay(card);
        assert!(browser.shows(shown), "{}", browser.text());
    }
    resident.lay("mihon-kyoko.1");
    resident.enter("61113020329053");
    assert!(browser.shows(".error-band"), "{}", browser.text());
    resident.enter("61113020329052");
    resident.answer_all();
    resident.hand_in();
}

fn nothing_stands_in_the_way(browser: &Browser) {
    let barriers = browser.barriers();
    assert!(barriers.is_empty(), "{}: {barriers:#?}", browser.address());
}

#[test]
fn nothing_at_the_desk_stands_in_anybodys_way() {
    let Some(browser) = browser("axe at the desk") else { return };
    let program = Program::demo();
    let all = moving_within_and_certificate();
    let mut resident = Resident::arrive(&browser, &program, all).in_a_hurry();
    tap(&mut resident, &["tenkyo", "juminhyo"]);
    browser.press(".help");
    resident.answer_all();
    resident.hand_in();
    if browser.with_examiner("axe at the desk").is_none() {
        return;
    }
    let mut clerk = Clerk::sign_in(&browser, &program, "access-desk");
    clerk.find("しけん");
    clerk.correct("applicant.birth_date", "1234567");
    assert!(browser.shows(".answer.open .desk-refused"), "{}", browser.text());
    clerk.press("やめる");
    for (path, boxes) in
        [("ido.reason", "radio"), ("juminhyo.copies", "number"), ("ido.member.1.has", "checkbox")]
    {
        browser.leave(|| browser.press(&format!("[id='q-{path}'] .mend")));
        clerk.look();
        assert!(browser.shows(&format!(".answer.open [type={boxes}]")), "{path}");
    }
    clerk.identify("my_number_card");
    clerk.print();
    browser.press("#papers summary");
    clerk.look();
    clerk.press("受理する A");
    clerk.press("English");
    for path in ["/desk", "/desk/password", "/desk/no/such/page"] {
        browser.go(&format!("{}{path}", program.address));
        nothing_stands_in_the_way(&browser);
    }
    browser.go(&format!("{}/desk", program.address));
    browser.follow("日本語");
    browser.go(&format!("{}/desk/spare", program.address));
    browser.write("main [name=number]", "A12");
    browser.write("main [name=came]", "8:55");
    browser.leave(|| browser.type_keys(ENTER));
    assert!(browser.shows("#wrong-1"), "{}", browser.text());
    browser.picture("numbers-on-paper");
    nothing_stands_in_the_way(&browser);
}

#[test]
fn nothing_at_the_end_of_a_day_stands_in_anybodys_way() {
    let Some(browser) = browser("axe at the end of a day") else { return };
    if browser.with_examiner("axe at the end of a day").is_none() {
        return;
    }
    let program = Program::demo();
    let config = Config::load("kiosk-config/example".as_ref()).unwrap();
    let account = &config.demo.staff[1];
    let mut supervisor = Clerk::sign_in_as(&browser, &program, account, "access-closing");
    supervisor.press("English");
    supervisor.press("Close the day 8");
    browser.leave(|| browser.press("button[value=compare]"));
    supervisor.look();
    browser.leave(|| browser.press("button[value=close]"));
    supervisor.look();
    assert!(browser.text().contains("This day is closed"), "{}", browser.text());
}

#[test]
fn nothing_in_the_making_of_an_office_stands_in_anybodys_way() {
    let Some(browser) = browser("axe and a new office") else { return };
    if browser.with_examiner("axe and a new office").is_none() {
        return;
    }
    let data = tempfile::tempdir().unwrap();
    let program = Program::serve(data.path());
    assert!(setup_code(&program).is_some());
    let examined = |path: &str| {
        browser.go(&format!("{}{path}", program.address));
        nothing_stands_in_the_way(&browser);
    };
    ["/", "/pair", "/desk/setup"].into_iter().for_each(examined);
    let mut administrator = set_up(&program);
    pair(&mut administrator, "記載台1");
    examined("/desk/sign-in");
    browser.write("#login", "joho");
    browser.write("#password", PASSWORD);
    browser.leave(|| browser.type_keys(ENTER));
    ["/desk/devices", "/desk/staff"].into_iter().for_each(examined);
    browser.press("main [name=name]");
    browser.write("main [name=name]", "見本　窓子");
    browser.write("main [name=login]", "madoko");
    browser.write("main [name=password]", "mijikai");
    browser.leave(|| browser.type_keys(ENTER));
    assert!(browser.shows(".desk-refused"), "{}", browser.text());
    nothing_stands_in_the_way(&browser);
    browser.write("main [name=password]", "kari-no-aikotoba");
    browser.leave(|| browser.type_keys(ENTER));
    browser.run("document.querySelectorAll('details').forEach(one => { one.open = true; })");
    nothing_stands_in_the_way(&browser);
    browser.go(&format!("{}/desk/devices", program.address));
    browser.write("#name", "記載台2");
    browser.leave(|| browser.press("main .desk-card button"));
    assert!(browser.shows(".shown-code"), "{}", browser.text());
    nothing_stands_in_the_way(&browser);
}
