//! What a town has switched off is shown nowhere, and what is left still leads
//! from a resident's first touch to a clerk's paper.

use std::fs;
use std::path::Path;

use madoguchi::config::Config;

use crate::stage::clerk::words_of;
use crate::stage::http::Visitor;
use crate::stage::office::{self, go_on, hidden, pair, screen, set_up, sign_in};
use crate::stage::program::{Program, madoguchi, run};

const EXAMPLE: &str = "kiosk-config/example";

/// The example town with some modules off.
fn town_without(folder: &Path, off: &[&str]) {
    for file in ["counters.toml", "procedures.toml", "fees.toml", "site.toml", "appointments.toml"]
    {
        fs::copy(Path::new(EXAMPLE).join(file), folder.join(file)).unwrap();
    }
    switch_off(folder, off);
    // It is there in any case; a town that switches it off takes nothing out.
    let devices = "[[reader]]\nid = \"reader-1\"\nkind = \"pcsc\"\n\
                   [[scanner]]\nid = \"camera\"\nkind = \"camera\"\n";
    fs::write(folder.join("devices.toml"), devices).unwrap();
}

fn switch_off(folder: &Path, off: &[&str]) {
    let site = folder.join("site.toml");
    let mut text = fs::read_to_string(&site).unwrap();
    for module in off {
        let on = format!("\n{module} = true\n");
        assert!(text.contains(&on), "{module}");
        text = text.replace(&on, &format!("\n{module} = false\n"));
    }
    fs::write(&site, text).unwrap();
}

/// Words that tell of a module, wherever they are read. Cards that are shown to a
/// clerk, and that of a registered seal, are none of a reader.
const TELLING: [(&str, &[&str]); 5] = [
    (
        "card_reader",
        &[
            "カードを置",
            "カードから",
            "カードがなくても",
            "カードを読",
            "カードを使",
            "暗証番号",
            "読み取",
            "カードリーダー",
            "デモのカード",
            "a card",
            "A card",
            "your card",
            "the card",
            "card reader",
            "PIN",
            "/card",
        ],
    ),
    ("preregistration", &["二次元コード", "事前申請", "Code made at home"]),
    (
        "queue",
        &["番号札", "番号票", "総合案内", "待っている方", "人待ち", "ticket", "Ticket", "waiting"],
    ),
    ("appointments", &["予約", "ppointment", "ooking"]),
    ("payment", &["手数料", "円", "合計", "fee", "Fee", "yen"]),
];

/// Pages of the desk about one visit.
const OF_VISIT: [&str; 2] = ["", "/payment"];

/// Every page of the desk that has no visit in its address.
const DESK: [&str; 10] = [
    "",
    "/calling",
    "/guide",
    "/counters",
    "/alarms",
    "/supervisor",
    "/appointments",
    "/devices",
    "/staff",
    "/password",
];

/// What a person reads of a page: its words, and what is read aloud.
fn words_on(page: &str) -> String {
    let mut words = String::new();
    for piece in page.split('<') {
        let (tag, text) = piece.split_once('>').unwrap_or(("", piece));
        let name = tag.split(' ').next().unwrap_or_default();
        if ["script", "style", "svg", "use"].contains(&name) {
            continue;
        }
        // Addresses of the desk hold identities, which may look like any word.
        let spoken = ["aria-label=\"", "placeholder=\"", "alt=\""];
        for attribute in spoken.iter().chain(&["href=\"/kiosk", "action=\"/kiosk"]) {
            let value = tag.split_once(attribute).and_then(|(_, after)| after.split('"').next());
            words += &value.map(|value| format!("{value}\n")).unwrap_or_default();
        }
        words += text.trim();
        words.push('\n');
    }
    words
}

/// What is read in an office on one day, in both languages.
#[derive(Default)]
struct Seen {
    pages: Vec<(String, String)>,
    number: String,
    paper: String,
}

impl Seen {
    fn read(&mut self, who: &mut Visitor, path: &str) -> String {
        let page = who.get(path);
        self.pages.push((path.to_owned(), words_on(&page.text)));
        page.text
    }

    /// Everything a resident is shown, up to the number.
    fn at_the_kiosk(&mut self, tablet: &mut Visitor) {
        self.read(tablet, "/kiosk");
        while self.number.is_empty() {
            self.in_english(tablet);
            self.read(tablet, "/kiosk");
            self.number = go_on(tablet, "試験　花子").unwrap().unwrap_or_default();
        }
        self.in_english(tablet);
    }

