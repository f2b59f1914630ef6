//! The expected fee (手数料): copies times the price in force on the day, as the town
//! counts them: by the copy, or by what stands on it; nothing where somebody is exempt
//! (減免), by what was answered or because a clerk says so.

use time::Date;

use crate::config::{Config, Exemption, Fee, NOT_EXEMPT};
use crate::form::Form;
use crate::form::answers::{Answers, Value};
use crate::form::condition::{at_row, count};
use crate::lang::Words;
use crate::yen::{Tax, Yen};

/// Why there is no amount.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No rule says what it costs on this day.
    #[error("{form} {question} {option} has no price on {day}")]
    NoPrice { form: String, question: String, option: String, day: Date },
    /// A wrong total must never be shown.
    #[error("the amount does not fit")]
    TooMuch,
}

/// One line of the bill, with everything of its rule that holds on the day: what is
/// charged does not drift with the rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Id of the form.
    pub form: String,
    /// Path of the question that counts the copies.
    pub question: String,
    /// Id of the option counted.
    pub option: String,
    pub name: Words,
    /// Code of the item of revenue (節・細節).
    pub item: String,
    /// How often the price is charged: copies, and where the town counts what stands
    /// on them, as often as there are such things.
    pub count: u32,
    /// Price of one.
    pub unit: Yen,
    /// What is asked for it: nothing where it is exempt.
    pub amount: Yen,
    pub cashless: bool,
    pub tax: Tax,
    pub exempt: Option<Exempt>,
}

/// The ground on which nothing is charged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exempt {
    pub id: String,
    pub name: Words,
}

/// What the forms of a visit cost. What is free has a line, so that it is counted.
///
/// # Errors
/// [`Error::NoPrice`] for the first thing no rule prices; [`Error::TooMuch`].
pub fn lines(
    config: &Config,
    forms: &[&Form],
    answers: &Answers,
    day: Date,
) -> Result<Vec<Line>, Error> {
    let mut lines = Vec::new();
    if !config.site.modules.payment {
        return Ok(lines);
    }
    for form in forms {
        for question in form.questions() {
            let Some(Value::Copies(copies)) = answers.value(&question.id) else { continue };
            for (option, copies) in copies.iter().filter(|(_, copies)| **copies > 0) {
                let thing = Thing { form: form.id(), question: &question.id, option };
                lines.push(line(config, thing, *copies, (answers, day))?);
            }
        }
    }
    Ok(lines)
}

/// What is charged for.
#[derive(Clone, Copy)]
struct Thing<'a> {
    form: &'a str,
    question: &'a str,
    option: &'a str,
}

fn line(
    config: &Config,
    thing: Thing<'_>,
    copies: u32,
    (answers, day): (&Answers, Date),
) -> Result<Line, Error> {
    let Thing { form, question, option } = thing;
    let fee = config.fee(form, question, option, day).ok_or_else(|| Error::NoPrice {
        form: form.to_owned(),
        question: question.to_owned(),
        option: option.to_owned(),
        day,
    })?;
    let (count, unit) = charged(fee, question, copies, answers).ok_or(Error::TooMuch)?;
    let exempt = exemption(config, form, (answers, day)).filter(|one| one.is_for(form, option));
    let amount = match exempt {
        Some(_) => Yen(0),
        None => unit.times(count).ok_or(Error::TooMuch)?,
    };
    Ok(Line {
        form: form.to_owned(),
        question: question.to_owned(),
        option: option.to_owned(),
        name: fee.name.clone(),
        item: fee.item.clone(),
        count,
        unit,
        amount,
        cashless: fee.cashless,
        tax: fee.tax,
        exempt: exempt.map(|one| Exempt { id: one.id.clone(), name: one.name.clone() }),
    })
}

/// How often which price is charged for `copies` that were counted at `path`; `None`
/// when it does not fit.
fn charged(fee: &Fee, path: &str, copies: u32, answers: &Answers) -> Option<(u32, Yen)> {
    let counted = |question: &str| -> Option<u32> {
        let value = answers.value(&at_row(question, fee.row(path)));
        u32::try_from(value.map_or(0, count)).ok()
    };
    // Whatever is not said yet, at least the copy itself is paid for.
    let each = fee.per.as_deref().map_or(Some(1), counted)?.max(1).div_ceil(fee.per_each);
    let further = match &fee.more {
        Some(more) => more.yen.times(counted(&more.question)?.saturating_sub(more.included))?,
        None => Yen(0),
    };
    Some((copies.checked_mul(each)?, Yen::total([fee.yen, further])?))
}

/// Where a clerk's word on the exemption of a form is kept: the id of an exemption,
/// or [`NOT_EXEMPT`].
pub fn exemption_path(form: &str) -> String {
    format!("office.exempt.{form}")
}

