//! Printers: what each is for, and what is wrong with how one is written down.

use super::*;

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
