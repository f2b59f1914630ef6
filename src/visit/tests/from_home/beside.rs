//! What else is known in the visit: a second code, a card, what was chosen by hand.

use super::*;

#[test]
fn a_later_revision_in_the_same_visit_replaces_what_the_earlier_told() {
    let town = Town::open();
    let mut later = opened(&town, 1, 1);
    let at = town.bring(&opened(&town, 1, 0));
    later.answers.set("applicant.phone", Value::Text("0999-00-0002".into()), Source::Qr);
    later.answers.set("applicant.name", Value::Text("架空　由美".into()), Source::Qr);
    assert_eq!(town.read(at, &later).unwrap(), Read::Asks);
    assert_eq!(town.tell(at, &later, BORN).unwrap(), Told::Taken);
    let known = town.answers(at.1);
    for path in ["applicant.phone", "applicant.name"] {
        assert_eq!(known.get(path), later.answers.get(path), "{path}");
    }
    assert_eq!(brought::differences(&known), []);
}

#[test]
fn what_a_later_revision_says_no_more_is_gone() {
    let town = Town::open();
    let mut first = opened(&town, 1, 0);
    first.procedures.push("inkan".to_owned());
    first.answers.set("inkan.copies", Value::Number(2), Source::Qr);
    let at = town.bring(&first);
    assert_eq!(town.visit(at.1).procedures, ["juminhyo", "inkan"]);
    let mut later = opened(&town, 1, 1);
    later.answers.remove("applicant.kana");
    town.bring_also(at, &later);
    assert_eq!(town.visit(at.1).procedures, ["juminhyo"]);
    let known = town.answers(at.1);
    for path in ["applicant.kana", "visit.told.applicant.kana", "inkan.copies"] {
        assert_eq!(known.get(path), None, "{path}");
    }
    // What another code wants, or a hand chose before, stays.
    let mut other = opened(&town, 2, 0);
    other.procedures = vec!["inkan".to_owned()];
    other.answers.set("inkan.copies", Value::Number(3), Source::Qr);
    town.bring_also(at, &other);
    first.revision = 2;
    town.bring_also(at, &first);
    later.revision = 3;
    town.bring_also(at, &later);
    assert_eq!(town.visit(at.1).procedures, ["juminhyo", "inkan"]);
    assert!(town.answers(at.1).get("inkan.copies").is_some());
}

#[test]
fn what_was_put_right_by_hand_and_who_came_first_stay_before_a_second_code() {
    let town = Town::open();
    let mut first = opened(&town, 1, 0);
    let text = |text: &str| Value::Text(text.into());
    for (path, value) in [("applicant.name", "試験　花子"), ("applicant.phone", "0999-00-0001")]
    {
        first.answers.set(path, text(value), Source::Qr);
    }
    let at = town.bring(&first);
    let (actor, mut typed) = (Actor::Device(at.0), Answers::default());
    typed.set("applicant.address", text("見本県みほん町きた３番地の２７"), Source::Typed);
    answer(&town.tx(), &town.journal, actor, at.1, &typed).unwrap();
    let told = town.answers(at.1).get("visit.told.applicant.name").cloned();
    let mut second = opened(&town, 2, 0);
    let others = [
        ("applicant.address", "見本県みほん町大字架空字上野原１２３４番地"),
        ("applicant.name", "架空　由美"),
        ("applicant.phone", "0999-00-0002"),
    ];
    for (path, other) in others {
        second.answers.set(path, text(other), Source::Qr);
    }
    town.bring_also(at, &second);
    let known = town.answers(at.1);
    assert_eq!(known.get("applicant.address"), typed.get("applicant.address"));
    for path in ["applicant.name", "applicant.phone"] {
        assert_eq!(known.get(path), first.answers.get(path), "{path}");
    }
    assert_eq!(known.get("visit.told.applicant.name"), told.as_ref());
    let differs = brought::differences(&known).into_iter().map(|one| (one.path, one.told));
    let expected = others.map(|(path, other)| (path.to_owned(), text(other)));
    assert_eq!(differs.collect::<Vec<_>>(), expected);
}

