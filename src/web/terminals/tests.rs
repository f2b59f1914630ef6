//! What the tests of both screens need.

use std::future::Future;

use tokio::sync::watch;

/// The answer to a request that is let go as soon as so much is on the disk, before anybody
/// is told that it is, as by a browser that goes elsewhere; `None` where it was.
pub async fn let_go_at<T>(
    mut commits: watch::Receiver<u64>,
    nth: u32,
    request: impl Future<Output = T>,
) -> Option<T> {
    commits.mark_unchanged();
    let written = async {
        for _ in 0..nth {
            commits.changed().await.unwrap();
        }
    };
    tokio::select! {
        biased;
        () = written => None,
        answer = request => Some(answer),
    }
}
