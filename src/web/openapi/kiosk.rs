//! What residents touch. Every form but the first of a visit carries its `key`.

use super::Who::Tablet;
use super::answer::Answer::{Events, Go, Json, Nothing, Page};
use super::{Operation, Sent, get, post};

/// The middle of what a camera sees, a byte a pixel.
const PICTURE: Sent = Sent::Bytes("application/octet-stream");

pub(super) const OPERATIONS: &[Operation] = &[
    get("/kiosk", Tablet, "The next thing to do", &[Page, Go]),
    post(
        "/kiosk/start",
        Tablet,
        "Begins a visit",
        Sent::Fields(&["op!", "lang", "big_type", "hearing"]),
        &[Go],
    ),
    get("/kiosk/door", Tablet, "Whether the office is open", &[Page, Nothing, Go])
        .asking(&["open"]),
    get("/kiosk/number", Tablet, "A number without forms", &[Page, Go]).asking(&["lang"]),
    post(
        "/kiosk/number",
        Tablet,
        "Draws one",
        Sent::Fields(&["op!", "lang", "lane", "care*", "big_type"]),
        &[Page, Go],
    ),
    get("/kiosk/back", Tablet, "Whoever missed their call", &[Page, Go]).asking(&["lang"]),
    post(
        "/kiosk/back",
        Tablet,
        "Says that they are back",
        Sent::Fields(&["op!", "lang", "text", "prefix", "number"]),
        &[Page, Go],
    ),
    post("/kiosk/back/frame", Tablet, "Looks for the code of a slip", PICTURE, &[Json("Seen"), Go]),
    post(
        "/kiosk/wishes",
        Tablet,
        "Another language or type size",
        Sent::Fields(&["key!", "lang", "big_type", "here"]),
        &[Go],
    ),
    post("/kiosk/end", Tablet, "The resident leaves", Sent::Fields(&["key"]), &[Go]),
    post("/kiosk/touch", Tablet, "Somebody is there", Sent::Fields(&["key!"]), &[Nothing, Go]),
    get("/kiosk/call", Tablet, "Whether staff were called", &[Json("Call"), Go]),
    post(
        "/kiosk/call",
        Tablet,
        "Calls staff, or takes it back",
        Sent::Fields(&["here"]),
        &[Json("Call"), Go],
    ),
    post("/kiosk/purpose", Tablet, "Saw what the data is used for", Sent::Fields(&["key!"]), &[Go]),
    get("/kiosk/procedures", Tablet, "The procedures offered", &[Page, Go]),
    post(
        "/kiosk/procedures",
        Tablet,
        "Chooses procedures",
        Sent::Fields(&["key!", "procedure*"]),
        &[Page, Go],
    ),
    get("/kiosk/way", Tablet, "How name and address are given", &[Page, Go]),
    post("/kiosk/way", Tablet, "Chooses how", Sent::Fields(&["key!", "way"]), &[Page, Go]),
    get("/kiosk/card", Tablet, "Where a card is laid", &[Page, Go]),
    post(
        "/kiosk/card",
        Tablet,
        "Reads the card with its number",
        Sent::Fields(&["key!", "once", "tap", "consent", "digits", "birth", "expiry", "code"]),
        &[Page, Go],
    ),
    get("/kiosk/card/state", Tablet, "What lies on the reader", &[Json("Presence"), Go]),
    post(
        "/kiosk/card/lay",
        Tablet,
        "Lays a card of the demonstration",
        Sent::Fields(&["card"]),
        &[Page, Go],
    ),
    get("/kiosk/code", Tablet, "Where a code from home is shown", &[Page, Go]),
    post(
        "/kiosk/code",
        Tablet,
        "Takes a code",
        Sent::Fields(&["key!", "text", "again"]),
        &[Page, Go],
    ),
    post("/kiosk/code/frame", Tablet, "Looks for a code", PICTURE, &[Json("Seen"), Go]),
    get("/kiosk/heard", Tablet, "Whether a scanner read something", &[Json("Heard"), Go]),
    post(
        "/kiosk/birthday",
        Tablet,
        "The day that opens a code",
        Sent::Fields(&["key!", "op", "birthday", "without"]),
        &[Page, Go],
    ),
    post(
        "/kiosk/closed",
        Tablet,
        "Goes on from a closed gate",
        Sent::Fields(&["key!", "do"]),
        &[Page, Go],
    ),
    get("/kiosk/page/{page}", Tablet, "A page of questions once more", &[Page, Go]),
    // The other fields are named by the questions of the page.
    post(
        "/kiosk/page/{page}",
        Tablet,
        "Answers it",
        Sent::Fields(&["key!", "asked*"]),
        &[Page, Go],
    ),
    post(
        "/kiosk/submit",
        Tablet,
        "Hands everything in",
        Sent::Fields(&["key!", "op!"]),
        &[Page, Go],
    ),
    get("/kiosk/done", Tablet, "The number, as it stands now", &[Page, Go]).asking(&["code"]),
    get("/kiosk/pay/code", Tablet, "A code that a wallet reads from the tablet", &[Page, Go]),
    post(
        "/kiosk/pay",
        Tablet,
        "Pays at the terminal beside the tablet",
        Sent::Fields(&["key!", "op!", "pay_with", "charge", "amount"]),
        &[Page, Go],
    ),
    post("/kiosk/slip", Tablet, "Prints the slip again", Sent::Fields(&["key!", "op!"]), &[Go]),
    get("/kiosk/events", Tablet, "What changes for whoever waits", &[Events, Go]),
    // Whoever booked, or books.
    get("/kiosk/appointment", Tablet, "Where a booking number is said", &[Page, Go])
        .asking(&["lang", "change"]),
    post("/kiosk/appointment", Tablet, "Checks in", Sent::Fields(&["op", "text"]), &[Page, Go]),
    post(
        "/kiosk/appointment/frame",
        Tablet,
        "Looks for the code of a booking",
        PICTURE,
        &[Json("Seen"), Go],
    ),
    get("/kiosk/appointment/done", Tablet, "What came of it", &[Page, Go]),
    get("/kiosk/appointment/slip", Tablet, "How its slip is printed", &[Page, Go]),
    post("/kiosk/appointment/slip", Tablet, "Prints the slip again", Sent::Fields(&["op!"]), &[Go]),
    get("/kiosk/appointment/new", Tablet, "What is free", &[Page, Go])
        .asking(&["lang", "service", "day"]),
    post(
        "/kiosk/appointment/hold",
        Tablet,
        "Holds a seat",
        Sent::Fields(&["op", "service", "start", "version"]),
        &[Page, Go],
    ),
    get("/kiosk/appointment/name", Tablet, "Where whoever books says who they are", &[Page, Go]),
    post(
        "/kiosk/appointment/name",
        Tablet,
        "Books the seat that is held",
        Sent::Fields(&["op", "name", "phone"]),
        &[Page, Go],
    ),
    get("/kiosk/appointment/mine", Tablet, "An appointment found by its number", &[Page, Go]),
    post(
        "/kiosk/appointment/mine",
        Tablet,
        "Finds an appointment by its number",
        Sent::Fields(&["op", "text"]),
        &[Page, Go],
    ),
    get("/kiosk/appointment/move", Tablet, "The times it can be moved to", &[Page, Go])
        .asking(&["day"]),
    post(
        "/kiosk/appointment/move",
        Tablet,
        "Moves it",
        Sent::Fields(&["op", "start", "version"]),
        &[Page, Go],
    ),
    post(
        "/kiosk/appointment/cancel",
        Tablet,
        "Calls it off",
        Sent::Fields(&["op", "version"]),
        &[Page, Go],
    ),
];
