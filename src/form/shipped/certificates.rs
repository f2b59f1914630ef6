//! The certificates: their gates, their years, and what follows from another
//! certificate of the same visit.

use super::*;
use crate::form::gate;
use crate::form::input::InputError;

/// The pages a form asks of somebody with a card who says `told`.
fn pages_with(form: &str, told: &[(&str, &str)]) -> Vec<String> {
    let forms = shipped();
    let mut answers = a_card();
    let decide = |ask: &AskQuestion<'_>| {
        let answer = told.iter().find(|(path, _)| *path == ask.path());
        answer.map(|(_, answer)| Raw::One((*answer).to_owned()))
    };
    walk(&[forms.get(form).unwrap()], &mut answers, decide).0
}

#[test]
fn gates_are_asked_before_the_person_and_everything_else_after() {
    for (form, expected) in [
        (
            "koseki",
            vec![
                "applicant.person",
                "koseki.relation",
                "koseki.register",
                "koseki.copies",
                "koseki.range",
                "koseki.purpose",
            ],
        ),
        (
            "koseki_koiki",
            vec![
                "koseki_koiki.relation",
                "koseki_koiki.proof",
                "applicant.person",
                "koseki_koiki.register",
                "koseki_koiki.copies",
                "koseki_koiki.purpose",
            ],
        ),
        (
            "inkan",
            vec![
                "inkan.card",
                "applicant.person",
                "inkan.relation",
                "inkan.number",
                "inkan.copies",
            ],
        ),
        (
            "zei",
            vec![
                "zei.subject",
                "zei.year",
                "applicant.person",
                "zei.relation",
                "zei.copies",
                "zei.purpose",
            ],
        ),
    ] {
        assert_eq!(pages_with(form, &[]), expected, "{form}");
    }
}

/// The title of the gate that is closed for these choices, and what is offered.
fn closed(form: &str, told: &[(&str, Value)]) -> Option<(String, Option<String>)> {
    let forms = shipped();
    let mut answers = Answers::default();
    for (path, value) in told {
        answers.set(*path, value.clone(), Source::Typed);
    }
    let form = forms.get(form).unwrap();
    let closed = gate::closed(&[form], &answers)?;
    assert!(form.pages().iter().any(|page| Some(page.id.as_str()) == closed.page()));
    Some((closed.gate.title.ja.clone(), closed.gate.instead.clone()))
}

#[test]
fn another_town_s_register_is_for_the_direct_line_with_a_photo() {
    let relation = |id: &str| ("koseki_koiki.relation", Value::Choice(id.into()));
    let proof = |id: &str| ("koseki_koiki.proof", Value::Choice(id.into()));
    for id in ["self", "spouse", "ascendant", "descendant"] {
        assert_eq!(closed("koseki_koiki", &[relation(id)]), None, "{id}");
        assert_eq!(closed("koseki_koiki", &[relation(id), proof("photo")]), None, "{id}");
        let without = closed("koseki_koiki", &[relation(id), proof("none")]).unwrap();
        assert_eq!(without.1.as_deref(), Some("koseki"));
    }
    for id in ["sibling", "other"] {
        let (title, instead) = closed("koseki_koiki", &[relation(id)]).unwrap();
        assert_eq!(title, "この方法では、お渡しできません");
        assert_eq!(instead.as_deref(), Some("koseki"));
    }
}

#[test]
fn a_sibling_is_told_before_anything_else_is_asked() {
    let forms = shipped();
    let all: Vec<&Form> = forms.iter().collect();
    let mut answers = Answers::default();
    let first = missing(&all, &answers).into_iter().map(|page| page.page.id.clone());
    let gates: Vec<String> = first.take_while(|page| !page.starts_with("applicant")).collect();
    assert!(gates.contains(&"koseki_koiki.relation".to_owned()), "{gates:?}");
    choose(&mut answers, "koseki_koiki.relation", "sibling");
    assert!(gate::closed(&all, &answers).is_some());
}

#[test]
fn without_the_registration_card_nobody_gets_a_seal_certificate() {
    let card = |id: &str| [("inkan.card", Value::Choice(id.into()))];
    assert_eq!(closed("inkan", &card("here")), None);
    assert!(closed("inkan", &card("none")).is_some());
}

#[test]
fn the_town_of_1_january_issues_papers_on_income_and_no_other() {
    let subject = |id: &str| ("zei.subject", Value::Choices([id.to_owned()].into()));
    let january = |id: &str| ("zei.january", Value::Choice(id.into()));
    assert!(closed("zei", &[subject("income"), january("elsewhere")]).is_some());
    assert_eq!(closed("zei", &[subject("income"), january("moved")]), None);
    // Land and houses are taxed where they stand.
    assert_eq!(closed("zei", &[subject("property"), january("elsewhere")]), None);
}

