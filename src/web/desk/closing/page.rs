//! A day on the page.

use std::collections::BTreeMap;

use askama::Template;
use axum::response::Response;
use time::Date;

use super::super::frame::Frame;
use crate::clock::{self, Moment};
use crate::config::Config;
use crate::db::Connection;
use crate::id::{OpId, VisitId};
use crate::lang::{Lang, Phrases};
use crate::payment::{self, Comparison, Drawer, NotKnown, Reason, Sum, Totals};
use crate::takings::{self, Sealed};
use crate::web::days;
use crate::web::error::Failure;
use crate::web::{Shared, page};
use crate::yen::Yen;

/// So many closed days are linked.
const SHOWN: usize = 31;

/// Why a day is closed all the same, as a supervisor chooses.
pub(super) const REASONS: [Reason; 2] = [Reason::TerminalDown, Reason::AskingAcquirer];

/// Everything that is known of a day.
pub(super) struct Seen {
    pub day: Date,
    sealed: Option<Sealed>,
    pub not_known: Vec<NotKnown>,
    totals: Totals,
    drawers: Vec<Drawer>,
    brands: BTreeMap<String, Sum>,
    /// The last comparison, and whether the books still say the same.
    compared: Option<(Comparison, bool)>,
}

impl Seen {
    pub fn read(
        connection: &Connection,
        config: &Config,
        day: Date,
    ) -> Result<Seen, payment::Error> {
        let numbers = config.counters.iter().map(|counter| counter.number);
        let compared = payment::compared(connection, day)?;
        let holds = compared.as_ref().map(|kept| kept.still_holds(connection)).transpose()?;
        let sealed = takings::sealed_on(connection, day)?;
        Ok(Seen {
            day,
            totals: match &sealed {
                Some(sealed) => sealed.closing.totals.clone(),
                None => payment::totals(connection, day)?,
            },
            sealed,
            not_known: payment::not_known(connection, day)?,
            drawers: payment::drawers(connection, day, numbers)?,
            brands: payment::brands(connection, day)?,
            compared: compared.zip(holds),
        })
    }

    pub fn is_closed(&self) -> bool {
        self.sealed.is_some()
    }

    /// What is left undone, in sentences. A drawer that nothing moved in needs no count.
    pub fn warnings(&self, words: Phrases) -> Vec<String> {
        let open =
            self.drawers.iter().filter(|drawer| drawer.expected != 0 && !drawer.is_counted());
        let drawer = |drawer: &Drawer| {
            let counter = [("counter", drawer.counter)];
            match drawer.counted {
                None => words.with("desk.closing.warn_drawer", &counter),
                Some(_) => words.with("desk.closing.warn_moved", &counter),
            }
        };
        let mut warnings: Vec<String> = open.map(drawer).collect();
        match &self.compared {
            None if !self.brands.is_empty() => {
                warnings.push(words.t("desk.closing.warn_not_compared").to_owned());
            }
            Some((_, false)) => warnings.push(words.t("desk.closing.compared_moved").to_owned()),
            Some((kept, true)) if kept.differences().next().is_some() => {
                warnings.push(words.t("desk.closing.warn_differs").to_owned());
            }
            _ => {}
        }
        warnings
    }
}

struct Open {
    visit: VisitId,
    time: String,
    tender: String,
    /// Whether it may have gone back, in a word.
    back: Option<String>,
    amount: Yen,
    counter: u32,
}

struct Box {
    counter: u32,
    name: String,
    expected: String,
    state: String,
    is_counted: bool,
    op: OpId,
}

struct Brand {
    account: String,
    name: String,
    ours: Sum,
    amount: String,
    told: Option<Sum>,
    differs: bool,
    /// Whether the books or the terminal name it at all; what was voided is nothing, and was.
    moved: bool,
}

