//! The bill of a visit: who is exempt, taking the money, and taking it back.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;

use super::frame::{Asked, Frame, Place};
use super::guard::{Clerk, Sent};
use super::pay_code;
use super::visit::called_by;
use crate::config::NOT_EXEMPT;
use crate::db::Tx;
use crate::id::{ChargeId, OpId, PaymentId, VisitId};
use crate::journal::Actor;
use crate::lang::Phrases;
use crate::payment::{self, Back, By, Error as Refused, Payment, Reason, Refund, Request, Tender};
use crate::queue::duty;
use crate::staff::Action;
use crate::visit::Error;
use crate::visit::bill::{self, Bill};
use crate::visit::receipt;
use crate::web::error::Failure;
use crate::web::{Office, Shared, page};
use crate::yen::Yen;

/// The most that is typed as an amount: no drawer holds more.
const YEN_MAX: u32 = 9_999_999;

/// Why money is taken back, as a clerk chooses.
const REASONS: [Reason; 5] =
    [Reason::WrongAmount, Reason::WrongTender, Reason::NotIssued, Reason::Asked, Reason::Twice];

/// The fee as the page of the visit shows it.
pub(super) struct Fee {
    pub amount: String,
    pub state: &'static str,
    pub words: String,
}

/// What is charged for a visit, where the office handles fees and something is.
pub(super) async fn fee(
    office: &Shared,
    clerk: &Clerk,
    id: VisitId,
    words: Phrases,
) -> Result<Option<Fee>, Failure> {
    if !office.config.site.modules.payment {
        return Ok(None);
    }
    let bill = read(office, clerk, id).await?;
    let (state, said) = match bill.standing() {
        Some(standing) => (standing.state().id(), state_words(words, standing.state())),
        None => ("submitted", words.t("desk.pay.owed")),
    };
    let amount = match (&bill.charge, bill.is_unpriced) {
        (Some(charge), _) => format!("{}{}", charge.total, words.t("list.yen")),
        (None, true) => words.t("desk.pay.unpriced").to_owned(),
        (None, false) => return Ok(None),
    };
    Ok(Some(Fee { amount, state, words: said.to_owned() }))
}

fn state_words(words: Phrases, state: payment::State) -> &'static str {
    match state {
        payment::State::Started => words.t("desk.pay.standing_started"),
        payment::State::Authorised => words.t("desk.pay.paid"),
        payment::State::Declined => words.t("desk.pay.state_declined"),
        payment::State::Unknown => words.t("desk.pay.standing_unknown"),
        payment::State::Voided => words.t("desk.pay.state_voided"),
        payment::State::Refunded => words.t("desk.pay.state_refunded"),
    }
}

struct Line {
    name: String,
    count: u32,
    unit: String,
    amount: String,
    exempt: Option<String>,
}

/// The exemptions of one form, and which stands.
struct Exemptions {
    form: String,
    title: String,
    choices: Vec<(String, String, bool)>,
}

/// One attempt to pay.
struct Attempt {
    id: PaymentId,
    amount: String,
    tender: &'static str,
    state: &'static str,
    words: &'static str,
    time: String,
    received: Option<String>,
    change: Option<String>,
    number: Option<String>,
    /// Whether whoever paid may take a receipt along; in cash it is a 領収書.
    has_receipt: bool,
    is_cash: bool,
}

#[derive(Template)]
#[template(path = "desk/payment.html")]
struct Page {
    frame: Frame,
    id: VisitId,
    /// What the resident is called by.
    number: String,
    charge: Option<ChargeId>,
    total: u32,
    total_words: String,
    lines: Vec<Line>,
    exemptions: Vec<Exemptions>,
    /// Sentences about what keeps it from being paid, or was changed since.
    warnings: Vec<&'static str>,
    may_pay: bool,
    standing: Option<Attempt>,
    past: Vec<Attempt>,
    may_void: bool,
    /// Item, its name, and what is left of it to give back.
    left: Vec<(String, String, u32)>,
    reasons: Vec<(&'static str, &'static str)>,
    /// The counter whose drawer it is.
    counter: u32,
    counters: Vec<(u32, String)>,
    /// The presses of the page's buttons.
    op: OpId,
    later_op: OpId,
    void_op: OpId,
    exempt_op: OpId,
    receipt_op: OpId,
    /// Whether the resident can be shown a code for a wallet.
    shows_code: bool,
    /// The desk's slip printer, where it has one.
    slip_printer: Option<String>,
}

