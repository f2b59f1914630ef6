//! Templates that passed every check, one by one and all together.
//!
//! A [`Form`] can only be made from a text without faults, so the rest of the
//! house never meets a question without a page or a value taken from itself.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use time::Date;

use crate::document::Document;

use super::check;
use super::editions;
use super::expand;
use super::fault::Fault;
use super::gate;
use super::template::{Page, Question, Template};
use crate::pdf::Fonts;

/// A form as it is asked and printed. Repeated pages and questions are written
/// out row by row.
#[derive(Clone, Debug)]
pub struct Form {
    template: Template,
    /// Ids of the pages that are asked before all others.
    gate_pages: BTreeSet<String>,
    /// The bytes of `background.pdf`, if the template names one.
    background: Option<Vec<u8>>,
    /// `sample.json`, if the folder has one: a complete input for `fill`.
    sample: Option<serde_json::Value>,
    /// Name of the folder it was read from: the id, or the id and `@` and more.
    folder: String,
    /// What its file says, and its background, as one hash.
    digest: String,
}

impl Form {
    /// Reads a `form.toml`. All faults are named at once: first everything that
    /// is not spelled as a template is, then everything that makes no sense.
    pub fn read(text: &str) -> Result<Form, Vec<Fault>> {
        let mut template = spelled(text)?;
        let faults = check::written(&template, text);
        if !faults.is_empty() {
            return Err(faults);
        }
        template.page = expand::pages(&template.page);
        template.gate = expand::gates(&template.gate, &template.question);
        template.question = expand::questions(&template.question);
        let faults = check::expanded(&template, text);
        if !faults.is_empty() {
            return Err(faults);
        }
        let gate_pages = gate::pages(&template);
        let folder = template.id.clone();
        let digest = digest(text, None);
        Ok(Form { template, gate_pages, background: None, sample: None, folder, digest })
    }

    /// Reads a template's folder: `form.toml`, and beside it the background it
    /// names and `sample.json`.
    pub fn load(folder: &Path) -> Result<Form, Vec<crate::fault::Fault>> {
        let file = folder.join("form.toml");
        let in_file = |fault: Fault| fault.in_file(&file);
        let text = read_text(&file).map_err(|fault| vec![in_file(fault)])?;
        let mut form = Form::read(&text)
            .map_err(|faults| faults.into_iter().map(in_file).collect::<Vec<_>>())?;
        let mut faults = Vec::new();
        form.folder = name_of(folder);
        if form.folder.split('@').next() != Some(form.id()) {
            let instead = format!(
                "フォルダーの名前を「{0}」（版を足すときは「{0}@2027-04」のように）にするか、id に\
                 フォルダーの名前を書いてください",
                form.id()
            );
            let fault = Fault::new("id とフォルダーの名前が違います", instead);
            faults.push(in_file(fault.at(&text, form.id())));
        }
        match read_background(&form.template, folder) {
            Ok(background) => {
                form.digest = digest(&text, background.as_deref());
                form.background = background;
            }
            Err(fault) => faults.push(fault),
        }
        match read_sample(folder) {
            Ok(sample) => form.sample = sample,
            Err(fault) => faults.push(fault),
        }
        if faults.is_empty() { Ok(form) } else { Err(faults) }
    }

    /// `juminhyo`.
    pub fn id(&self) -> &str {
        &self.template.id
    }

    /// The name of the folder it was read from.
    pub fn folder(&self) -> &str {
        &self.folder
    }

    /// What its file says, but for the days on which it is used, and its background, as
    /// one hash: two forms that have the same ask and print the same. How the file is laid
    /// out, and the comments in it, make no difference.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Whether this edition is used on `day`.
    pub fn is_valid_on(&self, day: Date) -> bool {
        self.template.is_valid_on(day)
    }

    /// The template, its pages, questions and gates written out row by row;
    /// drawings and fields as they stand in the file.
    pub fn template(&self) -> &Template {
        &self.template
    }

    /// All pages, in the order they are asked.
    pub fn pages(&self) -> &[Page] {
        &self.template.page
    }

    /// Whether the page is asked before all others, for a gate stands on it.
    pub fn is_gate_page(&self, page: &str) -> bool {
        self.gate_pages.contains(page)
    }

