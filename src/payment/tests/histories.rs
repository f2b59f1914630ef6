//! Random days: whatever people, terminals and clocks do, the ledger holds.

mod sums;

use proptest::prelude::*;

use super::*;
use crate::id::{GiveBackId, OpId};

/// Something that may be tried at any time, on one of the visits so far.
#[derive(Clone, Debug)]
enum Try {
    Owe {
        residence: u32,
        tax: u32,
        free: bool,
    },
    Correct {
        visit: usize,
        copies: u32,
    },
    Cash {
        visit: usize,
        more: u32,
        counter: u32,
    },
    Begin {
        visit: usize,
        kind: u8,
        counter: u32,
    },
    Settle {
        payment: usize,
        slip: u32,
        outcome: u8,
    },
    Void {
        payment: usize,
        counter: u32,
    },
    TakeBackFree {
        payment: usize,
    },
    Refund {
        payment: usize,
        residence: u32,
        tax: u32,
        cash: bool,
        counter: u32,
    },
    /// Money back through the terminal: of everything, or of one item.
    AskBack {
        payment: usize,
        residence: Option<u32>,
        counter: u32,
    },
    TellBack {
        back: usize,
        slip: u32,
        outcome: u8,
    },
    Count {
        counted: i64,
        counter: u32,
    },
    /// The day that is open, or the one before today.
    Close {
        excused: bool,
        earlier: bool,
    },
    Hours(u64),
    /// The last act once more, with the same press.
    Again,
    Restart,
}

fn anything() -> impl Strategy<Value = Try> {
    let (index, counter) = (|| 0..6usize, || 1..4u32);
    prop_oneof![
        3 => (0..3u32, 0..3u32, any::<bool>())
            .prop_map(|(residence, tax, free)| Try::Owe { residence, tax, free }),
        1 => (index(), 1..4u32).prop_map(|(visit, copies)| Try::Correct { visit, copies }),
        3 => (index(), 0..3u32, counter())
            .prop_map(|(visit, more, counter)| Try::Cash { visit, more, counter }),
        3 => (index(), 0..6u8, counter())
            .prop_map(|(visit, kind, counter)| Try::Begin { visit, kind, counter }),
        4 => (index(), 1..9u32, 0..3u8)
            .prop_map(|(payment, slip, outcome)| Try::Settle { payment, slip, outcome }),
        2 => (index(), counter()).prop_map(|(payment, counter)| Try::Void { payment, counter }),
        1 => index().prop_map(|payment| Try::TakeBackFree { payment }),
        2 => (index(), 0..700u32, 0..400u32, any::<bool>(), counter())
            .prop_map(|(payment, residence, tax, cash, counter)| {
                Try::Refund { payment, residence, tax, cash, counter }
            }),
        3 => (index(), prop::option::of(0..700u32), counter())
            .prop_map(|(payment, residence, counter)| {
                Try::AskBack { payment, residence, counter }
            }),
        3 => (index(), 1..9u32, 0..3u8)
            .prop_map(|(back, slip, outcome)| Try::TellBack { back, slip, outcome }),
        1 => (-1000..2000i64, counter())
            .prop_map(|(counted, counter)| Try::Count { counted, counter }),
        1 => (any::<bool>(), any::<bool>())
            .prop_map(|(excused, earlier)| Try::Close { excused, earlier }),
        1 => (1..30u64).prop_map(Try::Hours),
        2 => Just(Try::Again),
        1 => Just(Try::Restart),
    ]
}

/// A day as it goes, and what was taken of it.
struct Day {
    office: Office,
    visits: Vec<VisitId>,
    payments: Vec<PaymentId>,
    backs: Vec<GiveBackId>,
    last: Option<(By, Try)>,
    /// The day of the last press that closed one.
    closing: Option<(OpId, Date)>,
}

impl Day {
    fn new(office: Office) -> Self {
        let (visits, payments, backs) = (Vec::new(), Vec::new(), Vec::new());
        Self { office, visits, payments, backs, last: None, closing: None }
    }

    fn visit(&self, at: usize) -> Option<VisitId> {
        self.visits.get(at).copied()
    }

    fn owed(&self, at: usize) -> Option<Charge> {
        charge_of(&self.office.connection, self.visit(at)?).unwrap()
    }

    fn payment(&self, at: usize) -> Option<Payment> {
        get(&self.office.connection, *self.payments.get(at)?).unwrap()
    }

