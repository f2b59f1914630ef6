//! Forms (様式) are data: what is asked, and where it stands on the paper.
//!
//! A `form.toml` describes both. Answers live under dotted paths that all forms
//! of a visit share, so a question two forms have in common is asked once.
//! Nothing in this room is special to one form; a town adds a form by adding a
//! folder. It does not know visits, screens or storage.

pub mod answers;
mod check;
pub mod condition;
pub mod counter;
pub mod draft;
mod editions;
mod expand;
mod fault;
mod forms;
pub mod gate;
pub mod input;
pub mod json;
pub mod overtaken;
pub mod paper;
mod paths;
pub mod questions;
pub mod record;
mod resolve;
#[cfg(test)]
mod shipped;
mod subject;
pub mod template;
mod value;

pub use fault::Fault;
pub use forms::{Form, Forms, preview};
pub use paths::{RESERVED, applicant_question, is_form_id};
