//! Start-up by role: the counter server, a reader's PC, the page for home, and
//! the hub.

pub mod counter;
mod downlink;
mod forward;
pub mod high_water;
pub mod home;
pub mod hub;
pub mod letters;
pub mod lock;
pub mod panics;
#[cfg(feature = "pcsc")]
pub mod reader;
mod sweep;
pub mod tls;
pub mod town;

/// SIGTERM or Ctrl-C: what is begun is brought to its end.
async fn told_to_stop() {
    let mut terminate =
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(terminate) => terminate,
            Err(_) => return std::future::pending().await,
        };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