    /// Tries something; a refusal is an answer, a fault is not. What is about a visit or
    /// a payment that is not there is nothing.
    fn attempt(&mut self, by: By, what: &Try) -> Result<Option<()>, Error> {
        let office = &self.office;
        match what {
            Try::Owe { .. } | Try::Correct { .. } => self.owe(what),
            Try::Cash { visit, more, counter } => {
                let Some(charge) = self.owed(*visit) else { return Ok(None) };
                let tender = match charge.total {
                    Yen(0) => Tender::Nothing,
                    Yen(total) => Tender::Cash { received: Yen(total + more * 500) },
                };
                let at = None;
                let request = Request {
                    charge: charge.id,
                    amount: charge.total,
                    tender,
                    counter: *counter,
                    at,
                };
                let paid = office.write(|tx| take(tx, &office.journal, by, &request))?;
                self.payments.push(paid.id);
                Ok(Some(()))
            }
            Try::Begin { visit, kind, counter } => {
                let Some(charge) = self.owed(*visit) else { return Ok(None) };
                let kinds = [Tender::Credit, Tender::Debit, Tender::Emoney, Tender::Qr];
                let tender = kinds.get(usize::from(*kind)).copied().unwrap_or(Tender::Later);
                let at = At { terminal: "t1".to_owned(), brand: None };
                let request = Request {
                    charge: charge.id,
                    amount: charge.total,
                    tender,
                    counter: *counter,
                    at: tender.is_cashless().then_some(at),
                };
                let begun = office.write(|tx| start(tx, &office.journal, by, &request))?;
                self.payments.push(begun.id);
                Ok(Some(()))
            }
            Try::AskBack { .. } | Try::TellBack { .. } => self.go_back(by, what),
            Try::Settle { .. }
            | Try::Void { .. }
            | Try::TakeBackFree { .. }
            | Try::Refund { .. } => self.with_one(by, what),
            Try::Count { .. } | Try::Close { .. } => self.end(by, what),
            Try::Hours(hours) => {
                office.pass(*hours);
                Ok(Some(()))
            }
            Try::Restart => office.write(|tx| left_alone(tx, &office.journal)).map(|_| Some(())),
            Try::Again => Ok(None),
        }
    }

    fn go_back(&mut self, by: By, what: &Try) -> Result<Option<()>, Error> {
        let office = &self.office;
        match what {
            Try::AskBack { payment, residence, counter } => {
                let Some(one) = self.payment(*payment) else { return Ok(None) };
                let items = residence.map(|yen| vec![("03-01".to_owned(), Yen(yen))]);
                let (payment, reason, counter) = (one.id, Reason::NotIssued, *counter);
                let wanted = Wanted { payment, items, reason, counter };
                let back = office.write(|tx| give_back::begin(tx, &office.journal, by, &wanted))?;
                self.backs.push(back.id);
                Ok(Some(()))
            }
            Try::TellBack { back, slip: number, outcome } => {
                let Some(id) = self.backs.get(*back) else { return Ok(None) };
                let back = give_back::get(&office.connection, *id).unwrap().unwrap();
                let outcome = match outcome {
                    0 => Outcome::Authorised(Some(slip(&number.to_string()))),
                    1 => Outcome::Declined,
                    _ => Outcome::Unknown,
                };
                office.tell_back(by, &back, &outcome)?;
                Ok(Some(()))
            }
            other => unreachable!("{other:?} gives nothing back through a terminal"),
        }
    }

    fn end(&mut self, by: By, what: &Try) -> Result<Option<()>, Error> {
        let office = &self.office;
        match what {
            Try::Count { counted, counter } => {
                let day = business_day(&office.connection, office.journal.now().date())?;
                let counted = (day, *counter, *counted);
                office.write(|tx| count_cash(tx, &office.journal, by, counted)).map(|_| Some(()))
            }
            Try::Close { excused, earlier } => {
                let reason = excused.then_some(Reason::TerminalDown);
                let today = office.journal.now().date();
                let day = if *earlier { today.previous_day().unwrap() } else { today };
                // A press that is sent again speaks of the day that it spoke of.
                let again = self.closing.filter(|(op, _)| *op == by.op);
                let day = again.map_or(day, |(_, day)| day);
                self.closing = Some((by.op, day));
                office.write(|tx| close(tx, &office.journal, by, (day, reason)))?;
                Ok(Some(()))
            }
            other => unreachable!("{other:?} ends no day"),
        }
    }

    fn owe(&mut self, what: &Try) -> Result<Option<()>, Error> {
        let journal = &self.office.journal;
        match what {
            Try::Owe { residence: copies, tax: more, free: is_free } => {
                let id = VisitId::new(journal.now(), &*journal.chance);
                let mut lines = vec![residence(*copies + 1)];
                lines.extend((*more > 0).then(|| tax(*more)));
                if *is_free {
                    lines = vec![free("pension")];
                }
                self.office.charge(id, lines)?;
                self.visits.push(id);
            }
            Try::Correct { visit, copies } => {
                let Some(id) = self.visit(*visit) else { return Ok(None) };
                self.office.charge(id, vec![residence(*copies)])?;
            }
            other => unreachable!("{other:?} changes no charge"),
        }
        Ok(Some(()))
    }

