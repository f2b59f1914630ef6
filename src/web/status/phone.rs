//! A ticket's own page, for the telephone of whoever holds it: my number, when, how
//! many before me, and loudly when it is my turn. No name, and nothing that leads to
//! one; the page of a number that is over says so, on this day and on every later one.

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;

use super::{Asked, allowed};
use crate::clock;
use crate::db::Tx;
use crate::journal::Actor;
use crate::lang::{Lang, Phrases};
use crate::queue::board::Call;
use crate::queue::holder::{self, Seen};
use crate::queue::outlook::{self, Told};
use crate::queue::state::{Action, State as Stands};
use crate::queue::{self, Ticket};
use crate::secret::Code;
use crate::visit::{self, Wishes};
use crate::web::error::Failure;
use crate::web::live::Shown;
use crate::web::{Office, Shared, assets, page as answer, windows};

/// Numbers that are shown as called now.
const CALLED_MOST: usize = 4;

/// The screens follow a press far sooner.
const SHOWN_WITHIN: Duration = Duration::from_secs(2);

/// The part that changes.
#[derive(Template)]
#[template(path = "status/phone_now.html")]
struct Now {
    words: Phrases,
    number: String,
    lane: String,
    /// The state, for the script and the colours: `waiting`, or `over` after the day.
    state: &'static str,
    /// When it was called last: a later one is another call.
    call: Option<String>,
    /// What it means for the holder, in one sentence.
    sentence: String,
    /// That a number of an earlier day still counts.
    kept: Option<&'static str>,
    /// While it waits: how many before it and when.
    waiting: Option<(String, String)>,
    has_window: bool,
    /// What its holder can say with one press.
    says: Option<Says>,
    /// Whether they may give the number back.
    leaves: Option<Says>,
    called: Vec<Call>,
    time: String,
}

/// A button for the holder.
struct Says {
    /// Where it leads.
    code: String,
    lang: &'static str,
    /// What was shown: since when the ticket stands there. A press about what is over
    /// does nothing.
    seen: String,
    button: &'static str,
    about: &'static str,
}

#[derive(Template)]
#[template(path = "status/phone.html")]
struct Page {
    words: Phrases,
    code: String,
    town: String,
    office: String,
    demo: bool,
    is_over: bool,
    /// Whether anything may still come: on its day, what is over can be taken back.
    may_change: bool,
    /// The order of the calls, in one sentence.
    order: String,
    /// Whether the staff see this page's language as the one that is asked for; nothing
    /// where it is too late to say so.
    spoken: Option<bool>,
    now: Now,
}

impl Page {
    fn asset(&self, name: &str) -> &'static str {
        assets::address(name)
    }
}

/// `GET /status/{code}`.
pub(super) async fn page(
    State(office): State<Shared>,
    Path(code): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let ticket = find(&office, &code).await?;
    let (lang, site) = (asked.lang(&headers), &office.config.site);
    let now = now(&office, &ticket, lang);
    let spoken = wishes(&office, &ticket).await?.map(|wishes| wishes.lang == lang);
    answer::show(&Page {
        words: Phrases::of(lang),
        code: ticket.code.as_ref().map(Code::to_string).unwrap_or_default(),
        town: site.town.in_lang(lang).to_owned(),
        office: site.office.name.in_lang(lang).to_owned(),
        demo: office.demo,
        spoken,
        order: windows::order(Phrases::of(lang), site),
        is_over: matches!(now.state, "done" | "cancelled" | "expired"),
        may_change: now.state != "expired" && ticket.day == office.journal.now().date()
            || !matches!(now.state, "done" | "cancelled" | "expired"),
        now,
    })
}

/// The changing part alone, for the script.
pub(super) async fn fragment(
    State(office): State<Shared>,
    Path(code): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let ticket = find(&office, &code).await?;
    answer::show(&now(&office, &ticket, asked.lang(&headers)))
}

/// What the holder saw when they pressed.
#[derive(Deserialize)]
pub(super) struct Pressed {
    seen: String,
    /// The number is given back.
    #[serde(default)]
    leaves: bool,
}

/// Whoever missed the call is there again, or has done what they were held for, or gives
/// the number back. As often as it is pressed, it is done once; what it is refused is
/// seen on the page.
pub(super) async fn here(
    State(office): State<Shared>,
    Path(code): Path<String>,
    Query(asked): Query<Asked>,
    Form(pressed): Form<Pressed>,
) -> Result<Response, Failure> {
    let ticket = find(&office, &code).await?;
    let (id, journal) = (ticket.id, office.journal.clone());
    let say = move |tx: &Tx<'_>| {
        let seen = Seen { since: &pressed.seen, leaves: pressed.leaves };
        holder::press(tx, &journal, (journal.op(), Actor::Holder), (id, seen))
    };
    if office.db.write(say).await? {
        // The page that follows is drawn from memory, and shows what was done.
        let mut shown = office.live.boards();
        let is_shown = |shown: &Arc<Shown>| {
            shown.tickets.iter().any(|one| one.id == id && one.leg().since > ticket.leg().since)
        };
        let _ = tokio::time::timeout(SHOWN_WITHIN, shown.wait_for(is_shown)).await;
    }
    let lang = asked.lang.map(|lang| format!("?lang={}", lang.tag())).unwrap_or_default();
    Ok(answer::go(&format!("/status/{code}{lang}")))
}

