mod guards;
mod histories;

use std::sync::Arc;
use std::time::Duration;

use rusqlite::Connection;
use time::macros::{date, datetime};

use super::*;
use crate::chance::SeededChance;
use crate::clock::HeldClock;
use crate::db::{Step as SchemaStep, Tx};
use crate::id::VisitId;
use crate::journal::{Actor, Broken, OfficeKey};
use crate::lang::Words;
use crate::schema::STEPS;
use crate::yen::Tax;

/// A Thursday, and the days after it.
const NOW: Moment = datetime!(2026-11-26 9:00 +9);
const TODAY: Date = date!(2026 - 11 - 26);
const TOMORROW: Date = date!(2026 - 11 - 27);

/// An office in memory with a held clock.
struct Office {
    connection: Connection,
    journal: Journal,
    clock: Arc<HeldClock>,
}

impl Office {
    fn open() -> Self {
        Self::with([SCHEMA, AT_TERMINAL].concat())
    }

    /// With another schema of this room, all its steps in one.
    fn with(schema: String) -> Self {
        // As long as the test lasts, and not longer than the process.
        let schema: SchemaStep = Box::leak(schema.into_boxed_str());
        let own = |step: SchemaStep| match step {
            SCHEMA => schema,
            AT_TERMINAL => "",
            other => other,
        };
        let steps = STEPS.iter().map(|step| own(step));
        let steps: Vec<SchemaStep> = steps.collect();
        let mut connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("pragma foreign_keys = on").unwrap();
        db::migrate(&mut connection, &steps).unwrap();
        let chance = Arc::new(SeededChance::new(1));
        let clock = Arc::new(HeldClock::at(NOW));
        let key = OfficeKey::generate(&*chance);
        let journal = Journal::new(clock.clone(), chance, key);
        journal.open_log(&Tx::alone(&connection), "999997/honcho").unwrap();
        Self { connection, journal, clock }
    }

    /// What a job of the writer is: all of it, or nothing.
    fn write<T>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T, Error>) -> Result<T, Error> {
        self.connection.execute_batch("begin").unwrap();
        let done = work(&Tx::alone(&self.connection));
        match &done {
            Ok(_) => self.connection.execute_batch("commit").unwrap(),
            Err(_) => self.connection.execute_batch("rollback").unwrap(),
        }
        done
    }

    /// Statements as one transaction, whatever the program would say to them.
    fn attempt(&self, statements: &str) -> Result<(), rusqlite::Error> {
        let done = self.connection.execute_batch(&format!("begin; {statements}; commit"));
        if done.is_err() {
            self.connection.execute_batch("rollback").unwrap();
        }
        done
    }

    fn by(&self) -> By {
        By { op: self.journal.op(), actor: Actor::System }
    }

    fn pass(&self, hours: u64) {
        self.clock.advance(Duration::from_secs(hours * 3600));
    }

    fn charge(&self, visit: VisitId, lines: Vec<Line>) -> Result<Charge, Error> {
        let about = (visit, self.journal.now().date());
        self.write(|tx| charge(tx, &self.journal, Actor::System, about, lines))
            .map(|charge| charge.expect("there is a line"))
    }

    /// What a new visit owes.
    fn owing(&self, lines: Vec<Line>) -> Charge {
        self.charge(VisitId::new(self.journal.now(), &*self.journal.chance), lines).unwrap()
    }

    fn start(&self, by: By, charge: &Charge, tender: Tender) -> Result<Payment, Error> {
        let request =
            Request { charge: charge.id, amount: charge.total, tender, counter: 1, at: None };
        self.write(|tx| start(tx, &self.journal, by, &request))
    }

    /// At a terminal that the town has written.
    fn start_at(
        &self,
        charge: &Charge,
        (tender, at): (Tender, Option<At>),
    ) -> Result<Payment, Error> {
        let request = Request { charge: charge.id, amount: charge.total, tender, counter: 1, at };
        self.write(|tx| start(tx, &self.journal, self.by(), &request))
    }

    fn take(&self, by: By, charge: &Charge, tender: Tender) -> Result<Payment, Error> {
        let request =
            Request { charge: charge.id, amount: charge.total, tender, counter: 1, at: None };
        self.write(|tx| take(tx, &self.journal, by, &request))
    }

    fn settle(&self, by: By, payment: &Payment, outcome: &Outcome) -> Result<Payment, Error> {
        self.write(|tx| settle(tx, &self.journal, by, (payment.id, outcome)))
    }

    /// A payment in cash of what a new visit owes.
    fn paid(&self, lines: Vec<Line>) -> Payment {
        let charge = self.owing(lines);
        self.take(self.by(), &charge, Tender::Cash { received: charge.total }).unwrap()
    }

    /// A payment by a terminal that a new visit has begun.
    fn begun(&self, tender: Tender) -> Payment {
        self.start(self.by(), &self.owing(vec![residence(1)]), tender).unwrap()
    }

    fn void(&self, by: By, payment: &Payment) -> Result<Payment, Error> {
        self.write(|tx| void(tx, &self.journal, by, (payment.id, Reason::WrongAmount, 1)))
    }

    fn refund(&self, by: By, back: &Refund) -> Result<Payment, Error> {
        self.write(|tx| refund(tx, &self.journal, by, back))
    }

    fn count(&self, by: By, counted: u32) -> Result<Option<Entry>, Error> {
        self.write(|tx| count_cash(tx, &self.journal, by, (1, Yen(counted))))
    }

    fn close(&self, day: Date, reason: Option<Reason>) -> Result<Closing, Error> {
        let by = self.by();
        self.write(|tx| close(tx, &self.journal, by, (day, reason)))
    }

    fn totals(&self) -> Vec<(String, i64)> {
        let day = self.journal.now().date();
        totals(&self.connection, day).unwrap().accounts.into_iter().collect()
    }

    fn contradiction(&self) -> Option<String> {
        first_contradiction(&self.connection).unwrap()
    }
}

