//! What a visit owes and how it is paid: fees become one charge, and the ledger keeps it.

use std::collections::BTreeMap;

use serde_json::json;
use time::Date;

use super::desk::submitted;
use super::{Counter, Error, State, Visit, course, store};
use crate::applicant::Source;
use crate::application;
use crate::config::{Config, EXEMPT, Exemption, NOT_EXEMPT};
use crate::db::Tx;
use crate::form::answers::{Answer, Answers, Value};
use crate::form::{Form, questions};
use crate::id::{OpId, PaymentId, StaffId, VisitId};
use crate::journal::{self, Actor, Entity, Event, Journal};
use crate::payment::give_back::{self, GiveBack};
use crate::payment::{self, Back, By, Charge, Entry, Kind, Payment, Reason, Refund, Tender};
use crate::procedure::fee::{self, exemption_path};
use crate::yen::Yen;

/// The bill of a visit.
#[derive(Clone, Debug)]
pub struct Bill {
    /// What is owed, or was when it was paid; `None` where nothing is charged for.
    pub charge: Option<Charge>,
    /// Every attempt to pay it, oldest first.
    pub payments: Vec<Payment>,
    /// What the last attempt moved.
    pub entries: Vec<Entry>,
    /// What its terminal was asked to give back of it, oldest first.
    pub give_backs: Vec<GiveBack>,
    /// Something has no price on the day of the visit: it cannot be paid here.
    pub is_unpriced: bool,
    /// What was corrected since it was paid would cost something else.
    pub differs: bool,
    /// The business day; `None` when the clock stands before the ledger.
    pub today: Option<Date>,
    /// Why a form is exempt, by the form: the ids of exemptions, which the books do not
    /// have. Nothing once the visit is erased.
    pub grounds: BTreeMap<String, String>,
    /// Nothing is left of the visit but what the ledger keeps: money still goes back.
    pub is_erased: bool,
}

impl Bill {
    /// The attempt that stands: being paid, unknown, or paid.
    pub fn standing(&self) -> Option<&Payment> {
        self.payments.last().filter(|payment| payment.state().stands())
    }

    /// What its terminal was asked to give back, and nobody knows yet.
    pub fn going_back(&self) -> Option<&GiveBack> {
        self.give_backs.last().filter(|back| back.state().is_open())
    }

    /// Whether it is paid on the business day of now and nothing of it was given back.
    pub fn may_be_voided(&self) -> bool {
        let paid = self.standing().and_then(|payment| payment.steps.last());
        paid.is_some_and(|step| {
            step.state == payment::State::Authorised && Some(step.day) == self.today
        }) && !self.entries.iter().any(|entry| entry.kind == Kind::Refund)
    }

    /// Whether it is a record of nothing paid whose day is over.
    pub fn is_free_of_before(&self) -> bool {
        let noted = self.standing().filter(|payment| payment.tender == Tender::Nothing);
        let noted = noted.and_then(|payment| payment.steps.last());
        noted.is_some_and(|step| self.today.is_some_and(|today| step.day < today))
    }

    /// What is left of each item that was paid.
    pub fn left(&self) -> Vec<(String, Yen)> {
        let Some(charge) = self.charge.as_ref().filter(|_| self.standing().is_some()) else {
            return Vec::new();
        };
        let moved = |item: &str| -> i64 {
            let postings = self.entries.iter().flat_map(|entry| &entry.postings);
            let own = postings
                .filter(|posting| posting.account.strip_prefix(payment::REVENUE) == Some(item));
            own.map(|posting| -posting.signed()).sum()
        };
        let items = charge.by_item().into_iter();
        let left = items.map(|(item, _)| (u32::try_from(moved(&item)).unwrap_or(0), item));
        left.filter(|(left, _)| *left > 0).map(|(left, item)| (item, Yen(left))).collect()
    }
}

