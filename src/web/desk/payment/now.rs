//! How it is paid, and where the attempts to pay it stand: the part of the page that is
//! drawn anew while a terminal is at it.

use askama::Template;

use super::REASONS;
use super::cashless::{self, Offer, Open, Tablet};
use super::going_back::{self, GoingBack, Past, Ways};
use crate::id::{ChargeId, OpId, PaymentId, VisitId};
use crate::lang::{Phrases, Words};
use crate::payment::{self, Payment, Reason, Tender};
use crate::queue::duty;
use crate::staff::Action;
use crate::visit::bill::Bill;
use crate::visit::receipt;
use crate::web::desk::guard::Clerk;
use crate::web::desk::pay_code;
use crate::web::error::Failure;
use crate::web::{Office, Shared, days};
use crate::yen::Yen;

/// One attempt to pay.
pub(super) struct Attempt {
    id: PaymentId,
    amount: String,
    tender: String,
    state: &'static str,
    words: &'static str,
    time: String,
    received: Option<String>,
    change: Option<String>,
    number: Option<String>,
    /// What its slip says.
    slip: Option<String>,
    /// How much of it went back, and how much is left.
    back: Option<String>,
    /// Whether whoever paid may take a receipt along; in cash it is a 領収書.
    has_receipt: bool,
    is_cash: bool,
    /// What its terminal said last.
    remark: Option<String>,
}

#[derive(Template)]
#[template(path = "desk/payment_now.html")]
pub(super) struct Now {
    words: Phrases,
    /// The hidden key of its forms.
    key: String,
    pub id: VisitId,
    charge: Option<ChargeId>,
    total: u32,
    may_pay: bool,
    /// How it can be paid without cash.
    offer: Offer,
    /// Where the resident may choose it.
    tablet: Option<Tablet>,
    standing: Option<Attempt>,
    /// What is still to be found out about it.
    open: Option<Open>,
    past: Vec<Attempt>,
    may_void: bool,
    /// A record of nothing paid of a day before can be taken back.
    may_take_back_free: bool,
    /// Paid in cash: the counter in whose drawer it lies.
    drawer: Option<u32>,
    /// To be paid by a bill later.
    is_billed: bool,
    /// Recorded, and nobody has paid anything: a bill, or what costs nothing.
    is_record: bool,
    /// A terminal took it: it gives it back first.
    is_cashless: bool,
    /// By the desk's own code: no terminal was at it.
    is_by_code: bool,
    /// How it goes back otherwise than in cash.
    ways: Ways,
    /// What its terminal is giving back, or may have given.
    going_back: Option<GoingBack>,
    /// What its terminal was asked to give back before.
    backs: Vec<Past>,
    /// The terminals take nothing of this brand back.
    only_cash_back: bool,
    /// Item, its name, and what is left of it to give back.
    left: Vec<(String, String, u32)>,
    reasons: Vec<(&'static str, &'static str)>,
    /// The counter whose drawer it is.
    counter: u32,
    counters: Vec<(u32, String)>,
    /// The presses of its buttons.
    op: OpId,
    later_op: OpId,
    void_op: OpId,
    receipt_op: OpId,
    /// Whether the resident can be shown a code for a wallet.
    shows_code: bool,
    /// The brands that the wallet can be of: id and name.
    wallets: Vec<(String, String)>,
    code_op: OpId,
    /// The desk's slip printer, where it has one.
    slip_printer: Option<String>,
}

impl Now {
    /// Whether somebody is waiting for a terminal.
    pub fn is_live(&self) -> bool {
        self.open.as_ref().is_some_and(Open::is_live)
            || self.going_back.is_some()
            || self.is_at_tablet()
    }

    /// Whether the resident is choosing how to pay.
    fn is_at_tablet(&self) -> bool {
        self.may_pay && self.tablet.as_ref().is_some_and(|tablet| tablet.offered)
    }
}

