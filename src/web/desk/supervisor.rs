//! What the supervisor sees (管理者の画面): each lane, what is wrong with it, what every
//! counter does, and what would be if one more were opened. Numbers and staff, no
//! resident: whoever runs the machines may look, too.

use std::time::Duration;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;

use super::bars::{self, Bars};
use super::frame::{Frame, Place};
use super::guard::Clerk;
use super::{booked, days, wrong_clock};
use crate::clock::{self, Moment};
use crate::config;
use crate::lang::Phrases;
use crate::queue::Ticket;
use crate::queue::crowd::Crowd;
use crate::queue::duty::Duty;
use crate::queue::oversight::{self, Closing, Limits};
use crate::queue::report;
use crate::queue::state::State as At;
use crate::queue::wait::Kept;
use crate::queue::wait::hall::Wait;
use crate::staff::{self, Action};
use crate::web::error::Failure;
use crate::web::routes::Router;
use crate::web::{Office, Shared, days as web_days, displays, live, page, status, windows};

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/", get(show))
        .route("/now", get(fragment))
        .route("/events", get(events))
        .route("/days", get(days::list))
        .route("/days.csv", get(days::days_file))
        .route("/hours.csv", get(days::hours_file))
        .route("/appointments.csv", get(booked::as_file))
        .route("/days/{day}", get(days::one))
        .route("/days/{day}/tickets.csv", get(days::tickets_file))
}

/// The counter that is only imagined to be open.
#[derive(Clone, Copy, Debug, Default, serde::Deserialize)]
#[serde(default)]
struct Asked {
    open: Option<u32>,
}

struct Lane {
    name: String,
    waiting: usize,
    /// How long the first has waited.
    longest: Option<u64>,
    window: String,
    open_counters: usize,
    /// How many wait since an earlier day.
    over_night: usize,
    closing: Option<String>,
    troubled: bool,
}

struct Counter {
    number: u32,
    name: String,
    lanes: String,
    staff: Option<String>,
    /// What it does, as a name for colours and in words.
    doing: &'static str,
    words: String,
    /// Whether one may ask what would be, were it open.
    may_open: bool,
}

/// A number that was drawn on an earlier day, and is still somebody's.
struct Carried {
    number: String,
    lane: String,
    state: &'static str,
    drawn_on: String,
}

/// The answer to "what if".
struct Imagined {
    counter: u32,
    lanes: Vec<String>,
}

#[derive(Template)]
#[template(path = "desk/supervisor_now.html")]
struct Now {
    words: Phrases,
    time: String,
    troubles: Vec<String>,
    lanes: Vec<Lane>,
    carried: Vec<Carried>,
    counters: Vec<Counter>,
    imagined: Option<Imagined>,
    charts: Vec<Bars>,
    /// How often the times that were told were right.
    kept: Option<String>,
}

#[derive(Template)]
#[template(path = "desk/supervisor.html")]
struct Page {
    frame: Frame,
    /// Where the changing part comes from, with what was asked.
    fresh: String,
    now: Now,
}

pub(super) fn allowed(office: &Office, clerk: &Clerk) -> Result<(), Failure> {
    match office.config.site.modules.queue {
        true => clerk.may(Action::Oversee),
        false => Err(Failure::NotFound),
    }
}

async fn show(
    State(office): State<Shared>,
    clerk: Clerk,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    allowed(&office, &clerk)?;
    let frame = Frame::inside(&office, &clerk, Place::Supervisor);
    let query = asked.open.map(|counter| format!("?open={counter}")).unwrap_or_default();
    page::show(&Page {
        now: now(&office, frame.words, asked).await?,
        fresh: format!("/desk/supervisor/now{query}"),
        frame,
    })
}

/// The changing part alone, for the script.
async fn fragment(
    State(office): State<Shared>,
    clerk: Clerk,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    allowed(&office, &clerk)?;
    page::show(&now(&office, Phrases::of(clerk.lang), asked).await?)
}

/// Says when something in the queue has changed.
async fn events(State(office): State<Shared>, clerk: Clerk) -> Result<Response, Failure> {
    allowed(&office, &clerk)?;
    Ok(live::changes(&office))
}

