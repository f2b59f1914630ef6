//! Faults of one template as it is written, each named once however many rows
//! a question has.

use std::collections::BTreeSet;

use crate::lang::Words;

use super::super::condition::at_row;
use super::super::fault::Fault;
use super::super::paper::check::limits::COUNT_MAX;
use super::super::paths::{RESERVED, applicant_kind, is_form_id, is_word, prefix};
use super::super::subject::Subject;
use super::super::template::{Choice, Condition, From, Kind, Question, Rows, Template};
use super::{ids, no_origin, unfit, unknown_question};

/// Faults of the template as written.
pub(in crate::form) fn written(template: &Template, text: &str) -> Vec<Fault> {
    let mut check = Check { template, text, faults: Vec::new() };
    check.head();
    check.pages();
    check.doubles();
    check.gates();
    check.bring();
    for question in &template.question {
        check.question(question);
    }
    check.faults
}

pub(super) struct Check<'t> {
    pub(super) template: &'t Template,
    text: &'t str,
    faults: Vec<Fault>,
}

impl<'t> Check<'t> {
    pub(super) fn fault(
        &mut self,
        word: &str,
        message: impl Into<String>,
        instead: impl Into<String>,
    ) {
        let fault = Fault::new(message, instead).at(self.text, word);
        if !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }

    fn head(&mut self) {
        let template = self.template;
        let id = template.id.as_str();
        if !is_form_id(id) {
            let instead = "英小文字・数字・「_」の短い言葉を書いてください（applicant・office・town・visit・\
                 form・today は使えません）";
            self.fault(id, format!("「{id}」は様式の id に使えません"), instead);
        }
        for (name, words) in
            [("title", &template.title), ("about", &template.about), ("section", &template.section)]
        {
            self.words(id, name, words);
        }
        if template.edition.trim().is_empty() {
            self.fault(id, "edition が空です", "「見本 2026-04」のように書いてください");
        }
    }

    pub(super) fn words(&mut self, word: &str, what: &str, words: &Words) {
        for (lang, text) in [("ja", &words.ja), ("en", &words.en)] {
            if text.trim().is_empty() {
                let message = format!("「{word}」の {what} に {lang} の言葉がありません");
                self.fault(word, message, "日本語と英語の両方を書いてください");
            }
        }
    }

    fn pages(&mut self) {
        let template = self.template;
        for page in &template.page {
            let id = page.id.as_str();
            self.path(id, "ページ");
            self.words(id, "title", &page.title);
            if let Some(help) = &page.help {
                self.words(id, "help", help);
            }
            self.rows(id, page.rows.as_ref());
            if !template.question.iter().any(|question| question.page == page.id) {
                let instead = "このページに質問を置くか、ページを消してください";
                self.fault(id, format!("ページ「{id}」に質問がありません"), instead);
            }
        }
    }

