//! What a visit owes (請求): one charge for all its procedures, each line with the price
//! in force when it was made.

use serde::{Deserialize, Serialize};
use time::Date;

use crate::clock::{self, Moment};
use crate::id::{ChargeId, VisitId};
use crate::lang::Words;
use crate::yen::{Tax, Yen};

/// The ground of what costs nothing by itself.
pub const FREE: &str = "free";

/// One line of a charge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    pub count: u32,
    pub unit: Yen,
    /// What is asked for it: nothing where it is exempt.
    pub amount: Yen,
    pub cashless: bool,
    pub tax: Tax,
    /// Code of the ground on which nothing is charged, as far as the books name it.
    pub exempt: Option<String>,
}

/// Everything one visit owes, in one revision. Nothing personal stands in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    pub id: ChargeId,
    pub visit: VisitId,
    /// 1 as it was handed in; corrected copies make another.
    pub revision: u32,
    /// Whose prices they are.
    #[serde(with = "day")]
    pub day: Date,
    pub total: Yen,
    #[serde(with = "clock::kept")]
    pub made_at: Moment,
    pub lines: Vec<Line>,
}

impl Charge {
    /// The sum of the lines; `None` when it does not fit, or there are none.
    pub fn total_of(lines: &[Line]) -> Option<Yen> {
        let total = Yen::total(lines.iter().map(|line| line.amount))?;
        (!lines.is_empty()).then_some(total)
    }

    /// Whether something in it is paid in cash only.
    pub fn is_cash_only(&self) -> bool {
        self.lines.iter().any(|line| !line.cashless && line.amount > Yen(0))
    }

    /// Why nothing is to be paid: the exemptions, and [`FREE`] for what costs nothing.
    pub fn grounds(&self) -> String {
        let ground = |line: &Line| line.exempt.clone().unwrap_or_else(|| FREE.to_owned());
        let mut grounds: Vec<String> = self.lines.iter().map(ground).collect();
        grounds.sort();
        grounds.dedup();
        grounds.join(",")
    }

    /// What is asked for each item of revenue, in order of code; what costs nothing is
    /// left out.
    pub fn by_item(&self) -> Vec<(String, Yen)> {
        let mut items: Vec<(String, Yen)> = Vec::new();
        for line in self.lines.iter().filter(|line| line.amount > Yen(0)) {
            match items.iter_mut().find(|(item, _)| *item == line.item) {
                // The total fits, and so does a part of it.
                Some((_, sum)) => sum.0 = sum.0.saturating_add(line.amount.0),
                None => items.push((line.item.clone(), line.amount)),
            }
        }
        items.sort();
        items
    }
}

/// Days in the journal and in rows: `2026-11-21`.
pub(super) mod day {
    use serde::{Deserialize, Deserializer, Serializer};
    use time::Date;

    use crate::clock::{iso_day, parse_iso_day};

    pub fn serialize<S: Serializer>(day: &Date, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&iso_day(*day))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Date, D::Error> {
        let text = String::deserialize(from)?;
        parse_iso_day(&text).ok_or_else(|| serde::de::Error::custom("not a day"))
    }

    /// A day that may be left out.
    pub mod maybe {
        use serde::{Deserialize, Deserializer, Serializer};
        use time::Date;

        use crate::clock::{iso_day, parse_iso_day};

        pub fn serialize<S: Serializer>(day: &Option<Date>, to: S) -> Result<S::Ok, S::Error> {
            match day {
                Some(day) => to.serialize_some(&iso_day(*day)),
                None => to.serialize_none(),
            }
        }

        pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Date>, D::Error> {
            let text = Option::<String>::deserialize(from)?;
            let read = |text: String| {
                parse_iso_day(&text).ok_or_else(|| serde::de::Error::custom("not a day"))
            };
            text.map(read).transpose()
        }
    }
}
