use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::Connection;
use time::macros::datetime;

use super::*;
use crate::applicant::{Applicant, Sourced};
use crate::application::{self, Action};
use crate::chance::SeededChance;
use crate::clock::HeldClock;
use crate::config::{Config, Site};
use crate::form::template::Kind;
use crate::form::{Forms, questions};
use crate::id::{ApplicationId, StaffId};
use crate::journal::OfficeKey;
use crate::pdf::Fonts;
use crate::visit::paper::Papers;
use crate::visit::step::Step;

mod editions;
mod from_home;
mod restored;

/// A counter in memory: example town, held clock.
struct Town {
    connection: Connection,
    journal: Journal,
    clock: Arc<HeldClock>,
    config: Config,
    forms: Forms,
}

impl Town {
    fn open() -> Self {
        let connection = crate::schema::in_memory();
        let chance = Arc::new(SeededChance::new(1));
        let clock = Arc::new(HeldClock::at(datetime!(2026-11-24 9:00 +9)));
        let key = OfficeKey::generate(&*chance);
        let journal = Journal::new(clock.clone(), chance, key);
        journal.open_log(&Tx::alone(&connection), "999997/honcho").unwrap();
        let config = Config::load(Path::new("kiosk-config/example")).unwrap();
        let forms = Forms::load(Path::new("templates/forms")).unwrap();
        Self { connection, journal, clock, config, forms }
    }

    fn tx(&self) -> Tx<'_> {
        Tx::alone(&self.connection)
    }

    fn counter(&self) -> Counter<'_> {
        Counter { config: &self.config, forms: &self.forms }
    }

    fn start(&self, kiosk: DeviceId) -> VisitId {
        start(&self.tx(), &self.journal, self.journal.op(), kiosk, &Wishes::default()).unwrap()
    }

    fn kiosk(&self) -> DeviceId {
        DeviceId::new(self.journal.now(), &*self.journal.chance)
    }

    fn visit(&self, id: VisitId) -> Visit {
        get(&self.connection, id).unwrap().unwrap()
    }

    fn answers(&self, id: VisitId) -> Answers {
        answers(&self.connection, &self.journal, id).unwrap()
    }

    /// What the kiosk would show now, in a word.
    fn step(&self, id: VisitId) -> String {
        let visit = self.visit(id);
        let forms = self.counter().forms_of(&visit);
        match step::next(&visit, &forms, &self.answers(id), true) {
            Step::Ask(page) => page.page.id.clone(),
            other => format!("{other:?}").to_lowercase(),
        }
    }

    /// Walks a 住民票 for oneself up to the check page, with a card.
    fn filled(&self, kiosk: DeviceId) -> VisitId {
        self.filled_for(kiosk, &["juminhyo"])
    }

    /// Walks some procedures up to the check page, with a card.
    fn filled_for(&self, kiosk: DeviceId, procedures: &[&str]) -> VisitId {
        let actor = Actor::Device(kiosk);
        let (tx, journal) = (self.tx(), &self.journal);
        let id = self.start(kiosk);
        agree(&tx, journal, actor, id).unwrap();
        let chosen: Vec<_> =
            procedures.iter().map(|id| self.config.procedure(id).unwrap()).collect();
        choose(&tx, journal, actor, id, &chosen).unwrap();
        choose_way(&tx, journal, actor, id, Some(Way::Card)).unwrap();
        answer(&tx, journal, actor, id, &card()).unwrap();
        let mut typed = Answers::default();
        typed.set("applicant.kana", Value::Text("シケン　ハナコ".into()), Source::Typed);
        typed.set("applicant.phone", Value::Text("0999-00-0001".into()), Source::Typed);
        typed.set("juminhyo.relation", Value::Choice("self".into()), Source::Typed);
        answer(&tx, journal, actor, id, &typed).unwrap();
        let visit = self.visit(id);
        let forms = self.counter().forms_of(&visit);
        while let Step::Ask(page) = step::next(&visit, &forms, &self.answers(id), true) {
            let mut entered = Answers::default();
            for ask in &page.questions {
                entered.set(ask.path(), likely(ask), Source::Typed);
            }
            answer(&tx, journal, actor, id, &entered).unwrap();
        }
        id
    }

    fn submit(&self, id: VisitId, op: OpId) -> Result<Submitted, Error> {
        submit(&self.tx(), &self.journal, self.counter(), Actor::System, op, id)
    }

    fn identify(&self, staff: StaffId, id: VisitId, kinds: &[&str]) -> Result<(), Error> {
        let points = if kinds.len() == 1 { "one" } else { "two" }.to_owned();
        let kinds = kinds.iter().map(ToString::to_string).collect();
        let check = desk::IdentityCheck { kinds, points };
        desk::identify(
            &self.tx(),
            &self.journal,
            self.counter(),
            staff,
            self.journal.op(),
            id,
            &check,
        )
    }

    /// Prints papers as they are now.
    fn print(&self, staff: StaffId, id: VisitId, papers: &[ApplicationId]) {
        let opened = desk::open(&self.tx(), &self.journal, staff, id).unwrap();
        self.print_opened(staff, &opened, papers);
    }

    fn print_opened(&self, staff: StaffId, opened: &desk::Opened, papers: &[ApplicationId]) {
        desk::printed(&self.tx(), &self.journal, self.counter(), staff, opened, papers).unwrap();
    }

    fn entries(&self, id: VisitId) -> Vec<String> {
        self.entries_of(&id.to_string())
    }

    fn entries_of(&self, id: &str) -> Vec<String> {
        let mut rows = self
            .connection
            .prepare("select kind from journal where entity_id = ?1 order by seq")
            .unwrap();
        rows.query_map([id], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }
}

