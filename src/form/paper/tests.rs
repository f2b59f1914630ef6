//! Whole forms, looked at the way a printer and a search would: rendered,
//! extracted, checked and decoded by other people's programs.
//!
//! Without those programs a test says so and passes; with `CI` set it fails.

use std::path::{Path, PathBuf};

use super::*;
use crate::applicant::Source;
use crate::form::answers::Value;
use crate::form::template::Template;
use crate::pdf::Lack;
use crate::pdf::others::{ask, extracted};
use crate::text::{Piece, Text};
use crate::wareki::PartialDate;

const MIHON: &str = include_str!("../../../tests/fixtures/forms/mihon/form.toml");

fn form() -> Form {
    Form::read(MIHON).unwrap()
}

fn answers(values: &[(&str, Value)]) -> Answers {
    let mut answers = Answers::default();
    for (path, value) in values {
        answers.set(*path, value.clone(), Source::Typed);
    }
    answers
}

fn words(text: &str) -> Value {
    Value::Text(text.into())
}

fn day(iso: &str) -> Value {
    Value::Date(iso.parse::<PartialDate>().unwrap())
}

/// An invented person's whole form.
fn sample() -> Answers {
    answers(&[
        ("applicant.name", words("髙﨑　一郎")),
        ("applicant.kana", words("タカサキ　イチロウ")),
        ("applicant.birth_date", day("1989-01-08")),
        ("applicant.sex", Value::Choice("male".into())),
        ("applicant.address", words("見本県みほん町にし一丁目2番3号　みほんハイツ405号室")),
        ("applicant.phone", words("090-0000-1234")),
        ("mihon.kind", Value::Choices(["copy".into(), "other".into()].into())),
        ("mihon.copies", Value::Copies([("copy".into(), 12)].into())),
        ("mihon.postal", words("1234567")),
        (
            "mihon.purpose",
            words(
                "免許証の更新のため。会社に提出します（住宅手当の申請）。ほかにも年金の手続きと、こどもの入学の手続きで必要です。",
            ),
        ),
        ("mihon.members", Value::Number(2)),
        ("mihon.member.1.name", words("髙﨑　一郎")),
        ("mihon.member.2.name", words("試験　花子")),
    ])
}

fn counter() -> Answers {
    answers(&[("visit.qr", words("M-20261121-0042")), ("today", day("2026-11-21"))])
}

/// The sample form with one other name, in the shipped fonts only.
fn named(name: Value) -> Filled {
    let fonts = Fonts::shipped();
    let paper = Paper::compile(&form(), &fonts).unwrap();
    let mut answers = sample();
    answers.set("applicant.name", name, Source::Typed);
    paper.fill(&answers, &counter()).unwrap()
}

fn filled() -> Filled {
    named(words("髙﨑　一郎"))
}

/// How dark each 6 × 6 pixel cell of the page is at 36 dpi, as hexadecimal
/// digits, a line for each row.
fn ink(pdf: &[u8]) -> Option<String> {
    let pgm = ask("pdftoppm", &["-r", "36", "-gray", "-singlefile", "form.pdf"], pdf)?;
    let mut header = pgm.splitn(4, |byte| byte.is_ascii_whitespace());
    let mut next = || String::from_utf8_lossy(header.next().unwrap()).into_owned();
    assert_eq!(next(), "P5");
    let (width, height): (usize, usize) = (next().parse().unwrap(), next().parse().unwrap());
    let pixels = &pgm[pgm.len() - width * height..];
    let mut grid = String::new();
    for row in 0..height / 6 {
        for column in 0..width / 6 {
            let cell = (0..36).map(|n| pixels[(row * 6 + n / 6) * width + column * 6 + n % 6]);
            let dark: u32 = cell.map(|grey| u32::from(255 - grey)).sum();
            grid.push(char::from_digit((dark / 300).min(15), 16).unwrap());
        }
        grid.push('\n');
    }
    Some(grid)
}

fn golden(name: &str, found: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/forms/mihon");
    let file: PathBuf = folder.join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&file, found).unwrap();
    }
    std::fs::read_to_string(file).unwrap()
}

#[test]
fn the_sample_form_reads_as_it_always_did() {
    let filled = filled();
    assert_eq!(filled.findings, []);
    if let Some(text) = extracted(&filled.pdf) {
        assert_eq!(text, golden("expected.txt", &text));
    }
}

