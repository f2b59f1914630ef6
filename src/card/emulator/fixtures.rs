//! The cards that tests and the demonstration lay on the reader. Everybody lives
//! in 見本県みほん町, which does not exist, or comes from ○○県架空市.
//!
//! The PIN is `1234` wherever there is one, 照合番号B as stated.

use crate::text::{Piece, Text};

use super::persona::{self, Change, Licence, MyNumber};
use super::{Card, Faults};

/// A card with a name of its own.
#[derive(Clone, Copy)]
pub struct Fixture {
    /// Stable, for command lines and URLs.
    pub id: &'static str,
    /// What is special about it, for people.
    pub title: &'static str,
    /// Makes a new card, counters and all.
    pub card: fn() -> Card,
}

/// Every card of a person or kind. Cards with faults are made of them by
/// [`removed_at`] and its neighbours.
pub const ALL: &[Fixture] = &[
    Fixture { id: "my-number", title: "マイナンバーカード", card: my_number },
    Fixture { id: "my-number-long-address", title: "長い住所", card: long_address },
    Fixture {
        id: "my-number-rare-name", title: "異体字と追加漢字の氏名", card: rare_name
    },
    Fixture { id: "my-number-blocked", title: "暗証番号がロック済み", card: blocked },
    Fixture { id: "my-number-one-try", title: "暗証番号の残りが1回", card: one_try_left },
    Fixture {
        id: "my-number-face", title: "顔認証マイナンバーカード", card: face_only
    },
    Fixture { id: "licence", title: "運転免許証", card: licence },
    Fixture {
        id: "licence-gaiji", title: "外字と欠字のある免許証", card: licence_with_gaiji
    },
    Fixture {
        id: "licence-changed", title: "氏名と住所を変更した免許証", card: licence_changed
    },
    Fixture {
        id: "licence-no-pin",
        title: "暗証番号を設定していない免許証",
        card: licence_without_pin,
    },
    Fixture {
        id: "licence-silent-setting",
        title: "暗証番号の有無が読めない免許証",
        card: licence_that_does_not_say,
    },
    Fixture { id: "residence-card", title: "在留カード", card: residence_card },
    Fixture { id: "passport", title: "パスポート", card: passport },
    Fixture { id: "phone", title: "スマートフォン", card: phone },
    Fixture { id: "unknown", title: "その他のカード", card: unknown },
    Fixture { id: "felica", title: "その他のカード (交通系など)", card: felica },
];

/// The fixture of that id.
pub fn by_id(id: &str) -> Option<&'static Fixture> {
    ALL.iter().find(|fixture| fixture.id == id)
}

/// 試験　花子, with a short address.
pub fn person() -> MyNumber {
    MyNumber {
        name: "試験　花子".to_owned(),
        address: "見本県みほん町本町１－２".to_owned(),
        birth_date: "19850401".to_owned(),
        sex: '2',
        pin: "1234".to_owned(),
        pin_tries_left: 3,
        number_b: "60040120351111".to_owned(),
        number_b_tries_left: 10,
    }
}

/// A マイナンバーカード of 54 bytes of text: one chunk, short lengths.
pub fn my_number() -> Card {
    Card::my_number(&person())
}

/// An address of more than 200 bytes: lengths of two and three bytes, two chunks.
pub fn long_address() -> Card {
    Card::my_number(&MyNumber {
        name: "見本　太郎兵衛".to_owned(),
        address: "見本県架空郡みほん町大字東西南北字上中下１２３４番地５６７８　\
                  グランドサンプルハイツみほん駅前ガーデンテラスノースウイング弐番館１２０１号室"
            .to_owned(),
        birth_date: "19550815".to_owned(),
        sex: '1',
        ..person()
    })
}

