use super::*;

const PLAIN: &str = r##"
id = "try"
edition = "見本 2026-04"
title = { ja = "試し", en = "Try" }
about = { ja = "試し", en = "Try" }
section = { ja = "町民課", en = "Residents" }
law = "-"
signature = "handwritten"
identity = "one_photo_or_two"
paper = { size = "A4" }

[[page]]
id = "try.kind"
title = { ja = "種類", en = "Kind" }

[[page]]
id = "try.member.#"
title = { ja = "#人目", en = "Person #" }
rows = { count = "try.members", max = 3 }

[[question]]
id = "try.kind"
page = "try.kind"
kind = "choice"
label = { ja = "種類", en = "Kind" }
default = "a"
options = [{ id = "a", ja = "あ", en = "a" }, { id = "b", ja = "い", en = "b" }]

[[question]]
id = "try.members"
page = "try.kind"
kind = "number"
label = { ja = "人数", en = "People" }
range = [1, 3]

[[question]]
id = "try.member.#.name"
page = "try.member.#"
kind = "name"
label = { ja = "氏名", en = "Name" }
rows = { count = "try.members", max = 3 }
from = [{ path = "applicant.name", row = 1 }]
when = [{ question = "try.kind", is = ["a"] }]
"##;

fn faults(text: &str) -> Vec<String> {
    let faults = Form::read(text).err().unwrap_or_default();
    faults.iter().map(ToString::to_string).collect()
}

#[test]
fn a_sound_template_is_taken_and_its_rows_are_written_out() {
    let form = Form::read(PLAIN).unwrap();
    let ids: Vec<_> = form.questions().iter().map(|question| question.id.as_str()).collect();
    assert_eq!(
        ids,
        ["try.kind", "try.members", "try.member.1.name", "try.member.2.name", "try.member.3.name"]
    );
}

#[test]
fn each_fault_is_named_with_its_line_and_what_to_write() {
    for (sound, broken, expected) in [
        (
            "title = { ja = \"試し\"",
            "titel = { ja = \"試し\"",
            "line 4: 「titel」という項目はありません; 「title」と書きます",
        ),
        ("id = \"try\"", "id = \"town\"", "line 2: 「town」は様式の id に使えません"),
        ("en = \"Kind\" }\ndefault", "en = \" \" }\ndefault", "en の言葉がありません"),
        (
            "page = \"try.kind\"\nkind = \"n",
            "page = \"try.x\"\nkind = \"n",
            "ページ「try.x」はありません; try.kind・try.member.# のどれか",
        ),
        ("id = \"b\"", "id = \"a\"", "選択肢「a」が重なっているか"),
        ("default = \"a\"", "default = \"c\"", "「c」は「try.kind」の default にできません"),
        ("is = [\"a\"]", "is = [\"c\"]", "「try.kind」に選択肢「c」はありません; a・b のどれか"),
        ("is = [\"a\"]", "at_least = 1", "「try.kind」は数を答える質問ではありません"),
        (
            "question = \"try.kind\"",
            "question = \"try.kint\"",
            "line 43: 質問「try.kint」はありません",
        ),
        (
            "path = \"applicant.name\"",
            "path = \"applicant.birth_date\"",
            "値を「applicant.birth_date」から取ることはできません",
        ),
        (
            "path = \"applicant.name\"",
            "path = \"applicant.age\"",
            "質問「applicant.age」はありません",
        ),
        ("row = 1", "row = 4", "にその行はありません"),
        ("max = 3 }\nfrom", "max = 4 }\nfrom", "3 行まで尋ねますが、4 行しかありません"),
        (
            "id = \"try.member.#.name\"",
            "id = \"try.member.name\"",
            "rows があるので、id に「#」が一つ要ります",
        ),
        (
            "id = \"try.members\"",
            "id = \"other.members\"",
            "「other.members」は質問の id に使えません",
        ),
        ("id = \"try.members\"", "id = \"try.kind.members\"", "質問「try.kind」の内側にあります"),
        ("range = [1, 3]", "range = [1, 3]\nmax_chars = 3", "max_chars は使えません"),
        ("kind = \"choice\"", "kind = \"flag\"", "に選択肢は書けません"),
        (
            "path = \"applicant.name\", row",
            "path = \"try.member.#.name\", row",
            "頼り合っています：try.member.1.name → try.member.1.name",
        ),
        (
            "question = \"try.kind\", is",
            "question = \"try.member.2.name\", is_not",
            "選択肢「a」はありません; at_least を使うか",
        ),
    ] {
        assert!(PLAIN.contains(sound), "{sound}");
        let faults = faults(&PLAIN.replacen(sound, broken, 1));
        assert!(faults.iter().any(|fault| fault.contains(expected)), "{expected}: {faults:#?}");
    }
}

