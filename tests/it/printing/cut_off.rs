//! What was under way when something was stopped: found again, taken back or told
//! as printed, and nothing comes out later by itself.

use super::cups::Cups;
use super::office::Office;
use super::{entry, queue};
use crate::stage::office::hidden;
use crate::stage::wait_until;

/// An office that has just sent a paper to a printer which says nothing more; the
/// visit, its page before the press, and the address of the press.
fn sent_to(cups: &Cups) -> (Office, String, String, String) {
    sent_while(cups, "silent")
}

/// The same, with a printer that `is` so.
fn sent_while(cups: &Cups, is: &str) -> (Office, String, String, String) {
    let mut office = Office::open(&queue(cups, "a4"));
    let visit = office.visit();
    cups.is(is);
    let page = office.clerk.get(&visit).text;
    let sent = office.press_on(&page, &visit, "papers", 1).remove(0);
    wait_until("CUPS has the paper", || !cups.spooled().is_empty());
    let address = sent.header("location").to_owned();
    (office, visit, page, address)
}

#[test]
fn a_paper_under_way_when_the_power_goes_is_taken_back_and_not_sent_again() {
    let Some(cups) = Cups::start("a power cut while printing") else { return };
    let (mut office, visit, page, address) = sent_to(&cups);
    office.start_anew();
    let outcome = office.page_with(&address, "残りの印刷を取り消しました");
    assert!(outcome.contains("印刷できませんでした"), "{outcome}");
    cups.is("well");
    wait_until("the spool is empty", || cups.spooled().is_empty());
    assert_eq!(cups.came_out().len(), 0, "it does not come out by itself");
    let taken_back = entry("application.print_failed", "counter", "taken_back");
    let expected = [entry("application.print_sent", "counter", ""), taken_back];
    assert_eq!(office.printed(), expected);
    assert!(!office.clerk.get(&visit).text.contains("印刷1回"));
    // The browser sends the old page once more: that press was made.
    let sent = office.press_on(&page, &visit, "papers", 1).remove(0);
    assert_eq!(sent.header("location"), address);
    // The clerk wants another.
    let outcome = office.print_again(&visit, "papers", &outcome);
    assert!(outcome.contains("印刷しました"), "{outcome}");
    assert_eq!((cups.came_out().len(), office.printed().len()), (1, 4));
}

#[test]
fn an_old_page_that_is_sent_again_after_a_restart_prints_nothing_more() {
    let Some(cups) = Cups::start("an old page") else { return };
    let mut office = Office::open(&queue(&cups, "a4"));
    let visit = office.visit();
    let page = office.clerk.get(&visit).text;
    let sent = office.press_on(&page, &visit, "papers", 1).remove(0);
    office.outcome(sent.header("location"));
    let told = office.printed();
    assert_eq!((cups.came_out().len(), told.len()), (1, 2));
    office.start_anew();
    office.press_on(&page, &visit, "papers", 1);
    // What is printed now comes after whatever that press might have sent.
    office.print(&visit, "papers");
    assert_eq!(cups.came_out().len(), 2);
    assert_eq!(office.printed().len(), 4);
}

#[test]
fn a_paper_that_came_out_while_the_program_was_off_is_told_and_counted() {
    let Some(cups) = Cups::start("a paper nobody waited for") else { return };
    let (mut office, visit, _, address) = sent_to(&cups);
    office.while_off(|| {
        cups.is("well");
        wait_until("the paper comes out", || cups.ended() == 1);
    });
    let page = office.page_with(&address, "印刷しました");
    assert!(page.contains("窓口のプリンター"), "{page}");
    assert_eq!(office.printed()[1], entry("application.printed", "counter", ""));
    let page = office.clerk.get(&visit).text;
    assert!(page.contains("印刷1回") && !page.contains("印刷し直してください"), "{page}");
    wait_until("the spool is empty", || cups.spooled().is_empty());
    // Once more, and nothing is left to look for.
    office.start_anew();
    assert_eq!(office.printed().len(), 2);
}

