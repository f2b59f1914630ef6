//! Handing in: applications, ticket and journal entry in one transaction.

use serde_json::json;
use time::Date;

use super::arrival::{self, WithForms};
use super::{Error, State, Visit, draft, store};
use crate::application::{self, Application};
use crate::clock::{self, Moment};
use crate::config::{self, Config, Procedure};
use crate::db::{self, Tx};
use crate::form::answers::Answers;
use crate::form::{Form, Forms, gate, questions};
use crate::id::{ApplicationId, OpId, VisitId};
use crate::journal::{self, Actor, Entity, Event, Journal};
use crate::queue::order::Class;
use crate::queue::{self, Lane, NewTicket, Ticket};

/// What a counter is set up with: its configuration and its forms.
#[derive(Clone, Copy)]
pub struct Counter<'a> {
    pub config: &'a Config,
    pub forms: &'a Forms,
}

impl<'a> Counter<'a> {
    /// The procedures with these ids that the town offers, in its order.
    pub fn procedures(&self, ids: &[String]) -> Vec<&'a Procedure> {
        self.config.procedures.iter().filter(|procedure| ids.contains(&procedure.id)).collect()
    }

    /// The procedures that can be chosen on `day`: those whose form has an edition
    /// for it.
    pub fn offered(&self, day: Date) -> Vec<&'a Procedure> {
        let in_use = |procedure: &&Procedure| self.forms.on(&procedure.form, day).is_some();
        self.config.procedures.iter().filter(in_use).collect()
    }

    /// The forms of a visit in the editions of its day, in the order of their
    /// sections.
    pub fn forms_of(&self, visit: &Visit) -> Vec<&'a Form> {
        let mut procedures = self.procedures(&visit.procedures);
        procedures.sort_by_key(|procedure| self.section_order(procedure));
        let edition = |procedure: &&Procedure| self.forms.on(&procedure.form, visit.day);
        procedures.iter().filter_map(edition).collect()
    }

    fn section_order(&self, procedure: &Procedure) -> usize {
        let sections = &self.config.sections;
        let at = sections.iter().position(|section| section.id == procedure.section);
        at.unwrap_or(sections.len())
    }
}

/// What the resident takes away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submitted {
    /// `None` in an office without a queue.
    pub ticket: Option<Ticket>,
    /// 受付番号, one for each form.
    pub receipts: Vec<String>,
}

impl Submitted {
    /// What the resident is called by.
    pub fn number(&self) -> String {
        number(self.ticket.as_ref(), self.receipts.iter().map(String::as_str))
    }
}

/// What a visit is called by: its ticket or, in an office without a queue, what
/// the day's receipts are counted by, `0034`, of the first.
pub fn number<'a>(ticket: Option<&Ticket>, mut receipts: impl Iterator<Item = &'a str>) -> String {
    let counted = |receipt: &'a str| receipt.rsplit('-').next();
    match ticket {
        Some(ticket) => ticket.to_string(),
        None => receipts.next().and_then(counted).unwrap_or_default().to_owned(),
    }
}

/// Hands the visit in. Sent a second time it answers what it answered the first
/// time.
///
/// # Errors
/// [`Error::NotAgreed`]; [`Error::Closed`] when a form is not for this resident;
/// [`Error::Incomplete`] with the paths that are missing.
pub fn submit(
    tx: &Tx<'_>,
    journal: &Journal,
    counter: Counter<'_>,
    actor: Actor,
    op: OpId,
    id: VisitId,
) -> Result<Submitted, Error> {
    if let Some(before) = submitted(tx, id)? {
        return Ok(before);
    }
    let visit = draft(tx, id)?;
    if !visit.agreed {
        return Err(Error::NotAgreed);
    }
    // Of another visit: this one is not handed in yet.
    if journal::entity_of_op(tx, op, "visit.submitted")?.is_some() {
        return Err(journal::Error::OpTaken.into());
    }
    let procedures = counter.procedures(&visit.procedures);
    let first = procedures.first().ok_or(Error::NoProcedure)?;
    let forms = counter.forms_of(&visit);
    let answers = store::answers(tx, journal, id)?;
    whole(&forms, &answers)?;

    let now = journal.now();
    store::set_submitted(tx, id, now)?;
    let mut applications = Vec::new();
    for procedure in &procedures {
        let form = counter.forms.on(&procedure.form, visit.day).ok_or(Error::NoProcedure)?;
        let application = new_application(tx, journal, counter, now, (procedure, form))?;
        application::add(tx, id, &application)?;
        applications.push(application);
    }
    let booked = arrival::with_forms(tx, counter.config, &answers, now)?;
    let queued = counter.config.site.modules.queue;
    let lane = match booked.as_ref().and_then(|booked| booked.lane.clone()) {
        Some(lane) => Some(lane),
        None => queued.then(|| lane(counter, first)).transpose()?,
    };
    let slot = booked.as_ref().and_then(WithForms::slot);
    let ticket = match &lane {
        Some(lane) => {
            let plan = plan(counter, &procedures, &lane.id);
            draw(tx, journal, actor, (id, slot), (lane, plan))?
        }
        None => None,
    };
    if let Some(booked) = booked {
        booked.arrive(tx, journal, actor, ticket.as_ref())?;
    }
    let known = questions::known(&forms, &answers);
    let facts: Vec<_> =
        applications.iter().map(|one| application_facts(one, counter.forms, visit.day)).collect();
    let (followed, beside) = entered(&answers, &known);
    journal.append(
        tx,
        &Event {
            op,
            kind: "visit.submitted",
            schema_version: 1,
            entity: Entity::new("visit", id),
            actor,
            facts: json!({
                "ticket": ticket.as_ref().map(ToString::to_string),
                "lane": lane.filter(|_| ticket.is_some()).map(|lane| lane.id),
                "applications": facts,
                "sources": super::sources(&known),
                "followed": followed,
            }),
            personal: Some((
                id,
                json!({ "answers": known, "beside": beside, "care": answers.value(super::CARE) }),
            )),
        },
    )?;
    super::bill::note_charge(tx, journal, counter, actor, id)?;
    let receipts = applications.into_iter().map(|application| application.receipt).collect();
    Ok(Submitted { ticket, receipts })
}

