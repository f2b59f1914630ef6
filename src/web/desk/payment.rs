//! The bill of a visit: who is exempt, taking the money, and taking it back.

mod cashless;
mod going_back;
mod now;
mod page;
mod press;
mod refusal;
mod word;

use axum::extract::{Path, Query, State};
use axum::response::Response;

use super::frame::{Asked, Frame, Place};
use super::guard::{Clerk, Sent};
use crate::db::Tx;
use crate::id::{OpId, StaffId, VisitId};
use crate::journal::Actor;
use crate::lang::Phrases;
use crate::payment::{self, By, Error as Refused, Payment, Reason, Tender};
use crate::staff::Action;
use crate::visit::bill::{self, Bill};
use crate::visit::give_back;
use crate::visit::{Error, by_code, cashless as without_cash};
use crate::web::error::{Failure, conflicting};
use crate::web::page::{go, show as answer};
use crate::web::terminals::{self, Errand};
use crate::web::{Office, Shared};
use crate::yen::Yen;
use press::{Press, gave, outcome, press};
use refusal::{Of, refusal};

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
        Some(_) if bill.going_back().is_some() => ("unknown", words.t("desk.pay.going_back")),
        Some(standing) => (standing.state().id(), standing_words(words, standing)),
        None => ("submitted", words.t("desk.pay.owed")),
    };
    let amount = match (&bill.charge, bill.is_unpriced) {
        (Some(charge), _) => format!("{}{}", charge.total, words.t("list.yen")),
        (None, true) => words.t("desk.pay.unpriced").to_owned(),
        (None, false) => return Ok(None),
    };
    Ok(Some(Fee { amount, state, words: said.to_owned() }))
}

/// Where a payment stands: what is billed for later, or costs nothing, is not paid.
fn standing_words(words: Phrases, payment: &Payment) -> &'static str {
    match (payment.state(), payment.tender) {
        (payment::State::Authorised, Tender::Later | Tender::Nothing) => {
            words.t("desk.pay.recorded")
        }
        (state, _) => state_words(words, state),
    }
}

pub(super) fn state_words(words: Phrases, state: payment::State) -> &'static str {
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
    let look = move |tx: &Tx<'_>| bill::bill_or_kept(tx, &journal, shared.counter(), actor, id);
    Ok(office.db.write(look).await?)
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

/// `POST /desk/visits/{visit}/payment`.
pub(super) async fn act(
    State(office): State<Shared>,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Failure> {
    allowed(&office, &sent.clerk)?;
    if matches!(sent.fields.get("act"), "refund" | "take_back_free") {
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
    match word::held(&office, &sent.clerk, (id, &press)).await? {
        word::Held::Stands => {}
        word::Held::Agreed => return Ok(go(&format!("/desk/visits/{id}/payment?note={note}"))),
        word::Held::Refused(told) => {
            return shown(&office, &sent.clerk, id, frame.refusing(told)).await;
        }
    }
    // On a task of its own: a browser that lets go of this request takes nothing back that
    // has begun, and its terminal is asked all the same.
    let staff = sent.clerk.signed_in.staff.id;
    let of = Of::press(&press, &read(&office, &sent.clerk, id).await?);
    let stored = tokio::spawn(store(office.clone(), staff, (op, id), press));
    // Not the error's own words: a panic's may hold what was typed.
    let stored = stored.await;
    match stored.map_err(|_| Failure::Fault("the task of a press panicked".to_owned()))? {
        Ok(()) => Ok(go(&format!("/desk/visits/{id}/payment?note={note}"))),
        Err(error) => {
            let is_other = matches!(error, Error::Payment(Refused::Conflict));
            let today = office.journal.now().date();
            let refused = refusal((words, today), of, error)?;
            let page = shown(&office, &sent.clerk, id, frame.refusing(refused)).await?;
            Ok(if is_other { conflicting(page) } else { page })
        }
    }
}

/// Asks the terminal what became of the payment that stands, or of what goes back of it, and
/// shows what it said.
async fn look_up(office: &Shared, sent: &Sent, id: VisitId) -> Result<Response, Failure> {
    let bill = read(office, &sent.clerk, id).await?;
    if let Some(standing) = bill.standing().cloned() {
        let errand = match bill.going_back().cloned() {
            Some(back) => Errand::GiveBack(back, standing),
            None => Errand::Pay(standing),
        };
        terminals::look_up(&office.0, &errand).await;
    }
    Ok(go(&format!("/desk/visits/{id}/payment")))
}

/// Does what was pressed; what begins at a terminal is asked there.
async fn store(
    office: Shared,
    staff: StaffId,
    (op, id): (OpId, VisitId),
    press: Press,
) -> Result<(), Error> {
    let (shared, journal) = (office.0.clone(), office.journal.clone());
    let by = By { op, actor: Actor::Staff(staff) };
    let begun = office
        .db
        .write(move |tx| -> Result<Option<Errand>, Error> {
            let counter = shared.counter();
            match press {
                Press::Begin(request) => {
                    let begun = without_cash::begin(tx, &journal, counter, by, (id, &request))?;
                    return Ok(Some(Errand::Pay(begun)));
                }
                Press::Take(request) => {
                    bill::take(tx, &journal, counter, by, (id, &request)).map(drop)
                }
                Press::ByCode(request, typed) => {
                    by_code::take(tx, &journal, counter, by, (id, &request, &typed)).map(drop)
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
                    bill::void(tx, &journal, counter, by, (id, payment, reason, at)).map(drop)
                }
                Press::TakeBackFree(payment, reason) => {
                    bill::take_back_free(tx, &journal, by, (id, payment, reason)).map(drop)
                }
                Press::Refund(refund) => {
                    bill::refund(tx, &journal, counter, by, (id, &refund)).map(drop)
                }
                Press::GiveBack(wanted) => {
                    let asked = give_back::begin(tx, &journal, counter, by, (id, &wanted))?;
                    return Ok(Some(Errand::of_back(tx, asked)?));
                }
                Press::SettleBack(back, said) => {
                    let paid = give_back::own(tx, id, back)?.payment;
                    let outcome = gave(tx, (paid, &said))?;
                    give_back::settle(tx, &journal, by, (id, back, &outcome)).map(drop)
                }
                Press::Exempt { form, ground } => {
                    bill::exempt(tx, &journal, counter, (op, staff), (id, &form, &ground))
                }
            }
            .map(|()| None)
        })
        .await?;
    if let Some(begun) = begun {
        terminals::ask(&office.0, begun);
    }
    Ok(())
}
