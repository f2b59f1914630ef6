//! What a clerk does to a visit: look, correct, identify, print, decide.
//!
//! Every look at a person and every paper made is an entry in the journal, and
//! happens only if that entry can be written.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::{Counter, Error, State, Visit, brought, note, store};
use crate::applicant::Source;
use crate::application::{self, Action, Application, Refused};
use crate::db::Tx;
use crate::form::Form;
use crate::form::answers::{Answer, Answers, Value};
use crate::form::template::IdentityRule;
use crate::form::{gate, questions};
use crate::id::{ApplicationId, OpId, StaffId, VisitId};
use crate::journal::{self, Actor, Entity, Event, Journal};

/// The paths of a recorded identity check (本人確認).
pub(super) const ID_KIND: &str = "office.id_kind";
pub(super) const ID_POINTS: &str = "office.id_points";

/// The documents that carry a photo.
const WITH_PHOTO: [&str; 5] =
    ["my_number_card", "licence", "passport", "residence_card", "disability"];

/// A submitted visit with everything in it.
#[derive(Clone, Debug)]
pub struct Opened {
    pub visit: Visit,
    pub answers: Answers,
    pub applications: Vec<Application>,
    /// Why an application was sent back, in the clerk's words.
    pub reasons: BTreeMap<ApplicationId, String>,
}

impl Opened {
    /// Those of the visit's forms that were accepted.
    pub fn accepted<'f>(&self, forms: &[&'f Form]) -> Vec<&'f Form> {
        let is_accepted = |form: &&Form| {
            let mut own = self.applications.iter().filter(|one| one.form == form.id());
            own.any(|one| one.state == application::State::Accepted)
        };
        forms.iter().copied().filter(is_accepted).collect()
    }
}

/// Opens a visit for a clerk; that it was looked at is recorded.
pub fn open(tx: &Tx<'_>, journal: &Journal, staff: StaffId, id: VisitId) -> Result<Opened, Error> {
    let visit = submitted(tx, id)?;
    note(journal, tx, Actor::Staff(staff), id, ("visit.viewed", json!({})))?;
    let answers = store::answers(tx, journal, id)?;
    let applications = application::of_visit(tx, id)?;
    let mut reasons = BTreeMap::new();
    for application in &applications {
        if let Some(reason) = reason(tx, journal, id, application)? {
            reasons.insert(application.id, reason);
        }
    }
    Ok(Opened { visit: visit.with_care(&answers), answers, applications, reasons })
}

/// Records that a clerk saw a list of visits: all of the day, or those that a
/// search found. What was searched for is kept nowhere.
pub fn listed(
    tx: &Tx<'_>,
    journal: &Journal,
    staff: StaffId,
    searched: bool,
    visits: usize,
) -> Result<(), Error> {
    let event = Event {
        op: journal.op(),
        kind: if searched { "visit.searched" } else { "visit.listed" },
        schema_version: 1,
        entity: Entity::new("visit", "many"),
        actor: Actor::Staff(staff),
        facts: json!({ "visits": visits }),
        personal: None,
    };
    journal.append(tx, &event)?;
    Ok(())
}

pub(super) fn submitted(tx: &Tx<'_>, id: VisitId) -> Result<Visit, Error> {
    let visit = store::get(tx, id)?.ok_or(Error::Gone)?;
    match visit.state {
        State::Submitted => Ok(visit),
        State::Erased => Err(Error::Gone),
        State::Draft => Err(Error::Refused(State::Draft)),
    }
}

