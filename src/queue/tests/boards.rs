//! What the display shows of the calls.

use super::*;
use crate::queue::board::Of;

impl Hall {
    fn board(&self) -> board::Board {
        self.board_of(Of::Hall(&self.lanes[&1]))
    }

    fn board_of(&self, of: Of<'_>) -> board::Board {
        let day = self.journal.now().date();
        let tickets = of_day(&self.connection, day).unwrap();
        let calls = announcements(&self.connection, day, 0).unwrap();
        let duties = duty::all(&self.connection).unwrap();
        board::board(&tickets, &duties, &calls, of, Voice::Ja)
    }
}

fn names(calls: &[board::Call]) -> Vec<(&str, u32)> {
    calls.iter().map(|call| (call.ticket.as_str(), call.counter)).collect()
}

#[test]
fn whose_call_was_taken_back_is_sent_nowhere() {
    let hall = Hall::open();
    hall.sit(1);
    let id = hall.issue("certificate").id;
    hall.call_next(1).unwrap();
    hall.undo(1, id).unwrap();
    let shown = hall.board();
    assert_eq!((shown.called, shown.last, shown.seq), (vec![], vec![], 1));
}

#[test]
fn whose_second_call_was_taken_back_was_called_where_the_first_one_was() {
    let hall = Hall::open();
    hall.sit(1).sit(2);
    let id = hall.issue("certificate").id;
    hall.call_next(1).unwrap();
    hall.press(1, Action::Serve, id).unwrap();
    let over = Act {
        lane: Some("moving".to_owned()),
        ..Act::of_clerk(Action::HandOver, 1, hall.desk(1).staff, hall.journal.now())
    };
    hall.pass(300);
    hall.act_with(id, over).unwrap();
    hall.pass(60);
    assert_eq!(hall.call_next(2).unwrap().id, id);
    assert_eq!(names(&hall.board().called), [("A1", 2)]);
    hall.undo(2, id).unwrap();
    let shown = hall.board();
    assert_eq!(names(&shown.called), []);
    assert_eq!(names(&shown.last), [("A1", 1)]);
}

#[test]
fn who_has_the_same_number_and_waits_does_not_hide_who_is_called() {
    let hall = Hall::open();
    hall.sit(1).sit(2);
    let lane = Lane { numbers: [8, 9], at_end: AtEnd::Wrap, ..hall.lane("certificate") };
    let draw = || hall.try_issue(hall.journal.op(), &lane, Class::Ordinary).unwrap();
    let [first, _] = [draw(), draw()];
    hall.call_next(1).unwrap();
    let again = draw();
    assert_eq!(again.to_string(), first.to_string());
    assert_eq!(names(&hall.board().called), [("A8", 1)]);
    // Once the number is called anew, that is the call that counts.
    hall.press(1, Action::Serve, first.id).unwrap();
    hall.pass(60);
    assert_eq!(names(&hall.board().last), [("A8", 1)]);
    hall.call_this(2, again.id, Some(Reason::Short)).unwrap();
    let shown = hall.board();
    assert_eq!((names(&shown.called), names(&shown.last)), (vec![("A8", 2)], vec![]));
}

#[test]
fn the_board_shows_each_number_once_where_it_was_called_last() {
    let hall = Hall::open();
    hall.sit(1).sit(2);
    let [one, two, _] = [hall.issue("certificate"), hall.issue("moving"), hall.issue("moving")];
    hall.call_next(1).unwrap();
    hall.press(1, Action::Serve, one.id).unwrap();
    hall.call_next(2).unwrap();
    hall.pass(20);
    hall.press(2, Action::Recall, two.id).unwrap();
    let shown = hall.board();
    assert_eq!(names(&shown.called), [("B1", 2)]);
    assert_eq!(names(&shown.last), [("A1", 1)]);
    assert_eq!(shown.called[0].clips, Voice::Ja.clips("B", 1, 2));
    let waiting: Vec<_> = shown.lanes.iter().map(|lane| lane.waiting).collect();
    assert_eq!((waiting, shown.seq), (vec![0, 1], 3));
    let serving: Vec<_> = shown.counters.iter().map(|one| one.serving.as_deref()).collect();
    assert_eq!(serving, [Some("A1"), Some("B1")]);
    hall.press(2, Action::MarkAbsent, two.id).unwrap();
    assert_eq!(names(&hall.board().called), []);
}

#[test]
fn a_part_of_the_hall_calls_what_is_called_from_its_lanes() {
    let hall = Hall::open();
    hall.sit(1);
    let [first, other] = &hall.lanes[&1][..] else { panic!("another hall") };
    hall.issue(first);
    hall.call_next(1).unwrap();
    assert_eq!(names(&hall.board_of(Of::Part(std::slice::from_ref(first))).called), [("A1", 1)]);
    let elsewhere = hall.board_of(Of::Part(std::slice::from_ref(other)));
    assert_eq!(names(&elsewhere.called), []);
    assert_eq!(elsewhere.lanes.len(), 1);
    assert_eq!(elsewhere.seq, hall.board().seq);
}
