//! Bugs that other machines shipped, by their number in `tests/it/shipped_bugs.rs`,
//! as far as they show only with the real writer and the real pages.

use super::*;
use crate::clock::Moment;
use crate::db::Tx;
use crate::id::{StaffId, TicketId};
use crate::queue::order::Class;
use crate::queue::state::{Action, State};
use crate::queue::{Act, Desk, Reason, Ticket, duty};
use crate::visit::WalkIn;
use crate::web::live;

const LANES: [&str; 1] = ["certificate"];

/// Somebody without forms draws a number.
async fn draw(town: &Town) -> Ticket {
    let office = town.office.clone();
    let new = WalkIn {
        lane: LANES[0].to_owned(),
        class: Class::Ordinary,
        wishes: Wishes::default(),
        kiosk: None,
    };
    let draw = move |tx: &Tx<'_>| {
        let journal = &office.journal;
        visit::walk_in(tx, journal, office.counter(), (journal.op(), Actor::System), &new)
    };
    town.office.db.write(draw).await.unwrap()
}

/// Two clerks who have sat down at the first two counters.
async fn two_clerks(town: &Town) -> [(StaffId, u32); 2] {
    let journal = town.office.journal.clone();
    let clerks = [1, 2].map(|counter| (StaffId::new(journal.now(), &*journal.chance), counter));
    let sit = move |tx: &Tx<'_>| -> Result<(), queue::Error> {
        for (staff, counter) in clerks {
            duty::open(tx, &journal, journal.op(), staff, counter, false)?;
        }
        Ok(())
    };
    town.office.db.write(sit).await.unwrap();
    clerks
}

/// A clerk calls: this number, or whoever's turn it is.
async fn call(
    office: Arc<Office>,
    (staff, counter): (StaffId, u32),
    chosen: Option<TicketId>,
) -> Result<Ticket, queue::Error> {
    let (journal, op) = (office.journal.clone(), office.journal.op());
    let rules = office.config.site.queue.order();
    let call = move |tx: &Tx<'_>| {
        let lanes = [(counter, LANES.map(str::to_owned).to_vec())].into();
        let desk = Desk { staff, counter, lanes: &lanes, rules };
        match chosen {
            Some(id) => queue::call_this(tx, &journal, op, &desk, (id, Some(Reason::Short))),
            None => queue::call_next(tx, &journal, op, &desk),
        }
    };
    office.db.write(call).await
}

/// Serves whoever was called, and frees the counter.
async fn serve(town: &Town, (staff, counter): (StaffId, u32), id: TicketId) {
    let journal = town.office.journal.clone();
    let serve = move |tx: &Tx<'_>| -> Result<(), queue::Error> {
        for action in [Action::Serve, Action::Finish] {
            let act = Act::of_clerk(action, counter, staff, journal.now());
            queue::act(tx, &journal, (journal.op(), Actor::Staff(staff)), id, act)?;
        }
        Ok(())
    };
    town.office.db.write(serve).await.unwrap();
}