    /// The page that stands on the tablet in the other language, and back.
    fn in_english(&mut self, tablet: &mut Visitor) {
        for lang in ["en", "ja"] {
            let page = screen(tablet).unwrap();
            let here = hidden(&page, "here").to_owned();
            let fields = [("key", hidden(&page, "key")), ("here", &*here), ("lang", lang)];
            tablet.post("/kiosk/wishes", &fields);
            if lang == "en" {
                self.read(tablet, if here.is_empty() { "/kiosk" } else { &here });
            }
        }
    }

    /// Everything staff are shown of a visit, and the paper.
    fn at_the_desk(&mut self, clerk: &mut Visitor) {
        let list = clerk.get("/desk").text;
        let number = &self.number;
        assert!(list.contains(&format!("<td class=\"ticket\">{number}</td>")), "{list}");
        let found = clerk.post("/desk", &[("key", hidden(&list, "key")), ("find", number)]);
        let visit = found.header("location").to_owned();
        for lang in ["en", "ja"] {
            clerk.post("/desk/language", &[("lang", lang)]);
            for page in OF_VISIT {
                self.read(clerk, &format!("{visit}{page}"));
            }
            for page in DESK {
                self.read(clerk, &format!("/desk{page}"));
            }
        }
        let page = clerk.get(&visit).text;
        let fields = [("key", hidden(&page, "key"))];
        self.paper = words_of(&clerk.post(&format!("{visit}/papers"), &fields).bytes);
    }

    /// Nothing that was read tells of a module that is off, and all of those that are
    /// on are told of: otherwise nobody would notice that these words are others.
    fn tells_only_of(&self, off: &[&str]) {
        for (module, words) in TELLING {
            let told = |word: &&str| {
                let found = self.pages.iter().find(|(_, page)| page.contains(*word));
                found.map(|(path, page)| format!("「{word}」 at {path}: {page}"))
            };
            let told: Vec<String> = words.iter().filter_map(told).collect();
            if off.contains(&module) {
                assert!(told.is_empty(), "{module} is off: {}", told.join("\n"));
            } else {
                assert!(told.len() > 1, "{module} is on, and nobody hears of it");
            }
        }
    }
}

/// An office in which `off` is off.
fn day_without(off: &[&str]) -> Seen {
    let folder = tempfile::tempdir().unwrap();
    let (config, data) = (folder.path().join("config"), folder.path().join("data"));
    fs::create_dir(&config).unwrap();
    town_without(&config, off);
    let mut program = Program::serve_at(&data, &config);
    let mut seen = Seen::default();
    let mut administrator = set_up(&program);
    let mut clerk = office::hire(&mut administrator);
    let reader = if off.contains(&"card_reader") { "" } else { "reader-1" };
    let mut tablet = office::pair_with(&mut clerk, "入口の端末", reader);
    for outside in ["/", "/pair", "/display", "/status", "/desk/sign-in", "/nowhere"] {
        seen.read(&mut program.visitor(), outside);
    }
    seen.at_the_kiosk(&mut tablet);
    seen.at_the_desk(&mut clerk);
    office::leave(&mut tablet).unwrap();
    seen.read(&mut administrator, "/desk/staff");
    program.stop();
    let (code, _, told) = run(madoguchi(&["verify", "--data"]).arg(&data));
    assert_eq!(code, Some(0), "{told}");
    seen.tells_only_of(off);
    seen
}

#[test]
fn with_everything_on_everything_is_told() {
    let seen = day_without(&[]);
    assert_eq!(seen.number, "A1");
    assert!(seen.paper.contains("300円"), "{}", seen.paper);
}

#[test]
fn without_a_queue_the_receipt_number_is_called() {
    let seen = day_without(&["queue"]);
    assert_eq!(seen.number, "0001");
    let told = |words: &str| seen.pages.iter().any(|(_, page)| page.contains(words));
    assert!(told("あなたの受付番号") && !told("あなたの番号"));
    assert!(!seen.paper.contains("A1"), "{}", seen.paper);
}

#[test]
fn without_payment_no_screen_and_no_paper_names_an_amount() {
    let seen = day_without(&["payment"]);
    assert_eq!(seen.number, "A1");
    assert!(!seen.paper.contains("300"), "{}", seen.paper);
}

#[test]
fn without_a_card_reader_nobody_hears_of_cards() {
    let seen = day_without(&["card_reader"]);
    assert_eq!(seen.number, "A1");
    assert!(seen.paper.contains("300円"), "{}", seen.paper);
}

#[test]
fn without_codes_from_home_nobody_is_asked_for_one() {
    assert_eq!(day_without(&["preregistration"]).number, "A1");
}

#[test]
fn without_appointments_nobody_hears_of_booking() {
    assert_eq!(day_without(&["appointments"]).number, "A1");
}

