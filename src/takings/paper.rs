//! 日計表 and 月計表 as paper.

use time::Date;

use super::table::{Block, Column, pdf};
use super::{Span, Takings, files, names};
use crate::clock::{self, Moment};
use crate::lang::{Lang, Phrases};
use crate::payment::report::{BookLine, Summary, Sums, What};
use crate::pdf::Fonts;
use crate::wareki::PartialDate;

/// The words of the paper, which is always Japanese.
pub(super) fn words() -> Phrases {
    Phrases::of(Lang::Ja)
}

fn column(title: &'static str, parts: f32, is_number: bool) -> Column {
    Column { title: words().t(title), parts, is_number }
}

/// `1,300`, `-300`.
fn number(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let head = digits.len() % 3;
    let mut groups: Vec<&str> = Vec::new();
    if head > 0 {
        groups.push(&digits[..head]);
    }
    groups.extend((head..digits.len()).step_by(3).map(|at| &digits[at..at + 3]));
    format!("{}{}", if number < 0 { "-" } else { "" }, groups.join(","))
}

fn money(sums: &Sums) -> [String; 3] {
    [sums.taken, sums.back, sums.net()].map(number)
}

impl Takings<'_> {
    /// The paper.
    pub fn paper(&self, fonts: &Fonts) -> Vec<u8> {
        let mut blocks = self.head();
        blocks.push(Block::Heading(words().t("takings.by_item").to_owned()));
        blocks.push(self.by_item());
        blocks.push(Block::Heading(words().t("takings.by_tender").to_owned()));
        blocks.push(self.by_tender());
        blocks.push(Block::Heading(words().t("takings.by_counter").to_owned()));
        blocks.push(self.by_counter());
        if let Span::Month(_) = self.span {
            blocks.push(Block::Heading(words().t("takings.by_day").to_owned()));
            blocks.push(self.by_day());
        }
        blocks.extend(self.corrections());
        blocks.extend(self.seals());
        let site = &self.config.site;
        let office = site.office.name.in_lang(Lang::Ja);
        let foot = format!("{} {office}　{}　{}", site.town.name, self.title(), self.span.id());
        pdf(&blocks, &foot, fonts)
    }

    fn title(&self) -> &'static str {
        match self.span {
            Span::Day(_) => words().t("takings.day"),
            Span::Month(_) => words().t("takings.month"),
        }
    }

    fn head(&self) -> Vec<Block> {
        let site = &self.config.site;
        let office = format!("{} {}", site.town.name, site.office.name.in_lang(Lang::Ja));
        let when = match self.span {
            Span::Day(day) => wareki(day),
            Span::Month(first) => {
                let whole = wareki(first);
                whole.rsplit_once('月').map_or(whole.clone(), |(month, _)| format!("{month}月分"))
            }
        };
        let open = self.days.iter().filter(|(_, _, sealed)| sealed.is_none()).count();
        let mut blocks =
            vec![Block::Title(format!("{}　{when}", self.title())), Block::Words(office)];
        if open > 0 {
            blocks.push(Block::Words(words().t("takings.open").to_owned()));
        }
        blocks
    }

    fn by_item(&self) -> Block {
        let row = |code: String, name: String, sums: &Sums| {
            let counts = [number(sums.count), number(sums.exempt)];
            [code, name].into_iter().chain(counts).chain(money(sums)).collect::<Vec<String>>()
        };
        let items = &self.summary.by_item;
        // In the order of the town's own accounts, then whatever was taken out since.
        let known = self.config.items.iter().map(|item| &item.code);
        let gone =
            items.keys().filter(|code| self.config.items.iter().all(|own| own.code != **code));
        let rows = known.chain(gone).map(|code| {
            let sums = items.get(code).copied().unwrap_or_default();
            row(code.clone(), names::item(self.config, code, Lang::Ja), &sums)
        });
        let mut all = Sums { count: 0, ..self.summary.all };
        all.count = items.values().map(|sums| sums.count).sum();
        let sum = row(words().t("takings.sum").to_owned(), String::new(), &all);
        Block::Table {
            columns: vec![
                column("takings.item", 2.0, false),
                column("takings.item_name", 5.4, false),
                column("takings.copies", 1.6, true),
                column("takings.exempt", 1.6, true),
                column("takings.taken", 2.6, true),
                column("takings.back", 3.2, true),
                column("takings.net", 2.6, true),
            ],
            rows: rows.chain(std::iter::once(sum)).collect(),
        }
    }

    fn by_tender(&self) -> Block {
        let row = |name: String, sums: &Sums| {
            let first = [name, number(sums.count)];
            first.into_iter().chain(money(sums)).collect::<Vec<String>>()
        };
        let tenders = self.summary.by_tender.iter();
        let rows =
            tenders.map(|(account, sums)| row(names::account(self.config, words(), account), sums));
        let sum = row(words().t("takings.sum").to_owned(), &self.summary.all);
        Block::Table {
            columns: vec![
                column("takings.tender", 6.0, false),
                column("takings.payments", 2.0, true),
                column("takings.taken", 3.0, true),
                column("takings.back", 3.0, true),
                column("takings.net", 3.0, true),
            ],
            rows: rows.chain(std::iter::once(sum)).collect(),
        }
    }

    fn by_counter(&self) -> Block {
        let row = |name: String, sums: &Sums, short: i64| {
            let first = [name, number(sums.count)];
            let numbers = first.into_iter().chain(money(sums));
            numbers.chain(std::iter::once(number(short))).collect::<Vec<String>>()
        };
        let counters = files::counters(&self.summary);
        let rows = counters
            .iter()
            .map(|(counter, sums, short)| row(names::counter(self.config, *counter), sums, *short));
        let short = self.summary.over_short.values().sum();
        let sum = row(words().t("takings.sum").to_owned(), &self.summary.all, short);
        Block::Table {
            columns: vec![
                column("takings.counter", 5.0, false),
                column("takings.payments", 1.6, true),
                column("takings.taken", 2.6, true),
                column("takings.back", 2.6, true),
                column("takings.net", 2.6, true),
                column("takings.over_short", 2.6, true),
            ],
            rows: rows.chain(std::iter::once(sum)).collect(),
        }
    }

    fn by_day(&self) -> Block {
        let row = |name: String, sums: &Sums, short: i64, closed: String| {
            let first = [name, number(sums.count)];
            let last = [number(short), closed];
            first.into_iter().chain(money(sums)).chain(last).collect::<Vec<String>>()
        };
        let rows = self.days.iter().map(|(day, lines, sealed)| {
            let summary = Summary::of(lines);
            let short = summary.over_short.values().sum();
            let closed = if sealed.is_some() { "takings.closed" } else { "takings.not_closed" };
            row(clock::iso_day(*day), &summary.all, short, words().t(closed).to_owned())
        });
        let short = self.summary.over_short.values().sum();
        let sum = row(words().t("takings.sum").to_owned(), &self.summary.all, short, String::new());
        Block::Table {
            columns: vec![
                column("takings.date", 3.0, false),
                column("takings.payments", 1.6, true),
                column("takings.taken", 2.6, true),
                column("takings.back", 2.6, true),
                column("takings.net", 2.6, true),
                column("takings.over_short", 2.6, true),
                column("takings.close", 1.6, false),
            ],
            rows: rows.chain(std::iter::once(sum)).collect(),
        }
    }

    /// What came late from days that were closed, each with the day it belongs to.
    fn corrections(&self) -> Vec<Block> {
        // A record of nothing that was taken back has neither amount nor number.
        let late = self
            .lines()
            .filter(|line| line.concerns.is_some() && (line.amount != 0 || line.number.is_none()));
        let said = |line: &BookLine| {
            let number = match line.number {
                Some(number) => format!("{}-{number}", clock::iso_day(line.day)),
                None => clock::iso_day(line.day),
            };
            let concerns = line.concerns;
            let what = match line.what {
                What::Paid | What::Free => words().t("takings.what_paid"),
                What::Voided => words().t("takings.what_voided"),
                What::Refunded => words().t("takings.what_refunded"),
                What::Difference => words().t("takings.over_short"),
            };
            let values = [
                ("number", number),
                ("day", concerns.map(clock::iso_day).unwrap_or_default()),
                ("what", what.to_owned()),
                ("amount", self::number(line.amount)),
            ];
            Block::Words(words().with("takings.late", &values))
        };
        let mut blocks: Vec<Block> = late.map(said).collect();
        if !blocks.is_empty() {
            blocks.insert(0, Block::Heading(words().t("takings.corrections").to_owned()));
        }
        blocks
    }

    /// When each day was closed, and what in the journal stands for it.
    fn seals(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        for (day, _, sealed) in &self.days {
            let Some(sealed) = sealed else { continue };
            let closing = &sealed.closing;
            let when = [("day", clock::iso_day(*day)), ("at", moment(closing.closed_at))];
            let digest = [("digest", &closing.digest)];
            let head = [("seq", sealed.seq.to_string()), ("hash", sealed.hash.clone())];
            // A line each: nobody compares a number that is broken in two.
            let told = [
                words().with("takings.sealed", &when),
                words().with("takings.sealed_digest", &digest),
                words().with("takings.sealed_head", &head),
            ];
            blocks.extend(told.map(Block::Words));
            if let Some(reason) = closing.reason {
                let why = names::reason(words(), reason);
                blocks.push(Block::Words(words().with("takings.despite", &[("why", why)])));
            }
        }
        if !blocks.is_empty() {
            blocks.insert(0, Block::Heading(words().t("takings.seal").to_owned()));
        }
        blocks
    }
}

/// `令和8年11月24日 17:20`.
pub fn moment(at: Moment) -> String {
    format!("{} {}", wareki(at.date()), clock::hour_and_minute(at))
}

/// `令和8年11月24日`.
fn wareki(day: Date) -> String {
    PartialDate::from(day).wareki()
}
