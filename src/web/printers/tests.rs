use std::sync::Arc;

use time::macros::datetime;

use super::*;
use crate::chance::SeededChance;
use crate::id::DeviceId;
use crate::journal::Actor;
use crate::visit;

fn slip(entry: OpId, progress: Progress) -> Part {
    Part { entry, what: Printout::Slip, printer: Some("slip-1".to_owned()), progress }
}

#[test]
fn a_press_is_begun_once_and_the_latest_slip_of_a_visit_counts() {
    let (printers, chance) = (Printers::default(), SeededChance::new(1));
    let now = datetime!(2026-11-24 9:00 +9);
    let visit = VisitId::new(now, &chance);
    let op = |millis| OpId::new(now + time::Duration::milliseconds(millis), &chance);
    let (first, second) = (op(0), op(1));
    let press = |entry| Press { visit, parts: vec![slip(entry, Progress::Running)] };
    assert_eq!(printers.slip_of(visit), None);
    assert!(printers.begin(first, press(first)));
    assert!(!printers.begin(first, press(first)));
    let failed = Progress::Ended(Err(printer::Error::PaperOut));
    printers.note(first, first, failed);
    assert_eq!(printers.slip_of(visit), Some(failed));
    assert!(printers.begin(second, press(second)));
    assert_eq!(printers.slip_of(visit), Some(Progress::Running));
    let noted = printers.press(first).unwrap().parts;
    assert_eq!(noted, [slip(first, failed)]);
}

#[test]
fn each_part_of_a_press_has_an_outcome_of_its_own() {
    let (printers, chance) = (Printers::default(), SeededChance::new(1));
    let now = datetime!(2026-11-24 9:00 +9);
    let (visit, op, other) =
        (VisitId::new(now, &chance), OpId::new(now, &chance), OpId::new(now, &chance));
    let parts = vec![slip(op, Progress::Running), slip(other, Progress::Running)];
    printers.begin(op, Press { visit, parts });
    printers.note(op, other, Progress::Ended(Ok(Printed::Done)));
    let told: Vec<Progress> =
        printers.press(op).unwrap().parts.iter().map(|part| part.progress).collect();
    assert_eq!(told, [Progress::Running, Progress::Ended(Ok(Printed::Done))]);
}

/// Takes everything.
struct Tray;

impl printer::Printer for Tray {
    fn print(
        &mut self,
        _: OpId,
        _: &[u8],
        _: &dyn Fn(Option<printer::Error>),
    ) -> Result<Printed, printer::Error> {
        Ok(Printed::Done)
    }
}

#[tokio::test]
async fn who_goes_in_the_middle_of_a_press_leaves_nothing_half_begun() {
    let (mut office, _clock, _folder) = crate::web::example::office(false).await;
    let own = Arc::get_mut(&mut office).unwrap();
    own.printers.add("slip-1", Box::new(Tray)).unwrap();
    let now = office.journal.now();
    let (op, entry) = (office.journal.op(), office.journal.op());
    let journal = office.journal.clone();
    let kiosk = DeviceId::new(now, &*journal.chance);
    let begin = move |tx: &crate::db::Tx<'_>| {
        visit::start(tx, &journal, journal.op(), kiosk, &visit::Wishes::default())
    };
    let sheets = Sheets {
        entry,
        what: Printout::Slip,
        printer: Some("slip-1".to_owned()),
        document: vec![1],
    };
    let order = Order {
        op,
        actor: Actor::System,
        visit: office.db.write(begin).await.unwrap(),
        opened: None,
        sheets: vec![sheets],
    };
    // The request is dropped at its first wait.
    let mut request = Box::pin(send(&office, order));
    let waits = std::future::poll_fn(|context| {
        std::task::Poll::Ready(request.as_mut().poll(context).is_pending())
    });
    assert!(waits.await);
    drop(request);
    // The visit is not handed in yet, so the press is refused; refused or
    // printed, it must not stand there as running for ever.
    let running = || {
        let press = office.printers.press(op);
        press.is_some_and(|press| press.parts[0].progress == Progress::Running)
    };
    let ended = async {
        while running() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), ended).await.unwrap();
}

#[test]
fn only_the_latest_presses_are_remembered() {
    let (printers, chance) = (Printers::default(), SeededChance::new(1));
    let now = datetime!(2026-11-24 9:00 +9);
    let press = Press { visit: VisitId::new(now, &chance), parts: Vec::new() };
    let first = OpId::new(now - time::Duration::hours(1), &chance);
    assert!(printers.begin(first, press.clone()));
    for millis in 0..PRESSES_MAX {
        let at = now + time::Duration::milliseconds(millis as i64);
        assert!(printers.begin(OpId::new(at, &chance), press.clone()));
    }
    assert_eq!(printers.press(first), None);
    assert_eq!(printers.lock().len(), PRESSES_MAX);
}