/// 𠮷 lies beyond the basic plane, 辻󠄀 and 葛󠄁 carry variation selectors, 﨑 is not
/// in JIS X 0208.
pub fn rare_name() -> Card {
    Card::my_number(&MyNumber {
        name: "𠮷﨑　辻\u{E0100}男".to_owned(),
        address: "見本県みほん町葛\u{E0101}谷３丁目４－５".to_owned(),
        birth_date: "19701130".to_owned(),
        sex: '1',
        ..person()
    })
}

/// Three wrong PINs were presented before, and 照合番号B is used up too.
pub fn blocked() -> Card {
    Card::my_number(&MyNumber { pin_tries_left: 0, number_b_tries_left: 0, ..person() })
}

/// The next wrong PIN blocks the card.
pub fn one_try_left() -> Card {
    Card::my_number(&MyNumber { pin_tries_left: 1, ..person() })
}

/// Issued without PINs; 照合番号B is `55021720352285`.
pub fn face_only() -> Card {
    Card::my_number(&MyNumber {
        name: "顔見　知代".to_owned(),
        birth_date: "19800217".to_owned(),
        pin_tries_left: 0,
        number_b: "55021720352285".to_owned(),
        ..person()
    })
}

/// 試験　花子's driver's licence.
pub fn driver() -> Licence {
    Licence {
        name: "試験　花子".into(),
        kana: "シケン　ハナコ".into(),
        address: "見本県みほん町本町１－２".into(),
        birth_date: "3600401".to_owned(),
        pin: Some("1234".to_owned()),
        pin_tries_left: 3,
        pin_setting: None,
        changes: Vec::new(),
    }
}

/// Nothing special.
pub fn licence() -> Card {
    Card::licence(&driver())
}

/// 山[外字1][欠字]　太郎: two characters of the name have no code.
pub fn licence_with_gaiji() -> Card {
    let name = [Piece::Text("山".into()), Piece::Gaiji(1), Piece::Missing];
    Card::licence(&Licence {
        name: Text::from_pieces(name.into_iter().chain([Piece::Text("　太郎".into())])),
        kana: "ヤマサキ　タロウ".into(),
        ..driver()
    })
}

/// Married, then moved twice: only EF04 knows.
pub fn licence_changed() -> Card {
    Card::licence(&Licence {
        changes: vec![
            Change::Address("○○県架空市みなみ町５－６".into()),
            Change::Name { name: "架空　花子".into(), kana: "カクウ　ハナコ".into() },
            Change::Address("見本県みほん町新町７－８".into()),
        ],
        ..driver()
    })
}

/// The holder set no PINs when it was issued.
pub fn licence_without_pin() -> Card {
    Card::licence(&Licence { pin: None, ..driver() })
}

/// MF/EF02 holds neither answer.
pub fn licence_that_does_not_say() -> Card {
    Card::licence(&Licence { pin_setting: Some(vec![0x05, 0x01]), ..driver() })
}

/// Recognised and declined.
pub fn residence_card() -> Card {
    Card::of(persona::residence_card())
}

/// Recognised and declined.
pub fn passport() -> Card {
    Card::of(persona::passport())
}

/// 公的個人認証 without 券面事項入力補助AP.
pub fn phone() -> Card {
    Card::of(persona::phone())
}

/// Has none of the applications.
pub fn unknown() -> Card {
    Card::of(persona::stranger(0x6A82))
}

/// Does not know SELECT.
pub fn felica() -> Card {
    Card::of(persona::stranger(0x6D00))
}

/// `card`, taken off the reader at a command (from 1, counted at each power-on).
pub fn removed_at(card: Card, command: u32) -> Card {
    card.with_faults(Faults { removed_at: Some(command), ..Faults::default() })
}

/// `card`, silent from a command on.
pub fn stalls_at(card: Card, command: u32) -> Card {
    card.with_faults(Faults { stalls_at: Some(command), ..Faults::default() })
}

/// `card`, answering `6F00` to the first command after power-on.
pub fn wakes_slowly(card: Card) -> Card {
    card.with_faults(Faults { wakes_slowly: true, ..Faults::default() })
}
