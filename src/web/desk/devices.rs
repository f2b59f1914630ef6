//! Tablets: paired with a code, listed, revoked.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;

use super::frame::{Asked, Frame, Place};
use super::guard::{Clerk, Sent};
use crate::clock::Moment;
use crate::db::Tx;
use crate::device::{self, Device, Error, NewDevice, Role};
use crate::id::{DeviceId, OpId};
use crate::lang::Phrases;
use crate::preregistration::Trouble;
use crate::staff::Action;
use crate::web::error::Failure;
use crate::web::{Office, Shared, displays, page};

/// A device as the list shows it.
struct Row {
    id: DeviceId,
    name: String,
    is_display: bool,
    reader: String,
    paired: String,
    revoked: Option<String>,
    calls: bool,
    /// Its card reader needs somebody to look after it.
    trouble: bool,
    /// What is wrong with a display.
    mute: Option<String>,
}

/// What was typed for a device, as the page shows it again.
#[derive(Default)]
struct Entered {
    name: String,
    reader: String,
    is_display: bool,
}

#[derive(Template)]
#[template(path = "desk/devices.html")]
struct Page {
    frame: Frame,
    /// Makes a second press of the same button the same act.
    op: OpId,
    rows: Vec<Row>,
    /// Whether this office reads cards.
    cards: bool,
    /// Whether this office has displays.
    displays: bool,
    /// The card readers of this server.
    readers: Vec<String>,
    /// What to look after for codes made at home.
    codes: Vec<String>,
    entered: Entered,
}

impl Page {
    /// The readers to choose from; one that was chosen stands there even when
    /// this server no longer has it.
    fn readers<'p>(&'p self, chosen: &'p str) -> Vec<(&'p str, bool)> {
        let mut names: Vec<&str> = self.readers.iter().map(String::as_str).collect();
        if !chosen.is_empty() && !names.contains(&chosen) {
            names.push(chosen);
        }
        names.into_iter().map(|name| (name, name == chosen)).collect()
    }
}

#[derive(Template)]
#[template(path = "desk/pairing.html")]
struct Paired {
    frame: Frame,
    name: String,
    code: String,
    until: String,
}

/// The list, and the form for one more.
pub(super) async fn show(
    State(office): State<Shared>,
    Query(asked): Query<Asked>,
    clerk: Clerk,
) -> Result<Response, Failure> {
    clerk.may(Action::PairDevices)?;
    let frame = Frame::inside(&office, &clerk, Place::Devices).noting(asked.note);
    list(&office, frame, Entered::default()).await
}

async fn list(office: &Office, frame: Frame, entered: Entered) -> Result<Response, Failure> {
    let devices = office.db.read(device::all).await?;
    let rows = devices.into_iter().map(|device| row(office, frame.words, device)).collect();
    let readers = office.readers.names();
    let cards = office.config.site.modules.card_reader;
    let displays = office.config.site.modules.queue;
    let codes = troubles(office, frame.words);
    let op = office.journal.op();
    page::show(&Page { frame, op, rows, cards, displays, readers, codes, entered })
}

fn troubles(office: &Office, words: Phrases) -> Vec<String> {
    let troubles = office.intake.troubles(&office.config, office.journal.now().date());
    let sentence = |trouble: &Trouble| {
        let month = trouble.month().map(|month| ("month", month.to_string()));
        words.with(trouble.code(), month.as_slice())
    };
    troubles.iter().map(sentence).collect()
}

fn row(office: &Office, words: Phrases, device: Device) -> Row {
    let mute = displays::trouble(office, words, &device);
    let used = device.reader.as_deref().filter(|_| device.revoked_at.is_none());
    Row {
        trouble: used.is_some_and(|reader| office.readers.is_in_trouble(reader)),
        mute,
        id: device.id,
        is_display: device.role == Role::Display,
        calls: device.calling_since().is_some(),
        reader: device.reader.unwrap_or_default(),
        paired: day_and_time(device.paired_at),
        revoked: device.revoked_at.map(day_and_time),
        name: device.name,
    }
}

/// `2026-11-21 9:05`.
fn day_and_time(moment: Moment) -> String {
    let day = crate::clock::iso_day(moment.date());
    format!("{day} {}:{:02}", moment.hour(), moment.minute())
}

