//! What stands around every page of the desk.

use axum::http::HeaderMap;

use super::guard::Clerk;
use crate::lang::{Lang, Phrases};
use crate::staff::{Action, Role, may};
use crate::web::{Office, assets, cookie};

/// Where in the menu a page belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Today,
    Calling,
    Appointments,
    Guide,
    Supervisor,
    Payments,
    Closing,
    Exports,
    Devices,
    Staff,
    Password,
    Outside,
}

/// The words, the menu and the person at the top of a page.
pub(super) struct Frame {
    pub words: Phrases,
    pub town: String,
    pub office: String,
    pub place: Place,
    /// Whether the office calls residents by number.
    pub queue: bool,
    /// Whether it takes appointments.
    pub appointments: bool,
    /// Whether it takes money.
    pub payment: bool,
    /// The words for the page about where its records go besides, if they go anywhere.
    pub line: Option<&'static str>,
    /// Whether it has files for other systems.
    pub exports: bool,
    /// Whether it loads rows of the resident register.
    pub register: bool,
    pub demo: bool,
    /// Name and role, once signed in.
    pub who: Option<(String, Role)>,
    /// The hidden field of every form.
    pub key: String,
    /// What was just done, in a sentence.
    pub note: Option<String>,
    /// What was not done, in a sentence.
    pub refused: Option<String>,
}

impl Frame {
    /// The frame of a page before anybody is signed in.
    pub fn outside(office: &Office, headers: &HeaderMap) -> Self {
        Self::of(office, language(headers), Place::Outside)
    }

    /// The frame of a page that `clerk` sees.
    pub fn inside(office: &Office, clerk: &Clerk, place: Place) -> Self {
        let staff = &clerk.signed_in.staff;
        Self {
            who: Some((staff.name.clone(), staff.role)),
            key: clerk.key.clone(),
            ..Self::of(office, clerk.lang, place)
        }
    }

    /// With a sentence about what was just done.
    pub fn noting(self, note: Option<Note>) -> Self {
        let note = note.map(|note| note.words(self.words).to_owned());
        Self { note, ..self }
    }

    /// With a sentence about what was not done.
    pub fn refusing(self, refused: String) -> Self {
        Self { refused: Some(refused), ..self }
    }

    fn of(office: &Office, lang: Lang, place: Place) -> Self {
        let site = &office.config.site;
        Self {
            words: Phrases::of(lang),
            town: site.town.in_lang(lang).to_owned(),
            office: site.office.name.in_lang(lang).to_owned(),
            place,
            queue: site.modules.queue,
            appointments: site.modules.appointments,
            payment: site.modules.payment,
            line: super::line::menu(office),
            exports: !office.config.exports.is_empty(),
            register: office.config.register().is_some(),
            demo: office.demo,
            who: None,
            key: String::new(),
            note: None,
            refused: None,
        }
    }

    /// The language's own mark for `<html lang>`.
    pub fn lang(&self) -> &'static str {
        self.words.lang().tag()
    }

    /// The language offered instead of this one.
    pub fn other_lang(&self) -> Lang {
        Lang::ALL.into_iter().find(|lang| *lang != self.words.lang()).unwrap_or_default()
    }

    /// Whether the person signed in may do this; for what the menu shows.
    pub fn may(&self, action: Action) -> bool {
        self.who.as_ref().is_some_and(|(_, role)| may(*role, action))
    }

    /// The address of a static file.
    pub fn asset(&self, name: &str) -> &'static str {
        assets::address(name)
    }

    pub fn sees_visits(&self) -> bool {
        self.may(Action::SeeVisits)
    }

    pub fn pairs_devices(&self) -> bool {
        self.may(Action::PairDevices)
    }

    pub fn sees_staff(&self) -> bool {
        self.may(Action::ManageStaff) || self.may(Action::LiftBackOff)
    }

    pub fn calls_residents(&self) -> bool {
        self.queue && self.may(Action::CallResidents)
    }

    pub fn books_appointments(&self) -> bool {
        self.appointments && self.may(Action::BookAppointments)
    }

    pub fn is_appointments(&self) -> bool {
        self.place == Place::Appointments
    }

    pub fn raises_alarms(&self) -> bool {
        self.may(Action::RaiseAlarms)
    }

    pub fn guides_visitors(&self) -> bool {
        self.queue && self.may(Action::GuideVisitors)
    }

    pub fn oversees(&self) -> bool {
        self.queue && self.may(Action::Oversee)
    }

    pub fn sees_line(&self) -> bool {
        self.line.is_some() && self.may(Action::Oversee)
    }

    pub fn takes_payments(&self) -> bool {
        self.payment && self.may(Action::TakePayments)
    }

    pub fn is_payments(&self) -> bool {
        self.place == Place::Payments
    }

    pub fn closes_days(&self) -> bool {
        self.payment && self.may(Action::CloseDays)
    }

    pub fn takes_exports(&self) -> bool {
        self.exports && self.may(Action::Export)
    }

    pub fn loads_register(&self) -> bool {
        self.register && self.may(Action::LoadRegister)
    }

    pub fn is_exports(&self) -> bool {
        self.place == Place::Exports
    }

    pub fn is_closing(&self) -> bool {
        self.place == Place::Closing
    }

    pub fn is_supervisor(&self) -> bool {
        self.place == Place::Supervisor
    }

    pub fn is_guide(&self) -> bool {
        self.place == Place::Guide
    }

    pub fn is_calling(&self) -> bool {
        self.place == Place::Calling
    }

    pub fn is_today(&self) -> bool {
        self.place == Place::Today
    }

    pub fn is_devices(&self) -> bool {
        self.place == Place::Devices
    }

    pub fn is_staff(&self) -> bool {
        self.place == Place::Staff
    }

    pub fn is_password(&self) -> bool {
        self.place == Place::Password
    }

    /// The role in words.
    pub fn role(&self, role: &Role) -> &str {
        role_words(&self.words, *role)
    }
}

