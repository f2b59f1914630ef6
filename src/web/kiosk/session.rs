//! Who is asking: the tablet by its cookie, and the visit that stands on it; and
//! whether the form they sent belongs to that visit.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header;
use axum::http::request::Parts;
use sha2::{Digest, Sha256};

use super::COOKIE;
use crate::applicant::Source;
use crate::card;
use crate::db;
use crate::device::{self, Device, Role};
use crate::form::answers::Answers;
use crate::hex;
use crate::id::{OpId, VisitId};
use crate::journal::Actor;
use crate::secret::Token;
use crate::visit::{self, State, Visit, retention, step};
use crate::web::error::Failure;
use crate::web::fields::Fields;
use crate::web::readers::Reader;
use crate::web::{Office, Shared, cookie};

/// A paired kiosk. A browser without the cookie is sent to be paired.
pub(super) struct Kiosk {
    pub device: Device,
    /// What it is known by.
    pub token: Token,
    /// The address that was asked for.
    pub here: String,
    /// What the tablet knows this server by.
    pub host: String,
}

impl FromRequestParts<Shared> for Kiosk {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, office: &Shared) -> Result<Self, Failure> {
        let token = cookie::token(&parts.headers, COOKIE).ok_or(Failure::Elsewhere("/pair"))?;
        let look = move |connection: &_| -> Result<_, device::Error> {
            Ok(device::paired(connection, &token)?.map(|device| (device, token)))
        };
        let found = office.db.read(look).await?.filter(|(device, _)| device.role == Role::Kiosk);
        // The routes are nested, and see only what follows.
        let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let host = host.unwrap_or_default().to_owned();
        let here = format!("/kiosk{}", parts.uri.path().trim_end_matches('/'));
        found
            .map(|(device, token)| Kiosk { device, token, here, host })
            .ok_or(Failure::Elsewhere("/pair"))
    }
}

/// The visit on the tablet, and what is known of it.
pub(super) struct AtKiosk {
    pub visit: Visit,
    pub answers: Answers,
}

impl AtKiosk {
    /// The hidden field of the forms of this visit. A browser may keep a form
    /// that one resident sent and send it again while another stands there; it is
    /// then known by this, and neither taken nor shown.
    pub fn key(&self) -> String {
        let key = Sha256::new()
            .chain_update("kiosk form")
            .chain_update(self.visit.id.to_string())
            .finalize();
        hex::digits(&key[..16])
    }

    /// The page before the card's: the last gate, or the choice of procedures.
    pub fn before_card(&self, office: &Office) -> String {
        let forms = office.counter().forms_of(&self.visit);
        let gate = step::last_gate(&forms, &self.answers);
        gate.map_or("/kiosk/procedures".to_owned(), |ask| super::ask::address(&ask.page.id))
    }
}

/// A form sent from a page of the visit that stands on the tablet now. One from
/// an earlier visit leads to what is due in this one.
pub(super) struct Sent {
    pub kiosk: Kiosk,
    pub at: AtKiosk,
    pub fields: Fields,
}

impl FromRequest<Shared> for Sent {
    type Rejection = Failure;

    async fn from_request(request: Request, office: &Shared) -> Result<Self, Failure> {
        let (mut parts, body) = request.into_parts();
        let kiosk = Kiosk::from_request_parts(&mut parts, office).await?;
        let fields = Fields::from_request(Request::from_parts(parts, body), office).await?;
        let at = kiosk.visit(office).await?.filter(|at| fields.get("key") == at.key());
        let at = at.ok_or(Failure::Elsewhere("/kiosk"))?;
        Ok(Self { kiosk, at, fields })
    }
}

/// A form of a visit that is still being filled in.
pub(super) struct SentDraft(pub Sent);

impl FromRequest<Shared> for SentDraft {
    type Rejection = Failure;

    async fn from_request(request: Request, office: &Shared) -> Result<Self, Failure> {
        let sent = Sent::from_request(request, office).await?;
        match sent.at.visit.state {
            State::Draft => Ok(Self(sent)),
            State::Submitted | State::Erased => Err(Failure::Elsewhere("/kiosk")),
        }
    }
}

impl Kiosk {
    /// Who acts, for the journal.
    pub fn actor(&self) -> Actor {
        self.device.actor()
    }

    /// The reader beside this tablet, if it has one.
    pub fn reader(&self, office: &Office) -> Option<Reader> {
        office.readers.get(self.device.reader.as_deref()?)
    }

    /// The page before the first question after the gates: without a reader nobody
    /// chooses how name and address are given.
    pub fn before_questions(&self, office: &Office, at: &AtKiosk) -> String {
        match self.reader(office) {
            Some(_) => "/kiosk/way".to_owned(),
            None => at.before_card(office),
        }
    }

    /// Lets the number page that is shown now present its number, once.
    pub fn number_page(&self, office: &Office) -> OpId {
        let page = office.journal.op();
        if let Some(reader) = self.device.reader.as_deref() {
            office.readers.note_page(reader, page);
        }
        page
    }

    /// Whether this number page may present its number; it may no more then.
    pub fn uses_number_page(&self, office: &Office, page: &str) -> bool {
        let (reader, page) = (self.device.reader.as_deref(), page.parse());
        reader.zip(page.ok()).is_some_and(|(reader, page)| office.readers.use_page(reader, page))
    }