#[test]
fn the_sample_form_looks_as_it_always_did() {
    let Some(found) = ink(&filled().pdf) else { return };
    let expected = golden("expected.ink", &found);
    let levels = |grid: &str| -> Vec<i64> {
        grid.chars().filter_map(|c| c.to_digit(16)).map(i64::from).collect()
    };
    let (found, expected) = (levels(&found), levels(&expected));
    assert_eq!(found.len(), expected.len());
    let total = |levels: &[i64]| levels.iter().sum::<i64>() as f64;
    let ratio = total(&found) / total(&expected);
    assert!((0.98..1.02).contains(&ratio), "ink {ratio}");
    let changed = found.iter().zip(&expected).filter(|(one, other)| (*one - *other).abs() > 1);
    assert!(changed.count() * 1000 < found.len() * 3);
}

#[test]
fn the_file_is_clean_small_and_has_every_font_inside() {
    let pdf = filled().pdf;
    assert!(pdf.len() < 60_000, "{} bytes", pdf.len());
    if let Some(said) = ask("qpdf", &["--check", "form.pdf"], &pdf) {
        assert!(String::from_utf8_lossy(&said).contains("No syntax or stream encoding errors"));
    }
    let Some(fonts) = ask("pdffonts", &["form.pdf"], &pdf) else { return };
    let fonts = String::from_utf8(fonts).unwrap();
    assert_eq!(fonts.lines().count(), 6, "{fonts}");
    assert!(fonts.lines().skip(2).all(|font| font.contains("yes yes yes")), "{fonts}");
}

#[test]
fn a_reader_of_codes_reads_the_receipt() {
    let pdf = filled().pdf;
    let script =
        "pdftoppm -r 200 -png -singlefile form.pdf form && zbarimg -q --raw form.png 2>/dev/null";
    if ask("zbarimg", &["--version"], &[]).is_none() {
        return;
    }
    let code = ask("sh", &["-c", script], &pdf).unwrap();
    assert_eq!(String::from_utf8(code).unwrap().trim(), "M-20261121-0042");
}

#[test]
fn the_same_answers_give_the_same_bytes_and_others_do_not() {
    assert_eq!(filled().pdf, filled().pdf);
    assert_ne!(filled().pdf, named(words("髙﨑　二郎")).pdf);
}

#[test]
fn hard_names_are_extracted_exactly_or_reported() {
    for (name, lacks) in [
        ("髙﨑　一郎", vec![]),
        ("葛\u{E0100}城　辻\u{E0100}子", vec![]),
        ("神　神\u{E0100}　\u{FA19}", vec![]),
        ("か\u{3099}く\u{3099}　ハ\u{309A}", vec![]),
        ("ｼｹﾝ　ﾊﾅｺ", vec![]),
        ("Nguyễn Thị", vec!["U+1EC5", "U+1ECB"]),
        ("𠮷田", vec!["U+20BB7"]),
        ("槗本", vec!["U+69D7"]),
        ("邊\u{E010E}", vec!["U+908A U+E010E"]),
    ] {
        let filled = named(words(name));
        let found: Vec<&str> =
            filled.findings.iter().map(|finding| finding.lacking.code_point.as_str()).collect();
        assert_eq!(found, lacks, "{name}");
        assert!(filled.findings.iter().all(|finding| finding.field == "name"));
        let Some(text) = extracted(&filled.pdf) else { return };
        // pdftotext writes every blank as a plain one.
        let name = name.replace('\u{3000}', " ");
        assert!(!lacks.is_empty() || text.contains(&name), "{name} in {text}");
        // The base character alone would be another name.
        assert!(!text.contains('邊'), "{text}");
    }
}

#[test]
fn a_picture_character_leaves_an_empty_box_and_is_reported() {
    let name = Text::from_pieces([Piece::Text("山".into()), Piece::Gaiji(1), Piece::Missing]);
    let filled = named(Value::Text(name));
    let lacks: Vec<Lack> = filled.findings.iter().map(|found| found.lacking.lack).collect();
    assert_eq!(lacks, [Lack::NoCodePoint, Lack::NoCodePoint]);
    let (Some(with), Some(without)) = (ink(&filled.pdf), ink(&named(words("山")).pdf)) else {
        return;
    };
    assert_ne!(with, without);
}

