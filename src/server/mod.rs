//! Start-up by role. Only the counter server so far.

pub mod counter;
pub mod lock;
pub mod panics;
mod sweep;
