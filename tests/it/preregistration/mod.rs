//! The code made at home: keys, the command line, and the browser that seals.

mod browser;
mod commands;

use std::path::Path;

use serde_json::Value as Json;

use crate::stage::program::{madoguchi, run};

/// Runs `madoguchi` on a data folder; exit code, standard output, standard error.
fn on(data: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    run(madoguchi(arguments).env("MADOGUCHI_DATA", data))
}

/// Makes this month's key; what the page needs of it.
fn new_key(data: &Path) -> Json {
    let (code, out, said) = on(data, &["key", "new"]);
    assert_eq!(code, Some(0), "{said}");
    serde_json::from_str(&out).unwrap()
}

/// Opens a text on the command line.
fn open(data: &Path, text: &str) -> Result<Json, String> {
    let (code, out, said) = on(data, &["preregistration", "open", text]);
    match code {
        Some(0) => Ok(serde_json::from_str(&out).unwrap()),
        _ => {
            assert_eq!((code, out.as_str()), (Some(1), ""), "{said}");
            Err(said)
        }
    }
}
