//! 端末と通信: devices, how far each log is held, what is missing, what waits and why, and
//! what went wrong.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::super::Served;
use super::super::refusal::Refusal;
use super::{Frame, Place, Seen};
use crate::clock;
use crate::hub::people::Action;
use crate::hub::{Device, Held, Incident, Parked, Why};
use crate::web::page;

/// So many entries that wait are told of, one by one.
const PARKED_MAX: usize = 50;

#[derive(Template)]
#[template(path = "hub/machines.html")]
struct Page {
    frame: Frame,
    devices: Vec<Device>,
    logs: Vec<Held>,
    parked: Vec<Parked>,
    more_parked: usize,
    incidents: Vec<Incident>,
}

impl Page {
    fn why(&self, parked: &Parked) -> &str {
        self.frame.words.t(match parked.why {
            Why::TooNew => "line.too_new",
            Why::NotAsExpected => "line.not_as_expected",
            Why::BehindAnother => "line.behind_another",
        })
    }

    fn at(&self, parked: &Parked) -> String {
        clock::parse_rfc3339(&parked.at).map_or_else(String::new, |at| {
            format!("{} {}", clock::iso_day(at.date()), clock::hour_and_minute(at))
        })
    }

    fn incident(&self, incident: &Incident) -> &str {
        self.frame.words.t(match incident.what.as_str() {
            "hub_went_back" => "hub.incident.hub_went_back",
            "counter_went_back" => "hub.incident.counter_went_back",
            _ => "hub.incident.other",
        })
    }

    fn role(&self, device: &Device) -> &str {
        self.frame.words.t(match device.role.as_str() {
            "kiosk" => "hub.role.kiosk",
            "display" => "hub.role.display",
            _ => "hub.role.other",
        })
    }

    /// Enough of a log's identity to tell it from another.
    fn short<'l>(&self, held: &'l Held) -> &'l str {
        held.log.rsplit('-').next().unwrap_or(&held.log)
    }
}

pub(super) async fn page(
    State(served): State<Arc<Served>>,
    seen: Seen,
) -> Result<Response, Refusal> {
    seen.may(Action::SeeMachines)?;
    let (hub, town) = (&served.hub, &seen.me.municipality);
    let mut parked = hub.parked(town).await?;
    let more_parked = parked.len().saturating_sub(PARKED_MAX);
    parked.truncate(PARKED_MAX);
    let shown = Page {
        devices: hub.devices(town).await?,
        logs: hub.logs(town).await?,
        parked,
        more_parked,
        incidents: hub.incidents(town).await?,
        frame: Frame::new(&served, &seen, Place::Machines),
    };
    page::show(&shown).map_err(|_| Refusal::Unshown)
}
