//! What can be asked for today and has no price: it could be handed in, and not paid.

use std::collections::BTreeSet;

use time::Date;

use super::fees::{self, Fee};
use super::procedures::Procedure;
use crate::clock;
use crate::document::{Document, Place};
use crate::fault::Fault;
use crate::form::Forms;
use crate::form::template::Kind;

/// A fault for every option of a question that counts copies without a price `today`,
/// in the forms that residents can choose.
pub(super) fn faults(
    (file, written): (&fees::File, &Document),
    procedures: &[Procedure],
    forms: &Forms,
    today: Date,
) -> Vec<Fault> {
    let mut document = written.clone();
    let mut told = BTreeSet::new();
    for form in procedures.iter().filter_map(|procedure| forms.on(&procedure.form, today)) {
        let counting = form.questions().iter().filter(|one| one.kind == Kind::Copies);
        for (question, option) in
            counting.flat_map(|one| one.options.iter().map(move |option| (one, option)))
        {
            let is_of = |fee: &&Fee| {
                (fee.form.as_str(), &fee.option) == (form.id(), &option.id)
                    && fee.counts(&question.id)
            };
            let written = written_once(&question.id);
            let priced = file.fee.iter().filter(is_of).any(|fee| fee.is_valid_on(today));
            if !priced && told.insert((form.id(), written.clone(), &option.id)) {
                // Where it was priced last, if it ever was.
                let row = file.fee.iter().rposition(|fee| is_of(&fee));
                let place = Place::key_of("fee");
                document.fault(
                    row.map_or(place.clone(), |row| place.row(row).key("valid_from")),
                    format!(
                        "様式 {} の {written} の「{}」（{}）に、{} の金額がありません",
                        form.id(),
                        option.id,
                        option.ja,
                        clock::iso_day(today)
                    ),
                    "[[fee]] を書いてください。無料なら yen = 0 と書きます",
                );
            }
        }
    }
    document.faults()
}

/// The path as a price writes it: `#` for the number of a row.
fn written_once(path: &str) -> String {
    let part = |part: &str| {
        let is_row = part.bytes().all(|byte| byte.is_ascii_digit());
        if is_row { "#".to_owned() } else { part.to_owned() }
    };
    path.split('.').map(part).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use time::macros::date;

    use crate::config::Config;
    use crate::form::Forms;

    /// What the example town is told on `day` after its prices were changed.
    fn told(change: impl Fn(String) -> String, day: time::Date) -> Vec<(Option<usize>, String)> {
        let example = Path::new("kiosk-config/example");
        let town = tempfile::tempdir().unwrap();
        for file in fs::read_dir(example).unwrap().map(|entry| entry.unwrap().path()) {
            if file.is_file() && !file.ends_with("devices.toml") {
                fs::copy(&file, town.path().join(file.file_name().unwrap())).unwrap();
            }
        }
        fs::write(town.path().join("devices.toml"), "").unwrap();
        let fees = fs::read_to_string(example.join("fees.toml")).unwrap();
        fs::write(town.path().join("fees.toml"), change(fees)).unwrap();
        let forms = Forms::load(Path::new("templates/forms")).unwrap();
        let faults = Config::faults(town.path(), Some(&forms), day, |_| None);
        let fees = faults.into_iter().filter(|fault| fault.file.ends_with("fees.toml"));
        fees.map(|fault| (fault.line, fault.message)).collect()
    }

    const TODAY: time::Date = date!(2026 - 11 - 26);

    #[test]
    fn whatever_can_be_chosen_has_a_price_today() {
        assert_eq!(told(|fees| fees, TODAY), []);
        let car = |fees: String| fees.replacen("option = \"car\"", "option = \"copy\"", 1);
        let without = told(car, TODAY);
        let unpriced =
            |(_, message): &&(_, String)| message.contains("2026-11-26 の金額がありません");
        let [(_, message)] = *without.iter().filter(unpriced).collect::<Vec<_>>() else {
            panic!("{without:?}")
        };
        assert!(message.contains("juminhyo.copies の「car」"), "{message}");
    }

    #[test]
    fn a_price_that_has_ended_or_not_begun_is_told_with_its_line() {
        let ended = |fees: String| fees.replacen("# valid_until", "valid_until", 1);
        assert_eq!(told(ended, TODAY), []);
        let [(line, message)] = &*told(ended, date!(2027 - 04 - 01)) else { panic!("one") };
        assert!(line.is_some() && message.contains("juminhyo.copies の「copy」"), "{message}");
        // Before the first day nothing has a price, each told once whatever its rows.
        let before = told(|fees| fees, date!(2026 - 03 - 31));
        let of_rows = before.iter().filter(|(_, one)| one.contains("zei.other.#.copies"));
        assert_eq!(of_rows.count(), 4);
    }
}
