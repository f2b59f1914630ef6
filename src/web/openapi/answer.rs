//! What comes back: media types, and the shape of what is JSON.

use serde_json::{Map, Value, json};

use super::Role;

/// An answer when all is well. What is refused is the same for all addresses of a role.
#[derive(Clone, Copy, Debug)]
pub(super) enum Answer {
    /// A page, or a part of one.
    Page,
    /// A way to another page.
    Go,
    /// The same for good.
    GoForGood,
    /// JSON of this shape.
    Json(&'static str),
    /// JSON that says its own shape.
    Document,
    Csv,
    Pdf,
    Zip,
    Text,
    /// Server-sent events, until somebody hangs up.
    Events,
    /// Nothing to say.
    Nothing,
    /// The connection changes over to the protocol of readers.
    Line,
    /// A file of the program.
    File,
}

impl Answer {
    pub fn status(self) -> &'static str {
        match self {
            Answer::Line => "101",
            Answer::Nothing => "204",
            Answer::Go => "303",
            Answer::GoForGood => "308",
            _ => "200",
        }
    }

    pub fn described(self) -> Value {
        let (about, kind) = match self {
            Answer::Page => ("A page.", "text/html"),
            Answer::Document => ("A document.", "application/json"),
            Answer::Csv => ("Rows.", "text/csv"),
            Answer::Pdf => ("Papers.", "application/pdf"),
            Answer::Zip => ("Files.", "application/zip"),
            Answer::Text => ("A word.", "text/plain"),
            Answer::Events => ("What happens, as it happens.", "text/event-stream"),
            Answer::File => ("A file.", "*/*"),
            Answer::Nothing => return json!({ "description": "It was heard." }),
            Answer::Line => return json!({ "description": "The line of a reader." }),
            Answer::Go | Answer::GoForGood => {
                let location = json!({ "required": true, "schema": { "type": "string" } });
                return json!({
                    "description": "Another page goes on.",
                    "headers": { "Location": location },
                });
            }
            Answer::Json(name) => {
                let schema = json!({ "schema": schema(name) });
                return json!({ "description": name, "content": { "application/json": schema } });
            }
        };
        json!({ "description": about, "content": { kind: {} } })
    }
}

/// A reference to one of [`schemas`].
pub(super) fn schema(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// Every shape of a role, by name.
pub(super) fn schemas(role: Role) -> Value {
    match role {
        Role::Counter => json!({
            "Counts": counts(),
            "Forecast": forecast(),
            "Call": object(&[("state", text()), ("words", text())]),
            "Presence": json!({ "oneOf": [
                object(&[("card", or_null(json!({ "type": "integer" })))]),
                object(&[("trouble", one_of(&["wedged", "service", "reader"]))]),
            ] }),
            "Heard": object(&[("heard", json!({ "type": "boolean" }))]),
            "Seen": json!({
                "type": "object", "properties": { "go": text() }, "additionalProperties": false,
            }),
        }),
        Role::Hub => json!({
            "Problem": object(&[
                ("title", text()), ("status", json!({ "type": "integer" })), ("code", text()),
            ]),
            "Standing": object(&[
                ("upto", or_null(json!({ "type": "object" }))), ("backed_up", count()), ("hub", text()),
            ]),
            "Holding": object(&[
                ("log", text()), ("entries", json!({ "type": "array", "items": { "type": "object" } })),
            ]),
            "KeysHeard": object(&[
                ("hub", text()), ("to", or_null(text())), ("has", texts()), ("erased", texts()),
            ]),
            "Noted": json!({ "type": "object" }),
            "Notices": object(&[
                ("notices", json!({ "type": "array", "items": object(&[("text", text()), ("signature", text())]) })),
            ]),
            "AllStuck": object(&[
                ("stuck", json!({ "type": "array", "items": stuck() })), ("more", count()),
            ]),
        }),
    }
}

fn texts() -> Value {
    json!({ "type": "array", "items": text() })
}

fn counts() -> Value {
    let lane = object(&[
        ("lane", text()),
        ("name_ja", text()),
        ("name_en", text()),
        ("waiting", count()),
        ("open_counters", count()),
        ("call_from", or_null(moment())),
        ("call_to", or_null(moment())),
        ("called_number", or_null(text())),
        ("called_counter", or_null(count())),
        ("lamp", or_null(one_of(&["green", "yellow", "red"]))),
    ]);
    object(&[
        ("updated_at", moment()),
        ("town_code", text()),
        ("office", text()),
        ("office_name_ja", text()),
        ("office_name_en", text()),
        ("lanes", json!({ "type": "array", "items": lane })),
    ])
}

fn forecast() -> Value {
    let level = || one_of(&["quiet", "usual", "busy"]);
    let hour = object(&[("hour", count()), ("level", level())]);
    let day = object(&[
        ("day", json!({ "type": "string", "format": "date" })),
        ("level", or_null(level())),
        ("expected", or_null(count())),
        ("hours", json!({ "type": "array", "items": hour })),
    ]);
    object(&[
        ("made_on", json!({ "type": "string", "format": "date" })),
        ("town_code", text()),
        ("office", text()),
        ("days_known", count()),
        ("days", json!({ "type": "array", "items": day })),
    ])
}

fn stuck() -> Value {
    let entity = json!({ "type": "array", "items": text(), "minItems": 2, "maxItems": 2 });
    object(&[("kind", text()), ("entity", entity), ("at", text()), ("why", text())])
}

/// Exactly these, all of them.
fn object(properties: &[(&str, Value)]) -> Value {
    let required: Vec<&str> = properties.iter().map(|(name, _)| *name).collect();
    let properties: Map<String, Value> =
        properties.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect();
    json!({
        "type": "object", "properties": properties, "required": required,
        "additionalProperties": false,
    })
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn moment() -> Value {
    json!({ "type": "string", "format": "date-time" })
}

fn count() -> Value {
    json!({ "type": "integer", "minimum": 0 })
}

fn one_of(ids: &[&str]) -> Value {
    json!({ "type": "string", "enum": ids })
}

fn or_null(schema: Value) -> Value {
    json!({ "oneOf": [schema, { "type": "null" }] })
}
