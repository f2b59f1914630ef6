use std::sync::Arc;

use crate::db::Tx;
use crate::journal::Actor;
use crate::queue::order::Class;
use crate::queue::{self, NewTicket};
use crate::web::{Office, example, live};

async fn draw(office: &Arc<Office>) {
    let drawing = office.clone();
    let draw = move |tx: &Tx<'_>| {
        let lane = queue::Lane {
            id: "certificate".to_owned(),
            prefix: "A".to_owned(),
            numbers: [1, 999],
            at_end: queue::AtEnd::Widen,
            daily_max: None,
            spare: None,
        };
        let (lane, plan) = (&lane, Vec::new());
        let new = NewTicket { visit: None, lane, plan, class: Class::Ordinary, slot: None };
        queue::issue(tx, &drawing.journal, (drawing.journal.op(), Actor::System), new)
    };
    office.db.write(draw).await.unwrap();
}

#[tokio::test]
async fn after_a_panic_the_waiting_times_are_worked_out_anew() {
    let (office, _clock, _folder) = example::office(false).await;
    let watching = tokio::spawn(live::forever(office.clone()));
    let mut boards = office.live.boards();
    draw(&office).await;
    boards.wait_for(|shown| shown.outlook.tickets.len() == 1).await.unwrap();
    office.live.outlooks.plant_a_panic();
    draw(&office).await;
    boards.wait_for(|shown| shown.outlook.tickets.len() == 2).await.unwrap();
    watching.abort();
}
