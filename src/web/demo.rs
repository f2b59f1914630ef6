//! What the pages of the demonstration say beside the office's own words.

use super::Office;
use crate::lang::Phrases;

/// A ready account of the demonstration.
pub struct Account {
    pub role: String,
    pub login: String,
    pub password: String,
}

/// The ready accounts; none in an office.
pub fn accounts(office: &Office, words: &Phrases) -> Vec<Account> {
    let staff = office.config.demo_staff().filter(|_| office.demo);
    staff
        .map(|one| Account {
            role: words.t(&format!("desk.role.{}", one.role.id())).to_owned(),
            login: one.login.clone(),
            password: one.password.clone(),
        })
        .collect()
}