/// What a resident in a hurry enters.
fn likely(ask: &questions::AskQuestion<'_>) -> Value {
    let first = ask.options.first().map(|option| Value::Choice(option.id.clone()));
    let plain = match ask.question.kind {
        Kind::Choice => first,
        Kind::Date => Some(Value::Date("2026-11-20".parse().unwrap())),
        Kind::Number => Some(Value::Number(1)),
        Kind::Copies => {
            let first = ask.options.first().map(|option| (option.id.clone(), 1));
            first.map(|first| Value::Copies([first].into()))
        }
        _ => Some(Value::Text("見本県みほん町中央二丁目６番１号".into())),
    };
    ask.prefill().or(plain.filter(|_| ask.required)).unwrap_or(Value::skipped())
}

fn card() -> Answers {
    let mut answers = Answers::default();
    let source = Source::Card;
    answers.set_applicant(&Applicant {
        name: Some(Sourced { value: "試験　花子".into(), source }),
        birth_date: Some(Sourced { value: "1993-05-14".parse().unwrap(), source }),
        address: Some(Sourced {
            value: "見本県みほん町中央一丁目２番３号".into(), source
        }),
        ..Applicant::default()
    });
    answers
}

#[test]
fn the_step_follows_from_what_exists() {
    let town = Town::open();
    let kiosk = town.kiosk();
    let id = town.start(kiosk);
    let actor = Actor::Device(kiosk);
    let mut seen = vec![town.step(id)];
    agree(&town.tx(), &town.journal, actor, id).unwrap();
    seen.push(town.step(id));
    let juminhyo = town.config.procedure("juminhyo").unwrap();
    choose(&town.tx(), &town.journal, actor, id, &[juminhyo]).unwrap();
    seen.push(town.step(id));
    choose_way(&town.tx(), &town.journal, actor, id, Some(Way::Card)).unwrap();
    seen.push(town.step(id));
    answer(&town.tx(), &town.journal, actor, id, &card()).unwrap();
    seen.push(town.step(id));
    // The card knows name, birth and address: only the rest of the person is asked.
    assert_eq!(seen, ["purpose", "procedures", "way", "card", "applicant.person"]);
}

#[test]
fn a_start_sent_twice_is_one_visit_and_a_new_start_erases_the_one_left_standing() {
    let town = Town::open();
    let kiosk = town.kiosk();
    let op = town.journal.op();
    let begin = || start(&town.tx(), &town.journal, op, kiosk, &Wishes::default()).unwrap();
    let first = begin();
    assert_eq!(begin(), first);
    answer(&town.tx(), &town.journal, Actor::System, first, &card()).unwrap();

    let second = town.start(kiosk);
    assert_eq!(at_kiosk(&town.connection, kiosk).unwrap().unwrap().id, second);
    assert_eq!(town.visit(first).state, State::Erased);
    let gone = answers(&town.connection, &town.journal, first);
    assert!(matches!(gone, Err(Error::Journal(journal::Error::Erased))));
}