pub(super) fn allowed(office: &Office, clerk: &Clerk) -> Result<(), Failure> {
    match office.config.site.modules.payment {
        true => clerk.may(Action::TakePayments),
        false => Err(Failure::NotFound),
    }
}

/// `GET /desk/visits/{visit}/payment`.
pub(super) async fn show(
    State(office): State<Shared>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    clerk: Clerk,
) -> Result<Response, Failure> {
    allowed(&office, &clerk)?;
    let id = id.parse().map_err(|_| Failure::NotFound)?;
    let frame = Frame::inside(&office, &clerk, Place::Today).noting(asked.note);
    shown(&office, &clerk, id, frame).await
}

pub(super) async fn read(office: &Shared, clerk: &Clerk, id: VisitId) -> Result<Bill, Failure> {
    let (shared, journal) = (office.0.clone(), office.journal.clone());
    let actor = Actor::Staff(clerk.signed_in.staff.id);
    let look = move |tx: &Tx<'_>| bill::bill(tx, &journal, shared.counter(), actor, id);
    Ok(office.db.write(look).await?)
}

async fn shown(
    office: &Shared,
    clerk: &Clerk,
    id: VisitId,
    frame: Frame,
) -> Result<Response, Failure> {
    let bill = read(office, clerk, id).await?;
    let (words, staff) = (frame.words, clerk.signed_in.staff.id);
    let duty = office.db.read(move |connection| duty::of_staff(connection, staff)).await?;
    let counters = &office.config.counters;
    let first = counters.first().map_or(1, |counter| counter.number);
    let total = bill.charge.as_ref().map_or(Yen(0), |charge| charge.total);
    let mut past: Vec<Attempt> =
        bill.payments.iter().map(|one| attempt(&bill, one, words)).collect();
    let standing = bill.standing().and_then(|_| past.pop());
    let of_lang = |name: &crate::lang::Words| name.in_lang(words.lang()).to_owned();
    page::show(&Page {
        id,
        number: called_by(office, id).await?,
        charge: bill.charge.as_ref().map(|charge| charge.id),
        total: total.0,
        total_words: total.to_string(),
        lines: lines(office, &bill, words),
        exemptions: match standing {
            None => exemptions(office, &bill, words),
            Some(_) => Vec::new(),
        },
        warnings: warnings(&bill, words),
        may_pay: standing.is_none() && bill.charge.is_some() && bill.today.is_some(),
        may_void: bill.may_be_voided(),
        left: match clerk.may(Action::GiveBack) {
            Ok(()) => left(office, &bill, words),
            Err(_) => Vec::new(),
        },
        standing,
        past,
        reasons: REASONS.map(|reason| (reason.id(), reason_words(words, reason))).to_vec(),
        counter: duty.map_or(first, |duty| duty.counter),
        counters: counters.iter().map(|one| (one.number, of_lang(&one.name))).collect(),
        op: office.journal.op(),
        later_op: office.journal.op(),
        void_op: office.journal.op(),
        exempt_op: office.journal.op(),
        receipt_op: office.journal.op(),
        shows_code: pay_code::may_be_shown(office, &bill),
        slip_printer: office.config.printers.for_desk_slips().map(|one| of_lang(&one.name)),
        frame,
    })
}

fn warnings(bill: &Bill, words: Phrases) -> Vec<&'static str> {
    let told = [
        (bill.is_unpriced, words.t("desk.pay.unpriced")),
        (bill.differs, words.t("desk.pay.differs")),
        (bill.today.is_none(), words.t("desk.pay.clock")),
        (bill.charge.is_none() && !bill.is_unpriced, words.t("desk.pay.none")),
    ];
    told.into_iter().filter(|(holds, _)| *holds).map(|(_, words)| words).collect()
}

fn lines(office: &Office, bill: &Bill, words: Phrases) -> Vec<Line> {
    let lines = bill.charge.iter().flat_map(|charge| &charge.lines);
    let ground = |id: &String| {
        let exemption = office.config.exemption(id);
        exemption.map_or(id.clone(), |one| one.name.in_lang(words.lang()).to_owned())
    };
    lines
        .map(|line| Line {
            name: line.name.in_lang(words.lang()).to_owned(),
            count: line.count,
            unit: line.unit.to_string(),
            amount: line.amount.to_string(),
            exempt: line.exempt.as_ref().map(ground),
        })
        .collect()
}

