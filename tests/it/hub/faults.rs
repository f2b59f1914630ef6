//! What is wrong with PostgreSQL, or with whoever calls, and what the hub says of it.

use std::net::SocketAddr;
use std::process::Stdio;
use std::time::{Duration, Instant};

use madoguchi::forwarding::Heard;
use madoguchi::hub::people::Role;
use madoguchi::hub::{Error, Hub, Search};
use tokio::net::{TcpSocket, TcpStream};

use super::office::Office;
use super::people::{now, person, staffed};
use super::served::{Authority, certified, link_of, plain, posted, send, served, upto};
use super::{TOWN, counts, hub};
use crate::stage::office::PASSWORD;
use crate::stage::postgres::Postgres;
use crate::stage::program::{madoguchi, run};
use crate::stage::wait_until;

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_that_starts_where_somebody_holds_its_tables_says_so_and_ends() {
    let Some(postgres) = Postgres::start("tables that somebody holds") else { return };
    drop(hub(&postgres, "town").await);
    let held = "begin; lock table hub_version in access exclusive mode; select pg_sleep(60)";
    let mut somebody = postgres.asking("town", held).stdout(Stdio::null()).spawn().unwrap();
    wait_until("somebody holds it", || {
        let held = "select count(*) from pg_locks where mode = 'AccessExclusiveLock' and granted
                    and relation = 'hub_version'::regclass";
        postgres.asked_in("town", held).unwrap().trim() == "1"
    });
    let database = postgres.address("town");
    let opened = tokio::time::timeout(Duration::from_secs(30), Hub::open(&database)).await;
    let opened = opened.unwrap();
    somebody.kill().unwrap();
    somebody.wait().unwrap();
    match opened {
        Err(error @ Error::Busy(_)) => assert!(error.to_string().contains("psql"), "{error}"),
        other => panic!("{:?}", other.map(drop)),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_away_by_itself_is_waited_for_and_what_does_not_is_told_with_its_code() {
    let Some(postgres) = Postgres::start("a database that was changed by hand") else { return };
    let hub = served(&postgres.database("town"), &[]);
    let office = Office::open("999997/honcho", 1).await;
    office.hand_in(1).await;
    let (log, all, link) = (office.log().await, office.from(1).await, plain(&hub));
    postgres.asked_in("town", "alter table application rename to elsewhere").unwrap();
    assert_eq!(send(&link, &log, &all), Heard::Refused("database".into()));
    let said = || hub.said();
    wait_until("it says what PostgreSQL calls it", || said().contains("42P01"));
    assert!(!said().contains(&all[0].body.entity_id), "and nothing of what was sent");
    postgres.asked_in("town", "alter table elsewhere rename to application").unwrap();
    // A database that takes nothing for a while.
    let only_read = |on: &str| {
        let set = format!("alter database town set default_transaction_read_only = {on}");
        postgres.asked(&set).unwrap();
        let others = "select pg_terminate_backend(pid) from pg_stat_activity
                      where datname = 'town' and pid <> pg_backend_pid()";
        postgres.asked(others).unwrap();
    };
    only_read("on");
    wait_until("it is busy", || matches!(send(&link, &log, &all), Heard::Busy { .. }));
    only_read("off");
    wait_until("it is there again", || matches!(send(&link, &log, &all), Heard::Said(_)));
    assert_eq!(counts(&postgres, "town"), "1|1|1");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_calls_a_hundred_times_and_says_nothing_holds_up_nobody_else() {
    let Some(postgres) = Postgres::start("a hundred silent lines") else { return };
    let folder = tempfile::tempdir().unwrap();
    let town = Authority::new(folder.path(), "town");
    let hub = certified(&postgres.database("town"), &town);
    let office = Office::open("999997/honcho", 1).await;
    office.hand_in(1).await;
    let (log, all) = (office.log().await, office.from(1).await);
    let at: SocketAddr = hub.address.trim_start_matches("https://").parse().unwrap();
    let mut silent: Vec<TcpStream> = Vec::new();
    for _ in 0..100 {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.2:0".parse().unwrap()).unwrap();
        silent.push(socket.connect(at).await.unwrap());
    }
    let own = town.sign("honcho.999997.madoguchi.internal");
    let began = Instant::now();
    assert_eq!(upto(send(&link_of(&hub, &own, &town.file()), &log, &all)), 1);
    // Before anybody is hung up on for being silent.
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    drop(silent);
}

#[tokio::test(flavor = "multi_thread")]
async fn over_tls_a_cookie_is_for_tls_alone() {
    let Some(postgres) = Postgres::start("cookies of the hub") else { return };
    let database = postgres.database("town");
    staffed(&Hub::open(&database).await.unwrap(), TOWN).await;
    let folder = tempfile::tempdir().unwrap();
    let town = Authority::new(folder.path(), "town");
    let every = town.sign("*.999997.madoguchi.internal");
    let (secured, open) = (certified(&database, &town), served(&database, &[]));
    let fields = [("login", "clerk"), ("password", PASSWORD)];
    let page = format!("/municipalities/{TOWN}/sign-in");
    let entered = posted(&secured, &every, &town.file(), (&page, &fields));
    let cookie = entered.headers().get("set-cookie").unwrap().to_str().unwrap().to_owned();
    assert!(cookie.contains("; Secure") && cookie.contains("; HttpOnly"), "{cookie}");
    let cookie = open.visitor().post(&page, &fields).header("set-cookie").to_owned();
    assert!(cookie.contains("; HttpOnly") && !cookie.contains("Secure"), "{cookie}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_record_is_held_against_what_was_written_last_and_read_whole_when_that_is_asked() {
    let Some(postgres) = Postgres::start("a record of many views") else { return };
    let hub = hub(&postgres, "town").await;
    staffed(&hub, TOWN).await;
    let clerk = person(&hub, TOWN, Role::Clerk).await;
    for _ in 0..310 {
        hub.applications((&clerk, now()), &Search::default()).await.unwrap();
    }
    let auditor = person(&hub, TOWN, Role::Auditor).await;
    let verify = || {
        let database = postgres.address("town");
        let (code, _, said) = run(madoguchi(&["hub", "verify", "--database"]).arg(database));
        (code, said)
    };
    let (records, torn) = hub.records(&auditor).await.unwrap();
    assert_eq!((records.len(), records[0].number, torn), (300, 312, None));
    let (code, said) = verify();
    assert!(code == Some(0) && said.contains("312"), "{said}");
    let forced = |edit: &str| {
        let forced = format!("set session_replication_role = replica; {edit}");
        postgres.asked_in("town", &forced).unwrap();
    };
    // What was long ago is found where the whole of it is read.
    forced("update record set about = 'nothing' where number = 3");
    assert_eq!(hub.records(&auditor).await.unwrap().1, None);
    let (code, said) = verify();
    assert!(code == Some(1) && said.contains("record 3 "), "{said}");
    // The last one may follow on the others, and be another than was written.
    forced("update record_head set hash = decode(repeat('00', 32), 'hex')");
    assert_eq!(hub.records(&auditor).await.unwrap().1, Some(312));
}

#[tokio::test(flavor = "multi_thread")]
async fn over_a_network_postgresql_shows_who_it_is() {
    let Some(mut postgres) = Postgres::start("PostgreSQL over TLS") else { return };
    postgres.database("town");
    let folder = tempfile::tempdir().unwrap();
    let [town, stranger] = ["town", "stranger"].map(|name| Authority::new(folder.path(), name));
    let host = Postgres::own_address();
    postgres.over_tls(&town.sign(&host));
    let address = |host: &str, more: &str| format!("host={host} user=madoguchi dbname=town {more}");
    let of =
        |town: &Authority| format!("sslmode=verify-full sslrootcert={}", town.file().display());
    let hub = Hub::open(&address(&host, &of(&town))).await.unwrap();
    let office = Office::open("999997/honcho", 1).await;
    office.hand_in(1).await;
    office.sent_to(&hub).await;
    let lines = "select bool_and(ssl) from pg_stat_ssl join pg_stat_activity using (pid)
                 where client_addr is not null";
    assert_eq!(postgres.asked_in("town", lines).unwrap().trim(), "t");
    // The program takes the same words, as an address and as a list.
    let url = format!(
        "postgresql://madoguchi@{host}/town?sslrootcert={}&sslmode=verify-full",
        town.file().display()
    );
    let (code, mark, said) = run(madoguchi(&["hub", "mark", "--database"]).arg(url));
    assert!(code == Some(0) && mark.contains("hash"), "{said}");
    // Somebody else's authority, somebody else's name, and no TLS at all: no line.
    let named = address("db.example", &format!("hostaddr={host} {}", of(&town)));
    for (address, why) in [
        (address(&host, &of(&stranger)), "certificate"),
        (named, "certificate"),
        (address(&host, ""), "no encryption"),
        (address(&host, "sslmode=require"), "sslrootcert"),
    ] {
        match Hub::open(&address).await {
            Ok(_) => panic!("{address} is a line"),
            Err(refused) => assert!(refused.to_string().contains(why), "{address}: {refused}"),
        }
    }
}