#[test]
fn a_visit_is_handed_in_once_with_its_ticket_and_its_entry() {
    let town = Town::open();
    let id = town.filled(town.kiosk());
    assert_eq!(town.step(id), "check");
    let op = town.journal.op();
    let first = town.submit(id, op).unwrap();
    assert_eq!(first.number(), "A1");
    assert_eq!(first.receipts, ["honcho-20261124-0001"]);
    assert_eq!(town.submit(id, op).unwrap(), first);
    assert_eq!(town.submit(id, town.journal.op()).unwrap(), first);
    let submitted = town.entries(id).into_iter().filter(|kind| kind == "visit.submitted").count();
    assert_eq!(submitted, 1);
    assert!(journal::verify(&town.connection, None).unwrap().is_ok());
}

#[test]
fn what_is_incomplete_is_not_taken_and_leaves_no_trace() {
    let town = Town::open();
    let kiosk = town.kiosk();
    let id = town.start(kiosk);
    let actor = Actor::Device(kiosk);
    agree(&town.tx(), &town.journal, actor, id).unwrap();
    let juminhyo = town.config.procedure("juminhyo").unwrap();
    choose(&town.tx(), &town.journal, actor, id, &[juminhyo]).unwrap();
    let refused = town.submit(id, town.journal.op());
    assert!(
        matches!(refused, Err(Error::Incomplete(paths)) if paths.contains(&"applicant.name".into()))
    );
    assert_eq!(town.visit(id).state, State::Draft);
}

#[test]
fn leaving_erases_a_draft_and_keeps_what_was_handed_in() {
    let town = Town::open();
    let kiosk = town.kiosk();
    let draft = town.filled(kiosk);
    leave(&town.tx(), &town.journal, Actor::System, draft).unwrap();
    assert_eq!(town.visit(draft).state, State::Erased);

    let handed_in = town.filled(kiosk);
    town.submit(handed_in, town.journal.op()).unwrap();
    leave(&town.tx(), &town.journal, Actor::System, handed_in).unwrap();
    assert_eq!(at_kiosk(&town.connection, kiosk).unwrap(), None);
    assert_eq!(town.visit(handed_in).state, State::Submitted);
    assert!(town.answers(handed_in).text("applicant.name").is_some());
}

#[test]
fn a_clerk_identifies_corrects_and_accepts() {
    let town = Town::open();
    let id = town.filled(town.kiosk());
    town.submit(id, town.journal.op()).unwrap();
    let (tx, journal) = (town.tx(), &town.journal);
    let staff = StaffId::new(journal.now(), &*journal.chance);
    let opened = desk::open(&tx, journal, staff, id).unwrap();
    let application = opened.applications[0].id;
    let decide = |action| {
        let decision = desk::Decision { op: journal.op(), action, reason: "委任状".into() };
        desk::decide(&tx, journal, town.counter(), staff, application, &decision)
    };

    assert!(matches!(decide(Action::Accept), Err(Error::NotIdentified)));
    town.identify(staff, id, &["my_number_card"]).unwrap();
    let value = Value::Text("見本　京子".into());
    let correct = |value| {
        desk::correct(
            &tx,
            journal,
            town.counter(),
            staff,
            journal.op(),
            id,
            ("applicant.name", value),
        )
    };
    correct(value.clone()).unwrap();
    decide(Action::SendBack).unwrap();
    let reasons = desk::open(&tx, journal, staff, id).unwrap().reasons;
    assert_eq!(reasons, [(application, "委任状".to_owned())].into());
    decide(Action::Accept).unwrap();

    let opened = desk::open(&tx, journal, staff, id).unwrap();
    assert_eq!(opened.applications[0].state, application::State::Accepted);
    let name = opened.answers.get("applicant.name").unwrap();
    assert_eq!((&name.value, name.source), (&value, Source::Clerk));
    let forms = town.counter().forms_of(&opened.visit);
    let known = questions::known(&forms, &opened.answers);
    assert_eq!(known.text("juminhyo.target.name"), Some(&"見本　京子".into()));
    assert!(matches!(correct(Value::Text("見本　太郎".into())), Err(Error::Accepted)));
}

