//! Signing in and out.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::fields::Fields;
use super::frame::{Asked, Frame, LANGUAGE_COOKIE, PATH};
use super::guard::{COOKIE, Sent};
use super::slowly::slowly;
use crate::clock::Moment;
use crate::lang::{Lang, Phrases};
use crate::secret::Token;
use crate::staff::{self, Outcome};
use crate::web::demo::{self, Account};
use crate::web::error::Failure;
use crate::web::{Office, Shared, cookie, page};

#[derive(Template)]
#[template(path = "desk/sign_in.html")]
struct Page {
    frame: Frame,
    login: String,
    refused: Option<String>,
    accounts: Vec<Account>,
}

impl Page {
    fn new(office: &Office, frame: Frame, login: String, refused: Option<String>) -> Self {
        let accounts = demo::accounts(office, &frame.words);
        Self { frame, login, refused, accounts }
    }
}

/// The page with the two fields; before the first account, the way to it.
pub(super) async fn show(
    State(office): State<Shared>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    if !office.db.read(staff::is_set_up).await? {
        return Ok(page::go("/desk/setup"));
    }
    let frame = Frame::outside(&office, &headers).noting(asked.note);
    page::show(&Page::new(&office, frame, String::new(), None))
}

/// Checks login and password. The slow part runs beside the writer, two at a
/// time: nineteen MiB each are enough to ask of a small machine.
pub(super) async fn enter(
    State(office): State<Shared>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Failure> {
    let login = fields.get("login").to_owned();
    match try_password(&office, &login, fields.get("password")).await? {
        Ok(token) => {
            let mut entered = page::go("/desk");
            cookie::keep(&mut entered, COOKIE, &token, PATH, 0);
            Ok(entered)
        }
        Err(wait_until) => {
            let frame = Frame::outside(&office, &headers);
            let refused = Some(refusal(&frame, wait_until));
            page::show(&Page::new(&office, frame, login, refused))
        }
    }
}

/// The session's token, or until when the next try must wait.
async fn try_password(
    office: &Office,
    login: &str,
    password: &str,
) -> Result<Result<Token, Option<Moment>>, Failure> {
    let (journal, login) = (office.journal.clone(), login.to_owned());
    let begun = office.db.write(move |tx| staff::begin(tx, &journal, &login)).await;
    let attempt = match begun {
        Ok(attempt) => attempt,
        Err(staff::Error::BackedOff { until }) => return Ok(Err(Some(until))),
        Err(fault) => return Err(fault.into()),
    };
    let password = password.to_owned();
    let checked = slowly(move || attempt.check(&password)).await?;
    let journal = office.journal.clone();
    let outcome = office.db.write(move |tx| staff::finish(tx, &journal, &checked)).await?;
    Ok(match outcome {
        Outcome::SignedIn { token, .. } => Ok(token),
        Outcome::Refused { wait_until } => Err(wait_until),
    })
}

fn refusal(frame: &Frame, wait_until: Option<Moment>) -> String {
    match wait_until {
        None => frame.words.t("desk.sign_in.refused").to_owned(),
        Some(until) => wait(&frame.words, until),
    }
}

/// How long to wait, in words.
pub(super) fn wait(words: &Phrases, until: Moment) -> String {
    // The minute after: whoever tries at the time shown is let in.
    let until = until + time::Duration::seconds(59);
    let time = format!("{}:{:02}", until.hour(), until.minute());
    words.with("desk.sign_in.wait", &[("time", time)])
}

/// Ends the session and forgets the cookie.
pub(super) async fn leave(State(office): State<Shared>, sent: Sent) -> Result<Response, Failure> {
    let (journal, me) = (office.journal.clone(), sent.clerk.signed_in);
    office.db.write(move |tx| staff::sign_out(tx, &journal, &me)).await?;
    let mut signed_out = page::go("/desk/sign-in?note=signed_out");
    cookie::forget(&mut signed_out, COOKIE, PATH);
    Ok(signed_out)
}

/// Changes the language of the desk on this machine.
pub(super) async fn choose_language(fields: Fields) -> Response {
    let lang = Lang::from_tag(fields.get("lang")).unwrap_or_default();
    let mut back = page::go("/desk");
    cookie::keep_word(&mut back, LANGUAGE_COOKIE, lang.tag(), PATH);
    back
}