/// How many entries of the journal say this of a ticket.
async fn told(town: &Town, action: Action) -> u32 {
    let count = move |connection: &rusqlite::Connection| -> Result<u32, crate::db::Error> {
        let count = "select count(*) from journal
            where kind = 'ticket.moved' and facts ->> 'action' = ?1";
        Ok(connection.query_row(count, [action.id()], |row| row.get(0))?)
    };
    town.office.db.read(count).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bug_01_two_clerks_who_press_next_at_once_get_two_people() {
    let town = Town::open().await;
    let [one, two] = two_clerks(&town).await;
    for _ in 0..100 {
        draw(&town).await;
        draw(&town).await;
        let pressed = [one, two].map(|clerk| tokio::spawn(call(town.office.clone(), clerk, None)));
        let [first, second] = pressed;
        let (first, second) = (first.await.unwrap().unwrap(), second.await.unwrap().unwrap());
        assert_ne!(first.id, second.id);
        serve(&town, one, first.id).await;
        serve(&town, two, second.id).await;
    }
    assert_eq!(told(&town, Action::CallNext).await, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bug_21_two_desks_that_call_the_same_number_at_once_serve_it_once() {
    let town = Town::open().await;
    let clerks = two_clerks(&town).await;
    for _ in 0..500 {
        let id = draw(&town).await.id;
        let pressed = clerks.map(|clerk| tokio::spawn(call(town.office.clone(), clerk, Some(id))));
        let mut got = Vec::new();
        for (clerk, pressed) in clerks.into_iter().zip(pressed) {
            match pressed.await.unwrap() {
                Ok(ticket) => got.push((clerk, ticket.id)),
                Err(queue::Error::Refused(_)) => {}
                Err(other) => panic!("{other}"),
            }
        }
        assert_eq!(got.len(), 1, "one of the two, and only one");
        serve(&town, got[0].0, id).await;
    }
    assert_eq!(told(&town, Action::CallThis).await, 500);
    assert_eq!(told(&town, Action::Serve).await, 500);
}

#[tokio::test]
async fn bug_05_looking_reloading_changing_the_counter_and_a_restart_call_nobody() {
    let town = Town::staffed().await;
    let clerk = town.sign_in("clerk").await;
    let watching = tokio::spawn(live::forever(town.office.clone()));
    let sit = async |counter: &str| {
        clerk.post("/desk/calling/open", &[("counter", counter)]).await;
    };
    sit("1").await;
    for act in ["mark_absent", "hold", "finish"] {
        draw(&town).await;
        clerk.post("/desk/calling/next", &[]).await;
        let page = clerk.get("/desk/calling").await;
        let (_, id) = page.text().split_once("action=\"/desk/calling/tickets/").unwrap();
        let id = id.split(['"', '/']).next().unwrap();
        let steps = if act == "finish" { vec!["serve", act] } else { vec![act] };
        for act in steps {
            let fields = [("act", act), ("reason", "filling_in")];
            clerk.post(&format!("/desk/calling/tickets/{id}"), &fields).await;
        }
    }
    draw(&town).await;
    let announced = async |office: &Office| {
        let day = office.journal.now().date();
        let look = move |look: &_| queue::announcements(look, day, 0);
        office.db.read(look).await.unwrap().len()
    };
    assert_eq!(announced(&town.office).await, 3);
    for counter in ["4", "1", "2"] {
        sit(counter).await;
        for page in
            ["/desk/calling", "/desk/calling/queue", "/desk", "/desk/guide", "/desk/calling"]
        {
            assert_eq!(clerk.get(page).await.status, StatusCode::OK, "{page}");
        }
    }
    watching.abort();
    // Another program on the same file, as after a power cut.
    let again = crate::db::Db::start(
        town.office.db.path(),
        crate::schema::STEPS,
        crate::journal::check_tail,
    );
    let day = town.office.journal.now().date();
    let calls = again.unwrap().read(move |look| queue::announcements(look, day, 0)).await;
    let calls: Vec<_> = calls.map_err(|error: queue::Error| error).unwrap();
    assert_eq!((calls.len(), announced(&town.office).await), (3, 3));
}

/// Looks on until the screens show something of which this is so.
async fn is_shown(
    boards: &mut tokio::sync::watch::Receiver<Arc<live::Shown>>,
    what: &str,
    so: impl Fn(&Arc<live::Shown>) -> bool,
) {
    let shown = tokio::time::timeout(Duration::from_secs(20), boards.wait_for(so)).await;
    shown.unwrap_or_else(|_| panic!("no screen hears of it: {what}")).unwrap();
}

#[tokio::test]
async fn bug_08_whatever_is_done_to_a_number_and_by_whomever_reaches_the_screens() {
    let town = Town::open().await;
    let [(staff, counter), _] = two_clerks(&town).await;
    let watching = tokio::spawn(live::forever(town.office.clone()));
    let mut boards = town.office.live.boards();
    boards.wait_for(|shown| shown.duties.len() == 2).await.unwrap();
    let id = draw(&town).await.id;
    let stands = |shown: &live::Shown| shown.tickets[0].leg().state;
    boards.wait_for(|shown| !shown.tickets.is_empty()).await.unwrap();
    use Action::*;
    let steps = [
        Reclass, CallNext, Recall, Serve, TakeOver, Hold, Resume, CallNext, MarkAbsent, Return,
        CallNext, Hold, ServeAgain, Prepare, Ready, CallNext, Serve, HandOver, CallNext, Serve,
        GoOn, CallNext, Serve, Finish, Reopen, Leave,
    ];
    for action in steps {
        town.clock.advance(Duration::from_secs(20));
        match action {
            CallNext => drop(call(town.office.clone(), (staff, counter), None).await.unwrap()),
            _ => {
                let journal = town.office.journal.clone();
                let press = move |tx: &Tx<'_>| {
                    let act = Act {
                        reason: Some(Reason::FillingIn),
                        lane: action.opens_leg().then(|| LANES[0].to_owned()),
                        class: (action == Reclass).then_some(Class::Priority),
                        ..Act::of_clerk(action, counter, staff, journal.now())
                    };
                    queue::act(tx, &journal, (journal.op(), Actor::Staff(staff)), id, act)
                };
                town.office.db.write(press).await.unwrap();
            }
        }
        let kept = town.office.db.read(move |look| queue::get(look, id)).await.unwrap().unwrap();
        is_shown(&mut boards, &format!("{action:?}"), |shown| shown.tickets[0] == kept).await;
    }
    assert_eq!(stands(&boards.borrow()), State::Cancelled);
    // Those who pause and go home, and what nobody but the clock does.
    let journal = town.office.journal.clone();
    let pause = move |tx: &Tx<'_>| {
        duty::pause(tx, &journal, journal.op(), (staff, counter), Some(duty::Pause::Break))
    };
    town.office.db.write(pause).await.unwrap();
    is_shown(&mut boards, "a pause", |shown| shown.board.counters[0].paused.is_some()).await;
    watching.abort();
}

#[tokio::test]
async fn bug_10_while_the_queue_cannot_be_read_the_last_good_board_stays_and_says_how_old_it_is() {
    let town = Town::staffed().await;
    let [clerk, _] = two_clerks(&town).await;
    draw(&town).await;
    call(town.office.clone(), clerk, None).await.unwrap();
    let watching = tokio::spawn(live::forever(town.office.clone()));
    let mut boards = town.office.live.boards();
    boards.wait_for(|shown| !shown.board.called.is_empty()).await.unwrap();
    let write = async |sql: &'static str| {
        let work =
            move |tx: &Tx<'_>| -> Result<(), crate::db::Error> { Ok(tx.execute_batch(sql)?) };
        town.office.db.write(work).await.unwrap();
    };
    write("alter table announcement rename to broken").await;
    // Nothing new may come: there is nothing to wait for but a while.
    let emptied = boards.wait_for(|shown| shown.board.called.is_empty());
    let emptied = tokio::time::timeout(Duration::from_millis(500), emptied).await.is_ok();
    assert!(!emptied, "screens were told of a hall that nobody could see");
    assert_eq!(town.office.live.now().board.called.len(), 1, "nor is a newcomer");
    // Wherever it is shown, it is as old as when it was seen last, and staff are told.
    town.clock.advance(Duration::from_secs(40 * 60));
    let supervisor = town.sign_in("supervisor").await;
    let code = town.office.live.now().tickets[0].code.clone().unwrap();
    for page in ["/status?lang=ja".to_owned(), format!("/status/{code}?lang=ja")] {
        let shown = town.get(&page, "").await;
        assert!(shown.says("9:00") && !shown.says("9:40"), "{page}: {}", shown.text());
    }
    assert!(town.get("/status.json", "").await.says("\"updated_at\":\"2026-11-24T09:00"));
    assert!(supervisor.get("/desk/supervisor").await.says("9:00 の内容のままです"));
    write("alter table broken rename to announcement").await;
    boards.wait_for(|shown| shown.blind_since.is_none()).await.unwrap();
    assert!(town.get("/status.json", "").await.says("\"updated_at\":\"2026-11-24T09:40"));
    assert!(!supervisor.get("/desk/supervisor").await.says("の内容のままです"));
    draw(&town).await;
    let shown = boards.wait_for(|shown| shown.tickets.len() == 2).await.unwrap().clone();
    assert_eq!(shown.board.called.len(), 1);
    watching.abort();
}

