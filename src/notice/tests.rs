//! The table of what is taken, and a line that loses, doubles and confuses.

use proptest::prelude::*;
use time::macros::datetime;

use super::*;
use crate::chance::SeededChance;

const SITE: &str = "999997/honcho";

fn series(nth: u64) -> SeriesId {
    let began = datetime!(2026-11-25 8:30 +9) + time::Duration::hours(nth.cast_signed());
    SeriesId::new(began, &SeededChance::new(nth))
}

fn key() -> SigningKey {
    SigningKey::of_the_moment(&SeededChance::new(9)).unwrap()
}

fn notice(series: SeriesId, number: u64, before: Hash) -> Notice {
    Notice {
        site: SITE.into(),
        series,
        number,
        before,
        kind: "closures".into(),
        body: String::new(),
        activate_at: None,
        sent_at: "2026-11-27T09:00:00.000+09:00".into(),
    }
}

/// So many of each series, one after the other.
fn sent(counts: &[u64]) -> Vec<Signed> {
    let mut all = Vec::new();
    for (nth, count) in (0..).zip(counts) {
        let mut before = BEGINNING;
        for number in 1..=*count {
            let signed = notice(series(nth), number, before).signed(&key()).unwrap();
            before = signed.hash();
            all.push(signed);
        }
    }
    all
}

#[test]
fn only_what_its_key_signed_for_this_office_is_read() {
    let (key, site) = (key(), SITE);
    let other = SigningKey::of_the_moment(&SeededChance::new(8)).unwrap();
    let (trusted, elsewhere) = ([key.public().unwrap()], [other.public().unwrap()]);
    let one = notice(series(0), 1, BEGINNING);
    let signed = one.signed(&key).unwrap();
    assert_eq!(signed.open(site, &trusted), Ok(one));
    assert!(signed.open(site, &[elsewhere[0], trusted[0]]).is_ok(), "one of several");
    assert_eq!(signed.open(site, &elsewhere), Err(Refused::Signature));
    assert_eq!(signed.open(site, &[]), Err(Refused::Signature));
    assert_eq!(signed.open("999997/higashi", &trusted), Err(Refused::OtherOffice));
    let touched = Signed { text: signed.text.replace("closures", "closurez"), ..signed.clone() };
    assert_eq!(touched.open(site, &trusted), Err(Refused::Signature));
    let strange = Signed { signature: key.sign(&super::signed("{}")).unwrap(), text: "{}".into() };
    assert_eq!(strange.open(site, &trusted), Err(Refused::Unreadable));
}

#[test]
fn the_next_is_taken_and_nothing_else() {
    let (old, new) = (series(0), series(1));
    let (held, first) = ([5; 32], [1; 32]);
    let place = Place { series: old, number: 5, hash: held };
    let hash_at = |series: SeriesId, number: u64| match (series == old, number) {
        (true, 5) => Some(held),
        (true, 1..=4) => Some(first),
        _ => None,
    };
    for (name, notice, hash, expected) in [
        ("the next", notice(old, 6, held), [6; 32], Ok(Follows::Next)),
        ("it again", notice(old, 5, first), held, Ok(Follows::Known)),
        ("an older one again", notice(old, 2, first), first, Ok(Follows::Known)),
        ("one is missing", notice(old, 7, held), [7; 32], Err(Refused::Gap)),
        ("the next of another past", notice(old, 6, first), [6; 32], Err(Refused::Parted)),
        ("another in its place", notice(old, 5, first), [9; 32], Err(Refused::Parted)),
        ("a later series", notice(new, 1, BEGINNING), [6; 32], Ok(Follows::Next)),
        ("not from its beginning", notice(new, 2, held), [6; 32], Err(Refused::Gap)),
        ("hung on another", notice(new, 1, held), [6; 32], Err(Refused::Parted)),
        ("number nothing", notice(old, 0, BEGINNING), [6; 32], Err(Refused::Parted)),
    ] {
        assert_eq!(follows(Some(&place), hash_at, &notice, &hash), expected, "{name}");
    }
    let later = Place { series: new, number: 1, hash: held };
    let over = notice(old, 6, held);
    assert_eq!(follows(Some(&later), hash_at, &over, &[6; 32]), Err(Refused::Parted));
    let nothing = |_, _| None;
    let first = notice(old, 1, BEGINNING);
    assert_eq!(follows(None, nothing, &first, &[6; 32]), Ok(Follows::Next));
    assert_eq!(follows(None, nothing, &notice(old, 2, held), &[6; 32]), Err(Refused::Gap));
}

/// A counter, and what it has done.
#[derive(Clone, Default)]
struct Counter {
    held: Vec<(SeriesId, u64, Hash)>,
}

impl Counter {
    fn place(&self) -> Option<Place> {
        let (series, number, hash) = *self.held.last()?;
        Some(Place { series, number, hash })
    }

    fn hears(&mut self, answer: &[Signed]) {
        let trusted = [key().public().unwrap()];
        for signed in answer {
            let notice = signed.open(SITE, &trusted).unwrap();
            let hash_at = |series, number| {
                let is = |one: &&(SeriesId, u64, Hash)| (one.0, one.1) == (series, number);
                self.held.iter().find(is).map(|one| one.2)
            };
            match follows(self.place().as_ref(), hash_at, &notice, &signed.hash()) {
                Ok(Follows::Next) => self.held.push((notice.series, notice.number, signed.hash())),
                Ok(Follows::Known) => {}
                Err(_) => return,
            }
        }
    }
}

/// What the hub answers to whoever holds the notices up to `place`.
fn answer(all: &[Signed], place: Option<Place>, most: usize) -> Vec<Signed> {
    let trusted = [key().public().unwrap()];
    let is_after = |signed: &&Signed| {
        let one = signed.open(SITE, &trusted).unwrap();
        place.is_none_or(|held| (one.series, one.number) > (held.series, held.number))
    };
    all.iter().filter(is_after).take(most).cloned().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]
    #[test]
    fn over_a_line_that_loses_doubles_and_confuses_everything_is_taken_once_and_in_order(
        counts in proptest::collection::vec(1_u64..6, 1..4),
        steps in proptest::collection::vec((0_u8..6, 0_usize..8, 1_usize..4), 0..40),
    ) {
        let all = sent(&counts);
        let (mut counter, mut copy) = (Counter::default(), Counter::default());
        let mut late: Vec<Vec<Signed>> = Vec::new();
        for (what, which, most) in steps {
            let asked = answer(&all, counter.place(), most);
            match what {
                // It arrives; is lost; comes late; comes twice; comes upside down.
                0 | 1 => counter.hears(&asked),
                2 => late.push(asked),
                3 => {
                    if let Some(old) = late.get(which % late.len().max(1)).cloned() {
                        counter.hears(&old);
                        counter.hears(&old);
                    }
                }
                4 => counter.hears(&asked.into_iter().rev().collect::<Vec<_>>()),
                // The counter is set back to what it was.
                _ if which == 0 => counter = copy.clone(),
                _ => copy = counter.clone(),
            }
            let mut seen = counter.held.clone();
            seen.sort_unstable_by_key(|one| (one.0, one.1));
            seen.dedup();
            prop_assert_eq!(&seen, &counter.held, "in order, each once");
        }
        for _ in 0..=all.len() {
            let rest = answer(&all, counter.place(), 2);
            counter.hears(&rest);
        }
        let hashes: Vec<Hash> = all.iter().map(Signed::hash).collect();
        prop_assert_eq!(counter.held.iter().map(|one| one.2).collect::<Vec<_>>(), hashes);
    }
}
