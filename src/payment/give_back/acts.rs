//! What is done about money that goes back: the rows and the journal's entry in one
//! transaction, as for a payment.

use serde_json::json;

use super::{GiveBack, store};
use crate::db::Tx;
use crate::id::{EntryId, GiveBackId, PaymentId};
use crate::journal::{self, Actor, Entity, Journal};
use crate::payment::acts::{By, Outcome, known, record, told_step};
use crate::payment::close::business_day;
use crate::payment::entry::Kind;
use crate::payment::state::{self, State};
use crate::payment::tender::Back;
use crate::payment::undo::{self, Moved};
use crate::payment::{self, Error, Payment, Reason, Step, books, now};
use crate::yen::Yen;

pub const ASKED: &str = "give_back.asked";
pub const TOLD: &str = "give_back.told";

const ENTITY: &str = "give_back";

/// What somebody wants to go back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub payment: PaymentId,
    /// How much of each item; all of it where there are none, as 取消.
    pub items: Option<Vec<(String, Yen)>>,
    pub reason: Reason,
    pub counter: u32,
}

impl Wanted {
    fn kind(&self) -> Kind {
        if self.items.is_some() { Kind::Refund } else { Kind::Void }
    }

    fn is(&self, before: &GiveBack) -> bool {
        let (before_kind, own) = (before.kind, self.kind());
        let items = match &self.items {
            Some(items) => undo::wanted_back(items).is_ok_and(|items| items == before.items),
            None => true,
        };
        (before.payment, before_kind, before.reason, before.counter)
            == (self.payment, own, self.reason, self.counter)
            && items
    }
}

/// Asks for money back, before the terminal is touched. The press is its identity.
///
/// # Errors
/// [`Error::GoingBack`] while another attempt is open; [`Error::WrongTender`] where no
/// terminal took it; as [`payment::void`] and [`payment::refund`]; [`Error::Conflict`]
/// when the press was something else.
pub fn begin(tx: &Tx<'_>, journal: &Journal, by: By, wanted: &Wanted) -> Result<GiveBack, Error> {
    let id = GiveBackId::from(by.op);
    if journal::entity_of_op(tx, by.op, ASKED)?.is_some() {
        let before = store::get(tx, id)?.ok_or(Error::NoSuchPayment)?;
        return if wanted.is(&before) { Ok(before) } else { Err(Error::Conflict) };
    }
    let paid = known(tx, wanted.payment)?;
    refuse_while_open(tx, paid.id)?;
    let entries = books::entries_of(tx, paid.id)?;
    let begun_at = now(journal);
    let day = business_day(tx, begun_at.date())?;
    let items = match &wanted.items {
        None => {
            undo::may_be_voided(&paid, &entries, day)?;
            undo::left_of(&entries)
                .into_iter()
                .map(|(item, left)| (item, Yen(u32::try_from(left).unwrap_or(0))))
                .collect()
        }
        Some(items) => {
            let items = undo::wanted_back(items)?;
            undo::may_be_refunded(&paid, &entries, &items)?;
            items
        }
    };
    if paid.at.is_none() || paid.slip().is_none() {
        return Err(Error::WrongTender);
    }
    let back = GiveBack {
        id,
        payment: paid.id,
        kind: wanted.kind(),
        day,
        amount: Yen::total(items.iter().map(|(_, amount)| *amount)).ok_or(Error::TooMuch)?,
        items,
        reason: wanted.reason,
        counter: wanted.counter,
        begun_at,
        steps: vec![Step::new(State::Started, day, begun_at)],
    };
    store::insert(tx, &back)?;
    record(tx, journal, by, (ASKED, json!(back)), Entity::new(ENTITY, id))?;
    Ok(back)
}

/// While nobody knows whether money went back, none goes back once more.
pub fn refuse_while_open(tx: &Tx<'_>, payment: PaymentId) -> Result<(), Error> {
    match store::of_payment(tx, payment)?.iter().any(|one| one.state().is_open()) {
        true => Err(Error::GoingBack),
        false => Ok(()),
    }
}

