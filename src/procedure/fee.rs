//! The expected fee (手数料): copies times the price in force on the day, as the town
//! counts them: by the copy, or by what stands on it.

use time::Date;

use crate::config::{Config, Fee};
use crate::form::Form;
use crate::form::answers::{Answers, Value};
use crate::form::condition::{at_row, count};
use crate::lang::Words;
use crate::yen::Yen;

/// One line of the bill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub name: Words,
    /// How often the price is charged: copies, and where the town counts what stands
    /// on them, as often as there are such things.
    pub count: u32,
    /// Price of one.
    pub unit: Yen,
    pub amount: Yen,
}

/// What the forms of a visit cost. Options without a price cost nothing and give
/// no line.
///
/// `None` when an amount would not fit: a wrong total must never be shown.
pub fn lines(config: &Config, forms: &[&Form], answers: &Answers, day: Date) -> Option<Vec<Line>> {
    let mut lines = Vec::new();
    for form in forms {
        for question in form.questions() {
            let Some(Value::Copies(copies)) = answers.value(&question.id) else { continue };
            for (option, copies) in copies {
                let Some(fee) = config.fee(form.id(), &question.id, option, day) else { continue };
                lines.push(line(fee, &question.id, *copies, answers)?);
            }
        }
    }
    Some(lines)
}

/// The price of `copies` that were counted at `path`.
fn line(fee: &Fee, path: &str, copies: u32, answers: &Answers) -> Option<Line> {
    let counted = |question: &str| -> Option<u32> {
        let value = answers.value(&at_row(question, fee.row(path)));
        u32::try_from(value.map_or(0, count)).ok()
    };
    // Whatever is not said yet, at least the copy itself is paid for.
    let each = fee.per.as_deref().map_or(Some(1), counted)?.max(1);
    let further = match &fee.more {
        Some(more) => more.yen.times(counted(&more.question)?.saturating_sub(more.included))?,
        None => Yen(0),
    };
    let (count, unit) = (copies.checked_mul(each)?, Yen::total([fee.yen, further])?);
    Some(Line { name: fee.name.clone(), count, unit, amount: unit.times(count)? })
}

/// The sum of the lines.
pub fn total(lines: &[Line]) -> Option<Yen> {
    Yen::total(lines.iter().map(|line| line.amount))
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
    fn charged(config: &Config, answers: &[(&str, Value)]) -> Option<Vec<(u32, u32, u32)>> {
        let forms = Forms::load(Path::new("templates/forms")).unwrap();
        let mut all = Answers::default();
        for (path, value) in answers {
            all.set(*path, value.clone(), Source::Typed);
        }
        let lines = lines(config, &[forms.get("zei").unwrap()], &all, date!(2026 - 11 - 21))?;
        Some(lines.iter().map(|line| (line.count, line.unit.0, line.amount.0)).collect())
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
            assert_eq!(charged(&config, &answers), Some(expected), "{this_year} of {of:?}");
        }
        // Taxes are nothing to a certificate of income.
        let income =
            [taxes("zei.taxes", &["resident", "property"]), ("zei.copies", copies("income", 1))];
        assert_eq!(charged(&config, &income), Some(vec![(1, 300, 300)]));
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
        assert_eq!(charged(&config, &only), Some(vec![(1, 300, 300), (2, 300, 600)]));
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
        assert_eq!(charged, Some(vec![(1, 300, 300), (2, 300, 600), (3, 300, 900)]));
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
            assert_eq!(charged(&config, &answers), Some(vec![(2, unit, unit * 2)]), "{parcels}");
        }
    }

    #[test]
    fn an_amount_that_does_not_fit_is_no_amount() {
        let mut config = example();
        config.fees.iter_mut().for_each(|fee| fee.yen = Yen(u32::MAX));
        let answers =
            [taxes("zei.taxes", &["resident", "car"]), ("zei.copies", copies("payment", 1))];
        assert_eq!(charged(&config, &answers), None);
    }
}
