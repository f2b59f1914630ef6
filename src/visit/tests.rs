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

mod at_the_desk;
mod editions;
mod exported;
mod from_home;
mod keeping;
mod paying;
mod restored;
mod retold;

/// A counter in memory: example town, held clock.
pub(super) struct Town {
    pub(super) connection: Connection,
    pub(super) journal: Journal,
    clock: Arc<HeldClock>,
    pub(super) config: Config,
    forms: Forms,
}

impl Town {
    pub(super) fn open() -> Self {
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

    pub(super) fn tx(&self) -> Tx<'_> {
        Tx::alone(&self.connection)
    }

    pub(super) fn counter(&self) -> Counter<'_> {
        Counter { config: &self.config, forms: &self.forms }
    }

    fn start(&self, kiosk: DeviceId) -> VisitId {
        start(&self.tx(), &self.journal, self.journal.op(), kiosk, &Wishes::default()).unwrap()
    }

    pub(super) fn kiosk(&self) -> DeviceId {
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
    pub(super) fn filled(&self, kiosk: DeviceId) -> VisitId {
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

    pub(super) fn submit(&self, id: VisitId, op: OpId) -> Result<Submitted, Error> {
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

fn accept(journal: &Journal) -> desk::Decision {
    desk::Decision { op: journal.op(), action: Action::Accept, reason: String::new() }
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
