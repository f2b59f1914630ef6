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
                "koseki.needed",
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
                "zei.relation",
                "zei.year",
                "applicant.person",
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

fn is(path: &'static str, option: &str) -> (&'static str, Value) {
    (path, Value::Choice(option.into()))
}

fn are(path: &'static str, options: &[&str]) -> (&'static str, Value) {
    (path, Value::Choices(options.iter().map(|option| (*option).to_owned()).collect()))
}

#[test]
fn another_town_s_register_is_for_the_direct_line_with_a_photo() {
    let elsewhere = is("koseki_koiki.place", "elsewhere");
    let relation = |id: &str| is("koseki_koiki.relation", id);
    let proof = |id: &str| is("koseki_koiki.proof", id);
    for id in ["self", "spouse", "ascendant", "descendant"] {
        assert_eq!(closed("koseki_koiki", &[elsewhere.clone(), relation(id)]), None, "{id}");
        assert_eq!(closed("koseki_koiki", &[relation(id), proof("photo")]), None, "{id}");
        let (title, instead) = closed("koseki_koiki", &[relation(id), proof("none")]).unwrap();
        assert_eq!(title, "顔写真のある書類が必要です");
        assert_eq!(instead, None, "our own request is of no use for another town's register");
    }
    for id in ["sibling", "other"] {
        let (title, instead) = closed("koseki_koiki", &[elsewhere.clone(), relation(id)]).unwrap();
        assert_eq!(title, "この窓口では、お渡しできません");
        assert_eq!(instead, None);
    }
}

#[test]
fn the_ordinary_request_is_offered_only_for_a_register_of_this_town() {
    for told in ["self", "sibling"] {
        let here = [is("koseki_koiki.place", "here"), is("koseki_koiki.relation", told)];
        let (title, instead) = closed("koseki_koiki", &here).unwrap();
        assert_eq!(title, "本籍がこの町にある戸籍です");
        assert_eq!(instead.as_deref(), Some("koseki"), "{told}");
    }
}

#[test]
fn a_refusal_of_another_town_s_register_says_what_is_possible_there() {
    let forms = shipped();
    let gates = &forms.get("koseki_koiki").unwrap().template().gate;
    for gate in gates.iter().filter(|gate| gate.instead.is_none()) {
        for way in ["本籍のある市区町村なら", "郵送"] {
            assert!(gate.reason.ja.contains(way), "{way}: {}", gate.reason.ja);
        }
        assert!(gate.reason.en.contains("by post"), "{}", gate.reason.en);
    }
}

#[test]
fn this_town_has_only_its_own_registers_and_what_was_filed_with_it() {
    let needed = |ids: &[&str]| closed("koseki", &[are("koseki.needed", ids)]);
    for ids in [&["register"][..], &["filed"], &["register", "filed"]] {
        assert_eq!(needed(ids), None, "{ids:?}");
    }
    for (id, instead) in [
        ("elsewhere", Some("koseki_koiki")),
        ("unknown", Some("juminhyo")),
        ("filed_elsewhere", None),
    ] {
        assert_eq!(needed(&[id]).unwrap().1.as_deref(), instead, "{id}");
        assert!(needed(&["register", id]).is_some(), "{id}");
    }
}

#[test]
fn a_form_that_the_answers_close_as_well_is_not_offered() {
    let forms = shipped();
    let (koseki, koiki) = (forms.get("koseki").unwrap(), forms.get("koseki_koiki").unwrap());
    let mut answers = Answers::default();
    let (path, elsewhere) = are("koseki.needed", &["elsewhere"]);
    answers.set(path, elsewhere, Source::Typed);
    let offers = |form, other, answers: &Answers| {
        gate::closed(&[form], answers).is_some_and(|closed| closed.offers(other, answers))
    };
    assert!(offers(koseki, koiki, &answers));
    assert!(!offers(koseki, forms.get("inkan").unwrap(), &answers), "it names another");
    choose(&mut answers, "koseki_koiki.place", "here");
    assert!(!offers(koseki, koiki, &answers));
    assert!(!offers(koiki, koseki, &answers), "round and round");
    answers.remove("koseki.needed");
    assert!(offers(koiki, koseki, &answers));
}

