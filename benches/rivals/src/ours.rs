//! madoguchi.

use madoguchi::applicant::Source;
use madoguchi::form::Form;
use madoguchi::form::answers::{Answers, Value};
use madoguchi::form::paper::Paper;
use madoguchi::pdf::Fonts;

pub struct Ours {
    paper: Paper,
    counter: Answers,
}

pub const RECEIPT: &str = "M-20261121-0042";

impl Ours {
    pub fn new(form: &Form) -> Self {
        let paper = Paper::compile(form, &Fonts::shipped()).unwrap();
        let mut counter = Answers::default();
        let words =
            [("visit.qr", RECEIPT), ("office.receipt_no", RECEIPT), ("town.head", "見本町長")];
        for (path, text) in words {
            counter.set(path, Value::Text(text.into()), Source::Preset);
        }
        let day = "2026-11-21".parse().unwrap();
        counter.set("office.received_at", Value::Date(day), Source::Preset);
        Self { paper, counter }
    }

    pub fn document(&self, answers: &Answers) -> Vec<u8> {
        self.paper.fill(answers, &self.counter).unwrap().pdf
    }

    /// The sheet without answers.
    pub fn empty(&self) -> Vec<u8> {
        self.document(&Answers::default())
    }
}
