//! The cards of the invented residents for the unit tests of every room: no test
//! has people of its own.

use std::path::Path;

use super::{PurseCard, purses};
use crate::card::emulator::{Card, fixtures};
use crate::config::{Config, Demo};

/// The invented residents.
pub(crate) fn residents() -> Demo {
    Config::load(Path::new("kiosk-config/example")).unwrap().demo
}

/// The card of this id: `shiken-hanako.1`.
pub(crate) fn purse(id: &str) -> PurseCard {
    purses(&residents()).into_iter().find(|card| card.id == id).unwrap()
}

/// 試験　花子's マイナンバーカード, with nothing special about it.
pub(crate) fn my_number() -> Card {
    purse("shiken-hanako.1").make()
}

/// Her driver's licence.
pub(crate) fn licence() -> Card {
    purse("shiken-hanako.2").make()
}

/// Every card there is, whoever's or nobody's, by its id.
pub(crate) fn cards() -> Vec<(String, Card)> {
    let demo = residents();
    let purses = purses(&demo).into_iter().map(|card| (card.id.clone(), card.make()));
    let nobodys = fixtures::ALL.iter().map(|one| (one.id.to_owned(), (one.card)()));
    let hanako = purse("shiken-hanako.1").my_number();
    let spent = ("spent".to_owned(), fixtures::spent(hanako));
    let silent = fixtures::silent_about_its_pin(purse("shiken-hanako.2").licence());
    let silent = ("silent-about-its-pin".to_owned(), silent);
    purses.chain(nobodys).chain([spent, silent]).collect()
}
