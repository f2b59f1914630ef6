//! What every file's rules have in common.

use std::collections::BTreeSet;

use crate::appointment::plan::Hours;
use crate::document::{Document, Place, nearest};
use crate::lang::{Lang, Words};

/// Whether `text` can be an id: it stands in paths, file names and receipt
/// numbers, so it keeps to lower-case letters, digits, `-` and `_`.
pub(super) fn is_id(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c))
}

/// Every id of `list` is well-formed and stands for one thing only.
pub(super) fn ids<'a>(document: &mut Document, list: &str, ids: impl IntoIterator<Item = &'a str>) {
    let mut seen = BTreeSet::new();
    for (row, id) in ids.into_iter().enumerate() {
        let place = Place::key_of(list).row(row).key("id");
        id_at(document, place.clone(), id);
        document.require(
            seen.insert(id),
            place,
            format!("記号「{id}」が重なっています"),
            "ほかと重ならない記号にしてください",
        );
    }
}

/// The id at `place` is well-formed.
pub(super) fn id_at(document: &mut Document, place: Place, id: &str) {
    document.require(
        is_id(id),
        place,
        format!("「{id}」は記号に使えません"),
        "英小文字で始め、英小文字・数字・「-」「_」だけで書いてください",
    );
}

/// The words at `place` are there in every language.
pub(super) fn words(document: &mut Document, place: Place, words: &Words) {
    for lang in Lang::ALL {
        document.require(
            !words.in_lang(lang).trim().is_empty(),
            place.clone().key(lang.tag()),
            format!("{}の言葉が空です", lang.own_name()),
            "画面に出る言葉を書いてください",
        );
    }
}

/// The text at `place` is not empty.
pub(super) fn filled(document: &mut Document, place: Place, text: &str) {
    document.require(!text.trim().is_empty(), place, "空です", "言葉を書いてください");
}

/// `id` names one of `known`, which are declared as `declared`.
pub(super) fn reference(
    document: &mut Document,
    place: Place,
    id: &str,
    declared: &str,
    known: &[&str],
) {
    if known.contains(&id) {
        return;
    }
    let instead = match nearest(id, known) {
        Some(near) => format!("「{near}」と書きます"),
        None if known.is_empty() => format!("先に {declared} を書いてください"),
        None if known.len() == 1 => {
            format!("「{}」と書くか、{declared} に足してください", known[0])
        }
        None => format!(
            "{}のどれかを書くか、{declared} に足してください",
            known.iter().map(|id| format!("「{id}」")).collect::<String>()
        ),
    };
    document.fault(place, format!("「{id}」は {declared} にありません"), instead);
}

/// `number` lies between `least` and `most`.
pub(super) fn range(document: &mut Document, place: Place, number: u32, [least, most]: [u32; 2]) {
    document.require(
        (least..=most).contains(&number),
        place,
        format!("{number} は使えません"),
        format!("{least} から {most} までの数を書いてください"),
    );
}

/// Hours of some days begin before they end.
pub(super) fn hours(document: &mut Document, place: Place, hours: &Hours) {
    document.require(
        hours.from < hours.to && !hours.days.is_empty(),
        place,
        "曜日がないか、終わりの時刻が始まりより前です",
        "{ days = [\"mon\"], from = \"8:30\", to = \"17:15\" } のように書いてください",
    );
}

/// No line holds digits that could be somebody's 個人番号.
pub(super) fn no_personal_number(document: &mut Document, text: &str) {
    for (line, number) in text.lines().zip(1..) {
        if crate::personal_number::contains(line) {
            document.fault_on(
                number,
                "個人番号とみられる12桁の数字があります",
                "個人番号は、どのファイルにも書かないでください",
            );
        }
    }
}
