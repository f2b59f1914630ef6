//! A page turned into a Form XObject, and whether all of it is there.
//!
//! Only what stands in the page itself is taken: contents and resources, no
//! annotations and no fillable fields.

use std::collections::BTreeSet;
use std::io::Read;

use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};

use super::error::ImportError;
use super::upright::{Upright, inherited};

/// Content of one page, unpacked.
const CONTENT_MAX: usize = 16 << 20;
/// One stream unpacked: an A3 page scanned in colour at 600 dpi has 209 MB.
const STREAM_MAX: u64 = 256 << 20;
/// All streams of one page unpacked.
const STREAMS_MAX: u64 = 512 << 20;
/// Objects one page needs.
const OBJECTS_MAX: usize = 50_000;

/// The page as a Form XObject whose lower left corner, as seen, is the origin.
pub(super) fn form_of(
    document: &Document,
    page: ObjectId,
    upright: &Upright,
) -> Result<Stream, ImportError> {
    let number = |x: f32| Object::Real(x);
    let resources = match inherited(document, page, b"Resources") {
        Some(Object::Dictionary(resources)) => without_remarks(resources),
        // An empty page, or one of rules only, needs none.
        None => Dictionary::new(),
        Some(_) => return Err(ImportError::Damaged("ページの部品")),
    };
    Ok(Stream::new(
        dictionary! {
            "Type" => "XObject",
            "Subtype" => "Form",
            "BBox" => upright.shown.map(number).to_vec(),
            "Matrix" => upright.matrix.map(number).to_vec(),
            "Resources" => resources,
        },
        contents(document, page)?,
    ))
}

/// The page's operators, all streams of them joined.
pub(super) fn contents(document: &Document, page: ObjectId) -> Result<Vec<u8>, ImportError> {
    const MISSING: ImportError = ImportError::Damaged("ページの中身");
    let page = document.get_dictionary(page).map_err(|_| MISSING)?;
    let Ok(written) = page.get(b"Contents") else { return Ok(Vec::new()) };
    let (_, written) = document.dereference(written).map_err(|_| MISSING)?;
    let parts = match written {
        Object::Array(parts) => parts.as_slice(),
        one => std::slice::from_ref(one),
    };
    let mut joined = Vec::new();
    for part in parts {
        let (_, part) = document.dereference(part).map_err(|_| MISSING)?;
        let stream = part.as_stream().map_err(|_| MISSING)?;
        unpacked_length(stream)?;
        let free = CONTENT_MAX - joined.len();
        let content = stream.get_plain_content_with_limit(free).map_err(|error| match error {
            lopdf::Error::Decompress(_) => ImportError::Inflated,
            _ => MISSING,
        })?;
        joined.extend(content);
        // Operators never run on from one stream into the next.
        joined.push(b'\n');
        if joined.len() > CONTENT_MAX {
            return Err(ImportError::Inflated);
        }
    }
    Ok(joined)
}

/// Refuses a form of which a part is missing, cut off or too large: a viewer would
/// print the sheet without it and say nothing.
pub(super) fn is_whole(document: &Document, form: &Stream) -> Result<(), ImportError> {
    let mut known = BTreeSet::new();
    let mut waiting = Vec::new();
    let mut unpacked = 0;
    references_in_dictionary(&form.dict, &mut waiting);
    while let Some(id) = waiting.pop() {
        if !known.insert(id) {
            continue;
        }
        if known.len() > OBJECTS_MAX {
            return Err(ImportError::Inflated);
        }
        let object = document.get_object(id).map_err(|_| ImportError::Damaged("ページの部品"))?;
        if let Object::Stream(stream) = object {
            unpacked += unpacked_length(stream)?;
        }
        if unpacked > STREAMS_MAX {
            return Err(ImportError::Inflated);
        }
        references(object, &mut waiting);
    }
    Ok(())
}

/// Bytes of a stream whose first filter is Flate; other filters hardly swell, and
/// those are 0. A stream that breaks off is refused: the PDF crate would give what
/// there is.
fn unpacked_length(stream: &Stream) -> Result<u64, ImportError> {
    if stream.content.is_empty() {
        return Ok(0);
    }
    if stream.filters().ok().and_then(|filters| filters.first().copied()) != Some(b"FlateDecode") {
        return Ok(0);
    }
    let mut unpacked = flate2::read::ZlibDecoder::new(&stream.content[..]).take(STREAM_MAX + 1);
    match std::io::copy(&mut unpacked, &mut std::io::sink()) {
        Ok(length) if length <= STREAM_MAX => Ok(length),
        Ok(_) => Err(ImportError::Inflated),
        Err(_) => Err(ImportError::Damaged("ページの部品")),
    }
}

fn references(object: &Object, found: &mut Vec<ObjectId>) {
    match object {
        Object::Reference(id) => found.push(*id),
        Object::Array(items) => items.iter().for_each(|item| references(item, found)),
        Object::Dictionary(dictionary) => references_in_dictionary(dictionary, found),
        Object::Stream(stream) => references_in_dictionary(&stream.dict, found),
        _ => {}
    }
}

fn references_in_dictionary(dictionary: &Dictionary, found: &mut Vec<ObjectId>) {
    dictionary.iter().for_each(|(_, value)| references(value, found));
}

/// Takes out of `document` what no printer needs and what may lead from a part of
/// a page to the whole file: remarks of the program that made it, and its outline
/// for readers.
pub(super) fn drop_remarks(document: &mut Document) {
    for object in document.objects.values_mut() {
        let Object::Stream(stream) = object else { continue };
        let kind = stream.dict.get(b"Subtype").and_then(Object::as_name).unwrap_or_default();
        if matches!(kind, b"Form" | b"Image") {
            stream.dict = without_remarks(&stream.dict);
        }
    }
}

fn without_remarks(dictionary: &Dictionary) -> Dictionary {
    let mut dictionary = dictionary.clone();
    let remarks: [&[u8]; 7] = [
        b"ProcSet",
        b"Metadata",
        b"PieceInfo",
        b"LastModified",
        b"StructParent",
        b"StructParents",
        b"OPI",
    ];
    for remark in remarks {
        dictionary.remove(remark);
    }
    dictionary
}
