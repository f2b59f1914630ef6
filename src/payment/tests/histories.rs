//! Random days: whatever people, terminals and clocks do, the ledger holds.

use proptest::prelude::*;

use super::*;
use crate::id::GiveBackId;
use crate::payment::report::{Summary, Sums, lines_on};

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
    },
    Begin {
        visit: usize,
        kind: u8,
    },
    Settle {
        payment: usize,
        slip: u32,
        outcome: u8,
    },
    Void {
        payment: usize,
    },
    Refund {
        payment: usize,
        residence: u32,
        tax: u32,
        cash: bool,
    },
    /// Money back through the terminal: of everything, or of one item.
    AskBack {
        payment: usize,
        residence: Option<u32>,
    },
    TellBack {
        back: usize,
        slip: u32,
        outcome: u8,
    },
    Count {
        counted: i64,
    },
    Close {
        excused: bool,
    },
    Hours(u64),
    /// The last act once more, with the same press.
    Again,
    Restart,
}

fn anything() -> impl Strategy<Value = Try> {
    let index = || 0..6usize;
    prop_oneof![
        3 => (0..3u32, 0..3u32, any::<bool>())
            .prop_map(|(residence, tax, free)| Try::Owe { residence, tax, free }),
        1 => (index(), 1..4u32).prop_map(|(visit, copies)| Try::Correct { visit, copies }),
        3 => (index(), 0..3u32).prop_map(|(visit, more)| Try::Cash { visit, more }),
        3 => (index(), 0..6u8).prop_map(|(visit, kind)| Try::Begin { visit, kind }),
        4 => (index(), 1..9u32, 0..3u8)
            .prop_map(|(payment, slip, outcome)| Try::Settle { payment, slip, outcome }),
        1 => index().prop_map(|payment| Try::Void { payment }),
        2 => (index(), 0..700u32, 0..400u32, any::<bool>())
            .prop_map(|(payment, residence, tax, cash)| {
                Try::Refund { payment, residence, tax, cash }
            }),
        3 => (index(), prop::option::of(0..700u32))
            .prop_map(|(payment, residence)| Try::AskBack { payment, residence }),
        3 => (index(), 1..9u32, 0..3u8)
            .prop_map(|(back, slip, outcome)| Try::TellBack { back, slip, outcome }),
        1 => (-1000..2000i64).prop_map(|counted| Try::Count { counted }),
        1 => any::<bool>().prop_map(|excused| Try::Close { excused }),
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
}

impl Day {
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
            Try::Cash { visit, more } => {
                let Some(charge) = self.owed(*visit) else { return Ok(None) };
                let tender = match charge.total {
                    Yen(0) => Tender::Nothing,
                    Yen(total) => Tender::Cash { received: Yen(total + more * 500) },
                };
                let paid = office.take(by, &charge, tender)?;
                self.payments.push(paid.id);
                Ok(Some(()))
            }
            Try::Begin { visit, kind } => {
                let Some(charge) = self.owed(*visit) else { return Ok(None) };
                let kinds = [Tender::Credit, Tender::Debit, Tender::Emoney, Tender::Qr];
                let tender = kinds.get(usize::from(*kind)).copied().unwrap_or(Tender::Later);
                let at = At { terminal: "t1".to_owned(), brand: None };
                let request = Request {
                    charge: charge.id,
                    amount: charge.total,
                    tender,
                    counter: 1,
                    at: tender.is_cashless().then_some(at),
                };
                let begun = office.write(|tx| start(tx, &office.journal, by, &request))?;
                self.payments.push(begun.id);
                Ok(Some(()))
            }
            Try::AskBack { payment, residence } => {
                let Some(one) = self.payment(*payment) else { return Ok(None) };
                let items = residence.map(|yen| [("03-01", yen)]);
                let back = office.ask_back(by, (&one, items.as_ref().map(|items| &items[..])))?;
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
            Try::Settle { .. } | Try::Void { .. } | Try::Refund { .. } => self.with_one(by, what),
            Try::Count { counted } => office.count(by, *counted).map(|_| Some(())),
            Try::Close { excused } => {
                let reason = excused.then_some(Reason::TerminalDown);
                office.close(office.journal.now().date(), reason).map(|_| Some(()))
            }
            Try::Hours(hours) => {
                office.pass(*hours);
                Ok(Some(()))
            }
            Try::Restart => office.write(|tx| left_alone(tx, &office.journal)).map(|_| Some(())),
            Try::Again => Ok(None),
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
            Try::Settle { payment, .. } | Try::Void { payment } => *payment,
            Try::Refund { payment, .. } => *payment,
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
            Try::Refund { residence, tax, cash, .. } => {
                let way = if *cash { Back::Cash } else { Back::Same };
                let items = [("03-01", *residence), ("04-01", *tax)];
                self.office.refund(by, &back(&one, &items, way))?;
            }
            _ => drop(self.office.void(by, &one)?),
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
                // The same press has moved nothing more, except what has no press.
                let has_press = !matches!(what, Try::Close { .. } | Try::Owe { .. });
                assert!(!has_press || self.money() == before, "{what:?} moved money twice");
            }
            Ok(Some(())) => self.last = Some((by, what.clone())),
            Ok(None) => {}
            Err(Error::Db(fault)) => panic!("{what:?}: {fault}"),
            Err(Error::Journal(fault)) => panic!("{what:?}: {fault}"),
            Err(_) => assert_eq!(self.money(), before, "a refusal of {what:?} moved money"),
        }
    }

    fn money(&self) -> (i64, i64, u64) {
        let balance = balance(&self.office.connection).unwrap();
        (balance.debit, balance.credit, balance.entries)
    }

    /// What must hold after anything.
    fn holds(&self) {
        let connection = &self.office.connection;
        assert_eq!(self.office.contradiction(), None);
        let (debit, credit, _) = self.money();
        assert_eq!(debit, credit);
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

    /// What the day's report adds up is what the ledger has, whichever way it is added.
    fn book_says_the_same(&self) {
        let connection = &self.office.connection;
        let days = [TODAY, TOMORROW].into_iter().chain(TOMORROW.next_day());
        for day in days {
            let summary = Summary::of(&lines_on(connection, day).unwrap());
            let accounts = totals(connection, day).unwrap().accounts;
            let of = |prefix: &str| -> i64 {
                let own = accounts.iter().filter(|(account, _)| account.starts_with(prefix));
                own.map(|(_, amount)| amount).sum()
            };
            let nets = |sums: Vec<&Sums>| -> i64 { sums.into_iter().map(Sums::net).sum() };
            assert_eq!(nets(summary.by_item.values().collect()), -of(REVENUE));
            assert_eq!(nets(summary.by_tender.values().collect()), -of(REVENUE));
            assert_eq!(nets(summary.by_counter.values().collect()), -of(REVENUE));
            assert_eq!(summary.over_short.values().sum::<i64>(), -of(OVER_SHORT));
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
        let mut day = Day { office, visits: Vec::new(), payments: Vec::new(), backs: Vec::new(), last: None };
        for what in &history {
            day.go(what);
            day.holds();
        }
        day.office.journal.verify(&day.office.connection).unwrap().unwrap();
    }
}