/// The role in words.
pub(super) fn role_words(words: &Phrases, role: Role) -> &str {
    match role {
        Role::Clerk => words.t("desk.role.clerk"),
        Role::Supervisor => words.t("desk.role.supervisor"),
        Role::Administrator => words.t("desk.role.administrator"),
        Role::Guide => words.t("desk.role.guide"),
    }
}

/// Where the desk's cookies belong.
pub(super) const PATH: &str = "/desk";

/// The cookie that holds the desk's language.
pub(super) const LANGUAGE_COOKIE: &str = "desk_lang";

/// The language chosen on this machine.
pub(super) fn language(headers: &HeaderMap) -> Lang {
    cookie::word(headers, LANGUAGE_COOKIE).and_then(Lang::from_tag).unwrap_or_default()
}

/// What a page can be told after an act, by a word in its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Note {
    Saved,
    Identified,
    Accepted,
    SentBack,
    Reopened,
    Answered,
    Reinstated,
    Revoked,
    Added,
    Disabled,
    Enabled,
    Reset,
    Lifted,
    PasswordChanged,
    SignedOut,
    Ended,
    SetUp,
    Paid,
    Recorded,
    Begun,
    Offered,
    Declined,
    Unknown,
    Exempted,
    Voided,
    GivenBack,
    BackBegun,
    BackNoted,
    NotGivenBack,
    TypedIn,
    TakenOut,
    Counted,
    Compared,
    Closed,
    Called,
    AskedAgain,
    Loaded,
}

impl Note {
    fn words(self, words: Phrases) -> String {
        let words = match self {
            Note::Saved => words.t("desk.note.saved"),
            Note::Identified => words.t("desk.note.identified"),
            Note::Accepted => words.t("desk.note.accepted"),
            Note::SentBack => words.t("desk.note.sent_back"),
            Note::Reopened => words.t("desk.note.reopened"),
            Note::Answered => words.t("desk.note.answered"),
            Note::Reinstated => words.t("desk.note.reinstated"),
            Note::Revoked => words.t("desk.note.revoked"),
            Note::Added => words.t("desk.note.added"),
            Note::Disabled => words.t("desk.note.disabled"),
            Note::Enabled => words.t("desk.note.enabled"),
            Note::Reset => words.t("desk.note.reset"),
            Note::Lifted => words.t("desk.note.lifted"),
            Note::PasswordChanged => words.t("desk.note.password_changed"),
            Note::SignedOut => words.t("desk.note.signed_out"),
            Note::Ended => words.t("desk.note.ended"),
            Note::SetUp => words.t("desk.note.set_up"),
            Note::Paid => words.t("desk.note.paid"),
            Note::Recorded => words.t("desk.note.recorded"),
            Note::Offered => words.t("desk.note.offered"),
            Note::Begun => words.t("desk.note.begun"),
            Note::Declined => words.t("desk.note.declined"),
            Note::Unknown => words.t("desk.note.unknown"),
            Note::Exempted => words.t("desk.note.exempted"),
            Note::Voided => words.t("desk.note.voided"),
            Note::GivenBack => words.t("desk.note.given_back"),
            Note::BackBegun => words.t("desk.note.back_begun"),
            Note::BackNoted => words.t("desk.note.back_noted"),
            Note::NotGivenBack => words.t("desk.note.not_given_back"),
            Note::TypedIn => words.t("desk.note.typed_in"),
            Note::TakenOut => words.t("desk.note.taken_out"),
            Note::Called => words.t("line.called"),
            Note::AskedAgain => words.t("line.asked_again"),
            Note::Loaded => words.t("desk.note.loaded"),
            Note::Counted => words.t("desk.closing.note_counted"),
            Note::Compared => words.t("desk.closing.note_compared"),
            Note::Closed => words.t("desk.closing.note_closed"),
        };
        words.to_owned()
    }
}

/// The part of an address after `?` that the desk's pages read.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    pub note: Option<Note>,
    /// The path of the answer that is being corrected.
    pub edit: Option<String>,
}
