//! Whole ways at home, from the first screen to what the counter reads.

use super::at_home::AtHome;
use super::hosted::{export, host};
use super::town::Town;
use crate::kiosk::certificate;
use crate::stage::browser::browser;
use crate::stage::program::Program;
use crate::stage::resident::{Memory, memory};

/// What 試験 花子 says who has no card at hand.
pub(super) fn at_home() -> Memory {
    let mut all = certificate();
    all.extend(memory(&[
        ("applicant.name", "試験　花子"),
        ("applicant.birth_date", "1993-05-14"),
        ("applicant.address", "見本県みほん町中央一丁目２番３号"),
        ("inkan.card", "here"),
        ("inkan.number", "0012345"),
        ("zei.subject", "income"),
        ("zei.january", "same"),
        ("zei.relation", "self"),
        ("zei.copies", "income=1"),
        ("zei.purpose", "bank"),
    ]));
    all
}

/// What 架空 由美 says, who moves with her husband and two children.
pub(super) fn four_move() -> Memory {
    let mut all = memory(&[
        ("applicant.name", "架空　由美"),
        ("applicant.phone", "090-0000-0304"),
        ("applicant.birth_date", "1983-07-07"),
        ("applicant.address", "見本県みほん町大字架空字上野原１２３４番地"),
        ("juminhyo.relation", "self"),
        ("juminhyo.scope", "whole"),
        ("juminhyo.copies", "copy=1"),
        ("juminhyo.head", "架空　健一"),
        ("juminhyo.purpose", "work_school"),
        ("ido.filer", "self"),
        ("ido.new.address", "見本県みほん町中央一丁目２番３号"),
        ("ido.new.room", "みほんハイツ４０５"),
        ("ido.new.postal", "999-0002"),
        ("ido.new.head", "架空　健一"),
        ("ido.present.head", "架空　正"),
        ("ido.members", "4"),
        ("ido.scope", "part"),
        ("ido.reason", "housing"),
    ]);
    let today =
        madoguchi::clock::iso_day(madoguchi::clock::Clock::today(&madoguchi::clock::SystemClock));
    all.insert("ido.moved_on".to_owned(), today);
    for (row, [name, kana, birth, sex, relation]) in [
        ["架空　由美", "かくう　ゆみ", "1983-07-07", "female", "wife"],
        ["架空　健一", "かくう　けんいち", "1980-12-25", "male", "head"],
        ["架空　陽菜", "かくう　ひな", "2012-03-03", "female", "child"],
        ["架空　蓮", "かくう　れん", "2019-05-01", "male", "child"],
    ]
    .iter()
    .enumerate()
    {
        let facts = [
            ("name", name),
            ("kana", kana),
            ("birth_date", birth),
            ("sex", sex),
            ("relation", relation),
        ];
        for (fact, value) in facts {
            all.insert(format!("ido.member.{}.{fact}", row + 1), (*value).to_owned());
        }
        all.insert(format!("ido.member.{}.has", row + 1), "card".to_owned());
    }
    all
}

/// Words that nothing can make shorter.
pub(super) fn long(seed: u32, chars: u32) -> String {
    let kanji = |n| char::from_u32(0x4E00 + (n * 7919 + seed * 104_729) % 20_000);
    (0..chars).filter_map(kanji).collect()
}

