//! What the hub of a town hall is asked: by offices, compressed and under a version
//! ([`crate::wire`]), and by its staff.

use super::Who::{Anybody, Office};
use super::answer::Answer::{Document, File, Json, Nothing, Page, Text};
use super::{Operation, Sent, get, post};
use crate::wire;

/// JSON, compressed with gzip whatever the header says.
const PACKED: Sent = Sent::Bytes("application/json");

pub(super) const OPERATIONS: &[Operation] = &[
    post(wire::HELLO, Office, "How much of a log the hub has", PACKED, &[Json("Standing")]),
    post(wire::ENTRIES, Office, "Entries of a log", PACKED, &[Json("Standing")]),
    post(wire::HELD, Office, "What the hub has of a log", PACKED, &[Json("Holding")]),
    post(wire::STUCK, Office, "What of an office waits here", PACKED, &[Json("AllStuck")]),
    get("/", Anybody, "How all offices stand", &[Page]),
    get("/municipalities/{municipality}", Anybody, "How a town's offices stand now", &[Page]),
    get("/municipalities/{municipality}/now", Anybody, "The part of it that changes", &[Page]),
    get("/municipalities/{municipality}/applications", Anybody, "What was handed in", &[Page])
        .asking(&["receipt", "day", "office", "procedure", "stage"]),
    get(
        "/municipalities/{municipality}/applications/{application}",
        Anybody,
        "One application",
        &[Page],
    ),
    get("/municipalities/{municipality}/takings", Anybody, "What was taken", &[Page])
        .asking(&["from", "to"]),
    get("/municipalities/{municipality}/machines", Anybody, "Tablets, displays, printers", &[Page]),
    get("/healthz", Anybody, "Whether the program answers", &[Text]),
    get("/readyz", Anybody, "Whether PostgreSQL answers", &[Text]),
    get(super::PATH, Anybody, "This document", &[Document]),
    get("/static/{hash}/{name}", Anybody, "A file of the screens", &[File]),
    get("/favicon.ico", Anybody, "There is none", &[Nothing]),
];
