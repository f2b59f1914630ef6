//! Starting the program, rightly and wrongly.

use std::path::Path;

use crate::stage::office::{set_up, setup_code};
use crate::stage::program::{Program, madoguchi, run};

/// A copy of the example configuration, to be spoilt.
fn config_copy(folder: &Path) {
    let files = [
        "appointments.toml",
        "counters.toml",
        "devices.toml",
        "fees.toml",
        "procedures.toml",
        "site.toml",
    ];
    for file in files.iter().chain(&["demo/residents.toml", "demo/staff.toml"]) {
        let to = folder.join(file);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::copy(Path::new("kiosk-config/example").join(file), to).unwrap();
    }
}

/// Starts a server that must refuse; what it said.
fn refused(arguments: &[&str], data: &Path) -> String {
    let mut command = madoguchi(&["serve", "--listen", "127.0.0.1:0"]);
    let (code, out, said) = run(command.arg("--data").arg(data).args(arguments));
    assert_eq!((code, &*out), (Some(1), ""), "{said}");
    said
}

#[test]
fn a_second_server_on_the_same_data_folder_is_refused() {
    let data = tempfile::tempdir().unwrap();
    let mut first = Program::serve(data.path());
    let said = refused(&[], data.path());
    assert!(said.contains("another madoguchi uses") && said.contains("--data"), "{said}");
    assert!(first.is_running());
    drop(first);
    Program::serve(data.path());
}

#[test]
fn a_port_in_use_is_named_with_what_to_do() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let first = Program::serve(one.path());
    let taken = first.address.trim_start_matches("http://").to_owned();
    let mut command = madoguchi(&["serve", "--listen", &taken]);
    let (code, _, said) = run(command.arg("--data").arg(other.path()));
    assert_eq!(code, Some(1));
    assert!(said.contains(&taken) && said.contains("--listen"), "{said}");
}

#[test]
fn an_unknown_key_is_refused_with_file_and_line() {
    let (config, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    config_copy(config.path());
    let site = config.path().join("site.toml");
    let text = std::fs::read_to_string(&site).unwrap();
    let line = text.lines().position(|line| line.starts_with("idle_secs")).unwrap() + 1;
    std::fs::write(&site, text.replace("idle_secs", "idle_secconds")).unwrap();
    let said = refused(&["--config", config.path().to_str().unwrap()], data.path());
    assert!(said.contains(&format!("site.toml:{line}")), "{said}");
    assert!(said.contains("idle_secconds"), "{said}");
}

#[test]
fn the_setup_code_is_printed_until_there_is_an_account() {
    let data = tempfile::tempdir().unwrap();
    let first = Program::serve(data.path());
    let code = setup_code(&first).unwrap();
    drop(first);
    let second = Program::serve(data.path());
    assert_ne!(setup_code(&second).unwrap(), code, "every start makes a new one");
    let said = second.said();
    assert_eq!(said.matches("登録コード").count(), 1, "{said}");
    set_up(&second);
    drop(second);
    let third = Program::serve(data.path());
    assert!(setup_code(&third).is_none(), "{}", third.said());
    let sign_in = third.visitor().get("/desk/setup");
    assert_eq!(sign_in.header("location"), "/desk/sign-in", "the door is closed");
}

#[test]
fn the_numbers_on_paper_are_printed_each_once_for_the_resident_and_once_for_the_counter() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("sheets.pdf");
    let (code, _, said) = run(madoguchi(&["sheets", "--out"]).arg(&out));
    assert_eq!((code, &*said), (Some(0), ""));
    let words = crate::stage::clerk::words_of(&std::fs::read(&out).unwrap());
    for number in 901..=950 {
        assert_eq!(words.matches(&format!("A{number}")).count(), 2, "A{number}: {words}");
    }
    for said in
        ["みほん町本庁舎", "番号札証明書", "来られた時刻", "窓口控え", "呼んだ時刻", "終わった時刻"]
    {
        assert!(words.contains(said), "{said}: {words}");
    }
    assert!(!words.contains("A900") && !words.contains("A951"));
    let (code, _, said) = run(madoguchi(&["sheets", "--lane", "moving", "--out"]).arg(&out));
    assert_eq!(code, Some(1));
    assert!(said.contains("「moving」") && said.contains("spare = "), "{said}");
}