/// Whether the forms are for this resident, and nothing that they ask is missing.
fn whole(forms: &[&Form], answers: &Answers) -> Result<(), Error> {
    if let Some(closed) = gate::closed(forms, answers) {
        return Err(Error::Closed(closed.gate.title.clone()));
    }
    let missing = questions::incomplete(forms, answers);
    match missing.is_empty() {
        true => Ok(()),
        false => Err(Error::Incomplete(missing.into_iter().map(|missing| missing.path).collect())),
    }
}

/// What of the known answers nobody entered, and what was entered otherwise than it counts.
/// What followed from something follows from something else after a correction, and what did
/// not count may count then: whoever has the journal alone can tell.
fn entered(answers: &Answers, known: &Answers) -> (Vec<String>, Answers) {
    let paths = known.iter().map(|(path, _)| path);
    let followed = paths.filter(|path| answers.get(path).is_none()).map(str::to_owned).collect();
    let otherwise = answers.iter().filter(|(path, answer)| known.get(path) != Some(*answer));
    (followed, otherwise.map(|(path, answer)| (path.to_owned(), answer.clone())).collect())
}

/// What was handed in before, if it was.
pub fn submitted(
    connection: &rusqlite::Connection,
    id: VisitId,
) -> Result<Option<Submitted>, Error> {
    let visit = store::get(connection, id)?.ok_or(Error::Gone)?;
    if visit.state != State::Submitted {
        return Ok(None);
    }
    let ticket = queue::of_visit(connection, id)?;
    let applications = application::of_visit(connection, id)?;
    let receipts = applications.into_iter().map(|application| application.receipt).collect();
    Ok(Some(Submitted { ticket, receipts }))
}

fn lane(counter: Counter<'_>, procedure: &Procedure) -> Result<Lane, Error> {
    counter.config.lane(&procedure.lane).and_then(config::Lane::numbered).ok_or(Error::NoProcedure)
}

/// Draws the visit's number. Where the town gives out no more today, what was handed
/// in is taken all the same, and called by its receipt number.
fn draw(
    tx: &Tx<'_>,
    journal: &Journal,
    actor: Actor,
    (visit, slot): (VisitId, Option<Moment>),
    (lane, plan): (&Lane, Vec<String>),
) -> Result<Option<Ticket>, Error> {
    let class = slot.map_or(Class::Ordinary, |_| Class::Appointment);
    let new = NewTicket { visit: Some(visit), lane, plan, class, slot };
    match queue::issue(tx, journal, (journal.op(), actor), new) {
        Ok(ticket) => Ok(Some(ticket)),
        Err(queue::Error::Full(_) | queue::Error::RangeEnded(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The lanes after the first: those of the other procedures, then what usually
/// follows each (会計, 交付).
fn plan(counter: Counter<'_>, procedures: &[&Procedure], first: &str) -> Vec<String> {
    let mut plan: Vec<String> = vec![first.to_owned()];
    let mut add = |lane: &str| {
        if !plan.iter().any(|planned| planned == lane) {
            plan.push(lane.to_owned());
        }
    };
    procedures.iter().for_each(|procedure| add(&procedure.lane));
    for procedure in procedures {
        following(counter.config, &procedure.lane).for_each(&mut add);
    }
    plan.split_off(1)
}

/// What usually follows a lane, in order. The configuration was checked: it ends.
pub(super) fn following<'c>(config: &'c Config, lane: &str) -> impl Iterator<Item = &'c str> {
    let then = |lane: &str| config.lane(lane)?.then.as_deref();
    std::iter::successors(then(lane), move |lane| then(lane))
}

fn new_application(
    tx: &Tx<'_>,
    journal: &Journal,
    counter: Counter<'_>,
    now: Moment,
    (procedure, form): (&Procedure, &Form),
) -> Result<Application, Error> {
    let number = db::next_number(tx, now.date(), "receipt")?;
    let day = clock::iso_day(now.date()).replace('-', "");
    Ok(Application {
        id: ApplicationId::new(now, &*journal.chance),
        procedure: procedure.id.clone(),
        form: procedure.form.clone(),
        edition: form.template().edition.clone(),
        receipt: format!("{}-{day}-{number:04}", counter.config.site.office.id),
        state: application::State::Submitted,
        reason: None,
        printed: 0,
        outdated: false,
    })
}

fn application_facts(application: &Application, forms: &Forms, day: Date) -> serde_json::Value {
    // Whoever prints it elsewhere has perhaps another form under the same name.
    let template = forms.on(&application.form, day).map(Form::digest);
    json!({
        "id": application.id,
        "procedure": application.procedure,
        "form": application.form,
        "edition": application.edition,
        "template": template,
        "receipt": application.receipt,
    })
}
