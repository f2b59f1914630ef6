//! 配信: what the town hall sends down arrives signed, once and in order, is done or
//! refused, and the town hall hears of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use madoguchi::chance::SeededChance;
use madoguchi::clock::{Clock, SystemClock};
use madoguchi::hub::people::Role;
use madoguchi::hub::{Became, Hub, ToSend};
use madoguchi::id::OpId;
use madoguchi::notice::{Kind, Place, PublicKey, Signed, SigningKey, follows};
use tempfile::TempDir;
use time::{Date, Weekday};
use ureq::http::StatusCode;

use super::people::{Looker, now, person, staffed};
use super::served::served;
use super::town::{Branch, Hall};
use super::{TOWN, hub};
use crate::stage::office::{PASSWORD, hidden, hire};
use crate::stage::postgres::Postgres;
use crate::stage::program::{madoguchi, run};
use crate::stage::wait_until;

/// A town hall whose hub signs.
struct Signing {
    hall: Hall,
    folder: TempDir,
    /// The line for an office's `site.toml`.
    line: String,
}

impl Signing {
    fn open(what: &str) -> Option<Self> {
        let postgres = Postgres::start(what)?;
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("downlink.pem");
        let (code, line, said) = run(madoguchi(&["hub", "key"]).arg(&key));
        assert_eq!(code, Some(0), "{said}");
        // Told again, it is the same key.
        assert_eq!(run(madoguchi(&["hub", "key"]).arg(&key)).1, line);
        let hub = served(&postgres.database("town"), &[Path::new("--downlink-key"), &key]);
        Some(Self { hall: Hall { postgres, hub }, folder, line })
    }

    fn key(&self) -> PathBuf {
        self.folder.path().join("downlink.pem")
    }

    /// An office on a cable to this hub that trusts this line's key.
    fn branch(&self, line: &str) -> Branch {
        let branch = Branch::open_as("honcho", |config| {
            let site = config.join("site.toml");
            let text = fs::read_to_string(&site).unwrap();
            let trusted = text.replace("[hub]\n", &format!("[hub]\n{line}"));
            fs::write(&site, trusted).unwrap();
        });
        branch.cable.lead_to(&self.hall.hub.address);
        branch
    }

    /// Sends from the console.
    fn send(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let mut command = madoguchi(&["hub", "send", "--office", "999997/honcho"]);
        command.args(["--database", &self.hall.postgres.address("town")]);
        command.arg("--downlink-key").arg(self.key()).args(arguments);
        let (code, _, said) = run(&mut command);
        (code, said)
    }

    fn sends(&self, arguments: &[&str]) {
        let (code, said) = self.send(arguments);
        assert_eq!(code, Some(0), "{said}");
    }

    /// A file to be sent.
    fn file(&self, text: &str) -> String {
        let file = self.folder.path().join("piece.toml");
        fs::write(&file, text).unwrap();
        file.display().to_string()
    }

    /// What the hub knows of what became of them, in the order of their numbers.
    fn outcomes(&self) -> String {
        let all = "select string_agg(number || ' ' || state, ', ' order by number)
                   from notice_outcome";
        self.hall.postgres.asked_in("town", all).unwrap().trim().to_owned()
    }
}

/// How many of its entries are of this kind.
fn told(branch: &Branch, kind: &str) -> usize {
    let begins = format!("{kind} ");
    branch.journal().values().filter(|told| told.starts_with(&begins)).count()
}

/// Presses "call now" at the office.
fn call(branch: &mut Branch) {
    let page = branch.clerk.get("/desk/line").text;
    let called = branch.clerk.post("/desk/line", &[("key", hidden(&page, "key")), ("act", "call")]);
    assert_eq!(called.status, StatusCode::SEE_OTHER, "{}", called.text);
}

/// A working day that is not far.
fn a_day() -> Date {
    let mut day = SystemClock.now().date() + time::Duration::days(7);
    while matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
        day = day.next_day().unwrap();
    }
    day
}

