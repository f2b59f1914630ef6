use super::*;
use crate::form::template::{Field, Kind, Template};

const SHUKAIJO: &[u8] = include_bytes!("../../../tests/fixtures/sheets/shukaijo.pdf");
const INU: &[u8] = include_bytes!("../../../tests/fixtures/sheets/inu.pdf");
const JITENSHA: &[u8] = include_bytes!("../../../tests/fixtures/sheets/jitensha.pdf");

fn template(id: &str, bytes: &[u8]) -> Template {
    toml::from_str(&draft(id, bytes).unwrap().toml).unwrap()
}

/// Field, path, kind and label of every proposal.
fn proposed(template: &Template) -> Vec<(&str, &str, Kind, &str)> {
    let row = |field: &'_ Field| {
        let path = field.bind.paths()[0].clone();
        template.question.iter().find(|question| question.id == path).unwrap()
    };
    let fields = template.field.iter();
    fields
        .map(|field| {
            let question = row(field);
            (field.id.as_str(), question.id.as_str(), question.kind, question.label.ja.as_str())
        })
        .collect()
}

#[test]
fn cells_beside_labels_rows_of_boxes_and_squares_become_places_with_questions() {
    let template = template("shukaijo", SHUKAIJO);
    assert_eq!(template.title.ja, "集会所使用申込書");
    assert_eq!(
        proposed(&template),
        [
            ("kana", "applicant.kana", Kind::Kana, "フリガナ"),
            ("name", "applicant.name", Kind::Name, "氏名"),
            ("address", "applicant.address", Kind::Address, "住所"),
            ("phone", "applicant.phone", Kind::Phone, "電話番号"),
            ("people", "shukaijo.people", Kind::Text, "使用人数"),
            ("purpose", "shukaijo.purpose", Kind::Text, "使用目的"),
            ("postal", "shukaijo.postal", Kind::Postal, "郵便番号"),
            ("field", "shukaijo.field", Kind::Multi, "使用する部屋と設備"),
        ]
    );
    // 30 mm of label from 25 mm on; the cell is 131 mm by 10.
    let name = template.field[1].text.as_ref().unwrap();
    assert_eq!(name.rect, [59.1, 44.4, 130.9, 10.0]);
    let postal = template.field[6].digits.as_ref().unwrap();
    assert_eq!((postal.rect, postal.count), ([25.0, 92.0, 49.0, 8.0], 7));
    let rooms = &template.question[7].options;
    let rooms: Vec<&str> = rooms.iter().map(|option| option.ja.as_str()).collect();
    assert_eq!(rooms, ["集会室", "調理室", "音響設備"]);
    assert_eq!(template.field[7].check.as_ref().unwrap().marks.len(), 3);
}

#[test]
fn fillable_fields_keep_place_length_states_and_page() {
    let drafted = draft("jitensha", JITENSHA).unwrap();
    assert!(drafted.is_fillable);
    let template: Template = toml::from_str(&drafted.toml).unwrap();
    assert_eq!(
        proposed(&template),
        [
            ("name", "applicant.name", Kind::Name, "氏名"),
            ("phone", "applicant.phone", Kind::Phone, "電話番号"),
            ("bike_colour", "jitensha.bike_colour", Kind::Text, "自転車の色"),
            ("class", "jitensha.class", Kind::Choice, "区分"),
            ("helmet", "jitensha.helmet", Kind::Flag, "ヘルメットを借りる"),
            ("place", "jitensha.place", Kind::Choice, "駐車場"),
            ("note", "jitensha.note", Kind::Text, "備考"),
        ]
    );
    let digits = template.field[1].digits.as_ref().unwrap();
    assert_eq!((digits.rect, digits.count), ([50.0, 49.0, 77.0, 8.0], 11));
    assert_eq!(template.question[2].max_chars, Some(12));
    let states: Vec<&String> = template.field[3].check.as_ref().unwrap().marks.keys().collect();
    assert_eq!(states, ["adult", "student"]);
    let pages: Vec<usize> = template.field.iter().map(|field| field.page).collect();
    assert_eq!(pages, [1, 1, 1, 1, 1, 1, 2]);
    assert!(template.field[6].text.as_ref().unwrap().wrap);
}

#[test]
fn a_field_without_a_tooltip_is_named_by_the_words_beside_it() {
    let template = template("inu", INU);
    assert_eq!(
        proposed(&template),
        [
            ("name", "applicant.name", Kind::Name, "氏名"),
            ("address", "applicant.address", Kind::Address, "住所"),
            ("dog_name", "inu.dog_name", Kind::Name, "犬の名前"),
            ("sex", "inu.sex", Kind::Choice, "性別"),
            ("vaccinated", "inu.vaccinated", Kind::Flag, "予防注射済"),
            // Nothing stands beside it: the town has to say.
            ("note", "inu.note", Kind::Text, ""),
        ]
    );
    let sexes = template.question[3].options.iter().map(|option| option.ja.as_str());
    assert_eq!(sexes.collect::<Vec<_>>(), ["おす", "めす"]);
}