#[test]
fn a_gate_looks_only_at_what_can_be_asked_first() {
    let gate = "\n[[gate]]\nwhen = [{ question = \"try.kind\", is = [\"b\"] }]\n\
                title = { ja = \"題\", en = \"t\" }\nreason = { ja = \"訳\", en = \"r\" }\n";
    let required = "default = \"a\"\noptions";
    let sound = format!("{PLAIN}{gate}").replacen(required, "required = true\noptions", 1);
    assert_eq!(faults(&sound), [""; 0]);
    for (sound_part, broken, expected) in [
        ("required = true\noptions", "options", "gate は「try.kind」を見ることができません"),
        (
            "is = [\"b\"] }]\ntitle",
            "is = [\"c\"] }]\ntitle",
            "「try.kind」に選択肢「c」はありません",
        ),
        (
            "when = [{ question = \"try.kind\", is = [\"b\"] }]\ntitle",
            "when = []\ntitle",
            "gate に when がありません",
        ),
        ("ja = \"訳\"", "ja = \"\"", "gate の reason に ja の言葉がありません"),
        ("en = \"r\" }", "en = \"r\" }\ninstead = \"try\"", "gate の instead が、この様式です"),
        (
            "required = true\noptions",
            "required = true\nwhen = [{ question = \"applicant.sex\", is = [\"male\"] }]\noptions",
            "gate の質問「try.kind」は「applicant.sex」を待てません",
        ),
        (
            "question = \"try.kind\", is = [\"b\"] }]\ntitle",
            "question = \"try.member.#.name\", is_not = [] }]\ntitle",
            "gate は「try.member.#.name」を見ることができません",
        ),
    ] {
        assert!(sound.contains(sound_part), "{sound_part}");
        let faults = faults(&sound.replacen(sound_part, broken, 1));
        assert!(faults.iter().any(|fault| fault.contains(expected)), "{expected}: {faults:#?}");
    }
}

#[test]
fn a_gate_on_a_repeated_question_stands_once_for_each_row() {
    let place = "options = [{ id = \"here\", ja = \"町\", en = \"h\" }, { id = \"away\", ja = \"外\", en = \"a\" }]\n";
    let rows = "\n[[question]]\nid = \"try.member.#.place\"\npage = \"try.member.#\"\n\
                kind = \"choice\"\nrequired = true\nlabel = { ja = \"所\", en = \"Place\" }\n\
                rows = { count = \"try.members\", max = 3 }\n";
    let gate = "\n[[gate]]\nwhen = [{ question = \"try.member.#.place\", is = [\"away\"] }]\n\
                title = { ja = \"題#\", en = \"t#\" }\nreason = { ja = \"訳\", en = \"r\" }\n";
    let sound = format!("{PLAIN}{rows}{place}{gate}");
    let form = Form::read(&sound).unwrap();
    let gates = &form.template().gate;
    let told: Vec<_> =
        gates.iter().map(|gate| (&*gate.when[0].question, &*gate.title.ja)).collect();
    let expected = [
        ("try.member.1.place", "題1"),
        ("try.member.2.place", "題2"),
        ("try.member.3.place", "題3"),
    ];
    assert_eq!(told, expected);
    // How many there are is asked before, too.
    for page in ["try.kind", "try.member.1", "try.member.3"] {
        assert!(form.is_gate_page(page), "{page}");
    }
    let others = "\n[[question]]\nid = \"try.pets\"\npage = \"try.kind\"\nkind = \"number\"\n\
                  label = { ja = \"数\", en = \"Pets\" }\nrange = [1, 3]\n\
                  [[question]]\nid = \"try.pet.#.place\"\npage = \"try.kind\"\nkind = \"choice\"\n\
                  required = true\nlabel = { ja = \"所\", en = \"Place\" }\n\
                  rows = { count = \"try.pets\", max = 3 }\n";
    let two = gate
        .replace("away\"] }]", "away\"] }, { question = \"try.pet.#.place\", is = [\"away\"] }]");
    let faults = faults(&format!("{PLAIN}{rows}{place}{others}{place}{two}"));
    let expected = "gate の行を、「try.members」と「try.pets」の両方で数えています";
    assert!(faults.iter().any(|fault| fault.contains(expected)), "{faults:#?}");
}

#[test]
fn fiscal_years_and_digits_say_what_they_take() {
    let year = "\n[[question]]\nid = \"try.year\"\npage = \"try.kind\"\nkind = \"fiscal_year\"\n\
                label = { ja = \"年度\", en = \"Year\" }\n\
                years = { count = 5, label = { ja = \"{wareki}年度\", en = \"{year}\" }, \
                ready = { from = \"06-01\", note = { ja = \"後\", en = \"later\" } } }\n\
                \n[[question]]\nid = \"try.number\"\npage = \"try.kind\"\nkind = \"digits\"\n\
                label = { ja = \"番号\", en = \"Number\" }\ndigits = [6, 10]\n";
    let sound = format!("{PLAIN}{year}");
    assert_eq!(faults(&sound), [""; 0]);
    for (sound_part, broken, expected) in [
        ("count = 5", "count = 0", "years の count は 0 にできません"),
        (
            "count = 5",
            "count = 5, other_than = [\"try.number\"]",
            "「try.number」は年度の質問ではありません",
        ),
        ("{wareki}年度", "今年度", "label で年が分かりません"),
        ("en = \"{year}\"", "en = \"{yaer}\"", "label で年が分かりません"),
        ("06-01", "06-31", "「06-31」という月日はありません"),
        ("fiscal_year", "date", "「try.year」に years は使えません"),
        ("kind = \"digits\"", "kind = \"fiscal_year\"", "「try.number」に years がありません"),
        ("[6, 10]", "[10, 6]", "「try.number」の digits に合う番号はありません"),
    ] {
        assert!(sound.contains(sound_part), "{sound_part}");
        let faults = faults(&sound.replacen(sound_part, broken, 1));
        assert!(faults.iter().any(|fault| fault.contains(expected)), "{expected}: {faults:#?}");
    }
}

