//! What can be pressed on the page of a bill, as it was sent.

use super::{REASONS, amount, cashless};
use crate::db::Tx;
use crate::id::{ChargeId, GiveBackId, PaymentId};
use crate::payment::give_back::Wanted;
use crate::payment::{
    self, At, Back, Error as Refused, Means, Outcome, Reason, Refund, Request, SlipNumber, Tender,
};
use crate::visit::{cashless as without_cash, give_back};
use crate::web::Office;
use crate::web::desk::guard::Sent;
use crate::web::error::Failure;
use crate::yen::Yen;

/// What a clerk saw at a terminal.
pub(super) enum Said {
    Slip { brand: String, number: String },
    Declined,
    Unknown,
}

/// What a button asks for.
pub(super) enum Press {
    Take(Request),
    /// By the desk's own code: what the company's notice names it by.
    ByCode(Request, String),
    /// At a terminal.
    Begin(Request),
    /// Lets the resident choose at the tablet.
    Offer(ChargeId),
    Settle(PaymentId, Said),
    /// By hand.
    Void(PaymentId, Reason, u32),
    /// A record of nothing paid, when its day is over.
    TakeBackFree(PaymentId, Reason),
    Refund(Refund),
    /// Through the terminal that took it.
    GiveBack(Wanted),
    /// What became of that.
    SettleBack(GiveBackId, Said),
    Exempt {
        form: String,
        ground: String,
    },
}

impl Press {
    pub(super) fn note(&self) -> &'static str {
        match self {
            // Nobody has paid anything.
            Press::Take(Request { tender: Tender::Later | Tender::Nothing, .. }) => "recorded",
            Press::Take(_) | Press::ByCode(..) | Press::Settle(_, Said::Slip { .. }) => "paid",
            Press::Begin(_) => "begun",
            Press::Offer(_) => "offered",
            Press::Settle(_, Said::Declined) => "declined",
            Press::Settle(_, Said::Unknown) => "unknown",
            Press::Void(..) | Press::TakeBackFree(..) => "voided",
            Press::GiveBack(_) => "back_begun",
            Press::SettleBack(_, Said::Slip { .. }) => "back_noted",
            Press::SettleBack(..) => "not_given_back",
            Press::Refund(_) => "given_back",
            Press::Exempt { .. } => "exempted",
        }
    }
}

/// What was pressed; `None` where an amount is none.
pub(super) fn press(office: &Office, sent: &Sent) -> Result<Option<Press>, Failure> {
    let field = |name: &str| sent.fields.get(name);
    let bad = || Failure::BadRequest;
    let counter: u32 = field("counter").parse().unwrap_or_default();
    let at = || office.config.counter(counter).map(|one| one.number).ok_or(Failure::BadRequest);
    let payment = || field("payment").parse::<PaymentId>().map_err(|_| bad());
    let back = || field("give_back").parse::<GiveBackId>().map_err(|_| bad());
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
        "by_code" => {
            let asked = (Tender::Qr, at()?, Some(At::the_code(field("brand"))));
            Some(Press::ByCode(wanted(sent, asked)?, field("slip").to_owned()))
        }
        "offer" => Some(Press::Offer(field("charge").parse().map_err(|_| bad())?)),
        "authorised" => {
            let (brand, number) = (field("brand").to_owned(), field("slip").to_owned());
            Some(Press::Settle(payment()?, Said::Slip { brand, number }))
        }
        "declined" => Some(Press::Settle(payment()?, Said::Declined)),
        "unknown" => Some(Press::Settle(payment()?, Said::Unknown)),
        "void" => Some(Press::Void(payment()?, reason()?, at()?)),
        "take_back_free" => Some(Press::TakeBackFree(payment()?, reason()?)),
        "void_at_terminal" => Some(Press::GiveBack(Wanted {
            payment: payment()?,
            items: None,
            reason: reason()?,
            counter: at()?,
        })),
        "given" => {
            let (brand, number) = (String::new(), field("slip").to_owned());
            Some(Press::SettleBack(back()?, Said::Slip { brand, number }))
        }
        "not_given" => Some(Press::SettleBack(back()?, Said::Declined)),
        "refund" => {
            let Some(items) = items(sent) else { return Ok(None) };
            let (payment, reason, counter) = (payment()?, reason()?, at()?);
            Some(match field("how") {
                "terminal" => {
                    Press::GiveBack(Wanted { payment, items: Some(items), reason, counter })
                }
                "same" => {
                    Press::Refund(Refund { payment, items, back: Back::Same, reason, counter })
                }
                _ => Press::Refund(Refund { payment, items, back: Back::Cash, reason, counter }),
            })
        }
        "exempt" => Some(Press::Exempt {
            form: field("form").to_owned(),
            ground: field("ground").to_owned(),
        }),
        _ => return Err(bad()),
    })
}

/// How much of each item goes back; `None` where an amount is none.
fn items(sent: &Sent) -> Option<Vec<(String, Yen)>> {
    let (items, typed) = (sent.fields.all("item"), sent.fields.all("back"));
    let items = items.into_iter().zip(typed).map(|(item, typed)| {
        let typed = if typed.trim().is_empty() { "0" } else { &typed };
        amount(typed).map(|amount| (item, amount))
    });
    items.collect()
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
pub(super) fn outcome(
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

/// What a clerk saw of money that went back; the brand is the payment's.
pub(super) fn gave(
    tx: &Tx<'_>,
    (paid, said): (PaymentId, &Said),
) -> Result<Outcome, payment::Error> {
    let number = match said {
        Said::Declined => return Ok(Outcome::Declined),
        Said::Unknown => return Ok(Outcome::Unknown),
        Said::Slip { number, .. } => SlipNumber::typed(number)?,
    };
    let paid = payment::get(tx, paid)?.ok_or(Refused::NoSuchPayment)?;
    Ok(Outcome::Authorised(give_back::slip(&paid, number)))
}