#[test]
fn with_everything_off_paper_alone_still_works() {
    let seen = day_without(&["card_reader", "queue", "payment", "preregistration", "appointments"]);
    assert_eq!(seen.number, "0001");
    assert!(seen.paper.contains("honcho-") && !seen.paper.contains("300"), "{}", seen.paper);
}

#[test]
fn the_demonstration_of_a_town_without_modules_shows_none_of_them_either() {
    let folder = tempfile::tempdir().unwrap();
    let off = ["card_reader", "queue", "payment", "preregistration", "appointments"];
    let program = Program::demo_in(folder.path(), |config| switch_off(config, &off));
    let mut seen = Seen::default();
    for outside in ["/", "/desk/sign-in"] {
        seen.read(&mut program.visitor(), outside);
    }
    let mut tablet = program.visitor();
    // A look at its door pairs the demonstration's tablet.
    tablet.get("/pair");
    seen.at_the_kiosk(&mut tablet);
    let config = Config::load(EXAMPLE.as_ref()).unwrap();
    for account in &config.demo.staff[1..3] {
        let mut staff = program.visitor();
        sign_in(&mut staff, &account.login, &account.password);
        for page in ["/desk", "/desk/devices", "/desk/staff"] {
            seen.read(&mut staff, page);
        }
    }
    let mut clerk = program.visitor();
    sign_in(&mut clerk, &config.demo.staff[0].login, &config.demo.staff[0].password);
    seen.at_the_desk(&mut clerk);
    seen.tells_only_of(&off);
}

#[test]
fn a_town_says_in_its_own_words_what_the_data_is_used_for() {
    let folder = tempfile::tempdir().unwrap();
    let (config, data) = (folder.path().join("config"), folder.path().join("data"));
    fs::create_dir(&config).unwrap();
    town_without(&config, &[]);
    let site = config.join("site.toml");
    let example = fs::read_to_string(&site).unwrap();
    let line = example.lines().find(|line| line.starts_with("purpose = ")).unwrap();
    let purpose = |ja: &str, en: &str| format!("purpose = {{ ja = \"{ja}\", en = \"{en}\" }}");
    let own = purpose("みほん町の住民記録の事務に使います。", "Used for the records of the town.");
    fs::write(&site, example.replace(line, &own)).unwrap();
    let program = Program::serve_at(&data, &config);
    let mut tablet = pair(&mut set_up(&program), "入口の端末");
    go_on(&mut tablet, "試験　花子").unwrap();
    let mut seen = Seen::default();
    seen.read(&mut tablet, "/kiosk");
    seen.in_english(&mut tablet);
    let [(_, ja), (_, en)] = seen.pages.as_slice() else { panic!("two pages") };
    assert!(
        ja.contains("みほん町の住民記録の事務に使います。") && !ja.contains("申請書を作るためだけ")
    );
    assert!(en.contains("Used for the records of the town."), "{en}");
    drop(program);

    // Left out, it is what the example says.
    fs::write(&site, example.replace(line, "")).unwrap();
    let program = Program::serve_at(&folder.path().join("other"), &config);
    let mut tablet = pair(&mut set_up(&program), "入口の端末");
    go_on(&mut tablet, "試験　花子").unwrap();
    let shown = screen(&mut tablet).unwrap();
    let (_, said) = line.split_once("ja = \"").unwrap();
    assert!(shown.contains(said.split('"').next().unwrap()), "{shown}");
    drop(program);

    for (wrong, told) in [
        (purpose("町の事務に使います", "For the town."), "終わっていません"),
        (purpose("", "For the town."), "言葉が空です"),
        (purpose(&"町の事務に使います。".repeat(21), "For the town."), "長すぎる"),
    ] {
        fs::write(&site, example.replace(line, &wrong)).unwrap();
        let (code, out, err) = run(madoguchi(&["check", "--config"]).arg(&config));
        assert_eq!(code, Some(1), "{wrong}");
        assert!(format!("{out}{err}").contains(told), "{out}{err}");
    }
}

#[test]
fn without_files_for_other_systems_nobody_hears_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config");
    fs::create_dir(&config).unwrap();
    town_without(&config, &[]);
    fs::write(config.join("devices.toml"), "").unwrap();
    for on in [false, true] {
        if on {
            fs::copy(Path::new(EXAMPLE).join("exports.toml"), config.join("exports.toml")).unwrap();
        }
        let program = Program::serve_at(&folder.path().join(on.to_string()), &config);
        let mut administrator = set_up(&program);
        let page = administrator.get("/desk/staff").text;
        assert_eq!(page.contains("/desk/exports") && page.contains("書き出し"), on, "{page}");
        assert_eq!(page.contains("書き出し"), on, "{page}");
        let status = administrator.get("/desk/exports").status;
        assert_eq!(status, if on { 200 } else { 404 });
    }
}
