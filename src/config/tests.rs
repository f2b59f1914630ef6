//! The example town is faultless and complete, and every rule can be broken.

use std::collections::BTreeSet;
use std::path::Path;

use super::*;
use crate::fault::Fault;

const EXAMPLE: &str = "kiosk-config/example";

fn example() -> Config {
    Config::load(Path::new(EXAMPLE)).unwrap()
}

/// A copy of the example with one file changed.
fn changed(file: &str, change: impl Fn(&str) -> String) -> Vec<String> {
    changed_with(file, "", change)
}

/// The same, with other printers.
fn changed_with(file: &str, printers: &str, change: impl Fn(&str) -> String) -> Vec<String> {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("printers.toml"), printers).unwrap();
    std::fs::create_dir(dir.path().join("demo")).unwrap();
    for name in [
        "site.toml",
        "counters.toml",
        "procedures.toml",
        "fees.toml",
        "devices.toml",
        "appointments.toml",
        "demo/residents.toml",
        "demo/staff.toml",
    ] {
        let text = std::fs::read_to_string(Path::new(EXAMPLE).join(name)).unwrap();
        let text = if name == file { change(&text) } else { text };
        std::fs::write(dir.path().join(name), text).unwrap();
    }
    let short = |fault: &Fault| {
        let file = fault.file.strip_prefix(dir.path()).unwrap();
        Fault { file: file.to_owned(), ..fault.clone() }.to_string()
    };
    Config::load(dir.path()).err().unwrap_or_default().iter().map(short).collect()
}

#[test]
fn the_example_town_is_faultless() {
    let config = example();
    assert_eq!(config.site.town.name, "みほん町");
    assert_eq!(config.procedures.len(), 9);
    let day = time::macros::date!(2026 - 11 - 21);
    let fee = config.fee("juminhyo", "juminhyo.copies", "copy", day).unwrap();
    assert_eq!(fee.yen, crate::yen::Yen(300));
    let other_year = config.fee("zei", "zei.other.2.copies", "income", day).unwrap();
    assert_eq!(other_year.yen, crate::yen::Yen(300));
    assert!(config.section(&config.procedures[0].section).is_some());
    assert!(config.lane(&config.procedures[0].lane).is_some());
}

#[test]
fn every_household_pattern_has_its_household() {
    let config = example();
    let there: BTreeSet<_> = config.demo.households.iter().map(|one| one.pattern).collect();
    assert_eq!(there, Pattern::ALL.into());
}

#[test]
fn the_invented_people_bring_every_kind_of_card_and_quirk() {
    let config = example();
    let people = || config.demo.households.iter().flat_map(|household| &household.people);
    let cards = || people().flat_map(|person| &person.cards);
    let kinds: BTreeSet<_> = cards().map(|card| card.kind).collect();
    use CardKind::{Licence, MyNumber, Residence, Unknown};
    assert_eq!(kinds, [MyNumber, Licence, Residence, Unknown].into());
    assert!(cards().any(|card| card.tries_left == Some(1)));
    assert!(cards().any(|card| card.tries_left == Some(0)));
    assert!(cards().any(|card| card.face_authentication));
    assert!(cards().any(|card| card.kind == Licence && card.pin.is_none()));
    assert!(cards().any(|card| card.changed.len() > 1));
    assert!(cards().any(|card| card.name.as_ref().is_some_and(|name| name.needs_hand())));
    assert!(people().any(|person| person.birth_date.day().is_none()));
    let names = || people().flat_map(|person| person.name.as_plain().unwrap().chars());
    assert!(names().any(crate::kana::is_variation_selector));
    assert!(names().any(|c| matches!(c, '\u{20000}'..='\u{3FFFF}')));
    assert!(names().any(|c| c == '髙') && names().any(|c| c == '﨑'));
    assert!(config.demo.resident("shiken-hanako").is_some());
}

