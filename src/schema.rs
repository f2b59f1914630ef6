//! The steps of the counter's schema, in the order they were added. A step that
//! has been released is never changed; a change is a new step at the end.

use crate::db::{self, Step};
use crate::{
    alarm, application, appointment, device, downlink, forwarding, journal, payment,
    preregistration, queue, staff, visit,
};

/// Everything the counter's database holds.
pub const STEPS: &[Step] = &[
    db::numbering::SCHEMA,
    journal::SCHEMA,
    visit::SCHEMA,
    application::SCHEMA,
    queue::SCHEMA,
    staff::SCHEMA,
    device::SCHEMA,
    queue::LEGS,
    visit::printing::SCHEMA,
    preregistration::store::SCHEMA,
    appointment::SCHEMA,
    queue::CODES,
    alarm::SCHEMA,
    payment::SCHEMA,
    appointment::FROM_HOME,
    queue::report::SCHEMA,
    queue::TYPED,
    payment::AT_TERMINAL,
    queue::NOTED,
    visit::handover::SCHEMA,
    queue::CARRIED,
    visit::printing::RECEIPTS,
    payment::LINKS,
    forwarding::SCHEMA,
    payment::GIVE_BACK,
    payment::SLIPS,
    staff::GUIDES,
    downlink::SCHEMA,
    forwarding::SHARED,
    payment::CORRECTIONS,
    forwarding::KEYS,
];

/// An empty database in memory, for tests of stores.
#[cfg(test)]
pub(crate) fn in_memory() -> rusqlite::Connection {
    let mut connection = rusqlite::Connection::open_in_memory().unwrap();
    connection.execute_batch("pragma foreign_keys = on").unwrap();
    db::migrate(&mut connection, STEPS).unwrap();
    connection
}
