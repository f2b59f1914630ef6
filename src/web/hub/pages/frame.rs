//! What stands around every page, and who may see one: somebody who is signed in, in their
//! own municipality.

use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;

use super::super::refusal::Refusal;
use super::super::{Names, Served};
use crate::hub::people::{Action, Role, SignedIn, may};
use crate::hub::{self};
use crate::lang::{Lang, Phrases};
use crate::web::fields::Fields;
use crate::web::{assets, cookie, page};

/// The cookie that holds a session's token, for one municipality's pages.
pub(super) const COOKIE: &str = "hub";

/// Pages that refresh themselves say so; they keep nobody signed in.
const BY_ITSELF: &str = "x-by-itself";

/// Where in the menu a page belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Now,
    Received,
    Takings,
    Machines,
    Downlink,
    People,
    Record,
    Password,
    Outside,
}

/// A municipality whose pages somebody asks for.
pub(super) struct Town {
    pub municipality: String,
    pub lang: Lang,
}

impl Town {
    /// The address of a page of it: `/takings`, or nothing for the first.
    pub fn at(&self, page: &str) -> String {
        format!("/municipalities/{}{page}", self.municipality)
    }
}

impl FromRequestParts<Arc<Served>> for Town {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, served: &Arc<Served>) -> Result<Self, Refusal> {
        let Path(all) = Path::<Vec<(String, String)>>::from_request_parts(parts, served)
            .await
            .map_err(|_| Refusal::NotHere)?;
        let municipality = all.into_iter().find(|(name, _)| name == "municipality");
        let (_, municipality) = municipality.ok_or(Refusal::NotHere)?;
        // Whatever is no municipality's code has no pages.
        let named: Result<hub::Office, _> = format!("{municipality}/any").parse();
        named.map_err(|_| Refusal::NotHere)?;
        Ok(Town { municipality, lang: page::own_language(&parts.headers) })
    }
}

/// A request for a page, from somebody who is signed in.
pub(super) struct Seen {
    pub town: Town,
    pub me: SignedIn,
    /// The hidden field of the forms of this session.
    pub key: String,
}

impl Seen {
    /// Refuses what the policy table does not allow, and sends whoever has a password
    /// that somebody else knows to choose one.
    pub fn may(&self, action: Action) -> Result<(), Refusal> {
        if self.me.person.must_choose_password {
            return Err(Refusal::Elsewhere(self.town.at("/password")));
        }
        if may(self.me.person.role, action) { Ok(()) } else { Err(Refusal::NotAllowed) }
    }
}

impl FromRequestParts<Arc<Served>> for Seen {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, served: &Arc<Served>) -> Result<Self, Refusal> {
        let town = Town::from_request_parts(parts, served).await?;
        let outside = || Refusal::Elsewhere(town.at("/sign-in"));
        let token = cookie::token(&parts.headers, COOKIE).ok_or_else(outside)?;
        let by_itself = parts.headers.contains_key(BY_ITSELF);
        let of = (town.municipality.as_str(), served.clock.now());
        let me = served.hub.signed_in(of, &token, by_itself).await?.ok_or_else(outside)?;
        Ok(Seen { me, key: token.form_key(), town })
    }
}

/// A form sent by somebody who is signed in. A page that an earlier session left open has
/// another key.
pub(super) struct Sent {
    pub seen: Seen,
    pub fields: Fields,
}

impl FromRequest<Arc<Served>> for Sent {
    type Rejection = Refusal;

    async fn from_request(request: Request, served: &Arc<Served>) -> Result<Self, Refusal> {
        let (mut parts, body) = request.into_parts();
        let seen = Seen::from_request_parts(&mut parts, served).await?;
        let fields = Fields::from_request(Request::from_parts(parts, body), served)
            .await
            .map_err(|_| Refusal::Forbidden)?;
        if fields.get("key") != seen.key {
            return Err(Refusal::Forbidden);
        }
        Ok(Sent { seen, fields })
    }
}

