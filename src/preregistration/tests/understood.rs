//! What the answers of a code say to the forms as they are today.

use super::*;

/// Opens a body that holds one answer and tells what became of it.
fn one_answer(
    counter: &Counter,
    path: &str,
    item: Item,
) -> Result<Value, (Option<String>, &'static str)> {
    let book = counter.books.present();
    let mut parts = parts(counter);
    match body::FACTS.iter().find(|(_, fact, _)| *fact == path) {
        Some((fact, _, _)) => parts[5].1 = Item::Map(vec![(*fact, item)]),
        None => {
            let find = |(at, procedure): (usize, &codebook::Procedure)| {
                let questions = &book.form_of(procedure).questions;
                Some((at, questions.iter().position(|question| question.path == path)?))
            };
            let (procedure, question) = book.procedures.iter().enumerate().find_map(find).unwrap();
            let answers = body::steps([(question as u64, item)]);
            parts[6].1 = Item::Array(vec![Item::Array(vec![number(procedure as i64), answers])]);
        }
    }
    let opened = counter.open_item(&Item::Map(parts)).unwrap();
    match (opened.answers.get(path), opened.doubtful.as_slice()) {
        (Some(answer), []) => Ok(answer.value.clone()),
        (None, [doubt]) => Err((doubt.about.clone(), doubt.code())),
        other => panic!("{path}: {other:?}"),
    }
}

#[test]
fn an_answer_that_its_question_does_not_take_is_named_and_the_rest_stands() {
    let counter = Counter::new();
    let words = |text: &str| Item::Text(text.to_owned());
    for (path, item, code) in [
        ("applicant.name", words("試験\u{202E}花子"), "input.control_character"),
        ("applicant.name", words("試験\u{0007}"), "input.control_character"),
        ("applicant.name", words(&"試".repeat(61)), "input.too_long"),
        ("applicant.name", words("123456789018"), "input.personal_number"),
        ("applicant.name", words("試験 1234-5678-9018"), "input.personal_number"),
        (
            "applicant.address",
            words("みなみ1-2-3 １２３４５６７８９０１８"),
            "input.personal_number",
        ),
        ("ido.new.address", words("中央 1234 5678 9018"), "input.personal_number"),
        ("ido.new.room", compact::words("1234・5678・9018号室"), "input.personal_number"),
        ("applicant.name", number(5), "preregistration.not_a_value"),
        ("applicant.name", Item::Bytes(vec![0, 255]), "preregistration.not_a_value"),
        ("applicant.kana", words("試験"), "input.not_katakana"),
        ("applicant.birth_date", words("1990-01-01"), "preregistration.not_a_value"),
        ("applicant.birth_date", number(i64::MAX), "preregistration.not_a_value"),
        ("applicant.birth_date", number(30_000), "input.future_day"),
        (
            "applicant.birth_date",
            Item::Array(vec![number(1990), number(13)]),
            "preregistration.not_a_value",
        ),
        ("applicant.sex", number(4), "input.not_an_option"),
        ("applicant.sex", number(-1), "input.not_an_option"),
        ("applicant.sex", Item::Flag(true), "preregistration.not_a_value"),
        ("applicant.phone", words("12"), "input.not_a_phone"),
        ("applicant.phone", Item::Map(Vec::new()), "preregistration.not_a_value"),
        ("ido.from", number(3), "input.not_an_option"),
        ("ido.new.postal", compact::digits("123456"), "input.not_a_postal_code"),
        ("ido.members", number(7), "input.out_of_range"),
        ("ido.members", number(-1), "input.not_a_number"),
        ("ido.member.1.has", Item::Array(vec![number(0), number(99)]), "input.not_an_option"),
        ("ido.member.1.has", number(1), "preregistration.not_a_value"),
        ("ido.member.1.foreign", number(1), "preregistration.not_a_value"),
        ("juminhyo.copies", Item::Map(vec![(99, number(1))]), "input.not_an_option"),
        ("juminhyo.copies", Item::Map(vec![(0, number(1_000))]), "input.out_of_range"),
        ("juminhyo.copies", Item::Map(vec![(0, Item::Null)]), "preregistration.not_a_value"),
    ] {
        assert_eq!(one_answer(&counter, path, item), Err((Some(path.to_owned()), code)));
    }
}

#[test]
fn dates_that_are_partly_known_come_back_as_they_were_given() {
    let counter = Counter::new();
    let book = counter.books.present();
    for date in [
        "1993-01-01",
        "1873-01-01",
        "1926-12-25",
        "1944-05",
        "1944",
        "2150000",
        "3010000",
        "4010100",
        "3640100",
    ] {
        let date: Value = serde_json::from_value(json!({ "date": date })).unwrap();
        let mut answers = Answers::default();
        answers.set("applicant.birth_date", date.clone(), Source::Qr);
        let visit = Visit {
            booking: None,
            made_at: MADE_AT,
            jti: JTI,
            revision: 0,
            procedures: &[],
            answers: &answers,
        };
        let opened = counter.open(&counter.seal(&encode(book, &visit))).unwrap();
        assert_eq!(opened.answers, answers, "{date:?} {:?}", opened.doubtful);
    }
}

