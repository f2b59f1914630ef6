//! A form whose last edition is over.

use super::*;

/// A town in which the form is used up to a day, and no longer.
fn town_until(form: &str, last: &str) -> (tempfile::TempDir, Town) {
    let folder = tempfile::tempdir().unwrap();
    for id in ["juminhyo", "inkan"] {
        let from = Path::new("templates/forms").join(id).join("form.toml");
        let text = std::fs::read_to_string(from).unwrap();
        let edition = "edition = \"見本 2026-04\"\n";
        assert!(text.contains(edition));
        let over = format!("{edition}valid_until = \"{last}\"\n");
        let text = if id == form { text.replace(edition, &over) } else { text };
        std::fs::create_dir(folder.path().join(id)).unwrap();
        std::fs::write(folder.path().join(id).join("form.toml"), text).unwrap();
    }
    let forms = Forms::load(folder.path()).unwrap();
    (folder, Town { forms, ..Town::open() })
}

#[test]
fn what_has_no_edition_of_the_day_is_not_offered_any_more() {
    let (_folder, town) = town_until("inkan", "2026-11-24");
    let offered = |day| {
        let procedures = town.counter().offered(day);
        procedures.iter().map(|procedure| procedure.id.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(offered(time::macros::date!(2026 - 11 - 24)), ["juminhyo", "inkan"]);
    assert_eq!(offered(time::macros::date!(2026 - 11 - 25)), ["juminhyo"]);
}

#[test]
fn what_was_chosen_all_the_same_is_refused_and_leaves_no_paper() {
    let (_folder, town) = town_until("inkan", "2026-11-23");
    let id = town.filled_for(town.kiosk(), &["juminhyo", "inkan"]);
    let op = town.journal.op();
    let transaction = town.connection.unchecked_transaction().unwrap();
    let refused = town.submit(id, op);
    drop(transaction);
    assert!(matches!(refused, Err(Error::NoProcedure)), "{refused:?}");
    assert_eq!(application::of_visit(&town.connection, id).unwrap(), []);
    assert!(!town.entries(id).contains(&"visit.submitted".to_owned()));
}