#[test]
fn a_hub_is_named_with_its_certificates_or_lies_on_the_same_machine() {
    let text = std::fs::read_to_string(Path::new(EXAMPLE).join("site.toml")).unwrap();
    let line = text.lines().position(|line| line == "hub = false").unwrap() + 1;
    let with = |hub: &str, on: bool| {
        let told = changed("site.toml", |text| {
            let text = text.replace("hub = false\n", &format!("hub = {on}\n"));
            let (before, rest) = text.split_once("[hub]\n").unwrap();
            let (_, after) = rest.split_once("[jpqr]\n").unwrap();
            format!("{before}{hub}[jpqr]\n{after}")
        });
        told.into_iter()
            .map(|one| one.lines().next().unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
    };
    let files = "certificate = '/etc/a.pem'\nkey = '/etc/a.key'\nauthority = '/etc/ca.pem'\n";
    let https = "[hub]\nurl = 'https://hub.example:8443'\n";
    assert_eq!(changed("site.toml", |text| text.replace("hub = false\n", "")), [""; 0]);
    assert_eq!(with(&format!("{https}{files}"), true), [""; 0]);
    assert_eq!(with("[hub]\nurl = 'http://127.0.0.1:8090'\nspread_secs = 0\n", true), [""; 0]);
    // Written down already, and not used yet.
    assert_eq!(with(&format!("{https}{files}"), false), [""; 0]);
    for (hub, told) in [
        ("", "[hub] がありません"),
        (https, "証明書のファイルがそろっていません"),
        ("[hub]\nurl = 'http://hub.example'\n", "へは送れません"),
        ("[hub]\nurl = 'http://127.0.0.1:1'\nkey = 'a.key'\n", "どのフォルダー"),
        ("[hub]\nurl = 'http://127.0.0.1:1'\nspread_secs = 61\n", "0 から 60 まで"),
    ] {
        let found = with(hub, true);
        assert!(found.iter().any(|one| one.contains(told)), "{hub}: {found:#?}");
    }
    assert!(with("", true)[0].contains(&format!("site.toml:{line}")));
}

#[test]
fn every_key_of_the_example_is_explained_in_japanese_and_english() {
    for name in ["site", "counters", "procedures", "fees", "devices"] {
        let text = std::fs::read_to_string(format!("{EXAMPLE}/{name}.toml")).unwrap();
        let mut explained = BTreeSet::new();
        let mut comment = String::new();
        for line in text.lines() {
            if let Some(words) = line.strip_prefix('#') {
                comment.push_str(words);
            } else if let Some((key, _)) = line.split_once(" = ") {
                let bilingual = comment.chars().any(|c| c.is_ascii_alphabetic())
                    && comment.chars().any(|c| matches!(c, 'ぁ'..='ヺ' | '一'..='鿿'));
                assert!(
                    bilingual || explained.contains(key),
                    "{name}.toml: {key} has no comment in both languages"
                );
                explained.insert(key.to_owned());
                comment.clear();
            }
        }
    }
}

#[test]
fn every_key_of_the_residents_is_explained_at_the_head_of_the_file() {
    let text = std::fs::read_to_string(format!("{EXAMPLE}/demo/residents.toml")).unwrap();
    let (head, rows) = text.split_once("\n[[household]]").unwrap();
    let mut table = "household";
    for line in rows.lines() {
        if let Some(name) = line.strip_prefix("[[") {
            table = name.trim_end_matches(']').rsplit('.').next().unwrap();
        } else if let Some((key, _)) = line.split_once(" = ").filter(|_| !line.starts_with(' ')) {
            let key = format!("# {table}.{key} ");
            assert!(head.contains(&key), "{key}has no line at the head");
        }
    }
}

#[test]
fn every_rule_names_the_line_and_the_remedy() {
    for (file, from, to, fault) in RULES {
        let found = changed(file, |text| {
            assert!(text.contains(from), "{file} has no {from}");
            text.replacen(from, to, 1)
        });
        assert!(
            found.len() == 1 && found[0].contains(fault),
            "{file}: {from} -> {to}\nwanted {fault}\nfound {found:#?}"
        );
    }
}

#[test]
fn a_lane_without_numbers_has_none_on_paper_either() {
    let told = changed("procedures.toml", |text| {
        text.replace("prefix = \"B\"", "numbers = [1, 900]\nspare = [901, 950]")
    });
    let wanted = "procedures.toml:66: 番号を出さない系統に、予備の番号札はありません";
    assert!(told.iter().any(|told| told.contains(wanted)), "{told:#?}");
}

/// File, what is written, what is written instead, and what is said of it.
const RULES: &[(&str, &str, &str, &str)] = &[
    ("site.toml", "999997", "999998", "site.toml:10: コード 999998 の検査数字"),
    ("site.toml", "999997", "999", "地方公共団体コードではありません"),
    ("site.toml", "999997", "500003", "都道府県番号"),
    ("site.toml", "見本県\"", "見本\"", "都道府県名ではありません"),
    ("site.toml", "ミホンチョウ", "みほんちょう", "全角のカタカナ"),
    ("site.toml", "Mihon Town", "みほん", "半角の英字"),
    ("site.toml", "\"honcho\"", "\"Honcho\"", "記号に使えません"),
    ("site.toml", "本庁舎", "", "日本語の言葉が空です"),
    ("site.toml", "[\"ja\", \"en\"]", "[\"en\"]", "「\"ja\"」を足してください"),
    ("site.toml", "[\"ja\", \"en\"]", "[\"ja\", \"ja\"]", "同じ言語が二度"),
    ("site.toml", "[\"ja\", \"en\"]", "[\"ja\", \"fr\"]", "「fr」は選べません"),
    ("site.toml", "warning_secs = 30", "warning_secs = 5", "20 から 300 までの数"),
    ("site.toml", "idle_secs = 60", "idle_sec = 60", "「idle_secs」と書きます"),
    ("site.toml", "https://www", "http://www", "「https://」で始まる"),
    ("site.toml", "https://www.town.mihon.example/", "https://", "「https://」で始まる"),
    ("site.toml", "visit_days = 7", "visit_days = -7", "0 以上の整数"),
    ("counters.toml", "number = 2", "number = 1", "窓口 1 が二つあります"),
    ("counters.toml", "\"citizens\"", "\"citizen\"", "「citizens」と書きます"),
    ("procedures.toml", "prefix = \"B\"", "prefix = \"A\"", "系統が二つあります"),
    ("procedures.toml", "prefix = \"B\"", "prefix = \"b\"", "英大文字を1字だけ"),
    ("procedures.toml", "numbers = [1, 900]", "numbers = [9, 1]", "小さいほうを先に"),
    (
        "procedures.toml",
        "spare = [901, 950]",
        "spare = [900, 950]",
        "procedures.toml:45: 予備の番号札 900〜950 が、機械の出す番号 1〜900 と重なっています",
    ),
    ("procedures.toml", "spare = [901, 950]", "spare = [950, 901]", "小さいほうを先に、300 枚まで"),
    ("procedures.toml", "spare = [901, 950]", "spare = [901, 1201]", "300 枚まで"),
    ("procedures.toml", "# then = \"cashier\"", "then = \"certificate\"", "輪になっています"),
    ("procedures.toml", "# then = \"cashier\"", "then = \"movings\"", "「moving」と書きます"),
    ("procedures.toml", "minutes = 6", "minutes = 0", "1 から 240 までの数"),
    ("counters.toml", "[\"certificate\"]", "[\"certificates\"]", "「certificate」と書きます"),
    ("site.toml", "credited_in_a_row = 3", "credited_in_a_row = 0", "1 から 20 までの数"),
    ("site.toml", "voice = \"ja_en\"", "voice = \"en\"", "「en」は選べません"),
    ("site.toml", "voice = \"ja_en\"", "voice = true", "決まった言葉の一つ"),
    ("procedures.toml", "lane = \"moving\"", "lane = \"taxes\"", "lane にありません"),
    ("procedures.toml", "id = \"tenkyo\"", "id = \"tennyu\"", "記号「tennyu」が重なっています"),
    (
        "fees.toml",
        "# valid_until = \"2027-03-31\"",
        "valid_until = \"2026-03-31\"",
        "最初の日より前",
    ),
    ("fees.toml", "\"2026-04-01\"", "\"2026-04-31\"", "実在する日"),
    ("fees.toml", "option = \"removed\"", "option = \"copy\"", "同じ日に二つあります"),
    ("fees.toml", "# more = {", "more = { qestion = \"x\", ", "「question」と書きます"),
    ("fees.toml", "item = \"03-01\"", "item = \"3-01\"", "「03-01」と書きます"),
    ("fees.toml", "code = \"03-02\"", MORE_TWICE, "科目「03-01」が重なっています"),
    ("fees.toml", "code = \"03-02\"", MORE_ODD, "科目の番号に使えません"),
    ("fees.toml", "yen = 300", "yen = 300\nper_each = 5", "何をまとめて数えるのか"),
    ("fees.toml", "mark = \"official\"", "mark = \"public\"", "様式の減免区分の欄"),
    ("fees.toml", "id = \"official\"", "id = \"none\"", "免除しないという意味の記号"),
    (
        "fees.toml",
        "\"2026-04-01\"\n\n[[fee]]\nform = \"juminhyo\"\nquestion = \"juminhyo.copies\"\noption = \"certificate\"",
        "\"2026-04-01\"\nvalid_until = \"2027-03-31\"\n\n[[fee]]\nform = \"juminhyo\"\nquestion = \"juminhyo.copies\"\noption = \"removed\"\nname = { ja = \"一\", en = \"a\" }\nyen = 350\nitem = \"03-01\"\nvalid_from = \"2027-04-03\"\n\n[[fee]]\nform = \"juminhyo\"\nquestion = \"juminhyo.copies\"\noption = \"certificate\"",
        "2027-04-01 から",
    ),
    (
        "devices.toml",
        "# name = \"ACS ACR122U\"",
        "name = \"ACS ACR122U\"",
        "この機械につないだもの",
    ),
    ("devices.toml", "\"hand-scanner\"", "\"camera\"", "記号「camera」が重なっています"),
    ("devices.toml", "[[scanner]]", FLOOR_WITHOUT_LANES, "系統が、procedures.toml にありません"),
    ("devices.toml", "[[scanner]]", FLOOR_TWICE, "同じ表示盤が二度あります"),
    (
        "devices.toml",
        "kind = \"keyboard\"",
        "kind = \"serial\"\nkiosks = [\"記載台1\"]",
        "device）がありません",
    ),
    (
        "devices.toml",
        "kind = \"keyboard\"",
        "kind = \"keyboard\"\ndevice = \"/dev/ttyACM0\"",
        "の読み取り機だけです",
    ),
    (
        "devices.toml",
        "kind = \"keyboard\"",
        "kind = \"serial\"\ndevice = \"/dev/ttyACM0\"",
        "一台に決まっていません",
    ),
    (
        "devices.toml",
        "kind = \"keyboard\"",
        "kind = \"serial\"\ndevice = \"ttyACM0\"\nkiosks = [\"記載台1\"]",
        "「/」から始まっていません",
    ),
    ("demo/staff.toml", "kakaricho", "madoguchi", "ログイン名「madoguchi」が重なっています"),
    ("demo/residents.toml", "シケン　ハナコ", "しけん　はなこ", "フリガナが正しくありません"),
    ("demo/residents.toml", "見本県みほん町中央", "見本県みほん市中央", "住所が町の外です"),
    ("demo/residents.toml", "relation = \"wife\"", "relation = \"head\"", "世帯主（head）が 2 人"),
    ("demo/residents.toml", "1980-12-25", "1960-12-25", "続柄に合いません"),
    ("demo/residents.toml", "pin = \"1234\"", "pin = \"12345\"", "暗証番号は4桁"),
    ("demo/residents.toml", "090-0000-0101", "123456789018", "個人番号とみられる"),
    ("demo/residents.toml", "kana = \"シケン　ハナコ\"\n", "", "フリガナが正しくありません"),
    ("demo/residents.toml", "address = \"見本県みほん町辻ヶ丘７番地\"\n", "", "免許証に入らない字"),
    ("demo/residents.toml", "グランドサンプルハイツ", "", "この型の世帯ではありません"),
    ("demo/residents.toml", "moves_to = \"見本県みほん町", "moves_to = \"見本県", "町の外です"),
    ("demo/residents.toml", "deceased_on = \"2026-11-02\"\n", "", "この型の世帯ではありません"),
];

/// One more item of revenue with a code that is there already, and one with an odd one.
const FLOOR_WITHOUT_LANES: &str = "[[display_group]]\nid = \"floor-2\"\n\
    displays = [\"表示盤2階\"]\nlanes = [\"movin\"]\n\n[[scanner]]";

const FLOOR_TWICE: &str = "[[display_group]]\nid = \"floor-2\"\ndisplays = [\"表示盤2階\"]\n\
    lanes = [\"moving\"]\n\n[[display_group]]\nid = \"floor-3\"\n\
    displays = [\"表示盤2階\"]\nlanes = [\"certificate\"]\n\n[[scanner]]";

const MORE_TWICE: &str =
    "code = \"03-02\"\nname = { ja = \"二\", en = \"b\" }\n\n[[item]]\ncode = \"03-01\"";
const MORE_ODD: &str =
    "code = \"03-02\"\nname = { ja = \"二\", en = \"b\" }\n\n[[item]]\ncode = \"節3\"";

#[test]
fn the_faults_of_all_files_are_told_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let files: Vec<_> = Config::load(dir.path())
        .unwrap_err()
        .into_iter()
        .map(|fault| (fault.file.file_name().unwrap().to_owned(), fault.message))
        .collect();
    let wanted = ["site.toml", "procedures.toml", "fees.toml", "devices.toml", "counters.toml"]
        .map(|name| (name.into(), "ファイルがありません".to_owned()));
    assert_eq!(files, wanted);
}

