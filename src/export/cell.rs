//! One value as the words of one cell, before its letters are looked at.

use super::profile::{Column, DateStyle, Kana};
use super::write::Why;
use super::{Value, letters};
use crate::clock;
use crate::kana;
use crate::text::{Piece, Text};
use crate::wareki::{Era, PartialDate};

/// Between several options that stand in one cell.
const BETWEEN: &str = "・";

/// What the cell says; blank where there is nothing.
///
/// # Errors
/// Why the row is rejected.
pub(super) fn words(column: &Column, value: Option<&Value>) -> Result<Text, Why> {
    let text = match (&column.value, value) {
        (Some(same), _) => Text::from(same.as_str()),
        (None, None) => Text::default(),
        (None, Some(value)) => of_value(column, value)?,
    };
    match text.is_blank() {
        true if column.required => Err(Why::Missing),
        true => Ok(Text::default()),
        false => Ok(text),
    }
}

/// The letters a receiving system counts.
pub(super) fn fits(column: &Column, written: &str) -> Result<(), Why> {
    match column.chars_max {
        Some(most) if written.chars().count() > most => Err(Why::TooLong(most)),
        _ => Ok(()),
    }
}

fn of_value(column: &Column, value: &Value) -> Result<Text, Why> {
    let plain = |text: String| Ok(Text::from(text));
    match value {
        Value::Text(text) if column.codes.is_empty() => Ok(narrowed(column, text)),
        Value::Text(text) if text.is_blank() => Ok(Text::default()),
        Value::Text(text) => plain(code(column, &text.to_string(), None)?),
        Value::Date(date) => plain(day(*date, column.date).ok_or(Why::NoSuchEra)?),
        Value::Year(year) => plain(fiscal_year(*year, column.date).ok_or(Why::NoSuchEra)?),
        Value::Moment(moment) => plain(clock::rfc3339(*moment)),
        Value::Option(id, words) => plain(code(column, id, Some(words))?),
        Value::Options(chosen) => {
            let chosen = chosen.iter().map(|(id, words)| code(column, id, Some(words)));
            plain(chosen.collect::<Result<Vec<_>, _>>()?.join(BETWEEN))
        }
        Value::Flag(flag) => {
            let [id, usual] = if *flag { ["yes", "1"] } else { ["no", "0"] };
            plain(code(column, id, Some(usual))?)
        }
        Value::Number(number) => plain(code(column, &number.to_string(), None)?),
    }
}

/// What the receiving system calls it; its own words where the profile has no codes.
fn code(column: &Column, id: &str, words: Option<&str>) -> Result<String, Why> {
    if column.codes.is_empty() {
        return Ok(words.unwrap_or(id).to_owned());
    }
    let code = column.codes.get(id).or(column.otherwise.as_ref());
    code.cloned().ok_or(Why::NoCode)
}

/// With katakana in half width, where the profile wants them. Pieces without a code point
/// stay.
fn narrowed(column: &Column, text: &Text) -> Text {
    let narrow = |piece: &Piece| match piece {
        Piece::Text(words) if column.kana == Kana::Half => Piece::Text(kana::to_half_width(words)),
        piece => piece.clone(),
    };
    Text::from_pieces(text.pieces().iter().map(narrow))
}

/// `None` where a Japanese year is wanted and nobody knows its era.
fn day(date: PartialDate, style: DateStyle) -> Option<String> {
    let parts = |between: &str| {
        let more = [date.month(), date.day()].into_iter().flatten();
        more.fold(format!("{:04}", date.year()), |text, part| format!("{text}{between}{part:02}"))
    };
    let (month, day) = (date.month().unwrap_or(0), date.day().unwrap_or(0));
    match style {
        DateStyle::Iso => Some(parts("-")),
        DateStyle::Slash => Some(parts("/")),
        DateStyle::Digits => Some(format!("{:04}{month:02}{day:02}", date.year())),
        DateStyle::Wareki => date.era_year().map(|_| date.wareki()),
        DateStyle::WarekiLetter => {
            let (era, year) = date.era_year()?;
            Some(format!("{}{year:02}.{month:02}.{day:02}", letter(era)))
        }
        DateStyle::WarekiDigits => {
            let (era, year) = date.era_year()?;
            Some(format!("{}{year:02}{month:02}{day:02}", era.code()))
        }
        DateStyle::WarekiPension => {
            let (era, year) = date.era_year()?;
            Some(format!("{}{year:02}{month:02}{day:02}", pension_code(era)))
        }
    }
}

