//! The counter's end of the line to the hub (送信).

mod link;

pub use link::{Error, Files, Heard, Link, Place};
