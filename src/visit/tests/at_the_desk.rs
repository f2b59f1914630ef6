//! What a clerk does with a visit.

use super::*;

#[test]
fn a_clerk_identifies_corrects_and_accepts() {
    let town = Town::open();
    let id = town.filled(town.kiosk());
    town.submit(id, town.journal.op()).unwrap();
    let (tx, journal) = (town.tx(), &town.journal);
    let staff = StaffId::new(journal.now(), &*journal.chance);
    let opened = desk::open(&tx, journal, staff, id).unwrap();
    let application = opened.applications[0].id;
    let decide = |action| {
        let decision = desk::Decision { op: journal.op(), action, reason: "委任状".into() };
        desk::decide(&tx, journal, town.counter(), staff, application, &decision)
    };

    assert!(matches!(decide(Action::Accept), Err(Error::NotIdentified)));
    town.identify(staff, id, &["my_number_card"]).unwrap();
    let value = Value::Text("見本　京子".into());
    let correct = |value| {
        desk::correct(
            &tx,
            journal,
            town.counter(),
            staff,
            journal.op(),
            id,
            ("applicant.name", value),
        )
    };
    correct(value.clone()).unwrap();
    decide(Action::SendBack).unwrap();
    let reasons = desk::open(&tx, journal, staff, id).unwrap().reasons;
    assert_eq!(reasons, [(application, "委任状".to_owned())].into());
    decide(Action::Accept).unwrap();

    let opened = desk::open(&tx, journal, staff, id).unwrap();
    assert_eq!(opened.applications[0].state, application::State::Accepted);
    let name = opened.answers.get("applicant.name").unwrap();
    assert_eq!((&name.value, name.source), (&value, Source::Clerk));
    let forms = town.counter().forms_of(&opened.visit);
    let known = questions::known(&forms, &opened.answers);
    assert_eq!(known.text("juminhyo.target.name"), Some(&"見本　京子".into()));
    assert!(matches!(correct(Value::Text("見本　太郎".into())), Err(Error::Accepted)));
}

#[test]
fn a_gate_and_its_document_hold_at_the_desk_too() {
    let town = Town::open();
    let (tx, journal) = (town.tx(), &town.journal);
    let id = town.filled_for(town.kiosk(), &["koseki-koiki"]);
    town.submit(id, journal.op()).unwrap();
    let staff = StaffId::new(journal.now(), &*journal.chance);
    let application = application::of_visit(&town.connection, id).unwrap()[0].id;
    let decide =
        || desk::decide(&tx, journal, town.counter(), staff, application, &accept(journal));
    let identify = |kinds: &[&str]| town.identify(staff, id, kinds).unwrap();
    let correct = |relation: &str| {
        let value = ("koseki_koiki.relation", Value::Choice(relation.into()));
        desk::correct(&tx, journal, town.counter(), staff, journal.op(), id, value).unwrap();
    };
    assert!(matches!(decide(), Err(Error::NotIdentified)));
    identify(&["pension", "care_insurance"]);
    assert!(matches!(decide(), Err(Error::NoPhoto)));
    identify(&["residence_card"]);
    correct("sibling");
    assert!(matches!(decide(), Err(Error::Closed(_))));
    correct("descendant");
    decide().unwrap();
}

#[test]
fn one_document_without_a_photo_is_not_enough_by_itself() {
    let town = Town::open();
    let (tx, journal) = (town.tx(), &town.journal);
    let id = town.filled(town.kiosk());
    town.submit(id, journal.op()).unwrap();
    let staff = StaffId::new(journal.now(), &*journal.chance);
    let application = application::of_visit(&town.connection, id).unwrap()[0].id;
    let decide =
        || desk::decide(&tx, journal, town.counter(), staff, application, &accept(journal));
    town.identify(staff, id, &["care_insurance"]).unwrap();
    assert!(matches!(decide(), Err(Error::OneWithoutPhoto)));
    town.identify(staff, id, &["care_insurance", "pension"]).unwrap();
    decide().unwrap();
}

#[test]
fn a_press_sent_twice_is_one_decision_and_another_press_is_told_the_state() {
    let town = Town::open();
    let (tx, journal) = (town.tx(), &town.journal);
    let id = town.filled(town.kiosk());
    town.submit(id, journal.op()).unwrap();
    let staff = StaffId::new(journal.now(), &*journal.chance);
    town.identify(staff, id, &["passport"]).unwrap();
    let application = application::of_visit(&town.connection, id).unwrap()[0].id;
    let decide = |decision: &desk::Decision| {
        desk::decide(&tx, journal, town.counter(), staff, application, decision)
    };
    let press = accept(journal);
    assert_eq!(decide(&press).unwrap(), id);
    assert_eq!(decide(&press).unwrap(), id);
    let accepted = town.entries_of(&application.to_string());
    assert_eq!(accepted, ["application.accepted"]);
    assert!(matches!(decide(&accept(journal)), Err(Error::Application(_))));
    // A page from before must not say that what was opened again is accepted.
    decide(&desk::Decision { action: Action::Reopen, ..accept(journal) }).unwrap();
    assert!(matches!(decide(&press), Err(Error::Application(_))));
}

