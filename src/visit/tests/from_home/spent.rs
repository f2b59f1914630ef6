//! How a code ends: used up by a paper, superseded by a later revision, forgotten.

use super::*;

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