/// Corrects one value, or fills one in (聞き取り). Its source becomes the clerk;
/// the new value enters the journal, sealed. A paper that shows the old value is
/// outdated from now on.
///
/// # Errors
/// [`Error::Accepted`] when the value stands on a form that was accepted;
/// [`Error::Late`] when `op` was sent before and another value stands there now.
pub fn correct(
    tx: &Tx<'_>,
    journal: &Journal,
    counter: Counter<'_>,
    staff: StaffId,
    op: OpId,
    id: VisitId,
    (path, value): (&str, Value),
) -> Result<(), Error> {
    let visit = submitted(tx, id)?;
    let answer = Answer { value, source: Source::Clerk };
    let before = store::answers(tx, journal, id)?;
    if was_done(tx, op, "visit.corrected", id)? {
        return if before.get(path) == Some(&answer) { Ok(()) } else { Err(Error::Late) };
    }
    let mut entered = Answers::default();
    entered.set(path, answer.value.clone(), answer.source);
    let actor = Actor::Staff(staff);
    super::forget_overtaken(tx, journal, counter, actor, id, &entered)?;
    let mut after = store::answers(tx, journal, id)?;
    after.set(path, answer.value.clone(), answer.source);
    let of_visit = counter.forms_of(&visit);
    let mut forms = changed(&of_visit, &before, &after);
    // The source changes at least, and the clerk means to change the form.
    let asks = of_visit.iter().filter(|form| form.question(path).is_some());
    forms.extend(asks.map(|form| form.id()));
    outdate(tx, id, &forms)?;
    let key = journal.visit_key(tx, id)?;
    store::put_answer(tx, journal, &key, id, (path, &answer))?;
    store::touch(tx, id, journal.now())?;
    journal.append(
        tx,
        &Event {
            op,
            kind: "visit.corrected",
            schema_version: 1,
            entity: Entity::new("visit", id),
            actor: Actor::Staff(staff),
            facts: json!({ "path": path }),
            personal: Some((id, json!({ "value": answer.value }))),
        },
    )?;
    Ok(())
}

/// Whether the press `op` was taken for this visit before.
pub(super) fn was_done(tx: &Tx<'_>, op: OpId, kind: &str, id: VisitId) -> Result<bool, Error> {
    match journal::entity_of_op(tx, op, kind)? {
        None => Ok(false),
        Some(done) if done == id.to_string() => Ok(true),
        Some(_) => Err(journal::Error::OpTaken.into()),
    }
}

/// The forms that ask or print something that differs.
pub(super) fn changed<'f>(
    forms: &[&'f Form],
    before: &Answers,
    after: &Answers,
) -> BTreeSet<&'f str> {
    let before = questions::with_defaults(forms, before);
    let after = questions::with_defaults(forms, after);
    let differs = |path: &str| before.value(path) != after.value(path);
    let shows = |form: &&&Form| {
        let mut printed = form.template().field.iter().flat_map(|field| field.bind.paths());
        form.questions().iter().any(|one| differs(&one.id)) || printed.any(|path| differs(path))
    };
    forms.iter().filter(shows).map(|form| form.id()).collect()
}

/// What was printed of these forms no longer holds.
///
/// # Errors
/// [`Error::Accepted`] when one of them was accepted.
pub(super) fn outdate(tx: &Tx<'_>, id: VisitId, forms: &BTreeSet<&str>) -> Result<(), Error> {
    let mut applications = application::of_visit(tx, id)?;
    applications.retain(|application| forms.contains(application.form.as_str()));
    if applications.iter().any(|one| one.state == application::State::Accepted) {
        return Err(Error::Accepted);
    }
    for application in &applications {
        application::was_corrected(tx, application.id)?;
    }
    Ok(())
}

/// What a clerk looked at to know who somebody is (本人確認).
#[derive(Clone, Debug)]
pub struct IdentityCheck {
    /// Ids of the documents.
    pub kinds: Vec<String>,
    /// Whether one, two or an interview made the check.
    pub points: String,
}

