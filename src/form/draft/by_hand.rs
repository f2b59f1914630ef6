//! What is not proposed: the individual number, which is never asked for nor
//! printed; what is signed or sealed by hand; the office's own boxes; and a letter
//! of proxy, which only the principal may write.
//!
//! A sheet says so in words, in tooltips and in field names, with blanks, wide
//! letters or none. A number in groups has its words at the first group only, so
//! the boxes that follow go with it, and boxes that nothing names are left out.

use unicode_normalization::UnicodeNormalization;

use super::seen::{Glyph, Seen};
use super::{Place, Rect, Shape};

/// The individual number (個人番号), as [`plain`] leaves it.
const NUMBER: [&str; 3] = ["個人番号", "マイナンバー", "MYNUMBER"];
/// The same in names of fields, which are Latin.
const NUMBER_NAMES: [&str; 4] = ["MYNUMBER", "KOJINBANGO", "KOJINBANGOU", "INDIVIDUALNUMBER"];
const LEFT_TO_HAND: [&str; 20] = [
    "受付",
    "処理",
    "職員",
    "決裁",
    "係員",
    "担当者",
    "確認欄",
    "交付欄",
    "使用欄",
    "手数料",
    "本人確認",
    "署名",
    "自署",
    "サイン",
    "印鑑",
    "押印",
    "捺印",
    "実印",
    "暗証",
    "委任",
];
const NOT_TO_FILL: &str = "記入しないで";
/// A seal in a circle, which [`plain`] turns into 印.
const SEAL: char = '㊞';
const PROXY: &str = "委任状";

/// Boxes of one number are no further apart, in mm.
const GAP_MAX: f32 = 12.0;
/// A field for so few characters is a box, or a group of a number.
const BOX_CHARS_MAX: u32 = 4;
/// A field this narrow is a box, in mm.
const BOX_WIDTH_MAX: f32 = 12.5;

/// Words as they are compared: one shape of each letter, no blanks, capitals.
pub(super) fn plain(text: &str) -> String {
    let shaped = text.nfkc().filter(|c| !c.is_whitespace()).collect::<String>();
    shaped.to_uppercase()
}

/// Whether nothing is to be proposed where these words stand.
pub(super) fn is_left_to_hand(words: &str) -> bool {
    let plain = plain(words);
    asks_for_number(words)
        || words.contains(SEAL)
        || plain.trim_matches(|c: char| !c.is_alphanumeric()) == "印"
        || plain.contains(NOT_TO_FILL)
        || LEFT_TO_HAND.iter().any(|word| plain.contains(word))
}

fn asks_for_number(words: &str) -> bool {
    let plain = plain(words);
    let bare: String = plain.chars().filter(|c| c.is_alphanumeric()).collect();
    NUMBER.iter().any(|word| plain.contains(word))
        || NUMBER_NAMES.iter().any(|name| bare.contains(name))
}

/// The places of a page that a resident may be asked about.
pub(super) fn kept(page: &Seen, places: Vec<Place>) -> Vec<Place> {
    let mut of_number: Vec<bool> = places.iter().map(is_of_number).collect();
    while let Some(next) = (0..places.len()).find(|&next| {
        !of_number[next]
            && (0..places.len()).any(|at| of_number[at] && continues(&places[at], &places[next]))
    }) {
        of_number[next] = true;
    }
    let proxies = proxies(page, &places);
    let stays = |place: &Place| {
        let is_under = proxies.iter().any(|proxy| is_under(page, proxy, place));
        !is_left_to_hand(&place.label) && !is_unnamed(place) && !is_under
    };
    let numbered = places.into_iter().zip(of_number);
    numbered.filter(|(place, number)| !number && stays(place)).map(|(place, _)| place).collect()
}

fn is_of_number(place: &Place) -> bool {
    asks_for_number(&place.label) || place.name.as_deref().is_some_and(asks_for_number)
}

/// Whether `next` is one more box, or group of boxes, of the number that `place`
/// begins.
fn continues(place: &Place, next: &Place) -> bool {
    let ([x, y, width, height], [left, top, _, high]) = (rect(place), rect(next));
    let is_beside = top < y + height && y < top + high;
    let gap = left - (x + width);
    let is_part = is_box(next) || next.label.is_empty();
    is_part && is_beside && (-1.0..=GAP_MAX).contains(&gap)
}

