//! What can be paid with without cash, in words, for the desk and for the tablet.

use super::Office;
use super::qr::{self, Drawing};
use crate::lang::Phrases;
use crate::payment::{Charge, Means};
use crate::visit::{by_code, cashless};

/// The code that a wallet reads from a screen (JPQR), for the exact amount, after so many
/// attempts to pay the charge; `None` in a town without a number of its own.
pub(super) fn code(office: &Office, charge: &Charge, attempts: usize) -> Option<Drawing> {
    let jpqr = office.config.site.jpqr.as_ref()?;
    qr::drawing(&jpqr.store().code(charge.total, &by_code::reference(charge, attempts)?)?)
}

/// Means, and the brand where the terminal has to know it beforehand.
pub(super) type Choice = (Means, Option<String>);

/// What a terminal takes: what a button sends, and what it says.
pub(super) fn choices(office: &Office, terminal: &str, words: Phrases) -> Vec<(String, String)> {
    let choices = cashless::choices(&office.config.cashless, terminal).into_iter();
    let sent = |(means, brand): &Choice| match brand {
        Some(brand) => format!("{}:{brand}", means.id()),
        None => means.id().to_owned(),
    };
    choices.map(|one| (sent(&one), name(office, (one.0, one.1.as_deref()), words))).collect()
}

/// What a button sent.
pub(super) fn chosen(sent: &str) -> Option<Choice> {
    let (means, brand) = match sent.split_once(':') {
        Some((means, brand)) => (means, Some(brand.to_owned())),
        None => (sent, None),
    };
    Some((Means::from_id(means)?, brand))
}

/// A choice in words: the brand, where it is known, or the means.
pub(super) fn name(
    office: &Office,
    (means, brand): (Means, Option<&str>),
    words: Phrases,
) -> String {
    if let Some(id) = brand {
        let brand = office.config.cashless.brand(id);
        return brand.map_or(id, |brand| brand.name.in_lang(words.lang())).to_owned();
    }
    match means {
        Means::Credit => words.t("desk.pay.means_credit"),
        Means::Debit => words.t("desk.pay.means_debit"),
        Means::Emoney => words.t("desk.pay.means_emoney"),
        Means::Qr => words.t("desk.pay.means_qr"),
    }
    .to_owned()
}