#[test]
fn every_reference_to_a_form_is_held_against_the_forms() {
    let templates = tempfile::tempdir().unwrap();
    std::fs::create_dir(templates.path().join("ido")).unwrap();
    std::fs::write(templates.path().join("ido/form.toml"), MOVING).unwrap();
    let forms = crate::form::Forms::load(templates.path()).unwrap();
    let config = example();
    let found: Vec<_> = config
        .against_forms(&forms)
        .iter()
        .filter(|fault| fault.file.ends_with("procedures.toml"))
        .map(|fault| (fault.line.unwrap(), fault.message.clone()))
        .collect();
    let no_form = |id| format!("「{id}」は templates/forms にありません");
    let no_option = |option| format!("「{option}」は 質問 ido.kind の選択肢 にありません");
    let section = "課は「町民課」ですが、様式には「税務課」と印刷されます".to_owned();
    assert_eq!(
        found,
        [
            (76, no_form("juminhyo")),
            (90, no_form("inkan")),
            (99, no_form("koseki")),
            (108, no_form("koseki_koiki")),
            (117, no_form("zei")),
            (130, section.clone()),
            (142, section.clone()),
            (152, section.clone()),
            (154, no_option("move_out")),
            (162, section),
            (164, no_option("household_change")),
        ]
    );
    let faults = config.against_forms(&forms);
    let of_fees = faults.iter().filter(|fault| fault.file.ends_with("fees.toml")).count();
    let exempt: usize = config.exemptions.iter().map(|one| one.forms.len()).sum();
    assert_eq!(of_fees, config.fees.len() + exempt);
}

