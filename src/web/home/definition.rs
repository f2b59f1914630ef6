//! What the page must know to ask as the kiosk asks: procedures, forms, prices and
//! words, as the module `definition.js` that the page imports. It holds nothing of
//! any person.

use serde_json::{Map, Value as Json, json};
use time::Date;

use super::{Sealing, Served};
use crate::clock::iso_day;
use crate::config::{Config, Procedure};
use crate::form::template::{Choice, Condition, From, Gate, Question};
use crate::form::{Form, Forms};
use crate::lang::{Lang, Phrases, Words};

/// Words of the catalogue that the page speaks with.
const WORDS: [&str; 4] = ["home.", "input.", "entry.", "list."];

/// Asked of everybody, whatever they come for.
const BIRTH: &str = include_str!("../../../templates/birth.toml");

/// The whole definition as it stands on `day`. A procedure whose form has no edition
/// that day is not offered, as at the kiosk.
pub(super) fn of(
    (config, forms): (&Config, &Forms),
    day: Date,
    sealing: &Sealing,
    served: Served,
) -> Json {
    let offered: Vec<&Procedure> = config
        .procedures
        .iter()
        .filter(|procedure| forms.on(&procedure.form, day).is_some())
        .collect();
    let town = &config.site.town;
    json!({
        "day": iso_day(day),
        "town": {
            "code": town.code,
            "name": Words { ja: town.name.clone(), en: town.roman.clone() },
        },
        "office": config.site.office.name,
        "languages": config.site.screen.languages,
        "purpose": purpose(config),
        "booking": booking(config, served),
        "procedures": offered.iter().map(|one| procedure(config, one)).collect::<Vec<_>>(),
        "forms": of_forms(&offered, forms, day),
        "birth": birth().as_ref().map(form),
        "charges": config.site.modules.payment,
        "fees": fees(config, day),
        "exemptions": exemptions(config, day),
        "words": words(),
        "keys": sealing.keys,
        "codebook": sealing.codebook.to_json(),
    })
}

/// Where it can be booked from here: nowhere, unless the server that has this page has the
/// seats. Whoever has a number takes it along in the code all the same.
fn booking(config: &Config, served: Served) -> Json {
    let at = served.books.then_some("appointment");
    config.appointments().map_or(Json::Null, |_| json!({ "at": at }))
}

/// What the data is used for, as the kiosk says it first, too.
fn purpose(config: &Config) -> Words {
    let shipped = |lang| Phrases::of(lang).t("kiosk.purpose.use").to_owned();
    let own = config.site.screen.purpose.clone();
    own.unwrap_or_else(|| Words { ja: shipped(Lang::Ja), en: shipped(Lang::En) })
}

/// The form that asks for the birth; read by a test.
pub(super) fn birth() -> Option<Form> {
    Form::read(BIRTH).ok()
}

fn procedure(config: &Config, one: &Procedure) -> Json {
    let preset = one.preset.iter().map(|(path, id)| {
        let value = match id.as_str() {
            "yes" | "no" => json!({ "flag": id == "yes" }),
            option => json!({ "choice": option }),
        };
        (path.clone(), value)
    });
    json!({
        "id": one.id,
        "form": one.form,
        "title": one.title,
        "about": one.about,
        "pictogram": one.pictogram,
        "lane": config.lane(&one.lane).map(|lane| lane.name.clone()),
        "section": config.section(&one.section).map(|section| section.name.clone()),
        "preset": preset.collect::<Map<_, _>>(),
    })
}

fn of_forms(offered: &[&Procedure], forms: &Forms, day: Date) -> Json {
    let used = offered.iter().filter_map(|procedure| forms.on(&procedure.form, day));
    Json::Object(used.map(|used| (used.id().to_owned(), form(used))).collect())
}

/// One form as the page's rules read it. A test holds it against the counter's rules.
pub(super) fn form(form: &Form) -> Json {
    let template = form.template();
    let pages = form.pages();
    let at_gate = pages.iter().filter(|page| form.is_gate_page(&page.id)).map(|page| &page.id);
    let page = |page: &crate::form::template::Page| {
        filled([
            ("id", json!(page.id)),
            ("title", json!(page.title)),
            ("help", page.help.as_ref().map_or(Json::Null, |help| json!(help))),
        ])
    };
    let bring = template.bring.iter();
    let bring = bring.map(|bring| json!({ "when": bring.when, "what": bring.what }));
    json!({
        "id": form.id(),
        "signature": template.signature,
        "identity": template.identity,
        "bring": bring.collect::<Vec<_>>(),
        "gates": template.gate.iter().map(gate).collect::<Vec<_>>(),
        "gate_pages": at_gate.collect::<Vec<_>>(),
        "pages": pages.iter().map(page).collect::<Vec<_>>(),
        "questions": form.questions().iter().map(question).collect::<Vec<_>>(),
    })
}

fn gate(gate: &Gate) -> Json {
    filled([
        ("when", json!(gate.when)),
        ("title", json!(gate.title)),
        ("reason", json!(gate.reason)),
        ("instead", json!(gate.instead)),
    ])
}

