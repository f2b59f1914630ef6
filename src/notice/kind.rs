//! The kinds of notices, and what each may say. Whether an office can do it, only the
//! office knows; what could be of no kind at all is refused before it is signed.

use serde::{Deserialize, Serialize};

use super::BODY_LEN_MAX;
use crate::id::DeviceId;

/// What an office is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 休みの日: `[[closure]]` of `appointments.toml`, in the place of those sent before.
    Closures,
    /// 手数料の表: the whole of `fees.toml`.
    Fees,
    /// 書き出しの形: the whole of `exports.toml`.
    Exports,
    /// 住民記録の列: the whole of `register.toml`.
    Register,
    /// 職員の停止: an [`Account`] that nobody signs in to any more.
    StaffDisabled,
    /// 端末の登録の取り消し: a [`Device`].
    DeviceRevoked,
}

/// Somebody's account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    pub login: String,
}

/// A tablet or a display.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Device {
    pub device: DeviceId,
}

/// It says nothing that a notice of its kind says.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrongBody {
    #[error("it is longer than {BODY_LEN_MAX} bytes")]
    TooLong,
    #[error("it is no TOML: {0}")]
    NotToml(String),
    #[error("days of rest are [[closure]] and nothing else")]
    NotClosures,
    #[error("an account is named by its login, a device by its identity")]
    NotNamed,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 6] = [
        Kind::Closures,
        Kind::Fees,
        Kind::Exports,
        Kind::Register,
        Kind::StaffDisabled,
        Kind::DeviceRevoked,
    ];

    /// The name that travels: `fees`.
    pub fn id(self) -> &'static str {
        match self {
            Kind::Closures => "closures",
            Kind::Fees => "fees",
            Kind::Exports => "exports",
            Kind::Register => "register",
            Kind::StaffDisabled => "staff_disabled",
            Kind::DeviceRevoked => "device_revoked",
        }
    }

    /// The kind of a [`Kind::id`].
    pub fn from_id(id: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.id() == id)
    }

    /// Whether `body` says what a notice of this kind says.
    ///
    /// # Errors
    /// What is wrong with it, in words for whoever wrote it.
    pub fn check(self, body: &str) -> Result<(), WrongBody> {
        if body.len() > BODY_LEN_MAX {
            return Err(WrongBody::TooLong);
        }
        match self {
            Kind::Closures => {
                let table = table(body)?;
                let is_only = table.iter().all(|(key, rows)| key == "closure" && rows.is_array());
                if is_only { Ok(()) } else { Err(WrongBody::NotClosures) }
            }
            Kind::Fees | Kind::Exports | Kind::Register => table(body).map(drop),
            Kind::StaffDisabled => {
                let named: Result<Account, _> = serde_json::from_str(body);
                named.ok().filter(|one| !one.login.is_empty()).map(drop).ok_or(WrongBody::NotNamed)
            }
            Kind::DeviceRevoked => {
                serde_json::from_str::<Device>(body).map(drop).map_err(|_| WrongBody::NotNamed)
            }
        }
    }
}

fn table(body: &str) -> Result<toml::Table, WrongBody> {
    toml::from_str(body).map_err(|error| WrongBody::NotToml(error.message().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_notice_of_a_kind_says_is_refused_before_it_is_signed() {
        let long = " ".repeat(BODY_LEN_MAX + 1);
        let device = "{\"device\":\"01a20ada-2c00-7cb9-b86b-f6c27eeb5590\"}";
        for (kind, body, is_taken) in [
            (Kind::Closures, "[[closure]]\nfrom = \"2026-12-10\"", true),
            (Kind::Closures, "", true),
            (Kind::Closures, "[calendar]\nholidays = false", false),
            (Kind::Closures, "closure = 1", false),
            (Kind::Fees, "[[fee]]\nyen = 300", true),
            (Kind::Fees, "[[fee]\nyen = 300", false),
            (Kind::Fees, long.as_str(), false),
            (Kind::StaffDisabled, "{\"login\":\"madoguchi\"}", true),
            (Kind::StaffDisabled, "{\"login\":\"\"}", false),
            (Kind::StaffDisabled, "{\"login\":\"a\",\"role\":\"clerk\"}", false),
            (Kind::DeviceRevoked, device, true),
            (Kind::DeviceRevoked, "{\"device\":\"1\"}", false),
        ] {
            assert_eq!(kind.check(body).is_ok(), is_taken, "{kind:?} {body:.40}");
        }
        for kind in Kind::ALL {
            assert_eq!(Kind::from_id(kind.id()), Some(kind));
        }
    }
}
