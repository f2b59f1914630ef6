//! What an office asks for of what the hub sends down, and the answer.

use serde::{Deserialize, Serialize};

use crate::notice::{Place, Signed};

/// "What have you for me, after this?"
pub const NOTICES: &str = "/sync/v1/notices";

/// How far an office holds what was sent to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticesQuestion {
    pub site: String,
    pub held: Option<Place>,
}

/// The next of it; nothing when there is no more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notices {
    pub notices: Vec<Signed>,
}
