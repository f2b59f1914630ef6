//! Keys of visits (ADR 15): with one of them the hub reads what was entered on one visit.
//! They come beside the journal, sealed for the hub alone, lie here wrapped by a key that
//! is in no database, and go when the office has erased its own and the hub's own days are
//! over. What was erased stays erased, whatever comes late.

use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::{Error, Hub, Office};
use crate::chance::Chance;
use crate::clock::{Moment, rfc3339};
use crate::envelope::{PrivateKey, PublicKey};
use crate::id::VisitId;
use crate::journal::{OfficeKey, VisitKey};
use crate::wire::{Keys, KeysHeard};

/// The hub's own key, in a file of its own: what wraps the visits' keys, and what offices
/// seal them for, follow from it.
pub struct HubKey {
    wraps: OfficeKey,
    opens: PrivateKey,
    id: [u8; 16],
}

impl HubKey {
    /// Reads the key's file; makes one, readable by its owner only, when `may_create` and
    /// there is none.
    ///
    /// # Errors
    /// The file is missing, cannot be read, or is no key.
    pub fn load(path: &Path, may_create: bool, chance: &dyn Chance) -> Result<Self, Error> {
        Ok(Self::of(OfficeKey::load(path, may_create, chance)?))
    }

    /// What follows from these 32 bytes.
    pub fn of(wraps: OfficeKey) -> Self {
        // One in four thousand million is no key of the curve: the next is taken.
        let nth = |nth: u32| wraps.secret_of("keys for the hub", &nth.to_string());
        let opens = (0..).find_map(|at| PrivateKey::from_bytes(&nth(at)));
        // There are as many as there are numbers.
        let opens = opens.expect("some number gives a key");
        let mut id = [0; 16];
        id.copy_from_slice(&Sha256::digest(opens.public().to_bytes())[..16]);
        Self { wraps, opens, id }
    }

    fn public(&self) -> PublicKey {
        self.opens.public()
    }
}

impl std::fmt::Debug for HubKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HubKey(…)")
    }
}

/// A hub that keeps keys, and for how many days after the office let go of them.
#[derive(Clone, Debug)]
pub(super) struct Keeping {
    key: Arc<HubKey>,
    days: u32,
}

/// Whether what was entered on a visit can be read here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// It can.
    Here,
    /// This hub keeps no keys: it was started without its own.
    NotKept,
    /// The office has not sent it: it does not want to, or not yet.
    NotCome,
    /// It was erased, with what was entered.
    Erased,
    /// Another key of the hub's wraps it.
    OtherKey,
}

/// Erases keys that their offices have let go of.
const ERASE: &str = "
  update visit_key set wrapped = null, wrapped_by = null, erased_at = now()
  where wrapped is not null and let_go_at is not null";

impl Hub {
    /// The same hub, which keeps visits' keys, each for `days` after its office has erased
    /// its own.
    pub fn keeping(self, key: HubKey, days: u32) -> Self {
        Self { keys: Some(Keeping { key: Arc::new(key), days }), ..self }
    }

    /// Takes an office's keys, and notes which of them it has erased. Sent twice or late it
    /// changes nothing.
    ///
    /// # Errors
    /// Faults of PostgreSQL.
    pub async fn take_keys(
        &self,
        office: &Office,
        keys: &Keys,
        chance: &dyn Chance,
    ) -> Result<KeysHeard, Error> {
        let to = self.keys.as_ref().map(|keeping| keeping.key.public());
        let mut heard = KeysHeard::new(self.incarnation, to.as_ref());
        let mut client = self.pool.get().await?;
        let tx = client.transaction().await?;
        let Office { municipality, name } = office;
        // What does not open was sealed for a key that this hub no longer has: the answer
        // names the one it has.
        let opened = self.keys.as_ref().and_then(|keeping| {
            let opened = keys.open(&keeping.key.opens).ok()?;
            Some((keeping, opened))
        });
        if let Some((keeping, opened)) = opened {
            let insert = tx
                .prepare_cached(
                    "insert into visit_key (municipality, office, visit, wrapped, wrapped_by)
                     values ($1, $2, $3::text::uuid, $4, $5)
                     on conflict (municipality, office, visit) do update
                     set wrapped = excluded.wrapped, wrapped_by = excluded.wrapped_by
                     where visit_key.let_go_at is null
                       and visit_key.wrapped_by is distinct from excluded.wrapped_by",
                )
                .await?;
            for (visit, key) in opened {
                let place = place(office, visit);
                let wrapped = keeping.key.wraps.wrap(chance, &place, &key);
                let (id, by) = (visit.to_string(), keeping.key.id.as_slice());
                tx.execute(&insert, &[municipality, name, &id, &wrapped, &by]).await?;
                heard.has.push(visit);
            }
        }
        let let_go = tx
            .prepare_cached(
                "insert into visit_key (municipality, office, visit, let_go_at, erased_at)
                 values ($1, $2, $3::text::uuid, now(), now())
                 on conflict (municipality, office, visit) do update
                 set let_go_at = coalesce(visit_key.let_go_at, now())",
            )
            .await?;
        for visit in &keys.erased {
            tx.execute(&let_go, &[municipality, name, &visit.to_string()]).await?;
            heard.erased.push(*visit);
        }
        // Whoever keeps them no longer does not wait for the broom.
        if self.keys.as_ref().is_some_and(|keeping| keeping.days == 0) {
            let erase = format!("{ERASE} and municipality = $1 and office = $2");
            tx.execute(&erase, &[municipality, name]).await?;
        }
        tx.commit().await?;
        Ok(heard)
    }

