//! Paying without cash at the desk: what is offered, and what is still to be found out.
//! Nobody is asked for a card's number; a slip's is enough.

use super::refusal::that_day;
use crate::clock::Moment;
use crate::config::Terminal;
use crate::db::Connection;
use crate::device;
use crate::id::{OpId, PaymentId, RequestId, VisitId};
use crate::lang::Phrases;
use crate::payment::{Payment, State};
use crate::terminal::{Refusal, Silence};
use crate::visit::{self, bill::Bill};
use crate::web::error::Failure;
use crate::web::terminals::Remark;
use crate::web::{Office, paying};
use crate::yen::Yen;

/// How a bill can be paid without cash.
pub(super) struct Offer {
    /// Names of what is paid in cash only.
    pub cash_only: Vec<String>,
    pub terminals: Vec<Offered>,
}

/// One terminal, and what it takes.
pub(super) struct Offered {
    pub id: String,
    pub name: String,
    pub is_linked: bool,
    /// What a button sends, and what it says.
    pub choices: Vec<(String, String)>,
    pub op: OpId,
}

/// Whether a terminal is there: the simulated one is in the demonstration only.
pub(super) fn is_there(office: &Office, terminal: &Terminal) -> bool {
    !terminal.is_linked() || office.terminals.has(&terminal.id)
}

/// A visit whose resident stands at a tablet beside a terminal.
pub(super) struct Tablet {
    pub name: String,
    /// Whether the resident is choosing there already.
    pub offered: bool,
    pub op: OpId,
}

/// The tablet at which the resident could choose how to pay.
pub(super) async fn tablet(
    office: &Office,
    id: VisitId,
    bill: &Bill,
) -> Result<Option<Tablet>, Failure> {
    let charge = bill.charge.as_ref().filter(|charge| charge.total > Yen(0));
    let Some(charge) = charge.filter(|charge| !charge.is_cash_only()).map(|charge| charge.id)
    else {
        return Ok(None);
    };
    let find = move |look: &Connection| -> Result<_, visit::Error> {
        Ok((visit::tablet_of(look, id)?, visit::cashless::is_offered(look, charge)?))
    };
    let (Some(tablet), offered) = office.db.read(find).await? else { return Ok(None) };
    let device = office.db.read(move |look| device::device(look, tablet)).await?;
    let beside = |name: &str| {
        let beside = office.config.cashless.beside(name);
        beside.is_some_and(|terminal| office.terminals.has(&terminal.id))
    };
    let device = device.filter(|device| beside(&device.name));
    Ok(device.map(|device| Tablet { name: device.name, offered, op: office.journal.op() }))
}

/// What is offered at `counter`, those terminals first that are asked by this program.
pub(super) fn offer(office: &Office, bill: &Bill, (counter, words): (u32, Phrases)) -> Offer {
    let cashless = &office.config.cashless;
    let lines = bill.charge.iter().flat_map(|charge| &charge.lines);
    let cash_only = lines
        .filter(|line| !line.cashless && line.amount > Yen(0))
        .map(|line| line.name.in_lang(words.lang()).to_owned())
        .collect();
    let there = cashless.terminal.iter().filter(|one| one.is_at(counter) && is_there(office, one));
    let mut terminals: Vec<Offered> = there
        .map(|terminal| Offered {
            id: terminal.id.clone(),
            name: terminal.name.in_lang(words.lang()).to_owned(),
            is_linked: terminal.is_linked(),
            choices: paying::choices(office, &terminal.id, words)
                .into_iter()
                .map(|(sent, name)| (format!("cashless:{sent}"), name))
                .collect(),
            op: office.journal.op(),
        })
        .collect();
    terminals.sort_by_key(|one| !one.is_linked);
    Offer { cash_only, terminals }
}

/// What a payment is paid with, in words.
pub(super) fn tender(office: &Office, payment: &Payment, words: Phrases) -> String {
    let asked = payment.at.as_ref().and_then(|at| at.brand.as_deref());
    let brand = payment.slip().map(|slip| slip.brand.as_str()).or(asked);
    match payment.tender.means() {
        Some(means) => paying::name(office, (means, brand), words),
        None => words.t("desk.pay.tender_cashless").to_owned(),
    }
}

/// What the slip of a payment says, in words.
pub(super) fn slip(office: &Office, payment: &Payment, words: Phrases) -> Option<String> {
    let slip = payment.slip()?;
    let cashless = &office.config.cashless;
    let terminal = cashless.terminal_name(&slip.terminal, words.lang());
    let acquirer = cashless.acquirer(&slip.acquirer).map(|one| one.name.in_lang(words.lang()));
    let said = [
        ("number", slip.number.as_str().to_owned()),
        ("terminal", terminal.to_owned()),
        ("acquirer", acquirer.unwrap_or(&slip.acquirer).to_owned()),
    ];
    Some(words.with("desk.pay.slip", &said))
}

