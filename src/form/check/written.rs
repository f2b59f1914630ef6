//! Faults of one template as it is written, each named once however many rows
//! a question has.

use std::collections::BTreeSet;

use crate::lang::Words;

use super::super::condition::at_row;
use super::super::fault::Fault;
use super::super::paths::{RESERVED, applicant_kind, prefix};
use super::super::template::{Condition, From, Kind, Question, Rows, Template};
use super::{ids, unknown_question};

/// Faults of the template as written.
pub(in crate::form) fn written(template: &Template, text: &str) -> Vec<Fault> {
    let mut check = Check { template, text, faults: Vec::new() };
    check.head();
    check.pages();
    check.doubles();
    for question in &template.question {
        check.question(question);
    }
    check.faults
}

struct Check<'t> {
    template: &'t Template,
    text: &'t str,
    faults: Vec<Fault>,
}

impl<'t> Check<'t> {
    fn fault(&mut self, word: &str, message: impl Into<String>, instead: impl Into<String>) {
        let fault = Fault::new(message, instead).at(self.text, word);
        if !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }

    fn head(&mut self) {
        let template = self.template;
        let id = template.id.as_str();
        if !is_word(id) || RESERVED.contains(&id) {
            let instead = "write a short word of a–z, 0–9 and _ that is not `applicant`, `office`, \
                 `town`, `visit`, `form` or `today`";
            self.fault(id, format!("`{id}` cannot be the id of a form"), instead);
        }
        for (name, words) in
            [("title", &template.title), ("about", &template.about), ("section", &template.section)]
        {
            self.words(id, name, words);
        }
        if template.edition.trim().is_empty() {
            self.fault(id, "`edition` is empty", "write an edition such as `見本 2026-04`");
        }
    }

    fn words(&mut self, word: &str, what: &str, words: &Words) {
        for (lang, text) in [("ja", &words.ja), ("en", &words.en)] {
            if text.trim().is_empty() {
                let message = format!("the {what} of `{word}` has no words in `{lang}`");
                self.fault(word, message, "write it in Japanese and in English");
            }
        }
    }

    fn pages(&mut self) {
        let template = self.template;
        for page in &template.page {
            let id = page.id.as_str();
            self.path(id, "page");
            self.words(id, "title", &page.title);
            if let Some(help) = &page.help {
                self.words(id, "help", help);
            }
            self.rows(id, page.rows.as_ref());
            if !template.question.iter().any(|question| question.page == page.id) {
                let instead = "give a question this page, or take the page away";
                self.fault(id, format!("no question stands on page `{id}`"), instead);
            }
        }
    }

    /// Ids that stand twice, and a question whose path leads into another's.
    fn doubles(&mut self) {
        let template = self.template;
        let pages = template.page.iter().map(|page| &page.id);
        let questions = template.question.iter().map(|question| &question.id);
        for (what, ids) in
            [("page", pages.collect::<Vec<_>>()), ("question", questions.collect::<Vec<_>>())]
        {
            let mut seen = BTreeSet::new();
            for id in ids {
                if !seen.insert(id) {
                    let message = format!("there are two {what}s `{id}`");
                    self.fault(id, message, "give each its own id");
                }
                let above = id.rsplit_once('.').map(|(above, _)| above.to_owned());
                if what == "question"
                    && let Some(above) = above.filter(|above| self.declares(above))
                {
                    let message = format!("`{id}` lies inside the question `{above}`");
                    self.fault(id, message, "give one of them another path");
                }
            }
        }
    }

    fn declares(&self, id: &str) -> bool {
        self.template.question.iter().any(|question| question.id == id)
    }

    fn path(&mut self, path: &str, what: &str) {
        let own = self.template.id.as_str();
        let segments: Vec<&str> = path.split('.').collect();
        let well_formed = segments.len() > 1
            && segments[1..].iter().all(|segment| *segment == "#" || is_word(segment))
            && [own, "applicant"].contains(&segments[0]);
        if !well_formed {
            let instead = format!("write `{own}.…` or `applicant.…`, words of a–z, 0–9 and _");
            self.fault(path, format!("`{path}` cannot be the id of a {what}"), instead);
        }
    }