/// For each form of the bill, who may be exempt.
fn exemptions(office: &Office, bill: &Bill, words: Phrases) -> Vec<Exemptions> {
    let Some(charge) = &bill.charge else { return Vec::new() };
    let mut forms: Vec<&String> = charge.lines.iter().map(|line| &line.form).collect();
    forms.dedup();
    let of = |form: &&String| {
        let stands = charge.lines.iter().filter(|line| line.form == **form);
        let stands = stands.filter_map(|line| line.exempt.as_deref()).next().unwrap_or(NOT_EXEMPT);
        let own = office.config.exemptions_for(form, charge.day);
        let own = own.map(|one| (one.id.clone(), one.name.in_lang(words.lang()).to_owned()));
        let charged = (NOT_EXEMPT.to_owned(), words.t("desk.pay.charged").to_owned());
        let choices = std::iter::once(charged).chain(own);
        let title = office.forms.get(form).map(|one| one.template().title.in_lang(words.lang()));
        Exemptions {
            form: (*form).clone(),
            title: title.unwrap_or_default().to_owned(),
            choices: choices.map(|(id, name)| (id.clone(), name, id == stands)).collect(),
        }
    };
    forms.iter().map(of).collect()
}

fn left(office: &Office, bill: &Bill, words: Phrases) -> Vec<(String, String, u32)> {
    let name = |code: &str| {
        let item = office.config.items.iter().find(|item| item.code == code);
        item.map_or(code.to_owned(), |item| item.name.in_lang(words.lang()).to_owned())
    };
    bill.left().into_iter().map(|(item, Yen(left))| (item.clone(), name(&item), left)).collect()
}

fn attempt(bill: &Bill, payment: &Payment, words: Phrases) -> Attempt {
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
            Tender::Cash { .. } => words.t("desk.pay.tender_cash"),
            Tender::Later => words.t("desk.pay.tender_later"),
            Tender::Nothing => words.t("desk.pay.tender_nothing"),
            Tender::Credit | Tender::Debit | Tender::Emoney | Tender::Qr => {
                words.t("desk.pay.tender_cashless")
            }
        },
        state: payment.state().id(),
        words: state_words(words, payment.state()),
        time: crate::clock::hour_and_minute(payment.begun_at),
        received: received
            .map(|received| words.with("desk.pay.received", &[("received", received.to_string())])),
        change: payment
            .change()
            .map(|change| words.with("desk.pay.change", &[("change", change.to_string())])),
        number,
        has_receipt: receipt::has_one(payment),
        is_cash: received.is_some(),
    }
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

/// What was not done, in words; a fault stays one.
fn refusal(words: Phrases, error: Error) -> Result<&'static str, Failure> {
    let Error::Payment(refused) = error else { return Err(error.into()) };
    Ok(match refused {
        Refused::Changed => words.t("desk.pay.refused_changed"),
        Refused::Stands => words.t("desk.pay.refused_stands"),
        Refused::Conflict => words.t("desk.pay.refused_conflict"),
        Refused::TooLittle => words.t("desk.pay.refused_too_little"),
        Refused::TooMuch => words.t("desk.pay.refused_too_much"),
        Refused::NotPaid => words.t("desk.pay.refused_not_paid"),
        Refused::CashOnly => words.t("desk.pay.refused_cash_only"),
        Refused::DayOver => words.t("desk.pay.refused_day_over"),
        Refused::State(_) => words.t("desk.pay.refused_state"),
        Refused::ClockBehind(_) => words.t("desk.pay.clock"),
        fault => return Err(fault.into()),
    })
}

/// An amount as it was typed.
pub(super) fn amount(typed: &str) -> Option<Yen> {
    let digits: String = typed.trim().replace([',', '，'], "");
    let half = |c: char| match c {
        '０'..='９' => char::from_u32(u32::from(c) - 0xFEE0),
        c => Some(c),
    };
    let digits: Option<String> = digits.chars().map(half).collect();
    digits?.parse().ok().filter(|yen| *yen <= YEN_MAX).map(Yen)
}

/// What a button asks for.
enum Press {
    Take(Request),
    Void(PaymentId, Reason, u32),
    Refund(Refund),
    Exempt { form: String, ground: String },
}

