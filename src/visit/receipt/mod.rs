//! What whoever paid takes along: 領収書 for cash, 利用明細 for what a terminal took.
//! The one is the town's word that it has the money; of the other the terminal's own
//! slip is the record, so it says that it is no 領収書. Neither names a person: what was
//! exempt says so without its ground. A second copy of either says 再発行.
//!
//! 収入印紙 is never called for: what a town's staff write in their office is not taxed
//! (印紙税法5条2号; 印紙税法基本通達 55, 56).

use rusqlite::Connection;

use super::{Counter, Error, State as VisitState, printing};
use crate::clock::Moment;
use crate::config::Config;
use crate::id::{PaymentId, VisitId};
use crate::lang::{Lang, Phrases};
use crate::payment::{self, Charge, Entry, Kind, Payment, Slip, State, Tender};
use crate::printer::{Roll, Size};
use crate::wareki::PartialDate;
use crate::yen::{Tax, Yen};

/// One paper, as plain words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    pub payment: PaymentId,
    /// Whether one may be in somebody's hands already.
    pub again: bool,
    /// Besides Japanese, in which the paper is written.
    lang: Lang,
    town: String,
    office: String,
    counter: String,
    paid_at: Moment,
    /// 収納番号.
    number: String,
    lines: Vec<Line>,
    total: Yen,
    /// What was given back of it since.
    given_back: Yen,
    tender: Tender,
    change: Option<Yen>,
    slip: Option<Slip>,
    called: Option<Called>,
}

/// What is on the slip, as the town calls it; its ids where the town took them out since.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Called {
    brand: String,
    terminal: String,
    /// 指定納付受託者: who receives the money for the town.
    acquirer: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    /// In Japanese, then in the language of whoever paid where that is another.
    names: Vec<String>,
    count: u32,
    unit: Yen,
    amount: Yen,
    is_exempt: bool,
    is_taxed: bool,
}

/// The receipt of a payment of this visit.
///
/// # Errors
/// [`payment::Error::NotPaid`] where nothing was paid here and now, or all of it went
/// back; [`payment::Error::NoSuchPayment`].
pub fn of_payment(
    connection: &Connection,
    counter: Counter<'_>,
    (visit, id): (VisitId, PaymentId),
) -> Result<Receipt, Error> {
    let open = super::get(connection, visit)?.filter(|one| one.state == VisitState::Submitted);
    let lang = open.ok_or(Error::Gone)?.wishes.lang;
    let own = payment::of_visit(connection, visit)?.into_iter().find(|own| own.id == id);
    let payment = own.ok_or(payment::Error::NoSuchPayment)?;
    let charges = payment::charges_of(connection, visit)?;
    let charge = charges.into_iter().find(|charge| charge.id == payment.charge);
    let charge = charge.ok_or(payment::Error::NoSuchPayment)?;
    let entries = payment::entries_of(connection, id)?;
    let again = printing::receipt_may_be_out(connection, visit, id)?;
    let receipt = Receipt::of(counter.config, lang, (&payment, &charge), &entries);
    Ok(Receipt { again, ..receipt.ok_or(payment::Error::NotPaid)? })
}

/// Whether a payment in this state and tender has a receipt: nothing was paid by a bill
/// for later, and what was taken back is not paid.
pub fn has_one(payment: &Payment) -> bool {
    let is_paid_here = !matches!(payment.tender, Tender::Later | Tender::Nothing);
    is_paid_here && payment.state() == State::Authorised
}

fn called(config: &Config, slip: &Slip) -> Called {
    let cashless = &config.cashless;
    let brand = cashless.brand(&slip.brand).map(|one| one.name.in_lang(Lang::Ja));
    let acquirer = cashless.acquirer(&slip.acquirer).map(|one| one.name.in_lang(Lang::Ja));
    Called {
        brand: brand.unwrap_or(&slip.brand).to_owned(),
        terminal: cashless.terminal_name(&slip.terminal, Lang::Ja).to_owned(),
        acquirer: acquirer.unwrap_or(&slip.acquirer).to_owned(),
    }
}

/// So much went back.
fn given_back(entries: &[Entry]) -> Yen {
    let refunds = entries.iter().filter(|entry| entry.kind == Kind::Refund);
    let postings = refunds.flat_map(|entry| &entry.postings);
    let revenue = postings.filter(|posting| posting.account.starts_with(payment::REVENUE));
    // No more than was paid, which fits.
    Yen::total(revenue.map(|posting| posting.amount)).unwrap_or_default()
}

impl Receipt {
    fn of(
        config: &Config,
        lang: Lang,
        (payment, charge): (&Payment, &Charge),
        entries: &[Entry],
    ) -> Option<Receipt> {
        let paid = entries.iter().find(|entry| entry.kind == Kind::Payment)?;
        let counter = config.counter(payment.counter);
        let name = counter.map_or("", |counter| counter.name.in_lang(Lang::Ja));
        has_one(payment).then(|| Receipt {
            payment: payment.id,
            again: false,
            lang,
            town: config.site.town.name.clone(),
            office: config.site.office.name.in_lang(Lang::Ja).to_owned(),
            counter: format!("{} {name}", payment.counter).trim().to_owned(),
            paid_at: paid.at,
            number: paid.receipt_number(),
            lines: charge.lines.iter().map(|line| Line::of(line, lang)).collect(),
            total: charge.total,
            given_back: given_back(entries),
            tender: payment.tender,
            change: payment.change(),
            slip: payment.slip().cloned(),
            called: payment.slip().map(|slip| called(config, slip)),
        })
    }