async fn now(office: &Office, words: Phrases, asked: Asked) -> Result<Now, Failure> {
    let (now, shown) = (office.journal.now(), office.live.now());
    let accounts = office.db.read(staff::accounts).await?;
    let hours = office.db.read(move |connection| report::hours(connection, now.date())).await?;
    let view = View { office, words, now, shown: &shown };
    let mut troubles: Vec<String> = wrong_clock::trouble(office, words).into_iter().collect();
    if let Some(since) = shown.blind_since {
        let time = clock::hour_and_minute(since);
        troubles.insert(0, words.with("oversight.blind", &[("time", time)]));
    }
    troubles.extend(displays::troubles(office, words).await?);
    troubles.extend(super::line::trouble(office, words).await?);
    troubles.extend(super::second_copy::trouble(office, words));
    let lanes = status::crowds(office, now).into_iter().filter_map(|crowd| {
        let (lane, said) = view.lane(&crowd)?;
        troubles.extend(said);
        Some(lane)
    });
    let lanes = lanes.collect();
    let counter = |counter: &config::Counter| {
        let duty = shown.duties.iter().find(|duty| duty.counter == counter.number);
        let people = duty.map(|duty| super::counters::people(words, &accounts, duty));
        view.counter(counter, duty, people)
    };
    Ok(Now {
        words,
        time: clock::hour_and_minute(now),
        troubles,
        lanes,
        carried: view.carried(),
        counters: office.config.counters.iter().map(counter).collect(),
        imagined: view.imagined(asked).await,
        charts: days::hour_charts(words, &hours),
        kept: view.kept(),
    })
}

/// Puts numbers into words.
struct View<'o> {
    office: &'o Office,
    words: Phrases,
    now: Moment,
    shown: &'o live::Shown,
}

