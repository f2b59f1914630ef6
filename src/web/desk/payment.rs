//! The bill of a visit: who is exempt, taking the money, and taking it back.

mod cashless;
mod now;
mod page;

use axum::extract::{Path, Query, State};
use axum::response::Response;

use super::frame::{Asked, Frame, Place};
use super::guard::{Clerk, Sent};
use crate::db::Tx;
use crate::id::{ChargeId, OpId, PaymentId, VisitId};
use crate::journal::Actor;
use crate::lang::Phrases;
use crate::payment::{
    self, At, Back, By, Error as Refused, Means, Outcome, Payment, Reason, Refund, Request, Tender,
};
use crate::staff::Action;
use crate::visit::bill::{self, Bill};
use crate::visit::{Error, cashless as without_cash};
use crate::web::error::Failure;
use crate::web::page::{go, show as answer};
use crate::web::{Office, Shared, terminals};
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

/// `GET /desk/visits/{visit}/payment/now`: for the script.
pub(super) async fn fragment(
    State(office): State<Shared>,
    Path(id): Path<String>,
    clerk: Clerk,
) -> Result<Response, Failure> {
    allowed(&office, &clerk)?;
    let id = id.parse().map_err(|_| Failure::NotFound)?;
    let bill = read(&office, &clerk, id).await?;
    answer(&now::now(&office, &clerk, (id, &bill)).await?)
}

async fn shown(
    office: &Shared,
    clerk: &Clerk,
    id: VisitId,
    frame: Frame,
) -> Result<Response, Failure> {
    let bill = read(office, clerk, id).await?;
    page::shown(office, clerk, (id, bill), frame).await
}

pub(super) async fn read(office: &Shared, clerk: &Clerk, id: VisitId) -> Result<Bill, Failure> {
    let (shared, journal) = (office.0.clone(), office.journal.clone());
    let actor = Actor::Staff(clerk.signed_in.staff.id);
    let look = move |tx: &Tx<'_>| bill::bill(tx, &journal, shared.counter(), actor, id);
    Ok(office.db.write(look).await?)
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
        Refused::NoSlip => words.t("desk.pay.refused_no_slip"),
        Refused::NoSlipNumber => words.t("desk.pay.refused_slip_number"),
        Refused::SlipTaken => words.t("desk.pay.refused_slip_taken"),
        Refused::TerminalBusy => words.t("desk.pay.refused_terminal_busy"),
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

/// What a clerk saw of a payment at a terminal.
enum Said {
    Slip { brand: String, number: String },
    Declined,
    Unknown,
}

/// What a button asks for.
enum Press {
    Take(Request),
    /// At a terminal.
    Begin(Request),
    /// Lets the resident choose at the tablet.
    Offer(ChargeId),
    Settle(PaymentId, Said),
    Void(PaymentId, Reason, u32),
    Refund(Refund),
    Exempt {
        form: String,
        ground: String,
    },
}

impl Press {
    fn note(&self) -> &'static str {
        match self {
            Press::Take(_) | Press::Settle(_, Said::Slip { .. }) => "paid",
            Press::Begin(_) => "begun",
            Press::Offer(_) => "offered",
            Press::Settle(_, Said::Declined) => "declined",
            Press::Settle(_, Said::Unknown) => "unknown",
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
    if sent.fields.get("act") == "look" {
        return look_up(&office, &sent, id).await;
    }
    let op = sent.op()?;
    let frame = Frame::inside(&office, &sent.clerk, Place::Today);
    let words = frame.words;
    let Some(press) = press(&office, &sent)? else {
        let refused = words.t("desk.pay.refused_amount").to_owned();
        return shown(&office, &sent.clerk, id, frame.refusing(refused)).await;
    };
    let note = press.note();
    match store(&office, &sent.clerk, (op, id), press).await {
        Ok(begun) => {
            if let Some(begun) = begun {
                terminals::ask(&office.0, &begun);
            }
            Ok(go(&format!("/desk/visits/{id}/payment?note={note}")))
        }
        Err(error) => {
            let refused = refusal(words, error)?.to_owned();
            shown(&office, &sent.clerk, id, frame.refusing(refused)).await
        }
    }
}

/// Asks the terminal what became of the payment that stands, and shows what it said.
async fn look_up(office: &Shared, sent: &Sent, id: VisitId) -> Result<Response, Failure> {
    let bill = read(office, &sent.clerk, id).await?;
    if let Some(standing) = bill.standing() {
        terminals::look_up(&office.0, standing).await;
    }
    Ok(go(&format!("/desk/visits/{id}/payment")))
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
            Some(Press::Take(wanted(sent, (tender, at()?, None))?))
        }
        act if act.starts_with("cashless:") => {
            let (tender, at_terminal) = chosen(office, sent, counter).ok_or_else(bad)?;
            Some(Press::Begin(wanted(sent, (tender, at()?, Some(at_terminal)))?))
        }
        "offer" => Some(Press::Offer(field("charge").parse().map_err(|_| bad())?)),
        "authorised" => {
            let (brand, number) = (field("brand").to_owned(), field("slip").to_owned());
            Some(Press::Settle(payment()?, Said::Slip { brand, number }))
        }
        "declined" => Some(Press::Settle(payment()?, Said::Declined)),
        "unknown" => Some(Press::Settle(payment()?, Said::Unknown)),
        "void" => Some(Press::Void(payment()?, reason()?, at()?)),
        "refund" => {
            let (items, typed) = (sent.fields.all("item"), sent.fields.all("back"));
            let items = items.into_iter().zip(typed).map(|(item, typed)| {
                let typed = if typed.trim().is_empty() { "0" } else { &typed };
                amount(typed).map(|amount| (item, amount))
            });
            let Some(items) = items.collect::<Option<Vec<_>>>() else { return Ok(None) };
            let (payment, reason, counter) = (payment()?, reason()?, at()?);
            let back = if field("how") == "same" { Back::Same } else { Back::Cash };
            Some(Press::Refund(Refund { payment, items, back, reason, counter }))
        }
        "exempt" => Some(Press::Exempt {
            form: field("form").to_owned(),
            ground: field("ground").to_owned(),
        }),
        _ => return Err(bad()),
    })
}

