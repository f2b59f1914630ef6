//! A code made at home, from the moment it is read to its end.

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
fn a_visit_that_ends_unsubmitted_gives_its_code_back() {
    let town = Town::open();
    let code = opened(&town, 1, 0);
    let at = town.bring(&code);
    assert_eq!(town.read(at, &code).unwrap(), Read::Has);
    assert_eq!(town.refusal(&code), Refused::InUse);
    town.leave(at);
    assert_eq!(town.stands(&code), Stands::Scanned);
    town.bring(&code);
}

#[test]
fn a_code_is_used_up_by_the_first_paper_and_not_before() {
    let town = Town::open();
    let code = opened(&town, 1, 0);
    let (_, id) = town.bring(&code);
    town.submit(id, town.journal.op()).unwrap();
    assert_eq!(town.refusal(&code), Refused::HandedIn { number: "A1".to_owned() });
    let staff = town.print_all(id);
    let at = town.journal.now();
    assert_eq!(town.refusal(&code), Refused::Used { at });
    town.clock.advance(Duration::from_secs(600));
    town.print_all(id);
    assert_eq!(town.refusal(&code), Refused::Used { at });
    // What a paper was made of stays used when the visit is erased.
    erase(&town.tx(), &town.journal, Actor::System, id).unwrap();
    assert_eq!(town.refusal(&code), Refused::Used { at });
    let op = town.journal.op();
    for _ in 0..2 {
        brought::reinstate(&town.tx(), &town.journal, staff, op, code.jti).unwrap();
    }
    assert_eq!(town.stands(&code), Stands::Scanned);
    town.bring(&code);
}

#[test]
fn a_higher_revision_supersedes_what_was_handed_in_and_a_lower_one_is_refused() {
    let town = Town::open();
    let (first, second) = (opened(&town, 1, 0), opened(&town, 1, 1));
    let (_, handed_in) = town.bring(&first);
    town.submit(handed_in, town.journal.op()).unwrap();
    let (_, again) = town.bring(&second);
    assert_eq!(town.refusal(&first), Refused::Superseded);
    assert_eq!(town.elsewhere(handed_in, &first), Some(Elsewhere::Superseded));
    assert_eq!(town.elsewhere(again, &first), None);
    assert!(town.entries(handed_in).contains(&"code.superseded".to_owned()));
}

#[test]
fn a_later_revision_in_the_same_visit_replaces_what_the_earlier_told() {
    let town = Town::open();
    let mut later = opened(&town, 1, 1);
    let at = town.bring(&opened(&town, 1, 0));
    later.answers.set("applicant.phone", Value::Text("0999-00-0002".into()), Source::Qr);
    later.answers.set("applicant.name", Value::Text("架空　由美".into()), Source::Qr);
    assert_eq!(town.read(at, &later).unwrap(), Read::Asks);
    assert_eq!(town.tell(at, &later, BORN).unwrap(), Told::Taken);
    let known = town.answers(at.1);
    for path in ["applicant.phone", "applicant.name"] {
        assert_eq!(known.get(path), later.answers.get(path), "{path}");
    }
    assert_eq!(brought::differences(&known), []);
}

#[test]
fn what_a_later_revision_says_no_more_is_gone() {
    let town = Town::open();
    let mut first = opened(&town, 1, 0);
    first.procedures.push("inkan".to_owned());
    first.answers.set("inkan.copies", Value::Number(2), Source::Qr);
    let at = town.bring(&first);
    assert_eq!(town.visit(at.1).procedures, ["juminhyo", "inkan"]);
    let mut later = opened(&town, 1, 1);
    later.answers.remove("applicant.kana");
    town.bring_also(at, &later);
    assert_eq!(town.visit(at.1).procedures, ["juminhyo"]);
    let known = town.answers(at.1);
    for path in ["applicant.kana", "visit.told.applicant.kana", "inkan.copies"] {
        assert_eq!(known.get(path), None, "{path}");
    }
    // What another code wants, or a hand chose before, stays.
    let mut other = opened(&town, 2, 0);
    other.procedures = vec!["inkan".to_owned()];
    other.answers.set("inkan.copies", Value::Number(3), Source::Qr);
    town.bring_also(at, &other);
    first.revision = 2;
    town.bring_also(at, &first);
    later.revision = 3;
    town.bring_also(at, &later);
    assert_eq!(town.visit(at.1).procedures, ["juminhyo", "inkan"]);
    assert!(town.answers(at.1).get("inkan.copies").is_some());
}

