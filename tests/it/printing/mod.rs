//! Printers of every kind, as an office has them: what comes of a paper is seen
//! at once, nothing is lost, nothing comes out twice and nothing stays behind.

mod cups;
mod cut_off;
mod in_the_browser;
mod no_room;
mod office;
mod own_sheets;
mod slip_printer;

use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use cups::Cups;
use office::{Office, TABLET};
use slip_printer::{Health, PaperPrinter};

use crate::stage::clerk::words_of;
use crate::stage::office::hidden;
use crate::stage::wait_until;

fn queue(cups: &Cups, queue: &str) -> String {
    format!(
        "[[printer]]\nid = \"counter\"\nname = {{ ja = \"窓口のプリンター\", en = \"Counter\" }}\n\
         kind = \"cups\"\nqueue = \"{queue}\"\nserver = \"{}\"\nwait_secs = 8\n\
         [[papers]]\nprinter = \"counter\"\n",
        cups.socket().display()
    )
}

fn entry(kind: &str, printer: &str, why: &str) -> [String; 3] {
    [kind, printer, why].map(str::to_owned)
}

#[test]
fn a_paper_comes_out_of_the_queue_once_and_nothing_stays_in_the_spool() {
    let Some(cups) = Cups::start("a paper through CUPS") else { return };
    let mut office = Office::open(&queue(&cups, "a4"));
    let visit = office.visit();
    // A double click.
    let sent = office.press(&visit, "papers", 2);
    let address = sent[0].header("location").to_owned();
    assert_eq!(sent[1].header("location"), address);
    let page = office.outcome(&address);
    assert!(page.contains("印刷しました") && page.contains("窓口のプリンター"), "{page}");
    let papers = cups.came_out();
    assert_eq!(papers.len(), 1);
    let words = words_of(&papers[0]);
    assert!(words.contains("試験花子") && words.contains("A1"), "{words}");
    assert_eq!(cups.spooled(), Vec::<std::path::PathBuf>::new());
    assert!(office.clerk.get(&visit).text.contains("印刷1回"));
    let expected = [("application.print_sent", ""), ("application.printed", "")]
        .map(|(kind, why)| entry(kind, "counter", why));
    assert_eq!(office.printed(), expected);
    // By hand, from the browser, as ever.
    let page = office.clerk.get(&visit).text;
    let fields = [("key", hidden(&page, "key")), ("printer", "browser")];
    let shown = office.clerk.post(&format!("{visit}/papers"), &fields);
    assert_eq!(shown.header("content-type"), "application/pdf");
}

#[test]
fn what_cups_will_not_let_go_of_is_removed_as_soon_as_it_does_while_the_program_runs() {
    let Some(mut cups) = Cups::start("a job that stays") else { return };
    cups.lets_jobs_be_removed(false);
    let mut office = Office::open(&queue(&cups, "a4"));
    let visit = office.visit();
    let page = office.print(&visit, "papers");
    assert!(page.contains("印刷しました"), "{page}");
    assert!(!cups.spooled().is_empty(), "CUPS keeps the document");
    cups.lets_jobs_be_removed(true);
    wait_until("the spool is empty", || cups.spooled().is_empty());
    assert_eq!(cups.came_out().len(), 1, "and nothing is printed once more");
}

#[test]
fn without_paper_the_clerk_knows_at_once_and_prints_again_when_there_is_some() {
    let Some(cups) = Cups::start("paper out") else { return };
    let mut office = Office::open(&queue(&cups, "a4"));
    let visit = office.visit();
    cups.is("empty");
    let pressed = Instant::now();
    let sent = office.press(&visit, "papers", 1).remove(0);
    let page =
        office.page_with(sent.header("location"), "用紙がありません。用紙を入れてください。");
    let known_after = pressed.elapsed();
    assert!(known_after < Duration::from_secs(6), "known only after {known_after:.1?}");
    assert!(page.contains("印刷が止まっています"), "not given up yet: {page}");
    let page = office.outcome(sent.header("location"));
    assert!(page.contains("印刷できませんでした") && page.contains("用紙がありません"), "{page}");
    assert_eq!(cups.spooled(), Vec::<std::path::PathBuf>::new());
    assert!(!office.clerk.get(&visit).text.contains("印刷1回"));
    cups.is("well");
    let page = office.print_again(&visit, "papers", &page);
    assert!(page.contains("印刷しました"), "{page}");
    // The first one was taken back: it does not come out by itself.
    assert_eq!(cups.came_out().len(), 1);
    let kinds: Vec<_> = office.printed().into_iter().map(|[kind, _, why]| (kind, why)).collect();
    let expected = [
        ("application.print_sent", ""),
        ("application.print_failed", "paper_out"),
        ("application.print_sent", ""),
        ("application.printed", ""),
    ];
    assert_eq!(kinds, expected.map(|(kind, why)| (kind.to_owned(), why.to_owned())));
}