    /// All questions, in the order they are asked within their pages.
    pub fn questions(&self) -> &[Question] {
        &self.template.question
    }

    /// The question whose answer is kept under `path`.
    pub fn question(&self, path: &str) -> Option<&Question> {
        self.questions().iter().find(|question| question.id == path)
    }

    /// The bytes of the PDF that shows the sheet, if there is one.
    pub fn background(&self) -> Option<&[u8]> {
        self.background.as_deref()
    }

    /// A complete input for `fill`, if the folder has one.
    pub fn sample(&self) -> Option<&serde_json::Value> {
        self.sample.as_ref()
    }
}

fn digest(text: &str, background: Option<&[u8]>) -> String {
    let mut said = toml::from_str::<toml::Table>(text).unwrap_or_default();
    // An edition ends when the next one is written: it stays what it is.
    said.remove("valid_from");
    said.remove("valid_until");
    let mut hash = Sha256::new();
    // A table's keys are in order.
    hash.update(serde_json::to_vec(&said).unwrap_or_default());
    hash.update([0]);
    hash.update(background.unwrap_or_default());
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn read_background(
    template: &Template,
    folder: &Path,
) -> Result<Option<Vec<u8>>, crate::fault::Fault> {
    let paper = &template.paper;
    let Some(name) = paper.background_file() else { return Ok(None) };
    let file = folder.join(name);
    if paper.is_preprinted() && !file.exists() {
        return Ok(None);
    }
    std::fs::read(&file).map(Some).map_err(|error| {
        let instead = "PDF を置くか、paper の background を消してください";
        Fault::new(format!("読めません（{error}）"), instead).in_file(&file)
    })
}

/// The template as it is written, every key known and every value of its kind.
fn spelled(text: &str) -> Result<Template, Vec<Fault>> {
    let mut document = Document::parse(Path::new("form.toml"), text);
    let template = document.read::<Template>();
    let faults: Vec<Fault> = document.faults().into_iter().map(Fault::from).collect();
    template.filter(|_| faults.is_empty()).ok_or(faults)
}

/// The sheet of the form in `folder` with a millimetre grid and every field's
/// outline. It needs no finished form: words may still be missing.
///
/// # Errors
/// Every fault of the spelling or of the layout at once.
pub fn preview(folder: &Path, fonts: &Fonts) -> Result<Vec<u8>, Vec<crate::fault::Fault>> {
    let file = folder.join("form.toml");
    let in_file = |fault: Fault| fault.in_file(&file);
    let text = read_text(&file).map_err(|fault| vec![in_file(fault)])?;
    let mut template =
        spelled(&text).map_err(|faults| faults.into_iter().map(in_file).collect::<Vec<_>>())?;
    template.question = expand::questions(&template.question);
    let background = read_background(&template, folder).map_err(|fault| vec![fault])?;
    super::paper::preview::preview(&template, background.as_deref(), fonts)
        .map_err(|faults| faults.iter().map(|fault| fault.in_file(&file, &text)).collect())
}

/// All forms of the town, each in one or several editions.
#[derive(Clone, Debug, Default)]
pub struct Forms {
    /// By id; the editions of one in the order in which they come into use.
    sound: BTreeMap<String, Vec<Form>>,
    /// Names of the folders whose form is not without fault.
    faulty: BTreeSet<String>,
}

impl Forms {
    /// Loads every folder of `dir`, and checks the forms against each other. All
    /// faults of all files are named at once.
    pub fn load(dir: &Path) -> Result<Forms, Vec<crate::fault::Fault>> {
        match Forms::read(dir) {
            Ok((forms, faults)) if faults.is_empty() => Ok(forms),
            Ok((_, faults)) => Err(faults),
            Err(fault) => Err(vec![fault]),
        }
    }

    /// The forms of `dir` that are sound by themselves, and every fault of all of
    /// them: so that more can be looked at than the first thing that is wrong.
    ///
    /// # Errors
    /// The folder itself cannot be read.
    pub fn read(dir: &Path) -> Result<(Forms, Vec<crate::fault::Fault>), crate::fault::Fault> {
        let mut forms = Forms::default();
        let mut faults = Vec::new();
        for folder in folders(dir)? {
            match Form::load(&folder) {
                Ok(form) => forms.sound.entry(form.id().to_owned()).or_default().push(form),
                Err(found) => {
                    forms.faulty.insert(name_of(&folder));
                    faults.extend(found);
                }
            }
        }
        for editions in forms.sound.values_mut() {
            editions.sort_by_key(|form| form.template.valid_from);
        }
        let found = forms.sound.values().flat_map(|editions| editions::faults(editions));
        faults.extend(found.chain(forms.together()).map(|finding| {
            let file = dir.join(finding.folder).join("form.toml");
            let text = std::fs::read_to_string(&file).unwrap_or_default();
            finding.fault.at(&text, finding.word).in_file(&file)
        }));
        Ok((forms, faults))
    }

    /// Faults between forms that are in use on the same day, once each.
    fn together(&self) -> Vec<check::Finding<'_>> {
        let mut findings: Vec<check::Finding<'_>> = Vec::new();
        let begins = self.iter().map(|form| form.template.valid_from.unwrap_or(Date::MIN));
        for day in begins.collect::<BTreeSet<_>>() {
            let in_use: Vec<&Form> = self.iter().filter(|form| form.is_valid_on(day)).collect();
            for finding in check::together(&in_use) {
                if !findings.contains(&finding) {
                    findings.push(finding);
                }
            }
        }
        findings
    }

    /// Whether there is a folder for this form whose faults are told elsewhere.
    pub fn is_faulty(&self, id: &str) -> bool {
        self.faulty.iter().any(|folder| folder.split('@').next() == Some(id))
    }

    /// Whether there is any such form: what is not found elsewhere may be in it.
    pub fn has_faulty(&self) -> bool {
        !self.faulty.is_empty()
    }

    /// The edition that came, or will come, into use last: for the form's names.
    pub fn get(&self, id: &str) -> Option<&Form> {
        self.sound.get(id)?.last()
    }

    /// The edition that is used on `day`, if any is.
    pub fn on(&self, id: &str, day: Date) -> Option<&Form> {
        self.sound.get(id)?.iter().find(|form| form.is_valid_on(day))
    }

    /// Every edition of every form, in order of id.
    pub fn iter(&self) -> impl Iterator<Item = &Form> {
        self.sound.values().flatten()
    }

    /// Every form once, in order of id.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.sound.keys().map(String::as_str)
    }
}