#[test]
fn a_gate_and_its_document_hold_at_the_desk_too() {
    let town = Town::open();
    let (tx, journal) = (town.tx(), &town.journal);
    let id = town.filled_for(town.kiosk(), &["koseki-koiki"]);
    town.submit(id, journal.op()).unwrap();
    let staff = StaffId::new(journal.now(), &*journal.chance);
    let application = application::of_visit(&town.connection, id).unwrap()[0].id;
    let decide =
        || desk::decide(&tx, journal, town.counter(), staff, application, &accept(journal));
    let identify = |kinds: &[&str]| town.identify(staff, id, kinds).unwrap();
    let correct = |relation: &str| {
        let value = ("koseki_koiki.relation", Value::Choice(relation.into()));
        desk::correct(&tx, journal, town.counter(), staff, journal.op(), id, value).unwrap();
    };
    assert!(matches!(decide(), Err(Error::NotIdentified)));
    identify(&["pension", "care_insurance"]);
    assert!(matches!(decide(), Err(Error::NoPhoto)));
    identify(&["residence_card"]);
    correct("sibling");
    assert!(matches!(decide(), Err(Error::Closed(_))));
    correct("descendant");
    decide().unwrap();
}

#[test]
fn one_document_without_a_photo_is_not_enough_by_itself() {
    let town = Town::open();
    let (tx, journal) = (town.tx(), &town.journal);
    let id = town.filled(town.kiosk());
    town.submit(id, journal.op()).unwrap();
    let staff = StaffId::new(journal.now(), &*journal.chance);
    let application = application::of_visit(&town.connection, id).unwrap()[0].id;
    let decide =
        || desk::decide(&tx, journal, town.counter(), staff, application, &accept(journal));
    town.identify(staff, id, &["care_insurance"]).unwrap();
    assert!(matches!(decide(), Err(Error::OneWithoutPhoto)));
    town.identify(staff, id, &["care_insurance", "pension"]).unwrap();
    decide().unwrap();
}

fn accept(journal: &Journal) -> desk::Decision {
    desk::Decision { op: journal.op(), action: Action::Accept, reason: String::new() }
}

#[test]
fn a_press_sent_twice_is_one_decision_and_another_press_is_told_the_state() {
    let town = Town::open();
    let (tx, journal) = (town.tx(), &town.journal);
    let id = town.filled(town.kiosk());
    town.submit(id, journal.op()).unwrap();
    let staff = StaffId::new(journal.now(), &*journal.chance);
    town.identify(staff, id, &["passport"]).unwrap();
    let application = application::of_visit(&town.connection, id).unwrap()[0].id;
    let decide = |decision: &desk::Decision| {
        desk::decide(&tx, journal, town.counter(), staff, application, decision)
    };
    let press = accept(journal);
    assert_eq!(decide(&press).unwrap(), id);
    assert_eq!(decide(&press).unwrap(), id);
    let accepted = town.entries_of(&application.to_string());
    assert_eq!(accepted, ["application.accepted"]);
    assert!(matches!(decide(&accept(journal)), Err(Error::Application(_))));
    // A page from before must not say that what was opened again is accepted.
    decide(&desk::Decision { action: Action::Reopen, ..accept(journal) }).unwrap();
    assert!(matches!(decide(&press), Err(Error::Application(_))));
}

