//! 配慮: what staff should know before they call. It tells of a person's health or
//! origin, so it is sealed like every answer and shown to the clerk only.

use std::collections::BTreeSet;

use super::{CARE, Error, store};
use crate::applicant::Source;
use crate::db::Tx;
use crate::form::answers::{Answer, Value};
use crate::id::VisitId;
use crate::journal::{Journal, VisitKey};

/// Something to be considerate of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Care {
    /// 耳が聞こえない・聞こえにくい.
    Hearing,
    /// 目が見えない・見えにくい.
    Sight,
    /// 車いす.
    Wheelchair,
    /// ベビーカー・小さなお子さま.
    Stroller,
    /// Somebody who speaks this is needed.
    Interpreter(Tongue),
}

/// A language that somebody has to be fetched for: the sign language, and the mother
/// tongues of most foreign residents (在留外国人統計).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tongue {
    /// 手話.
    Sign,
    English,
    Chinese,
    Vietnamese,
    Korean,
    Filipino,
    Portuguese,
    Nepali,
    Indonesian,
    Burmese,
}

impl Care {
    /// Everything but the languages.
    pub const PLAIN: [Care; 4] = [Care::Hearing, Care::Sight, Care::Wheelchair, Care::Stroller];

    /// The name used in storage and texts: `hearing`, `interpreter_zh`.
    pub fn id(self) -> &'static str {
        match self {
            Care::Hearing => "hearing",
            Care::Sight => "sight",
            Care::Wheelchair => "wheelchair",
            Care::Stroller => "stroller",
            Care::Interpreter(tongue) => tongue.id(),
        }
    }

    /// The care of a [`Care::id`].
    pub fn from_id(id: &str) -> Option<Care> {
        let tongues = Tongue::ALL.into_iter().map(Care::Interpreter);
        Care::PLAIN.into_iter().chain(tongues).find(|care| care.id() == id)
    }
}

impl Tongue {
    /// All of them, in the order a clerk is offered them.
    pub const ALL: [Tongue; 10] = [
        Tongue::Sign,
        Tongue::English,
        Tongue::Chinese,
        Tongue::Vietnamese,
        Tongue::Korean,
        Tongue::Filipino,
        Tongue::Portuguese,
        Tongue::Nepali,
        Tongue::Indonesian,
        Tongue::Burmese,
    ];

    fn id(self) -> &'static str {
        match self {
            Tongue::Sign => "interpreter_sign",
            Tongue::English => "interpreter_en",
            Tongue::Chinese => "interpreter_zh",
            Tongue::Vietnamese => "interpreter_vi",
            Tongue::Korean => "interpreter_ko",
            Tongue::Filipino => "interpreter_fil",
            Tongue::Portuguese => "interpreter_pt",
            Tongue::Nepali => "interpreter_ne",
            Tongue::Indonesian => "interpreter_id",
            Tongue::Burmese => "interpreter_my",
        }
    }
}

/// Keeps it with the visit; nothing, where there is none.
pub(super) fn put(
    tx: &Tx<'_>,
    journal: &Journal,
    key: &VisitKey,
    (visit, care): (VisitId, &BTreeSet<Care>),
    source: Source,
) -> Result<(), Error> {
    if care.is_empty() {
        return Ok(());
    }
    let chosen = care.iter().map(|care| care.id().to_owned()).collect();
    let answer = Answer { value: Value::Choices(chosen), source };
    store::put_answer(tx, journal, key, visit, (CARE, &answer))
}