    /// Ids that stand twice, and a question whose path leads into another's.
    fn doubles(&mut self) {
        let template = self.template;
        let pages = template.page.iter().map(|page| &page.id);
        let questions = template.question.iter().map(|question| &question.id);
        for (what, ids) in
            [("ページ", pages.collect::<Vec<_>>()), ("質問", questions.collect::<Vec<_>>())]
        {
            let mut seen = BTreeSet::new();
            for id in ids {
                if !seen.insert(id) {
                    let message = format!("{what}「{id}」が二つあります");
                    self.fault(id, message, "別々の id を書いてください");
                }
                let above = id.rsplit_once('.').map(|(above, _)| above.to_owned());
                if what == "質問"
                    && let Some(above) = above.filter(|above| self.declares(above))
                {
                    let message = format!("「{id}」は質問「{above}」の内側にあります");
                    self.fault(id, message, "どちらかの id を変えてください");
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
            let instead =
                format!("「{own}.…」か「applicant.…」と、英小文字・数字・「_」で書いてください");
            self.fault(path, format!("「{path}」は{what}の id に使えません"), instead);
        }
    }

    /// `rows` and `#` come together.
    fn rows(&mut self, id: &str, rows: Option<&Rows>) {
        match (rows, id.matches('#').count()) {
            (None, 0) => {}
            (Some(rows), 1) => self.row_count(id, rows),
            (Some(_), _) => self.fault(
                id,
                format!("「{id}」には rows があるので、id に「#」が一つ要ります"),
                "たとえば「ido.member.#.name」と書きます",
            ),
            (None, _) => self.fault(
                id,
                format!("「{id}」には「#」がありますが、rows がありません"),
                "rows = { count = \"…\", max = 6 } を足すか、行の番号を書いてください",
            ),
        }
    }

    fn row_count(&mut self, id: &str, rows: &Rows) {
        let count = self.template.question.iter().find(|question| question.id == rows.count);
        let largest = count
            .filter(|count| count.kind == Kind::Number && count.rows.is_none())
            .and_then(|count| count.range)
            .map(|range| range[1]);
        let instead = "count には、この様式の range のある number の質問を書き、その最大を max と同じにして\
             ください";
        match largest {
            None => {
                self.fault(id, format!("「{}」は行を数える質問ではありません", rows.count), instead)
            }
            Some(largest) if largest != rows.max || largest == 0 => {
                let message = format!("{largest} 行まで尋ねますが、{} 行しかありません", rows.max);
                self.fault(id, message, instead);
            }
            Some(largest) if largest > COUNT_MAX => {
                let message = format!("「{id}」は {largest} 行あります");
                self.fault(id, message, format!("行は {COUNT_MAX} までにしてください"));
            }
            Some(_) => {}
        }
    }

    fn question(&mut self, question: &'t Question) {
        let id = question.id.as_str();
        self.path(id, "質問");
        self.fact(question);
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

    /// A fact about the applicant is the same in every form, whoever asks for it.
    fn fact(&mut self, question: &Question) {
        let id = question.id.as_str();
        if prefix(id) != "applicant" {
            return;
        }
        let Some(fact) = Subject::reserved(id) else {
            let fault = unknown_question(id).at(self.text, id);
            return self.faults.push(fault);
        };
        let known = |option: &Choice| fact.options.contains(&option.id);
        if fact.kind != question.kind || !question.options.iter().all(known) {
            let message = format!("「{id}」の kind か選択肢が、申請者の項目と違います");
            let instead = "name・kana・date・choice（male・female・not_applicable・unknown）・address・\
                 phone のうち、項目に合うものを書いてください";
            self.fault(id, message, instead);
        }
    }

    fn page_of(&mut self, question: &Question) {
        let template = self.template;
        let Some(page) = template.page.iter().find(|page| page.id == question.page) else {
            let known: Vec<&str> = template.page.iter().map(|page| page.id.as_str()).collect();
            let instead = format!("{} のどれかを書いてください", known.join("・"));
            let message = format!("ページ「{}」はありません", question.page);
            return self.fault(&question.id, message, instead);
        };
        let count = |rows: &Option<Rows>| rows.as_ref().map(|rows| rows.count.clone());
        if page.rows.is_some() && count(&page.rows) != count(&question.rows) {
            let message = format!("ページ「{}」の rows が「{}」にありません", page.id, question.id);
            self.fault(&question.id, message, "ページと同じ rows を質問にも書いてください");
        }
    }

    fn options(&mut self, question: &Question) {
        let id = question.id.as_str();
        let takes = matches!(question.kind, Kind::Choice | Kind::Multi | Kind::Copies);
        if takes && question.options.is_empty() {
            self.fault(id, format!("「{id}」に選択肢がありません"), "options に並べてください");
        }
        if !takes && !question.options.is_empty() {
            let instead = "消すか、kind を choice・multi・copies にしてください";
            self.fault(id, format!("「{id}」に選択肢は書けません"), instead);
        }
        let mut seen = BTreeSet::new();
        for option in &question.options {
            if !is_word(&option.id) || !seen.insert(&option.id) {
                let message =
                    format!("「{id}」の選択肢「{}」が重なっているか、書き方が違います", option.id);
                self.fault(id, message, "重ならない id を、英小文字・数字・「_」で書いてください");
            }
            let words = Words { ja: option.ja.clone(), en: option.en.clone() };
            self.words(id, &format!("選択肢「{}」", option.id), &words);
        }
    }

    fn default(&mut self, question: &Question) {
        let id = question.id.as_str();
        let Some(default) = question.default.as_deref() else { return };
        let (fits, instead) = match question.kind {
            Kind::Choice | Kind::Multi | Kind::Copies => {
                (ids(question).contains(default), "選択肢の id を書いてください")
            }
            Kind::Flag => (matches!(default, "yes" | "no"), "yes か no と書いてください"),
            Kind::Number => {
                let [min, max] = question.range.unwrap_or([0, u32::MAX]);
                let number: Option<u32> = default.parse().ok();
                let fits = number.is_some_and(|number| (min..=max).contains(&number));
                (fits, "range の中の数を「\"」で囲んで書いてください")
            }
            _ => (false, "消してください。言葉と日付に default は書けません"),
        };
        if !fits {
            self.fault(id, format!("「{default}」は「{id}」の default にできません"), instead);
        }
    }

    fn limits(&mut self, question: &Question) {
        let id = question.id.as_str();
        let words = matches!(question.kind, Kind::Name | Kind::Kana | Kind::Address | Kind::Text);
        let misplaced = [
            ("max_chars", question.max_chars.is_some() && !words),
            ("range", question.range.is_some() && question.kind != Kind::Number),
            ("days", question.days.is_some() && question.kind != Kind::Date),
            ("digits", question.digits.is_some() && question.kind != Kind::Digits),
            ("years", question.years.is_some() && question.kind != Kind::FiscalYear),
        ];
        for (key, _) in misplaced.into_iter().filter(|(_, misplaced)| *misplaced) {
            let instead = "max_chars は言葉、range は number、days は date、digits は digits、years は \
                 fiscal_year に使います";
            self.fault(id, format!("「{id}」に {key} は使えません"), instead);
        }
        if question.range.is_some_and(|[min, max]| min > max) {
            let message = format!("「{id}」の range の大小が逆です");
            self.fault(id, message, "小さい数を先に書いてください");
        }
        if question.digits.is_some_and(|[min, max]| min == 0 || min > max) {
            let message = format!("「{id}」の digits に合う番号はありません");
            self.fault(id, message, "[いちばん少ない桁, いちばん多い桁] と書いてください");
        }
        if question.kind == Kind::FiscalYear {
            self.years(id, question.years.as_ref());
            self.other_years(question);
        }
    }

    /// A year is another one than those of questions about years.
    fn other_years(&mut self, question: &Question) {
        for path in question.years.iter().flat_map(|years| &years.other_than) {
            let leads = self.leads(question, path);
            if leads && self.find(path).is_none_or(|other| other.kind != Kind::FiscalYear) {
                let message = format!("「{path}」は年度の質問ではありません");
                let instead = "other_than には kind = \"fiscal_year\" の質問を書いてください";
                self.fault(&question.id, message, instead);
            }
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
            let instead = "行の番号を書くか、この質問にも rows を書いてください";
            let message =
                format!("「{path}」に「#」がありますが、「{}」に rows がありません", question.id);
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

    /// A condition on one of the questions of `question`'s form.
    pub(super) fn condition(&mut self, question: &Question, condition: &Condition) {
        let path = condition.question.as_str();
        if !self.leads(question, path) {
            return;
        }
        let asked = self.find(path).map(Subject::of).or_else(|| Subject::reserved(path));
        if let Some(fault) = asked.and_then(|asked| unfit(&asked, condition)) {
            self.faults.push(fault.at(self.text, &question.id));
        }
    }

    fn origin(&mut self, question: &Question, origin: &From) {
        let path = origin.path();
        if !self.leads(question, path) {
            return;
        }
        let asked = self.find(path).map(Subject::of).or_else(|| Subject::reserved(path));
        if asked.is_some_and(|asked| !asked.stands_for(question.kind)) {
            self.faults.push(no_origin(question, path).at(self.text, &question.id));
        }
        let row = match origin {
            From::Path(_) => None,
            From::Conditional(origin) => origin.row,
        };
        let max = question.rows.as_ref().map_or(0, |rows| rows.max);
        if row.is_some_and(|row| row == 0 || row > max) {
            let message = format!("「{}」にその行はありません", question.id);
            self.fault(&question.id, message, "row は 1 から最後の行までの数にしてください");
        }
    }
}