impl Press {
    fn note(&self) -> &'static str {
        match self {
            Press::Take(_) => "paid",
            Press::Void(..) => "voided",
            Press::Refund(_) => "given_back",
            Press::Exempt { .. } => "exempted",
        }
    }
}

/// `POST /desk/visits/{visit}/payment`.
pub(super) async fn act(
    State(office): State<Shared>,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Failure> {
    allowed(&office, &sent.clerk)?;
    if sent.fields.get("act") == "refund" {
        sent.clerk.may(Action::GiveBack)?;
    }
    let id: VisitId = id.parse().map_err(|_| Failure::NotFound)?;
    let op = sent.op()?;
    let frame = Frame::inside(&office, &sent.clerk, Place::Today);
    let words = frame.words;
    let Some(press) = press(&office, &sent)? else {
        let refused = words.t("desk.pay.refused_amount").to_owned();
        return shown(&office, &sent.clerk, id, frame.refusing(refused)).await;
    };
    let note = press.note();
    match store(&office, &sent.clerk, (op, id), press).await {
        Ok(()) => Ok(page::go(&format!("/desk/visits/{id}/payment?note={note}"))),
        Err(error) => {
            let refused = refusal(words, error)?.to_owned();
            shown(&office, &sent.clerk, id, frame.refusing(refused)).await
        }
    }
}

/// What was pressed; `None` where an amount is none.
fn press(office: &Office, sent: &Sent) -> Result<Option<Press>, Failure> {
    let field = |name: &str| sent.fields.get(name);
    let bad = || Failure::BadRequest;
    let counter: u32 = field("counter").parse().unwrap_or_default();
    let at = || office.config.counter(counter).map(|one| one.number).ok_or(Failure::BadRequest);
    let payment = || field("payment").parse::<PaymentId>().map_err(|_| bad());
    let reason = || {
        let chosen = Reason::from_id(field("reason"));
        chosen.filter(|reason| REASONS.contains(reason)).ok_or(Failure::BadRequest)
    };
    Ok(match field("act") {
        act @ ("cash" | "later" | "nothing") => {
            let received = amount(field("received"));
            let tender = match (act, received) {
                ("cash", Some(received)) => Tender::Cash { received },
                ("cash", None) => return Ok(None),
                ("later", _) => Tender::Later,
                _ => Tender::Nothing,
            };
            let charge = field("charge").parse().map_err(|_| bad())?;
            let owed = amount(field("amount")).ok_or_else(bad)?;
            Some(Press::Take(Request { charge, amount: owed, tender, counter: at()? }))
        }
        "void" => Some(Press::Void(payment()?, reason()?, at()?)),
        "refund" => {
            let (items, typed) = (sent.fields.all("item"), sent.fields.all("back"));
            let items = items.into_iter().zip(typed).map(|(item, typed)| {
                let typed = if typed.trim().is_empty() { "0" } else { &typed };
                amount(typed).map(|amount| (item, amount))
            });
            let Some(items) = items.collect::<Option<Vec<_>>>() else { return Ok(None) };
            let (payment, reason, counter) = (payment()?, reason()?, at()?);
            Some(Press::Refund(Refund { payment, items, back: Back::Cash, reason, counter }))
        }
        "exempt" => Some(Press::Exempt {
            form: field("form").to_owned(),
            ground: field("ground").to_owned(),
        }),
        _ => return Err(bad()),
    })
}

async fn store(
    office: &Shared,
    clerk: &Clerk,
    (op, id): (OpId, VisitId),
    press: Press,
) -> Result<(), Error> {
    let (shared, journal) = (office.0.clone(), office.journal.clone());
    let staff = clerk.signed_in.staff.id;
    let by = By { op, actor: Actor::Staff(staff) };
    office
        .db
        .write(move |tx| {
            let counter = shared.counter();
            match press {
                Press::Take(request) => {
                    bill::take(tx, &journal, counter, by, (id, &request)).map(drop)
                }
                Press::Void(payment, reason, at) => {
                    bill::void(tx, &journal, by, (id, payment, reason, at)).map(drop)
                }
                Press::Refund(refund) => bill::refund(tx, &journal, by, (id, &refund)).map(drop),
                Press::Exempt { form, ground } => {
                    bill::exempt(tx, &journal, counter, (op, staff), (id, &form, &ground))
                }
            }
        })
        .await
}
