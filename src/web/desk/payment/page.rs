//! The bill as a clerk sees it: what is owed, who is exempt, and what stands of it.

use askama::Template;
use axum::response::Response;

use super::Bill;
use super::now::{Now, now};
use crate::config::{Exemption, NOT_EXEMPT};
use crate::id::{OpId, VisitId};
use crate::lang::Phrases;
use crate::payment;
use crate::web::desk::frame::Frame;
use crate::web::desk::guard::Clerk;
use crate::web::desk::visit::called_by;
use crate::web::error::Failure;
use crate::web::{Office, Shared, page};
use crate::yen::Yen;

struct Line {
    name: String,
    count: u32,
    unit: String,
    amount: String,
    exempt: Option<String>,
}

/// The exemptions of one form, and which stands.
struct Exemptions {
    form: String,
    /// Makes a second press of its button the same act.
    op: OpId,
    title: String,
    choices: Vec<(String, String, bool)>,
}

#[derive(Template)]
#[template(path = "desk/payment.html")]
struct Page {
    frame: Frame,
    id: VisitId,
    /// What the resident is called by; nothing once the visit is erased.
    number: Option<String>,
    total_words: String,
    lines: Vec<Line>,
    exemptions: Vec<Exemptions>,
    /// Sentences about what keeps it from being paid, or was changed since.
    warnings: Vec<&'static str>,
    now: Now,
}

/// The whole page.
pub(super) async fn shown(
    office: &Shared,
    clerk: &Clerk,
    (id, bill): (VisitId, Bill),
    frame: Frame,
) -> Result<Response, Failure> {
    let words = frame.words;
    let now = now(office, clerk, (id, &bill)).await?;
    let total = bill.charge.as_ref().map_or(Yen(0), |charge| charge.total);
    page::show(&Page {
        id,
        number: match bill.is_erased {
            true => None,
            false => Some(called_by(office, id).await?),
        },
        total_words: total.to_string(),
        lines: lines(office, &bill, words),
        exemptions: match bill.standing() {
            None if !bill.is_erased => exemptions(office, &bill, words),
            _ => Vec::new(),
        },
        warnings: warnings(&bill, words),
        now,
        frame,
    })
}

fn warnings(bill: &Bill, words: Phrases) -> Vec<&'static str> {
    let told = [
        (bill.is_unpriced, words.t("desk.pay.unpriced")),
        (bill.differs, words.t("desk.pay.differs")),
        (bill.today.is_none(), words.t("desk.pay.clock")),
        (bill.charge.is_none() && !bill.is_unpriced, words.t("desk.pay.none")),
    ];
    told.into_iter().filter(|(holds, _)| *holds).map(|(_, words)| words).collect()
}

fn lines(office: &Office, bill: &Bill, words: Phrases) -> Vec<Line> {
    let lines = bill.charge.iter().flat_map(|charge| &charge.lines);
    // What the visit says, and once it is erased what the books call it.
    let ground = |line: &payment::Line| {
        let booked = line.exempt.as_deref()?;
        let own = bill.grounds.get(&line.form).and_then(|id| office.config.exemption(id));
        let named = || {
            let mut all = office.config.exemptions.iter();
            all.find(|one| one.books.as_deref() == Some(booked))
        };
        let name = own.or_else(named).map(|one| one.name.in_lang(words.lang()));
        Some(name.unwrap_or(words.t("desk.pay.exempt_somehow")).to_owned())
    };
    lines
        .map(|line| Line {
            name: line.name.in_lang(words.lang()).to_owned(),
            count: line.count,
            unit: line.unit.to_string(),
            amount: line.amount.to_string(),
            exempt: ground(line),
        })
        .collect()
}

/// For each form of the bill, who may be exempt.
fn exemptions(office: &Office, bill: &Bill, words: Phrases) -> Vec<Exemptions> {
    let Some(charge) = &bill.charge else { return Vec::new() };
    let mut forms: Vec<&String> = charge.lines.iter().map(|line| &line.form).collect();
    forms.dedup();
    let of = |form: &&String| {
        let stands = bill.grounds.get(*form).map_or(NOT_EXEMPT, String::as_str);
        let is_for = |one: &&Exemption| {
            let mut own = charge.lines.iter().filter(|line| line.form == **form);
            own.any(|line| one.is_for(form, &line.option)) || one.id == stands
        };
        let own = office.config.exemptions_for(form, charge.day).filter(is_for);
        let own = own.map(|one| (one.id.clone(), one.name.in_lang(words.lang()).to_owned()));
        let charged = (NOT_EXEMPT.to_owned(), words.t("desk.pay.charged").to_owned());
        let choices = std::iter::once(charged).chain(own);
        let title = office.forms.get(form).map(|one| one.template().title.in_lang(words.lang()));
        Exemptions {
            form: (*form).clone(),
            op: office.journal.op(),
            title: title.unwrap_or_default().to_owned(),
            choices: choices.map(|(id, name)| (id.clone(), name, id == stands)).collect(),
        }
    };
    forms.iter().map(of).collect()
}
