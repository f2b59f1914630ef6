use std::path::Path;

use time::macros::datetime;

use super::*;
use crate::chance::SeededChance;
use crate::id::OpId;
use crate::payment::SlipNumber;
use crate::pdf::others;
use crate::printer::{self, Part, Qr};

fn line(name: &str, count: u32, unit: u32) -> Line {
    Line {
        names: vec![name.to_owned()],
        count,
        unit: Yen(unit),
        amount: Yen(count * unit),
        is_exempt: false,
        is_taxed: false,
    }
}

fn receipt(lines: Vec<Line>) -> Receipt {
    let paid_at = datetime!(2026-11-24 9:05 +9);
    let total = Yen::total(lines.iter().map(|line| line.amount)).unwrap();
    Receipt {
        payment: OpId::new(paid_at, &SeededChance::new(1)).into(),
        again: false,
        lang: Lang::Ja,
        town: "みほん町".to_owned(),
        office: "本庁舎".to_owned(),
        counter: "1 証明書の窓口".to_owned(),
        paid_at,
        number: "2026-11-24-17".to_owned(),
        total,
        given_back: Yen(0),
        tender: Tender::Cash { received: Yen(1000) },
        change: Yen(1000).0.checked_sub(total.0).map(Yen),
        slip: None,
        called: None,
        lines,
    }
}

fn two() -> Receipt {
    receipt(vec![line("住民票の写し", 2, 300), line("所得証明書", 1, 350)])
}

fn cashless() -> Receipt {
    let slip = Slip {
        brand: "suica".to_owned(),
        acquirer: "mihon_pay".to_owned(),
        terminal: "t1".to_owned(),
        number: SlipNumber::typed("00017").unwrap(),
    };
    let [brand, terminal, acquirer] =
        ["交通系IC", "証明書の窓口の端末", "みほん決済株式会社"].map(str::to_owned);
    let called = Some(Called { brand, terminal, acquirer });
    Receipt { tender: Tender::Emoney, change: None, slip: Some(slip), called, ..two() }
}

fn words(receipt: &Receipt) -> Vec<String> {
    let words = |part: &Part| match part {
        Part::Words { text, .. } => text.clone(),
        Part::Pair { left, right, .. } => format!("{left} | {right}"),
        Part::Rule => "---".to_owned(),
        Part::Qr(code) => format!("QR {code}"),
    };
    receipt.roll().parts.iter().map(words).collect()
}

#[test]
fn whoever_pays_cash_takes_this_receipt_along() {
    let expected = [
        "領収書",
        "みほん町 本庁舎",
        "---",
        "日時 | 令和8年11月24日 9:05",
        "収納番号 | 2026-11-24-17",
        "取扱窓口 | 1 証明書の窓口",
        "---",
        "住民票の写し",
        "　300円 × 2 | 600円",
        "所得証明書",
        "　350円 × 1 | 350円",
        "---",
        "合計 | 950円",
        "支払方法 | 現金",
        "お預かり | 1,000円",
        "お釣り | 50円",
        "---",
        "上記のとおり領収しました。",
        "消費税は非課税です。",
    ];
    assert_eq!(words(&two()), expected);
}

#[test]
fn what_a_terminal_took_is_no_receipt_and_says_how_to_find_it_again() {
    let words = words(&cashless());
    assert_eq!(words[0], "利用明細");
    assert_eq!(
        words[12..],
        [
            "合計 | 950円",
            "支払方法 | 電子マネー 交通系IC",
            "端末の伝票番号 | 00017",
            "端末 | 証明書の窓口の端末",
            "納付受託者 | みほん決済株式会社",
            "---",
            "この明細は領収書ではありません。決済端末の控えと一緒に保管してください。",
            "消費税は非課税です。",
        ]
    );
    assert!(!words.iter().any(|words| words.contains("領収しました")), "{words:?}");
}

#[test]
fn another_copy_says_so_and_what_went_back_is_taken_off() {
    let again = words(&Receipt { again: true, given_back: Yen(300), ..two() });
    assert_eq!(again[0], "【再発行】");
    assert!(again.contains(&"還付 | -300円".to_owned()), "{again:?}");
    assert!(again.contains(&"差引 | 650円".to_owned()), "{again:?}");
}

