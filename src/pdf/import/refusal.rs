//! What makes a PDF more than paper.
//!
//! A script, a start of another program, a file inside: each may change what a
//! viewer shows, or do something nobody who prints a form expects. Links and the
//! place where a file opens are harmless, and are dropped with all annotations.

use lopdf::{Dictionary, Document, Object};

/// What of `document` may change what a viewer shows, in words for the person who
/// brought it.
pub(super) fn active(document: &Document) -> Option<&'static str> {
    let found = document.objects.values().find_map(in_object);
    found.or_else(|| in_dictionary(&document.trailer)).or_else(|| layers(document))
}

/// Nesting is bounded by the parser.
fn in_object(object: &Object) -> Option<&'static str> {
    match object {
        Object::Array(items) => items.iter().find_map(in_object),
        Object::Stream(stream) => in_dictionary(&stream.dict),
        Object::Dictionary(dictionary) => in_dictionary(dictionary),
        _ => None,
    }
}

fn in_dictionary(dictionary: &Dictionary) -> Option<&'static str> {
    let name = |key: &[u8]| dictionary.get(key).and_then(Object::as_name).unwrap_or_default();
    action(name(b"S"))
        .or_else(|| annotation(name(b"Subtype")))
        .or_else(|| dictionary.iter().find_map(|(key, value)| entry(key).or(in_object(value))))
}

/// ISO 32000-1, 12.7.8 (XFA), 12.6.4.16 (JavaScript), 7.11.4 (embedded files).
fn entry(key: &[u8]) -> Option<&'static str> {
    match key {
        b"XFA" => Some("XFA のフォーム"),
        b"JavaScript" | b"JS" => Some("スクリプト（JavaScript）"),
        b"EmbeddedFiles" | b"EF" => Some("中に入れられたファイル"),
        _ => None,
    }
}

/// Action types (ISO 32000-1, 12.6.4.1).
fn action(name: &[u8]) -> Option<&'static str> {
    match name {
        b"JavaScript" => Some("スクリプト（JavaScript）"),
        b"Launch" => Some("ほかのプログラムを動かす指示"),
        b"SubmitForm" | b"ImportData" => Some("入力を送り受けする指示"),
        b"GoToE" => Some("中に入れられたファイル"),
        b"Rendition" | b"Movie" | b"Sound" | b"RichMediaExecute" | b"GoTo3DView" => {
            Some("動画や音声")
        }
        _ => None,
    }
}

/// Annotation types (ISO 32000-1, 12.5.6.1).
fn annotation(name: &[u8]) -> Option<&'static str> {
    match name {
        b"RichMedia" | b"Movie" | b"Sound" | b"Screen" | b"3D" => Some("動画や音声"),
        b"FileAttachment" => Some("中に入れられたファイル"),
        _ => None,
    }
}

/// Optional content that is not shown at first (ISO 32000-1, 8.11.4.3): on a sheet
/// of its own it would show.
fn layers(document: &Document) -> Option<&'static str> {
    let properties = document.catalog().ok()?.get_deref(b"OCProperties", document).ok()?;
    let properties = properties.as_dict().ok()?;
    let shown = properties.get_deref(b"D", document).ok()?.as_dict().ok()?;
    let is_off = |name: &Object| name.as_name().is_ok_and(|name| name != b"ON");
    let hidden = shown.get_deref(b"OFF", document).and_then(Object::as_array);
    let some = hidden.is_ok_and(|hidden| !hidden.is_empty())
        || shown.get_deref(b"BaseState", document).is_ok_and(is_off);
    some.then_some("初めは見えない層（レイヤー）")
}