fn line(item: &str, count: u32, unit: u32) -> Line {
    let unit = Yen(unit);
    Line {
        form: "juminhyo".into(),
        question: "juminhyo.copies".into(),
        option: "copy".into(),
        name: Words { ja: "住民票の写し".into(), en: "Certificate of residence".into() },
        item: item.into(),
        count,
        unit,
        amount: unit.times(count).unwrap(),
        cashless: true,
        tax: Tax::Exempt,
        exempt: None,
    }
}

fn residence(copies: u32) -> Line {
    line("03-01", copies, 300)
}

fn tax(copies: u32) -> Line {
    line("04-01", copies, 350)
}

fn free(ground: &str) -> Line {
    Line { amount: Yen(0), exempt: Some(ground.into()), ..residence(2) }
}

fn slip(number: &str) -> Slip {
    Slip {
        brand: "suica".into(),
        acquirer: "mihon_pay".into(),
        terminal: "t1".into(),
        number: SlipNumber::typed(number).unwrap(),
    }
}

fn authorised(number: &str) -> Outcome {
    Outcome::Authorised(Some(slip(number)))
}

fn back(payment: &Payment, items: &[(&str, u32)], back: Back) -> Refund {
    Refund {
        payment: payment.id,
        items: items.iter().map(|(item, amount)| ((*item).to_owned(), Yen(*amount))).collect(),
        back,
        reason: Reason::NotIssued,
        counter: 1,
    }
}

fn accounts(totals: &[(&str, i64)]) -> Vec<(String, i64)> {
    totals.iter().map(|(account, amount)| ((*account).to_owned(), *amount)).collect()
}

#[test]
fn all_procedures_of_a_visit_are_paid_once_and_booked_by_item() {
    let office = Office::open();
    let charge = office.owing(vec![residence(2), tax(1)]);
    assert_eq!(charge.total, Yen(950));
    let paid = office.take(office.by(), &charge, Tender::Cash { received: Yen(1000) }).unwrap();
    assert_eq!((paid.state(), paid.change()), (State::Authorised, Some(Yen(50))));
    assert_eq!(
        office.totals(),
        accounts(&[("cash:1", 950), ("revenue:03-01", -600), ("revenue:04-01", -350)])
    );
    assert_eq!(office.contradiction(), None);
}

#[test]
fn a_double_tap_is_one_payment_and_two_counters_are_one_payment_too() {
    let office = Office::open();
    let charge = office.owing(vec![residence(1)]);
    let (by, cash) = (office.by(), Tender::Cash { received: Yen(500) });
    let paid = office.take(by, &charge, cash).unwrap();
    assert_eq!(office.take(by, &charge, cash).unwrap(), paid);
    // The same press with another content, and another counter.
    let other = Tender::Cash { received: Yen(1000) };
    assert!(matches!(office.take(by, &charge, other), Err(Error::Conflict)));
    assert!(matches!(office.take(office.by(), &charge, cash), Err(Error::Stands)));
    assert_eq!(office.totals(), accounts(&[("cash:1", 300), ("revenue:03-01", -300)]));
}