/// A box or group of boxes that no words stand at.
fn is_unnamed(place: &Place) -> bool {
    let has_no_words = match &place.shape {
        Shape::Check(mark) => place.name.is_none() && mark.label.is_empty(),
        Shape::Checks { marks, .. } => {
            place.name.is_none() && marks.iter().all(|mark| mark.label.is_empty())
        }
        _ => is_box(place),
    };
    place.label.is_empty() && has_no_words
}

fn is_box(place: &Place) -> bool {
    match &place.shape {
        Shape::Digits { .. } => true,
        Shape::Text { rect, max_chars, .. } => {
            rect[2] <= BOX_WIDTH_MAX || max_chars.is_some_and(|count| count <= BOX_CHARS_MAX)
        }
        _ => false,
    }
}

/// Headings of letters of proxy: 委任状 alone, and nothing to fill in beside it.
fn proxies<'a>(page: &'a Seen, places: &[Place]) -> Vec<&'a Glyph> {
    let mut letters: Vec<&Glyph> =
        page.letters.iter().filter(|letter| !letter.text.trim().is_empty()).collect();
    letters.sort_by(|one, other| one.y.total_cmp(&other.y));
    let mut proxies = Vec::new();
    for line in letters.chunk_by(|one, next| next.y - one.y <= one.size * 0.5) {
        let mut line = line.to_vec();
        line.sort_by(|one, other| one.x.total_cmp(&other.x));
        let near = |one: &&Glyph, next: &&Glyph| next.x - one.right() <= one.size * 4.0;
        let beside: Vec<Rect> = places.iter().map(rect).collect();
        let headings = line.chunk_by(near).filter(|words| {
            let text: String = words.iter().map(|letter| letter.text.as_str()).collect();
            let (_, y) = words[0].middle();
            plain(&text).trim_matches(|c: char| !c.is_alphanumeric()) == PROXY
                && !beside
                    .iter()
                    .any(|[x, top, _, high]| *x > words[0].x && (*top..*top + *high).contains(&y))
        });
        proxies.extend(headings.map(|words| words[0]));
    }
    proxies
}

/// Below a heading; where it heads the right half of a sheet, in that half.
fn is_under(page: &Seen, proxy: &Glyph, place: &Place) -> bool {
    let middle = page.width / 2.0;
    let [x, y, width, _] = rect(place);
    let heads = proxy.x < middle || x + width > middle;
    heads && y > proxy.y - proxy.size
}