    /// Remembers why a reading failed, for the next page.
    pub fn note_failure(&self, office: &Office, at: &AtKiosk, error: card::Error) {
        if let Some(reader) = self.device.reader.as_deref() {
            office.readers.note_failure(reader, at.visit.id, error);
        }
    }

    /// Why the last reading failed, if that was not told yet.
    pub fn take_failure(&self, office: &Office, at: &AtKiosk) -> Option<card::Error> {
        office.readers.take_failure(self.device.reader.as_deref()?, at.visit.id)
    }

    /// The card of the demonstration that was laid here last.
    pub fn laid_demo_card(&self, office: &Office) -> Option<String> {
        office.readers.laid(self.device.reader.as_deref()?)
    }

    /// A tablet on which no visit stands: what a guest does there is nobody's visit.
    ///
    /// # Errors
    /// Where whoever has a visit goes on.
    pub async fn without_visit(&self, office: &Office) -> Result<(), Failure> {
        match self.visit(office).await? {
            Some(_) => Err(Failure::Elsewhere("/kiosk")),
            None => Ok(()),
        }
    }

    /// The visit that stands here.
    pub async fn visit(&self, office: &Office) -> Result<Option<AtKiosk>, Failure> {
        let found = self.look(office).await?;
        let now = office.journal.now();
        let is_abandoned =
            |at: &AtKiosk| retention::is_abandoned(&at.visit, &office.config.site.screen, now);
        match &found {
            Some(at) if is_abandoned(at) => {
                self.sweep(office, at.visit.id).await?;
                // Nothing, unless somebody came back to it in between.
                self.look(office).await
            }
            _ => Ok(found),
        }
    }

    async fn look(&self, office: &Office) -> Result<Option<AtKiosk>, Failure> {
        let (kiosk, journal) = (self.device.id, office.journal.clone());
        let found = office.db.read(move |connection| -> Result<_, visit::Error> {
            let Some(visit) = visit::at_kiosk(connection, kiosk)? else { return Ok(None) };
            // What a clerk loaded from the resident register is for the desk alone, even
            // while the visit still stands on its tablet.
            let answers = visit::answers(connection, &journal, visit.id)?;
            let answers = answers.without(Source::Register);
            Ok(Some(AtKiosk { visit: visit.with_care(&answers), answers }))
        });
        Ok(found.await?)
    }

    /// Erases a visit that nobody is at any more, and what called for staff.
    async fn sweep(&self, office: &Office, visit: VisitId) -> Result<(), Failure> {
        let (journal, site) = (office.journal.clone(), office.config.site.clone());
        let (actor, kiosk) = (self.actor(), self.device.id);
        let erase = move |tx: &db::Tx<'_>| -> Result<(), Failure> {
            if retention::erase_one(tx, &journal, actor, &site, visit)?.is_some() {
                device::withdraw_call(tx, &journal, actor, kiosk)?;
            }
            Ok(())
        };
        office.db.write(erase).await?;
        office.codes.forget(self.device.id, self.beside(office));
        empty_log(office).await;
        Ok(())
    }

    /// The resident goes: the visit here, if any, ends, and with it the call for
    /// staff. What was not handed in is erased, down to the database's log.
    pub async fn leave(&self, office: &Office, visit: Option<VisitId>) -> Result<(), Failure> {
        let (journal, actor, kiosk) = (office.journal.clone(), self.actor(), self.device.id);
        let leave = move |tx: &db::Tx<'_>| -> Result<(), Failure> {
            if let Some(visit) = visit {
                visit::leave(tx, &journal, actor, visit)?;
            }
            Ok(device::withdraw_call(tx, &journal, actor, kiosk)?)
        };
        office.db.write(leave).await?;
        office.codes.forget(self.device.id, self.beside(office));
        empty_log(office).await;
        Ok(())
    }

    /// The visit that is being filled in here; any other state goes to `/kiosk`,
    /// which shows what is due.
    pub async fn draft(&self, office: &Office) -> Result<AtKiosk, Failure> {
        self.visit(office)
            .await?
            .filter(|at| at.visit.state == State::Draft)
            .ok_or(Failure::Elsewhere("/kiosk"))
    }

    /// Changes the visit that is being filled in here.
    pub async fn change<F>(&self, office: &Office, at: &AtKiosk, change: F) -> Result<(), Failure>
    where
        F: FnOnce(
                &db::Tx<'_>,
                &crate::journal::Journal,
                Actor,
                VisitId,
            ) -> Result<(), visit::Error>
            + Send
            + 'static,
    {
        let (journal, actor, id) = (office.journal.clone(), self.actor(), at.visit.id);
        let changed = office.db.write(move |tx| change(tx, &journal, actor, id)).await;
        match changed {
            // The resident pressed Back after the visit had ended: show what is.
            Err(visit::Error::Gone | visit::Error::Refused(_)) => Err(Failure::Elsewhere("/kiosk")),
            other => Ok(other?),
        }
    }
}

/// Empties the database's log, where what was erased may still stand. It may be in
/// use for a moment; the sweep empties it then.
async fn empty_log(office: &Office) {
    if let Err(error) = office.db.truncate_log().await {
        tracing::info!(%error, "the database's log is emptied later");
    }
}
