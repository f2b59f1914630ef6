//! What can be asked of this server, in OpenAPI 3.1 (`/openapi.json`): made from the
//! routers' own paths and the tables beside this file. A path without its line, and a line
//! without its path, fail a test; a method likewise.
//!
//! Most addresses are pages with forms. They are described as what they are: an answer in
//! HTML, a form of fields, a way to another page.

mod answer;
mod counter;
mod desk;
mod hub;
mod kiosk;

#[cfg(test)]
mod tests;

use axum::body::Bytes;
use axum::http::header;
use axum::routing::get as get_of;
use serde_json::{Map, Value, json};

use super::routes::Router;
use crate::lang::Lang;
use answer::Answer;

/// Where the document stands.
pub(super) const PATH: &str = "/openapi.json";

/// Whose addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::web) enum Role {
    Counter,
    Hub,
}

impl Role {
    fn operations(self) -> Vec<&'static Operation> {
        match self {
            Role::Counter => [counter::OPERATIONS, kiosk::OPERATIONS, desk::OPERATIONS]
                .into_iter()
                .flatten()
                .collect(),
            Role::Hub => hub::OPERATIONS.iter().collect(),
        }
    }

    fn about(self) -> &'static str {
        match self {
            Role::Counter => {
                "The counter server of one office. Pages are for people; what is open to other \
                 programs are the counts and the forecast of the queue (docs/OPEN_DATA.md)."
            }
            Role::Hub => {
                "The hub of a town hall. Offices send their journals here (docs/ARCHITECTURE.md, \
                 walk 4); the pages are for its staff."
            }
        }
    }
}

/// Who may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Anybody,
    /// A paired tablet, by its cookie.
    Tablet,
    /// A paired display, by its cookie.
    Display,
    /// A member of staff, by the cookie of the session.
    Staff,
    /// An office, by the certificate of its connection.
    Office,
}

/// What is sent.
#[derive(Clone, Copy, Debug)]
enum Sent {
    Nothing,
    /// Names of a form's fields; `!` after one that must be there, `*` after one that may
    /// come several times.
    Fields(&'static [&'static str]),
    /// The same, and a file.
    FieldsAndFile(&'static [&'static str]),
    /// Bytes of this media type.
    Bytes(&'static str),
}

/// One method of one path.
#[derive(Clone, Copy, Debug)]
struct Operation {
    method: &'static str,
    path: &'static str,
    who: Who,
    about: &'static str,
    query: &'static [&'static str],
    sent: Sent,
    answers: &'static [Answer],
}

const fn get(
    path: &'static str,
    who: Who,
    about: &'static str,
    answers: &'static [Answer],
) -> Operation {
    Operation { method: "get", path, who, about, query: &[], sent: Sent::Nothing, answers }
}

const fn post(
    path: &'static str,
    who: Who,
    about: &'static str,
    sent: Sent,
    answers: &'static [Answer],
) -> Operation {
    Operation { method: "post", path, who, about, query: &[], sent, answers }
}

impl Operation {
    /// With these parameters after the `?`; none of them must be there.
    const fn asking(self, query: &'static [&'static str]) -> Self {
        Self { query, ..self }
    }

    fn described(&self, role: Role) -> Value {
        let mut responses = Map::new();
        for answer in self.answers {
            let described = answer.described();
            match responses.get_mut(answer.status()) {
                // The same status, and another medium.
                Some(before) => merge(before, &described),
                None => drop(responses.insert(answer.status().to_owned(), described)),
            }
        }
        responses.insert("default".to_owned(), refusal(role, self.path));
        let mut described = json!({
            "summary": self.about,
            "parameters": self.parameters(),
            "responses": responses,
            "security": security(self.who),
        });
        if let Some(body) = self.body() {
            described["requestBody"] = body;
        }
        described
    }

    fn parameters(&self) -> Vec<Value> {
        let parameter = |name: &str, place: &str, required: bool| json!({ "name": name, "in": place, "required": required, "schema": entry(name) });
        let in_path = names(self.path).map(|name| parameter(name, "path", true));
        in_path.chain(self.query.iter().map(|name| parameter(name, "query", false))).collect()
    }

    fn body(&self) -> Option<Value> {
        const FORM: &str = "application/x-www-form-urlencoded";
        let content = match self.sent {
            Sent::Nothing => return None,
            Sent::Fields(names) => json!({ FORM: { "schema": fields(names, false) } }),
            // Without a file it may be sent either way.
            Sent::FieldsAndFile(names) => json!({
                "multipart/form-data": { "schema": fields(names, true) },
                FORM: { "schema": fields(names, false) },
            }),
            Sent::Bytes(kind) => {
                json!({ kind: { "schema": { "type": "string", "format": "binary" } } })
            }
        };
        Some(json!({ "required": true, "content": content }))
    }
}

