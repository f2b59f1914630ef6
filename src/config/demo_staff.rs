//! `demo/staff.toml`: accounts that only `madoguchi demo` opens.

use serde::Deserialize;

/// An invented member of staff. The password is in the file for everyone to
/// read, so nothing but the demonstration may make such an account.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoStaff {
    /// What is typed at sign-in.
    pub login: String,
    pub name: String,
    pub role: Role,
    pub password: String,
}

/// What a member of staff may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 窓口職員.
    Clerk,
    /// 係長.
    Supervisor,
    /// 情報担当.
    Administrator,
}

/// The whole file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub staff: Vec<DemoStaff>,
}
