//! The slip (番号票・お渡し票): what a resident takes along from counter to counter,
//! whoever printed it. Number, lane, how many wait before it and when it will be
//! called; procedures in the order of their sections and where to go next; and one
//! code. A telephone opens the ticket's own page with it, the desk's search box the
//! visit. No name, no address: a slip is left lying about.

use time::Date;

use super::{Counter, Error, Visit, number};
use crate::application::{self, Application};
use crate::clock::Moment;
use crate::config::Config;
use crate::db::Connection;
use crate::id::VisitId;
use crate::lang::{Lang, Phrases};
use crate::printer::{Roll, Size};
use crate::queue::{self, Ticket};
use crate::wareki::PartialDate;

/// One slip, as plain words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slip {
    lang: Lang,
    town: String,
    office: String,
    handed_in: Option<Moment>,
    day: Date,
    /// What the resident is called by.
    number: String,
    lines: Vec<Line>,
    /// What the number waits for.
    lane: Option<String>,
    /// While it waits.
    wait: Option<Wait>,
    /// The ticket's own page, where telephones reach it.
    page: Option<String>,
    /// Sections to go to, each once, with the numbers of their counters.
    next: Vec<(String, Vec<u32>)>,
    /// The first receipt: the desk's search box opens the visit by it. None without
    /// forms.
    code: Option<String>,
}

/// What is told of the wait at the moment of printing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    pub ahead: usize,
    /// When the number will be called, in words; `None` while nobody can say.
    pub window: Option<String>,
}

/// For whom a slip is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    Resident,
    /// 窓口控え: the second of two stays with the staff.
    Counter,
}

/// One procedure.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    /// In the resident's language, then in Japanese where that is another.
    titles: Vec<String>,
    section: String,
    receipt: String,
}

/// The slip of a visit that was handed in.
///
/// # Errors
/// [`Error::Gone`] when there is nothing to hand over.
pub fn of_visit(connection: &Connection, counter: Counter<'_>, id: VisitId) -> Result<Slip, Error> {
    let visit = super::get(connection, id)?.ok_or(Error::Gone)?;
    let applications = application::of_visit(connection, id)?;
    let ticket = queue::of_visit(connection, id)?;
    Slip::of(counter, &visit, &applications, ticket.as_ref()).ok_or(Error::Gone)
}

/// The lane of a number without forms, and the counters that call from it.
fn lane(config: &Config, ticket: &Ticket, lang: Lang) -> (String, Vec<u32>) {
    let id = &ticket.leg().lane;
    let name = config.lane(id).map_or(id.as_str(), |lane| lane.name.in_lang(lang));
    let calling = config.counters.iter().filter(|one| config.lanes_of(one).contains(id));
    (name.to_owned(), calling.map(|counter| counter.number).collect())
}

impl Wait {
    fn on(&self, roll: Roll, words: Phrases) -> Roll {
        let ahead = match self.ahead {
            0 => words.t("wait.nobody_ahead").to_owned(),
            ahead => words.with("wait.ahead", &[("count", ahead)]),
        };
        let roll = roll.words(ahead);
        match &self.window {
            Some(window) => roll.words(words.t("wait.window")).centred(window, Size::Double),
            None => roll.words(words.t("slip.no_window")),
        }
    }
}

impl Slip {
    /// `None` when neither an application nor a number stands on it.
    pub fn of(
        counter: Counter<'_>,
        visit: &Visit,
        applications: &[Application],
        ticket: Option<&Ticket>,
    ) -> Option<Slip> {
        let config = counter.config;
        let lang = visit.wishes.lang;
        let (mut lines, mut next) = (Vec::new(), Vec::new());
        for section in &config.sections {
            let own = applications.iter().filter_map(|application| {
                let procedure = config.procedure(&application.procedure)?;
                (procedure.section == section.id).then_some((application, procedure))
            });
            let before = lines.len();
            for (application, procedure) in own {
                let mut titles = vec![procedure.title.in_lang(lang).to_owned()];
                if lang != Lang::Ja {
                    titles.push(procedure.title.ja.clone());
                }
                let section = section.name.in_lang(lang).to_owned();
                lines.push(Line { titles, section, receipt: application.receipt.clone() });
            }
            if lines.len() > before {
                let counters = config.counters.iter().filter(|one| one.section == section.id);
                let numbers = counters.map(|counter| counter.number).collect();
                next.push((section.name.in_lang(lang).to_owned(), numbers));
            }
        }
        if applications.is_empty() {
            next.push(lane(config, ticket?, lang));
        }
        let receipts = applications.iter().map(|application| application.receipt.as_str());
        Some(Slip {
            lang,
            town: config.site.town.in_lang(lang).to_owned(),
            office: config.site.office.name.in_lang(lang).to_owned(),
            handed_in: visit.submitted_at,
            day: visit.day,
            number: number(ticket, receipts),
            lane: ticket.map(|ticket| lane(config, ticket, lang).0),
            wait: None,
            page: None,
            code: lines.first().map(|line| line.receipt.clone()),
            lines,
            next,
        })
    }

