//! Rules of the invented households: they must be able to exist.

use std::collections::BTreeSet;

use super::residents::{Card, CardKind, Changed, File, Household, Pattern, Relation, Resident};
use super::rules;
use crate::card::emulator::fits_a_licence;
use crate::document::{Document, Place};
use crate::kana;
use crate::text::Text;

/// Longer ones do not fit what a reader takes at once, together with a name.
const LONG_ADDRESS_BYTES: usize = 200;

impl File {
    /// Rules of this file. `town` is how the town's own addresses begin,
    /// where known.
    pub(super) fn check(&self, document: &mut Document, town: Option<&str>) {
        rules::ids(document, "household", self.household.iter().map(|one| one.id.as_str()));
        let mut seen = BTreeSet::new();
        for (row, household) in self.household.iter().enumerate() {
            let place = Place::key_of("household").row(row);
            household.check(document, &place);
            if let Some(town) = town {
                household.check_address(document, place.clone().key("address"), town);
                let moves_here = household.moves_to.as_deref();
                document.require(
                    moves_here.is_none_or(|address| address.starts_with(town)),
                    place.clone().key("moves_to"),
                    "引っ越し先が町の外です",
                    format!("引っ越し先は「{town}」で始めてください"),
                );
            }
            for (row, person) in household.people.iter().enumerate() {
                let place = place.clone().key("person").row(row);
                person.check(document, &place);
                person.check_licences(document, &place, &household.address);
                document.require(
                    seen.insert(person.id.as_str()),
                    place.clone().key("id"),
                    format!("記号「{}」が重なっています", person.id),
                    "ほかと重ならない記号にしてください",
                );
                if let Some(head) = household.head() {
                    person.check_age(document, place.key("birth_date"), head);
                }
            }
        }
    }
}

impl Household {
    /// The head of the household (世帯主), living or not.
    pub fn head(&self) -> Option<&Resident> {
        self.people.iter().find(|person| person.relation == Relation::Head)
    }

    fn check(&self, document: &mut Document, place: &Place) {
        rules::words(document, place.clone().key("about"), &self.about);
        let heads = self.people.iter().filter(|person| person.relation == Relation::Head).count();
        document.require(
            heads == 1,
            place.clone().key("person"),
            format!("世帯主（head）が {heads} 人います"),
            "1人だけを世帯主にしてください",
        );
        if let Some(missing) = self.pattern.missing_in(self).filter(|_| heads == 1) {
            document.fault(
                place.clone().key("pattern"),
                format!("この型の世帯ではありません（{missing}）"),
                "pattern か、世帯の人を直してください",
            );
        }
    }

    fn check_address(&self, document: &mut Document, place: Place, town: &str) {
        let in_town = self.address.starts_with(town);
        document.require(
            in_town != (self.pattern == Pattern::MovingIn),
            place,
            format!("住所が{}です", if in_town { "町の中" } else { "町の外" }),
            format!("住民の住所は「{town}」で始め、転入予定（moving_in）の人だけ町の外にします"),
        );
    }
}

impl Pattern {
    /// What the household lacks to be of this pattern.
    fn missing_in(self, household: &Household) -> Option<&'static str> {
        use Relation::{Grandchild, Head, Husband, Wife};
        let people = &household.people;
        let names = || people.iter().filter_map(|person| person.name.as_plain());
        let has = |relation| people.iter().any(|person| person.relation == relation);
        let (holds, missing) = match self {
            Pattern::Single => (people.len() == 1, "1人だけです"),
            Pattern::Couple => (people.len() == 2 && (has(Wife) || has(Husband)), "夫婦2人です"),
            Pattern::ThreeGenerations => (has(Grandchild), "子の子（grandchild）がいます"),
            Pattern::Foreign => (
                people.iter().any(|one| one.nationality.is_some() && one.alias.is_some()),
                "国籍と通称のある人がいます",
            ),
            Pattern::RareCharacters => (
                names().any(|name| name.chars().any(is_rare)),
                "異体字か、基本面の外の字か、髙・﨑のある名前があります",
            ),
            Pattern::LongAddress => {
                (household.address.len() > LONG_ADDRESS_BYTES, "住所が200バイトより長い世帯です")
            }
            Pattern::DeceasedHead => (
                people.iter().all(|one| one.deceased_on.is_some() == (one.relation == Head)),
                "世帯主だけが亡くなっています",
            ),
            Pattern::ProtectedAddress | Pattern::MovingIn => (!people.is_empty(), "人がいます"),
        };
        (!holds).then_some(missing)
    }
}

/// Characters that other systems lose: variants, those beyond the basic plane, and
/// the two commonest that JIS X 0208 lacks.
fn is_rare(c: char) -> bool {
    c > '\u{FFFF}' || kana::is_variation_selector(c) || matches!(c, '髙' | '﨑')
}