const MOVING: &str = r#"
id = "ido"
edition = "見本 2026-04"
title = { ja = "住民異動届", en = "Notice of moving" }
about = { ja = "引っ越しの届出です。", en = "For moving house." }
section = { ja = "税務課", en = "Taxes" }
law = "-"
signature = "handwritten"
identity = "one_photo_or_two"
paper = { size = "A4" }

[[page]]
id = "ido.kind"
title = { ja = "種類", en = "Kind" }

[[question]]
id = "ido.kind"
page = "ido.kind"
kind = "choice"
label = { ja = "種類", en = "Kind" }
options = [
    { id = "move_in", ja = "転入", en = "In" },
    { id = "move_within", ja = "転居", en = "Within" },
]
"#;

/// The example's printers, those that stand there as comments too.
fn with_printers(change: impl Fn(&str) -> String) -> Result<Config, Vec<String>> {
    let dir = tempfile::tempdir().unwrap();
    for name in ["site.toml", "counters.toml", "procedures.toml", "fees.toml", "appointments.toml"]
    {
        std::fs::copy(Path::new(EXAMPLE).join(name), dir.path().join(name)).unwrap();
    }
    std::fs::write(dir.path().join("devices.toml"), "").unwrap();
    let printers = std::fs::read_to_string(Path::new(EXAMPLE).join("printers.toml")).unwrap();
    let mut in_example = false;
    let uncommented = printers.lines().map(|line| {
        in_example = line == "# [[printer]]" || (in_example && line.starts_with("# "));
        let line = if in_example { line.trim_start_matches("# ") } else { line };
        format!("{line}\n")
    });
    let printers = uncommented.collect::<String>();
    std::fs::write(dir.path().join("printers.toml"), change(&printers)).unwrap();
    let short = |fault: &Fault| {
        let file = fault.file.strip_prefix(dir.path()).unwrap();
        Fault { file: file.to_owned(), ..fault.clone() }.to_string()
    };
    Config::load(dir.path()).map_err(|faults| faults.iter().map(short).collect())
}