#[test]
fn one_procedure_goes_from_the_phone_to_the_counter_and_a_change_keeps_its_name() {
    let Some(browser) = browser("one procedure at home") else { return };
    let town = Town::found();
    let folder = export(&town.key());
    let procedures = ["juminhyo"];
    let mut home = AtHome::arrive(&browser, &host(folder.path()), "one", at_home());
    home.choose(&procedures);
    home.answer_all();
    let texts = home.make();
    let opened = town.open(&texts[0]);
    let expected = town.answers(&procedures, &at_home());
    assert_eq!(
        (texts.len(), opened.procedures.as_slice(), opened.revision),
        (1, &["juminhyo".to_owned()][..], 1)
    );
    assert_eq!(opened.doubtful, []);
    assert_eq!(town.known(&procedures, &opened.answers), town.known(&procedures, &expected));
    let shown = browser.text();
    for word in [
        "令和",
        "まで使えます",
        "画面を明るくすると",
        "当日の持ちもの",
        "本人確認書類",
        "窓口でのながれ",
    ] {
        assert!(shown.contains(word), "{word} in {shown}");
    }
    let caption = browser.text_of("figure.code");
    assert!(!caption.contains("花子") && !caption.contains("住民票"), "{caption}");

    // Looked at again, it is the same code; changed, a new one of the same name.
    home.press(".actions .quiet");
    assert_eq!(home.make(), texts);
    home.press(".actions .quiet");
    home.press(".check-group:has(dt) button");
    browser.write("[name='applicant.phone']", "090-0000-0102");
    home.next();
    let changed = town.open(&home.make()[0]);
    assert_eq!((changed.jti, changed.revision), (opened.jti, 2));
    assert_eq!(changed.answers.text("applicant.phone"), Some(&"090-0000-0102".into()));
    assert_eq!(browser.run("return localStorage.length + sessionStorage.length"), 0);
}

#[test]
fn another_choice_of_procedures_is_another_code_of_the_same_name() {
    let Some(browser) = browser("another choice at home") else { return };
    let town = Town::found();
    let folder = export(&town.key());
    let mut home = AtHome::arrive(&browser, &host(folder.path()), "choice", at_home());
    home.choose(&["juminhyo"]);
    home.answer_all();
    let first = town.open(&home.make()[0]);
    home.press(".actions .quiet");
    home.press(".check-group:has(.chosen) button");
    browser.press(".offer:has(input[value='inkan'])");
    home.next();
    home.answer_all();
    let more = town.open(&home.make()[0]);
    assert_eq!(more.procedures, ["juminhyo", "inkan"]);
    assert_eq!((more.jti, more.revision), (first.jti, 2));
}

#[test]
fn three_procedures_in_english_make_one_code_and_nothing_stands_in_anybodys_way() {
    let Some(browser) = browser("three procedures at home") else { return };
    if browser.with_examiner("axe at home").is_none() {
        return;
    }
    let town = Town::found();
    let folder = export(&town.key());
    let procedures = ["juminhyo", "inkan", "zei"];
    let mut home = AtHome::arrive(&browser, &host(folder.path()), "three", at_home());
    home.press("#languages [lang=en]");
    assert_eq!(browser.run("return document.documentElement.lang"), "en");
    home.choose(&procedures);
    // Nothing entered: the page says what is missing, and where.
    home.next();
    assert!(browser.shows(".entry.wrong"), "{}", browser.text());
    home.answer_all();
    let texts = home.make();
    assert_eq!(texts.len(), 1);
    let opened = town.open(&texts[0]);
    let expected = town.answers(&procedures, &at_home());
    assert_eq!(opened.procedures, procedures);
    assert_eq!(opened.doubtful, []);
    assert_eq!(town.known(&procedures, &opened.answers), town.known(&procedures, &expected));
    assert!(browser.text().contains("The seal registration card"), "{}", browser.text());
    home.press(".keep summary");
}