#[test]
fn a_press_that_was_something_else_is_no_payment() {
    let office = Office::open();
    let begun = office.begun(Tender::Credit);
    let by = office.by();
    office.settle(by, &begun, &Outcome::Declined).unwrap();
    let charge = office.owing(vec![residence(1)]);
    assert!(matches!(office.start(by, &charge, Tender::Credit), Err(Error::Conflict)));
    // The same word about another payment, and another word about the same.
    let other = office.begun(Tender::Qr);
    assert!(matches!(office.settle(by, &other, &Outcome::Declined), Err(Error::Conflict)));
    assert!(matches!(office.settle(by, &begun, &Outcome::Unknown), Err(Error::Conflict)));
    assert_eq!(office.settle(by, &begun, &Outcome::Declined).unwrap().state(), State::Declined);
}

#[test]
fn an_amount_that_changed_between_two_screens_is_not_paid() {
    let office = Office::open();
    let seen = office.owing(vec![residence(1)]);
    let corrected = office.charge(seen.visit, vec![residence(2)]).unwrap();
    assert_eq!(corrected.revision, 2);
    let cash = Tender::Cash { received: Yen(1000) };
    assert!(matches!(office.take(office.by(), &seen, cash), Err(Error::Changed)));
    let request =
        Request { charge: corrected.id, amount: Yen(300), tender: cash, counter: 1, at: None };
    let by = office.by();
    let refused = office.write(|tx| take(tx, &office.journal, by, &request));
    assert!(matches!(refused, Err(Error::Changed)));
    office.take(office.by(), &corrected, cash).unwrap();
    // What is paid does not change any more; the same lines are no change.
    let changed = office.charge(seen.visit, vec![residence(3)]);
    assert!(matches!(changed, Err(Error::Stands)));
    assert_eq!(office.charge(seen.visit, vec![residence(2)]).unwrap(), corrected);
}

#[test]
fn less_than_the_amount_and_cards_where_only_cash_is_taken_are_refused() {
    let office = Office::open();
    let charge = office.owing(vec![residence(1), Line { cashless: false, ..tax(1) }]);
    let little = office.take(office.by(), &charge, Tender::Cash { received: Yen(649) });
    assert!(matches!(little, Err(Error::TooLittle)));
    let card = office.start(office.by(), &charge, Tender::Credit);
    assert!(matches!(card, Err(Error::CashOnly)));
    // What is free does not bind anybody to cash.
    let free = office.owing(vec![residence(1), Line { cashless: false, ..free("pension") }]);
    office.start(office.by(), &free, Tender::Credit).unwrap();
    let nothing = office.take(office.by(), &charge, Tender::Nothing);
    assert!(matches!(nothing, Err(Error::WrongTender)));
    let at_once = office.take(office.by(), &charge, Tender::Qr);
    assert!(matches!(at_once, Err(Error::WrongTender)));
}

#[test]
fn what_is_free_is_a_record_with_its_ground() {
    let office = Office::open();
    let charge = office.owing(vec![free("pension"), line("03-01", 1, 0)]);
    let paid = office.take(office.by(), &charge, Tender::Nothing).unwrap();
    assert_eq!((paid.state(), paid.ground.as_deref()), (State::Authorised, Some("free,pension")));
    let totals = totals(&office.connection, TODAY).unwrap();
    assert_eq!(totals.nothing, [("free,pension".to_owned(), 1)].into());
    assert!(totals.accounts.is_empty() && totals.payments == 0);
    // Taken back, it is no record of the day any more.
    office.void(office.by(), &paid).unwrap();
    assert!(super::totals(&office.connection, TODAY).unwrap().nothing.is_empty());
    assert_eq!(office.contradiction(), None);
}

#[test]
fn a_public_office_pays_later() {
    let office = Office::open();
    let charge = office.owing(vec![residence(1)]);
    office.take(office.by(), &charge, Tender::Later).unwrap();
    assert_eq!(office.totals(), accounts(&[("later", 300), ("revenue:03-01", -300)]));
}

