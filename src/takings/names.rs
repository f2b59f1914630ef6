//! Items, ways of paying and reasons in the words of reports.

use crate::config::Config;
use crate::lang::{Lang, Phrases};
use crate::payment::{self, OVER_SHORT, Reason};

/// An account of the books: `revenue:03-01`, `cash:2`, `emoney:suica`.
pub fn in_the_books(config: &Config, words: Phrases, id: &str) -> String {
    match id.split_once(':') {
        Some(("revenue", code)) => {
            format!("{code} {}", item(config, code, words.lang())).trim().to_owned()
        }
        Some(("cash", at)) => words.with("takings.cash_at", &[("counter", at)]),
        _ if id == OVER_SHORT => words.t("takings.over_short").to_owned(),
        _ => account(config, words, id),
    }
}

/// 科目名.
pub(super) fn item(config: &Config, code: &str, lang: Lang) -> String {
    let item = config.items.iter().find(|item| item.code == code);
    item.map(|item| item.name.in_lang(lang).to_owned()).unwrap_or_default()
}

/// 支払方法, from an account or a tender: `emoney:suica`.
pub fn account(config: &Config, words: Phrases, account: &str) -> String {
    let (tender, brand) = account.split_once(':').unwrap_or((account, ""));
    let known = config.cashless.brand(brand).map(|one| one.name.in_lang(words.lang()));
    let brand = known.unwrap_or(brand);
    let tender = match tender {
        "cash" => words.t("takings.cash"),
        "credit" => words.t("receipt.credit"),
        "debit" => words.t("receipt.debit"),
        "emoney" => words.t("receipt.emoney"),
        "qr" => words.t("receipt.qr"),
        payment::THE_CODE => words.t("takings.by_code"),
        "later" => words.t("takings.later"),
        _ => words.t("takings.free"),
    };
    if brand.is_empty() { tender.to_owned() } else { format!("{tender} {brand}") }
}

pub(super) fn counter(config: &Config, number: u32) -> String {
    let counter = config.counter(number);
    let name = counter.map_or("", |counter| counter.name.in_lang(Lang::Ja));
    format!("{number} {name}").trim().to_owned()
}

/// Why something was corrected, or closed all the same.
pub fn reason(words: Phrases, reason: Reason) -> &'static str {
    match reason {
        Reason::WrongAmount => words.t("takings.reason_wrong_amount"),
        Reason::WrongTender => words.t("takings.reason_wrong_tender"),
        Reason::NotIssued => words.t("takings.reason_not_issued"),
        Reason::Asked => words.t("takings.reason_asked"),
        Reason::Twice => words.t("takings.reason_twice"),
        Reason::TerminalDiffers => words.t("takings.reason_terminal_differs"),
        Reason::Counted => words.t("takings.reason_counted"),
        Reason::TerminalDown => words.t("takings.reason_terminal_down"),
        Reason::AskingAcquirer => words.t("takings.reason_asking_acquirer"),
    }
}