/// 年度; called by the era its year ends in.
fn fiscal_year(year: i32, style: DateStyle) -> Option<String> {
    let (era, of_era) = PartialDate::whole_year(year).ok()?.latest_era_year();
    Some(match style {
        DateStyle::Iso | DateStyle::Slash | DateStyle::Digits => year.to_string(),
        DateStyle::Wareki if of_era == 1 => format!("{}元年度", era.kanji()),
        DateStyle::Wareki => format!("{}{of_era}年度", era.kanji()),
        DateStyle::WarekiLetter => format!("{}{of_era:02}", letter(era)),
        DateStyle::WarekiDigits => format!("{}{of_era:02}", era.code()),
        DateStyle::WarekiPension => format!("{}{of_era:02}", pension_code(era)),
    })
}

/// `M` … `R`.
fn letter(era: Era) -> &'static str {
    era.roman().split_at(1).0
}

/// The eras' numbers in the files of the pension service: 1, 3, 5, 7, 9.
fn pension_code(era: Era) -> u8 {
    era.code() * 2 - 1
}

/// The letters of a cell's words, with everything that had to change. How long it may be
/// is another question ([`fits`]).
pub(super) fn written(
    column: &Column,
    value: Option<&Value>,
    profile: &super::Profile,
) -> Result<(String, Vec<letters::Change>), Why> {
    let words = words(column, value)?;
    let fitted = letters::fit(&words, profile.letters(), &profile.table, profile.lacking);
    let (text, changes) = fitted.map_err(|letters::Unwritable(letter)| Why::Letter(letter))?;
    Ok((text, changes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_written_as_the_receiving_system_reads_it() {
        use DateStyle::*;
        let whole = PartialDate::typed("4050101").unwrap();
        let first = PartialDate::typed("2019-05-01").unwrap();
        // The day of birth is not known, and the month is.
        let month = PartialDate::typed("1950-04").unwrap();
        // Nobody wrote down whether it was 平成31年 or 令和元年.
        let year = PartialDate::typed("2019").unwrap();
        for (style, [is_whole, is_first, is_month, is_year]) in [
            (Iso, ["1993-01-01", "2019-05-01", "1950-04", "2019"]),
            (Slash, ["1993/01/01", "2019/05/01", "1950/04", "2019"]),
            (Digits, ["19930101", "20190501", "19500400", "20190000"]),
            (Wareki, ["平成5年1月1日", "令和元年5月1日", "昭和25年4月 日不詳", ""]),
            (WarekiLetter, ["H05.01.01", "R01.05.01", "S25.04.00", ""]),
            (WarekiDigits, ["4050101", "5010501", "3250400", ""]),
            (WarekiPension, ["7050101", "9010501", "5250400", ""]),
        ] {
            assert_eq!(day(whole, style).unwrap(), is_whole);
            assert_eq!(day(first, style).unwrap(), is_first);
            assert_eq!(day(month, style).unwrap(), is_month);
            assert_eq!(day(year, style).unwrap_or_default(), is_year);
        }
    }

    #[test]
    fn a_fiscal_year_is_no_day() {
        use DateStyle::*;
        for (style, written) in [
            (Iso, "2026"),
            (Wareki, "令和8年度"),
            (WarekiLetter, "R08"),
            (WarekiDigits, "508"),
            (WarekiPension, "908"),
        ] {
            assert_eq!(fiscal_year(2026, style).unwrap(), written);
        }
    }
}
