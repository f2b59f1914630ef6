//! Why a code is not taken, and what of one that is taken could not be understood.

use crate::envelope::Unopened;
use crate::form::input::InputError;

/// Why nothing of a code is taken. The code of a refusal is what the clerk reads;
/// screens have a sentence for each. What is wrong with a sealed text is not told
/// more closely than that it does not open: whoever tampers learns nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A QR code of something else: an address, a ticket.
    #[error("this is not a code made on the town's page")]
    NotOurs,
    /// It begins as one, but characters are missing, wrong or too many.
    #[error("the code was not read whole")]
    Torn,
    /// Made in a way that this program does not know yet.
    #[error("the code was made in a way this counter does not know")]
    Newer,
    /// No key here opens it: too old, or made for another town.
    #[error("the code is too old, or was made for another town")]
    UnknownKey,
    /// The sender's key is not written the one way it is written.
    #[error("the code was changed")]
    NotAKey,
    /// It does not open.
    #[error("the code does not open")]
    NotOpened,
    /// Its content swells beyond what any visit is.
    #[error("the code holds more than any visit")]
    TooLarge,
    /// It opens, but what is in it is not what the page writes.
    #[error("the content of the code cannot be read")]
    Malformed,
    /// Made more than 30 days ago.
    #[error("the code has expired")]
    Expired,
    /// Made later than now: the telephone's clock is wrong.
    #[error("the code says it was made in the future")]
    FromFuture,
}

impl From<Unopened> for Refusal {
    fn from(unopened: Unopened) -> Self {
        match unopened {
            Unopened::NotAKey => Refusal::NotAKey,
            Unopened::NotOpened => Refusal::NotOpened,
        }
    }
}

impl Refusal {
    /// Every refusal there is.
    pub const ALL: [Refusal; 10] = [
        Refusal::NotOurs,
        Refusal::Torn,
        Refusal::Newer,
        Refusal::UnknownKey,
        Refusal::NotAKey,
        Refusal::NotOpened,
        Refusal::TooLarge,
        Refusal::Malformed,
        Refusal::Expired,
        Refusal::FromFuture,
    ];

    /// The stable name that the clerk reads and screens look a sentence up by.
    pub fn code(self) -> &'static str {
        match self {
            Refusal::NotOurs => "preregistration.not_ours",
            Refusal::Torn => "preregistration.torn",
            Refusal::Newer => "preregistration.newer",
            Refusal::UnknownKey => "preregistration.unknown_key",
            Refusal::NotAKey => "preregistration.not_a_key",
            Refusal::NotOpened => "preregistration.not_opened",
            Refusal::TooLarge => "preregistration.too_large",
            Refusal::Malformed => "preregistration.malformed",
            Refusal::Expired => "preregistration.expired",
            Refusal::FromFuture => "preregistration.from_future",
        }
    }
}

/// One thing that a code said and that was not understood, or that had to give way
/// to it. It is asked again or shown as "please check"; nothing is dropped in silence.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Doubt {
    /// What it is about: a procedure's id or an answer's path. `None` where not
    /// even that is known.
    pub about: Option<String>,
    #[serde(rename = "code", serialize_with = "as_code")]
    pub why: Why,
}

/// Why something was not understood, or gave way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The page asked from forms that this counter has never had.
    UnknownForms,
    /// The procedure is offered no more.
    ProcedureGone,
    /// The question is asked no more.
    QuestionGone,
    /// A number that stands for nothing.
    UnknownNumber,
    /// A value no question of this kind has.
    NotAValue,
    /// A procedure gives way to another one that is written on the same form.
    FormTaken,
    /// The question's own rules refuse it.
    Input(InputError),
}

impl Doubt {
    /// The stable name that the clerk reads and screens look a sentence up by.
    pub fn code(&self) -> &'static str {
        self.why.code()
    }
}

impl Why {
    /// Every reason that is not an entry's own.
    pub const ALL: [Why; 6] = [
        Why::UnknownForms,
        Why::ProcedureGone,
        Why::QuestionGone,
        Why::UnknownNumber,
        Why::NotAValue,
        Why::FormTaken,
    ];

    /// As [`Doubt::code`].
    pub fn code(self) -> &'static str {
        match self {
            Why::UnknownForms => "preregistration.unknown_forms",
            Why::ProcedureGone => "preregistration.procedure_gone",
            Why::QuestionGone => "preregistration.question_gone",
            Why::UnknownNumber => "preregistration.unknown_number",
            Why::NotAValue => "preregistration.not_a_value",
            Why::FormTaken => "preregistration.form_taken",
            Why::Input(error) => error.code(),
        }
    }
}

fn as_code<S: serde::Serializer>(why: &Why, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(why.code())
}