fn name_of(folder: &Path) -> String {
    folder.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn folders(dir: &Path) -> Result<Vec<PathBuf>, crate::fault::Fault> {
    let fault = |error: std::io::Error| {
        let message = format!("様式のフォルダーを読めません（{error}）");
        Fault::new(message, "様式ごとのフォルダーを入れて、作ってください").in_file(dir)
    };
    let mut folders = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(fault)? {
        let path = entry.map_err(fault)?.path();
        if path.is_dir() {
            folders.push(path);
        }
    }
    folders.sort();
    Ok(folders)
}

fn read_text(file: &Path) -> Result<String, Fault> {
    std::fs::read_to_string(file).map_err(|error| {
        let not_utf8 = error.kind() == std::io::ErrorKind::InvalidData;
        match not_utf8 {
            true => Fault::new("文字コードが UTF-8 ではありません", "UTF-8 で保存してください"),
            false => Fault::new(
                format!("読めません（{error}）"),
                "様式のフォルダーには form.toml を置いてください",
            ),
        }
    })
}

fn read_sample(folder: &Path) -> Result<Option<serde_json::Value>, crate::fault::Fault> {
    let file = folder.join("sample.json");
    if !file.exists() {
        return Ok(None);
    }
    let fault = |message: String, line| {
        let instead = r#"{"applicant": {…}, "answers": {…}} と書いてください"#;
        crate::fault::Fault::new(&file, line, message, instead)
    };
    let text = std::fs::read_to_string(&file)
        .map_err(|error| fault(format!("読めません（{error}）"), None))?;
    super::json::parse(&text)
        .map(Some)
        .map_err(|error| fault(format!("JSON として読めません（{error}）"), Some(error.line)))
}

#[cfg(test)]
mod tests {
    #[test]
    fn shipped_forms_are_without_fault() {
        if let Err(faults) = crate::form::Forms::load(std::path::Path::new("templates/forms")) {
            for fault in faults {
                println!("{fault}");
            }
            panic!();
        }
    }
}