#[test]
fn the_examples_of_printers_are_faultless_when_they_are_no_comments_any_more() {
    // Of the two ways to a slip printer the first is taken, and no prose.
    let config = with_printers(|text| {
        let lines = text.lines().filter(|line| {
            let is_prose = !line.is_empty() && !line.contains('=') && !line.starts_with('[');
            !line.starts_with("path =") && (line.starts_with('#') || !is_prose)
        });
        lines.map(|line| format!("{line}\n")).collect()
    });
    let printers = config.unwrap().printers;
    let kinds: Vec<_> = printers.printer.iter().map(|printer| printer.kind).collect();
    assert_eq!(kinds, [PrinterKind::Browser, PrinterKind::Cups, PrinterKind::Tcp]);
    assert!(printers.printer.iter().all(|one| one.connected().is_some() != (one.id == "browser")));
    assert!(printers.for_papers("citizens").is_none(), "the browser");
    assert!(printers.for_kiosk("記載台1").is_none() && printers.for_desk_slips().is_none());
}

const PRINTERS: &str = r#"
[[printer]]
id = "a4"
name = { ja = "用紙", en = "Papers" }
kind = "cups"
queue = "a4"
[[printer]]
id = "slip"
name = { ja = "票", en = "Slips" }
kind = "tcp"
address = "192.0.2.20:9100"
[[papers]]
printer = "a4"
sections = ["citizens"]
[[slips]]
printer = "slip"
kiosks = ["記載台1"]
desk = true
"#;

