//! Accounts: added, disabled, given a new first password.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;

use super::fields::Fields;
use super::frame::{Asked, Frame, Place, role_words};
use super::guard::{Clerk, Sent};
use super::slowly::slowly;
use super::today::time_of_day;
use crate::clock::Moment;
use crate::id::{OpId, StaffId};
use crate::lang::Phrases;
use crate::staff::{self, Action, Error, NewAccount, NewPassword, Role, Staff};
use crate::web::error::Failure;
use crate::web::{Office, Shared, page};

/// What was typed for an account, as the page shows it again. Never the password.
#[derive(Clone)]
pub(super) struct Entered {
    pub login: String,
    pub name: String,
    pub role: Role,
}

impl Default for Entered {
    fn default() -> Self {
        Self { login: String::new(), name: String::new(), role: Role::Clerk }
    }
}

impl Entered {
    pub fn of(fields: &Fields) -> Self {
        Self {
            login: fields.get("login").to_owned(),
            name: fields.get("name").to_owned(),
            role: Role::from_id(fields.get("role")).unwrap_or(Role::Clerk),
        }
    }

    /// Checks what was typed and hashes the password, off the busy threads.
    pub async fn new_account(
        &self,
        office: &Office,
        password: &str,
        is_initial: bool,
    ) -> Result<NewAccount, Error> {
        let (entered, password) = (self.clone(), password.to_owned());
        let chance = office.journal.chance.clone();
        let make = move || {
            let Entered { login, name, role } = &entered;
            NewAccount::typed(login, name, *role, &password, is_initial, &*chance)
        };
        slowly(make).await?
    }
}

/// An account as the list shows it.
struct Row {
    id: StaffId,
    /// Makes a second press of the same button the same act.
    op: OpId,
    login: String,
    name: String,
    role: String,
    is_disabled: bool,
    must_choose_password: bool,
    /// Too many wrong passwords: sign-in must wait until then.
    waits_until: Option<String>,
    is_me: bool,
}

#[derive(Template)]
#[template(path = "desk/staff.html")]
struct Page {
    frame: Frame,
    /// Makes a second press of the same button the same act.
    op: OpId,
    rows: Vec<Row>,
    manages: bool,
    entered: Entered,
}

impl Page {
    /// Nobody guides where no numbers are given out.
    fn roles(&self) -> Vec<(Role, &str)> {
        let own = Role::ALL.into_iter().filter(|role| *role != Role::Guide || self.frame.queue);
        own.map(|role| (role, role_words(&self.frame.words, role))).collect()
    }
}

/// The list, and the form for one more.
pub(super) async fn show(
    State(office): State<Shared>,
    Query(asked): Query<Asked>,
    clerk: Clerk,
) -> Result<Response, Failure> {
    clerk.may(Action::LiftBackOff)?;
    let frame = Frame::inside(&office, &clerk, Place::Staff).noting(asked.note);
    list(&office, &clerk, frame, Entered::default()).await
}

async fn list(
    office: &Office,
    clerk: &Clerk,
    frame: Frame,
    entered: Entered,
) -> Result<Response, Failure> {
    let now = office.journal.now();
    let accounts =
        office.db.read(move |connection| staff::accounts_and_waits(connection, now)).await?;
    let row = |(staff, wait): (Staff, Option<Moment>)| Row {
        op: office.journal.op(),
        waits_until: wait.map(time_of_day),
        id: staff.id,
        role: role_words(&frame.words, staff.role).to_owned(),
        is_disabled: staff.disabled_at.is_some(),
        must_choose_password: staff.must_choose_password,
        is_me: staff.id == clerk.signed_in.staff.id,
        login: staff.login,
        name: staff.name,
    };
    let rows = accounts.into_iter().map(row).collect();
    let (op, manages) = (office.journal.op(), frame.may(Action::ManageStaff));
    page::show(&Page { frame, op, rows, manages, entered })
}

/// Adds an account.
pub(super) async fn add(State(office): State<Shared>, sent: Sent) -> Result<Response, Failure> {
    sent.clerk.may(Action::ManageStaff)?;
    let entered = Entered::of(&sent.fields);
    let frame = Frame::inside(&office, &sent.clerk, Place::Staff);
    let op = sent.op()?;
    match make(&office, &sent, op, &entered).await {
        Ok(()) => Ok(page::go("/desk/staff?note=added")),
        Err(error) => {
            let refused = refusal(&frame.words, error)?;
            list(&office, &sent.clerk, frame.refusing(refused), entered).await
        }
    }
}

