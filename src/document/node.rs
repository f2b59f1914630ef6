//! The document as a tree that remembers lines and can be mended in place.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::place::{Place, Step};

/// A value and its line.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// `None` for the root and for what the writer did not write.
    line: Option<usize>,
    pub(super) value: Value,
}

#[derive(Clone, Debug)]
pub(super) enum Value {
    Text(String),
    Integer(i64),
    Float(f64),
    Flag(bool),
    Array(Vec<Node>),
    Table(Vec<(String, Node)>),
    /// Replaces a faulty value by one that fits whatever is wanted. The number
    /// counts how often it did not.
    StandIn(u8),
}

/// Lines of syntax errors and what the parser says of each.
type SyntaxErrors = Vec<(Option<usize>, String)>;

/// The tree of a text, as far as it can be understood, and the errors in it.
pub(super) fn parse(text: &str) -> (Node, SyntaxErrors) {
    let lines = Lines::of(text);
    let (table, errors) = DeTable::parse_recoverable(text);
    let errors = errors
        .iter()
        .map(|error| (error.span().map(|span| lines.at(span)), error.message().to_owned()))
        .collect();
    let value = lines.table(table.into_inner());
    (Node { line: None, value }, errors)
}

impl Node {
    /// The line of the value at `place`, or of the nearest thing around it.
    pub(super) fn line(&self, place: &Place) -> Option<usize> {
        let mut node = self;
        let mut line = self.line;
        for step in &place.0 {
            let Some(next) = node.step(step) else { break };
            node = next;
            line = node.line.or(line);
        }
        line
    }

    /// Whether the value at `place` is a stand-in or part of one.
    pub(super) fn stands_in(&self, place: &Place) -> bool {
        let mut node = self;
        for step in &place.0 {
            match node.step(step) {
                Some(next) => node = next,
                None => break,
            }
        }
        matches!(node.value, Value::StandIn(_))
    }

    /// Whether all of the value at `place` is the writer's own.
    pub(super) fn is_own(&self, place: &Place) -> bool {
        !self.stands_in(place) && self.step_to(place).is_none_or(Node::holds_no_stand_in)
    }

    fn holds_no_stand_in(&self) -> bool {
        match &self.value {
            Value::StandIn(_) => false,
            Value::Array(rows) => rows.iter().all(Node::holds_no_stand_in),
            Value::Table(entries) => entries.iter().all(|(_, node)| node.holds_no_stand_in()),
            _ => true,
        }
    }

    /// Puts a stand-in at `place`.
    pub(super) fn stand_in(&mut self, place: &Place) {
        if let [before @ .., Step::Key(key)] = place.0.as_slice()
            && let Some(Node { value: Value::Table(entries), .. }) = self.walk(before)
            && !entries.iter().any(|(name, _)| name == key)
        {
            entries.push((key.clone(), Node { line: None, value: Value::StandIn(0) }));
            return;
        }
        if let Some(node) = self.walk(&place.0) {
            node.value = Value::StandIn(0);
        }
    }

    /// Gives the entry `key` of the table at `place` another name, or drops it
    /// where that name is taken.
    pub(super) fn rename(&mut self, place: &Place, key: &str, new: &str) {
        let taken = self.step_to(&place.clone().key(new)).is_some();
        if let Some(Node { value: Value::Table(entries), .. }) = self.walk(&place.0)
            && let Some((name, _)) = entries.iter_mut().find(|(name, _)| name == key)
            && !taken
        {
            new.clone_into(name);
            return;
        }
        self.forget(place, key);
    }

    /// Drops `key` from the table at `place`.
    pub(super) fn forget(&mut self, place: &Place, key: &str) {
        if let Some(Node { value: Value::Table(entries), .. }) = self.walk(&place.0) {
            entries.retain(|(name, _)| name != key);
        }
    }

    /// Called when the stand-in at `place` did not fit: it tries to look
    /// different, and at last the nearest row of an array around it is dropped.
    /// `false` when nothing is left to try.
    pub(super) fn make_room(&mut self, place: &Place) -> bool {
        for len in 0..=place.0.len() {
            if let Some(Node { value: Value::StandIn(tries), .. }) = self.walk(&place.0[..len])
                && *tries < super::stand_in::LOOKS - 1
            {
                *tries += 1;
                return true;
            }
        }
        for len in (0..place.0.len()).rev() {
            let Step::Row(row) = &place.0[len] else { continue };
            if let Some(Node { value: Value::Array(rows), .. }) = self.walk(&place.0[..len]) {
                rows.remove(*row);
                return true;
            }
        }
        false
    }

    fn step_to(&self, place: &Place) -> Option<&Node> {
        place.0.iter().try_fold(self, |node, step| node.step(step))
    }

    fn step(&self, step: &Step) -> Option<&Node> {
        match (&self.value, step) {
            (Value::Table(entries), Step::Key(key)) => {
                entries.iter().find(|(name, _)| name == key).map(|(_, node)| node)
            }
            (Value::Array(rows), Step::Row(row)) => rows.get(*row),
            _ => None,
        }
    }

    fn walk(&mut self, steps: &[Step]) -> Option<&mut Node> {
        steps.iter().try_fold(self, |node, step| match (&mut node.value, step) {
            (Value::Table(entries), Step::Key(key)) => {
                entries.iter_mut().find(|(name, _)| name == key).map(|(_, node)| node)
            }
            (Value::Array(rows), Step::Row(row)) => rows.get_mut(*row),
            _ => None,
        })
    }
}

/// Where each line of a text begins.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Lines {
        Lines(text.match_indices('\n').map(|(at, _)| at).collect())
    }

    /// The line a span begins on, 1 first.
    fn at(&self, span: Range<usize>) -> usize {
        self.0.partition_point(|end| *end < span.start) + 1
    }

    fn table(&self, table: DeTable<'_>) -> Value {
        let mut entries: Vec<_> = table
            .into_iter()
            .map(|(key, value)| {
                // A key's line is what the eye looks for; a value may begin on
                // a later line, and a table's span is its header.
                let line = Some(self.at(key.span()));
                let node = Node { line, value: self.value(value.into_inner()) };
                (key.span().start, key.into_inner().into_owned(), node)
            })
            .collect();
        entries.sort_by_key(|(start, ..)| *start);
        Value::Table(entries.into_iter().map(|(_, key, node)| (key, node)).collect())
    }

    fn value(&self, value: DeValue<'_>) -> Value {
        match value {
            DeValue::String(text) => Value::Text(text.into_owned()),
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
                .map_or_else(|_| Value::Text(number.to_string()), Value::Integer),
            DeValue::Float(number) => number
                .as_str()
                .parse()
                .map_or_else(|_| Value::Text(number.to_string()), Value::Float),
            DeValue::Boolean(flag) => Value::Flag(flag),
            // Days are read from their spelling, with or without quotes.
            DeValue::Datetime(moment) => Value::Text(moment.to_string()),
            DeValue::Array(rows) => {
                Value::Array(rows.into_iter().map(|row| self.row(row)).collect())
            }
            DeValue::Table(table) => self.table(table),
        }
    }

    fn row(&self, row: Spanned<DeValue<'_>>) -> Node {
        Node { line: Some(self.at(row.span())), value: self.value(row.into_inner()) }
    }
}