/// The ground on which the form is exempt: what a clerk said, else what holds by
/// itself.
pub fn exemption<'c>(
    config: &'c Config,
    form: &str,
    (answers, day): (&Answers, Date),
) -> Option<&'c Exemption> {
    let valid = |one: &&Exemption| one.is_for_form(form) && one.is_valid_on(day);
    match answers.value(&exemption_path(form)) {
        Some(Value::Choice(id)) if id == NOT_EXEMPT => None,
        Some(Value::Choice(id)) => config.exemption(id).filter(valid),
        _ => config.exemptions.iter().filter(valid).find(|one| one.holds(answers)),
    }
}

/// The sum of the lines.
///
/// # Errors
/// [`Error::TooMuch`].
pub fn total(lines: &[Line]) -> Result<Yen, Error> {
    Yen::total(lines.iter().map(|line| line.amount)).ok_or(Error::TooMuch)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;

    use time::macros::date;

    use super::*;
    use crate::applicant::Source;
    use crate::config::More;
    use crate::form::Forms;

    fn example() -> Config {
        Config::load(Path::new("kiosk-config/example")).unwrap()
    }

    /// How often what is charged, and the amount, for tax certificates.
    fn charged(config: &Config, answers: &[(&str, Value)]) -> Result<Vec<(u32, u32, u32)>, Error> {
        let forms = Forms::load(Path::new("templates/forms")).unwrap();
        let mut all = Answers::default();
        for (path, value) in answers {
            all.set(*path, value.clone(), Source::Typed);
        }
        let lines = lines(config, &[forms.get("zei").unwrap()], &all, date!(2026 - 11 - 21))?;
        Ok(lines.iter().map(|line| (line.count, line.unit.0, line.amount.0)).collect())
    }

    fn copies(option: &str, number: u32) -> Value {
        Value::Copies(BTreeMap::from([(option.to_owned(), number)]))
    }

    fn taxes(path: &'static str, ids: &[&str]) -> (&'static str, Value) {
        (path, Value::Choices(ids.iter().map(|id| (*id).to_owned()).collect()))
    }

    #[test]
    fn a_payment_certificate_is_charged_for_each_tax_and_each_year() {
        let config = example();
        for (this_year, of, expected) in [
            (1, &["resident"][..], vec![(1, 300, 300)]),
            (1, &["resident", "property"], vec![(2, 300, 600)]),
            (2, &["resident", "property", "car"], vec![(6, 300, 1800)]),
            // Which taxes is not said yet.
            (1, &[], vec![(1, 300, 300)]),
        ] {
            let answers = [taxes("zei.taxes", of), ("zei.copies", copies("payment", this_year))];
            assert_eq!(charged(&config, &answers), Ok(expected), "{this_year} of {of:?}");
        }
        // Taxes are nothing to a certificate of income.
        let income =
            [taxes("zei.taxes", &["resident", "property"]), ("zei.copies", copies("income", 1))];
        assert_eq!(charged(&config, &income), Ok(vec![(1, 300, 300)]));
    }

    #[test]
    fn each_other_year_is_charged_for_its_own_taxes() {
        let config = example();
        let other = [
            ("zei.more", Value::Number(2)),
            ("zei.other.1.copies", copies("payment", 1)),
            taxes("zei.other.1.taxes", &["resident", "property"]),
        ];
        let only = [&other[..], &[("zei.copies", copies("income", 1))]].concat();
        assert_eq!(charged(&config, &only), Ok(vec![(1, 300, 300), (2, 300, 600)]));
        let three = [
            &other[..],
            &[
                ("zei.copies", copies("payment", 1)),
                taxes("zei.taxes", &["car"]),
                ("zei.other.2.copies", copies("payment", 1)),
                taxes("zei.other.2.taxes", &["resident", "property", "health"]),
            ],
        ];
        let charged = charged(&config, &three.concat());
        assert_eq!(charged, Ok(vec![(1, 300, 300), (2, 300, 600), (3, 300, 900)]));
    }

    #[test]
    fn a_town_may_charge_for_lots_beyond_those_in_the_price() {
        let mut config = example();
        let priced = |fee: &&mut Fee| fee.option == "valuation";
        let fee = config.fees.iter_mut().find(priced).unwrap();
        fee.more = Some(More { question: "zei.parcels".into(), included: 2, yen: Yen(50) });
        for (parcels, unit) in [(1, 300), (2, 300), (3, 350)] {
            let answers =
                [("zei.copies", copies("valuation", 2)), ("zei.parcels", Value::Number(parcels))];
            assert_eq!(charged(&config, &answers), Ok(vec![(2, unit, unit * 2)]), "{parcels}");
        }
    }

    #[test]
    fn an_amount_that_does_not_fit_is_no_amount() {
        let mut config = example();
        config.fees.iter_mut().for_each(|fee| fee.yen = Yen(u32::MAX));
        let answers =
            [taxes("zei.taxes", &["resident", "car"]), ("zei.copies", copies("payment", 1))];
        assert_eq!(charged(&config, &answers), Err(Error::TooMuch));
    }

    #[test]
    fn so_many_things_together_cost_one_price() {
        let mut config = example();
        let priced = |fee: &&mut Fee| fee.option == "valuation";
        let fee = config.fees.iter_mut().find(priced).unwrap();
        (fee.per, fee.per_each) = (Some("zei.parcels".into()), 5);
        for (parcels, times) in [(1, 1), (5, 1), (6, 2), (10, 2), (11, 3)] {
            let answers =
                [("zei.copies", copies("valuation", 1)), ("zei.parcels", Value::Number(parcels))];
            assert_eq!(charged(&config, &answers), Ok(vec![(times, 300, times * 300)]));
        }
    }

    #[test]
    fn what_no_rule_prices_on_the_day_has_no_amount() {
        let mut config = example();
        let answers = [("zei.copies", copies("income", 1))];
        let priced = config.fees.iter_mut().filter(|fee| fee.option == "income");
        priced.for_each(|fee| fee.valid_until = Some(date!(2026 - 11 - 20)));
        let refused = Err(Error::NoPrice {
            form: "zei".into(),
            question: "zei.copies".into(),
            option: "income".into(),
            day: date!(2026 - 11 - 21),
        });
        assert_eq!(charged(&config, &answers), refused);
        // A price of the next year is not one of today.
        let priced = config.fees.iter_mut().filter(|fee| fee.option == "income");
        priced.for_each(|fee| {
            (fee.valid_from, fee.valid_until) = (date!(2026 - 11 - 22), None);
        });
        assert_eq!(charged(&config, &answers), refused);
        // No copies cost nothing, whatever they would cost.
        assert_eq!(charged(&config, &[("zei.copies", copies("income", 0))]), Ok(Vec::new()));
    }

    #[test]
    fn what_is_free_is_counted_all_the_same() {
        let config = example();
        let answers = [("zei.copies", copies("car", 1))];
        assert_eq!(charged(&config, &answers), Ok(vec![(1, 0, 0)]));
    }

    /// The amount and the ground for a certificate of residence's items.
    fn exempted(config: &Config, said: &[(&str, &str)]) -> (u32, Option<String>) {
        let forms = Forms::load(Path::new("templates/forms")).unwrap();
        let mut all = Answers::default();
        all.set("juminhyo.copies", copies("certificate", 2), Source::Typed);
        for (path, id) in said {
            all.set(*path, Value::Choice((*id).to_owned()), Source::Typed);
        }
        let form = forms.get("juminhyo").unwrap();
        let lines = lines(config, &[form], &all, date!(2026 - 11 - 21)).unwrap();
        let [line] = lines.as_slice() else { panic!("one line") };
        assert_eq!(line.unit, Yen(300), "the price stays known");
        (line.amount.0, line.exempt.as_ref().map(|exempt| exempt.id.clone()))
    }

    #[test]
    fn a_purpose_or_a_clerk_makes_it_free_and_a_clerk_decides() {
        let config = example();
        let (purpose, clerk) = ("juminhyo.purpose", exemption_path("juminhyo"));
        let free = |id: &str| (0, Some(id.to_owned()));
        assert_eq!(exempted(&config, &[]), (600, None));
        assert_eq!(exempted(&config, &[(purpose, "licence")]), (600, None));
        assert_eq!(exempted(&config, &[(purpose, "pension")]), free("pension"));
        assert_eq!(exempted(&config, &[(purpose, "pension"), (&clerk, NOT_EXEMPT)]), (600, None));
        assert_eq!(exempted(&config, &[(&clerk, "official")]), free("official"));
        // Of another form's ground, or of none, nothing is free.
        assert_eq!(exempted(&config, &[(&clerk, "koseki_law")]), (600, None));
        assert_eq!(exempted(&config, &[(&clerk, "nothing_like_it")]), (600, None));
    }

    #[test]
    fn an_exemption_is_for_its_options_and_its_days() {
        let mut config = example();
        let pension = [("juminhyo.purpose", "pension")];
        let rule = config.exemptions.iter_mut().find(|one| one.id == "pension").unwrap();
        rule.options = vec!["copy".into()];
        assert_eq!(exempted(&config, &pension), (600, None));
        let rule = config.exemptions.iter_mut().find(|one| one.id == "pension").unwrap();
        (rule.options, rule.valid_until) = (Vec::new(), Some(date!(2026 - 11 - 20)));
        assert_eq!(exempted(&config, &pension), (600, None));
    }
}