#[test]
fn a_paper_is_outdated_by_what_is_corrected_on_it_until_it_is_printed_again() {
    let town = Town::open();
    let (tx, journal) = (town.tx(), &town.journal);
    let id = town.filled_for(town.kiosk(), &["juminhyo", "tenkyo"]);
    town.submit(id, journal.op()).unwrap();
    let staff = StaffId::new(journal.now(), &*journal.chance);
    let of = |form: &str| -> application::Application {
        let all = application::of_visit(&town.connection, id).unwrap();
        all.into_iter().find(|one| one.form == form).unwrap()
    };
    let correct = |path: &str, words: &str| {
        let value = Value::Text(words.into());
        desk::correct(&tx, journal, town.counter(), staff, journal.op(), id, (path, value))
    };
    let outdated = || ["juminhyo", "ido"].map(|form| of(form).outdated);
    correct("applicant.phone", "0999-00-0002").unwrap();
    assert_eq!(outdated(), [false, false], "nothing was printed yet");
    let both = [of("juminhyo").id, of("ido").id];
    town.print(staff, id, &both);
    correct("applicant.phone", "0999-00-0003").unwrap();
    assert_eq!(outdated(), [true, true]);
    town.print(staff, id, &both);
    assert_eq!(outdated(), [false, false]);

    // The certificate shows the new address, which only the move asks for.
    correct("ido.new.address", "見本県みほん町中央二丁目１番１号").unwrap();
    assert_eq!(outdated(), [true, true]);
    town.identify(staff, id, &["passport"]).unwrap();
    desk::decide(&tx, journal, town.counter(), staff, of("juminhyo").id, &accept(journal)).unwrap();
    let refused = correct("ido.new.address", "見本県みほん町大字例文８９番地の１");
    assert!(matches!(refused, Err(Error::Accepted)));
    let kept = town.answers(id).text("ido.new.address").cloned();
    assert_eq!(kept, Some("見本県みほん町中央二丁目１番１号".into()));
}

#[test]
fn another_identity_check_outdates_the_paper_that_shows_it_and_is_refused_once_accepted() {
    let town = Town::open();
    let (tx, journal) = (town.tx(), &town.journal);
    let id = town.filled(town.kiosk());
    town.submit(id, journal.op()).unwrap();
    let staff = StaffId::new(journal.now(), &*journal.chance);
    let paper = || application::of_visit(&town.connection, id).unwrap().remove(0);
    let papers = [paper().id];
    town.print(staff, id, &papers);
    town.identify(staff, id, &["licence"]).unwrap();
    assert!(paper().outdated, "the printed boxes are empty");
    town.print(staff, id, &papers);
    town.identify(staff, id, &["licence"]).unwrap();
    assert!(!paper().outdated, "the same check once more");
    town.identify(staff, id, &["pension", "insurance_certificate"]).unwrap();
    assert!(paper().outdated);

    desk::decide(&tx, journal, town.counter(), staff, papers[0], &accept(journal)).unwrap();
    let refused = town.identify(staff, id, &["passport"]);
    assert!(matches!(refused, Err(Error::Accepted)));
    let kinds = town.answers(id).value("office.id_kind").unwrap().selected();
    assert_eq!(kinds, ["insurance_certificate", "pension"].map(str::to_owned).into());
}

#[test]
fn a_paper_made_before_a_correction_is_outdated_when_it_is_counted_after_it() {
    let town = Town::open();
    let (tx, journal) = (town.tx(), &town.journal);
    let id = town.filled(town.kiosk());
    town.submit(id, journal.op()).unwrap();
    let staff = StaffId::new(journal.now(), &*journal.chance);
    let opened = desk::open(&tx, journal, staff, id).unwrap();
    let papers = [opened.applications[0].id];
    let value = Value::Text("0999-00-0602".into());
    let correction = ("applicant.phone", value);
    desk::correct(&tx, journal, town.counter(), staff, journal.op(), id, correction).unwrap();
    town.print_opened(staff, &opened, &papers);
    let stands = || application::of_visit(&town.connection, id).unwrap().remove(0);
    assert_eq!((stands().printed, stands().outdated), (1, true));
    let facts = "select facts from journal where kind = 'application.printed'";
    let facts: String = tx.query_row(facts, [], |row| row.get(0)).unwrap();
    let outdated = serde_json::from_str::<serde_json::Value>(&facts).unwrap()["outdated"].clone();
    assert_eq!(outdated, json!(papers));
    town.print(staff, id, &papers);
    assert_eq!((stands().printed, stands().outdated), (2, false));
}

