//! `madoguchi check`: every fault of configuration and templates at once.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::config::Config;
use crate::fault::Fault;
use crate::form::{FileFault, Forms};

/// Tell every fault of configuration and templates, with file and line.
#[derive(clap::Args)]
pub(super) struct Check {
    /// Folder of the configuration.
    #[arg(long, value_name = "DIR", default_value = "kiosk-config/example")]
    config: PathBuf,
    /// Folder of the form templates.
    #[arg(long, value_name = "DIR", default_value = "templates/forms")]
    templates: PathBuf,
}

impl Check {
    /// Shows what was found to the person at the terminal.
    pub(super) fn run(&self) -> ExitCode {
        let faults = self.faults();
        for fault in &faults {
            eprintln!("{fault}");
        }
        if faults.is_empty() {
            eprintln!("誤りはありません（{}）", self.config.display());
            return ExitCode::SUCCESS;
        }
        eprintln!("{} 件の誤りがあります", faults.len());
        ExitCode::FAILURE
    }

    fn faults(&self) -> Vec<Fault> {
        let config = Config::load(&self.config);
        let forms = load_forms(&self.templates);
        match (config, forms) {
            (Ok(config), Ok(forms)) => config.against_forms(&forms),
            (config, forms) => {
                [config.err().unwrap_or_default(), forms.err().unwrap_or_default()].concat()
            }
        }
    }
}

fn load_forms(dir: &Path) -> Result<Forms, Vec<Fault>> {
    Forms::load(dir).map_err(|faults| faults.into_iter().map(of_template).collect())
}

fn of_template(FileFault { file, fault }: FileFault) -> Fault {
    Fault::new(file, fault.line, fault.message, fault.instead)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_and_the_shipped_templates_are_faultless() {
        let check =
            Check { config: "kiosk-config/example".into(), templates: "templates/forms".into() };
        assert_eq!(check.faults(), []);
    }

    #[test]
    fn faults_of_configuration_and_templates_are_told_together() {
        let nothing = tempfile::tempdir().unwrap();
        let templates = nothing.path().join("templates");
        let check = Check { config: nothing.path().into(), templates: templates.clone() };
        let files: Vec<_> = check.faults().into_iter().map(|fault| fault.file).collect();
        assert!(files.contains(&nothing.path().join("site.toml")), "{files:?}");
        assert!(files.contains(&templates), "{files:?}");
    }
}