/// What the screen showed when it was pressed.
fn wanted(
    sent: &Sent,
    (tender, counter, at): (Tender, u32, Option<At>),
) -> Result<Request, Failure> {
    let charge = sent.fields.get("charge").parse().map_err(|_| Failure::BadRequest)?;
    let amount = amount(sent.fields.get("amount")).ok_or(Failure::BadRequest)?;
    Ok(Request { charge, amount, tender, counter, at })
}

/// The terminal that was chosen, where it stands at this counter, and what it takes.
fn chosen(office: &Office, sent: &Sent, counter: u32) -> Option<(Tender, At)> {
    let mut words = sent.fields.get("act").split(':').skip(1);
    let means = Means::from_id(words.next()?)?;
    let choice = (means, words.next().map(str::to_owned));
    let terminal = office.config.cashless.terminal(sent.fields.get("terminal"))?;
    let is_offered = terminal.is_at(counter)
        && cashless::is_there(office, terminal)
        && without_cash::choices(&office.config.cashless, &terminal.id).contains(&choice);
    let at = At { terminal: terminal.id.clone(), brand: choice.1 };
    is_offered.then_some((means.into(), at))
}

/// What a clerk saw, as it is noted.
fn outcome(
    tx: &Tx<'_>,
    office: &Office,
    (id, said): (PaymentId, Said),
) -> Result<Outcome, payment::Error> {
    let (brand, number) = match said {
        Said::Declined => return Ok(Outcome::Declined),
        Said::Unknown => return Ok(Outcome::Unknown),
        Said::Slip { brand, number } => (brand, number),
    };
    let payment = payment::get(tx, id)?.ok_or(Refused::NoSuchPayment)?;
    let slip = without_cash::slip(&office.config.cashless, &payment, (&brand, &number))?;
    Ok(Outcome::Authorised(Some(slip)))
}

/// Does what was pressed; a payment that begins at a terminal is given back.
async fn store(
    office: &Shared,
    clerk: &Clerk,
    (op, id): (OpId, VisitId),
    press: Press,
) -> Result<Option<Payment>, Error> {
    let (shared, journal) = (office.0.clone(), office.journal.clone());
    let staff = clerk.signed_in.staff.id;
    let by = By { op, actor: Actor::Staff(staff) };
    office
        .db
        .write(move |tx| {
            let counter = shared.counter();
            match press {
                Press::Begin(request) => {
                    return without_cash::begin(tx, &journal, counter, by, (id, &request))
                        .map(Some);
                }
                Press::Take(request) => {
                    bill::take(tx, &journal, counter, by, (id, &request)).map(drop)
                }
                Press::Offer(charge) => {
                    without_cash::offer(tx, &journal, counter, by, (id, charge))
                }
                Press::Settle(payment, said) => {
                    let outcome = outcome(tx, &shared, (payment, said))?;
                    let what = (id, payment, &outcome);
                    without_cash::settle(tx, &journal, counter, by, what).map(drop)
                }
                Press::Void(payment, reason, at) => {
                    bill::void(tx, &journal, by, (id, payment, reason, at)).map(drop)
                }
                Press::Refund(refund) => bill::refund(tx, &journal, by, (id, &refund)).map(drop),
                Press::Exempt { form, ground } => {
                    bill::exempt(tx, &journal, counter, (op, staff), (id, &form, &ground))
                }
            }
            .map(|()| None)
        })
        .await
}
