//! A code made at home, from the moment it is read to its end.

mod beside;
mod booked;
mod spent;

use super::*;
use crate::form::record;
use crate::lang::{Catalogue, Lang};
use crate::preregistration::life::State as Stands;
use crate::preregistration::store as codes;
use crate::preregistration::{Doubt, Jti, Opened, Why};
use crate::visit::brought::{self, Elsewhere, Read, Refused, Told};

const TEXT: &str = "MK1 what was sealed";
const BORN: (u8, u8) = (5, 14);

/// Everything a certificate asks for, as 試験 花子 answered it at home.
pub(super) fn opened(town: &Town, jti: u8, revision: u32) -> Opened {
    let form = town.forms.get("juminhyo").unwrap();
    let today = town.journal.now().date();
    let sample = form.sample().unwrap();
    let mut answers = record::read(&[form], sample, Source::Qr, today).unwrap();
    while let Some(page) = questions::missing(&[form], &answers).first() {
        for ask in &page.questions {
            answers.set(ask.path(), likely(ask), Source::Qr);
        }
    }
    let birth = Value::Date("1993-05-14".parse().unwrap());
    answers.set("applicant.birth_date", birth, Source::Qr);
    let made_at = datetime!(2026-11-23 21:14 +9);
    let procedures = vec!["juminhyo".to_owned()];
    let (jti, doubtful) = (Jti([jti; 8]), Vec::new());
    Opened { jti, revision, made_at, procedures, answers, booking: None, doubtful }
}

impl Town {
    /// Somebody at a tablet who has read what the data is used for.
    pub(super) fn arrived(&self) -> (DeviceId, VisitId) {
        let kiosk = self.kiosk();
        let id = self.start(kiosk);
        agree(&self.tx(), &self.journal, Actor::Device(kiosk), id).unwrap();
        (kiosk, id)
    }

    pub(super) fn read(
        &self,
        (kiosk, id): (DeviceId, VisitId),
        code: &Opened,
    ) -> Result<Read, Error> {
        brought::read(&self.tx(), &self.journal, kiosk, id, TEXT, code)
    }

    pub(super) fn tell(
        &self,
        (kiosk, id): (DeviceId, VisitId),
        code: &Opened,
        told: (u8, u8),
    ) -> Result<Told, Error> {
        let (tx, journal) = (self.tx(), &self.journal);
        let by = (kiosk, journal.op());
        brought::tell_birthday(&tx, journal, self.counter(), by, id, code, told)
    }

    /// Reads a code and tells the right day.
    pub(super) fn bring(&self, code: &Opened) -> (DeviceId, VisitId) {
        let at = self.arrived();
        assert_eq!(self.read(at, code).unwrap(), Read::Asks);
        assert_eq!(self.tell(at, code, BORN).unwrap(), Told::Taken);
        at
    }

    /// Another code, or a later revision, at the same tablet.
    pub(super) fn bring_also(&self, at: (DeviceId, VisitId), code: &Opened) {
        assert_eq!(self.read(at, code).unwrap(), Read::Asks);
        assert_eq!(self.tell(at, code, BORN).unwrap(), Told::Taken);
    }

    pub(super) fn stands(&self, code: &Opened) -> Stands {
        codes::get(&self.connection, code.jti).unwrap().unwrap().state
    }

    fn leave(&self, (kiosk, id): (DeviceId, VisitId)) {
        leave(&self.tx(), &self.journal, Actor::Device(kiosk), id).unwrap();
    }

    /// Prints every paper of the visit; who did.
    pub(super) fn print_all(&self, id: VisitId) -> StaffId {
        let staff = StaffId::new(self.journal.now(), &*self.journal.chance);
        let papers = application::of_visit(&self.connection, id).unwrap();
        let papers: Vec<_> = papers.iter().map(|one| one.id).collect();
        self.print(staff, id, &papers);
        staff
    }

    fn elsewhere(&self, id: VisitId, code: &Opened) -> Option<Elsewhere> {
        brought::elsewhere(&self.connection, id, code.jti).unwrap()
    }

