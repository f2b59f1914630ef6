//! The code that a resident pays by with a wallet (JPQR): the exact amount, on a screen
//! that is turned to them, in their language. It goes by itself when its time is over.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;

use super::guard::Clerk;
use super::payment::{allowed, read};
use crate::clock;
use crate::db::{Connection, Tx};
use crate::id::VisitId;
use crate::lang::Phrases;
use crate::payment::Charge;
use crate::visit::bill::{self, Bill};
use crate::visit::{self, by_code};
use crate::web::error::Failure;
use crate::web::qr::Drawing;
use crate::web::{Office, Shared, assets, page, paying};
use crate::yen::Yen;

/// The part of an address after `?`.
#[derive(Clone, Copy, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// The time of the code that stood here is over.
    expired: Option<u8>,
}

#[derive(Template)]
#[template(path = "desk/pay_code.html")]
struct Page {
    words: Phrases,
    town: String,
    demo: bool,
    title: &'static str,
    about: &'static str,
    /// Where the clerk gets another one.
    id: VisitId,
    is_expired: bool,
    shown: Option<Shown>,
}

struct Shown {
    amount: String,
    code: Drawing,
    /// What the company's notice names it by.
    reference: String,
    until: String,
    expires_secs: u32,
}

impl Page {
    fn asset(&self, name: &str) -> &'static str {
        assets::address(name)
    }
}

/// Whether there is something to pay by such a code here.
pub(super) fn may_be_shown(office: &Office, bill: &Bill) -> bool {
    let charge = bill.charge.as_ref().filter(|_| bill.standing().is_none());
    office.config.site.jpqr.is_some()
        && office.config.cashless.wallets().next().is_some()
        && !bill.is_erased
        && bill.today.is_some()
        && charge.is_some_and(|charge| charge.total > Yen(0) && !charge.is_cash_only())
}

/// `GET /desk/visits/{visit}/payment/code`.
pub(super) async fn show(
    State(office): State<Shared>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    clerk: Clerk,
) -> Result<Response, Failure> {
    allowed(&office, &clerk)?;
    let id: VisitId = id.parse().map_err(|_| Failure::NotFound)?;
    let bill = read(&office, &clerk, id).await?;
    let lang = office.db.read(move |connection: &Connection| visit::get(connection, id)).await?;
    let words = Phrases::of(lang.ok_or(Failure::NotFound)?.wishes.lang);
    let is_expired = asked.expired.is_some();
    let charge = bill.charge.as_ref().filter(|_| may_be_shown(&office, &bill) && !is_expired);
    let shown = charge.and_then(|charge| shown(&office, words, (charge, bill.payments.len())));
    if let Some(charge) = charge.filter(|_| shown.is_some()).cloned() {
        let (journal, actor) = (office.journal.clone(), clerk.signed_in.actor());
        let note = move |tx: &Tx<'_>| bill::code_shown(tx, &journal, actor, (id, &charge));
        office.db.write(note).await?;
    }
    let (title, about) = match (&shown, is_expired) {
        (Some(_), _) => ("pay_code.title", "pay_code.lead"),
        (None, true) => ("pay_code.expired", "pay_code.expired_about"),
        (None, false) => ("pay_code.none", "pay_code.none_about"),
    };
    page::show(&Page {
        town: office.config.site.town.name.clone(),
        demo: office.demo,
        title: words.t(title),
        about: words.t(about),
        words,
        id,
        is_expired,
        shown,
    })
}

fn shown(office: &Office, words: Phrases, (charge, attempts): (&Charge, usize)) -> Option<Shown> {
    let jpqr = office.config.site.jpqr.as_ref()?;
    let reference = by_code::reference(charge, attempts)?;
    let code = paying::code(office, charge, attempts)?;
    let until = office.journal.now() + time::Duration::seconds(jpqr.expires_secs.into());
    Some(Shown {
        amount: format!("{}{}", charge.total, words.t("list.yen")),
        code,
        reference: words.with("pay_code.reference", &[("reference", reference)]),
        until: words.with("pay_code.until", &[("time", clock::hour_and_minute(until))]),
        expires_secs: jpqr.expires_secs,
    })
}
