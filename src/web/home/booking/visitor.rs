//! Who is asking from home: a browser by its cookie, and the address it comes from.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::Response;

use crate::appointment::By;
use crate::appointment::state::Who;
use crate::id::OpId;
use crate::journal::Actor;
use crate::lang::Lang;
use crate::secret::Token;
use crate::web::error::Failure;
use crate::web::fields::Fields;
use crate::web::guests::{Guest, Stands};
use crate::web::{Office, Shared, booking, cookie, page};

const COOKIE: &str = "booking";
const PATH: &str = "/home/appointment";

/// So long after the last page a browser is taken to be somebody else's.
const PATIENCE: Duration = Duration::from_secs(30 * 60);

/// A browser at home.
pub(super) struct Visitor {
    token: Token,
    is_new: bool,
    pub address: IpAddr,
    /// The browser's own language.
    pub own_lang: Lang,
}

impl FromRequestParts<Shared> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, office: &Shared) -> Result<Self, Infallible> {
        let known = cookie::token(&parts.headers, COOKIE);
        let is_new = known.is_none();
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip());
        let proxies = office.config.appointments().map_or(&[][..], |plan| &plan.home.proxies);
        Ok(Self {
            token: known.unwrap_or_else(|| Token::new(&*office.journal.chance)),
            is_new,
            address: address(peer.to_canonical(), proxies, &parts.headers),
            own_lang: page::own_language(&parts.headers),
        })
    }
}

/// For whom the request was sent: the peer, unless that is a machine of the town that
/// passes requests on. It writes the last address itself; those before it may be
/// anybody's invention.
fn address(peer: IpAddr, proxies: &[IpAddr], headers: &HeaderMap) -> IpAddr {
    let told = headers.get_all("x-forwarded-for").iter().next_back();
    let told = told.and_then(|told| told.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
    told.filter(|_| proxies.contains(&peer)).unwrap_or(peer)
}

impl Visitor {
    /// What this browser was shown last, if that was a moment ago.
    pub fn guest(&self, office: &Office) -> Option<Guest> {
        let now = office.journal.now();
        office.at_home.guests.get(&self.token.digest(), now, PATIENCE)
    }

    /// What this browser was shown, where it sends that for the first time.
    ///
    /// # Errors
    /// Where it goes on: a page that was sent already shows what came of it.
    pub fn pressed(&self, office: &Office, fields: &Fields) -> Result<Guest, Failure> {
        let guest = self.guest(office).ok_or(Failure::Elsewhere(PATH))?;
        match fields.get("op") == guest.page.to_string() {
            true => Ok(guest),
            false => Err(Failure::Elsewhere(super::DONE)),
        }
    }

    /// Shows another page, which may be sent once.
    pub fn turn_page(&self, office: &Office, lang: Lang, stands: Option<Stands>) -> OpId {
        let (page, now) = (office.journal.op(), office.journal.now());
        office.at_home.guests.forget_the_gone(now, PATIENCE);
        let guest = Guest { lang, page, stands, refused: None, seen: now };
        office.at_home.guests.put(self.token.digest(), guest);
        page
    }

    /// A slot that was only held is free at once.
    pub async fn give_up(&self, office: &Office) -> Result<(), Failure> {
        let Some(guest) = office.at_home.guests.take(&self.token.digest()) else { return Ok(()) };
        let Some(Stands::Held(id)) = guest.stands else { return Ok(()) };
        Ok(booking::give_up(office, by(office.journal.op()), id).await?)
    }

    /// Lets the browser be known again.
    pub fn known_by(&self, mut response: Response) -> Response {
        if self.is_new {
            cookie::keep(&mut response, COOKIE, &self.token, PATH, 0);
        }
        response
    }

    pub fn language(&self, asked: Option<Lang>, guest: Option<&Guest>) -> Lang {
        asked.or(guest.map(|guest| guest.lang)).unwrap_or(self.own_lang)
    }
}

/// Whoever acts at home. Nobody knows who that is.
pub(super) fn by(op: OpId) -> By {
    By { op, actor: Actor::Home, who: Who::Home }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_machine_of_the_town_is_believed_whom_it_speaks_for() {
        let proxy: IpAddr = "10.0.0.2".parse().unwrap();
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", "203.0.113.7, 198.51.100.9".parse().unwrap());
        let of = |peer: &str, proxies: &[IpAddr]| {
            address(peer.parse().unwrap(), proxies, &headers).to_string()
        };
        assert_eq!(of("10.0.0.2", &[proxy]), "198.51.100.9");
        assert_eq!(of("10.0.0.2", &[]), "10.0.0.2");
        assert_eq!(of("203.0.113.200", &[proxy]), "203.0.113.200");
        headers.insert("x-forwarded-for", "unknown".parse().unwrap());
        assert_eq!(address(proxy, &[proxy], &headers), proxy);
    }
}