#[test]
fn words_that_do_not_fit_are_named_by_field_and_path_and_leave_an_empty_box() {
    let fonts = Fonts::shipped();
    let paper = Paper::compile(&form(), &fonts).unwrap();
    let mut answers = sample();
    answers.set("applicant.name", words(&"長".repeat(150)), Source::Typed);
    answers.set("mihon.member.2.name", words(&"長".repeat(150)), Source::Typed);
    answers.set("applicant.phone", words("090-0000-12345"), Source::Typed);
    let error = paper.fill(&answers, &counter()).unwrap_err();
    let FillError::DoesNotFit(misfits) = error;
    let named: Vec<_> =
        misfits.iter().map(|misfit| (misfit.field.as_str(), misfit.path.as_str())).collect();
    let expected = [
        ("name", "applicant.name"),
        ("phone", "applicant.phone"),
        ("member_name.2", "mihon.member.2.name"),
    ];
    assert_eq!(named, expected);
    // On request the paper is made all the same, with boxes instead.
    let filled = fill_all(&[(&paper, &answers, &counter())]);
    assert_eq!(filled.misfits, misfits);
    let Some(text) = extracted(&filled.pdf) else { return };
    assert!(!text.contains("長長"), "{text}");
    let mut without = answers.clone();
    for (_, path) in expected {
        without.set(path, Value::skipped(), Source::Typed);
    }
    let blank = paper.fill(&without, &counter()).unwrap();
    assert_ne!(ink(&filled.pdf), ink(&blank.pdf), "the boxes are seen");
}

#[test]
fn several_forms_are_one_file_that_holds_the_sheet_once() {
    let fonts = Fonts::shipped();
    let paper = Paper::compile(&form(), &fonts).unwrap();
    let (answers, counter) = (sample(), counter());
    let one = paper.fill(&answers, &counter).unwrap().pdf;
    let mut other = sample();
    other.set("applicant.name", words("試験　花子"), Source::Typed);
    let forms = [(&paper, &answers, &counter), (&paper, &other, &counter)];
    let both = fill_all(&forms).pdf;
    assert!(both.len() < one.len() + 8_000, "{} and {}", one.len(), both.len());
    let Some(text) = extracted(&both) else { return };
    assert!(text.contains("髙﨑 一郎") && text.contains("試験 花子"));
    assert_eq!(text.matches('\u{C}').count(), 2);
    ask("qpdf", &["--check", "form.pdf"], &both);
}

#[test]
fn forms_compiled_with_different_fonts_may_share_a_file() {
    let papers =
        [Fonts::shipped(), Fonts::shipped()].map(|fonts| Paper::compile(&form(), &fonts).unwrap());
    let mut other = sample();
    other.set("applicant.name", words("試験　花子"), Source::Typed);
    let forms = [(&papers[0], &sample(), &counter()), (&papers[1], &other, &counter())];
    let both = fill_all(&forms).pdf;
    ask("qpdf", &["--check", "form.pdf"], &both);
    let Some(text) = extracted(&both) else { return };
    let pages: Vec<&str> = text.split('\u{C}').collect();
    assert!(pages[0].contains("髙﨑 一郎") && pages[1].contains("試験 花子"), "{text}");
}

#[test]
fn a_town_s_own_page_is_drawn_on() {
    let fonts = Fonts::shipped();
    let mut template: Template = toml::from_str(MIHON).unwrap();
    template.draw.clear();
    let empty = Paper::compile(&form(), &fonts).unwrap();
    let sheet = empty.fill(&Answers::default(), &Answers::default()).unwrap().pdf;
    let pages = Background::from_pdf(&sheet, &fonts).unwrap();
    let paper = Paper { pages, ..Paper::compile(&form(), &fonts).unwrap() };
    let filled = paper.fill(&sample(), &counter()).unwrap().pdf;
    ask("qpdf", &["--check", "form.pdf"], &filled);
    let (Some(ours), Some(theirs)) = (ink(&self::filled().pdf), ink(&filled)) else { return };
    assert_eq!(ours, theirs);
}

#[test]
fn every_fault_of_a_layout_is_found_at_once() {
    let broken = MIHON
        .replace("rect = [60, 15, 90, 10]", "rect = [60, 15, 20, 10]")
        .replace("reiwa = [", "reiw = [")
        .replace("bind = \"applicant.kana\"", "bind = \"applicant.kanna\"")
        .replace("size = 12, font = \"mincho\" }", "size = 12, wrap = true }")
        .replace("repeat = { count = 3, dy = 7 }", "repeat = { count = 30, dy = 10 }")
        .replace("id = \"sex\"", "id = \"era\"")
        .replace("part = \"month\"", "part = \"moon\"")
        .replace("digits = { rect = [57", "text = { rect = [0, 0, 9, 9] }\ndigits = { rect = [57");
    let faults = Paper::compile(&Form::read(&broken).unwrap(), &Fonts::shipped()).unwrap_err();
    let told: Vec<String> = faults.iter().map(Fault::to_string).collect();
    assert_eq!(
        told,
        [
            "19 番目の draw：210 × 297 mm の用紙からはみ出しています",
            "欄 kana：「applicant.kanna」という質問は、この様式にも窓口にもありません",
            "欄 era：「applicant.birth_date」に「reiw」という選択肢はありません",
            "欄 birth_month：part の「moon」は、この欄では使えません",
            "欄 phone：書き方が一つに決まっていません",
            "欄 era：同じ id の欄がほかにもあります",
            "欄 member_name：氏名やフリガナは折り返せません",
            "1 番目の draw：文字が枠に入りません：見本申請書",
            "「applicant.kana」の答えが、用紙のどこにも書かれません",
        ]
    );
}

