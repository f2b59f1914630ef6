//! What letters carry besides the journal: the question for what the hub sent down, and
//! its answers. Who asks and what is done with them is not known here.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::notice::Signed;
use crate::wire::NoticesQuestion;

/// Shared by whoever asks and whoever writes letters. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Carried {
    question: Arc<Mutex<Option<NoticesQuestion>>>,
    came: Arc<Mutex<Vec<Signed>>>,
    news: Arc<Notify>,
}

impl Carried {
    /// From now on every letter asks this.
    pub fn ask(&self, question: NoticesQuestion) {
        *held(&self.question) = Some(question);
    }

    /// What the next letter asks.
    pub(super) fn question(&self) -> Option<NoticesQuestion> {
        held(&self.question).clone()
    }

    /// An answer came. What came before and nobody has fetched stays before it.
    pub(super) fn come(&self, notices: &[Signed]) {
        if !notices.is_empty() {
            held(&self.came).extend_from_slice(notices);
            self.news.notify_one();
        }
    }

    /// What came; waits for it.
    pub async fn next(&self) -> Vec<Signed> {
        loop {
            let came = std::mem::take(&mut *held(&self.came));
            if !came.is_empty() {
                return came;
            }
            self.news.notified().await;
        }
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