async fn make(office: &Office, sent: &Sent, op: OpId, entered: &Entered) -> Result<(), Error> {
    let new = entered.new_account(office, sent.fields.get("password"), true).await?;
    let (journal, actor) = (office.journal.clone(), sent.clerk.signed_in.actor());
    office.db.write(move |tx| staff::add(tx, &journal, op, actor, &new)).await?;
    Ok(())
}

/// Disables, enables or resets an account, or ends its wait.
pub(super) async fn change(
    State(office): State<Shared>,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Failure> {
    let id: StaffId = id.parse().map_err(|_| Failure::NotFound)?;
    let act = sent.fields.get("act").to_owned();
    let action = if act == "lift" { Action::LiftBackOff } else { Action::ManageStaff };
    sent.clerk.may(action)?;
    let frame = Frame::inside(&office, &sent.clerk, Place::Staff);
    let op = sent.op()?;
    match done(&office, &sent, op, (id, &act)).await {
        Ok(Some(note)) => Ok(page::go(&format!("/desk/staff?note={note}"))),
        Ok(None) => Err(Failure::NotFound),
        Err(error) => {
            let refused = refusal(&frame.words, error)?;
            list(&office, &sent.clerk, frame.refusing(refused), Entered::default()).await
        }
    }
}

/// The word for the note, or `None` for an act that does not exist.
async fn done(
    office: &Office,
    sent: &Sent,
    op: OpId,
    (id, act): (StaffId, &str),
) -> Result<Option<&'static str>, Error> {
    let (journal, actor) = (office.journal.clone(), sent.clerk.signed_in.actor());
    let db = &office.db;
    Ok(match act {
        "disable" => {
            db.write(move |tx| staff::disable(tx, &journal, actor, id)).await?;
            Some("disabled")
        }
        "enable" => {
            db.write(move |tx| staff::enable(tx, &journal, actor, id)).await?;
            Some("enabled")
        }
        "lift" => {
            db.write(move |tx| staff::lift_back_off(tx, &journal, actor, id)).await?;
            Some("lifted")
        }
        "reset" => {
            let staff = db.read(move |connection| staff::account(connection, id)).await?;
            let staff = staff.ok_or(Error::NoSuchAccount)?;
            let password = NewPassword::new(sent.fields.get("password"), &staff.login)?;
            let chance = office.journal.chance.clone();
            let initial = slowly(move || password.hash(&*chance)).await?;
            db.write(move |tx| staff::reset_password(tx, &journal, op, actor, id, &initial))
                .await?;
            Some("reset")
        }
        _ => None,
    })
}

/// A refusal in words; a fault stays a fault.
pub(in crate::web) fn refusal(words: &Phrases, error: Error) -> Result<String, Failure> {
    Ok(match error {
        Error::LoginForm => words.t("desk.refused.login_form").to_owned(),
        Error::LoginTaken => words.t("desk.refused.login_taken").to_owned(),
        Error::NameForm => words.t("desk.refused.name_form").to_owned(),
        Error::PasswordTooShort { min } => {
            words.with("desk.refused.password_too_short", &[("min", min)])
        }
        Error::PasswordTooLong { max } => {
            words.with("desk.refused.password_too_long", &[("max", max)])
        }
        Error::PasswordIsLogin => words.t("desk.refused.password_is_login").to_owned(),
        Error::PasswordUnchanged => words.t("desk.refused.password_unchanged").to_owned(),
        Error::LastAdministrator => words.t("desk.refused.last_administrator").to_owned(),
        Error::OwnAccount => words.t("desk.refused.own_account").to_owned(),
        Error::WrongSetupCode => words.t("desk.refused.setup_code").to_owned(),
        Error::BackedOff { until } => super::sign_in::wait(words, until),
        fault @ (Error::AlreadySetUp | Error::NoSuchAccount | Error::Journal(_) | Error::Db(_)) => {
            return Err(fault.into());
        }
    })
}