/// Where the word of an invented name stands: left and top in points.
fn place_of(word: &str, pdf: &[u8]) -> Option<(f32, f32)> {
    let boxes = ask("pdftotext", &["-bbox", "form.pdf", "-"], pdf)?;
    let boxes = String::from_utf8(boxes).unwrap();
    let line = boxes.lines().find(|line| line.contains(&format!(">{word}<"))).unwrap();
    let number = |key: &str| -> f32 {
        let (_, rest) = line.split_once(&format!("{key}=\"")).unwrap();
        rest.split('"').next().unwrap().parse().unwrap()
    };
    Some((number("xMin"), number("yMin")))
}

#[test]
fn pre_printed_paper_gets_answers_only_moved_by_what_the_printer_is_off() {
    let fonts = Fonts::shipped();
    let on_sheet = Paper::compile(&form(), &fonts).unwrap();
    let preprinted =
        MIHON.replace("{ size = \"A4\" }", "{ size = \"A4\", background = \"preprinted\" }");
    let preprinted = Paper::compile(&Form::read(&preprinted).unwrap(), &fonts).unwrap();
    let (answers, counter) = (sample(), counter());
    let printed = |paper: &Paper, x: f32, y: f32| {
        fill_all_for([x, y].into(), &[(paper, &answers, &counter)]).pdf
    };
    let plain = printed(&preprinted, 0.0, 0.0);
    ask("qpdf", &["--check", "form.pdf"], &plain);
    let Some(text) = extracted(&plain) else { return };
    assert!(text.contains("髙﨑 一郎") && !text.contains("見本申請書"), "{text}");
    let found = |pdf: &[u8]| place_of("イチロウ", pdf).unwrap();
    let (x, y) = found(&plain);
    let (moved_x, moved_y) = found(&printed(&preprinted, 2.0, -1.5));
    let mm = |points: f32| points * 25.4 / 72.0;
    assert!((mm(moved_x - x) - 2.0).abs() < 0.02, "{x} {moved_x}");
    assert!((mm(moved_y - y) + 1.5).abs() < 0.02, "{y} {moved_y}");
    // What has its sheet with it stays on it.
    assert_eq!(printed(&on_sheet, 2.0, -1.5), printed(&on_sheet, 0.0, 0.0));
}

#[test]
fn answers_stand_on_the_page_their_field_names() {
    let fonts = Fonts::shipped();
    let sheet = include_bytes!("../../../tests/fixtures/sheets/jitensha.pdf");
    let mut template: Template = form().template().clone();
    template.draw.clear();
    template.field.iter_mut().for_each(|field| field.page = 2);
    let layout = layout::Layout::of(&template, Some(sheet), &fonts).unwrap();
    let pages = layout.sheet;
    let paper = Paper { pages, fields: layout.fields, ..Paper::compile(&form(), &fonts).unwrap() };
    let pdf = paper.fill(&sample(), &counter()).unwrap().pdf;
    ask("qpdf", &["--check", "form.pdf"], &pdf);
    let Some(text) = extracted(&pdf) else { return };
    let [first, second, ""] = text.split('\u{C}').collect::<Vec<_>>()[..] else { panic!("{text}") };
    assert!(!first.contains("髙﨑 一郎") && second.contains("髙﨑 一郎"), "{text}");
    for page in [0, 3] {
        template.field[0].page = page;
        let faults = layout::Layout::of(&template, Some(sheet), &fonts).err().unwrap();
        assert_eq!(faults[0].trouble, Trouble::NoSuchPage(page, 2));
    }
}

#[test]
fn a_town_s_own_page_of_another_size_is_told_with_its_size() {
    let sheet = include_bytes!("../../../tests/fixtures/sheets/shukaijo.pdf");
    let mut template: Template = toml::from_str(MIHON).unwrap();
    template.draw.clear();
    template.paper.size = crate::form::template::PaperSize::A5;
    let told = |template: &Template| {
        let faults = layout::Layout::of(template, Some(sheet), &Fonts::shipped()).err().unwrap();
        faults.last().unwrap().to_string()
    };
    assert_eq!(
        told(&template),
        "背景の PDF の 1 ページ目（210 × 297 mm）の大きさか向きが、paper と違います"
    );
    template.paper.size = crate::form::template::PaperSize::A4;
    template.paper.orientation = crate::form::template::Orientation::Landscape;
    assert!(told(&template).contains("大きさか向き"));
}
