//! `register.toml`: which columns of the resident register fill which boxes. An office
//! without it, or with `enabled = false`, loads none.

use std::collections::BTreeSet;

use super::rules;
use crate::document::{Document, Place};
use crate::register::{Columns, key};

pub(super) const FILE: &str = "register.toml";

/// Applies every rule that needs no form.
pub(super) fn check(file: &Columns, document: &mut Document) {
    document.require(
        !file.enabled || !file.column.is_empty(),
        Place::key_of("enabled"),
        "列が一つもありません",
        "[[column]] を書くか、enabled を false にしてください",
    );
    let mut names = BTreeSet::new();
    for (row, column) in file.column.iter().enumerate() {
        let place = Place::key_of("column").row(row);
        document.require(
            !column.names.is_empty(),
            place.clone().key("names"),
            "見出しが一つもありません",
            "一覧の一行目にある言葉を書いてください",
        );
        for (at, name) in column.names.iter().enumerate() {
            let place = place.clone().key("names").row(at);
            rules::filled(document, place.clone(), name);
            document.require(
                names.insert(key(name)),
                place,
                format!("見出し「{name}」が重なっています"),
                "一つの見出しは、一つの列にだけ書いてください",
            );
        }
        let is_used =
            [&column.person, &column.head, &column.members].iter().any(|to| !to.is_empty());
        document.require(
            is_used || column.tells_head,
            place.clone().key("names"),
            "この列を入れる欄がありません",
            "person・head・members のどれかを書くか、この列を消してください",
        );
        for (at, path) in column.members.iter().enumerate() {
            document.require(
                path.contains('#'),
                place.clone().key("members").row(at),
                format!("「{path}」に「#」がありません"),
                "何人目かを「#」で書いてください（例：ido.member.#.name）",
            );
        }
    }
    let telling = file.column.iter().filter(|column| column.tells_head).count();
    document.require(
        telling <= 1,
        Place::key_of("column"),
        "世帯主を示す列（tells_head）が二つ以上あります",
        "一つの列だけに書いてください",
    );
    let needs_head = file.column.iter().any(|column| !column.head.is_empty());
    document.require(
        !needs_head || (telling == 1 && !file.heads.is_empty()),
        Place::key_of("heads"),
        "だれが世帯主かが分かりません",
        "heads と、tells_head = true の列を書いてください",
    );
}
