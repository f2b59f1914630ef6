//! Lanes of the queue (系統), in `procedures.toml`.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::procedures::LANES;
use super::rules;
use crate::appointment::plan::Hours;
use crate::document::{Document, Place};
use crate::lang::Words;
use crate::queue::{self, AtEnd};

/// A lane of the queue (系統): what waits together. Some give out numbers, some
/// only go on with those of others (会計, 交付).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lane {
    pub id: String,
    /// The letter before the number: `A` in `A12`. Without one the lane gives out
    /// no numbers.
    pub prefix: Option<String>,
    pub name: Words,
    /// What is done there.
    #[serde(default)]
    pub kind: LaneKind,
    /// The first and the last number.
    #[serde(default = "numbers")]
    pub numbers: [u32; 2],
    #[serde(default)]
    pub at_end: AtEnd,
    /// How many are issued on one day at most.
    pub daily_max: Option<u32>,
    /// The first and the last number of the sheets that are printed beforehand, for
    /// when the machine stands still.
    pub spare: Option<[u32; 2]>,
    /// Minutes that serving one takes, until the office knows better.
    #[serde(default = "minutes")]
    pub minutes: u32,
    /// The lane that usually follows.
    pub then: Option<String>,
    /// Whether residents draw a number at the kiosk without filling anything in.
    #[serde(default)]
    pub at_kiosk: bool,
    /// When it is open; left out, always.
    #[serde(default)]
    pub hours: Vec<Hours>,
    /// Whether the office keeps its queue over night, which is written in `site.toml`.
    #[serde(skip)]
    pub keeps: bool,
    /// Minutes before it closes from which the kiosk gives out no more numbers.
    #[serde(default)]
    pub last_issue_minutes: u32,
}

/// What is done in a lane.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LaneKind {
    /// 受付.
    #[default]
    Reception,
    /// 審査: somebody looks at what was handed in.
    Review,
    /// 会計.
    Cashier,
    /// 交付.
    Handover,
}

fn numbers() -> [u32; 2] {
    [1, 999]
}

fn minutes() -> u32 {
    10
}

/// So many sheets of one lane at most: a morning's.
const SPARE_MAX: u32 = 300;

impl Lane {
    /// The lane as numbers are drawn from it; `None` where it gives out none.
    pub fn numbered(&self) -> Option<queue::Lane> {
        Some(queue::Lane {
            id: self.id.clone(),
            prefix: self.prefix.clone()?,
            numbers: self.numbers,
            at_end: self.at_end,
            daily_max: self.daily_max,
            spare: self.spare,
            keeps: self.keeps,
        })
    }
}

/// Rules of all lanes.
pub(super) fn check(document: &mut Document, lanes: &[Lane]) {
    let ids: Vec<&str> = lanes.iter().map(|lane| lane.id.as_str()).collect();
    let mut seen = BTreeSet::new();
    for (row, lane) in lanes.iter().enumerate() {
        let place = Place::key_of("lane").row(row);
        rules::words(document, place.clone().key("name"), &lane.name);
        if let Some(prefix) = &lane.prefix {
            check_prefix(document, place.clone().key("prefix"), prefix, &mut seen);
        }
        let [first, last] = lane.numbers;
        document.require(
            (1..=9_999).contains(&first) && first < last && last <= 9_999,
            place.clone().key("numbers"),
            format!("{first} から {last} までの番号は使えません"),
            "1 から 9999 までの間で、小さいほうを先に書いてください",
        );
        rules::range(document, place.clone().key("minutes"), lane.minutes, [1, 240]);
        check_spare(document, place.clone().key("spare"), lane);
        check_hours(document, &place, lane);
        if let Some(then) = &lane.then {
            rules::reference(document, place.clone().key("then"), then, LANES, &ids);
        }
        document.require(
            !in_a_circle(lanes, lane),
            place.key("then"),
            "系統が輪になっています",
            "どこかで終わるように書いてください",
        );
    }
}

fn check_prefix<'l>(
    document: &mut Document,
    place: Place,
    prefix: &'l str,
    seen: &mut BTreeSet<&'l str>,
) {
    document.require(
        prefix.len() == 1 && prefix.chars().all(|c| c.is_ascii_uppercase()),
        place.clone(),
        format!("「{prefix}」は番号の前の字に使えません"),
        "半角の英大文字を1字だけ書いてください",
    );
    document.require(
        seen.insert(prefix),
        place,
        format!("「{prefix}」で始まる系統が二つあります"),
        "ほかと重ならない字にしてください",
    );
}

/// The sheets are apart from what the machine draws: neither gives out the other's.
fn check_spare(document: &mut Document, place: Place, lane: &Lane) {
    let Some([first, last]) = lane.spare else { return };
    document.require(
        lane.prefix.is_some(),
        place.clone(),
        "番号を出さない系統に、予備の番号札はありません",
        "prefix を足すか、spare を消してください",
    );
    let in_order = (1..=9_999).contains(&first) && first <= last && last <= 9_999;
    document.require(
        in_order && last - first < SPARE_MAX,
        place.clone(),
        format!("{first} から {last} までの番号は、予備の番号札に使えません"),
        format!("1 から 9999 までの間で、小さいほうを先に、{SPARE_MAX} 枚まで書いてください"),
    );
    let [from, to] = lane.numbers;
    document.require(
        last < from || to < first,
        place,
        format!("予備の番号札 {first}〜{last} が、機械の出す番号 {from}〜{to} と重なっています"),
        "numbers と spare を、重ならないように書いてください",
    );
}

fn check_hours(document: &mut Document, place: &Place, lane: &Lane) {
    document.require(
        !lane.at_kiosk || lane.prefix.is_some(),
        place.clone().key("at_kiosk"),
        "番号を出さない系統の番号札は、端末で受け取れません",
        "prefix を足すか、at_kiosk を消してください",
    );
    for hours in &lane.hours {
        rules::hours(document, place.clone().key("hours"), hours);
        let open = u32::from(hours.to.0.saturating_sub(hours.from.0));
        document.require(
            lane.last_issue_minutes < open.max(1),
            place.clone().key("last_issue_minutes"),
            format!("{} 分前に終わると、番号を出す時間がありません", lane.last_issue_minutes),
            "開いている時間より短くしてください",
        );
    }
}

/// A procedure's lane gives out numbers.
pub(super) fn gives_numbers(document: &mut Document, place: Place, lanes: &[Lane], id: &str) {
    let silent = lanes.iter().any(|lane| lane.id == id && lane.prefix.is_none());
    document.require(
        !silent,
        place,
        format!("系統「{id}」は番号を出しません"),
        "prefix のある系統を書くか、その系統に prefix を足してください",
    );
}

fn in_a_circle(lanes: &[Lane], lane: &Lane) -> bool {
    let after = |id: &str| lanes.iter().find(|lane| lane.id == id)?.then.as_deref();
    let mut next = lane.then.as_deref();
    for _ in lanes {
        let Some(id) = next else { return false };
        next = after(id);
    }
    next.is_some()
}