#[test]
fn the_last_sheet_of_a_tray_is_printed_and_so_is_one_that_waited_for_paper() {
    let Some(cups) = Cups::start("the last sheet") else { return };
    let mut office = Office::open(&queue(&cups, "a4"));
    let visit = office.visit();
    for (at_first, papers) in [("last", 1), ("empty", 2)] {
        cups.is(at_first);
        let sent = office.press(&visit, "papers", 1).remove(0);
        let address = sent.header("location");
        office.page_with(address, "印刷が止まっています");
        cups.is("well");
        let page = office.outcome(address);
        assert!(page.contains("印刷しました"), "{at_first}: {page}");
        assert_eq!(cups.came_out().len(), papers);
        assert_eq!(office.printed().pop().unwrap(), entry("application.printed", "counter", ""));
        assert_eq!(cups.spooled(), Vec::<std::path::PathBuf>::new());
    }
}

#[test]
fn a_dead_printer_a_wrong_queue_and_a_stopped_one_are_told_apart() {
    let Some(cups) = Cups::start("dead printers") else { return };
    for (name, why, sentence) in [
        ("dead", "unreachable", "電源とケーブルを確かめてください"),
        ("nowhere", "no_queue", "印刷待ち行列）が見つかりません"),
        ("paused", "stopped", "プリンターが停止しています"),
    ] {
        let mut office = Office::open(&queue(&cups, name));
        let visit = office.visit();
        let page = office.print(&visit, "papers");
        assert!(page.contains(sentence), "{name}: {page}");
        assert_eq!(office.printed()[1], entry("application.print_failed", "counter", why));
        assert_eq!(cups.spooled(), Vec::<std::path::PathBuf>::new(), "{name}");
    }
    assert_eq!(cups.came_out(), Vec::<Vec<u8>>::new());
}

#[test]
fn a_printer_that_never_ends_is_given_up_and_a_cups_that_is_gone_is_told() {
    let Some(mut cups) = Cups::start("a silent printer") else { return };
    let mut office = Office::open(&queue(&cups, "a4"));
    let visit = office.visit();
    cups.is("silent");
    let page = office.print(&visit, "papers");
    assert!(page.contains("時間内に印刷が終わりませんでした"), "{page}");
    assert_eq!(cups.spooled(), Vec::<std::path::PathBuf>::new());
    let sent = office.press(&visit, "papers", 1).remove(0);
    wait_until("CUPS has the paper", || !cups.spooled().is_empty());
    let told = cups.told_of_jobs();
    assert!(told.contains("job-name") && told.contains("madoguchi-"), "{told}");
    assert!(!told.contains("試験") && !told.contains("住民票"), "{told}");
    cups.kill();
    let page = office.outcome(sent.header("location"));
    assert!(page.contains("あとから「窓口のプリンター」で印刷されることがあります"), "{page}");
    let page = office.print_again(&visit, "papers", &page);
    assert!(page.contains("CUPS）が動いていません"), "{page}");
}

fn slips(printer: &str) -> String {
    format!(
        "[[printer]]\nid = \"slip-1\"\nname = {{ ja = \"記載台1の票\", en = \"Slips\" }}\n{printer}\n\
         [[slips]]\nprinter = \"slip-1\"\nkiosks = [\"{TABLET}\"]\ndesk = true\n"
    )
}

#[test]
fn a_resident_takes_a_slip_along_and_its_code_opens_the_visit_at_the_desk() {
    let printer = PaperPrinter::start();
    let config = format!("kind = \"tcp\"\naddress = \"{}\"\nwait_secs = 10", printer.address);
    let mut office = Office::open(&slips(&config));
    let visit = office.visit();
    let page = office.last_page();
    assert!(page.contains("お渡し票をお取りください"), "{page}");
    let slip = printer.printed().remove(0);
    let words = encoding_rs::SHIFT_JIS.decode(&slip).0.into_owned();
    for expected in ["みほん町", "お渡し票", "A1", "住民票の写し", "町民課　窓口 1・2・3"]
    {
        assert!(words.contains(expected), "{expected} in {words}");
    }
    assert!(!words.contains("試験"), "no name stands on it");
    let code = words.split("1P0").nth(1).unwrap().split('\u{1d}').next().unwrap();
    assert_eq!(office.find(code), visit);
    let expected = [entry("slip.print_sent", "slip-1", ""), entry("slip.printed", "slip-1", "")];
    assert_eq!(office.printed(), expected);
}

#[test]
fn papers_go_to_no_printer_of_slips_whatever_a_form_says() {
    let printer = PaperPrinter::start();
    let browser = "[[printer]]\nid = \"by-hand\"\nname = { ja = \"手で\", en = \"By hand\" }\n\
                   kind = \"browser\"\n";
    let config = format!("kind = \"tcp\"\naddress = \"{}\"\nwait_secs = 10", printer.address);
    let mut office = Office::open(&format!("{}{browser}", slips(&config)));
    let visit = office.visit();
    office.last_page();
    let before = (printer.printed().len(), office.printed());
    for (road, id) in
        [("papers", "slip-1"), ("papers", "by-hand"), ("papers", "nowhere"), ("slip", "by-hand")]
    {
        let page = office.clerk.get(&visit).text;
        let (_, form) = page.split_once(&format!("action=\"{visit}/{road}\"")).unwrap();
        let fields = [("key", hidden(&page, "key")), ("op", hidden(form, "op")), ("printer", id)];
        let answer = office.clerk.post(&format!("{visit}/{road}"), &fields);
        assert_eq!(answer.status, 400, "{road} to {id}: {}", answer.text);
    }
    assert_eq!((printer.printed().len(), office.printed()), before);
}

