//! What is described is what is there.

use std::collections::BTreeSet;

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use tower::ServiceExt;

use super::*;
use crate::web::{assets, example, hub, pages, router};

/// Every path of a counter server with each of its methods, as the router itself tells
/// them: whoever asks in a way that is not there is told which ways are.
async fn there() -> BTreeSet<(String, String)> {
    let (office, _clock, _folder) = example::office(true).await;
    let (own, pictures) = pages(office.clone());
    let paths = [own.paths(), pictures.paths()].concat();
    let router = router(office);
    let mut there = BTreeSet::new();
    for path in paths {
        let request = Request::builder()
            .method("TRACE")
            .uri(somewhere(&path))
            .header(header::HOST, "counter:8080")
            .header(header::ORIGIN, "http://counter:8080");
        let answer = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED, "{path}");
        let allowed = answer.headers()[header::ALLOW].to_str().unwrap();
        // Whoever answers GET answers HEAD.
        for method in allowed.split(',').filter(|method| *method != "HEAD") {
            assert!(there.insert((method.to_lowercase(), path.clone())), "{method} {path} twice");
        }
    }
    there
}

/// An address under a path.
fn somewhere(path: &str) -> String {
    path.split('/')
        .map(|part| if part.starts_with('{') { "x" } else { part })
        .collect::<Vec<_>>()
        .join("/")
}

fn in_tables(role: Role) -> BTreeSet<(String, String)> {
    let operations = role.operations();
    let count = operations.len();
    let named = |one: &&Operation| (one.method.to_owned(), one.path.to_owned());
    let tables: BTreeSet<_> = operations.iter().map(named).collect();
    assert_eq!(tables.len(), count, "something is described twice");
    tables
}

#[tokio::test]
async fn every_address_of_a_counter_is_described_and_nothing_else_is() {
    assert_eq!(there().await, in_tables(Role::Counter));
}

/// Which methods they have, the program is asked in `tests/it/hub/served.rs`.
#[test]
fn every_address_of_a_hub_is_described_and_nothing_else_is() {
    let own = hub::addresses().paths().to_vec();
    let paths = [&own, assets::routes().paths(), &[PATH.to_owned()]].concat();
    let described = in_tables(Role::Hub).into_iter().map(|(_, path)| path);
    assert_eq!(paths.into_iter().collect::<BTreeSet<_>>(), described.collect());
}

#[tokio::test]
async fn the_document_is_served_and_every_reference_in_it_leads_somewhere() {
    let (office, _clock, _folder) = example::office(false).await;
    let request = Request::get(PATH).body(Body::empty()).unwrap();
    let answer = router(office).oneshot(request).await.unwrap();
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/json");
    let bytes = to_bytes(answer.into_body(), 1 << 22).await.unwrap();
    let document: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    let described = document["paths"].as_object().unwrap();
    let operations: usize = described.values().map(|item| item.as_object().unwrap().len()).sum();
    assert_eq!(operations, Role::Counter.operations().len());
    assert!(described.contains_key("/home/{folder}/{name}"));
    for role in [Role::Counter, Role::Hub] {
        let paths: Vec<String> =
            role.operations().iter().map(|operation| operation.path.to_owned()).collect();
        references_lead_somewhere(&serde_json::from_str(&super::document(role, &paths)).unwrap());
    }
}

fn references_lead_somewhere(document: &Value) {
    let text = document.to_string();
    let mut references = text.split("\"$ref\":\"#").skip(1);
    assert!(references.clone().count() > 3);
    assert!(references.all(|rest| {
        document.pointer(rest.split('"').next().unwrap()).is_some_and(Value::is_object)
    }));
    // Every name in a path is a parameter, once.
    for (path, item) in document["paths"].as_object().unwrap() {
        for operation in item.as_object().unwrap().values() {
            let parameters = operation["parameters"].as_array().unwrap();
            let of_path = parameters.iter().filter(|one| one["in"] == "path");
            let named: Vec<&str> = of_path.map(|one| one["name"].as_str().unwrap()).collect();
            assert_eq!(named, names(path).collect::<Vec<_>>(), "{path}");
            let schemes = operation["security"].as_array().unwrap().iter();
            for scheme in schemes.flat_map(|one| one.as_object().unwrap().keys()) {
                assert!(document["components"]["securitySchemes"][scheme].is_object(), "{scheme}");
            }
        }
    }
}

/// What machines read has the shape that is described: every name, and no other.
#[tokio::test]
async fn open_data_is_as_it_is_described() {
    let (office, _clock, _folder) = example::office(false).await;
    let router = router(office);
    for (path, schema) in [("/status.json", "Counts"), ("/status/calendar.json", "Forecast")] {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let answer = router.clone().oneshot(request).await.unwrap();
        let bytes = to_bytes(answer.into_body(), 1 << 22).await.unwrap();
        let said: Value = serde_json::from_slice(&bytes).unwrap();
        fits(&said, &answer::schemas(Role::Counter)[schema], path);
    }
}

/// As far as our own schemas go: objects, arrays, and the rest by its type.
fn fits(value: &Value, schema: &Value, at: &str) {
    if let Some(choices) = schema["oneOf"].as_array() {
        if !(value.is_null() && choices.iter().any(|one| one["type"] == "null")) {
            fits(value, &choices[0], at);
        }
        return;
    }
    match schema["type"].as_str().unwrap() {
        "object" => {
            let named = |value: &Value| -> BTreeSet<String> {
                value.as_object().unwrap().keys().cloned().collect()
            };
            assert_eq!(named(value), named(&schema["properties"]), "{at}");
            for (name, inner) in value.as_object().unwrap() {
                fits(inner, &schema["properties"][name], &format!("{at}/{name}"));
            }
        }
        "array" => {
            let all = value.as_array().unwrap_or_else(|| panic!("{at}: {value}"));
            all.iter().for_each(|inner| fits(inner, &schema["items"], at));
        }
        "integer" => assert!(value.is_u64(), "{at}: {value}"),
        "string" => {
            let text = value.as_str().unwrap_or_else(|| panic!("{at}: {value}"));
            let known = schema["enum"].as_array();
            assert!(known.is_none_or(|ids| ids.iter().any(|id| id == text)), "{at}: {text}");
        }
        other => panic!("{at}: {other}"),
    }
}