/// The fees of a visit's forms that were not sent back.
fn lines(
    counter: Counter<'_>,
    (visit, known): (&Visit, &Answers),
    applications: &[application::Application],
) -> Result<Vec<payment::Line>, fee::Error> {
    let forms = counter.forms_of(visit);
    let is_open = |form: &&Form| {
        let mut own = applications.iter().filter(|one| one.form == form.id());
        own.any(|one| one.state != application::State::SentBack)
    };
    let open: Vec<&Form> = forms.iter().copied().filter(is_open).collect();
    let lines = fee::lines(counter.config, &open, known, visit.day)?;
    Ok(lines.into_iter().map(|one| line(counter.config, one)).collect())
}

fn line(config: &Config, line: fee::Line) -> payment::Line {
    let booked = |id: &str| config.exemption(id).map_or(EXEMPT, Exemption::booked).to_owned();
    payment::Line {
        form: line.form,
        question: line.question,
        option: line.option,
        name: line.name,
        item: line.item,
        count: line.count,
        unit: line.unit,
        amount: line.amount,
        cashless: line.cashless,
        tax: line.tax,
        exempt: line.exempt.map(|exempt| booked(&exempt.id)),
    }
}

/// Why each form is exempt, where it is.
fn grounds(counter: Counter<'_>, (visit, known): (&Visit, &Answers)) -> BTreeMap<String, String> {
    let forms = counter.forms_of(visit).into_iter();
    let ground = |form: &Form| {
        let ground = fee::exemption(counter.config, form.id(), (known, visit.day))?;
        Some((form.id().to_owned(), ground.id.clone()))
    };
    forms.filter_map(ground).collect()
}

/// Whether both cost the same, whatever the books call the ground of what costs nothing.
fn cost_the_same(one: &[payment::Line], other: &[payment::Line]) -> bool {
    let unnamed = |line: &payment::Line| {
        let exempt = line.exempt.as_ref().map(|_| EXEMPT.to_owned());
        payment::Line { exempt, ..line.clone() }
    };
    one.iter().map(unnamed).eq(other.iter().map(unnamed))
}

/// The bill as it stands now. What was corrected since is another revision of the
/// charge, as long as nobody is paying.
///
/// # Errors
/// [`Error::Gone`], [`Error::Refused`] for a visit that is not handed in.
pub fn bill(
    tx: &Tx<'_>,
    journal: &Journal,
    counter: Counter<'_>,
    actor: Actor,
    id: VisitId,
) -> Result<Bill, Error> {
    let visit = submitted(tx, id)?;
    let answers = store::answers(tx, journal, id)?;
    let known = questions::with_defaults(&counter.forms_of(&visit), &answers);
    let payments = payment::of_visit(tx, id)?;
    let lines = lines(counter, (&visit, &known), &application::of_visit(tx, id)?);
    let standing = payments.last().filter(|payment| payment.state().stands());
    let (charge, differs) = match (standing, &lines) {
        (Some(standing), _) => {
            let mut charges = payment::charges_of(tx, id)?;
            charges.retain(|charge| charge.id == standing.charge);
            let charge = charges.pop();
            let both = charge.as_ref().zip(lines.as_ref().ok());
            let same = both.is_some_and(|(charge, now)| cost_the_same(&charge.lines, now));
            (charge, !same)
        }
        (None, Ok(lines)) => {
            let owed = (id, visit.day);
            (payment::charge(tx, journal, actor, owed, lines.clone())?, false)
        }
        (None, Err(_)) => (None, false),
    };
    let (is_unpriced, grounds) = (lines.is_err(), grounds(counter, (&visit, &known)));
    Ok(Bill { charge, is_unpriced, differs, grounds, ..paid(tx, journal, payments)? })
}

