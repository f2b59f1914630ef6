//! Month and day of birth, before anything of a code is shown: whoever found the
//! code, or photographed it, does not know them.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::code;
use super::frame::Frame;
use super::session::{AtKiosk, Kiosk, Sent, SentDraft};
use crate::id::OpId;
use crate::visit::{
    self,
    brought::{self, Told},
};
use crate::web::error::Failure;
use crate::web::{Office, Shared, page};

#[derive(Template)]
#[template(path = "kiosk/birthday.html")]
struct Ask {
    frame: Frame,
    /// Makes a second press of the same button one try.
    op: OpId,
    /// What was wrong with the last one.
    error: Option<String>,
}

/// Asks for it.
pub(super) fn page(
    office: &Office,
    kiosk: &Kiosk,
    at: &AtKiosk,
    error: Option<String>,
) -> Result<Response, Failure> {
    let frame = Frame::new(office, kiosk, Some(at));
    page::show(&Ask { frame, op: office.journal.op(), error })
}

/// `POST /kiosk/birthday`: takes the code into the visit, if it is the right one.
pub(super) async fn tell(
    State(office): State<Shared>,
    SentDraft(Sent { kiosk, at, fields }): SentDraft,
) -> Result<Response, Failure> {
    let Some(text) = brought::waiting(&at.answers) else { return Ok(page::go("/kiosk")) };
    if fields.has("without") {
        kiosk.change(&office, &at, brought::forgo).await?;
        return Ok(page::go("/kiosk"));
    }
    let op: OpId = fields.get("op").parse().map_err(|_| Failure::BadRequest)?;
    let Some(told) = month_and_day(fields.get("birthday")) else {
        let words = crate::lang::Phrases::of(at.visit.wishes.lang);
        return page(&office, &kiosk, &at, Some(words.t("kiosk.birthday.form").to_owned()));
    };
    let opened = match code::open(&office, text)? {
        Ok(opened) => opened,
        // It has expired since it was read.
        Err(refusal) => {
            kiosk.change(&office, &at, brought::forgo).await?;
            let why = (refusal.code(), Vec::new(), None);
            return Ok(page::go(code::not_taken(&office, &kiosk, &at, why).await?));
        }
    };
    let jti = opened.jti;
    let (shared, journal, device) = (office.0.clone(), office.journal.clone(), kiosk.device.id);
    let id = at.visit.id;
    let tell = move |tx: &crate::db::Tx<'_>| {
        let by = (device, op);
        brought::tell_birthday(tx, &journal, shared.counter(), by, id, &opened, told)
    };
    match office.db.write(tell).await {
        Ok(Told::Taken) => Ok(page::go("/kiosk")),
        Ok(Told::Wrong { left }) => {
            let words = crate::lang::Phrases::of(at.visit.wishes.lang);
            let wrong = words.with("kiosk.birthday.wrong", &[("left", left)]);
            page(&office, &kiosk, &at, Some(wrong))
        }
        Ok(Told::Burned) => {
            let why = ("preregistration.burned", Vec::new(), Some(jti));
            Ok(page::go(code::not_taken(&office, &kiosk, &at, why).await?))
        }
        Err(error) => {
            // A fault is none of the code's: it may be told again.
            if matches!(error, visit::Error::Code(_)) {
                kiosk.change(&office, &at, brought::forgo).await?;
            }
            Ok(page::go(code::refused(&office, &kiosk, &at, (error, jti)).await?))
        }
    }
}

/// `0514`, perhaps in full-width digits.
fn month_and_day(typed: &str) -> Option<(u8, u8)> {
    let digit = |letter: char| match letter {
        '０'..='９' => char::from_digit(letter as u32 - '０' as u32, 10),
        letter => letter.is_ascii_digit().then_some(letter),
    };
    let digits: String = typed.trim().chars().map(digit).collect::<Option<_>>()?;
    let (month, day) = digits.split_at_checked(2).filter(|(_, day)| day.len() == 2)?;
    let (month, day) = (month.parse().ok()?, day.parse().ok()?);
    ((1..=12).contains(&month) && (1..=31).contains(&day)).then_some((month, day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn month_and_day_are_four_digits_of_a_calendar() {
        assert_eq!(month_and_day("0514"), Some((5, 14)));
        assert_eq!(month_and_day(" １２３１ "), Some((12, 31)));
        for wrong in ["", "514", "05140", "1301", "0532", "0500", "05-1", "五月"] {
            assert_eq!(month_and_day(wrong), None, "{wrong}");
        }
    }
}
