//! `madoguchi check`: every fault of configuration, templates and fonts at once.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::folder::folder_of;
use crate::config::Config;
use crate::fault::Fault;
use crate::form::paper::Paper;
use crate::form::{Form, Forms};
use crate::pdf::Fonts;

/// Tells every fault of configuration, templates and fonts, with file and line
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The folder of the configuration
    #[arg(long, value_name = "DIR", default_value = "kiosk-config/example")]
    config: PathBuf,
    /// The folder of the forms [default: templates/forms here, or beside the program]
    #[arg(long, value_name = "DIR")]
    templates: Option<PathBuf>,
    /// A folder with more fonts [default: fonts here, or beside the program]
    #[arg(long, value_name = "DIR")]
    fonts: Option<PathBuf>,
}

/// Runs the command: one line a fault, and exit 1 if there is any.
pub(super) fn run(arguments: &Arguments) -> ExitCode {
    let templates = folder_of(arguments.templates.as_deref(), "templates/forms");
    let fonts = folder_of(arguments.fonts.as_deref(), "fonts");
    let faults = faults(&arguments.config, &templates, &fonts);
    for fault in &faults {
        eprintln!("{fault}");
    }
    if faults.is_empty() {
        eprintln!("誤りはありません（{}）", arguments.config.display());
        return ExitCode::SUCCESS;
    }
    eprintln!("{} 件の誤りがあります", faults.len());
    ExitCode::from(1)
}

/// Everything that is wrong, in the order configuration, templates, fonts.
fn faults(config: &Path, templates: &Path, fonts: &Path) -> Vec<Fault> {
    let (fonts, font_faults) = Fonts::with_folder(fonts);
    let mut faults = Vec::new();
    match (Config::load(config), Forms::load(templates)) {
        (Ok(config), Ok(forms)) => {
            faults.extend(config.against_forms(&forms));
            faults.extend(forms.iter().flat_map(|form| of_paper(form, templates, &fonts)));
        }
        (config, forms) => {
            faults.extend(config.err().unwrap_or_default());
            faults.extend(forms.err().unwrap_or_default());
        }
    }
    faults.extend(font_faults);
    faults
}

/// Faults that show only when the form is laid out on its sheet.
fn of_paper(form: &Form, templates: &Path, fonts: &Fonts) -> Vec<Fault> {
    let Err(found) = Paper::compile(form, fonts) else { return Vec::new() };
    let file = templates.join(form.id()).join("form.toml");
    let text = std::fs::read_to_string(&file).unwrap_or_default();
    found.into_iter().map(|fault| fault.in_file(&file, &text)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: &str = "kiosk-config/example";
    const TEMPLATES: &str = "templates/forms";

    /// The shipped templates, with `added` at the end of one.
    fn templates_with(id: &str, added: &str) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for form in std::fs::read_dir(TEMPLATES).unwrap().map(|entry| entry.unwrap().path()) {
            let folder = dir.path().join(form.file_name().unwrap());
            std::fs::create_dir(&folder).unwrap();
            let mut text = std::fs::read_to_string(form.join("form.toml")).unwrap();
            if form.ends_with(id) {
                text.push_str(added);
            }
            std::fs::write(folder.join("form.toml"), text).unwrap();
        }
        dir
    }

    fn told(templates: &Path, fonts: &Path) -> Vec<Fault> {
        faults(Path::new(CONFIG), templates, fonts)
    }

    #[test]
    fn the_example_the_shipped_templates_and_fonts_are_faultless() {
        assert_eq!(told(Path::new(TEMPLATES), Path::new("fonts")), []);
    }

    #[test]
    fn faults_of_configuration_templates_and_fonts_are_told_together() {
        let nothing = tempfile::tempdir().unwrap();
        let templates = nothing.path().join("templates");
        let font = nothing.path().join("broken.ttf");
        std::fs::write(&font, "no font").unwrap();
        let found = faults(nothing.path(), &templates, nothing.path());
        let files: Vec<_> = found.into_iter().map(|fault| fault.file).collect();
        for file in [nothing.path().join("site.toml"), templates, font] {
            assert!(files.contains(&file), "{} is not in {files:?}", file.display());
        }
    }

    #[test]
    fn every_slip_of_one_template_is_told_at_once() {
        let slips = "\n[[field]]\nid = \"one\"\nbind = \"applicant.name\"\nsise = 9\n\
                     \n[[draw]]\nlabel = { text = \"二\", rect = [10, 10, 20] }\n\
                     \n[[question]]\nid = \"three\"\npage = \"x\"\nkind = \"nmae\"\n";
        let templates = templates_with("juminhyo", slips);
        let found: Vec<_> = told(templates.path(), Path::new("fonts"))
            .into_iter()
            .map(|fault| fault.message)
            .collect();
        assert_eq!(
            found,
            [
                "「sise」という項目はありません",
                "3 個の並びは書けません",
                "必要な項目「label」がありません",
                "「nmae」は選べません",
            ]
        );
    }

    #[test]
    fn a_field_off_the_page_is_told_with_its_line() {
        let field = "\n[[field]]\nid = \"lost\"\nbind = \"applicant.name\"\n\
                     text = { rect = [200, 10, 90, 8] }\n";
        let templates = templates_with("juminhyo", field);
        let found = told(templates.path(), Path::new("fonts"));
        let text = std::fs::read_to_string(templates.path().join("juminhyo/form.toml")).unwrap();
        let line = text.lines().position(|line| line == "id = \"lost\"").unwrap();
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].line, Some(line + 1), "that of the id");
        assert!(found[0].message.contains("lost"), "{}", found[0].message);
    }
}
