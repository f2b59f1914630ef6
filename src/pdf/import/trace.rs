//! What a person sees on a page: rules, letters, and places to fill in.
//!
//! The operators of the page are followed (ISO 32000-1, annex A) as far as they
//! draw straight lines and letters. Colours, pictures and clipping are not looked
//! at: what is found here is only ever proposed to somebody who looks at the sheet.

use std::collections::HashMap;

use lopdf::content::{Content, Operation};
use lopdf::{Dictionary, Document, Object, ObjectId};

use super::error::ImportError;
use super::form::contents;
use super::letters::Lettering;
use super::matrix::{Matrix, SAME, applied, height, times};
use super::path::Path;
use super::upright::{Upright, inherited, number};
use super::widgets::{self, Widget};

/// A page as a person sees it. Lengths are points from its lower left corner.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Traced {
    pub width: f32,
    pub height: f32,
    pub rules: Vec<Rule>,
    /// In the order they are drawn.
    pub letters: Vec<Letter>,
    pub widgets: Vec<Widget>,
    /// Annotations that are neither fillable nor links: they are not on the sheet.
    pub remarks: usize,
}

/// A straight line along an axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rule {
    pub way: Way,
    /// Where it crosses the other axis.
    pub at: f32,
    pub from: f32,
    pub to: f32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Across,
    Up,
}

/// A letter and the start of its base line.
#[derive(Clone, Debug, PartialEq)]
pub struct Letter {
    pub text: String,
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub size: f32,
    /// Whether it stands upright as the page is seen; otherwise it lies on its side
    /// or on its head.
    pub is_upright: bool,
}

/// Operators followed on one page; the rest is not looked at.
const OPERATIONS_MAX: usize = 500_000;
/// Forms within forms.
const DEPTH_MAX: usize = 8;
/// Saved states, rules and letters of one page.
const STATES_MAX: usize = 256;
const RULES_MAX: usize = 20_000;
const LETTERS_MAX: usize = 50_000;

pub(super) fn page(document: &Document, page: ObjectId) -> Result<Traced, ImportError> {
    let upright = Upright::of(document, page)?;
    let (widgets, remarks) = widgets::of_page(document, page, &upright);
    let (width, height) = (upright.width, upright.height);
    let mut tracer = Tracer {
        document,
        fonts: HashMap::new(),
        seen: Traced { width, height, widgets, remarks, ..Traced::default() },
        operations: 0,
    };
    let content = contents(document, page)?;
    let resources = inherited(document, page, b"Resources").and_then(|found| found.as_dict().ok());
    if let Some(resources) = resources {
        tracer.content(&content, resources, upright.matrix, 0);
    }
    Ok(tracer.seen)
}

struct Tracer<'a> {
    document: &'a Document,
    fonts: HashMap<ObjectId, Option<Lettering<'a>>>,
    seen: Traced,
    operations: usize,
}

/// The graphics state, as far as it matters here.
#[derive(Clone)]
struct State {
    matrix: Matrix,
    font: Option<ObjectId>,
    size: f32,
    /// Between letters and between words, in units of the text.
    letter_space: f32,
    word_space: f32,
    narrowing: f32,
    leading: f32,
    rise: f32,
}

/// Where text stands: the matrices of the letter and of its line.
#[derive(Clone, Copy)]
struct Pen {
    letter: Matrix,
    line: Matrix,
}

