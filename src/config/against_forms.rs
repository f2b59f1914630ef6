//! What the configuration says of forms, held against the forms.

use super::{Config, Procedure, rules};
use crate::document::{Document, Place};
use crate::fault::Fault;
use crate::form::template::{Kind, Question};
use crate::form::{Form, Forms};

/// Where forms are declared, as messages name it.
const FORMS: &str = "templates/forms";

impl Config {
    /// Faults of every reference to a form, a question or an option.
    pub fn against_forms(&self, forms: &Forms) -> Vec<Fault> {
        let mut procedures = self.written.procedures.clone();
        for (row, procedure) in self.procedures.iter().enumerate() {
            let place = Place::key_of("procedure").row(row);
            let Some(form) = form(&mut procedures, &place, forms, &procedure.form) else {
                continue;
            };
            self.same_section(&mut procedures, place.clone().key("section"), procedure, form);
            for (path, option) in &procedure.preset {
                preset(&mut procedures, place.clone().key("preset").key(path), form, path, option);
            }
        }
        let mut fees = self.written.fees.clone();
        for (row, fee) in self.fees.iter().enumerate() {
            let place = Place::key_of("fee").row(row);
            let Some(form) = form(&mut fees, &place, forms, &fee.form) else { continue };
            let at = place.clone().key("question");
            if let Some(question) = question(&mut fees, at, form, &fee.question, &[Kind::Copies]) {
                let known = options(question);
                let declared = format!("質問 {} の選択肢", question.id);
                rules::reference(&mut fees, place.key("option"), &fee.option, &declared, &known);
            }
        }
        [procedures.faults(), fees.faults()].concat()
    }
}

impl Config {
    /// The paper names the section it goes to, and so does the configuration.
    fn same_section(
        &self,
        document: &mut Document,
        place: Place,
        procedure: &Procedure,
        form: &Form,
    ) {
        let printed = &form.template().section.ja;
        let Some(section) = self.section(&procedure.section) else { return };
        document.require(
            section.name.ja == *printed,
            place,
            format!("課は「{}」ですが、様式には「{printed}」と印刷されます", section.name.ja),
            format!("課の名前か、様式 {} の section を直して、同じにしてください", form.id()),
        );
    }
}

fn form<'f>(
    document: &mut Document,
    place: &Place,
    forms: &'f Forms,
    id: &str,
) -> Option<&'f Form> {
    let known: Vec<&str> = forms.iter().map(Form::id).collect();
    rules::reference(document, place.clone().key("form"), id, FORMS, &known);
    forms.get(id)
}

fn preset(document: &mut Document, place: Place, form: &Form, path: &str, option: &str) {
    let kinds = [Kind::Choice, Kind::Flag];
    if let Some(question) = question(document, place.clone(), form, path, &kinds) {
        let declared = format!("質問 {path} の選択肢");
        rules::reference(document, place, option, &declared, &options(question));
    }
}

/// The question at `path`, if it is there and of one of these kinds.
fn question<'f>(
    document: &mut Document,
    place: Place,
    form: &'f Form,
    path: &str,
    kinds: &[Kind],
) -> Option<&'f Question> {
    let fitting = form.questions().iter().filter(|question| kinds.contains(&question.kind));
    let known: Vec<&str> = fitting.map(|question| question.id.as_str()).collect();
    let declared = format!("様式 {} の質問", form.id());
    rules::reference(document, place, path, &declared, &known);
    form.question(path).filter(|question| kinds.contains(&question.kind))
}

/// The option ids an answer to the question can have.
fn options(question: &Question) -> Vec<&str> {
    match question.kind {
        Kind::Flag => vec!["yes", "no"],
        _ => question.options.iter().map(|option| option.id.as_str()).collect(),
    }
}