/// The words and the menu of a page.
pub(super) struct Frame {
    pub words: Phrases,
    pub municipality: String,
    pub town: String,
    pub place: Place,
    /// Name and role, once signed in.
    pub who: Option<(String, Role)>,
    /// The hidden field of every form.
    pub key: String,
    /// What was not done, in a sentence.
    pub refused: Option<String>,
    names: Names,
}

impl Frame {
    /// The frame of a page that somebody sees.
    pub fn new(served: &Served, seen: &Seen, place: Place) -> Self {
        let person = &seen.me.person;
        Self {
            who: Some((person.name.clone(), person.role)),
            key: seen.key.clone(),
            place,
            ..Self::outside(served, &seen.town)
        }
    }

    /// The frame of a page before anybody is signed in.
    pub fn outside(served: &Served, town: &Town) -> Self {
        let (words, municipality) = (Phrases::of(town.lang), town.municipality.clone());
        let names = served.names.for_town(&municipality).cloned().unwrap_or_default();
        let code = [("code", municipality.as_str())];
        let town =
            names.town(town.lang).map_or_else(|| words.with("hub.town", &code), str::to_owned);
        let (who, key, refused) = (None, String::new(), None);
        Self { words, municipality, town, place: Place::Outside, who, key, refused, names }
    }

    /// With a sentence about what was not done.
    pub fn refusing(self, refused: Option<String>) -> Self {
        Self { refused, ..self }
    }

    /// The language's own mark for `<html lang>`.
    pub fn lang(&self) -> &'static str {
        self.words.lang().tag()
    }

    /// The address of a static file.
    pub fn asset(&self, name: &str) -> &'static str {
        assets::address(name)
    }

    /// The address of a page of this municipality: `/takings`, or nothing for the first.
    pub fn at(&self, page: &str) -> String {
        format!("/municipalities/{}{page}", self.municipality)
    }

    pub fn is_at(&self, place: &Place) -> bool {
        self.place == *place
    }

    /// The menu of whoever is signed in: place, address, words.
    pub fn menu(&self) -> Vec<(Place, String, &str)> {
        let all = [
            (Place::Now, Action::SeeQueues, "", "hub.now"),
            (Place::Received, Action::SeeApplications, "/applications", "hub.received"),
            (Place::Takings, Action::SeeTakings, "/takings", "hub.takings"),
            (Place::Machines, Action::SeeMachines, "/machines", "hub.machines"),
            (Place::Downlink, Action::SendDown, "/downlink", "hub.downlink"),
            (Place::People, Action::ManagePeople, "/people", "hub.people"),
            (Place::Record, Action::ReadRecord, "/record", "hub.record"),
        ];
        let role = self.who.as_ref().map(|(_, role)| *role);
        all.into_iter()
            .filter(|(_, action, ..)| role.is_some_and(|role| may(role, *action)))
            .map(|(place, _, page, words)| (place, self.at(page), self.words.t(words)))
            .collect()
    }

    /// The role in words.
    pub fn role(&self, role: &Role) -> &str {
        self.words.t(match role {
            Role::Clerk => "desk.role.clerk",
            Role::Supervisor => "desk.role.supervisor",
            Role::Administrator => "desk.role.administrator",
            Role::Auditor => "hub.auditor",
        })
    }

    pub fn office(&self, id: &str) -> String {
        self.names.office(id, self.words.lang()).to_owned()
    }

    pub fn lane(&self, id: &str) -> String {
        self.names.lane(id, self.words.lang()).to_owned()
    }

    pub fn procedure(&self, id: &str) -> String {
        self.names.procedure(id, self.words.lang()).to_owned()
    }

    pub fn procedures(&self) -> Vec<String> {
        self.names.procedures().cloned().collect()
    }

    /// How long ago, roughly: `3 分前`.
    pub fn ago(&self, secs: u64) -> String {
        match secs {
            0..60 => self.words.t("hub.just_now").to_owned(),
            60..3_600 => self.words.with("hub.minutes_ago", &[("minutes", secs / 60)]),
            3_600..172_800 => self.words.with("hub.hours_ago", &[("hours", secs / 3_600)]),
            _ => self.words.with("hub.days_ago", &[("days", secs / 86_400)]),
        }
    }
}
