//! A clerk's word that nothing was paid, or given back, held against the terminal's: what
//! the terminal did is done, and as long as it is at it nobody says that it did nothing.
//! Only where it tells nothing the clerk's word stands.

use super::cashless::said;
use super::press::{Press, Said};
use super::read;
use crate::id::VisitId;
use crate::lang::Phrases;
use crate::payment::State;
use crate::web::Shared;
use crate::web::desk::guard::Clerk;
use crate::web::error::Failure;
use crate::web::terminals::{self, Errand, Looked, Remark};

/// What the terminal says to it.
pub(super) enum Held {
    /// Nothing, or nothing was asked.
    Stands,
    /// The same, and it is noted.
    Agreed,
    /// Something else, and what the clerk is told.
    Refused(String),
}

pub(super) async fn held(
    office: &Shared,
    clerk: &Clerk,
    (visit, press): (VisitId, &Press),
) -> Result<Held, Failure> {
    if !matches!(press, Press::Settle(_, Said::Declined) | Press::SettleBack(_, Said::Declined)) {
        return Ok(Held::Stands);
    }
    let bill = read(office, clerk, visit).await?;
    let paid = |id| bill.payments.iter().find(|one| one.id == id).cloned();
    let errand = match press {
        Press::Settle(id, _) => paid(*id).map(Errand::Pay),
        Press::SettleBack(id, _) => {
            let back = bill.give_backs.iter().find(|one| one.id == *id).cloned();
            back.and_then(|back| paid(back.payment).map(|paid| Errand::GiveBack(back, paid)))
        }
        _ => None,
    };
    let words = Phrases::of(clerk.lang);
    let Some(errand) = errand else { return Ok(Held::Stands) };
    let refused = |key| Held::Refused(words.t(key).to_owned());
    let told = match errand.state() {
        State::Unknown => terminals::look_up(&office.0, &errand).await,
        state => Looked::Stands(state),
    };
    Ok(match told {
        Looked::Stands(State::Authorised | State::Voided | State::Refunded) => {
            refused("desk.pay.refused_done")
        }
        Looked::Stands(State::Declined) => Held::Agreed,
        Looked::Told(Remark::Busy) => refused("desk.pay.refused_still_at_it"),
        Looked::Told(_) => match said(office, (errand.id(), errand.begun_at()), words) {
            Some(told) => Held::Refused(told),
            None => refused("desk.pay.refused_still_at_it"),
        },
        Looked::Stands(_) | Looked::Silent | Looked::Nobody => Held::Stands,
    })
}