fn closure(day: Date, why: &str) -> String {
    format!("[[closure]]\nfrom = \"{day}\"\nreason = {{ ja = \"{why}\", en = \"{why}\" }}\n")
}

/// Whether somebody at home can book a time on that day.
fn opens(branch: &Branch, day: Date) -> bool {
    let page = format!("/home/appointment/new?lang=ja&service=moving&day={day}");
    branch.program.visitor().get(&page).text.contains(&format!("value=\"{day}T"))
}

#[test]
fn what_is_sent_is_done_or_refused_and_holds_after_a_kill() {
    let Some(hall) = Signing::open("what is sent down") else { return };
    let (mut branch, day) = (hall.branch(&hall.line), a_day());
    let other = day + time::Duration::days(7);
    assert!(opens(&branch, day) && opens(&branch, other));
    hall.sends(&["closures", "--file", &hall.file(&closure(day, "停電のため"))]);
    let fees = fs::read_to_string("kiosk-config/example/fees.toml").unwrap();
    let wrong = fees.replace("form = \"juminhyo\"", "form = \"juminyo\"");
    hall.sends(&["fees", "--file", &hall.file(&wrong)]);
    call(&mut branch);
    wait_until("the first is done, the second refused", || {
        (told(&branch, "notice.applied"), told(&branch, "notice.refused")) == (1, 1)
    });
    wait_until("a resident at home reads of it", || !opens(&branch, day));
    wait_until("the town hall hears of it", || hall.outcomes() == "1 applied, 2 refused");
    let page = branch.clerk.get("/desk/line").text;
    assert!(page.contains("配信2のfees.toml:") && page.contains("休みの日"), "{page}");
    // It holds over a kill; nothing is done twice, and what comes after takes its place.
    branch.kill_and_start();
    assert!(!opens(&branch, day) && opens(&branch, other));
    hall.sends(&["closures", "--file", &hall.file(&closure(other, "床の工事のため"))]);
    call(&mut branch);
    wait_until("the next is done", || told(&branch, "notice.applied") == 2);
    wait_until("it takes its place", || !opens(&branch, other));
    assert!(opens(&branch, day));
    assert_eq!(told(&branch, "notice.refused"), 1);
    wait_until("and is heard of", || hall.outcomes() == "1 applied, 2 refused, 3 applied");
}

#[test]
fn somebody_who_is_out_is_out_within_a_second_of_it() {
    let Some(hall) = Signing::open("somebody is out") else { return };
    let mut branch = hall.branch(&hall.line);
    let mut hired = hire(&mut branch.clerk);
    assert_eq!(hired.get("/desk").status, StatusCode::OK);
    hall.sends(&["staff_disabled", "--login", "kakaricho"]);
    call(&mut branch);
    wait_until("it arrived", || told(&branch, "notice.applied") == 1);
    let arrived = Instant::now();
    wait_until("the session is over", || hired.get("/desk").status == StatusCode::SEE_OTHER);
    assert!(arrived.elapsed() < Duration::from_secs(1), "{:?}", arrived.elapsed());
    assert_eq!(told(&branch, "staff.disabled"), 1);
    // The only administrator stays, and the town hall is told why.
    hall.sends(&["staff_disabled", "--login", "joho"]);
    hall.sends(&["staff_disabled", "--login", "nobody"]);
    call(&mut branch);
    wait_until("heard", || hall.outcomes() == "1 applied, 2 refused, 3 refused");
    let why = "select string_agg(why, ', ' order by number) from notice_outcome";
    let why = hall.hall.postgres.asked_in("town", why).unwrap();
    assert!(why.trim().ends_with(", no_such_account"), "{why}");
    assert_eq!(branch.clerk.get("/desk/line").status, StatusCode::OK);
}