#[tokio::test]
async fn bug_14_what_people_are_called_is_words_and_never_markup() {
    let town = Town::staffed().await;
    let evil = "<img src=x onerror=alert(1)>";
    let journal = town.office.journal.clone();
    let pair = move |tx: &Tx<'_>| -> Result<(), device::Error> {
        let new = NewDevice::typed(evil, device::Role::Kiosk, "")?;
        let (code, _) = device::offer(tx, &journal, journal.op(), Actor::Console, &new)?;
        device::redeem(tx, &journal, journal.op(), &code.to_string()).map(drop)
    };
    town.office.db.write(pair).await.unwrap();
    let visit = town.visit_by("juminhyo", Some(evil)).await;
    let supervisor = town.sign_in("supervisor").await;
    for page in ["/desk".to_owned(), format!("/desk/visits/{visit}"), "/desk/devices".to_owned()] {
        let shown = supervisor.get(&page).await;
        assert!(!shown.says("<img"), "{page}: {}", shown.text());
    }
    assert!(supervisor.get("/desk/devices").await.says("&#60;img"));
}

#[tokio::test]
async fn bug_22_the_time_of_a_tablet_or_a_browser_decides_nothing() {
    let town = Town::staffed().await;
    let guide = town.sign_in("clerk").await;
    let now = town.office.journal.now();
    for time in
        ["2026-11-23T09:00:00+09:00", "2026-11-25T09:00:00+09:00", "09:00", "昨日", "-1", ""]
    {
        let told = ["at", "arrived", "arrived_at", "day", "date", "time", "now"];
        let told = told.map(|name| (name, time));
        let fields = [&[("lane", "certificate")], &told[..]].concat();
        let drawn = guide.post("/desk/guide", &fields).await;
        assert!(drawn.to.contains("/tickets/"), "{time}: {}", drawn.text());
    }
    let day = now.date();
    let tickets = town.office.db.read(move |look| queue::of_day(look, day)).await.unwrap();
    let came: Vec<(Moment, u64)> = tickets.iter().map(|one| (one.arrived, one.issued)).collect();
    assert_eq!(came, (1..=6).map(|nth| (now, nth)).collect::<Vec<_>>());
}