impl View<'_> {
    fn limits(&self) -> Limits {
        self.office.config.site.queue.limits()
    }

    fn name<'n>(&self, lane: &'n config::Lane) -> &'n str {
        lane.name.in_lang(self.words.lang())
    }

    /// A lane, and what is wrong with it.
    fn lane(&self, crowd: &Crowd) -> Option<(Lane, Vec<String>)> {
        let (words, limits) = (self.words, self.limits());
        let lane = self.office.config.lane(&crowd.lane)?;
        let since =
            self.shown.tickets.iter().filter(|ticket| {
                ticket.leg().state == At::Waiting && ticket.leg().lane == crowd.lane
            });
        let waiting: Vec<_> = since.collect();
        let over_night = waiting.iter().filter(|ticket| ticket.stands_over_night()).count();
        let since = waiting.iter().filter_map(|ticket| ticket.kept_waiting_since()).min();
        let waited = since.map(|since| Duration::try_from(self.now - since).unwrap_or_default());
        let minutes = waited.map(|waited| waited.as_secs() / 60);
        let troubles = oversight::troubles(crowd, waited, &limits);
        let values = [
            ("lane", self.name(lane).to_owned()),
            ("minutes", minutes.unwrap_or_default().to_string()),
            ("count", crowd.waiting.to_string()),
        ];
        let said = troubles.iter().map(|trouble| words.with(trouble.key(), &values)).collect();
        let service = Duration::from_secs(u64::from(lane.minutes) * 60);
        let closing =
            oversight::closing(crowd, service, self.office.config.end(lane, self.now), self.now);
        let shown = Lane {
            name: self.name(lane).to_owned(),
            waiting: crowd.waiting,
            longest: minutes,
            window: windows::for_newcomers(
                words,
                (&self.office.config, lane),
                crowd.window,
                self.now,
            )
            .unwrap_or_else(|| "–".to_owned()),
            open_counters: crowd.open_counters,
            over_night,
            closing: closing.map(|closing| match closing {
                Closing::StopNow => words.t("oversight.stop_now").to_owned(),
                Closing::LastIssue(at) => {
                    words.with("oversight.last_issue", &[("time", clock::hour_and_minute(at))])
                }
            }),
            troubled: !troubles.is_empty(),
        };
        Some((shown, said))
    }

    /// Whoever was kept over night and is not done, in the order of their call.
    fn carried(&self) -> Vec<Carried> {
        let words = self.words;
        let open = self.shown.tickets.iter().filter(|ticket| !ticket.leg().state.is_over());
        let carried = open.filter_map(|ticket| {
            let lane = self.office.config.lane(&ticket.leg().lane);
            Some(Carried {
                number: ticket.to_string(),
                lane: lane.map_or_else(String::new, |lane| self.name(lane).to_owned()),
                state: super::calling::state_words(words, ticket.leg().state),
                drawn_on: web_days::day(words, ticket.drawn_on?),
            })
        });
        carried.collect()
    }

    fn counter(
        &self,
        counter: &config::Counter,
        duty: Option<&Duty>,
        staff: Option<String>,
    ) -> Counter {
        let (doing, words) = match duty {
            None => ("closed", self.words.t("oversight.closed").to_owned()),
            Some(duty) => doing(self.words, &self.shown.tickets, duty, self.now),
        };
        let lanes = self.office.config.lanes_of(counter);
        let lanes = lanes.iter().filter_map(|lane| self.office.config.lane(lane));
        Counter {
            number: counter.number,
            name: counter.name.in_lang(self.words.lang()).to_owned(),
            lanes: lanes
                .map(|lane| self.name(lane))
                .collect::<Vec<_>>()
                .join(self.words.t("list.and")),
            staff,
            doing,
            words,
            may_open: duty.is_none_or(|duty| duty.paused.is_some()),
        }
    }

    fn kept(&self) -> Option<String> {
        let Kept { judged, kept } = self.shown.outlook.kept;
        let percent = (kept * 100).checked_div(judged)?;
        let values = [("judged", judged), ("percent", percent)];
        Some(self.words.with("oversight.kept", &values))
    }

    /// What would be, were the counter open that was asked about.
    async fn imagined(&self, asked: Asked) -> Option<Imagined> {
        let counter = self.office.config.counter(asked.open?)?;
        let compared = self.office.live.if_opened(counter.number).await?;
        let own = self.office.config.lanes_of(counter);
        let line = |(lane, [before, after]): (&String, &[Option<Wait>; 2])| {
            let lane = self.office.config.lane(lane).filter(|lane| own.contains(&lane.id))?;
            let minutes = |wait: &Option<Wait>| match wait {
                Some(wait) => {
                    self.words.with("oversight.minutes", &[("minutes", wait.p90_s.div_ceil(60))])
                }
                None => self.words.t("oversight.nobody").to_owned(),
            };
            let values = [
                ("lane", self.name(lane).to_owned()),
                ("before", minutes(before)),
                ("after", minutes(after)),
            ];
            Some(self.words.with("oversight.compared", &values))
        };
        Some(Imagined {
            counter: counter.number,
            lanes: compared.iter().filter_map(line).collect(),
        })
    }
}

/// What a counter on duty does: a name for colours, and in words.
pub(super) fn doing(
    words: Phrases,
    tickets: &[Ticket],
    duty: &Duty,
    now: Moment,
) -> (&'static str, String) {
    let minutes_since = |since: Moment| (now - since).whole_minutes().max(0).to_string();
    let at_counter = tickets.iter().find(|ticket| {
        ticket.leg().state.is_at_counter() && ticket.leg().counter == Some(duty.counter)
    });
    if let Some(ticket) = at_counter {
        let state = ticket.leg().state;
        let key = match state {
            At::Called => "oversight.called",
            _ => "oversight.serving",
        };
        let minutes = minutes_since(ticket.leg().since);
        return (
            state.id(),
            words.with(key, &[("number", ticket.to_string()), ("minutes", minutes)]),
        );
    }
    match duty.paused {
        Some((pause, since)) => {
            let why = super::calling::pause_words(words, pause).to_owned();
            let values = [("why", why), ("minutes", minutes_since(since))];
            ("paused", words.with("oversight.paused", &values))
        }
        None => ("free", words.t("oversight.free").to_owned()),
    }
}
