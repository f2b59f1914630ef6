//! Editions (版) of one form: on any day at most one is in use.

use super::Form;
use super::check::Finding;
use super::fault::Fault;

/// Faults between the editions of a form, given in the order in which they come
/// into use.
pub(super) fn faults(editions: &[Form]) -> Vec<Finding<'_>> {
    let ends_early = editions.iter().filter(|form| {
        let template = form.template();
        let (first, last) = (template.valid_from, template.valid_until);
        first.zip(last).is_some_and(|(first, last)| last < first)
    });
    let mut findings: Vec<Finding<'_>> = ends_early
        .map(|form| {
            finding(
                form,
                "valid_until",
                "valid_until が valid_from より前です",
                "日を直してください",
            )
        })
        .collect();
    for (at, earlier) in editions.iter().enumerate() {
        for later in &editions[at + 1..] {
            findings.extend(between(earlier, later));
        }
    }
    findings
}

fn between<'f>(earlier: &'f Form, later: &'f Form) -> Vec<Finding<'f>> {
    let mut findings = Vec::new();
    let begins = later.template().valid_from;
    if earlier.template().valid_until.zip(begins).is_none_or(|(last, first)| first <= last) {
        let message =
            format!("版「{}」と同じ日に使うことになっています", earlier.template().edition);
        let instead =
            "前の版に valid_until（最後の日）を、後の版に valid_from（最初の日）を書いてください";
        findings.push(finding(later, "valid_from", message, instead));
    }
    if earlier.template().edition == later.template().edition {
        let message = format!("版の名前「{}」が二つあります", later.template().edition);
        findings.push(finding(later, "edition", message, "別の名前を付けてください"));
    }
    findings
}

fn finding<'f>(
    form: &'f Form,
    word: &'f str,
    message: impl Into<String>,
    instead: &str,
) -> Finding<'f> {
    Finding { folder: form.folder(), word, fault: Fault::new(message, instead) }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use time::macros::date;

    use crate::form::Forms;

    /// The shipped 住民票 form in two editions whose heads begin with these lines.
    fn editions(first: &str, second: &str) -> (tempfile::TempDir, Result<Forms, Vec<String>>) {
        let dir = tempfile::tempdir().unwrap();
        let text = std::fs::read_to_string("templates/forms/juminhyo/form.toml").unwrap();
        for (folder, head) in [("juminhyo", first), ("juminhyo@2027-04", second)] {
            let folder = dir.path().join(folder);
            std::fs::create_dir(&folder).unwrap();
            let edition = text.lines().find(|line| line.starts_with("edition")).unwrap();
            std::fs::write(folder.join("form.toml"), text.replace(edition, head)).unwrap();
        }
        let forms = Forms::load(Path::new(dir.path()));
        (dir, forms.map_err(|faults| faults.iter().map(ToString::to_string).collect()))
    }

    #[test]
    fn the_edition_of_the_day_is_used_and_none_after_the_last() {
        let (_dir, forms) = editions(
            "edition = \"1\"\nvalid_until = \"2027-03-31\"",
            "edition = \"2\"\nvalid_from = \"2027-04-01\"\nvalid_until = \"2028-03-31\"",
        );
        let forms = forms.unwrap();
        let on = |day| forms.on("juminhyo", day).map(|form| form.template().edition.as_str());
        assert_eq!(on(date!(2026 - 11 - 24)), Some("1"));
        assert_eq!(on(date!(2027 - 03 - 31)), Some("1"));
        assert_eq!(on(date!(2027 - 04 - 01)), Some("2"));
        assert_eq!(on(date!(2028 - 04 - 01)), None);
        assert_eq!(forms.get("juminhyo").unwrap().template().edition, "2");
        assert_eq!(forms.ids().collect::<Vec<_>>(), ["juminhyo"]);
    }

    #[test]
    fn editions_of_the_same_day_or_name_and_days_that_cannot_be_are_faults() {
        let two = |first: &str, second: &str, wanted: &str| {
            let (_dir, forms) = editions(first, second);
            let faults = forms.unwrap_err();
            let told = faults.iter().any(|fault| fault.contains(wanted));
            assert!(told, "{wanted}: {faults:#?}");
        };
        two("edition = \"1\"", "edition = \"2\"", "同じ日に");
        let until = "edition = \"1\"\nvalid_until = \"2027-04-01\"";
        two(until, "edition = \"2\"\nvalid_from = \"2027-04-01\"", "同じ日に");
        two(until, "edition = \"1\"\nvalid_from = \"2027-04-02\"", "名前「1」が二つ");
        let backwards =
            "edition = \"2\"\nvalid_from = \"2027-05-01\"\nvalid_until = \"2027-04-30\"";
        two(until, backwards, "より前です");
        two("edition = \"1\"\nvalid_until = \"2027-02-30\"", backwards, "実在する日");
    }

    #[test]
    fn an_edition_is_known_by_what_it_says_and_not_by_its_days_or_its_layout() {
        let text = std::fs::read_to_string("templates/forms/juminhyo/form.toml").unwrap();
        let digest = |text: &str| crate::form::Form::read(text).unwrap().digest().to_owned();
        let own = digest(&text);
        let edition = text.lines().find(|line| line.starts_with("edition")).unwrap();
        let ends = format!("{edition}  # 次の版ができたので\nvalid_until = \"2027-03-31\"");
        assert_eq!(digest(&text.replace(edition, &ends)), own);
        let other = text.replacen("law = \"", "law = \"見本 ", 1);
        assert_ne!(other, text);
        assert_ne!(digest(&other), own);
        // With the sheet behind it.
        let forms = Forms::load(Path::new("templates/forms")).unwrap();
        assert_eq!(forms.get("juminhyo").unwrap().digest().len(), 64);
    }
}
