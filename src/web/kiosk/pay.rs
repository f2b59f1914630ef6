//! Paying at the tablet (セミセルフ): the clerk has looked at everything and lets the
//! resident choose; the terminal beside the tablet is asked, and both screens tell what it
//! says.

use axum::extract::State;
use axum::response::Response;

use super::session::{AtKiosk, Kiosk, Sent};
use crate::config::Terminal;
use crate::db::{Connection, Tx};
use crate::id::{ChargeId, OpId};
use crate::lang::Phrases;
use crate::payment::{self, At, By, Means, Request};
use crate::visit::{self, State as Stands, bill, cashless};
use crate::web::error::Failure;
use crate::web::qr::Drawing;
use crate::web::terminals::{self, Errand};
use crate::web::{Office, Shared, page, paying};
use crate::yen::Yen;

/// What the page with the number shows of it.
pub(super) struct Shown {
    pub amount: String,
    pub stage: Stage,
}

/// How far it has got.
pub(super) enum Stage {
    /// The clerk is still at it.
    Later,
    /// What a button sends, and what it says; and whether it did not work before.
    Choose {
        choices: Vec<(String, String)>,
        charge: ChargeId,
        yen: u32,
        op: OpId,
        was_declined: bool,
        /// Whether a wallet can read a code here (JPQR).
        offers_code: bool,
        /// The code, where that was chosen.
        code: Option<Drawing>,
    },
    /// The terminal beside the tablet takes it.
    Going,
    /// A terminal at the counter does.
    GoingElsewhere,
    /// Nobody knows, and a clerk comes.
    Unknown,
    Paid,
}

impl Shown {
    /// Whether it changes by itself, and not with the queue.
    pub fn is_live(&self) -> bool {
        !matches!(self.stage, Stage::Paid)
    }

    /// Whether it is what there is to see first: what was just paid, too.
    pub fn leads(&self) -> bool {
        !matches!(self.stage, Stage::Later)
    }

    /// Whether somebody is at it here: the page is not taken away for want of a touch.
    pub fn stays(&self) -> bool {
        use Stage::{Choose, Going, GoingElsewhere, Unknown};
        matches!(self.stage, Choose { .. } | Going | GoingElsewhere | Unknown)
    }
}

/// The terminal beside this tablet, where it can be asked.
fn beside<'o>(office: &'o Office, kiosk: &Kiosk) -> Option<&'o Terminal> {
    let beside = office.config.cashless.beside(&kiosk.device.name);
    beside.filter(|one| office.config.site.modules.payment && office.terminals.has(&one.id))
}

/// What is paid here, if anything is.
pub(super) async fn shown(
    office: &Office,
    kiosk: &Kiosk,
    (at, words): (&AtKiosk, Phrases),
    by_code: bool,
) -> Result<Option<Shown>, Failure> {
    let Some(terminal) = beside(office, kiosk) else { return Ok(None) };
    let id = at.visit.id;
    let read = move |look: &Connection| -> Result<_, visit::Error> {
        let charge = payment::charge_of(look, id)?;
        let offered = charge.as_ref().map(|one| cashless::is_offered(look, one.id)).transpose()?;
        Ok((charge, payment::of_visit(look, id)?, offered == Some(true)))
    };
    let (charge, payments, is_offered) = office.db.read(read).await?;
    let Some(charge) = charge.filter(|charge| charge.total > Yen(0)) else { return Ok(None) };
    let last = payments.last();
    let state = last.map(payment::Payment::state);
    let is_beside =
        last.and_then(|one| one.at.as_ref()).is_some_and(|at| at.terminal == terminal.id);
    let stage = match state {
        Some(payment::State::Started) if is_beside => Stage::Going,
        Some(payment::State::Started) => Stage::GoingElsewhere,
        Some(payment::State::Unknown) => Stage::Unknown,
        Some(payment::State::Authorised) => Stage::Paid,
        _ if !is_offered => Stage::Later,
        _ => Stage::Choose {
            choices: paying::choices(office, &terminal.id, words),
            charge: charge.id,
            yen: charge.total.0,
            // Nothing moves under a finger: drawn again it is the same page.
            op: OpId::offered(charge.id, payments.len()),
            was_declined: state == Some(payment::State::Declined),
            offers_code: office.config.site.jpqr.is_some() && !charge.is_cash_only(),
            code: by_code.then(|| paying::code(office, &charge, payments.len())).flatten(),
        },
    };
    Ok(Some(Shown { amount: charge.total.to_string(), stage }))
}