/// What the ledger says by itself.
fn paid(tx: &Tx<'_>, journal: &Journal, payments: Vec<Payment>) -> Result<Bill, Error> {
    let (entries, give_backs) = match payments.last() {
        Some(last) => (payment::entries_of(tx, last.id)?, give_back::of_payment(tx, last.id)?),
        None => Default::default(),
    };
    let today = match payment::business_day(tx, journal.now().date()) {
        Ok(today) => Some(today),
        Err(payment::Error::ClockBehind(_)) => None,
        Err(error) => return Err(error.into()),
    };
    Ok(Bill {
        charge: None,
        payments,
        entries,
        give_backs,
        is_unpriced: false,
        differs: false,
        today,
        grounds: BTreeMap::new(),
        is_erased: false,
    })
}

/// The bill of a visit, or of one that was erased what the ledger keeps of it: enough to
/// give money back, and not to take any.
///
/// # Errors
/// As [`bill`]; [`Error::Gone`] for an erased visit that never paid.
pub fn bill_or_kept(
    tx: &Tx<'_>,
    journal: &Journal,
    counter: Counter<'_>,
    actor: Actor,
    id: VisitId,
) -> Result<Bill, Error> {
    if store::get(tx, id)?.ok_or(Error::Gone)?.state != State::Erased {
        return bill(tx, journal, counter, actor, id);
    }
    let kept = paid(tx, journal, payment::of_visit(tx, id)?)?;
    let last = kept.payments.last().ok_or(Error::Gone)?.charge;
    let charge = payment::charges_of(tx, id)?.into_iter().find(|charge| charge.id == last);
    Ok(Bill { charge, is_erased: true, ..kept })
}

/// Notes that a resident was shown a code for this charge. It is no payment: whoever
/// scans it pays the wallet's company, and the clerk records that by its reference.
///
/// # Errors
/// Faults of storage.
pub fn code_shown(
    tx: &Tx<'_>,
    journal: &Journal,
    actor: Actor,
    (id, charge): (VisitId, &Charge),
) -> Result<(), Error> {
    let facts = json!({ "charge": charge.id, "amount": charge.total });
    super::note(journal, tx, actor, id, ("payment.code_shown", facts))
}

/// Takes the payment of what the screen showed, and of nothing else.
///
/// # Errors
/// [`payment::Error::Changed`] when something was corrected since; as [`payment::take`].
pub fn take(
    tx: &Tx<'_>,
    journal: &Journal,
    counter: Counter<'_>,
    by: By,
    (id, request): (VisitId, &payment::Request),
) -> Result<Payment, Error> {
    let bill = bill(tx, journal, counter, by.actor, id)?;
    let shown = bill.charge.is_some_and(|charge| charge.id == request.charge);
    if !shown {
        return Err(payment::Error::Changed.into());
    }
    let payment = payment::take(tx, journal, by, request)?;
    course::paid(tx, journal, counter, (id, &payment))?;
    Ok(payment)
}

/// The payment of this visit with this id. It outlives the visit: what was paid can be
/// given back as long as the ledger knows of it.
pub(super) fn own(tx: &Tx<'_>, id: VisitId, payment: PaymentId) -> Result<PaymentId, Error> {
    if store::get(tx, id)?.ok_or(Error::Gone)?.state == State::Draft {
        return Err(Error::Refused(State::Draft));
    }
    let is_own = payment::of_visit(tx, id)?.iter().any(|own| own.id == payment);
    is_own.then_some(payment).ok_or_else(|| payment::Error::NoSuchPayment.into())
}

/// Takes the whole payment back on its own day, as somebody has done by hand.
///
/// # Errors
/// [`payment::Error::TerminalFirst`] where a terminal can be asked to; as
/// [`payment::void`].
pub fn void(
    tx: &Tx<'_>,
    journal: &Journal,
    counter: Counter<'_>,
    by: By,
    (id, payment, reason, at): (VisitId, PaymentId, Reason, u32),
) -> Result<Payment, Error> {
    let payment = own(tx, id, payment)?;
    super::give_back::by_hand(tx, counter, payment)?;
    Ok(payment::void(tx, journal, by, (payment, reason, at))?)
}

