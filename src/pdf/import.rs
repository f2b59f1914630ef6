//! A page of a PDF turned into a Form XObject.
//!
//! Only what stands in the page itself is taken: contents and resources, no
//! annotations and no fillable fields. A file that is encrypted, or holds scripts
//! or XFA, is refused: what a viewer would show of it cannot be known here.

use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};

/// Why a page cannot be drawn on.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("読める PDF ではありません（{0}）")]
    NoPdf(lopdf::Error),
    #[error("暗号化されています。パスワードなしで保存してください")]
    Encrypted,
    #[error("{0} を含みます。新しい PDF に印刷し直してください")]
    Active(&'static str),
    #[error("ページがありません")]
    NoPage,
    #[error("ページが回転しています（/Rotate・/UserUnit）。新しい PDF に印刷し直してください")]
    NotUpright,
    #[error("ページに大きさか中身がありません")]
    Damaged,
}

/// Reads a file and refuses what is not plain paper.
pub(super) fn open(bytes: &[u8]) -> Result<Document, ImportError> {
    let document = Document::load_mem(bytes).map_err(|error| match error {
        lopdf::Error::Decryption(_) | lopdf::Error::InvalidPassword => ImportError::Encrypted,
        error => ImportError::NoPdf(error),
    })?;
    if document.is_encrypted() || document.was_encrypted() {
        return Err(ImportError::Encrypted);
    }
    match document.objects.values().find_map(active) {
        Some(what) => Err(ImportError::Active(what)),
        None => Ok(document),
    }
}

/// What of `object` may change what a viewer shows.
fn active(object: &Object) -> Option<&'static str> {
    match object {
        Object::Array(items) => items.iter().find_map(active),
        Object::Stream(stream) => active_entry(&stream.dict),
        Object::Dictionary(dictionary) => active_entry(dictionary),
        _ => None,
    }
}

fn active_entry(dictionary: &Dictionary) -> Option<&'static str> {
    dictionary.iter().find_map(|(key, value)| match key.as_slice() {
        b"XFA" => Some("XFA のフォーム"),
        b"JavaScript" | b"JS" => Some("スクリプト"),
        _ => active(value),
    })
}

/// Width and height of a page in points.
pub(super) fn size_of(document: &Document, page: ObjectId) -> Result<(f32, f32), ImportError> {
    let [left, bottom, right, top] = media_box(document, page)?;
    Ok((right - left, top - bottom))
}

/// The page as a Form XObject whose lower left corner is the origin.
pub(super) fn form_of(document: &Document, page: ObjectId) -> Result<Stream, ImportError> {
    let upright = |key: &[u8], normal: f32| {
        inherited(document, page, key).and_then(|value| number(&value)).is_none_or(|n| n == normal)
    };
    if !upright(b"Rotate", 0.0) || !upright(b"UserUnit", 1.0) {
        return Err(ImportError::NotUpright);
    }
    let [left, bottom, right, top] = media_box(document, page)?;
    let content = document.get_page_content(page);
    let resources = inherited(document, page, b"Resources").ok_or(ImportError::Damaged)?;
    let corner = |x: f32| Object::Real(x);
    Ok(Stream::new(
        dictionary! {
            "Type" => "XObject",
            "Subtype" => "Form",
            "BBox" => [left, bottom, right, top].map(corner).to_vec(),
            "Matrix" => [1.0, 0.0, 0.0, 1.0, -left, -bottom].map(corner).to_vec(),
            "Resources" => without_metadata(resources),
        },
        content,
    ))
}

fn media_box(document: &Document, page: ObjectId) -> Result<[f32; 4], ImportError> {
    let area = inherited(document, page, b"CropBox")
        .or_else(|| inherited(document, page, b"MediaBox"))
        .ok_or(ImportError::Damaged)?;
    let numbers: Vec<f32> = area
        .as_array()
        .map_err(|_| ImportError::Damaged)?
        .iter()
        .filter_map(|item| number(document.dereference(item).ok()?.1))
        .collect();
    let [x1, y1, x2, y2] = numbers[..] else { return Err(ImportError::Damaged) };
    Ok([x1.min(x2), y1.min(y2), x1.max(x2), y1.max(y2)])
}

