//! docs/LEDGER.md.

/// The tests that docs/LEDGER.md names stand somewhere in the sources.
#[test]
fn the_document_names_tests_that_are_there() {
    fn sources(folder: &std::path::Path, all: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.extension() {
                None if path.is_dir() => sources(&path, all),
                Some(end) if end == "rs" => all.push_str(&std::fs::read_to_string(path).unwrap()),
                _ => {}
            }
        }
    }
    let mut all = String::new();
    for folder in ["src", "tests/it"] {
        sources(folder.as_ref(), &mut all);
    }
    let document = std::fs::read_to_string("docs/LEDGER.md").unwrap();
    let rows: Vec<&str> = document.lines().filter(|line| line.contains(" | `")).collect();
    assert_eq!(rows.len(), 16 + 11);
    for name in rows.iter().flat_map(|row| row.split('`').skip(1).step_by(2)) {
        assert!(all.contains(&format!("fn {name}(")), "{name}");
    }
}
