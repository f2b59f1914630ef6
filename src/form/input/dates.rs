//! Dates as residents and clerks enter them, and whether they make sense.

use time::Date;

use crate::wareki::{self, Era, PartialDate};

use super::super::template::{Days, Years};
use super::InputError;
use super::words::ascii;

pub(super) fn date(read: Result<PartialDate, wareki::Error>) -> Result<PartialDate, InputError> {
    read.map_err(|error| match error {
        wareki::Error::Form => InputError::NotADate,
        wareki::Error::NoSuchDay | wareki::Error::TooOld => InputError::NoSuchDay,
    })
}

pub(super) fn date_of_parts([era, year, month, day]: [&str; 4]) -> Result<PartialDate, InputError> {
    let part = |entry: &str| -> Result<Option<u8>, InputError> {
        let entry = ascii(entry.trim());
        match entry.as_str() {
            "" => Ok(None),
            entry => entry.parse().map(Some).map_err(|_| InputError::NotADate),
        }
    };
    let year = ascii(year.trim()).replace('元', "1");
    let (month, day) = (part(month)?, part(day)?);
    let read = match Era::ALL.into_iter().find(|known| known.id() == era) {
        Some(era) => match year.parse() {
            Ok(year) if year > 0 => PartialDate::in_era(era, year, month, day),
            _ => return Err(InputError::NotADate),
        },
        None if matches!(era, "" | "western") => {
            PartialDate::new(year.parse().map_err(|_| InputError::NotADate)?, month, day)
        }
        None => return Err(InputError::NotAnOption),
    };
    date(read)
}

/// A fiscal year by the calendar year it begins in; none that is still to come.
pub(super) fn fiscal_year(entry: &str, today: Date) -> Result<PartialDate, InputError> {
    let year = ascii(entry).parse().map_err(|_| InputError::NotADate)?;
    let year = date(PartialDate::whole_year(year))?;
    let begun = year.year() <= Years::current(today);
    begun.then_some(year).ok_or(InputError::FutureDay)
}

/// Births may lack their day; a day that something happened or will happen on
/// is known.
pub(super) fn day_makes_sense(
    date: PartialDate,
    days: Option<Days>,
    today: Date,
) -> Result<(), InputError> {
    let Some(days) = days else { return Ok(()) };
    let Some(day) = date.exact() else {
        let this_month = (today.year(), u8::from(today.month()));
        let later = match date.month() {
            Some(month) => (date.year(), month) > this_month,
            None => date.year() > today.year(),
        };
        return match days {
            Days::Past if later => Err(InputError::FutureDay),
            Days::Past => Ok(()),
            Days::Happened | Days::Future | Days::Near => Err(InputError::DayNeeded),
        };
    };
    match days {
        Days::Past | Days::Happened if day > today => Err(InputError::FutureDay),
        Days::Future if day < today => Err(InputError::PastDay),
        Days::Near if (day - today).whole_days() > 366 => Err(InputError::FarDay),
        Days::Past | Days::Happened | Days::Future | Days::Near => Ok(()),
    }
}
