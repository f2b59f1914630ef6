//! Passwords and their hashes.
//!
//! argon2id with 19 MiB and two passes: about a tenth of a second, so callers
//! run it off the threads that answer requests. Length is the only rule; rules
//! of composition make people write passwords down.

use argon2::password_hash::phc;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::Error;
use crate::chance::{self, Chance};

const CHARS_MIN: usize = 10;
/// Far above any pass phrase; it only bounds the work a request can ask for.
const CHARS_MAX: usize = 200;

/// OWASP's smallest recommended setting that fits a counter with two cores.
fn hasher() -> Argon2<'static> {
    let params = Params::new(19 * 1024, 2, 1, Some(32)).expect("these parameters are in range");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// The same keys give the same password in the Japanese input's full-width mode.
fn normal(text: &str) -> Zeroizing<String> {
    Zeroizing::new(text.nfkc().collect())
}

/// A password that keeps the rules. Cleared from memory when dropped.
pub struct NewPassword(Zeroizing<String>);

impl NewPassword {
    /// Checks the rules.
    ///
    /// # Errors
    /// [`Error::PasswordTooShort`], [`Error::PasswordTooLong`], or
    /// [`Error::PasswordIsLogin`].
    pub fn new(text: &str, login: &str) -> Result<Self, Error> {
        let password = normal(text);
        let chars = password.chars().count();
        if chars < CHARS_MIN {
            return Err(Error::PasswordTooShort { min: CHARS_MIN });
        }
        if chars > CHARS_MAX {
            return Err(Error::PasswordTooLong { max: CHARS_MAX });
        }
        if password.eq_ignore_ascii_case(login.trim()) {
            return Err(Error::PasswordIsLogin);
        }
        Ok(Self(password))
    }

    /// Checks the rules, and that it is not the password it replaces.
    ///
    /// # Errors
    /// As [`NewPassword::new`], and [`Error::PasswordUnchanged`].
    pub fn instead_of(present: &str, text: &str, login: &str) -> Result<Self, Error> {
        let password = Self::new(text, login)?;
        if password.0 == normal(present) {
            return Err(Error::PasswordUnchanged);
        }
        Ok(password)
    }

    /// Hashes with a fresh salt. Slow.
    pub fn hash(&self, chance: &dyn Chance) -> PasswordHash {
        let salt: [u8; 16] = chance::bytes(chance);
        let hash: phc::PasswordHash = hasher()
            .hash_password_with_salt(self.0.as_bytes(), &salt)
            .expect("a short password and a 16-byte salt can be hashed");
        PasswordHash(hash.to_string())
    }
}

/// An argon2id hash in the PHC form `$argon2id$v=19$m=19456,t=2,p=1$…`.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// A hash of no known password, so that an unknown login takes as long to
    /// refuse as a known one.
    pub fn decoy() -> Self {
        Self(
            "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGhhcyB0aGlz\
             $MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA"
                .to_owned(),
        )
    }

    /// Takes a hash from storage.
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The PHC form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `text` is the password. Slow, whatever the answer is.
    pub fn matches(&self, text: &str) -> bool {
        if text.chars().count() > CHARS_MAX {
            return false;
        }
        phc::PasswordHash::new(&self.0)
            .is_ok_and(|hash| hasher().verify_password(normal(text).as_bytes(), &hash).is_ok())
    }
}

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::SeededChance;

    fn hash_of(text: &str, seed: u64) -> PasswordHash {
        NewPassword::new(text, "hanako").unwrap().hash(&SeededChance::new(seed))
    }

    #[test]
    fn a_password_matches_its_own_hash_only() {
        let hash = hash_of("correct horse battery", 1);
        assert!(hash.matches("correct horse battery"));
        assert!(hash.matches("ｃｏｒｒｅｃｔ horse battery"), "typed in full width");
        assert!(!hash.matches("correct horse batterz"));
        assert!(!hash.matches(&"x".repeat(201)));
    }

    #[test]
    fn the_parameters_are_in_the_hash_and_the_salt_makes_two_of_one_password() {
        let (one, other) =
            (hash_of("correct horse battery", 1), hash_of("correct horse battery", 2));
        assert!(one.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", one.as_str());
        assert_ne!(one, other);
    }

    #[test]
    fn the_decoy_costs_what_a_real_hash_costs() {
        let decoy = PasswordHash::decoy();
        let real = hash_of("correct horse battery", 1);
        let parameters =
            |hash: &PasswordHash| phc::PasswordHash::new(hash.as_str()).unwrap().params;
        assert_eq!(parameters(&decoy), parameters(&real));
        assert!(!decoy.matches("correct horse battery"));
    }

    #[test]
    fn length_is_the_only_rule() {
        let new = |text: &str| NewPassword::new(text, "long.login.name").map(|_| ());
        assert!(new("aaaaaaaaaa").is_ok());
        assert!(new("あいうえおかきくけこ").is_ok());
        assert!(matches!(new("Aa1!Aa1!9"), Err(Error::PasswordTooShort { min: 10 })));
        assert!(matches!(new(&"x".repeat(201)), Err(Error::PasswordTooLong { max: 200 })));
        assert!(matches!(new("LONG.login.name"), Err(Error::PasswordIsLogin)));
        let again = NewPassword::instead_of("aaaaaaaaaa", "ａａａａａａａａａａ", "hanako");
        assert!(matches!(again, Err(Error::PasswordUnchanged)));
    }
}