#[test]
fn a_move_of_four_with_a_certificate_fits_one_code_that_is_easy_to_read() {
    let Some(browser) = browser("a move of four at home") else { return };
    let town = Town::found();
    let folder = export(&town.key());
    let procedures = ["juminhyo", "tenkyo"];
    let mut home = AtHome::arrive(&browser, &host(folder.path()), "four", four_move());
    home.choose(&procedures);
    home.answer_all();
    let texts = home.make();
    assert_eq!(texts.len(), 1);
    let version =
        browser.run("return Number(document.querySelector('figure.code').dataset.version)");
    println!("a move of four and a certificate: {} characters, version {version}", texts[0].len());
    assert!(version.as_u64().unwrap() <= 17, "{version}");
    let opened = town.open(&texts[0]);
    assert_eq!(opened.procedures, procedures);
    assert_eq!(opened.doubtful, []);
    let expected = town.answers(&procedures, &four_move());
    assert_eq!(town.known(&procedures, &opened.answers), town.known(&procedures, &expected));
    browser.on_paper(true);
    let width = browser.run("return document.querySelector('.qr').getBoundingClientRect().width");
    let millimetres = width.as_f64().unwrap() / 96.0 * 25.4;
    assert!(millimetres >= 45.0, "{millimetres} mm");
    assert!(browser.shows(".told") && !browser.shows("#bar") && !browser.shows(".actions"));
}

#[test]
fn what_is_too_much_for_one_code_is_divided_and_the_counter_knows_as_much() {
    let Some(browser) = browser("several codes at home") else { return };
    let town = Town::found();
    let folder = export(&town.key());
    let procedures = ["juminhyo", "koseki", "zei", "tenkyo"];
    let mut all = at_home();
    all.extend(four_move());
    for (n, path) in ["applicant.address", "ido.new.address", "ido.old.address"].iter().enumerate()
    {
        all.insert((*path).to_owned(), long(n as u32 + 1, 66));
    }
    all.extend(memory(&[
        ("juminhyo.relation", "third_party"),
        ("koseki.relation", "third_party"),
        ("koseki.needed", "register"),
        ("koseki.copies", "full=1"),
        ("zei.relation", "agent"),
        ("zei.copies", "income=1"),
    ]));
    for path in [
        "juminhyo.reason",
        "juminhyo.target.address",
        "koseki.honseki",
        "koseki.purpose",
        "koseki.reason",
        "zei.target.address",
        "zei.taxpayer.address",
    ] {
        let most = if path.starts_with("koseki.") { 70 } else { 66 };
        all.insert(path.to_owned(), long(path.len() as u32, most));
    }
    let mut home = AtHome::arrive(&browser, &host(folder.path()), "several", all);
    home.choose(&procedures);
    home.answer_all_anyhow();
    let texts = home.make();
    assert!(texts.len() > 1, "{}", browser.text());
    assert!(browser.text().contains("つに分けました"), "{}", browser.text());
    assert!(browser.text_of("figure.code").starts_with(&format!("1/{}", texts.len())));
    let opened: Vec<_> = texts.iter().map(|text| town.open(text)).collect();
    let together: Vec<String> = opened.iter().flat_map(|one| one.procedures.clone()).collect();
    assert_eq!(together, procedures);
    for one in &opened {
        assert_eq!(one.doubtful, []);
        // Each code stands by itself: nothing is left to ask.
        let ids: Vec<&str> = one.procedures.iter().map(String::as_str).collect();
        town.known(&ids, &one.answers);
    }
    assert_ne!(opened[0].jti, opened[1].jti);
}

#[test]
fn the_page_of_the_office_makes_a_code_too_and_nothing_is_sent_anywhere() {
    let Some(browser) = browser("the office's own page") else { return };
    let program = Program::demo();
    browser.go(&program.address);
    browser.follow("おうちで準備");
    let mut home =
        AtHome::arrive(&browser, &format!("{}/home/", program.address), "office", at_home());
    let loaded = "return performance.getEntriesByType('resource').length";
    let before = browser.run(loaded);
    home.choose(&["juminhyo"]);
    home.answer_all();
    assert_eq!(home.make().len(), 1);
    assert_eq!(browser.run(loaded), before, "nothing was fetched since");
    let tried =
        "const tell = arguments[0]; fetch('/').then(() => tell('sent'), () => tell('refused'))";
    assert_eq!(browser.run_later(tried, serde_json::json!([])), "refused");
    assert!(!browser.complaints().is_empty(), "the browser says why");
    assert_eq!(browser.run("return location.pathname + location.search + location.hash"), "/home/");
}