#[test]
fn a_paper_is_outdated_by_what_is_corrected_on_it_until_it_is_printed_again() {
    let town = Town::open();
    let (tx, journal) = (town.tx(), &town.journal);
    let id = town.filled_for(town.kiosk(), &["juminhyo", "tenkyo"]);
    town.submit(id, journal.op()).unwrap();
    let staff = StaffId::new(journal.now(), &*journal.chance);
    let of = |form: &str| -> application::Application {
        let all = application::of_visit(&town.connection, id).unwrap();
        all.into_iter().find(|one| one.form == form).unwrap()
    };
    let correct = |path: &str, words: &str| {
        let value = Value::Text(words.into());
        desk::correct(&tx, journal, town.counter(), staff, journal.op(), id, (path, value))
    };
    let outdated = || ["juminhyo", "ido"].map(|form| of(form).outdated);
    correct("applicant.phone", "0999-00-0002").unwrap();
    assert_eq!(outdated(), [false, false], "nothing was printed yet");
    let both = [of("juminhyo").id, of("ido").id];
    town.print(staff, id, &both);
    correct("applicant.phone", "0999-00-0003").unwrap();
    assert_eq!(outdated(), [true, true]);
    town.print(staff, id, &both);
    assert_eq!(outdated(), [false, false]);

    // The certificate shows the new address, which only the move asks for.
    correct("ido.new.address", "見本県みほん町中央二丁目１番１号").unwrap();
    assert_eq!(outdated(), [true, true]);
    town.identify(staff, id, &["passport"]).unwrap();
    desk::decide(&tx, journal, town.counter(), staff, of("juminhyo").id, &accept(journal)).unwrap();
    let refused = correct("ido.new.address", "見本県みほん町大字例文８９番地の１");
    assert!(matches!(refused, Err(Error::Accepted)));
    let kept = town.answers(id).text("ido.new.address").cloned();
    assert_eq!(kept, Some("見本県みほん町中央二丁目１番１号".into()));
}

#[test]
fn another_identity_check_outdates_the_paper_that_shows_it_and_is_refused_once_accepted() {
    let town = Town::open();
    let (tx, journal) = (town.tx(), &town.journal);
    let id = town.filled(town.kiosk());
    town.submit(id, journal.op()).unwrap();
    let staff = StaffId::new(journal.now(), &*journal.chance);
    let paper = || application::of_visit(&town.connection, id).unwrap().remove(0);
    let papers = [paper().id];
    town.print(staff, id, &papers);
    town.identify(staff, id, &["licence"]).unwrap();
    assert!(paper().outdated, "the printed boxes are empty");
    town.print(staff, id, &papers);
    town.identify(staff, id, &["licence"]).unwrap();
    assert!(!paper().outdated, "the same check once more");
    town.identify(staff, id, &["pension", "insurance_certificate"]).unwrap();
    assert!(paper().outdated);

    desk::decide(&tx, journal, town.counter(), staff, papers[0], &accept(journal)).unwrap();
    let refused = town.identify(staff, id, &["passport"]);
    assert!(matches!(refused, Err(Error::Accepted)));
    let kinds = town.answers(id).value("office.id_kind").unwrap().selected();
    assert_eq!(kinds, ["insurance_certificate", "pension"].map(str::to_owned).into());
}

#[test]
fn a_paper_made_before_a_correction_is_outdated_when_it_is_counted_after_it() {
    let town = Town::open();
    let (tx, journal) = (town.tx(), &town.journal);
    let id = town.filled(town.kiosk());
    town.submit(id, journal.op()).unwrap();
    let staff = StaffId::new(journal.now(), &*journal.chance);
    let opened = desk::open(&tx, journal, staff, id).unwrap();
    let papers = [opened.applications[0].id];
    let value = Value::Text("0999-00-0602".into());
    let correction = ("applicant.phone", value);
    desk::correct(&tx, journal, town.counter(), staff, journal.op(), id, correction).unwrap();
    town.print_opened(staff, &opened, &papers);
    let stands = || application::of_visit(&town.connection, id).unwrap().remove(0);
    assert_eq!((stands().printed, stands().outdated), (1, true));
    let facts = "select facts from journal where kind = 'application.printed'";
    let facts: String = tx.query_row(facts, [], |row| row.get(0)).unwrap();
    let outdated = serde_json::from_str::<serde_json::Value>(&facts).unwrap()["outdated"].clone();
    assert_eq!(outdated, json!(papers));
    town.print(staff, id, &papers);
    assert_eq!((stands().printed, stands().outdated), (2, false));
}
