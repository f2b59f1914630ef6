//! Every fault of a layout is told before anything is printed. Each of these once
//! printed a wrong paper, or none, without a word.

use super::super::{Fault, Paper};
use crate::form::Form;
use crate::pdf::Fonts;

const MIHON: &str = include_str!("../../../../tests/fixtures/forms/mihon/form.toml");

fn told(text: &str) -> Vec<String> {
    let form = Form::read(text).unwrap_or_else(|faults| panic!("{faults:#?}"));
    let faults = Paper::compile(&form, &Fonts::shipped()).err().unwrap_or_default();
    faults.iter().map(Fault::to_string).collect()
}

/// What is sound, what is written in its place, and a part of what is told.
type Case = (&'static str, &'static str, &'static str);

const NAME: &str = "bind = \"mihon.member.#.name\"";
const KINDS: &str = "bind = \"mihon.kind\"";
const WHEN: &str = "when = [{ question = \"mihon.kind\", is = [\"removed\"] }]";

/// Names that are lost, doubled, or nowhere.
const LOST: &[Case] = &[
    (
        "repeat = { count = 3, dy = 10 }\ntext",
        "repeat = { count = 2, dy = 10 }\ntext",
        "「mihon.member.3.name」の答えが、用紙のどこにも書かれません",
    ),
    (
        "repeat = { count = 3, dy = 10 }\ntext",
        "repeat = { count = 4, dy = 10 }\ntext",
        "欄 member_name：「mihon.member.4.name」という質問は",
    ),
    (
        "repeat = { count = 3, dy = 10 }\ntext",
        "text",
        "欄 member_name：「mihon.member.#.name」という質問は",
    ),
    (NAME, "bind = \"mihon.member.9.name\"", "「mihon.member.9.name」という質問は"),
    (NAME, "bind = \"mihon.member.1.name\"", "欄 member_name：どの行にも同じものが書かれます"),
    (NAME, "bind = \"mihon.member.1.name\"", "「mihon.member.2.name」の答えが"),
    (NAME, "bind = []", "欄 member_name：bind に書く質問がありません"),
];

/// Conditions that never hold.
const NEVER: &[Case] = &[
    (
        WHEN,
        "when = [{ question = \"mihon.kind\", is = [\"remove\"] }]",
        "欄 foreign_note：「mihon.kind」に「remove」という選択肢はありません",
    ),
    (
        WHEN,
        "when = [{ question = \"applicant.sex\", is = [\"mail\"] }]",
        "「applicant.sex」に「mail」という選択肢はありません",
    ),
    (
        WHEN,
        "when = [{ question = \"office.id_points\", is = [\"tow\"] }]",
        "「office.id_points」に「tow」という選択肢はありません",
    ),
    (
        WHEN,
        "when = [{ question = \"mihon.purpose\", at_least = 1 }]",
        "「mihon.purpose」は数を答える質問ではありません",
    ),
];

/// Options without a mark.
const UNMARKED: &[Case] = &[
    ("copy = [30, 110], ", "", "「mihon.kind」の選択肢「copy」が、用紙のどこにも書かれません"),
    (
        "{ copy = [30, 110], removed = [30, 117], other = [30, 124] }",
        "{}",
        "欄 kinds：印をつける選択肢がありません",
    ),
    ("part = \"removed\"", "part = \"copy\"", "「mihon.copies」の選択肢「removed」が"),
    ("printed = false", "", "「mihon.members」の答えが"),
];

/// What no counter knows, and parts of another kind.
const UNKNOWN: &[Case] = &[
    ("bind = \"visit.qr\"\nqr", "bind = \"visit.qrcode\"\nqr", "「visit.qrcode」という質問は"),
    (KINDS, "bind = [\"office.fie\", \"mihon.kind\"]", "「office.fie」という質問は"),
    (KINDS, "bind = [\"today.x\", \"mihon.kind\"]", "「today.x」という質問は"),
    ("id = \"name\"\nbind", "id = \"name\"\npart = \"first\"\nbind", "part の「first」は"),
    ("part = \"copy\"", "part = \"era\"", "part の「era」は"),
    ("id = \"kinds\"", "id = \"kinds\"\npart = \"copy\"", "part の「copy」は"),
];

/// Sizes nobody reads, and boxes that are too few.
const SIZES: &[Case] = &[
    (
        "digits = { rect = [57, 71.5, 77, 7], count = 11 }",
        "digits = { rect = [57, 71.5, 77, 7], count = 5 }",
        "マス目が足りません。11 文字",
    ),
    (
        "digits = { rect = [57, 71.5, 77, 7], count = 11 }",
        "digits = { rect = [57, 71.5, 77, 7], count = 11, size = 99 }",
        "size は 6 から 72 まで",
    ),
    (
        "text = { rect = [55, 44, 140, 6], size = 14 }",
        "text = { rect = [55, 44, 140, 6], size = 0 }",
        "欄 name：size は 6 から 72 まで",
    ),
    (
        "text = { rect = [55, 44, 140, 6], size = 14 }",
        "text = { rect = [55, 44, 140, 6], size = nan }",
        "欄 name：size は",
    ),
    (
        "text = { rect = [55, 44, 140, 6], size = 14 }",
        "text = { rect = [55, 44, 0, 6], size = 14 }",
        "欄 name：場所の幅か高さが 1 mm より",
    ),
    (
        "text = { rect = [55, 44, 140, 6], size = 14 }",
        "text = { rect = [55, 44, 140, 6], size = 14, min_size = 4 }",
        "min_size は 6 から",
    ),
    (
        "rect = [25, 40, 170, 60], width = 0.7",
        "rect = [25, 40, 170, 60], width = -1",
        "3 番目の draw：width は 0 から 10 まで",
    ),
    ("fill = 0.88", "fill = 7", "fill は 0 から 1 まで"),
    (
        "rect = [25, 28, 60, 6], size = 11",
        "rect = [25, 28, 60, 6], size = -3",
        "2 番目の draw：size は",
    ),
    (
        "qr = { rect = [170, 265, 25, 25] }",
        "qr = { rect = [170, 265, 1, 1] }",
        "欄 receipt：場所の幅か高さが 10 mm より",
    ),
];

#[test]
fn what_would_print_a_wrong_paper_is_a_fault() {
    let cases = [LOST, NEVER, UNMARKED, UNKNOWN, SIZES].concat();
    for (sound, broken, expected) in cases {
        assert!(MIHON.contains(sound), "{sound}");
        let told = told(&MIHON.replacen(sound, broken, 1));
        assert!(told.iter().any(|fault| fault.contains(expected)), "{expected}: {told:#?}");
    }
}

#[test]
fn a_count_that_would_never_end_is_told_before_anything_is_written_out() {
    for (sound, broken) in [
        ("count = 11 }\n[[draw]]", "count = 400000000 }\n[[draw]]"),
        ("repeat = { count = 5, dy = 10 }", "repeat = { count = 400000000, dy = 0 }"),
        ("repeat = { count = 3, dy = 10 }\ntext", "repeat = { count = 300000000, dy = 0 }\ntext"),
        ("count = 11 }\n[[field]]", "count = 0 }\n[[field]]"),
    ] {
        assert!(MIHON.contains(sound), "{sound}");
        let told = told(&MIHON.replacen(sound, broken, 1));
        assert_eq!(told.len(), 1, "{told:#?}");
        assert!(told[0].contains("数は 1 から 100 までです"), "{told:#?}");
    }
    let rows = MIHON.replace("max = 3", "max = 300000").replace("[1, 3]", "[1, 300000]");
    let faults = Form::read(&rows).unwrap_err();
    assert!(faults.iter().any(|fault| fault.message.contains("300000 行")), "{faults:#?}");
}