/// The language that this page is read in is the one that its holder would like to be
/// served in, too: the staff see it beside the number.
pub(super) async fn speak(
    State(office): State<Shared>,
    Path(code): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let ticket = find(&office, &code).await?;
    let lang = asked.lang.ok_or(Failure::BadRequest)?;
    let wishes = wishes(&office, &ticket).await?.filter(|wishes| wishes.lang != lang);
    if let (Some(wishes), Some(visit)) = (wishes, ticket.visit) {
        let (journal, wishes) = (office.journal.clone(), Wishes { lang, ..wishes });
        let wish = move |tx: &Tx<'_>| visit::wish(tx, &journal, Actor::Holder, visit, &wishes);
        office.db.write(wish).await?;
    }
    Ok(answer::go(&format!("/status/{code}?lang={}", lang.tag())))
}

/// What the holder of a ticket may still wish for.
async fn wishes(office: &Office, ticket: &Ticket) -> Result<Option<Wishes>, Failure> {
    let Some(visit) = ticket.visit else { return Ok(None) };
    if !holder::can_choose_language(ticket, office.journal.now()) {
        return Ok(None);
    }
    let visit = office.db.read(move |look| visit::get(look, visit)).await?;
    let there = visit.filter(|visit| visit.state != visit::State::Erased);
    Ok(there.map(|visit| visit.wishes))
}

/// `GET /s/{code}`: short enough to be typed.
pub(super) async fn short(
    State(office): State<Shared>,
    Path(code): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let ticket = find(&office, &code).await?;
    let code = ticket.code.as_ref().map(Code::to_string).unwrap_or_default();
    let lang = asked.lang.map(|lang| format!("?lang={}", lang.tag())).unwrap_or_default();
    Ok(answer::go(&format!("/status/{code}{lang}")))
}

/// The ticket of a code: today's are in memory, one of another day, or of this moment,
/// is looked for.
async fn find(office: &Office, code: &str) -> Result<Ticket, Failure> {
    allowed(office)?;
    let code = Code::typed(code).ok_or(Failure::NotFound)?;
    let shown = office.live.now();
    if let Some(ticket) = shown.tickets.iter().find(|ticket| ticket.code.as_ref() == Some(&code)) {
        return Ok(ticket.clone());
    }
    let look = move |connection: &_| queue::by_code(connection, &code);
    office.db.read(look).await?.ok_or(Failure::NotFound)
}

fn now(office: &Office, ticket: &Ticket, lang: Lang) -> Now {
    let (words, moment, shown) = (Phrases::of(lang), office.journal.now(), office.live.now());
    let leg = ticket.leg();
    // What an earlier day left open is over, whether somebody has said so yet or not.
    let keeps = office.config.site.queue.keep_over_night && leg.state.stays_over_night();
    let stands = match ticket.day == moment.date() || leg.state.is_over() || keeps {
        true => leg.state,
        false => Stands::Expired,
    };
    let is_kept = !stands.is_over() && (ticket.drawn_on.is_some() || ticket.day < moment.date());
    let says = holder::can_be_back(ticket, moment);
    let told = shown.outlook.of(ticket.id, moment);
    let press = |button, about| Says {
        code: ticket.code.as_ref().map(Code::to_string).unwrap_or_default(),
        lang: lang.tag(),
        seen: clock::rfc3339(leg.since),
        button: words.t(button),
        about: words.t(about),
    };
    let lane = office.config.lane(&leg.lane);
    Now {
        words,
        number: ticket.to_string(),
        lane: lane.map_or_else(String::new, |lane| lane.name.in_lang(lang).to_owned()),
        state: stands.id(),
        call: leg.called_at.filter(|_| stands == Stands::Called).map(clock::rfc3339),
        sentence: match says {
            Some(Action::Return) => words.t("phone.absent_at_first").to_owned(),
            _ => sentence(words, stands, leg.counter),
        },
        kept: is_kept.then(|| words.t("phone.kept")),
        waiting: (stands == Stands::Waiting).then(|| {
            let rules = office.config.site.queue.order();
            let ahead = outlook::ahead(ticket, &shown.tickets, &rules, moment);
            let ahead = match ahead {
                0 => words.t("wait.nobody_ahead").to_owned(),
                ahead => words.with("wait.ahead", &[("count", ahead)]),
            };
            (ahead, windows::told(words, told))
        }),
        says: says.map(|action| match action {
            Action::Return => press("phone.back", "phone.back_about"),
            _ => press("phone.ready", "phone.ready_about"),
        }),
        leaves: holder::can_leave(ticket, moment)
            .then(|| press("phone.leave", "phone.leave_about")),
        has_window: matches!(told, Told::At(_)),
        called: shown.board.called.iter().take(CALLED_MOST).cloned().collect(),
        time: clock::hour_and_minute(shown.as_of(moment)),
    }
}

/// What a state means for the holder.
pub(in crate::web) fn sentence(words: Phrases, stands: Stands, counter: Option<u32>) -> String {
    let key = match stands {
        Stands::Waiting => "phone.waiting",
        Stands::Called => "phone.called",
        Stands::Serving => "phone.serving",
        Stands::Held => "phone.held",
        Stands::Preparing => "phone.preparing",
        Stands::Absent => "phone.absent",
        Stands::Done => "phone.done",
        Stands::Cancelled => "phone.cancelled",
        Stands::Expired => "phone.expired",
    };
    words.with(key, &[("counter", counter.unwrap_or_default())])
}
