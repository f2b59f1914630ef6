//! What a body says, held against what is asked here today.

use time::Date;

use super::body::{BOOKING, Body, FACTS, SEXES};
use super::cbor::Item;
use super::codebook::{Asked, Codebook, Codebooks};
use super::refusal::{Doubt, Why};
use super::{Opened, value};
use crate::applicant::Source;
use crate::appointment::Number;
use crate::form::answers::Answers;
use crate::form::applicant_question;
use crate::form::input;
use crate::form::questions::AskQuestion;
use crate::form::template::{Kind, Question};

/// Takes what the rules of the questions take, and names the rest.
pub(super) fn understand(body: Body, books: &Codebooks, today: Date) -> Opened {
    let (answers, doubtful) = (Answers::default(), Vec::new());
    let mut reader = Reader { books, today, answers, doubtful, booking: None };
    reader.facts(&body.facts);
    let procedures = match books.by_hash(body.book) {
        Some(book) => reader.procedures(book, &body.procedures),
        None => {
            if !body.procedures.is_empty() {
                reader.doubt(None, Why::UnknownForms);
            }
            Vec::new()
        }
    };
    Opened {
        jti: body.jti,
        revision: body.revision,
        made_at: body.made_at,
        procedures,
        answers: reader.answers,
        booking: reader.booking,
        doubtful: reader.doubtful,
    }
}

struct Reader<'b> {
    books: &'b Codebooks,
    today: Date,
    answers: Answers,
    doubtful: Vec<Doubt>,
    booking: Option<Number>,
}

impl Reader<'_> {
    fn facts(&mut self, facts: &[(u64, Item)]) {
        for (number, item) in facts {
            if *number == BOOKING {
                self.booking(item);
                continue;
            }
            let fact = FACTS.iter().find(|(known, _, _)| known == number);
            let question = fact.and_then(|(_, path, _)| applicant_question(path));
            match (fact, question) {
                (Some((_, path, kind)), Some(question)) => {
                    self.answer(path, (*kind, &SEXES.map(str::to_owned)), item, &question);
                }
                _ => self.doubt(None, Why::UnknownNumber),
            }
        }
    }

    /// Whose appointment it is shows when they come; that it can be one, its digits.
    fn booking(&mut self, item: &Item) {
        let Item::Number(number) = item else { return self.doubt(None, Why::NotAValue) };
        self.booking = u32::try_from(*number).ok().and_then(Number::from_u32);
        if self.booking.is_none() {
            self.doubt(None, Why::NotAValue);
        }
    }

    fn procedures(
        &mut self,
        book: &Codebook,
        procedures: &[(u64, Vec<(u64, Item)>)],
    ) -> Vec<String> {
        let mut ids = Vec::new();
        for (number, answers) in procedures {
            let known = usize::try_from(*number).ok().and_then(|at| book.procedures.get(at));
            let Some(procedure) = known else {
                self.doubt(None, Why::UnknownNumber);
                continue;
            };
            match self.books.offers(&procedure.id) {
                true => ids.push(procedure.id.clone()),
                false => self.doubt(Some(&procedure.id), Why::ProcedureGone),
            }
            for (number, item) in answers {
                let questions = &book.form_of(procedure).questions;
                match usize::try_from(*number).ok().and_then(|at| questions.get(at)) {
                    Some(question) => self.own(question, item),
                    None => self.doubt(Some(&procedure.id), Why::UnknownNumber),
                }
            }
        }
        ids
    }

    fn own(&mut self, asked: &Asked, item: &Item) {
        let books = self.books;
        match books.question(&asked.path) {
            Some(now) => self.answer(&asked.path, (asked.kind, &asked.options), item, now),
            None => self.doubt(Some(&asked.path), Why::QuestionGone),
        }
    }

    /// One answer: read as the page wrote it, judged by the question of today.
    fn answer(
        &mut self,
        path: &str,
        (kind, options): (Kind, &[String]),
        item: &Item,
        now: &Question,
    ) {
        if self.answers.get(path).is_some() {
            return self.doubt(Some(path), Why::NotAValue);
        }
        let Some(raw) = value::read(kind, options, item) else {
            return self.doubt(Some(path), Why::NotAValue);
        };
        let every = now.options.iter().collect();
        let ask = AskQuestion {
            question: now,
            required: false,
            options: every,
            taken: Vec::new(),
            answer: None,
            suggestion: None,
        };
        match input::read(&ask, &raw.with_boxes(now, None), self.today) {
            Ok(value) => self.answers.set(path, value, Source::Qr),
            Err(error) => self.doubt(Some(path), Why::Input(error)),
        }
    }

    fn doubt(&mut self, about: Option<&str>, why: Why) {
        self.doubtful.push(Doubt { about: about.map(str::to_owned), why });
    }
}
