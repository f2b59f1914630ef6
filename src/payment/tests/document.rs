//! docs/LEDGER.md.

/// Every source and every step of the schema.
fn sources() -> String {
    fn read(folder: &std::path::Path, all: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.extension() {
                None if path.is_dir() => read(&path, all),
                Some(end) if end == "rs" || end == "sql" => {
                    all.push_str(&std::fs::read_to_string(path).unwrap());
                }
                _ => {}
            }
        }
    }
    let mut all = String::new();
    for folder in ["src", "tests/it"] {
        read(folder.as_ref(), &mut all);
    }
    all
}

fn names(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// The guards and the tests that docs/LEDGER.md names stand somewhere in the sources.
#[test]
fn the_document_names_guards_and_tests_that_are_there() {
    let all = sources();
    let document = std::fs::read_to_string("docs/LEDGER.md").unwrap();
    let rows: Vec<Vec<&str>> = document
        .lines()
        .filter(|line| line.starts_with("| ") && line.contains('`'))
        .map(|line| line.trim_matches('|').split(" | ").collect())
        .collect();
    let (rules, wrongs): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.len() == 4);
    assert_eq!((rules.len(), wrongs.len()), (16, 13));
    for row in &rows {
        for name in names(row.last().unwrap()) {
            assert!(all.contains(&format!("fn {name}(")), "no test {name}");
        }
    }
    for row in rules {
        for name in names(row[2]) {
            let is_there =
                [format!("fn {name}("), format!("trigger {name} "), format!("index {name} ")]
                    .iter()
                    .any(|begin| all.contains(begin.as_str()));
            assert!(is_there, "no guard {name}");
        }
    }
}
