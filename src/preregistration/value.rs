//! One answer as a value of a body, and back as what a person would have entered.

use time::Date;
use time::macros::date;

use super::cbor::Item;
use super::compact;
use crate::form::answers::Value;
use crate::form::input::Raw;
use crate::form::template::Kind;
use crate::wareki::{Era, PartialDate};

/// Days are counted from here.
const DAY_ZERO: Date = date!(1970 - 01 - 01);
/// Fiscal years are counted from here.
const YEAR_ZERO: i32 = 2000;

/// The answer of a question of this kind; `None` where it has no such option.
pub(super) fn write(kind: Kind, options: &[String], value: &Value) -> Option<Item> {
    let number = |id: &String| options.iter().position(|option| option == id).map(|at| at as u64);
    if value.is_blank() {
        return Some(Item::Null);
    }
    Some(match value {
        Value::Text(text) => {
            let text = text.to_string();
            match kind {
                Kind::Phone | Kind::Postal | Kind::Digits => compact::digits(&text),
                _ => compact::words(&text),
            }
        }
        Value::Date(date) if kind == Kind::FiscalYear => {
            Item::Number(i64::from(date.year() - YEAR_ZERO))
        }
        Value::Date(date) => write_date(*date),
        Value::Choice(id) => Item::Number(i64::try_from(number(id)?).ok()?),
        Value::Choices(ids) => {
            let mut numbers: Vec<u64> = ids.iter().map(number).collect::<Option<_>>()?;
            numbers.sort_unstable();
            Item::Array(numbers.into_iter().map(|number| Item::Number(number as i64)).collect())
        }
        Value::Flag(flag) => Item::Flag(*flag),
        Value::Number(number) => Item::Number(i64::from(*number)),
        Value::Copies(copies) => {
            let wanted = copies.iter().filter(|(_, count)| **count > 0);
            let count =
                |(id, count): (&String, &u32)| Some((number(id)?, Item::Number(i64::from(*count))));
            let mut counts: Vec<(u64, Item)> = wanted.map(count).collect::<Option<_>>()?;
            counts.sort_unstable_by_key(|(number, _)| *number);
            Item::Map(counts)
        }
    })
}

/// A day's number; `[year]`, `[year, month]` where the rest is not known, and
/// `[era, year, month]` where only the era says which of two it was.
fn write_date(date: PartialDate) -> Item {
    let numbers =
        |numbers: &[i64]| Item::Array(numbers.iter().copied().map(Item::Number).collect());
    if let Some(day) = date.exact() {
        return Item::Number((day - DAY_ZERO).whole_days());
    }
    let year = i64::from(date.year());
    match (date.given_era(), date.era_year(), date.month().map(i64::from)) {
        (Some(era), Some((_, year)), month) => {
            numbers(&[i64::from(era.code()), i64::from(year), month.unwrap_or(0)])
        }
        (_, _, Some(month)) => numbers(&[year, month]),
        (_, _, None) => numbers(&[year]),
    }
}

/// What was entered for a question of this kind, still to be judged by its rules;
/// `None` where it is no value of the kind. A question that was skipped has an
/// empty entry. An option's number that there is not leads to an id nobody has.
pub(super) fn read(kind: Kind, options: &[String], item: &Item) -> Option<Raw> {
    if *item == Item::Null {
        return Some(match kind {
            Kind::Multi => Raw::Many(Vec::new()),
            Kind::Copies => Raw::Counts(Default::default()),
            _ => Raw::One(String::new()),
        });
    }
    let option = |number: i64| -> String {
        let known = usize::try_from(number).ok().and_then(|at| options.get(at));
        known.cloned().unwrap_or_else(|| "?".to_owned())
    };
    match (kind, item) {
        (Kind::Name | Kind::Kana | Kind::Address | Kind::Text, words) => {
            compact::read_words(words).map(Raw::One)
        }
        (Kind::Phone | Kind::Postal | Kind::Digits, digits) => {
            compact::read_digits(digits).map(Raw::One)
        }
        (Kind::Date, date) => read_date(date).map(|date| Raw::One(date.to_string())),
        (Kind::FiscalYear, Item::Number(year)) => {
            let year = i32::try_from(*year).ok()?.checked_add(YEAR_ZERO)?;
            Some(Raw::One(year.to_string()))
        }
        (Kind::Choice, Item::Number(number)) => Some(Raw::One(option(*number))),
        (Kind::Multi, Item::Array(numbers)) => {
            let numbers: Vec<i64> = numbers.iter().map(plain).collect::<Option<_>>()?;
            Some(Raw::Many(numbers.into_iter().map(option).collect()))
        }
        (Kind::Flag, Item::Flag(flag)) => Some(Raw::One(if *flag { "yes" } else { "no" }.into())),
        (Kind::Number, Item::Number(number)) => Some(Raw::One(number.to_string())),
        (Kind::Copies, Item::Map(counts)) => {
            let count = |(number, count): &(u64, Item)| {
                Some((option(i64::try_from(*number).ok()?), plain(count)?.to_string()))
            };
            counts.iter().map(count).collect::<Option<_>>().map(Raw::Counts)
        }
        _ => None,
    }
}

fn plain(item: &Item) -> Option<i64> {
    let Item::Number(number) = item else { return None };
    Some(*number)
}

fn read_date(item: &Item) -> Option<PartialDate> {
    let parts = match item {
        Item::Number(day) => {
            let day =
                DAY_ZERO.checked_add(time::Duration::days(i64::from(i32::try_from(*day).ok()?)))?;
            return PartialDate::new(day.year(), Some(u8::from(day.month())), Some(day.day())).ok();
        }
        Item::Array(parts) => parts.iter().map(plain).collect::<Option<Vec<i64>>>()?,
        _ => return None,
    };
    let small = |part: i64| u8::try_from(part).ok();
    match parts[..] {
        [year] => PartialDate::new(i32::try_from(year).ok()?, None, None).ok(),
        [year, month] => {
            PartialDate::new(i32::try_from(year).ok()?, Some(small(month)?), None).ok()
        }
        [era, year, month] => {
            let month = small(month)?;
            let era = Era::from_code(small(era)?)?;
            PartialDate::in_era(era, small(year)?, (month > 0).then_some(month), None).ok()
        }
        _ => None,
    }
}
