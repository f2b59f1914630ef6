//! The page at its doors: by itself, within an office, and in a folder.

use std::collections::BTreeSet;
use std::path::Path;

use ureq::http::StatusCode;

use super::hosted::{beside, export};
use super::town::Town;
use crate::stage::program::{Program, madoguchi, run};

/// What no browser may be allowed.
const FORBIDDEN: [&str; 5] = [
    "default-src 'none'",
    "connect-src 'none'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
];

#[test]
fn the_page_forbids_every_connection_and_is_kept_by_nobody() {
    let town = Town::found();
    let mut command = madoguchi(&["home", "--listen", "127.0.0.1:0", "--key"]);
    let alone = Program::start(command.arg(town.key()));
    let office = Program::demo();
    for (program, path) in [(&alone, "/"), (&office, "/home/")] {
        let mut visitor = program.visitor();
        let page = visitor.get(path);
        assert_eq!(page.status, StatusCode::OK);
        assert_eq!(page.header("cache-control"), "no-store");
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        assert_eq!(page.header("set-cookie"), "");
        let policy = page.header("content-security-policy");
        FORBIDDEN.iter().for_each(|rule| assert!(policy.contains(rule), "{rule} in {policy}"));
        assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
        let (_, folder) = page.text.split_once("<script type=\"module\" src=\"").unwrap();
        let script = format!("{path}{}", folder.split('"').next().unwrap());
        let module = visitor.get(&script);
        assert!(module.header("cache-control").contains("immutable"), "{script}");
        assert!(module.header("content-security-policy").contains("connect-src 'none'"));
        let nowhere = script.replace("page.js", "nothing.js");
        assert_eq!(visitor.get(&nowhere).status, StatusCode::NOT_FOUND);
        let old = script.replacen("/home/page.js", "x/home/page.js", 1);
        assert_eq!(visitor.get(&old).status, StatusCode::NOT_FOUND, "no two versions are mixed");
        assert!(visitor.post(path, &[("applicant.name", "x")]).status.is_client_error());
    }
    let led = office.visitor().get("/home");
    assert_eq!((led.status, led.header("location")), (StatusCode::PERMANENT_REDIRECT, "/home/"));
    assert_eq!(alone.visitor().get("/healthz").text, "ok");
    assert_eq!(alone.visitor().get("/kiosk").status, StatusCode::NOT_FOUND);
}

#[test]
fn an_exported_folder_holds_all_it_names_and_names_nobody_else() {
    let town = Town::found();
    let folder = export(&town.key());
    let mut files = BTreeSet::new();
    collect(folder.path(), &mut files);
    for name in &files {
        let text = std::fs::read_to_string(name).unwrap();
        let own = text.replace("http://www.w3.org/2000/svg", "");
        assert!(!own.contains("http://") && !own.contains("https://"), "{name}");
        assert!(!own.contains("eval(") && !own.contains("innerHTML"), "{name}");
    }
    let index = std::fs::read_to_string(folder.path().join("index.html")).unwrap();
    assert!(index.contains("http-equiv=\"Content-Security-Policy\""));
    assert!(!index.contains("<style") && !index.contains(" style=") && !index.contains("onclick"));
    for named in index.split('"').filter(|word| word.ends_with(".js") || word.ends_with(".css")) {
        assert!(folder.path().join(named).is_file(), "{named}");
    }
    let scripts = files.iter().filter(|name| name.ends_with(".js"));
    for script in scripts.filter(|name| !name.ends_with("definition.js")) {
        let text = std::fs::read_to_string(script).unwrap();
        for line in text.lines().filter(|line| line.starts_with("import ")) {
            let (_, from) = line.split_once(" from \"").unwrap();
            let imported = Path::new(script).parent().unwrap().join(from.trim_end_matches("\";"));
            assert!(imported.is_file(), "{line} in {script}");
        }
    }
    // Written again it is the same, and what an open page still reads stays.
    let name = beside(folder.path());
    let again =
        run(madoguchi(&["home", "--key"]).arg(town.key()).arg("--export").arg(folder.path()));
    assert_eq!((again.0, beside(folder.path())), (Some(0), name));
}

fn collect(folder: &Path, files: &mut BTreeSet<String>) {
    for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        match path.is_dir() {
            true => collect(&path, files),
            false => drop(files.insert(path.to_str().unwrap().to_owned())),
        }
    }
}

#[test]
fn a_key_that_is_none_or_another_towns_makes_no_page() {
    let town = Town::found();
    let folder = tempfile::tempdir().unwrap();
    let key = std::fs::read_to_string(town.key()).unwrap();
    for (wrong, told) in [
        ("{}".to_owned(), "is no public key"),
        (key.replace("999997", "012165"), "is a key of the town 012165"),
        (key.replace("\"public_key\":\"B", "\"public_key\":\"C"), "is no public key"),
    ] {
        let file = folder.path().join("wrong.json");
        std::fs::write(&file, &wrong).unwrap();
        let mut command = madoguchi(&["home", "--key"]);
        let (code, _, said) = run(command.arg(&file).arg("--export").arg(folder.path()));
        assert_eq!(code, Some(1), "{wrong}");
        assert!(said.contains(told), "{said}");
    }
    let (code, _, _) = run(madoguchi(&["home", "--key"]).arg(town.key()));
    assert_eq!(code, Some(2), "neither --listen nor --export");
}
