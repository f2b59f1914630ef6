//! What every kiosk page shows around its own content: the town, the languages,
//! and always at the same place back, help, erase and next.

use super::call::Call;
use super::session::{AtKiosk, Kiosk};
use crate::lang::{Lang, Phrases};
use crate::visit::{Care, Wishes};
use crate::web::{Office, assets};

/// The frame of one page.
pub(super) struct Frame {
    pub words: Phrases,
    pub town: String,
    pub demo: bool,
    pub big_type: bool,
    pub hearing: bool,
    pub languages: Vec<Lang>,
    /// Whether a reader stands beside the tablet.
    pub cards: bool,
    /// Whether codes made at home are read here.
    pub codes: bool,
    /// Whether there is something to erase.
    pub visiting: bool,
    /// Whether somebody without a visit is at the tablet: whoever booked, or books.
    pub is_guest: bool,
    /// Whether the office takes appointments.
    pub appointments: bool,
    /// The hidden field of the visit's forms.
    pub key: String,
    /// Seconds until the page asks whether somebody is there, and then until it
    /// erases.
    pub idle_secs: u32,
    pub warning_secs: u32,
    /// Where 「もどる」 leads.
    pub back: Option<String>,
    /// `(n, m)` among the pages of questions.
    pub progress: Option<(usize, usize)>,
    /// What came of calling staff.
    pub call: Call,
    /// The address of the page, to come back to.
    pub here: String,
}

impl Frame {
    /// The frame for a visit, or for a tablet nobody uses.
    pub fn new(office: &Office, kiosk: &Kiosk, at: Option<&AtKiosk>) -> Self {
        let nobodys = || Wishes { lang: language(office, ""), ..Wishes::default() };
        let wishes = at.map_or_else(nobodys, |at| at.visit.wishes.clone());
        Self {
            visiting: at.is_some(),
            key: at.map(AtKiosk::key).unwrap_or_default(),
            ..Self::of(office, kiosk, &wishes)
        }
    }

    /// The frame of a guest's page: nothing is known of them but the language.
    pub fn guest(office: &Office, kiosk: &Kiosk, lang: Lang) -> Self {
        let wishes = Wishes { lang, ..Wishes::default() };
        Self { is_guest: true, ..Self::of(office, kiosk, &wishes) }
    }

    fn of(office: &Office, kiosk: &Kiosk, wishes: &Wishes) -> Self {
        let screen = &office.config.site.screen;
        Self {
            words: Phrases::of(wishes.lang),
            town: office.config.site.town.in_lang(wishes.lang).to_owned(),
            demo: office.demo,
            big_type: wishes.big_type,
            hearing: wishes.care.contains(&Care::Hearing),
            languages: screen.languages.clone(),
            cards: kiosk.reader(office).is_some(),
            codes: kiosk.scanners(office).next().is_some(),
            visiting: false,
            is_guest: false,
            appointments: office.config.appointments().is_some(),
            key: String::new(),
            idle_secs: screen.idle_secs,
            warning_secs: screen.warning_secs,
            back: None,
            progress: None,
            call: Call::of(&kiosk.device, office.journal.now()),
            here: kiosk.here.clone(),
        }
    }

    /// With the way back.
    pub fn back(mut self, to: impl Into<String>) -> Self {
        self.back = Some(to.into());
        self
    }

    /// The address of a static file.
    pub fn asset(&self, name: &str) -> &'static str {
        assets::address(name)
    }

    /// Words at `key` in a language of their own: the button that begins in it.
    pub fn in_lang<'k>(&self, lang: &Lang, key: &'k str) -> &'k str {
        Phrases::of(*lang).t(key)
    }

    /// Words at `key`.
    pub fn t<'k>(&self, key: &'k str) -> &'k str {
        self.words.t(key)
    }
}

/// The language that was chosen with the first button; else the town's first.
pub(super) fn language(office: &Office, tag: &str) -> Lang {
    let languages = &office.config.site.screen.languages;
    let chosen = Lang::from_tag(tag).filter(|lang| languages.contains(lang));
    chosen.or(languages.first().copied()).unwrap_or_default()
}
