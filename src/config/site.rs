//! `site.toml`: the town, this office, its screens, and how long things are kept.

use std::time::Duration;

use serde::Deserialize;

use super::copy::SecondCopy;
use super::hub::Hub;
use super::jpqr::Jpqr;
use super::rules;
use crate::appointment::plan::TimeOfDay;
use crate::csv;
use crate::document::{Document, Place};
use crate::kana;
use crate::lang::{Lang, Words};
use crate::queue::order::Rules;
use crate::queue::oversight::Limits;
use crate::queue::voice::Voice;

/// The whole file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    pub town: Town,
    pub office: Office,
    pub modules: Modules,
    pub screen: Screen,
    pub retention: Retention,
    #[serde(default)]
    pub queue: QueueRules,
    /// The page where residents answer at home; left out, no screen names one.
    pub home: Option<Home>,
    /// Where telephones reach this server; left out, no screen sends them here.
    pub status: Option<Status>,
    #[serde(default)]
    pub counts: Counts,
    /// The town's number as a shop of JPQR; left out, no screen shows a code to pay by.
    pub jpqr: Option<Jpqr>,
    /// Where the journal is sent.
    pub hub: Option<Hub>,
    /// Where the second copy of the database goes; left out, there is none.
    pub copy: Option<SecondCopy>,
}

/// The municipality (自治体).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Town {
    /// 全国地方公共団体コード: six digits, the last a check digit.
    pub code: String,
    /// 都道府県名.
    pub prefecture: String,
    /// 市区町村名, as printed.
    pub name: String,
    /// The reading of `name` in katakana.
    pub kana: String,
    /// The name on English screens.
    pub roman: String,
    /// Whom forms are addressed to, without 様: `みほん町長`.
    pub head: String,
}

impl Town {
    /// Its name on the screens of a language.
    pub fn in_lang(&self, lang: Lang) -> &str {
        match lang {
            Lang::Ja => &self.name,
            Lang::En => &self.roman,
        }
    }
}

/// The office this counter server stands in.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Office {
    /// Lower-case letters, digits and hyphens; leads every receipt number.
    pub id: String,
    pub name: Words,
}

/// What this office uses. A town may begin with paper alone and switch the rest
/// on one by one; what is off is shown nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Modules {
    /// Cards are read. Off: everybody types.
    pub card_reader: bool,
    /// Residents get a number of a lane. Off: the receipt number takes its place.
    pub queue: bool,
    /// Fees are worked out and shown. Off: no screen and no paper names an amount.
    pub payment: bool,
    /// Codes made at home are taken. Off: no kiosk asks for one.
    pub preregistration: bool,
    /// Seats are kept for people who say when they come. Off, or left out: nobody
    /// books, and no screen names it.
    #[serde(default)]
    pub appointments: bool,
    /// The journal is sent to the town hall, to whom `[hub]` names. Off, or left out: no
    /// screen names it.
    #[serde(default)]
    pub hub: bool,
}

/// What the kiosk's screens offer and how patient they are.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Screen {
    /// In the order of the buttons; the first is the one a new visit starts in.
    pub languages: Vec<Lang>,
    /// Seconds without a touch until the kiosk asks "are you still there?".
    pub idle_secs: u32,
    /// Seconds the question stands before everything is erased.
    pub warning_secs: u32,
    /// What the data is used for (個人情報保護法62条), where the town says it in its
    /// own words.
    pub purpose: Option<Words>,
}

/// Where residents answer before they come.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Home {
    /// The address of the page on the town's web site.
    pub address: String,
}

/// Where residents look, with a telephone, how far the queue has come.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Status {
    /// How the addresses of this server begin for telephones.
    pub address: String,
}

/// How what is counted is shown.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Counts {
    /// Minutes until nine out of ten are called: up to the first it is quiet, above the
    /// second it is crowded.
    pub lamp_minutes: [u32; 2],
    /// Seconds that writing one field by hand takes.
    pub seconds_by_hand: u32,
    /// How letters are written in the files of what was taken (日計表, 月計表).
    pub csv: csv::Encoding,
}

impl Default for Counts {
    fn default() -> Self {
        Self { lamp_minutes: [15, 30], seconds_by_hand: 8, csv: csv::Encoding::Utf8 }
    }
}