    /// `rows` and `#` come together.
    fn rows(&mut self, id: &str, rows: Option<&Rows>) {
        match (rows, id.matches('#').count()) {
            (None, 0) => {}
            (Some(rows), 1) => self.row_count(id, rows),
            (Some(_), _) => self.fault(
                id,
                format!("`{id}` has rows, so its id holds one `#`"),
                "write for example `ido.member.#.name`",
            ),
            (None, _) => self.fault(
                id,
                format!("`{id}` holds a `#` but has no rows"),
                "add `rows = { count = \"…\", max = 6 }`, or write the row's number",
            ),
        }
    }

    fn row_count(&mut self, id: &str, rows: &Rows) {
        let count = self.template.question.iter().find(|question| question.id == rows.count);
        let largest = count
            .filter(|count| count.kind == Kind::Number && count.rows.is_none())
            .and_then(|count| count.range)
            .map(|range| range[1]);
        let instead = "let `count` name a number question of this form with a `range`, whose \
             largest is `max`";
        match largest {
            None => self.fault(id, format!("`{}` does not count rows", rows.count), instead),
            Some(largest) if largest != rows.max || largest == 0 => {
                let message = format!("up to {largest} rows are asked for, {} exist", rows.max);
                self.fault(id, message, instead);
            }
            Some(_) => {}
        }
    }

    fn question(&mut self, question: &'t Question) {
        let id = question.id.as_str();
        self.path(id, "question");
        self.words(id, "label", &question.label);
        if let Some(help) = &question.help {
            self.words(id, "help", help);
        }
        self.rows(id, question.rows.as_ref());
        self.page_of(question);
        self.options(question);
        self.default(question);
        self.limits(question);
        let of_options = question.options.iter().flat_map(|option| &option.when);
        let of_origins =
            question.from.iter().chain(&question.suggest).flat_map(|origin| origin.when());
        for condition in question.when.iter().chain(of_options).chain(of_origins) {
            self.condition(question, condition);
        }
        for origin in question.from.iter().chain(&question.suggest) {
            self.origin(question, origin);
        }
    }

    fn page_of(&mut self, question: &Question) {
        let template = self.template;
        let Some(page) = template.page.iter().find(|page| page.id == question.page) else {
            let known: Vec<&str> = template.page.iter().map(|page| page.id.as_str()).collect();
            let instead = format!("write one of the pages: {}", known.join(", "));
            let message = format!("there is no page `{}`", question.page);
            return self.fault(&question.id, message, instead);
        };
        let count = |rows: &Option<Rows>| rows.as_ref().map(|rows| rows.count.clone());
        if page.rows.is_some() && count(&page.rows) != count(&question.rows) {
            let message = format!("page `{}` has rows that `{}` has not", page.id, question.id);
            self.fault(&question.id, message, "give the question the rows of its page");
        }
    }

    fn options(&mut self, question: &Question) {
        let id = question.id.as_str();
        let takes = matches!(question.kind, Kind::Choice | Kind::Multi | Kind::Copies);
        if takes && question.options.is_empty() {
            self.fault(id, format!("`{id}` has no options"), "list its `options`");
        }
        if !takes && !question.options.is_empty() {
            let instead = "take them away, or make it `choice`, `multi` or `copies`";
            self.fault(id, format!("`{id}` takes no options"), instead);
        }
        let mut seen = BTreeSet::new();
        for option in &question.options {
            if !is_word(&option.id) || !seen.insert(&option.id) {
                let message = format!("`{id}` has the option `{}` twice or misspelt", option.id);
                self.fault(id, message, "give each option an id of its own, of a–z, 0–9 and _");
            }
            let words = Words { ja: option.ja.clone(), en: option.en.clone() };
            self.words(id, &format!("option `{}`", option.id), &words);
        }
    }

    fn default(&mut self, question: &Question) {
        let id = question.id.as_str();
        let Some(default) = question.default.as_deref() else { return };
        let (fits, instead) = match question.kind {
            Kind::Choice | Kind::Multi | Kind::Copies => {
                (ids(question).contains(default), "write the id of one of its options")
            }
            Kind::Flag => (matches!(default, "yes" | "no"), "write `yes` or `no`"),
            Kind::Number => {
                let [min, max] = question.range.unwrap_or([0, u32::MAX]);
                let number: Option<u32> = default.parse().ok();
                let fits = number.is_some_and(|number| (min..=max).contains(&number));
                (fits, "write a number in its range, in quotes")
            }
            _ => (false, "take it away: words and dates have no default"),
        };
        if !fits {
            self.fault(id, format!("`{default}` cannot be the default of `{id}`"), instead);
        }
    }