/// Records how the person was identified. A paper that shows another check, or
/// none, is outdated from now on; the same check recorded again changes nothing.
///
/// # Errors
/// [`Error::Accepted`] when a form that shows another check was accepted;
/// [`Error::Late`] when `op` was sent before and another check stands there now.
pub fn identify(
    tx: &Tx<'_>,
    journal: &Journal,
    counter: Counter<'_>,
    staff: StaffId,
    op: OpId,
    id: VisitId,
    check: &IdentityCheck,
) -> Result<(), Error> {
    let visit = submitted(tx, id)?;
    let IdentityCheck { kinds, points } = check;
    let before = store::answers(tx, journal, id)?;
    let mut checked = Answers::default();
    checked.set(ID_KIND, Value::Choices(kinds.iter().cloned().collect()), Source::Clerk);
    checked.set(ID_POINTS, Value::Choice(points.clone()), Source::Clerk);
    let mut after = before.clone();
    for (path, answer) in checked.iter() {
        after.set(path, answer.value.clone(), answer.source);
    }
    if was_done(tx, op, "visit.identified", id)? {
        return if after == before { Ok(()) } else { Err(Error::Late) };
    }
    outdate(tx, id, &changed(&counter.forms_of(&visit), &before, &after))?;
    store::put_answers(tx, journal, id, &checked)?;
    journal.append(
        tx,
        &Event {
            op,
            kind: "visit.identified",
            schema_version: 1,
            entity: Entity::new("visit", id),
            actor: Actor::Staff(staff),
            facts: json!({ "points": points }),
            // A 障害者手帳 tells of a person's health.
            personal: Some((id, json!({ "kinds": kinds }))),
        },
    )?;
    Ok(())
}

/// Whether an identity check is recorded.
pub fn is_identified(answers: &Answers) -> bool {
    answers.value(ID_KIND).is_some_and(|kinds| !kinds.selected().is_empty())
        && answers.value(ID_POINTS).is_some()
}

/// Whether what was looked at is what the form asks for.
fn identity_suffices(rule: IdentityRule, answers: &Answers) -> Result<(), Error> {
    let seen = answers.value(ID_KIND).map(Value::selected).unwrap_or_default();
    let photo = WITH_PHOTO.iter().any(|kind| seen.contains(*kind));
    // What その他 is only the clerk sees.
    let alone_suffices = photo || seen.contains("other");
    let alone = answers.value(ID_POINTS).is_some_and(|points| points.selected().contains("one"));
    match rule {
        IdentityRule::None => Ok(()),
        _ if !is_identified(answers) => Err(Error::NotIdentified),
        IdentityRule::OnePhotoOrTwo if alone && !alone_suffices => Err(Error::OneWithoutPhoto),
        IdentityRule::OnePhoto if !photo => Err(Error::NoPhoto),
        IdentityRule::OnePhotoOrTwo | IdentityRule::OnePhoto => Ok(()),
    }
}

/// Records that papers of these applications were shown to be printed from a
/// browser, made from what was `opened`, and counts them: what comes of it only the
/// clerk sees.
pub fn printed(
    tx: &Tx<'_>,
    journal: &Journal,
    counter: Counter<'_>,
    staff: StaffId,
    opened: &Opened,
    applications: &[ApplicationId],
) -> Result<(), Error> {
    let visit = submitted(tx, opened.visit.id)?;
    let outdated = came_out(tx, journal, counter, opened, applications)?;
    let facts = json!({ "applications": applications, "outdated": outdated, "printer": "browser" });
    brought::issue(tx, journal, Actor::Staff(staff), visit.id)?;
    note(journal, tx, Actor::Staff(staff), visit.id, ("application.printed", facts))
}

/// Counts papers that were made from what was `opened`. Those that show what was
/// corrected meanwhile are outdated as they leave the printer, and are given back.
pub(super) fn came_out<'a>(
    tx: &Tx<'_>,
    journal: &Journal,
    counter: Counter<'_>,
    opened: &Opened,
    applications: &'a [ApplicationId],
) -> Result<Vec<&'a ApplicationId>, Error> {
    let now = store::answers(tx, journal, opened.visit.id)?;
    let changed = changed(&counter.forms_of(&opened.visit), &opened.answers, &now);
    let mut outdated = Vec::new();
    for application in applications {
        application::was_printed(tx, *application)?;
        let of_form = opened.applications.iter().find(|one| one.id == *application);
        if of_form.is_some_and(|one| changed.contains(one.form.as_str())) {
            application::was_corrected(tx, *application)?;
            outdated.push(application);
        }
    }
    Ok(outdated)
}