struct Day {
    id: String,
    title: String,
    month: String,
    sealed: Option<[String; 3]>,
    is_earlier: bool,
    open: Vec<Open>,
    totals: Vec<(String, String)>,
    drawers: Vec<Box>,
    /// What a terminal took, or was compared.
    brands: Vec<Brand>,
    /// The town's other brands: nothing moved, and a terminal may say otherwise.
    others: Vec<Brand>,
    compared: String,
    warnings: Vec<String>,
}

#[derive(Template)]
#[template(path = "desk/closing.html")]
struct Page {
    frame: Frame,
    day: Option<Day>,
    /// The ledger's last day, where the clock stands before it.
    behind: Option<String>,
    reasons: Vec<(&'static str, &'static str)>,
    past: Vec<(String, String)>,
    compare_op: OpId,
    close_op: OpId,
}

/// The day that is closed next.
pub(super) async fn next(office: &Shared, frame: Frame) -> Result<Response, Failure> {
    let today = office.journal.now().date();
    let next = office.db.read(move |connection| payment::day_to_close(connection, today)).await;
    match next {
        Ok(Some(day)) => of_day(office, frame, day).await,
        Ok(None) => shown(office, frame, None, None).await,
        Err(payment::Error::ClockBehind(last)) => {
            let behind =
                frame.words.with("desk.closing.clock", &[("day", days::day(frame.words, last))]);
            shown(office, frame, None, Some(behind)).await
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn of_day(office: &Shared, frame: Frame, day: Date) -> Result<Response, Failure> {
    let shared = office.0.clone();
    let see = move |connection: &Connection| Seen::read(connection, &shared.config, day);
    let seen = office.db.read(see).await?;
    shown(office, frame, Some(seen), None).await
}

async fn shown(
    office: &Shared,
    frame: Frame,
    seen: Option<Seen>,
    behind: Option<String>,
) -> Result<Response, Failure> {
    let words = frame.words;
    let mut past = office.db.read(payment::closings).await?;
    let recent = past.split_off(past.len().saturating_sub(SHOWN));
    let past = recent
        .iter()
        .rev()
        .map(|closing| (clock::iso_day(closing.day), days::day(words, closing.day)));
    let reasons = REASONS.map(|reason| (reason.id(), takings::reason(words, reason)));
    page::show(&Page {
        day: seen.map(|seen| day(office, words, &seen)),
        behind,
        reasons: reasons.to_vec(),
        past: past.collect(),
        compare_op: office.journal.op(),
        close_op: office.journal.op(),
        frame,
    })
}

fn day(office: &Shared, words: Phrases, seen: &Seen) -> Day {
    let id = clock::iso_day(seen.day);
    let (brands, others) = brands(office, words, seen).into_iter().partition(|brand| brand.moved);
    let sealed = seen.sealed.as_ref().map(|sealed| {
        let at = moment(words, sealed.closing.closed_at);
        let head = [("seq", sealed.seq.to_string()), ("hash", sealed.hash.clone())];
        [
            words.with("desk.closing.is_closed", &[("at", at)]),
            words.with("desk.closing.head", &head),
            words.with("desk.closing.digest", &[("digest", &sealed.closing.digest)]),
        ]
    });
    Day {
        title: words.with("desk.closing.day", &[("day", days::day(words, seen.day))]),
        month: id[..7].to_owned(),
        is_earlier: sealed.is_none() && seen.day < office.journal.now().date(),
        open: seen.not_known.iter().map(|one| open(office, (words, seen.day), one)).collect(),
        totals: seen
            .totals
            .accounts
            .iter()
            .map(|(account, yen)| total(office, words, (account, *yen)))
            .collect(),
        drawers: seen
            .drawers
            .iter()
            .map(|drawer| a_box(office, (words, seen.day), drawer))
            .collect(),
        brands,
        others,
        compared: words.t(compared(seen)).to_owned(),
        warnings: if sealed.is_some() { Vec::new() } else { seen.warnings(words) },
        sealed,
        id,
    }
}

/// With the year: the page of a closed day is looked at for years.
fn moment(words: Phrases, at: Moment) -> String {
    match words.lang() {
        Lang::Ja => takings::moment(at),
        Lang::En => format!("{} {}", clock::iso_day(at.date()), clock::hour_and_minute(at)),
    }
}

/// One that is not known, as it is told on the page of `day`.
fn open(office: &Shared, (words, day): (Phrases, Date), one: &NotKnown) -> Open {
    let back = one.back.as_ref().map(|_| words.t("desk.closing.going_back"));
    Open {
        visit: one.visit,
        time: days::time(words, one.begun_at(), day),
        tender: takings::account(&office.config, words, one.payment.tender.id()),
        back: back.map(str::to_owned),
        amount: one.amount(),
        counter: one.counter(),
    }
}

fn total(office: &Shared, words: Phrases, (account, yen): (&str, i64)) -> (String, String) {
    // Revenue stands on the other side of the books, and so does what is over.
    let is_other_side = account.starts_with(payment::REVENUE) || account == payment::OVER_SHORT;
    let yen = if is_other_side { -yen } else { yen };
    (takings::in_the_books(&office.config, words, account), signed(yen))
}

fn signed(yen: i64) -> String {
    let amount = Yen(u32::try_from(yen.unsigned_abs()).unwrap_or(u32::MAX));
    if yen < 0 { format!("-{amount}") } else { amount.to_string() }
}

fn a_box(office: &Shared, (words, day): (Phrases, Date), drawer: &Drawer) -> Box {
    let counter = office.config.counter(drawer.counter);
    let state = match drawer.counted {
        None => words.t("desk.closing.not_counted").to_owned(),
        Some((amount, at)) => {
            let values = [("time", days::time(words, at, day)), ("amount", signed(amount))];
            words.with("desk.closing.counted", &values)
        }
    };
    let moved = drawer.counted.is_some() && !drawer.is_counted();
    Box {
        counter: drawer.counter,
        name: counter.map_or("", |one| one.name.in_lang(words.lang())).to_owned(),
        expected: words.with("desk.closing.expected", &[("amount", signed(drawer.expected))]),
        state: match moved {
            true => format!("{state} — {}", words.t("desk.closing.counted_moved")),
            false => state,
        },
        is_counted: drawer.is_counted(),
        op: office.journal.op(),
    }
}

/// The town's brands, and whatever else was taken or compared that day.
fn brands(office: &Shared, words: Phrases, seen: &Seen) -> Vec<Brand> {
    let kept = seen.compared.as_ref().map(|(kept, _)| kept.brands.as_slice()).unwrap_or_default();
    let known = office.config.cashless.brand.iter();
    let known: Vec<String> =
        known.map(|brand| format!("{}:{}", brand.means.id(), brand.id)).collect();
    let mut accounts: Vec<&String> = seen.brands.keys().chain(&known).collect();
    accounts.extend(kept.iter().map(|brand| &brand.account));
    accounts.sort();
    accounts.dedup();
    let brand = |account: &String| {
        let own = kept.iter().find(|brand| brand.account == *account);
        let told = own.map(|brand| brand.told);
        let ours = seen.brands.get(account).copied().unwrap_or_default();
        Brand {
            account: account.clone(),
            name: takings::account(&office.config, words, account),
            differs: own.is_some_and(|own| payment::Brand { ours, ..own.clone() }.differs()),
            moved: seen.brands.contains_key(account)
                || told.is_some_and(|told| told != Sum::default()),
            amount: signed(ours.amount),
            ours,
            told,
        }
    };
    accounts.into_iter().map(brand).collect()
}

fn compared(seen: &Seen) -> &'static str {
    match &seen.compared {
        None => "desk.closing.not_compared",
        Some((_, false)) => "desk.closing.compared_moved",
        Some((kept, true)) => match kept.differences().next() {
            None => "desk.closing.compared_same",
            Some(_) => "desk.closing.compared_differs",
        },
    }
}