impl Counts {
    fn check(&self, document: &mut Document, place: &Place) {
        let [quiet, crowded] = self.lamp_minutes;
        document.require(
            (1..crowded).contains(&quiet) && crowded <= 600,
            place.clone().key("lamp_minutes"),
            format!("{quiet} 分と {crowded} 分の組は使えません"),
            "1 から 600 までの分を、小さいほうから書いてください",
        );
        let by_hand = place.clone().key("seconds_by_hand");
        rules::range(document, by_hand, self.seconds_by_hand, [1, 120]);
    }
}

/// When personal data is erased.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// Days a submitted visit is kept. The signed paper is the record; this
    /// copy is only its transport.
    pub visit_days: u32,
}

/// How residents are called.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct QueueRules {
    /// Minutes that the priority class stands before its arrival.
    pub priority_minutes: u32,
    /// Minutes after its slot until an appointment queues as of when it came.
    pub late_minutes: u32,
    /// Minutes before now that somebody stands who comes back after a missed call.
    pub return_minutes: u32,
    /// How many with a credit are called in a row while others wait.
    pub credited_in_a_row: u32,
    /// The supervisor is told when so many wait in one lane …
    pub many_waiting: u32,
    /// … or somebody has waited so many minutes.
    pub long_wait_minutes: u32,
    /// When the counters close whose lanes have no hours of their own; left out, nobody
    /// is told of the last number.
    pub closes: Option<TimeOfDay>,
    /// Whether who waits in the evening is kept for the next day.
    pub keep_over_night: bool,
    /// In what languages the displays call.
    pub voice: Voice,
    /// What the displays say besides, if anything.
    pub notice: Option<Words>,
}

impl Default for QueueRules {
    fn default() -> Self {
        Self {
            priority_minutes: 15,
            late_minutes: 15,
            return_minutes: 10,
            credited_in_a_row: 3,
            many_waiting: 10,
            long_wait_minutes: 30,
            closes: None,
            keep_over_night: false,
            voice: Voice::Off,
            notice: None,
        }
    }
}

impl QueueRules {
    /// The same, as the queue takes it.
    pub fn order(&self) -> Rules {
        let minutes = |minutes: u32| Duration::from_secs(u64::from(minutes) * 60);
        Rules {
            priority_credit: minutes(self.priority_minutes),
            late_after: minutes(self.late_minutes),
            return_credit: minutes(self.return_minutes),
            credited_in_a_row: self.credited_in_a_row,
        }
    }

    /// When the supervisor is told of something.
    pub fn limits(&self) -> Limits {
        Limits {
            waiting: usize::try_from(self.many_waiting).unwrap_or(usize::MAX),
            wait: Duration::from_secs(u64::from(self.long_wait_minutes) * 60),
        }
    }

    fn check(&self, document: &mut Document, place: &Place) {
        if let Some(notice) = &self.notice {
            check_notice(document, &place.clone().key("notice"), notice);
        }
        rules::range(document, place.clone().key("many_waiting"), self.many_waiting, [1, 500]);
        let long = place.clone().key("long_wait_minutes");
        rules::range(document, long, self.long_wait_minutes, [1, 600]);
        for (key, minutes) in [
            ("priority_minutes", self.priority_minutes),
            ("late_minutes", self.late_minutes),
            ("return_minutes", self.return_minutes),
        ] {
            rules::range(document, place.clone().key(key), minutes, [0, 120]);
        }
        rules::range(
            document,
            place.clone().key("credited_in_a_row"),
            self.credited_in_a_row,
            [1, 20],
        );
    }
}

impl Site {
    /// What every paper of the town carries can be drawn.
    pub(super) fn check_drawn(
        &self,
        document: &mut Document,
        not_drawn: impl Fn(&str) -> Option<String>,
    ) {
        for (key, text) in [("name", &self.town.name), ("head", &self.town.head)] {
            if let Some(character) = not_drawn(text) {
                document.fault(
                    Place::key_of("town").key(key),
                    format!("「{text}」の {character} は、どの書体にもありません"),
                    "fonts フォルダーに、その字のある書体を入れてください",
                );
            }
        }
    }

