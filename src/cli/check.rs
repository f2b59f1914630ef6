//! `madoguchi check`: every fault of configuration, templates and fonts at once.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use time::Date;

use super::folder::{folder_of, fonts_of};
use crate::applicant::Source;
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::fault::Fault;
use crate::form::paper::Paper;
use crate::form::{Form, Forms, gate, questions, record};
use crate::pdf::{Face, Fit, Fonts};
use crate::preregistration::budget;
use crate::text::Text;

/// Tells every fault of configuration, templates and fonts, with file and line
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The folder of the configuration [default: kiosk-config/example here, or beside the program]
    #[arg(long, value_name = "DIR", env = "MADOGUCHI_CONFIG")]
    config: Option<PathBuf>,
    /// The folder of the forms [default: templates/forms here, or beside the program]
    #[arg(long, value_name = "DIR")]
    templates: Option<PathBuf>,
    /// A folder with more fonts [default: fonts here, or beside the program]
    #[arg(long, value_name = "DIR")]
    fonts: Option<PathBuf>,
}

/// Runs the command: one line a fault, and exit 1 if there is any.
pub(super) fn run(arguments: &Arguments) -> ExitCode {
    let config = folder_of(arguments.config.as_deref(), "kiosk-config/example");
    let templates = folder_of(arguments.templates.as_deref(), "templates/forms");
    let fonts = fonts_of(arguments.fonts.as_deref());
    let faults = faults(&config, &templates, fonts, SystemClock.today());
    for fault in &faults {
        eprintln!("{fault}");
    }
    if faults.is_empty() {
        eprintln!("誤りはありません（{}）", config.display());
        return ExitCode::SUCCESS;
    }
    eprintln!("{} 件の誤りがあります", faults.len());
    ExitCode::from(1)
}

/// Everything that is wrong, in the order configuration, templates, fonts. What
/// is wrong in one of them hides nothing of the others.
fn faults(
    config: &Path,
    templates: &Path,
    (fonts, font_faults): (Fonts, Vec<Fault>),
    today: Date,
) -> Vec<Fault> {
    let (forms, form_faults) = match Forms::read(templates) {
        Ok((forms, faults)) => (Some(forms), faults),
        Err(fault) => (None, vec![fault]),
    };
    let mut faults = Config::faults(config, forms.as_ref(), today, |text| not_drawn(text, &fonts));
    faults.extend(form_faults);
    faults.extend(of_codes(config, forms.as_ref(), templates, today));
    for form in forms.iter().flat_map(Forms::iter) {
        let folder = templates.join(form.folder());
        faults.extend(of_days(form, forms.as_ref(), &folder, today));
        faults.extend(of_paper(form, &folder, &fonts));
        faults.extend(of_sample(form, &folder, today));
        faults.extend(stray_pages(form, &folder));
    }
    faults.extend(font_faults);
    faults
}

/// The first character of `text` that one of the faces leaves to the pen.
fn not_drawn(text: &str, fonts: &Fonts) -> Option<String> {
    let text = Text::from(text);
    let clusters = [Face::Gothic, Face::Mincho].map(|face| Fit::clusters(&text, face, fonts));
    let lacking = clusters.into_iter().flatten().find_map(|cluster| cluster.lacking)?;
    Some(format!("{}（{}）", lacking.character, lacking.code_point))
}

/// Procedures that do not fit into a code made at home, where there are such codes.
fn of_codes(config: &Path, forms: Option<&Forms>, templates: &Path, today: Date) -> Vec<Fault> {
    // Without a sound configuration, what is wrong in it is told already.
    let config = Config::load(config).ok().filter(|config| config.site.modules.preregistration);
    match (config, forms) {
        (Some(config), Some(forms)) => budget::faults(&config, forms, templates, today),
        _ => Vec::new(),
    }
}

/// The last edition of a form is over: nobody can choose what needs it.
fn of_days(form: &Form, forms: Option<&Forms>, folder: &Path, today: Date) -> Option<Fault> {
    let is_last = forms.and_then(|forms| forms.get(form.id()))?.folder() == form.folder();
    let last = form.template().valid_until.filter(|last| is_last && *last < today)?;
    let file = folder.join("form.toml");
    let text = std::fs::read_to_string(&file).unwrap_or_default();
    let line = text.lines().position(|line| line.starts_with("valid_until"));
    Some(Fault::new(
        &file,
        line.map(|line| line + 1),
        format!("この版は {} で終わり、次の版がありません", crate::clock::iso_day(last)),
        "新しい版のフォルダーを足すか、まだ使えるのなら valid_until を直してください",
    ))
}

/// Faults that show only when the form is laid out on its sheet.
fn of_paper(form: &Form, folder: &Path, fonts: &Fonts) -> Vec<Fault> {
    let Err(found) = Paper::compile(form, fonts) else { return Vec::new() };
    let file = folder.join("form.toml");
    let text = std::fs::read_to_string(&file).unwrap_or_default();
    found.into_iter().map(|fault| fault.in_file(&file, &text)).collect()
}