/// What a clerk decides about an application.
#[derive(Clone, Debug)]
pub struct Decision {
    /// The press of the button; the same press sent twice is one decision.
    pub op: OpId,
    pub action: Action,
    /// Why it is sent back; empty for anything else.
    pub reason: String,
}

/// Accepts an application, sends it back with a reason, or takes that back.
///
/// # Errors
/// Accepting needs an open gate, every required answer and, where the form asks for it, the
/// identity check. [`Error::Application`] where the state does not allow it.
pub fn decide(
    tx: &Tx<'_>,
    journal: &Journal,
    counter: Counter<'_>,
    staff: StaffId,
    id: ApplicationId,
    decision: &Decision,
) -> Result<VisitId, Error> {
    let (visit, application) = application::get(tx, id)?.ok_or(Error::Gone)?;
    submitted(tx, visit)?;
    let kind = match decision.action {
        Action::Accept => "application.accepted",
        Action::SendBack => "application.sent_back",
        Action::Reopen => "application.reopened",
    };
    let refused = Refused { state: application.state, action: decision.action };
    match journal::entity_of_op(tx, decision.op, kind) {
        Ok(None) => {}
        Ok(Some(decided)) => {
            let stands =
                decided == id.to_string() && application.state == decision.action.leads_to();
            return if stands { Ok(visit) } else { Err(refused.into()) };
        }
        // The buttons of a page share the press.
        Err(journal::Error::OpTaken) => return Err(refused.into()),
        Err(error) => return Err(error.into()),
    }
    let state = application.state.after(decision.action)?;
    if state == application::State::Accepted {
        may_be_accepted(tx, journal, counter, visit, &application)?;
        // Perhaps without any paper: it is used up all the same.
        brought::issue(tx, journal, Actor::Staff(staff), visit)?;
    }
    let reason = match state {
        application::State::SentBack => {
            let key = journal.visit_key(tx, visit)?;
            Some(key.seal(&*journal.chance, &reason_place(id), decision.reason.as_bytes()))
        }
        _ => None,
    };
    application::set_state(tx, id, state, reason.as_deref())?;
    store::touch(tx, visit, journal.now())?;
    journal.append(
        tx,
        &Event {
            op: decision.op,
            kind,
            schema_version: 1,
            entity: Entity::new("application", id),
            actor: Actor::Staff(staff),
            facts: json!({ "visit": visit, "receipt": application.receipt }),
            personal: None,
        },
    )?;
    Ok(visit)
}

fn may_be_accepted(
    tx: &Tx<'_>,
    journal: &Journal,
    counter: Counter<'_>,
    visit: VisitId,
    application: &Application,
) -> Result<(), Error> {
    let answers = store::answers(tx, journal, visit)?;
    let visit = store::get(tx, visit)?.ok_or(Error::Gone)?;
    let form = counter.forms.on(&application.form, visit.day).ok_or(Error::NoProcedure)?;
    if let Some(closed) = gate::closed(&[form], &answers) {
        return Err(Error::Closed(closed.gate.title.clone()));
    }
    // All forms of the visit: one may know what another asked.
    let mut missing: Vec<String> = questions::incomplete(&counter.forms_of(&visit), &answers)
        .into_iter()
        .map(|missing| missing.path)
        .collect();
    missing.retain(|path| form.question(path).is_some());
    if !missing.is_empty() {
        return Err(Error::Incomplete(missing));
    }
    identity_suffices(form.template().identity, &answers)
}

fn reason_place(id: ApplicationId) -> String {
    format!("application/{id}/reason")
}

fn reason(
    tx: &Tx<'_>,
    journal: &Journal,
    visit: VisitId,
    application: &Application,
) -> Result<Option<String>, Error> {
    let Some(sealed) = &application.reason else { return Ok(None) };
    let key = journal.visit_key(tx, visit)?;
    let plain = key.open(&reason_place(application.id), sealed)?;
    Ok(Some(String::from_utf8_lossy(&plain).into_owned()))
}
