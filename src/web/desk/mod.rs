//! The desk (職員画面): today's visits, one visit, tablets, accounts.
//!
//! Server-rendered; every act is a plain form, so all of it works from the
//! keyboard and without scripts. Every page asks who is signed in and the policy
//! table what they may do. Nothing personal stands in an address or a title.

mod accounts;
mod alarms;
mod appointments;
mod bars;
mod booked;
mod calling;
mod closing;
mod codes;
mod correct;
mod counters;
mod days;
mod decide;
mod devices;
mod exports;
mod frame;
mod guard;
mod guide;
mod identity;
mod line;
mod password;
mod pay_code;
mod paying;
mod payment;
mod payments;
mod print;
mod printing;
mod receipt;
mod register;
mod second_copy;
mod sections;
mod setup;
mod sign_in;
mod slip;
mod slowly;
mod spare;
mod supervisor;
mod ticket;
mod today;
mod visit;
mod wrong_clock;

#[cfg(test)]
mod tests;

use axum::routing::{get, post};

use super::{Shared, fields};
use crate::web::routes::Router;
pub(in crate::web) use accounts::refusal;
pub(in crate::web) use slowly::slowly;

pub use today::Shown;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/", get(today::show).post(today::search))
        .route("/today", get(today::fragment))
        .route("/calls/{device}", post(today::answer_call))
        .route("/codes/{jti}", post(codes::reinstate))
        .route("/sign-in", get(sign_in::show).post(sign_in::enter))
        .route("/sign-out", post(sign_in::leave))
        .route("/language", post(sign_in::choose_language))
        .route("/setup", get(setup::show).post(setup::set_up))
        .route("/password", get(password::show).post(password::change))
        .route("/visits/{visit}", get(visit::show))
        .route("/visits/{visit}/answers", post(correct::correct))
        .route("/visits/{visit}/identity", post(decide::identify))
        .route("/visits/{visit}/payment", get(payment::show).post(payment::act))
        .route("/visits/{visit}/payment/now", get(payment::fragment))
        .route("/visits/{visit}/payment/code", get(pay_code::show))
        .route("/visits/{visit}/payment/{payment}/receipt", post(receipt::print))
        .route("/payments", get(payments::show))
        .route("/visits/{visit}/register", get(register::show).post(register::act))
        .route("/visits/{visit}/papers", post(print::print))
        .route("/visits/{visit}/slip", get(slip::fragment).post(print::print_slip))
        .route("/visits/{visit}/printing/{op}", get(printing::show))
        .route("/visits/{visit}/printing/{op}/now", get(printing::fragment))
        .route("/visits/{visit}/applications/{application}", post(decide::decide))
        .nest("/alarms", alarms::routes())
        .nest("/calling", calling::routes())
        .nest("/closing", closing::routes())
        .nest("/exports", exports::routes())
        .nest("/appointments", appointments::routes())
        .nest("/counters", counters::routes())
        .nest("/guide", guide::routes())
        .nest("/line", line::routes())
        .nest("/spare", spare::routes())
        .nest("/supervisor", supervisor::routes())
        .route("/devices", get(devices::show).post(devices::offer))
        .route("/devices/{device}/revoke", post(devices::revoke))
        .route("/devices/{device}/reader", post(devices::choose_reader))
        .route("/staff", get(accounts::show).post(accounts::add))
        .route("/staff/{staff}", post(accounts::change))
}
