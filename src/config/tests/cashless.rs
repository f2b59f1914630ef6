//! Brands, companies and terminals.

use super::*;
use crate::payment::Means;

/// What is told of an office whose `cashless.toml` was changed.
fn told(change: impl Fn(&str) -> String, with_demo: bool) -> Vec<String> {
    let dir = tempfile::tempdir().unwrap();
    let files = ["site.toml", "counters.toml", "procedures.toml", "fees.toml", "appointments.toml"];
    for name in files {
        std::fs::copy(Path::new(EXAMPLE).join(name), dir.path().join(name)).unwrap();
    }
    std::fs::write(dir.path().join("devices.toml"), "").unwrap();
    if with_demo {
        std::fs::create_dir(dir.path().join("demo")).unwrap();
        for name in ["demo/residents.toml", "demo/staff.toml"] {
            std::fs::copy(Path::new(EXAMPLE).join(name), dir.path().join(name)).unwrap();
        }
    }
    let cashless = std::fs::read_to_string(Path::new(EXAMPLE).join("cashless.toml")).unwrap();
    std::fs::write(dir.path().join("cashless.toml"), change(&cashless)).unwrap();
    let short = |fault: &Fault| {
        let file = fault.file.strip_prefix(dir.path()).unwrap();
        Fault { file: file.to_owned(), ..fault.clone() }.to_string()
    };
    Config::load(dir.path()).err().unwrap_or_default().iter().map(short).collect()
}

#[test]
fn the_example_has_a_terminal_that_is_asked_and_one_that_is_not() {
    let cashless = example().cashless;
    let [linked, manual] = &*cashless.terminal else { panic!("{:?}", cashless.terminal) };
    assert!(linked.is_linked() && linked.is_at(1) && !linked.is_at(2));
    assert!(!manual.is_linked() && manual.is_at(4));
    assert_eq!(cashless.brands_of(linked).count(), cashless.brand.len());
    assert_eq!(cashless.brands_of(manual).count(), 6);
    let known = |terminal, brand, means| cashless.brand_at(terminal, brand, means).is_some();
    assert!(known("t1", "nanaco", Means::Emoney) && !known("t2", "nanaco", Means::Emoney));
    assert!(!known("t1", "nanaco", Means::Qr) && known("gone", "nanaco", Means::Emoney));
    for means in Means::ALL {
        assert!(cashless.brand.iter().any(|brand| brand.means == means), "{means:?}");
    }
    assert!(cashless.brand.iter().all(|one| cashless.acquirer(&one.acquirer).is_some()));
}

#[test]
fn an_office_without_the_file_takes_cash() {
    assert_eq!(changed("site.toml", str::to_owned), [""; 0]);
}

#[test]
fn every_rule_of_cashless_can_be_broken() {
    assert_eq!(told(str::to_owned, true), [""; 0]);
    for (from, to, further, fault) in [
        ("id = \"mihon_card\"", "id = \"mihon-card\"", 0, "「mihon-card」は帳簿に使えません"),
        ("place = \"", "place = \"\" # \"", 0, "空です"),
        ("id = \"mastercard\"", "id = \"visa\"", 0, "記号「visa」が重なっています"),
        (
            "id = \"mastercard\"",
            "id = \"mastercard\"\ncode = \"visa\"",
            1,
            "「visa」が重なっています",
        ),
        ("id = \"mastercard\"", "id = \"mastercard\"\ncode = \"M C\"", 1, "「M C」は端末での名前"),
        ("means = \"qr\"", "means = \"wallet\"", 0, "「wallet」は選べません"),
        ("acquirer = \"mihon_pay\"", "acquirer = \"mihon_bay\"", 0, "「mihon_bay」は acquirer に"),
        ("id = \"t2\"", "id = \"t1\"", 0, "記号「t1」が重なっています"),
        ("counters = [1]", "counters = [9]", 0, "窓口 9 は counters.toml にありません"),
        ("counters = [1]", "counters = []", 0, "どの窓口にもありません"),
        ("counters = [1]", "address = \"a:1\"", 0, "address は line の端末だけ"),
        ("kind = \"simulated\"", "kind = \"line\"", 0, "address がありません"),
        ("kind = \"simulated\"", "kind = \"line\"\naddress = \"a\"", 1, "接続先として読めません"),
        ("kind = \"manual\"", "kind = \"manual\"\nwait_secs = 9", 1, "呼ばれません"),
        ("kind = \"manual\"", "kind = \"manual\"\nkiosks = [\"記載台1\"]", 1, "使えません"),
        ("kind = \"simulated\"", "kind = \"simulated\"\nwait_secs = 0", 1, "0 は使えません"),
        ("brands = [\"visa\",", "brands = [\"visum\",", 0, "「visum」は brand にありません"),
    ] {
        let change = |text: &str| {
            assert!(text.contains(from), "{from}");
            text.replacen(from, to, 1)
        };
        let faults = told(change, true);
        let cashless = std::fs::read_to_string(Path::new(EXAMPLE).join("cashless.toml")).unwrap();
        let line = 1 + further + cashless[..cashless.find(from).unwrap()].matches('\n').count();
        let place = format!("cashless.toml:{line}: ");
        assert!(
            faults.iter().any(|one| one.starts_with(&place) && one.contains(fault)),
            "{to}: {faults:#?}"
        );
    }
}

#[test]
fn two_terminals_are_not_at_one_address() {
    let line = "kind = \"line\"\naddress = \"192.0.2.30:9300\"";
    let both =
        |text: &str| text.replace("kind = \"simulated\"", line).replace("kind = \"manual\"", line);
    let faults = told(both, true);
    assert!(faults[0].contains("ほかの端末の接続先です"), "{faults:?}");
}

#[test]
fn the_terminal_of_the_demonstration_takes_nobodys_money() {
    let faults = told(str::to_owned, false);
    assert_eq!(faults.len(), 1, "{faults:#?}");
    assert!(faults[0].starts_with("cashless.toml:96: 内蔵の見本（simulated）は、デモだけ"));
}
