//! A whole day of a busy office at once: sixty tablets draw numbers and twenty
//! clerks call them, through the real writer, with presses that are sent twice.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

use super::*;
use crate::clock::Moment;
use crate::db::Tx;
use crate::id::{OpId, StaffId, TicketId};
use crate::journal::Journal;
use crate::queue::duty;
use crate::queue::order::Class;
use crate::queue::report::spans::Story;
use crate::queue::state::{Action, State, Who};
use crate::queue::{Act, Desk, Reason, Ticket};
use crate::visit::WalkIn;

const TABLETS: usize = 60;
const CLERKS: u32 = 20;
const NUMBERS_A_TABLET: usize = 6;
const LANES: [&str; 2] = ["certificate", "moving"];

/// The office, and how many tablets have not drawn all their numbers.
#[derive(Clone)]
struct Hall {
    office: Arc<Office>,
    drawing: Arc<AtomicUsize>,
    /// Somebody waits who did not, or nobody more will come.
    news: Arc<Notify>,
}

impl Hall {
    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Tx<'_>, &Journal) -> Result<T, queue::Error> + Send + 'static,
    ) -> Result<T, queue::Error> {
        let journal = self.office.journal.clone();
        self.office.db.write(move |tx| work(tx, &journal)).await
    }

    async fn draw(&self, op: OpId, tablet: DeviceId, nth: usize) -> Ticket {
        let class = if nth.is_multiple_of(7) { Class::Priority } else { Class::Ordinary };
        let lane = LANES[usize::from(nth.is_multiple_of(3))].to_owned();
        let new = WalkIn { lane, class, wishes: Wishes::default(), kiosk: None };
        let (office, journal) = (self.office.clone(), self.office.journal.clone());
        let draw = move |tx: &Tx<'_>| {
            visit::walk_in(tx, &journal, office.counter(), (op, Actor::Device(tablet)), &new)
        };
        self.office.db.write(draw).await.unwrap()
    }

    /// Draws a tablet's numbers; every third press is sent twice at once.
    async fn tablet(self) -> Vec<TicketId> {
        let journal = self.office.journal.clone();
        let tablet = DeviceId::new(journal.now(), &*journal.chance);
        let mut drawn = Vec::new();
        for nth in 0..NUMBERS_A_TABLET {
            let op = journal.op();
            let again = async {
                match nth.is_multiple_of(3) {
                    true => Some(self.draw(op, tablet, nth).await),
                    false => None,
                }
            };
            let (first, second) = tokio::join!(self.draw(op, tablet, nth), again);
            if let Some(second) = second {
                assert_eq!(first.id, second.id, "one press, one number");
            }
            drawn.push(first.id);
            self.news.notify_waiters();
        }
        self.drawing.fetch_sub(1, Ordering::SeqCst);
        self.news.notify_waiters();
        drawn
    }

    /// Calls until nobody waits and nobody will come.
    async fn clerk(self, counter: u32) -> usize {
        let journal = self.office.journal.clone();
        let staff = StaffId::new(journal.now(), &*journal.chance);
        let op = journal.op();
        self.write(move |tx, journal| duty::open(tx, journal, op, staff, counter, false))
            .await
            .unwrap();
        let (mut served, mut called) = (0, 0);
        loop {
            // Listens before it looks: nothing new is missed in between.
            let news = self.news.clone();
            let mut news = std::pin::pin!(news.notified());
            news.as_mut().enable();
            let nobody_comes = self.drawing.load(Ordering::SeqCst) == 0;
            match self.call(staff, counter).await {
                Ok(ticket) => {
                    served += self.attend(ticket, staff, counter, called).await;
                    called += 1;
                }
                Err(queue::Error::Empty) if nobody_comes => return served,
                Err(queue::Error::Empty) => news.await,
                Err(fault) => panic!("{counter}: {fault}"),
            }
        }
    }

    /// Presses "next" twice with the same press.
    async fn call(&self, staff: StaffId, counter: u32) -> Result<Ticket, queue::Error> {
        let op = self.office.journal.op();
        let rules = self.office.config.site.queue.order();
        let call = || {
            self.write(move |tx, journal| {
                let lanes = [(counter, LANES.map(str::to_owned).to_vec())].into();
                let desk = Desk { staff, counter, lanes: &lanes, rules };
                queue::call_next(tx, journal, op, &desk)
            })
        };
        let (first, second) = tokio::join!(call(), call());
        if let (Ok(first), Ok(second)) = (&first, &second) {
            assert_eq!(first.id, second.id, "one press, one call");
        }
        // Somebody may have come between the two.
        first.or(second)
    }

    /// What becomes of whoever was called: most are served, some do not come and
    /// come back, some are held, some presses are taken back. How many were finished.
    async fn attend(&self, ticket: Ticket, staff: StaffId, counter: u32, nth: usize) -> usize {
        let id = ticket.id;
        let act = async |action: Action| {
            let op = self.office.journal.op();
            let actor = Actor::Staff(staff);
            let press = move |tx: &Tx<'_>, journal: &Journal| {
                let act = Act {
                    reason: Some(Reason::Other),
                    ..Act::of_clerk(action, counter, staff, journal.now())
                };
                queue::act(tx, journal, (op, actor), id, act)
            };
            self.write(press).await.unwrap()
        };
        match nth % 11 {
            3 => {
                act(Action::MarkAbsent).await;
                act(Action::Return).await;
                self.news.notify_waiters();
                0
            }
            5 => {
                let (op, actor) = (self.office.journal.op(), Actor::Staff(staff));
                let by = (Who::Clerk, Some(counter));
                let undo = move |tx: &Tx<'_>, journal: &Journal| {
                    queue::undo(tx, journal, (op, actor), id, by)
                };
                act(Action::Serve).await;
                self.write(undo).await.unwrap();
                act(Action::Serve).await;
                act(Action::Finish).await;
                1
            }
            7 => {
                act(Action::Serve).await;
                act(Action::Hold).await;
                act(Action::Resume).await;
                self.news.notify_waiters();
                0
            }
            _ => {
                act(Action::Serve).await;
                act(Action::Finish).await;
                1
            }
        }
    }

    /// Lets a day pass while the others work: some seconds with every commit.
    async fn time(self, clock: Arc<HeldClock>) {
        let mut commits = self.office.db.commits();
        while commits.changed().await.is_ok() {
            clock.advance(Duration::from_secs(3));
        }
    }
}

