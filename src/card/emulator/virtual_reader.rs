//! A reader inside this process, and the hand that lays cards on it.

use std::sync::{Arc, Condvar, Mutex, MutexGuard};

use super::super::link::{CardLink, CardReader, LinkError, Tap};
use super::{Card, Outcome};

/// The reader, as the program sees it.
pub struct VirtualReader(Arc<Shared>);

/// The place where cards are laid, as a person sees it.
#[derive(Clone)]
pub struct VirtualSlot(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    /// Signalled when a card comes or goes.
    changed: Condvar,
}

#[derive(Default)]
struct State {
    card: Option<Card>,
    /// Grows each time a card is laid down.
    taps: u64,
    held: bool,
    trouble: Option<LinkError>,
    /// The card that a fault took away, for whoever wants to lay it down again.
    dropped: Option<Card>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|held| held.into_inner())
    }
}

impl VirtualReader {
    /// An empty reader and the hand that belongs to it.
    pub fn new() -> (VirtualReader, VirtualSlot) {
        let shared = Arc::new(Shared::default());
        (VirtualReader(shared.clone()), VirtualSlot(shared))
    }
}

impl VirtualSlot {
    /// Lays a card down. One that lies there is taken away first.
    pub fn insert(&self, mut card: Card) {
        card.power_off();
        let mut state = self.0.lock();
        state.card = Some(card);
        state.taps += 1;
        drop(state);
        self.0.changed.notify_all();
    }

    /// Takes away the card that lies there, or the one that a fault took away.
    pub fn remove(&self) -> Option<Card> {
        let mut state = self.0.lock();
        let mut card = state.card.take().or_else(|| state.dropped.take());
        card.iter_mut().for_each(Card::power_off);
        drop(state);
        self.0.changed.notify_all();
        card
    }

    /// Looks at the card that lies there.
    pub fn look<T>(&self, look: impl FnOnce(Option<&Card>) -> T) -> T {
        look(self.0.lock().card.as_ref())
    }

    /// Whether somebody holds the card under power.
    pub fn is_held(&self) -> bool {
        self.0.lock().held
    }

    /// From now on the reader fails with `trouble`: unplugged, service stopped,
    /// held by another program. `None` ends it.
    pub fn set_trouble(&self, trouble: Option<LinkError>) {
        self.0.lock().trouble = trouble;
    }
}

impl CardReader for VirtualReader {
    fn name(&self) -> String {
        "Virtual reader".to_owned()
    }

    fn tap(&mut self) -> Result<Option<Tap>, LinkError> {
        let state = self.0.lock();
        match state.trouble {
            // Whether a card lies there can be seen even while another holds it.
            Some(trouble) if trouble != LinkError::Busy => Err(trouble),
            _ => Ok(state.card.as_ref().map(|_| Tap(state.taps))),
        }
    }

    fn connect(&mut self) -> Result<Box<dyn CardLink>, LinkError> {
        let mut state = self.0.lock();
        if let Some(trouble) = state.trouble {
            return Err(trouble);
        }
        if state.card.is_none() {
            return Err(LinkError::NoCard);
        }
        if state.held {
            return Err(LinkError::Busy);
        }
        state.held = true;
        Ok(Box::new(VirtualLink { shared: self.0.clone(), tap: state.taps }))
    }
}

/// A powered card on the virtual reader.
struct VirtualLink {
    shared: Arc<Shared>,
    tap: u64,
}

impl CardLink for VirtualLink {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkError> {
        let mut state = self.shared.lock();
        let lies_there = |state: &State| state.taps == self.tap && state.card.is_some();
        if !lies_there(&state) {
            return Err(LinkError::Removed);
        }
        let Some(card) = state.card.as_mut() else { return Err(LinkError::Removed) };
        match card.transmit(command) {
            Outcome::Answer(answer) => Ok(answer),
            Outcome::Lost => Err(LinkError::Transport),
            Outcome::Removed => {
                state.dropped = state.card.take();
                // As pcscd reports it: success, and no bytes.
                Ok(Vec::new())
            }
            Outcome::Stalled => {
                let _gone = self
                    .shared
                    .changed
                    .wait_while(state, |state| lies_there(state))
                    .unwrap_or_else(|held| held.into_inner());
                Ok(Vec::new())
            }
        }
    }

    fn power_off(&mut self) {
        let mut state = self.shared.lock();
        state.held = false;
        if state.taps == self.tap
            && let Some(card) = state.card.as_mut()
        {
            card.power_off();
        }
    }
}