/// Where a place is on its page; of several boxes, the first.
fn rect(place: &Place) -> Rect {
    let of_mark = |mark: &super::Mark| [mark.at[0], mark.at[1], mark.size, mark.size];
    match &place.shape {
        Shape::Text { rect, .. }
        | Shape::Digits { rect, .. }
        | Shape::List { rect, .. }
        | Shape::Unclear { rect, .. } => *rect,
        Shape::Parts { parts, .. } => parts.first().map(|(_, rect)| *rect).unwrap_or_default(),
        Shape::Circles { marks } => marks.first().map(|(.., rect)| *rect).unwrap_or_default(),
        Shape::Postal { first, last } => {
            [first[0], first[1], last[0] + last[2] - first[0], first[3]]
        }
        Shape::Check(mark) => of_mark(mark),
        Shape::Checks { marks, .. } => marks.first().map(of_mark).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::places;
    use super::super::seen::Line;
    use super::super::widgets;
    use super::*;
    use crate::pdf::{Area, Offered, Widget};

    fn words(page: &mut Seen, text: &str, x: f32, y: f32) {
        page.letters.extend(text.chars().enumerate().map(|(n, letter)| Glyph {
            text: letter.to_string(),
            x: x + 4.0 * n as f32,
            y,
            width: 4.0,
            size: 4.0,
        }));
    }

    fn paper() -> Seen {
        Seen { width: 210.0, height: 297.0, ..Seen::default() }
    }

    /// The four sides of a cell.
    fn cell(page: &mut Seen, [x, y, width, height]: Rect) {
        page.across.extend([y, y + height].map(|at| Line { at, from: x, to: x + width }));
        page.down.extend([x, x + width].map(|at| Line { at, from: y, to: y + height }));
    }

    fn labels(page: &Seen) -> Vec<String> {
        kept(page, places::places(1, page)).into_iter().map(|place| place.label).collect()
    }

    /// One field of 5 mm by 7, `number` boxes from the left.
    fn widget(number: u16, label: Option<&str>, name: &str, max_chars: u32) -> Widget {
        let mm = 72.0 / 25.4;
        let x = (40.0 + 6.0 * f32::from(number)) * mm;
        Widget {
            name: name.to_owned(),
            label: label.map(str::to_owned),
            area: Area { x, y: 200.0 * mm, width: 5.0 * mm, height: 7.0 * mm },
            offered: Offered::Text {
                max_chars: Some(max_chars),
                comb: max_chars > 1,
                several_lines: false,
            },
        }
    }

    fn names(page: &Seen, widgets: &[Widget]) -> Vec<String> {
        let kept = kept(page, widgets::places(1, page, widgets));
        kept.into_iter().filter_map(|place| place.name).collect()
    }

    #[test]
    fn a_number_in_three_groups_goes_as_a_whole_and_the_telephone_beside_it_stays() {
        let mut page = paper();
        cell(&mut page, [20.0, 50.0, 30.0, 8.0]);
        words(&mut page, "個人番号", 22.0, 56.0);
        for group in 0..3_u8 {
            for digit in 0..4_u8 {
                let x = 50.0 + f32::from(group) * 28.0 + f32::from(digit) * 6.0;
                cell(&mut page, [x, 50.0, 6.0, 8.0]);
            }
        }
        cell(&mut page, [20.0, 80.0, 30.0, 8.0]);
        words(&mut page, "電話番号", 22.0, 86.0);
        for digit in 0..11_u8 {
            cell(&mut page, [50.0 + f32::from(digit) * 6.0, 80.0, 6.0, 8.0]);
        }
        assert_eq!(labels(&page), ["電話番号"]);
    }

    #[test]
    fn twelve_fields_of_one_letter_go_with_the_one_that_is_named() {
        for told in ["個人番号", "個人 番号", "個　人　番　号", "My Number", "ﾏｲﾅﾝﾊﾞｰ"]
        {
            let mut widgets: Vec<Widget> =
                (0..12).map(|number| widget(number, None, &format!("d{number}"), 1)).collect();
            widgets[0].label = Some(told.to_owned());
            // A tooltip that counts the digits names nothing else.
            widgets[5].label = Some("六桁目".to_owned());
            assert_eq!(names(&paper(), &widgets), [] as [&str; 0], "{told}");
        }
    }

    #[test]
    fn words_beside_boxes_count_although_a_tooltip_says_something_else() {
        let mut page = paper();
        words(&mut page, "個人番号", 22.0, 95.0);
        let widgets = [widget(0, Some("一桁目"), "a", 1), widget(1, Some("二桁目"), "b", 1)];
        assert_eq!(names(&page, &widgets), [] as [&str; 0]);
    }

    #[test]
    fn a_comb_is_known_by_its_field_s_name_and_one_that_nothing_names_is_left_out() {
        for name in ["kojinbango", "form1.Kojin_Bango[0]", "myNumber", "x"] {
            assert_eq!(names(&paper(), &[widget(0, None, name, 12)]), [] as [&str; 0], "{name}");
        }
        assert_eq!(names(&paper(), &[widget(0, Some("電話番号"), "tel", 11)]), ["tel"]);
    }

    #[test]
    fn seals_signatures_fees_and_secrets_are_left_to_hand() {
        for label in [
            "委任者氏名",
            "氏名（自署）",
            "捺印",
            "実 印",
            "氏名㊞",
            "（印）",
            "手数料",
            "市役所使用欄",
            "暗証番号",
            "受 付",
        ] {
            assert!(is_left_to_hand(label), "{label}");
        }
        for label in ["電話番号", "印刷部数", "Kojima Bangou", "使用目的", "氏名"] {
            assert!(!is_left_to_hand(label), "{label}");
        }
    }

    #[test]
    fn below_the_heading_of_a_proxy_nothing_is_proposed() {
        let mut page = paper();
        for (label, y) in [("氏名", 50.0), ("住所", 120.0)] {
            cell(&mut page, [20.0, y, 30.0, 8.0]);
            cell(&mut page, [50.0, y, 100.0, 8.0]);
            words(&mut page, label, 22.0, y + 6.0);
        }
        assert_eq!(labels(&page), ["氏名", "住所"]);
        words(&mut page, "委　任　状", 95.0, 100.0);
        assert_eq!(labels(&page), ["氏名"]);
    }

    #[test]
    fn a_proxy_on_the_right_half_leaves_the_left_half() {
        let mut page = paper();
        cell(&mut page, [10.0, 50.0, 20.0, 8.0]);
        cell(&mut page, [30.0, 50.0, 60.0, 8.0]);
        words(&mut page, "氏名", 12.0, 56.0);
        words(&mut page, "委任状", 140.0, 20.0);
        assert_eq!(labels(&page), ["氏名"]);
    }
}