    /// Erases every key whose days are over; how many.
    ///
    /// # Errors
    /// Faults of PostgreSQL.
    pub async fn erase_keys(&self, now: Moment) -> Result<u64, Error> {
        let Some(Keeping { days, .. }) = self.keys else { return Ok(0) };
        let before = rfc3339(now - time::Duration::days(days.into()));
        let client = self.pool.get().await?;
        let erased = client
            .execute(&format!("{ERASE} and let_go_at <= $1::text::timestamptz"), &[&before])
            .await?;
        Ok(erased)
    }
}

/// What a key's bytes are bound to: they open in no other row.
fn place(office: &Office, visit: VisitId) -> String {
    format!("visit_key/{}/{}/{visit}", office.municipality, office.name)
}

/// The key of a row with `wrapped`, `wrapped_by`, whether it was erased; or why there is
/// none. A row that is not there has nothing of all that.
pub(super) fn key_of(
    keeping: Option<&Keeping>,
    (office, visit): (&Office, VisitId),
    (wrapped, by, is_erased): (Option<Vec<u8>>, Option<Vec<u8>>, Option<bool>),
) -> Result<VisitKey, KeyState> {
    if is_erased == Some(true) {
        return Err(KeyState::Erased);
    }
    let Keeping { key, .. } = keeping.ok_or(KeyState::NotKept)?;
    let (wrapped, by) = wrapped.zip(by).ok_or(KeyState::NotCome)?;
    if by != key.id {
        return Err(KeyState::OtherKey);
    }
    key.wraps.unwrapped(&place(office, visit), &wrapped).map_err(|_| KeyState::OtherKey)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::chance::SeededChance;

    #[test]
    fn a_wrapped_key_opens_for_its_hub_in_its_row_alone_and_else_says_why_it_does_not() {
        let chance = SeededChance::new(1);
        let hub = || HubKey::of(OfficeKey::generate(&SeededChance::new(2)));
        let keeping = |key| Keeping { key: Arc::new(key), days: 0 };
        let (own, office) = (hub(), "999997/honcho".parse::<Office>().unwrap());
        let visit = VisitId::new(datetime!(2026-11-25 9:00 +9), &chance);
        let key = VisitKey::of([7; 32]);
        let wrapped = Some(own.wraps.wrap(&chance, &place(&office, visit), &key));
        let by = Some(own.id.to_vec());
        let other = HubKey::of(OfficeKey::generate(&SeededChance::new(3)));
        let (own, other) = (keeping(own), keeping(other));
        let row = (wrapped.clone(), by.clone(), Some(false));
        let opened = key_of(Some(&own), (&office, visit), row.clone());
        assert_eq!(opened.ok().map(|key| *key.exposed()), Some([7; 32]));
        // The same file, read again.
        assert!(key_of(Some(&keeping(hub())), (&office, visit), row.clone()).is_ok());
        let elsewhere = "999997/higashi".parse::<Office>().unwrap();
        for (keeping, office, row, why) in [
            (None, &office, row.clone(), KeyState::NotKept),
            (Some(&other), &office, row.clone(), KeyState::OtherKey),
            (Some(&own), &elsewhere, row, KeyState::OtherKey),
            (Some(&own), &office, (None, None, None), KeyState::NotCome),
            (Some(&own), &office, (None, None, Some(true)), KeyState::Erased),
            (None, &office, (None, None, Some(true)), KeyState::Erased),
        ] {
            assert_eq!(key_of(keeping, (office, visit), row).err(), Some(why));
        }
    }
}
