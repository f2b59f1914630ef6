use super::super::seen::Line;
use super::*;
use crate::form::template::Kind;

/// A row of a table: the label's cell, and one from 50 mm on with words at
/// their left ends.
fn row(label: &str, [width, height]: [f32; 2], words: &[(&str, f32, f32)]) -> Seen {
    let mut page = Seen { width: 210.0, height: 297.0, ..Seen::default() };
    let mut write = |text: &str, x: f32, y: f32| {
        page.letters.extend(text.chars().enumerate().map(|(n, letter)| Glyph {
            text: letter.to_string(),
            x: x + 4.0 * n as f32,
            y,
            width: 4.0,
            size: 4.0,
        }));
    };
    write(label, 21.0, 26.0);
    words.iter().for_each(|(text, x, y)| write(text, *x, *y));
    let right = 50.0 + width;
    page.across = [20.0, 20.0 + height].map(|at| Line { at, from: 20.0, to: right }).into();
    page.down = [20.0, 50.0, right].map(|at| Line { at, from: 20.0, to: 20.0 + height }).into();
    page
}

fn found(page: &Seen) -> Vec<(String, Shape)> {
    let places = super::super::places::places(1, page).into_iter();
    places.map(|place| (place.label, place.shape)).collect()
}

/// Label, kind, and of each part its name, left end and width.
type Parted = (String, Kind, Vec<(&'static str, f32, f32)>);

fn parts(page: &Seen) -> Vec<Parted> {
    let of_place = |(label, shape)| match shape {
        Shape::Parts { kind, parts, .. } => {
            let parts = parts.into_iter().map(|(part, [x, _, width, _])| (part, x, width));
            (label, kind, parts.collect())
        }
        other => panic!("{other:?}"),
    };
    found(page).into_iter().map(of_place).collect()
}

#[test]
fn year_month_and_day_go_between_the_printed_words() {
    let words = [("年", 70.0, 26.0), ("月", 84.0, 26.0), ("日", 98.0, 26.0)];
    let page = row("生年月日", [70.0, 8.0], &words);
    let expected =
        vec![("era", 50.0, 11.0), ("year", 61.0, 9.0), ("month", 74.0, 10.0), ("day", 88.0, 10.0)];
    assert_eq!(parts(&page), [("生年月日".to_owned(), Kind::Date, expected)]);
}

#[test]
fn printed_eras_get_a_ring_and_one_that_is_printed_alone_gets_none() {
    let after = [("年", 90.0, 26.0), ("月", 104.0, 26.0), ("日", 118.0, 26.0)];
    let chosen = [&[("昭和・平成・令和", 51.0, 26.0)], &after[..]].concat();
    let [(_, Shape::Parts { parts, eras, .. })] =
        &found(&row("生年月日", [90.0, 8.0], &chosen))[..]
    else {
        panic!("one place")
    };
    let ids: Vec<&str> = eras.iter().map(|(id, _)| *id).collect();
    assert_eq!(ids, ["showa", "heisei", "reiwa"]);
    assert_eq!(eras[0].1, [50.0, 21.6, 10.0, 6.0]);
    assert_eq!(parts[0].0, "year");
    let alone = [&[("令和", 51.0, 26.0)], &after[..]].concat();
    let [(_, Shape::Parts { parts, eras, .. })] = &found(&row("異動日", [90.0, 8.0], &alone))[..]
    else {
        panic!("one place")
    };
    assert_eq!((parts[0].0, eras.len()), ("year", 0));
}

#[test]
fn from_one_day_to_another_is_two_dates() {
    let day = |x: f32| [("年", x, 26.0), ("月", x + 14.0, 26.0), ("日", x + 28.0, 26.0)];
    let words = [&day(62.0)[..], &[("から", 94.0, 26.0)], &day(112.0)].concat();
    let found = parts(&row("使用期間", [110.0, 8.0], &words));
    let years: Vec<f32> = found.iter().map(|(.., parts)| parts[0].1).collect();
    assert_eq!((found.len(), years), (2, vec![50.0, 102.0]));
}

#[test]
fn a_postal_code_above_an_address_leaves_the_address_its_room() {
    let page = row("住所", [100.0, 16.0], &[("〒", 51.0, 25.0), ("－", 66.0, 25.0)]);
    let [(postal, Shape::Parts { kind, parts, .. }), (address, Shape::Text { rect, .. })] =
        &found(&page)[..]
    else {
        panic!("{:?}", found(&page))
    };
    assert_eq!((postal.as_str(), *kind, address.as_str()), ("郵便番号", Kind::Postal, "住所"));
    assert_eq!(parts.iter().map(|(part, _)| *part).collect::<Vec<_>>(), ["first", "last"]);
    assert_eq!(*rect, [50.0, 26.2, 100.0, 9.8]);
}

#[test]
fn a_telephone_number_goes_into_its_brackets_and_behind_them() {
    let brackets = [("（", 52.0, 26.0), ("）", 70.0, 26.0), ("－", 90.0, 26.0)];
    let page = row("電話番号", [70.0, 8.0], &brackets);
    let expected = vec![("first", 56.0, 14.0), ("middle", 74.0, 16.0), ("last", 94.0, 26.0)];
    assert_eq!(parts(&page), [("電話番号".to_owned(), Kind::Phone, expected)]);
}

#[test]
fn an_amount_stands_before_its_unit_and_a_sex_gets_a_ring() {
    let [(label, Shape::Text { rect, .. })] =
        &found(&row("参加人数", [40.0, 8.0], &[("人", 84.0, 26.0)]))[..]
    else {
        panic!("one place")
    };
    assert_eq!((label.as_str(), *rect), ("参加人数", [50.0, 20.0, 34.0, 8.0]));
    let [(_, Shape::Circles { marks })] =
        &found(&row("性別", [40.0, 8.0], &[("男・女", 56.0, 26.0)]))[..]
    else {
        panic!("one place")
    };
    assert_eq!(marks.iter().map(|(id, ..)| *id).collect::<Vec<_>>(), ["male", "female"]);
}

#[test]
fn what_is_not_understood_is_told_and_a_label_is_not() {
    let from_to = [("時から", 70.0, 26.0), ("時まで", 100.0, 26.0)];
    let [(label, Shape::Unclear { words, .. })] =
        &found(&row("使用時間", [70.0, 8.0], &from_to))[..]
    else {
        panic!("one place")
    };
    assert_eq!((label.as_str(), words.as_str()), ("使用時間", "時から時まで"));
    // A stretched label names the empty cell beside it.
    let mut page = row("", [70.0, 8.0], &[]);
    for (n, letter) in "生年月日".chars().enumerate() {
        let x = 21.0 + 8.0 * n as f32;
        let text = letter.to_string();
        page.letters.push(Glyph { text, x, y: 26.0, width: 4.0, size: 4.0 });
    }
    let [(label, Shape::Text { .. })] = &found(&page)[..] else { panic!("{:?}", found(&page)) };
    assert_eq!(label, "生年月日");
}

#[test]
fn a_date_at_the_top_of_a_sheet_is_told() {
    let mut page = row("氏名", [70.0, 8.0], &[]);
    for (letter, x) in [("年", 150.0), ("月", 164.0), ("日", 178.0)] {
        let text = letter.to_owned();
        page.letters.push(Glyph { text, x, y: 12.0, width: 4.0, size: 4.0 });
    }
    let unclear = |(_, shape): &(String, Shape)| matches!(shape, Shape::Unclear { .. });
    assert_eq!(found(&page).iter().filter(|found| unclear(found)).count(), 1);
    assert_eq!(found(&page).len(), 2);
}