impl<'a> Tracer<'a> {
    fn content(&mut self, content: &[u8], resources: &'a Dictionary, matrix: Matrix, depth: usize) {
        let Ok(content) = Content::decode(content) else { return };
        let state = State {
            matrix,
            font: None,
            size: 0.0,
            letter_space: 0.0,
            word_space: 0.0,
            narrowing: 1.0,
            leading: 0.0,
            rise: 0.0,
        };
        let (mut states, mut path) = (vec![state], Path::default());
        let mut pen = Pen { letter: SAME, line: SAME };
        for operation in &content.operations {
            self.operations += 1;
            let is_full = self.operations > OPERATIONS_MAX
                || self.seen.rules.len() > RULES_MAX
                || self.seen.letters.len() > LETTERS_MAX;
            if is_full {
                return;
            }
            let saved = states.len();
            let Some(state) = states.last_mut() else { return };
            match operation.operator.as_str() {
                "q" if saved < STATES_MAX => {
                    let state = state.clone();
                    states.push(state);
                }
                "Q" if saved > 1 => {
                    states.pop();
                }
                "Do" => {
                    let matrix = state.matrix;
                    self.form(operation, resources, matrix, depth);
                }
                "Tf" => font(self.document, operation, resources, state),
                "Tj" | "'" | "\"" | "TJ" => self.show(operation, state, &mut pen),
                _ if moves_pen(operation, state, &mut pen) => {}
                _ if sets(operation, state) => {}
                _ => draw(operation, state.matrix, &mut path, &mut self.seen.rules),
            }
        }
    }

    /// A form drawn on the page, with its own matrix and parts.
    fn form(
        &mut self,
        operation: &Operation,
        resources: &'a Dictionary,
        matrix: Matrix,
        depth: usize,
    ) {
        let document = self.document;
        let named = operation.operands.first().and_then(|name| name.as_name().ok());
        let form = named.and_then(|name| {
            let forms = resources.get_deref(b"XObject", document).ok()?.as_dict().ok()?;
            forms.get_deref(name, document).ok()?.as_stream().ok()
        });
        let Some(form) = form.filter(|_| depth < DEPTH_MAX) else { return };
        if form.dict.get(b"Subtype").and_then(Object::as_name).ok() != Some(b"Form") {
            return;
        }
        const FORM_MAX: usize = 4 << 20;
        let Ok(content) = form.get_plain_content_with_limit(FORM_MAX) else { return };
        let own = form.dict.get_deref(b"Matrix", document).ok().and_then(six);
        let parts = form.dict.get_deref(b"Resources", document).and_then(Object::as_dict);
        self.content(
            &content,
            parts.unwrap_or(resources),
            times(own.unwrap_or(SAME), matrix),
            depth + 1,
        );
    }

    fn show(&mut self, operation: &Operation, state: &mut State, pen: &mut Pen) {
        let operands = &operation.operands;
        if operation.operator == "\""
            && let [word, letter, _] = &operands[..]
        {
            state.word_space = number(word).unwrap_or(0.0);
            state.letter_space = number(letter).unwrap_or(0.0);
        }
        if matches!(operation.operator.as_str(), "'" | "\"") {
            next_line(pen, 0.0, -state.leading);
        }
        let pieces = match operands.last() {
            Some(Object::Array(pieces)) => pieces.as_slice(),
            Some(one) => std::slice::from_ref(one),
            None => return,
        };
        for piece in pieces {
            match piece {
                Object::String(shown, _) => self.letters(shown, state, pen),
                piece => {
                    let back = number(piece).unwrap_or(0.0) / 1000.0 * state.size;
                    advance(pen, -back * state.narrowing);
                }
            }
        }
    }

    fn letters(&mut self, shown: &[u8], state: &State, pen: &mut Pen) {
        let document = self.document;
        let Some(id) = state.font else { return };
        let known = self.fonts.entry(id).or_insert_with(|| {
            document.get_dictionary(id).ok().and_then(|font| Lettering::of(document, font))
        });
        let Some(lettering) = known else { return };
        for (text, em) in lettering.read(shown) {
            let matrix = times(pen.letter, state.matrix);
            let (x, y) = applied(matrix, (0.0, state.rise));
            let space = if text == " " { state.word_space } else { 0.0 };
            let width = em * state.size;
            let (end, _) = applied(matrix, (width * state.narrowing, state.rise));
            if !text.trim().is_empty() {
                let size = state.size * height(matrix);
                let is_upright = is_upright(matrix, state.size);
                self.seen.letters.push(Letter { text, x, y, width: end - x, size, is_upright });
            }
            advance(pen, (width + state.letter_space + space) * state.narrowing);
        }
    }
}