#[test]
fn what_one_form_asked_another_may_use_until_the_end() {
    let town = Town::open();
    let (tx, journal) = (town.tx(), &town.journal);
    let id = town.filled_for(town.kiosk(), &["juminhyo", "tenkyo"]);
    town.submit(id, journal.op()).unwrap();
    let staff = StaffId::new(journal.now(), &*journal.chance);
    town.identify(staff, id, &["my_number_card"]).unwrap();
    let opened = desk::open(&tx, journal, staff, id).unwrap();
    let papers =
        Papers::compile(&town.forms, Path::new("templates/forms"), Fonts::shipped()).unwrap();
    let ticket = crate::queue::of_visit(&town.connection, id).unwrap();
    let juminhyo = opened.applications.iter().find(|one| one.form == "juminhyo").unwrap();
    let sheet = papers.sheet(town.counter(), &opened, juminhyo, ticket.as_ref(), "見本").unwrap();
    // Only the move asked for the new address.
    let address = sheet.answers.text("juminhyo.target.address");
    assert_eq!(address, Some(&"見本県みほん町中央二丁目６番１号".into()));
    for application in &opened.applications {
        desk::decide(&tx, journal, town.counter(), staff, application.id, &accept(journal))
            .unwrap();
    }
}

#[test]
fn two_procedures_of_one_form_are_not_taken_together() {
    let town = Town::open();
    let id = town.start(town.kiosk());
    agree(&town.tx(), &town.journal, Actor::System, id).unwrap();
    let procedure = |id| town.config.procedure(id).unwrap();
    let both = [procedure("tennyu"), procedure("tenkyo")];
    let refused = choose(&town.tx(), &town.journal, Actor::System, id, &both);
    assert!(matches!(refused, Err(Error::SameForm(form)) if form == "ido"));
}

#[test]
fn what_is_due_is_erased_at_the_towns_own_times() {
    let town = Town::open();
    let site = &town.config.site;
    let Site { screen, retention: times, .. } = site;
    let draft = town.start(town.kiosk());
    let in_use = town.start(town.kiosk());
    let handed_in = town.filled(town.kiosk());
    town.submit(handed_in, town.journal.op()).unwrap();
    let due = || retention::due(&town.connection, site, town.journal.now()).unwrap();
    assert_eq!(due(), []);
    let waits = u64::from(screen.idle_secs + screen.warning_secs);
    town.clock.advance(Duration::from_secs(waits));
    touched(&town.tx(), &town.journal, in_use).unwrap();
    town.clock.advance(Duration::from_secs(61));
    assert_eq!(due(), [draft]);
    retention::erase_one(&town.tx(), &town.journal, Actor::System, site, draft).unwrap();
    assert_eq!(town.visit(draft).state, State::Erased);
    town.clock.advance(Duration::from_secs(86_400 * u64::from(times.visit_days)));
    assert_eq!(due(), [in_use, handed_in]);
    retention::erase_one(&town.tx(), &town.journal, Actor::System, site, handed_in).unwrap();
    assert_eq!(town.visit(handed_in).state, State::Erased);
    assert!(journal::verify(&town.connection, None).unwrap().is_ok());
}

#[test]
fn whoever_asks_for_themselves_after_all_leaves_nobody_else_on_the_form() {
    let town = Town::open();
    let id = town.filled(town.kiosk());
    let (tx, journal) = (town.tx(), &town.journal);
    let say = |path: &str, value: Value| {
        let mut entered = Answers::default();
        entered.set(path, value, Source::Typed);
        forget_overtaken(&tx, journal, town.counter(), Actor::System, id, &entered).unwrap();
        answer(&tx, journal, Actor::System, id, &entered).unwrap();
    };
    let relation = |id: &str| say("juminhyo.relation", Value::Choice(id.into()));
    relation("household");
    say("juminhyo.target.name", Value::Text("見本　太郎".into()));
    relation("self");
    let forms = [town.forms.get("juminhyo").unwrap()];
    let shown =
        |answers: &Answers| questions::known(&forms, answers).text("juminhyo.target.name").cloned();
    assert_eq!(shown(&town.answers(id)), Some("試験　花子".into()));

    // A clerk who changes the relation forgets what was typed under it too.
    relation("agent");
    say("juminhyo.target.name", Value::Text("見本　太郎".into()));
    say("juminhyo.target.address", Value::Text("見本県みほん町".into()));
    town.submit(id, journal.op()).unwrap();
    let change = ("juminhyo.relation", Value::Choice("self".into()));
    desk::correct(
        &town.tx(),
        journal,
        town.counter(),
        StaffId::new(journal.now(), &*journal.chance),
        journal.op(),
        id,
        change,
    )
    .unwrap();
    assert_eq!(shown(&town.answers(id)), Some("試験　花子".into()));
}