/// The sample is a case that `fill` takes.
fn of_sample(form: &Form, folder: &Path, today: Date) -> Vec<Fault> {
    let Some(sample) = form.sample() else { return Vec::new() };
    let file = folder.join("sample.json");
    let text = std::fs::read_to_string(&file).unwrap_or_default();
    let fault = |path: &str, message: String| {
        let line = text.lines().position(|line| line.contains(&format!("\"{path}\"")));
        Fault::new(&file, line.map(|line| line + 1), message, "見本の入力を様式に合わせてください")
    };
    match record::read(&[form], sample, Source::Typed, today) {
        Err(refused) => {
            let told = |one: &record::Refused| {
                fault(&one.path, format!("「{}」は受け付けられません（{}）", one.path, one.code))
            };
            refused.iter().map(told).collect()
        }
        Ok(answers) if let Some(closed) = gate::closed(&[form], &answers) => {
            vec![fault(closed.page().unwrap_or_default(), closed.gate.title.ja.clone())]
        }
        Ok(answers) => questions::incomplete(&[form], &answers)
            .iter()
            .map(|lack| fault(&lack.path, format!("必要な「{}」がありません", lack.path)))
            .collect(),
    }
}

/// Pages that the template does not name: whoever put one there expects to see it.
fn stray_pages(form: &Form, folder: &Path) -> Vec<Fault> {
    let named = form.template().paper.background_file();
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let is_stray = |file: &PathBuf| {
        let is_pdf = file.extension().is_some_and(|kind| kind.eq_ignore_ascii_case("pdf"));
        is_pdf && file.file_name().and_then(|name| name.to_str()) != named
    };
    let instead = "form.toml の paper に background として書くか、ファイルを消してください";
    let strays = entries.map(|entry| entry.path()).filter(is_stray);
    strays.map(|file| Fault::new(file, None, "様式に使われない PDF です", instead)).collect()
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

    const TODAY: Date = time::macros::date!(2026 - 11 - 21);

    fn told(templates: &Path, fonts: &Path) -> Vec<Fault> {
        faults(Path::new(CONFIG), templates, Fonts::with_folder(fonts), TODAY)
    }

    /// A copy of the example's configuration with `file` written by `change`.
    fn config_with(file: &str, change: impl Fn(&str) -> String) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("demo")).unwrap();
        for folder in ["", "demo"] {
            let entries = std::fs::read_dir(Path::new(CONFIG).join(folder)).unwrap();
            for entry in entries.map(|entry| entry.unwrap()).filter(|one| one.path().is_file()) {
                let to = dir.path().join(folder).join(entry.file_name());
                std::fs::copy(entry.path(), to).unwrap();
            }
        }
        let text = std::fs::read_to_string(dir.path().join(file)).unwrap_or_default();
        std::fs::write(dir.path().join(file), change(&text)).unwrap();
        dir
    }

    fn messages(config: &Path, templates: &Path) -> Vec<String> {
        let found = faults(config, templates, Fonts::with_folder(Path::new("fonts")), TODAY);
        found.into_iter().map(|fault| fault.message).collect()
    }

    #[test]
    fn a_fault_hides_nothing_that_is_wrong_elsewhere() {
        // In the configuration a key and a reference, in one form a spelling, in
        // the other a layout.
        let config = config_with("procedures.toml", |text| {
            text.replacen("form = \"ido\"", "form = \"idou\"", 1).replacen("prefix", "prefx", 1)
        });
        let lost = "\n[[field]]\nid = \"lost\"\nbind = \"applicant.name\"\n\
                    text = { rect = [290, 10, 90, 8] }\n";
        let templates = templates_with("ido", lost);
        let juminhyo = templates.path().join("juminhyo/form.toml");
        let text = std::fs::read_to_string(&juminhyo).unwrap();
        std::fs::write(&juminhyo, text.replacen("kind = \"phone\"", "kind = \"fone\"", 1)).unwrap();
        let found = messages(config.path(), templates.path());
        for part in ["prefx", "idou", "fone", "lost"] {
            assert_eq!(
                found.iter().filter(|one| one.contains(part)).count(),
                1,
                "{part}: {found:#?}"
            );
        }
        assert_eq!(found.len(), 4, "{found:#?}");
    }

    #[test]
    fn a_picture_a_letter_or_a_file_that_is_not_there_is_told() {
        let pictogram = config_with("procedures.toml", |text| {
            text.replacen("pictogram = \"", "pictogram = \"no-", 1)
        });
        let head =
            config_with("site.toml", |text| text.replacen("head = \"", "head = \"\u{0B95}", 1));
        let strange = config_with("fee.toml", |_| String::new());
        for (config, part) in [
            (&pictogram, "絵記号にありません"),
            (&head, "U+0B95"),
            (&strange, "読まれないファイルです"),
        ] {
            let found = messages(config.path(), Path::new(TEMPLATES));
            assert_eq!(found.len(), 1, "{found:#?}");
            assert!(found[0].replace(' ', "").contains(part), "{found:#?}");
        }
        let (_, faults) = fonts_of(Some(Path::new("no/such/folder")));
        assert_eq!(faults[0].file, Path::new("no/such/folder"));
    }

    #[test]
    fn a_sample_that_fill_refuses_and_a_page_nobody_draws_on_are_told() {
        let templates = templates_with("juminhyo", "");
        let folder = templates.path().join("juminhyo");
        let sample = r#"{"answers": {"juminhyo.colour": "red"}, "aplicant": {}}"#;
        std::fs::write(folder.join("sample.json"), sample).unwrap();
        std::fs::write(folder.join("background.pdf"), "").unwrap();
        let found = messages(Path::new(CONFIG), templates.path());
        assert_eq!(found.len(), 3, "{found:#?}");
        for part in ["juminhyo.colour", "aplicant", "様式に使われない PDF"] {
            assert!(found.iter().any(|one| one.contains(part)), "{part}: {found:#?}");
        }
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
        let fonts = Fonts::with_folder(nothing.path());
        let found = faults(nothing.path(), &templates, fonts, TODAY);
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