/// What the journal says a clerk and a ticket did together: from the call to the end.
async fn stays(office: &Office) -> Vec<(String, u32, Moment, Moment)> {
    let read = |connection: &rusqlite::Connection| -> Result<Vec<_>, crate::db::Error> {
        let moved = "select entity_id, facts ->> 'action', facts ->> 'counter', facts ->> 'at'
            from journal where kind = 'ticket.moved' order by rowid";
        let mut rows = connection.prepare(moved)?;
        let mut rows = rows.query([])?;
        let (mut there, mut stays) = (BTreeMap::new(), Vec::new());
        while let Some(row) = rows.next()? {
            let (ticket, action): (String, String) = (row.get(0)?, row.get(1)?);
            let (counter, at): (u32, String) = (row.get(2)?, row.get(3)?);
            let at = crate::clock::parse_rfc3339(&at).unwrap();
            match action.as_str() {
                "call_next" => {
                    let before = there.insert(ticket.clone(), (counter, at));
                    assert_eq!(before, None, "{ticket} was called while it was at a counter");
                }
                "mark_absent" | "hold" | "finish" => {
                    let (called_to, since) = there.remove(&ticket).unwrap();
                    assert_eq!(called_to, counter, "{ticket} left from another counter");
                    stays.push((ticket, counter, since, at));
                }
                _ => {}
            }
        }
        assert!(there.is_empty());
        Ok(stays)
    };
    office.db.read(read).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixty_tablets_and_twenty_clerks_lose_nobody_and_serve_nobody_twice() {
    let (office, clock, _folder) = example::office(false).await;
    let day = office.journal.now().date();
    let hall = Hall {
        office: office.clone(),
        drawing: Arc::new(AtomicUsize::new(TABLETS)),
        news: Arc::default(),
    };
    let time = tokio::spawn(hall.clone().time(clock.clone()));
    let clerks: Vec<_> =
        (1..=CLERKS).map(|counter| tokio::spawn(hall.clone().clerk(counter))).collect();
    let tablets: Vec<_> = (0..TABLETS).map(|_| tokio::spawn(hall.clone().tablet())).collect();
    let mut drawn = BTreeSet::new();
    for tablet in tablets {
        drawn.extend(tablet.await.unwrap());
    }
    let mut finished = 0;
    for clerk in clerks {
        finished += clerk.await.unwrap();
    }
    time.abort();

    let tickets = office.db.read(move |connection| queue::of_day(connection, day)).await.unwrap();
    assert_eq!(drawn.len(), TABLETS * NUMBERS_A_TABLET);
    assert_eq!(tickets.iter().map(|ticket| ticket.id).collect::<BTreeSet<_>>(), drawn);
    let numbers: BTreeSet<String> = tickets.iter().map(ToString::to_string).collect();
    assert_eq!(numbers.len(), tickets.len(), "numbers are unique");
    assert_eq!(finished, tickets.len(), "everybody was served, nobody twice");
    assert!(tickets.iter().all(|ticket| ticket.leg().state == State::Done));

    let stays = stays(&office).await;
    let mut counters: BTreeMap<u32, Vec<(Moment, Moment)>> = BTreeMap::new();
    let mut spent: BTreeMap<&str, time::Duration> = BTreeMap::new();
    for (ticket, counter, since, until) in &stays {
        counters.entry(*counter).or_default().push((*since, *until));
        *spent.entry(ticket).or_default() += *until - *since;
    }
    for (counter, stays) in &counters {
        let in_turn = stays.windows(2).all(|two| two[0].1 <= two[1].0);
        assert!(in_turn, "two residents at counter {counter}");
    }
    let stories = move |connection: &_| queue::report::stories(connection, day);
    let stories = office.db.read(stories).await.unwrap();
    assert_eq!(stories.len(), tickets.len());
    for Story { ticket, spans, .. } in &stories {
        let (mut at, mut there) = (ticket.arrived, time::Duration::ZERO);
        for span in spans {
            assert_eq!(span.from, at, "{ticket}: no time is lost or doubled: {spans:#?}");
            at = span.to.unwrap();
            there += if span.state.is_at_counter() { at - span.from } else { time::Duration::ZERO };
        }
        assert_eq!(at, ticket.leg().since, "{ticket}: until it was over: {spans:#?}");
        let told = spent[ticket.id.to_string().as_str()];
        assert_eq!(there, told, "{ticket}: as long as its counters had it: {spans:#?}");
    }
    let look = |connection: &rusqlite::Connection| visit::verify::first_contradiction(connection);
    assert_eq!(office.db.read(look).await.unwrap(), None, "the journal makes the same rows");
}