#[test]
fn a_silent_terminal_leaves_the_payment_unknown_until_it_is_looked_up() {
    let office = Office::open();
    let begun = office.begun(Tender::Emoney);
    let unknown = office.settle(office.by(), &begun, &Outcome::Unknown).unwrap();
    assert_eq!(unknown.state(), State::Unknown);
    assert_eq!(office.totals(), []);
    // Neither paid nor unpaid: nobody pays once more.
    let charge = charge_of(&office.connection, office.visit_of(&begun)).unwrap().unwrap();
    let again = office.take(office.by(), &charge, Tender::Cash { received: Yen(300) });
    assert!(matches!(again, Err(Error::Stands)));
    let found = office.settle(office.by(), &begun, &authorised("00017")).unwrap();
    assert_eq!(found.slip().unwrap().number.as_str(), "00017");
    assert_eq!(office.totals(), accounts(&[("emoney:suica", 300), ("revenue:03-01", -300)]));
    // Once.
    let twice = office.settle(office.by(), &begun, &Outcome::Declined);
    assert!(matches!(twice, Err(Error::State(_))));
}

#[test]
fn what_was_declined_can_be_paid_in_another_way() {
    let office = Office::open();
    let begun = office.begun(Tender::Credit);
    office.settle(office.by(), &begun, &Outcome::Declined).unwrap();
    let charge = charge_of(&office.connection, office.visit_of(&begun)).unwrap().unwrap();
    office.take(office.by(), &charge, Tender::Cash { received: Yen(300) }).unwrap();
    assert_eq!(office.totals(), accounts(&[("cash:1", 300), ("revenue:03-01", -300)]));
}

#[test]
fn a_terminal_that_answers_twice_or_with_the_slip_of_another_changes_nothing() {
    let office = Office::open();
    let first = office.begun(Tender::Credit);
    office.settle(office.by(), &first, &authorised("00001")).unwrap();
    let twice = office.settle(office.by(), &first, &authorised("00001"));
    assert!(matches!(twice, Err(Error::State(_))));
    let second = office.begun(Tender::Credit);
    let of_first = office.settle(office.by(), &second, &authorised("00001"));
    assert!(matches!(of_first, Err(Error::SlipTaken)));
    let without = office.settle(office.by(), &second, &Outcome::Authorised(None));
    assert!(matches!(without, Err(Error::NoSlip)));
    assert_eq!(get(&office.connection, second.id).unwrap().unwrap().state(), State::Started);
    // Slip numbers begin anew each day.
    office.pass(24);
    office.settle(office.by(), &second, &authorised("00001")).unwrap();
}

#[test]
fn the_terminal_that_is_asked_is_noted_before_anybody_touches_it() {
    let office = Office::open();
    let at = At { terminal: "t1".to_owned(), brand: Some("suica".to_owned()) };
    let owing = || office.owing(vec![residence(1)]);
    let begun = office.start_at(&owing(), (Tender::Emoney, Some(at.clone()))).unwrap();
    assert_eq!(get(&office.connection, begun.id).unwrap().unwrap().at, Some(at.clone()));
    assert_eq!(at_terminal(&office.connection, "t1").unwrap(), std::slice::from_ref(&begun));
    let of_other = Outcome::Authorised(Some(Slip { terminal: "t2".to_owned(), ..slip("00001") }));
    let refused = office.settle(office.by(), &begun, &of_other);
    assert!(matches!(refused, Err(Error::OtherTerminal)), "{refused:?}");
    office.settle(office.by(), &begun, &authorised("00001")).unwrap();
    assert_eq!(at_terminal(&office.connection, "t1").unwrap(), []);
    let cash = (Tender::Cash { received: Yen(300) }, Some(at));
    assert!(matches!(office.start_at(&owing(), cash), Err(Error::WrongTender)));
    assert_eq!(office.contradiction(), None);
}

#[test]
fn what_was_going_on_when_the_program_stopped_is_unknown() {
    let office = Office::open();
    let (begun, paid) = (office.begun(Tender::Qr), office.paid(vec![residence(1)]));
    let left = office.write(|tx| left_alone(tx, &office.journal)).unwrap();
    let state = |payment: &Payment| get(&office.connection, payment.id).unwrap().unwrap().state();
    assert_eq!((left, state(&begun), state(&paid)), (1, State::Unknown, State::Authorised));
    assert_eq!(office.write(|tx| left_alone(tx, &office.journal)).unwrap(), 0);
}