    /// Appointments are taken, but what can be booked is written nowhere.
    pub(super) fn lacks_appointments(&self, document: &mut Document) {
        document.fault(
            Place::key_of("modules").key("appointments"),
            "予約を使うことになっていますが、appointments.toml がありません",
            "見本の設定（kiosk-config/example）の appointments.toml から作るか、false にしてください",
        );
    }

    /// Rules of this file.
    pub(super) fn check(&self, document: &mut Document) {
        self.town.check(document, &Place::key_of("town"));
        let office = Place::key_of("office");
        rules::id_at(document, office.clone().key("id"), &self.office.id);
        rules::words(document, office.key("name"), &self.office.name);
        document.require(
            self.hub.is_some() || !self.modules.hub,
            Place::key_of("modules").key("hub"),
            "自治体側のサーバー（hub）へ送ることになっていますが、[hub] がありません",
            "見本の設定（kiosk-config/example）の [hub] から作るか、false にしてください",
        );
        if let Some(hub) = &self.hub {
            hub.check(document, &Place::key_of("hub"));
        }
        if let Some(copy) = &self.copy {
            copy.check(document, &Place::key_of("copy"));
        }
        self.screen.check(document, &Place::key_of("screen"));
        if let Some(home) = &self.home {
            home.check(document, Place::key_of("home").key("address"));
        }
        if let Some(status) = &self.status {
            status.check(document, Place::key_of("status").key("address"));
        }
        self.queue.check(document, &Place::key_of("queue"));
        self.counts.check(document, &Place::key_of("counts"));
        if let Some(jpqr) = &self.jpqr {
            jpqr.check(document, &Place::key_of("jpqr"));
        }
        let retention = Place::key_of("retention");
        let Retention { visit_days } = self.retention;
        rules::range(document, retention.key("visit_days"), visit_days, [1, 3_660]);
    }
}

impl Town {
    /// How every address in the town begins: `見本県みほん町`.
    pub fn address(&self) -> String {
        format!("{}{}", self.prefecture, self.name)
    }

    fn check(&self, document: &mut Document, place: &Place) {
        self.check_code(document, place.clone().key("code"));
        for (key, text) in [("name", &self.name), ("head", &self.head)] {
            rules::filled(document, place.clone().key(key), text);
        }
        document.require(
            self.prefecture.ends_with(['都', '道', '府', '県']),
            place.clone().key("prefecture"),
            format!("「{}」は都道府県名ではありません", self.prefecture),
            "「青森県」のように、都・道・府・県まで書いてください",
        );
        document.require(
            !self.kana.is_empty() && kana::is_reading(&self.kana),
            place.clone().key("kana"),
            format!("「{}」はフリガナに使えません", self.kana),
            "全角のカタカナで書いてください",
        );
        document.require(
            !self.roman.is_empty() && self.roman.is_ascii(),
            place.clone().key("roman"),
            format!("「{}」は英語の町名に使えません", self.roman),
            "半角の英字で書いてください",
        );
    }

    fn check_code(&self, document: &mut Document, place: Place) {
        let digits: Option<Vec<u32>> = self.code.chars().map(|c| c.to_digit(10)).collect();
        let Some([five @ .., last]) = digits.as_deref().filter(|digits| digits.len() == 6) else {
            return document.fault(
                place,
                format!("「{}」は地方公共団体コードではありません", self.code),
                "6桁の数字を「\"」で囲んで書いてください",
            );
        };
        let check = check_digit(five);
        document.require(
            check == *last,
            place.clone(),
            format!("コード {} の検査数字（最後の1桁）が合いません", self.code),
            format!("総務省の一覧で確かめてください。前の5桁が正しければ、最後は {check} です"),
        );
        document.require(
            matches!(five[0] * 10 + five[1], 1..=47 | 99),
            place,
            format!("コード {} の都道府県番号（前の2桁）がありません", self.code),
            "01 から 47 まで、見本の町だけ 99 です",
        );
    }
}

/// The last digit of a 全国地方公共団体コード: weights 6 to 2 on the first five,
/// 11 less the remainder by 11, of that the last digit.
fn check_digit(five: &[u32]) -> u32 {
    let sum: u32 = five.iter().zip((2..=6).rev()).map(|(digit, weight)| digit * weight).sum();
    (11 - sum % 11) % 10
}

