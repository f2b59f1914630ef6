//! `exports.toml`: the files that other systems of the town hall take in. An office
//! without it writes none of its own design.

use std::collections::BTreeSet;

use super::rules;
use crate::cp932;
use crate::csv;
use crate::document::{Document, Place};
use crate::export::{Column, Encoding, Format, Profile, Profiles, Source};

pub(super) const FILE: &str = "exports.toml";

/// Profiles that are built in.
pub(super) const BUILT_IN: [&str; 2] = ["queue", "takings"];

/// Applies every rule that needs no form.
pub(super) fn check(file: &Profiles, document: &mut Document) {
    rules::ids(document, "export", file.export.iter().map(|profile| profile.id.as_str()));
    for (name, table) in &file.shrink {
        let place = Place::key_of("shrink").key(name);
        rules::id_at(document, place.clone(), name);
        self::table(document, &place, table.keys());
        let used = file.export.iter().any(|profile| profile.shrink.as_ref() == Some(name));
        document.require(
            used,
            place,
            format!("縮退の表「{name}」を使うファイルがありません"),
            "使うファイルの shrink に書くか、表を消してください",
        );
    }
    for (row, profile) in file.export.iter().enumerate() {
        self::profile(document, Place::key_of("export").row(row), file, profile);
    }
}

/// The left side of a table is one letter, with or without the selectors of a variant.
fn table<'t>(document: &mut Document, place: &Place, keys: impl Iterator<Item = &'t String>) {
    for key in keys {
        let letters = key.chars().filter(|one| !cp932::is_selector(*one)).count();
        document.require(
            letters == 1,
            place.clone().key(key),
            format!("「{key}」は一つの字ではありません"),
            "一つの字を、一行に一つずつ書いてください",
        );
    }
}

fn profile(document: &mut Document, place: Place, file: &Profiles, profile: &Profile) {
    document.require(
        !BUILT_IN.contains(&profile.id.as_str()),
        place.clone().key("id"),
        format!("「{}」は、はじめからあるファイルの名前です", profile.id),
        "別の名前にしてください",
    );
    rules::words(document, place.clone().key("name"), &profile.name);
    if let Some(shrink) = &profile.shrink {
        let known: Vec<&str> = file.shrink.keys().map(String::as_str).collect();
        rules::reference(document, place.clone().key("shrink"), shrink, "[shrink]", &known);
        self::shrunk(document, file, profile, shrink);
    }
    let of_papers = profile.format == Format::Pdf;
    document.require(
        of_papers == profile.column.is_empty(),
        place.clone().key(if of_papers { "column" } else { "format" }),
        if of_papers {
            "用紙のファイルに列はありません"
        } else {
            "列が一つもありません"
        },
        if of_papers {
            "column を消してください"
        } else {
            "[[export.column]] を書いてください"
        },
    );
    document.require(
        !of_papers || profile.source == Source::Applications,
        place.clone().key("format"),
        "用紙があるのは申請だけです",
        "source を applications にするか、format を csv か json にしてください",
    );
    // JSON is UTF-8 without a mark (RFC 8259 §8.1).
    document.require(
        profile.format == Format::Csv || profile.encoding() == Encoding::Utf8,
        place.clone().key("encoding"),
        "この文字コードで書けるのは CSV だけです",
        "「utf8」と書くか、この行を消してください",
    );
    document.require(
        profile.source == Source::Applications || profile.forms.is_empty(),
        place.clone().key("forms"),
        "様式を選べるのは申請のファイルだけです",
        "forms を消してください",
    );
    let mut names = BTreeSet::new();
    for (row, column) in profile.column.iter().enumerate() {
        let place = place.clone().key("column").row(row);
        self::column(document, place.clone(), profile, column);
        document.require(
            names.insert(column.name.as_str()),
            place.key("name"),
            format!("列「{}」が重なっています", column.name),
            "ほかと重ならない名前にしてください",
        );
    }
}

/// What a table puts in place of a letter can be written.
fn shrunk(document: &mut Document, file: &Profiles, profile: &Profile, name: &str) {
    for (before, after) in file.shrink.get(name).into_iter().flatten() {
        document.require(
            !after.is_empty() && profile.letters().hold(after),
            Place::key_of("shrink").key(name).key(before),
            format!("「{after}」は、ファイル「{}」の文字にありません", profile.id),
            "そのファイルに書ける字を選んでください",
        );
    }
}

fn column(document: &mut Document, place: Place, profile: &Profile, column: &Column) {
    rules::filled(document, place.clone().key("name"), &column.name);
    cell(document, place.clone().key("name"), profile, &column.name);
    if let Some(same) = &column.value {
        cell(document, place.clone().key("value"), profile, same);
    }
    for (id, code) in &column.codes {
        cell(document, place.clone().key("codes").key(id), profile, code);
    }
    if let Some(code) = &column.otherwise {
        cell(document, place.clone().key("otherwise"), profile, code);
    }
    document.require(
        column.field.is_some() != column.value.is_some(),
        place.clone().key("field"),
        "値をどこから取るかが分かりません",
        "field か value の、どちらか一つを書いてください",
    );
    document.require(
        column.otherwise.is_none() || !column.codes.is_empty(),
        place.clone().key("otherwise"),
        "コードの表がありません",
        "codes を書くか、この行を消してください",
    );
    document.require(
        column.chars_max != Some(0),
        place.key("chars_max"),
        "0 文字の列には何も書けません",
        "1 以上の数を書くか、この行を消してください",
    );
}

/// Words of the town's own that stand in the file as they are.
fn cell(document: &mut Document, place: Place, profile: &Profile, text: &str) {
    if let Some(lacking) = text.chars().find(|one| !profile.letters().has(*one)) {
        let point = u32::from(lacking);
        document.fault(
            place,
            format!("「{lacking}」（U+{point:04X}）は、このファイルの文字にありません"),
            "ほかの字で書くか、letters か encoding を選び直してください",
        );
        return;
    }
    document.require(
        profile.format != Format::Csv || !csv::is_formula(text),
        place,
        format!("「{text}」は、表計算ソフトに数式とみなされます"),
        "「=」「+」「-」「@」で始めないでください",
    );
}