/// A page attribute, from the page or the nearest page tree node above it.
fn inherited(document: &Document, page: ObjectId, key: &[u8]) -> Option<Object> {
    // A page tree deeper than this is a loop.
    const DEPTH_MAX: u8 = 32;
    let mut node = document.get_dictionary(page).ok()?;
    for _ in 0..DEPTH_MAX {
        if let Ok(value) = node.get(key) {
            return document.dereference(value).ok().map(|(_, value)| value.clone());
        }
        node = node
            .get(b"Parent")
            .ok()
            .and_then(|parent| parent.as_reference().ok())
            .and_then(|parent| document.get_dictionary(parent).ok())?;
    }
    None
}

fn number(object: &Object) -> Option<f32> {
    match object {
        Object::Integer(value) => Some(*value as f32),
        Object::Real(value) => Some(*value),
        _ => None,
    }
}

fn without_metadata(resources: Object) -> Dictionary {
    let Object::Dictionary(mut resources) = resources else { return Dictionary::new() };
    resources.remove(b"ProcSet");
    resources
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saved(change: impl FnOnce(&mut Document, ObjectId)) -> Vec<u8> {
        let mut document = Document::with_version("1.5");
        let content = document.add_object(Stream::new(Dictionary::new(), b"0 0 9 9 re f".to_vec()));
        let pages = document.new_object_id();
        let page = document.add_object(dictionary! {
            "Type" => "Page", "Parent" => pages, "Contents" => content,
        });
        let tree = dictionary! {
            "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1,
            "MediaBox" => vec![10.into(), 20.into(), 110.into(), 220.into()],
            "Resources" => Dictionary::new(),
        };
        document.objects.insert(pages, Object::Dictionary(tree));
        let root = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
        document.trailer.set("Root", root);
        change(&mut document, page);
        let mut bytes = Vec::new();
        document.save_to(&mut bytes).unwrap();
        bytes
    }

    fn first_page(document: &Document) -> ObjectId {
        *document.get_pages().values().next().unwrap()
    }

    #[test]
    fn a_plain_page_becomes_a_form_with_what_it_inherits() {
        let document = open(&saved(|_, _| {})).unwrap();
        let page = first_page(&document);
        assert_eq!(size_of(&document, page).unwrap(), (100.0, 200.0));
        let form = form_of(&document, page).unwrap();
        assert!(String::from_utf8_lossy(&form.content).contains("0 0 9 9 re"));
        assert!(!form.dict.has(b"Group"));
    }

    #[test]
    fn an_encrypted_file_is_refused_even_without_a_password() {
        let encrypted = saved(|document, _| {
            let id = lopdf::Object::string_literal("0123456789abcdef");
            document.trailer.set("ID", vec![id.clone(), id]);
            let version = lopdf::EncryptionVersion::V2 {
                document,
                owner_password: "owner",
                user_password: "",
                key_length: 128,
                permissions: lopdf::Permissions::all(),
            };
            let state = lopdf::EncryptionState::try_from(version).unwrap();
            document.encrypt(&state).unwrap();
        });
        assert!(matches!(open(&encrypted), Err(ImportError::Encrypted)));
    }

    #[test]
    fn a_turned_page_and_a_page_with_scripts_are_refused() {
        let turned = saved(|document, page| {
            document.get_dictionary_mut(page).unwrap().set("Rotate", 90);
        });
        let document = open(&turned).unwrap();
        assert!(matches!(form_of(&document, first_page(&document)), Err(ImportError::NotUpright)));
        let scripted = saved(|document, _| {
            document.add_object(dictionary! { "S" => "JavaScript", "JS" => "app.alert(1)" });
        });
        assert!(matches!(open(&scripted), Err(ImportError::Active("スクリプト"))));
        assert!(matches!(open(b"hello"), Err(ImportError::NoPdf(_))));
    }
}