#[test]
fn a_void_takes_all_of_it_back_on_its_own_day() {
    let office = Office::open();
    let paid = office.paid(vec![residence(1), tax(1)]);
    let by = office.by();
    assert_eq!(office.void(by, &paid).unwrap().state(), State::Voided);
    assert_eq!(office.void(by, &paid).unwrap().state(), State::Voided, "the same press");
    let all = [("cash:1", 0), ("revenue:03-01", 0), ("revenue:04-01", 0)];
    assert_eq!(office.totals(), accounts(&all));
    assert!(matches!(office.void(office.by(), &paid), Err(Error::State(_))));
    // The visit owes it again.
    let charge = charge_of(&office.connection, office.visit_of(&paid)).unwrap().unwrap();
    let again = office.take(office.by(), &charge, Tender::Cash { received: Yen(650) }).unwrap();
    office.pass(24);
    assert!(matches!(office.void(office.by(), &again), Err(Error::DayOver)));
    assert_eq!(office.contradiction(), None);
}

#[test]
fn a_day_that_was_closed_is_not_voided() {
    let office = Office::open();
    let paid = office.paid(vec![residence(1)]);
    office.close(TODAY, None).unwrap();
    assert!(matches!(office.void(office.by(), &paid), Err(Error::DayOver)));
}

#[test]
fn a_part_is_given_back_in_cash_whatever_was_paid_with_and_never_more() {
    let office = Office::open();
    let charge = office.owing(vec![residence(2), tax(1)]);
    let begun = office.start(office.by(), &charge, Tender::Emoney).unwrap();
    let paid = office.settle(office.by(), &begun, &authorised("00002")).unwrap();
    let by = office.by();
    let part = back(&paid, &[("03-01", 300)], Back::Cash);
    assert_eq!(office.refund(by, &part).unwrap().state(), State::Authorised);
    assert_eq!(office.refund(by, &part).unwrap().state(), State::Authorised, "the same press");
    let other = back(&paid, &[("03-01", 200)], Back::Cash);
    assert!(matches!(office.refund(by, &other), Err(Error::Conflict)));
    for (items, refused) in [
        (&[("03-01", 301)][..], "TooMuch"),
        (&[("03-01", 300), ("04-01", 351)], "TooMuch"),
        (&[("03-02", 1)], "NotPaid"),
        (&[("03-01", 0)], "NotPaid"),
        (&[("03-01", 100), ("03-01", 100)], "NotPaid"),
    ] {
        let error = office.refund(office.by(), &back(&paid, items, Back::Cash)).unwrap_err();
        assert_eq!(format!("{error:?}"), refused);
    }
    // What is partly given back is not voided as if it were whole.
    assert!(matches!(office.void(office.by(), &paid), Err(Error::NotPaid)));
    let rest = back(&paid, &[("03-01", 300), ("04-01", 350)], Back::Same);
    assert_eq!(office.refund(office.by(), &rest).unwrap().state(), State::Refunded);
    assert_eq!(
        office.totals(),
        accounts(&[
            ("cash:1", -300),
            ("emoney:suica", 300),
            ("revenue:03-01", 0),
            ("revenue:04-01", 0)
        ])
    );
    assert_eq!(office.contradiction(), None);
}

#[test]
fn the_drawer_is_counted_and_what_differs_is_booked() {
    let office = Office::open();
    office.paid(vec![residence(1)]);
    assert_eq!(office.count(office.by(), 300).unwrap(), None);
    let by = office.by();
    let short = office.count(by, 250).unwrap().unwrap();
    assert_eq!(office.count(by, 250).unwrap().unwrap(), short, "the same press");
    assert!(matches!(office.count(by, 260), Err(Error::Conflict)));
    let all = [("cash:1", 250), ("over_short", 50), ("revenue:03-01", -300)];
    assert_eq!(office.totals(), accounts(&all));
    // Found again: the drawer is over what the books say now.
    office.count(office.by(), 300).unwrap().unwrap();
    let all = [("cash:1", 300), ("over_short", 0), ("revenue:03-01", -300)];
    assert_eq!(office.totals(), accounts(&all));
    // The next day begins with an empty drawer.
    office.pass(24);
    assert_eq!(office.count(office.by(), 0).unwrap(), None);
    assert_eq!(office.contradiction(), None);
}

