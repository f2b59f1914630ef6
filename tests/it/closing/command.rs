//! `madoguchi close` and the files of what was taken.

use std::path::Path;
use std::sync::Arc;

use madoguchi::chance::SystemChance;
use madoguchi::clock::{Clock, SystemClock, iso_day};
use madoguchi::db::{self, Db, Tx};
use madoguchi::id::VisitId;
use madoguchi::journal::{self, Actor, Journal, OfficeKey};
use madoguchi::lang::Words;
use madoguchi::payment::{self, By, Line, Outcome, Request, Slip, SlipNumber, Tender};
use madoguchi::schema;
use madoguchi::yen::{Tax, Yen};

use crate::stage::program::{Program, madoguchi, run};

/// An office's data folder, as its server leaves it.
fn office(folder: &Path) -> Journal {
    let key = OfficeKey::load(&folder.join("office.key"), true, &SystemChance).unwrap();
    let journal = Journal::new(Arc::new(SystemClock), Arc::new(SystemChance), key);
    drop(Db::start(&folder.join("office.db"), schema::STEPS, journal::check_tail).unwrap());
    write(folder, |tx| {
        journal.open_log(tx, "999997/honcho").unwrap();
    });
    journal
}

fn write(folder: &Path, work: impl FnOnce(&Tx<'_>)) {
    let connection = db::open(&folder.join("office.db")).unwrap();
    connection.execute_batch("begin immediate").unwrap();
    work(&Tx::alone(&connection));
    connection.execute_batch("commit").unwrap();
}

/// Somebody pays 300 yen; by a terminal, what became of it.
fn pays(folder: &Path, journal: &Journal, by_terminal: Option<Outcome>) {
    let line = Line {
        form: "juminhyo".into(),
        question: "juminhyo.copies".into(),
        option: "copy".into(),
        name: Words { ja: "住民票の写し".into(), en: "Certificate of residence".into() },
        item: "03-01".into(),
        count: 1,
        unit: Yen(300),
        amount: Yen(300),
        cashless: true,
        tax: Tax::Exempt,
        exempt: None,
    };
    let by = || By { op: journal.op(), actor: Actor::System };
    write(folder, |tx| {
        let about = (VisitId::new(journal.now(), &SystemChance), journal.now().date());
        let charge = payment::charge(tx, journal, Actor::System, about, vec![line]).unwrap();
        let tender = match by_terminal {
            Some(_) => Tender::Emoney,
            None => Tender::Cash { received: Yen(500) },
        };
        let charge = charge.unwrap();
        let request =
            Request { charge: charge.id, amount: charge.total, tender, counter: 1, at: None };
        match by_terminal {
            Some(outcome) => {
                let begun = payment::start(tx, journal, by(), &request).unwrap();
                payment::settle(tx, journal, by(), (begun.id, &outcome)).unwrap();
            }
            None => drop(payment::take(tx, journal, by(), &request).unwrap()),
        }
    });
}

fn slip() -> Outcome {
    let number = SlipNumber::typed("00001").unwrap();
    let (brand, acquirer, terminal) = ("suica".into(), "mihon_pay".into(), "t1".into());
    Outcome::Authorised(Some(Slip { brand, acquirer, terminal, number }))
}

fn close(data: &Path, more: &[&str]) -> (Option<i32>, String, String) {
    let today = iso_day(SystemClock.now().date());
    run(madoguchi(&["close", &today, "--data"]).arg(data).args(more))
}

#[test]
fn a_day_is_closed_by_command_beside_a_server_that_works() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let journal = office(data);
    pays(data, &journal, None);
    pays(data, &journal, Some(slip()));
    let mut server = Program::serve(data);
    let told = data.join("told.csv");
    let told_as = |amount: u32| {
        std::fs::write(&told, format!("account,count,amount\nemoney:suica,1,{amount}\n")).unwrap();
        ["--terminal", told.to_str().unwrap()]
    };
    let (code, out, said) = close(data, &[]);
    assert_eq!((code, out.as_str()), (Some(1), ""), "{said}");
    assert!(said.contains("the cash of counter 1 is not counted"), "{said}");
    assert!(said.contains("not compared"), "{said}");
    let (code, _, said) = close(data, &told_as(200));
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("emoney:suica: the books say 1 payments and 300 yen"), "{said}");
    let (code, _, said) = close(data, &["--terminal", "nowhere.csv"]);
    assert_eq!(code, Some(1), "{said}");
    let by = By { op: journal.op(), actor: Actor::System };
    let day = journal.now().date();
    write(data, |tx| {
        payment::count_cash(tx, &journal, by, (day, 1, 300)).unwrap();
    });
    let (code, out, said) = close(data, &told_as(300));
    assert_eq!(code, Some(0), "{said}");
    for line in ["cash:1\t300", "emoney:suica\t300", "revenue:03-01\t-600", "sum\t0"] {
        assert!(out.lines().any(|own| own == line), "{line} in {out}");
    }
    assert!(out.lines().last().unwrap().starts_with("journal\t"), "{out}");
    // Asked again, it says the same.
    let (code, again, _) = close(data, &[]);
    assert_eq!((code, again), (Some(0), out));
    assert!(server.is_running(), "{}", server.said());
    drop(server);
    let (code, out, said) = run(madoguchi(&["verify", "--data"]).arg(data));
    assert_eq!(code, Some(0), "{said}");
    assert!(out.contains("sum 0 yen"), "{out}");
    files(data);
}

/// What was taken, as files.
fn files(data: &Path) {
    let (today, out) = (iso_day(SystemClock.now().date()), data.join("files"));
    let mut export = madoguchi(&["export", &today, "--profile", "takings", "--data"]);
    let (code, said, error) = run(export.arg(data).arg("--out").arg(&out));
    assert_eq!(code, Some(0), "{error}");
    assert_eq!(said.lines().count(), 3, "{said}");
    let lines = std::fs::read_to_string(out.join(format!("lines-{today}.csv"))).unwrap();
    assert_eq!(lines.lines().count(), 3, "{lines}");
    let paper = std::fs::read(out.join(format!("takings-{today}.pdf"))).unwrap();
    assert!(crate::stage::clerk::words_of(&paper).contains("日計表"));
}

#[test]
fn what_is_not_known_keeps_the_day_open_until_a_reason_is_given() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let journal = office(data);
    pays(data, &journal, Some(Outcome::Unknown));
    let (code, out, said) = close(data, &["--anyway"]);
    assert_eq!((code, out.as_str()), (Some(1), ""), "{said}");
    assert!(said.contains("not known: emoney 300 yen at counter 1"), "{said}");
    let (code, _, said) = close(data, &["--reason", "terminal-down"]);
    assert_eq!(code, Some(0), "{said}");
    let (code, ..) = run(madoguchi(&["close", "2026-13-01", "--data"]).arg(data));
    assert_eq!(code, Some(2));
    let (code, ..) = close(data, &["--reason", "nothing"]);
    assert_eq!(code, Some(2));
}