/// Whether a line of letters runs to the right and they stand on it, slanting allowed.
fn is_upright([a, b, _, d, _, _]: Matrix, size: f32) -> bool {
    a * size > 0.0 && d * size > 0.0 && b.abs() <= a.abs() * 0.2
}

fn font(document: &Document, operation: &Operation, resources: &Dictionary, state: &mut State) {
    let [name, size] = &operation.operands[..] else { return };
    state.size = number(size).unwrap_or(0.0);
    state.font = name.as_name().ok().and_then(|name| {
        let fonts = resources.get_deref(b"Font", document).ok()?.as_dict().ok()?;
        fonts.get(name).ok()?.as_reference().ok()
    });
}

/// Operators that say where the next letter stands.
fn moves_pen(operation: &Operation, state: &mut State, pen: &mut Pen) -> bool {
    let numbers = numbers(operation);
    match (operation.operator.as_str(), &numbers[..]) {
        ("BT", _) => *pen = Pen { letter: SAME, line: SAME },
        ("Td", [x, y]) => next_line(pen, *x, *y),
        ("TD", [x, y]) => {
            state.leading = -y;
            next_line(pen, *x, *y);
        }
        ("T*", _) => next_line(pen, 0.0, -state.leading),
        ("Tm", [a, b, c, d, e, f]) => {
            let matrix = [*a, *b, *c, *d, *e, *f];
            *pen = Pen { letter: matrix, line: matrix };
        }
        _ => return false,
    }
    true
}

fn next_line(pen: &mut Pen, x: f32, y: f32) {
    let line = times([1.0, 0.0, 0.0, 1.0, x, y], pen.line);
    *pen = Pen { letter: line, line };
}

fn advance(pen: &mut Pen, x: f32) {
    pen.letter = times([1.0, 0.0, 0.0, 1.0, x, 0.0], pen.letter);
}

/// Operators that change the state.
fn sets(operation: &Operation, state: &mut State) -> bool {
    let numbers = numbers(operation);
    match (operation.operator.as_str(), &numbers[..]) {
        ("cm", [a, b, c, d, e, f]) => {
            state.matrix = times([*a, *b, *c, *d, *e, *f], state.matrix);
        }
        ("Tc", [space]) => state.letter_space = *space,
        ("Tw", [space]) => state.word_space = *space,
        ("Tz", [hundredths]) => state.narrowing = hundredths / 100.0,
        ("TL", [leading]) => state.leading = *leading,
        ("Ts", [rise]) => state.rise = *rise,
        _ => return false,
    }
    true
}

/// Operators of paths; painting one ends it.
fn draw(operation: &Operation, matrix: Matrix, path: &mut Path, rules: &mut Vec<Rule>) {
    let numbers = numbers(operation);
    match (operation.operator.as_str(), &numbers[..]) {
        ("m", [x, y]) => path.move_to((*x, *y), matrix),
        ("l", [x, y]) => path.line_to((*x, *y), matrix),
        ("c", [.., x, y]) | ("v", [.., x, y]) | ("y", [.., x, y]) => {
            path.curve_to((*x, *y), matrix);
        }
        ("re", [x, y, width, height]) => path.rectangle([*x, *y, *width, *height], matrix),
        ("h", _) => path.close(),
        (painted @ ("S" | "s" | "B" | "B*" | "b" | "b*" | "f" | "F" | "f*" | "n"), _) => {
            if matches!(painted, "s" | "b" | "b*") {
                path.close();
            }
            if painted != "n" {
                path.rules(!matches!(painted, "f" | "F" | "f*"), rules);
            }
            *path = Path::default();
        }
        _ => {}
    }
}

fn numbers(operation: &Operation) -> Vec<f32> {
    operation.operands.iter().filter_map(number).collect()
}

fn six(written: &Object) -> Option<Matrix> {
    let numbers: Vec<f32> = written.as_array().ok()?.iter().filter_map(number).collect();
    numbers.try_into().ok()
}