    pub(super) fn refusal(&self, code: &Opened) -> Refused {
        match self.read(self.arrived(), code) {
            Err(Error::Code(refused)) => refused,
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn nothing_of_a_code_is_there_before_the_day_of_birth_and_all_of_it_after() {
    let town = Town::open();
    let (code, at) = (opened(&town, 1, 0), town.arrived());
    town.read(at, &code).unwrap();
    assert_eq!(town.step(at.1), "birthday");
    let known = town.answers(at.1);
    assert_eq!(known.iter().map(|(path, _)| path).collect::<Vec<_>>(), ["visit.code"]);
    assert_eq!(town.tell(at, &code, BORN).unwrap(), Told::Taken);
    // Nobody is asked how they give their name, nor anything else.
    assert_eq!((town.step(at.1).as_str(), town.stands(&code)), ("check", Stands::Claimed));
    let known = town.answers(at.1);
    for (path, answer) in code.answers.iter() {
        assert_eq!(known.get(path), Some(answer), "{path}");
    }
    assert_eq!(brought::waiting(&known), None);
    assert_eq!(brought::taken(&known)[0].revision, 0);
    assert!(town.submit(at.1, town.journal.op()).is_ok());
}

#[test]
fn the_fifth_wrong_day_burns_a_code_and_the_right_one_comes_too_late() {
    let town = Town::open();
    let (code, at) = (opened(&town, 1, 0), town.arrived());
    town.read(at, &code).unwrap();
    let op = town.journal.op();
    for _ in 0..2 {
        // The same press, sent twice.
        let (tx, counter) = (town.tx(), town.counter());
        let by = (at.0, op);
        let told = brought::tell_birthday(&tx, &town.journal, counter, by, at.1, &code, (1, 1));
        assert_eq!(told.unwrap(), Told::Wrong { left: 4 });
    }
    // Whoever goes away and comes back begins where they were.
    town.leave(at);
    let at = town.arrived();
    town.read(at, &code).unwrap();
    for left in [3, 2, 1] {
        assert_eq!(town.tell(at, &code, (1, 1)).unwrap(), Told::Wrong { left });
    }
    assert_eq!(town.tell(at, &code, (1, 1)).unwrap(), Told::Burned);
    assert_eq!(town.step(at.1), "procedures");
    assert!(matches!(town.tell(at, &code, BORN), Err(Error::Code(Refused::Burned))));
    assert_eq!(town.refusal(&code), Refused::Burned);
}

#[test]
fn the_right_day_pressed_twice_is_told_once() {
    let town = Town::open();
    let (code, at) = (opened(&town, 1, 0), town.arrived());
    town.read(at, &code).unwrap();
    let op = town.journal.op();
    for _ in 0..2 {
        let (tx, counter) = (town.tx(), town.counter());
        let by = (at.0, op);
        let told = brought::tell_birthday(&tx, &town.journal, counter, by, at.1, &code, BORN);
        assert_eq!(told.unwrap(), Told::Taken);
    }
}

#[test]
fn what_was_not_understood_is_kept_and_asked_again() {
    let town = Town::open();
    let mut code = opened(&town, 1, 0);
    code.answers.remove("juminhyo.scope");
    let about = Some("juminhyo.scope".to_owned());
    code.doubtful.push(Doubt { about: about.clone(), why: Why::NotAValue });
    let (_, id) = town.bring(&code);
    assert_eq!(town.step(id), "juminhyo.scope");
    let doubtful = brought::taken(&town.answers(id)).remove(0).doubtful;
    assert_eq!(doubtful, [(about, "preregistration.not_a_value".to_owned())]);
}

#[test]
fn every_reason_why_a_code_is_not_taken_has_a_sentence_in_every_language() {
    for (code, lang) in Refused::CODES.iter().flat_map(|code| Lang::ALL.map(|lang| (code, lang))) {
        assert_ne!(Catalogue::shipped().t(lang, code), *code);
    }
}

#[test]
fn a_code_that_tells_no_day_of_birth_opens_for_nobody() {
    let town = Town::open();
    let mut code = opened(&town, 1, 0);
    for birth in [None, Some(Value::Date("1993-05".parse().unwrap()))] {
        code.answers.remove("applicant.birth_date");
        if let Some(birth) = birth {
            code.answers.set("applicant.birth_date", birth, Source::Qr);
        }
        assert_eq!(town.refusal(&code), Refused::NoBirthday);
    }
}

#[test]
fn neither_row_nor_journal_holds_anything_of_what_a_code_says() {
    let town = Town::open();
    let code = opened(&town, 1, 0);
    town.bring(&code);
    let rows = "select group_concat(jti || kiosk || state || expires, ' ') from preregistration";
    let entries = "select group_concat(kind || facts, ' ') from journal";
    for query in [rows, entries] {
        let told: String = town.connection.query_row(query, [], |row| row.get(0)).unwrap();
        assert!(told.contains("0101010101010101"), "{told}");
        for own in ["試験", "1993", "0999", TEXT] {
            assert!(!told.contains(own), "{own} in {told}");
        }
    }
}