impl Status {
    /// An address that can be typed, without anything behind the name.
    fn check(&self, document: &mut Document, place: Place) {
        let schemes = ["https://", "http://"];
        let host = schemes.iter().find_map(|scheme| self.address.strip_prefix(scheme));
        let printable = |host: &str| host.bytes().all(|byte| byte.is_ascii_graphic());
        document.require(
            host.is_some_and(|host| !host.is_empty() && printable(host) && !host.contains('/')),
            place,
            format!("「{}」はサーバーの所在に使えません", self.address),
            "「https://madoguchi.example」のように、名前まで書き、後ろに「/」を付けないでください",
        );
    }
}

impl Home {
    /// Browsers seal only on pages that come over TLS.
    fn check(&self, document: &mut Document, place: Place) {
        let host = self.address.strip_prefix("https://").unwrap_or_default();
        let printable = host.bytes().all(|byte| byte.is_ascii_graphic());
        document.require(
            printable && host.split('/').next().is_some_and(|host| host.contains('.')),
            place,
            format!("「{}」はページの所在に使えません", self.address),
            "「https://」で始まる、町のホームページの所在を書いてください",
        );
    }
}

impl Screen {
    fn check(&self, document: &mut Document, place: &Place) {
        let languages = place.clone().key("languages");
        let mut distinct = self.languages.clone();
        distinct.sort();
        distinct.dedup();
        document.require(
            distinct.len() == self.languages.len(),
            languages.clone(),
            "同じ言語が二度あります",
            "一つずつ書いてください",
        );
        document.require(
            self.languages.contains(&Lang::Ja),
            languages,
            "日本語がありません",
            "「\"ja\"」を足してください。紙の様式はいつも日本語です",
        );
        rules::range(document, place.clone().key("idle_secs"), self.idle_secs, [20, 600]);
        rules::range(document, place.clone().key("warning_secs"), self.warning_secs, [20, 300]);
        if let Some(purpose) = &self.purpose {
            check_purpose(document, &place.clone().key("purpose"), purpose);
        }
    }
}

/// What fits on one line below the numbers.
const NOTICE_CHARS_MAX: usize = 60;

fn check_notice(document: &mut Document, place: &Place, notice: &Words) {
    rules::words(document, place.clone(), notice);
    for lang in Lang::ALL {
        let text = notice.in_lang(lang);
        document.require(
            text.chars().count() <= NOTICE_CHARS_MAX && !text.contains(char::is_control),
            place.clone().key(lang.tag()),
            "お知らせが長すぎるか、途中で改行しています",
            format!("改行せず、{NOTICE_CHARS_MAX}文字までで書いてください"),
        );
    }
}

/// Longest sentence on the page that a resident reads before anything else.
const PURPOSE_CHARS_MAX: usize = 200;

/// It is one sentence in each language, which stands on a screen with others.
fn check_purpose(document: &mut Document, place: &Place, purpose: &Words) {
    rules::words(document, place.clone(), purpose);
    for lang in Lang::ALL {
        let (place, text) = (place.clone().key(lang.tag()), purpose.in_lang(lang).trim());
        document.require(
            text.is_empty() || text.ends_with(['。', '.']),
            place.clone(),
            "利用目的の文が「。」（英語では「.」）で終わっていません",
            "「…のために使います。」のように、文の終わりまで書いてください",
        );
        document.require(
            text.chars().count() <= PURPOSE_CHARS_MAX && !text.contains(char::is_control),
            place,
            "利用目的の文が長すぎるか、途中で改行しています",
            format!("改行せず、{PURPOSE_CHARS_MAX}文字までで書いてください"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_digit_is_that_of_the_national_list() {
        // Hirakawa, Hakui, Toin, Ashibetsu, Kagamiishi; and the example town.
        for code in ["022101", "172073", "243248", "012165", "073423", "999997"] {
            let digits: Vec<u32> = code.chars().filter_map(|c| c.to_digit(10)).collect();
            assert_eq!(check_digit(&digits[..5]), digits[5], "{code}");
        }
    }
}
