//! An entry of the ledger (仕訳): what moved, from where to where. Built whole and
//! balanced, and never changed.

use serde::{Deserialize, Serialize};
use time::Date;

use super::charge::{Charge, day};
use super::tender::{Back, Slip, Tender};
use super::{Error, Reason};
use crate::clock::{self, Moment};
use crate::id::{EntryId, PaymentId};
use crate::yen::Yen;

/// What an entry is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Payment,
    /// 取消.
    Void,
    /// 還付.
    Refund,
    /// 現金過不足: what was counted is not what should be there.
    Difference,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 4] = [Kind::Payment, Kind::Void, Kind::Refund, Kind::Difference];

    /// The name used in storage: `refund`.
    pub fn id(self) -> &'static str {
        match self {
            Kind::Payment => "payment",
            Kind::Void => "void",
            Kind::Refund => "refund",
            Kind::Difference => "difference",
        }
    }

    /// The kind of a [`Kind::id`].
    pub fn from_id(id: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.id() == id)
    }
}

/// 借方・貸方.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    Debit,
    Credit,
}

impl Side {
    /// The name used in storage: `debit`.
    pub fn id(self) -> &'static str {
        match self {
            Side::Debit => "debit",
            Side::Credit => "credit",
        }
    }

    /// The side of a [`Side::id`].
    pub fn from_id(id: &str) -> Option<Side> {
        [Side::Debit, Side::Credit].into_iter().find(|side| side.id() == id)
    }

    fn other(self) -> Side {
        match self {
            Side::Debit => Side::Credit,
            Side::Credit => Side::Debit,
        }
    }
}

/// One side of an entry. Always above nothing: the sign is the side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posting {
    /// `revenue:03-01`, `cash:2`, `credit:visa`, `later`, `over_short`.
    pub account: String,
    pub side: Side,
    pub amount: Yen,
}

impl Posting {
    /// In yen above or below nothing: what comes to an account is above.
    pub fn signed(&self) -> i64 {
        match self.side {
            Side::Debit => i64::from(self.amount.0),
            Side::Credit => -i64::from(self.amount.0),
        }
    }
}

/// The account of differences in the cash.
pub const OVER_SHORT: &str = "over_short";

/// The account of the cash at a counter.
pub fn cash_at(counter: u32) -> String {
    format!("cash:{counter}")
}

/// How an account of revenue begins.
pub const REVENUE: &str = "revenue:";

/// The account a tender is booked on.
fn account(tender: Tender, counter: u32, slip: Option<&Slip>) -> Result<String, Error> {
    match (tender, slip) {
        (Tender::Cash { .. }, None) => Ok(cash_at(counter)),
        (Tender::Later, None) => Ok("later".to_owned()),
        (tender, Some(slip)) if tender.is_cashless() => {
            Ok(format!("{}:{}", tender.id(), slip.brand))
        }
        _ => Err(Error::NoSlip),
    }
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub id: EntryId,
    #[serde(with = "day")]
    pub day: Date,
    /// Counted each day; stands on the receipt.
    pub number: u32,
    pub kind: Kind,
    pub payment: Option<PaymentId>,
    pub reverses: Option<EntryId>,
    /// The closed day it belongs to, where it comes late.
    #[serde(with = "day::maybe")]
    pub concerns: Option<Date>,
    pub reason: Option<Reason>,
    pub counter: u32,
    #[serde(with = "clock::kept")]
    pub at: Moment,
    pub postings: Vec<Posting>,
}

impl Entry {
    /// 収納番号: what a receipt bears, and somebody finds it again by.
    pub fn receipt_number(&self) -> String {
        format!("{}-{}", clock::iso_day(self.day), self.number)
    }

    /// What a payment moves: the whole fee is revenue, item by item, and one tender has
    /// it all.
    ///
    /// # Errors
    /// [`Error::NoSlip`] where a terminal's slip is lacking, or there is one for cash.
    pub(super) fn postings_of(
        charge: &Charge,
        (tender, counter, slip): (Tender, u32, Option<&Slip>),
    ) -> Result<Vec<Posting>, Error> {
        let account = account(tender, counter, slip)?;
        let taken = Posting { account, side: Side::Debit, amount: charge.total };
        let revenue = charge.by_item().into_iter().map(|(item, amount)| Posting {
            account: format!("{REVENUE}{item}"),
            side: Side::Credit,
            amount,
        });
        Ok(std::iter::once(taken).chain(revenue).collect())
    }

    /// Everything of it the other way round.
    pub(super) fn reversed(&self) -> Vec<Posting> {
        let turned = |posting: &Posting| Posting { side: posting.side.other(), ..posting.clone() };
        self.postings.iter().map(turned).collect()
    }

    /// What gives back so much of each item.
    pub(super) fn postings_back(
        &self,
        items: &[(String, Yen)],
        (back, counter): (Back, u32),
    ) -> Result<Vec<Posting>, Error> {
        let amount = Yen::total(items.iter().map(|(_, amount)| *amount)).ok_or(Error::TooMuch)?;
        let paid = self.postings.iter().find(|posting| posting.side == Side::Debit);
        let account = match back {
            Back::Cash => cash_at(counter),
            // Cash goes back out of the drawer it is taken from now.
            Back::Same => match paid.map(|posting| posting.account.as_str()) {
                Some(account) if !account.starts_with("cash:") => account.to_owned(),
                _ => cash_at(counter),
            },
        };
        let revenue = items.iter().map(|(item, amount)| Posting {
            account: format!("{REVENUE}{item}"),
            side: Side::Debit,
            amount: *amount,
        });
        let given = Posting { account, side: Side::Credit, amount };
        Ok(revenue.chain(std::iter::once(given)).collect())
    }
}

/// What puts a difference between the cash that was counted and what should be there
/// into the books; nothing where there is none.
///
/// # Errors
/// [`Error::TooMuch`].
pub(super) fn difference(
    counter: u32,
    counted: i64,
    expected: i64,
) -> Result<Option<Vec<Posting>>, Error> {
    let amount = counted.checked_sub(expected).ok_or(Error::TooMuch)?.unsigned_abs();
    let amount = u32::try_from(amount).map(Yen).map_err(|_| Error::TooMuch)?;
    let (cash, other) = match counted > expected {
        true => (Side::Debit, Side::Credit),
        false => (Side::Credit, Side::Debit),
    };
    let posting = |account: String, side| Posting { account, side, amount };
    let postings = vec![posting(cash_at(counter), cash), posting(OVER_SHORT.to_owned(), other)];
    Ok((amount > Yen(0)).then_some(postings))
}
