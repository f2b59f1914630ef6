//! What is open to everybody, and what machines ask.

use super::Who::{Anybody, Display};
use super::answer::Answer::{
    Csv, Document, Events, File, Go, GoForGood, Json, Line, Nothing, Page, Text,
};
use super::{Operation, Sent, get, post};

const LANG: &[&str] = &["lang"];

pub(super) const OPERATIONS: &[Operation] = &[
    get("/", Anybody, "Which screen this is to be", &[Page, Go]),
    get("/healthz", Anybody, "Whether the program answers", &[Text]),
    get("/readyz", Anybody, "Whether its storage answers", &[Text]),
    get(super::PATH, Anybody, "This document", &[Document]),
    get("/pair", Anybody, "Where a tablet or display says its code", &[Page, Go]).asking(&["role"]),
    post("/pair", Anybody, "Pairs a tablet or display", Sent::Fields(&["op", "code"]), &[Page, Go]),
    get("/reader/{name}/line", Anybody, "The line of a card reader at another computer", &[Line]),
    get("/supervisor", Anybody, "How the hall stands", &[Go]),
    get("/static/{hash}/{name}", Anybody, "A file of the screens", &[File]),
    get("/favicon.ico", Anybody, "There is none", &[Nothing]),
    // How full it is.
    get("/status", Anybody, "How many wait in each lane", &[Page]).asking(LANG),
    get("/status/now", Anybody, "The part of it that changes", &[Page]).asking(LANG),
    get("/status.json", Anybody, "How many wait in each lane, as open data", &[Json("Counts")]),
    get("/status.csv", Anybody, "The same as rows", &[Csv]),
    get("/status/calendar", Anybody, "When it will be crowded", &[Page]).asking(LANG),
    get("/status/calendar.json", Anybody, "The same as open data", &[Json("Forecast")]),
    get("/status/{code}", Anybody, "A ticket's own page", &[Page]).asking(LANG),
    get("/status/{code}/now", Anybody, "The part of it that changes", &[Page]).asking(LANG),
    post("/status/{code}/here", Anybody, "Says that they are back", Sent::Fields(&[]), &[Go])
        .asking(LANG),
    post("/status/{code}/language", Anybody, "Another language", Sent::Fields(&["lang"]), &[Go])
        .asking(LANG),
    get("/s/{code}", Anybody, "A ticket's own page, in short", &[Go]).asking(LANG),
    // The display in the hall.
    get("/display", Display, "The display", &[Page, Go]),
    get("/display/events", Display, "What changes on it", &[Events, Go]),
    post(
        "/display/heard",
        Display,
        "Whether its sound is on",
        Sent::Fields(&["sound!"]),
        &[Nothing, Go],
    ),
    // The page for home, and booking at home.
    get("/home", Anybody, "The page for home", &[GoForGood, Go]),
    get("/home/", Anybody, "The page for home", &[Page, Go]),
    get("/home/{folder}/{*name}", Anybody, "A file of the page for home", &[File]),
    get("/home/appointment", Anybody, "What can be booked", &[Page]).asking(HOME),
    get("/home/appointment/new", Anybody, "The days and times that are free", &[Page, Go])
        .asking(HOME),
    post(
        "/home/appointment/hold",
        Anybody,
        "Holds a seat",
        Sent::Fields(&["op", "service", "start", "version"]),
        &[Page, Go],
    ),
    get("/home/appointment/name", Anybody, "Where whoever books says who they are", &[Page, Go])
        .asking(HOME),
    post(
        "/home/appointment/name",
        Anybody,
        "Books the seat that is held",
        Sent::Fields(&["op", "name", "phone"]),
        &[Page, Go],
    ),
    get("/home/appointment/done", Anybody, "What was booked", &[Page, Go]).asking(HOME),
    get("/home/appointment/mine", Anybody, "An appointment found by its number", &[Page, Go])
        .asking(HOME),
    post(
        "/home/appointment/mine",
        Anybody,
        "Finds an appointment by its number",
        Sent::Fields(&["op", "text"]),
        &[Page, Go],
    ),
    get("/home/appointment/move", Anybody, "The times it can be moved to", &[Page, Go])
        .asking(HOME),
    post(
        "/home/appointment/move",
        Anybody,
        "Moves it",
        Sent::Fields(&["op", "start", "version"]),
        &[Page, Go],
    ),
    post(
        "/home/appointment/cancel",
        Anybody,
        "Calls it off",
        Sent::Fields(&["op", "version"]),
        &[Page, Go],
    ),
];

const HOME: &[&str] = &["lang", "service", "day"];
