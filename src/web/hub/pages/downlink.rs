//! 配信: what was sent down to which office and what became of it, and the form that sends.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::super::Served;
use super::super::refusal::Refusal;
use super::frame::Sent;
use super::{Frame, Place, Seen};
use crate::clock::{Moment, parse_iso_day, parse_rfc3339};
use crate::hub::people::Action;
use crate::hub::{self, Became, Device, SentNotice, ToSend};
use crate::id::OpId;
use crate::lang::Phrases;
use crate::notice::{Account, Kind, WrongBody};
use crate::web::fields::Fields;
use crate::web::page;

#[derive(Template)]
#[template(path = "hub/downlink.html")]
struct Page {
    frame: Frame,
    op: String,
    /// Whether there is a key to sign with.
    can_send: bool,
    all: Vec<SentNotice>,
    offices: Vec<String>,
    devices: Vec<Device>,
    /// What was typed and not sent.
    typed: Typed,
}

/// The form, as it was sent.
#[derive(Default)]
struct Typed {
    kind: String,
    offices: Vec<String>,
    body: String,
    login: String,
    device: String,
    day: String,
    time: String,
}

impl Page {
    fn kinds(&self) -> [Kind; 6] {
        Kind::ALL
    }

    fn kind(&self, id: &str) -> &str {
        self.frame.words.t(kind_words(id))
    }

    fn is_kind(&self, kind: &Kind) -> bool {
        kind.id() == self.typed.kind
    }

    fn is_office(&self, id: &String) -> bool {
        self.typed.offices.contains(id)
    }

    fn is_device(&self, one: &Device) -> bool {
        one.id == self.typed.device
    }

    /// What became of it, in words, and the colour of that.
    fn became(&self, one: &SentNotice) -> (&str, String) {
        let words = &self.frame.words;
        let (colour, key) = match (&one.became, &one.activate_at) {
            (Became::Waiting, _) => {
                let ago = [("ago", self.frame.ago(one.waits_secs))];
                return ("submitted", words.with("hub.down.waiting", &ago));
            }
            (Became::Held, Some(_)) => ("partly", "hub.down.held"),
            (Became::Held, None) => ("partly", "hub.down.at_the_office"),
            (Became::Applied, _) => ("accepted", "hub.down.applied"),
            (Became::Refused(..), _) => ("sent_back", "hub.down.refused"),
        };
        (colour, words.t(key).to_owned())
    }

    /// Why it was refused, and what is wrong.
    fn why(&self, one: &SentNotice) -> Option<(&str, Vec<String>)> {
        let Became::Refused(why, faults) = &one.became else { return None };
        Some((self.frame.words.t(why_words(why)), faults.lines().map(str::to_owned).collect()))
    }

    fn who<'p>(&'p self, one: &'p SentNotice) -> &'p str {
        one.who.as_deref().unwrap_or_else(|| self.frame.words.t("hub.who.console"))
    }
}

/// The key of the words for a kind.
pub(in crate::web) fn kind_words(id: &str) -> &'static str {
    match Kind::from_id(id) {
        Some(Kind::Closures) => "hub.down.kind_closures",
        Some(Kind::Fees) => "hub.down.kind_fees",
        Some(Kind::Exports) => "hub.down.kind_exports",
        Some(Kind::Register) => "hub.down.kind_register",
        Some(Kind::StaffDisabled) => "hub.down.kind_staff_disabled",
        Some(Kind::DeviceRevoked) => "hub.down.kind_device_revoked",
        None => "hub.down.kind_other",
    }
}

/// The key of the words for why an office refused.
pub(in crate::web) fn why_words(why: &str) -> &'static str {
    match why {
        "faults" => "hub.down.why_faults",
        "no_such_account" => "hub.down.why_no_such_account",
        "last_administrator" => "hub.down.why_last_administrator",
        "no_such_device" => "hub.down.why_no_such_device",
        "unknown_kind" => "hub.down.why_unknown_kind",
        _ => "hub.down.why_not_as_expected",
    }
}

async fn list(
    served: &Served,
    seen: &Seen,
    refused: Option<String>,
    typed: Typed,
) -> Result<Response, Refusal> {
    let municipality = &seen.me.municipality;
    let branches = served.hub.branches(municipality).await?;
    let mut devices = served.hub.devices(municipality).await?;
    devices.retain(|device| !device.is_revoked);
    let page = Page {
        op: OpId::new(served.clock.now(), &*served.chance).to_string(),
        can_send: served.key.is_some(),
        all: served.hub.sent_down(municipality).await?,
        offices: branches.into_iter().map(|branch| branch.office).collect(),
        devices,
        typed,
        frame: Frame::new(served, seen, Place::Downlink).refusing(refused),
    };
    page::show(&page).map_err(|_| Refusal::Unshown)
}

