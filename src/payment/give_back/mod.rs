//! Money that goes back through the terminal that took it (端末での取消・返金).
//!
//! It is asked for like a payment: what is wanted is on the disk before the terminal is
//! touched, and a silent terminal leaves it unknown, to be found out once. Until then
//! nothing else of that payment goes back. Only what the terminal says that it gave moves
//! money; where the day of the payment is over by then, it is a refund.

mod acts;
pub(super) mod store;

use serde::{Deserialize, Serialize};
use time::Date;

use super::charge::day;
use super::entry::Kind;
use super::state::State;
use super::{Reason, Slip, Step};
use crate::clock::{self, Moment};
use crate::id::{GiveBackId, PaymentId};
use crate::yen::Yen;

pub(super) use acts::{ASKED, TOLD, left_alone, refuse_while_open};
pub use acts::{Wanted, begin, settle};
pub use store::{at_terminal, get, of_payment, open};

/// One attempt to give money back through the terminal of its payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GiveBack {
    pub id: GiveBackId,
    pub payment: PaymentId,
    /// 取消 or 還付.
    pub kind: Kind,
    /// The business day it was asked for on.
    #[serde(with = "day")]
    pub day: Date,
    pub amount: Yen,
    /// How much of each item of revenue.
    pub items: Vec<(String, Yen)>,
    pub reason: Reason,
    pub counter: u32,
    #[serde(with = "clock::kept")]
    pub begun_at: Moment,
    /// What became of it, in the states of a payment: authorised is given. Never empty.
    pub steps: Vec<Step>,
}

impl GiveBack {
    /// Where it stands.
    pub fn state(&self) -> State {
        self.steps.last().map_or(State::Started, |step| step.state)
    }

    /// What the terminal's slip says, once it was given.
    pub fn slip(&self) -> Option<&Slip> {
        self.steps.iter().find_map(|step| step.slip.as_ref())
    }
}
