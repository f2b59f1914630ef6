//! Records of nothing paid, and what is found to be wrong of them.

use super::*;
use crate::payment::report::{Summary, What, lines_on};

const DAY_AFTER: Date = date!(2026 - 11 - 28);

#[test]
fn a_record_of_nothing_is_taken_back_when_its_day_is_over_and_points_back() {
    let office = Office::open();
    let noted = office.noted_free("official");
    office.noted_free("exempt");
    let closing = office.close(TODAY, None).unwrap();
    assert_eq!(closing.totals.nothing.len(), 2);
    office.pass(24);
    // Not as if it had been on its own day.
    assert!(matches!(office.void(office.by(), &noted), Err(Error::DayOver)));
    let by = office.by();
    let back = office.take_back_free(by, &noted, Reason::WrongAmount).unwrap();
    let step = back.steps.last().unwrap();
    assert_eq!(
        (step.state, step.day, step.concerns, step.reason),
        (State::Voided, TOMORROW, Some(TODAY), Some(Reason::WrongAmount))
    );
    // The same press is the same, and one that says something else is refused.
    assert_eq!(office.take_back_free(by, &noted, Reason::WrongAmount).unwrap(), back);
    let other = office.take_back_free(by, &noted, Reason::Asked);
    assert!(matches!(other, Err(Error::Conflict)), "{other:?}");
    let twice = office.take_back_free(office.by(), &noted, Reason::WrongAmount);
    assert!(matches!(twice, Err(Error::State(_))), "{twice:?}");
    // What was sealed stays: totals, digest, and the lines of its book.
    assert_eq!(closings(&office.connection).unwrap(), std::slice::from_ref(&closing));
    assert!(closing.still_holds(&office.connection).unwrap());
    assert_eq!(totals(&office.connection, TODAY).unwrap(), closing.totals);
    let then = lines_on(&office.connection, TODAY).unwrap();
    assert_eq!(then.iter().map(|line| line.what).collect::<Vec<_>>(), [What::Free, What::Free]);
    // The day that is open has it below nothing.
    let [line] = &*lines_on(&office.connection, TOMORROW).unwrap() else { panic!("one line") };
    assert_eq!(
        (line.what, line.count, line.exempt, line.amount, line.concerns, line.reason),
        (What::Voided, -2, -2, 0, Some(TODAY), Some(Reason::WrongAmount))
    );
    let summary = Summary::of(std::slice::from_ref(line));
    assert_eq!((summary.all.count, summary.all.exempt, summary.all.net()), (-1, -2, 0));
    let now = totals(&office.connection, TOMORROW).unwrap();
    assert_eq!((now.nothing.len(), now.nothing_back), (0, [("official".to_owned(), 1)].into()));
    // That day is sealed with it, and stays so.
    let next = office.close(TOMORROW, None).unwrap();
    assert_eq!(next.totals.nothing_back.len(), 1);
    assert_eq!(office.contradiction(), None);
    office.journal.verify(&office.connection).unwrap().unwrap();
    // The visit owes again what it owes.
    let charge = charge_of(&office.connection, office.visit_of(&noted)).unwrap().unwrap();
    let corrected = office.charge(charge.visit, vec![residence(1)]).unwrap();
    office.take(office.by(), &corrected, Tender::Cash { received: Yen(300) }).unwrap();
    assert_eq!(office.contradiction(), None);
}

#[test]
fn a_day_that_is_over_and_open_still_keeps_what_it_noted() {
    let office = Office::open();
    let noted = office.noted_free("official");
    office.pass(48);
    let back = office.take_back_free(office.by(), &noted, Reason::Asked).unwrap();
    let step = back.steps.last().unwrap();
    assert_eq!((step.day, step.concerns), (DAY_AFTER, None), "no closed day to name");
    assert_eq!(totals(&office.connection, TODAY).unwrap().nothing.len(), 1);
    let closing = office.close(TODAY, None).unwrap();
    assert_eq!(closing.totals.nothing, [("official".to_owned(), 1)].into());
    let last = office.close(DAY_AFTER, None).unwrap();
    assert_eq!(last.totals.nothing_back, [("official".to_owned(), 1)].into());
    assert_eq!(office.contradiction(), None);
}

#[test]
fn money_is_not_taken_back_as_if_it_were_nothing() {
    let office = Office::open();
    let paid = office.paid(vec![residence(1)]);
    office.pass(24);
    let refused = office.take_back_free(office.by(), &paid, Reason::Asked);
    assert!(matches!(refused, Err(Error::WrongTender)), "{refused:?}");
}

#[test]
fn a_record_of_nothing_is_voided_on_its_day_for_one_reason() {
    let office = Office::open();
    let noted = office.noted_free("official");
    let by = office.by();
    office.void(by, &noted).unwrap();
    assert_eq!(office.void(by, &noted).unwrap().state(), State::Voided, "the same press");
    let other = office.write(|tx| void(tx, &office.journal, by, (noted.id, Reason::Asked, 1)));
    assert!(matches!(other, Err(Error::Conflict)), "{other:?}");
    let totals = totals(&office.connection, TODAY).unwrap();
    assert!(totals.nothing.is_empty() && totals.nothing_back.is_empty());
    assert_eq!(office.contradiction(), None);
}