    /// With what is known of the wait now, and the address of the ticket's own page.
    pub fn telling(self, wait: Option<Wait>, page: Option<String>) -> Slip {
        Slip { wait, page, ..self }
    }

    /// The language of whoever takes it.
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// What its file is called by: the receipt in its code, or the number.
    pub fn file(&self) -> &str {
        self.code.as_deref().unwrap_or(&self.number)
    }

    /// As it is printed, on whatever.
    pub fn roll(&self, holder: Holder) -> Roll {
        let words = Phrases::of(self.lang);
        let mut roll = Roll::default();
        if holder == Holder::Counter {
            roll = roll.centred(words.t("slip.copy"), Size::Normal);
        }
        roll = roll
            .centred(format!("{} {}", self.town, self.office), Size::Normal)
            .centred(words.t(self.title()), Size::Double)
            .centred(&self.number, Size::Giant);
        if let Some(lane) = &self.lane {
            roll = roll.centred(lane, Size::Double);
        }
        roll = roll.centred(words.with("slip.received", &[("time", self.time())]), Size::Normal);
        if let Some(wait) = &self.wait {
            roll = wait.on(roll.rule(), words);
        }
        if !self.lines.is_empty() {
            roll = roll.rule();
        }
        for line in &self.lines {
            roll = line.titles.iter().fold(roll, |roll, title| roll.words(title));
            let receipt = [("section", &line.section), ("receipt", &line.receipt)];
            roll = roll.words(words.with("slip.receipt", &receipt));
        }
        roll = roll.rule().words(words.t("slip.next"));
        for (place, (section, counters)) in self.next.iter().enumerate() {
            let counters: Vec<String> = counters.iter().map(ToString::to_string).collect();
            let values = [
                ("place", (place + 1).to_string()),
                ("section", section.clone()),
                ("counters", counters.join(words.t("slip.or"))),
            ];
            let key = if counters.is_empty() { "slip.section" } else { "slip.counters" };
            roll = roll.words(words.with(key, &values));
        }
        roll = roll.words(words.t("slip.keep"));
        let code = self.code.as_ref();
        match (self.page.as_ref().filter(|_| holder == Holder::Resident), code) {
            (Some(page), _) => roll.words(words.t("slip.phone")).qr(page),
            (None, Some(code)) => roll.qr(code),
            (None, None) => roll,
        }
    }

