//! Faults of gates and of fiscal years.

use super::super::template::{Gate, Question, Years};
use super::depends_on;
use super::written::Check;

/// The most fiscal years a screen offers at once.
const YEARS_MAX: u32 = 10;

impl<'t> Check<'t> {
    /// A gate is asked first, so it may look only at what is asked at gates.
    pub(super) fn gates(&mut self) {
        let template = self.template;
        for gate in &template.gate {
            let Some(first) = gate.when.first() else {
                let instead = "when に、この様式の質問と選択肢を書いてください";
                self.fault(&template.id, "gate に when がありません", instead);
                continue;
            };
            self.words(&first.question, "gate の title", &gate.title);
            self.words(&first.question, "gate の reason", &gate.reason);
            self.gate(gate);
        }
    }

    fn gate(&mut self, gate: &Gate) {
        let template = self.template;
        for condition in &gate.when {
            let path = condition.question.as_str();
            let Some(question) = self.template.question.iter().find(|one| one.id == path) else {
                let instead = "この様式の質問の id を書いてください";
                self.fault(path, format!("gate の見る質問「{path}」はありません"), instead);
                continue;
            };
            self.condition(question, condition);
            if !question.required || is_applicants(path) {
                let message = format!("gate は「{path}」を見ることができません");
                let instead = "required = true の、この様式だけの質問にしてください";
                self.fault(path, message, instead);
            }
        }
        self.rows_of_gate(gate);
        if gate.instead.as_ref() == Some(&template.id) {
            let instead = "ほかの様式の id を書くか、消してください";
            self.fault(&template.id, "gate の instead が、この様式です", instead);
        }
        self.hangs_on_gates(gate);
    }

    /// A gate stands once for each row, so all its rows are counted alike.
    fn rows_of_gate(&mut self, gate: &Gate) {
        let looked_at = self.questions_of(gate);
        let mut counts = looked_at.iter().filter_map(|one| Some(&one.rows.as_ref()?.count));
        let Some(first) = counts.next() else { return };
        if let Some(other) = counts.find(|count| *count != first) {
            let message = format!("gate の行を、「{first}」と「{other}」の両方で数えています");
            self.fault(other, message, "同じ count の質問だけを見る gate に分けてください");
        }
    }

    fn questions_of(&self, gate: &Gate) -> Vec<&'t Question> {
        let of = |path: &str| self.template.question.iter().find(|one| one.id == path);
        gate.when.iter().filter_map(|when| of(&when.question)).collect()
    }

    /// What a gate's question needs must be askable before a card is read.
    fn hangs_on_gates(&mut self, gate: &Gate) {
        for question in self.questions_of(gate) {
            for path in depends_on(question) {
                if is_applicants(path) {
                    let message = format!("gate の質問「{}」は「{path}」を待てません", question.id);
                    let instead = "カードを読む前に聞けるように、when と from を直してください";
                    self.fault(&question.id, message, instead);
                }
            }
        }
    }

    /// Fiscal years that can be offered and named.
    pub(super) fn years(&mut self, id: &str, years: Option<&Years>) {
        let Some(years) = years else {
            let instead = "years = { count = 5, label = { ja = \"{wareki}年度\", en = \"{year}\" } } \
                 と書いてください";
            return self.fault(id, format!("「{id}」に years がありません"), instead);
        };
        if !(1..=YEARS_MAX).contains(&years.count) {
            let message = format!("「{id}」の years の count は {} にできません", years.count);
            self.fault(id, message, format!("1 から {YEARS_MAX} までの数を書いてください"));
        }
        if !Years::is_label(&years.label.ja) || !Years::is_label(&years.label.en) {
            let instead =
                "{wareki} か {year} を入れ、ほかには {wareki-1} と {year-1} だけを使ってください";
            self.fault(id, format!("「{id}」の years の label で年が分かりません"), instead);
        }
        let Some(ready) = &years.ready else { return };
        self.words(id, "years の ready の note", &ready.note);
        if ready.in_year(2024).is_none() {
            let message = format!("「{}」という月日はありません", ready.from);
            self.fault(id, message, "「06-01」のように書いてください");
        }
    }
}

fn is_applicants(path: &str) -> bool {
    super::prefix(path) == "applicant"
}