/// Takes back a record of nothing paid, when its day is over, too.
///
/// # Errors
/// As [`payment::take_back_free`].
pub fn take_back_free(
    tx: &Tx<'_>,
    journal: &Journal,
    by: By,
    (id, payment, reason): (VisitId, PaymentId, Reason),
) -> Result<Payment, Error> {
    let payment = own(tx, id, payment)?;
    Ok(payment::take_back_free(tx, journal, by, (payment, reason))?)
}

/// Gives money back, in cash or as somebody has done by hand.
///
/// # Errors
/// [`payment::Error::TerminalFirst`] where a terminal can be asked to; as
/// [`payment::refund`].
pub fn refund(
    tx: &Tx<'_>,
    journal: &Journal,
    counter: Counter<'_>,
    by: By,
    (id, refund): (VisitId, &Refund),
) -> Result<Payment, Error> {
    own(tx, id, refund.payment)?;
    if refund.back == Back::Same {
        super::give_back::by_hand(tx, counter, refund.payment)?;
    }
    Ok(payment::refund(tx, journal, by, refund)?)
}

/// Says that a form is exempt on this ground, or on none, whatever was answered. What
/// was printed of it shows another fee, and is outdated.
///
/// # Errors
/// [`payment::Error::Stands`] once somebody pays; [`Error::NoProcedure`] for a form or a
/// ground that is not there.
pub fn exempt(
    tx: &Tx<'_>,
    journal: &Journal,
    counter: Counter<'_>,
    (op, staff): (OpId, StaffId),
    (id, form, ground): (VisitId, &str, &str),
) -> Result<(), Error> {
    let visit = submitted(tx, id)?;
    // As an act about money: a press that was another act is refused as one.
    let told = journal::told_by_op(tx, op, EXEMPTED).map_err(payment::Error::from)?;
    if let Some((done, said)) = told {
        // The ground is sealed: the same press is held against what stands.
        let stands = store::answers(tx, journal, id)?;
        let stands = stands.get(&exemption_path(form)).map(|answer| answer.value.clone());
        let same = (done, &said["form"]) == (id.to_string(), &json!(form))
            && stands == Some(Value::Choice(ground.to_owned()));
        return if same { Ok(()) } else { Err(payment::Error::Conflict.into()) };
    }
    let is_known = ground == NOT_EXEMPT
        || counter.config.exemptions_for(form, visit.day).any(|one| one.id == ground);
    if !is_known || !counter.forms_of(&visit).iter().any(|one| one.id() == form) {
        return Err(Error::NoProcedure);
    }
    if payment::of_visit(tx, id)?.iter().any(|payment| payment.state().stands()) {
        return Err(payment::Error::Stands.into());
    }
    let answer = Answer { value: Value::Choice(ground.to_owned()), source: Source::Clerk };
    let key = journal.visit_key(tx, id)?;
    store::put_answer(tx, journal, &key, id, (&exemption_path(form), &answer))?;
    for application in application::of_visit(tx, id)?.iter().filter(|one| one.form == form) {
        application::was_corrected(tx, application.id)?;
    }
    let event = Event {
        op,
        kind: EXEMPTED,
        schema_version: 1,
        entity: Entity::new("visit", id),
        actor: Actor::Staff(staff),
        // The ground tells of the person (年金, 児童扶養手当).
        facts: json!({ "form": form }),
        personal: Some((id, json!({ "ground": ground }))),
    };
    journal.append(tx, &event)?;
    Ok(())
}

const EXEMPTED: &str = "visit.exempted";

/// Notes what was handed in as the visit's first charge. Where something has no price
/// there is none yet; the counter says so.
pub(super) fn note_charge(
    tx: &Tx<'_>,
    journal: &Journal,
    counter: Counter<'_>,
    actor: Actor,
    id: VisitId,
) -> Result<(), Error> {
    let visit = store::get(tx, id)?.ok_or(Error::Gone)?;
    if visit.state == State::Submitted && counter.config.site.modules.payment {
        bill(tx, journal, counter, actor, id)?;
    }
    Ok(())
}
