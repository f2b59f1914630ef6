//! A complete sample input for a form.
//!
//! The form's own `sample.json` if it has one; else made up from the kinds of its
//! questions, about an invented person.

use serde_json::{Map, Value as Json, json};

use crate::form::Form;
use crate::form::template::{Kind, Question};

/// The sample as `fill` reads it.
pub(super) fn of(form: &Form) -> Json {
    form.sample().cloned().unwrap_or_else(|| made_up(form))
}

fn made_up(form: &Form) -> Json {
    let applicant = json!({
        "name": "見本　花子",
        "kana": "ミホン　ハナコ",
        "birth_date": "1985-04-01",
        "sex": "female",
        "address": "見本市みほん町一丁目2番3号　みほんハイツ405",
        "phone": "000-0000-0000",
    });
    let own = form.questions().iter().filter(|question| !question.id.starts_with("applicant."));
    let plain = own.filter(|question| question.when.is_empty());
    let answers: Map<String, Json> =
        plain.map(|question| (question.id.clone(), entry(question))).collect();
    json!({ "applicant": applicant, "answers": answers })
}

fn entry(question: &Question) -> Json {
    let first = question.options.first().map(|option| option.id.clone()).unwrap_or_default();
    let default = question.default.clone();
    match question.kind {
        Kind::Name => "見本　太郎".into(),
        Kind::Kana => "ミホン　タロウ".into(),
        Kind::Address => "見本市みほん町一丁目2番3号".into(),
        Kind::Text => "見本".into(),
        Kind::Phone => "000-0000-0000".into(),
        Kind::Postal => "0000000".into(),
        Kind::Date => "2000-01-01".into(),
        Kind::Choice => default.unwrap_or(first).into(),
        Kind::Multi => json!([default.unwrap_or(first)]),
        Kind::Flag => default.unwrap_or_else(|| "no".to_owned()).into(),
        Kind::Number => question.range.map_or(1, |[least, _]| least.max(1)).into(),
        Kind::Copies => json!({ default.unwrap_or(first): 1 }),
    }
}
