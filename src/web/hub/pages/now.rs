//! 全庁の状況: who waits in which office, and how old what the hub knows of it is.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::super::Served;
use super::super::refusal::Refusal;
use super::{Frame, Place, Seen};
use crate::hub::people::Action;
use crate::hub::{Hall, Window};
use crate::web::page;

/// An office that says nothing for so long is told of. Each calls once a minute.
const SILENT_SECS: u64 = 10 * 60;

#[derive(Template)]
#[template(path = "hub/now.html")]
struct Page {
    frame: Frame,
    now: String,
}

#[derive(Template)]
#[template(path = "hub/now_part.html")]
struct Part {
    frame: Frame,
    halls: Vec<Hall>,
}

impl Part {
    fn is_silent(&self, hall: &Hall) -> bool {
        hall.branch.silent_secs >= SILENT_SECS
    }

    fn minutes(&self, secs: &Option<u64>) -> String {
        let minutes = |secs| self.frame.words.with("hub.minutes", &[("minutes", secs / 60)]);
        secs.map_or_else(|| "–".to_owned(), minutes)
    }

    fn waiting(&self, hall: &Hall) -> u64 {
        hall.lanes.iter().map(|lane| lane.waiting).sum()
    }

    fn longest(&self, hall: &Hall) -> String {
        self.minutes(&hall.lanes.iter().filter_map(|lane| lane.longest_secs).max())
    }

    fn doing(&self, window: &Window) -> String {
        match &window.number {
            Some(number) => number.clone(),
            None if window.is_paused => self.frame.words.t("hub.paused").to_owned(),
            None => self.frame.words.t("hub.free").to_owned(),
        }
    }
}

async fn drawn(served: &Served, seen: &Seen) -> Result<Part, Refusal> {
    seen.may(Action::SeeQueues)?;
    let halls = served.hub.halls(&seen.me.municipality, served.clock.now()).await?;
    Ok(Part { frame: Frame::new(served, seen, Place::Now), halls })
}

pub(super) async fn page(
    State(served): State<Arc<Served>>,
    seen: Seen,
) -> Result<Response, Refusal> {
    let part = drawn(&served, &seen).await?;
    let now = part.render().map_err(|_| Refusal::Unshown)?;
    let frame = Frame::new(&served, &seen, Place::Now);
    page::show(&Page { frame, now }).map_err(|_| Refusal::Unshown)
}

/// What of the page is drawn anew.
pub(super) async fn part(
    State(served): State<Arc<Served>>,
    seen: Seen,
) -> Result<Response, Refusal> {
    page::show(&drawn(&served, &seen).await?).map_err(|_| Refusal::Unshown)
}
