//! One thing that a terminal is asked for: a payment, or money back of one. What differs
//! between the two stands here; asking, looking up and noting are the same for both.

use std::sync::Arc;

use super::{Remark, Terminals, held};
use crate::clock::Moment;
use crate::config::Cashless;
use crate::db::{Connection, Tx};
use crate::id::RequestId;
use crate::journal::Journal;
use crate::payment::{self, GiveBack, Outcome, Payment, Slip, State};
use crate::terminal::{Asked, Said, Terminal, What};
use crate::visit::{self, Counter, cashless, give_back};

/// A payment, or what goes back of one.
#[derive(Clone)]
pub(in crate::web) enum Errand {
    Pay(Payment),
    GiveBack(GiveBack, Payment),
}

impl Errand {
    /// What goes back, with its payment.
    ///
    /// # Errors
    /// Faults of storage.
    pub fn of_back(look: &Connection, back: GiveBack) -> Result<Errand, payment::Error> {
        let paid = payment::get(look, back.payment)?.ok_or(payment::Error::NoSuchPayment)?;
        Ok(Errand::GiveBack(back, paid))
    }

    /// Everything that nobody knows yet.
    pub(super) fn open(look: &Connection) -> Result<Vec<Errand>, payment::Error> {
        let mut all: Vec<Errand> = payment::open(look)?.into_iter().map(Errand::Pay).collect();
        for back in payment::give_back::open(look)? {
            all.push(Errand::of_back(look, back)?);
        }
        Ok(all)
    }

    pub fn id(&self) -> RequestId {
        match self {
            Errand::Pay(payment) => payment.id.into(),
            Errand::GiveBack(back, _) => back.id.into(),
        }
    }

    pub fn begun_at(&self) -> Moment {
        match self {
            Errand::Pay(payment) => payment.begun_at,
            Errand::GiveBack(back, _) => back.begun_at,
        }
    }

    /// Where it stood when it was read.
    pub fn state(&self) -> State {
        match self {
            Errand::Pay(payment) => payment.state(),
            Errand::GiveBack(back, _) => back.state(),
        }
    }

    /// Where it stands now.
    pub(super) fn state_now(&self, look: &Connection) -> Result<State, payment::Error> {
        let state = match self {
            Errand::Pay(one) => payment::get(look, one.id)?.map(|one| one.state()),
            Errand::GiveBack(one, _) => {
                payment::give_back::get(look, one.id)?.map(|one| one.state())
            }
        };
        state.ok_or(payment::Error::NoSuchPayment)
    }

    fn payment(&self) -> &Payment {
        match self {
            Errand::Pay(payment) | Errand::GiveBack(_, payment) => payment,
        }
    }

    /// The terminal it is for, and what that is asked.
    pub(super) fn asked(
        &self,
        terminals: &Terminals,
        cashless: &Cashless,
    ) -> Option<(Arc<dyn Terminal>, Asked)> {
        let at = self.payment().at.as_ref()?;
        let (amount, what) = match self {
            Errand::Pay(payment) => {
                let brand = at.brand.as_deref().and_then(|brand| cashless.brand(brand));
                let brand = brand.map(|brand| brand.code().to_owned());
                (payment.amount, What::Pay { means: payment.tender.means()?, brand })
            }
            Errand::GiveBack(back, payment) => {
                (back.amount, What::GiveBack { of: payment.id.into() })
            }
        };
        let asked = Asked { key: self.id(), amount, what };
        Some((held(&terminals.there).get(&at.terminal)?.clone(), asked))
    }

    /// What the terminal said, as it is booked. A brand nobody knows is for a clerk to
    /// look at.
    pub(super) fn understood(&self, cashless: &Cashless, said: Said) -> (Outcome, Option<Remark>) {
        let mut why = Remark::StrangeBrand;
        let slip = match (self, said) {
            (_, Said::Refused(why)) => return (Outcome::Declined, Some(Remark::Refused(why))),
            (Errand::GiveBack(_, paid), Said::Given(number)) => give_back::slip(paid, number),
            (Errand::Pay(payment), Said::Taken(taken)) => {
                let brand = cashless.brand_called(&taken.brand);
                if brand.is_some() {
                    why = Remark::OtherMeans;
                }
                let brand = brand.filter(|brand| Some(brand.means) == payment.tender.means());
                brand.zip(payment.at.as_ref()).map(|(brand, at)| Slip {
                    brand: brand.id.clone(),
                    acquirer: brand.acquirer.clone(),
                    terminal: at.terminal.clone(),
                    number: taken.slip,
                })
            }
            // No answer to this question; a terminal lets nobody see it.
            _ => None,
        };
        match slip {
            Some(slip) => (Outcome::Authorised(Some(slip)), None),
            None => (Outcome::Unknown, Some(why)),
        }
    }

    /// Notes an outcome in the books.
    pub(super) fn heard(
        &self,
        tx: &Tx<'_>,
        (journal, counter): (&Journal, Counter<'_>),
        outcome: &Outcome,
    ) -> Result<State, visit::Error> {
        Ok(match self {
            Errand::Pay(one) => cashless::heard(tx, journal, counter, (one.id, outcome))?.state(),
            Errand::GiveBack(one, _) => give_back::heard(tx, journal, (one.id, outcome))?.state(),
        })
    }
}