    /// With forms it is handed over with them.
    fn title(&self) -> &'static str {
        if self.lines.is_empty() { "slip.number" } else { "slip.title" }
    }

    /// `令和8年11月24日 9:05`.
    fn time(&self) -> String {
        let day = PartialDate::from(self.handed_in.map_or(self.day, |at| at.date()));
        let day = match self.lang {
            Lang::Ja => day.wareki(),
            Lang::En => day.western(),
        };
        match self.handed_in {
            Some(at) => format!("{day} {}:{:02}", at.hour(), at.minute()),
            None => day,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use time::macros::{date, datetime};

    use super::*;
    use crate::chance::SeededChance;
    use crate::form::Forms;
    use crate::id::ApplicationId;
    use crate::printer::{self, Part, Qr};
    use crate::visit::{State, Wishes};

    fn slip(lang: Lang, procedures: &[&str]) -> Slip {
        let config = Config::load(Path::new("kiosk-config/example")).unwrap();
        let forms = Forms::load(Path::new("templates/forms")).unwrap();
        let (now, chance) = (datetime!(2026-11-24 9:05 +9), SeededChance::new(1));
        let visit = Visit {
            id: VisitId::new(now, &chance),
            day: date!(2026 - 11 - 24),
            wishes: Wishes { lang, ..Wishes::default() },
            agreed: true,
            way: None,
            procedures: procedures.iter().map(|id| (*id).to_owned()).collect(),
            state: State::Submitted,
            started_at: now,
            touched_at: now,
            submitted_at: Some(now),
        };
        let application = |(number, id): (usize, &&str)| Application {
            id: ApplicationId::new(now, &chance),
            procedure: (*id).to_owned(),
            form: config.procedure(id).unwrap().form.clone(),
            edition: String::new(),
            receipt: format!("honcho-20261124-{:04}", number + 1),
            state: application::State::Submitted,
            reason: None,
            printed: 0,
            outdated: false,
        };
        let applications: Vec<_> = procedures.iter().enumerate().map(application).collect();
        let ticket = Ticket::drawn("A", 12, now);
        let counter = Counter { config: &config, forms: &forms };
        Slip::of(counter, &visit, &applications, Some(&ticket)).unwrap()
    }

    fn words(slip: &Slip) -> Vec<String> {
        let words = |part: &Part| match part {
            Part::Words { text, .. } => text.clone(),
            Part::Pair { left, right, .. } => format!("{left} | {right}"),
            Part::Rule => "---".to_owned(),
            Part::Qr(code) => format!("QR {code}"),
        };
        slip.roll(Holder::Resident).parts.iter().map(words).collect()
    }

    #[test]
    fn a_slip_says_number_procedures_and_where_to_go() {
        let slip = slip(Lang::Ja, &["juminhyo", "tenkyo"]);
        let expected = [
            "みほん町 本庁舎",
            "お渡し票",
            "A12",
            "証明書",
            "令和8年11月24日 9:05 受付",
            "---",
            "住民票の写し",
            "　町民課　受付番号 honcho-20261124-0001",
            "転居届（町の中で引っ越した）",
            "　町民課　受付番号 honcho-20261124-0002",
            "---",
            "次に行くところ",
            "　1. 町民課　窓口 1・2・3",
            "呼ばれたら、この票をお見せください。",
            "QR honcho-20261124-0001",
        ];
        assert_eq!(words(&slip), expected);
    }

    #[test]
    fn a_number_without_forms_says_what_it_waits_for() {
        let slip = slip(Lang::En, &[]);
        let words = words(&slip);
        assert_eq!(words[1..3], ["Your number", "A12"]);
        assert!(words.contains(&"  1. Certificates: counter 1, 2, 3, 4".to_owned()), "{words:?}");
        assert!(!words.iter().any(|words| words.starts_with("QR")), "{words:?}");
    }

    #[test]
    fn a_slip_in_another_language_has_the_japanese_names_for_the_clerk() {
        let words = words(&slip(Lang::En, &["juminhyo"]));
        assert!(words.contains(&"Certificate of residence".to_owned()), "{words:?}");
        assert!(words.contains(&"住民票の写し".to_owned()), "{words:?}");
    }

    #[test]
    fn a_slip_printer_has_every_letter_of_it() {
        for lang in Lang::ALL {
            let slip = slip(lang, &["juminhyo", "tenkyo"]);
            let slips = [told(slip.clone(), 3, None), slip];
            for words in slips.iter().flat_map(words) {
                assert_eq!(printer::lacking(&words), [], "{words}");
            }
        }
    }

    #[test]
    fn the_same_slip_is_the_same_bytes() {
        let roll = || slip(Lang::Ja, &["juminhyo"]).roll(Holder::Resident);
        let bytes = || printer::bytes(&roll(), 48, Qr::Native);
        assert_eq!(bytes(), bytes());
    }

    fn told(slip: Slip, ahead: usize, window: Option<&str>) -> Slip {
        let window = window.map(str::to_owned);
        let page = "https://madoguchi.example/s/7K3M-PQ2X-7K3M".to_owned();
        slip.telling(Some(Wait { ahead, window }), Some(page))
    }

    #[test]
    fn while_it_waits_a_slip_says_how_many_are_ahead_and_when_and_a_telephone_finds_its_page() {
        let waiting = told(slip(Lang::Ja, &["juminhyo"]), 3, Some("9:20〜9:35ごろ"));
        assert_eq!(
            words(&waiting)[5..9],
            ["---", "前に待っている方：3 人", "お呼びする時刻の見込み", "9:20〜9:35ごろ",]
        );
        let last = words(&waiting).pop();
        assert_eq!(last.as_deref(), Some("QR https://madoguchi.example/s/7K3M-PQ2X-7K3M"));
        let unknown = words(&told(slip(Lang::En, &[]), 0, None));
        assert_eq!(
            unknown[5..8],
            [
                "---",
                "Nobody is waiting before you",
                "Nobody can say yet when you will be called. Please look at the display."
            ]
        );
    }

    #[test]
    fn the_copy_that_stays_at_the_counter_says_so_and_opens_the_visit() {
        let both = told(slip(Lang::Ja, &["juminhyo"]), 1, None);
        let copy = both.roll(Holder::Counter).parts;
        let resident = both.roll(Holder::Resident).parts;
        assert!(matches!(&copy[0], Part::Words { text, .. } if text == "窓口控え"), "{copy:?}");
        assert_eq!(copy.last(), Some(&Part::Qr("honcho-20261124-0001".to_owned())));
        assert!(
            !resident
                .iter()
                .any(|part| matches!(part, Part::Words { text, .. } if text == "窓口控え"))
        );
    }

    /// Every byte, a line for each thing on the paper: made from Epson's reference with
    /// another implementation's table of CP932.
    #[test]
    fn a_number_without_forms_is_these_bytes() {
        let mut slip = told(slip(Lang::Ja, &[]), 2, Some("9:20〜9:35ごろ"));
        (slip.town, slip.office) = ("髙﨑町".to_owned(), "①号館".to_owned());
        (slip.lane, slip.next) = (Some("証明".to_owned()), Vec::new());
        let bytes = printer::bytes(&slip.roll(Holder::Resident), 32, Qr::Native);
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, include_str!("slip.hex").replace(['\n', ' '], ""));
    }
}