    fn with_one(&self, by: By, what: &Try) -> Result<Option<()>, Error> {
        let at = match what {
            Try::Settle { payment, .. } | Try::Void { payment, .. } => *payment,
            Try::Refund { payment, .. } | Try::TakeBackFree { payment } => *payment,
            other => unreachable!("{other:?} is about no payment"),
        };
        let Some(one) = self.payment(at) else { return Ok(None) };
        match what {
            Try::Settle { slip: number, outcome, .. } => {
                let slip = one.tender.is_cashless().then(|| slip(&number.to_string()));
                let outcome = match outcome {
                    0 => Outcome::Authorised(slip),
                    1 => Outcome::Declined,
                    _ => Outcome::Unknown,
                };
                self.office.settle(by, &one, &outcome)?;
            }
            Try::Refund { residence, tax, cash, counter, .. } => {
                let way = if *cash { Back::Cash } else { Back::Same };
                let items = [("03-01", *residence), ("04-01", *tax)];
                let refund = Refund { counter: *counter, ..back(&one, &items, way) };
                self.office.refund(by, &refund)?;
            }
            Try::TakeBackFree { .. } => {
                self.office.take_back_free(by, &one, Reason::WrongAmount)?;
            }
            Try::Void { counter, .. } => {
                let (journal, what) = (&self.office.journal, (one.id, Reason::Asked, *counter));
                self.office.write(|tx| void(tx, journal, by, what))?;
            }
            other => unreachable!("{other:?} is about no payment"),
        }
        Ok(Some(()))
    }

    fn go(&mut self, what: &Try) {
        let again = matches!(what, Try::Again);
        let (by, what) = match &self.last {
            Some((by, last)) if again => (*by, last.clone()),
            _ => (self.office.by(), what.clone()),
        };
        let before = self.money();
        let done = self.attempt(by, &what);
        match &done {
            Ok(_) if again => {
                // The same press has done nothing more, except what has no press.
                let has_press = !matches!(what, Try::Owe { .. });
                assert!(!has_press || self.money() == before, "{what:?} was done twice");
            }
            Ok(Some(())) => self.last = Some((by, what.clone())),
            Ok(None) => {}
            Err(Error::Db(fault)) => panic!("{what:?}: {fault}"),
            Err(Error::Journal(fault)) => panic!("{what:?}: {fault}"),
            Err(_) => assert_eq!(self.money(), before, "a refusal of {what:?} moved money"),
        }
    }

    /// All that was ever written: both sides, entries, states, and closed days.
    fn money(&self) -> (Balance, i64, Vec<Closing>) {
        let connection = &self.office.connection;
        let states = "select count(*) from payment_step";
        let states = connection.query_row(states, [], |row| row.get(0)).unwrap();
        (balance(connection).unwrap(), states, closings(connection).unwrap())
    }

    /// What must hold after anything.
    fn holds(&self) {
        let connection = &self.office.connection;
        assert_eq!(self.office.contradiction(), None);
        let (balance, ..) = self.money();
        assert_eq!(balance.debit, balance.credit);
        self.book_says_the_same();
        self.what_went_back_is_booked_once();
        for visit in &self.visits {
            let payments = of_visit(connection, *visit).unwrap();
            let standing = payments.iter().filter(|payment| payment.state().stands()).count();
            assert!(standing <= 1, "a visit pays once");
            for payment in payments {
                self.holds_for(&payment);
            }
        }
    }

    /// What a terminal gave, and nothing that it did not, is an entry of its own.
    fn what_went_back_is_booked_once(&self) {
        let connection = &self.office.connection;
        for id in &self.backs {
            let back = give_back::get(connection, *id).unwrap().unwrap();
            let entry = books::entry(connection, EntryId::from(*id)).unwrap();
            assert_eq!(entry.is_some(), back.state() == State::Authorised);
            let given = entry.iter().flat_map(|entry| &entry.postings);
            let given: i64 =
                given.filter(|one| one.side == Side::Credit).map(Posting::signed).sum();
            let expected = if entry.is_some() { -i64::from(back.amount.0) } else { 0 };
            assert_eq!(given, expected);
        }
    }

    fn holds_for(&self, payment: &Payment) {
        let entries = entries_of(&self.office.connection, payment.id).unwrap();
        let moved: i64 = (entries.iter().flat_map(|entry| &entry.postings))
            .filter(|posting| posting.account.starts_with(REVENUE))
            .map(|posting| -posting.signed())
            .sum();
        let whole = i64::from(payment.amount.0);
        match payment.state() {
            State::Started | State::Unknown | State::Declined => assert!(entries.is_empty()),
            State::Authorised if whole == 0 => assert!(entries.is_empty()),
            State::Authorised => assert!(0 < moved && moved <= whole, "{payment:?} {moved}"),
            State::Voided | State::Refunded => assert_eq!(moved, 0),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_every_yen_is_accounted_for(history in prop::collection::vec(anything(), 1..40)) {
        let office = Office::open();
        let mut day = Day::new(office);
        for what in &history {
            day.go(what);
            day.holds();
        }
        day.office.journal.verify(&day.office.connection).unwrap().unwrap();
    }
}