    fn limits(&mut self, question: &Question) {
        let id = question.id.as_str();
        let words = matches!(question.kind, Kind::Name | Kind::Kana | Kind::Address | Kind::Text);
        let misplaced = [
            ("max_chars", question.max_chars.is_some() && !words),
            ("range", question.range.is_some() && question.kind != Kind::Number),
            ("days", question.days.is_some() && question.kind != Kind::Date),
        ];
        for (key, _) in misplaced.into_iter().filter(|(_, misplaced)| *misplaced) {
            let instead = "`max_chars` is for words, `range` for numbers, `days` for dates";
            self.fault(id, format!("`{key}` means nothing for `{id}`"), instead);
        }
        if question.range.is_some_and(|[min, max]| min > max) {
            let message = format!("the range of `{id}` ends before it begins");
            self.fault(id, message, "write the smallest number first");
        }
    }

    /// The question written at `path`, as seen from `asking`: a `#` may only be
    /// used inside a repeated question; a row may also be named by its number.
    fn find(&self, path: &str) -> Option<&'t Question> {
        self.template.question.iter().find(|question| {
            let max = question.rows.as_ref().map_or(0, |rows| rows.max);
            question.id == path || (1..=max).any(|row| at_row(&question.id, row) == path)
        })
    }

    /// Whether `path` leads anywhere; a path into another form is looked at when
    /// all forms are there.
    fn leads(&mut self, question: &Question, path: &str) -> bool {
        if path.contains('#') && question.rows.is_none() {
            let instead = "write the row's number, or give this question rows";
            let message = format!("`{path}` holds a `#`, but `{}` has no rows", question.id);
            self.fault(&question.id, message, instead);
            return false;
        }
        let owner = prefix(path);
        let foreign = owner != self.template.id && !RESERVED.contains(&owner) && is_word(owner);
        let known = foreign || applicant_kind(path).is_some() || self.find(path).is_some();
        if !known {
            let fault = unknown_question(path).at(self.text, path);
            self.faults.push(fault);
        }
        known
    }

    fn condition(&mut self, question: &Question, condition: &Condition) {
        let path = condition.question.as_str();
        if !self.leads(question, path) {
            return;
        }
        let Some(asked) = self.find(path) else { return };
        let options: BTreeSet<&str> = match asked.kind {
            Kind::Flag => ["yes", "no"].into(),
            _ => ids(asked),
        };
        for option in condition.is.iter().chain(&condition.is_not) {
            if !options.contains(option.as_str()) {
                let instead = match options.is_empty() {
                    true => "ask for `at_least`, or only that it has an answer".to_owned(),
                    false => {
                        let options: Vec<&str> = options.iter().copied().collect();
                        format!("write one of {}", options.join(", "))
                    }
                };
                let message = format!("`{path}` has no option `{option}`");
                self.fault(&question.id, message, instead);
            }
        }
        let counts = matches!(asked.kind, Kind::Number | Kind::Copies | Kind::Multi);
        if condition.at_least.is_some() && !counts {
            let instead = "use `is` or `is_not` with its options";
            self.fault(&question.id, format!("`{path}` does not count anything"), instead);
        }
    }

    fn origin(&mut self, question: &Question, origin: &From) {
        let path = origin.path();
        if !self.leads(question, path) {
            return;
        }
        let kind = applicant_kind(path).or_else(|| self.find(path).map(|asked| asked.kind));
        if kind.is_some_and(|kind| sort(kind) != sort(question.kind)) {
            let message = format!("`{}` cannot be taken from `{path}`", question.id);
            self.fault(&question.id, message, "take it from a question of the same kind");
        }
        let row = match origin {
            From::Path(_) => None,
            From::Conditional(origin) => origin.row,
        };
        let max = question.rows.as_ref().map_or(0, |rows| rows.max);
        if row.is_some_and(|row| row == 0 || row > max) {
            let message = format!("`{}` has no such row", question.id);
            self.fault(&question.id, message, "let `row` be between 1 and the largest row");
        }
    }
}

/// Kinds whose values can stand for each other: all words are one sort.
fn sort(kind: Kind) -> Kind {
    match kind {
        Kind::Name | Kind::Kana | Kind::Address | Kind::Phone | Kind::Postal => Kind::Text,
        kind => kind,
    }
}

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
}