/// Notes what became of it; what was given moves the money. An unknown one is found out
/// once. What comes when the day of the payment is over is a refund, on the day that is
/// open then.
///
/// # Errors
/// [`Error::State`], also for the second answer of a terminal; [`Error::NoSlip`],
/// [`Error::SlipTaken`], [`Error::OtherTerminal`]; [`Error::Conflict`] when the press
/// said something else.
pub fn settle(
    tx: &Tx<'_>,
    journal: &Journal,
    by: By,
    (id, outcome): (GiveBackId, &Outcome),
) -> Result<GiveBack, Error> {
    if let Some((before, said)) = told_step(tx, by.op, TOLD)? {
        let same = before == id.to_string() && outcome.is(&said);
        return if same { known_back(tx, id) } else { Err(Error::Conflict) };
    }
    let back = known_back(tx, id)?;
    let paid = known(tx, back.payment)?;
    let state = state::step(back.state(), outcome.state())?;
    let slip = match outcome {
        Outcome::Authorised(slip) => Some(slip.clone().ok_or(Error::NoSlip)?),
        _ => None,
    };
    let asked = paid.at.as_ref().map(|at| &at.terminal);
    if slip.as_ref().is_some_and(|slip| Some(&slip.terminal) != asked) {
        return Err(Error::OtherTerminal);
    }
    let at = now(journal);
    let day = match business_day(tx, at.date()) {
        // That no money moved can be noted whatever the clock says.
        Err(Error::ClockBehind(last)) if state != State::Authorised => last,
        day => day?,
    };
    if let Some(slip) = &slip
        && payment::store::slip_is_taken(tx, slip, back.begun_at.date())?
    {
        return Err(Error::SlipTaken);
    }
    let entry = (state == State::Authorised).then_some(EntryId::from(id));
    let step = Step { slip, entry, ..Step::new(state, day, at) };
    store::add_step(tx, (id, back.steps.len() + 1), &step)?;
    let moved = match state {
        State::Authorised => booked(tx, (&back, &paid), (day, at))?,
        _ => Moved::default(),
    };
    let facts = json!({ "step": step, "entry": moved.entry, "paid": moved.step });
    record(tx, journal, by, (TOLD, facts), Entity::new(ENTITY, id))?;
    known_back(tx, id)
}

/// What the terminal gave, in the ledger.
fn booked(
    tx: &Tx<'_>,
    (back, paid): (&GiveBack, &Payment),
    (day, at): (time::Date, crate::clock::Moment),
) -> Result<Moved, Error> {
    let entries = books::entries_of(tx, paid.id)?;
    let is_void = back.kind == Kind::Void && undo::may_be_voided(paid, &entries, day).is_ok();
    let of = entries.first().ok_or(Error::NotPaid)?;
    let postings = match is_void {
        true => of.reversed(),
        false => of.postings_back(&back.items, (Back::Same, back.counter))?,
    };
    let kind = if is_void { Kind::Void } else { Kind::Refund };
    let about = (EntryId::from(back.id), day, at);
    undo::moved(tx, (paid, &entries), about, (kind, back.reason, back.counter), postings)
}

fn known_back(tx: &Tx<'_>, id: GiveBackId) -> Result<GiveBack, Error> {
    store::get(tx, id)?.ok_or(Error::NoSuchPayment)
}

/// Everything that was asked for and not answered before the program stopped: nobody
/// knows what became of it.
pub fn left_alone(tx: &Tx<'_>, journal: &Journal) -> Result<usize, Error> {
    let mut asked = store::open(tx)?;
    asked.retain(|one| one.state() == State::Started);
    for one in &asked {
        let by = By { op: journal.op(), actor: Actor::System };
        settle(tx, journal, by, (one.id, &Outcome::Unknown))?;
    }
    Ok(asked.len())
}
