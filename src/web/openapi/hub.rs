//! What the hub of a town hall is asked: by offices, compressed and under a version
//! ([`crate::wire`]), and by its staff.

use super::Who::{Anybody, Office, Staff};
use super::answer::Answer::{Document, File, Go, Json, Nothing, Page, Pdf, Text};
use super::{Operation, Sent, get, post};
use crate::wire;

/// JSON, compressed with gzip whatever the header says.
const PACKED: Sent = Sent::Bytes("application/json");

pub(super) const OPERATIONS: &[Operation] = &[
    post(wire::HELLO, Office, "How much of a log the hub has", PACKED, &[Json("Standing")]),
    post(wire::ENTRIES, Office, "Entries of a log", PACKED, &[Json("Standing")]),
    post(wire::HELD, Office, "What the hub has of a log", PACKED, &[Json("Holding")]),
    post(wire::STUCK, Office, "What of an office waits here", PACKED, &[Json("AllStuck")]),
    post(wire::KEYS, Office, "Keys of visits, and what was erased", PACKED, &[Json("KeysHeard")]),
    post(wire::NOTICES, Office, "What was sent down to it", PACKED, &[Json("Notices")]),
    get("/", Anybody, "How all offices stand", &[Page]),
    get("/municipalities/{municipality}", Staff, "How a town's offices stand now", &[Page, Go]),
    get("/municipalities/{municipality}/now", Staff, "The part of it that changes", &[Page, Go]),
    get(
        "/municipalities/{municipality}/first",
        Staff,
        "The first page of whoever signed in",
        &[Go],
    ),
    get("/municipalities/{municipality}/applications", Staff, "What was handed in", &[Page, Go])
        .asking(&["receipt", "day", "office", "procedure", "stage"]),
    post(
        "/municipalities/{municipality}/applications",
        Staff,
        "What somebody handed in, by name",
        Sent::Fields(&["key!", "name!", "day", "office", "procedure", "stage"]),
        &[Page, Go],
    ),
    get(
        "/municipalities/{municipality}/applications/{application}",
        Staff,
        "One application",
        &[Page, Go],
    ),
    post(
        "/municipalities/{municipality}/applications/{application}/print",
        Staff,
        "Its paper once more",
        Sent::Fields(&["key!"]),
        &[Pdf, Go],
    ),
    get("/municipalities/{municipality}/takings", Staff, "What was taken", &[Page, Go])
        .asking(&["from", "to"]),
    get("/municipalities/{municipality}/machines", Staff, "Tablets, displays, lines", &[Page, Go]),
    get("/municipalities/{municipality}/downlink", Staff, "What was sent down", &[Page, Go]),
    post(
        "/municipalities/{municipality}/downlink",
        Staff,
        "Sends something down to offices",
        Sent::Fields(&["key!", "op!", "kind!", "office", "body", "login", "device", "day", "time"]),
        &[Page, Go],
    ),
    get("/municipalities/{municipality}/people", Staff, "Accounts of a town", &[Page, Go]),
    post(
        "/municipalities/{municipality}/people",
        Staff,
        "Adds an account",
        Sent::Fields(&["key!", "login", "name", "role", "password"]),
        &[Page, Go],
    ),
    post(
        "/municipalities/{municipality}/people/{person}",
        Staff,
        "Disables, enables or resets an account",
        Sent::Fields(&["key!", "act!", "password"]),
        &[Page, Go],
    ),
    get("/municipalities/{municipality}/record", Staff, "Who looked at what", &[Page, Go]),
    get(
        "/municipalities/{municipality}/password",
        Staff,
        "Where a password is chosen",
        &[Page, Go],
    ),
    post(
        "/municipalities/{municipality}/password",
        Staff,
        "Changes one's own password",
        Sent::Fields(&["key!", "present", "chosen", "again"]),
        &[Page, Go],
    ),
    get("/municipalities/{municipality}/sign-in", Anybody, "Where staff sign in", &[Page, Go]),
    post(
        "/municipalities/{municipality}/sign-in",
        Anybody,
        "Signs in",
        Sent::Fields(&["login", "password"]),
        &[Page, Go],
    ),
    post(
        "/municipalities/{municipality}/sign-out",
        Staff,
        "Signs out",
        Sent::Fields(&["key!"]),
        &[Go],
    ),
    get(
        "/municipalities/{municipality}/setup",
        Anybody,
        "Where the first account is made",
        &[Page, Go],
    ),
    post(
        "/municipalities/{municipality}/setup",
        Anybody,
        "Makes the first account of a town",
        Sent::Fields(&["code", "login", "name", "password"]),
        &[Page, Go],
    ),
    get("/healthz", Anybody, "Whether the program answers", &[Text]),
    get("/readyz", Anybody, "Whether PostgreSQL answers", &[Text]),
    get(super::PATH, Anybody, "This document", &[Document]),
    get("/static/{hash}/{name}", Anybody, "A file of the screens", &[File]),
    get("/favicon.ico", Anybody, "There is none", &[Nothing]),
];