#[test]
fn facts_readings_and_rows_are_what_they_are_everywhere() {
    for (sound, broken, expected) in [
        (
            "kind = \"name\"",
            "kind = \"kana\"",
            "「try.member.#.name」の値を「applicant.name」から取ることはできません",
        ),
        (
            "question = \"try.kind\", is = [\"a\"]",
            "question = \"applicant.sex\", is = [\"mail\"]",
            "「applicant.sex」に選択肢「mail」はありません; male・female",
        ),
        ("id = \"try.members\"", "id = \"applicant.age\"", "質問「applicant.age」はありません"),
        (
            "id = \"try.members\"",
            "id = \"applicant.sex\"",
            "「applicant.sex」の kind か選択肢が、申請者の項目と違います",
        ),
        ("max = 3 }\nfrom", "max = 300 }\nfrom", "3 行まで尋ねますが、300 行しかありません"),
    ] {
        assert!(PLAIN.contains(sound), "{sound}");
        let faults = faults(&PLAIN.replacen(sound, broken, 1));
        assert!(faults.iter().any(|fault| fault.contains(expected)), "{expected}: {faults:#?}");
    }
}

#[test]
fn all_faults_are_named_at_once() {
    let broken = PLAIN.replace("default = \"a\"", "default = \"c\"").replace("row = 1", "row = 9");
    assert_eq!(faults(&broken).len(), 2);
}

#[test]
fn forms_must_agree_on_what_they_share_and_on_what_they_take() {
    let shared = r##"
[[question]]
id = "applicant.sex"
page = "try.kind"
kind = "choice"
label = { ja = "性別", en = "Sex" }
options = [{ id = "male", ja = "男", en = "Male" }, { id = "female", ja = "女", en = "Female" }]
from = ["other.kind"]
"##;
    let one = Form::read(&format!("{PLAIN}{shared}")).unwrap();
    let other = format!("{PLAIN}{shared}")
        .replace("\"try", "\"other")
        .replace(", { id = \"female\", ja = \"女\", en = \"Female\" }", "")
        .replace("from = [\"other.kind\"]", "from = [\"try.nothing\"]");
    let other = Form::read(&other).unwrap();
    let found: Vec<_> =
        together(&[&one, &other]).into_iter().map(|found| found.fault.message).collect();
    assert_eq!(
        found,
        [
            "「applicant.sex」が、様式「try」とは違う質問になっています",
            "質問「try.nothing」はありません"
        ]
    );
    // A town may do without the other form.
    assert!(together(&[&one]).is_empty());
}

#[test]
fn what_is_taken_from_another_form_is_of_its_kind_and_among_its_options() {
    let other = Form::read(&PLAIN.replace("\"try", "\"other")).unwrap();
    let asked = |more: &str| {
        let question = "\n[[question]]\nid = \"try.more\"\npage = \"try.kind\"\n\
                        label = { ja = \"問\", en = \"q\" }\n";
        let one = Form::read(&format!("{PLAIN}{question}{more}")).unwrap();
        let found = together(&[&one, &other]);
        found.into_iter().map(|found| found.fault.message).collect::<Vec<_>>().join("")
    };
    let when = "kind = \"text\"\nwhen = [{ question = \"other.kind\", ";
    for (more, expected) in [
        ("kind = \"number\"\nfrom = [\"other.members\"]".to_owned(), ""),
        (format!("{when} is = [\"b\"] }}]"), ""),
        (format!("{when} is = [\"c\"] }}]"), "「other.kind」に選択肢「c」はありません"),
        (format!("{when} at_least = 1 }}]"), "「other.kind」は数を答える質問ではありません"),
        (
            "kind = \"date\"\nfrom = [\"other.members\"]".to_owned(),
            "「try.more」の値を「other.members」から取ることはできません",
        ),
        (
            "kind = \"text\"\nsuggest = [\"other.membres\"]".to_owned(),
            "質問「other.membres」はありません",
        ),
        (
            "kind = \"kana\"\nsuggest = [\"other.member.1.name\"]".to_owned(),
            "「try.more」の値を「other.member.1.name」から取ることはできません",
        ),
    ] {
        assert_eq!(asked(&more), expected, "{more}");
    }
}