pub(super) async fn now(
    office: &Shared,
    clerk: &Clerk,
    (id, bill): (VisitId, &Bill),
) -> Result<Now, Failure> {
    let (words, staff) = (Phrases::of(clerk.lang), clerk.signed_in.staff.id);
    let duty = office.db.read(move |connection| duty::of_staff(connection, staff)).await?;
    let counters = &office.config.counters;
    let first = counters.first().map_or(1, |counter| counter.number);
    let counter = duty.map_or(first, |duty| duty.counter);
    let told = |one: &Payment| attempt(office, bill, one, words);
    let mut past: Vec<Attempt> = bill.payments.iter().map(told).collect();
    let standing = bill.standing().and_then(|_| past.pop());
    let brand = bill.standing().and_then(Payment::slip).map(|slip| slip.brand.as_str());
    let brand = brand.and_then(|brand| office.config.cashless.brand(brand));
    let only_cash_back = brand.is_some_and(|brand| !brand.void);
    let of_lang = |name: &Words| name.in_lang(words.lang()).to_owned();
    Ok(Now {
        words,
        key: clerk.key.clone(),
        id,
        charge: bill.charge.as_ref().map(|charge| charge.id),
        total: bill.charge.as_ref().map_or(0, |charge| charge.total.0),
        may_pay: standing.is_none()
            && bill.charge.is_some()
            && bill.today.is_some()
            && !bill.is_erased,
        offer: cashless::offer(office, bill, (counter, words)),
        tablet: cashless::tablet(office, id, bill).await?,
        open: cashless::open(office, bill, words),
        standing,
        past,
        may_void: bill.may_be_voided() && !only_cash_back && bill.going_back().is_none(),
        may_take_back_free: bill.is_free_of_before() && clerk.may(Action::GiveBack).is_ok(),
        drawer: bill.standing().and_then(|one| match one.tender {
            Tender::Cash { .. } => Some(one.counter),
            _ => None,
        }),
        is_billed: bill.standing().is_some_and(|one| one.tender == Tender::Later),
        is_record: bill
            .standing()
            .is_some_and(|one| matches!(one.tender, Tender::Later | Tender::Nothing)),
        is_cashless: bill.standing().is_some_and(|one| one.tender.is_cashless()),
        is_by_code: bill
            .standing()
            .and_then(|one| one.at.as_ref())
            .is_some_and(payment::At::is_the_code),
        only_cash_back,
        ways: going_back::ways(office, bill, words),
        going_back: going_back::going_back(office, bill, words),
        backs: going_back::past(office, bill, words),
        left: match clerk.may(Action::GiveBack) {
            Ok(()) if bill.going_back().is_none() => left(office, bill, words),
            _ => Vec::new(),
        },
        reasons: REASONS.map(|reason| (reason.id(), reason_words(words, reason))).to_vec(),
        counter,
        counters: counters.iter().map(|one| (one.number, of_lang(&one.name))).collect(),
        op: office.journal.op(),
        later_op: office.journal.op(),
        void_op: office.journal.op(),
        receipt_op: office.journal.op(),
        shows_code: pay_code::may_be_shown(office, bill),
        wallets: office
            .config
            .cashless
            .wallets()
            .map(|one| (one.id.clone(), of_lang(&one.name)))
            .collect(),
        code_op: office.journal.op(),
        slip_printer: office.config.printers.for_desk_slips().map(|one| of_lang(&one.name)),
    })
}

fn left(office: &Office, bill: &Bill, words: Phrases) -> Vec<(String, String, u32)> {
    let name = |code: &str| {
        let item = office.config.items.iter().find(|item| item.code == code);
        item.map_or(code.to_owned(), |item| item.name.in_lang(words.lang()).to_owned())
    };
    bill.left().into_iter().map(|(item, Yen(left))| (item.clone(), name(&item), left)).collect()
}

fn attempt(office: &Office, bill: &Bill, payment: &Payment, words: Phrases) -> Attempt {
    let number = bill
        .entries
        .iter()
        .find(|entry| entry.payment == Some(payment.id) && entry.kind == payment::Kind::Payment);
    let number =
        number.map(|entry| words.with("desk.pay.number", &[("number", entry.receipt_number())]));
    let received = payment.tender.received();
    Attempt {
        id: payment.id,
        amount: payment.amount.to_string(),
        tender: match payment.tender {
            Tender::Cash { .. } => words.t("desk.pay.tender_cash").to_owned(),
            Tender::Later => words.t("desk.pay.tender_later").to_owned(),
            Tender::Nothing => words.t("desk.pay.tender_nothing").to_owned(),
            _ => cashless::tender(office, payment, words),
        },
        state: payment.state().id(),
        words: super::standing_words(words, payment),
        time: days::time(words, payment.begun_at, office.journal.now().date()),
        received: received
            .map(|received| words.with("desk.pay.received", &[("received", received.to_string())])),
        change: payment
            .change()
            .map(|change| words.with("desk.pay.change", &[("change", change.to_string())])),
        number,
        slip: cashless::slip(office, payment, words),
        back: back(bill, payment, words),
        // It is printed in the language of the visit.
        has_receipt: receipt::has_one(payment) && !bill.is_erased,
        is_cash: received.is_some(),
        remark: cashless::remark(office, payment, words),
    }
}

/// What went back of the payment that stands, in part.
fn back(bill: &Bill, payment: &Payment, words: Phrases) -> Option<String> {
    let standing = bill.standing().filter(|standing| standing.id == payment.id)?;
    let left = Yen::total(bill.left().into_iter().map(|(_, left)| left))?;
    let back = standing.amount.0.checked_sub(left.0).filter(|back| *back > 0 && left > Yen(0))?;
    let said = [("back", Yen(back).to_string()), ("left", left.to_string())];
    Some(words.with("desk.pay.partly_back", &said))
}

fn reason_words(words: Phrases, reason: Reason) -> &'static str {
    match reason {
        Reason::WrongAmount => words.t("desk.pay.reason_wrong_amount"),
        Reason::WrongTender => words.t("desk.pay.reason_wrong_tender"),
        Reason::NotIssued => words.t("desk.pay.reason_not_issued"),
        Reason::Twice => words.t("desk.pay.reason_twice"),
        _ => words.t("desk.pay.reason_asked"),
    }
}