#[test]
fn every_printer_has_its_work() {
    let printers = with_printers(|_| PRINTERS.to_owned()).unwrap().printers;
    let id = |printer: Option<&Printer>| printer.map(|printer| printer.id.clone());
    assert_eq!(id(printers.for_papers("citizens")), Some("a4".to_owned()));
    assert_eq!(id(printers.for_papers("tax")), None);
    assert_eq!(id(printers.for_kiosk("記載台1")), Some("slip".to_owned()));
    assert_eq!(id(printers.for_kiosk("記載台2")), None);
    assert_eq!(id(printers.for_desk_slips()), Some("slip".to_owned()));
}

#[test]
fn every_rule_of_printers_can_be_broken() {
    for (from, to, told) in [
        ("id = \"slip\"", "id = \"a4\"", "重なっています"),
        ("kind = \"cups\"\nqueue = \"a4\"", "kind = \"cups\"", "queue がありません"),
        ("queue = \"a4\"", "queue = \"a 4\"", "queue に使えません"),
        ("queue = \"a4\"", "queue = \"a4\"\ncolumns = 48", "columns はありません"),
        ("queue = \"a4\"", "queue = \"a4\"\nserver = \"cups\"", "接続先として読めません"),
        ("queue = \"a4\"", "queue = \"a4\"\noffset_mm = [0.0, 30.0]", "大きすぎます"),
        ("queue = \"a4\"", "queue = \"a4\"\nwait_secs = 1", "1 は使えません"),
        ("192.0.2.20:9100", "192.0.2.20", "接続先として読めません"),
        ("address =", "path =", "path はありません"),
        ("printer = \"a4\"", "printer = \"a5\"", "「a5」は [[printer]] にありません"),
        ("printer = \"a4\"", "printer = \"slip\"", "用紙は印刷できません"),
        ("[\"citizens\"]", "[\"citizen\"]", "「citizens」と書きます"),
        (
            "kind = \"tcp\"\naddress = \"192.0.2.20:9100\"",
            "kind = \"browser\"",
            "ブラウザーから印刷できません",
        ),
        ("desk = true", "desk = true\n[[slips]]\nprinter = \"a4\"\ndesk = true", "二つあります"),
    ] {
        assert!(PRINTERS.contains(from), "{from}");
        let faults = with_printers(|_| PRINTERS.replacen(from, to, 1)).unwrap_err();
        assert!(faults.iter().any(|fault| fault.contains(told)), "{to}: {faults:?}");
        assert!(faults.iter().all(|fault| fault.starts_with("printers.toml:")), "{faults:?}");
    }
}