#[tokio::test]
async fn bug_27_the_page_of_a_clerk_stays_small_however_many_wait() {
    let town = Town::staffed().await;
    let clerk = town.sign_in("clerk").await;
    clerk.post("/desk/calling/open", &[("counter", "1")]).await;
    let few = {
        draw(&town).await;
        clerk.get("/desk/calling/queue").await.body.len()
    };
    for _ in 0..499 {
        draw(&town).await;
    }
    let page = clerk.get("/desk/calling/queue").await;
    assert!(page.says("待っている方（500 人）"));
    assert!(page.says(">A1</td>") && page.says("ほかに 460 人"), "{}", page.text());
    assert!(page.body.len() < few + 80_000, "{} bytes", page.body.len());
    // Who does not stand there can be called all the same.
    let fields = [("number", "A500"), ("reason", "short")];
    assert_eq!(clerk.post("/desk/calling/number", &fields).await.to, "/desk/calling");
}

#[tokio::test]
async fn bug_28_what_is_no_form_is_refused_and_never_a_fault() {
    let (town, visit) = furnished().await;
    let administrator = town.sign_in("administrator").await;
    let supervisor = town.sign_in("supervisor").await;
    let op = town.office.journal.op().to_string();
    let form = "application/x-www-form-urlencoded";
    let bodies = [
        ("application/json", "[1, 2, 3]".to_owned(), true),
        ("application/json", "{\"op\": {\"op\": []}}".to_owned(), true),
        ("text/plain", "null".to_owned(), true),
        ("multipart/form-data; boundary=x", "--x".to_owned(), true),
        (form, "op=%00%FF&key=%ED%A0%80".to_owned(), true),
        // With the right key: nonsense, where an act, a number or an id is asked for.
        (form, "KEY&op=%00%FF&counter=1&act=recall&lane=certificate".to_owned(), false),
        (form, format!("KEY&op={op}&op&counter=-1&act=%5B%5D&lane=%00&number=%FF&day=x"), false),
    ];
    let posts = ROUTES.iter().filter(|route| route.0 == "post");
    for (route, who) in posts.flat_map(|route| [(route.1, &administrator), (route.1, &supervisor)])
    {
        let path = address(&town, route, visit).await;
        for (kind, body, is_refused) in &bodies {
            let body = body.replace("KEY", &format!("key={}", who.key));
            let request = Request::post(&path)
                .header(header::HOST, HOST)
                .header(header::ORIGIN, format!("http://{HOST}"))
                .header(header::COOKIE, &who.cookie)
                .header(header::CONTENT_TYPE, *kind);
            let status = town.send(request.body(Body::from(body.clone())).unwrap()).await.status;
            assert!(!status.is_server_error(), "{path} {body}: {status}");
            assert!(!is_refused || status.is_client_error(), "{path} {body}: {status}");
        }
    }
}