#[test]
fn a_card_wins_over_the_code_and_the_difference_is_kept() {
    let town = Town::open();
    let mut code = opened(&town, 1, 0);
    code.answers.set("applicant.name", Value::Text("架空　由美".into()), Source::Qr);
    code.answers.set("applicant.kana", Value::Text("シケン　ハナコ".into()), Source::Qr);
    let (kiosk, id) = town.bring(&code);
    let (tx, journal, actor) = (town.tx(), &town.journal, Actor::Device(kiosk));
    choose_way(&tx, journal, actor, id, Some(Way::Card)).unwrap();
    assert_eq!(town.step(id), "card");
    answer(&tx, journal, actor, id, &card()).unwrap();
    let known = town.answers(id);
    let source = |path| known.get(path).unwrap().source;
    assert_eq!(source("applicant.name"), Source::Card);
    // No card tells a reading.
    assert_eq!(source("applicant.kana"), Source::Qr);
    let told: Vec<_> = brought::differences(&known).into_iter().map(|one| one.path).collect();
    assert!(told.contains(&"applicant.name".to_owned()), "{told:?}");
    // Without the card after all, what the code told stands again.
    choose_way(&tx, journal, actor, id, Some(Way::Hand)).unwrap();
    let known = town.answers(id);
    assert_eq!(known.get("applicant.name"), code.answers.get("applicant.name"));
    assert_eq!(brought::differences(&known), []);
}

#[test]
fn procedures_chosen_at_the_counter_stay_beside_those_of_the_code() {
    let town = Town::open();
    let code = opened(&town, 1, 0);
    let at = town.arrived();
    let actor = Actor::Device(at.0);
    let chosen = [town.config.procedure("inkan").unwrap()];
    choose(&town.tx(), &town.journal, actor, at.1, &chosen).unwrap();
    town.read(at, &code).unwrap();
    town.tell(at, &code, BORN).unwrap();
    assert_eq!(town.visit(at.1).procedures, ["juminhyo", "inkan"]);
}

/// What of the last code could not stay as it was.
fn doubts(town: &Town, at: (DeviceId, VisitId), jti: u8) -> Vec<(String, String)> {
    let taken = brought::taken(&town.answers(at.1)).into_iter();
    let own = taken.filter(|code| code.jti == Jti([jti; 8]).to_string());
    own.flat_map(|code| code.doubtful).map(|(about, why)| (about.unwrap(), why)).collect()
}

#[test]
fn a_procedure_that_leaves_because_a_code_wants_its_form_is_named() {
    let town = Town::open();
    let of = |jti: u8, revision, procedures: &[&str]| {
        let procedures = procedures.iter().map(|id| (*id).to_owned()).collect();
        Opened { procedures, ..opened(&town, jti, revision) }
    };
    let left = |id: &str| vec![(id.to_owned(), "preregistration.form_taken".to_owned())];
    let at = town.bring(&of(1, 0, &["juminhyo", "tennyu"]));
    assert_eq!(doubts(&town, at, 1), []);
    town.bring_also(at, &of(2, 0, &["tenkyo"]));
    assert_eq!(town.visit(at.1).procedures, ["juminhyo", "tenkyo"]);
    assert_eq!(doubts(&town, at, 2), left("tennyu"));
    // A later revision brings nothing back, and says so.
    town.bring_also(at, &of(2, 1, &["inkan"]));
    assert_eq!(town.visit(at.1).procedures, ["juminhyo", "inkan"]);
    assert_eq!(doubts(&town, at, 2), left("tennyu"));
    // What its owner left out of a later revision was left on purpose.
    town.bring_also(at, &of(3, 0, &["tenkyo"]));
    town.bring_also(at, &of(3, 1, &["tennyu"]));
    assert_eq!(doubts(&town, at, 3), []);
}

#[test]
fn a_procedure_chosen_by_hand_and_the_second_of_one_form_in_a_code_are_named_too() {
    let town = Town::open();
    let mut code = opened(&town, 1, 0);
    code.procedures = ["tennyu", "tenkyo"].map(str::to_owned).to_vec();
    let at = town.arrived();
    let chosen = [town.config.procedure("setai-henko").unwrap()];
    choose(&town.tx(), &town.journal, Actor::Device(at.0), at.1, &chosen).unwrap();
    town.bring_also(at, &code);
    assert_eq!(town.visit(at.1).procedures, ["tennyu"]);
    let left: Vec<_> = doubts(&town, at, 1).into_iter().map(|(about, _)| about).collect();
    assert_eq!(left, ["tenkyo", "setai-henko"]);
}
