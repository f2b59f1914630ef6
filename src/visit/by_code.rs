//! Paying by the code on the desk's screen (JPQR). The wallet's company tells the town
//! what was paid, by the reference that stands in the code; no terminal sees it, and
//! nobody makes a slip's number up. One code is for one attempt to pay one charge.

use super::{Counter, Error, bill, cashless, course};
use crate::db::Tx;
use crate::id::VisitId;
use crate::journal::Journal;
use crate::payment::{self, By, Charge, Outcome, Payment, Request, SlipNumber, State, Tender};

/// How much of the charge's id a reference has, which is chance.
const LETTERS: usize = 10;

/// The reference of the code for a charge, of which as many attempts to pay have ended: ten
/// letters of chance, and one that counts. It is as long as a slip's number can be.
pub fn reference(charge: &Charge, attempts: usize) -> Option<String> {
    let id = charge.id.to_string().replace('-', "").to_uppercase();
    let own = id.get(id.len().checked_sub(LETTERS)?..)?;
    let nth = char::from_digit(u32::try_from(attempts % 36).ok()?, 36)?.to_ascii_uppercase();
    Some(format!("{own}{nth}"))
}

/// Notes that it was paid by a code that was shown for it: with the wallet's brand, and the
/// reference as it stands on the company's notice.
///
/// # Errors
/// [`payment::Error::OtherCode`] for a reference that no code for this charge had;
/// [`payment::Error::Changed`] when something was corrected since; as [`payment::start`] and
/// [`payment::settle`].
pub fn take(
    tx: &Tx<'_>,
    journal: &Journal,
    counter: Counter<'_>,
    by: By,
    (id, request, typed): (VisitId, &Request, &str),
) -> Result<Payment, Error> {
    let bill = bill::bill(tx, journal, counter, by.actor, id)?;
    let charge = bill.charge.filter(|charge| charge.id == request.charge);
    let charge = charge.ok_or(payment::Error::Changed)?;
    let number = SlipNumber::typed(typed)?;
    // A code that was shown before a terminal was tried is still in somebody's hand.
    let mut shown = (0..=bill.payments.len()).filter_map(|nth| reference(&charge, nth));
    if !shown.any(|reference| reference == number.as_str()) {
        return Err(payment::Error::OtherCode.into());
    }
    let brand = request.at.as_ref().filter(|at| at.is_the_code() && request.tender == Tender::Qr);
    let brand = brand.and_then(|at| at.brand.clone()).ok_or(payment::Error::WrongTender)?;
    let begun = payment::start(tx, journal, by, request)?;
    let slip = cashless::slip(&counter.config.cashless, &begun, (&brand, number.as_str()))?;
    if begun.state() != State::Started {
        // The same press once more.
        let same = begun.slip() == Some(&slip);
        return if same { Ok(begun) } else { Err(payment::Error::Conflict.into()) };
    }
    let settled = By { op: journal.op(), actor: by.actor };
    let outcome = Outcome::Authorised(Some(slip));
    let paid = payment::settle(tx, journal, settled, (begun.id, &outcome))?;
    course::paid(tx, journal, counter, (id, &paid))?;
    Ok(paid)
}