#[test]
fn another_card_leaves_nothing_of_the_first() {
    let town = Town::open();
    let kiosk = town.kiosk();
    let actor = Actor::Device(kiosk);
    let (tx, journal) = (town.tx(), &town.journal);
    let id = town.start(kiosk);
    let mut typed = Answers::default();
    typed.set("applicant.kana", Value::Text("テホン　カオル".into()), Source::Typed);
    typed.set("applicant.phone", Value::Text("0999-00-0001".into()), Source::Typed);
    answer(&tx, journal, actor, id, &typed).unwrap();
    let mut licence = Answers::default();
    licence.set("applicant.name", Value::Text("手本　薫".into()), Source::Licence);
    licence.set("applicant.address", Value::Text("手本県".into()), Source::Licence);
    answer(&tx, journal, actor, id, &licence).unwrap();

    choose_way(&tx, journal, actor, id, Some(Way::Card)).unwrap();
    let left: Vec<_> = town.answers(id).iter().map(|(path, _)| path.to_owned()).collect();
    assert_eq!(left, ["applicant.phone"]);
    answer(&tx, journal, actor, id, &card()).unwrap();
    choose_way(&tx, journal, actor, id, Some(Way::Hand)).unwrap();
    assert_eq!(town.answers(id).text("applicant.name"), None);
}