#[test]
fn a_reader_that_the_counter_could_not_start_with_is_told_by_the_check() {
    let dir = tempfile::tempdir().unwrap();
    for file in [
        "site.toml",
        "counters.toml",
        "procedures.toml",
        "fees.toml",
        "devices.toml",
        "appointments.toml",
    ] {
        std::fs::copy(Path::new("kiosk-config/example").join(file), dir.path().join(file)).unwrap();
    }
    let devices = dir.path().join("devices.toml");
    let told = || Config::load(dir.path()).err().unwrap_or_default();
    // The example's own reader, after its demonstration was taken away.
    let faults = told();
    assert_eq!(faults.len(), 1, "{faults:#?}");
    assert!(faults[0].to_string().contains("devices.toml:13: 内蔵の見本（virtual）が読むのは"));
    std::fs::write(&devices, "[[reader]]\nid = \"a\"\nkind = \"remote\"\n").unwrap();
    assert!(told().is_empty());
    std::fs::write(&devices, "[[reader]]\nid = \"a\"\nkind = \"pcsc\"\n").unwrap();
    assert_eq!(told().is_empty(), cfg!(feature = "pcsc"));
}

#[test]
fn words_that_a_slip_printer_lacks_are_found_before_anything_is_printed() {
    let faults = changed_with("procedures.toml", PRINTERS, |text| {
        text.replace("ja = \"住民票の写し\"", "ja = \"𠮷田証明\"")
    });
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(faults[0].starts_with("procedures.toml:"), "{faults:?}");
    assert!(faults[0].contains("「𠮷」は、票のプリンターの文字"), "{faults:?}");
    let only_papers = &PRINTERS[..PRINTERS.find("[[slips]]").unwrap()];
    let faults = changed_with("procedures.toml", only_papers, |text| {
        text.replace("ja = \"住民票の写し\"", "ja = \"𠮷田証明\"")
    });
    assert!(faults.is_empty(), "{faults:?}");
}

mod cashless;
mod exports;
mod register;
