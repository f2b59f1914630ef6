//! How many payments a second are on disk, beside a bare SQLite writer that commits as
//! many waiting rows together, in the same minutes, turn about.
//!
//! A payment of ours is everything that the counter does for it: the charge with its
//! lines, the payment and its steps, the balanced entry, three entries of the hash-chained
//! journal, and all triggers of the schema. The yardstick writes one row of about as many
//! bytes. Both answer after the commit, `synchronous=FULL`, to as many clients at once.
//!
//! Nobody reaches it: a payment is thirteen rows in seven tables with their indexes. Written
//! by SQLite alone, statements prepared, the like of these rows took eight times the
//! processor's time of the one without any trigger, and twelve times with the triggers that
//! are the ledger's guards. The ratio is there to see it fall from one version to the next
//! on the same machine, and stands for nothing else: there is no goal.
//!
//! `cargo bench --bench payments` prints the rounds and the ratio; it fails when the
//! ledger afterwards is not what it should be. Where the yardstick itself varied too much
//! it says that the ratio tells little.

#![expect(clippy::unwrap_used, reason = "a bench that cannot set its stage has failed")]

mod yardstick;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use madoguchi::chance::SystemChance;
use madoguchi::clock::SystemClock;
use madoguchi::db::Db;
use madoguchi::id::VisitId;
use madoguchi::journal::{self, Actor, Journal, OfficeKey};
use madoguchi::lang::Words;
use madoguchi::payment::{self, By, Line, Request, Tender};
use madoguchi::schema;
use madoguchi::yen::{Tax, Yen};

use yardstick::Yardstick;

/// Counters, tablets and machines that pay at once: far more than an office has.
const CLIENTS: usize = 64;
const PAYMENTS_A_CLIENT: usize = 20;
const ROUNDS: usize = 7;

/// The yardstick's fastest round to its slowest; beyond, the machine was too busy.
const STEADY: f64 = 3.0;

/// An office on disk.
#[derive(Clone)]
struct Office {
    db: Arc<Db>,
    journal: Arc<Journal>,
}

impl Office {
    async fn open(folder: &std::path::Path) -> Self {
        let chance = Arc::new(SystemChance);
        let key = OfficeKey::generate(&*chance);
        let journal = Arc::new(Journal::new(Arc::new(SystemClock), chance, key));
        let db = Db::start(&folder.join("office.db"), schema::STEPS, journal::check_tail).unwrap();
        let opened = journal.clone();
        db.write(move |tx| opened.open_log(tx, "999997/bench").map(drop)).await.unwrap();
        Self { db: Arc::new(db), journal }
    }

    /// Somebody pays two certificates in cash, once.
    async fn pay(&self) {
        let journal = self.journal.clone();
        let pay = move |tx: &madoguchi::db::Tx<'_>| -> Result<(), payment::Error> {
            let visit = VisitId::new(journal.now(), &SystemChance);
            let about = (visit, journal.now().date());
            let lines = vec![line("03-01", 300), line("04-01", 350)];
            let charge = payment::charge(tx, &journal, Actor::System, about, lines)?;
            let charge = charge.ok_or(payment::Error::Changed)?;
            let tender = Tender::Cash { received: Yen(1000) };
            let request =
                Request { charge: charge.id, amount: charge.total, tender, counter: 1, at: None };
            let by = By { op: journal.op(), actor: Actor::System };
            payment::take(tx, &journal, by, &request).map(drop)
        };
        self.db.write(pay).await.unwrap();
    }
}

fn line(item: &str, unit: u32) -> Line {
    let name = "住民票の写し（世帯全員）".to_owned();
    Line {
        form: "juminhyo".to_owned(),
        question: "juminhyo.copies".to_owned(),
        option: "copy".to_owned(),
        name: Words { ja: name.clone(), en: name },
        item: item.to_owned(),
        count: 1,
        unit: Yen(unit),
        amount: Yen(unit),
        cashless: true,
        tax: Tax::Exempt,
        exempt: None,
    }
}

fn main() -> ExitCode {
    tokio::runtime::Runtime::new().unwrap().block_on(run())
}

async fn run() -> ExitCode {
    let folder = tempfile::tempdir().unwrap();
    let office = Office::open(folder.path()).await;
    let bare = Yardstick::open(&folder.path().join("bare.db"));
    println!("{CLIENTS} clients, {PAYMENTS_A_CLIENT} payments each; payments a second on disk");
    println!("{:>7}{:>12}{:>12}{:>9}", "round", "bare", "ours", "ratio");
    let (mut first, mut second) = (Vec::new(), Vec::new());
    for round in 1..=ROUNDS {
        let yardstick = bare.clone();
        let bare = a_second(move || {
            let yardstick = yardstick.clone();
            async move { yardstick.write().await }
        })
        .await;
        let own = office.clone();
        let ours = a_second(move || {
            let own = own.clone();
            async move { own.pay().await }
        })
        .await;
        println!("{round:>7}{bare:>12.0}{ours:>12.0}{:>9.3}", ours / bare);
        first.push(bare);
        second.push(ours);
    }
    judge(&office, &first, &second).await
}

/// Everybody at once; how many a second were answered.
async fn a_second<F, W>(work: F) -> f64
where
    F: Fn() -> W + Clone + Send + 'static,
    W: Future<Output = ()> + Send,
{
    let begun = Instant::now();
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let work = work.clone();
            tokio::spawn(async move {
                for _ in 0..PAYMENTS_A_CLIENT {
                    work().await;
                }
            })
        })
        .collect();
    for client in clients {
        client.await.unwrap();
    }
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    let all = (CLIENTS * PAYMENTS_A_CLIENT) as f64;
    all / begun.elapsed().as_secs_f64()
}

async fn judge(office: &Office, bare: &[f64], ours: &[f64]) -> ExitCode {
    let balance = office.db.read(payment::balance).await.unwrap();
    let contradiction = office.db.read(payment::first_contradiction).await.unwrap();
    let paid = u64::try_from(CLIENTS * PAYMENTS_A_CLIENT * ROUNDS).unwrap();
    let whole = i64::try_from(paid).unwrap() * 650;
    println!(
        "ledger: {} entries, debit {} yen, credit {} yen",
        balance.entries, balance.debit, balance.credit
    );
    if contradiction.is_some()
        || (balance.entries, balance.debit, balance.credit) != (paid, whole, whole)
    {
        println!("the ledger is not what was paid: {contradiction:?}");
        return ExitCode::FAILURE;
    }
    let (bare_median, ours_median) = (median(bare), median(ours));
    let ratio = ours_median / bare_median;
    println!("median: bare {bare_median:.0}, ours {ours_median:.0}, ratio {ratio:.3}");
    println!(
        "one payment of ours, thirteen rows in seven tables and their triggers, for {:.0} bare rows",
        1.0 / ratio
    );
    let fastest = bare.iter().copied().fold(0.0, f64::max);
    let slowest = bare.iter().copied().fold(f64::INFINITY, f64::min);
    if fastest / slowest > STEADY {
        println!(
            "the machine was too busy: the yardstick itself varied {:.1} times",
            fastest / slowest
        );
    }
    ExitCode::SUCCESS
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}