#[test]
fn a_draft_lacks_words_only_and_with_them_it_is_a_form() {
    for (id, bytes) in [("shukaijo", SHUKAIJO), ("inu", INU), ("jitensha", JITENSHA)] {
        let toml = draft(id, bytes).unwrap().toml;
        let faults = crate::form::Form::read(&toml).unwrap_err();
        let lacking = |fault: &&crate::form::Fault| {
            !fault.message.contains("言葉がありません") && fault.message != "edition が空です"
        };
        assert_eq!(faults.iter().find(lacking), None, "{id}");
        let decided = toml.replace("\"\"", "\"言葉\"");
        assert!(crate::form::Form::read(&decided).is_ok(), "{id}");
        // The preview does not wait for the words.
        let template: Template = toml::from_str(&toml).unwrap();
        let fonts = crate::pdf::Fonts::shipped();
        let preview = crate::form::paper::preview::preview(&template, Some(bytes), &fonts).unwrap();
        assert!(preview.starts_with(b"%PDF-1.7"), "{id}");
    }
}

#[test]
fn pages_that_forms_share_have_the_words_of_the_shipped_forms() {
    let shipped = include_str!("../../../templates/forms/juminhyo/form.toml");
    let shipped: Template = toml::from_str(shipped).unwrap();
    let template = template("shukaijo", SHUKAIJO);
    for page in template.page.iter().filter(|page| page.id.starts_with("applicant.")) {
        let known = shipped.page.iter().find(|known| known.id == page.id).unwrap();
        assert_eq!(page.title, known.title);
    }
}

#[test]
fn the_office_s_boxes_and_the_individual_number_are_never_proposed() {
    for label in ["個人番号", "マイナンバー（12桁）", "受付印", "※職員記入欄", "印"]
    {
        assert!(by_hand::is_left_to_hand(label), "{label}");
    }
    assert!(!by_hand::is_left_to_hand("電話番号"));
}

#[test]
fn a_second_name_is_somebody_else_s_and_words_never_clash() {
    let place = |label: &str, name: Option<&str>| Place {
        page: 1,
        label: label.to_owned(),
        name: name.map(str::to_owned),
        shape: Shape::Text { rect: [0.0; 4], several_lines: false, max_chars: None },
    };
    let places = [
        place("氏名", None),
        place("氏名", None),
        place("うさぎ", None),
        place("かめ", None),
        place("いぬ", Some("Dog-Name.1")),
        place("ねこ", Some("猫の名前1")),
    ];
    let named = names::named("x", &places);
    let paths: Vec<&str> = named.iter().map(|named| named.path.as_str()).collect();
    let expected =
        ["applicant.name", "x.name_2", "x.field", "x.field_2", "x.dog_name_1", "x.field_3"];
    assert_eq!(paths, expected);
}

#[test]
fn stretched_and_wide_words_are_the_same_words() {
    for (label, path, kind) in [
        ("氏　名", "applicant.name", Kind::Name),
        ("電 話 番 号", "applicant.phone", Kind::Phone),
        ("ＴＥＬ", "applicant.phone", Kind::Phone),
        ("ﾌﾘｶﾞﾅ", "applicant.kana", Kind::Kana),
    ] {
        let shape = Shape::Text { rect: [0.0; 4], several_lines: false, max_chars: None };
        let place = Place { page: 1, label: label.to_owned(), name: None, shape };
        let named = names::named("acro", &[place]);
        assert_eq!((named[0].path.as_str(), named[0].kind), (path, kind), "{label}");
    }
}

#[test]
fn a_sheet_of_another_size_is_refused_with_its_size() {
    let mut document = empty_page(612, 792);
    assert_eq!(draft("x", &document).unwrap_err(), DraftError::Size(216, 279));
    document.truncate(40);
    assert!(matches!(draft("x", &document).unwrap_err(), DraftError::Import(_)));
}

#[test]
fn a_sheet_from_a3_to_a5_upright_or_lying_becomes_paper_of_that_size() {
    for (width, height, paper) in [
        (842, 1191, r#"size = "A3""#),
        (1191, 842, r#"size = "A3", orientation = "landscape""#),
        (595, 842, r#"size = "A4""#),
        (842, 595, r#"size = "A4", orientation = "landscape""#),
        (420, 595, r#"size = "A5""#),
        (595, 420, r#"size = "A5", orientation = "landscape""#),
    ] {
        let sheet = empty_page(width, height);
        let toml = draft("x", &sheet).unwrap().toml;
        assert!(toml.contains(&format!("paper = {{ {paper}, background")), "{paper}: {toml}");
        // The layout takes the sheet for that paper.
        let template: Template = toml::from_str(&toml).unwrap();
        let fonts = crate::pdf::Fonts::shipped();
        assert!(crate::form::paper::preview::preview(&template, Some(&sheet), &fonts).is_ok());
    }
}

/// An empty page of so many points, written by hand.
fn empty_page(width: u32, height: u32) -> Vec<u8> {
    let page = format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 {width} {height}]>>");
    let objects =
        ["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", page.as_str()];
    let (mut file, mut table) = (String::from("%PDF-1.4\n"), String::new());
    for (number, object) in (1..).zip(objects) {
        table.push_str(&format!("{:010} 00000 n \n", file.len()));
        file.push_str(&format!("{number} 0 obj\n{object}\nendobj\n"));
    }
    let at = file.len();
    file.push_str(&format!("xref\n0 4\n0000000000 65535 f \n{table}"));
    file.push_str(&format!("trailer\n<</Size 4/Root 1 0 R>>\nstartxref\n{at}\n%%EOF\n"));
    file.into_bytes()
}