#[test]
fn a_question_that_was_skipped_stays_skipped() {
    let counter = Counter::new();
    for path in ["applicant.kana", "ido.new.room", "ido.member.2.has", "ido.reason"] {
        assert_eq!(one_answer(&counter, path, Item::Null), Ok(Value::skipped()), "{path}");
    }
}

#[test]
fn of_a_code_from_forms_nobody_knows_the_applicant_is_still_understood() {
    let counter = Counter::new();
    let name = compact::words("試験　花子");
    let procedure = Item::Array(vec![number(3), body::steps([(0, number(1))])]);
    let mut parts = parts(&counter);
    parts[1].1 = Item::Bytes(vec![9; 8]);
    parts[5].1 = Item::Map(vec![(1, name), (77, Item::Null)]);
    parts[6].1 = Item::Array(vec![procedure]);
    let opened = counter.open_item(&Item::Map(parts)).unwrap();
    assert_eq!(opened.answers.text("applicant.name"), Some(&"試験　花子".into()));
    assert_eq!(opened.procedures, Vec::<String>::new());
    let codes: Vec<_> = opened.doubtful.iter().map(Doubt::code).collect();
    assert_eq!(codes, ["preregistration.unknown_number", "preregistration.unknown_forms"]);
}

#[test]
fn a_code_made_before_the_forms_were_edited_is_understood_as_far_as_they_agree() {
    let counter = Counter::new();
    let today = counter.books.present().to_json().to_string();
    // As the town's pages were before: other options, other questions, in another
    // order, and a procedure that is no longer offered.
    let mut before: serde_json::Value = serde_json::from_str(&today).unwrap();
    before["procedures"].as_array_mut().unwrap().reverse();
    let retired = json!({ "id": "retired", "form": 0, "preset": [] });
    before["procedures"].as_array_mut().unwrap().push(retired);
    for form in before["forms"].as_array_mut().unwrap() {
        let questions = form["questions"].as_array_mut().unwrap();
        questions.reverse();
        for question in questions.iter_mut() {
            if let Some(options) = question.get_mut("options") {
                options.as_array_mut().unwrap().reverse();
            }
        }
        let path = format!("{}.gone", form["id"].as_str().unwrap());
        form["questions"]
            .as_array_mut()
            .unwrap()
            .insert(0, json!({ "path": path, "kind": "flag" }));
    }
    before.as_object_mut().unwrap().remove("hash");
    let before: Codebook = serde_json::from_value(before).unwrap();

    let mut answers = counter.sample("tennyu");
    answers.set("ido.gone", Value::Flag(true), Source::Qr);
    let procedures = ["tennyu", "retired"];
    let visit = Visit {
        booking: None,
        made_at: MADE_AT,
        jti: JTI,
        revision: 0,
        procedures: &procedures,
        answers: &answers,
    };
    let text = counter.seal(&encode(&before, &visit));
    let books = counter.books.clone().with_older([before]);
    let opened = open(&text, &counter.keys, &books, TOWN, NOW).unwrap();

    assert_eq!(opened.procedures, ["tennyu"]);
    answers.remove("ido.gone");
    answers.remove("ido.kind");
    assert_eq!(opened.answers, answers);
    let doubts: Vec<_> =
        opened.doubtful.iter().map(|doubt| (doubt.about.as_deref(), doubt.code())).collect();
    assert_eq!(
        doubts,
        [
            (Some("ido.gone"), "preregistration.question_gone"),
            (Some("retired"), "preregistration.procedure_gone"),
        ]
    );
}

#[test]
fn a_codebook_reads_back_from_its_json_and_not_from_one_that_was_touched() {
    let counter = Counter::new();
    let book = counter.books.present();
    let text = book.to_json().to_string();
    assert_eq!(Codebook::from_json(&text).as_ref(), Some(book));
    assert_eq!(Codebook::from_json(&text.replace("juminhyo", "juminhyu")), None);
    assert_eq!(Codebook::from_json("{}"), None);
}

#[test]
fn every_refusal_and_doubt_has_a_sentence_in_every_language() {
    let codes = Refusal::ALL.iter().map(|refusal| refusal.code());
    for code in codes.chain(Why::ALL.iter().map(|why| why.code())) {
        for lang in Lang::ALL {
            assert_ne!(Catalogue::shipped().t(lang, code), code);
        }
    }
}