#[test]
fn what_a_strange_key_signed_is_not_taken_and_everybody_is_told() {
    let Some(hall) = Signing::open("a strange key") else { return };
    let other = SigningKey::of_the_moment(&SeededChance::new(4)).unwrap().public().unwrap();
    let mut branch = hall.branch(&format!("downlink_keys = [\"{other}\"]\n"));
    hall.sends(&["closures", "--file", &hall.file(&closure(a_day(), "停電のため"))]);
    call(&mut branch);
    wait_until("it is told", || told(&branch, "notice.not_taken") == 1);
    let page = branch.clerk.get("/desk/line").text;
    assert!(page.contains("署名されていません"), "{page}");
    let overseen = branch.clerk.get("/supervisor").text;
    let overseen = overseen + &branch.clerk.get("/desk/supervisor").text;
    assert!(overseen.contains("役所からの配信を受け取っていない"), "{overseen}");
    assert!(opens(&branch, a_day()));
    call(&mut branch);
    assert_eq!(hall.outcomes(), "");
    assert_eq!(told(&branch, "notice.not_taken"), 1, "once, however often it comes");
}

#[test]
fn what_no_notice_says_is_not_even_signed() {
    let Some(hall) = Signing::open("what no notice says") else { return };
    let (code, said) = hall.send(&["closures", "--file", &hall.file("[calendar]\n")]);
    assert!(code == Some(1) && said.contains("[[closure]]"), "{said}");
    let (code, said) = hall.send(&["fees", "--file", &hall.file("[[fee]\n")]);
    assert!(code == Some(1) && said.contains("TOML"), "{said}");
    assert_eq!(hall.send(&["weather"]).0, Some(2));
    assert_eq!(hall.send(&["fees"]).0, Some(2));
    assert_eq!(hall.send(&["staff_disabled"]).0, Some(2));
    let count = hall.hall.postgres.asked_in("town", "select count(*) from notice").unwrap();
    assert_eq!(count.trim(), "0");
}

/// Everything an office is given, from what it holds on.
async fn fetched(hub: &Hub, held: &mut Vec<(Place, Signed)>, trusted: &PublicKey) {
    let office = "999997/honcho".parse().unwrap();
    loop {
        let place = held.last().map(|(place, _)| *place);
        let next = hub.notices_after(&office, place.as_ref()).await.unwrap();
        if next.is_empty() {
            return;
        }
        for signed in next {
            let notice = signed.open("999997/honcho", &[*trusted]).unwrap();
            let hash = signed.hash();
            let last = held.last().map(|(place, _)| *place);
            let holds = |hash: &_| held.iter().any(|(place, _)| place.hash == *hash);
            follows(last.as_ref(), |_, _| None, holds, &notice, &hash).unwrap();
            held.push((Place { series: notice.series, number: notice.number, hash }, signed));
        }
    }
}

