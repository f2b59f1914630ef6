//! The cards that are laid down: those of the example town's residents, and nobody's.

use std::path::Path;

use madoguchi::card::emulator::{Card, fixtures};
use madoguchi::config::Config;
use madoguchi::demo::{self, PurseCard};

/// A resident's card, by its id: `shiken-hanako.1`.
pub fn purse(id: &str) -> PurseCard {
    let demo = Config::load(Path::new("kiosk-config/example")).unwrap().demo;
    demo::purses(&demo).into_iter().find(|card| card.id == id).unwrap()
}

/// 試験　花子's マイナンバーカード; its PIN is `1234`.
pub fn my_number() -> Card {
    purse("shiken-hanako.1").make()
}

/// Her driver's licence; its PIN is `5678`.
pub fn licence() -> Card {
    purse("shiken-hanako.2").make()
}

/// The card of this id, whoever's or nobody's.
pub fn card(id: &str) -> Card {
    match id {
        "spent" => fixtures::spent(purse("shiken-hanako.1").my_number()),
        "silent-about-its-pin" => {
            fixtures::silent_about_its_pin(purse("shiken-hanako.2").licence())
        }
        _ => fixtures::by_id(id).map_or_else(|| purse(id).make(), |nobodys| (nobodys.card)()),
    }
}