/// What the terminal of a payment said last, in a sentence.
pub(super) fn remark(office: &Office, payment: &Payment, words: Phrases) -> Option<String> {
    said(office, (payment.id.into(), payment.begun_at), words)
}

/// What a terminal said last of a request that was begun then, in a sentence.
pub(super) fn said(
    office: &Office,
    (id, begun_at): (RequestId, Moment),
    words: Phrases,
) -> Option<String> {
    let said = match office.terminals.remark(id)? {
        Remark::Refused(Refusal::Card) => words.t("desk.pay.said_card"),
        Remark::Refused(Refusal::Cancelled) => words.t("desk.pay.said_cancelled"),
        Remark::Refused(Refusal::NoCard) => words.t("desk.pay.said_no_card"),
        Remark::Refused(Refusal::CannotTake) => words.t("desk.pay.said_cannot_take"),
        Remark::Refused(Refusal::CannotGive) => words.t("desk.pay.said_cannot_give"),
        Remark::Silence(Silence::NotReached) => words.t("desk.pay.said_not_reached"),
        Remark::Silence(Silence::NotThisTerminal) => words.t("desk.pay.said_not_this"),
        Remark::Silence(Silence::Late) => words.t("desk.pay.said_late"),
        Remark::Silence(Silence::Cut) => words.t("desk.pay.said_cut"),
        Remark::Silence(Silence::OtherRequest) => words.t("desk.pay.said_other_request"),
        Remark::Silence(Silence::OtherAmount) => words.t("desk.pay.said_other_amount"),
        Remark::Silence(Silence::Unreadable) => words.t("desk.pay.said_unreadable"),
        Remark::StrangeBrand => words.t("desk.pay.said_strange_brand"),
        Remark::OtherMeans => words.t("desk.pay.said_other_means"),
        Remark::Never => words.t("desk.pay.said_never"),
        Remark::Busy => words.t("desk.pay.said_busy"),
        Remark::SlipTaken => {
            // A slip is of the terminal's own day.
            let day = that_day(words, (begun_at.date(), office.journal.now().date()));
            return Some(words.with("desk.pay.said_slip_taken", &[("day", day)]));
        }
        Remark::DoneAfterAll => words.t("desk.pay.said_done_after_all"),
    };
    Some(said.to_owned())
}

/// A payment whose outcome nobody has noted yet.
pub(super) struct Open {
    pub id: PaymentId,
    pub is_unknown: bool,
    /// Whether this program asks the terminal.
    pub is_linked: bool,
    pub terminal: String,
    pub amount: String,
    /// What its terminal said last, in a sentence.
    pub remark: Option<String>,
    /// The brands it can have been: id, name, and whether it was chosen beforehand.
    pub brands: Vec<(String, String, bool)>,
    pub op: OpId,
    pub other_op: OpId,
}

impl Open {
    /// Whether its terminal is being asked.
    pub fn is_live(&self) -> bool {
        self.is_linked
    }

    /// Whether a clerk may say what became of it.
    pub fn is_for_clerk(&self) -> bool {
        !self.is_linked || self.is_unknown
    }
}

pub(super) fn open(office: &Office, bill: &Bill, words: Phrases) -> Option<Open> {
    let payment = bill.standing().filter(|payment| payment.state().is_open())?;
    let (at, means) = (payment.at.as_ref()?, payment.tender.means()?);
    let cashless = &office.config.cashless;
    let terminal = cashless.terminal(&at.terminal);
    let asked = at.brand.as_deref();
    Some(Open {
        id: payment.id,
        is_unknown: payment.state() == State::Unknown,
        is_linked: terminal.is_some_and(|one| one.is_linked() && is_there(office, one)),
        terminal: terminal
            .map_or(at.terminal.clone(), |one| one.name.in_lang(words.lang()).to_owned()),
        amount: payment.amount.to_string(),
        remark: remark(office, payment, words),
        brands: cashless
            .brand
            .iter()
            .filter(|brand| cashless.brand_at(&at.terminal, &brand.id, means).is_some())
            .map(|brand| {
                let name = brand.name.in_lang(words.lang()).to_owned();
                (brand.id.clone(), name, asked == Some(brand.id.as_str()))
            })
            .collect(),
        op: office.journal.op(),
        other_op: office.journal.op(),
    })
}
