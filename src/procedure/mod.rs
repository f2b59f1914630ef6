//! Procedures (手続き) and what they cost.
//!
//! What a resident can choose is configuration; this room works out what the
//! choice means. Pure: it knows neither storage nor screens.

pub mod fee;
