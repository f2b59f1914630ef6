use lopdf::{Dictionary, Object, ObjectId, dictionary};

use super::*;
use crate::pdf::Area;

/// A page of 100 × 200 with its box and its parts on the page tree, as `change`
/// leaves it.
fn saved(change: impl FnOnce(&mut Document, ObjectId)) -> Vec<u8> {
    let mut document = Document::with_version("1.5");
    let content = document.add_object(Stream::new(Dictionary::new(), b"15 30 9 9 re f".to_vec()));
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

fn page_of(document: &mut Document, page: ObjectId) -> &mut Dictionary {
    document.get_dictionary_mut(page).unwrap()
}

fn tree_of(document: &mut Document) -> &mut Dictionary {
    let tree = document.catalog().unwrap().get(b"Pages").unwrap().as_reference().unwrap();
    document.get_dictionary_mut(tree).unwrap()
}

fn catalog_with(key: &str, value: impl Into<Object>) -> Vec<u8> {
    saved(|document, _| document.catalog_mut().unwrap().set(key, value))
}

fn refusal(bytes: &[u8]) -> ImportError {
    sheets(bytes).map(|_| ()).unwrap_err()
}

fn drawn(bytes: &[u8]) -> (Vec<f32>, f32, f32) {
    let (_, pages) = sheets(bytes).unwrap();
    let matrix = pages[0].form.dict.get(b"Matrix").unwrap().as_array().unwrap();
    let matrix = matrix.iter().map(|number| number.as_float().unwrap()).collect();
    (matrix, pages[0].width, pages[0].height)
}

#[test]
fn a_plain_page_becomes_a_form_with_what_it_inherits() {
    let (_, pages) = sheets(&saved(|_, _| {})).unwrap();
    assert_eq!((pages.len(), pages[0].width, pages[0].height), (1, 100.0, 200.0));
    assert!(String::from_utf8_lossy(&pages[0].form.content).contains("15 30 9 9 re"));
    assert!(!pages[0].form.dict.has(b"Group"));
    assert!(pages[0].form.dict.has(b"Resources"));
}

#[test]
fn a_turned_page_stands_upright_and_its_corner_is_the_origin() {
    for (degrees, matrix, width, height) in [
        (0, [1.0, 0.0, 0.0, 1.0, -10.0, -20.0], 100.0, 200.0),
        (90, [0.0, -1.0, 1.0, 0.0, -20.0, 110.0], 200.0, 100.0),
        (180, [-1.0, 0.0, 0.0, -1.0, 110.0, 220.0], 100.0, 200.0),
        (-90, [0.0, 1.0, -1.0, 0.0, 220.0, -10.0], 200.0, 100.0),
        (630, [0.0, 1.0, -1.0, 0.0, 220.0, -10.0], 200.0, 100.0),
    ] {
        // The turn, too, may stand on the page tree.
        let turned = saved(|document, _| tree_of(document).set("Rotate", degrees));
        assert_eq!(drawn(&turned), (matrix.to_vec(), width, height), "{degrees}");
    }
    let aslant = saved(|document, page| page_of(document, page).set("Rotate", 45));
    assert_eq!(refusal(&aslant), ImportError::Damaged("ページの向き"));
}

#[test]
fn a_page_is_cropped_to_what_is_shown_of_it_and_measured_in_points() {
    let cropped = saved(|document, page| {
        let crop = vec![110.into(), 30.into(), 20.into(), 500.into()];
        page_of(document, page).set("CropBox", crop);
    });
    let matrix = vec![1.0, 0.0, 0.0, 1.0, -20.0, -30.0];
    assert_eq!(drawn(&cropped), (matrix, 90.0, 190.0));
    let large = saved(|document, page| page_of(document, page).set("UserUnit", 2));
    assert_eq!(drawn(&large), (vec![2.0, 0.0, 0.0, 2.0, -20.0, -40.0], 200.0, 400.0));
    let outside = saved(|document, page| {
        let crop = vec![300.into(), 300.into(), 400.into(), 400.into()];
        page_of(document, page).set("CropBox", crop);
    });
    assert_eq!(refusal(&outside), ImportError::Damaged("ページの大きさ"));
}

#[test]
fn every_page_is_taken_and_one_that_is_lost_is_not_passed_over() {
    let two = |missing: bool| {
        saved(|document, page| {
            let mut other = page_of(document, page).clone();
            other.set("MediaBox", vec![0.into(), 0.into(), 50.into(), 60.into()]);
            let other = document.add_object(other);
            let tree = tree_of(document);
            tree.set("Kids", vec![page.into(), other.into()]);
            tree.set("Count", 2);
            if missing {
                document.objects.remove(&other);
            }
        })
    };
    let (_, pages) = sheets(&two(false)).unwrap();
    assert_eq!(pages.iter().map(|page| page.width).collect::<Vec<_>>(), [100.0, 50.0]);
    assert_eq!(refusal(&two(true)), ImportError::Damaged("ページの並び"));
}

#[test]
fn an_encrypted_file_is_refused_even_without_a_password() {
    let encrypted = saved(|document, _| {
        let id = Object::string_literal("0123456789abcdef");
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
    assert_eq!(refusal(&encrypted), ImportError::Encrypted);
}

#[test]
fn what_is_more_than_paper_is_refused_by_name() {
    let action = |kind: &str| dictionary! { "S" => Object::Name(kind.into()), "URI" => "x" };
    let layers = |key: &str, value: Object| {
        catalog_with("OCProperties", dictionary! { "D" => dictionary! { key => value } })
    };
    let annotated = |kind: &str| {
        saved(|document, page| {
            let annotation = dictionary! { "Subtype" => Object::Name(kind.into()) };
            page_of(document, page).set("Annots", vec![annotation.into()]);
        })
    };
    for (bytes, what) in [
        (catalog_with("OpenAction", action("JavaScript")), "スクリプト（JavaScript）"),
        (catalog_with("Names", dictionary! { "JavaScript" => 1 }), "スクリプト（JavaScript）"),
        (catalog_with("OpenAction", action("Launch")), "ほかのプログラムを動かす指示"),
        (
            catalog_with("AA", dictionary! { "WC" => action("SubmitForm") }),
            "入力を送り受けする指示",
        ),
        (catalog_with("AcroForm", dictionary! { "XFA" => 1 }), "XFA のフォーム"),
        (catalog_with("Names", dictionary! { "EmbeddedFiles" => 1 }), "中に入れられたファイル"),
        (annotated("FileAttachment"), "中に入れられたファイル"),
        (annotated("RichMedia"), "動画や音声"),
        (layers("OFF", vec![1.into()].into()), "初めは見えない層（レイヤー）"),
        (layers("BaseState", "OFF".into()), "初めは見えない層（レイヤー）"),
    ] {
        assert_eq!(refusal(&bytes), ImportError::Active(what));
    }
    let place = vec![1.into(), "Fit".into()];
    for harmless in [
        catalog_with("OpenAction", place),
        catalog_with("OpenAction", action("GoTo")),
        catalog_with("Link", action("URI")),
        layers("ON", vec![1.into()].into()),
        annotated("Link"),
    ] {
        assert!(sheets(&harmless).is_ok());
    }
}

#[test]
fn a_trap_is_refused_before_it_springs() {
    let content = |document: &mut Document, page: ObjectId, plain: &[u8]| {
        let mut stream = Stream::new(Dictionary::new(), plain.to_vec());
        stream.compress().unwrap();
        let id = document.add_object(stream);
        page_of(document, page).set("Contents", id);
    };
    let swelling = saved(|document, page| content(document, page, &vec![b' '; 17 << 20]));
    assert!(swelling.len() < 100_000, "{}", swelling.len());
    assert_eq!(refusal(&swelling), ImportError::Inflated);
    let crowd = saved(|document, page| {
        let tree = tree_of(document);
        tree.set("Kids", vec![page.into(); 100_000]);
        tree.set("Count", 1);
    });
    assert_eq!(refusal(&crowd), ImportError::Damaged("ページの並び"));
    let many = saved(|document, _| tree_of(document).set("Count", 100_000));
    assert_eq!(refusal(&many), ImportError::TooManyPages(100_000, 20));
    let circle = saved(|document, page| {
        let tree = document.catalog().unwrap().get(b"Pages").unwrap().clone();
        tree_of(document).set("Kids", vec![tree.clone(), page.into()]);
        tree_of(document).set("Parent", tree);
    });
    assert_eq!(refusal(&circle), ImportError::NoPage);
    let itself = saved(|document, page| {
        let id = document.new_object_id();
        document.objects.insert(id, Object::Reference(id));
        page_of(document, page).set("Contents", id);
    });
    assert_eq!(refusal(&itself), ImportError::Damaged("ページの中身"));
    let mut deep = saved(|_, _| {});
    let nest = [vec![b'['; 100_000], vec![b']'; 100_000]].concat();
    let at = deep.windows(5).position(|part| part == b"/Kids").unwrap();
    deep.splice(at..at, [b"/Deep ".to_vec(), nest].concat());
    assert!(sheets(&deep).is_err());
}

#[test]
fn a_sheet_of_which_a_part_is_missing_or_cut_is_refused() {
    let lost = saved(|document, page| {
        let gone = document.new_object_id();
        let fonts = dictionary! { "Font" => dictionary! { "F1" => gone } };
        page_of(document, page).set("Resources", fonts);
    });
    assert_eq!(refusal(&lost), ImportError::Damaged("ページの部品"));
    let cut = saved(|document, page| {
        let plain: Vec<u8> = (0..4_000_u32).flat_map(|n| n.to_string().into_bytes()).collect();
        let mut stream = Stream::new(Dictionary::new(), plain);
        stream.compress().unwrap();
        stream.set_content(stream.content[..2_000].to_vec());
        let id = document.add_object(stream);
        page_of(document, page).set("Contents", id);
    });
    assert_eq!(refusal(&cut), ImportError::Damaged("ページの部品"));
    let nothing = saved(|document, page| {
        page_of(document, page).set("Contents", (4_000, 0));
    });
    assert_eq!(refusal(&nothing), ImportError::Damaged("ページの中身"));
    assert!(matches!(refusal(b"hello"), ImportError::NoPdf(_)));
    assert!(matches!(refusal(b""), ImportError::NoPdf(_)));
}

#[test]
fn a_file_cut_anywhere_or_with_a_byte_changed_anywhere_never_brings_the_reader_down() {
    let whole = saved(|_, _| {});
    for end in 0..whole.len() {
        // The last line ends at will.
        assert!(sheets(&whole[..end]).is_err() || end + 7 > whole.len(), "{end}");
    }
    let fallen = ImportError::Damaged("読み込みの途中");
    for at in 0..whole.len() {
        for byte in [0, b'9', b'<', 0xFF] {
            let mut changed = whole.clone();
            changed[at] = byte;
            assert_ne!(sheets(&changed).map(|_| ()).err(), Some(fallen.clone()), "{at} {byte}");
            assert_ne!(traced(&changed).map(|_| ()).err(), Some(fallen.clone()), "{at} {byte}");
        }
    }
}

#[test]
fn rules_letters_and_places_are_told_as_they_are_seen_on_a_turned_page() {
    let bytes = saved(|document, page| {
        let font = dictionary! {
            "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica",
            "Encoding" => "WinAnsiEncoding", "FirstChar" => 65,
            "Widths" => vec![600.into(), 700.into()],
        };
        let font = document.add_object(font);
        let plain = "q 2 0 0 2 10 20 cm 5 10 m 5 60 l S Q BT /F1 10 Tf 30 40 Td (AB) Tj ET";
        let content = document.add_object(Stream::new(Dictionary::new(), plain.into()));
        let fields = dictionary! { "FT" => "Tx", "T" => Object::string_literal("who"),
        "MaxLen" => 7, "Ff" => 1 << 24 };
        let fields = document.add_object(fields);
        let widget = dictionary! { "Subtype" => "Widget", "Parent" => fields,
        "T" => lopdf::text_string("名"), "TU" => lopdf::text_string("お名前"),
        "Rect" => vec![20.into(), 30.into(), 60.into(), 40.into()] };
        let hidden = dictionary! { "Subtype" => "Widget", "FT" => "Tx", "F" => 2,
        "Rect" => vec![0.into(), 0.into(), 9.into(), 9.into()] };
        let page = page_of(document, page);
        page.set("Rotate", 90);
        page.set("Contents", content);
        page.set("Annots", vec![widget.into(), hidden.into()]);
        page.set("Resources", dictionary! { "Font" => dictionary! { "F1" => font } });
    });
    let [seen] = &traced(&bytes).unwrap()[..] else { panic!("one page") };
    assert_eq!((seen.width, seen.height), (200.0, 100.0));
    // Upright on the page, lying as it is seen.
    let rule = Rule { way: Way::Across, at: 90.0, from: 20.0, to: 120.0 };
    assert_eq!(seen.rules, [rule]);
    let letters: Vec<_> =
        seen.letters.iter().map(|letter| (letter.text.as_str(), letter.x, letter.y)).collect();
    assert_eq!(letters, [("A", 20.0, 80.0), ("B", 20.0, 74.0)]);
    let comb = Offered::Text { max_chars: Some(7), comb: true, several_lines: false };
    let place = Widget {
        name: "who.名".into(),
        label: Some("お名前".into()),
        area: Area { x: 10.0, y: 50.0, width: 10.0, height: 40.0 },
        offered: comb,
    };
    assert_eq!(seen.widgets, [place]);
}

#[test]
fn a_form_that_draws_itself_comes_to_an_end() {
    let bytes = saved(|document, page| {
        let form = document.new_object_id();
        let parts = dictionary! { "XObject" => dictionary! { "X" => form } };
        let entries = dictionary! { "Subtype" => "Form", "Resources" => parts.clone() };
        let stream = Stream::new(entries, b"/X Do /X Do 0 0 m 9 0 l S".to_vec());
        document.objects.insert(form, stream.into());
        page_of(document, page).set("Resources", parts);
        let content = document.add_object(Stream::new(Dictionary::new(), b"/X Do".to_vec()));
        page_of(document, page).set("Contents", content);
    });
    let rules = traced(&bytes).unwrap().remove(0).rules.len();
    assert_eq!(rules, (1 << 8) - 1);
}