#[test]
fn the_years_offered_are_explained_and_no_older_one_is_taken() {
    let forms = shipped();
    let zei = forms.get("zei").unwrap();
    let mut answers = a_card();
    answers.set("zei.subject", Value::Choices(["income".to_owned()].into()), Source::Typed);
    let page = missing(&[zei], &answers).remove(0);
    let year = page.questions.iter().find(|ask| ask.path() == "zei.year").unwrap();
    let years = year.question.years.as_ref().unwrap();
    let words: Vec<String> = years
        .offered(TODAY)
        .into_iter()
        .map(|year| years.choice(year, TODAY, crate::lang::Lang::Ja))
        .collect();
    assert_eq!(words.len(), 5);
    assert_eq!(words[0], "令和8年度（令和7年1月〜12月の所得）");
    assert_eq!(words[4], "令和4年度（令和3年1月〜12月の所得）");
    let taken = |entry: &str| read(year, &Raw::One(entry.into()), TODAY);
    assert_eq!(taken("2022"), Ok(Value::Date("2022".parse().unwrap())));
    assert_eq!(taken("2021"), Err(InputError::NotAnOption));
    assert_eq!(taken("2027"), Err(InputError::FutureDay));
    assert_eq!(taken("令和8"), Err(InputError::NotADate));
}

#[test]
fn six_procedures_in_one_visit_ask_nothing_twice() {
    let forms = shipped();
    let six: Vec<&Form> = ["juminhyo", "inkan", "koseki", "koseki_koiki", "ido", "zei"]
        .map(|id| forms.get(id).unwrap())
        .into();
    let mut answers = a_card();
    choose(&mut answers, "ido.kind", "move_within");
    let (_, asked) = walk(&six, &mut answers, |_| None);
    let once: BTreeSet<&String> = asked.iter().collect();
    assert_eq!(once.len(), asked.len(), "{asked:?}");
    let relations: Vec<_> = asked.iter().filter(|path| path.ends_with(".relation")).collect();
    let expected = [
        "koseki_koiki.relation",
        "juminhyo.relation",
        "juminhyo.show.relation",
        "koseki.relation",
        "ido.member.1.relation",
        "zei.relation",
    ];
    assert_eq!(relations, expected);
    for followed in ["visitor.address", "target.name", "holder.name", "taxpayer.name", "kinship"] {
        assert!(!asked.iter().any(|path| path.ends_with(followed)), "{followed}: {asked:?}");
    }
    // Every paper has the address after the move.
    let known = known(&six, &answers);
    let new = known.text("ido.new.address").unwrap();
    for path in ["koseki.visitor.address", "inkan.holder.address", "zei.taxpayer.address"] {
        assert_eq!(known.text(path), Some(new), "{path}");
    }
}

#[test]
fn what_was_said_for_one_certificate_is_offered_for_the_next_and_may_differ() {
    let forms = shipped();
    let both: Vec<&Form> = ["juminhyo", "koseki"].map(|id| forms.get(id).unwrap()).into();
    let mut answers = a_card();
    choose(&mut answers, "juminhyo.relation", "self");
    let name = |answers: &Answers| known(&both, answers).text("koseki.target.name").cloned();
    let asked = pages(&both, &answers);
    let mut asked = asked.iter().flat_map(|page| &page.questions);
    let relation = asked.find(|ask| ask.path() == "koseki.relation").unwrap();
    assert_eq!(relation.prefill(), Some(Value::Choice("self".into())));
    assert_eq!(name(&answers), None, "nothing is taken for granted");
    // The certificate is the visitor's own, the register the father's.
    choose(&mut answers, "koseki.relation", "relative");
    assert_eq!(name(&answers), None);
    choose(&mut answers, "koseki.kinship", "descendant");
    assert_eq!(name(&answers), None);
    assert_eq!(known(&both, &answers).text("juminhyo.target.name"), Some(&CARD[0].2.into()));
}

#[test]
fn a_company_has_no_birth_and_a_household_is_made_of_people() {
    let forms = shipped();
    let zei = forms.get("zei").unwrap();
    let asked = |relation: &str| {
        let mut answers = a_card();
        choose(&mut answers, "zei.relation", relation);
        walk(&[zei], &mut answers, |_| None).1
    };
    assert!(asked("legal").contains(&"zei.taxpayer.kind".to_owned()));
    for relation in ["self", "household", "relative"] {
        assert!(!asked(relation).contains(&"zei.taxpayer.kind".to_owned()), "{relation}");
    }
}

#[test]
fn a_card_s_number_keeps_its_zeros_and_has_six_to_ten_digits() {
    let forms = shipped();
    let inkan = forms.get("inkan").unwrap();
    let answers = a_card();
    let pages = pages(&[inkan], &answers);
    let mut questions = pages.iter().flat_map(|page| &page.questions);
    let number = questions.find(|ask| ask.path() == "inkan.number").unwrap();
    let taken = |entry: &str| read(number, &Raw::One(entry.into()), TODAY);
    assert_eq!(taken("００１２-３４５"), Ok(Value::Text("0012345".into())));
    for entry in ["12345", "12345678901", "12345a"] {
        assert_eq!(taken(entry), Err(InputError::WrongDigits { min: 6, max: 10 }), "{entry}");
    }
    assert_eq!(number.prefill(), None);
}