#[test]
fn what_is_exempt_or_taxed_says_so_without_a_ground() {
    let exempt = Line { amount: Yen(0), is_exempt: true, ..line("戸籍の証明", 1, 450) };
    let taxed = Line { is_taxed: true, ..line("会議室", 1, 500) };
    let both = words(&receipt(vec![exempt.clone(), line("住民票の写し", 1, 300), taxed.clone()]));
    assert!(both.contains(&"　450円 × 1（減免） | 0円".to_owned()), "{both:?}");
    assert!(both.contains(&"会議室※".to_owned()), "{both:?}");
    assert_eq!(both.last().unwrap(), "※は消費税を含みます。ほかは非課税です。");
    let all = words(&receipt(vec![exempt, taxed]));
    assert_eq!(all.last().unwrap(), "金額は消費税を含みます。");
}

#[test]
fn somebody_who_reads_another_language_finds_the_names_in_it_too() {
    let mut receipt = Receipt { lang: Lang::En, ..two() };
    receipt.lines[0].names.push("Certificate of residence".to_owned());
    let words = words(&receipt);
    assert_eq!(words[..2], ["領収書", "Receipt"]);
    assert_eq!(words[8..10], ["住民票の写し", "Certificate of residence"]);
}

#[test]
fn a_slip_printer_has_every_letter_of_it() {
    let partly = Line { is_taxed: true, is_exempt: true, ..line("会議室", 1, 500) };
    let all = [two(), cashless(), receipt(vec![partly, line("写し", 1, 1)])];
    for words in all.iter().flat_map(words) {
        assert_eq!(printer::lacking(&words), [], "{words}");
    }
}

/// Every byte, a line for each thing on the paper: made from Epson's reference with
/// another implementation's table of CP932.
#[test]
fn a_receipt_is_these_bytes() {
    let mut receipt = Receipt { again: true, ..two() };
    receipt.town = "髙﨑町".to_owned();
    let bytes = printer::bytes(&receipt.roll(), 32, Qr::Native);
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, include_str!("receipt.hex").replace(['\n', ' '], ""));
}

/// `MADOGUCHI_LOOK=DIR` keeps the files there, for whoever wants to look.
#[test]
fn long_names_and_many_lines_are_whole_on_every_paper() {
    let name = "記載事項証明書（世帯全員・続柄・本籍の記載を省略したもの。提出先の指定様式）";
    let lines = (1..=40).map(|n| line(&format!("{n} {name}"), n, 1_234_567 / n)).collect();
    let many = Receipt { tender: Tender::Credit, ..receipt(lines) };
    let fonts = crate::pdf::Fonts::shipped();
    let look = std::env::var_os("MADOGUCHI_LOOK");
    for (paper, pages, sheets) in
        [("a5", printer::Pages::A5, 5), ("roll80", printer::Pages::Roll80, 1)]
    {
        for (what, receipt) in [("cash", two()), ("cashless", cashless()), ("many", many.clone())] {
            let pdf = printer::pages(&[receipt.roll()], pages, &fonts);
            let traced = crate::pdf::traced(&pdf).unwrap();
            if let Some(look) = &look {
                std::fs::write(Path::new(look).join(format!("{what}-{paper}.pdf")), &pdf).unwrap();
            }
            assert_eq!(traced.len(), if what == "many" { sheets } else { 1 }, "{what} {paper}");
            let is_inside = |page: &crate::pdf::Traced| {
                let ends =
                    |one: &crate::pdf::Letter| one.x >= 0.0 && one.x + one.width <= page.width;
                page.letters.iter().all(|one| ends(one) && one.y >= 0.0)
            };
            assert!(traced.iter().all(is_inside), "{what} {paper}");
            let Some(drawn) = others::sheets(&pdf) else { continue };
            let letters = |text: &str| {
                let mut letters: Vec<char> =
                    text.chars().filter(|one| !one.is_whitespace()).collect();
                letters.sort_unstable();
                letters
            };
            let written = words(&receipt).concat().replace("---", "").replace(" | ", "");
            assert_eq!(letters(&drawn.concat()), letters(&written), "{what} {paper}");
        }
    }
}
