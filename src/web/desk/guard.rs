//! Who is asking, and whether the form they sent is one of theirs.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header;
use axum::http::request;
use zeroize::Zeroizing;

use super::fields::Fields;
use super::frame::language;
use crate::id::OpId;
use crate::lang::Lang;
use crate::staff::{self, Action, SignedIn};
use crate::web::error::Failure;
use crate::web::parts::Parts;
use crate::web::{Shared, cookie};

/// The cookie that holds a session's token.
pub(super) const COOKIE: &str = "desk";

/// Pages that refresh themselves say so, in a header or in their address; they keep
/// nobody signed in.
const BY_ITSELF: &str = "x-by-itself";
const BY_ITSELF_QUERY: &str = "by-itself";

/// Somebody who is signed in.
pub(super) struct Clerk {
    pub signed_in: SignedIn,
    /// The hidden field of the forms of this session.
    pub key: String,
    pub lang: Lang,
    /// What their browser knows this server by.
    pub host: String,
}

impl Clerk {
    /// Refuses what the policy table does not allow.
    ///
    /// # Errors
    /// [`Failure::NotAllowed`]; or to the page for choosing a password, while
    /// somebody else knows the present one.
    pub fn may(&self, action: Action) -> Result<(), Failure> {
        let staff = &self.signed_in.staff;
        if staff.must_choose_password {
            return Err(Failure::Elsewhere("/desk/password"));
        }
        if staff::may(staff.role, action) { Ok(()) } else { Err(Failure::NotAllowed) }
    }
}

impl FromRequestParts<Shared> for Clerk {
    type Rejection = Failure;

    async fn from_request_parts(
        parts: &mut request::Parts,
        office: &Shared,
    ) -> Result<Self, Failure> {
        let token =
            cookie::token(&parts.headers, COOKIE).ok_or(Failure::Elsewhere("/desk/sign-in"))?;
        let key = token.form_key();
        let now = office.journal.now();
        let limits = office.sessions;
        let signed_in = office
            .db
            .read(move |connection| staff::signed_in(connection, &token, limits, now))
            .await?
            .ok_or(Failure::Elsewhere("/desk/sign-in?note=ended"))?;
        let by_itself =
            parts.headers.contains_key(BY_ITSELF) || parts.uri.query() == Some(BY_ITSELF_QUERY);
        if signed_in.wants_touch(now) && !by_itself {
            let (journal, touched) = (office.journal.clone(), signed_in.clone());
            let noted = office.db.write(move |tx| staff::touch(tx, &journal, &touched)).await;
            // Whoever only looks may go on where storage takes nothing; their session
            // ends the earlier.
            if let Err(error) = noted {
                tracing::warn!(%error, "a session was not noted as used");
            }
        }
        let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let (lang, host) = (language(&parts.headers), host.unwrap_or_default().to_owned());
        Ok(Self { signed_in, key, lang, host })
    }
}

/// A form sent by somebody who is signed in. A page that an earlier session left
/// open has another key, so nobody acts in a colleague's name.
pub(super) struct Sent {
    pub clerk: Clerk,
    pub fields: Fields,
}

/// A form that may bring a file, sent by somebody who is signed in.
pub(super) struct SentFile {
    pub sent: Sent,
    pub file: Zeroizing<Vec<u8>>,
}

impl Sent {
    fn of(clerk: Clerk, fields: Fields) -> Result<Self, Failure> {
        if fields.get("key") != clerk.key {
            return Err(Failure::Forbidden);
        }
        Ok(Self { clerk, fields })
    }

    /// The press of the button, which its page was given: sent twice it is the
    /// same.
    pub fn op(&self) -> Result<OpId, Failure> {
        self.fields.get("op").parse().map_err(|_| Failure::BadRequest)
    }
}

impl FromRequest<Shared> for Sent {
    type Rejection = Failure;

    async fn from_request(request: Request, office: &Shared) -> Result<Self, Failure> {
        let (mut parts, body) = request.into_parts();
        let clerk = Clerk::from_request_parts(&mut parts, office).await?;
        let fields = Fields::from_request(Request::from_parts(parts, body), office).await?;
        Self::of(clerk, fields)
    }
}

impl FromRequest<Shared> for SentFile {
    type Rejection = Failure;

    async fn from_request(request: Request, office: &Shared) -> Result<Self, Failure> {
        let (mut parts, body) = request.into_parts();
        let clerk = Clerk::from_request_parts(&mut parts, office).await?;
        let Parts { fields, file } =
            Parts::from_request(Request::from_parts(parts, body), office).await?;
        Ok(Self { sent: Sent::of(clerk, fields)?, file })
    }
}
