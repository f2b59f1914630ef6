mod back;
mod book;
mod checks;
mod closing;
mod document;
mod free;
mod going_back;
mod guards;
mod histories;
mod look;
mod paying;
mod record;
mod terminal;

use std::sync::Arc;
use std::time::Duration;

use rusqlite::Connection;
use time::macros::{date, datetime};

use super::give_back::Wanted;
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

/// The schema of this room.
const OWN: [SchemaStep; 5] = [SCHEMA, AT_TERMINAL, GIVE_BACK, SLIPS, CORRECTIONS];

/// An office in memory with a held clock.
struct Office {
    connection: Connection,
    journal: Journal,
    clock: Arc<HeldClock>,
}

impl Office {
    fn open() -> Self {
        Self::with(OWN.concat())
    }

    /// With another schema of this room, all its steps in one.
    fn with(schema: String) -> Self {
        // As long as the test lasts, and not longer than the process.
        let schema: SchemaStep = Box::leak(schema.into_boxed_str());
        let own = |step: SchemaStep| match step {
            SCHEMA => schema,
            AT_TERMINAL | GIVE_BACK | SLIPS | CORRECTIONS => "",
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

    /// 950 yen that a terminal took which is asked by the program.
    fn paid_at(&self, number: &str) -> Payment {
        let charge = self.owing(vec![residence(2), tax(1)]);
        let at = At { terminal: "t1".to_owned(), brand: None };
        let begun = self.start_at(&charge, (Tender::Emoney, Some(at))).unwrap();
        self.settle(self.by(), &begun, &authorised(number)).unwrap()
    }

    /// Asks the terminal for money back: of these items, or for all of it.
    fn ask_back(
        &self,
        by: By,
        (payment, items): (&Payment, Option<&[(&str, u32)]>),
    ) -> Result<GiveBack, Error> {
        let owned =
            |items: &[(&str, u32)]| items.iter().map(|(i, y)| ((*i).to_owned(), Yen(*y))).collect();
        let wanted = Wanted {
            payment: payment.id,
            items: items.map(owned),
            reason: Reason::NotIssued,
            counter: 1,
        };
        self.write(|tx| give_back::begin(tx, &self.journal, by, &wanted))
    }

    /// What the terminal says of it.
    fn tell_back(&self, by: By, back: &GiveBack, outcome: &Outcome) -> Result<GiveBack, Error> {
        self.write(|tx| give_back::settle(tx, &self.journal, by, (back.id, outcome)))
    }

    fn void(&self, by: By, payment: &Payment) -> Result<Payment, Error> {
        self.write(|tx| void(tx, &self.journal, by, (payment.id, Reason::WrongAmount, 1)))
    }

    /// Nothing paid, on this ground, by a new visit.
    fn noted_free(&self, ground: &str) -> Payment {
        self.take(self.by(), &self.owing(vec![free(ground)]), Tender::Nothing).unwrap()
    }

    fn take_back_free(&self, by: By, payment: &Payment, reason: Reason) -> Result<Payment, Error> {
        self.write(|tx| take_back_free(tx, &self.journal, by, (payment.id, reason)))
    }

    fn refund(&self, by: By, back: &Refund) -> Result<Payment, Error> {
        self.write(|tx| refund(tx, &self.journal, by, back))
    }

    fn count(&self, by: By, counted: i64) -> Result<Option<Entry>, Error> {
        let day = business_day(&self.connection, self.journal.now().date())?;
        self.write(|tx| count_cash(tx, &self.journal, by, (day, 1, counted)))
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

    fn visit_of(&self, payment: &Payment) -> VisitId {
        store::charge(&self.connection, payment.charge).unwrap().unwrap().visit
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