#[test]
fn what_tells_of_health_is_sealed_and_goes_with_the_rest() {
    let town = Town::open();
    let kiosk = town.kiosk();
    let wishes = Wishes { care: [Care::Hearing].into(), ..Wishes::default() };
    let id = start(&town.tx(), &town.journal, town.journal.op(), kiosk, &wishes).unwrap();
    let visit = town.visit(id).with_care(&town.answers(id));
    assert_eq!(visit.wishes.care, wishes.care);
    let told: i64 = town
        .connection
        .query_row("select count(*) from journal where facts like '%hearing%'", [], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(told, 0);
}

#[test]
fn where_no_more_numbers_are_given_out_the_receipt_is_called() {
    let mut town = Town::open();
    town.config.lanes.iter_mut().for_each(|lane| lane.daily_max = Some(1));
    let hand_in = |town: &Town| {
        let id = town.filled(town.kiosk());
        town.submit(id, town.journal.op()).unwrap()
    };
    assert_eq!(hand_in(&town).number(), "A1");
    let second = hand_in(&town);
    assert_eq!((second.ticket.clone(), second.number()), (None, "0002".to_owned()));
    assert_eq!(verify::first_contradiction(&town.connection).unwrap(), None);
}

#[test]
fn a_row_that_contradicts_the_journal_is_named() {
    for (sql, what) in [
        ("update application set state = 'accepted'", Some("an application is in a state")),
        ("delete from leg; delete from ticket", Some("a ticket is not the one")),
        ("update ticket set number = 99", Some("a ticket is not the one")),
        ("update leg set state = 'done'", Some("a ticket is not where")),
        ("delete from answer; delete from visit", Some("an entry hands in a visit")),
        ("update visit_key set wrapped = null, erased_at = 'now'", Some("a key was erased")),
        ("select 1", None),
    ] {
        let town = Town::open();
        let id = town.filled(town.kiosk());
        town.submit(id, town.journal.op()).unwrap();
        town.connection.execute_batch(sql).unwrap();
        let found = verify::first_contradiction(&town.connection).unwrap();
        assert_eq!(found.is_some(), what.is_some(), "{sql}: {found:?}");
        assert!(found.unwrap_or_default().starts_with(what.unwrap_or_default()), "{sql}");
    }
}

#[test]
fn what_was_handed_in_while_the_resident_left_stays() {
    let town = Town::open();
    let kiosk = town.kiosk();
    let id = town.filled(kiosk);
    let handed_in = town.submit(id, town.journal.op()).unwrap();
    for _ in 0..2 {
        leave(&town.tx(), &town.journal, Actor::Device(kiosk), id).unwrap();
    }
    assert_eq!(town.visit(id).state, State::Submitted);
    assert_eq!(submitted(&town.connection, id).unwrap(), Some(handed_in));
    let left = town.entries(id).into_iter().filter(|kind| kind == "visit.left_kiosk").count();
    assert_eq!(left, 1);
}

#[test]
fn the_sweep_takes_nothing_that_was_touched_since_it_looked() {
    let town = Town::open();
    let site = &town.config.site;
    let due = || retention::due(&town.connection, site, town.journal.now()).unwrap();
    let erase = |id| {
        retention::erase_one(&town.tx(), &town.journal, Actor::System, site, id).unwrap();
    };
    let (left, id) = (town.start(town.kiosk()), town.filled(town.kiosk()));
    town.clock.advance(Duration::from_secs(3_600));
    assert_eq!(due(), [left, id]);
    town.submit(id, town.journal.op()).unwrap();
    erase(id);
    assert_eq!(town.visit(id).state, State::Submitted, "handed in since");
    for _ in 0..2 {
        erase(left);
    }
    assert_eq!(town.entries(left), ["visit.started", "visit.erased"]);

    town.clock.advance(Duration::from_secs(86_400 * u64::from(site.retention.visit_days) + 1));
    assert_eq!(due(), [id]);
    let staff = StaffId::new(town.journal.now(), &*town.journal.chance);
    let value = ("applicant.phone", Value::Text("0999-00-0002".into()));
    desk::correct(&town.tx(), &town.journal, town.counter(), staff, town.journal.op(), id, value)
        .unwrap();
    erase(id);
    assert_eq!(town.visit(id).state, State::Submitted, "a clerk works on it");
}

#[test]
fn another_language_keeps_nothing_longer_and_wakes_nothing_that_was_erased() {
    let town = Town::open();
    let kiosk = town.kiosk();
    let id = town.filled(kiosk);
    town.submit(id, town.journal.op()).unwrap();
    let before = town.visit(id);
    town.clock.advance(Duration::from_secs(60));
    let english = Wishes { lang: Lang::En, ..Wishes::default() };
    let wish = |id| wish(&town.tx(), &town.journal, Actor::Device(kiosk), id, &english);
    wish(id).unwrap();
    let after = town.visit(id);
    assert_eq!((after.wishes.lang, after.touched_at), (Lang::En, before.touched_at));

    let draft = town.start(town.kiosk());
    wish(draft).unwrap();
    leave(&town.tx(), &town.journal, Actor::System, draft).unwrap();
    assert!(matches!(wish(draft), Err(Error::Gone)));
}

#[test]
fn nobody_hands_in_without_having_agreed() {
    let town = Town::open();
    let id = town.filled(town.kiosk());
    town.connection.execute("update visit set agreed = 0", []).unwrap();
    assert!(matches!(town.submit(id, town.journal.op()), Err(Error::NotAgreed)));
}

#[test]
fn a_press_stands_for_one_act_and_no_other() {
    let town = Town::open();
    let (id, other) = (town.filled(town.kiosk()), town.filled(town.kiosk()));
    let op = town.journal.op();
    town.submit(id, op).unwrap();
    let taken = |error| matches!(error, Error::Journal(journal::Error::OpTaken));
    assert!(taken(town.submit(other, op).unwrap_err()));
    let begun = start(&town.tx(), &town.journal, op, town.kiosk(), &Wishes::default());
    assert!(taken(begun.unwrap_err()));
}

#[test]
fn a_visit_that_cannot_be_read_hides_no_other() {
    let town = Town::open();
    let (damaged, whole) = (town.filled(town.kiosk()), town.filled(town.kiosk()));
    for id in [damaged, whole] {
        town.submit(id, town.journal.op()).unwrap();
    }
    let spoil = "update answer set sealed = zeroblob(64) where visit = ?1";
    town.connection.execute(spoil, [damaged.to_string()]).unwrap();
    let day = town.journal.now().date();
    let list = listed::on(&town.connection, &town.journal, day).unwrap();
    assert_eq!(list.visits.iter().map(|listed| listed.visit.id).collect::<Vec<_>>(), [whole]);
    let numbers: Vec<&str> = list.unreadable.iter().map(|one| one.number.as_str()).collect();
    assert_eq!(numbers, ["A1"]);
}