#[test]
fn a_certificate_of_acceptance_asks_which_notification_when_and_whose() {
    let forms = shipped();
    let koseki = forms.get("koseki").unwrap();
    let asked = |needed: &str| {
        let mut answers = a_card();
        let decide = |ask: &AskQuestion<'_>| {
            (ask.path() == "koseki.needed").then(|| Raw::One(needed.to_owned()))
        };
        walk(&[koseki], &mut answers, decide).1
    };
    let filed = asked("filed");
    for path in ["kind", "filed_on", "filer"] {
        assert!(filed.contains(&format!("koseki.notice.{path}")), "{path}: {filed:?}");
        assert!(!asked("register").contains(&format!("koseki.notice.{path}")), "{path}");
    }
    // The register may be anywhere, and a foreign couple has none.
    assert!(!filed.contains(&"koseki.honseki".to_owned()), "{filed:?}");
    let mut answers = a_card();
    answers.set("koseki.needed", are("", &["filed"]).1, Source::Typed);
    let pages = pages(&[koseki], &answers);
    let mut questions = pages.iter().flat_map(|page| &page.questions);
    let copies = questions.find(|ask| ask.path() == "koseki.copies").unwrap();
    let offered: Vec<&str> = copies.options.iter().map(|option| option.id.as_str()).collect();
    assert_eq!(offered, ["acceptance", "entries"]);
}

#[test]
fn taxes_are_told_to_whoever_may_know_them_and_others_hear_it_first() {
    let subject = |ids: &[&str]| are("zei.subject", ids);
    let relation = |id: &str| is("zei.relation", id);
    for id in ["self", "household", "agent", "legal", "heir", "official"] {
        assert_eq!(closed("zei", &[subject(&["income", "car"]), relation(id)]), None, "{id}");
    }
    let (title, _) = closed("zei", &[subject(&["income"]), relation("other")]).unwrap();
    assert_eq!(title, "この方の税の証明は、お渡しできません");
    assert!(closed("zei", &[subject(&["car", "business"]), relation("other")]).is_some());
    // For an inspection whoever brings the car's papers may ask.
    assert_eq!(closed("zei", &[subject(&["car"]), relation("other")]), None);
    // Who rents it, for the property and nothing else.
    assert_eq!(closed("zei", &[subject(&["property"]), relation("tenant")]), None);
    for id in ["income", "payment", "business"] {
        let both = [subject(&["property", id]), relation("tenant")];
        assert!(closed("zei", &both).is_some(), "{id}");
    }
    assert_eq!(closed("zei", &[subject(&["property", "car"]), relation("tenant")]), None);
}

#[test]
fn whoever_may_not_know_the_taxes_hears_that_the_car_s_paper_alone_is_open() {
    let forms = shipped();
    let zei = forms.get("zei").unwrap();
    let mut answers = Answers::default();
    for (path, value) in [are("zei.subject", &["income", "car"]), is("zei.relation", "other")] {
        answers.set(path, value, Source::Typed);
    }
    let reason = &gate::closed(&[zei], &answers).unwrap().gate.reason;
    assert!(
        reason.ja.contains("車検用の軽自動車税の証明だけなら、お渡しできます"),
        "{}",
        reason.ja
    );
    assert!(reason.en.contains("light vehicle tax certificate"), "{}", reason.en);
}