#[test]
fn what_was_put_right_by_hand_and_who_came_first_stay_before_a_second_code() {
    let town = Town::open();
    let mut first = opened(&town, 1, 0);
    let text = |text: &str| Value::Text(text.into());
    for (path, value) in [("applicant.name", "試験　花子"), ("applicant.phone", "0999-00-0001")]
    {
        first.answers.set(path, text(value), Source::Qr);
    }
    let at = town.bring(&first);
    let (actor, mut typed) = (Actor::Device(at.0), Answers::default());
    typed.set("applicant.address", text("見本県みほん町きた３番地の２７"), Source::Typed);
    answer(&town.tx(), &town.journal, actor, at.1, &typed).unwrap();
    let told = town.answers(at.1).get("visit.told.applicant.name").cloned();
    let mut second = opened(&town, 2, 0);
    let others = [
        ("applicant.address", "見本県みほん町大字架空字上野原１２３４番地"),
        ("applicant.name", "架空　由美"),
        ("applicant.phone", "0999-00-0002"),
    ];
    for (path, other) in others {
        second.answers.set(path, text(other), Source::Qr);
    }
    town.bring_also(at, &second);
    let known = town.answers(at.1);
    assert_eq!(known.get("applicant.address"), typed.get("applicant.address"));
    for path in ["applicant.name", "applicant.phone"] {
        assert_eq!(known.get(path), first.answers.get(path), "{path}");
    }
    assert_eq!(known.get("visit.told.applicant.name"), told.as_ref());
    let differs = brought::differences(&known).into_iter().map(|one| (one.path, one.told));
    let expected = others.map(|(path, other)| (path.to_owned(), text(other)));
    assert_eq!(differs.collect::<Vec<_>>(), expected);
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
fn a_paper_uses_a_code_up_that_a_later_revision_gave_back() {
    let town = Town::open();
    let (first, second) = (opened(&town, 1, 0), opened(&town, 1, 1));
    let (_, handed_in) = town.bring(&first);
    town.submit(handed_in, town.journal.op()).unwrap();
    let again = town.bring(&second);
    town.leave(again);
    assert_eq!(town.stands(&first), Stands::Scanned);
    let staff = town.print_all(handed_in);
    assert_eq!(town.refusal(&second), Refused::Used { at: town.journal.now() });
    // Printed once more, it does not use up what a supervisor has reinstated.
    let op = town.journal.op();
    brought::reinstate(&town.tx(), &town.journal, staff, op, first.jti).unwrap();
    town.print_all(handed_in);
    assert_eq!(town.stands(&first), Stands::Scanned);
}

#[test]
fn a_paper_uses_a_code_up_while_another_visit_has_a_later_revision() {
    let town = Town::open();
    let (first, second) = (opened(&town, 1, 0), opened(&town, 1, 1));
    let (_, handed_in) = town.bring(&first);
    town.submit(handed_in, town.journal.op()).unwrap();
    let again = town.bring(&second);
    town.print_all(handed_in);
    let at = town.journal.now();
    assert_eq!(town.refusal(&second), Refused::Used { at });
    // Whoever has the later one goes on with it, and the clerk knows of the paper.
    assert_eq!(town.elsewhere(handed_in, &first), Some(Elsewhere::Superseded));
    assert_eq!(town.elsewhere(again.1, &second), Some(Elsewhere::Issued));
    // They leave: it does not come back to life.
    town.leave(again);
    assert_eq!(town.stands(&second), Stands::Issued);
    assert_eq!(town.refusal(&opened(&town, 1, 2)), Refused::Used { at });
}

#[test]
fn two_visits_that_both_make_their_paper_of_a_code_are_both_in_the_journal() {
    let town = Town::open();
    let (first, second) = (opened(&town, 1, 0), opened(&town, 1, 1));
    let (_, handed_in) = town.bring(&first);
    town.submit(handed_in, town.journal.op()).unwrap();
    let (_, again) = town.bring(&second);
    town.submit(again, town.journal.op()).unwrap();
    town.print_all(handed_in);
    let at = town.journal.now();
    town.clock.advance(Duration::from_secs(600));
    for _ in 0..2 {
        town.print_all(again);
    }
    let issued = "select group_concat(facts ->> 'visit' || ' ' || (facts ->> 'revision'), ', ')
         from journal where kind = 'code.issued' order by log, seq";
    let told: String = town.connection.query_row(issued, [], |row| row.get(0)).unwrap();
    assert_eq!(told, format!("{handed_in} 0, {again} 1"));
    // It was used up by the first.
    assert_eq!(town.refusal(&first), Refused::Used { at });
    assert_eq!(town.elsewhere(again, &second), None);
}

#[test]
fn a_card_wins_over_the_code_and_the_difference_is_kept() {
    let town = Town::open();
    let mut code = opened(&town, 1, 0);
    code.answers.set("applicant.name", Value::Text("架空　由美".into()), Source::Qr);
    code.answers.set("applicant.kana", Value::Text("シケン　ハナコ".into()), Source::Qr);
    let (kiosk, id) = town.bring(&code);
    let (tx, journal, actor) = (town.tx(), &town.journal, Actor::Device(kiosk));
    choose_way(&tx, journal, actor, id, Some(Way::Card)).unwrap();
    assert_eq!(town.step(id), "card");
    answer(&tx, journal, actor, id, &card()).unwrap();
    let known = town.answers(id);
    let source = |path| known.get(path).unwrap().source;
    assert_eq!(source("applicant.name"), Source::Card);
    // No card tells a reading.
    assert_eq!(source("applicant.kana"), Source::Qr);
    let told: Vec<_> = brought::differences(&known).into_iter().map(|one| one.path).collect();
    assert!(told.contains(&"applicant.name".to_owned()), "{told:?}");
    // Without the card after all, what the code told stands again.
    choose_way(&tx, journal, actor, id, Some(Way::Hand)).unwrap();
    let known = town.answers(id);
    assert_eq!(known.get("applicant.name"), code.answers.get("applicant.name"));
    assert_eq!(brought::differences(&known), []);
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

#[test]
fn a_code_is_forgotten_when_its_own_date_refuses_it_unless_a_visit_has_it() {
    let town = Town::open();
    let (held, gone) = (opened(&town, 1, 0), opened(&town, 2, 0));
    town.bring(&held);
    town.read(town.arrived(), &gone).unwrap();
    town.clock.advance(Duration::from_secs(29 * 86_400));
    assert_eq!(brought::purge(&town.tx(), town.journal.now()).unwrap(), 0);
    town.clock.advance(Duration::from_secs(2 * 86_400));
    assert_eq!(brought::purge(&town.tx(), town.journal.now()).unwrap(), 1);
    assert_eq!(codes::get(&town.connection, gone.jti).unwrap(), None);
    assert_eq!(town.stands(&held), Stands::Claimed);
}

#[test]
fn a_code_that_ended_is_remembered_beyond_the_date_of_every_revision() {
    let town = Town::open();
    let (code, at) = (opened(&town, 1, 0), town.arrived());
    town.read(at, &code).unwrap();
    while town.tell(at, &code, (1, 1)).unwrap() != Told::Burned {}
    town.clock.advance(Duration::from_secs(60 * 86_400));
    assert_eq!(brought::purge(&town.tx(), town.journal.now()).unwrap(), 0);
    assert_eq!(town.refusal(&opened(&town, 1, 7)), Refused::Burned);
    town.clock.advance(Duration::from_secs(400 * 86_400));
    assert_eq!(brought::purge(&town.tx(), town.journal.now()).unwrap(), 1);
}

#[test]
fn procedures_chosen_at_the_counter_stay_beside_those_of_the_code() {
    let town = Town::open();
    let code = opened(&town, 1, 0);
    let at = town.arrived();
    let actor = Actor::Device(at.0);
    let chosen = [town.config.procedure("inkan").unwrap()];
    choose(&town.tx(), &town.journal, actor, at.1, &chosen).unwrap();
    town.read(at, &code).unwrap();
    town.tell(at, &code, BORN).unwrap();
    assert_eq!(town.visit(at.1).procedures, ["juminhyo", "inkan"]);
}

/// What of the last code could not stay as it was.
fn doubts(town: &Town, at: (DeviceId, VisitId), jti: u8) -> Vec<(String, String)> {
    let taken = brought::taken(&town.answers(at.1)).into_iter();
    let own = taken.filter(|code| code.jti == Jti([jti; 8]).to_string());
    own.flat_map(|code| code.doubtful).map(|(about, why)| (about.unwrap(), why)).collect()
}

#[test]
fn a_procedure_that_leaves_because_a_code_wants_its_form_is_named() {
    let town = Town::open();
    let of = |jti: u8, revision, procedures: &[&str]| {
        let procedures = procedures.iter().map(|id| (*id).to_owned()).collect();
        Opened { procedures, ..opened(&town, jti, revision) }
    };
    let left = |id: &str| vec![(id.to_owned(), "preregistration.form_taken".to_owned())];
    let at = town.bring(&of(1, 0, &["juminhyo", "tennyu"]));
    assert_eq!(doubts(&town, at, 1), []);
    town.bring_also(at, &of(2, 0, &["tenkyo"]));
    assert_eq!(town.visit(at.1).procedures, ["juminhyo", "tenkyo"]);
    assert_eq!(doubts(&town, at, 2), left("tennyu"));
    // A later revision brings nothing back, and says so.
    town.bring_also(at, &of(2, 1, &["inkan"]));
    assert_eq!(town.visit(at.1).procedures, ["juminhyo", "inkan"]);
    assert_eq!(doubts(&town, at, 2), left("tennyu"));
    // What its owner left out of a later revision was left on purpose.
    town.bring_also(at, &of(3, 0, &["tenkyo"]));
    town.bring_also(at, &of(3, 1, &["tennyu"]));
    assert_eq!(doubts(&town, at, 3), []);
}

#[test]
fn a_procedure_chosen_by_hand_and_the_second_of_one_form_in_a_code_are_named_too() {
    let town = Town::open();
    let mut code = opened(&town, 1, 0);
    code.procedures = ["tennyu", "tenkyo"].map(str::to_owned).to_vec();
    let at = town.arrived();
    let chosen = [town.config.procedure("setai-henko").unwrap()];
    choose(&town.tx(), &town.journal, Actor::Device(at.0), at.1, &chosen).unwrap();
    town.bring_also(at, &code);
    assert_eq!(town.visit(at.1).procedures, ["tennyu"]);
    let left: Vec<_> = doubts(&town, at, 1).into_iter().map(|(about, _)| about).collect();
    assert_eq!(left, ["tenkyo", "setai-henko"]);
}

/// An appointment for moving, booked at the telephone.
fn booked(town: &Town, start: crate::clock::Moment) -> crate::appointment::Appointment {
    use crate::appointment::{By, Told, book, hold, state::Who};
    let (tx, journal, plan) = (town.tx(), &town.journal, town.config.appointments().unwrap());
    let by = || By { op: journal.op(), actor: Actor::System, who: Who::Staff };
    let held = hold(&tx, journal, plan, by(), ("moving", start)).unwrap();
    book(&tx, journal, by(), held.id, &Told::default()).unwrap()
}

#[test]
fn one_code_checks_the_appointment_in_and_fills_the_forms_with_one_number() {
    use crate::appointment::{self, state::State as At};
    let town = Town::open();
    let slot = datetime!(2026-11-24 9:30 +9);
    let mine = booked(&town, slot);
    let code = Opened { booking: Some(mine.number), ..opened(&town, 1, 0) };
    let at = town.bring(&code);
    let op = town.journal.op();
    let submitted = town.submit(at.1, op).unwrap();
    let ticket = submitted.ticket.unwrap();
    // The booked lane comes first, then that of the certificate.
    assert_eq!((ticket.to_string().as_str(), ticket.slot), ("B1", Some(slot)));
    assert_eq!(ticket.class, crate::queue::order::Class::Appointment);
    let lanes: Vec<&str> = ticket.plan.iter().map(String::as_str).collect();
    assert!(ticket.leg().lane == "moving" && lanes.contains(&"certificate"), "{lanes:?}");
    let now = appointment::get(&town.connection, mine.id).unwrap().unwrap();
    assert_eq!((now.state, now.ticket), (At::Arrived, Some(ticket.id)));
    // Handed in twice, and the bare number afterwards: still one.
    assert_eq!(town.submit(at.1, op).unwrap().ticket.unwrap().id, ticket.id);
    let day = town.journal.now().date();
    assert_eq!(crate::queue::of_day(&town.connection, day).unwrap().len(), 1);
    assert_eq!(verify::first_contradiction(&town.connection).unwrap(), None);
}

#[test]
fn an_appointment_of_another_time_leaves_the_forms_their_ordinary_number() {
    use crate::appointment::{self, Number, state::State as At};
    let town = Town::open();
    let tomorrow = booked(&town, datetime!(2026-11-25 9:30 +9));
    let later = booked(&town, datetime!(2026-11-24 15:00 +9));
    let strange = Number::draw(&SeededChance::new(77));
    for (jti, number) in [(1, tomorrow.number), (2, later.number), (3, strange)] {
        let code = Opened { booking: Some(number), ..opened(&town, jti, 0) };
        let at = town.bring(&code);
        let ticket = town.submit(at.1, town.journal.op()).unwrap().ticket.unwrap();
        assert_eq!((ticket.class, ticket.slot), (crate::queue::order::Class::Ordinary, None));
        town.leave(at);
    }
    for one in [tomorrow, later] {
        let now = appointment::get(&town.connection, one.id).unwrap().unwrap();
        assert_eq!(now.state, At::Booked);
    }
}

#[test]
fn an_arrival_taken_back_leaves_whoever_handed_forms_in_their_number() {
    use crate::appointment::{self, By, state::State as At, state::Who};
    let town = Town::open();
    let mine = booked(&town, datetime!(2026-11-24 9:30 +9));
    let code = Opened { booking: Some(mine.number), ..opened(&town, 1, 0) };
    let at = town.bring(&code);
    let ticket = town.submit(at.1, town.journal.op()).unwrap().ticket.unwrap();
    let by = By { op: town.journal.op(), actor: Actor::System, who: Who::Staff };
    arrival::take_back(&town.tx(), &town.journal, by, mine.id).unwrap();
    let now = appointment::get(&town.connection, mine.id).unwrap().unwrap();
    assert_eq!((now.state, now.ticket), (At::Booked, None));
    let stands = crate::queue::get(&town.connection, ticket.id).unwrap().unwrap();
    assert_eq!(stands.leg().state, crate::queue::state::State::Waiting);
}