/// Adds the media of one description to another.
fn merge(before: &mut Value, other: &Value) {
    let (Some(before), Some(other)) =
        (before["content"].as_object_mut(), other["content"].as_object())
    else {
        return;
    };
    before.extend(other.clone());
}

/// The fields of a form. Those that stand for questions of a town's own forms are named by
/// them, so others may come too.
fn fields(names: &[&str], file: bool) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for name in names {
        let (plain, mark) = match name.strip_suffix(['!', '*']) {
            Some(plain) => (plain, &name[plain.len()..]),
            None => (*name, ""),
        };
        let one = entry(plain);
        let schema = if mark == "*" { json!({ "type": "array", "items": one }) } else { one };
        if mark == "!" {
            required.push(plain);
        }
        properties.insert(plain.to_owned(), schema);
    }
    if file {
        properties.insert("file".to_owned(), json!({ "type": "string", "format": "binary" }));
    }
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": true })
}

/// What may stand in a field or parameter of this name.
fn entry(name: &str) -> Value {
    match name {
        "lang" => json!({ "type": "string", "enum": Lang::ALL.map(Lang::tag) }),
        _ => json!({ "type": "string" }),
    }
}

/// The names in a path as axum writes it: `{code}`, and `{*name}` for all the rest.
fn names(path: &str) -> impl Iterator<Item = &str> {
    let parts = path.split('{').skip(1).filter_map(|part| part.split('}').next());
    parts.map(|name| name.trim_start_matches('*'))
}

/// What anything else is answered with.
fn refusal(role: Role, path: &str) -> Value {
    let about = "It was not done, and why.";
    match role {
        Role::Counter if matches!(path, "/healthz" | "/readyz") => json!({ "description": about }),
        Role::Counter => {
            json!({ "description": about, "content": { "text/html": {} } })
        }
        Role::Hub => {
            let schema = json!({ "schema": answer::schema("Problem") });
            json!({ "description": about, "content": { "application/problem+json": schema } })
        }
    }
}

fn security(who: Who) -> Value {
    match who {
        Who::Anybody => json!([]),
        Who::Tablet => json!([{ "tablet": [] }]),
        Who::Display => json!([{ "display": [] }]),
        Who::Staff => json!([{ "staff": [] }]),
        Who::Office => json!([{ "office": [] }]),
    }
}

/// Pages with the document of them, and of some beside them.
pub(in crate::web) fn described(role: Role, pages: Router, beside: &Router) -> Router {
    let own = std::iter::once(PATH.to_owned());
    let paths: Vec<String> =
        [pages.paths(), beside.paths()].concat().into_iter().chain(own).collect();
    let document = Bytes::from(document(role, &paths));
    let say = move || {
        let document = document.clone();
        async move { ([(header::CONTENT_TYPE, "application/json")], document) }
    };
    pages.route(PATH, get_of(say))
}

/// The document of the routers with these paths.
fn document(role: Role, paths: &[String]) -> String {
    let operations = role.operations();
    let mut described = Map::new();
    for path in paths {
        let mut item = Map::new();
        for operation in operations.iter().filter(|operation| operation.path == path) {
            item.insert(operation.method.to_owned(), operation.described(role));
        }
        described.insert(path.replace("{*", "{"), item.into());
    }
    let cookie = |name: &str| json!({ "type": "apiKey", "in": "cookie", "name": name });
    let schemes = match role {
        Role::Counter => json!({
            "tablet": cookie("kiosk"), "display": cookie("display"), "staff": cookie("desk"),
        }),
        Role::Hub => json!({ "office": { "type": "mutualTLS" }, "staff": cookie("hub") }),
    };
    let document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "madoguchi",
            "version": env!("CARGO_PKG_VERSION"),
            "description": role.about(),
            "license": { "name": env!("CARGO_PKG_LICENSE"), "identifier": env!("CARGO_PKG_LICENSE") },
        },
        "paths": described,
        "components": { "securitySchemes": schemes, "schemas": answer::schemas(role) },
    });
    document.to_string()
}