async fn send(hub: &Hub, key: &SigningKey, seed: u64) {
    let (office, chance) = ("999997/honcho".parse().unwrap(), SeededChance::new(seed));
    let op = OpId::new(now(), &chance);
    let what = ToSend { op, kind: Kind::Closures, body: "", activate_at: None, person: "" };
    // Pressed twice, it is sent once.
    for _ in 0..2 {
        hub.send_down((&office, now()), &what, (key, &chance)).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_have_no_gaps_however_many_send_at_once_and_go_on_after_a_restore() {
    let Some(postgres) = Postgres::start("numbers of what is sent") else { return };
    let (one, key) =
        (hub(&postgres, "town").await, SigningKey::of_the_moment(&SeededChance::new(1)));
    let key = key.unwrap();
    let other = Hub::open(&postgres.address("town")).await.unwrap();
    let sent = (0..24).map(|seed| {
        let (hub, key) = (if seed % 2 == 0 { one.clone() } else { other.clone() }, key.clone());
        tokio::spawn(async move { send(&hub, &key, 100 + seed).await })
    });
    for done in sent.collect::<Vec<_>>() {
        done.await.unwrap();
    }
    let (mut held, trusted) = (Vec::new(), key.public().unwrap());
    fetched(&one, &mut held, &trusted).await;
    let numbers: Vec<u64> = held.iter().map(|(place, _)| place.number).collect();
    assert_eq!(numbers, (1..=24).collect::<Vec<_>>());
    // A copy is made, the original goes on, and the copy takes its place.
    drop((one, other));
    let close = "select pg_terminate_backend(pid) from pg_stat_activity where datname = 'town'";
    postgres.asked(close);
    postgres.asked("create database copy template town").unwrap();
    let one = Hub::open(&postgres.address("town")).await.unwrap();
    send(&one, &key, 200).await;
    fetched(&one, &mut held, &trusted).await;
    assert_eq!(held.last().unwrap().0.number, 25);
    let copy = Hub::open(&postgres.address("copy")).await.unwrap();
    for seed in 300..303 {
        send(&copy, &key, seed).await;
    }
    fetched(&copy, &mut held, &trusted).await;
    let after: Vec<u64> = held[25..].iter().map(|(place, _)| place.number).collect();
    assert_eq!(after, [1, 2, 3], "another numbering, later than the first");
    assert!(held[25].0.series > held[24].0.series);
    // An office that was set back is given all that this hub has, in order.
    let mut fresh = Vec::new();
    fetched(&copy, &mut fresh, &trusted).await;
    assert_eq!(fresh.len(), 24 + 3);
    // Nobody changes what was signed.
    for edit in ["update notice set text = ''", "delete from notice"] {
        assert_eq!(postgres.asked_in("copy", edit), None, "{edit}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_sends_from_the_page_and_sees_what_became_of_it() {
    let Some(hall) = Signing::open("the page of what is sent") else { return };
    let hub = Hub::open(&hall.hall.postgres.address("town")).await.unwrap();
    staffed(&hub, TOWN).await;
    let (mut branch, day) = (hall.branch(&hall.line), a_day());
    wait_until("the office was heard", || {
        !hall.hall.postgres.asked_in("town", "select 1 from log").unwrap().is_empty()
    });
    let mut looker = Looker::new(&hall.hall.hub, TOWN);
    looker.sign_in("administrator", PASSWORD);
    let page = looker.get("/downlink").text;
    let (key, op) = (hidden(&page, "key").to_owned(), hidden(&page, "op").to_owned());
    let text = closure(day, "停電のため");
    let sent = |kind, body: &'static str| {
        [
            ("key", key.clone()),
            ("op", op.clone()),
            ("kind", String::from(kind)),
            ("office", "honcho".into()),
            ("body", body.into()),
        ]
    };
    let press = |looker: &mut Looker, fields: &[(&str, String)]| {
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, entry)| (*name, entry.as_str())).collect();
        looker.post("/downlink", &fields)
    };
    let refused = press(&mut looker, &sent("closures", "[calendar]"));
    assert!(refused.text.contains("[[closure]] だけを"), "{}", refused.text);
    assert!(refused.text.contains(">[calendar]</textarea>"), "what was typed stays");
    let mut fields = sent("closures", "");
    fields[4].1 = text;
    // Pressed twice, it is sent once.
    for _ in 0..2 {
        assert_eq!(press(&mut looker, &fields).status, StatusCode::SEE_OTHER);
    }
    assert!(looker.get("/downlink").text.contains("まだ届いていません"));
    call(&mut branch);
    wait_until("it is done there", || looker.get("/downlink").text.contains("適用しました"));
    let me = person(&hub, TOWN, Role::Administrator).await;
    let all = hub.sent_down(&me.municipality).await.unwrap();
    let told: Vec<_> = all.iter().map(|one| (one.number, one.became.clone())).collect();
    assert_eq!(told, [(1, Became::Applied)]);
    let mut auditor = Looker::new(&hall.hall.hub, TOWN);
    auditor.sign_in("auditor", PASSWORD);
    let record = auditor.get("/record").text;
    assert!(record.contains("配信しました") && record.contains("honcho closures 1"), "{record}");
    // Another town's administrator sees nothing of it.
    staffed(&hub, "999971").await;
    let mut stranger = Looker::new(&hall.hall.hub, "999971");
    stranger.sign_in("administrator", PASSWORD);
    assert!(stranger.get("/downlink").text.contains("まだ、何も配信していません"));
}
