//! The procedures and answers of a code become those of the visit.
//!
//! A later revision of a code replaces all that the earlier one brought. What
//! another code told of the applicant stays, and so does what was entered by hand
//! after a code: what this one says of it is kept beside, to be shown. A form holds
//! one procedure: what gives way to that of the code is named among its doubts.

use std::collections::BTreeSet;

use super::compare::is_same;
use super::{Brought, OTHERWISE, TAKEN, TOLD, WAITING, taken};
use crate::applicant::Source;
use crate::config::Procedure;
use crate::db::Tx;
use crate::form::answers::{Answer, Answers, Value};
use crate::journal::{Actor, Journal};
use crate::preregistration::{Doubt, Jti, Opened, Why};
use crate::visit::submit::Counter;
use crate::visit::{self, Error, OF_THE_PERSON, Visit, store};

/// What codes brought into the visit before this one.
struct Earlier {
    /// The revision of this code that the visit has.
    own: Option<Brought>,
    others: Vec<Brought>,
}

impl Earlier {
    fn of(answers: &Answers, jti: Jti) -> Earlier {
        let jti = jti.to_string();
        let (own, others): (Vec<_>, Vec<_>) =
            taken(answers).into_iter().partition(|code| code.jti == jti);
        Earlier { own: own.into_iter().next(), others }
    }

    fn is_none(&self) -> bool {
        self.own.is_none() && self.others.is_empty()
    }

    fn is_own(&self, path: &str) -> bool {
        self.own.as_ref().is_some_and(|own| own.paths.contains(path))
    }

    /// Answers of the earlier revision that are neither said again, at `paths`, nor
    /// by another code.
    fn dropped<'e>(&'e self, paths: &BTreeSet<String>) -> Vec<&'e str> {
        let own = self.own.iter().flat_map(|own| &own.paths);
        let is_kept = |path: &String| {
            paths.contains(path) || self.others.iter().any(|other| other.paths.contains(path))
        };
        own.filter(|path| !is_kept(path)).map(String::as_str).collect()
    }

    /// Whether only the earlier revision of this code wanted a procedure.
    fn alone_wanted(&self, id: &str) -> bool {
        let is_own = self.own.as_ref().is_some_and(|own| own.procedures.contains(id));
        is_own && !self.others.iter().any(|other| other.procedures.contains(id))
    }

    /// Procedures that gave way to the earlier revision of this code.
    fn gave_way(&self) -> impl Iterator<Item = &String> {
        let doubts = self.own.iter().flat_map(|own| &own.doubtful);
        doubts.filter(|(_, code)| code == Why::FormTaken.code()).filter_map(|(id, _)| id.as_ref())
    }

    /// Whether any code wanted a procedure.
    fn wanted(&self, id: &str) -> bool {
        self.own.iter().chain(&self.others).any(|code| code.procedures.contains(id))
    }
}

pub(super) fn take_over(
    tx: &Tx<'_>,
    journal: &Journal,
    counter: Counter<'_>,
    actor: Actor,
    visit: &Visit,
    opened: &Opened,
) -> Result<(), Error> {
    let id = visit.id;
    let earlier = Earlier::of(&store::answers(tx, journal, id)?, opened.jti);
    let chosen = chosen(counter, visit, opened, &earlier);
    if !chosen.is_empty() {
        visit::choose(tx, journal, actor, id, &chosen)?;
    }
    let before = store::answers(tx, journal, id)?;
    let mut answers = said(opened, &before, &earlier);
    let paths = paths(opened, &answers, &earlier);
    let is_from_code = |path: &&str| before.get(path).is_some_and(|one| one.source == Source::Qr);
    let dropped: Vec<&str> = earlier.dropped(&paths).into_iter().filter(is_from_code).collect();
    store::remove_answers(tx, id, &dropped)?;
    // What was chosen by hand before the code came is not of the code.
    let is_of_code = |id: &&String| {
        opened.procedures.contains(id) && (!visit.procedures.contains(id) || earlier.wanted(id))
    };
    let left_out = left_out(counter, visit, opened, &earlier, &chosen);
    let doubtful = opened.doubtful.iter().chain(&left_out);
    let brought = Brought {
        jti: opened.jti.to_string(),
        revision: opened.revision,
        made_at: opened.made_at,
        doubtful: doubtful.map(|one| (one.about.clone(), one.code().to_owned())).collect(),
        paths,
        booking: opened.booking.map(|number| number.digits()),
        procedures: chosen.iter().map(|one| &one.id).filter(is_of_code).cloned().collect(),
    };
    let said = serde_json::to_string(&brought).unwrap_or_default();
    answers.set(format!("{TAKEN}{}", opened.jti), Value::Text(said.into()), Source::Qr);
    store::remove_answers(tx, id, &[WAITING])?;
    visit::answer(tx, journal, actor, id, &answers)
}

