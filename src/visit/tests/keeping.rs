//! What is kept of a visit, how long, and what contradicts the journal.

use super::*;
use crate::payment;

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
fn a_visit_stays_as_long_as_nobody_knows_what_became_of_its_money() {
    let town = Town::open();
    let site = &town.config.site;
    let id = town.filled(town.kiosk());
    town.submit(id, town.journal.op()).unwrap();
    let counter = Counter { config: &town.config, forms: &town.forms };
    let bill = bill::bill(&town.tx(), &town.journal, counter, Actor::System, id).unwrap();
    let charge = bill.charge.unwrap();
    let by = || payment::By { op: town.journal.op(), actor: Actor::System };
    let (amount, tender) = (charge.total, payment::Tender::Credit);
    let request = payment::Request { charge: charge.id, amount, tender, counter: 1, at: None };
    let begun = payment::start(&town.tx(), &town.journal, by(), &request).unwrap();
    town.clock.advance(Duration::from_secs(86_400 * (1 + u64::from(site.retention.visit_days))));
    let due = || retention::due(&town.connection, site, town.journal.now()).unwrap();
    let erase = || retention::erase_one(&town.tx(), &town.journal, Actor::System, site, id);
    assert_eq!((due(), erase().unwrap()), (vec![], None));
    let declined = (begun.id, &payment::Outcome::Declined);
    payment::settle(&town.tx(), &town.journal, by(), declined).unwrap();
    assert_eq!(due(), [id]);
    assert!(erase().unwrap().is_some());
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
