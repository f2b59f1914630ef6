//! The commands for keeping the record, as the documents tell them.

const UNIT: &str = include_str!("../../../kiosk-config/os/madoguchi.service");
const DOCUMENTS: [(&str, &str); 3] = [
    ("README.md", include_str!("../../../README.md")),
    ("README.ja.md", include_str!("../../../README.ja.md")),
    ("docs/OPERATIONS.md", include_str!("../../../docs/OPERATIONS.md")),
];

/// What the unit says after `word`.
fn of_the_unit(word: &str) -> &'static str {
    let (_, after) = UNIT.split_once(word).unwrap();
    after.split_whitespace().next().unwrap()
}

#[test]
fn a_command_for_the_installed_office_names_its_program_its_user_and_its_data() {
    let program = of_the_unit("ExecStart=");
    let (user, data) = (of_the_unit("User="), of_the_unit("--data "));
    for (document, text) in DOCUMENTS {
        let mut told = Vec::new();
        for line in text.lines().filter(|line| line.contains("/madoguchi backup")) {
            assert!(line.contains(&format!("{program} backup --data {data} ")), "{line}");
            assert!(line.contains(&format!("sudo -u {user} ")) || line.contains("* * "), "{line}");
            told.push(line);
        }
        assert!(!told.is_empty(), "{document} tells no backup as it is run");
        let bare = text.lines().find(|line| {
            ["backup", "restore", "verify"].iter().any(|command| {
                let bare = format!("madoguchi {command} --data");
                line.contains(&bare) && !line.contains(&format!("/{bare}"))
            })
        });
        assert_eq!(bare, None, "{document}: the program is in no search path");
    }
}