/// What a code says, as the visit takes it.
fn said(opened: &Opened, before: &Answers, earlier: &Earlier) -> Answers {
    let mut answers = Answers::default();
    for (path, answer) in opened.answers.iter() {
        let (value, told) = (&answer.value, format!("{TOLD}{path}"));
        let stands = before.get(path).filter(|stands| stays(path, stands, earlier));
        if stands.is_none() {
            answers.set(path, value.clone(), Source::Qr);
        }
        let tells =
            OF_THE_PERSON.contains(&path) && (before.get(&told).is_none() || earlier.is_own(&told));
        if tells {
            answers.set(told, value.clone(), Source::Qr);
        }
        let is_shown = |stands: &&Answer| match stands.source {
            Source::Preset => false,
            Source::Typed => true,
            _ => !tells,
        };
        if stands.filter(is_shown).is_some_and(|stands| !is_same(value, &stands.value)) {
            answers.set(format!("{OTHERWISE}{path}"), value.clone(), Source::Qr);
        }
    }
    answers
}

/// Whether what stands is better known than what the code says. A choice's own
/// answer is not the resident's.
fn stays(path: &str, stands: &Answer, earlier: &Earlier) -> bool {
    match stands.source {
        Source::Card | Source::Licence | Source::Clerk | Source::Register | Source::Preset => true,
        Source::Qr => path.starts_with("applicant.") && !earlier.is_own(path),
        // Put right by hand after a code; before the first one it was a beginning.
        Source::Typed => !earlier.is_none(),
    }
}

/// Where answers of the code lie, or will once a card is put away.
fn paths(opened: &Opened, answers: &Answers, earlier: &Earlier) -> BTreeSet<String> {
    let set = || answers.iter().map(|(path, _)| path);
    let told = set().filter_map(|path| path.strip_prefix(TOLD));
    let own = opened.answers.iter().map(|(path, _)| path).filter(|path| earlier.is_own(path));
    set().chain(told).chain(own).map(str::to_owned).collect()
}

/// The procedures of a visit with those of the code: where both want one form, the
/// code has its answers.
fn chosen<'a>(
    counter: Counter<'a>,
    visit: &Visit,
    opened: &Opened,
    earlier: &Earlier,
) -> Vec<&'a Procedure> {
    let offered = counter.offered(visit.day);
    let brought = |id: &String| opened.procedures.contains(id);
    let forms: Vec<&String> =
        offered.iter().filter(|one| brought(&one.id)).map(|one| &one.form).collect();
    let has = |id: &String| visit.procedures.contains(id) && !earlier.alone_wanted(id);
    let stays =
        |one: &&Procedure| brought(&one.id) || (has(&one.id) && !forms.contains(&&one.form));
    let mut seen = Vec::new();
    let mut chosen: Vec<_> = offered.into_iter().filter(stays).collect();
    // Two of one form in one code: the first has the answers.
    chosen.retain(|one| {
        let is_first = !seen.contains(&&one.form);
        seen.push(&one.form);
        is_first
    });
    chosen
}

/// What was wanted, by hand or by a code, and is not `chosen` now. What only the
/// earlier revision of the code wanted was left out by its owner.
fn left_out(
    counter: Counter<'_>,
    visit: &Visit,
    opened: &Opened,
    earlier: &Earlier,
    chosen: &[&Procedure],
) -> Vec<Doubt> {
    let offered = counter.offered(visit.day);
    let had = visit.procedures.iter().filter(|id| !earlier.alone_wanted(id));
    let mut left: Vec<Doubt> = Vec::new();
    for id in opened.procedures.iter().chain(had).chain(earlier.gave_way()) {
        let is = |one: &&Procedure| one.id == *id;
        let is_told = left.iter().any(|doubt| doubt.about.as_ref() == Some(id));
        if !is_told && !chosen.iter().any(is) {
            let why = match offered.iter().any(is) {
                true => Why::FormTaken,
                false => Why::ProcedureGone,
            };
            left.push(Doubt { about: Some(id.clone()), why });
        }
    }
    left
}