/// `GET /kiosk/pay/code`: a code for the exact amount, which a wallet reads from the tablet.
/// Whoever pays by it shows a clerk, who records it; then both screens say so.
pub(super) async fn code(State(office): State<Shared>, kiosk: Kiosk) -> Result<Response, Failure> {
    let at = kiosk.visit(&office).await?.filter(|at| at.visit.state == Stands::Submitted);
    let at = at.ok_or(Failure::Elsewhere("/kiosk"))?;
    let (id, journal, actor) = (at.visit.id, office.journal.clone(), kiosk.actor());
    let note = move |tx: &Tx<'_>| -> Result<bool, visit::Error> {
        let Some(charge) = payment::charge_of(tx, id)? else { return Ok(false) };
        let stands = payment::of_visit(tx, id)?.iter().any(|one| one.state().stands());
        if stands || charge.is_cash_only() || !cashless::is_offered(tx, charge.id)? {
            return Ok(false);
        }
        bill::code_shown(tx, &journal, actor, (id, &charge))?;
        Ok(true)
    };
    let has_code = beside(&office, &kiosk).is_some() && office.config.site.jpqr.is_some();
    if !has_code || !office.db.write(note).await? {
        return Ok(page::go("/kiosk"));
    }
    super::check::done(&office, &kiosk, &at, true).await
}

/// `POST /kiosk/pay`: what was chosen.
pub(super) async fn pay(State(office): State<Shared>, sent: Sent) -> Result<Response, Failure> {
    let Sent { kiosk, at, fields } = sent;
    let bad = || Failure::BadRequest;
    let terminal = beside(&office, &kiosk).ok_or_else(bad)?;
    let choice = paying::chosen(fields.get("pay_with")).ok_or_else(bad)?;
    let known = cashless::choices(&office.config.cashless, &terminal.id);
    if at.visit.state != Stands::Submitted || !known.contains(&choice) {
        return Err(bad());
    }
    let (means, brand): (Means, Option<String>) = choice;
    let request = Request {
        charge: fields.get("charge").parse().map_err(|_| bad())?,
        amount: fields.get("amount").parse().map(Yen).map_err(|_| bad())?,
        tender: means.into(),
        counter: terminal.counters.as_ref().and_then(|own| own.first().copied()).unwrap_or(1),
        at: Some(At { terminal: terminal.id.clone(), brand }),
    };
    let op: OpId = fields.get("op").parse().map_err(|_| bad())?;
    let (shared, id, by) = (office.0.clone(), at.visit.id, By { op, actor: kiosk.actor() });
    let begin = move |tx: &Tx<'_>| -> Result<payment::Payment, visit::Error> {
        if !cashless::is_offered(tx, request.charge)? {
            return Err(payment::Error::Changed.into());
        }
        cashless::begin(tx, &shared.journal, shared.counter(), by, (id, &request))
    };
    // On a task of its own: a tablet that is touched twice lets go of the first touch, and
    // the terminal is asked for what that has begun.
    let begin = tokio::spawn(async move {
        let begun = office.db.write(begin).await?;
        terminals::ask(&office.0, Errand::Pay(begun));
        Ok::<_, visit::Error>(())
    });
    // Not the error's own words: a panic's may hold what was sent.
    let begun = begin.await;
    match begun.map_err(|_| Failure::Fault("the task of a touch panicked".to_owned()))? {
        Ok(()) => {}
        // The page shows how it stands now.
        Err(visit::Error::Payment(
            payment::Error::Changed
            | payment::Error::Stands
            | payment::Error::Conflict
            | payment::Error::CashOnly
            | payment::Error::TerminalBusy
            | payment::Error::ClockBehind(_),
        )) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(page::go("/kiosk"))
}