/// Makes a code and shows it, once: it stands in no address and no history.
pub(super) async fn offer(State(office): State<Shared>, sent: Sent) -> Result<Response, Failure> {
    sent.clerk.may(Action::PairDevices)?;
    let op = sent.op()?;
    let field = |name| sent.fields.get(name).to_owned();
    let is_display = sent.fields.get("role") == Role::Display.id();
    let entered = Entered { name: field("name"), reader: field("reader"), is_display };
    let frame = Frame::inside(&office, &sent.clerk, Place::Devices);
    let offered = match typed(&office, &entered) {
        Ok(new) => {
            let (journal, actor) = (office.journal.clone(), sent.clerk.signed_in.actor());
            office.db.write(move |tx| device::offer(tx, &journal, op, actor, &new)).await
        }
        Err(refused) => Err(refused),
    };
    match offered {
        Ok((code, until)) => {
            let until = format!("{}:{:02}", until.hour(), until.minute());
            page::show(&Paired { frame, name: entered.name, code: code.to_string(), until })
        }
        // Sent a second time, after the code was used.
        Err(Error::UnknownCode) => Ok(page::go("/desk/devices")),
        Err(error) => {
            let refused = refusal(&frame.words, error)?;
            list(&office, frame.refusing(refused), entered).await
        }
    }
}

fn typed(office: &Office, entered: &Entered) -> Result<NewDevice, Error> {
    known(office, &entered.reader)?;
    let role = if entered.is_display { Role::Display } else { Role::Kiosk };
    NewDevice::typed(&entered.name, role, &entered.reader)
}

/// Refuses a reader that this server does not have; empty is none.
fn known(office: &Office, reader: &str) -> Result<(), Error> {
    let is_known = reader.is_empty() || office.readers.names().iter().any(|name| name == reader);
    if is_known { Ok(()) } else { Err(Error::ReaderForm) }
}

/// Takes a device's token away.
pub(super) async fn revoke(
    State(office): State<Shared>,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Failure> {
    sent.clerk.may(Action::PairDevices)?;
    let id = id.parse().map_err(|_| Failure::NotFound)?;
    let (journal, actor) = (office.journal.clone(), sent.clerk.signed_in.actor());
    office.db.write(move |tx| device::revoke(tx, &journal, actor, id)).await?;
    Ok(page::go("/desk/devices?note=revoked"))
}

/// Says which card reader stands beside a kiosk.
pub(super) async fn choose_reader(
    State(office): State<Shared>,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Failure> {
    sent.clerk.may(Action::PairDevices)?;
    let id = id.parse().map_err(|_| Failure::NotFound)?;
    let (journal, actor) = (office.journal.clone(), sent.clerk.signed_in.actor());
    let reader = sent.fields.get("reader").to_owned();
    let chosen = match known(&office, &reader) {
        Ok(()) => {
            let choose = move |tx: &Tx<'_>| device::choose_reader(tx, &journal, actor, id, &reader);
            office.db.write(choose).await
        }
        Err(refused) => Err(refused),
    };
    match chosen {
        Ok(()) => Ok(page::go("/desk/devices?note=saved")),
        Err(error) => {
            let frame = Frame::inside(&office, &sent.clerk, Place::Devices);
            let refused = refusal(&frame.words, error)?;
            list(&office, frame.refusing(refused), Entered::default()).await
        }
    }
}

/// A refusal in words; a fault stays a fault.
fn refusal(words: &Phrases, error: Error) -> Result<String, Failure> {
    Ok(match error {
        Error::NameForm => words.t("desk.refused.device_name_form").to_owned(),
        Error::NameTaken => words.t("desk.refused.device_name_taken").to_owned(),
        Error::ReaderForm => words.t("desk.refused.reader_form").to_owned(),
        Error::ReaderTaken => words.t("desk.refused.reader_taken").to_owned(),
        fault @ (Error::UnknownCode
        | Error::NoSuchDevice
        | Error::NotAKiosk
        | Error::Journal(_)
        | Error::Db(_)) => return Err(fault.into()),
    })
}