#[test]
fn whoever_rents_it_is_told_of_everything_that_is_open_to_them() {
    let forms = shipped();
    let zei = forms.get("zei").unwrap();
    let mut answers = Answers::default();
    let everything = ["income", "payment", "car", "property", "business"];
    for (path, value) in [are("zei.subject", &everything), is("zei.relation", "tenant")] {
        answers.set(path, value, Source::Typed);
    }
    let reason = &gate::closed(&[zei], &answers).unwrap().gate.reason;
    for (id, ja, en) in [
        ("property", "固定資産の証明", "certificates of that property"),
        ("car", "車検用の軽自動車税の証明", "light vehicle tax certificate"),
    ] {
        assert!(reason.ja.contains(ja) && reason.en.contains(en), "{id}: {reason:?}");
    }
    let open = |ids: &[&str]| {
        closed("zei", &[are("zei.subject", ids), is("zei.relation", "tenant")]).is_none()
    };
    let told: Vec<_> = everything.into_iter().filter(|id| open(&["property", id])).collect();
    assert_eq!(told, ["car", "property"], "the rule is what the sentence says");
}

#[test]
fn a_payment_certificate_names_its_taxes_whatever_year_it_is_of() {
    let forms = shipped();
    let zei = forms.get("zei").unwrap();
    let asked = |this: &str, other: &str| {
        let mut answers = a_card();
        answers.set("zei.subject", are("", &["income", "payment"]).1, Source::Typed);
        answers.set("zei.more", Value::Number(2), Source::Typed);
        let copies = |option: &str| Value::Copies([(option.to_owned(), 1)].into());
        answers.set("zei.copies", copies(this), Source::Typed);
        answers.set("zei.other.1.copies", copies("income"), Source::Typed);
        answers.set("zei.other.2.copies", copies(other), Source::Typed);
        let pages = pages(&[zei], &answers);
        let questions = pages.iter().flat_map(|page| &page.questions);
        let taxes = questions.filter(|ask| ask.path().ends_with(".taxes"));
        taxes.map(|ask| (ask.path().to_owned(), ask.question.required)).collect::<Vec<_>>()
    };
    assert_eq!(asked("income", "income"), []);
    assert_eq!(asked("payment", "income"), [("zei.taxes".to_owned(), true)]);
    assert_eq!(asked("income", "payment"), [("zei.other.2.taxes".to_owned(), true)]);
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
fn what_holds_of_1_january_holds_for_every_year_that_is_asked_for() {
    let here = [are("zei.subject", &["income"]), is("zei.january", "same")];
    for row in 1..=2 {
        let path = ["zei.other.1.january", "zei.other.2.january"][row - 1];
        let told = |rows: u32, place: &str| {
            let more = [("zei.more", Value::Number(rows)), is(path, place)];
            closed("zei", &[&here[..], &more].concat()).map(|(title, _)| title)
        };
        for place in ["same", "moved"] {
            assert_eq!(told(2, place), None, "{row} {place}");
        }
        let title = format!("ほかの年度（{row}）は、1月1日に住んでいた市区町村が証明を出します");
        assert_eq!(told(2, "elsewhere"), Some(title), "{row}");
        // A year that is not wanted any more closes nothing.
        assert_eq!(told(row as u32 - 1, "elsewhere"), None, "{row}");
    }
}

#[test]
fn every_year_of_income_is_asked_where_one_lived_before_the_person_and_has_its_address() {
    let forms = shipped();
    let zei = forms.get("zei").unwrap();
    let mut answers = a_card();
    let decide = |ask: &AskQuestion<'_>| {
        let answer = match ask.path() {
            "zei.more" => "2",
            "zei.other.1.year" => "2025",
            "zei.other.2.year" => "2024",
            "zei.other.2.january" => "moved",
            _ => return None,
        };
        Some(Raw::One(answer.to_owned()))
    };
    let (pages, _) = walk(&[zei], &mut answers, decide);
    let first = ["zei.subject", "zei.relation", "zei.year", "zei.other.1", "zei.other.2"];
    assert_eq!(pages[..6], [&first[..], &["applicant.person"]].concat(), "{pages:?}");
    let known = known(&[zei], &answers);
    // Whoever did not move is not asked; whoever did has said it.
    assert_eq!(known.text("zei.other.1.address"), Some(&CARD[3].2.into()));
    let typed = known.get("zei.other.2.address").unwrap();
    assert_eq!(typed.source, Source::Typed);
    // A payment certificate speaks of no income.
    answers.set("zei.subject", are("", &["payment"]).1, Source::Typed);
    let asked = super::pages(&[zei], &answers);
    let mut asked = asked.iter().flat_map(|page| &page.questions);
    assert!(!asked.any(|ask| ask.path().ends_with(".january")));
}