#[test]
fn a_day_is_closed_when_all_is_known_or_a_reason_is_given() {
    let office = Office::open();
    let begun = office.begun(Tender::Credit);
    assert!(matches!(office.close(TODAY, None), Err(Error::NotKnown(1))));
    office.settle(office.by(), &begun, &Outcome::Unknown).unwrap();
    assert!(matches!(office.close(TODAY, None), Err(Error::NotKnown(1))));
    let closing = office.close(TODAY, Some(Reason::TerminalDown)).unwrap();
    assert_eq!(closing.reason, Some(Reason::TerminalDown));
    assert!(matches!(office.close(TODAY, None), Err(Error::DayClosed)));
    // Found out the day after: it lands on that day, and says where it belongs.
    office.pass(24);
    let paid = office.settle(office.by(), &begun, &authorised("00009")).unwrap();
    let [entry] = &*entries_of(&office.connection, paid.id).unwrap() else { panic!("one entry") };
    assert_eq!((entry.day, entry.concerns), (TOMORROW, Some(TODAY)));
    assert_eq!(office.contradiction(), None);
}

#[test]
fn after_the_close_money_belongs_to_the_next_day_and_keeps_its_time() {
    let office = Office::open();
    office.paid(vec![residence(1)]);
    let closing = office.close(TODAY, None).unwrap();
    assert_eq!((closing.totals.payments, closing.totals.sum(), closing.reason), (1, 0, None));
    let late = office.paid(vec![tax(1)]);
    assert_eq!((late.day, late.begun_at.date()), (TOMORROW, TODAY));
    assert_eq!(closings(&office.connection).unwrap(), [closing]);
    assert_eq!(office.contradiction(), None);
}

#[test]
fn days_are_closed_in_order_and_not_before_they_come() {
    let office = Office::open();
    office.paid(vec![residence(1)]);
    assert!(matches!(office.close(TOMORROW, None), Err(Error::NotYet)));
    office.pass(24);
    office.paid(vec![residence(1)]);
    assert!(matches!(office.close(TOMORROW, None), Err(Error::NotYet)));
    office.close(TODAY, None).unwrap();
    office.close(TOMORROW, None).unwrap();
    assert!(matches!(office.close(TODAY, None), Err(Error::DayClosed)));
}

#[test]
fn a_clock_that_was_set_back_over_midnight_moves_no_money() {
    let office = Office::open();
    office.pass(24);
    office.paid(vec![residence(1)]);
    let charge = office.owing(vec![residence(1)]);
    let yesterday = Arc::new(HeldClock::at(NOW));
    let key = OfficeKey::generate(&SeededChance::new(1));
    let behind = Journal::new(yesterday, Arc::new(SeededChance::new(2)), key);
    let tender = Tender::Cash { received: Yen(300) };
    let request = Request { charge: charge.id, amount: charge.total, tender, counter: 1, at: None };
    let by = office.by();
    let refused = office.write(|tx| take(tx, &behind, by, &request));
    assert!(matches!(refused, Err(Error::ClockBehind(TOMORROW))), "{refused:?}");
    // What was going on is unknown all the same: the program starts with such a clock.
    office.start(office.by(), &charge, Tender::Qr).unwrap();
    assert_eq!(office.write(|tx| left_alone(tx, &behind)).unwrap(), 1);
}

impl Office {
    fn visit_of(&self, payment: &Payment) -> VisitId {
        store::charge(&self.connection, payment.charge).unwrap().unwrap().visit
    }
}

#[test]
fn rows_that_were_changed_behind_the_journals_back_are_found() {
    // Balanced still, and so unknown to whoever only adds up.
    for (trigger, change) in [
        ("posting_is_never_edited", "update posting set amount = amount + 1"),
        ("payment_is_never_edited", "update payment set received = received + 1"),
        ("charge_line_is_never_edited", "update charge_line set item = '99'"),
        ("day_close_is_never_edited", "update day_close set totals = replace(totals, '300', '3')"),
    ] {
        let office = Office::open();
        office.paid(vec![residence(1)]);
        office.close(TODAY, None).unwrap();
        assert_eq!(office.contradiction(), None);
        office.attempt(&format!("drop trigger {trigger}; {change}")).unwrap();
        assert!(office.contradiction().is_some(), "{change}");
    }
}

#[test]
fn money_is_in_the_hash_chain_of_the_journal() {
    let office = Office::open();
    office.paid(vec![residence(1)]);
    let verified = office.journal.verify(&office.connection).unwrap().unwrap();
    assert_eq!(verified.entries, 3, "charge, start, settlement");
    let change = "drop trigger journal_is_never_edited;
        update journal set facts = replace(facts, '300', '400') where kind = 'payment.settled'";
    office.attempt(change).unwrap();
    let broken: Result<_, Broken> = office.journal.verify(&office.connection).unwrap();
    assert!(broken.is_err());
}
