//! Which column of the register fills which box: every slip of the pen is told with its
//! line before any row is read.

use super::*;

/// What is told of an office whose `register.toml` is `text`, forms and all.
fn told(text: &str) -> Vec<String> {
    told_of(("register.toml", text))
}

const WELL: &str = r##"enabled = true
heads = ["世帯主"]
count = ["ido.members"]
[[column]]
names = ["氏名"]
head = ["juminhyo.head"]
members = ["ido.member.#.name"]
[[column]]
names = ["続柄"]
members = ["ido.member.#.relation"]
tells_head = true
codes = { "世帯主" = "head" }
"##;

#[test]
fn the_example_is_faultless_and_off() {
    let text = std::fs::read_to_string(Path::new(EXAMPLE).join("register.toml")).unwrap();
    for text in [&text, &text.replace("enabled = false", "enabled = true"), &WELL.to_owned()] {
        assert_eq!(told(text), [""; 0]);
    }
    assert!(example().register().is_none(), "nobody loads rows before a town wants it");
}

#[test]
fn every_rule_of_it_can_be_broken() {
    for (from, to, expected) in [
        ("names = [\"氏名\"]", "names = []", "register.toml:5: 見出しが一つもありません"),
        ("names = [\"氏名\"]", "names = [\"\"]", "register.toml:5: 空です"),
        ("\"続柄\"", "\"氏 名\"", "register.toml:9: 見出し「氏 名」が重なっています"),
        (
            "member.#.name",
            "member.1.name",
            "register.toml:7: 「ido.member.1.name」に「#」がありません",
        ),
        (
            "head = [\"juminhyo.head\"]\nmembers = [\"ido.member.#.name\"]",
            "",
            "register.toml:5: この列を入れる欄がありません",
        ),
        ("tells_head = true", "", "register.toml:2: だれが世帯主かが分かりません"),
        ("[\"世帯主\"]", "[]", "register.toml:2: だれが世帯主かが分かりません"),
        (
            "names = [\"氏名\"]",
            "names = [\"氏名\"]\ntells_head = true",
            "register.toml:4: 世帯主を示す列（tells_head）が二つ以上あります",
        ),
        (
            "juminhyo.head",
            "juminhyo.hed",
            "register.toml:5: 「juminhyo.hed」という欄は、どの様式にもありません → \
             「juminhyo.head」と書きます",
        ),
        ("ido.members", "ido.member", "register.toml:3: 「ido.member」という欄は"),
        ("= \"head\"", "= \"hed\"", "register.toml:9: 「世帯主」に書かれた「hed」は"),
        ("enabled", "enable", "register.toml:1: "),
    ] {
        assert!(WELL.contains(from), "{from}");
        let found = told(&WELL.replacen(from, to, 1));
        assert!(found.iter().any(|one| one.starts_with(expected)), "{expected}\n{found:#?}");
    }
    let none = told("enabled = true\n");
    assert!(none[0].starts_with("register.toml:1: 列が一つもありません"), "{none:?}");
}