impl Resident {
    fn check(&self, document: &mut Document, place: &Place) {
        rules::id_at(document, place.clone().key("id"), &self.id);
        document.require(
            !self.name.is_blank() && !self.name.needs_hand(),
            place.clone().key("name"),
            "登録の氏名が空か、外字を含んでいます",
            "氏名は文字で書き、外字はカードの name にだけ書いてください",
        );
        let kana_is_well_formed = match &self.kana {
            Some(kana) => !kana.is_empty() && kana::is_reading(kana),
            None => self.nationality.is_some(),
        };
        document.require(
            kana_is_well_formed,
            place.clone().key("kana"),
            "フリガナが正しくありません",
            "全角のカタカナで書いてください。省略できるのは外国人住民だけです",
        );
        document.require(
            self.alias.is_none() || self.nationality.is_some(),
            place.clone().key("alias"),
            "日本人に通称はありません",
            "alias を消すか、nationality を書いてください",
        );
        document.require(
            self.deceased_on.is_none() || self.cards.is_empty(),
            place.clone().key("card"),
            "亡くなった人がカードを持っています",
            "カードを消してください",
        );
        for (row, card) in self.cards.iter().enumerate() {
            card.check(document, &place.clone().key("card").row(row));
        }
    }

    /// A licence holds fewer characters than the register; what it cannot hold
    /// must be written as it stands on the card.
    fn check_licences(&self, document: &mut Document, place: &Place, address: &str) {
        let licence = |card: &&Card| card.kind == CardKind::Licence;
        for (row, card) in self.cards.iter().enumerate().filter(|(_, card)| licence(card)) {
            let changed = card.changed.iter().map(|changed| match changed {
                Changed::Name(name) => name.clone(),
                Changed::Address(address) => address.as_str().into(),
            });
            let words = [
                Some(card.name.clone().unwrap_or_else(|| self.name.clone())),
                Some(card.address.as_deref().unwrap_or(address).into()),
                self.kana.as_deref().map(Text::from),
            ];
            document.require(
                words.into_iter().flatten().chain(changed).all(|text| fits_a_licence(&text)),
                place.clone().key("card").row(row),
                "免許証に入らない字（JIS X 0208 にない字）があります",
                "カードの name や address に、免許証での書き方を書いてください",
            );
        }
    }

    /// Fifteen years at least lie between a parent and a child.
    fn check_age(&self, document: &mut Document, place: Place, head: &Resident) {
        let (own, heads) = (self.birth_date.year(), head.birth_date.year());
        let holds = match self.relation {
            Relation::Child => heads + 15 <= own,
            Relation::Grandchild => heads + 30 <= own,
            Relation::Father | Relation::Mother => own + 15 <= heads,
            _ => self.deceased_on.is_none_or(|day| own <= day.year()),
        };
        document.require(
            holds,
            place,
            "世帯主との年の差が、続柄に合いません",
            "生年月日か続柄（relation）を直してください",
        );
    }
}

impl Card {
    fn check(&self, document: &mut Document, place: &Place) {
        if let Some(shows) = &self.shows {
            rules::words(document, place.clone().key("shows"), shows);
        }
        if let Some(pin) = &self.pin {
            document.require(
                are_four_digits(pin),
                place.clone().key("pin"),
                "暗証番号は4桁の数字です",
                "半角の数字4つを「\"」で囲んで書いてください",
            );
        }
        document.require(
            self.kind != CardKind::Licence || self.expires_year.is_none(),
            place.clone().key("expires_year"),
            "免許証には書けません",
            "この行を消してください",
        );
        document.require(
            self.kind == CardKind::Licence || self.changed.is_empty(),
            place.clone().key("changed"),
            "記載事項変更があるのは免許証だけです",
            "この行を消してください",
        );
        document.require(
            !matches!(self.kind, CardKind::Residence | CardKind::Unknown) || self.pin.is_none(),
            place.clone().key("pin"),
            "このカードの暗証番号は読めません",
            "この行を消してください",
        );
        if self.kind == CardKind::MyNumber {
            self.check_my_number(document, place);
        }
    }

    fn check_my_number(&self, document: &mut Document, place: &Place) {
        document.require(
            self.pin.is_some() != self.face_authentication,
            place.clone(),
            "マイナンバーカードは、暗証番号があるか、顔認証かのどちらかです",
            "pin か face_authentication = true の一方だけを書いてください",
        );
        document.require(
            self.expires_year.is_some_and(|year| (2016..=2099).contains(&year)),
            place.clone().key("expires_year"),
            "券面の有効期限の年がありません",
            "4桁の西暦で書いてください",
        );
        document.require(
            self.security_code.as_deref().is_some_and(are_four_digits),
            place.clone().key("security_code"),
            "券面のセキュリティコードがありません",
            "半角の数字4つを「\"」で囲んで書いてください",
        );
    }
}

fn are_four_digits(text: &str) -> bool {
    text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit())
}
