use std::sync::Arc;

use time::macros::datetime;

use super::*;
use crate::chance::SeededChance;
use crate::clock::HeldClock;
use crate::journal::OfficeKey;

struct Office {
    connection: Connection,
    journal: Journal,
    clerks: [StaffId; 2],
}

impl Office {
    fn open() -> Self {
        let connection = crate::schema::in_memory();
        let chance = Arc::new(SeededChance::new(1));
        let clock = Arc::new(HeldClock::at(datetime!(2026-11-25 9:00 +9)));
        let key = OfficeKey::generate(&*chance);
        let journal = Journal::new(clock, chance, key);
        journal.open_log(&Tx::alone(&connection), "999997/honcho").unwrap();
        let clerks = [(); 2].map(|()| StaffId::new(journal.now(), &*journal.chance));
        Self { connection, journal, clerks }
    }

    fn tx(&self) -> Tx<'_> {
        Tx::alone(&self.connection)
    }

    fn raise(&self, clerk: usize) -> Alarm {
        let op = self.journal.op();
        raise(&self.tx(), &self.journal, op, self.clerks[clerk], Some(3)).unwrap()
    }

    fn by(&self, clerk: usize) -> (OpId, StaffId) {
        (self.journal.op(), self.clerks[clerk])
    }

    fn entries(&self) -> Vec<String> {
        let mut kinds = self.connection.prepare("select kind from journal").unwrap();
        let kinds = kinds.query_map([], |row| row.get(0)).unwrap();
        kinds.map(Result::unwrap).filter(|kind: &String| kind.starts_with("alarm")).collect()
    }
}

#[test]
fn an_alarm_stands_until_somebody_comes_and_it_is_over() {
    let office = Office::open();
    let alarm = office.raise(0);
    assert_eq!(open(&office.connection).unwrap(), [alarm]);
    accept(&office.tx(), &office.journal, office.by(1), alarm.id).unwrap();
    let standing = open(&office.connection).unwrap()[0];
    assert_eq!(standing.accepted.map(|(staff, _)| staff), Some(office.clerks[1]));
    end(&office.tx(), &office.journal, office.by(1), alarm.id).unwrap();
    assert_eq!(open(&office.connection).unwrap(), []);
    assert_eq!(office.entries(), ["alarm.raised", "alarm.accepted", "alarm.ended"]);
}

#[test]
fn pressing_again_while_it_stands_is_the_same_alarm() {
    let office = Office::open();
    assert_eq!(office.raise(0), office.raise(0));
    assert_ne!(office.raise(0), office.raise(1));
    assert_eq!(office.entries().len(), 2);
}

#[test]
fn whoever_says_second_that_they_come_changes_nothing() {
    let office = Office::open();
    let alarm = office.raise(0);
    for clerk in [1, 0] {
        accept(&office.tx(), &office.journal, office.by(clerk), alarm.id).unwrap();
        let accepted = open(&office.connection).unwrap()[0].accepted;
        assert_eq!(accepted.map(|(staff, _)| staff), Some(office.clerks[1]));
    }
    for _ in 0..2 {
        end(&office.tx(), &office.journal, office.by(1), alarm.id).unwrap();
    }
    accept(&office.tx(), &office.journal, office.by(0), alarm.id).unwrap();
    assert_eq!(office.entries(), ["alarm.raised", "alarm.accepted", "alarm.ended"]);
}

#[test]
fn after_its_end_the_next_press_is_another_alarm() {
    let office = Office::open();
    let first = office.raise(0);
    end(&office.tx(), &office.journal, office.by(0), first.id).unwrap();
    assert_ne!(office.raise(0).id, first.id);
}
