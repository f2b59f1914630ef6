//! What the configuration says of forms, held against the forms.

use super::procedures::File;
use super::{Config, Exemption, Fee, Procedure, Section, Written, rules};
use crate::document::{Document, Place, nearest};
use crate::export::{APPLICATION_FIELDS, Profile, Source, TAKINGS_LINES, TAKINGS_SUMS};
use crate::fault::Fault;
use crate::form::condition::at_row;
use crate::form::template::{Kind, Question};
use crate::form::{Form, Forms};
use crate::register::Columns;

/// Where forms are declared, as messages name it.
const FORMS: &str = "templates/forms";

impl Config {
    /// Faults of every reference to a form, a question or an option.
    pub fn against_forms(&self, forms: &Forms) -> Vec<Fault> {
        let Written { procedures, fees, exports, register } = &self.written;
        let mut faults = of_procedures(&self.procedures, &self.sections, procedures.clone(), forms);
        faults.extend(self::fees((&self.fees, &self.exemptions), fees, forms));
        if let Some(written) = exports {
            faults.extend(self::exports(&self.exports, written, forms));
        }
        if let (Some(columns), Some(written)) = (&self.register, register) {
            faults.extend(self::register(columns, written, forms));
        }
        faults
    }
}

/// Faults of the references in `procedures.toml`.
pub(super) fn procedures(file: &File, written: &Document, forms: &Forms) -> Vec<Fault> {
    of_procedures(&file.procedure, &file.section, written.clone(), forms)
}

fn of_procedures(
    procedures: &[Procedure],
    sections: &[Section],
    mut document: Document,
    forms: &Forms,
) -> Vec<Fault> {
    for (row, procedure) in procedures.iter().enumerate() {
        let place = Place::key_of("procedure").row(row);
        let Some(form) = form(&mut document, &place, forms, &procedure.form) else { continue };
        let section = sections.iter().find(|section| section.id == procedure.section);
        if let Some(section) = section {
            same_section(&mut document, place.clone().key("section"), section, form);
        }
        for (path, option) in &procedure.preset {
            preset(&mut document, place.clone().key("preset").key(path), form, path, option);
        }
    }
    document.faults()
}

/// Faults of the references in `fees.toml`.
pub(super) fn fees(
    (fees, exemptions): (&[Fee], &[Exemption]),
    written: &Document,
    forms: &Forms,
) -> Vec<Fault> {
    let mut document = written.clone();
    for (row, exemption) in exemptions.iter().enumerate() {
        self::exemption(&mut document, Place::key_of("exemption").row(row), exemption, forms);
    }
    for (row, fee) in fees.iter().enumerate() {
        let place = Place::key_of("fee").row(row);
        let Some(form) = form(&mut document, &place, forms, &fee.form) else { continue };
        let at = place.clone().key("question");
        // What holds for the first row holds for all.
        let path = at_row(&fee.question, 1);
        if let Some(question) = question(&mut document, at, form, &path, &[Kind::Copies]) {
            let known = options(question);
            let declared = format!("質問 {} の選択肢", question.id);
            let at = place.clone().key("option");
            rules::reference(&mut document, at, &fee.option, &declared, &known);
        }
        for (key, counted) in fee.counted() {
            let at = match key {
                "more" => place.clone().key(key).key("question"),
                _ => place.clone().key(key),
            };
            let kinds = [Kind::Multi, Kind::Number, Kind::Copies];
            question(&mut document, at, form, &at_row(counted, 1), &kinds);
        }
    }
    document.faults()
}

/// Faults of the references in `exports.toml`.
pub(super) fn exports(profiles: &[Profile], written: &Document, forms: &Forms) -> Vec<Fault> {
    let mut document = written.clone();
    let known: Vec<&str> = forms.ids().collect();
    for (row, profile) in profiles.iter().enumerate() {
        let place = Place::key_of("export").row(row);
        for (row, id) in profile.forms.iter().enumerate().filter(|(_, id)| !forms.is_faulty(id)) {
            let at = place.clone().key("forms").row(row);
            rules::reference(&mut document, at, id, FORMS, &known);
        }
        // A form that is faulty or misspelt may have what is not found.
        if profile.forms.iter().any(|id| forms.get(id).is_none()) {
            continue;
        }
        let fields = fields(profile, forms);
        let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
        for (row, column) in profile.column.iter().enumerate() {
            let place = place.clone().key("column").row(row).key("field");
            let Some(field) = &column.field else { continue };
            // All of them would be more than anybody reads.
            let instead = match nearest(field, &fields) {
                Some(near) => format!("「{near}」と書きます"),
                None => {
                    "様式の質問の id か、見本の exports.toml にある項目を書いてください".to_owned()
                }
            };
            document.require(
                fields.contains(&field.as_str()),
                place,
                format!("「{field}」という項目はありません"),
                instead,
            );
        }
    }
    document.faults()
}

