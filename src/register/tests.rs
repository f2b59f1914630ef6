//! A household of the register, from its text to the boxes of a form.

use super::*;

fn columns() -> Columns {
    toml::from_str(
        r#"
        heads = ["世帯主"]
        count = ["ido.members"]
        [[column]]
        names = ["氏名", "氏名（漢字）"]
        person = ["applicant.name"]
        head = ["ido.present.head"]
        members = ["ido.member.#.name"]
        [[column]]
        names = ["続柄"]
        tells_head = true
        members = ["ido.member.#.relation"]
        codes = { "世帯主" = "head", "妻" = "wife" }
        [[column]]
        names = ["本籍"]
        person = ["koseki.honseki"]
        "#,
    )
    .unwrap()
}

const COUPLE: &str = "宛名番号\t氏 名\t続柄\t本籍\n\
    001\t見本　太郎\t世帯主\t見本県みほん町ひがし台４５番地\n\
    002\t見本　京子\t妻\t見本県みほん町ひがし台４５番地\n";

fn entries(text: &str, person: usize, members: &[usize]) -> Vec<String> {
    let table = Table::parse(text, &columns()).unwrap();
    let choice = Choice { person, members: members.iter().copied().collect() };
    let entries = table.entries(&columns(), &choice);
    entries.into_iter().map(|one| format!("{}={}", one.path, one.text)).collect()
}

#[test]
fn a_household_fills_the_boxes_of_the_person_the_head_and_each_member() {
    assert_eq!(
        entries(COUPLE, 1, &[0, 1]),
        [
            "ido.members=2",
            "applicant.name=見本　京子",
            "ido.present.head=見本　太郎",
            "koseki.honseki=見本県みほん町ひがし台４５番地",
            // Whoever stands here is the first among them.
            "ido.member.1.name=見本　京子",
            "ido.member.1.relation=wife",
            "ido.member.2.name=見本　太郎",
            "ido.member.2.relation=head",
        ]
    );
    assert!(!entries(COUPLE, 1, &[]).iter().any(|one| one.starts_with("ido.member")));
}

#[test]
fn a_saved_file_says_the_same_as_what_was_copied() {
    let saved = COUPLE.replace('\t', "\",\"").replace('\n', "\"\r\n\"");
    let saved = format!("\"{}", saved.trim_end_matches('"'));
    assert_eq!(entries(&saved, 0, &[0]), entries(COUPLE, 0, &[0]));
    let quoted = "氏名,本籍\n\"見本, \"\"太郎\"\"\",\"二行の\n本籍\"\n";
    assert_eq!(
        entries(quoted, 0, &[]),
        ["applicant.name=見本, \"太郎\"", "koseki.honseki=二行の\n本籍"]
    );
}

#[test]
fn two_heads_of_a_household_are_none() {
    let two = COUPLE.replace("\t妻\t", "\t世帯主\t");
    assert!(!entries(&two, 0, &[]).iter().any(|one| one.starts_with("ido.present.head")));
}

#[test]
fn a_text_is_refused_whole_and_a_number_before_all_else() {
    let number = "123456789018";
    for (text, refused) in [
        ("", Refused::NoRows),
        ("氏名\t続柄\n\n", Refused::NoRows),
        ("名\t柄\n見本　太郎\t世帯主", Refused::NoColumn),
        ("氏名\t氏名（漢字）\n見本　太郎\t見本　太郎", Refused::Twice("氏名（漢字）".into())),
        ("氏名\n見本　太郎\t世帯主", Refused::Ragged { line: 2 }),
        ("氏名,続柄\n\"見本　太郎,世帯主", Refused::Quotes),
        (&format!("氏名\n{}", "見本　太郎\n".repeat(51)), Refused::TooManyRows { most: 50 }),
        ("氏名\tﾏｲﾅﾝﾊﾞｰ\n", Refused::NumberColumn("ﾏｲﾅﾝﾊﾞｰ".into())),
        // Where nothing would be used of it, and where the rest is broken too.
        (&format!("備考\n{number}"), Refused::NumberCell { line: 2, column: 1 }),
        (&format!("氏名,備考\n\"見本,{number}"), Refused::NumberCell { line: 2, column: 1 }),
        (&format!("{number}\n見本　太郎"), Refused::NumberCell { line: 1, column: 1 }),
        (&format!("氏名\n\n見本\t\t{number}"), Refused::NumberCell { line: 3, column: 3 }),
    ] {
        assert_eq!(Table::parse(text, &columns()), Err(refused), "{text}");
    }
}

#[test]
fn a_file_is_read_in_either_encoding() {
    let old = encoding_rs::SHIFT_JIS.encode("氏名,続柄\r\n髙﨑　一郎,世帯主").0.into_owned();
    assert_eq!(read(&old).unwrap(), "氏名,続柄\r\n髙﨑　一郎,世帯主");
    assert_eq!(read("\u{FEFF}氏名".as_bytes()).unwrap(), "氏名");
    // A byte that is neither, and what another program lost before.
    for bytes in [&[0x81][..], &[0xFF, 0xFE, 0x4C, 0x6C], "氏\u{FFFD}".as_bytes(), b"a\0b"] {
        assert_eq!(read(bytes), Err(Refused::Letters), "{bytes:02X?}");
    }
}

proptest::proptest! {
    #[test]
    fn no_text_makes_the_reader_panic_or_hides_a_number(
        before in "[\\PC\t\n,\"]{0,40}", after in "[\\PC\t\n,\"]{0,40}"
    ) {
        let _ = Table::parse(&format!("{before}{after}"), &columns());
        let text = format!("氏名\n{before}\n123456789018\n{after}");
        let parsed = Table::parse(&text, &columns());
        proptest::prop_assert!(parsed.is_err_and(|refused| refused.is_number()));
    }
}