#[test]
fn the_years_offered_are_explained_and_no_older_one_is_taken() {
    let forms = shipped();
    let zei = forms.get("zei").unwrap();
    let mut answers = a_card();
    answers.set("zei.subject", Value::Choices(["income".to_owned()].into()), Source::Typed);
    choose(&mut answers, "zei.relation", "self");
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
fn a_further_year_is_another_one_than_those_chosen_before() {
    let forms = shipped();
    let zei = forms.get("zei").unwrap();
    let year = |text: &str| Value::Date(text.parse().unwrap());
    let mut answers = a_card();
    answers.set("zei.subject", Value::Choices(["payment".to_owned()].into()), Source::Typed);
    answers.set("zei.more", Value::Number(2), Source::Typed);
    answers.set("zei.year", year("2025"), Source::Typed);
    answers.set("zei.other.1.year", year("2024"), Source::Typed);
    let pages = super::pages(&[zei], &answers);
    let asked = |path: &str| {
        let mut asked = pages.iter().flat_map(|page| &page.questions);
        asked.find(|ask| ask.path() == path).unwrap()
    };
    assert_eq!(asked("zei.year").years(TODAY), [2026, 2025, 2024, 2023, 2022]);
    assert_eq!(asked("zei.other.1.year").years(TODAY), [2026, 2024, 2023, 2022]);
    let second = asked("zei.other.2.year");
    assert_eq!(second.years(TODAY), [2026, 2023, 2022]);
    let taken = |entry: &str| read(second, &Raw::One(entry.into()), TODAY);
    assert_eq!(taken("2024"), Err(InputError::NotAnOption));
    assert_eq!(taken("2023"), Ok(year("2023")));
    // Whoever changes the first one to what was chosen further on is asked there again.
    answers.set("zei.other.2.year", year("2023"), Source::Typed);
    answers.set("zei.year", year("2023"), Source::Typed);
    let open = missing(&[zei], &answers);
    let open: Vec<&str> =
        open.iter().flat_map(|page| &page.questions).map(AskQuestion::path).collect();
    assert!(open.contains(&"zei.other.2.year") && !open.contains(&"zei.other.1.year"), "{open:?}");
}

#[test]
fn six_procedures_in_one_visit_ask_nothing_twice() {
    let forms = shipped();
    let six: Vec<&Form> = ["juminhyo", "inkan", "koseki", "koseki_koiki", "ido", "zei"]
        .map(|id| forms.get(id).unwrap())
        .into();
    let mut answers = a_card();
    choose(&mut answers, "ido.kind", "move_within");
    let room =
        |ask: &AskQuestion<'_>| (ask.path() == "ido.new.room").then(|| Raw::One("２０１".into()));
    let (_, asked) = walk(&six, &mut answers, room);
    let once: BTreeSet<&String> = asked.iter().collect();
    assert_eq!(once.len(), asked.len(), "{asked:?}");
    let relations: Vec<_> = asked.iter().filter(|path| path.ends_with(".relation")).collect();
    let expected = [
        "koseki_koiki.relation",
        "zei.relation",
        "juminhyo.relation",
        "juminhyo.show.relation",
        "koseki.relation",
        "ido.member.1.relation",
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
    // With its building, wherever the paper has a place for it.
    let room = known.text("ido.new.room").unwrap();
    for path in ["zei.visitor.room", "zei.taxpayer.room", "inkan.holder.room"] {
        assert_eq!(known.text(path), Some(room), "{path}");
    }
    // But on 1 January she lived where the card still says.
    assert_eq!(known.text("zei.taxpayer.january"), Some(&CARD[3].2.into()));
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
    for relation in ["self", "household", "heir"] {
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