#[test]
fn without_a_slip_the_resident_remembers_the_number_and_the_desk_prints_it_later() {
    let printer = PaperPrinter::start();
    let config = format!("kind = \"tcp\"\naddress = \"{}\"\nwait_secs = 10", printer.address);
    let mut office = Office::open(&slips(&config));
    printer.is(Health::PaperOut);
    let visit = office.visit();
    let page = office.last_page();
    assert!(page.contains("番号を覚えるか、書き留めてください"), "{page}");
    assert!(page.contains("<strong>A1</strong>"), "{page}");
    let outcome = office.print(&visit, "slip");
    assert!(outcome.contains("用紙がありません"), "{outcome}");
    printer.is(Health::CoverOpen);
    let outcome = office.print_again(&visit, "slip", &outcome);
    assert!(outcome.contains("ふたが開いています"), "{outcome}");
    printer.is(Health::Well);
    let outcome = office.print_again(&visit, "slip", &outcome);
    assert!(outcome.contains("印刷しました"), "{outcome}");
    assert_eq!(printer.printed().len(), 1);
    let whys: Vec<_> = office.printed().into_iter().map(|[_, _, why]| why).collect();
    assert_eq!(whys, ["", "paper_out", "", "paper_out", "", "cover_open", "", ""]);
}

#[test]
fn a_slip_goes_to_a_device_that_cannot_answer_and_the_desk_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let device = folder.path().join("lp0");
    std::fs::write(&device, "").unwrap();
    let config = format!(
        "kind = \"device\"\npath = \"{}\"\nanswers = false\nqr = \"raster\"",
        device.display()
    );
    let mut office = Office::open(&slips(&config));
    let visit = office.visit();
    assert!(office.last_page().contains("お渡し票をお取りください"));
    let outcome = office.print(&visit, "slip");
    assert!(outcome.contains("結果を答えません"), "{outcome}");
    let bytes = std::fs::read(&device).unwrap();
    assert_eq!(bytes.windows(4).filter(|four| four == b"\x1dVB\x00").count(), 2, "cut twice");
    std::fs::remove_file(&device).unwrap();
    let outcome = office.print(&visit, "slip");
    assert!(outcome.contains("電源とケーブルを確かめてください"), "{outcome}");
    assert!(!Path::new(&device).exists());
}

#[test]
fn without_any_printer_the_slip_is_a_pdf_whose_code_opens_the_visit() {
    for (pages, width) in [("a5", "419.5"), ("roll80", "226.7")] {
        let browser = format!(
            "[[printer]]\nid = \"browser\"\nname = {{ ja = \"ブラウザー\", en = \"Browser\" }}\n\
             kind = \"browser\"\nslip_pages = \"{pages}\"\n"
        );
        let mut office = Office::open(&browser);
        let visit = office.visit();
        let slip = office.press(&visit, "slip", 1).remove(0);
        assert_eq!(slip.header("content-type"), "application/pdf");
        let words = words_of(&slip.bytes);
        assert!(words.contains("お渡し票") && words.contains("次に行くところ"), "{words}");
        assert!(!words.contains("試験"), "no name stands on it");
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("slip.pdf");
        std::fs::write(&file, &slip.bytes).unwrap();
        let sizes = said(Command::new("pdfinfo").arg(&file));
        assert!(sizes.contains(&format!("Page size:       {width}")), "{sizes}");
        let picture = folder.path().join("slip");
        said(
            Command::new("pdftoppm")
                .args(["-r", "150", "-png", "-singlefile"])
                .arg(&file)
                .arg(&picture),
        );
        let code =
            said(Command::new("zbarimg").args(["-q", "--raw"]).arg(picture.with_extension("png")));
        assert_eq!(office.find(code.trim()), visit);
    }
}

/// What a program says on its standard output.
fn said(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

const O_NONBLOCK: i32 = 0o4000;

#[test]
fn a_device_whose_buffer_is_full_is_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let device = folder.path().join("lp0");
    let made = Command::new("mkfifo").arg(&device).status().unwrap();
    assert!(made.success());
    // Holds the line open and takes nothing: sixty-four kilobytes, then it waits.
    let mut line = std::fs::OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(O_NONBLOCK)
        .open(&device)
        .unwrap();
    while std::io::Write::write(&mut line, &[0; 4096]).is_ok() {}
    let config = format!(
        "kind = \"device\"\npath = \"{}\"\nanswers = false\nwait_secs = 5",
        device.display()
    );
    let mut office = Office::open(&slips(&config));
    office.visit();
    let page = office.last_page();
    assert!(page.contains("番号を覚えるか、書き留めてください"), "{page}");
    assert_eq!(office.printed()[1], entry("slip.print_failed", "slip-1", "timed_out"));
}