    /// The language of whoever takes it.
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// What its file is called by.
    pub fn file(&self) -> &str {
        &self.number
    }

    /// As it is printed, on whatever.
    pub fn roll(&self) -> Roll {
        let ja = Phrases::of(Lang::Ja);
        let mut roll = Roll::default();
        if self.again {
            roll = roll.centred(ja.t("receipt.again"), Size::Double);
        }
        let title = self.title();
        roll = roll.centred(ja.t(title), Size::Double);
        if self.lang != Lang::Ja {
            roll = roll.centred(Phrases::of(self.lang).t(title), Size::Normal);
        }
        roll = roll.centred(format!("{} {}", self.town, self.office), Size::Normal).rule();
        let pair = |roll: Roll, key, value: String| roll.pair(ja.t(key), value, Size::Normal);
        roll = pair(roll, "receipt.at", self.time());
        roll = pair(roll, "receipt.number", self.number.clone());
        roll = pair(roll, "receipt.counter", self.counter.clone()).rule();
        roll = self.lines.iter().fold(roll, |roll, line| line.on(roll, ja)).rule();
        roll = roll.pair(ja.t("receipt.total"), yen(ja, self.total), Size::Double);
        roll = self.tender_on(pair(roll, "receipt.tender", self.tender_name(ja)), ja);
        if self.given_back > Yen(0) {
            roll = pair(roll, "receipt.given_back", format!("-{}", yen(ja, self.given_back)));
            let kept = Yen(self.total.0.saturating_sub(self.given_back.0));
            roll = pair(roll, "receipt.kept", yen(ja, kept));
        }
        roll = roll.rule().words(ja.t(self.word()));
        match (self.is_all(false), self.is_all(true)) {
            (true, _) => roll.words(ja.t("receipt.untaxed")),
            (_, true) => roll.words(ja.t("receipt.taxed")),
            _ => roll.words(ja.t("receipt.partly_taxed")),
        }
    }

    /// What was handed over, or what the terminal's slip says.
    fn tender_on(&self, roll: Roll, ja: Phrases) -> Roll {
        let pair = |roll: Roll, key, value: String| roll.pair(ja.t(key), value, Size::Normal);
        let slip = self.slip.as_ref().zip(self.called.as_ref());
        match (self.tender.received(), self.change, slip) {
            (Some(received), Some(change), _) => {
                let roll = pair(roll, "receipt.received", yen(ja, received));
                pair(roll, "receipt.change", yen(ja, change))
            }
            (_, _, Some((slip, called))) => {
                let roll = pair(roll, "receipt.slip", slip.number.as_str().to_owned());
                let roll = pair(roll, "receipt.terminal", called.terminal.clone());
                pair(roll, "receipt.acquirer", called.acquirer.clone())
            }
            _ => roll,
        }
    }

    fn is_cash(&self) -> bool {
        matches!(self.tender, Tender::Cash { .. })
    }

    fn title(&self) -> &'static str {
        if self.is_cash() { "receipt.title_cash" } else { "receipt.title_cashless" }
    }

    /// What the town says with it.
    fn word(&self) -> &'static str {
        if self.is_cash() { "receipt.word_cash" } else { "receipt.word_cashless" }
    }

    fn tender_name(&self, ja: Phrases) -> String {
        let kind = match self.tender {
            Tender::Credit => ja.t("receipt.credit"),
            Tender::Debit => ja.t("receipt.debit"),
            Tender::Emoney => ja.t("receipt.emoney"),
            Tender::Qr => ja.t("receipt.qr"),
            Tender::Cash { .. } | Tender::Later | Tender::Nothing => ja.t("receipt.cash"),
        };
        match &self.called {
            Some(Called { brand, .. }) => format!("{kind} {brand}"),
            None => kind.to_owned(),
        }
    }

    /// Whether everything that costs something is taxed, or is not.
    fn is_all(&self, taxed: bool) -> bool {
        self.lines.iter().filter(|line| line.amount > Yen(0)).all(|line| line.is_taxed == taxed)
    }

    /// `令和8年11月24日 9:05`.
    fn time(&self) -> String {
        let day = PartialDate::from(self.paid_at.date()).wareki();
        format!("{day} {}:{:02}", self.paid_at.hour(), self.paid_at.minute())
    }
}

impl Line {
    fn of(line: &payment::Line, lang: Lang) -> Line {
        let other = (lang != Lang::Ja).then(|| line.name.in_lang(lang).to_owned());
        Line {
            names: std::iter::once(line.name.ja.clone()).chain(other).collect(),
            count: line.count,
            unit: line.unit,
            amount: line.amount,
            is_exempt: line.exempt.is_some(),
            is_taxed: line.tax == Tax::Included,
        }
    }

    fn on(&self, roll: Roll, ja: Phrases) -> Roll {
        let mark = if self.is_taxed { ja.t("receipt.taxed_mark") } else { "" };
        let named = self.names.iter().fold(roll, |roll, name| roll.words(format!("{name}{mark}")));
        let values = [("unit", self.unit.to_string()), ("count", self.count.to_string())];
        let key = if self.is_exempt { "receipt.line_exempt" } else { "receipt.line" };
        named.pair(ja.with(key, &values), yen(ja, self.amount), Size::Normal)
    }
}

fn yen(ja: Phrases, amount: Yen) -> String {
    format!("{amount}{}", ja.t("list.yen"))
}

#[cfg(test)]
mod tests;