/// What was sent, and the form.
pub(super) async fn show(
    State(served): State<Arc<Served>>,
    seen: Seen,
) -> Result<Response, Refusal> {
    seen.may(Action::SendDown)?;
    list(&served, &seen, None, Typed::default()).await
}

/// Sends something to the offices that were ticked.
pub(super) async fn send(
    State(served): State<Arc<Served>>,
    Sent { seen, fields }: Sent,
) -> Result<Response, Refusal> {
    seen.may(Action::SendDown)?;
    let words = Phrases::of(seen.town.lang);
    match sent(&served, &seen, &fields).await? {
        Ok(()) => Ok(page::go(&seen.town.at("/downlink"))),
        Err(refused) => {
            let refused = refused.in_words(words);
            list(&served, &seen, Some(refused), typed(&fields)).await
        }
    }
}

fn typed(fields: &Fields) -> Typed {
    let of = |name: &str| fields.get(name).to_owned();
    Typed {
        kind: of("kind"),
        offices: fields.all("office"),
        body: of("body"),
        login: of("login"),
        device: of("device"),
        day: of("day"),
        time: of("time"),
    }
}

/// What is to be typed otherwise.
enum Wrong {
    NoKey,
    NoOffice,
    NoTime,
    Body(WrongBody),
}

impl Wrong {
    fn in_words(self, words: Phrases) -> String {
        let key = match self {
            Wrong::NoKey => "hub.down.no_key",
            Wrong::NoOffice => "hub.down.no_office",
            Wrong::NoTime => "hub.down.no_time",
            Wrong::Body(WrongBody::TooLong) => "hub.down.too_long",
            Wrong::Body(WrongBody::NotToml(error)) => {
                return words.with("hub.down.not_toml", &[("error", error)]);
            }
            Wrong::Body(WrongBody::NotClosures) => "hub.down.not_closures",
            Wrong::Body(WrongBody::NotNamed) => "hub.down.not_named",
        };
        words.t(key).to_owned()
    }
}

async fn sent(served: &Served, seen: &Seen, fields: &Fields) -> Result<Result<(), Wrong>, Refusal> {
    let Some(key) = &served.key else { return Ok(Err(Wrong::NoKey)) };
    let op: OpId = fields.get("op").parse().map_err(|_| Refusal::Forbidden)?;
    let kind = Kind::from_id(fields.get("kind")).ok_or(Refusal::NotHere)?;
    let Ok(activate_at) = activation(fields.get("day"), fields.get("time")) else {
        return Ok(Err(Wrong::NoTime));
    };
    let body = match kind {
        Kind::StaffDisabled => {
            let login = fields.get("login").trim().to_owned();
            serde_json::to_string(&Account { login }).map_err(|_| Refusal::Unshown)?
        }
        Kind::DeviceRevoked => serde_json::json!({ "device": fields.get("device") }).to_string(),
        _ => fields.get("body").replace("\r\n", "\n"),
    };
    if let Err(wrong) = kind.check(&body) {
        return Ok(Err(Wrong::Body(wrong)));
    }
    // What is ticked must be an office of this municipality that has ever written.
    let branches = served.hub.branches(&seen.me.municipality).await?;
    let ticked = fields.all("office");
    let to: Vec<hub::Office> = branches
        .into_iter()
        .filter(|branch| ticked.contains(&branch.office))
        .map(|branch| hub::Office {
            municipality: seen.me.municipality.clone(),
            name: branch.office,
        })
        .collect();
    if to.is_empty() {
        return Ok(Err(Wrong::NoOffice));
    }
    let person = seen.me.person.id.to_string();
    let what = ToSend { op, kind, body: &body, activate_at, person: &person };
    let now = served.clock.now();
    for office in &to {
        served.hub.send_down((office, now), &what, (key, &*served.chance)).await?;
    }
    Ok(Ok(()))
}

/// From when on; a day alone is its first minute.
fn activation(day: &str, time: &str) -> Result<Option<Moment>, ()> {
    let (day, time) = (day.trim(), time.trim());
    if day.is_empty() {
        return if time.is_empty() { Ok(None) } else { Err(()) };
    }
    parse_iso_day(day).ok_or(())?;
    let time = if time.is_empty() { "00:00" } else { time };
    parse_rfc3339(&format!("{day}T{time}:00+09:00")).map(Some).ok_or(())
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_day_without_a_time_begins_at_midnight_and_nothing_is_at_once() {
        for (day, time, expected) in [
            ("", "", Ok(None)),
            ("2027-04-01", "", Ok(Some(datetime!(2027-04-01 0:00 +9)))),
            ("2027-04-01", "08:30", Ok(Some(datetime!(2027-04-01 8:30 +9)))),
            ("", "08:30", Err(())),
            ("2027-02-30", "", Err(())),
            ("2027-04-01", "25:00", Err(())),
        ] {
            assert_eq!(activation(day, time), expected, "{day} {time}");
        }
    }
}