#[test]
fn a_paper_that_was_corrected_while_nobody_followed_it_is_outdated_as_it_comes_out() {
    let Some(cups) = Cups::start("a corrected paper nobody waited for") else { return };
    let (mut office, visit, _, address) = sent_to(&cups);
    let page = office.clerk.get(&format!("{visit}?edit=applicant.phone")).text;
    let (_, form) = page.split_once(&format!("action=\"{visit}/answers\"")).unwrap();
    let fields = [
        ("key", hidden(form, "key")),
        ("op", hidden(form, "op")),
        ("path", "applicant.phone"),
        ("applicant.phone", "090-0000-0202"),
    ];
    let corrected = office.clerk.post(&format!("{visit}/answers"), &fields);
    assert!(corrected.header("location").starts_with(&visit), "{}", corrected.text);
    office.while_off(|| {
        cups.is("well");
        wait_until("the paper comes out", || cups.ended() == 1);
    });
    office.page_with(&address, "印刷しました");
    let page = office.clerk.get(&visit).text;
    assert!(page.contains("印刷1回") && page.contains("印刷し直してください"), "{page}");
}

#[test]
fn a_paper_in_a_cups_that_stops_is_taken_back_when_cups_is_there_again() {
    let Some(mut cups) = Cups::start("CUPS stops and starts") else { return };
    let (mut office, visit, _, address) = sent_to(&cups);
    cups.stop();
    office.page_with(&address, "あとから「窓口のプリンター」で印刷されることがあります");
    assert!(!cups.spooled().is_empty(), "CUPS means to print it");
    let leads_there = format!("href=\"{address}\"");
    assert!(office.clerk.get(&visit).text.contains(&leads_there), "whoever went on sees it, too");
    cups.launch();
    let page = office.page_with(&address, "残りの印刷を取り消しました");
    assert!(!page.contains("http-equiv=\"refresh\""), "{page}");
    assert!(!office.clerk.get(&visit).text.contains(&leads_there));
    wait_until("the spool is empty", || cups.spooled().is_empty());
    cups.is("well");
    assert_eq!(cups.came_out().len(), 0);
    let whys: Vec<_> = office.printed().into_iter().map(|[_, _, why]| why).collect();
    assert_eq!(whys, ["", "lost", "taken_back"]);
}

#[test]
fn a_driver_that_does_not_stop_at_once_leaves_nothing_in_cups_either() {
    let Some(cups) = Cups::start("a driver that goes on") else { return };
    let (mut office, _, _, address) = sent_while(&cups, "stubborn");
    // A driver that was not begun is not waited for by anybody.
    wait_until("the driver runs", || cups.has_started());
    office.start_anew();
    office.page_with(&address, "残りの印刷を取り消しました");
    wait_until("CUPS knows nothing", || cups.spooled().is_empty() && cups.ended() == 0);
    cups.is("well");
    assert_eq!(cups.came_out().len(), 0);
}

#[test]
fn a_slip_that_was_under_way_when_the_power_went_is_told_as_unknown() {
    let Some(mut cups) = Cups::start("a power cut while a slip is printed") else { return };
    let slips = super::slips(&format!(
        "kind = \"cups\"\nqueue = \"a4\"\nserver = \"{}\"",
        cups.socket().display()
    ));
    let mut office = Office::open(&slips);
    let visit = office.visit();
    office.last_page();
    cups.is("silent");
    let sent = office.press(&visit, "slip", 1).remove(0);
    wait_until("CUPS has the slip", || !cups.spooled().is_empty());
    // Somebody empties CUPS by hand.
    office.while_off(|| cups.forget_everything());
    let page = office.page_with(sent.header("location"), "印刷されたかどうか分かりません");
    assert!(page.contains("出ていなければもう一度印刷してください"), "{page}");
    assert_eq!(office.printed().pop().unwrap()[2], "interrupted");
}