/// Faults of the boxes that `register.toml` names.
pub(super) fn register(columns: &Columns, written: &Document, forms: &Forms) -> Vec<Fault> {
    let mut document = written.clone();
    let questions = || forms.iter().flat_map(Form::questions);
    let known: Vec<&str> = questions().map(|question| question.id.as_str()).collect();
    for (column, path) in columns.boxes() {
        let place = match column {
            Some(row) => Place::key_of("column").row(row).key("names"),
            None => Place::key_of("count"),
        };
        // What holds for the first row holds for all.
        let question = questions().find(|question| question.id == at_row(path, 1));
        let instead = match nearest(path, &known) {
            Some(near) => format!("「{near}」と書きます"),
            None => "様式の質問の id を書いてください".to_owned(),
        };
        // A form that is faulty may have what is not found.
        document.require(
            question.is_some() || forms.has_faulty(),
            place.clone(),
            format!("「{path}」という欄は、どの様式にもありません"),
            instead,
        );
        let options: Vec<&str> = question.map(options).unwrap_or_default();
        let codes = column.map(|row| &columns.column[row].codes);
        for (written, option) in codes.into_iter().flatten().filter(|_| !options.is_empty()) {
            let place = place.clone();
            let declared = format!("質問 {path} の選択肢");
            document.require(
                options.contains(&option.as_str()),
                place,
                format!("「{written}」に書かれた「{option}」は {declared} にありません"),
                "選択肢の記号を書いてください",
            );
        }
    }
    document.faults()
}

/// What a column of this profile can be.
fn fields(profile: &Profile, forms: &Forms) -> Vec<String> {
    match profile.source {
        Source::TakingsLines => split(TAKINGS_LINES),
        Source::TakingsSums => split(TAKINGS_SUMS),
        Source::Applications => {
            let mut fields = split(APPLICATION_FIELDS);
            let wanted = |form: &&Form| {
                profile.forms.is_empty() || profile.forms.iter().any(|id| id == form.id())
            };
            for question in forms.iter().filter(wanted).flat_map(Form::questions) {
                fields.push(question.id.clone());
                fields.push(format!("{}.source", question.id));
                if matches!(question.kind, Kind::Copies | Kind::Multi) {
                    let parts = options(question);
                    fields.extend(parts.iter().map(|part| format!("{}.{part}", question.id)));
                }
            }
            fields
        }
    }
}

fn split(fields: &str) -> Vec<String> {
    fields.split(',').map(str::to_owned).collect()
}

/// An exemption names forms, and perhaps an answer of each of them.
fn exemption(document: &mut Document, place: Place, exemption: &Exemption, forms: &Forms) {
    let known: Vec<&str> = forms.ids().collect();
    for (row, id) in exemption.forms.iter().enumerate() {
        if !forms.is_faulty(id) {
            let at = place.clone().key("forms").row(row);
            rules::reference(document, at, id, FORMS, &known);
        }
    }
    let own: Vec<&Form> = exemption.forms.iter().filter_map(|id| forms.get(id)).collect();
    let copies = own.iter().flat_map(|form| form.questions());
    let copies = copies.filter(|question| question.kind == Kind::Copies);
    let options: Vec<&str> = copies.flat_map(options).collect();
    for (row, option) in exemption.options.iter().enumerate().filter(|_| !own.is_empty()) {
        let at = place.clone().key("options").row(row);
        rules::reference(document, at, option, "その様式の、通数を聞く質問の選択肢", &options);
    }
    let Some(when) = &exemption.when else { return };
    let at = place.key("when").key("question");
    document.require(
        !exemption.forms.is_empty(),
        at.clone(),
        "どの様式の質問かが分かりません",
        "forms に様式の記号を書いてください",
    );
    for form in own {
        let kinds = [Kind::Choice, Kind::Multi, Kind::Flag];
        let asked = question(document, at.clone(), form, &when.question, &kinds);
        for id in when.is.iter().chain(&when.is_not) {
            if let Some(asked) = asked {
                let declared = format!("質問 {} の選択肢", asked.id);
                rules::reference(document, at.clone(), id, &declared, &self::options(asked));
            }
        }
    }
}

/// The paper names the section it goes to, and so does the configuration.
fn same_section(document: &mut Document, place: Place, section: &Section, form: &Form) {
    let printed = &form.template().section.ja;
    document.require(
        section.name.ja == *printed,
        place,
        format!("課は「{}」ですが、様式には「{printed}」と印刷されます", section.name.ja),
        format!("課の名前か、様式 {} の section を直して、同じにしてください", form.id()),
    );
}

fn form<'f>(
    document: &mut Document,
    place: &Place,
    forms: &'f Forms,
    id: &str,
) -> Option<&'f Form> {
    // A form that is there but faulty has been told of already.
    if !forms.is_faulty(id) {
        let known: Vec<&str> = forms.ids().collect();
        rules::reference(document, place.clone().key("form"), id, FORMS, &known);
    }
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