fn question(question: &Question) -> Json {
    let options: Vec<Json> = question.options.iter().map(option).collect();
    filled([
        ("id", json!(question.id)),
        ("page", json!(question.page)),
        ("kind", json!(question.kind)),
        ("label", json!(question.label)),
        ("help", question.help.as_ref().map_or(Json::Null, |help| json!(help))),
        ("required", if question.required { json!(true) } else { Json::Null }),
        ("options", json!(options)),
        ("when", json!(question.when)),
        ("from", json!(question.from.iter().map(origin).collect::<Vec<_>>())),
        ("suggest", json!(question.suggest.iter().map(origin).collect::<Vec<_>>())),
        ("default", json!(question.default)),
        ("max_chars", json!(question.max_chars)),
        ("range", json!(question.range)),
        ("digits", json!(question.digits)),
        ("days", json!(question.days)),
        ("years", json!(question.years)),
    ])
}

fn option(option: &Choice) -> Json {
    filled([
        ("id", json!(option.id)),
        ("ja", json!(option.ja)),
        ("en", json!(option.en)),
        ("when", json!(option.when)),
    ])
}

fn origin(origin: &From) -> Json {
    let when: &[Condition] = origin.when();
    filled([("path", json!(origin.path())), ("when", json!(when))])
}

/// An object without what is empty.
fn filled<const N: usize>(entries: [(&str, Json); N]) -> Json {
    let is_there = |json: &Json| match json {
        Json::Null => false,
        Json::Array(rows) => !rows.is_empty(),
        _ => true,
    };
    let entries = entries.into_iter().filter(|(_, json)| is_there(json));
    Json::Object(entries.map(|(key, json)| (key.to_owned(), json)).collect())
}

/// The prices in force, where the office names prices at all.
fn fees(config: &Config, day: Date) -> Vec<Json> {
    let handled = if config.site.modules.payment { config.fees.as_slice() } else { &[] };
    let valid = handled.iter().filter(|fee| fee.is_valid_on(day));
    let fee = |fee: &crate::config::Fee| {
        let more = fee.more.as_ref().map_or(Json::Null, |more| {
            json!({ "question": more.question, "included": more.included, "yen": more.yen.0 })
        });
        filled([
            ("form", json!(fee.form)),
            ("question", json!(fee.question)),
            ("option", json!(fee.option)),
            ("name", json!(fee.name)),
            ("yen", json!(fee.yen.0)),
            ("per", json!(fee.per)),
            ("per_each", json!(Some(fee.per_each).filter(|each| *each > 1))),
            ("more", more),
        ])
    };
    valid.map(fee).collect()
}

/// Who pays nothing by what was answered; what a clerk says nobody knows at home.
fn exemptions(config: &Config, day: Date) -> Vec<Json> {
    let handled = if config.site.modules.payment { config.exemptions.as_slice() } else { &[] };
    let valid = handled.iter().filter(|one| one.when.is_some() && one.is_valid_on(day));
    let exemption = |one: &crate::config::Exemption| {
        filled([
            ("name", json!(one.name)),
            ("forms", json!(one.forms)),
            ("options", json!(one.options)),
            ("when", json!(one.when)),
        ])
    };
    valid.map(exemption).collect()
}

fn words() -> Json {
    let of = |lang: Lang| {
        let all = WORDS.iter().flat_map(|prefix| Phrases::of(lang).under(prefix));
        let all = all.map(|(key, words)| (key.to_owned(), json!(words)));
        (lang.tag().to_owned(), Json::Object(all.collect()))
    };
    Json::Object(Lang::ALL.into_iter().map(of).collect())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use time::macros::date;

    use super::*;

    fn definition() -> Json {
        let config = Config::load(Path::new("kiosk-config/example")).unwrap();
        let forms = Forms::load(Path::new("templates/forms")).unwrap();
        let day = date!(2026 - 11 - 25);
        let sealing = Sealing::of(&config, &forms, day, Vec::new());
        of((&config, &forms), day, &sealing, Served::default())
    }

    #[test]
    fn every_procedure_has_its_form_and_every_code_knows_the_birth() {
        let definition = definition();
        let procedures = definition["procedures"].as_array().unwrap();
        assert_eq!(procedures.len(), 9);
        for procedure in procedures {
            let form = procedure["form"].as_str().unwrap();
            assert_eq!(definition["forms"][form]["id"], form);
        }
        let birth = &definition["birth"]["questions"][0];
        assert_eq!(
            (&birth["id"], &birth["required"]),
            (&json!("applicant.birth_date"), &json!(true))
        );
    }

    #[test]
    fn residents_and_staff_of_the_configuration_stay_in_the_office() {
        let config = Config::load(Path::new("kiosk-config/example")).unwrap();
        let text = definition().to_string();
        let people = config.demo.households.iter().flat_map(|household| &household.people);
        let names = people.map(|person| person.name.to_string());
        let staff = config.demo.staff.iter().map(|staff| staff.name.clone());
        for name in names.chain(staff) {
            assert!(!text.contains(&name), "{name}");
        }
    }
}
