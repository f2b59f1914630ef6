//! Where in a document a value stands.

/// A way from the root of a document to a value:
/// `Place::key_of("procedure").row(2).key("form")`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place(pub(super) Vec<Step>);

/// One step of the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Key(String),
    Row(usize),
}

impl Place {
    /// The value of a key of the document itself.
    pub fn key_of(key: &str) -> Place {
        Place::default().key(key)
    }

    /// The value of `key` in the table here.
    pub fn key(mut self, key: &str) -> Place {
        self.0.push(Step::Key(key.to_owned()));
        self
    }

    /// Element `index` of the array here, 0 first.
    pub fn row(mut self, index: usize) -> Place {
        self.0.push(Step::Row(index));
        self
    }
}
